//! `adopt`: what lies in the tray, and how it becomes a ticket.

use super::document::Desk;
use super::{Here, look, output};
use crate::desk::act;
use crate::store::MailRow;
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// Lists the tray, or takes mails out of it.
pub fn adopt(here: &Here, mails: &[i64], json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    if mails.is_empty() {
        let marks = |mail: &MailRow| here.marks(mail.author.as_ref(), &mail.author_name);
        let tray = store.read(wall::now(), |tx| tx.tray())?;
        if json {
            output::json(&Desk::new(&tray, marks))?;
            return Ok(ExitCode::SUCCESS);
        }
        if tray.is_empty() {
            output::line("The tray is empty.");
            return Ok(ExitCode::SUCCESS);
        }
        let row = |mail: &MailRow| {
            let from = look::address(mail.author.as_ref(), "nobody", &marks(mail));
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
