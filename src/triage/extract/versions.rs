//! Versions of products. A number with one point needs a word for it; one with two may be a
//! date, a section or an object id, and is then none. Protocols, browsers and what a browser
//! says of itself are none of the product's.

use super::ips::OF_VERSIONS;
use super::line::{MASK, before, behind, runs, words_before};
use super::named::{is_named, is_of_document};
use super::numbers::{is_date, is_heading, is_something_else, is_status};
use super::said::{Hit, What};
use super::vectors::EDITIONS;
use std::net::Ipv4Addr;

/// What may stand between the word and a number: `versions up to and including 4.2`.
const FILLERS: [&str; 34] = [
    "is",
    "are",
    "was",
    "of",
    "the",
    "prior",
    "to",
    "before",
    "and",
    "or",
    "through",
    "up",
    "until",
    "including",
    "from",
    "than",
    "older",
    "earlier",
    "lower",
    "later",
    "below",
    "number",
    "affected",
    "tested",
    "between",
    "<",
    "<=",
    ">",
    ">=",
    "≤",
    "=",
    "with",
    "in",
    "vulnerable",
];

/// What says that a number is one.
const WORDS: [&str; 16] = [
    "version",
    "versions",
    "ver",
    "v",
    "release",
    "releases",
    "firmware",
    "build",
    "versión",
    "versão",
    "versione",
    "versie",
    "wersja",
    "версия",
    "версии",
    "tag",
];

/// What has versions that are not the product's, and numbers that are no versions.
const OTHERS: [&str; 69] = [
    "tls",
    "ssl",
    "http",
    "https",
    "cvss",
    "oauth",
    "snmp",
    "smb",
    "ntlm",
    "usb",
    "bluetooth",
    "openapi",
    "saml",
    "wcag",
    "mime",
    "soap",
    "rfc",
    "section",
    "sections",
    "§",
    "chapter",
    "step",
    "appendix",
    "figure",
    "table",
    "clause",
    "item",
    "chrome",
    "chromium",
    "firefox",
    "safari",
    "edge",
    "opera",
    "brave",
    "windows",
    "macos",
    "os",
    "ios",
    "ipados",
    "android",
    "ubuntu",
    "debian",
    "kali",
    "fedora",
    "burp",
    "suite",
    "asvs",
    "wstg",
    "owasp",
    "page",
    "line",
    "paragraph",
    "python-requests",
    "mozilla",
    "pci",
    "iso",
    "level",
    "fig",
    "figs",
    "sec",
    "art",
    "article",
    "control",
    "oid",
    "score",
    "price",
    "eur",
    "usd",
    "phone",
];

/// A longer word behind a number is no part of it.
const LONGEST_SUFFIX: usize = 24;

/// The versions of a line without its URLs, hosts and addresses.
pub fn versions(text: &str, hits: &mut Vec<Hit>) {
    let lower = text.to_ascii_lowercase();
    if ["user-agent", "mozilla/", "applewebkit", "sec-ch-ua"]
        .iter()
        .any(|ua| lower.contains(ua))
    {
        return;
    }
    let mut last: Option<usize> = None;
    for (at, run) in runs(text, |c| c.is_ascii_digit() || c == '.') {
        let number = run.trim_end_matches('.');
        if number.is_empty() || number.starts_with('.') {
            continue;
        }
        let end = at + number.len() + suffix(text, at + number.len());
        let Some((start, with_v)) = begins(text, at) else {
            continue;
        };
        let near = last.is_some_and(|last| is_list(text.get(last..start).unwrap_or_default()));
        if is_version(text, number, (start, end), with_v, near) {
            let value = text.get(at..end).unwrap_or_default();
            hits.push(Hit::new(What::Version, value.to_owned(), (start, end)));
            last = Some(end);
        }
    }
}

/// Another version of the same list: `4.2.0, 4.2.1 and 4.3`, `4.2.0 - 4.2.3`.
fn is_list(between: &str) -> bool {
    let words = between.split_whitespace();
    let link = |w: &str| {
        let w = w.trim_matches(',');
        matches!(
            w,
            "" | "and" | "or" | "to" | "through" | "-" | "until" | "&" | "v"
        )
    };
    between.len() <= 24 && words.into_iter().all(link)
}

