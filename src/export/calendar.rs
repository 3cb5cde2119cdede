//! Deadlines as a calendar (RFC 5545). Nothing of a report: reference, code name, promise
//! and owner.

use crate::ticket::{CodeName, Reference};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Octets in a line at most, its end left out.
const LINE: usize = 75;

/// A deadline.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// The reference of its ticket.
    pub reference: Reference,
    /// The code name of its ticket.
    pub name: CodeName,
    /// The promise, by its name in the policy.
    pub promise: String,
    /// The number of the fact that started it: of several runs of a promise each keeps
    /// its own.
    pub start: i64,
    /// Who is responsible.
    pub owner: Option<String>,
    /// When it is due.
    pub due_at: Timestamp,
    /// It is never called late.
    pub soft: bool,
}

/// The calendar as it stands at `now`; `domain` makes the ids of its entries our own.
pub fn calendar(deadlines: &[Deadline], domain: &str, now: Timestamp) -> String {
    let mut out = String::new();
    let mut line = |text: &str| out.push_str(&folded(text));
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//gatepost//deadlines//EN");
    line("CALSCALE:GREGORIAN");
    line("X-WR-CALNAME:gatepost deadlines");
    if deadlines.is_empty() {
        // A calendar has at least one component.
        for text in [
            "BEGIN:VTIMEZONE",
            "TZID:UTC",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "TZOFFSETFROM:+0000",
            "TZOFFSETTO:+0000",
            "END:STANDARD",
            "END:VTIMEZONE",
        ] {
            line(text);
        }
    }
    for one in deadlines {
        let owner = one.owner.as_deref().unwrap_or("nobody");
        let soft = if one.soft { ", soft" } else { "" };
        let (reference, promise, start) = (&one.reference, &one.promise, one.start);
        line("BEGIN:VEVENT");
        line(&format!(
            "UID:{}",
            text(&format!("{reference}-{promise}-{start}@{domain}"))
        ));
        line(&format!("DTSTAMP:{}", utc(now)));
        line(&format!("DTSTART:{}", utc(one.due_at)));
        let summary = format!("{reference} {}: {promise} ({owner}{soft})", one.name);
        line(&format!("SUMMARY:{}", text(&summary)));
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

/// A value of type TEXT.
fn text(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line with its end, in pieces of 75 octets, no character cut in two.
fn folded(line: &str) -> String {
    let (mut out, mut octets) = (String::new(), 0);
    for c in line.chars() {
        if octets + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::TicketNo;

    fn deadline(n: i64, promise: &str, owner: Option<&str>) -> Deadline {
        Deadline {
            reference: Reference::new("SEC", 2027, TicketNo(n)),
            name: CodeName::of(TicketNo(n)),
            promise: promise.to_owned(),
            start: 1,
            owner: owner.map(str::to_owned),
            due_at: "2027-05-06T17:00:00+01:00".parse().unwrap(),
            soft: false,
        }
    }

    fn now() -> Timestamp {
        "2027-05-04T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn deadlines_are_events_in_utc() {
        let again = Deadline {
            start: 7,
            soft: true,
            ..deadline(19, "reply", None)
        };
        let all = [
            deadline(19, "respond", Some("anna")),
            deadline(19, "reply", None),
            again,
        ];
        insta::assert_snapshot!(calendar(&all, "example.org", now()).replace("\r\n", "\n"));
    }

    #[test]
    fn an_entry_keeps_its_id_when_its_time_moves() {
        let ids = |at: &str| {
            let moved = Deadline {
                due_at: at.parse().unwrap(),
                owner: Some("ben".to_owned()),
                ..deadline(19, "resolve", None)
            };
            let text = calendar(&[moved], "example.org", now());
            text.lines()
                .find(|l| l.starts_with("UID:"))
                .unwrap()
                .to_owned()
        };
        assert_eq!(ids("2027-05-06T16:00:00Z"), ids("2028-05-06T16:00:00Z"));
    }

    #[test]
    fn every_line_ends_as_it_must_and_none_is_long() {
        let long = "ö;,\\".repeat(60);
        for all in [vec![], vec![deadline(1, &long, Some(&long))]] {
            let text = calendar(&all, "example.org", now());
            assert!(text.ends_with("END:VCALENDAR\r\n"));
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
            let longest = text.split("\r\n").map(str::len).max();
            assert!(longest <= Some(LINE), "{longest:?}");
            let unfolded = text.replace("\r\n ", "");
            assert!(all.is_empty() || unfolded.contains(&"ö\\;\\,\\\\".repeat(60)));
            let begun = |word: &str| unfolded.lines().filter(|l| l.starts_with(word)).count();
            assert!(begun("BEGIN:") == begun("END:") && begun("BEGIN:") >= 2);
        }
    }
}
