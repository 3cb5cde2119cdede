//! Numbers that look like a day, a time or a telephone, and are versions by the words around
//! them: `Node 20.11.26`, `since 2.4.49 of Apache`. And the number of a chapter, by the
//! document behind it.

use super::lacks::beginning;
use super::numbers::{is_day, is_time};

/// Programs whose first number has three digits.
const LARGE: [&str; 6] = [
    "thunderbird",
    "betterbird",
    "esr",
    "electron",
    "gecko",
    "spidermonkey",
];

/// Before the browser that a reporter looked with.
const LOOKED_WITH: [&str; 17] = [
    "browser",
    "browsers",
    "my",
    "tested",
    "tests",
    "using",
    "use",
    "used",
    "open",
    "opened",
    "view",
    "viewed",
    "visit",
    "load",
    "loaded",
    "environment",
    "client",
];

/// Before a machine that is called so: `the node`.
const MACHINE: [&str; 10] = [
    "the",
    "a",
    "our",
    "your",
    "this",
    "that",
    "each",
    "every",
    "of",
    "restarted",
];

/// Between the name of Exchange and its number.
const SERVER: [&str; 6] = ["server", "se", "2010", "2013", "2016", "2019"];

/// What has chapters, and days, behind `of`.
const DOCUMENTS: [&str; 55] = [
    "benchmark",
    "benchmarks",
    "cis",
    "rfc",
    "iso",
    "iec",
    "en",
    "section",
    "chapter",
    "annex",
    "appendix",
    "manual",
    "guide",
    "handbook",
    "specification",
    "spec",
    "standard",
    "norm",
    "gdpr",
    "dsgvo",
    "owasp",
    "asvs",
    "wstg",
    "nist",
    "pci",
    "act",
    "law",
    "regulation",
    "directive",
    "policy",
    "terms",
    "contract",
    "agreement",
    "licence",
    "license",
    "book",
    "paper",
    "document",
    "documentation",
    "docs",
    "report",
    "part",
    "volume",
    "table",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
];

/// The days of a week, and what else a clock is read with.
const DAYS: [&str; 12] = [
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "today",
    "yesterday",
    "tomorrow",
    "day",
];

/// Whether the words around a number make it a version. `words`: those before it, the nearest
/// first; `head` and `rest`: the text before and behind it.
pub fn is_named(parts: &[&str], words: &[String], head: &str, rest: &str) -> bool {
    let word = |n: usize| words.get(n).map(String::as_str).unwrap_or_default();
    match parts {
        [first, second, third] if LARGE.contains(&word(0)) => {
            let looked = words.iter().take(6);
            let mut looked = looked.filter(|word| LOOKED_WITH.contains(&word.as_str()));
            let is_tool = word(0) == "esr" && looked.next().is_some();
            first.len() == 3
                && first.starts_with('1')
                && second.len().max(third.len()) <= 2
                && !is_tool
        }
        [first, second, third] if is_node(word(0), head) => {
            let plain = [first, second, third]
                .iter()
                .all(|p| p.len() <= 2 && !is_padded(p));
            plain && (word(0) != "node" || !MACHINE.contains(&word(1)))
        }
        [first, second, third, more @ ..] if is_exchange(words, head) => {
            let is_build = first.len() == 2 && matches!(*second, "00" | "01" | "02" | "03");
            let long = (3..=4).contains(&third.len());
            is_build && long && (!more.is_empty() || !may_be_year(third))
        }
        [first, second, third] if third.len() == 2 && !parts.iter().any(is_padded) => {
            let three = [*first, *second, *third];
            let is_said = match word(0) {
                "at" | "since" | "until" | "around" => name_behind(rest).is_some(),
                "by" => {
                    name_behind(rest).is_some()
                        || matches!(word(1), "affected" | "hit" | "vulnerable")
                }
                _ => false,
            };
            is_said && !is_day(three) && !is_time(three) && !is_of_document(rest)
        }
        _ => false,
    }
}

fn is_padded(part: &&str) -> bool {
    part.len() > 1 && part.starts_with('0')
}

/// The runtime: a machine of a cluster is written small.
fn is_node(word: &str, head: &str) -> bool {
    matches!(word, "node.js" | "nodejs") || word == "node" && head.trim_end().ends_with("Node")
}

