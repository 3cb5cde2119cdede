//! Holiday files beside the config: which are read, which are refused, what is warned of.

use super::*;
use crate::promise::DayKind;

/// A sound config that names `uk.ics`, with that file.
fn with_file(text: &str) -> TempDir {
    let folder = folder(&filled().replace("# holiday_files", "holiday_files"));
    put(&folder, "uk.ics", text);
    folder
}

fn of(events: &[&str]) -> String {
    let events: String = events
        .iter()
        .map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"))
        .collect();
    format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n")
}

fn refused(text: &str, wanted: &str) {
    let error = load(&with_file(text)).expect_err(wanted);
    assert!(error.contains(wanted), "{error}\nlacks\n{wanted}");
}

#[test]
fn a_file_joins_the_calendar() {
    let config = load(&with_file(UK)).unwrap();
    let day = date(2027, 8, 30);
    let named = DayKind::Holiday("Summer bank holiday".into());
    assert_eq!(config.calendar.kind(day), named);
    assert_eq!(config.calendar.file_of(day), Some("uk.ics"));
    assert_eq!(config.calendar.known_until(), Some(day));
}

#[test]
fn a_hostile_or_damaged_file_is_refused_by_its_name_and_line() {
    refused(
        "<html>",
        "uk.ics:1: this is no iCalendar file\n  it begins with",
    );
    refused(
        &of(&["SUMMARY:Fast\u{1b}\nDTSTART:20270503\nRRULE:FREQ=DAILY"]),
        "uk.ics:5: the event \"Fast\\u{1b}\" has the rule FREQ=DAILY: it is not yearly\n  yearly rules are understood",
    );
    refused(
        &of(&[
            "DTSTART:20270503\nDURATION:P15D",
            "DTSTART:20270518\nDURATION:P15D",
        ]),
        "uk.ics: more than 16 days off in a row from 2027-05-01 on",
    );
    let day = |n: i64| date(2027, 1, 1).saturating_add(jiff::Span::new().days(n));
    let most: Vec<String> = (0..364)
        .filter(|n| n % 3 > 0)
        .map(|n| day(n).strftime("DTSTART:%Y%m%d").to_string())
        .collect();
    let most: Vec<&str> = most.iter().map(String::as_str).collect();
    refused(&of(&most), "business days in the year from 20");
    refused(&"X".repeat((1 << 20) + 1), "uk.ics: is longer than 1 MiB");
    refused(
        &of(&["DTSTART:20270503"; 5001]),
        "there are more than 5000 events",
    );
    let folder = with_file(UK);
    set_mode(&folder.path().join("uk.ics"), 0o664);
    let error = load(&folder).unwrap_err();
    assert!(
        error.contains("uk.ics: may be written by others (mode 0664)"),
        "{error}"
    );
    fs::remove_file(folder.path().join("uk.ics")).unwrap();
    assert!(
        load(&folder)
            .unwrap_err()
            .contains("uk.ics: cannot be read")
    );
}

#[test]
fn what_is_wrong_with_the_keys_is_said() {
    let many = format!("also_show = [{}]", "\"UTC\",".repeat(17));
    for (written, wanted) in [
        (
            "also_show = [\"Asia/Kolkatta\"]",
            "did you mean \"Asia/Kolkata\"?",
        ),
        (
            "also_show = \"UTC\"",
            "`also_show` has the wrong kind of value",
        ),
        (&many, "`also_show` holds more than 16"),
        ("holiday_files = [\"\"]", "`holiday_files` is empty"),
        (
            "half_days = [{ date = 2027-12-24, closes = \"13:00\" }, { date = 2027-12-24, closes = \"12:00\" }]",
            "`half_days` holds a day twice",
        ),
        (
            "half_days = [{ date = 2027-12-24, closes = \"18:00\" }]",
            "the half day 2027-12-24 closes later than other days",
        ),
    ] {
        check(
            "holidays = []",
            &format!("holidays = []\n{written}"),
            wanted,
        );
    }
}

#[test]
fn thirty_days_before_a_file_ends_a_warning_is_given() {
    let config = load(&with_file(UK)).unwrap();
    let calendar = |today| {
        let mut all = config.warnings(today);
        all.retain(|line| !line.starts_with("the team is"));
        all.join("\n")
    };
    assert_eq!(calendar(date(2027, 7, 30)), "");
    let ends = "the holiday file uk.ics ends on Mon 30 Aug 2027: put the next one in its place";
    assert_eq!(calendar(date(2027, 7, 31)), ends);
    assert_eq!(calendar(date(2027, 8, 30)), ends);
    let ended = "the holiday file uk.ics ended on Mon 30 Aug 2027: put the next one in its place";
    assert!(calendar(date(2027, 8, 31)).ends_with(ended));
    assert_eq!(config.calendar_ends(date(2027, 7, 30)), [""; 0]);
    assert_eq!(config.calendar_ends(date(2027, 7, 31)), [ends]);
    assert_eq!(config.calendar_ends(date(2027, 8, 31)), [ended]);
    let ever = of(&[
        "DTSTART:20200101\nRRULE:FREQ=YEARLY",
        "DTSTART:20200103T100000Z",
    ]);
    let config = load(&with_file(&ever)).unwrap();
    assert_eq!(config.calendar_ends(date(2090, 1, 1)), [""; 0]);
    let timed = "the holiday file uk.ics has one event with a time of day, left out: only all-day events are days off";
    assert!(
        config
            .warnings(date(2090, 1, 1))
            .contains(&timed.to_owned())
    );
    assert_eq!(config.warnings(date(2090, 1, 1)).len(), 2);
}
