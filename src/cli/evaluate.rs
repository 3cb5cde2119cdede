//! `evaluate`: an outcome, a date and a plan become a letter, which a person reads before
//! it is queued.

use super::args::Evaluate;
use super::flow::{Plan, Sitting};
use super::{Here, Usage, answer, explain, look};
use crate::desk::act::{self, Evaluation, Original};
use crate::desk::post;
use crate::store::LetterKind;
use crate::ticket::{Outcome, Stage, What, counting};
use crate::wall;
use anyhow::Result;
use jiff::civil::Date;
use std::process::ExitCode;

/// Evaluates.
pub fn evaluate(here: &Here, wanted: &Evaluate) -> Result<ExitCode> {
    let sitting = Sitting::open(here, &wanted.reference, &wanted.sending)?;
    let outcome = Outcome::parse(&wanted.outcome)
        .ok_or_else(|| Usage(format!("{} is no outcome", wanted.outcome)))?;
    let mut expected = sitting.date(wanted.expected.as_ref())?;
    let first = wanted
        .of
        .as_ref()
        .map(|of| original(here, of))
        .transpose()?;
    if let Some((of, date)) = &first {
        // Of the first report its reporter hears nothing, and this one only the date.
        let date = date.filter(|date| !of.resolved && *date >= sitting.today);
        expected = expected.or(date);
    }
    let evaluation = Evaluation {
        outcome,
        expected,
        of: first.map(|(of, _)| of),
        keep_open: wanted.keep_open,
    };
    evaluation
        .check(sitting.file.row.number, sitting.today)
        .map_err(|why| Usage(why.to_string()))?;
    if outcome == Outcome::Spam && sitting.is_said() {
        let why = "spam is never answered\n  hint: leave --said-in and --said-at out";
        return Err(Usage(why.to_owned()).into());
    }
    let words = sitting.words(wanted.plan.as_ref())?;
    let letter = if outcome == Outcome::Spam {
        None
    } else {
        Some(post::evaluation_letter(
            &here.config,
            &sitting.policy,
            &evaluation,
            wanted.letter.as_deref(),
            &sitting.hand(&words),
            (&sitting.file.facts, sitting.now),
        )?)
    };
    let plan = Plan {
        decision: evaluation.on(sitting.decision(LetterKind::Evaluation)),
        letter,
        enclosed: None,
        notes: notes(&sitting, &evaluation),
        needs_words: false,
    };
    sitting.finish(plan)
}

/// The first report of a duplicate, and the date that its reporter was told.
fn original(here: &Here, reference: &str) -> Result<(Original, Option<Date>)> {
    here.store()?.read(wall::now(), |tx| {
        let file = explain::find(tx, here, reference)?;
        let of = Original {
            ticket: file.row.number,
            resolved: act::is_resolved(&file.facts),
        };
        Ok((of, file.ticket.expected))
    })
}

fn notes(sitting: &Sitting, evaluation: &Evaluation) -> Vec<String> {
    let (file, outcome) = (&sitting.file, evaluation.outcome);
    let calendar = &sitting.here.config.calendar;
    let mut notes = Vec::new();
    let before = counting(&file.facts)
        .into_iter()
        .rfind(|f| matches!(f.what, What::Evaluated { .. }));
    if let Some((fact, outcome)) = before.zip(file.ticket.outcome) {
        notes.push(format!(
            "this report has been evaluated before: {}, told {}",
            outcome.word(),
            look::moment(fact.at, calendar)
        ));
    }
    if file.ticket.stage == Stage::Closed {
        notes.push("it is closed, and stays closed".to_owned());
    }
    if let Some(of) = evaluation.of {
        notes.push(format!(
            "nothing is sent to the reporter of {}; {} is recorded as its duplicate",
            of.ticket, file.row.number
        ));
    }
    if outcome == Outcome::Spam {
        notes.push("not a report: it closes silently".to_owned());
    } else if outcome.is_interim() {
        notes.push("an interim answer: it does not meet the promise of an evaluation".to_owned());
    } else if !outcome.is_final()
        && evaluation.expected.is_none()
        && !evaluation.of.is_some_and(|of| of.resolved)
    {
        notes.push("without an expected date this keeps half of the promise".to_owned());
    }
    if outcome == Outcome::Duplicate && evaluation.of.is_none() {
        notes.push("without --of nothing ties it to the first report".to_owned());
    }
    notes.extend(
        evaluation
            .resolution()
            .and_then(|on| answer::moves(sitting, on))
            .map(|m| m.1),
    );
    notes
}
