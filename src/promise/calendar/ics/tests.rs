//! Holiday files: what is read, what is refused, and that nothing makes it panic.

mod properties;
mod refused;

use super::*;
use jiff::civil::date;

/// A file of these events, each given by its lines.
fn file(events: &[&str]) -> String {
    let events: String = events
        .iter()
        .map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"))
        .collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n")
}

fn one(lines: &str) -> Result<HolidayFile, IcsError> {
    read("uk.ics", file(&[lines]).as_bytes())
}

/// The event has these days off, and the file ends on that day or never.
fn check(lines: &str, wanted: &[Date], until: Option<Date>) {
    let file = one(lines).unwrap_or_else(|why| panic!("{lines}: {why}"));
    let days: Vec<Date> = file
        .days
        .keys()
        .copied()
        .take(wanted.len().max(8))
        .collect();
    let head = &days[..wanted.len().min(days.len())];
    assert_eq!(head, wanted, "{lines}");
    if until.is_some() {
        assert_eq!(days.len(), wanted.len(), "{lines}: {days:?}");
    }
    assert_eq!(file.until, until, "{lines}");
}

/// The file is refused at this line, in these words.
fn refused(text: &str, line: Option<usize>, wanted: &str) {
    let why = read("uk.ics", text.as_bytes()).expect_err(text);
    assert_eq!((why.line, why.what.as_str()), (line, wanted), "{text}");
}

#[test]
fn all_day_events_are_days_off() {
    let may = date(2027, 5, 3);
    check("DTSTART;VALUE=DATE:20270503", &[may], Some(may));
    check("dtstart;value=date;x=\"a:b;c\":20270503", &[may], Some(may));
    check("DTSTART:20270503", &[may], Some(may));
    check(
        "DTSTART;VALUE=DATE:20270503\nDTEND;VALUE=DATE:20270503",
        &[may],
        Some(may),
    );
    let christmas = [date(2027, 12, 25), date(2027, 12, 26)];
    for end in ["DTEND;VALUE=DATE:20271227", "DURATION:P2D"] {
        check(
            &format!("DTSTART;VALUE=DATE:20271225\n{end}"),
            &christmas,
            Some(christmas[1]),
        );
    }
    let week = one("DTSTART;VALUE=DATE:20271227\nDURATION:P1W").unwrap();
    assert_eq!((week.days.len(), week.until), (7, Some(date(2028, 1, 2))));
}

/// The first day, the rule, the days that come of it, and the last one if there is one.
type Case<'a> = (&'a str, &'a str, &'a [(i16, i8, i8)], Option<Date>);

#[test]
fn yearly_rules_are_written_out() {
    let of = |days: &[(i16, i8, i8)]| {
        days.iter()
            .map(|(y, m, d)| date(*y, *m, *d))
            .collect::<Vec<_>>()
    };
    let table: [Case; 10] = [
        (
            "20261225",
            "FREQ=YEARLY",
            &[(2026, 12, 25), (2027, 12, 25), (2028, 12, 25)],
            None,
        ),
        (
            "20261225",
            "FREQ=YEARLY;INTERVAL=1;WKST=SU;COUNT=2",
            &[(2026, 12, 25), (2027, 12, 25)],
            Some(date(2027, 12, 25)),
        ),
        (
            "20261225",
            "FREQ=YEARLY;UNTIL=20281225",
            &[(2026, 12, 25), (2027, 12, 25), (2028, 12, 25)],
            Some(date(2028, 12, 25)),
        ),
        (
            "20261225",
            "FREQ=YEARLY;UNTIL=20281224T235959Z",
            &[(2026, 12, 25), (2027, 12, 25)],
            Some(date(2027, 12, 25)),
        ),
        (
            "20270503",
            "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO",
            &[(2027, 5, 3), (2028, 5, 1), (2029, 5, 7)],
            None,
        ),
        (
            "20270531",
            "freq=yearly;bymonth=5;byday=-1mo",
            &[(2027, 5, 31), (2028, 5, 29), (2029, 5, 28)],
            None,
        ),
        (
            "20261126",
            "FREQ=YEARLY;BYMONTH=11;BYDAY=+4TH",
            &[(2026, 11, 26), (2027, 11, 25)],
            None,
        ),
        (
            "20280229",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            &[(2028, 2, 29), (2032, 2, 29)],
            None,
        ),
        (
            "20240229",
            "FREQ=YEARLY;COUNT=3",
            &[(2024, 2, 29), (2028, 2, 29), (2032, 2, 29)],
            Some(date(2032, 2, 29)),
        ),
        // The count begins with the first day, and that may be long ago.
        (
            "19980101",
            "FREQ=YEARLY;COUNT=4",
            &[(2000, 1, 1), (2001, 1, 1)],
            Some(date(2001, 1, 1)),
        ),
    ];
    for (start, rule, wanted, until) in table {
        let lines = format!("DTSTART;VALUE=DATE:{start}\nRRULE:{rule}");
        check(&lines, &of(wanted), until);
    }
    let ever = one("DTSTART;VALUE=DATE:19700101\nRRULE:FREQ=YEARLY").unwrap();
    assert_eq!(
        (ever.days.len(), ever.days.last_key_value().unwrap().0),
        (100, &date(2099, 1, 1))
    );
}

