//! The count as people read it.

use super::{Counted, under};
use crate::cli::{look, output};
use crate::letters;
use crate::promise::tally::{Fate, Judged, Lateness, Row, Unit};
use crate::promise::{Calendar, End};
use jiff::Timestamp;

/// Prints it, or which were late.
pub fn print(counted: &Counted, late: bool) {
    head(counted);
    if late {
        late_tables(counted);
        return;
    }
    let rows = |soft: bool, timed: bool| -> Vec<&Row> {
        let all = counted.rows.iter();
        all.filter(|row| (row.unit.is_some() == timed) && (row.soft == soft || !timed))
            .collect()
    };
    let (hard, soft, timeless) = (rows(false, true), rows(true, true), rows(false, false));
    if counted.rows.is_empty() {
        output::line("Nothing was due.");
    }
    table("LATE", "LATE ONES", &hard);
    if !soft.is_empty() {
        output::line("Soft, never called late:");
        table("PASSED", "PAST THEIR DAY", &soft);
    }
    if !timeless.is_empty() {
        output::line("Without a time, counted by the day on which they began:");
        table_of_timeless(&timeless);
    }
    foot(counted, &hard);
}

fn head(counted: &Counted) {
    let config = &counted.here.config;
    let zone = config.calendar.zone().iana_name().unwrap_or("UTC");
    let by_default = if counted.span.is_default {
        " (this quarter)"
    } else {
        ""
    };
    let due = format!("Due in {}{by_default}, {zone}", counted.span.words());
    let under = under::named(counted).map(|under| format!("promised under {under}"));
    output::strong_parts(&[due, under.unwrap_or_default()]);
    output::line(received(counted));
}

/// `96 tickets received: 33 reports (1 attack), 62 not reports, 14 adopted`.
pub fn received(counted: &Counted) -> String {
    let received = &counted.tally.received;
    let classes = received.classes.iter();
    let classes: Vec<String> = classes.map(|(class, n)| format!("{n} {class}")).collect();
    let classes = match classes.is_empty() {
        true => String::new(),
        false => format!(" ({})", classes.join(", ")),
    };
    let counted = |count: usize, one: &str, more: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    };
    let reports = counted(received.reports, "report", "reports");
    let mut parts = vec![reports + &classes];
    if received.not_reports > 0 {
        parts.push(counted(received.not_reports, "not a report", "not reports"));
    }
    if received.adopted > 0 {
        parts.push(format!("{} adopted", received.adopted));
    }
    let all = counted(received.all(), "ticket", "tickets");
    format!("{all} received: {}", parts.join(", "))
}

/// A figure; nothing is a line.
fn figure(count: usize) -> String {
    match count {
        0 => "-".to_owned(),
        count => count.to_string(),
    }
}

fn table(late: &str, which: &str, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    let mut headings = vec!["PROMISE", "DUE", "KEPT", "MOVED", late, "OPEN", "VOID"];
    let cannot = any_cannot(rows.iter().copied());
    headings.extend(cannot.then_some("CANNOT"));
    headings.extend(["MEDIAN", "LONGEST"]);
    let cells = |row: &&Row| {
        let mut cells = vec![
            row.promise.clone(),
            row.due().to_string(),
            row.count(Fate::Kept).to_string(),
            figure(row.count(Fate::Moved)),
            row.count(Fate::Late).to_string(),
            figure(row.count(Fate::Open)),
            figure(row.count(Fate::Void)),
        ];
        cells.extend(cannot.then(|| figure(row.count(Fate::Cannot))));
        cells.extend(times(row));
        cells
    };
    let all: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let wide = |n: usize, heading: &str| {
        let of_rows = all.iter().filter_map(|cells| cells.get(n)).map(String::len);
        of_rows.chain([heading.len()]).max().unwrap_or_default() + 2
    };
    let taken: usize = headings
        .iter()
        .enumerate()
        .map(|(n, heading)| wide(n, heading))
        .sum();
    let room = output::width().saturating_sub(taken);
    // The columns before it may leave a narrow terminal less than its name.
    headings.push(if which.len() > room { "WHICH" } else { which });
    let with = |(mut cells, row): (Vec<String>, &&Row)| {
        cells.push(fitting(row, room));
        output::Row::new(cells)
    };
    output::table(&headings, all.into_iter().zip(rows).map(with).collect());
}

/// How long it took in the middle, and at most.
fn times(row: &Row) -> [String; 2] {
    [row.median_words(), row.longest_words()].map(|words| words.unwrap_or("-".to_owned()))
}

/// Whether any of them could not be kept: a column says how many, and the row adds up on sight.
pub fn any_cannot<'r>(rows: impl IntoIterator<Item = &'r Row>) -> bool {
    rows.into_iter().any(|row| row.count(Fate::Cannot) > 0)
}

