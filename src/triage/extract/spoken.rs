//! A host whose point is written so that nobody clicks it, and not by brackets around the
//! point alone: `example[.com]`, `www dot example dot org`. People write `dot` of other
//! things too, so a domain has to come out, and its place has to be one of a host.

use super::links::{MAYBE, OF_HOSTS, SURE};

/// So many labels are read at once.
const LABELS: usize = 6;
/// A name is read to so many bytes.
const LONGEST: usize = 120;

/// What is no name of a host: `of the dot org kind`.
const NO_NAMES: [&str; 14] = [
    "the", "a", "an", "this", "that", "our", "your", "any", "every", "each", "my", "their", "dot",
    "slash",
];

/// The labels in `[.com]`, with their point; `rest` begins with the bracket, `flat` is the
/// line before it.
pub fn end_in_brackets<'t>(flat: &str, rest: &'t str) -> Option<&'t str> {
    let labels = rest.strip_prefix('[')?;
    let close = labels.bytes().take(LONGEST).position(|b| b == b']')?;
    let (labels, behind) = labels.split_at_checked(close)?;
    let inner = labels.strip_prefix('.')?;
    let ends = |c: char| !c.is_alphanumeric() && !"_-\\".contains(c);
    let fits = flat.ends_with(char::is_alphanumeric)
        && inner.split('.').all(is_label)
        && (is_domain(inner, SURE) || (is_in_url(flat) && is_domain(inner, MAYBE)));
    let behind = behind.get(1..)?;
    (fits && behind.chars().next().is_none_or(ends)).then_some(labels)
}

/// Whether ` dot ` is a point; `rest` begins with it, `flat` is the line before it, whose
/// last word may hold a point that was read so (`goes_on`).
pub fn is_point(flat: &str, rest: &str, goes_on: bool) -> bool {
    let Some(behind) = after_dot(rest) else {
        return false;
    };
    let name = last_word(flat);
    let is_name = |word: &str| is_label(word) && !NO_NAMES.contains(&&*word.to_ascii_lowercase());
    let in_url = is_in_url(flat);
    if !in_url && !goes_on && !is_name(name) {
        return false;
    }
    let (mut count, mut rest) = (0, behind);
    let end = loop {
        let length = rest.bytes().take(LONGEST).take_while(of_label).count();
        let (label, more) = rest.split_at_checked(length).unwrap_or_default();
        count += 1;
        if !is_name(label) || count > LABELS {
            return false;
        }
        match after_dot(more) {
            Some(next) => rest = next,
            None => break (label, more),
        }
    };
    let (last, behind) = end;
    if !is_domain(last, SURE) || behind.starts_with(['_', '@', '(', '\\']) {
        return false;
    }
    // One `dot` alone is said of much: `host example dot org.`
    let closes = behind.trim_start_matches(['.', ',', ';', ':', '!', '?', ')']);
    let alone = closes.is_empty() || closes.starts_with(char::is_whitespace) && closes != behind;
    let before = flat.strip_suffix(name).unwrap_or_default().trim_end();
    let of_host =
        OF_HOSTS.contains(&&*last_word(before.trim_end_matches(':')).to_ascii_lowercase());
    goes_on || in_url || count > 1 || (of_host && (alone || behind.starts_with('/')))
}

/// What stands behind ` dot `.
fn after_dot(text: &str) -> Option<&str> {
    let dot = text.get(..5)?;
    dot.eq_ignore_ascii_case(" dot ").then(|| text.get(5..))?
}

fn of_label(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || *b == b'-'
}

fn is_label(label: &str) -> bool {
    let inside = |l: &str| !l.starts_with('-') && !l.ends_with('-');
    !label.is_empty() && label.bytes().all(|b| of_label(&b)) && inside(label)
}

/// Whether the last of the labels is one of these.
fn is_domain(labels: &str, of: &[&str]) -> bool {
    let last = labels.rsplit('.').next().unwrap_or_default();
    of.contains(&&*last.to_ascii_lowercase())
}

/// From the last white space on.
fn last_word(text: &str) -> &str {
    let word = text.chars().rev().take(LONGEST);
    let length = word.take_while(|c| !c.is_whitespace()).map(char::len_utf8);
    let length: usize = length.sum();
    text.get(text.len() - length..).unwrap_or_default()
}

/// Whether the line ends within the host of a URL.
fn is_in_url(flat: &str) -> bool {
    let host = last_word(flat).rsplit_once("://").map(|(_, host)| host);
    let plain = |host: &str| host.split('.').all(is_label);
    host.is_some_and(plain)
}

#[cfg(test)]
mod tests {
    use super::super::{Heard, Reader};
    use crate::mail::tests::costs;
    use crate::mail::{Foreign, Mail};

    /// What is named, and how it is written.
    fn of(text: &str) -> Vec<String> {
        let mail = Mail {
            text: Foreign::new(text),
            ..Mail::default()
        };
        let heard = Heard {
            n: 1,
            mail: &mail,
            whole: false,
        };
        let mut reader = Reader::default();
        reader.hear(&heard);
        let all = reader.said().found;
        let line = |f: &super::super::Found| format!("{} <{}>", f.value.raw(), f.shown.raw());
        all.iter().map(line).collect()
    }

    #[test]
    fn a_host_is_read_and_shown_as_it_is_written() {
        for (text, wanted) in [
            ("it is example[.com].", &["example.com <example[.com]>"][..]),
            (
                "see shop.example[.co.uk]/login",
                &[
                    "shop.example.co.uk <shop.example[.co.uk]>",
                    "shop.example.co.uk/login <shop.example[.co.uk]/login>",
                ],
            ),
            (
                "hxxps://evil[.top]/a",
                &[
                    "https://evil.top/a <hxxps://evil[.top]/a>",
                    "evil.top <evil[.top]>",
                ],
            ),
            (
                "hxxps://api dot example dot org/a is open",
                &[
                    "https://api.example.org/a <hxxps://api dot example dot org/a>",
                    "api.example.org <api dot example dot org>",
                ],
            ),
            (
                "on www dot example dot com I saw",
                &["www.example.com <www dot example dot com>"],
            ),
            (
                "Please visit example dot org.",
                &["example.org <example dot org>"],
            ),
            (
                "The domain: shop-eu DOT example dot net",
                &["shop-eu.example.net <shop-eu DOT example dot net>"],
            ),
            ("example(dot)org", &["example.org <example(dot)org>"]),
            ("example [dot] org", &["example.org <example [dot] org>"]),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_sentence_and_a_placeholder_name_no_host() {
        for text in [
            "the dot org movement",
            "It belongs to the dot com crash.",
            "Visit the dot org.",
            "a site dot com would not do",
            "I visit example dot org often",
            "a startup dot com",
            "slash dot dot org",
            "Click the red dot in the corner",
            "the server dot matrix printer",
            "file[.txt] and index[.html], package[.json]",
            "name[.ext], lib[.so], Framework[.NET] and asp[.net]",
            "use array[.com and regex [.com]",
            "x[.com]y",
            "host one dot two",
        ] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn many_dots_are_read_in_time() {
        for text in [
            "a dot ".repeat(40_000),
            format!("http://{}", "a dot ".repeat(40_000)),
            "a[.com".repeat(40_000),
        ] {
            let (_, cost) = costs(|| of(&text));
            assert!(cost.as_secs() < 5, "{}: {cost:?}", text.len());
        }
    }
}
