//! Says that it comes from the team, or from a watched address, and nothing proves it.
//!
//! What only names the team must neither count as the team's word nor be answered: the
//! answer would go to the team, or back into the watched mailbox, and round again.

use super::Filter;
use crate::triage::{Kind, Seen};

pub(super) const UNPROVEN_TEAM: Filter = Filter {
    name: "unproven-team",
    kind: Kind::UnprovenTeam,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let whose = whose(seen)?;
    Some(format!("From is {whose}, and nothing proves it"))
}

/// What the address in From is to us.
pub(super) fn whose(seen: &Seen) -> Option<&'static str> {
    let house = seen.house;
    let author = seen.mail.author.address()?;
    if house.watched.contains(author) {
        Some("a watched address")
    } else if house.team.contains(author) {
        Some("a team address")
    } else {
        None
    }
}
