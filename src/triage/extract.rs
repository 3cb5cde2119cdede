//! What the text of a report names.
//!
//! Read only to ask for what is missing, and never followed: nothing that a stranger
//! wrote is fetched. Linear in the length of the text.

use crate::mail::Foreign;
use std::net::{Ipv4Addr, Ipv6Addr};

/// True when a URL, a host with `www.`, or an IP address stands in the text; also
/// *defanged*, as careful people write them: `hxxps://host[.]example`, `192.0.2[.]1`.
pub fn names_a_system(text: &Foreign) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '{' | '}');
    text.raw()
        .split(ends)
        .map(refanged)
        .any(|word| is_url(&word) || is_host_with_www(&word) || is_ip(&word))
}

/// The word as it would act: brackets around dots and colons are taken away.
fn refanged(word: &str) -> String {
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
