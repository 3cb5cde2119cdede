//! The values of the page: what is open, and how the promises were kept over time.

use super::text::{late_ones, notes, received};
use super::{Counted, under};
use crate::cli::list::{lacking, urgency};
use crate::cli::look;
use crate::desk::{Duty, File, Files};
use crate::export::board::{Bar, Open, Page, Press, Promise, Said, Title, page as write};
use crate::promise::Standing;
use crate::promise::tally::{Days, Fate, Row};
use crate::store::Tx;
use anyhow::Result;

/// So many tickets that a promise was late on are named.
const NAMED: usize = 30;

/// The page, and how many tickets are open on it.
///
/// # Errors
/// When the store cannot be read.
pub fn page(counted: &Counted, tx: &Tx, history: &[Days]) -> Result<(String, usize)> {
    let config = &counted.here.config;
    let mut files = Files::new(tx, config);
    let mut open = Vec::new();
    for row in tx.tickets(false)? {
        open.push(files.open(row.number)?);
    }
    open.sort_by_key(|file| urgency(file, counted.here));
    let zone = config.calendar.zone().iana_name().unwrap_or("UTC");
    let made = counted.now.to_zoned(config.calendar.zone().clone());
    let past: Vec<Vec<Row>> = history.iter().map(|days| counted.rows_of(*days)).collect();
    let promises = counted.rows.iter().map(|row| {
        let bars = if row.soft || row.unit.is_none() {
            Vec::new()
        } else {
            bars(&row.promise, history, &past)
        };
        promise(counted, row, bars)
    });
    let page = Page {
        organisation: config.organisation.name.clone(),
        span: format!("Due in {}, {zone}", counted.span.words()),
        made: format!(
            "As of {}; the policy in force is {} of {}",
            made.strftime("%a %-d %b %Y %H:%M"),
            config.policy.name,
            config.policy.version
        ),
        received: received(counted),
        under: under::named(counted).map(|under| format!("Promised under {under}")),
        promises: promises.collect(),
        notes: notes(counted),
        open: open.iter().map(|file| line(counted, file)).collect(),
    };
    Ok((write(&page), open.len()))
}

fn promise(counted: &Counted, row: &Row, bars: Vec<Bar>) -> Promise {
    let count = |fate| row.count(fate).to_string();
    let times = [
        ("Median", row.median_words().unwrap_or_default()),
        ("Longest", row.longest_words().unwrap_or_default()),
    ];
    let late = if row.soft { "Passed" } else { "Late" };
    let counts = match row.unit {
        None => vec![
            ("Began", row.due().to_string()),
            ("Kept", count(Fate::Kept)),
            ("Open", count(Fate::Open)),
            ("Void", count(Fate::Void)),
        ],
        Some(_) => vec![
            ("Due", row.due().to_string()),
            ("Kept", count(Fate::Kept)),
            ("Moved", count(Fate::Moved)),
            (late, count(Fate::Late)),
            ("Open", count(Fate::Open)),
            ("Void", count(Fate::Void)),
        ],
    };
    let mut figures: Vec<(&'static str, String)> = counts.into_iter().chain(times).collect();
    if row.unit.is_some() {
        let which = if row.soft {
            "Past their day"
        } else {
            "Late ones"
        };
        figures.push((which, late_ones(row, NAMED)));
    }
    let in_time = row.in_time().zip(row.percent());
    Promise {
        name: row.promise.clone(),
        said: under::said(counted, row).into_iter().map(said).collect(),
        kind: match (row.unit, row.soft) {
            (None, _) => Some("no time"),
            (Some(_), true) => Some("soft"),
            (Some(_), false) => None,
        },
        figures,
        in_time: in_time
            .map(|((kept, all), percent)| format!("{percent} % in time, {kept} of {all}")),
        bars,
    }
}

fn said(said: under::Said) -> Said {
    Said {
        under: said.under,
        sentence: said.sentence.to_owned(),
    }
}

/// Empty where nothing was kept or late in all of it.
fn bars(promise: &str, history: &[Days], past: &[Vec<Row>]) -> Vec<Bar> {
    let mut year = None;
    let all: Vec<Bar> = history
        .iter()
        .zip(past)
        .map(|(days, rows)| {
            let hard = |row: &&Row| row.promise == promise && !row.soft && row.unit.is_some();
            let row = rows.iter().find(hard);
            let count = |fate| row.map(|row| row.count(fate)).unwrap_or_default();
            let first = days.first;
            let is_month = first.month() == days.last.month();
            let begins = year.replace(first.year()) != Some(first.year());
            Bar {
                label: match is_month {
                    true => first.strftime("%b").to_string(),
                    false => format!("Q{}", (first.month() - 1) / 3 + 1),
                },
                year: begins.then(|| first.year().to_string()),
                kept: count(Fate::Kept),
                late: count(Fate::Late),
            }
        })
        .collect();
    let any = all.iter().any(|bar| bar.kept + bar.late > 0);
    if any { all } else { Vec::new() }
}

fn line(counted: &Counted, file: &File) -> Open {
    let calendar = &counted.here.config.calendar;
    let duty = file.first_duty();
    let hard = duty.filter(|duty| !duty.promise.soft);
    let due = |duty: &Duty| look::duty(duty, counted.now, calendar);
    let row = &file.row;
    let mut to_do = duty.map(|duty| lacking(file, duty)).unwrap_or_default();
    if row.chased > 0 {
        to_do.push_str(&format!(" CHASED {}x", row.chased));
    }
    Open {
        reference: row.reference.to_string(),
        name: row.name.to_string(),
        due: duty.map(due).unwrap_or_default(),
        press: match hard.map(|duty| duty.state.standing) {
            Some(Standing::Overdue) => Press::Late,
            Some(Standing::Approaching) => Press::Soon,
            Some(_) | None => Press::Not,
        },
        to_do,
        owner: row.owner.clone(),
        severity: row.severity.clone(),
        title: match &row.title {
            Some(title) => Title::Ours(title.clone()),
            None => Title::Theirs(row.subject.clone()),
        },
    }
}
