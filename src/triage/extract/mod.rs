//! What the text of a report names.
//!
//! Read to ask for what is missing and to find reports that look alike, and never followed:
//! nothing that a stranger wrote is fetched. Linear in the length of the text.

mod credit;
mod denied;
mod ids;
mod ips;
mod lacks;
mod line;
mod links;
mod named;
mod numbers;
mod paths;
mod prints;
mod said;
mod spoken;
mod vectors;
mod versions;

pub use credit::Wish;
pub use ids::cwe_name;
pub use lacks::{Lacks, lacks};
use links::{hosts, mail_addresses, urls};
use paths::paths;
use prints::prints;
pub use said::{Credit, Cvss, EACH, Found, Heard, Reader, Said, What, newly_written};
use versions::versions;

use crate::mail::Foreign;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// True when a URL, a host with `www.`, or an IP address stands in the text; also
/// *defanged*, as careful people write them: `hxxps://host[.]example`, `192.0.2[.]1`.
pub fn names_a_system(text: &Foreign) -> bool {
    text.raw()
        .split(ends)
        .filter(|word| word.contains(['.', ':', '[']))
        .map(refanged)
        .any(|word| is_url(&word) || is_host_with_www(&word) || is_ip(&word))
}

/// The identifiers of CVE and GHSA in the text, in their usual spelling, each once.
pub fn identifiers(text: &str) -> BTreeSet<String> {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    let words = text.split(ends).filter(|w| w.len() > 8);
    words.filter_map(|w| cve(w).or_else(|| ghsa(w))).collect()
}

/// `CVE-2026-1234`: a year, and 4 to 10 digits.
fn cve(word: &str) -> Option<String> {
    let mut parts = word.split('-');
    let is = parts.next()?.eq_ignore_ascii_case("cve");
    let (year, number) = (parts.next()?, parts.next()?);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = year.len() == 4 && (4..=10).contains(&number.len());
    (is && fits && digits(year) && digits(number)).then(|| format!("CVE-{year}-{number}"))
}

/// `GHSA-abcd-2345-wxyz`.
fn ghsa(word: &str) -> Option<String> {
    let mut parts = word.split('-');
    let is = parts.next()?.eq_ignore_ascii_case("ghsa");
    let rest: Vec<String> = parts.take(3).map(str::to_ascii_lowercase).collect();
    let fits = rest.len() == 3 && rest.iter().all(|part| part.len() == 4);
    (is && fits).then(|| format!("GHSA-{}", rest.join("-")))
}

/// Hosts that the text names by URL, and the pages there (`host/path`), small; without a
/// query, a port or `www.`. Only what is plain ASCII and at most 200 bytes.
pub fn places(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut hosts, mut pages) = (BTreeSet::new(), BTreeSet::new());
    for word in words_with(text, "//").map(refanged) {
        let Some((_, behind)) = word.split_once("://").filter(|_| is_url(&word)) else {
            continue;
        };
        let whole = behind.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = whole.split_once('/').unwrap_or((whole, ""));
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let host = host.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let host = host.strip_prefix("www.").unwrap_or(host);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if !host.contains('.') || !host.chars().all(plain) || host.len() > 200 {
            continue;
        }
        hosts.insert(host.to_owned());
        let path = path.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let page = format!("{host}/{path}");
        if !path.is_empty() && page.len() <= 200 && page.chars().all(|c| c.is_ascii_graphic()) {
            pages.insert(page);
        }
    }
    (hosts, pages)
}

/// What ends a word that may be a place.
fn ends(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '{' | '}')
}

/// The words in which `mark` stands: most have none.
fn words_with<'t>(text: &'t str, mark: &str) -> impl Iterator<Item = &'t str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (before, from) = rest.split_at(rest.find(mark)?);
        let begin = before.rsplit(ends).next().unwrap_or_default();
        let end = from.split(ends).next().unwrap_or_default();
        let (word, behind) = rest
            .get(before.len() - begin.len()..)?
            .split_at_checked(begin.len() + end.len())?;
        rest = behind;
        Some(word)
    })
}

/// The word as it would act: brackets around dots and colons are taken away.
fn refanged(word: &str) -> String {
    if !word.contains(['[', '(']) {
        return word.to_ascii_lowercase();
    }
    let dots = word
        .replace("[.]", ".")
        .replace("(.)", ".")
        .replace("[dot]", ".");
    dots.replace("[:]", ":")
        .replace("[://]", "://")
        .to_ascii_lowercase()
}

