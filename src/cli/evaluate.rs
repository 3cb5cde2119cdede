//! `evaluate`: an outcome, a date and a plan become a letter, which a person reads
//! before it is queued.

use super::args::Evaluate;
use super::{Here, Usage, block_on, draft, explain, look, output};
use crate::daemon::{self, send};
use crate::desk::act::{self, Evaluation};
use crate::desk::{File, post};
use crate::letters::Letter;
use crate::mail::Foreign;
use crate::store::{LetterState, Store, is_held};
use crate::ticket::Outcome;
use crate::wall;
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use std::fs;
use std::io::Read;
use std::process::ExitCode;

/// What a person answered to the letter that was shown.
enum Answer {
    Yes,
    Edit,
    No,
}

/// Evaluates.
pub fn evaluate(here: &Here, wanted: &Evaluate) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let mut store = here.store()?;
    let now = wall::now();
    let file = store.read(now, |tx| explain::find(tx, here, &wanted.reference))?;
    let evaluation = read(here, wanted, &file, &who)?;
    let plan = plan(wanted)?;
    if evaluation.outcome == Outcome::Spam {
        return spam(here, wanted, &mut store, &evaluation);
    }
    if file.row.reporter.is_none() {
        bail!(
            "{} has no address that can be written to",
            file.row.reference
        );
    }
    let mut letter = post::evaluation_letter(&here.config, &file, &evaluation, &plan, now)?;
    let draft = draft::path(&here.config.store, file.row.number, &who);
    loop {
        show(here, &file, &letter, &evaluation);
        if wanted.dry_run {
            return Ok(ExitCode::SUCCESS);
        }
        match ask(wanted)? {
            Answer::Yes => break,
            Answer::No => {
                output::line("Nothing was sent.");
                return Ok(ExitCode::SUCCESS);
            }
            Answer::Edit => letter.body = draft::edit(&draft, &letter.body)?,
        }
        post::check_labels(&letter, &evaluation)
            .with_context(|| format!("your text is kept in {}", draft.display()))?;
    }
    let done = store.write(wall::now(), |tx| {
        act::evaluate(tx, &here.config, &evaluation, &letter)
    });
    drop(store);
    match done {
        Ok(letter) => {
            draft::discard(&draft);
            said(here, wanted, letter.context("an evaluation has a letter")?)
        }
        Err(why) => {
            draft::keep(&draft, &letter.body)?;
            Err(why.context(format!("your text is kept in {}", draft.display())))
        }
    }
}

/// What was asked, checked.
fn read(here: &Here, wanted: &Evaluate, file: &File, who: &str) -> Result<Evaluation> {
    let today = here.config.calendar.local_date(wall::now());
    let outcome = Outcome::parse(&wanted.outcome)
        .ok_or_else(|| Usage(format!("{} is no outcome", wanted.outcome)))?;
    let expected = match &wanted.expected {
        None => None,
        Some(text) => Some(look::read_date(text, today).ok_or_else(|| {
            Usage(format!(
                "{text:?} is no date\n  hint: 2026-12-04 or \"4 Dec\""
            ))
        })?),
    };
    let seen = wanted.after.unwrap_or(file.ticket.last_fact);
    // What is sent by hand has been looked at: it need not wait.
    let grace = if wanted.send && !is_held(&here.config.store) {
        SignedDuration::ZERO
    } else {
        here.config.smtp.grace
    };
    let evaluation = Evaluation {
        ticket: file.row.number,
        outcome,
        expected,
        who: who.to_owned(),
        seen,
        grace,
    };
    evaluation
        .check(today)
        .map_err(|why| Usage(why.to_string()))?;
    Ok(evaluation)
}

fn plan(wanted: &Evaluate) -> Result<String> {
    let mut text = String::new();
    match (&wanted.plan, wanted.message.as_deref()) {
        (Some(plan), _) => text.push_str(plan),
        (None, Some("-")) => drop(
            std::io::stdin()
                .read_to_string(&mut text)
                .context("cannot read the plan from standard input")?,
        ),
        (None, Some(path)) => {
            text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?
        }
        (None, None) => {}
    }
    Ok(text.trim().to_owned())
}

fn spam(
    here: &Here,
    wanted: &Evaluate,
    store: &mut Store,
    evaluation: &Evaluation,
) -> Result<ExitCode> {
    output::line("Not a report: it closes silently, and no letter is sent.");
    if wanted.dry_run || !matches!(ask(wanted)?, Answer::Yes) {
        output::line("Nothing was changed.");
        return Ok(ExitCode::SUCCESS);
    }
    let nothing = Letter {
        subject: String::new(),
        body: String::new(),
    };
    store.write(wall::now(), |tx| {
        act::evaluate(tx, &here.config, evaluation, &nothing)
    })?;
    output::line("Closed.");
    Ok(ExitCode::SUCCESS)
}

fn show(here: &Here, file: &File, letter: &Letter, evaluation: &Evaluation) {
    let to = file
        .row
        .reporter
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    output::strong(format!(
        "To {to}, in the thread of their mail of {}:",
        look::moment(file.row.opened_at, &here.config.calendar)
    ));
    output::line(format!(
        "  | Subject: {}\n  |",
        crate::mail::Foreign::new(letter.subject.clone()).line()
    ));
    letter
        .body
        .lines()
        .for_each(|line| output::line(format!("  | {line}")));
    if file.ticket.outcome.is_some() {
        output::line("! This report has been evaluated before.");
    }
    if !evaluation.outcome.is_final()
        && evaluation.expected.is_none()
        && !evaluation.outcome.is_interim()
    {
        output::line("! Without an expected date this keeps half of the promise.");
    }
    if evaluation.outcome.is_interim() {
        output::line("! An interim answer: it does not meet the promise of an evaluation.");
    }
}

fn ask(wanted: &Evaluate) -> Result<Answer> {
    if wanted.yes {
        return Ok(Answer::Yes);
    }
    let answer = output::ask("Send? [y]es [e]dit [N]o ");
    match answer.as_deref() {
        Some("y" | "yes") => Ok(Answer::Yes),
        Some("e" | "edit") => Ok(Answer::Edit),
        Some(_) => Ok(Answer::No),
        None => Err(Usage("there is no terminal to ask on\n  hint: --yes sends without asking, --dry-run only shows".to_owned()).into()),
    }
}

/// Says what happens next, and sends now when that was asked.
fn said(here: &Here, wanted: &Evaluate, letter: i64) -> Result<ExitCode> {
    let grace = here.config.smtp.grace.as_secs();
    if is_held(&here.config.store) {
        output::line(format!(
            "Queued. It leaves in {grace} s; until then: gatepost outbox drop {letter}"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    if !wanted.send {
        output::line(format!(
            "Queued. No daemon runs: letter {letter} leaves when one does (gatepost run)"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let turn = block_on(daemon::send_now(here.config.clone()))?;
    let sent = here
        .store()?
        .read(wall::now(), |tx| tx.letter(letter))?
        .context("the letter is gone")?;
    match (sent.state, turn) {
        (LetterState::Sent, _) => {
            output::line("Sent.");
            Ok(ExitCode::SUCCESS)
        }
        (_, send::Turn::Down(why)) => bail!("it is queued and could not be sent: {why}"),
        (state, send::Turn::Drained(_)) => {
            let why = Foreign::new(sent.last_error.unwrap_or_default()).line();
            bail!("it was not sent: it is {}: {why}", state.word())
        }
    }
}
