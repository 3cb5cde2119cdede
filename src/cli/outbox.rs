//! `outbox`: letters that wait, are held, failed, or are unknown.

use super::args::{Outbox, OutboxAction};
use super::document::LetterLine;
use super::{Here, look, output};
use crate::desk::act;
use crate::mail::Foreign;
use crate::store::Letter;
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// Shows them, or does something with one.
pub fn outbox(here: &Here, wanted: &Outbox) -> Result<ExitCode> {
    let mut store = here.store()?;
    match &wanted.action {
        None => store.read(wall::now(), |tx| {
            show(here, &tx.unsettled_letters()?, wanted.json)
        })?,
        Some(OutboxAction::Release { letter }) => {
            let who = here.person()?.name.clone();
            store.write(wall::now(), |tx| {
                act::release(tx, &here.config, *letter, &who)
            })?;
            output::line(format!(
                "letter {letter} is released and leaves when the daemon sends next"
            ));
        }
        Some(OutboxAction::Drop { letter }) => {
            let who = here.person()?.name.clone();
            store.write(wall::now(), |tx| {
                act::drop_letter(tx, &here.config, *letter, &who)
            })?;
            output::line(format!("letter {letter} will not be sent"));
        }
    }
    Ok(ExitCode::SUCCESS)
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
        let reference = l.ticket.map_or("-".to_owned(), |t| t.to_string());
        let why = l.held_because.clone().or_else(|| l.last_error.clone());
        let why = why.unwrap_or_else(|| {
            format!(
                "leaves {}",
                look::moment(l.not_before, &here.config.calendar)
            )
        });
        let why = Foreign::new(why).line();
        output::Row::new(vec![
            l.id.to_string(),
            l.state.word().to_owned(),
            l.kind.word().to_owned(),
            reference,
            l.recipient.to_string(),
            why,
        ])
    };
    output::table(
        &["LETTER", "STATE", "KIND", "REF", "TO", "WHY"],
        letters.iter().map(row).collect(),
    );
    Ok(())
}