/// Builds of Exchange are written as days are: `15.01.2507`.
fn is_exchange(words: &[String], head: &str) -> bool {
    let between = |word: &str| {
        let update = word.strip_prefix("cu").unwrap_or("x");
        SERVER.contains(&word) || update.bytes().all(|b| b.is_ascii_digit())
    };
    let mut words = words.iter().take(5).skip_while(|word| between(word));
    words.next().is_some_and(|word| word == "exchange") && head.contains("Exchange")
}

/// Of the calendars that number their years so, near ours: also that of Thailand.
fn may_be_year(part: &str) -> bool {
    part.parse()
        .is_ok_and(|n: u32| (1970..=2100).contains(&n) || (2513..=2643).contains(&n))
}

/// A name behind `of`, in letters, that begins large.
fn name_behind(rest: &str) -> Option<&str> {
    let name = rest.strip_prefix(" of ")?.split_whitespace().next()?;
    let name = name.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
    let is_name = name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphabetic);
    (is_name && name.len() > 2).then_some(name)
}

/// What a number is of stands within so many bytes.
const NEAR: usize = 120;

/// `5.3.12 of the manual`: a chapter of it.
pub fn is_of_document(rest: &str) -> bool {
    let behind = rest.strip_prefix(" of ").unwrap_or_default();
    let behind = beginning(behind, NEAR).to_lowercase();
    let words = behind
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut words = words
        .take(4)
        .take_while(|word| !["in", "on", "is", "and"].contains(word));
    words.any(|word| DOCUMENTS.contains(&word) || DAYS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::super::numbers::tests::of;
    use super::is_of_document;
    use crate::mail::tests::costs;

    #[test]
    fn what_a_number_is_of_is_looked_for_beside_it_alone() {
        let rest = format!(" of {}manual", "\u{c4}".repeat(30_000));
        let (_, cost) = costs(|| (0..10_000).filter(|_| is_of_document(&rest)).count());
        assert!(cost.as_secs() < 1, "{cost:?}");
    }

    #[test]
    fn no_day_time_chapter_or_telephone_becomes_a_version_by_a_name() {
        for text in [
            "Exchange 15.01.2019 was our first mail",
            "our Exchange 15.02.2569 in writing",
            "the exchange 15.01.2507",
            "15.01.2507",
            "Exchange since 15.01.2507",
            "Node 20.11.2026",
            "Node 01.11.26",
            "We restarted the node 20.11.26, and node 21.11.26 was down",
            "our Node 20.11.26",
            "since 2.4.49",
            "since 2.4.26 of Apache",
            "since 2.4.49 of April",
            "since 2.4.49 of our time",
            "affected by 2.4.26",
            "affected by 10.30.45",
            "paid by 2.4.49",
            "at 10.30.45 of Monday",
            "at 10.30.45 of Apache",
            "at 9.0.65",
            "at 5.3.12 of Annex A",
            "at 5.3.12 of the CIS Controls",
            "at 5.3.12 of the Standard",
            "by 4.5.12 of RFC 5321",
            "affected by 5.3.12 of the licence",
            "see 5.3.12 of the manual and 5.3.1 of ISO 27001",
            "Thunderbird 192.168.1",
            "Thunderbird 555.12.34",
            "Call 115.12.0",
            "It costs 115.12.0 EUR",
            "Tested with Firefox ESR 115.12.0",
            "Browser: Firefox ESR 115.12.0",
            "I opened it in Firefox ESR 115.12.0",
        ] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_name_makes_a_version_of_what_looks_like_a_day_or_a_telephone() {
        for (text, wanted) in [
            ("Exchange 15.01.2507 has it", "15.01.2507"),
            (
                "Microsoft Exchange Server 2016 CU23 (15.01.2507)",
                "15.01.2507",
            ),
            ("It says Exchange 15.02.2019.008", "15.02.2019.008"),
            ("It is there since 2.4.49 of Apache.", "2.4.49"),
            ("The shop is affected by 2.4.49", "2.4.49"),
            ("at 9.0.65 of Tomcat", "9.0.65"),
            ("XSS in Thunderbird 115.12.0 by a mail", "115.12.0"),
            ("Firefox ESR 115.12.0 has it", "115.12.0"),
            ("It runs on Node 20.11.26", "20.11.26"),
            ("the Node.js 20.11.26", "20.11.26"),
            ("see 5.3.12 of Apache", "5.3.12"),
            (
                "I tested 5.3.12 of the control panel and it fails",
                "5.3.12",
            ),
        ] {
            assert_eq!(of(text).join(" "), wanted, "{text}");
        }
    }
}
