//! Dates that do not go together. Things have an order: it is resolved, an embargo ends, we
//! publish, the reporter publishes. Where the dates say another, somebody is harmed: what is
//! public before it is resolved shows how to attack it, and what is public before an embargo
//! ends leaves those without a fix who were to have one.

use super::field::Planned;
use super::fold::{Stage, Ticket};
use jiff::civil::Date;

/// What a date is of, in the order in which it has to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// The problem is resolved, as the reporter was told.
    Fix,
    /// The embargo ends.
    EmbargoEnds,
    /// We publish.
    WePublish,
    /// The reporter publishes.
    TheyPublish,
}

impl Turn {
    /// The word for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::EmbargoEnds => "embargo",
            Self::WePublish => "publish",
            Self::TheyPublish => "they-publish",
        }
    }

    /// What happens too early: `they publish`.
    pub fn comes(self) -> &'static str {
        match self {
            Self::Fix => "we fix",
            Self::EmbargoEnds => "embargo ends",
            Self::WePublish => "we publish",
            Self::TheyPublish => "they publish",
        }
    }

    /// What should have happened before: `embargo until`.
    pub fn should_come(self) -> &'static str {
        match self {
            Self::EmbargoEnds => "embargo until",
            Self::Fix | Self::WePublish | Self::TheyPublish => self.comes(),
        }
    }
}

/// One thing comes before another that has to come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What comes too early.
    pub early: Turn,
    /// Its local date.
    pub on: Date,
    /// What has to come before it.
    pub late: Turn,
    /// The local date of that.
    pub after: Date,
}

impl Ticket {
    /// The clashes of its dates, the hardest first: what the reporter does, then what we do,
    /// and before a fix sooner than before all else.
    pub fn clashes(&self) -> Vec<Clash> {
        let dates = self.in_turn();
        let mut clashes = Vec::new();
        for (early, on) in dates.iter().rev().copied() {
            let before = dates.iter().copied().filter(|(late, _)| *late < early);
            let late = before.filter(|(_, after)| on < *after);
            clashes.extend(late.map(|(late, after)| Clash {
                early,
                on,
                late,
                after,
            }));
        }
        clashes
    }

    /// The hardest of them.
    pub fn clash(&self) -> Option<Clash> {
        self.clashes().first().copied()
    }

    /// The dates that are to come or still owed, in the order in which they should come.
    fn in_turn(&self) -> Vec<(Turn, Date)> {
        let planned = |event| {
            let on = self.planned.get(&event).copied();
            on.filter(|_| self.stage < Stage::Published)
        };
        let fix = self.expected.filter(|_| self.stage < Stage::Resolved);
        let all = [
            (Turn::Fix, fix),
            (Turn::EmbargoEnds, planned(Planned::Embargo)),
            (Turn::WePublish, planned(Planned::Publication)),
            (Turn::TheyPublish, planned(Planned::ReporterPublication)),
        ];
        let dated = all.into_iter();
        dated.filter_map(|(turn, on)| Some((turn, on?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{By, Fact, What};
    use jiff::Timestamp;
    use jiff::civil::date;

    /// The clashes of a ticket with these dates in July: fix, embargo, ours, theirs.
    fn check(dates: [i8; 4], more: &[What], wanted: &[(Turn, i8, Turn, i8)]) {
        let day = |n: i8| date(2027, 7, n);
        let [fix, embargo, ours, theirs] = dates;
        let planned = |event, on: i8| (on > 0).then(|| What::Planned { event, on: day(on) });
        let facts = [
            (fix > 0).then(|| What::Dated { on: day(fix) }),
            planned(Planned::Embargo, embargo),
            planned(Planned::Publication, ours),
            planned(Planned::ReporterPublication, theirs),
        ];
        let whats = facts.into_iter().flatten().chain(more.iter().cloned());
        let fact = |(n, what)| Fact {
            n,
            at: Timestamp::from_second(n).unwrap(),
            what,
            by: By::Gatepost,
            letter: None,
            mail: None,
            via: None,
        };
        let facts: Vec<Fact> = (1..).zip(whats).map(fact).collect();
        let clashes = Ticket::fold(&facts).clashes();
        let found: Vec<_> = clashes
            .iter()
            .map(|c| (c.early, c.on.day(), c.late, c.after.day()))
            .collect();
        assert_eq!(found, wanted, "{dates:?} {more:?}");
    }

    #[test]
    fn what_comes_before_its_turn_clashes() {
        use Turn::{EmbargoEnds, Fix, TheyPublish, WePublish};
        check([9, 12, 12, 13], &[], &[]);
        check([9, 9, 9, 9], &[], &[]);
        check([9, 0, 0, 1], &[], &[(TheyPublish, 1, Fix, 9)]);
        check([0, 0, 9, 1], &[], &[(TheyPublish, 1, WePublish, 9)]);
        check([0, 9, 0, 1], &[], &[(TheyPublish, 1, EmbargoEnds, 9)]);
        check([0, 9, 1, 0], &[], &[(WePublish, 1, EmbargoEnds, 9)]);
        check([9, 0, 1, 0], &[], &[(WePublish, 1, Fix, 9)]);
        check([9, 1, 0, 0], &[], &[(EmbargoEnds, 1, Fix, 9)]);
        check(
            [9, 8, 7, 6],
            &[],
            &[
                (TheyPublish, 6, Fix, 9),
                (TheyPublish, 6, EmbargoEnds, 8),
                (TheyPublish, 6, WePublish, 7),
                (WePublish, 7, Fix, 9),
                (WePublish, 7, EmbargoEnds, 8),
                (EmbargoEnds, 8, Fix, 9),
            ],
        );
    }

    #[test]
    fn what_has_happened_clashes_no_more() {
        use Turn::{EmbargoEnds, TheyPublish};
        let resolved = What::Resolved;
        check([9, 0, 0, 1], std::slice::from_ref(&resolved), &[]);
        check(
            [9, 8, 0, 1],
            &[resolved],
            &[(TheyPublish, 1, EmbargoEnds, 8)],
        );
        check([9, 8, 7, 6], &[What::Published], &[]);
        check([9, 8, 7, 6], &[What::Closed], &[]);
    }
}
