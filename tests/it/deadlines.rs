//! 10,000 random deadlines are those of an independent reference (bar T1).
//!
//! The reference is `tests/reference/deadlines.py`: written from the words of the
//! pages, not from our code. Both sides read the zones of the system, so that they
//! differ only where the counting does.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use crate::dice::{Dice, number};
use gatepost::promise::{Calendar, DateKind, Hours, OneOf, Promise, Run, Span, deadline};
use gatepost::ticket::FactName;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

const CASES: usize = 10_000;

/// Zones of many kinds: half and quarter hours, a shift of half an hour, a shift at
/// midnight, a shift back in Ramadan, a day that never was, none at all.
const ZONES: [&str; 16] = [
    "Europe/London",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
];

/// Openings and closings.
const HOURS: [(&str, &str); 8] = [
    ("09:00", "17:00"),
    ("08:30", "16:45"),
    ("00:00", "02:30"),
    ("00:15", "01:30"),
    ("01:45", "02:15"),
    ("00:00", "00:30"),
    ("00:00", "23:59"),
    ("22:00", "23:30"),
];

#[test]
fn ten_thousand_deadlines_are_those_of_the_reference() {
    let (wanted, mut dice) = (number("GATEPOST_DEADLINES", CASES), Dice::usual());
    let cases: Vec<Case> = std::iter::repeat_with(|| Case::random(&mut dice))
        .flatten()
        .take(wanted)
        .collect();
    let answers = ask_reference("deadlines.py", cases.iter().map(Case::asked));
    assert_eq!(
        answers.len(),
        wanted,
        "the reference answered another number of cases"
    );
    let (mut odd, mut kinds) = (0, BTreeMap::<&str, usize>::new());
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(
            Some(case.due().as_second()),
            answer["due"].as_i64(),
            "{}",
            case.asked()
        );
        odd += usize::from(answer["odd"] == true);
        case.kinds()
            .into_iter()
            .for_each(|kind| *kinds.entry(kind).or_default() += 1);
    }
    // The dice must have met what the test is for.
    assert!(
        odd > 300,
        "only {odd} closings were skipped or repeated by daylight saving"
    );
    for kind in KINDS {
        let met = kinds.get(kind).copied().unwrap_or(0);
        assert!(met >= 20, "only {met} cases of this kind: {kind}");
    }
}

/// What the cases have to hold, each at least twenty times.
const KINDS: [&str; 8] = [
    "due on a half day",
    "over a day that never was",
    "a shift of half an hour",
    "another weekend",
    "no weekend",
    "open in the late evening",
    "real hours or minutes",
    "a date given",
];

