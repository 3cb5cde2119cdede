//! One decision on reports that look alike: one letter is shown, one yes is asked for, and
//! each reporter gets a letter of their own, in their own thread.
//!
//! The letters are one but for subject and reference: whoever takes them along has seen to
//! that. What is written is what a person would write one by one. All of it is one
//! transaction; what came to one of them since the look stops that one and no other.

use super::followers::Outcome;
use super::{Plan, Sitting, writing};
use crate::cli::document::{Followed, NotTaken};
use crate::cli::{look, output};
use crate::desk::act::{self, Decision, How, Writing};
use crate::letters::Letter;
use crate::mail::{Address, Foreign};
use crate::store::Tx;
use crate::ticket::TicketNo;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// So many that are left to a person are told one by one.
const TOLD: usize = 30;

/// The others that look like the ticket at hand.
#[derive(Default)]
pub struct Alike {
    /// Those that are evaluated with it.
    pub with: Vec<Along>,
    /// Those that a person looks at by themselves.
    pub without: Vec<Left>,
    /// Whom the letter to the first goes to, where one goes.
    to: Option<Address>,
}

/// One that goes along: its decision, and its letter, where one goes.
pub struct Along {
    number: TicketNo,
    reference: String,
    to: Option<Address>,
    /// Its reporter's mail was received then.
    answers: Timestamp,
    decision: Decision,
    letter: Option<Letter>,
}

/// One that does not.
pub struct Left {
    /// Its number.
    pub number: TicketNo,
    /// Its reference.
    pub reference: String,
    /// Why.
    pub because: String,
}

impl Along {
    /// What was planned of a ticket by itself.
    pub fn new(sitting: Sitting, plan: Plan) -> Self {
        let row = &sitting.file.row;
        Self {
            number: row.number,
            reference: row.reference.to_string(),
            to: row.reporter.clone().filter(|_| plan.letter.is_some()),
            answers: sitting.answers,
            decision: Decision {
                // `--after` is about the first alone.
                seen: sitting.file.ticket.last_fact,
                ..plan.decision
            },
            letter: plan.letter,
        }
    }

    fn record(&self, tx: &Tx, sitting: &Sitting, grace: SignedDuration) -> Outcome {
        let writing = self.letter.as_ref().map(|letter| Writing {
            letter,
            enclosed: None,
            encrypted: None,
            grace,
        });
        let how = writing.as_ref().map_or(How::Silently, How::Letter);
        let decide = || act::decide(tx, &sitting.here.config, &self.decision, how);
        tx.savepoint(decide).map_err(|why| {
            let why = why.to_string();
            let why = why.lines().next().unwrap_or_default();
            format!("{} is left out: {why}", self.number)
        })
    }
}

impl Alike {
    /// Those that were found to go along with the ticket at hand, and those that were not.
    pub fn new(first: &Sitting, plan: &Plan, with: Vec<Along>, without: Vec<Left>) -> Self {
        let to = first.file.row.reporter.clone();
        Self {
            with,
            without,
            to: to.filter(|_| plan.letter.is_some()),
        }
    }

    /// What is asked: `Send` or `Record` how many.
    pub(super) fn question(&self, what: &str) -> String {
        let count = self.with.len() + 1;
        match self.to {
            Some(_) => format!("{what} {count}? [y]es [s]how [N]o "),
            None => format!("{what} {count}? [y]es [N]o "),
        }
    }

    /// How many letters go, to how many.
    fn count(&self) -> String {
        let letters = self.with.len() + 1;
        let s = |n: usize| if n == 1 { "" } else { "s" };
        let Some(first) = &self.to else {
            return format!("{letters} ticket{}, and no letter", s(letters));
        };
        let others = self.with.iter().filter_map(|one| one.to.as_ref());
        let to: BTreeSet<String> = others.chain([first]).map(Address::key).collect();
        format!(
            "{letters} letter{}, to {} reporter{}",
            s(letters),
            to.len(),
            s(to.len())
        )
    }