fn table_of_timeless(rows: &[&Row]) {
    let cannot = any_cannot(rows.iter().copied());
    let mut headings = vec!["PROMISE", "BEGAN", "KEPT", "OPEN", "VOID"];
    headings.extend(cannot.then_some("CANNOT"));
    headings.extend(["MEDIAN", "LONGEST"]);
    let cells = |row: &&Row| {
        let mut cells = vec![
            row.promise.clone(),
            row.due().to_string(),
            row.count(Fate::Kept).to_string(),
            figure(row.count(Fate::Open)),
            figure(row.count(Fate::Void)),
        ];
        cells.extend(cannot.then(|| figure(row.count(Fate::Cannot))));
        cells.extend(times(row));
        output::Row::new(cells)
    };
    output::table(&headings, rows.iter().map(cells).collect());
}

/// As many of the tickets that a promise was late on as have room, or their number.
fn fitting(row: &Row, room: usize) -> String {
    let fits = |words: &String| words.len() <= room;
    let most = row.late_on.len().min(room);
    let words = (1..=most).rev().map(|most| late_ones(row, most)).find(fits);
    words.unwrap_or_else(|| figure(row.late_on.len()))
}

/// The tickets that a promise was late on, at most so many: `0007 (3x) 0002 +4`.
pub fn late_ones(row: &Row, most: usize) -> String {
    let words = row.late_on.iter().take(most);
    let words = words.map(|(ticket, times)| match times {
        1 => ticket.to_string(),
        times => format!("{ticket} ({times}x)"),
    });
    let mut words: Vec<String> = words.collect();
    let more = row.late_on.len() - words.len();
    if more > 0 {
        words.push(format!("+{more}"));
    }
    words.join(" ")
}

fn foot(counted: &Counted, hard: &[&Row]) {
    for row in hard {
        let Some((kept, all)) = row.in_time() else {
            continue;
        };
        let percent = row.percent().unwrap_or_default();
        output::line(format!(
            "{}: {percent} % in time, {kept} of {all}",
            row.promise
        ));
        for said in under::said(counted, row) {
            if let Some(under) = said.under {
                output::marked("  ", &under);
            }
            output::marked("  ", &format!("\"{}\"", said.sentence));
        }
    }
    notes(counted).iter().for_each(output::line);
    let late: usize = hard.iter().map(|row| row.count(Fate::Late)).sum();
    if late > 0 {
        output::line("Which were late, and how: --late");
    }
}

/// What is in no column.
pub fn notes(counted: &Counted) -> Vec<String> {
    let mut notes = Vec::new();
    for row in &counted.rows {
        let on: Vec<String> = row.cannot_on.iter().map(ToString::to_string).collect();
        if !on.is_empty() {
            let (count, promise) = (row.count(Fate::Cannot), &row.promise);
            let on = on.join(" ");
            notes.push(format!(
                "{promise}: {count} could not be kept, there is nobody to write to: {on}"
            ));
        }
    }
    let left_out = counted.tally.left_out;
    let mut parts = Vec::new();
    for (count, what) in [
        (left_out.not_reports, "of what is no report"),
        (left_out.adopted, "from before an adoption"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if !parts.is_empty() {
        notes.push(format!("Promises in no figure: {}", parts.join(", ")));
    }
    notes
}

fn late_tables(counted: &Counted) {
    let (hard, soft) = (counted.late(false), counted.late(true));
    if hard.is_empty() {
        output::line("None was late.");
    } else {
        late_table(counted, &hard, "LATE BY");
    }
    if !soft.is_empty() {
        output::line("Soft, and past their day:");
        late_table(counted, &soft, "BY");
    }
}

fn late_table(counted: &Counted, late: &[(&Judged, Lateness)], by: &str) {
    let calendar = &counted.here.config.calendar;
    let cells = |(one, lateness): &(&Judged, Lateness)| {
        let unit = one.unit.unwrap_or(Unit::BusinessDays);
        let more = if lateness.goes_on { "+" } else { "" };
        output::Row::new(vec![
            one.ticket.to_string(),
            one.promise.clone(),
            one.due_at.map(|at| local(at, calendar)).unwrap_or_default(),
            lateness.words(unit) + more,
            became(one, calendar),
        ])
    };
    output::table(
        &["REF", "PROMISE", "DUE", by, "WHAT BECAME OF IT"],
        late.iter().map(cells).collect(),
    );
}

/// With its year: a span may be long.
fn local(at: Timestamp, calendar: &Calendar) -> String {
    let local = at.to_zoned(calendar.zone().clone());
    local.strftime("%Y-%m-%d %H:%M").to_string()
}

fn became(one: &Judged, calendar: &Calendar) -> String {
    let at = |at: Timestamp| look::moment(at, calendar);
    let missing: Vec<&str> = one.missing.iter().map(|m| letters::part(m)).collect();
    let missing = missing.join(", ");
    match one.end {
        Some(End::Met(met)) => format!("met {}", at(met)),
        Some(End::Moved(told) | End::Missed(told)) => format!("new date told {}", at(told)),
        Some(End::Void(end)) => format!("over {}, lacks {missing}", at(end)),
        Some(End::Restarted(end)) => format!("began anew {}", at(end)),
        None => format!("open, lacks {missing}"),
    }
}
