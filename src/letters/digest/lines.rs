//! The lines of a digest, as wide as a telephone shows them.

use super::rank::{When, when};
use super::row::Row;
use super::{DigestEntry, Matter};
use crate::letters::dates;
use crate::letters::reminder::parts;
use crate::mail::{Foreign, wrapped};
use jiff::Zoned;

/// The longest line, in columns.
const WIDTH: usize = 40;
/// Where the second column begins.
pub(super) const INDENT: usize = 7;
/// How wide number and code name are, the space behind them left out.
const NAME: usize = 21;

/// `LATE   0007 umber-finch      ben`, `THU 6  0020 and 1 alike      NOBODY`.
pub(super) fn first_line(label: &str, row: &Row) -> String {
    let entry = row.entry;
    let name = match (&entry.matter, row.alike) {
        (Matter::Chased { times }, _) => format!("{} {}", entry.number, how_often(*times)),
        (_, 0) => format!("{} {}", entry.number, entry.code_name),
        (_, alike) => format!("{} and {alike} alike", entry.number),
    };
    let owner = entry.owner.as_deref().unwrap_or("NOBODY");
    cut(&format!("{label:<INDENT$}{name:<NAME$} {owner}"), WIDTH)
}

/// What is missing, or why: only where it is not clear from the first line.
pub(super) fn second_lines(entry: &DigestEntry, now: &Zoned) -> Vec<String> {
    let text = match &entry.matter {
        Matter::Due {
            at,
            missing,
            half_kept,
            soft,
        } => {
            let still = if *half_kept { " still missing" } else { "" };
            let lacks = format!("{}{still}", parts(missing));
            let day = dates::short_day(at.date());
            match when(at, *soft, now) {
                When::Late => format!("{} since {day}", parts(missing)),
                When::Overdue => format!("{lacks}, was due {day}"),
                When::Today => format!("{lacks}, {}", at.strftime("%H:%M")),
                When::ToCome if *half_kept => lacks,
                When::ToCome => return Vec::new(),
            }
        }
        Matter::Stale { since, missing } => {
            let since = dates::short_day(since.date());
            format!("{}, since {since}", parts(missing))
        }
        Matter::Clash(clash) => format!(
            "{} {}, {} {}",
            clash.early.comes(),
            dates::short_day(clash.on),
            clash.late.should_come(),
            dates::short_day(clash.after)
        ),
        Matter::Unreadable => "a mail of it cannot be read".to_owned(),
        Matter::Held { because } => because.clone(),
        Matter::Trouble { what } | Matter::Name { what } | Matter::Read { what, .. } => {
            what.clone()
        }
        Matter::Silent {
            goes_on: true,
            since,
            ..
        } => {
            let since = dates::short_day(*since);
            format!("since {since}: go on without them?")
        }
        Matter::Silent { called: true, .. } => "last call unanswered: close?".to_owned(),
        Matter::Silent { since, .. } => {
            let since = dates::short_day(*since);
            format!("since {since}: last call?")
        }
        Matter::Chased { .. } => return Vec::new(),
    };
    indented(&text)
}

/// `text` in lines that fit behind the indentation; a longer word is cut.
pub(super) fn indented(text: &str) -> Vec<String> {
    let words = text
        .split_whitespace()
        .map(|word| cut(word, WIDTH - INDENT));
    let text = words.collect::<Vec<_>>().join(" ");
    wrapped(&text, WIDTH - INDENT)
        .into_iter()
        .map(|line| format!("{:INDENT$}{line}", ""))
        .collect()
}

fn cut(text: &str, width: usize) -> String {
    Foreign::new(text).cut(width)
}

fn how_often(times: u32) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{times} times"),
    }
}
