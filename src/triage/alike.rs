//! Which reports look alike: those whose subjects come down to the same, and whose contents
//! do not differ where those of most others are the same (see `content`).
//!
//! For lists and digests alone. It decides nothing: a report that looks like sixty others
//! has its own ticket, clock and receipt.

mod content;

pub use content::alike_in_content;

use crate::mail::Foreign;
use std::collections::BTreeMap;

/// Marks of an answer or of a forwarded mail, in front of a subject.
const MARKS: [&str; 6] = ["re", "aw", "sv", "fw", "fwd", "wg"];

/// So many subjects that differ in their numbers alone, or say nothing, are a burst.
const BURST: usize = 10;

/// For each subject the place of the first that looks like it: its own, where none before
/// it does. `None` is a ticket that is never told together with others.
pub fn alike(subjects: &[Option<&Foreign>]) -> Vec<usize> {
    let widely: Vec<Option<String>> = subjects.iter().map(|s| s.map(without_numbers)).collect();
    let mut many: BTreeMap<&str, usize> = BTreeMap::new();
    for wide in widely.iter().flatten() {
        *many.entry(wide).or_default() += 1;
    }
    let mut first_of: BTreeMap<(bool, String), usize> = BTreeMap::new();
    let places = subjects.iter().zip(&widely).enumerate();
    let first = places.map(|(place, (subject, wide))| {
        let bursts = wide
            .as_ref()
            .filter(|wide| many.get(wide.as_str()) >= Some(&BURST));
        let key = match (bursts, subject) {
            (Some(wide), _) => Some((true, wide.clone())),
            (None, Some(subject)) => key(subject).map(|key| (false, key)),
            (None, None) => None,
        };
        key.map_or(place, |key| *first_of.entry(key).or_insert(place))
    });
    first.collect()
}

/// A subject with each word in which there is a digit left open.
fn without_numbers(subject: &Foreign) -> String {
    let words = without_marks(subject)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let words = words.map(|word| match word.contains(|c: char| c.is_numeric()) {
        true => "0".to_owned(),
        false => word.to_lowercase(),
    });
    words.collect()
}

/// What a subject comes down to: its letters and digits, small, without marks of an answer.
/// `None` where nothing is left to compare.
pub(super) fn key(subject: &Foreign) -> Option<String> {
    let kept = without_marks(subject)
        .chars()
        .filter(|c| c.is_alphanumeric());
    let kept: String = kept.flat_map(char::to_lowercase).collect();
    (!kept.is_empty()).then_some(kept)
}

fn without_marks(subject: &Foreign) -> &str {
    let mut rest = subject.raw().trim();
    while let Some((mark, behind)) = rest.split_once(':') {
        if !MARKS.iter().any(|m| m.eq_ignore_ascii_case(mark.trim())) {
            break;
        }
        rest = behind.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_that_people_would_call_the_same() {
        let key = |subject: &str| key(&Foreign::new(subject));
        for same in [
            "bug bounty",
            "  Bug  Bounty ??",
            "RE: Fwd: Bug bounty!",
            "\u{202e}bug-bounty",
        ] {
            assert_eq!(key(same), key("Bug bounty?"), "{same}");
        }
        for other in [
            "Bug bounty 2",
            "Bug",
            "note: bug bounty",
            "\u{dc}ber bug bounty",
        ] {
            assert_ne!(key(other), key("Bug bounty?"), "{other}");
        }
        for empty in ["", " ?!", "Re:", "Re: Fwd: ..."] {
            assert_eq!(key(empty), None, "{empty}");
        }
    }

    /// The first that looks like each of them.
    fn firsts(subjects: &[&str]) -> Vec<usize> {
        let subjects: Vec<Foreign> = subjects.iter().map(|s| Foreign::new(*s)).collect();
        alike(&subjects.iter().map(Some).collect::<Vec<_>>())
    }

    #[test]
    fn a_burst_differs_in_its_numbers_and_one_report_in_its_midst_stands_alone() {
        let numbered: Vec<String> = (0..9).map(|n| format!("Bug bounty {n}x{n}")).collect();
        let mut subjects: Vec<&str> = numbered.iter().map(String::as_str).collect();
        assert_eq!(firsts(&subjects), (0..9).collect::<Vec<_>>(), "few");
        subjects.insert(5, "SSRF in the webhook of 2.4");
        subjects.push("Re: bug bounty #77");
        let expected: Vec<usize> = (0..11).map(|n| if n == 5 { 5 } else { 0 }).collect();
        assert_eq!(firsts(&subjects), expected);
    }

    #[test]
    fn two_that_say_nothing_are_two_and_ten_are_a_burst() {
        assert_eq!(firsts(&["", "?"]), [0, 1]);
        assert_eq!(firsts(&["", "?", "", "", "", "", "", "", "", "!"]), [0; 10]);
    }

    #[test]
    fn what_is_never_told_with_others_is_not_even_counted() {
        let same = Foreign::new("bug bounty");
        assert_eq!(alike(&[Some(&same), None, Some(&same), None]), [0, 1, 0, 3]);
    }
}
