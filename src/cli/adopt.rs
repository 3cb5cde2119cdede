//! `adopt`: what lies in the tray, and how it becomes a ticket.

use super::document::Desk;
use super::{Here, look, output};
use crate::desk::act;
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// Lists the tray, or takes mails out of it.
pub fn adopt(here: &Here, mails: &[i64], json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    if mails.is_empty() {
        let tray = store.read(wall::now(), |tx| tx.tray())?;
        if json {
            output::json(&Desk::new(&tray))?;
            return Ok(ExitCode::SUCCESS);
        }
        if tray.is_empty() {
            output::line("The tray is empty.");
            return Ok(ExitCode::SUCCESS);
        }
        output::strong(format!(
            "{:<5} {:<16} {:<26} {:<9} {}",
            "MAIL", "RECEIVED", "FROM", "KIND", "SUBJECT"
        ));
        for mail in &tray {
            let from = mail
                .author
                .as_ref()
                .map_or("nobody".to_owned(), ToString::to_string);
            let received = look::moment(mail.received_at, &here.config.calendar);
            output::line(format!(
                "{:<5} {received:<16} {from:<26} {:<9} {}",
                mail.id,
                mail.kind.0,
                output::quoted(&mail.subject, 40)
            ));
            output::line(format!("      {}", mail.place.1));
        }
        output::line("A ticket with its clock from receipt: gatepost adopt MAIL");
        return Ok(ExitCode::SUCCESS);
    }
    let who = here.person()?.name.clone();
    for mail in mails {
        let row = store.write(wall::now(), |tx| {
            let ticket = act::adopt(tx, &here.config, *mail, &who)?;
            tx.ticket(ticket)
        })?;
        if let Some(row) = row {
            output::line(format!(
                "{} {}  its clock runs from {}; no letter is sent",
                row.reference,
                row.name,
                look::moment(row.opened_at, &here.config.calendar)
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}
