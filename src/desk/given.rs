//! Names: who agreed to be thanked, where names were given out, and what is owed of that.
//!
//! A name goes out through one door: it is written into the ledger first, then into the
//! file ([`give`]), and what has become of the file afterwards ([`given`]). So a name may
//! stand in the ledger and not in the file, and never the other way about.

use super::{File, refresh};
use crate::config::Config;
use crate::export::{self, named::Flow};
use crate::store::{Given, NewFact, TicketRow, Tx, Way};
use crate::ticket::{
    By, Credit, Fact, Field, Outcome, Reference, Stage, Ticket, TicketNo, What, counting,
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
    /// As it was spelt where it was given out before.
    pub once: Vec<String>,
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

    /// The names that were spelt otherwise once: as they were, and as they are.
    pub fn respelled(&self) -> Vec<(String, String)> {
        let all = self.due.iter();
        let all = all.flat_map(|one| one.once.iter().map(|old| (old.clone(), one.name.clone())));
        all.collect()
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
        } else if !is_resolved || folded.stage < Stage::Resolved {
            // Also of one that is credited elsewhere: our page is read by everybody.
            thanks.waiting.push((reference, "not resolved yet"));
        } else {
            let given = tx.given_of(ticket)?.into_iter().map(|g| g.name);
            let mut once: Vec<String> = given
                .filter(|old| *old != name && export::same(old, &name))
                .collect();
            once.dedup();
            thanks.due.push(Agreed {
                ticket,
                reference,
                name,
                once,
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

impl Place<'_> {
    fn is_of(&self, given: &Given) -> bool {
        (given.way, given.place.as_str()) == (self.way, self.path)
    }
}

/// The names that must not stand in any file of ours, known to stand there or not.
///
/// # Errors
/// When the store cannot be read.
pub fn unwanted(tx: &Tx) -> Result<Vec<String>> {
    let names: BTreeSet<String> = tx.once_given()?.into_iter().map(|(_, name)| name).collect();
    Ok(names.into_iter().collect())
}

/// Writes down that names go into a file, before they do: `stands` are the lines on which
/// they will, and those on which names stand that must not, found there again.
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
    let before: Vec<Given> = tx
        .standing()?
        .into_iter()
        .filter(|g| place.is_of(g))
        .collect();
    let line = |name: &str| {
        let found = stands.iter().find(|(n, _)| export::same(n, name));
        found.map(|(_, line)| u32::try_from(*line).ok())
    };
    let row = |ticket: TicketNo, name: &str, line: Option<u32>| Given {
        ticket,
        name: name.to_owned(),
        way: place.way,
        place: place.path.to_owned(),
        line,
        gone: false,
        at: tx.now(),
        by: who.to_owned(),
    };
    for one in &thanks.due {
        // What the row says of the name may be older than that column.
        refresh(tx, config, one.ticket)?;
        let Some(line) = line(&one.name) else {
            continue;
        };
        let known = |g: &Given| (g.ticket, &g.name, g.line) == (one.ticket, &one.name, line);
        if !before.iter().any(known) {
            tx.give_out(&row(one.ticket, &one.name, line))?;
        }
    }
    for (ticket, name) in tx.once_given()? {
        // The line of somebody else of that name is theirs.
        if thanks.due.iter().any(|one| export::same(&one.name, &name)) {
            continue;
        }
        let known = before.iter().any(|g| g.ticket == ticket && g.name == name);
        if let Some(line) = line(&name).filter(|_| !known) {
            tx.give_out(&row(ticket, &name, line))?;
        }
    }
    Ok(())
}

/// How a name stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It is in it.
    There,
    /// It is in a text that a person has to put in its place.
    Coming,
    /// It is in neither.
    Not,
}

/// Writes down what has become of a file, by what it says and not by what was meant: who
/// stands there is credited, who stands there no longer is gone from it. One who took the
/// name back while it was written is owed it.
///
/// # Errors
/// When the store cannot be written.
pub fn given(
    tx: &Tx,
    config: &Config,
    place: &Place,
    stands: &dyn Fn(&str) -> Stands,
    who: &str,
) -> Result<()> {
    let due = thanks(tx)?.due;
    for known in tx.standing()?.into_iter().filter(|g| place.is_of(g)) {
        let facts = tx.facts_of(known.ticket)?;
        let agrees = Ticket::fold(&facts).agreed_name() == Some(known.name.as_str());
        let how = stands(&known.name);
        // One whose name was taken back may be called like somebody who stands there.
        let is_theirs = !agrees && due.iter().any(|one| export::same(&one.name, &known.name));
        if is_theirs || how == Stands::Not {
            tx.give_out(&Given {
                gone: true,
                at: tx.now(),
                by: who.to_owned(),
                ..known
            })?;
        } else if agrees && how == Stands::There && !is_credited(&facts) {
            credited(tx, config, known.ticket, place.way, who)?;
        }
    }
    Ok(())
}

/// The files of ours in which names stand, as far as is known.
///
/// # Errors
/// When the store cannot be read.
pub fn files(tx: &Tx) -> Result<BTreeSet<(Way, String)>> {
    let all = tx.standing()?.into_iter();
    let ours = all.filter(|g| g.way != Way::Elsewhere);
    Ok(ours.map(|g| (g.way, g.place)).collect())
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

/// The names of a ticket that were given out, or were set once and said in a letter, and
/// are not agreed to any more, with everything that is known of where they stand.
///
/// # Errors
/// When the store cannot be read.
pub fn reach(tx: &Tx, ticket: TicketNo, agreed: Option<&str>) -> Result<Vec<Reach>> {
    let of_it = |g: &Given| g.ticket == ticket && agreed != Some(g.name.as_str());
    let given: Vec<Given> = tx.standing()?.into_iter().filter(of_it).collect();
    let mut names: Vec<String> = given.iter().map(|g| g.name.clone()).collect();
    for fact in tx.facts_of(ticket)? {
        if let What::Set {
            field: Field::Credit,
            value: Some(name),
            ..
        } = fact.what
            && agreed.is_none_or(|agreed| !export::same(agreed, &name))
        {
            names.push(name);
        }
    }
    let mut all: Vec<Reach> = Vec::new();
    for name in names {
        if all.iter().any(|r| r.name == name) {
            continue;
        }
        let says = |body: &str| Flow::new(body).names(&name);
        let letters = tx.letters_that(ticket, &says)?;
        let of_name = given.iter().filter(|g| g.name == name).cloned();
        let (beyond, ours): (Vec<_>, Vec<_>) = of_name.partition(|g| g.way == Way::Elsewhere);
        if !(letters.is_empty() && beyond.is_empty() && ours.is_empty()) {
            all.push(Reach {
                name,
                ours,
                beyond,
                letters,
            });
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
