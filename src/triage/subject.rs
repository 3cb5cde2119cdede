//! References of ours in a subject.
//!
//! Other trackers write theirs there too (`[#123]`, `JIRA-7`, `GHSA-...`). They are no business
//! of ours: only a whole reference counts, with our prefix and the year, and standing alone.
//! Nothing is ever taken out of a subject: the tags of others bring our answer home.

use crate::mail::{Address, Foreign};
use crate::ticket::{Reference, TicketNo};

/// A ticket that a subject names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The ticket.
    pub ticket: TicketNo,
    /// The addresses of its people.
    pub people: Vec<Address>,
}

/// More than these are no subject that a mail program wrote.
const AT_MOST: usize = 5;

/// So many characters of a subject are searched.
const SEARCHED: usize = 1000;

/// The references with this prefix in a subject, in their order, each once.
pub fn references_in(subject: &Foreign, prefix: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let text: String = subject.raw().chars().take(SEARCHED).collect();
    for word in text.split(|c: char| !is_of_a_word(c)) {
        let Some(reference) = reference(word, prefix).filter(|r| !found.contains(r)) else {
            continue;
        };
        found.push(reference);
        if found.len() == AT_MOST {
            break;
        }
    }
    found
}

/// What binds characters to one tag: `X/SEC-2026-0001`, `#SEC-2026-0001` are of others.
fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || "-_#/+.@".contains(c)
}

fn reference(word: &str, prefix: &str) -> Option<Reference> {
    // A sentence may end behind it.
    let word = word.trim_end_matches('.');
    let (head, rest) = word.split_at_checked(prefix.len())?;
    let (year, number) = rest.strip_prefix('-')?.split_once('-')?;
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let is_one = head.eq_ignore_ascii_case(prefix)
        && year.len() == 4
        && (4..=12).contains(&number.len())
        && digits(year)
        && digits(number);
    is_one.then(|| Reference::stored(format!("{prefix}-{year}-{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_reference_that_stands_alone_is_ours_and_the_tags_of_others_are_not() {
        for (subject, expected) in [
            ("Re: Overflow [SEC-2026-0042]", &["SEC-2026-0042"][..]),
            ("AW: sec-2026-0042: news", &["SEC-2026-0042"]),
            ("about SEC-2026-0042.", &["SEC-2026-0042"]),
            (
                "[SEC-2026-0042] and (SEC-2026-0007), SEC-2026-0042",
                &["SEC-2026-0042", "SEC-2026-0007"],
            ),
            ("[#42] overflow", &[]),
            ("[JIRA-7] overflow", &[]),
            ("[SEC-7] overflow", &[]),
            ("GHSA-SEC-2026-0042", &[]),
            ("XSEC-2026-0042", &[]),
            ("https://example.com/SEC-2026-0042", &[]),
            ("SEC-2026-0042-1", &[]),
            ("SEC-2026-004", &[]),
            ("SEC-26-0042", &[]),
            ("SEC-2026-\u{664}\u{662}\u{660}\u{660}", &[]),
            ("\u{17f}EC-2026-0042", &[]),
        ] {
            let found = references_in(&Foreign::new(subject), "SEC");
            let found: Vec<&str> = found.iter().map(Reference::as_str).collect();
            assert_eq!(found, expected, "{subject}");
        }
    }
}
