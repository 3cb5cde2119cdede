//! From the team, or from a watched address, and our mail server vouches for it.
//!
//! Without its word it is [`super::unproven_team`]'s: anybody can write our address there.
//! So is what came through a list: one that writes itself into From, as a Google Group at
//! security@ does, passes as the watched address for every stranger who posts to it.

use super::Filter;
use super::unproven_team::whose;
use crate::triage::{Authenticated, Kind, Seen};

pub(super) const PROVEN_TEAM: Filter = Filter {
    name: "proven-team",
    kind: Kind::Team,
    matches,
};

/// What lists write beside the fields of RFC 2369.
const LISTS: [&str; 4] = [
    "mailing-list",
    "x-beenthere",
    "x-original-from",
    "x-original-sender",
];

fn matches(seen: &Seen) -> Option<String> {
    let whose = whose(seen)?;
    let mut names = seen.mail.headers.names();
    let by_a_list = names.any(|name| name.starts_with("list-") || LISTS.contains(&name));
    (seen.way.authenticated == Authenticated::Pass && !by_a_list)
        .then(|| format!("From is {whose}, and our mail server vouches for it"))
}
