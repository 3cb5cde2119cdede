//! URLs, and hosts that stand alone.
//!
//! A bare host is taken when its last label can only be a domain: `index.php`, `System.IO`
//! and a point without a space behind it look just like one.

use super::lacks::beginning;
use super::line::{Line, before, behind, runs, words_before};
use super::said::{Hit, What};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A URL is read to so many bytes.
const LONGEST: usize = 2_000;

/// Each scheme that names a host, and how it is written that nobody clicks it.
const SCHEMES: [(&str, &str); 19] = [
    ("http", "http"),
    ("https", "https"),
    ("hxxp", "http"),
    ("hxxps", "https"),
    ("h**p", "http"),
    ("h**ps", "https"),
    ("ftp", "ftp"),
    ("fxp", "ftp"),
    ("ftps", "ftps"),
    ("sftp", "sftp"),
    ("ssh", "ssh"),
    ("ws", "ws"),
    ("wss", "wss"),
    ("git", "git"),
    ("ldap", "ldap"),
    ("ldaps", "ldaps"),
    ("smb", "smb"),
    ("rtsp", "rtsp"),
    ("gopher", "gopher"),
];

/// The URLs of a line with what they name; what they take up is added to `taken`.
pub fn urls(text: &str, taken: &mut Vec<(usize, usize)>, hits: &mut Vec<Hit>) {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("://")) {
        let colon = at + found;
        at = colon + 3;
        let head = text.get(..colon).unwrap_or_default();
        let scheme = head
            .char_indices()
            .rev()
            .take(8)
            .take_while(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '*' | '+'))
            .last();
        let Some((start, _)) = scheme else { continue };
        let written = head.get(start..).unwrap_or_default().to_ascii_lowercase();
        let Some((_, scheme)) = SCHEMES.into_iter().find(|(name, _)| *name == written) else {
            continue;
        };
        let quote = before(text, start).filter(|c| matches!(c, '\'' | '*' | '_'));
        let tail = text.get(at..).unwrap_or_default();
        if !begins_with_host(tail, quote) {
            continue;
        }
        let behind = rest_of_url(tail, quote);
        let end = at + behind.len();
        let (authority, rest) = match behind.find(['/', '?', '#']) {
            Some(slash) => behind.split_at(slash),
            None => (behind, ""),
        };
        let Some(host) = host_of(authority) else {
            continue;
        };
        let value = format!("{scheme}://{}{rest}", authority.to_lowercase());
        hits.push(Hit::new(What::Url, value, (start, end)));
        taken.push((start, end));
        let from = at + (host.as_ptr().addr() - behind.as_ptr().addr());
        let span = (from, from + host.len());
        let name = host.to_lowercase();
        let bare = name.trim_matches(['[', ']']);
        match bare.parse::<IpAddr>() {
            Ok(ip) => hits.push(Hit::new(What::Ip, ip.to_string(), span)),
            Err(_) if name.contains('.') && !is_number(&name) => {
                hits.push(Hit::new(What::Host, name, span))
            }
            Err(_) => {}
        }
        at = end;
    }
}

/// A host may stand there. What cannot be one is read once, however many of it there are.
fn begins_with_host(text: &str, quote: Option<char>) -> bool {
    let ends = |c: char| ends_url(c, quote) || matches!(c, '/' | '?' | '#');
    let authority = text.split(ends).next().unwrap_or_default();
    let inner = authority.trim_end_matches(|c: char| !c.is_alphanumeric());
    host_of(authority).or_else(|| host_of(inner)).is_some()
}

/// `127.1`, `1.2.3.4.5`: no name ends in a number.
fn is_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    last.bytes().all(|b| b.is_ascii_digit())
}

fn ends_url(c: char, quote: Option<char>) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^')
        || Some(c) == quote
        || (!c.is_ascii() && !c.is_alphanumeric())
}

