//! Written by a program in answer to something, or of its own accord: `Auto-Submitted`
//! (RFC 3834 section 5) with any word other than `no`.
//!
//! Case, comments and parameters are no part of the word: `No (person)` is a person. A
//! field without a word is a program's: no mail program writes one for a person. With
//! several fields, one is enough.

use super::Filter;
use crate::mail::keyword;
use crate::triage::{Kind, Seen};

pub(super) const AUTOMATIC: Filter = Filter {
    name: "automatic",
    kind: Kind::Automatic,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let says_so = seen
        .mail
        .headers
        .all("auto-submitted")
        .any(|value| keyword(value) != "no");
    says_so.then(|| "Auto-Submitted says that a program sent it".to_owned())
}
