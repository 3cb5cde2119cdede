//! Tickets among junk: `list --junk`, and `close` of many.

use super::document::Ticket as Document;
use super::show::ours;
use super::{Here, Usage, look, output};
use crate::desk::{self, act};
use crate::store::{LetterKind, MailRow, TicketRow, Tx};
use crate::ticket::{Stage, TicketNo, Wanted};
use crate::wall;
use anyhow::Result;
use serde::Serialize;
use std::process::ExitCode;

/// Lists what was found among junk, the oldest first.
pub fn list(here: &Here, tx: &Tx, json: bool) -> Result<()> {
    let junk = tx.junk()?;
    if json {
        let mut all = Vec::new();
        for (row, _, _) in &junk {
            let file = desk::file(tx, &here.config, row.number)?;
            let marks = here.marks(row.reporter.as_ref(), &row.reporter_name);
            let forwarded = ours::forwarded_by(here, tx, row.number)?;
            let listing = tx.listing(row.number)?;
            all.push(Document::new(&file, &listing, marks, forwarded));
        }
        return output::json(&all);
    }
    if junk.is_empty() {
        output::line("Nothing lies among junk.");
        return Ok(());
    }
    let row = |(row, mail, looks): &(TicketRow, Option<MailRow>, bool)| {
        let reporter = row.reporter.as_ref();
        output::Row::new(vec![
            row.number.to_string(),
            mail.as_ref().map_or(String::new(), |m| m.id.to_string()),
            look::moment(row.opened_at, &here.config.calendar),
            if *looks { "yes" } else { "-" }.to_owned(),
            look::address(
                reporter,
                "nobody",
                &here.marks(reporter, &row.reporter_name),
            ),
            output::quoted(&row.subject, 60),
        ])
    };
    output::table(
        &[
            "REF",
            "MAIL",
            "RECEIVED",
            "LIKE A REPORT",
            "FROM",
            "SUBJECT",
        ],
        junk.iter().map(row).collect(),
    );
    output::line(
        "An ordinary ticket: gatepost adopt MAIL    Ended without a letter: gatepost close REF...",
    );
    Ok(())
}

#[derive(Serialize)]
struct Closed {
    closed: Vec<String>,
}

/// How tickets among junk are closed.
#[derive(Clone, Copy)]
pub struct How {
    /// For scripts.
    pub json: bool,
    /// Nothing is written.
    pub dry: bool,
    /// The person said something to the reporter, which nobody would read.
    pub says: bool,
}

/// Closes those of these tickets that lie among junk, without a letter; all of them, or
/// none. A range names only what lies there. `None`: it is one ordinary ticket, which is
/// closed in the ordinary way.
///
/// # Errors
/// When several are named and one of them is an ordinary ticket.
pub fn close(here: &Here, references: &[String], how: How) -> Result<Option<ExitCode>> {
    let How { json, dry, says } = how;
    let mut store = here.store()?;
    let rows = store.read(wall::now(), |tx| {
        let found = references.iter().map(|text| named(here, tx, text));
        Ok(found.collect::<Result<Vec<_>>>()?.concat())
    })?;
    let ordinary = |row: &&TicketRow| row.stage != Stage::Junk.word();
    match (rows.iter().find(ordinary), references) {
        (Some(_), [_]) => return Ok(None),
        (Some(row), _) => {
            return Err(Usage(format!(
                "{} is no ticket among junk; nothing was closed\n  hint: several at once are closed without a letter; close it alone: gatepost close {}",
                row.reference, row.number
            ))
            .into());
        }
        (None, _) => {}
    }
    if says {
        return Err(Usage(
            "what lies among junk is closed without a word; nothing was closed\n  hint: gatepost adopt MAIL makes it an ordinary ticket first"
                .to_owned(),
        )
        .into());
    }
    let who = here.person()?.name.clone();
    let mut closed = Vec::new();
    store.write(wall::now(), |tx| {
        for row in &rows {
            let ticket = desk::file(tx, &here.config, row.number)?.ticket;
            // Nobody has looked at a ticket that somebody else took out since.
            if ticket.stage == Stage::Junk && !dry {
                let decision =
                    act::Decision::new(row.number, &who, ticket.last_fact, LetterKind::Closing);
                act::decide(
                    tx,
                    &here.config,
                    &act::close("", decision),
                    act::How::Silently,
                )?;
            }
            if ticket.stage == Stage::Junk {
                closed.push(row.reference.to_string());
            }
        }
        Ok(())
    })?;
    let count = closed.len();
    if json {
        output::json(&Closed { closed })?;
    } else if dry {
        output::line(format!("{count} would be closed: {}", closed.join(" ")));
    } else {
        output::line(format!("{count} closed, no letter: {}", closed.join(" ")));
    }
    Ok(Some(ExitCode::SUCCESS))
}

/// The tickets that a word of the command names: one, or those of a range that lie among
/// junk (`5..9`).
fn named(here: &Here, tx: &Tx, text: &str) -> Result<Vec<TicketRow>> {
    let Some((first, last)) = text.split_once("..") else {
        let file = super::explain::find(tx, here, text)?;
        return Ok(vec![file.row]);
    };
    let number = |text: &str| match Wanted::parse(text) {
        Some(Wanted::Number(number)) => Ok(number),
        Some(Wanted::Name(_)) | None => Err(Usage(format!(
            "{text:?} is no number of a ticket\n  hint: a range is 5..9"
        ))),
    };
    let range: std::ops::RangeInclusive<TicketNo> = number(first)?..=number(last)?;
    let junk = tx.junk()?.into_iter().map(|(row, _, _)| row);
    Ok(junk.filter(|row| range.contains(&row.number)).collect())
}
