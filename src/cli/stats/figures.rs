//! The count for other programs: a spreadsheet, Prometheus. Nothing of a report is in it.

use super::{Counted, how};
use crate::export::csv::record;
use crate::export::prometheus::{Figure, Sample, text};
use crate::promise::End;
use crate::promise::tally::{Fate, Row, Unit};

/// So many tickets that a promise was late on are named: a cell of a spreadsheet has an end.
const NAMED: usize = 1000;

/// One line a promise.
pub fn csv(counted: &Counted) -> String {
    let mut out = record([
        "since",
        "until",
        "zone",
        "promise",
        "kind",
        "unit",
        "due",
        "kept",
        "moved",
        "late",
        "passed",
        "open",
        "void",
        "cannot",
        "median",
        "longest",
        "late_refs",
    ]);
    let days = counted.span.days;
    let zone = counted.here.config.calendar.zone();
    for row in &counted.rows {
        let count = |fate| row.count(fate).to_string();
        let late = row.count(Fate::Late);
        let (late, passed) = if row.soft { (0, late) } else { (late, 0) };
        let amount = |took: Option<crate::promise::tally::Took>| {
            took.map(|took| format!("{:.2}", took.amount))
                .unwrap_or_default()
        };
        let refs = row.late_on.iter().take(NAMED);
        let mut refs: Vec<String> = refs.map(|(ticket, _)| counted.reference(*ticket)).collect();
        let more = row.late_on.len() - refs.len();
        refs.extend((more > 0).then(|| format!("+{more}")));
        out.push_str(&record([
            days.first.to_string(),
            days.last.to_string(),
            zone.iana_name().unwrap_or("UTC").to_owned(),
            row.promise.clone(),
            kind(row).to_owned(),
            row.unit.map_or("", Unit::word).to_owned(),
            row.due().to_string(),
            count(Fate::Kept),
            count(Fate::Moved),
            late.to_string(),
            passed.to_string(),
            count(Fate::Open),
            count(Fate::Void),
            count(Fate::Cannot),
            amount(row.median),
            amount(row.longest),
            refs.join(" "),
        ]));
    }
    out
}

/// One line for each that was late.
pub fn late_csv(counted: &Counted) -> String {
    let mut out = record([
        "ref",
        "promise",
        "kind",
        "due_at",
        "ended_at",
        "how",
        "missing",
        "late_seconds",
    ]);
    for soft in [false, true] {
        for (one, lateness) in counted.late(soft) {
            out.push_str(&record([
                counted.reference(one.ticket),
                one.promise.clone(),
                if soft { "soft" } else { "hard" }.to_owned(),
                one.due_at.map(|at| at.to_string()).unwrap_or_default(),
                one.end
                    .map(|end| End::at(end).to_string())
                    .unwrap_or_default(),
                how(one).to_owned(),
                one.missing.join(", "),
                format!("{:.0}", lateness.seconds),
            ]));
        }
    }
    out
}

/// Gauges of the span.
pub fn prometheus(counted: &Counted) -> String {
    let (promises, seconds) = measured(&counted.rows);
    let received = &counted.tally.received;
    let left_out = counted.tally.left_out;
    let (since, until) = counted.span.moments(&counted.here.config.calendar);
    let figure = |name, help, samples| Figure {
        name,
        help,
        samples,
    };
    text(&[
        figure(
            "gatepost_promises",
            "Promises that are due in the span, by what became of them; those of kind timeless by when they began.",
            promises,
        ),
        figure(
            "gatepost_promise_seconds",
            "Real time until a promise was met: the median, and the longest, open late ones included.",
            seconds,
        ),
        figure(
            "gatepost_tickets_received",
            "Tickets received in the span.",
            of_sort(&[
                ("reports", received.reports),
                ("not-reports", received.not_reports),
                ("adopted", received.adopted),
            ]),
        ),
        figure(
            "gatepost_promises_left_out",
            "Promises that are due in the span and in no other figure.",
            of_sort(&[
                ("not-reports", left_out.not_reports),
                ("adopted", left_out.adopted),
            ]),
        ),
        figure(
            "gatepost_stats_since_timestamp_seconds",
            "The first moment of the span.",
            vec![(Vec::new(), since.as_second() as f64)],
        ),
        figure(
            "gatepost_stats_until_timestamp_seconds",
            "The first moment after the span.",
            vec![(Vec::new(), until.as_second() as f64)],
        ),
    ])
}

/// How many there were of each fate, and how long they took.
fn measured(rows: &[Row]) -> (Vec<Sample>, Vec<Sample>) {
    let (mut promises, mut seconds) = (Vec::new(), Vec::new());
    for row in rows {
        let labels = |name, value: &str| {
            vec![
                ("promise", row.promise.clone()),
                ("kind", kind(row).to_owned()),
                (name, value.to_owned()),
            ]
        };
        for fate in Fate::ALL {
            let labels = labels("fate", fate.word(row.soft));
            promises.push((labels, row.count(fate) as f64));
        }
        for (stat, took) in [("median", row.median), ("longest", row.longest)] {
            seconds.extend(took.map(|took| (labels("stat", stat), took.seconds)));
        }
    }
    (promises, seconds)
}

fn of_sort(all: &[(&str, usize)]) -> Vec<Sample> {
    let sample = |(sort, count): &(&str, usize)| {
        let labels = vec![("sort", (*sort).to_owned())];
        (labels, *count as f64)
    };
    all.iter().map(sample).collect()
}

fn kind(row: &Row) -> &'static str {
    match (row.unit, row.soft) {
        (None, _) => "timeless",
        (Some(_), true) => "soft",
        (Some(_), false) => "hard",
    }
}
