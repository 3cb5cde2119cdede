//! Reports that belong together: what this one follows, what follows it, and what looks
//! like it. What looks alike is a question to a person, with the command that answers it.

use crate::cli::document::{Kin, Like};
use crate::cli::{Here, look, output};
use crate::desk::{File, act, likeness};
use crate::store::Tx;
use crate::ticket::{Stage, TicketNo};
use anyhow::{Context, Result};

/// Reads it.
pub fn kin(here: &Here, tx: &Tx, file: &File) -> Result<Kin> {
    let reference = |number: TicketNo| -> Result<String> {
        let row = tx.ticket(number)?.context("a ticket is gone")?;
        Ok(row.reference.to_string())
    };
    let follows = file.ticket.follows();
    let alike = likeness::alike(tx, &file.row, &file.ticket)?;
    let like = |one: likeness::Alike| Like {
        r#ref: one.row.reference.to_string(),
        stage: one.row.stage.clone(),
        received_at: one.row.opened_at.to_string(),
        because: one.because,
        by_page: one.by_page,
        same_reporter: one.same_reporter,
        command: format!(
            "gatepost evaluate {} duplicate --of {}",
            one.duplicate.0.0, one.duplicate.1.0
        ),
    };
    Ok(Kin {
        follows: follows.map(reference).transpose()?,
        untold: act::untold(tx, &here.config, file)?,
        duplicates: act::followers(tx, file.row.number)?
            .into_iter()
            .map(reference)
            .collect::<Result<_>>()?,
        alike: alike.into_iter().map(like).collect(),
    })
}

/// Prints it.
pub fn print(here: &Here, kin: &Kin) {
    if let Some(first) = &kin.follows {
        output::line(format!("dup  of {first}, and follows it"));
    }
    kin.untold
        .iter()
        .for_each(|news| output::alarm(format!("!    {news}")));
    match kin.duplicates.as_slice() {
        [] => {}
        [one] => output::line(format!("dup  {one} follows it")),
        many => output::line(format!("dup  {} follow it", many.join(", "))),
    }
    let (by_page, alike): (Vec<&Like>, Vec<&Like>) = kin.alike.iter().partition(|one| one.by_page);
    if !by_page.is_empty() {
        let told = |one: &&Like| format!("{}: {}", one.r#ref, one.because.join("; "));
        let told: Vec<String> = by_page.iter().map(told).collect();
        output::marked("     same page as ", &told.join(", "));
    }
    for one in alike {
        let at = one.received_at.parse();
        let day = at.map_or(String::new(), |at| {
            format!(" of {}", look::moment(at, &here.config.calendar))
        });
        let closed = match one.stage.as_str() {
            stage if stage == Stage::Closed.word() => ", which is closed",
            _ => "",
        };
        let who = if one.same_reporter {
            "; from the same address"
        } else {
            ""
        };
        output::line(format!(
            "?    looks like {}{day}{closed}: {}{who}. If it is:",
            one.r#ref,
            one.because.join("; ")
        ));
        output::line(format!("     {}", one.command));
    }
}
