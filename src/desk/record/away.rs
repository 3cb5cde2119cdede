//! Who is away, and who covers for them.

use super::refuse;
use crate::config::Config;
use crate::store::{Away, Tx};
use anyhow::Result;
use jiff::{Span, ToSpan};

/// An absence lasts so many days at most.
const DAYS: i32 = 366;

/// Records an absence; `by` says so. Both names are those of the config.
///
/// # Errors
/// When the days are over, turned around or more than a year; when somebody would cover
/// for themselves, or is away then too; when the person is away then already.
pub fn away(tx: &Tx, config: &Config, away: &Away, by: &str) -> Result<()> {
    let Away {
        who,
        first,
        last,
        cover,
    } = away;
    if first > last {
        refuse!("{last} lies before {first}\n  hint: FROM..TO, both days included");
    }
    if *last < config.calendar.local_date(tx.now()) {
        refuse!("{first}..{last} is over");
    }
    let days: Span = DAYS.days();
    if *last > first.saturating_add(days) {
        refuse!("{first}..{last} is more than a year\n  hint: who has left goes out of [[team]]");
    }
    if who == cover {
        refuse!("{who} cannot cover for {who}");
    }
    for other in tx.away()? {
        let overlaps = other.first <= *last && other.last >= *first;
        let days = format!("{}..{}", other.first, other.last);
        if overlaps && other.who == *who {
            refuse!("{who} is away {days} already\n  hint: gatepost away --back {who}");
        }
        if overlaps && other.who == *cover {
            refuse!("{cover} is away {days}\n  hint: --cover somebody else");
        }
        if overlaps && other.cover == *who {
            refuse!(
                "{who} covers for {} {days}\n  hint: gatepost away --back {}, then with another cover",
                other.who,
                other.who
            );
        }
    }
    tx.add_away(away, by)
}
