//! Reads a holiday file: the all-day events of an iCalendar stream (RFC 5545).
//!
//! Whoever wrote the file moves our deadlines, so it must be understood whole or not at
//! all: a file that is cut off, a rule that is none of the few yearly ones, an event that
//! takes back one day of another is refused, never guessed at. Events with a time of day
//! are no days off; they are left out and counted.
//!
//! It never nests (a file of ten thousand BEGIN lines is a line of text like any other),
//! and it never takes more than 5,000 events or 100,000 days. Yearly rules are written
//! out for the years 2000 to 2099; days outside of them are left out.
//!
//! Known fault: a file in which one rule has no end counts as one that never ends, even
//! if its other events do.

mod event;
mod rule;

use crate::mail::Foreign;
use event::{Event, Read};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;

/// The most events of a file.
const MOST_EVENTS: usize = 5_000;
/// The most days that they take in all.
const MOST_DAYS: usize = 100_000;
/// Components lie at most so deep: VCALENDAR, VTIMEZONE, DAYLIGHT need three.
const DEEPEST: usize = 4;

/// The days off of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayFile {
    /// What it is called: one harmless line of at most 40 characters.
    pub name: String,
    /// Its days off with their names: harmless lines of at most 60 characters.
    pub days: BTreeMap<Date, String>,
    /// Its last day off; `None` if a yearly rule has no end.
    pub until: Option<Date>,
    /// How many events were left out because they have a time of day.
    pub timed: usize,
}

/// Why a holiday file is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcsError {
    /// The line, counted from 1, where it is one.
    pub line: Option<usize>,
    /// What is wrong; harmless.
    pub what: String,
    /// What to do; may be empty.
    pub advice: &'static str,
}

impl IcsError {
    fn at(line: usize, what: impl Into<String>, advice: &'static str) -> Self {
        Self {
            line: Some(line),
            what: what.into(),
            advice,
        }
    }

    fn whole(what: &str, advice: &'static str) -> Self {
        Self {
            line: None,
            what: what.to_owned(),
            advice,
        }
    }
}

impl fmt::Display for IcsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for IcsError {}

/// Reads the bytes of a file that is called `name`.
///
/// # Errors
/// Whatever is not understood, with its line.
pub fn read(name: &str, bytes: &[u8]) -> Result<HolidayFile, IcsError> {
    let mut found = Found::default();
    let mut open: Vec<String> = Vec::new();
    let mut event: Option<Event> = None;
    for (line, text) in unfolded(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        let property = property(line, text)?;
        match property.name.as_str() {
            "BEGIN" => {
                let component = property.value.trim().to_ascii_uppercase();
                begins(&open, &component, line)?;
                if component == "VEVENT" {
                    event = Some(Event::new(line));
                }
                open.push(component);
            }
            "END" => {
                let component = property.value.trim().to_ascii_uppercase();
                if open.pop().as_ref() != Some(&component) {
                    return Err(IcsError::at(line, "ends what did not begin", DAMAGED));
                }
                if open.len() == 1
                    && let Some(event) = event.take()
                {
                    found.add(&event)?;
                }
            }
            _ if open.is_empty() => return Err(no_calendar(line)),
            _ => {
                // What stands in an alarm inside of the event is the alarm's.
                if open.len() == 2
                    && let Some(event) = &mut event
                {
                    event.properties.push(property);
                }
            }
        }
    }
    if !open.is_empty() {
        return Err(IcsError::whole("ends in the middle", DAMAGED));
    }
    found.end(name)
}

const DAMAGED: &str = "it is damaged: fetch it again";

fn no_calendar(line: usize) -> IcsError {
    IcsError::at(
        line,
        "this is no iCalendar file",
        "it begins with BEGIN:VCALENDAR: look into it, it may be a web page",
    )
}

