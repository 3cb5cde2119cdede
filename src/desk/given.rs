//! Names: who agreed to be thanked, where names were given out, and what is owed of that.
//!
//! A name goes out through one door: it is written into the ledger first, then into the
//! file ([`give`]), and what has become of the file afterwards ([`given`]). So a name may
//! stand in the ledger and not in the file, and never the other way about.

use super::{File, refresh};
use crate::config::Config;
use crate::export;
use crate::store::{Given, NewFact, TicketRow, Tx, Way};
use crate::ticket::{
    By, Credit, Fact, Outcome, Reference, Stage, Ticket, TicketNo, What, counting,
};
use anyhow::{Context, Result};
use std::collections::BTreeSet;

/// Somebody who agreed to be thanked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The ticket.
    pub ticket: TicketNo,
    /// Its reference.
    pub reference: Reference,
    /// The name.
    pub name: String,
}

/// Who is to be thanked, and who is not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thanks {
    /// Whose report is resolved, by number.
    pub due: Vec<Agreed>,
    /// Who agreed and has to wait, and why.
    pub waiting: Vec<(Reference, &'static str)>,
}

impl Thanks {
    /// The names that are due, each once.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for one in &self.due {
            if !names.iter().any(|name| export::same(name, &one.name)) {
                names.push(one.name.clone());
            }
        }
        names
    }
}

/// Who agreed to be thanked.
///
/// # Errors
/// When the store cannot be read.
pub fn thanks(tx: &Tx) -> Result<Thanks> {
    let mut thanks = Thanks::default();
    for ticket in tx.tickets_with_credit()? {
        let facts = tx.facts_of(ticket)?;
        let Credit::Named(name) = Credit::of(&facts) else {
            continue;
        };
        let row = row(tx, ticket)?;
        let reference = row.reference;
        let folded = Ticket::fold(&facts);
        let is_resolved = counting(&facts).iter().any(|f| f.what == What::Resolved);
        if folded.agreed_name().is_none() {
            thanks.waiting.push((reference, "consent=no"));
        } else if !is_credited(&facts) && (!is_resolved || folded.stage < Stage::Resolved) {
            thanks.waiting.push((reference, "not resolved yet"));
        } else {
            thanks.due.push(Agreed {
                ticket,
                reference,
                name,
            });
        }
    }
    Ok(thanks)
}

fn row(tx: &Tx, ticket: TicketNo) -> Result<TicketRow> {
    tx.ticket(ticket)?
        .with_context(|| format!("there is no ticket {ticket}"))
}

/// A file of ours into which names go.
pub struct Place<'a> {
    /// By which way.
    pub way: Way,
    /// Its whole path.
    pub path: &'a str,
}

/// The names that stand in a file, as far as is known, and must not.
///
/// # Errors
/// When the store cannot be read.
pub fn unwanted(tx: &Tx, place: &Place) -> Result<Vec<String>> {
    let here = |g: &Given| g.way == place.way && g.place == place.path;
    let all = tx.unwanted()?.into_iter().filter(here);
    let names: BTreeSet<String> = all.map(|g| g.name).collect();
    Ok(names.into_iter().collect())
}

/// Writes down that names go into a file, before they do: `stands` are the lines on which
/// they will.
///
/// # Errors
/// When the store cannot be written.
pub fn give(
    tx: &Tx,
    config: &Config,
    place: &Place,
    thanks: &Thanks,
    stands: &[(String, usize)],
    who: &str,
) -> Result<()> {
    let before = tx.standing()?;
    for one in &thanks.due {
        // What the row says of the name may be older than that column.
        refresh(tx, config, one.ticket)?;
        let Some((_, line)) = stands
            .iter()
            .find(|(name, _)| export::same(name, &one.name))
        else {
            continue;
        };
        let given = Given {
            ticket: one.ticket,
            name: one.name.clone(),
            way: place.way,
            place: place.path.to_owned(),
            line: u32::try_from(*line).ok(),
            gone: false,
            at: tx.now(),
            by: who.to_owned(),
        };
        let known = |g: &Given| {
            (g.ticket, &g.name, g.way, &g.place, g.line)
                == (
                    given.ticket,
                    &given.name,
                    given.way,
                    &given.place,
                    given.line,
                )
        };
        if !before.iter().any(known) {
            tx.give_out(&given)?;
        }
    }
    Ok(())
}

/// Writes down what has become of a file: who stands there is credited, who stands there no
/// longer is gone from it. `left` are names that a person has to take out.
///
/// # Errors
/// When the store cannot be written.
pub fn given(
    tx: &Tx,
    config: &Config,
    place: &Place,
    stands: &[(String, usize)],
    left: &[String],
    who: &str,
) -> Result<()> {
    for known in tx.standing()? {
        if known.way != place.way || known.place != place.path {
            continue;
        }
        let facts = tx.facts_of(known.ticket)?;
        let agrees = Ticket::fold(&facts).agreed_name() == Some(known.name.as_str());
        // One whose name was taken back may be called like somebody who stands there.
        let is_it = |name: &String| export::same(name, &known.name);
        let stands = agrees && stands.iter().any(|(name, _)| is_it(name));
        if !stands && !left.iter().any(is_it) {
            tx.give_out(&Given {
                gone: true,
                at: tx.now(),
                by: who.to_owned(),
                ..known
            })?;
            continue;
        }
        if stands && !is_credited(&facts) {
            credited(tx, config, known.ticket, place.way, who)?;
        }
    }
    Ok(())
}

