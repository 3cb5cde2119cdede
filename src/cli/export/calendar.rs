//! `export calendar`: the open deadlines, for the calendars of the team.

use super::file::Target;
use crate::cli::args::Calendar;
use crate::cli::record::member;
use crate::cli::{Here, output};
use crate::desk::Files;
use crate::export::calendar::{Deadline, calendar as write};
use crate::store::Tx;
use crate::wall;
use anyhow::Result;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

#[derive(Serialize)]
struct Line<'d> {
    r#ref: String,
    name: String,
    promise: &'d str,
    owner: Option<&'d str>,
    soft: bool,
    due_at: String,
}

/// Writes them to a file, or to standard output.
pub fn calendar(here: &Here, wanted: &Calendar) -> Result<ExitCode> {
    let owner = match (wanted.mine, wanted.owner.as_deref()) {
        (true, _) => Some(Some(here.person()?.name.clone())),
        (false, Some("nobody")) => Some(None),
        (false, Some(name)) => Some(Some(member(here, name)?)),
        (false, None) => None,
    };
    let now = wall::now();
    let mut all = here.store()?.read(now, |tx| deadlines(here, tx))?;
    all.retain(|d| owner.as_ref().is_none_or(|owner| d.owner == *owner));
    if wanted.json {
        let line = |d: &'_ Deadline| -> serde_json::Result<serde_json::Value> {
            serde_json::to_value(Line {
                r#ref: d.reference.to_string(),
                name: d.name.to_string(),
                promise: &d.promise,
                owner: d.owner.as_deref(),
                soft: d.soft,
                due_at: d.due_at.to_string(),
            })
        };
        let lines: Vec<_> = all.iter().map(line).collect::<Result<_, _>>()?;
        output::json(&lines)?;
        return Ok(ExitCode::SUCCESS);
    }
    let first = here.config.mailboxes.first();
    let domain = first.map_or("gatepost", |mailbox| mailbox.address.domain());
    let text = write(&all, domain, now);
    match &wanted.file {
        None => {
            let mut out = output::pipe();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
        Some(path) => {
            let target = Target::read(path)?;
            target.is_ours("BEGIN:VCALENDAR")?;
            target.replace(text.as_bytes())?;
            output::line(format!("{}: {} deadlines", path.display(), all.len()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Those that are open and do not rest, the next one first.
fn deadlines(here: &Here, tx: &Tx) -> Result<Vec<Deadline>> {
    let mut files = Files::new(tx, &here.config);
    let mut all: Vec<Deadline> = Vec::new();
    for row in tx.tickets(false)? {
        let file = files.open(row.number)?;
        for duty in file.duties.iter().filter(|d| d.presses()) {
            let Some(due_at) = duty.due_at() else {
                continue;
            };
            all.push(Deadline {
                reference: row.reference.clone(),
                name: row.name.clone(),
                promise: duty.promise.name.clone(),
                start: duty.stored.start,
                owner: row.owner.clone(),
                due_at,
                soft: duty.promise.soft,
            });
        }
    }
    all.sort_by_key(|d| d.due_at);
    Ok(all)
}
