//! What a person sets down and no letter says: owner, note, properties, dates, an opened
//! or reopened ticket, a fact that only the policy knows, an absence.
//!
//! Each verb is one transaction. Nothing here writes to a reporter, except [`open()`] where
//! a person asks for the receipt.

mod away;
mod open;
mod reopen;
mod set;

pub use away::away;
pub use open::{ByHand, Letter, open};
pub use reopen::{reopen, retract};
pub use set::{Change, Credit, Start, classes, set, starts};

use super::act::{embargoed, frees};
use super::{File, file, policy_of, refresh};
use crate::config::Config;
use crate::store::{NewFact, Tx};
use crate::ticket::{By, Fact, FactName, Field, TicketNo, What, counting};
use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;

/// What was asked cannot be: nothing was written.
#[derive(Debug)]
pub struct Unfit(pub String);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

/// Ends a verb with [`Unfit`].
macro_rules! refuse {
    ($($said:tt)*) => {
        return Err($crate::desk::record::Unfit(format!($($said)*)).into())
    };
}
use refuse;

/// Adds one fact that happens now. A server's clock may be ahead of ours: what we do
/// comes after what it received.
fn add(tx: &Tx, ticket: TicketNo, what: What, who: &str) -> Result<i64> {
    let at = tx
        .last_instant(ticket)?
        .map_or(tx.now(), |last| last.max(tx.now()));
    add_at(tx, ticket, what, who, at)
}

fn add_at(tx: &Tx, ticket: TicketNo, what: What, who: &str, at: Timestamp) -> Result<i64> {
    let fact = NewFact::new(at, what, By::Person(who.to_owned()));
    tx.add_fact(ticket, &fact)
}

/// Makes `owner` responsible, or nobody. False when that is so already.
///
/// # Errors
/// When the store fails.
pub fn assign(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    owner: Option<&str>,
    who: &str,
) -> Result<bool> {
    let row = tx
        .ticket(ticket)?
        .with_context(|| format!("there is no ticket {ticket}"))?;
    if row.owner.as_deref() == owner {
        return Ok(false);
    }
    let what = owner.map_or(What::Disowned, |name| What::Owned {
        who: name.to_owned(),
    });
    add(tx, ticket, what, who)?;
    refresh(tx, config, ticket)?;
    Ok(true)
}

/// Characters in a note at most.
const NOTE: usize = 20_000;

/// Writes a note, or, with `data_access`, who looked at whose data and why (row N5 of the
/// page). Gives the number of its fact.
///
/// # Errors
/// When the text is empty or longer than 20,000 characters.
pub fn note(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    text: &str,
    data_access: bool,
    who: &str,
) -> Result<i64> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NOTE {
        refuse!("a note has 1 to {NOTE} characters");
    }
    let text = text.to_owned();
    let what = if data_access {
        What::DataAccessed { text }
    } else {
        What::Remarked { text }
    };
    let fact = add(tx, ticket, what, who)?;
    refresh(tx, config, ticket)?;
    Ok(fact)
}

/// What was done, and no letter need say: recorded by hand as well.
pub const BY_HAND: [What; 3] = [What::UpdatePosted, What::Thanked, What::Credited];

/// What a person records.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// The name of the fact.
    pub name: &'a str,
    /// When it was.
    pub at: Timestamp,
    /// Why an update was posted although an embargo holds.
    pub force: Option<&'a str>,
}

/// Records a fact that only the ticket's policy knows, or one of [`BY_HAND`]. Gives its
/// number; none where it is on record already.
///
/// # Errors
/// When the policy declares none of that name, its moment lies in the future or before the
/// receipt of the report, nobody said whom to credit, or an embargo held and nobody says why.
pub fn declared(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    happened: Happened,
    who: &str,
) -> Result<Option<i64>> {
    let Happened { name, at, force } = happened;
    let file = file(tx, config, ticket)?;
    let row = &file.row;
    let policy = policy_of(tx, config, &row.policy)?;
    let by_hand = BY_HAND
        .into_iter()
        .find(|what| what.name().as_str() == name);
    if let Some(what) = &by_hand {
        if is_on_record(&file.facts, what) {
            return Ok(None);
        }
        has_a_name(&file, what)?;
    } else if !policy.declared.contains(&FactName::new(name)) {
        let known: Vec<&str> = policy.declared.iter().map(FactName::as_str).collect();
        let known = if known.is_empty() {
            "it declares none".to_owned()
        } else {
            format!("it declares {}", known.join(", "))
        };
        refuse!(
            "the policy {} of {} declares no fact {name:?}: {known}\n  hint: update-posted, thanked and credited are recorded like this too; the others have a command of their own (gatepost help facts)",
            policy.name,
            policy.version
        );
    }
    if at > tx.now() || at < row.opened_at {
        refuse!(
            "a fact of {} happened between its receipt and now",
            row.reference
        );
    }
    let why = force.map(str::trim).filter(|why| !why.is_empty());
    if by_hand == Some(What::UpdatePosted) {
        let on = at.to_zoned(config.calendar.zone().clone()).date();
        is_free(&file, on, why)?;
    } else if force.is_some() {
        refuse!("--force goes with update-posted alone: nothing holds {name:?} back");
    }
    if let Some(why) = why {
        let text = format!("posted all the same: {why}");
        add(tx, ticket, What::Remarked { text }, who)?;
    }
    let declared = What::Declared {
        name: name.to_owned(),
    };
    let what = by_hand.unwrap_or(declared);
    let fact = add_at(tx, ticket, what, who, at)?;
    refresh(tx, config, ticket)?;
    Ok(Some(fact))
}

/// What is posted is public: an embargo holds it as it holds a publication.
fn is_free(file: &File, on: Date, why: Option<&str>) -> Result<()> {
    let frees = frees(&file.facts, file.row.number);
    match embargoed(&file.facts, on).filter(|_| why.is_none()) {
        Some(until) => refuse!(
            "an embargo holds until {until}: others keep silent until then, and so do we\n  hint: record it when that is over; {frees}; --force REASON, if it was posted all the same"
        ),
        None => Ok(()),
    }
}

/// Whether it counts, and the ticket was not opened again since where that undoes it.
fn is_on_record(facts: &[Fact], what: &What) -> bool {
    let undone = |other: &What| *what == What::UpdatePosted && *other == What::Reopened;
    let facts = counting(facts);
    let last = facts.iter().rfind(|f| f.what == *what || undone(&f.what));
    last.is_some_and(|f| f.what == *what)
}

/// Nobody is credited who does not want to be, or of whom nobody knows under which name.
fn has_a_name(file: &File, what: &What) -> Result<()> {
    let number = file.row.number.0;
    if *what != What::Credited || file.ticket.agreed_name().is_some() {
        return Ok(());
    }
    if file.ticket.set.contains_key(&Field::Credit) {
        refuse!(
            "the reporter of {} does not want others to hear of them (consent=no)\n  hint: gatepost set {number} consent=yes, if they say otherwise",
            file.row.reference
        );
    }
    let why = match file.ticket.credit_declined {
        true => "does not want to be named",
        false => "has not said how to be named",
    };
    refuse!(
        "the reporter of {} {why}\n  hint: gatepost set {number} credit=NAME says whom we name, credit=anonymous that we name nobody",
        file.row.reference
    )
}

#[cfg(test)]
mod tests;
