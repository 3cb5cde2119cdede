//! The count for scripts.

use super::{Counted, how, under};
use crate::promise::End;
use crate::promise::tally::{self, Fate, Fates, Row, Unit};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub struct Document {
    span: Span,
    at: String,
    policy: String,
    policies: Vec<Policy>,
    received: Received,
    promises: Vec<Promise>,
    left_out: LeftOut,
    late: Vec<Late>,
}

#[derive(Serialize)]
struct Span {
    name: Option<String>,
    first: String,
    last: String,
    zone: String,
    since_at: String,
    until_at: String,
}

#[derive(Serialize)]
struct Received {
    all: usize,
    reports: usize,
    classes: BTreeMap<String, usize>,
    not_reports: usize,
    adopted: usize,
}

/// A policy under which counted promises were made.
#[derive(Serialize)]
struct Policy {
    name: String,
    version: String,
    promises: usize,
}

#[derive(Serialize)]
struct Promise {
    promise: String,
    page: Option<String>,
    under: Vec<Under>,
    soft: bool,
    unit: Option<&'static str>,
    #[serde(flatten)]
    counts: Counts,
    still_open: usize,
    in_time: Option<f64>,
    median: Option<f64>,
    longest: Option<f64>,
    longest_goes_on: bool,
    median_seconds: Option<f64>,
    longest_seconds: Option<f64>,
    late_ones: Vec<LateOne>,
    cannot_ones: Vec<String>,
}

/// Those that were made in the same words.
#[derive(Serialize)]
struct Under {
    policy: String,
    version: String,
    page: String,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Counts {
    due: usize,
    kept: usize,
    moved: usize,
    late: usize,
    passed: usize,
    open: usize,
    void: usize,
    cannot: usize,
}

impl Counts {
    fn of(of: &Fates, soft: bool) -> Self {
        let late = of.count(Fate::Late);
        Self {
            due: of.due(),
            kept: of.count(Fate::Kept),
            moved: of.count(Fate::Moved),
            late: if soft { 0 } else { late },
            passed: if soft { late } else { 0 },
            open: of.count(Fate::Open),
            void: of.count(Fate::Void),
            cannot: of.count(Fate::Cannot),
        }
    }
}

#[derive(Serialize)]
struct LateOne {
    r#ref: String,
    times: usize,
}

#[derive(Serialize)]
struct LeftOut {
    not_reports: usize,
    adopted: usize,
}

#[derive(Serialize)]
struct Late {
    r#ref: String,
    promise: String,
    soft: bool,
    due_at: Option<String>,
    ended_at: Option<String>,
    how: &'static str,
    missing: Vec<String>,
    late_seconds: f64,
}

impl Document {
    pub fn new(counted: &Counted) -> Self {
        let config = &counted.here.config;
        let days = counted.span.days;
        let (since, until) = counted.span.moments(&config.calendar);
        let received = &counted.tally.received;
        let late = [false, true].into_iter().flat_map(|soft| {
            let late = counted.late(soft).into_iter();
            late.map(move |(one, lateness)| Late {
                r#ref: counted.reference(one.ticket),
                promise: one.promise.clone(),
                soft,
                due_at: one.due_at.map(|at| at.to_string()),
                ended_at: one.end.map(|end| End::at(end).to_string()),
                how: how(one),
                missing: one.missing.clone(),
                late_seconds: lateness.seconds,
            })
        });
        Self {
            span: Span {
                name: days.name(),
                first: days.first.to_string(),
                last: days.last.to_string(),
                zone: config
                    .calendar
                    .zone()
                    .iana_name()
                    .unwrap_or("UTC")
                    .to_owned(),
                since_at: since.to_string(),
                until_at: until.to_string(),
            },
            at: counted.now.to_string(),
            policy: config.policy.name.clone(),
            policies: under::policies(counted).iter().map(policy).collect(),
            received: Received {
                all: received.all(),
                reports: received.reports,
                classes: received.classes.clone(),
                not_reports: received.not_reports,
                adopted: received.adopted,
            },
            promises: counted
                .rows
                .iter()
                .map(|row| promise(counted, row))
                .collect(),
            left_out: LeftOut {
                not_reports: counted.tally.left_out.not_reports,
                adopted: counted.tally.left_out.adopted,
            },
            late: late.collect(),
        }
    }
}

fn policy(made: &under::Made) -> Policy {
    Policy {
        name: made.policy.to_owned(),
        version: made.version.to_string(),
        promises: made.promises,
    }
}

fn promise(counted: &Counted, row: &Row) -> Promise {
    let under = |under: &tally::Under| Under {
        policy: under.page.policy.clone(),
        version: under.page.version.to_string(),
        page: under.page.sentence.clone(),
        counts: Counts::of(&under.of, row.soft),
    };
    let late_one = |(ticket, times): &(_, usize)| LateOne {
        r#ref: counted.reference(*ticket),
        times: *times,
    };
    let cannot = row.cannot_on.iter();
    Promise {
        promise: row.promise.clone(),
        page: under::only_sentence(row).map(str::to_owned),
        under: row.under.iter().map(under).collect(),
        soft: row.soft,
        unit: row.unit.map(Unit::word),
        counts: Counts::of(&row.of, row.soft),
        still_open: row.still_open,
        in_time: in_time(row),
        median: row.median.map(|took| took.amount),
        longest: row.longest.map(|took| took.amount),
        longest_goes_on: row.longest.is_some_and(|took| took.goes_on),
        median_seconds: row.median.map(|took| took.seconds),
        longest_seconds: row.longest.map(|took| took.seconds),
        late_ones: row.late_on.iter().map(late_one).collect(),
        cannot_ones: cannot.map(|ticket| counted.reference(*ticket)).collect(),
    }
}

/// The share that was kept; of what is soft or has no time there is none.
pub fn in_time(row: &Row) -> Option<f64> {
    let (kept, all) = row.in_time().filter(|_| !row.soft && row.unit.is_some())?;
    Some(kept as f64 / all as f64)
}