fn is_credited(facts: &[Fact]) -> bool {
    counting(facts).iter().any(|f| f.what == What::Credited)
}

/// A name was given out where only a person knows of it.
///
/// # Errors
/// When the store cannot be written.
pub fn elsewhere(tx: &Tx, config: &Config, given: &Given) -> Result<()> {
    tx.give_out(given)?;
    match is_credited(&tx.facts_of(given.ticket)?) {
        true => Ok(()),
        false => credited(tx, config, given.ticket, given.way, &given.by),
    }
}

fn credited(tx: &Tx, config: &Config, ticket: TicketNo, way: Way, who: &str) -> Result<()> {
    let last = tx.last_instant(ticket)?.unwrap_or(tx.now());
    let fact = NewFact {
        at: last.max(tx.now()),
        what: What::Credited,
        by: By::Person(who.to_owned()),
        letter: None,
        mail: None,
        via: Some(way.word().to_owned()),
    };
    tx.add_fact(ticket, &fact)?;
    refresh(tx, config, ticket).map(drop)
}

/// Where a name of a ticket stands, or stood, that must not be given out any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The name.
    pub name: String,
    /// In files of ours, still.
    pub ours: Vec<Given>,
    /// Where we cannot change anything: as a person recorded it.
    pub beyond: Vec<Given>,
    /// Letters that said it to others than the reporter.
    pub letters: Vec<i64>,
}

/// The names of a ticket that were given out and are not agreed to any more, with
/// everything that is known of where they stand.
///
/// # Errors
/// When the store cannot be read.
pub fn reach(tx: &Tx, ticket: TicketNo, agreed: Option<&str>) -> Result<Vec<Reach>> {
    let of_it = |g: &Given| g.ticket == ticket && agreed != Some(g.name.as_str());
    let mut all: Vec<Reach> = Vec::new();
    for given in tx.standing()?.into_iter().filter(of_it) {
        let known = all.iter().position(|r| r.name == given.name);
        let i = known.unwrap_or(all.len());
        if known.is_none() {
            let letters = tx.letters_with(&given.name, ticket)?;
            all.push(Reach {
                name: given.name.clone(),
                ours: Vec::new(),
                beyond: Vec::new(),
                letters: letters.into_iter().map(|(id, _)| id).collect(),
            });
        }
        if let Some(reach) = all.get_mut(i) {
            match given.way {
                Way::Credits | Way::SecurityTxt => reach.ours.push(given),
                Way::Elsewhere => reach.beyond.push(given),
            }
        }
    }
    Ok(all)
}

/// What is to be said in a digest about the credit of an open ticket, if anything is: a
/// report that was accepted and is resolved, and of whose author nobody knows whether they
/// want to be named; or a name that stands nowhere yet.
pub fn matter(file: &File, config: &Config) -> Option<&'static str> {
    let folded = &file.ticket;
    let resolved = folded.stage >= Stage::Resolved && folded.outcome == Some(Outcome::Accepted);
    let told_already = file
        .duties
        .iter()
        .any(|d| d.presses() && d.state.missing.iter().any(|m| m.contains("credited")));
    if !resolved || told_already {
        return None;
    }
    let thanks_by_name =
        config.credits.is_some() || config.security_txt.as_ref().is_some_and(|s| s.credits);
    match Credit::of(&file.facts) {
        Credit::Unasked => Some("credit: nobody has asked"),
        Credit::Asked => Some("credit: no answer recorded"),
        Credit::Named(_)
            if thanks_by_name && !is_credited(&file.facts) && folded.agreed_name().is_some() =>
        {
            Some("credit: agreed, not written yet")
        }
        Credit::Named(_) | Credit::Anonymous | Credit::Withdrawn => None,
    }
}

/// The word under which it is remembered when security.txt ends.
const ENDS: &str = "security-txt/expires";
/// It is told of so many days before.
pub const SOON: i64 = 30;

/// Remembers when security.txt ends.
///
/// # Errors
/// When the store cannot be written.
pub fn security_txt_ends(tx: &Tx, at: jiff::Timestamp) -> Result<()> {
    tx.set_meta(ENDS, &at.to_string())
}

/// When security.txt ends, if that is soon or was, and the config still has one.
///
/// # Errors
/// When the store cannot be read.
pub fn soon_ending(tx: &Tx, config: &Config) -> Result<Option<jiff::Timestamp>> {
    if config.security_txt.is_none() {
        return Ok(None);
    }
    let ends: Option<jiff::Timestamp> = tx.meta(ENDS)?.and_then(|text| text.parse().ok());
    let soon = tx.now() + jiff::SignedDuration::from_hours(24 * SOON);
    Ok(ends.filter(|at| *at < soon))
}

#[cfg(test)]
mod tests;
