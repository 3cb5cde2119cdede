//! `export elsewhere`: a name went out where nothing of ours can take it back.

use crate::cli::args::Elsewhere;
use crate::cli::{Here, explain, output};
use crate::desk::given;
use crate::desk::record::Unfit;
use crate::mail::acts;
use crate::store::{Given, Tx, Way};
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// Characters in a place at most.
const LONGEST: usize = 200;

/// Writes it down.
pub fn elsewhere(here: &Here, wanted: &Elsewhere) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let place = wanted.place.join(" ").trim().to_owned();
    if place.is_empty() || place.chars().count() > LONGEST || place.chars().any(acts) {
        let what = format!("a place is one line of 1 to {LONGEST} characters");
        return Err(Unfit(what).into());
    }
    let write = |tx: &Tx| {
        let file = explain::find(tx, here, &wanted.reference)?;
        let Some(name) = file.ticket.agreed_name() else {
            let what = format!(
                "{} has no name that may be given out\n  hint: gatepost set {} credit=NAME",
                file.row.reference, file.row.number.0
            );
            return Err(Unfit(what).into());
        };
        let given = Given {
            ticket: file.row.number,
            name: name.to_owned(),
            way: Way::Elsewhere,
            place: place.clone(),
            line: None,
            gone: false,
            at: tx.now(),
            by: who,
        };
        given::elsewhere(tx, &here.config, &given)?;
        Ok((file.row.reference.clone(), name.to_owned()))
    };
    let (reference, name) = here.store()?.write(wall::now(), write)?;
    output::line(format!("{reference}  {name:?} was given out: {place}"));
    Ok(ExitCode::SUCCESS)
}
