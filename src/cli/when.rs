//! Moments, days and spans as people type them, in the team's zone.

use super::Usage;
use super::look::read_date;
use crate::promise::Calendar;
use anyhow::Result;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

/// Reads a moment that has been: `2026-11-22 09:30`, `22 Nov 09:30`, `09:30` (today),
/// `now`, or RFC 3339. A day without a year is the last one. The future is refused.
///
/// # Errors
/// [`Usage`] when it is none.
pub fn moment(text: &str, calendar: &Calendar, now: Timestamp) -> Result<Timestamp> {
    let Some(at) = read_moment(text.trim(), calendar, now) else {
        return Err(Usage(format!(
            "{text:?} is no time\n  hint: \"2026-11-22 09:30\", \"22 Nov 09:30\", \"09:30\" or now"
        ))
        .into());
    };
    if at > now {
        return Err(Usage(format!("{text:?} lies in the future")).into());
    }
    Ok(at)
}

fn read_moment(text: &str, calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    if text == "now" {
        return Some(now);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local = |at: DateTime| Some(at.to_zoned(calendar.zone().clone()).ok()?.timestamp());
    let today = calendar.local_date(now);
    let clock = |text: &str| Time::strptime("%H:%M", text).ok();
    if let Some(time) = clock(text) {
        return local(today.to_datetime(time));
    }
    let (day, time) = text.rsplit_once([' ', 'T'])?;
    let (day, time) = (day.trim(), clock(time)?);
    if let Ok(date) = day.parse::<Date>() {
        return local(date.to_datetime(time));
    }
    if let Ok(date) = Date::strptime("%d %b %Y", day) {
        return local(date.to_datetime(time));
    }
    let of_year = |year: i16| {
        let date = Date::strptime("%d %b %Y", format!("{day} {year}")).ok()?;
        local(date.to_datetime(time))
    };
    let this_year = of_year(today.year()).filter(|at| *at <= now);
    this_year.or_else(|| of_year(today.year() - 1))
}

/// Reads a day to come: `2026-12-04`, `4 Dec 2026`, or `4 Dec`, the next one.
///
/// # Errors
/// [`Usage`] when it is none.
pub fn day(text: &str, today: Date) -> Result<Date> {
    let no_date = || {
        Usage(format!(
            "{text:?} is no date\n  hint: 2026-12-04 or \"4 Dec\""
        ))
    };
    Ok(read_date(text, today).ok_or_else(no_date)?)
}

/// Nobody means a longer absence who leaves the year out.
const LONGEST: i32 = 183;

/// Reads `10 May..21 May`, both included; one day is `10 May`. A first day without a year
/// is the last one before the last day: one who is away already began before today.
///
/// # Errors
/// [`Usage`] when it is none, or when the years that were left out would make it longer
/// than half a year.
pub fn days(text: &str, today: Date) -> Result<(Date, Date)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (from.trim(), to.trim());
    let has_year =
        |text: &str| text.parse::<Date>().is_ok() || Date::strptime("%d %b %Y", text).is_ok();
    let (first, last) = if has_year(from) {
        let first = day(from, today)?;
        (first, day(to, first)?)
    } else {
        let last = day(to, today)?;
        let a_year_before = last.saturating_sub(jiff::Span::new().years(1));
        let first = day(
            from,
            a_year_before.saturating_add(jiff::Span::new().days(1)),
        )?;
        (first, last)
    };
    let long = first.until(last).map_or(0, |span| span.get_days());
    if long > LONGEST && !(has_year(from) && has_year(to)) {
        return Err(Usage(format!(
            "{text:?} would be {first} to {last}, {long} days\n  hint: FROM comes before TO; a longer absence is written with both years: {first}..{last}"
        ))
        .into());
    }
    Ok((first, last))
}

