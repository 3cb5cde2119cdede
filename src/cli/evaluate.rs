//! `evaluate`: an outcome, a date and a plan become a letter, which a person reads before
//! it is queued.

use super::args::Evaluate;
use super::flow::followers::News;
use super::flow::{Plan, Sitting};
use super::show::{Thread, hint};
use super::{Here, Usage, answer, explain, look};
use crate::desk::File;
use crate::desk::act::{Evaluation, Original};
use crate::desk::post;
use crate::store::LetterKind;
use crate::ticket::{Outcome, Stage, What, counting};
use crate::wall;
use anyhow::Result;
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
        .map(|of| original(here, of, &sitting))
        .transpose()?;
    if let Some(of) = &first {
        // Of the first report its reporter hears nothing, and this one only the date.
        let date = of.expected.filter(|date| *date >= sitting.today);
        expected = expected.or(date.filter(|_| !of.resolved));
    }
    let evaluation = Evaluation {
        outcome,
        expected,
        of: first,
        keep_open: wanted.keep_open,
    };
    evaluation
        .check(sitting.told_on())
        .map_err(|why| Usage(why.to_string()))?;
    if outcome == Outcome::Spam && sitting.is_said() {
        let why = "spam is never answered\n  hint: leave --said-in and --said-at out";
        return Err(Usage(why.to_owned()).into());
    }
    let words = sitting.words(wanted.plan.as_ref())?;
    let name = letter_name(here, wanted, &sitting)?;
    let letter = if outcome == Outcome::Spam {
        None
    } else {
        Some(post::evaluation_letter(
            &here.config,
            sitting.letters(),
            &sitting.policy,
            &evaluation,
            name.as_deref(),
            &sitting.hand(&words),
            (&sitting.file.facts, sitting.now),
        )?)
    };
    let news = match (evaluation.of, evaluation.resolution()) {
        (Some(of), _) if of.resolved => Some(News::Resolved),
        (_, on) => on.map(|on| News::Dates(Some(on), None)),
    };
    let (followups, theirs) = sitting.followups(news.as_ref(), "")?;
    let notes = notes(&sitting, &evaluation).into_iter().chain(theirs);
    let plan = Plan {
        decision: evaluation.on(sitting.decision(LetterKind::Evaluation)),
        letter,
        enclosed: None,
        notes: notes.collect(),
        // A question that is not there has no answer.
        needs_words: words.is_empty()
            && outcome == Outcome::NeedsInformation
            && wanted.letter.is_none(),
        followups,
    };
    sitting.finish(plan)
}

/// The letter that was named; by `hint`, that of the hint. A letter of the team's own of that
/// name is theirs.
fn letter_name(here: &Here, wanted: &Evaluate, sitting: &Sitting) -> Result<Option<String>> {
    let named = wanted.letter.clone();
    if named.as_deref() != Some(hint::BY_HINT) || sitting.letters().has_evaluation(hint::BY_HINT) {
        return Ok(named);
    }
    let found = here.store()?.read(wall::now(), |tx| {
        let thread = Thread::of(tx, &sitting.file)?;
        hint::hints(here, tx, &sitting.file, &thread)
    })?;
    hint::letter(&found.unwrap_or_default())
}

/// The first report of a duplicate.
fn original(here: &Here, reference: &str, sitting: &Sitting) -> Result<Original> {
    here.store()?.read(wall::now(), |tx| {
        let file = explain::find(tx, here, reference)?;
        Original::of(&file, sitting.file.row.number).map_err(|why| Usage(why.to_string()).into())
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
    if outcome == Outcome::Spam {
        notes.push("not a report: it closes silently".to_owned());
    } else if outcome.is_interim() {
        notes.push("an interim answer: it does not meet the promise of an evaluation".to_owned());
    } else if !outcome.is_final()
        && evaluation.expected.is_none()
        && !evaluation.of.is_some_and(|of| of.resolved)
        && owes_a_date(file)
    {
        notes.push("without an expected date this keeps half of the promise".to_owned());
    }
    notes.extend(of_duplicates(sitting, evaluation));
    notes.extend(
        evaluation
            .resolution()
            .and_then(|on| answer::moves(sitting, on))
            .map(|m| m.1),
    );
    notes
}

/// The page promises a date with the evaluation.
fn owes_a_date(file: &File) -> bool {
    let open = file.duties.iter().filter(|duty| duty.stored.open);
    let mut missing = open.flat_map(|duty| &duty.state.missing);
    missing.any(|missing| missing.contains("dated"))
}

/// What follows what.
fn of_duplicates(sitting: &Sitting, evaluation: &Evaluation) -> Vec<String> {
    let (file, outcome) = (&sitting.file, evaluation.outcome);
    let mut notes = Vec::new();
    if let Some(of) = evaluation.of {
        notes.push(format!(
            "nothing is sent to the reporter of {}; {} follows it from now on",
            of.ticket, file.row.number
        ));
        if !of.resolved && evaluation.expected.is_none() {
            let why = of
                .expected
                .map_or("has no date yet", |_| "is past its date");
            notes.push(format!(
                "{} {why}: the letter says that there is none; a date that you give there goes to both",
                of.ticket
            ));
        }
    }
    if outcome == Outcome::Duplicate && evaluation.of.is_none() {
        notes.push(match file.ticket.follows() {
            Some(first) => format!("it follows {first}, as before"),
            None => "without --of nothing ties it to the first report".to_owned(),
        });
    }
    if outcome.is_final() {
        notes.extend(sitting.duplicates().map(|other| {
            format!(
                "{other} follows it as its duplicate, and its reporter is told nothing by this: gatepost evaluate {} {}",
                other.0,
                outcome.word()
            )
        }));
    }
    notes
}
