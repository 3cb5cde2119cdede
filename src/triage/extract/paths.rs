//! Paths on a server: `/hooks/import`. Files of an operating system are none.

use super::line::{before, runs};
use super::said::{Hit, What};

/// Where the files of an operating system lie.
const FILES: [&str; 19] = [
    "etc",
    "proc",
    "var",
    "usr",
    "tmp",
    "home",
    "root",
    "bin",
    "sbin",
    "opt",
    "dev",
    "sys",
    "lib",
    "mnt",
    "boot",
    "run",
    "Users",
    "Library",
    "Applications",
];

/// The paths of a line without its URLs and hosts.
pub fn paths(text: &str, hits: &mut Vec<Hit>) {
    let of_path = |c: char| c.is_ascii_alphanumeric() || "/._~%-+:@{}".contains(c);
    for (at, run) in runs(text, of_path) {
        // `path:/hooks`, `POST:/hooks`: what stands before the slash is no part of it.
        let skipped = if run.starts_with('/') {
            0
        } else {
            match run.find(":/") {
                Some(colon) => colon + 1,
                None => continue,
            }
        };
        let start = at + skipped;
        let path = run.get(skipped..).unwrap_or_default();
        let path = path.trim_end_matches(['.', ':', '-', '+', '@', '{']);
        let opens = |c: char| c.is_whitespace() || "\"'`(:=[*".contains(c);
        if before(text, start).is_none_or(opens) && is_path(path) {
            hits.push(Hit::new(
                What::Path,
                path.to_owned(),
                (start, start + path.len()),
            ));
        }
    }
}

fn is_path(path: &str) -> bool {
    let Some(first) = path.strip_prefix('/').and_then(|p| p.split('/').next()) else {
        return false;
    };
    let letters = first.bytes().filter(u8::is_ascii_alphabetic).count();
    let begins = first.starts_with(|c: char| c.is_ascii_alphabetic() || "._{".contains(c));
    let whole = path.matches('/').count() > 1 && !path.contains("//");
    begins
        && path.len() <= 200
        && !FILES.contains(&first)
        && (letters >= 3 || (whole && letters >= 1))
        && !path.contains("//")
}
