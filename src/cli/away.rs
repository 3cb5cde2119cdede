//! `away`: who is away, and who covers.

use super::record::member;
use super::verbs::Away;
use super::{Here, Usage, look, output, when};
use crate::desk::record::away as write;
use crate::store::{self, Tx};
use crate::wall;
use anyhow::Result;
use jiff::civil::Date;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Line {
    who: String,
    first: String,
    last: String,
    cover: String,
    now: bool,
}

/// Records an absence, ends one, or lists them.
pub fn away(here: &Here, wanted: &Away) -> Result<ExitCode> {
    let today = here.config.calendar.local_date(wall::now());
    let mut store = here.store()?;
    let (who, cover) = match (&wanted.who, &wanted.cover, &wanted.back) {
        (Some(who), Some(cover), _) => (member(here, who)?, member(here, cover)?),
        (None, _, Some(back)) => {
            here.person()?;
            let back = member(here, back)?;
            let end = |tx: &Tx| tx.back(&back, today);
            let ended = if wanted.dry_run {
                store.rehearse(wall::now(), end)?
            } else {
                store.write(wall::now(), end)?
            };
            if ended == 0 {
                return Err(Usage(format!("{back} is not away\n  hint: gatepost away")).into());
            }
            if wanted.json {
                return listed(here, wanted, today);
            }
            output::line(format!("{back} is back: reminders go to {back} again."));
            return Ok(ExitCode::SUCCESS);
        }
        (None, _, None) | (Some(_), None, _) => return listed(here, wanted, today),
    };
    let by = here.person()?.name.clone();
    let (first, last) = when::days(&wanted.days.join(" "), today)?;
    let away = store::Away {
        who,
        first,
        last,
        cover,
    };
    let verb = |tx: &Tx| {
        write(tx, &here.config, &away, &by)?;
        let open = tx.tickets(false)?;
        let mine = open.iter().filter(|t| t.owner.as_ref() == Some(&away.who));
        Ok(mine.map(|t| t.number.to_string()).collect::<Vec<_>>())
    };
    let open = if wanted.dry_run {
        store.rehearse(wall::now(), verb)?
    } else {
        store.write(wall::now(), verb)?
    };
    if wanted.json {
        return listed(here, wanted, today);
    }
    let numbers = if open.is_empty() {
        "none".to_owned()
    } else {
        format!("{}: {}", open.len(), open.join(" "))
    };
    output::line(span(&away, today));
    output::line(format!(
        "Open tickets of {}: {numbers}. Reminders go to {}; owner stays {}. Letters: none.",
        away.who, away.cover, away.who
    ));
    Ok(ExitCode::SUCCESS)
}

/// With the year where that is not this one.
fn span(away: &store::Away, today: Date) -> String {
    let day = |day: Date| match day.year() == today.year() {
        true => look::day(day),
        false => format!("{} {}", look::day(day), day.year()),
    };
    format!(
        "{:<10} {} to {}   cover {}",
        away.who,
        day(away.first),
        day(away.last),
        away.cover
    )
}

/// Those that run or are to come.
fn listed(here: &Here, wanted: &Away, today: Date) -> Result<ExitCode> {
    let all = here.store()?.read(wall::now(), |tx| tx.away())?;
    let all: Vec<_> = all.iter().filter(|a| a.last >= today).collect();
    if wanted.json {
        let line = |a: &&store::Away| Line {
            who: a.who.clone(),
            first: a.first.to_string(),
            last: a.last.to_string(),
            cover: a.cover.clone(),
            now: a.on(today),
        };
        output::json(&all.iter().map(line).collect::<Vec<_>>())?;
    } else if all.is_empty() {
        output::line("Nobody is away, and no absence is planned.");
    } else {
        for away in all {
            let now = if away.on(today) { "   now" } else { "" };
            output::line(format!("{}{now}", span(away, today)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
