//! What holds for every promise, calendar and clock.

use super::*;
use crate::promise::samples::calendar;
use jiff::civil::Weekday;
use proptest::prelude::*;

fn step() -> impl Strategy<Value = Step> {
    let before = prop_oneof![
        (1u16..4).prop_map(Span::BusinessDays),
        (1u16..4).prop_map(Span::Days),
        (1u16..30).prop_map(Span::Hours),
        (1u16..90).prop_map(Span::Minutes),
    ];
    prop_oneof![
        Just(Step::AtOnce),
        before.prop_map(Step::Before),
        Just(Step::WhenDue),
        (1u16..4).prop_map(|n| Step::After(Span::BusinessDays(n))),
        (1u16..30).prop_map(|n| Step::After(Span::Hours(n))),
        Just(Step::DailyAfter)
    ]
}

prop_compose! {
    fn case()(second in 1_798_800_000i64..1_830_000_000, days in 1u16..6, hours in 1u16..60, real in any::<bool>(), any_hour in any::<bool>(),
        remind in prop::collection::vec(step(), 1..6), zone in prop::sample::select(vec!["Europe/London", "Pacific/Chatham", "America/Santiago"])) -> Case {
        let mut steps: Vec<Step> = Vec::new();
        for step in remind {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        let within = if real { Span::Hours(hours) } else { Span::BusinessDays(days) };
        let promise = Promise { within: Some(within), remind: steps, any_hour, ..respond() };
        Case::new(promise, Timestamp::from_second(second).unwrap(), calendar(zone, &[Weekday::Saturday, Weekday::Sunday], "09:00-17:00", &[]))
    }
}

proptest! {
    /// `tick` asserts that no step is said twice, nor said after it was covered.
    #[test]
    fn the_clock_jumps_and_each_reminder_is_said_once(mut case in case(), jumps in prop::collection::vec(-9i64..20, 20)) {
        let mut now = case.run.started_at;
        for days in jumps {
            case.tick(now);
            prop_assert_eq!(case.tick(now), None, "the same moment twice");
            now = now.checked_add(SignedDuration::from_hours(24 * days + 1)).unwrap();
        }
    }

    #[test]
    fn whoever_looks_at_each_moment_misses_none(mut case in case()) {
        let due_at = case.deadline.as_ref().unwrap().due_at;
        let duty = Duty { promise: &case.promise, run: &case.run, due_at: Some(due_at), started_at: case.run.started_at, line: case.line };
        let mut wanted: BTreeSet<String> = steps(&duty, &case.calendar).into_iter().map(|due| due.step).collect();
        let end = due_at.checked_add(SignedDuration::from_hours(24 * 9)).unwrap();
        let mut now = case.run.started_at;
        let mut moments = BTreeSet::new();
        loop {
            if let Some(due) = case.tick(now) {
                prop_assert_eq!(due.at, now, "said when it was due");
                let exact = !due.morning;
                prop_assert!(case.calendar.is_open(now) || (exact && case.promise.any_hour));
                prop_assert!(now >= case.run.started_at && moments.insert(now));
            }
            let Some(next) = case.plan(now).next.filter(|next| *next <= end) else { break };
            prop_assert!(next > now);
            now = next;
        }
        wanted.retain(|step| !case.said.contains(step));
        prop_assert!(wanted.is_empty(), "never said nor covered: {wanted:?}");
    }
}
