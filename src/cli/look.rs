//! How instants and spans read in tables: relative and absolute, in the team's zone.

use crate::desk::Duty;
use crate::mail::Address;
use crate::promise::{Calendar, Standing};
use crate::ticket::{Clash, TicketNo, Turn};
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// `Thu  6 May 17:00`.
pub fn moment(at: Timestamp, calendar: &Calendar) -> String {
    at.to_zoned(calendar.zone().clone())
        .strftime("%a %e %b %H:%M")
        .to_string()
}

/// The same for who reads it years on and elsewhere: `Thu  6 May 2027 17:00 +01:00`.
pub fn full_moment(at: Timestamp, calendar: &Calendar) -> String {
    at.to_zoned(calendar.zone().clone())
        .strftime("%a %e %b %Y %H:%M %:z")
        .to_string()
}

/// The name of the team's zone.
pub fn zone(calendar: &Calendar) -> String {
    let name = calendar.zone().iana_name();
    name.unwrap_or("UTC").to_owned()
}

/// An address with what is to be said of it: `kim@examp1e.net [looks like example.net]`.
pub fn address(address: Option<&Address>, nobody: &str, marks: &[String]) -> String {
    let shown = address.map_or(nobody.to_owned(), ToString::to_string);
    if marks.is_empty() {
        return shown;
    }
    format!("{shown} [{}]", marks.join(", "))
}

/// `Thu  6 May`.
pub fn day(date: Date) -> String {
    date.strftime("%a %e %b").to_string()
}

