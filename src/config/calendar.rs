//! The section `[calendar]`: when the team works.

use super::check::Check;
use super::fault::nearest;
use super::raw::RawCalendar;
use crate::promise::{Calendar, CalendarError, Hours};
use jiff::civil::{Date, Time, Weekday, time};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::{Spanned, Table, Value};

/// What a holiday is called that has no name in the config.
const UNNAMED: &str = "public holiday";

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
    let half_days = days(check, &raw.half_days, half_day);
    let (zone, weekend, hours, holidays, half_days) =
        (zone?, weekend?, hours?, holidays?, half_days?);
    let made = Calendar::new(zone.get_ref(), &weekend, hours, holidays)
        .and_then(|made| made.with_half_days(half_days));
    match made {
        Ok(calendar) => Some(calendar),
        Err(CalendarError::Zone(_)) => check.fault(
            &zone.span(),
            "there is no such time zone",
            near_zone(zone.get_ref()),
        ),
        Err(error) => check.fault(&table, error.to_string(), ""),
    }
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
