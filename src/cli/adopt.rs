//! `adopt`: what lies in the tray and among junk, and how it becomes an ordinary ticket.

use super::document::Desk;
use super::{Here, look, output};
use crate::desk::act;
use crate::store::{LetterState, MailRow, TicketRow, Tx};
use crate::ticket::TicketNo;
use crate::wall;
use anyhow::Result;
use serde::Serialize;
use std::process::ExitCode;

/// A mail that became a ticket.
#[derive(Serialize)]
struct Adopted {
    mail: i64,
    r#ref: String,
    name: String,
    received_at: String,
    /// The acknowledgement that waits for a person.
    held: Option<i64>,
}

/// Lists both, or takes mails out of them.
pub fn adopt(here: &Here, mails: &[i64], json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    if mails.is_empty() {
        let (tray, junk, aside) = store.read(wall::now(), |tx| {
            let junk = tx.junk()?.into_iter().filter_map(|(_, mail, _)| mail);
            Ok((tx.tray()?, junk.collect::<Vec<_>>(), tx.aside()?))
        })?;
        if json {
            let marks = |mail: &MailRow| here.marks(mail.author.as_ref(), &mail.author_name);
            output::json(&Desk::new(&tray, &junk, &aside, marks))?;
        } else {
            show(here, &tray, &junk);
            set_aside(aside.len());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let who = here.person()?.name.clone();
    let mut all = Vec::new();
    for mail in mails {
        let said = store.write(wall::now(), |tx| {
            let ticket = act::adopt(tx, &here.config, *mail, &who)?;
            adopted(tx, *mail, ticket)
        })?;
        if let Some((adopted, row)) = said {
            if !json {
                tell(here, &adopted, &row);
            }
            all.push(adopted);
        }
    }
    if json {
        output::json(&all)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(here: &Here, tray: &[MailRow], junk: &[MailRow]) {
    if tray.is_empty() {
        output::line("The tray is empty.");
    } else {
        table(here, tray);
    }
    if !junk.is_empty() {
        output::line("Found among junk:");
        table(here, junk);
    }
    if !tray.is_empty() || !junk.is_empty() {
        output::line("A ticket with its clock from receipt: gatepost adopt MAIL");
    }
}

/// What the team sent to somebody who has no ticket waits for nobody: it is only counted.
fn set_aside(count: usize) {
    let mails = match count {
        0 => return,
        1 => "1 mail of yours in Sent is".to_owned(),
        _ => format!("{count} mails of yours in Sent are"),
    };
    output::line(format!(
        "{mails} to nobody who has a ticket (--json: aside)"
    ));
}

fn table(here: &Here, mails: &[MailRow]) {
    let row = |mail: &MailRow| {
        let marks = here.marks(mail.author.as_ref(), &mail.author_name);
        let from = look::address(mail.author.as_ref(), "nobody", &marks);
        output::Row::new(vec![
            mail.id.to_string(),
            look::moment(mail.received_at, &here.config.calendar),
            from,
            mail.kind.0.clone(),
            output::quoted(&mail.subject, 60),
        ])
    };
    output::table(
        &["MAIL", "RECEIVED", "FROM", "KIND", "SUBJECT"],
        mails.iter().map(row).collect(),
    );
}

/// What became of a mail, and what still waits for a person.
fn adopted(tx: &Tx, mail: i64, ticket: TicketNo) -> Result<Option<(Adopted, TicketRow)>> {
    let Some(row) = tx.ticket(ticket)? else {
        return Ok(None);
    };
    let letters = tx.letters_of(ticket)?;
    let held = letters.iter().find(|l| l.state == LetterState::Held);
    let adopted = Adopted {
        mail,
        r#ref: row.reference.to_string(),
        name: row.name.to_string(),
        received_at: row.opened_at.to_string(),
        held: held.map(|letter| letter.id),
    };
    Ok(Some((adopted, row)))
}

fn tell(here: &Here, adopted: &Adopted, row: &TicketRow) {
    output::line(format!(
        "{} {}  its clock runs from {}; no letter is sent",
        row.reference,
        row.name,
        look::moment(row.opened_at, &here.config.calendar)
    ));
    if let Some(letter) = adopted.held {
        output::line(format!(
            "  its acknowledgement is held: gatepost outbox release {letter}"
        ));
    }
}
