//! `evaluate`: an outcome, a date and a plan become a letter, which a person reads before
//! it is queued.

mod alike;
mod odd;

use super::args::Evaluate;
use super::flow::followers::News;
use super::flow::{Plan, Sitting};
use super::show::{Thread, hint};
use super::{Here, Usage, answer, explain, look};
use crate::desk::File;
use crate::desk::act::{Evaluation, Original};
use crate::desk::post;
use crate::letters::{Hand, Letter};
use crate::store::{LetterKind, Tx};
use crate::ticket::{Outcome, Stage, What, counting};
use crate::triage::hints::Hint;
use crate::wall;
use anyhow::Result;
use jiff::civil::Date;
use std::process::ExitCode;

/// Evaluates.
pub fn evaluate(here: &Here, wanted: &Evaluate) -> Result<ExitCode> {
    let (sitting, plan) = look(here, wanted)?;
    sitting.finish(plan)
}

/// What the person looks at, and what is to be recorded if they agree.
fn look<'h>(here: &'h Here, wanted: &'h Evaluate) -> Result<(Sitting<'h>, Plan)> {
    if wanted.like {
        alike::fits(wanted)?;
    }
    let mut sitting = Sitting::open(here, &wanted.reference, &wanted.sending)?;
    let expected = sitting.date(wanted.expected.as_ref())?;
    let words = sitting.words(wanted.plan.as_ref())?;
    let (plan, alike) = here.store()?.read(wall::now(), |tx| {
        let name = letter_name(here, tx, wanted, &sitting)?;
        let wish = Wish {
            wanted,
            expected,
            name: name.as_deref(),
            words: &words,
        };
        let plan = wish.plan(tx, &sitting)?;
        let alike = wanted
            .like
            .then(|| alike::alike(tx, &wish, &sitting, &plan));
        Ok((plan, alike.transpose()?))
    })?;
    sitting.alike = alike;
    Ok((sitting, plan))
}

/// What a person wants to say, of whichever ticket.
struct Wish<'a> {
    wanted: &'a Evaluate,
    expected: Option<Date>,
    /// The name of the letter.
    name: Option<&'a str>,
    words: &'a str,
}

impl Wish<'_> {
    fn outcome(&self) -> Result<Outcome> {
        let word = &self.wanted.outcome;
        let outcome = Outcome::parse(word);
        Ok(outcome.ok_or_else(|| Usage(format!("{word} is no outcome")))?)
    }

    /// The evaluation of one ticket.
    fn evaluation(&self, tx: &Tx, sitting: &Sitting) -> Result<Evaluation> {
        let first = self.wanted.of.as_ref();
        let first = first.map(|of| original(tx, of, sitting)).transpose()?;
        let mut expected = self.expected;
        if let Some(of) = &first {
            // Of the first report its reporter hears nothing, and this one only the date.
            let date = of.expected.filter(|date| *date >= sitting.today);
            expected = expected.or(date.filter(|_| !of.resolved));
        }
        let evaluation = Evaluation {
            outcome: self.outcome()?,
            expected,
            of: first,
            keep_open: self.wanted.keep_open,
        };
        evaluation
            .check(sitting.told_on())
            .map_err(|why| Usage(why.to_string()))?;
        if evaluation.outcome == Outcome::Spam && sitting.is_said() {
            let why = "spam is never answered\n  hint: leave --said-in and --said-at out";
            return Err(Usage(why.to_owned()).into());
        }
        Ok(evaluation)
    }

    /// Its letter, by this hand.
    fn letter(
        &self,
        sitting: &Sitting,
        evaluation: &Evaluation,
        hand: &Hand,
    ) -> Result<Option<Letter>> {
        if evaluation.outcome == Outcome::Spam {
            return Ok(None);
        }
        let letter = post::evaluation_letter(
            &sitting.here.config,
            sitting.letters(),
            &sitting.policy,
            evaluation,
            self.name,
            hand,
            (&sitting.file.facts, sitting.now),
        );
        letter.map(Some)
    }

    /// What is decided of one ticket, and its letter.
    fn plan(&self, tx: &Tx, sitting: &Sitting) -> Result<Plan> {
        let evaluation = self.evaluation(tx, sitting)?;
        let letter = self.letter(sitting, &evaluation, &sitting.hand(self.words))?;
        let news = match (evaluation.of, evaluation.resolution()) {
            (Some(of), _) if of.resolved => Some(News::Resolved),
            (_, on) => on.map(|on| News::Dates(Some(on), None)),
        };
        let (followups, theirs) = sitting.followups(news.as_ref(), "")?;
        let notes = notes(sitting, &evaluation).into_iter().chain(theirs);
        Ok(Plan {
            decision: evaluation.on(sitting.decision(LetterKind::Evaluation)),
            letter,
            enclosed: None,
            notes: notes.collect(),
            // A question that is not there has no answer.
            needs_words: self.words.is_empty()
                && evaluation.outcome == Outcome::NeedsInformation
                && self.wanted.letter.is_none(),
            followups,
        })
    }
}

/// The letter that was named; by `hint`, that of the hint. A letter of the team's own of that
/// name is theirs.
fn letter_name(
    here: &Here,
    tx: &Tx,
    wanted: &Evaluate,
    sitting: &Sitting,
) -> Result<Option<String>> {
    if !is_by_hint(wanted, sitting) {
        return Ok(wanted.letter.clone());
    }
    hint::letter(&hints(here, tx, sitting)?)
}

fn is_by_hint(wanted: &Evaluate, sitting: &Sitting) -> bool {
    wanted.letter.as_deref() == Some(hint::BY_HINT)
        && !sitting.letters().has_evaluation(hint::BY_HINT)
}

fn hints(here: &Here, tx: &Tx, sitting: &Sitting) -> Result<Vec<Hint>> {
    let thread = Thread::of(tx, &sitting.file)?;
    let found = hint::hints(here, tx, &sitting.file, &thread)?;
    Ok(found.unwrap_or_default())
}

/// The first report of a duplicate.
fn original(tx: &Tx, reference: &str, sitting: &Sitting) -> Result<Original> {
    let file = explain::find(tx, sitting.here, reference)?;
    Original::of(tx, &file, sitting.file.row.number).map_err(|why| Usage(why.to_string()).into())
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
        if let Some((letter, on)) = of.coming.filter(|_| evaluation.expected.is_none()) {
            notes.push(format!(
                "letter {letter}, which tells the reporter of {} the date {on}, has not left: this letter says that there is none. Wait for that one (gatepost outbox), then do this again",
                of.ticket
            ));
        } else if !of.resolved && evaluation.expected.is_none() {
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

#[cfg(test)]
mod tests;
