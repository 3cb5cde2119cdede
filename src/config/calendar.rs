//! The section `[calendar]`: when the team works.

use super::check::Check;
use super::fault::{Fault, nearest};
use super::files;
use super::raw::RawCalendar;
use crate::promise::{Calendar, CalendarError, HolidayFile, Hours, read_holidays};
use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday, time};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::{Spanned, Table, Value};

/// What a holiday is called that has no name in the config.
const UNNAMED: &str = "public holiday";

/// The most holiday files, and the most zones shown besides the team's.
const MOST: usize = 16;
/// So many days before the last holiday that is known a warning is given.
const AHEAD: i32 = 30;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) fn calendar(check: &mut Check<'_>, raw: &Spanned<RawCalendar>) -> Option<Calendar> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let zone = check.needed(&table, "zone", &raw.zone);
    let weekend = weekend(check, raw.weekend.as_deref());
    let nine_to_five = Hours {
        open: time(9, 0, 0, 0),
        close: time(17, 0, 0, 0),
    };
    let hours = check.parsed_or("hours", &raw.hours, nine_to_five, |text| {
        Hours::parse(text).map_err(|error| error.0)
    });
    let holidays = days(check, &raw.holidays, holiday);
    let half_days = match days(check, &raw.half_days, half_day) {
        Some(days) if days.len() < raw.half_days.len() => check.fault(
            &table,
            "`half_days` holds a day twice",
            "a day closes at one time: leave one of them out",
        ),
        days => days,
    };
    let files = holiday_files(check, &raw.holiday_files);
    let also = also_show(check, &raw.also_show);
    let (zone, weekend, hours, holidays, half_days) =
        (zone?, weekend?, hours?, holidays?, half_days?);
    let also: Vec<&str> = also?;
    let made = Calendar::new(zone.get_ref(), &weekend, hours, holidays)
        .and_then(|made| made.with_half_days(half_days))
        .and_then(|made| made.with_also_shown(&also));
    match made {
        Ok(calendar) => with_files(check, calendar, files?),
        Err(CalendarError::Zone(_)) => check.fault(
            &zone.span(),
            "there is no such time zone",
            near_zone(zone.get_ref()),
        ),
        Err(error) => check.fault(&table, error.to_string(), ""),
    }
}

/// Reads each file; a file is at fault by its own name and line.
fn holiday_files(
    check: &mut Check<'_>,
    raw: &[Spanned<String>],
) -> Option<Vec<(PathBuf, HolidayFile)>> {
    at_most(check, "holiday_files", raw)?;
    all(raw.iter().map(|text| {
        let text = check.plain("holiday_files", text)?;
        let path = check.path(text.get_ref());
        let file = check.of_file(holiday_file(&path))?;
        Some((path, file))
    }))
}

fn holiday_file(path: &Path) -> Result<HolidayFile, Fault> {
    let bytes = files::read_bytes(path, files::Guard::Written)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read_holidays(&name, &bytes).map_err(|error| Fault {
        line: error.line,
        ..Fault::of_file(path, error.what, error.advice)
    })
}

/// Adds one file after the other, so that the one is named that leaves too few days.
fn with_files(
    check: &mut Check<'_>,
    calendar: Calendar,
    files: Vec<(PathBuf, HolidayFile)>,
) -> Option<Calendar> {
    let made = files.into_iter().try_fold(calendar, |made, (path, file)| {
        made.with_file(file)
            .map_err(|error| Fault::of_file(&path, error.to_string(), ""))
    });
    check.of_file(made)
}

fn also_show<'r>(check: &mut Check<'_>, raw: &'r [Spanned<String>]) -> Option<Vec<&'r str>> {
    at_most(check, "also_show", raw)?;
    all(raw.iter().map(|text| {
        let zone = text.get_ref().trim();
        match jiff::tz::TimeZone::get(zone) {
            Ok(_) => Some(zone),
            Err(_) => check.fault(&text.span(), "there is no such time zone", near_zone(zone)),
        }
    }))
}

fn at_most(check: &mut Check<'_>, key: &str, raw: &[Spanned<String>]) -> Option<()> {
    match raw.get(MOST) {
        None => Some(()),
        Some(text) => check.fault(&text.span(), format!("`{key}` holds more than {MOST}"), ""),
    }
}

/// What is said of the calendar on the local day `today`: a list of holidays that ends
/// makes deadlines fall on days on which nobody works, and nobody would notice.
pub(super) fn warnings(calendar: &Calendar, today: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    let none_to_come = calendar.holidays_from(today).next().is_none();
    if none_to_come {
        warnings.push("the calendar knows no holiday from today on: deadlines may fall on days on which nobody works".to_owned());
    }
    if !none_to_come || !calendar.sources().is_empty() {
        warnings.extend(ends(calendar, today));
    }
    for file in calendar.sources() {
        let timed = match file.timed {
            0 => continue,
            1 => "one event".to_owned(),
            n => format!("{n} events"),
        };
        let name = &file.name;
        warnings.push(format!("the holiday file {name} has {timed} with a time of day, left out: only all-day events are days off"));
    }
    warnings
}

