//! `reopen`: a closed ticket goes on, or something on record was wrong.

use super::verbs::Reopen;
use super::{Here, output, record};
use crate::desk::act;
use crate::desk::record::{reopen as open_again, retract};
use crate::ticket::Stage;
use anyhow::Result;
use std::process::ExitCode;

/// Opens it again.
pub fn reopen(here: &Here, wanted: &Reopen) -> Result<ExitCode> {
    let because = wanted.because.as_deref();
    record::perform(here, &wanted.reference, &wanted.manner, |tx, file, who| {
        let number = file.row.number;
        if !wanted.manner.json {
            act::followers(tx, number)?.iter().for_each(|other| {
                output::line(format!(
                    "! {other} follows it as its duplicate: its reporter is told nothing by this"
                ));
            });
        }
        let Some(fact) = wanted.retract else {
            return open_again(tx, &here.config, number, because, who);
        };
        let why = because.unwrap_or_default();
        retract(tx, &here.config, number, fact, why, who)?;
        let now = crate::desk::file(tx, &here.config, number)?;
        if now.ticket.stage == Stage::Closed && !wanted.manner.json {
            output::line(format!(
                "! {number} stays closed: gatepost reopen {} --retract takes back its end",
                number.0
            ));
        }
        Ok(())
    })
}
