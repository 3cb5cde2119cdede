//! The words of an explanation: 80 columns, a key of ten columns, local times.
//!
//! A file that is kept has its dates in full, with the year and the zone.
//! Of a long count only the first and last days are shown, and the holidays between.

mod dates;

pub use dates::Dates;

use self::dates::{offset, with_offset};
use super::{Explained, Move, Need, Reminded};
use crate::mail::wrapped;
use crate::promise::calendar::DayKind;
use crate::promise::deadline::DayLine;
use crate::promise::form::DateKind;
use crate::promise::run::End;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use std::fmt::Write;

const COLUMNS: usize = 80;
/// Where the text behind a key begins.
const KEY: usize = 10;
/// Where the text behind a moment begins.
const MOMENT: usize = 28;
/// A count of more days than this is shortened.
const LONG: usize = 31;
/// Within this a day of a month names one day.
const FOUR_WEEKS: SignedDuration = SignedDuration::from_hours(28 * 24);
/// So many days of a long count stand at its begin and at its end.
const ENDS: usize = 7;

impl Explained {
    /// The explanation, line by line, each ended by a line feed.
    pub fn text(&self, dates: Dates) -> String {
        let mut out = heading(&self.promise, &self.page);
        keyed(
            &mut out,
            "from",
            &format!(
                "{}  {}",
                dates.moment(&self.at(self.started_at)),
                self.arrived
            ),
        );
        self.push_count(&mut out, dates);
        keyed(&mut out, "due", &self.due(dates));
        for (due_at, zone) in self
            .due_at
            .into_iter()
            .flat_map(|due| self.also.iter().map(move |zone| (due, zone)))
        {
            keyed(&mut out, "", &elsewhere(due_at, zone, dates));
        }
        self.push_moves(&mut out, dates);
        let needs = self.needs.iter().map(|need| self.need(need, dates));
        match dates {
            Dates::Short => keyed(&mut out, "needs", &joined(needs, "   ")),
            Dates::Full => each_keyed(&mut out, "needs", needs),
        }
        if let Some(since) = self.paused_at.filter(|_| self.end.is_none()) {
            let words = "we wait for the reporter: it begins anew when they write";
            keyed(
                &mut out,
                "rests",
                &format!("{}  {words}", dates.moment(&self.at(since))),
            );
        }
        if let Some(end) = self.end {
            keyed(&mut out, "ended", &self.ended(end, dates));
        }
        self.push_reminders(&mut out, dates);
        out
    }

    fn at(&self, instant: Timestamp) -> Zoned {
        instant.to_zoned(self.local.clone())
    }

    fn push_count(&self, out: &mut String, dates: Dates) {
        let due_day = self.due_at.map(|due| self.at(due).date());
        let started_on = self.at(self.started_at).date();
        let shown = self
            .count
            .iter()
            .enumerate()
            .filter(|(_, line)| line.date != started_on);
        let mut skipped = false;
        for (nth, line) in shown {
            if self.is_shown(nth, line) {
                let closes = self
                    .due_at
                    .filter(|_| due_day == Some(line.date))
                    .map(|due| self.at(due));
                let words = wrapped(&day_words(line, self.date, closes), COLUMNS - MOMENT);
                for (nth, words) in words.into_iter().enumerate() {
                    let day = if nth == 0 {
                        dates.day(line.date)
                    } else {
                        String::new()
                    };
                    let row = format!("{:KEY$}{day:<width$}{words}", "", width = MOMENT - KEY);
                    let _ = writeln!(out, "{}", row.trim_end());
                }
                skipped = false;
            } else if !skipped {
                let _ = writeln!(out, "{:KEY$}...", "");
                skipped = true;
            }
        }
    }

    fn is_shown(&self, nth: usize, line: &DayLine) -> bool {
        let short = self.count.len() <= LONG;
        short
            || nth <= ENDS
            || nth + ENDS >= self.count.len()
            || matches!(line.kind, DayKind::Holiday(_))
    }

