//! When the team is told: tables, and a simulated life.

mod properties;
mod window;

use super::*;
use crate::promise::samples::{at, london, respond};
use crate::promise::{Deadline, Span, deadline};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// A promise with its run and deadline, and what was said about it.
#[derive(Debug)]
struct Case {
    promise: Promise,
    run: Run,
    deadline: Option<Deadline>,
    calendar: Calendar,
    said: BTreeSet<String>,
    line: Line,
}

impl Case {
    fn new(promise: Promise, started_at: Timestamp, calendar: Calendar) -> Self {
        let run = Run {
            start: 1,
            started_at,
            date: None,
            met: vec![None; 2],
            paused_at: None,
            end: None,
        };
        let deadline = deadline(&promise, &run, &calendar);
        Self {
            promise,
            run,
            deadline,
            calendar,
            said: BTreeSet::new(),
            line: Line::First,
        }
    }

    /// A report of Friday 30 April 2027, 16:40, due on Thursday 6 May at 17:00.
    fn report(remind: &str) -> Self {
        Self::within(Span::BusinessDays(3), "2027-04-30 16:40", remind)
    }

    fn within(within: Span, started_at: &str, remind: &str) -> Self {
        let remind = remind
            .split(", ")
            .map(|step| Step::parse(step).unwrap())
            .collect();
        Self::new(
            Promise {
                within: Some(within),
                remind,
                ..respond()
            },
            at(started_at),
            london(),
        )
    }

    fn plan(&self, now: Timestamp) -> Plan {
        let due_at = self.deadline.as_ref().map(|deadline| deadline.due_at);
        let duty = Duty {
            promise: &self.promise,
            run: &self.run,
            due_at,
            started_at: self.run.started_at,
            line: self.line,
        };
        plan(&duty, &|step| self.said.contains(step), &self.calendar, now)
    }

    /// Says what `now` asks for and marks it; the step said.
    fn tick(&mut self, now: Timestamp) -> Option<Due> {
        let plan = self.plan(now);
        for step in plan.covers {
            assert!(
                self.said.insert(step.clone()),
                "{step} was said before it was covered"
            );
        }
        let say = plan.say?;
        assert!(
            self.said.insert(say.step.clone()),
            "{} was said twice",
            say.step
        );
        Some(say)
    }

    /// Looks every minute of the given days, and returns what was said when.
    fn watch(&mut self, from: &str, to: &str) -> Vec<String> {
        let minutes = std::iter::successors(Some(at(from)), |now| {
            now.checked_add(SignedDuration::from_mins(1)).ok()
        });
        let zone = self.calendar.zone().clone();
        minutes
            .take_while(|now| *now < at(to))
            .filter_map(|now| self.tick(now))
            .map(|due| told(&due, &zone))
            .collect()
    }
}

fn told(due: &Due, zone: &jiff::tz::TimeZone) -> String {
    let when = due
        .at
        .to_zoned(zone.clone())
        .strftime("%a %-d %H:%M")
        .to_string();
    format!(
        "{when} {}{}",
        due.step,
        if due.morning { " (morning)" } else { "" }
    )
}

#[test]
fn a_report_before_a_bank_holiday() {
    let mut case =
        Case::report("at once, 1 business day before, 3 hours before, when due, daily after");
    assert_eq!(
        case.watch("2027-04-30 16:00", "2027-05-10 12:00"),
        [
            "Fri 30 16:40 at-once",
            "Wed 5 09:00 1bd-before (morning)",
            "Thu 6 14:00 3h-before",
            "Thu 6 17:00 when-due",
            "Fri 7 09:00 after-2027-05-07 (morning)",
            "Mon 10 09:00 after-2027-05-10 (morning)",
        ]
    );
}

#[test]
fn each_step_at_its_moment() {
    let check = |within: Span, start: &str, step: &str, any_hour: bool, wanted: &str| {
        let mut case = Case::within(within, start, step);
        case.promise.any_hour = any_hour;
        assert_eq!(
            case.watch(start, "2027-05-08 00:00"),
            wanted.split_terminator(';').collect::<Vec<_>>(),
            "{step} of {start}"
        );
    };
    let (three, two_hours) = (Span::BusinessDays(3), Span::Hours(2));
    check(
        three,
        "2027-04-30 18:00",
        "at once",
        false,
        "Tue 4 09:00 at-once (morning)",
    );
    check(
        three,
        "2027-04-30 18:00",
        "at once",
        true,
        "Fri 30 18:00 at-once",
    );
    check(
        three,
        "2027-04-30 16:40",
        "2 days before",
        false,
        "Tue 4 09:00 2d-before (morning)",
    );
    // Twelve hours before Thursday 17:00 is 05:00: the last team hour of Wednesday.
    check(
        three,
        "2027-04-30 16:40",
        "12 hours before",
        false,
        "Wed 5 16:00 12h-before",
    );
    check(
        three,
        "2027-04-30 16:40",
        "12 hours before",
        true,
        "Thu 6 05:00 12h-before",
    );
    // Sunday at noon: back over the weekend, but not before the start.
    check(
        Span::Hours(72),
        "2027-04-30 16:40",
        "28 hours before",
        false,
        "Fri 30 16:40 28h-before",
    );
    check(
        Span::Hours(72),
        "2027-04-29 16:40",
        "28 hours before",
        false,
        "Fri 30 16:00 28h-before",
    );
    // No team hour between the start and the moment, and none before it is due.
    check(
        two_hours,
        "2027-05-01 02:10",
        "30 minutes before",
        false,
        "",
    );
    check(
        two_hours,
        "2027-05-01 02:10",
        "30 minutes before",
        true,
        "Sat 1 03:40 30min-before",
    );
    // The next opening comes just before it is due.
    check(
        two_hours,
        "2027-05-04 07:10",
        "30 minutes before",
        false,
        "Tue 4 09:00 30min-before (morning)",
    );
    check(
        two_hours,
        "2027-05-01 02:10",
        "when due",
        false,
        "Tue 4 09:00 when-due (morning)",
    );
    check(
        two_hours,
        "2027-05-01 02:10",
        "when due",
        true,
        "Sat 1 04:10 when-due",
    );
    // Before the start there is nobody to remind.
    check(two_hours, "2027-05-04 10:00", "3 hours before", false, "");
    check(
        Span::BusinessDays(1),
        "2027-04-29 10:00",
        "1 business day before",
        false,
        "",
    );
}