#[test]
fn what_is_taken_back_is_no_day_off() {
    let rule = "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=4";
    check(
        &format!("{rule}\nEXDATE;VALUE=DATE:20271225,20281225\nEXDATE:20261225"),
        &[date(2029, 12, 25)],
        Some(date(2029, 12, 25)),
    );
    let cancelled = "DTSTART;VALUE=DATE:20270503\nSTATUS:Cancelled";
    let kept = "DTSTART;VALUE=DATE:20270531\nSTATUS:CONFIRMED";
    let read = read("uk.ics", file(&[cancelled, kept]).as_bytes()).unwrap();
    assert_eq!(read.days.len(), 1);
    refused(&file(&[cancelled]), None, "holds no day off");
}

#[test]
fn timed_events_are_left_out_and_counted() {
    let timed = [
        "DTSTART:20270503T090000Z",
        "DTSTART;TZID=Europe/London:20270503T090000\nRRULE:FREQ=DAILY",
        "DTSTART;VALUE=DATE-TIME:20270503T090000\nRECURRENCE-ID:20270503T090000",
        "DTSTART;VALUE=DATE:20270531",
    ];
    let read = read("uk.ics", file(&timed).as_bytes()).unwrap();
    assert_eq!((read.days.len(), read.timed), (1, 3));
}

#[test]
fn lines_are_unfolded_and_text_is_unescaped() {
    let text = "\u{feff}BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;VAL\r\n UE=DATE:2027\r\n\t0503\r\nSUMMARY;LANGUAGE=en:May\\, Day\\; the \\\\ \\nfir\r\n st\r\nBEGIN:VALARM\r\nDURATION:PT5M\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let read = read("uk.ics", text.as_bytes()).unwrap();
    let days: Vec<(Date, String)> = read.days.into_iter().collect();
    assert_eq!(
        days,
        [(date(2027, 5, 3), "May, Day; the \\  first".to_owned())]
    );
}

#[test]
fn a_line_may_be_folded_within_a_character() {
    let mut bytes = file(&["DTSTART:20270503\nSUMMARY:F\u{fc}"]).into_bytes();
    let at = bytes.iter().position(|b| *b == 0xc3).unwrap();
    bytes.splice(at + 1..at + 1, *b"\r\n ");
    assert_eq!(
        read("uk.ics", &bytes).unwrap().days[&date(2027, 5, 3)],
        "F\u{fc}"
    );
}

#[test]
fn names_are_harmless_and_short() {
    let long = "x".repeat(300);
    for (summary, wanted) in [
        ("May\u{1b}[31m", "May\\u{1b}[31m".to_owned()),
        ("\\n \\n", "public holiday".to_owned()),
        (&long, format!("{}~", "x".repeat(59))),
    ] {
        let read = one(&format!("SUMMARY:{summary}\nDTSTART:20270503")).unwrap();
        assert_eq!(read.days[&date(2027, 5, 3)], wanted);
    }
    let named = read("a\u{202e}b.ics", file(&["DTSTART:20270503"]).as_bytes()).unwrap();
    assert_eq!(named.name, "a\\u{202e}b.ics");
}
