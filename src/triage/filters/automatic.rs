//! Written by a program in answer to something, or of its own accord: `Auto-Submitted`
//! (RFC 3834 section 5) with any word other than `no`, the fields that answering programs
//! wrote before that standard, and our own `X-Loop`.
//!
//! Case, comments and parameters are no part of the word: `No (person)` is a person. A
//! field without a word is a program's: no mail program writes one for a person. With
//! several fields, one is enough.

use super::Filter;
use crate::mail::{keyword, loop_tag};
use crate::triage::{Kind, Seen};

pub(super) const AUTOMATIC: Filter = Filter {
    name: "automatic",
    kind: Kind::Automatic,
    matches,
};

/// Fields that only programs write.
const FIELDS: [&str; 4] = [
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-fc-machinegenerated",
];

fn matches(seen: &Seen) -> Option<String> {
    let headers = &seen.mail.headers;
    let says_otherwise = |value: &str| keyword(value) != "no";
    let is_own = |value: &str| {
        let mut watched = seen.house.watched.iter();
        watched.any(|address| loop_tag(address).eq_ignore_ascii_case(value))
    };
    let found = [
        (
            headers.all("auto-submitted").any(says_otherwise),
            "Auto-Submitted says that a program sent it",
        ),
        (
            FIELDS
                .iter()
                .any(|name| headers.all(name).any(says_otherwise)),
            "it bears a field that answering programs write",
        ),
        (
            headers
                .all("delivered-to")
                .any(|value| value.eq_ignore_ascii_case("autoresponder")),
            "an answering program took it in before",
        ),
        (
            headers.all("x-loop").any(is_own),
            "it bears the X-Loop of our letters",
        ),
    ];
    found
        .into_iter()
        .find_map(|(seen, because)| seen.then(|| because.to_owned()))
}
