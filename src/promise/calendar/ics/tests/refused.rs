//! What is no holiday file, or a hostile one.

use super::*;

#[test]
fn a_rule_that_is_not_understood_is_named_with_its_event() {
    for (rule, why) in [
        ("FREQ=WEEKLY", "it is not yearly"),
        ("BYMONTH=5", "it is not yearly"),
        ("FREQ=YEARLY;INTERVAL=2", "INTERVAL=2 is not understood"),
        ("FREQ=YEARLY;BYSETPOS=1", "BYSETPOS=1 is not understood"),
        ("FREQ=YEARLY;BYDAY=1MO", "it has BYDAY without BYMONTH"),
        (
            "FREQ=YEARLY;BYMONTHDAY=3",
            "it has BYMONTHDAY without BYMONTH",
        ),
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=MO",
            "BYDAY=MO is not understood",
        ),
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=9MO",
            "BYDAY=9MO is not understood",
        ),
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO,2MO",
            "BYDAY=1MO,2MO is not understood",
        ),
        ("FREQ=YEARLY;BYMONTH=5,6", "BYMONTH=5,6 is not understood"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH=13 is not understood"),
        (
            "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=-1",
            "BYMONTHDAY=-1 is not understood",
        ),
        (
            "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3;BYDAY=1MO",
            "it has both BYMONTHDAY and BYDAY",
        ),
        ("FREQ=YEARLY;COUNT=0", "COUNT=0 is not understood"),
        ("FREQ=YEARLY;UNTIL=soon", "UNTIL=SOON is not understood"),
        (
            "FREQ=YEARLY;COUNT=2;UNTIL=20300101",
            "it has both COUNT and UNTIL",
        ),
        ("FREQ=YEARLY;COUNT=2;COUNT=3", "COUNT stands there twice"),
        (
            "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=3",
            "its first day is none of its own",
        ),
    ] {
        let event = format!("SUMMARY:May Day\nDTSTART;VALUE=DATE:20270503\nRRULE:{rule}");
        let what = format!("the event \"May Day\" has the rule {rule}: {why}");
        refused(&file(&[&event]), Some(6), &what);
    }
    refused(
        &file(&["DTSTART:18991231\nRRULE:FREQ=YEARLY"]),
        Some(5),
        "an event without a name has the rule FREQ=YEARLY: it begins before 1900",
    );
}

#[test]
fn an_event_that_cannot_be_understood_is_named() {
    for (event, line, what) in [
        ("SUMMARY:A", 3, "has no DTSTART"),
        (
            "SUMMARY:A\nDTSTART;VALUE=DATE:20271332",
            5,
            "has a DTSTART that is no day",
        ),
        (
            "SUMMARY:A\nDTSTART;VALUE=DATE:20270503T000000",
            5,
            "has a DTSTART that is no day",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503T0",
            5,
            "has a DTSTART that is no day",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDTSTART:20270504",
            6,
            "has DTSTART twice",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDTEND:20270502",
            6,
            "ends before it begins",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDTEND:20270520",
            6,
            "lasts 17 days",
        ),
        (
            "SUMMARY:A\nDTSTART:00010503\nDTEND:99991231",
            6,
            "lasts 3651936 days",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDTEND:20270504T090000",
            6,
            "begins on a day and ends at a time",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDURATION:PT24H",
            6,
            "has a DURATION that is none of whole days",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDURATION:P0D",
            6,
            "ends before it begins",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nDTEND:20270504\nDURATION:P1D",
            7,
            "has both DTEND and DURATION",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nRDATE:20270504",
            6,
            "has RDATE, which is not understood",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nEXDATE:20270504T000000",
            6,
            "has an EXDATE that is no day",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503\nRECURRENCE-ID:20270503\nSTATUS:CANCELLED",
            6,
            "has a RECURRENCE-ID: it changes one day of another event",
        ),
        (
            "SUMMARY:A\nDTSTART:20270503T090000\nRECURRENCE-ID;VALUE=DATE:20270503",
            6,
            "has a RECURRENCE-ID: it changes one day of another event",
        ),
    ] {
        refused(
            &file(&[event]),
            Some(line),
            &format!("the event \"A\" {what}"),
        );
    }
}

#[test]
fn a_file_that_is_damaged_or_none_is_refused() {
    let no = "this is no iCalendar file";
    refused("<!doctype html>\n<title>x</title>", Some(1), no);
    refused("DTSTART:20270503", Some(1), no);
    refused("BEGIN:VEVENT\nEND:VEVENT", Some(1), no);
    refused("", None, "holds no day off");
    refused("BEGIN:VCALENDAR\nEND:VCALENDAR", None, "holds no day off");
    let whole = file(&["DTSTART:20270503", "DTSTART:20270531"]);
    let cut = whole.trim_end().strip_suffix("END:VCALENDAR").unwrap();
    refused(cut, None, "ends in the middle");
    let lost = whole.replacen("END:VEVENT\n", "", 1);
    refused(&lost, Some(5), "VEVENT stands where it cannot stand");
    let strange = whole.replacen("DTSTART:20270503", "DTSTART", 1);
    refused(&strange, Some(4), "this is no line of an iCalendar file");
    refused(
        "BEGIN:VCALENDAR\nEND:VEVENT",
        Some(2),
        "ends what did not begin",
    );
    let latin1 = [b"BEGIN:VCALENDAR\nX:".as_slice(), b"\xfc\nEND:VCALENDAR\n"].concat();
    assert_eq!(
        read("uk.ics", &latin1).unwrap_err().what,
        "is not UTF-8 text"
    );
}

#[test]
fn a_file_that_is_a_bomb_is_refused() {
    let deep = format!("BEGIN:VCALENDAR\n{}", "BEGIN:X\n".repeat(100_000));
    refused(&deep, Some(5), "is nested too deep");
    let events = vec!["DTSTART:20270503"; MOST_EVENTS + 1];
    refused(
        &file(&events),
        Some(15_003),
        "there are more than 5000 events",
    );
    assert!(read("uk.ics", file(&events[1..]).as_bytes()).is_ok());
    let yearly = vec!["DTSTART:20000101\nRRULE:FREQ=YEARLY\nDURATION:P16D"; 100];
    let why = read("uk.ics", file(&yearly).as_bytes()).unwrap_err();
    assert_eq!(why.what, "the events take more than 100000 days");
    let folds = format!("{}{}", "BEGIN:VCALENDAR\nX:", "\n ".repeat(500_000));
    refused(&folds, None, "ends in the middle");
}