/// Of these, what is known today and soon will not be: for who is not at the config.
pub(super) fn ends(calendar: &Calendar, today: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    let soon = today.saturating_add(AHEAD.days());
    let shown = |day: Date| day.strftime("%a %-d %b %Y").to_string();
    let last = calendar.known_until().filter(|last| *last <= soon);
    if let Some(last) = last.filter(|last| *last > Date::MIN)
        && calendar.sources().is_empty()
    {
        warnings.push(format!(
            "the last holiday that is known {} {}: add those after it to `holidays`",
            if last < today { "was" } else { "is" },
            shown(last)
        ));
    }
    for file in calendar.sources() {
        let name = &file.name;
        match file.until {
            Some(last) if last < today => warnings.push(format!(
                "the holiday file {name} ended on {}: put the next one in its place",
                shown(last)
            )),
            Some(last) if last <= soon => warnings.push(format!(
                "the holiday file {name} ends on {}: put the next one in its place",
                shown(last)
            )),
            Some(_) | None => {}
        }
    }
    warnings
}

fn near_zone(typed: &str) -> String {
    let known: Vec<String> = jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .collect();
    match nearest(typed, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near:?}?"),
        None => "write its IANA name, like \"Europe/London\"".to_owned(),
    }
}

fn weekend(check: &mut Check<'_>, raw: Option<&[Spanned<String>]>) -> Option<Vec<Weekday>> {
    let Some(raw) = raw else {
        return Some(vec![Weekday::Saturday, Weekday::Sunday]);
    };
    let one = |check: &mut Check<'_>, text: &Spanned<String>| {
        let typed = text.get_ref().trim().to_lowercase();
        let found = WEEKDAYS
            .iter()
            .find(|(name, _)| *name == typed)
            .map(|(_, day)| *day);
        found.or_else(|| {
            check.fault(
                &text.span(),
                "`weekend` holds what is no day of the week",
                "write days like \"saturday\"",
            )
        })
    };
    all(raw.iter().map(|text| one(check, text)))
}

/// Reads each entry with `one`.
fn days<T>(
    check: &mut Check<'_>,
    raw: &[Spanned<Value>],
    one: impl Fn(&mut Check<'_>, &Range<usize>, &Value) -> Option<(Date, T)>,
) -> Option<BTreeMap<Date, T>> {
    all(raw
        .iter()
        .map(|value| one(check, &value.span(), value.get_ref())))
}

/// All or none, but not before each was looked at.
fn all<T, C: FromIterator<T>>(items: impl Iterator<Item = Option<T>>) -> Option<C> {
    items.collect::<Vec<_>>().into_iter().collect()
}

/// `"2027-05-03"`, or `{ date = "2027-05-03", name = "Early May bank holiday" }`.
fn holiday(check: &mut Check<'_>, at: &Range<usize>, value: &Value) -> Option<(Date, String)> {
    let Some(table) = value.as_table() else {
        return Some((check.date("holidays", at, value)?, UNNAMED.to_owned()));
    };
    known_keys(check, at, table, &["date", "name"])?;
    let day = check.date("holidays", at, table.get("date").unwrap_or(value));
    let name = match table.get("name") {
        None => Some(UNNAMED.to_owned()),
        Some(Value::String(name)) => check
            .plain("name", &Spanned::new(at.clone(), name.clone()))
            .map(Spanned::into_inner),
        Some(_) => check.fault(
            at,
            "`name` has the wrong kind of value",
            "it takes text in \"quotes\"",
        ),
    };
    Some((day?, name?))
}

/// `{ date = "2027-12-24", closes = "13:00" }`.
fn half_day(check: &mut Check<'_>, at: &Range<usize>, value: &Value) -> Option<(Date, Time)> {
    const FORM: &str = "write it as { date = \"2027-12-24\", closes = \"13:00\" }";
    let Some(table) = value.as_table() else {
        return check.fault(at, "this is no half day", FORM);
    };
    known_keys(check, at, table, &["date", "closes"])?;
    let day = check.date("half_days", at, table.get("date").unwrap_or(value));
    let closes: Option<Time> = table
        .get("closes")
        .and_then(Value::as_str)
        .and_then(|text| text.trim().parse().ok());
    let closes = closes.or_else(|| {
        check.fault(
            at,
            "the hour at which this half day closes is missing or is none",
            FORM,
        )
    });
    Some((day?, closes?))
}

/// These tables are read as values, so serde does not look for unknown keys in them.
fn known_keys(
    check: &mut Check<'_>,
    at: &Range<usize>,
    table: &Table,
    known: &[&str],
) -> Option<()> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Some(()),
        Some(key) => check.fault(
            at,
            format!("there is no key {key:?} here"),
            format!("there are: {}", known.join(", ")),
        ),
    }
}
