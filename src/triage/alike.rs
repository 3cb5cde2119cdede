//! Which reports look alike: those whose subjects come down to the same.
//!
//! For lists and digests alone. It decides nothing: a report that looks like sixty others
//! has its own ticket, clock and receipt.

use crate::mail::Foreign;

/// Marks of an answer or of a forwarded mail, in front of a subject.
const MARKS: [&str; 6] = ["re", "aw", "sv", "fw", "fwd", "wg"];

/// What a subject comes down to: its letters and digits, small, without marks of an answer.
/// `None` where nothing is left to compare.
pub fn alike(subject: &Foreign) -> Option<String> {
    let mut rest = subject.raw().trim();
    while let Some((mark, behind)) = rest.split_once(':') {
        if !MARKS.iter().any(|m| m.eq_ignore_ascii_case(mark.trim())) {
            break;
        }
        rest = behind.trim_start();
    }
    let kept = rest.chars().filter(|c| c.is_alphanumeric());
    let kept: String = kept.flat_map(char::to_lowercase).collect();
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_that_people_would_call_the_same() {
        let key = |subject: &str| alike(&Foreign::new(subject));
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
}
