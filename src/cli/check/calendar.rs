//! The calendar, read back: zone, days and hours, the next days off, and how far they
//! are known.

use crate::promise::Calendar;
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, Zoned};

/// So many of the next days off are named.
const NAMED: usize = 3;
/// Where the text behind the key begins, and where it ends.
const KEY: usize = 10;
const COLUMNS: usize = 80;

/// Stands in for the spaces of a day, which is not broken.
const NO_BREAK: &str = "\u{a0}";

/// Some lines, each ended by a line feed.
pub fn text(calendar: &Calendar, now: Timestamp) -> String {
    let today = calendar.local_date(now);
    let zone = calendar.zone().iana_name().unwrap_or("?");
    let (days, hours) = (week(calendar.weekend()), calendar.hours().words());
    let mut clauses = vec![format!("{zone}, {days} {hours}")];
    let off: Vec<String> = calendar
        .days_off_from(today)
        .take(NAMED)
        .map(|day| self::day(day, today).replace(' ', NO_BREAK))
        .collect();
    if !off.is_empty() {
        clauses.push(format!("next days off {}", off.join(", ")));
    }
    if let Some((day, closes)) = calendar.half_days_from(today).next() {
        let closes = closes.strftime("%H:%M");
        clauses.push(format!("half day {} until {closes}", self::day(day, today)));
    }
    clauses.extend(ends(calendar));
    lines(&clauses.join("; "))
}

/// How far the days off are known: by the files, or without one by the list.
fn ends(calendar: &Calendar) -> Vec<String> {
    let month = |day: Date| day.strftime("%b %Y").to_string();
    let known = calendar.holidays_from(Date::MIN).next().is_some();
    match (calendar.sources(), calendar.known_until()) {
        ([], Some(last)) if known => vec![format!("the list ends {}", month(last))],
        ([], _) => Vec::new(),
        (files, _) => files
            .iter()
            .map(|file| match file.until {
                Some(last) => format!("{} ends {}", file.name, month(last)),
                None => format!("{} never ends", file.name),
            })
            .collect(),
    }
}

/// `Mon-Fri`, `Sun-Thu`, `Mon, Tue, Thu`.
fn week(weekend: &[Weekday]) -> String {
    let works = |day: &Weekday| !weekend.contains(day);
    // Begins behind a day off, so that a week which runs over Sunday stays in one piece.
    let first = weekend
        .iter()
        .map(|day| day.next())
        .find(works)
        .unwrap_or(Weekday::Monday);
    let mut days: Vec<Weekday> = first.cycle_forward().take(7).filter(works).collect();
    let in_a_row = first.cycle_forward().zip(&days).all(|(a, b)| a == *b);
    match (days.as_slice(), in_a_row) {
        ([from, .., to], true) => format!("{}-{}", name(*from), name(*to)),
        (_, _) => {
            days.sort_by_key(|day| day.to_monday_zero_offset());
            let names: Vec<&str> = days.iter().map(|day| name(*day)).collect();
            names.join(", ")
        }
    }
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// `Mon 3 May`, with its year where that is not this one.
fn day(day: Date, today: Date) -> String {
    let this_year = day.year() == today.year();
    day.strftime(if this_year {
        "%a %-d %b"
    } else {
        "%a %-d %b %Y"
    })
    .to_string()
}

/// `Mon 3 May 17:00` in the team's zone, with its year where that is not this one.
pub fn moment(at: Timestamp, now: Timestamp, calendar: &Calendar) -> String {
    let local: Zoned = at.to_zoned(calendar.zone().clone());
    let day = day(local.date(), calendar.local_date(now));
    format!("{day} {}", local.strftime("%H:%M"))
}

/// Behind the key, broken at spaces.
fn lines(text: &str) -> String {
    let mut out = String::new();
    let mut line = format!("{:<KEY$}", "calendar");
    let mut fresh = true;
    for word in text.split(' ') {
        if !fresh && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            out.push_str(&line);
            out.push('\n');
            (line, fresh) = (" ".repeat(KEY), true);
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    (out + &line + "\n").replace(NO_BREAK, " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promise::{Hours, read_holidays};
    use jiff::civil::{date, time};
    use std::collections::BTreeMap;

    const UK: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270503\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20270531\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20270828\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20281226\nEND:VEVENT\nEND:VCALENDAR\n";
    const EVER: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20200606\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";

    fn calendar(zone: &str, weekend: &[Weekday], holidays: &[Date]) -> Calendar {
        let holidays = holidays
            .iter()
            .map(|day| (*day, "off".to_owned()))
            .collect();
        Calendar::new(
            zone,
            weekend,
            Hours::parse("09:00-17:00").unwrap(),
            holidays,
        )
        .unwrap()
    }

    fn now() -> Timestamp {
        "2027-04-26T08:12Z".parse().unwrap()
    }

    #[test]
    fn the_calendar_is_read_back() {
        let weekend = [Weekday::Saturday, Weekday::Sunday];
        let own = calendar("Europe/London", &weekend, &[date(2027, 12, 27)]);
        insta::assert_snapshot!(text(&own, now()), @r"
        calendar  Europe/London, Mon-Fri 09:00-17:00; next days off Mon 27 Dec; the list
                  ends Dec 2027
        ");
        let uk = read_holidays("uk.ics", UK.as_bytes()).unwrap();
        let half = [(date(2027, 12, 24), time(13, 0, 0, 0))].into();
        let files = calendar("Europe/London", &weekend, &[])
            .with_half_days(half)
            .and_then(|made| made.with_file(uk))
            .and_then(|made| made.with_file(read_holidays("ours.ics", EVER.as_bytes()).unwrap()))
            .unwrap();
        insta::assert_snapshot!(text(&files, now()), @r"
        calendar  Europe/London, Mon-Fri 09:00-17:00; next days off Mon 3 May,
                  Mon 31 May, Tue 6 Jun 2028; half day Fri 24 Dec until 13:00; uk.ics
                  ends Dec 2028; ours.ics never ends
        ");
        let bare = Calendar::new(
            "UTC",
            &[],
            Hours::parse("00:00-23:59").unwrap(),
            BTreeMap::new(),
        );
        insta::assert_snapshot!(text(&bare.unwrap(), now()), @"calendar  UTC, Mon-Sun 00:00-23:59");
    }

    #[test]
    fn a_week_reads_as_people_say_it() {
        use Weekday::{Friday, Saturday, Sunday, Thursday, Wednesday};
        for (weekend, wanted) in [
            (&[Saturday, Sunday][..], "Mon-Fri"),
            (&[Sunday, Saturday], "Mon-Fri"),
            (&[Friday, Saturday], "Sun-Thu"),
            (&[Friday], "Sat-Thu"),
            (&[], "Mon-Sun"),
            (&[Wednesday, Saturday, Sunday], "Mon, Tue, Thu, Fri"),
            (&[Thursday, Friday, Saturday, Sunday], "Mon-Wed"),
        ] {
            assert_eq!(week(weekend), wanted);
        }
    }
}