/// To the end of a URL: no white space, quote or angle, and no punctuation or closing
/// bracket that belongs to the sentence around it.
fn rest_of_url(text: &str, quote: Option<char>) -> &str {
    let text = beginning(text, LONGEST);
    let mut url = text
        .split(|c| ends_url(c, quote))
        .next()
        .unwrap_or_default();
    let count = |c: char| url.matches(c).count();
    let mut open = [
        (')', count(')').saturating_sub(count('('))),
        (']', count(']').saturating_sub(count('['))),
        ('}', count('}').saturating_sub(count('{'))),
    ];
    while let Some(last) = url.chars().next_back() {
        let bracket = open.iter_mut().find(|(c, n)| *c == last && *n > 0);
        let closes = bracket.map(|(_, n)| *n -= 1).is_some();
        if !closes && !matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*') {
            break;
        }
        url = url.get(..url.len() - last.len_utf8()).unwrap_or_default();
    }
    url
}

/// The host of an authority, where it is one.
fn host_of(authority: &str) -> Option<&str> {
    let place = authority.rsplit('@').next().unwrap_or_default();
    if place.starts_with('[') {
        let close = place.find(']')?;
        let six = place.get(..=close)?;
        let is = six.trim_matches(['[', ']']).parse::<Ipv6Addr>().is_ok();
        return is.then_some(six);
    }
    // `example[.com]`.
    let host = place.split([':', '[']).next().unwrap_or_default();
    let host = host.trim_end_matches('.');
    is_name(host).then_some(host)
}

/// Labels of letters, digits, hyphens and underscores, of any script.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !label.is_empty() && label.len() <= 100 && label.chars().all(plain)
    };
    host.len() <= 253
        && host.starts_with(|c: char| c.is_alphanumeric())
        && host.split('.').all(label)
}

/// Addresses of mail: they are no hosts.
pub fn mail_addresses(text: &str, taken: &mut Vec<(usize, usize)>) {
    let local = |c: &char| c.is_alphanumeric() || "._%+-=".contains(*c);
    let domain = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '-');
    for (at, _) in text.match_indices('@') {
        let head = text.get(..at).unwrap_or_default();
        let tail = text.get(at + 1..).unwrap_or_default();
        let left: usize = head
            .chars()
            .rev()
            .take_while(local)
            .map(char::len_utf8)
            .sum();
        let right: usize = tail.chars().take_while(domain).map(char::len_utf8).sum();
        // `lodash@4.17.20` is a version.
        let named = tail.starts_with(char::is_alphabetic);
        if left > 0 && right > 0 && named {
            taken.push((at - left, at + 1 + right));
        }
    }
}

/// Last labels that are nothing but domains.
pub const SURE: &[&str] = &[
    "com", "org", "net", "edu", "gov", "mil", "io", "co", "ai", "biz", "xyz", "online", "cloud",
    "tech", "shop", "site", "website", "agency", "digital", "systems", "software", "onion",
    "example", "eu", "uk", "de", "fr", "ch", "nl", "jp", "cn", "ru", "ca", "au", "br", "se", "fi",
    "dk", "cz", "sk", "hu", "ro", "bg", "gr", "es", "pt", "ie", "lt", "lv", "ee", "ua", "by", "kz",
    "tr", "il", "ae", "sa", "kr", "tw", "hk", "sg", "th", "vn", "ph", "nz", "za", "ng", "ke", "mx",
    "ar", "cl", "pe", "uy", "lu", "li", "hr", "si", "gg", "tv",
];

/// Last labels that programs and prose use too: taken where a host was meant for sure.
pub const MAYBE: &[&str] = &[
    "rs",
    "int",
    "dev",
    "app",
    "page",
    "test",
    "local",
    "internal",
    "lan",
    "corp",
    "home",
    "info",
    "name",
    "run",
    "me",
    "us",
    "it",
    "is",
    "in",
    "at",
    "be",
    "no",
    "to",
    "id",
    "my",
    "sh",
    "py",
    "pl",
    "md",
    "cc",
    "so",
    "zip",
    "st",
    "im",
    "am",
    "do",
    "cx",
    "fm",
    "ly",
    "gl",
    "la",
    "pro",
    "store",
    "top",
    "live",
    "world",
    "blog",
    "space",
    "link",
    "click",
    "invalid",
    "localhost",
];

/// Names of programs that end as domains do.
const PROGRAMS: [&str; 14] = [
    "asp.net",
    "ado.net",
    "vb.net",
    "ml.net",
    "java.net",
    "java.io",
    "system.io",
    "system.net",
    "socket.io",
    "draw.io",
    "next.co",
    "engine.io",
    "ktor.io",
    "paper.io",
];