/// Reads how far ahead somebody looks: `3 h`, `2d`, `5 bd`; gives the moment at its end.
/// Days and business days end with their day.
///
/// # Errors
/// [`Usage`] when it is none.
pub fn ahead(text: &str, calendar: &Calendar, now: Timestamp) -> Result<Timestamp> {
    let strange = || Usage(format!("{text:?} is no span\n  hint: 3h, 2d or 5bd"));
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(strange)?;
    let (number, unit) = text.split_at_checked(split).ok_or_else(strange)?;
    let number: u16 = number.parse().map_err(|_| strange())?;
    if number > 250 {
        return Err(strange().into());
    }
    let today = calendar.local_date(now);
    Ok(match unit.trim() {
        "h" => now + SignedDuration::from_hours(i64::from(number)),
        "d" => {
            let last = today.saturating_add(jiff::Span::new().days(i64::from(number)));
            let end = last.to_datetime(Time::midnight()) + SignedDuration::from_hours(24);
            end.to_zoned(calendar.zone().clone())?.timestamp()
        }
        "bd" => calendar.closing(calendar.business_day_after(today, number)),
        _ => return Err(strange().into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn london() -> Calendar {
        let dir = tempfile::tempdir().unwrap();
        crate::config::sample::small(dir.path()).calendar
    }

    /// Tuesday, 09:02 in London.
    fn now() -> Timestamp {
        "2027-05-04T08:02:00Z".parse().unwrap()
    }

    #[test]
    fn moments_that_have_been() {
        let calendar = london();
        for (text, read) in [
            ("now", Some("2027-05-04T08:02:00Z")),
            ("09:00", Some("2027-05-04T08:00:00Z")),
            ("30 Apr 16:40", Some("2027-04-30T15:40:00Z")),
            ("30 Dec 16:40", Some("2026-12-30T16:40:00Z")),
            ("30 Apr 2027 16:40", Some("2027-04-30T15:40:00Z")),
            ("2027-04-30 16:40", Some("2027-04-30T15:40:00Z")),
            ("2027-04-30T16:40", Some("2027-04-30T15:40:00Z")),
            ("2027-04-30T16:40:00Z", Some("2027-04-30T16:40:00Z")),
            ("09:03", None),
            ("2027-05-05 09:00", None),
            ("30 Apr", None),
            ("yesterday", None),
            ("", None),
        ] {
            let read = read.map(|r| r.parse::<Timestamp>().unwrap());
            assert_eq!(moment(text, &calendar, now()).ok(), read, "{text:?}");
        }
    }

    #[test]
    fn days_and_spans() {
        let today = date(2027, 5, 4);
        let may = |first, last| Some((date(2027, 5, first), date(2027, 5, last)));
        for (text, read) in [
            ("10 May..21 May", may(10, 21)),
            ("2027-05-01..21 May", may(1, 21)),
            ("10 May .. 2027-05-21", may(10, 21)),
            ("10 May", may(10, 10)),
            (
                "28 Dec..2 Jan",
                Some((date(2027, 12, 28), date(2028, 1, 2))),
            ),
            ("3 May..7 May", may(3, 7)),
            ("4 May..4 May", may(4, 4)),
            ("3 May", Some((date(2028, 5, 3), date(2028, 5, 3)))),
            (
                "2027-05-10..2028-05-09",
                Some((date(2027, 5, 10), date(2028, 5, 9))),
            ),
            ("12 May..10 May", None),
            ("2027-05-12..10 May", None),
            ("10..21 May", None),
            ("", None),
        ] {
            assert_eq!(days(text, today).ok(), read, "{text:?}");
        }
        let calendar = london();
        for (text, read) in [
            ("3h", Some("2027-05-04T11:02:00Z")),
            ("2 d", Some("2027-05-06T23:00:00Z")),
            ("2bd", Some("2027-05-06T16:00:00Z")),
            ("2 weeks", None),
            ("d", None),
            ("2", None),
            ("9999d", None),
        ] {
            let read = read.map(|r| r.parse::<Timestamp>().unwrap());
            assert_eq!(ahead(text, &calendar, now()).ok(), read, "{text:?}");
        }
    }
}
