//! Deadlines: tables for each unit, and what holds for all of them.

use super::*;
use crate::promise::samples::{at, calendar, london, promise, respond};
use crate::promise::{DateKind, Step};
use jiff::civil::{Weekday, date};
use proptest::prelude::*;

fn run(started_at: Timestamp, date: Option<Date>) -> Run {
    Run {
        start: 1,
        started_at,
        date,
        met: vec![None],
        paused_at: None,
        end: None,
    }
}

fn within(span: Span, started_at: Timestamp, calendar: &Calendar) -> Deadline {
    let promise = Promise {
        within: Some(span),
        ..respond()
    };
    deadline(&promise, &run(started_at, None), calendar).unwrap()
}

#[test]
fn the_four_meanings() {
    let check = |span: &str, from: &str, due: &str| {
        let deadline = within(Span::parse(span).unwrap(), at(from), &london());
        assert_eq!(deadline.due_at, at(due), "{span} from {from}");
        assert!(deadline.falls_where_it_was_counted(), "{span} from {from}");
    };
    // The hour does not matter, nor whether the day of receipt is a business day.
    check("3 business days", "2027-04-23 16:00", "2027-04-28 17:00");
    check("3 business days", "2027-04-23 23:50", "2027-04-28 17:00");
    check("3 business days", "2027-04-24 12:00", "2027-04-28 17:00");
    check("3 business days", "2027-04-30 16:40", "2027-05-06 17:00");
    check("10 days", "2027-04-22 10:00", "2027-04-30 17:00");
    check("12 days", "2027-04-22 10:00", "2027-05-04 17:00");
    // 72 hours over the night in which the clock goes forward are 72 hours.
    check("72 hours", "2027-03-27 12:00", "2027-03-30 13:00");
    check("30 minutes", "2027-12-25 23:45", "2027-12-26 00:15");
}

#[test]
fn a_date_is_due_at_the_close_of_its_day_or_of_the_business_day_before() {
    let resolve = Promise {
        by: Some(DateKind::Expected),
        ..promise("resolve", &[], &["resolved"], None)
    };
    let check = |on, due: &str, lines| {
        let deadline =
            deadline(&resolve, &run(at("2027-04-20 10:00"), Some(on)), &london()).unwrap();
        assert_eq!(
            (deadline.due_at, deadline.count.len()),
            (at(due), lines),
            "{on}"
        );
        assert!(deadline.falls_where_it_was_counted(), "{on}");
        let other = Deadline {
            due_at: at("2027-06-20 17:00"),
            ..deadline
        };
        assert!(!other.falls_where_it_was_counted(), "{on}");
    };
    check(date(2027, 4, 29), "2027-04-29 17:00", 1);
    check(date(2027, 5, 3), "2027-04-30 17:00", 4);
    assert_eq!(
        deadline(&resolve, &run(at("2027-04-20 10:00"), None), &london()),
        None
    );
}

#[test]
fn no_time_promised_is_no_deadline() {
    let stale = Promise {
        within: None,
        ..respond()
    };
    assert_eq!(
        deadline(&stale, &run(at("2027-04-20 10:00"), None), &london()),
        None
    );
}

#[test]
fn the_count_numbers_business_days_only() {
    let count = within(Span::BusinessDays(3), at("2027-04-30 16:40"), &london()).count;
    let numbers: Vec<Option<u16>> = count.iter().map(|line| line.day).collect();
    assert_eq!(numbers, [None, None, None, None, Some(1), Some(2), Some(3)]);
    let count = within(Span::Days(3), at("2027-04-30 16:40"), &london()).count;
    let numbers: Vec<Option<u16>> = count.iter().map(|line| line.day).collect();
    assert_eq!(numbers, [None, Some(1), Some(2), Some(3)]);
    assert_eq!(
        within(Span::Hours(72), at("2027-04-30 16:40"), &london()).count,
        []
    );
}

