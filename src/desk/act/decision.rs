//! One decision of a person on one ticket, whatever the verb, and the three ways in which
//! the reporter learns of it: by a letter, by what was said already, or not at all.

use super::{Original, no_letter_tells_another};
use crate::config::Config;
use crate::desk::settle::supersede_acknowledgement;
use crate::desk::{File, file, post, refresh};
use crate::letters;
use crate::mail::{Armoured, Enclosed};
use crate::promise::Calendar;
use crate::store::{LetterKind, NewFact, Tx};
use crate::ticket::{By, Fact, TicketNo, What, counting};
use crate::triage::Labels;
use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};

/// What a person decided. Its facts stand in the order in which they are written.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The ticket.
    pub ticket: TicketNo,
    /// Who decides, by the name in the config.
    pub who: String,
    /// The number of the last fact that they saw.
    pub seen: i64,
    /// What a letter about it is.
    pub kind: LetterKind,
    /// What is true from the command on.
    pub decided: Vec<What>,
    /// What we did: true from the command on, or since it was said.
    pub done: Vec<What>,
    /// What is true once the reporter has been told.
    pub told: Vec<What>,
    /// What comes after all that: it does not if the reporter writes before.
    pub last: Vec<What>,
    /// The labelled lines that its letter holds; it holds no other.
    pub labels: Vec<String>,
    /// What those lines begin with.
    pub label: Labels,
    /// It makes the report a duplicate of this one.
    pub of: Option<Original>,
}

impl Decision {
    /// Nothing is decided yet.
    pub fn new(ticket: TicketNo, who: &str, seen: i64, kind: LetterKind) -> Self {
        Self {
            ticket,
            who: who.to_owned(),
            seen,
            kind,
            decided: Vec::new(),
            done: Vec::new(),
            told: Vec::new(),
            last: Vec::new(),
            labels: Vec::new(),
            label: Labels::default(),
            of: None,
        }
    }
}

/// How the reporter learns of it.
#[derive(Clone, Copy, Debug)]
pub enum How<'a> {
    /// By a letter, which is queued with the decision.
    Letter(&'a Writing<'a>),
    /// They were told before.
    Said(&'a Said),
    /// Not at all.
    Silently,
}

/// A letter as it is queued.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// Its words.
    pub letter: &'a letters::Letter,
    /// A file that goes with it.
    pub enclosed: Option<&'a Enclosed>,
    /// What a program made of both: it leaves in their place, and they are not kept.
    pub encrypted: Option<&'a Armoured>,
    /// How long it waits, so that it can be dropped.
    pub grace: SignedDuration,
}

/// When and how a reporter was told, without a letter that is written now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// In which mail, by its number.
    pub mail: Option<i64>,
    /// In which letter of ours, by its number.
    pub letter: Option<i64>,
    /// By which other way: `signal`, `phone`.
    pub via: Option<String>,
}

impl Said {
    /// Refuses what cannot have been: nobody answers a report before it came, or later
    /// than now.
    ///
    /// # Errors
    /// Says which.
    pub fn check(&self, file: &File, now: Timestamp, calendar: &Calendar) -> Result<()> {
        let local = |at: Timestamp| {
            let at = at.to_zoned(calendar.zone().clone());
            at.strftime("%a %-d %b %Y %H:%M").to_string()
        };
        let received = counting(&file.facts)
            .into_iter()
            .rfind(|f| f.what == What::Received)
            .map_or(file.row.opened_at, |f| f.at);
        if self.at > now {
            bail!(
                "it cannot have been said in the future, on {}",
                local(self.at)
            );
        }
        if self.at < received {
            bail!(
                "it cannot have been said on {}, before the report came in on {}\n  hint: gatepost show {} has the thread",
                local(self.at),
                local(received),
                file.row.number.0
            );
        }
        Ok(())
    }
}

/// Something came in between: nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newer {
    /// The ticket.
    pub ticket: TicketNo,
    /// What came since, who says so and when, in words.
    pub since: Vec<String>,
    /// The number of the last fact now.
    pub last: i64,
}

impl std::fmt::Display for Newer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "while you wrote: {}. Nothing was sent\n  hint: look (gatepost show {}), then again with --after {}",
            self.since.join("; "),
            self.ticket.0,
            self.last
        )
    }
}

impl std::error::Error for Newer {}

