//! How instants and spans read in tables: relative and absolute, in the team's zone.

use crate::desk::Duty;
use crate::promise::Calendar;
use crate::ticket::Ticket;
use jiff::Timestamp;
use jiff::civil::Date;

/// `Thu  6 May 17:00`.
pub fn moment(at: Timestamp, calendar: &Calendar) -> String {
    at.to_zoned(calendar.zone().clone())
        .strftime("%a %e %b %H:%M")
        .to_string()
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

/// A deadline: `LATE since Fri 30 Apr`, `today 17:00, in 8 h`, `in 2 bd   Thu  6 May`.
pub fn due(at: Timestamp, now: Timestamp, calendar: &Calendar) -> String {
    let (today, date) = (calendar.local_date(now), calendar.local_date(at));
    let local = at.to_zoned(calendar.zone().clone());
    if now > at {
        return format!("LATE since {}", local.strftime("%a %-d %b"));
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

/// When a duty is due; whether it rests, or only grows stale.
pub fn duty(duty: &Duty, now: Timestamp, calendar: &Calendar) -> String {
    let day = |at: Timestamp| calendar.local_date(at).strftime("%a %-d %b").to_string();
    match (duty.run.paused_at, duty.due_at()) {
        (Some(since), _) => format!("waiting since {}", day(since)),
        (None, Some(at)) => due(at, now, calendar),
        (None, None) => format!("open since {}", day(duty.run.started_at)),
    }
}

/// `CLASH they publish Thu 1 Jul, we fix Fri 9 Jul`, where they publish first.
pub fn clash(ticket: &Ticket) -> Option<String> {
    let clash = ticket.clash()?;
    let day = |date: Date| date.strftime("%a %-d %b").to_string();
    Some(format!(
        "CLASH they publish {}, we {} {}",
        day(clash.theirs),
        clash.what,
        day(clash.ours)
    ))
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
}