/// One line a case, one line an answer, one process of `tests/reference/SCRIPT`.
pub fn ask_reference(script: &str, cases: impl Iterator<Item = Value>) -> Vec<Value> {
    let script = format!("{}/tests/reference/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut python = Command::new("python3")
        .arg("-B")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test needs python3: install python3 (3.9 or newer) and tzdata");
    let mut stdin = python.stdin.take().expect("stdin is a pipe");
    let asked: String = cases.map(|case| format!("{case}\n")).collect();
    // Both pipes are worked at once: neither side may wait for the other for ever. What
    // goes wrong here is told by the exit code.
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = python.wait_with_output().expect("python3 ends");
    let written = writer.join().expect("the writer ends");
    assert!(
        output.status.success(),
        "the reference failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    written.expect("the reference read every case");
    let lines = String::from_utf8(output.stdout).expect("the reference writes UTF-8");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("the reference writes JSON"))
        .collect()
}

/// What is counted, from when, and on which calendar.
pub struct Case {
    pub zone: &'static str,
    pub weekend: Vec<Weekday>,
    pub hours: (Time, Time),
    pub holidays: BTreeMap<Date, String>,
    pub half_days: BTreeMap<Date, Time>,
    pub start: Timestamp,
    time: Owed,
    calendar: Calendar,
}

enum Owed {
    Within(Span),
    By(Date),
}

impl Case {
    /// `None` when the dice made a calendar that gatepost refuses.
    pub fn random(dice: &mut Dice) -> Option<Self> {
        let zone = *dice.pick(&ZONES);
        let local = TimeZone::get(zone).expect("a zone that jiff knows");
        let weekend = weekend(dice);
        let number = if dice.one_in(8) {
            dice.below(120) + 1
        } else {
            dice.below(12) + 1
        } as u16;
        let (open, close) = *dice.pick(&HOURS);
        let mut hours = (time(open), time(close));
        let mut start = instant(dice);
        if zone == "Pacific/Apia" && dice.one_in(3) {
            // The days before and after the one that it left out.
            start = "2011-12-30T10:00:00Z".parse().expect("an instant");
            start -= (dice.below(24 * 12) as i64).hours();
        }
        let mut date = start.to_zoned(local.clone()).date() + i64::from(number).days();
        // Most cases end about where the clock changes next.
        if !dice.one_in(4)
            && let Some(change) = local
                .following(start)
                .find(|change| change.timestamp().as_second() % 900 == 0)
        {
            let before = local.to_offset(change.timestamp() - 1.second());
            let wall = before.to_datetime(change.timestamp())
                + dice.pick(&[-45, -30, -15, 15, 30, 45]).minutes();
            date = wall.date();
            let days = i64::from(number) * if dice.one_in(2) { 7 } else { 5 } / 5;
            start = change.timestamp() - (24 * days - dice.below(12) as i64).hours();
            if !dice.one_in(4) {
                hours = (Time::midnight(), wall.time());
            }
        }
        let today = start.to_zoned(local).date();
        let holidays: BTreeMap<Date, String> = days_off(dice, today)
            .map(|day| (day, "off".to_owned()))
            .collect();
        let half_days: BTreeMap<Date, Time> = days_off(dice, today)
            .map(|day| (day, hours.1.wrapping_sub(15.minutes())))
            .collect();
        let time = match dice.below(6) {
            0 | 1 => Owed::Within(Span::BusinessDays(number)),
            2 => Owed::Within(Span::Days(number)),
            3 => Owed::By(date),
            4 => Owed::Within(Span::Hours(number * 6)),
            _ => Owed::Within(Span::Minutes(number * 30)),
        };
        let open = Hours {
            open: hours.0,
            close: hours.1,
        };
        let calendar = Calendar::new(zone, &weekend, open, holidays.clone()).ok()?;
        let calendar = calendar.with_half_days(half_days.clone()).ok()?;
        Some(Self {
            zone,
            weekend,
            hours,
            holidays,
            half_days,
            start,
            time,
            calendar,
        })
    }

    /// The case as the reference reads it.
    pub fn asked(&self) -> Value {
        let weekend: Vec<i8> = self
            .weekend
            .iter()
            .map(|day| day.to_monday_zero_offset())
            .collect();
        let holidays: Vec<String> = self.holidays.keys().map(Date::to_string).collect();
        let clock = |time: &Time| time.strftime("%H:%M").to_string();
        let half_days: BTreeMap<String, String> = self
            .half_days
            .iter()
            .map(|(day, close)| (day.to_string(), clock(close)))
            .collect();
        let mut asked = json!({
            "zone": self.zone, "weekend": weekend, "close": clock(&self.hours.1), "holidays": holidays,
            "half_days": half_days, "start": self.start.as_second(),
        });
        match self.time {
            Owed::By(date) => asked["date"] = json!(date.to_string()),
            Owed::Within(Span::BusinessDays(n)) => asked["span"] = json!([n, "business days"]),
            Owed::Within(Span::Days(n)) => asked["span"] = json!([n, "days"]),
            Owed::Within(Span::Hours(n)) => asked["span"] = json!([n, "hours"]),
            Owed::Within(Span::Minutes(n)) => asked["span"] = json!([n, "minutes"]),
        }
        asked
    }

    /// What is special about it.
    fn kinds(&self) -> Vec<&'static str> {
        let zone = self.calendar.zone();
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let (first, last) = (day(self.start), day(self.due()));
        let never: Date = "2011-12-30".parse().expect("a date");
        let shifts = |n: i64| {
            let at = self.start + SignedDuration::from_hours(24 * n);
            zone.to_offset(at)
        };
        let is_shift = (0..30).any(|n| shifts(n) != shifts(n + 1));
        let all = [
            (self.calendar.half_day(last).is_some(), KINDS[0]),
            (
                self.zone == "Pacific/Apia" && first < never && never < last,
                KINDS[1],
            ),
            (self.zone == "Australia/Lord_Howe" && is_shift, KINDS[2]),
            (
                !self.weekend.is_empty() && !self.weekend.contains(&Weekday::Sunday),
                KINDS[3],
            ),
            (self.weekend.is_empty(), KINDS[4]),
            (self.hours.0.hour() == 22, KINDS[5]),
            (
                matches!(
                    self.time,
                    Owed::Within(Span::Hours(_)) | Owed::Within(Span::Minutes(_))
                ),
                KINDS[6],
            ),
            (matches!(self.time, Owed::By(_)), KINDS[7]),
        ];
        all.into_iter()
            .filter_map(|(is, kind)| is.then_some(kind))
            .collect()
    }

    /// The deadline as gatepost counts it.
    fn due(&self) -> Timestamp {
        let (within, by, date) = match self.time {
            Owed::Within(span) => (Some(span), None, None),
            Owed::By(date) => (None, Some(DateKind::Expected), Some(date)),
        };
        let fact = |name| vec![OneOf(vec![FactName::new(name)])];
        let promise = Promise {
            name: "respond".into(),
            page: "We answer.".into(),
            from: fact("received"),
            needs: fact("answered"),
            within,
            by,
            repeat: false,
            ends: vec![],
            soft: false,
            others_count: false,
            any_hour: false,
            class: None,
            except: Vec::new(),
            remind: vec![],
            to: vec![],
            escalate: None,
        };
        let run = Run {
            start: 1,
            started_at: self.start,
            date,
            met: vec![None],
            paused_at: None,
            end: None,
        };
        deadline(&promise, &run, &self.calendar)
            .expect("a promise with a time has a deadline")
            .due_at
    }
}

fn weekend(dice: &mut Dice) -> Vec<Weekday> {
    use Weekday::{Friday, Saturday, Sunday, Wednesday};
    match dice.below(6) {
        0 | 1 => vec![Saturday, Sunday],
        2 => vec![Friday, Saturday],
        3 => vec![Friday],
        4 => vec![Wednesday, Saturday, Sunday],
        _ => vec![],
    }
}

/// Some single days around `today`, and sometimes several in a row.
fn days_off(dice: &mut Dice, today: Date) -> impl Iterator<Item = Date> + use<> {
    let mut days: Vec<i64> = (0..dice.below(6))
        .map(|_| dice.below(40) as i64 - 8)
        .collect();
    let (first, length) = (
        dice.below(20) as i64,
        if dice.one_in(3) {
            dice.below(9) as i64
        } else {
            0
        },
    );
    days.extend(first..first + length);
    days.into_iter().map(move |day| today + day.days())
}

fn time(text: &str) -> Time {
    Time::strptime("%H:%M", text).expect("a time")
}

/// From 2007 to 2037: where the system's zone data hold real changes.
fn instant(dice: &mut Dice) -> Timestamp {
    Timestamp::from_second(1_167_609_600 + dice.below(947_000_000) as i64).expect("in range")
}
