//! Yearly rules (RFC 5545 section 3.3.10): the same day of the year, or the Nth weekday
//! of a month. No other rule makes a public holiday; any other is refused by its name.

use super::event::day;
use jiff::civil::{Date, Weekday};

/// Rules are written out from this year on.
pub(super) const FIRST_YEAR: i16 = 2000;
/// And to this one.
pub(super) const LAST_YEAR: i16 = 2099;
/// No rule begins earlier, so that none takes long to write out.
const EARLIEST: i16 = 1900;

/// Which day of its month.
enum Which {
    Day(i8),
    Nth(i8, Weekday),
}

enum End {
    Never,
    Count(usize),
    Until(Date),
}

/// The parts of a rule as they are written.
#[derive(Default)]
struct Parts<'a> {
    yearly: bool,
    month: Option<&'a str>,
    month_day: Option<&'a str>,
    weekday: Option<&'a str>,
    count: Option<&'a str>,
    until: Option<&'a str>,
}

/// The days on which an event begins that begins first on `first`, and whether it does
/// so for ever. What cannot be understood is named.
pub(super) fn starts(rule: &str, first: Date) -> Result<(Vec<Date>, bool), String> {
    let rule = rule.trim().to_ascii_uppercase();
    let parts = parts(&rule)?;
    if !parts.yearly {
        return Err("it is not yearly".to_owned());
    }
    let month = match parts.month {
        None => first.month(),
        Some(text) => text
            .parse()
            .ok()
            .filter(|month| (1..=12).contains(month))
            .ok_or_else(|| part("BYMONTH", text))?,
    };
    let which = which(&parts, first)?;
    let end = match (parts.count, parts.until) {
        (None, None) => End::Never,
        (Some(text), None) => End::Count(
            text.parse()
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| part("COUNT", text))?,
        ),
        // Many programs write an instant here even for a day; its day is meant.
        (None, Some(text)) => {
            let date = text.split('T').next().unwrap_or_default();
            End::Until(day(date).ok_or_else(|| part("UNTIL", text))?)
        }
        (Some(_), Some(_)) => return Err("it has both COUNT and UNTIL".to_owned()),
    };
    if first.year() < EARLIEST {
        return Err(format!("it begins before {EARLIEST}"));
    }
    if in_year(&which, month, first.year()) != Some(first) {
        return Err("its first day is none of its own".to_owned());
    }
    let days = (first.year()..=LAST_YEAR).filter_map(|year| in_year(&which, month, year));
    Ok(match end {
        End::Never => (days.collect(), true),
        End::Count(n) => (days.take(n).collect(), false),
        End::Until(last) => (days.take_while(|day| *day <= last).collect(), false),
    })
}

/// Each part at most once.
fn parts(rule: &str) -> Result<Parts<'_>, String> {
    let mut parts = Parts::default();
    for text in rule.split(';').filter(|text| !text.is_empty()) {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        let place = match key {
            "FREQ" => {
                parts.yearly = value == "YEARLY";
                continue;
            }
            "INTERVAL" if value == "1" => continue,
            // On what day a week begins means nothing to these rules.
            "WKST" => continue,
            "BYMONTH" => &mut parts.month,
            "BYMONTHDAY" => &mut parts.month_day,
            "BYDAY" => &mut parts.weekday,
            "COUNT" => &mut parts.count,
            "UNTIL" => &mut parts.until,
            _ => return Err(part(key, value)),
        };
        if place.replace(value).is_some() {
            return Err(format!("{key} stands there twice"));
        }
    }
    Ok(parts)
}

/// Without BYMONTH, BYMONTHDAY means every month and BYDAY the whole year: both refused.
fn which(parts: &Parts<'_>, first: Date) -> Result<Which, String> {
    match (parts.month, parts.month_day, parts.weekday) {
        (_, None, None) => Ok(Which::Day(first.day())),
        (Some(_), Some(text), None) => {
            let day = text.parse().ok().filter(|day| (1..=31).contains(day));
            day.map(Which::Day).ok_or_else(|| part("BYMONTHDAY", text))
        }
        (Some(_), None, Some(text)) => nth(text).ok_or_else(|| part("BYDAY", text)),
        (None, Some(_), None) => Err("it has BYMONTHDAY without BYMONTH".to_owned()),
        (None, None, Some(_)) => Err("it has BYDAY without BYMONTH".to_owned()),
        (_, Some(_), Some(_)) => Err("it has both BYMONTHDAY and BYDAY".to_owned()),
    }
}

/// `1MO`, `-1MO`.
fn nth(text: &str) -> Option<Which> {
    let at = text.len().checked_sub(2)?;
    let (nth, weekday) = (text.get(..at)?, text.get(at..)?);
    let weekday = match weekday {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth: i8 = nth.parse().ok()?;
    (nth != 0 && (-5..=5).contains(&nth)).then_some(Which::Nth(nth, weekday))
}

/// A year that lacks the day (29 February, a fifth Monday) is passed over.
fn in_year(which: &Which, month: i8, year: i16) -> Option<Date> {
    match which {
        Which::Day(day) => Date::new(year, month, *day).ok(),
        Which::Nth(nth, weekday) => Date::new(year, month, 1)
            .ok()?
            .nth_weekday_of_month(*nth, *weekday)
            .ok(),
    }
}

fn part(key: &str, value: &str) -> String {
    crate::mail::Foreign::new(format!("{key}={value} is not understood")).cut(60)
}