    fn due(&self, dates: Dates) -> String {
        let Some(due_at) = self.due_at else {
            return "never: the page gives no time".to_owned();
        };
        let due = self.at(due_at);
        let utc = due_at.to_zoned(TimeZone::UTC);
        let same_year = due.year() == self.at(self.started_at).year();
        let form = match same_year && dates == Dates::Short {
            true => "%a %e %b %H:%M",
            false => "%a %e %b %Y %H:%M",
        };
        let mut words = with_offset(&due, form);
        let in_utc = if utc.date() == due.date() {
            utc.strftime("%H:%M")
        } else if dates == Dates::Full {
            utc.strftime("%a %-d %b %Y %H:%M")
        } else {
            utc.strftime("%a %-d %b %H:%M")
        };
        let _ = write!(words, " ({in_utc} UTC)");
        if self.count.is_empty() && self.time.is_some() {
            let _ = write!(
                words,
                ", {} by day and night",
                self.time.as_deref().unwrap_or_default()
            );
        }
        if let Some(told) = self.reporter_told_at.map(|told| self.at(told)) {
            let same_day = told.date() == self.at(self.started_at).date();
            let short = if same_day {
                "%a %H:%M"
            } else {
                "%a %-d %b %H:%M"
            };
            let told = dates.written(&told, short);
            let _ = write!(words, ", told to the reporter {told}");
        }
        words
    }

    fn push_moves(&self, out: &mut String, dates: Dates) {
        if self.moves.is_empty() {
            return;
        }
        let chain = self
            .moves
            .iter()
            .map(|moved| dates.short(moved.from))
            .chain(self.date.map(|date| dates.short(date)));
        let times = if self.moves.len() == 1 {
            "1 move: ".to_owned()
        } else {
            format!("{} moves: ", self.moves.len())
        };
        keyed(out, "moved", &(times + &joined(chain, " -> ")));
        for moved in &self.moves {
            // Only a date of the resolution holds from the moment on at which it is told.
            let told = match self.time.as_deref() == Some(DateKind::Expected.word()) {
                true => "told",
                false => "set",
            };
            let on = dates.day(self.at(moved.told_at).date());
            let (from, to) = (dates.short(moved.from), dates.short(moved.to));
            let early = how_early(moved);
            let fate = if moved.missed { "missed" } else { "moved" };
            match dates {
                Dates::Short => {
                    let words = format!("{from:>6} -> {to:>6}  {told} {on}, {early}");
                    let _ = writeln!(out, "{:KEY$}{words:<60}{fate}", "");
                }
                Dates::Full => {
                    let words = format!("{from} -> {to}, {told} {on}, {early}, {fate}");
                    keyed(out, "", &words);
                }
            }
        }
    }

    fn need(&self, need: &Need, dates: Dates) -> String {
        match need.met_at {
            None => format!("[ ] {}", need.words),
            Some(at) => format!(
                "[x] {} {}",
                need.words,
                dates.written(&self.at(at), "%a %-d %b %H:%M")
            ),
        }
    }

    fn ended(&self, end: End, dates: Dates) -> String {
        let late = self.was_late && !self.soft;
        let how = match end {
            End::Met(_) if late => "kept, late",
            End::Met(_) => "kept",
            End::Void(_) if late => "over without being met, and late by then",
            End::Void(_) => "over without being met",
            End::Restarted(_) if late => "begins anew, and was late by then",
            End::Restarted(_) => "begins anew",
            End::Moved(_) => "moved to a new date",
            End::Missed(_) => "missed: the new date came too late",
        };
        format!("{}  {how}", dates.moment(&self.at(end.at())))
    }

    fn push_reminders(&self, out: &mut String, dates: Dates) {
        // Within four weeks a day of the month is clear; else the month stands where it changes.
        let last = self.told.iter().chain(&self.next).map(|r| r.at).max();
        let long = last.is_some_and(|last| last.duration_since(self.started_at) > FOUR_WEEKS);
        let mut month = self.at(self.started_at).date().first_of_month();
        if dates == Dates::Full {
            let one = |r: &Reminded| format!("{} {}", dates.moment(&self.at(r.at)), r.whom);
            each_keyed(out, "told", self.told.iter().map(one));
            each_keyed(out, "next", self.next.iter().map(one));
            return;
        }
        let mut list = |reminders: &[Reminded]| {
            let one = |r: &Reminded| {
                let at = self.at(r.at);
                let before = std::mem::replace(&mut month, at.date().first_of_month());
                let form = match long && before != month {
                    true => "%a %-d %b %H:%M",
                    false => "%a %-d %H:%M",
                };
                format!("{} {}", at.strftime(form), r.whom)
            };
            joined(reminders.iter().map(one), ", ")
        };
        let (told, next) = (list(&self.told), list(&self.next));
        match (told.is_empty(), next.is_empty()) {
            (true, true) => {}
            (false, true) => keyed(out, "told", &told),
            (true, false) => keyed(out, "told", &format!("next: {next}")),
            (false, false) => keyed(out, "told", &format!("{told}   next: {next}")),
        }
    }
}

