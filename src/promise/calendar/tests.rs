//! Days, hours and zones: tables and properties.

use super::*;
use crate::promise::samples::{at, calendar, london};
use jiff::civil::{date, time};
use proptest::prelude::*;

const SAT_SUN: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

fn new(
    weekend: &[Weekday],
    days_off: impl Iterator<Item = Date>,
) -> Result<Calendar, CalendarError> {
    let holidays = days_off.map(|day| (day, "off".to_owned())).collect();
    Calendar::new(
        "Europe/London",
        weekend,
        Hours {
            open: time(9, 0, 0, 0),
            close: time(17, 0, 0, 0),
        },
        holidays,
    )
}

#[test]
fn business_days_are_counted_around_weekends_and_holidays() {
    let london = london();
    let friday = date(2027, 4, 30);
    assert_eq!(london.business_day_after(friday, 1), date(2027, 5, 4));
    assert_eq!(london.business_day_after(friday, 3), date(2027, 5, 6));
    assert_eq!(
        london.business_day_after(date(2027, 5, 1), 1),
        date(2027, 5, 4)
    );
    assert_eq!(london.business_day_before(date(2027, 5, 4), 1), friday);
    assert_eq!(london.business_day_on_or_before(date(2027, 5, 3)), friday);
    assert_eq!(london.business_day_on_or_before(friday), friday);
    assert_eq!(
        london.kind(date(2027, 5, 3)),
        DayKind::Holiday("Early May bank holiday".into())
    );
    assert_eq!(
        (london.kind(date(2027, 5, 2)), london.kind(friday)),
        (DayKind::Weekend, DayKind::Business)
    );
    assert_eq!(london.holidays_from(friday).count(), 1);
}

#[test]
fn business_days_between_two_days_are_signed() {
    let check = |from, to, days| {
        assert_eq!(
            london().business_days_between(from, to),
            days,
            "{from} {to}"
        )
    };
    check(date(2027, 5, 4), date(2027, 5, 4), 0);
    check(date(2027, 5, 4), date(2027, 5, 6), 2);
    check(date(2027, 4, 30), date(2027, 5, 4), 1);
    check(date(2027, 6, 28), date(2027, 6, 25), -1);
    check(date(2027, 5, 4), date(2027, 6, 11), 28);
    assert!(london().business_days_between(Date::MIN, Date::MAX) > 5_000_000);
}

#[test]
fn team_hours_include_both_their_ends() {
    let check = |local: &str, open: bool, next: &str| {
        assert_eq!(london().is_open(at(local)), open, "{local}");
        assert_eq!(london().next_open(at(local)), at(next), "{local}");
    };
    check("2027-04-30 09:00", true, "2027-04-30 09:00");
    check("2027-04-30 17:00", true, "2027-04-30 17:00");
    check("2027-04-30 08:59:59", false, "2027-04-30 09:00");
    check("2027-04-30 17:00:01", false, "2027-05-04 09:00");
    check("2027-05-02 12:00", false, "2027-05-04 09:00");
}

#[test]
fn the_last_hour_of_the_last_open_day() {
    let check = |local: &str, from: &str, to: &str| {
        assert_eq!(london().last_hour_before(at(local)), (at(from), at(to)))
    };
    check("2027-05-04 05:00", "2027-04-30 16:00", "2027-04-30 17:00");
    check("2027-04-29 22:00", "2027-04-29 16:00", "2027-04-29 17:00");
    let short = calendar("Europe/London", &SAT_SUN, "09:00-09:30", &[]);
    assert_eq!(
        short.last_hour_before(at("2027-04-29 22:00")),
        (at("2027-04-29 09:00"), at("2027-04-29 09:30"))
    );
}

#[test]
fn a_skipped_or_repeated_hour_is_the_earlier_instant() {
    let check = |zone: &str, hours: &str, day: Date, open: &str, close: &str| {
        let calendar = calendar(zone, &[], hours, &[]);
        assert_eq!(
            (
                calendar.opening(day).to_string(),
                calendar.closing(day).to_string()
            ),
            (open.into(), close.into()),
            "{zone}"
        );
    };
    // Skipped: 02:00 to 03:00. Read with the offset that begins then, 02:30 is the earlier.
    check(
        "America/New_York",
        "00:30-02:30",
        date(2027, 3, 14),
        "2027-03-14T05:30:00Z",
        "2027-03-14T06:30:00Z",
    );
    // Repeated: 01:00 to 02:00.
    check(
        "America/New_York",
        "00:30-01:30",
        date(2027, 11, 7),
        "2027-11-07T04:30:00Z",
        "2027-11-07T05:30:00Z",
    );
    // Half an hour only.
    check(
        "Australia/Lord_Howe",
        "00:30-02:15",
        date(2026, 10, 4),
        "2026-10-03T14:00:00Z",
        "2026-10-03T15:15:00Z",
    );
    // Midnight itself is skipped: the day opens on the evening before.
    check(
        "America/Santiago",
        "00:00-17:00",
        date(2026, 9, 6),
        "2026-09-06T03:00:00Z",
        "2026-09-06T20:00:00Z",
    );
    // A day that never was closes with the day before.
    check(
        "Pacific/Apia",
        "09:00-17:00",
        date(2011, 12, 30),
        "2011-12-29T19:00:00Z",
        "2011-12-30T03:00:00Z",
    );
    check(
        "Pacific/Apia",
        "09:00-17:00",
        date(2011, 12, 29),
        "2011-12-29T19:00:00Z",
        "2011-12-30T03:00:00Z",
    );
    // Opening in the gap's shadow never comes after closing.
    check(
        "America/New_York",
        "01:45-02:30",
        date(2027, 3, 14),
        "2027-03-14T06:30:00Z",
        "2027-03-14T06:30:00Z",
    );
}

