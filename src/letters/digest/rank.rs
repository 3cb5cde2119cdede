//! How urgent each thing is that a digest tells: the order of its table, and the word that
//! stands before a row.

use super::{DigestEntry, Matter};
use jiff::Zoned;

/// How urgent an entry is; the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Late,
    Today,
    Clash,
    ToCome,
    Stale,
    Held,
    Trouble,
    Chased,
    Name,
    Read,
}

/// How urgent it is at this moment.
pub(super) fn rank(matter: &Matter, now: &Zoned) -> Rank {
    match matter {
        Matter::Due {
            at, soft: false, ..
        } if at <= now => Rank::Late,
        Matter::Due { at, .. } if at.date() <= now.date() => Rank::Today,
        Matter::Due { .. } => Rank::ToCome,
        Matter::Clash { .. } => Rank::Clash,
        Matter::Stale { .. } => Rank::Stale,
        Matter::Held { .. } => Rank::Held,
        Matter::Trouble { .. } => Rank::Trouble,
        Matter::Chased { .. } => Rank::Chased,
        Matter::Name { .. } => Rank::Name,
        Matter::Read { .. } => Rank::Read,
    }
}

/// What is due first stands first.
pub(super) fn due(entry: &DigestEntry) -> Option<jiff::Timestamp> {
    match &entry.matter {
        Matter::Due { at, .. } | Matter::Stale { since: at, .. } => Some(at.timestamp()),
        Matter::Clash { .. }
        | Matter::Held { .. }
        | Matter::Trouble { .. }
        | Matter::Chased { .. }
        | Matter::Name { .. }
        | Matter::Read { .. } => None,
    }
}

/// The word before the row.
pub(super) fn label(matter: &Matter, now: &Zoned) -> String {
    match (rank(matter, now), matter) {
        (Rank::Late, _) => "LATE".to_owned(),
        (Rank::Today, _) => "TODAY".to_owned(),
        (Rank::ToCome, Matter::Due { at, .. }) => at.strftime("%a %-d").to_string().to_uppercase(),
        (Rank::Clash, _) => "CLASH".to_owned(),
        (Rank::Stale, _) => "OPEN".to_owned(),
        (Rank::Trouble, _) => "LOOK".to_owned(),
        (Rank::Chased, _) => "CHASED".to_owned(),
        (Rank::Name, _) => "NAME".to_owned(),
        (Rank::Read, _) => "READ".to_owned(),
        (Rank::Held | Rank::ToCome, _) => "HELD".to_owned(),
    }
}
