//! `adopt`: what lies in the tray, and how it becomes a ticket.

use super::document::Desk;
use super::{Here, look, output};
use crate::desk::act;
use crate::store::{MailRow, Store};
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
}

/// Lists the tray, or takes mails out of it.
pub fn adopt(here: &Here, mails: &[i64], json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    if mails.is_empty() {
        tray(here, &mut store, json)?;
        return Ok(ExitCode::SUCCESS);
    }
    let who = here.person()?.name.clone();
    let mut adopted = Vec::new();
    for mail in mails {
        let row = store.write(wall::now(), |tx| {
            let ticket = act::adopt(tx, &here.config, *mail, &who)?;
            tx.ticket(ticket)
        })?;
        if let Some(row) = row {
            adopted.push(Adopted {
                mail: *mail,
                r#ref: row.reference.to_string(),
                name: row.name.to_string(),
                received_at: row.opened_at.to_string(),
            });
            if json {
                continue;
            }
            output::line(format!(
                "{} {}  its clock runs from {}; no letter is sent",
                row.reference,
                row.name,
                look::moment(row.opened_at, &here.config.calendar)
            ));
        }
    }
    if json {
        output::json(&adopted)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tray(here: &Here, store: &mut Store, json: bool) -> Result<()> {
    let tray = store.read(wall::now(), |tx| tx.tray())?;
    if json {
        return output::json(&Desk::new(&tray));
    }
    if tray.is_empty() {
        output::line("The tray is empty.");
        return Ok(());
    }
    let row = |mail: &MailRow| {
        let from = mail
            .author
            .as_ref()
            .map_or("nobody".to_owned(), ToString::to_string);
        let received = look::moment(mail.received_at, &here.config.calendar);
        output::Row::new(vec![
            mail.id.to_string(),
            received,
            from,
            mail.kind.0.clone(),
            output::quoted(&mail.subject, 60),
        ])
    };
    output::table(
        &["MAIL", "RECEIVED", "FROM", "KIND", "SUBJECT"],
        tray.iter().map(row).collect(),
    );
    output::line("A ticket with its clock from receipt: gatepost adopt MAIL");
    Ok(())
}
