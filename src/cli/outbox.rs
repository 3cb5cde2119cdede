//! `outbox`: letters that wait, are held, failed, or are unknown.

use super::args::{Letters, Outbox, OutboxAction};
use super::document::LetterLine;
use super::{Here, look, output, words};
use crate::config::Config;
use crate::desk::outbox;
use crate::mail::Foreign;
use crate::store::{Letter, LetterState, Tx, is_held};
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// What is said once where letters are in doubt.
const FORBIDDEN: &str =
    "forbidden: the mail server said 5.7.x, which may be about every letter (a quota). Such a
letter waits, and is refused only if that goes on for an hour, and longer where the
server has taken one that it forbade before";

/// A decision of a person about one letter.
type Decision = fn(&Tx, &Config, i64, &str) -> Result<()>;

/// Shows them, or does something with some.
pub fn outbox(here: &Here, wanted: &Outbox) -> Result<ExitCode> {
    match &wanted.action {
        None => {
            let mut store = here.store()?;
            store.read(wall::now(), |tx| {
                show(here, &tx.unsettled_letters()?, wanted.json)
            })?;
        }
        Some(action) => decide(here, action, wanted.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// All of them, or none: one transaction.
fn decide(here: &Here, action: &OutboxAction, json: bool) -> Result<()> {
    let (letters, decision): (_, Decision) = match action {
        OutboxAction::Release(letters) => (letters, outbox::release),
        OutboxAction::Retry(letters) => (letters, outbox::retry),
        OutboxAction::Sent(letters) => (letters, outbox::was_sent),
        OutboxAction::Drop(letters) => (letters, outbox::drop_letter),
    };
    let who = here.person()?.name.clone();
    let after = here.store()?.write(wall::now(), |tx| {
        let mut numbers = letters.letter.iter();
        numbers.try_for_each(|n| decision(tx, &here.config, *n, &who))?;
        let after = letters.letter.iter().map(|n| tx.letter(*n));
        after.collect::<Result<Vec<_>>>()
    })?;
    if json {
        let after = after.iter().flatten().map(LetterLine::from);
        return output::json(&after.collect::<Vec<_>>());
    }
    match action {
        OutboxAction::Release(_) => leaves(here, letters, "released"),
        OutboxAction::Retry(_) => leaves(here, letters, "tried again"),
        OutboxAction::Sent(_) => each(letters, |n| format!("letter {n} is on record as sent")),
        OutboxAction::Drop(_) => each(letters, |n| format!("letter {n} will not be sent")),
    }
    Ok(())
}

fn leaves(here: &Here, letters: &Letters, what: &str) {
    let when = if is_held(&here.config.store) {
        "leaves when the daemon sends next"
    } else {
        "leaves when a daemon runs (none does now: gatepost run)"
    };
    each(letters, |n| format!("letter {n} is {what} and {when}"));
}

fn each(letters: &Letters, line: impl Fn(i64) -> String) {
    letters.letter.iter().for_each(|n| output::line(line(*n)));
}

fn show(here: &Here, letters: &[Letter], json: bool) -> Result<()> {
    if json {
        return output::json(&letters.iter().map(LetterLine::from).collect::<Vec<_>>());
    }
    if letters.is_empty() {
        output::line("Nothing waits: every letter is sent.");
        return Ok(());
    }
    let row = |l: &Letter| {
        output::Row::new(vec![
            l.id.to_string(),
            l.state.word().to_owned(),
            words::letter(l.kind).to_owned(),
            l.ticket.map_or("-".to_owned(), |t| t.to_string()),
            l.recipient.to_string(),
            why(here, l),
        ])
    };
    output::table(
        &["LETTER", "STATE", "KIND", "REF", "TO", "WHY"],
        letters.iter().map(row).collect(),
    );
    if letters.iter().any(is_forbidden) {
        output::line(FORBIDDEN);
    }
    output::line("gatepost outbox release, drop, retry or sent LETTER; show REF has the text");
    Ok(())
}

/// Why it has not arrived, and when it leaves or since when that is so; one harmless line.
fn why(here: &Here, letter: &Letter) -> String {
    let moment = |at| look::moment(at, &here.config.calendar);
    let said = letter.held_because.as_ref().or(letter.last_error.as_ref());
    let said = said.map(|why| Foreign::new(why.clone()).line());
    let (first, last) = match letter.state {
        LetterState::Queued => (
            Some(match is_forbidden(letter) {
                true => format!("forbidden, again {}", moment(letter.not_before)),
                false => format!("leaves {}", moment(letter.not_before)),
            }),
            letter.put_off_since,
        ),
        LetterState::Offered => (Some("leaving now".to_owned()), None),
        LetterState::Held => (None, Some(letter.created_at)),
        LetterState::Unknown
        | LetterState::Refused
        | LetterState::Sent
        | LetterState::Superseded
        | LetterState::Dropped => (None, letter.settled_at),
    };
    let words: Vec<String> = first.into_iter().chain(said).collect();
    let since = last.map(|at| format!(" (since {})", moment(at)));
    words.join(": ") + &since.unwrap_or_default()
}

/// The server forbade it, and it waits all the same.
fn is_forbidden(letter: &Letter) -> bool {
    letter.state == LetterState::Queued && letter.doubt.is_some()
}
