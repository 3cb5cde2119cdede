//! Fingerprints of keys. Forty hex digits are more often a commit or a checksum: without
//! groups they need a word.

use super::line::{before, behind, runs};
use super::said::{Hit, What};

const OF_KEYS: [&str; 6] = ["fingerprint", "pgp", "gpg", "openpgp", "key id", "keyid"];
const OF_OTHERS: [&str; 10] = [
    "commit", "sha1", "sha-1", "sha256", "sha-256", "checksum", "git", "hash", "md5", "digest",
];

/// The fingerprints of a line; `above`: the line before it.
pub fn prints(text: &str, above: &str, taken: &mut Vec<(usize, usize)>, hits: &mut Vec<Hit>) {
    let of_key = |t: &str| {
        let t = t.to_ascii_lowercase();
        OF_KEYS.iter().any(|w| t.contains(w)) && !OF_OTHERS.iter().any(|w| t.contains(w))
    };
    let near = of_key(text) || (of_key(above) && !text.to_ascii_lowercase().contains("commit"));
    for (at, run) in runs(text, |c| c.is_ascii_hexdigit() || c == ' ') {
        let groups: Vec<(usize, &str)> = runs(run, |c| c != ' ').collect();
        let first = groups.first().map_or(0, |g| g.0);
        let (start, last) = (at + first, groups.last());
        let end = at + last.map_or(0, |(from, group)| from + group.len());
        let fours = groups.iter().all(|(_, g)| g.len() == 4);
        let whole =
            |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
        let apart = whole(before(text, start)) && whole(behind(text, end));
        let tight = end.saturating_sub(start) <= groups.len() * 5 + 4;
        let is = match groups.len() {
            10 => fours && tight,
            16 => fours && tight && near,
            _ => false,
        };
        let letters = run.bytes().any(|b| b.is_ascii_alphabetic());
        if is && apart && (letters || near) {
            add(text, (start, end), taken, hits);
            continue;
        }
        for (from, group) in groups {
            let group_at = at + from;
            let start = group_at;
            let end = group_at + group.len();
            let prefixed = text.get(..start).is_some_and(|h| h.ends_with("0x"));
            let apart = (prefixed || whole(before(text, start))) && whole(behind(text, end));
            if matches!(group.len(), 40 | 64) && apart && near {
                add(text, (start, end), taken, hits);
            }
        }
    }
}

fn add(
    text: &str,
    (start, end): (usize, usize),
    taken: &mut Vec<(usize, usize)>,
    hits: &mut Vec<Hit>,
) {
    let value = text.get(start..end).unwrap_or_default().replace(' ', "");
    hits.push(Hit::new(
        What::Fingerprint,
        value.to_ascii_uppercase(),
        (start, end),
    ));
    taken.push((start, end));
}
