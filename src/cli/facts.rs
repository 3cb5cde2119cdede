//! `log`: the facts of all tickets as they are written: when, which ticket, who, what.
//!
//! It is made to leave the machine: nothing of a report is in it, no address, no text that
//! a person typed, no word of a server.

use super::verbs::Log;
use super::{Here, explain, look, output, when, words};
use crate::store::{LogLine, Store};
use crate::ticket::TicketNo;
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Serialize;
use std::process::ExitCode;

/// Facts that are read at once.
const AT_ONCE: u32 = 1_000;
/// How often another process's commits are looked for.
const LOOK: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

#[derive(Serialize)]
struct Line<'a> {
    n: i64,
    at: String,
    written_at: String,
    r#ref: &'a str,
    fact: &'a str,
    by: &'a str,
    via: Option<String>,
    what: Option<String>,
}

/// Prints it, and goes on where that was asked.
pub fn log(here: &Here, wanted: &Log) -> Result<ExitCode> {
    let mut store = here.store()?;
    let now = wall::now();
    let since = wanted.since.as_deref();
    let since = since.map(|text| when::moment(text, &here.config.calendar, now));
    let since = since.transpose()?;
    let ticket = match &wanted.reference {
        Some(reference) => {
            let file = store.read(now, |tx| explain::find(tx, here, reference))?;
            Some(file.row.number)
        }
        None => None,
    };
    let mut last = 0;
    loop {
        // Before the reading: what is committed in between is another version again.
        let version = store.data_version()?;
        last = rest(here, &mut store, wanted, (last, since, ticket))?;
        if !wanted.follow {
            return Ok(ExitCode::SUCCESS);
        }
        while store.data_version()? == version {
            if reader_is_gone()? {
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

/// Prints what came after fact `last`; gives the number of the last fact now.
fn rest(
    here: &Here,
    store: &mut Store,
    wanted: &Log,
    (mut last, since, ticket): (i64, Option<Timestamp>, Option<TicketNo>),
) -> Result<i64> {
    loop {
        let lines = store.read(wall::now(), |tx| tx.log(last, since, ticket, AT_ONCE))?;
        let Some(newest) = lines.last() else {
            return Ok(last);
        };
        last = newest.n;
        for line in &lines {
            print(here, wanted.json, line)?;
        }
    }
}

pub(super) fn print(here: &Here, json: bool, line: &LogLine) -> Result<()> {
    let said = line.what.as_ref();
    let via = said.and_then(|(_, via)| via.as_deref());
    let via = words::via(line.letter, line.mail, via);
    let what = said.map(|(what, _)| words::brief(what));
    if json {
        return output::json_line(&Line {
            n: line.n,
            at: line.at.to_string(),
            written_at: line.written_at.to_string(),
            r#ref: line.reference.as_str(),
            fact: &line.fact,
            by: line.by.name(),
            via,
            what,
        });
    }
    let what = what.unwrap_or_else(|| format!("{} (erased)", line.fact));
    let via = via.map(|v| format!("  ({v})")).unwrap_or_default();
    output::line(format!(
        "{:<5} {}  {}  {:<8} {what}{via}",
        line.n,
        look::moment(line.written_at, &here.config.calendar),
        line.reference,
        line.by.name()
    ));
    Ok(())
}

/// Waits a second at most; true when whoever reads our output has closed it.
fn reader_is_gone() -> Result<bool> {
    let out = std::io::stdout();
    // Nothing is asked for: what comes is that the other end is closed.
    let mut ends = [PollFd::new(&out, PollFlags::empty())];
    match poll(&mut ends, Some(&LOOK)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(why) => return Err(why.into()),
    }
    let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
    Ok(ends.iter().any(|end| end.revents().intersects(gone)))
}
