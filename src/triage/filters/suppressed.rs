//! `X-Auto-Response-Suppress` with `All`, `OOF` or `AutoReply`, and no other sign.
//!
//! The field asks for no automatic answer, and an acknowledgement is one. It is no proof
//! that a program wrote the mail: people behind some servers send it without knowing. `DR`,
//! `RN` and `NRN` ask for no receipts, which gatepost never sends.

use super::Filter;
use crate::mail::keyword;
use crate::triage::{Kind, Seen};

pub(super) const SUPPRESSED: Filter = Filter {
    name: "suppressed",
    kind: Kind::Suppressed,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let asks = |value: &str| {
        let value = keyword(&value.replace(';', ","));
        let mut words = value.split(',').map(str::trim);
        words.any(|word| matches!(word, "all" | "oof" | "autoreply"))
    };
    let mut fields = seen.mail.headers.all("x-auto-response-suppress");
    fields
        .any(asks)
        .then(|| "X-Auto-Response-Suppress asks for no automatic answer".to_owned())
}
