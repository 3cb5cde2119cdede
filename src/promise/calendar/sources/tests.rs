//! Files that join the days of a config.

use super::*;
use crate::promise::calendar::{DayKind, read_holidays};
use crate::promise::samples::calendar;
use jiff::ToSpan;
use jiff::civil::{Weekday, date, time};
use proptest::prelude::*;

/// The file `uk.ics` with these events, each given by its lines.
fn uk(events: &[&str]) -> HolidayFile {
    let events: String = events
        .iter()
        .map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"))
        .collect();
    let text = format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n");
    read_holidays("uk.ics", text.as_bytes()).unwrap()
}

/// London without holidays of its own.
fn london() -> Calendar {
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    calendar(
        "Europe/London",
        &weekend,
        "09:00-17:00",
        &[(date(2027, 12, 27), "Our own")],
    )
}

#[test]
fn a_file_joins_the_days_of_the_config_which_go_before() {
    let days = [
        "SUMMARY:Bank holiday\nDTSTART:20271227",
        "SUMMARY:Boxing\nDTSTART:20271228",
        "SUMMARY:Eve\nDTSTART:20271224",
        "DTSTART:20270503T090000Z",
    ];
    let file = uk(&days);
    let half = [(date(2027, 12, 24), time(13, 0, 0, 0))].into();
    let calendar = london()
        .with_half_days(half)
        .unwrap()
        .with_file(file)
        .unwrap();
    let check = |day, kind: DayKind, file: Option<&str>| {
        assert_eq!(
            (calendar.kind(day), calendar.file_of(day)),
            (kind, file),
            "{day}"
        );
    };
    check(date(2027, 12, 24), DayKind::Business, None);
    check(date(2027, 12, 27), DayKind::Holiday("Our own".into()), None);
    check(
        date(2027, 12, 28),
        DayKind::Holiday("Boxing".into()),
        Some("uk.ics"),
    );
    let source = Source {
        name: "uk.ics".into(),
        until: Some(date(2027, 12, 28)),
        timed: 1,
    };
    assert_eq!(calendar.sources(), [source]);
    assert_eq!(calendar.known_until(), Some(date(2027, 12, 28)));
    let days: Vec<Date> = calendar.days_off_from(date(2027, 12, 1)).collect();
    assert_eq!(days, [date(2027, 12, 27), date(2027, 12, 28)]);
    let ever = uk(&["DTSTART:20250101\nRRULE:FREQ=YEARLY"]);
    assert_eq!(calendar.with_file(ever).unwrap().known_until(), None);
    assert_eq!(london().known_until(), Some(date(2027, 12, 27)));
}

#[test]
fn a_file_on_which_a_deadline_could_run_away_is_refused() {
    let long = "DTSTART:20270503\nDURATION:P15D";
    let next = "DTSTART:20270518\nDURATION:P15D";
    let gap = uk(&[long, next]);
    assert_eq!(
        london().with_file(gap),
        Err(CalendarError::Gap(date(2027, 5, 1)))
    );
    let thirds: Vec<String> = (1..=12)
        .flat_map(|month| {
            (1..=28)
                .filter(|day| day % 5 > 1)
                .map(move |day| format!("DTSTART:2028{month:02}{day:02}"))
        })
        .collect();
    let thirds: Vec<&str> = thirds.iter().map(String::as_str).collect();
    let few = uk(&thirds);
    assert!(matches!(london().with_file(few), Err(CalendarError::TooFew(_, days)) if days < 150));
}

#[test]
fn other_zones_are_known_ones() {
    let shown = london()
        .with_also_shown(&["Asia/Kathmandu", "UTC"])
        .unwrap();
    assert_eq!(shown.also_shown().len(), 2);
    let strange = london().with_also_shown(&["Mars/Base"]);
    assert_eq!(strange, Err(CalendarError::Zone("Mars/Base".into())));
}

proptest! {
    #[test]
    fn a_file_never_makes_business_days_end_earlier(from in 0i32..700, n in 1u16..60, off in prop::collection::btree_set(0i32..700, 1..30)) {
        let first = date(2027, 1, 1);
        let day = |n: i32| first.saturating_add(n.days());
        let events: Vec<String> = off.iter().map(|n| day(*n).strftime("DTSTART:%Y%m%d").to_string()).collect();
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        let Ok(with) = london().with_file(uk(&events)) else { return Ok(()) };
        let (before, after) = (london().business_day_after(day(from), n), with.business_day_after(day(from), n));
        prop_assert!(before <= after);
        prop_assert_eq!(with.kind(after), DayKind::Business);
    }
}