/// What is behind a day: why it does not count, or its number and when it closes.
fn day_words(line: &DayLine, given: Option<Date>, closes: Option<Zoned>) -> String {
    let mut words = match (&line.kind, line.day) {
        (_, Some(day)) => vec![format!("day {day}")],
        (DayKind::Business, None) => vec![],
        (DayKind::Weekend, None) => vec!["weekend".to_owned()],
        (DayKind::Holiday(name), None) => vec![holiday(name, line)],
    };
    // A day of "N days" counts whatever it is; only the last one needs to be a business day.
    match (&line.kind, line.day) {
        (DayKind::Weekend, Some(_)) => words.push("weekend".to_owned()),
        (DayKind::Holiday(name), Some(_)) => words.push(holiday(name, line)),
        (_, None) | (DayKind::Business, Some(_)) => {}
    }
    if line.half_day.is_some() {
        words.push("half day".to_owned());
    }
    if given == Some(line.date) {
        words.push("the date given".to_owned());
    }
    words.extend(closes.map(|closes| {
        format!(
            "closes {} {}",
            closes.strftime("%H:%M"),
            offset(closes.offset())
        )
    }));
    words.join(", ")
}

/// See [`Move::words`].
pub(super) fn moved(moved: &Move, nth: usize) -> String {
    let suffix = match (nth % 10, nth % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!(
        "{} -> {}, {nth}{suffix} move, {} (counts as {})",
        Dates::Short.short(moved.from),
        Dates::Short.short(moved.to),
        how_early(moved),
        if moved.missed { "missed" } else { "moved" }
    )
}

/// The name of a holiday, and the file that has it: `Early May bank holiday (uk.ics)`.
fn holiday(name: &str, line: &DayLine) -> String {
    match &line.file {
        Some(file) => format!("{name} ({file})"),
        None => name.to_owned(),
    }
}

/// An instant in another zone than the team's: `Thu  6 May 12:00 -04:00 America/New_York`.
pub fn elsewhere(at: Timestamp, zone: &TimeZone, dates: Dates) -> String {
    let local = at.to_zoned(zone.clone());
    let name = zone.iana_name().unwrap_or("UTC");
    let form = match dates {
        Dates::Short => "%a %e %b %H:%M",
        Dates::Full => "%a %e %b %Y %H:%M",
    };
    format!("{} {name}", with_offset(&local, form))
}

fn how_early(moved: &Move) -> String {
    match (moved.missed, moved.business_days) {
        (false, days) if days > 0 => format!("{days} bd before it was due"),
        (false, _) => "before it was due".to_owned(),
        (true, days) if days < 0 => format!("{} bd after it was due", -days),
        (true, _) => "after it was due".to_owned(),
    }
}

/// The promise's name and the sentence of the page beside it, or below a long name.
pub fn heading(name: &str, page: &str) -> String {
    let quoted = format!("\"{page}\"");
    let mut lines = wrapped(&quoted, COLUMNS - KEY).into_iter();
    let first = if name.len() < KEY {
        lines.next().unwrap_or_default()
    } else {
        String::new()
    };
    let mut out = format!("{name:<KEY$}{first}\n");
    for line in lines {
        let _ = writeln!(out, "{:KEY$}{line}", "");
    }
    out
}

fn keyed(out: &mut String, key: &str, text: &str) {
    for (nth, line) in wrapped(text, COLUMNS - KEY).into_iter().enumerate() {
        let _ = writeln!(
            out,
            "  {:<width$}{line}",
            if nth == 0 { key } else { "" },
            width = KEY - 2
        );
    }
}

/// Each on a line of its own, the key before the first.
fn each_keyed(out: &mut String, key: &str, parts: impl Iterator<Item = String>) {
    for (nth, part) in parts.enumerate() {
        keyed(out, if nth == 0 { key } else { "" }, &part);
    }
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.collect::<Vec<_>>().join(between)
}