/// Records a decision; queues its letter and gives its number, or writes when it was said.
///
/// # Errors
/// [`Newer`] when a fact came since the last one that the person saw; when there is nobody
/// to write to; when it cannot have been said then. Nothing is written.
pub fn decide(tx: &Tx, config: &Config, decision: &Decision, how: How) -> Result<Option<i64>> {
    let file = file(tx, config, decision.ticket)?;
    nothing_newer(config, &file, decision.seen)?;
    let new_original = decision
        .of
        .filter(|of| file.ticket.follows() != Some(of.ticket));
    no_other_day(tx, decision)?;
    if let Some(of) = &decision.of {
        of.still(tx, config, decision.ticket)?;
    }
    // A server's clock may be ahead of ours: what we decide came after what it received.
    let now = file.facts.iter().map(|f| f.at).max();
    let now = now.map_or(tx.now(), |last| last.max(tx.now()));
    let write = |whats: &[What], at: Timestamp, said: Option<&Said>| -> Result<()> {
        for what in whats {
            let fact = NewFact {
                at,
                what: what.clone(),
                by: By::Person(decision.who.clone()),
                letter: said.and_then(|s| s.letter),
                mail: said.and_then(|s| s.mail),
                via: said.and_then(|s| s.via.clone()),
            };
            tx.add_fact(decision.ticket, &fact)?;
        }
        Ok(())
    };
    write(&decision.decided, now, None)?;
    let queued = match how {
        How::Letter(writing) => {
            write(&decision.done, now, None)?;
            Some(post::by_person(tx, config, &file, decision, writing)?)
        }
        How::Said(said) => {
            said.check(&file, tx.now(), &config.calendar)?;
            write(&decision.done, said.at, Some(said))?;
            // Who was told a date knows it by the same fact as we.
            let done = |what: &&What| !decision.done.contains(what);
            let told: Vec<What> = decision.told.iter().filter(done).cloned().collect();
            write(&told, said.at, Some(said))?;
            // They have answered: nobody waits for them.
            let answered = wrote_since(&file.facts, |f| f.at > said.at);
            let waits =
                |what: &What| matches!(what, What::Waiting { .. } | What::LastCalled { .. });
            let holds = |what: &&What| !(answered && waits(what));
            let last: Vec<What> = decision.last.iter().filter(holds).cloned().collect();
            write(&last, now, Some(said))?;
            supersede_acknowledgement(tx, decision.ticket)?;
            None
        }
        How::Silently => {
            write(&decision.done, now, None)?;
            write(&decision.last, now, None)?;
            if decision.last.contains(&What::Closed) {
                supersede_acknowledgement(tx, decision.ticket)?;
            }
            None
        }
    };
    refresh(tx, config, decision.ticket)?;
    if let Some(of) = new_original {
        of.note(tx, config, decision)?;
    }
    Ok(queued)
}

/// Whether the reporter wrote after a decision, as `later` says of a fact.
pub(in crate::desk) fn wrote_since(facts: &[Fact], later: impl Fn(&Fact) -> bool) -> bool {
    counting(facts)
        .into_iter()
        .any(|f| matches!(f.what, What::ReporterWrote | What::Received) && later(f))
}

/// Whether no letter under way tells another day than those that are decided.
fn no_other_day(tx: &Tx, decision: &Decision) -> Result<()> {
    for what in decision.done.iter().chain(&decision.told) {
        if let What::Planned { event, on } = what {
            no_letter_tells_another(tx, decision.ticket, *event, Some(*on))?;
        }
    }
    Ok(())
}

fn nothing_newer(config: &Config, file: &File, seen: i64) -> Result<()> {
    let who = |fact: &Fact| match (&fact.what, &fact.by) {
        (What::ReporterWrote | What::Received | What::CopyReceived, By::Gatepost) => {
            "the reporter".to_owned()
        }
        (_, by) => by.name().to_owned(),
    };
    let words = |fact: &Fact| {
        let at = fact.at.to_zoned(config.calendar.zone().clone());
        format!(
            "{} by {}, {} (fact {})",
            fact.what.name(),
            who(fact),
            at.strftime("%a %-d %b %H:%M"),
            fact.n
        )
    };
    let newer = file.facts.iter().filter(|f| f.n > seen);
    let since: Vec<String> = newer.map(words).collect();
    if since.is_empty() {
        return Ok(());
    }
    Err(Newer {
        ticket: file.row.number,
        since,
        last: file.ticket.last_fact,
    }
    .into())
}

#[cfg(test)]
mod tests;