#[test]
fn a_half_day_closes_early() {
    let half = |hour| london().with_half_days([(date(2027, 12, 24), time(hour, 30, 0, 0))].into());
    let calendar = half(12).unwrap();
    assert_eq!(calendar.closing(date(2027, 12, 24)), at("2027-12-24 12:30"));
    assert!(!calendar.is_open(at("2027-12-24 12:31")));
    assert_eq!(
        calendar.next_open(at("2027-12-24 12:31")),
        at("2027-12-27 09:00")
    );
    assert_eq!(
        calendar.last_hour_before(at("2027-12-25 10:00")),
        (at("2027-12-24 11:30"), at("2027-12-24 12:30"))
    );
    assert_eq!(half(8), Err(CalendarError::Hours(Some(date(2027, 12, 24)))));
    assert_eq!(
        half(17),
        Err(CalendarError::LateHalfDay(date(2027, 12, 24)))
    );
    let halves = |from| calendar.half_days_from(from).count();
    assert_eq!(
        (halves(date(2027, 12, 24)), halves(date(2027, 12, 25))),
        (1, 0)
    );
}

#[test]
fn calendars_that_would_lose_a_deadline_are_refused() {
    let days = |from: Date, count: i32| (0..count).map(move |n| shift(from, n));
    let saturday = date(2026, 12, 19);
    assert!(new(&SAT_SUN, days(saturday, 16)).is_ok());
    assert_eq!(
        new(&SAT_SUN, days(saturday, 17)),
        Err(CalendarError::Gap(saturday))
    );
    assert_eq!(
        new(&SAT_SUN, days(date(2027, 1, 4), 15)),
        Err(CalendarError::Gap(date(2027, 1, 2)))
    );
    let four = [
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
        Weekday::Monday,
    ];
    assert!(new(&four, std::iter::empty()).is_ok());
    let five = [four.as_slice(), &[Weekday::Tuesday]].concat();
    assert_eq!(
        new(&five, std::iter::empty()),
        Err(CalendarError::TooFew(date(2001, 1, 1), 104))
    );
    let two_of_three = days(date(2027, 1, 1), 400).filter(|day| day.day_of_year() % 3 > 0);
    assert!(
        matches!(new(&SAT_SUN, two_of_three), Err(CalendarError::TooFew(_, days)) if days < 150)
    );
    let all = [five.as_slice(), &[Weekday::Wednesday, Weekday::Thursday]].concat();
    assert_eq!(new(&all, std::iter::empty()), Err(CalendarError::Weekend));
    let hours = Hours {
        open: time(17, 0, 0, 0),
        close: time(9, 0, 0, 0),
    };
    assert_eq!(
        Calendar::new("UTC", &SAT_SUN, hours, BTreeMap::new()),
        Err(CalendarError::Hours(None))
    );
    let hours = Hours {
        open: time(9, 0, 0, 0),
        close: time(17, 0, 0, 0),
    };
    let error = Calendar::new("Mars/Base", &SAT_SUN, hours, BTreeMap::new()).unwrap_err();
    assert!(error.to_string().contains("IANA name"));
}

#[test]
fn a_file_of_5000_hostile_events_is_judged_at_once() {
    let scattered = (0..5000).map(|n| shift(date(-9000, 1, 1), n * 1300));
    assert!(new(&SAT_SUN, scattered).is_ok());
    let ends = [Date::MIN, Date::MAX];
    let calendar = new(&SAT_SUN, ends.into_iter());
    assert!(calendar.is_err(), "the ends of time leave no business days");
}

#[test]
fn the_ends_of_time_stop_every_search() {
    let calendar = london();
    for day in [Date::MIN, Date::MAX] {
        calendar.business_day_after(day, 250);
        calendar.business_day_before(day, 250);
        calendar.business_day_on_or_before(day);
        assert!(calendar.opening(day) <= calendar.closing(day));
    }
    for instant in [Timestamp::MIN, Timestamp::MAX] {
        calendar.next_open(instant);
        calendar.last_hour_before(instant);
    }
}

proptest! {
    #[test]
    fn counting_agrees_with_walking(start in 0i32..4000, n in 1u16..200, off in prop::collection::btree_set(0i32..4000, 0..300)) {
        let first = date(2020, 1, 1);
        // Some sets leave too little: those are refused, which is another test's business.
        let Ok(calendar) = new(&SAT_SUN, off.into_iter().map(|day| shift(first, day))) else { return Ok(()) };
        let from = shift(first, start);
        let to = calendar.business_day_after(from, n);
        prop_assert_eq!(calendar.kind(to), DayKind::Business);
        prop_assert_eq!(calendar.business_days_between(from, to), i32::from(n));
        prop_assert_eq!(calendar.business_days_between(to, from), -i32::from(n));
        if calendar.kind(from) == DayKind::Business {
            prop_assert_eq!(calendar.business_day_before(to, n), from);
        }
    }

    #[test]
    fn the_next_open_instant_is_open_and_none_lies_between(second in 1_700_000_000i64..1_900_000_000, zone in prop::sample::select(vec!["Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"])) {
        let calendar = calendar(zone, &SAT_SUN, "00:00-16:00", &[]);
        let now = Timestamp::from_second(second).unwrap();
        let next = calendar.next_open(now);
        prop_assert!(calendar.is_open(next) && next >= now);
        let middle = Timestamp::from_second((now.as_second() + next.as_second()) / 2).unwrap();
        prop_assert!(next == now || !calendar.is_open(middle));
        let (from, to) = calendar.last_hour_before(now);
        prop_assert!(from <= to && to < now && calendar.is_open(from) && calendar.is_open(to));
    }
}
