//! IP addresses. Four numbers with dots may be a version as well: a small first number needs
//! a word that says that it is an address, and a word for versions says that it is none.

use super::line::{before, behind, runs, words_before};
use super::said::{Hit, What};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What is said of versions.
pub const OF_VERSIONS: [&str; 34] = [
    "version", "versions", "ver", "v", "release", "releases", "build", "firmware", "update",
    "upgrade", "upgraded", "updated", "patched", "fixed", "before", "prior", "through", "until",
    "since", "<", "<=", ">", ">=", "=<", "≤", "≥", "==", "rev", "revision", "chrome", "edge",
    "firefox", "safari", "chromium",
];

/// What is said of addresses.
const OF_ADDRESSES: [&str; 20] = [
    "ip",
    "ips",
    "address",
    "addresses",
    "addr",
    "host",
    "hosts",
    "server",
    "servers",
    "at",
    "on",
    "ping",
    "nmap",
    "ipv4",
    "target",
    "dns",
    "resolver",
    "port",
    "endpoint",
    "systems",
];

/// The addresses of a line without its URLs.
pub fn ips(text: &str, taken: &mut Vec<(usize, usize)>, hits: &mut Vec<Hit>) {
    for (at, run) in runs(text, |c| c.is_ascii_digit() || c == '.') {
        let four = run.trim_end_matches('.');
        let end = at + four.len();
        let Ok(ip) = four.parse::<Ipv4Addr>() else {
            continue;
        };
        let length = suffix(text, end);
        if stands_alone(text, at, end) && is_address(text, at, ip, length > 0) {
            let rest = text.get(end..end + length).unwrap_or_default();
            let value = if rest.starts_with('/') {
                format!("{ip}{rest}")
            } else {
                ip.to_string()
            };
            hits.push(Hit::new(What::Ip, value, (at, end + length)));
            taken.push((at, end + length));
        }
    }
    for (at, run) in runs(text, |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.')) {
        let run = run.trim_end_matches('.');
        let six = match run.strip_suffix(':') {
            Some(rest) if !run.ends_with("::") => rest,
            Some(_) | None => run,
        };
        let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let end = at + six.len();
        let Some(ip) = six.parse::<Ipv6Addr>().ok().filter(|_| is_six(six)) else {
            continue;
        };
        if alone(before(text, at)) && alone(behind(text, end)) {
            let length = prefix(text, end, 3);
            let rest = text.get(end..end + length).unwrap_or_default();
            hits.push(Hit::new(
                What::Ip,
                format!("{ip}{rest}"),
                (at, end + length),
            ));
            taken.push((at, end + length));
        }
    }
}

/// `a::b` is more often a name in a program, and pairs are a digest or the address of a card.
fn is_six(text: &str) -> bool {
    let groups = || text.split(':').filter(|g| !g.is_empty());
    let pairs = groups().all(|g| g.len() <= 2) && !text.contains("::");
    let begins = groups().next().unwrap_or_default();
    let global = begins.len() >= 3 && begins.starts_with(['2', '3', 'f', 'F']);
    let mapped = text.to_ascii_lowercase().starts_with("::ffff:");
    text == "::1" || mapped || (!pairs && global && text.matches(':').count() >= 2)
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let head = text.get(..start).unwrap_or_default();
    let left = match head.chars().next_back() {
        None => true,
        // A range.
        Some('-') => head
            .trim_end_matches('-')
            .ends_with(|c: char| c.is_ascii_digit() || c == ' '),
        Some(c) => !c.is_alphanumeric() && !matches!(c, '_' | '/' | '\\' | '@' | '\u{1}'),
    };
    let rest = text.get(end..).unwrap_or_default();
    let mut next = rest.chars();
    let right = match next.next() {
        None => true,
        Some('-' | '+') => next.next().is_none_or(|c| c.is_ascii_digit() || c == ' '),
        Some(c) => !c.is_alphanumeric() && c != '_',
    };
    left && right
}

/// The length of a prefix length such as `/24`.
fn prefix(text: &str, end: usize, digits: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix('/') else {
        return 0;
    };
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let over = rest.get(count..).unwrap_or_default();
    let ends = !over.starts_with(|c: char| c.is_alphanumeric() || c == '/' || c == '_');
    if (1..=digits).contains(&count) && ends {
        count + 1
    } else {
        0
    }
}

/// The length of a prefix length or a port.
fn suffix(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let port = rest.strip_prefix(':').map_or(0, |rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=5).contains(&digits) {
            digits + 1
        } else {
            0
        }
    });
    port.max(prefix(text, end, 2))
}

fn is_address(text: &str, at: usize, ip: Ipv4Addr, has_suffix: bool) -> bool {
    let words = words_before(text, at);
    let near = |of: &[&str], n: usize| words.iter().take(n).any(|w| of.contains(&w.as_str()));
    let [first, ..] = ip.octets();
    let alone =
        text.len() < 60 && text.trim_matches(|c: char| !c.is_alphanumeric()) == ip.to_string();
    let quoted = matches!(before(text, at), Some('[' | '<' | '`' | '"' | '='));
    let well_known =
        ip.is_unspecified() || matches!(ip.octets(), [1, 1, 1, 1] | [8, 8, 4 | 8, 4 | 8]);
    if near(&OF_VERSIONS, 2) {
        return false;
    }
    first >= 10 || has_suffix || alone || quoted || well_known || near(&OF_ADDRESSES, 2)
}