/// `-rc1`, `-beta.2`, `rc1`, `p1`, `+build5`, `-4ubuntu1`; not `.tar.gz` and no range.
fn suffix(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let word = |t: &str| {
        let letters = t.bytes().take(LONGEST_SUFFIX);
        letters.take_while(u8::is_ascii_alphanumeric).count()
    };
    let sign = usize::from(rest.starts_with(['-', '+']));
    let name = rest.get(sign..).unwrap_or_default();
    let length = word(name);
    let tail = name.get(..length).unwrap_or_default().to_ascii_lowercase();
    let known = [
        "rc", "beta", "alpha", "dev", "pre", "preview", "snapshot", "patch", "sp", "post", "lts",
        "ga", "final", "hotfix",
    ];
    let bare = tail.trim_end_matches(|c: char| c.is_ascii_digit());
    let is = known.contains(&bare)
        || (sign == 0 && length <= 3 && ["p", "a", "b", "r"].contains(&bare) && length > bare.len())
        // `OpenSSL 1.0.1f`.
        || (sign == 0 && length == 1 && bare.len() == 1)
        || (rest.starts_with('+') && length > 0);
    if !is {
        return 0;
    }
    let more = name.get(length..).and_then(|m| m.strip_prefix('.'));
    let more = more.map_or(0, |m| {
        m.bytes()
            .take(LONGEST_SUFFIX)
            .take_while(u8::is_ascii_digit)
            .count()
    });
    sign + length + if more > 0 { more + 1 } else { 0 }
}

/// Where a version begins, with its `v`, and whether it has one; `None` in the middle of a
/// word.
fn begins(text: &str, at: usize) -> Option<(usize, bool)> {
    let opens = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '.' && c != MASK);
    match before(text, at) {
        Some('v' | 'V') if opens(before(text, at - 1)) => Some((at - 1, true)),
        c if opens(c) => Some((at, false)),
        _ => None,
    }
}

fn is_version(
    text: &str,
    number: &str,
    (start, end): (usize, usize),
    with_v: bool,
    near: bool,
) -> bool {
    let parts: Vec<&str> = number.split('.').collect();
    let fits = (2..=5).contains(&parts.len())
        && number.len() <= 24
        && parts.iter().all(|p| (1..=8).contains(&p.len()));
    let closes = behind(text, end);
    let right = closes.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '%' | '@' | MASK));
    if !fits || !right {
        return false;
    }
    let words = words_before(text, start);
    let first = words.first().map(String::as_str).unwrap_or_default();
    // `Apache/2.4.41`, `lodash@4.17.20`, `nginx-1.18.0`, `pip==2.0.1`.
    let sign = before(text, start);
    let attached = matches!(sign, Some('/' | '@' | '-' | '='));
    let product = if attached {
        product_before(text, start)
    } else {
        first.to_owned()
    };
    if names_other(&product) || is_of_other(text, start, &words) {
        return false;
    }
    if is_status(&parts, first, sign) {
        return false;
    }
    // `CVSS score (v3.1)`.
    let cvss = |w: &String| w.starts_with("cvss");
    if EDITIONS.contains(&number) && words.iter().take(5).any(cvss) {
        return false;
    }
    let introduced = introduced(&words);
    if near || with_v {
        return !(parts.len() == 2 && with_v && introduced == Some(false));
    }
    let (head, rest) = (text.get(..start), text.get(end..));
    let (head, rest) = (head.unwrap_or_default(), rest.unwrap_or_default());
    match introduced {
        Some(is) => is,
        None if is_named(&parts, &words, head, rest) => true,
        None if is_of_document(rest) => false,
        None if sign == Some('/') && product.is_empty() => false,
        None if attached => {
            let named = product.starts_with(char::is_alphabetic) && product.len() >= 2;
            named && (parts.len() >= 3 || matches!(sign, Some('/' | '@'))) && !is_date(&parts)
        }
        None if is_something_else(&parts, first) => false,
        None if is_date(&parts) => false,
        None => match parts.len() {
            3 => !is_heading(text, start, end),
            4 => number.parse::<Ipv4Addr>().is_err() || OF_VERSIONS.contains(&first),
            _ => false,
        },
    }
}

/// What has versions that are none of the product's.
fn names_other(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    OTHERS.contains(&word.trim_end_matches(['/', 'v']))
}

/// It stands before the number: `Chrome`, `RFC 5321`, `§`.
fn is_of_other(text: &str, start: usize, words: &[String]) -> bool {
    let first = words.first().map(String::as_str).unwrap_or_default();
    let counted = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    let over = words.get(1).filter(|_| counted);
    let head = text.get(..start).unwrap_or_default().trim_end();
    names_other(first) || over.is_some_and(|w| names_other(w)) || head.ends_with('\u{a7}')
}

/// A word for versions stands before, with nothing but fillers between; `false` when it is
/// of something else (`TLS version 1.2`).
fn introduced(words: &[String]) -> Option<bool> {
    let filler =
        |w: &str| FILLERS.contains(&w) || w.trim_start_matches(['<', '>', '=', '≤']).is_empty();
    let at = words.iter().take(8).position(|w| !filler(w))?;
    let word = words.get(at)?;
    if !WORDS.contains(&word.as_str()) {
        return None;
    }
    let of = words.get(at + 1).is_some_and(|w| names_other(w));
    Some(!of)
}

/// The name that a version hangs on.
fn product_before(text: &str, start: usize) -> String {
    let head = text
        .get(..start)
        .unwrap_or_default()
        .trim_end_matches(['/', '@', '-', '=']);
    let name: Vec<char> = head
        .chars()
        .rev()
        .take(40)
        .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    name.into_iter().rev().collect::<String>().to_lowercase()
}