/// How long ago: `9 s`, `5 min`, `3 h`, `4 days`.
pub fn ago(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(since).as_secs().max(0);
    match seconds {
        0..=119 => format!("{seconds} s ago"),
        120..=7199 => format!("{} min ago", seconds / 60),
        7200..=172_799 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// How old: `5 min`, `3 h`, `4 d`.
pub fn age(since: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(since).as_mins().max(0);
    match minutes {
        0..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

/// A deadline: `LATE since Fri 30 Apr`, `today 17:00, in 8 h`, `in 2 bd   Thu  6 May`. A soft
/// one is never called late: `was due Fri 30 Apr`.
pub fn due(at: Timestamp, soft: bool, now: Timestamp, calendar: &Calendar) -> String {
    let (today, date) = (calendar.local_date(now), calendar.local_date(at));
    let local = at.to_zoned(calendar.zone().clone());
    if now > at {
        let word = if soft { "was due" } else { "LATE since" };
        return format!("{word} {}", local.strftime("%a %-d %b"));
    }
    if date == today {
        let minutes = at.duration_since(now).as_mins();
        let left = if minutes < 120 {
            format!("{minutes} min")
        } else {
            format!("{} h", minutes / 60)
        };
        return format!("today {}, in {left}", local.strftime("%H:%M"));
    }
    let days = calendar.business_days_between(today, date);
    format!("in {:<6} {}", format!("{days} bd"), day(date))
}

/// When a duty is due; whether it rests, only grows stale, or could not be kept.
pub fn duty(duty: &Duty, now: Timestamp, calendar: &Calendar) -> String {
    let day = |at: Timestamp| calendar.local_date(at).strftime("%a %-d %b").to_string();
    match (duty.run.paused_at, duty.due_at()) {
        (Some(since), _) => format!("waiting since {}", day(since)),
        // It is never called late: there is nobody to write to.
        (None, Some(at)) if now > at && duty.state.standing == Standing::Cannot => {
            "cannot be kept".to_owned()
        }
        (None, Some(at)) if duty.promise.counts_hours() => by_the_hour(duty, at, now, calendar),
        (None, Some(at)) => due(at, duty.promise.soft, now, calendar),
        (None, None) => format!("open since {}", day(duty.run.started_at)),
    }
}

/// The same of what counts hours, for which a day says too little: `LATE since Wed 5 May 13:07`,
/// `in 48 h   Fri  7 May 15:03`.
fn by_the_hour(duty: &Duty, at: Timestamp, now: Timestamp, calendar: &Calendar) -> String {
    let (today, date) = (calendar.local_date(now), calendar.local_date(at));
    let due = due(at, duty.promise.soft, now, calendar);
    match (now > at, date == today) {
        (true, _) => {
            let hour = at.to_zoned(calendar.zone().clone());
            format!("{due} {}", hour.strftime("%H:%M"))
        }
        (false, true) => due,
        (false, false) => {
            let left = left(duty, at, now, calendar);
            format!("in {left:<6} {}", moment(at, calendar))
        }
    }
}

/// How long there is until another day: `2 bd`; `48 h` or `9 d` of what counts hours.
fn left(duty: &Duty, at: Timestamp, now: Timestamp, calendar: &Calendar) -> String {
    let (hours, minutes) = (
        at.duration_since(now).as_hours(),
        at.duration_since(now).as_mins(),
    );
    match duty.promise.counts_hours() {
        true if minutes < 120 => format!("{minutes} min"),
        true if hours < 100 => format!("{hours} h"),
        true => format!("{} d", hours / 24),
        false => {
            let (today, date) = (calendar.local_date(now), calendar.local_date(at));
            format!("{} bd", calendar.business_days_between(today, date))
        }
    }
}

/// The same with the hour, where a line has room for it: `Thu  6 May 17:00, in 2 bd`.
pub fn deadline(duty: &Duty, now: Timestamp, calendar: &Calendar) -> String {
    let Some(at) = duty.due_at().filter(|_| duty.run.paused_at.is_none()) else {
        return self::duty(duty, now, calendar);
    };
    let (today, date) = (calendar.local_date(now), calendar.local_date(at));
    let local = at.to_zoned(calendar.zone().clone());
    if now > at || date == today {
        let hour = if now > at { " %H:%M" } else { "" };
        let hour = local.strftime(hour);
        return format!("{}{hour}", due(at, duty.promise.soft, now, calendar));
    }
    let left = left(duty, at, now, calendar);
    format!("{}, in {left}", moment(at, calendar))
}

/// `CLASH they publish Thu 1 Jul, we fix Fri 9 Jul`: dates that are in the wrong order.
pub fn clash(clash: Clash) -> String {
    let day = |date: Date| date.strftime("%a %-d %b").to_string();
    format!(
        "CLASH {} {}, {} {}",
        clash.early.comes(),
        day(clash.on),
        clash.late.should_come(),
        day(clash.after)
    )
}

/// The same, and what a person can do about it.
pub fn clash_and_way(clash_of: Clash, ticket: TicketNo) -> String {
    let n = ticket.0;
    let way = match clash_of.early {
        Turn::TheyPublish => format!("gatepost reply {n} asks them to wait"),
        Turn::WePublish => format!("gatepost publish {n} --on moves it and tells them"),
        Turn::EmbargoEnds | Turn::Fix => {
            format!("gatepost reply {n} --embargo moves it and tells them")
        }
    };
    format!("{}: {way}", clash(clash_of))
}

/// Reads a date that a person typed: `2026-12-04`, `4 Dec 2026`, or `4 Dec`, which is the
/// next one from `today` on.
pub fn read_date(text: &str, today: Date) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = text.parse::<Date>() {
        return Some(date);
    }
    if let Ok(date) = Date::strptime("%d %b %Y", text) {
        return Some(date);
    }
    let this_year = Date::strptime("%d %b %Y", format!("{text} {}", today.year())).ok();
    let next_year = || Date::strptime("%d %b %Y", format!("{text} {}", today.year() + 1)).ok();
    this_year.filter(|d| *d >= today).or_else(next_year)
}

/// Reads a moment that a person typed, in the team's zone: `2027-05-04 14:02`,
/// `4 May 14:02`, `Tue 14:02` or `14:02`. Where the year, the day or both are left out, it
/// is the latest such moment that is not after `now`; a time that is still to come today
/// is therefore none. Where daylight saving repeats an hour: the earlier instant.
pub fn read_moment(text: &str, now: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
    let text = match text.trim().split_once('T') {
        Some((day, time)) if day.parse::<Date>().is_ok() => format!("{day} {time}"),
        Some(_) | None => text.trim().to_owned(),
    };
    let today = calendar.local_date(now);
    let (day, time) = text.rsplit_once(' ').unwrap_or(("", &text));
    let time = Time::strptime("%H:%M", time).ok()?;
    let at = |date: Date| {
        let local = date.to_datetime(time);
        local
            .to_zoned(calendar.zone().clone())
            .ok()
            .map(|z| z.timestamp())
    };
    let past = |date: &Date| at(*date).is_some_and(|at| at <= now);
    let day = day.trim();
    if let Ok(date) = day.parse::<Date>() {
        return at(date);
    }
    if let Ok(date) = Date::strptime("%d %b %Y", day) {
        return at(date);
    }
    if day.is_empty() {
        return at(today).filter(|_| past(&today));
    }
    let back = |n: i64| today.saturating_sub(jiff::Span::new().days(n));
    let named = |date: &Date| date.strftime("%a").to_string().eq_ignore_ascii_case(day);
    let in_a_year = |date: &Date| {
        Date::strptime("%d %b %Y", format!("{day} {}", date.year())).is_ok_and(|d| d == *date)
    };
    let week = (0..=7).map(back).find(|d| named(d) && past(d));
    let date = week.or_else(|| (0..=366).map(back).find(|d| in_a_year(d) && past(d)));
    date.and_then(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_as_people_type_them() {
        let today = date(2026, 11, 22);
        for (text, wanted) in [
            ("2026-12-04", Some(date(2026, 12, 4))),
            ("4 Dec", Some(date(2026, 12, 4))),
            ("17 Jun", Some(date(2027, 6, 17))),
            ("22 Nov", Some(today)),
            ("4 Dec 2028", Some(date(2028, 12, 4))),
            ("soon", None),
            ("31 Feb", None),
            ("", None),
        ] {
            assert_eq!(read_date(text, today), wanted, "{text:?}");
        }
    }

    #[test]
    fn moments_as_people_type_them() {
        // Tuesday, in summer time.
        let now: Timestamp = "2027-05-04T15:00:00+01:00".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let calendar = crate::config::sample::small(folder.path()).calendar;
        let check = |text: &str, wanted: Option<&str>| {
            let wanted = wanted.map(|at| at.parse::<Timestamp>().unwrap());
            assert_eq!(read_moment(text, now, &calendar), wanted, "{text:?}");
        };
        check("2027-05-04 14:02", Some("2027-05-04T13:02:00Z"));
        check("2027-05-04T14:02", Some("2027-05-04T13:02:00Z"));
        check("2026-12-24 14:02", Some("2026-12-24T14:02:00Z"));
        check("14:02", Some("2027-05-04T13:02:00Z"));
        check("15:01", None);
        check("Tue 14:02", Some("2027-05-04T13:02:00Z"));
        check("tue 15:01", Some("2027-04-27T14:01:00Z"));
        check("Wed 9:30", Some("2027-04-28T08:30:00Z"));
        check("3 May 09:00", Some("2027-05-03T08:00:00Z"));
        check("5 May 09:00", Some("2026-05-05T08:00:00Z"));
        check("5 May 2027 09:00", Some("2027-05-05T08:00:00Z"));
        // The hour that the change of the clock repeats, and the one that it skips.
        check("2026-10-25 01:30", Some("2026-10-25T00:30:00Z"));
        check("2027-03-28 01:30", Some("2027-03-28T01:30:00Z"));
        for nonsense in [
            "",
            "soon",
            "Tue",
            "14",
            "Someday 14:02",
            "31 Feb 14:02",
            "25:00",
        ] {
            check(nonsense, None);
        }
    }
}