/// A scheme that names a host, and something behind it. `hxxp` and `hxxps` are how a
/// link is written that nobody shall click.
fn is_url(word: &str) -> bool {
    const SCHEMES: [&str; 11] = [
        "http", "https", "hxxp", "hxxps", "ftp", "ftps", "sftp", "ssh", "ws", "wss", "git",
    ];
    let Some((before, behind)) = word.split_once("://") else {
        return false;
    };
    let scheme = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    SCHEMES.contains(&scheme) && behind.starts_with(|c: char| c.is_alphanumeric() || c == '[')
}

fn is_host_with_www(word: &str) -> bool {
    let host = word
        .trim_start_matches(['(', '\'', '['])
        .strip_prefix("www.");
    host.is_some_and(|h| h.starts_with(char::is_alphanumeric) && h.contains('.'))
}

/// An address alone, or with a port, a path or a prefix length behind it.
fn is_ip(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_hexdigit() && c != ':');
    let host = word.split(['/', ']', '%']).next().unwrap_or_default();
    let four = host
        .split(':')
        .next()
        .unwrap_or_default()
        .trim_end_matches('.');
    let six = host.trim_end_matches(':');
    // `a::b` is more often a name in a program than a host.
    four.parse::<Ipv4Addr>().is_ok()
        || (host.matches(':').count() >= 3
            && (six.parse::<Ipv6Addr>().is_ok() || host.parse::<Ipv6Addr>().is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_named_in_many_ways() {
        for text in [
            "see https://example.org/login.",
            "(HTTPS://EXAMPLE.ORG)",
            "url=http://example.org",
            "hxxps://example[.]org/a",
            "hxxp[:]//example[.]org",
            "<http://localhost:8080/>",
            "at www.example.org, too",
            "host 192.0.2.1:8443 answers",
            "192.0.2[.]17",
            "192.0.2.0/24.",
            "(192.0.2.1)",
            "[2001:db8::1]:443",
            "2001:db8::1, again",
            "ssh://example.org",
        ] {
            assert!(names_a_system(&Foreign::new(text)), "{text:?}");
        }
    }

    #[test]
    fn identifiers_are_found_in_any_spelling_and_nothing_else_is() {
        let check = |text: &str, wanted: &[&str]| {
            let found: Vec<String> = identifiers(text).into_iter().collect();
            assert_eq!(found, wanted, "{text:?}");
        };
        check("(cve-2026-1234), CVE-2026-1234!", &["CVE-2026-1234"]);
        check("CVE-2026-1234567-fixed", &["CVE-2026-1234567"]);
        check(
            "https://example.org/GHSA-ABCD-2345-wxyz#x",
            &["GHSA-abcd-2345-wxyz"],
        );
        check("CVE-2026-123 CVE-26-1234 xcve-2026-1234 CVE-2026-12a4", &[]);
        check(
            "CVE-2026-12345678901 GHSA-abc-2345-wxyz GHSA-abcd-2345",
            &[],
        );
    }

    #[test]
    fn hosts_and_pages_come_down_to_the_same() {
        let check = |text: &str, host: &[&str], page: &[&str]| {
            let (hosts, pages) = places(text);
            assert_eq!(hosts.into_iter().collect::<Vec<_>>(), host, "{text:?}");
            assert_eq!(pages.into_iter().collect::<Vec<_>>(), page, "{text:?}");
        };
        let (host, page) = (["example.org"], ["example.org/a/b"]);
        for text in [
            "https://example.org/a/b?c=d#e",
            "HTTPS://www.Example.ORG:8443/a/b/.",
            "hxxps://example[.]org/a/b,",
            "<https://kim@example.org/a/b>",
        ] {
            check(text, &host, &page);
        }
        check("(https://example.org).", &host, &[]);
        check("http://localhost/x //example.org/x", &[], &[]);
        check(
            "https://b\u{fc}cher.example/x https://a_b.example/",
            &[],
            &[],
        );
    }

    #[test]
    fn words_versions_and_names_of_programs_are_no_systems() {
        for text in [
            "",
            "your login page",
            "version 1.2.3 of it",
            "std::net::Ipv6Addr and a::b",
            "at 12:30:59 today",
            "aa:bb:cc:dd:ee:ff",
            "http:// and nothing",
            "www.",
            "mailto:kim@example.net",
            "999.1.2.3",
            "://example.org",
        ] {
            assert!(!names_a_system(&Foreign::new(text)), "{text:?}");
        }
    }
}