    fn print_left(&self) {
        if self.without.is_empty() {
            return;
        }
        output::strong("NOT in, for a person to look at:");
        for one in self.without.iter().take(TOLD) {
            output::marked(&format!("  {}  ", one.number), &one.because);
        }
        let more = self.without.len().saturating_sub(TOLD);
        if more > 0 {
            output::line(format!("  and {more} more: --json has all of them"));
        }
    }

    fn print_with(&self) {
        let name = |one: &Along| {
            let to = one.to.as_ref().map(ToString::to_string);
            format!("{} {}", one.number, to.unwrap_or_default())
        };
        let names: Vec<String> = self
            .with
            .iter()
            .map(|one| name(one).trim().to_owned())
            .collect();
        match (names.is_empty(), &self.to) {
            (true, _) => output::line("Nothing else goes along."),
            (false, Some(_)) => {
                output::strong("And the same letter, but for subject and reference, for:")
            }
            (false, None) => output::strong("And the same for:"),
        }
        if !names.is_empty() {
            let lines = output::lines_of("  ", &names, 3);
            lines.iter().for_each(output::line);
        }
    }
}

impl Sitting<'_> {
    /// What a person is told before they say yes to it by itself.
    pub fn notes_of(&self, plan: &Plan) -> Vec<String> {
        let notes = self.notes.iter().chain(&plan.notes).cloned();
        notes.chain(self.new_clashes(&plan.decision)).collect()
    }

    /// Shows who goes along and who does not; `whole`: every letter.
    pub(super) fn show_alike(&self, whole: bool) {
        let Some(alike) = self.alike.as_ref().filter(|_| !self.sending.json) else {
            return;
        };
        if whole {
            for one in &alike.with {
                let mail = look::moment(one.answers, &self.here.config.calendar);
                let to = one.to.as_ref().map(ToString::to_string).unwrap_or_default();
                output::strong(format!(
                    "To {to}, of {}, reply to their mail of {mail}:",
                    one.number
                ));
                one.letter.iter().for_each(writing::show_letter);
            }
            return;
        }
        alike.print_left();
        alike.print_with();
        let shown = match (&alike.to, self.sending.yes || self.sending.dry_run) {
            (Some(_), false) => "; [s]how shows each",
            (Some(_), true) | (None, _) => "",
        };
        output::line(format!(
            "{}{shown}; gatepost show REF has a report.",
            alike.count()
        ));
    }

    /// Records the same of those that go along, each by itself: what hinders one is undone
    /// and said, and stops nothing else.
    pub(super) fn record_alike(&self, tx: &Tx, grace: SignedDuration) -> Vec<Outcome> {
        let with = self.alike.iter().flat_map(|alike| &alike.with);
        with.map(|one| one.record(tx, self, grace)).collect()
    }

    /// The same for scripts. `state` is that of all letters that were queued.
    pub(super) fn alike_documents(
        &self,
        outcomes: &[Outcome],
        state: &'static str,
    ) -> Vec<Followed> {
        let with = self.alike.iter().flat_map(|alike| &alike.with);
        let form = |(n, one): (usize, &Along)| {
            let outcome = outcomes.get(n);
            let stopped = outcome.and_then(|o| o.as_ref().err());
            let letter = one.letter.as_ref();
            Followed {
                r#ref: one.reference.clone(),
                letter: outcome.and_then(|o| o.as_ref().ok().copied()).flatten(),
                state: stopped.map_or(state, |_| "stopped"),
                to: one.to.as_ref().map(ToString::to_string),
                subject: letter.map(|l| Foreign::new(l.subject.clone())),
                text: letter.map(|l| l.body.clone()),
                notes: stopped.into_iter().cloned().collect(),
            }
        };
        with.enumerate().map(form).collect()
    }

    /// Those that are left to a person.
    pub(super) fn not_taken(&self) -> Vec<NotTaken> {
        let without = self.alike.iter().flat_map(|alike| &alike.without);
        let form = |one: &Left| NotTaken {
            r#ref: one.reference.clone(),
            because: one.because.clone(),
        };
        without.map(form).collect()
    }
}
