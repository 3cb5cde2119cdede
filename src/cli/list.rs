//! `list`: open tickets, the most urgent first, trouble on top.

use super::args::List;
use super::document::Ticket;
use super::{Here, look, output};
use crate::daemon::{CLOCK_TROUBLE, TROUBLE};
use crate::desk::health::{ALARM_TROUBLE, CONFIG_TROUBLE};
use crate::desk::{self, Duty, File, settle};
use crate::letters;
use crate::promise::Standing;
use crate::store::{Listing, Tx};
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use std::process::ExitCode;

/// A subject is shown up to this many characters, however wide the terminal is.
const TITLE: usize = 120;

/// Lists them.
pub fn list(here: &Here, wanted: &List) -> Result<ExitCode> {
    let mut store = here.store()?;
    store.read(wall::now(), |tx| {
        let mut rows = Vec::new();
        for row in tx.tickets(wanted.all)? {
            let (file, listing) = (
                desk::file(tx, &here.config, row.number)?,
                tx.listing(row.number)?,
            );
            if matches(wanted, &file, &listing) {
                rows.push((file, listing));
            }
        }
        rows.sort_by_key(|(file, _)| urgency(file));
        if wanted.json {
            return output::json(
                &rows
                    .iter()
                    .map(|(f, l)| Ticket::new(f, l))
                    .collect::<Vec<_>>(),
            );
        }
        head(here, tx)?;
        table(here, &rows, tx.now());
        foot(tx, rows.len())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn matches(wanted: &List, file: &File, listing: &Listing) -> bool {
    let late = || {
        file.duties
            .iter()
            .any(|d| d.state.standing == Standing::Overdue)
    };
    let held = || {
        listing
            .acknowledgement
            .as_ref()
            .is_some_and(|(state, _)| state == "held")
    };
    (!wanted.late || late()) && (!wanted.held || held())
}

fn urgency(file: &File) -> (bool, Option<Timestamp>, i64) {
    let due = file.first_duty().and_then(Duty::due_at);
    (due.is_none(), due, file.row.number.0)
}

/// Where things stand as a whole, and what is broken.
fn head(here: &Here, tx: &Tx) -> Result<()> {
    let now = tx.now();
    for (key, what) in troubles(here) {
        if let Some(trouble) = tx.meta(&key)? {
            let (since, why) = trouble.split_once('\n').unwrap_or((&trouble, ""));
            let since = since
                .parse()
                .map(|at| look::moment(at, &here.config.calendar))
                .unwrap_or_default();
            let why = why.lines().next().unwrap_or_default();
            output::alarm(format!(
                "!! {what} since {since}: {}",
                crate::mail::Foreign::new(why).cut(200)
            ));
        }
    }
    for letter in tx.refused_to_team()? {
        let words = crate::mail::Foreign::new(settle::refused_words(&letter));
        output::alarm(format!("!! {}   (gatepost outbox)", words.cut(200)));
    }
    let waiting = tx.unsettled_letters()?;
    let held = waiting.iter().filter(|l| l.state.word() == "held").count();
    let mut parts = vec![look::moment(now, &here.config.calendar)];
    let looked = tx.folders()?.iter().map(|f| f.looked_at).min();
    parts.push(looked.map_or("no folder is watched".to_owned(), |at| {
        format!("looked {}", look::ago(at, now))
    }));
    if !crate::store::is_held(&here.config.store) {
        parts.push("NO DAEMON RUNS".to_owned());
    }
    let others = waiting.len() - held;
    for (count, what) in [
        (held, "held"),
        (others, "in the outbox"),
        (tx.tray_count()? as usize, "in the tray"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    output::strong(parts.join("  "));
    Ok(())
}

fn troubles(here: &Here) -> Vec<(String, String)> {
    let mut all = vec![
        (TROUBLE.to_owned(), "SMTP does not work".to_owned()),
        (CLOCK_TROUBLE.to_owned(), "reminders do not work".to_owned()),
        (
            ALARM_TROUBLE.to_owned(),
            "the alarm command does not work".to_owned(),
        ),
        (
            CONFIG_TROUBLE.to_owned(),
            "the config on the disk is not in force".to_owned(),
        ),
    ];
    all.extend(here.config.mailboxes.iter().map(|m| {
        (
            format!("trouble/imap/{}", m.name),
            format!("mailbox {} cannot be read", m.name),
        )
    }));
    all
}

fn table(here: &Here, rows: &[(File, Listing)], now: Timestamp) {
    let row = |(file, listing): &(File, Listing)| {
        let due = file.first_duty();
        let when = due.map_or("-".to_owned(), |d| {
            look::duty(d, now, &here.config.calendar)
        });
        let owner = file.row.owner.clone().unwrap_or("-".to_owned());
        let title = output::quoted(&file.row.subject, TITLE);
        let late = due.is_some_and(|d| d.state.standing == Standing::Overdue && !d.promise.soft);
        output::Row::new(vec![
            file.row.number.to_string(),
            when,
            to_do(file, listing),
            owner,
            title,
        ])
        .alarming(late)
    };
    if !rows.is_empty() {
        output::table(
            &["REF", "DUE", "TO DO", "OWNER", "TITLE"],
            rows.iter().map(row).collect(),
        );
    }
}

/// What a person has to do next, in a few words.
fn to_do(file: &File, listing: &Listing) -> String {
    let mut parts = Vec::new();
    if let Some(duty) = file.first_duty() {
        let half = if duty.state.standing == Standing::HalfKept {
            " (half kept)"
        } else {
            ""
        };
        let missing: Vec<&str> = duty
            .state
            .missing
            .iter()
            .map(|m| verb(letters::part(m)))
            .collect();
        parts.push(format!("{}{half}", missing.join(", ")));
    }
    if listing
        .acknowledgement
        .as_ref()
        .is_some_and(|(state, _)| state == "held")
    {
        parts.push("HELD".to_owned());
    }
    if file.ticket.unreachable {
        parts.push("UNREACHABLE".to_owned());
    }
    if file.row.chased > 0 {
        parts.push(format!("CHASED {}x", file.row.chased));
    }
    if parts.is_empty() {
        "-".to_owned()
    } else {
        parts.join(" ")
    }
}

/// What is missing, as something to do.
fn verb(part: &str) -> &str {
    match part {
        "evaluation" => "evaluate",
        _ => part,
    }
}

fn foot(tx: &Tx, shown: usize) -> Result<()> {
    let all = tx.count_tickets()?;
    output::line(format!("{shown} of {} tickets shown", all));
    Ok(())
}
