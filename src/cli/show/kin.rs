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
        only_page: one.only_page,
        same_reporter: one.same_reporter,
        command: match (one.only_page, one.duplicate) {
            (true, _) => format!("gatepost show {}", one.row.number.0),
            (false, (later, first)) => {
                format!("gatepost evaluate {} duplicate --of {}", later.0, first.0)
            }
        },
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
        .for_each(|news| output::alarm_marked("!    ", news));
    match kin.duplicates.as_slice() {
        [] => {}
        [one] => output::line(format!("dup  {one} follows it")),
        many => output::line(format!("dup  {} follow it", many.join(", "))),
    }
    kin.alike.iter().for_each(|one| alike(here, one));
}

/// Another fault of the same page is no duplicate: that is worth a look, and no command that
/// ends a report.
fn alike(here: &Here, one: &Like) {
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
    let why = one.because.join("; ");
    if one.only_page {
        let said = format!("{}{day}{closed}: {why}{who}", one.r#ref);
        let look = format!("({})", one.command);
        let lines = output::lines_of("see  ", &[said, look], 3);
        return lines.iter().for_each(output::line);
    }
    output::line(format!(
        "?    looks like {}{day}{closed}: {why}{who}. If it is:",
        one.r#ref
    ));
    output::line(format!("     {}", one.command));
}
