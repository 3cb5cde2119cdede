//! When steps fall that the first pages did not ask for: after, escalated, half days.

use super::*;

#[test]
fn what_has_no_time_is_nagged_of_once_it_is_stale() {
    let stale = |remind: &str, to: &str| {
        let mut case = Case::report(remind);
        case.promise.within = None;
        case = Case::new(case.promise, at("2027-04-30 16:40"), london());
        case.watch("2027-04-30 16:00", to)
    };
    assert_eq!(
        stale("2 business days after, daily after", "2027-05-08 00:00"),
        [
            "Wed 5 09:00 2bd-after (morning)",
            "Thu 6 09:00 after-2027-05-06 (morning)",
            "Fri 7 09:00 after-2027-05-07 (morning)",
        ]
    );
    assert_eq!(
        stale(
            "2 business days after, 4 business days after",
            "2027-05-20 00:00"
        ),
        [
            "Wed 5 09:00 2bd-after (morning)",
            "Fri 7 09:00 4bd-after (morning)"
        ]
    );
}

#[test]
fn steps_after_the_deadline_are_counted_from_it() {
    let check = |step: &str, any_hour: bool, wanted: &str| {
        // Due on Tuesday 4 May at 16:00.
        let mut case = Case::within(Span::Hours(6), "2027-05-04 10:00", step);
        case.promise.any_hour = any_hour;
        assert_eq!(
            case.watch("2027-05-04 10:00", "2027-05-12 00:00"),
            [wanted],
            "{step}"
        );
    };
    check("30 minutes after", false, "Tue 4 16:30 30min-after");
    check("2 hours after", false, "Wed 5 09:00 2h-after (morning)");
    check("2 hours after", true, "Tue 4 18:00 2h-after");
    check(
        "1 business day after",
        false,
        "Wed 5 09:00 1bd-after (morning)",
    );
    // Saturday the 8th: the business morning after it.
    check("4 days after", false, "Mon 10 09:00 4d-after (morning)");
    check("3 days after", false, "Fri 7 09:00 3d-after (morning)");
}

#[test]
fn the_second_line_hears_from_the_step_on_at_which_it_escalates() {
    let steps = "at once, 1 business day before, 3 hours before, when due, daily after";
    let second = |escalate: Option<&str>, any_hour: bool| {
        let mut case = Case::report(steps);
        case.line = Line::Second;
        case.promise.any_hour = any_hour;
        case.promise.escalate = escalate.map(|step| Step::parse(step).unwrap());
        case.watch("2027-04-30 16:00", "2027-05-08 00:00")
    };
    assert!(second(None, false).is_empty());
    let tail = [
        "Thu 6 17:00 when-due",
        "Fri 7 09:00 after-2027-05-07 (morning)",
    ];
    assert_eq!(
        second(Some("3 hours before"), false),
        [&["Thu 6 14:00 3h-before"][..], &tail].concat()
    );
    // A step of its own.
    assert_eq!(
        second(Some("1 hour before"), false),
        [&["Thu 6 16:00 1h-before"][..], &tail].concat()
    );
    assert_eq!(second(Some("daily after"), false), tail);
    assert_eq!(
        second(Some("2 hours after"), false),
        ["Fri 7 09:00 after-2027-05-07 (morning)"]
    );
    // Monday the 10th; the morning of Friday is not theirs yet.
    assert!(second(Some("2 business days after"), false).is_empty());
    let from_the_start = second(Some("at once"), false);
    assert_eq!(
        (from_the_start.len(), from_the_start[0].as_str()),
        (5, "Fri 30 16:40 at-once")
    );
    // What lies before the start is the start.
    let mut case = Case::within(Span::Hours(2), "2027-05-04 10:00", "at once, when due");
    case.line = Line::Second;
    case.promise.escalate = Some(Step::Before(Span::Hours(3)));
    assert_eq!(
        case.watch("2027-05-04 10:00", "2027-05-05 00:00"),
        ["Tue 4 10:00 at-once", "Tue 4 12:00 when-due"]
    );
}

#[test]
fn a_half_day_ends_team_hours_early() {
    let half = |day: jiff::civil::Date| {
        let noon = jiff::civil::time(13, 0, 0, 0);
        london().with_half_days([(day, noon)].into()).unwrap()
    };
    let check = |half_day: i8, within: Span, start: &str, step: &str, wanted: &str| {
        let mut case = Case::within(within, start, step);
        case = Case::new(
            case.promise,
            at(start),
            half(jiff::civil::date(2027, 5, half_day)),
        );
        assert_eq!(
            case.watch(start, "2027-05-10 00:00"),
            [wanted],
            "{step} of {start}"
        );
    };
    let three = Span::BusinessDays(3);
    // The deadline of Thursday the 6th closes at 13:00.
    check(
        6,
        three,
        "2027-04-30 16:40",
        "when due",
        "Thu 6 13:00 when-due",
    );
    check(
        6,
        three,
        "2027-04-30 16:40",
        "3 hours before",
        "Thu 6 10:00 3h-before",
    );
    // Seven hours before is 06:00: the last team hour of Wednesday, or of its half day.
    check(
        6,
        three,
        "2027-04-30 16:40",
        "7 hours before",
        "Wed 5 16:00 7h-before",
    );
    check(
        5,
        three,
        "2027-04-30 16:40",
        "11 hours before",
        "Wed 5 12:00 11h-before",
    );
    // At 14:00 of a half day nobody is there: the next opening.
    check(
        4,
        Span::Hours(2),
        "2027-05-04 12:00",
        "when due",
        "Wed 5 09:00 when-due (morning)",
    );
    check(
        4,
        Span::Hours(9),
        "2027-05-04 14:00",
        "at once",
        "Wed 5 09:00 at-once (morning)",
    );
}

#[test]
fn a_run_that_rests_asks_for_nothing() {
    let mut case = Case::report("at once, when due, daily after");
    case.run.paused_at = Some(at("2027-05-04 10:00"));
    assert_eq!(case.plan(at("2027-06-01 10:00")), Plan::default());
}
