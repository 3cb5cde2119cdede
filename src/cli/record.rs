//! Verbs that write to the record and send nothing: how they are run, and what they
//! answer. `note` and `record`.

use super::verbs::{Manner, Note, Record};
use super::{Here, Usage, document, explain, look, output, when, words};
use crate::desk::{self, Duty, File, record};
use crate::promise::End;
use crate::store::Tx;
use crate::ticket::What;
use crate::wall;
use anyhow::{Context, Result};
use std::fs;
use std::io::Read;
use std::process::ExitCode;

/// Runs a verb on one ticket, or rehearses it, and says what it wrote. `work` gets the
/// ticket as it is, and the name of who decides.
pub fn perform(
    here: &Here,
    reference: &str,
    manner: &Manner,
    work: impl FnOnce(&Tx, &File, &str) -> Result<()>,
) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let mut store = here.store()?;
    let verb = |tx: &Tx| {
        let before = explain::find(tx, here, reference)?;
        work(tx, &before, &who)?;
        let after = desk::file(tx, &here.config, before.row.number)?;
        answer(here, manner, Some(&before), &after)
    };
    if manner.dry_run {
        store.rehearse(wall::now(), verb)?;
    } else {
        store.write(wall::now(), verb)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a verb wrote, and which clocks began or ended by it.
pub fn answer(here: &Here, manner: &Manner, before: Option<&File>, after: &File) -> Result<()> {
    let seen = before.map_or(0, |file| file.ticket.last_fact);
    if manner.json {
        return output::json(&document::Done::new(after, seen, manner.dry_run));
    }
    let row = &after.row;
    let mut new = after.facts.iter().filter(|f| f.n > seen).peekable();
    if new.peek().is_none() {
        output::line(format!(
            "{} {}  nothing changed: it was so already",
            row.number, row.name
        ));
    }
    let would = if manner.dry_run { "would write: " } else { "" };
    for fact in new {
        output::line(format!(
            "{} {}  {would}{}  (fact {})",
            row.number,
            row.name,
            words::full(&fact.what).cut(100),
            fact.n
        ));
    }
    clocks(here, before, after);
    for clash in after.ticket.clashes() {
        output::alarm(format!(
            "{}  {}",
            row.number,
            look::clash_and_way(clash, row.number)
        ));
    }
    Ok(())
}

/// Which clocks run now and did not, and the other way about.
fn clocks(here: &Here, before: Option<&File>, after: &File) {
    let runs = |file: &File, duty: &Duty| {
        let same = |d: &&Duty| {
            d.stored.promise == duty.stored.promise && d.stored.start == duty.stored.start
        };
        file.duties.iter().find(same).is_some_and(|d| d.stored.open)
    };
    for duty in &after.duties {
        let ran = before.is_some_and(|file| runs(file, duty));
        let name = &duty.stored.promise;
        if duty.stored.open && !ran {
            let due = duty.due_at().map_or(String::new(), |at| {
                format!(", due {}", look::moment(at, &here.config.calendar))
            });
            output::line(format!("  {name} runs{due}"));
        } else if ran && !duty.stored.open {
            let said = receipt_said(here, after, duty);
            output::line(format!("  {name} ends{said}"));
        }
    }
}

/// That the reporter may count on a deadline which no longer binds us.
fn receipt_said(here: &Here, file: &File, duty: &Duty) -> String {
    let received = file.facts.iter().find(|f| f.what == What::Received);
    let of_receipt = received.is_some_and(|f| f.n == duty.run.start)
        && file.ticket.acknowledged_at.is_some()
        && matches!(duty.run.end, Some(End::Void(_)));
    let due = duty.due_at().filter(|_| of_receipt && !duty.promise.soft);
    due.map_or(String::new(), |at| {
        format!(
            "; their receipt may have said {}: gatepost reply {} tells them",
            look::moment(at, &here.config.calendar).trim(),
            file.row.number.0
        )
    })
}

/// The name of somebody of the team, as the config writes it; `me` is who decides.
pub fn member(here: &Here, name: &str) -> Result<String> {
    if name == "me" {
        return Ok(here.person()?.name.clone());
    }
    let team = &here.config.team;
    let names: Vec<&str> = team.iter().map(|m| m.name.as_str()).collect();
    let unknown = || {
        Usage(format!(
            "{name:?} is nobody of the team\n  hint: {}",
            names.join(", ")
        ))
    };
    Ok(here.config.member(name).ok_or_else(unknown)?.name.clone())
}

/// `note`.
pub fn note(here: &Here, wanted: &Note) -> Result<ExitCode> {
    let text = match wanted.text.as_slice() {
        [dash] if dash == "-" => read_text("-")?,
        words => words.join(" "),
    };
    perform(here, &wanted.reference, &wanted.manner, |tx, file, who| {
        let (number, data) = (file.row.number, wanted.data_access);
        record::note(tx, &here.config, number, &text, data, who).map(drop)
    })
}

/// A text from a file, or from standard input with `-`.
pub fn read_text(path: &str) -> Result<String> {
    let mut text = String::new();
    if path == "-" {
        std::io::stdin()
            .read_to_string(&mut text)
            .context("cannot read the text from standard input")?;
    } else {
        text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    }
    Ok(text)
}

/// `record`.
pub fn record(here: &Here, wanted: &Record) -> Result<ExitCode> {
    let now = wall::now();
    let at = wanted.at.as_deref().unwrap_or("now");
    let at = when::moment(at, &here.config.calendar, now)?;
    perform(here, &wanted.reference, &wanted.manner, |tx, file, who| {
        let (number, at) = (file.row.number, at.min(tx.now()));
        let happened = record::Happened {
            name: &wanted.fact,
            at,
            force: wanted.force.as_deref(),
        };
        record::declared(tx, &here.config, number, happened, who).map(drop)
    })
}
