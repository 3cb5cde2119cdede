//! The values of the page: what is open, and how the promises were kept over time.

use super::text::{any_cannot, late_ones, notes, received};
use super::{Counted, under};
use crate::cli::list::{self, Board};
use crate::export::board::{Bar, InTime, Open, Page, Press, Promise, Said, Title, page as write};
use crate::promise::Standing;
use crate::promise::tally::{Days, Fate, Judged, Row};
use crate::store::Tx;
use anyhow::Result;

/// So many tickets that a promise was late on are named.
const NAMED: usize = 30;

/// The page, and how many tickets are open on it.
///
/// # Errors
/// When the store cannot be read.
pub fn page(counted: &Counted, tx: &Tx) -> Result<(String, usize)> {
    let config = &counted.here.config;
    let history = &history(counted);
    let open = list::board(counted.here, tx)?;
    let tickets = open.iter().map(|line| line.more + 1).sum();
    let zone = config.calendar.zone().iana_name().unwrap_or("UTC");
    let made = counted.now.to_zoned(config.calendar.zone().clone());
    let past: Vec<Vec<Row>> = history.iter().map(|days| counted.rows_of(*days)).collect();
    let promises = counted.rows.iter().map(|row| {
        let bars = if row.soft || row.unit.is_none() {
            Vec::new()
        } else {
            bars(&row.promise, (history, counted.span.days), &past)
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
        bars: about_bars(counted, history),
        notes: notes(counted),
        tickets,
        open: open.into_iter().map(line).collect(),
    };
    Ok((write(&page), tickets))
}

/// The months or quarters that are drawn: up to today, and to what counts in the span and was
/// kept before its day, so that the bars of a span add up to its percentage.
fn history(counted: &Counted) -> Vec<Days> {
    let (days, calendar) = (counted.span.days, &counted.here.config.calendar);
    let today = calendar.local_date(counted.now);
    let drawn = |one: &&Judged| matches!(one.fate, Fate::Kept | Fate::Late);
    let last = counted.tally.of(days).filter(drawn).map(|one| one.on).max();
    days.history(last.map_or(today, |last| last.max(today)))
}

fn about_bars(counted: &Counted, history: &[Days]) -> String {
    let of_months = history.iter().all(Days::is_month);
    let bars = if of_months { "months" } else { "quarters" };
    let last = history.last().map(|days| days.last);
    let last = last.map(|day| day.strftime("%B %Y").to_string());
    format!(
        "{} {bars} to {}, each whole, by the day on which a promise was due: kept below, late on top with its number in bold. Moved, open and void ones stand in the table alone. The percentages are of {}: its {bars} are underlined.",
        history.len(),
        last.unwrap_or_default(),
        counted.span.words()
    )
}

fn promise(counted: &Counted, row: &Row, bars: Vec<Bar>) -> Promise {
    let count = |fate| row.count(fate).to_string();
    let alike = |other: &&Row| (other.unit.is_none(), other.soft) == (row.unit.is_none(), row.soft);
    let cannot = any_cannot(counted.rows.iter().filter(alike));
    let cannot = cannot.then(|| ("Cannot", count(Fate::Cannot)));
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
    let which = if row.soft {
        "Past their day"
    } else {
        "Late ones"
    };
    let in_time = row.in_time().zip(row.percent());
    Promise {
        name: row.promise.clone(),
        said: under::said(counted, row).into_iter().map(said).collect(),
        kind: match (row.unit, row.soft) {
            (None, _) => Some("no time"),
            (Some(_), true) => Some("soft"),
            (Some(_), false) => None,
        },
        figures: counts.into_iter().chain(cannot).chain(times).collect(),
        late_ones: row.unit.map(|_| (which, late_ones(row, NAMED))),
        in_time: in_time.map(|((kept, all), percent)| InTime { percent, kept, all }),
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
fn bars(promise: &str, (history, span): (&[Days], Days), past: &[Vec<Row>]) -> Vec<Bar> {
    let mut year = None;
    let all: Vec<Bar> = history
        .iter()
        .zip(past)
        .map(|(days, rows)| {
            let hard = |row: &&Row| row.promise == promise && !row.soft && row.unit.is_some();
            let row = rows.iter().find(hard);
            let count = |fate| row.map(|row| row.count(fate)).unwrap_or_default();
            let first = days.first;
            let begins = year.replace(first.year()) != Some(first.year());
            Bar {
                label: match days.is_month() {
                    true => first.strftime("%b").to_string(),
                    false => format!("Q{}", (first.month() - 1) / 3 + 1),
                },
                year: begins.then(|| first.year().to_string()),
                kept: count(Fate::Kept),
                late: count(Fate::Late),
                in_span: days.first <= span.last && span.first <= days.last,
            }
        })
        .collect();
    let any = all.iter().any(|bar| bar.kept + bar.late > 0);
    if any { all } else { Vec::new() }
}

/// In the words of `list`.
fn line(line: Board) -> Open {
    let row = &line.file.row;
    let hard = line.file.first_duty().filter(|duty| !duty.promise.soft);
    Open {
        reference: row.reference.to_string(),
        name: row.name.to_string(),
        press: match hard.map(|duty| duty.state.standing) {
            Some(Standing::Overdue) => Press::Late,
            Some(Standing::Approaching) => Press::Soon,
            Some(_) | None => Press::Not,
        },
        owner: row.owner.clone(),
        due: line.due,
        to_do: line.to_do,
        clash: line.clash,
        severity: line.severity,
        marks: line.marks,
        title: match line.title {
            list::Title::Ours(title) => Title::Ours(title),
            list::Title::Theirs(subject) => Title::Theirs(subject),
        },
        behind: line.behind,
    }
}