/// Whether `component` may begin where these are open.
fn begins(open: &[String], component: &str, line: usize) -> Result<(), IcsError> {
    match (open, component) {
        ([], "VCALENDAR") => Ok(()),
        ([], _) => Err(no_calendar(line)),
        ([_], _) => Ok(()),
        (_, "VEVENT" | "VCALENDAR") => Err(IcsError::at(
            line,
            format!("{component} stands where it cannot stand"),
            DAMAGED,
        )),
        (_, _) if open.len() >= DEEPEST => Err(IcsError::at(line, "is nested too deep", DAMAGED)),
        (_, _) => Ok(()),
    }
}

/// What the events add up to.
#[derive(Default)]
struct Found {
    days: BTreeMap<Date, String>,
    events: usize,
    taken: usize,
    endless: bool,
    timed: usize,
}

impl Found {
    fn add(&mut self, event: &Event) -> Result<(), IcsError> {
        self.events += 1;
        if self.events > MOST_EVENTS {
            return Err(IcsError::at(
                event.line,
                format!("there are more than {MOST_EVENTS} events"),
                "take a file that holds public holidays and nothing else",
            ));
        }
        let off = match event.read()? {
            Read::Off(off) => off,
            Read::Timed => {
                self.timed += 1;
                return Ok(());
            }
            Read::Cancelled => return Ok(()),
        };
        for start in &off.starts {
            self.taken += off.length;
            if self.taken > MOST_DAYS {
                return Err(IcsError::at(
                    event.line,
                    format!("the events take more than {MOST_DAYS} days"),
                    "take a file that holds public holidays and nothing else",
                ));
            }
            for day in start.series(1.day()).take(off.length) {
                self.days.entry(day).or_insert_with(|| off.name.clone());
            }
        }
        self.endless |= off.endless && !off.starts.is_empty();
        Ok(())
    }

    fn end(self, name: &str) -> Result<HolidayFile, IcsError> {
        let Some((last, _)) = self.days.last_key_value() else {
            return Err(IcsError::whole(
                "holds no day off",
                "only all-day events are days off: is this the right file?",
            ));
        };
        Ok(HolidayFile {
            name: Foreign::new(name.trim()).cut(40),
            until: (!self.endless).then_some(*last),
            days: self.days,
            timed: self.timed,
        })
    }
}

/// One content line (section 3.1).
struct Property {
    line: usize,
    /// In capital letters.
    name: String,
    /// Names in capital letters, values without their quotes.
    parameters: Vec<(String, String)>,
    value: String,
}

impl Property {
    fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        all.find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Joins folded lines. They are joined as bytes: some programs fold in the middle of a
/// character, and section 3.1 asks readers to bear with it.
fn unfolded(bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line, lines.last_mut()) {
            ([], _) => {}
            ([b' ' | b'\t', rest @ ..], Some((_, last))) => last.extend_from_slice(rest),
            (line, _) => lines.push((number, line.to_vec())),
        }
    }
    lines
}

fn property(line: usize, text: Vec<u8>) -> Result<Property, IcsError> {
    let text = String::from_utf8(text)
        .map_err(|_| IcsError::at(line, "is not UTF-8 text", "save it as UTF-8"))?;
    let strange = || {
        if line == 1 {
            no_calendar(line)
        } else {
            IcsError::at(line, "this is no line of an iCalendar file", DAMAGED)
        }
    };
    let (mut quoted, mut pieces, mut value) = (false, vec![String::new()], None);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                value = text.get(at + 1..);
                break;
            }
            ';' if !quoted => pieces.push(String::new()),
            c => {
                if let Some(piece) = pieces.last_mut() {
                    piece.push(c);
                }
            }
        }
    }
    let value = value.ok_or_else(strange)?.to_owned();
    let mut pieces = pieces.into_iter();
    let name = pieces.next().unwrap_or_default().to_ascii_uppercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(strange());
    }
    let parameter = |piece: String| {
        let (key, value) = piece.split_once('=')?;
        Some((key.trim().to_ascii_uppercase(), value.to_owned()))
    };
    Ok(Property {
        line,
        name,
        parameters: pieces.filter_map(parameter).collect(),
        value,
    })
}

#[cfg(test)]
mod tests;