#[test]
fn it_approaches_with_its_first_reminder_or_on_its_morning() {
    let check = |remind: &[Step], within: Span, approaching: &str| {
        let promise = Promise {
            within: Some(within),
            remind: remind.to_vec(),
            ..respond()
        };
        let deadline = deadline(&promise, &run(at("2027-04-27 19:00"), None), &london()).unwrap();
        assert_eq!(deadline.approaching_at, at(approaching), "{remind:?}");
    };
    let three = Span::BusinessDays(3);
    check(
        &[
            Step::Before(Span::Hours(3)),
            Step::Before(Span::BusinessDays(1)),
        ],
        three,
        "2027-04-29 09:00",
    );
    check(&[Step::Before(Span::Hours(3))], three, "2027-04-30 14:00");
    check(&[Step::AtOnce, Step::WhenDue], three, "2027-04-30 09:00");
    // The morning of the day on which it is due was before it began.
    check(&[], Span::Hours(2), "2027-04-27 19:00");
}

#[test]
fn what_is_stored_reads_back() {
    let deadline = within(Span::BusinessDays(3), at("2027-04-30 16:40"), &london());
    let json = serde_json::to_string(&deadline).unwrap();
    assert_eq!(serde_json::from_str::<Deadline>(&json).unwrap(), deadline);
}

#[test]
fn a_count_that_was_stored_before_files_and_half_days_reads_too() {
    let json = r#"{"date":"2027-05-03","kind":{"holiday":"May"},"day":null}"#;
    let line: DayLine = serde_json::from_str(json).unwrap();
    assert_eq!((line.file.as_ref(), line.half_day), (None, None));
    assert_eq!(serde_json::to_string(&line).unwrap(), json);
}

#[test]
fn a_deadline_on_a_half_day_falls_on_its_own_close() {
    let half = [(date(2027, 5, 6), jiff::civil::time(13, 0, 0, 0))];
    let calendar = london().with_half_days(half.into()).unwrap();
    let respond = within(Span::BusinessDays(3), at("2027-04-30 16:40"), &calendar);
    assert_eq!(respond.due_at, at("2027-05-06 13:00"));
    let closes: Vec<_> = respond
        .count
        .iter()
        .filter_map(|line| line.half_day)
        .collect();
    assert_eq!(closes, [half[0].1]);
    // The day before is a whole one, and hours run through it.
    let next = within(Span::BusinessDays(4), at("2027-04-30 16:40"), &calendar);
    assert_eq!(next.due_at, at("2027-05-07 17:00"));
    let hours = within(Span::Hours(26), at("2027-05-05 16:00"), &calendar);
    assert_eq!(hours.due_at, at("2027-05-06 18:00"));
}

/// The first business day around a change of the clock, in zones of unlike kinds. The
/// instants were counted by another library.
#[test]
fn close_of_business_keeps_to_the_wall_clock_of_its_zone() {
    for (zone, from, due) in [
        // An hour, in spring of the north.
        ("Europe/London", "2027-03-26T10:00Z", "2027-03-29T16:00Z"),
        ("America/New_York", "2027-03-12T15:00Z", "2027-03-15T21:00Z"),
        // An hour back, in autumn of the south, where quarter hours are kept.
        ("Pacific/Chatham", "2027-04-02T00:00Z", "2027-04-05T04:15Z"),
        // Half an hour.
        (
            "Australia/Lord_Howe",
            "2027-04-02T00:00Z",
            "2027-04-05T06:30Z",
        ),
        // At midnight.
        ("America/Santiago", "2027-09-03T13:00Z", "2027-09-06T20:00Z"),
        ("Africa/Cairo", "2027-04-29T07:00Z", "2027-04-30T14:00Z"),
        // Beside the date line: it is Friday there, and Thursday in UTC.
        (
            "Pacific/Kiritimati",
            "2027-04-01T23:00Z",
            "2027-04-05T03:00Z",
        ),
        // Never, by half and by quarter hours.
        ("Asia/Kolkata", "2027-11-05T06:00Z", "2027-11-08T11:30Z"),
        ("Asia/Kathmandu", "2027-04-02T06:00Z", "2027-04-05T11:15Z"),
    ] {
        let calendar = calendar(
            zone,
            &[Weekday::Saturday, Weekday::Sunday],
            "09:00-17:00",
            &[],
        );
        let [from, due] = [from, due].map(|text| text.parse::<Timestamp>().unwrap());
        assert_eq!(
            within(Span::BusinessDays(1), from, &calendar).due_at,
            due,
            "{zone}"
        );
    }
}

