//! A letter of ours that came back: sent to a list that we read, or by a rule of the server.
//!
//! Known by its Message-ID, which is in our record, together with the address that it
//! was sent from. From alone proves nothing: anybody can write our address there, and
//! a forged one must not vanish among our own letters.
//!
//! What comes from a watched address is held by rows below too, for its From and for its
//! `X-Loop`. Of a letter from an address that was watched once, and is not now, only this
//! row knows: without it the letter would open a ticket.

use super::Filter;
use crate::triage::{Kind, Seen};

pub(super) const OWN: Filter = Filter {
    name: "own",
    kind: Kind::Own,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let letter = seen.known.own.as_ref()?;
    (seen.mail.author.address() == Some(&letter.from))
        .then(|| "its Message-ID and its From are those of a letter of ours".to_owned())
}
