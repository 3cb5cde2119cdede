//! The catalogue: what a mail is, by the first filter that knows it.
//!
//! A filter looks for one sign, in its own small file, and says what it saw. The order
//! of the catalogue is the rule: the safest explanation stands first, and what no
//! filter knows was written by a person.
//!
//! To add one: a file here, a line in [`CATALOGUE`], a mail in `tests/mail` that only
//! it catches.

mod automatic;
mod automatic_sender;
mod bounce;
mod list;
mod own;
mod platform;
mod proven_team;
mod team;
mod unproven_team;

use super::{Authenticated, Because, House, Kind, Known, Role, Seen, Way};
use crate::mail::Mail;
use jiff::Timestamp;

/// One sign by which a kind of mail is known.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The name under which people read of it.
    pub name: &'static str,
    /// What a mail is that bears the sign.
    pub kind: Kind,
    /// Looks for it. `Some` says what was seen, in our words.
    pub matches: fn(&Seen) -> Option<String>,
}

/// All filters, in the order in which they are asked.
pub const CATALOGUE: [Filter; 9] = [
    own::OWN,
    bounce::BOUNCE,
    platform::PLATFORM,
    team::TEAM,
    proven_team::PROVEN_TEAM,
    unproven_team::UNPROVEN_TEAM,
    automatic::AUTOMATIC,
    list::LIST,
    automatic_sender::AUTOMATIC_SENDER,
];

/// What the first filter says that matches.
pub(super) fn kind(seen: &Seen) -> Because<Kind> {
    let said =
        |filter: &Filter| (filter.matches)(seen).map(|because| Because::new(filter.kind, because));
    CATALOGUE
        .iter()
        .find_map(said)
        .unwrap_or_else(|| Because::new(Kind::Person, "nothing says that a program wrote it"))
}

/// What says that a program wrote a mail, whoever it is from.
pub(super) fn by_a_program(mail: &Mail) -> Option<String> {
    let way = Way {
        folder: Role::Sent,
        authenticated: Authenticated::None,
        received_at: Timestamp::UNIX_EPOCH,
    };
    let seen = Seen {
        mail,
        known: &Known::default(),
        house: &House::default(),
        way: &way,
    };
    CATALOGUE
        .iter()
        .filter(|filter| matches!(filter.kind, Kind::Automatic | Kind::List))
        .find_map(|filter| (filter.matches)(&seen))
}

#[cfg(test)]
mod tests;
