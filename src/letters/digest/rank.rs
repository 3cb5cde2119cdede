//! How urgent each thing is that a digest tells: the order of its table, and the word that
//! stands before a row.

use super::{DigestEntry, Matter};
use crate::letters::reminder::part;
use jiff::Zoned;

/// How much harm it does to look away; the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Nobody knows what it says.
    Unreadable,
    /// A reporter hears nothing.
    Held,
    Late,
    Clash,
    HalfKept,
    Today,
    Trouble,
    /// Soft, and its hour has passed.
    Overdue,
    ToCome,
    Chased,
    Stale,
    Unowned,
    Uncredited,
    Silent,
    /// A name is to be given out, or taken back.
    Name,
    /// Told once, and nothing to do.
    Read,
}

impl Rank {
    /// It stands above the reader's own lines, whoever is responsible.
    pub(super) fn is_everybodys(self) -> bool {
        matches!(self, Self::Unreadable | Self::Held)
    }

    /// It can be left out of a letter that is too long.
    pub(super) fn can_wait(self) -> bool {
        matches!(
            self,
            Self::Overdue
                | Self::ToCome
                | Self::Stale
                | Self::Unowned
                | Self::Uncredited
                | Self::Silent
        )
    }
}

/// Where a deadline lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It has passed, and is called late.
    Late,
    /// It is soft, and has passed.
    Overdue,
    /// It is today's.
    Today,
    /// It is another day's.
    ToCome,
}

/// Where it lies at this moment. A soft promise is never late.
pub(super) fn when(at: &Zoned, soft: bool, now: &Zoned) -> When {
    match (at <= now, soft) {
        (true, false) => When::Late,
        (true, true) => When::Overdue,
        (false, _) if at.date() == now.date() => When::Today,
        (false, _) => When::ToCome,
    }
}

/// How urgent it is at this moment.
pub(super) fn rank(matter: &Matter, now: &Zoned) -> Rank {
    match matter {
        Matter::Due {
            at,
            soft,
            half_kept,
            ..
        } => match when(at, *soft, now) {
            When::Late => Rank::Late,
            When::Overdue => Rank::Overdue,
            When::Today | When::ToCome if *half_kept => Rank::HalfKept,
            When::Today => Rank::Today,
            When::ToCome => Rank::ToCome,
        },
        Matter::Clash(_) => Rank::Clash,
        Matter::Stale { missing, .. } => match missing.as_slice() {
            [one] if part(one) == "owner" => Rank::Unowned,
            [one] if part(one) == "credit" => Rank::Uncredited,
            [..] => Rank::Stale,
        },
        Matter::Unreadable => Rank::Unreadable,
        Matter::Held { .. } => Rank::Held,
        Matter::Trouble { .. } => Rank::Trouble,
        Matter::Chased { .. } => Rank::Chased,
        Matter::Silent { .. } => Rank::Silent,
        Matter::Name { .. } => Rank::Name,
        Matter::Read { .. } => Rank::Read,
    }
}

/// What is due first stands first.
pub(super) fn due(entry: &DigestEntry) -> Option<jiff::Timestamp> {
    let (at, _) = entry.matter.promised()?;
    Some(at.timestamp())
}

/// The word before the row.
pub(super) fn label(matter: &Matter, now: &Zoned) -> String {
    if let Matter::Due { at, soft, .. } = matter {
        return match when(at, *soft, now) {
            When::Late => "LATE".to_owned(),
            When::Overdue => "DUE".to_owned(),
            When::Today => "TODAY".to_owned(),
            When::ToCome => at.strftime("%a %-d").to_string().to_uppercase(),
        };
    }
    let word = match rank(matter, now) {
        Rank::Unreadable => "UNREAD",
        Rank::Held => "HELD",
        Rank::Clash => "CLASH",
        Rank::Stale => "OPEN",
        Rank::Unowned => "OWNER",
        Rank::Uncredited => "CREDIT",
        Rank::Silent => "SILENT",
        Rank::Name => "NAME",
        Rank::Trouble => "LOOK",
        Rank::Chased => "CHASED",
        Rank::Read => "READ",
        Rank::Late | Rank::HalfKept | Rank::Today | Rank::Overdue | Rank::ToCome => "DUE",
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{Clash, Turn};
    use jiff::civil::{Date, date};
    use jiff::tz::TimeZone;

    fn at(day: Date, hour: i8) -> Zoned {
        let local = day.at(hour, 0, 0, 0);
        local.to_zoned(TimeZone::UTC).unwrap()
    }

    #[test]
    fn harm_sorts_the_table() {
        let now = at(date(2027, 5, 4), 9);
        let due = |day: i8, half_kept, soft| Matter::Due {
            at: at(date(2027, 5, day), 17),
            missing: vec!["dated".to_owned()],
            half_kept,
            soft,
        };
        let stale = |missing: &[&str]| Matter::Stale {
            since: at(date(2027, 5, 3), 9),
            missing: missing.iter().map(|m| (*m).to_owned()).collect(),
        };
        let text = || "x".to_owned();
        let in_order = [
            (Matter::Unreadable, "UNREAD"),
            (Matter::Held { because: text() }, "HELD"),
            (due(3, false, false), "LATE"),
            (
                Matter::Clash(Clash {
                    early: Turn::TheyPublish,
                    on: date(2027, 7, 1),
                    late: Turn::Fix,
                    after: date(2027, 7, 9),
                }),
                "CLASH",
            ),
            (due(6, true, false), "THU 6"),
            (due(4, false, false), "TODAY"),
            (Matter::Trouble { what: text() }, "LOOK"),
            (due(3, false, true), "DUE"),
            (due(6, false, false), "THU 6"),
            (Matter::Chased { times: 2 }, "CHASED"),
            (stale(&["resolved"]), "OPEN"),
            (stale(&["owned"]), "OWNER"),
            (stale(&["credited or credit-declined"]), "CREDIT"),
            (
                Matter::Silent {
                    since: date(2027, 4, 20),
                    called: false,
                    goes_on: false,
                },
                "SILENT",
            ),
            (Matter::Name { what: text() }, "NAME"),
            (
                Matter::Read {
                    mail: 1,
                    what: text(),
                },
                "READ",
            ),
        ];
        let ranks: Vec<Rank> = in_order.iter().map(|(m, _)| rank(m, &now)).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
        for (matter, word) in &in_order {
            assert_eq!(label(matter, &now), *word, "{matter:?}");
        }
        // Half kept is said of what is not late; and what is soft never is.
        assert_eq!(rank(&due(3, true, false), &now), Rank::Late);
        assert_eq!(rank(&due(3, true, true), &now), Rank::Overdue);
        assert_eq!(rank(&due(4, false, true), &now), Rank::Today);
        assert_eq!(
            rank(&stale(&["update-posted", "credited"]), &now),
            Rank::Stale
        );
    }
}