const ZONES: [&str; 6] = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Kathmandu",
];

prop_compose! {
    fn team()(zone in prop::sample::select(ZONES.to_vec()), friday in any::<bool>(), hours in prop::sample::select(vec!["09:00-17:00", "00:00-02:30", "01:15-23:59"]),
        off in prop::collection::btree_set(0i16..365, 0..12)) -> (Vec<Weekday>, &'static str, &'static str, Vec<Date>) {
        let weekend = if friday { vec![Weekday::Friday, Weekday::Saturday] } else { vec![Weekday::Saturday, Weekday::Sunday] };
        (weekend, zone, hours, off.into_iter().map(|day| date(2027, 1, 1).saturating_add(day.days())).collect())
    }
}

fn calendar_of(team: &(Vec<Weekday>, &str, &str, Vec<Date>)) -> Calendar {
    let holidays: Vec<(Date, &str)> = team.3.iter().map(|day| (*day, "off")).collect();
    calendar(team.1, &team.0, team.2, &holidays)
}

/// 2027 from its first to its last second, roughly.
const YEAR: std::ops::Range<i64> = 1_798_800_000..1_830_000_000;

proptest! {
    #[test]
    fn a_deadline_in_days_falls_on_a_business_day(team in team(), second in YEAR, n in 1u16..60) {
        let calendar = calendar_of(&team);
        let from = Timestamp::from_second(second).unwrap();
        for span in [Span::BusinessDays(n), Span::Days(n)] {
            let due = calendar.local_date(within(span, from, &calendar).due_at);
            prop_assert_eq!(calendar.kind(due), DayKind::Business);
        }
    }

    #[test]
    fn who_writes_later_is_owed_later_and_more_time_is_more(team in team(), second in YEAR, later in 0i64..900_000, n in 1u16..60, more in 0u16..9) {
        let calendar = calendar_of(&team);
        let [from, after] = [second, second + later].map(|s| Timestamp::from_second(s).unwrap());
        for span in [Span::BusinessDays, Span::Days, Span::Hours, Span::Minutes] {
            let due = within(span(n), from, &calendar).due_at;
            prop_assert!(due <= within(span(n), after, &calendar).due_at);
            prop_assert!(due <= within(span(n + more), from, &calendar).due_at);
        }
    }

    /// Holds for business days alone: "N days" and dates fall back to the business day
    /// before, so that there a holiday makes them earlier.
    #[test]
    fn one_more_holiday_never_makes_business_days_end_earlier(team in team(), second in YEAR, n in 1u16..60, extra in 0i16..365) {
        let from = Timestamp::from_second(second).unwrap();
        let due = |team| within(Span::BusinessDays(n), from, &calendar_of(team)).due_at;
        let mut more = team.clone();
        more.3.push(date(2027, 1, 1).saturating_add(extra.days()));
        prop_assert!(due(&team) <= due(&more));
    }

    #[test]
    fn it_approaches_between_its_start_and_its_end(team in team(), second in YEAR, n in 2u16..60) {
        let (calendar, from) = (calendar_of(&team), Timestamp::from_second(second).unwrap());
        for span in [Span::BusinessDays(n), Span::Hours(n), Span::Minutes(n)] {
            let deadline = within(span, from, &calendar);
            prop_assert!(from <= deadline.approaching_at && deadline.approaching_at <= deadline.due_at);
        }
    }
}