/// What stands before a host, and before nothing else of one word.
pub const OF_HOSTS: [&str; 13] = [
    "host",
    "hosts",
    "hostname",
    "domain",
    "domains",
    "subdomain",
    "subdomains",
    "site",
    "website",
    "server",
    "target",
    "visit",
    "url",
];

/// What stands before a host, besides [what stands before nothing else](OF_HOSTS).
const AT: [&str; 9] = [
    "at", "on", "www", "system", "systems", "instance", "endpoint", "asset", "scope",
];

/// Hosts that stand alone, and what begins with one; `text` is without URLs and addresses.
pub fn hosts(line: &Line, text: &str, taken: &mut Vec<(usize, usize)>, hits: &mut Vec<Hit>) {
    let of_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    for (at, run) in runs(text, of_host) {
        if !run.contains('.') || run.len() > 253 {
            continue;
        }
        let host = run.trim_matches(['.', '-']);
        // A line of a talk with a mail server.
        let host = host.strip_prefix("250-").unwrap_or(host);
        let start = at + (host.as_ptr().addr() - run.as_ptr().addr());
        let end = start + host.len();
        let bent = line.is_bent(start, end);
        if !is_host(text, host, (start, end), bent) {
            continue;
        }
        hits.push(Hit::new(What::Host, host.to_lowercase(), (start, end)));
        let path = path_behind(text, end);
        if path > 1 {
            let value = format!(
                "{}{}",
                host.to_lowercase(),
                text.get(end..end + path).unwrap_or_default()
            );
            hits.push(Hit::new(What::Url, value, (start, end + path)));
        }
        taken.push((start, end + path));
    }
}

/// How long the port and the path behind a host are.
pub fn path_behind(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let port = rest.strip_prefix(':').map_or(0, |digits| {
        let digits = digits.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=5).contains(&digits) {
            digits + 1
        } else {
            0
        }
    });
    let path = rest.get(port..).unwrap_or_default();
    if path.starts_with('/') {
        port + rest_of_url(path, None).len()
    } else {
        0
    }
}

fn is_host(text: &str, host: &str, (start, end): (usize, usize), bent: bool) -> bool {
    let lower = host.to_lowercase();
    let Some((first, last)) = host
        .rsplit_once('.')
        .and_then(|(rest, last)| Some((rest.split('.').next()?, last)))
    else {
        return false;
    };
    let apart = |c: Option<char>| {
        c.is_none_or(|c| !c.is_alphanumeric() && !"_/\\@$#%&~=\u{1}".contains(c) || c == '\u{3000}')
    };
    let after = behind(text, end);
    let called = after.is_some_and(|c| matches!(c, '(' | '_' | '[' | '@' | '\u{1}'));
    let proper = is_name(host)
        && !host
            .split('.')
            .any(|l| l.starts_with('-') || l.ends_with('-'));
    let letters = last.chars().all(char::is_alphabetic) || last.starts_with("xn--");
    if !proper || !letters || !apart(before(text, start)) || called {
        return false;
    }
    // `com.example.app` is a package; `end.It` the end of a sentence.
    let package = ["com", "org", "net", "io", "edu"].contains(&first);
    let sentence = last.starts_with(char::is_uppercase) && !first.chars().all(char::is_uppercase);
    if package || sentence || PROGRAMS.contains(&lower.as_str()) {
        return false;
    }
    let tld = last.to_lowercase();
    let www = lower.starts_with("www.") && lower.matches('.').count() > 1;
    if bent || www {
        return tld.chars().count() >= 2;
    }
    let meant = || {
        let words = words_before(text, start);
        words
            .first()
            .is_some_and(|w| AT.contains(&w.as_str()) || OF_HOSTS.contains(&w.as_str()))
    };
    // An address of another script has a last label of that script, or a coded one.
    let coded = tld.starts_with("xn--");
    let is_ascii_digits = |l: &str| l.bytes().all(|b| b.is_ascii_digit());
    if first.parse::<Ipv4Addr>().is_ok() || host.split('.').rev().skip(1).all(is_ascii_digits) {
        return false;
    }
    // `window.app` is a name in a program.
    let three = ["dev", "app"].contains(&tld.as_str()) && lower.matches('.').count() > 1;
    SURE.contains(&tld.as_str()) || coded || three || (MAYBE.contains(&tld.as_str()) && meant())
}
