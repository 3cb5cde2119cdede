//! `explain`: how each deadline came about, day by day, with the page's sentence.

use super::{Here, Usage, look, output};
use crate::config;
use crate::desk::roster::Roster;
use crate::desk::{self, Duty, File, tick};
use crate::promise::{self, Dates, End, Reminded, Told, reminders};
use crate::store::{LetterKind, LetterState, Tx};
use crate::ticket::{Wanted, What};
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

/// How the deadlines of a ticket came about.
#[derive(Serialize)]
pub struct Document {
    r#ref: String,
    name: String,
    policy: String,
    deadlines: Vec<promise::Explained>,
    #[serde(skip)]
    zone: String,
}

impl Document {
    /// Explains every deadline of a ticket.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(tx: &Tx, here: &Here, file: &File) -> Result<Self> {
        let roster = Roster::today(tx, &here.config)?;
        let policy = config::read_policy(&tx.policy_text(&file.row.policy)?)?;
        let of_each = file.duties.iter();
        let of_each = of_each.map(|d| duty(tx, here, &roster, file, d));
        Ok(Self {
            r#ref: file.row.reference.to_string(),
            name: file.row.name.to_string(),
            policy: format!("{} of {}", policy.name, policy.version),
            deadlines: of_each.collect::<Result<_>>()?,
            zone: look::zone(&here.config.calendar),
        })
    }

    /// Prints it, with its dates written so.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn print(&self, tx: &Tx, dates: Dates) -> Result<()> {
        let (_, head) = tx.chain_head()?;
        let (name, policy) = (&self.name, &self.policy);
        output::strong(format!(
            "{} {name}   policy {policy}, record {}",
            self.r#ref,
            head.short()
        ));
        if dates == Dates::Full {
            output::line(format!(
                "Local times are those of the team, in {}. Who \"all\" were says reminders.txt.",
                self.zone
            ));
        }
        // A date that moved is told with the one that it moved to.
        let gave_way =
            |e: &&promise::Explained| matches!(e.end, Some(End::Moved(_) | End::Missed(_)));
        let shown = self.deadlines.iter().filter(|e| !gave_way(e));
        shown.for_each(|e| output::block(&e.text(dates)));
        Ok(())
    }
}

/// Explains every deadline of a ticket.
pub fn explain(here: &Here, reference: &str, json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    store.read(wall::now(), |tx| {
        let document = Document::of(tx, here, &find(tx, here, reference)?)?;
        match json {
            true => output::json(&document),
            false => document.print(tx, Dates::Short),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn duty(
    tx: &Tx,
    here: &Here,
    roster: &Roster,
    file: &File,
    duty: &Duty,
) -> Result<promise::Explained> {
    let calendar = &here.config.calendar;
    let runs = promise::runs(&duty.promise, &file.facts, calendar);
    let letters = tx.letters_of(file.row.number)?;
    let receipt = letters
        .iter()
        .find(|l| l.kind == LetterKind::Acknowledgement && l.state == LetterState::Sent);
    let start = file.facts.iter().find(|f| f.n == duty.run.start);
    // The receipt quotes the first deadline, and none that started when the ticket was opened again.
    let mut received = file.facts.iter().filter(|f| f.what == What::Received);
    let is_receipt = received.next().is_some_and(|f| f.n == duty.run.start);
    let told = Told {
        reporter: receipt
            .filter(|_| is_receipt && !duty.promise.soft)
            .and_then(|l| l.settled_at),
        team: told(tx, roster, file, duty)?,
        next: next(tx, here, roster, file, duty),
        now: tx.now(),
        runs: &runs,
    };
    let started = match start {
        Some(fact) if fact.what == What::Received => "arrived (the IMAP server's clock)".to_owned(),
        Some(fact) => match &fact.what {
            What::Classed { class } => format!("it was put into the class {class}"),
            what => what.name().to_string(),
        },
        None => "started".to_owned(),
    };
    Ok(promise::explain(
        &duty.promise,
        &duty.run,
        duty.stored.deadline.as_ref(),
        calendar,
        &started,
        &told,
    ))
}

/// Who was told when; one line a moment.
fn told(tx: &Tx, roster: &Roster, file: &File, duty: &Duty) -> Result<Vec<Reminded>> {
    let prefix = format!("{}/", tick::about(&file.row, duty));
    let mut by_moment: BTreeMap<Timestamp, BTreeSet<String>> = BTreeMap::new();
    for (key, at, _) in tx
        .told(&prefix)?
        .into_iter()
        .filter(|(_, _, by_letter)| *by_letter)
    {
        let name = key.rsplit('/').next().unwrap_or_default();
        by_moment.entry(at).or_default().insert(name.to_owned());
    }
    Ok(reminded(roster, by_moment))
}

/// The reminders to come, and who would hear them as things are today.
fn next(tx: &Tx, here: &Here, roster: &Roster, file: &File, duty: &Duty) -> Vec<Reminded> {
    let mut by_moment: BTreeMap<Timestamp, BTreeSet<String>> = BTreeMap::new();
    if !duty.presses() {
        return Vec::new();
    }
    for hearer in roster.hearers(&duty.promise, file.ticket.owner.as_deref()) {
        let asked = tick::asked(duty, &hearer);
        let steps = reminders::steps(&asked, &here.config.calendar);
        for step in steps.into_iter().filter(|step| step.at > tx.now()) {
            let names = by_moment.entry(step.at).or_default();
            names.insert(hearer.member.name.clone());
        }
    }
    reminded(roster, by_moment)
}

fn reminded(roster: &Roster, by_moment: BTreeMap<Timestamp, BTreeSet<String>>) -> Vec<Reminded> {
    by_moment
        .into_iter()
        .map(|(at, names)| Reminded {
            at,
            whom: roster.words(&names),
        })
        .collect()
}

/// The file of the ticket that a person named.
pub fn find(tx: &Tx, here: &Here, reference: &str) -> Result<File> {
    let strange = || {
        Usage(format!(
            "{reference:?} names no ticket\n  hint: SEC-2026-0042, 42 or amber-heron"
        ))
    };
    let wanted = Wanted::parse(reference).ok_or_else(strange)?;
    let row = tx.find(&wanted)?.ok_or_else(|| {
        Usage(format!(
            "there is no ticket {reference}\n  hint: gatepost list --all"
        ))
    })?;
    desk::file(tx, &here.config, row.number)
}