#[test]
fn without_a_deadline_it_grows_stale_morning_by_morning() {
    let promise = Promise {
        within: None,
        remind: vec![Step::AtOnce, Step::DailyAfter],
        ..respond()
    };
    let mut case = Case::new(promise, at("2027-04-30 16:40"), london());
    assert_eq!(
        case.watch("2027-04-30 16:00", "2027-05-05 12:00"),
        [
            "Fri 30 16:40 at-once",
            "Tue 4 09:00 after-2027-05-04 (morning)",
            "Wed 5 09:00 after-2027-05-05 (morning)"
        ]
    );
}

#[test]
fn a_run_that_ended_asks_for_nothing() {
    let mut case = Case::report("at once, when due, daily after");
    case.run.end = Some(crate::promise::End::Void(at("2027-05-04 10:00")));
    assert_eq!(case.plan(at("2027-06-01 10:00")), Plan::default());
}

#[test]
fn after_a_week_of_silence_only_the_latest_is_said() {
    let mut case =
        Case::report("at once, 1 business day before, 3 hours before, when due, daily after");
    let late = case.plan(at("2027-05-11 11:00"));
    assert_eq!(
        late.say.map(|due| due.step).as_deref(),
        Some("after-2027-05-11")
    );
    let covered = [
        "at-once",
        "1bd-before",
        "3h-before",
        "when-due",
        "after-2027-05-10",
        "after-2027-05-07",
    ];
    assert_eq!(late.covers, covered);
    assert_eq!(late.next, Some(at("2027-05-12 09:00")));
    assert!(case.tick(at("2027-05-11 11:00")).is_some());
    assert_eq!(
        case.plan(at("2027-05-11 11:00")),
        Plan {
            next: late.next,
            ..Plan::default()
        }
    );
    let mut case = Case::report("at once, 1 business day before, 3 hours before");
    assert_eq!(
        case.tick(at("2027-05-11 11:00"))
            .map(|due| due.step)
            .as_deref(),
        Some("3h-before")
    );
    assert_eq!(case.said.len(), 3);
}

#[test]
fn the_next_moment_is_told() {
    let mut case = Case::report("at once, 1 business day before, daily after");
    let check = |case: &Case, now: &str, next: &str| {
        assert_eq!(case.plan(at(now)).next, Some(at(next)), "{now}")
    };
    check(&case, "2027-04-30 16:00", "2027-04-30 16:40");
    check(&case, "2027-04-30 16:40", "2027-05-05 09:00");
    check(&case, "2027-05-05 09:00", "2027-05-07 09:00");
    // The clock jumps a week ahead and back again: the morning that was said is not to come.
    case.tick(at("2027-05-07 09:00"));
    check(&case, "2027-05-06 09:00", "2027-05-10 09:00");
    assert_eq!(
        Case::report("at once").plan(at("2027-05-06 09:00")).next,
        None
    );
}

/// Every step of a promise that has a moment is said once, unless another that says
/// more falls at the same moment.
#[test]
fn in_a_year_every_step_of_300_tickets_is_told_once() {
    let steps = "at once, 1 business day before, 3 hours before, when due, daily after";
    for ticket in 0..300 {
        let start = at("2027-01-01 00:07")
            .checked_add(SignedDuration::from_mins(ticket * 1747))
            .unwrap();
        let mut case = Case::new(
            Promise {
                within: Some(Span::BusinessDays(2 + ticket as u16 % 9)),
                ..respond()
            },
            start,
            london(),
        );
        case.promise.remind = steps
            .split(", ")
            .map(|step| Step::parse(step).unwrap())
            .collect();
        let due_at = case.deadline.clone().unwrap().due_at;
        let mut said = Vec::new();
        let mut now = start;
        while let Some(next) = case.plan(now).next.filter(|next| *next <= due_at) {
            said.extend(case.tick(next).map(|due| (due.step, due.at)));
            now = next;
        }
        let day_ahead =
            london().opening(london().business_day_before(london().local_date(due_at), 1));
        assert!(
            said.contains(&("1bd-before".to_owned(), day_ahead)),
            "{start}: {said:?}"
        );
        assert!(
            said.contains(&("when-due".to_owned(), due_at)),
            "{start}: {said:?}"
        );
        assert_eq!(case.said.len(), 4, "{start}: {said:?}");
    }
}
