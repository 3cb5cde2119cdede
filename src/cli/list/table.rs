//! The table: what is due, what to do, whose it is, what it is about. Where the terminal is
//! wide it says more of each; the title has what is left.

use super::Line;
use super::title::title;
use super::to_do::to_do;
use crate::cli::output::{self, Row};
use crate::cli::{Here, look};
use crate::desk::{Duty, File};
use crate::mail::Foreign;
use crate::promise::Standing;
use crate::store::Tx;
use crate::ticket::Score;
use jiff::Timestamp;

/// A subject is shown up to this many columns, however wide the terminal is.
const TITLE: usize = 250;
/// So wide the title stays when a column is added.
const ROOM: usize = 44;
/// Between two columns.
const GAP: usize = 2;
/// So wide it stays beside what is due and what to do, and so wide the latter is all the same.
const LEAST: (usize, usize) = (18, 14);
/// So wide a terminal has room for whole names.
const WIDE: usize = 100;

/// A column that is there where it leaves room: its heading, and where it stands.
type More = (&'static str, usize, fn(&Line, &Here, Timestamp) -> String);

/// By what a person would miss most.
const MORE: [More; 4] = [
    ("SEVERITY", 4, |line, _, _| severity(&line.file)),
    ("NAME", 1, |line, _, _| line.file.row.name.to_string()),
    ("FROM", 90, |line, _, _| {
        let from = line.file.row.reporter.as_ref();
        let from = from.map_or("-".to_owned(), ToString::to_string);
        output::cut(&Foreign::new(from), 32)
    }),
    ("CAME", 80, |line, _, now| {
        look::age(line.file.row.opened_at, now)
    }),
];

/// A column: where it stands, its heading, its cells.
type Column = (usize, &'static str, Vec<String>);

/// Prints it. `found`: where words were found, a line under each.
pub fn print(here: &Here, tx: &Tx, rows: &[Line], found: Option<&[Option<String>]>) {
    let now = tx.now();
    if rows.is_empty() {
        return;
    }
    let (mut columns, below) = always(here, rows, now);
    let mut taken: usize = columns.iter().map(wide).sum();
    let width = output::width();
    for (heading, place, cell) in MORE {
        // What has no room for its heading is not formed.
        if taken + heading.len() + GAP + ROOM > width {
            continue;
        }
        let cells = rows.iter().map(|line| cell(line, here, now));
        let column = (place, heading, cells.collect());
        let more = wide(&column);
        // What is empty everywhere says nothing.
        if taken + more + ROOM <= width && column.2.iter().any(|c| c != "-") {
            taken += more;
            columns.push(column);
        }
    }
    let severe = columns.iter().any(|(_, heading, _)| *heading == "SEVERITY");
    let mut opened = 0;
    let title = |line: &Line| marked(line, severe, title(tx, &line.file, TITLE, &mut opened));
    let titles = rows.iter().map(title);
    columns.push((99, "TITLE", titles.collect()));
    columns.sort_by_key(|(place, ..)| *place);
    let headings: Vec<&str> = columns.iter().map(|(_, heading, _)| *heading).collect();
    let mut cells: Vec<_> = columns.into_iter().map(|(_, _, c)| c.into_iter()).collect();
    let lines = rows.iter().enumerate().map(|(i, Line { file, heap, .. })| {
        let line = cells.iter_mut().filter_map(Iterator::next).collect();
        let clash = file.ticket.clash().map(|clash| {
            let n = file.row.number.0;
            format!("{}   (gatepost show {n})", look::clash(clash))
        });
        Row::new(line)
            .with_under(below.get(i).cloned().flatten())
            .with_alarm_under(clash)
            .with_under(match found {
                Some(found) => found.get(i).cloned().flatten(),
                None => heap.behind(&here.config.calendar),
            })
            .alarming(is_late(file))
    });
    output::table(&headings, lines.collect());
}

/// The columns that are there at any width, but for the title; and what stands below each row,
/// as one of them has no room for it.
fn always(here: &Here, rows: &[Line], now: Timestamp) -> (Vec<Column>, Vec<Option<String>>) {
    let owners = if output::width() < WIDE { 10 } else { 24 };
    let each = |cell: &dyn Fn(&Line) -> String| rows.iter().map(cell).collect::<Vec<_>>();
    let due = |line: &Line| {
        let duty = line.file.first_duty();
        duty.map_or("-".to_owned(), |d| {
            look::duty(d, now, &here.config.calendar)
        })
    };
    let owner = |line: &Line| {
        let owner = line.file.row.owner.as_deref().unwrap_or("-");
        output::cut(&Foreign::new(owner), owners)
    };
    let mut columns = vec![
        (0, "REF", each(&|line| line.file.row.number.to_string())),
        (2, "DUE", each(&due)),
        (5, "OWNER", each(&owner)),
    ];
    let (title, least) = LEAST;
    let taken = columns.iter().map(wide).sum::<usize>() + GAP + title;
    let room = output::width().saturating_sub(taken).max(least);
    let (cells, below) = to_do(here, rows, now, room).into_iter().unzip();
    columns.push((3, "TO DO", cells));
    (columns, below)
}

/// What a column takes, with the gap behind it.
fn wide((_, heading, cells): &Column) -> usize {
    let widest = cells.iter().map(|cell| output::columns(cell)).max();
    widest.unwrap_or(0).max(heading.len()) + GAP
}

fn is_late(file: &File) -> bool {
    let late = |d: &Duty| d.state.standing == Standing::Overdue && !d.promise.soft;
    file.first_duty().is_some_and(late)
}

/// The title behind what marks it.
fn marked(line: &Line, severe: bool, title: String) -> String {
    match marks(line, severe).as_slice() {
        [] => title,
        marks => format!("[{}] {title}", marks.join(", ")),
    }
}

/// Its classes; that it is bad, unless a column says so (`severe`); one mark of its sender,
/// which is enough to look closer, and leaves room.
pub(super) fn marks(line: &Line, severe: bool) -> Vec<String> {
    let (file, row) = (&line.file, &line.file.row);
    let mut marks = row.classes.clone();
    let severity = severity(file);
    let bad = severity.split(' ').next().filter(|_| !severe);
    let bad = bad.filter(|word| matches!(*word, "critical" | "high"));
    marks.extend(bad.map(str::to_owned));
    marks.extend(line.marks.iter().take(1).cloned());
    marks
}

/// In a word; of a vector with its score.
pub(super) fn severity(file: &File) -> String {
    let severity = file.row.severity.as_deref().unwrap_or("-");
    match Score::of(severity) {
        Some(score) => format!("{} ({})", score.severity, score.figure()),
        None => severity.to_owned(),
    }
}
