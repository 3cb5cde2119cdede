//! Promises that go by a date of the ticket.

use super::*;

#[test]
fn a_second_fix_is_owed_like_the_first() {
    let resolve = Promise {
        by: Some(DateKind::Expected),
        ..promise("resolve", &[], &["resolved"], None)
    };
    let dated = What::Dated {
        on: date(2027, 5, 28),
    };
    let story = [
        ("4 10", dated.clone()),
        ("5 10", What::Resolved),
        ("6 10", What::Reopened),
        ("7 10", dated),
    ];
    check(&resolve, &story, &["4 10: met 5 10", "7 10: open"]);
}

#[test]
fn a_new_date_is_moved_when_told_in_time_and_missed_after() {
    let resolve = Promise {
        by: Some(DateKind::Expected),
        ..promise("resolve", &[], &["resolved"], None)
    };
    let dated = |day| What::Dated {
        on: date(2027, 5, day),
    };
    check(
        &resolve,
        &[("4 10", dated(12)), ("12 17", dated(14))],
        &["4 10: moved 12 17", "12 17: open"],
    );
    check(
        &resolve,
        &[("4 10", dated(12)), ("12 18", dated(14))],
        &["4 10: missed 12 18", "12 18: open"],
    );
    // The 15th is a Saturday: due on Friday at 17:00.
    check(
        &resolve,
        &[("4 10", dated(15)), ("14 18", dated(20))],
        &["4 10: missed 14 18", "14 18: open"],
    );
    check(
        &resolve,
        &[("4 10", dated(12)), ("5 10", dated(12))],
        &["4 10: open"],
    );
    check(
        &resolve,
        &[
            ("4 10", dated(12)),
            ("5 10", What::Closed),
            ("6 10", dated(13)),
        ],
        &["4 10: void 5 10"],
    );
}

#[test]
fn other_dates_have_promises_too() {
    for (by, event) in [
        (DateKind::Publication, Planned::Publication),
        (DateKind::Embargo, Planned::Embargo),
        (DateKind::ReporterPublication, Planned::ReporterPublication),
    ] {
        let publish = Promise {
            by: Some(by),
            ..promise("publish", &["resolved"], &["published"], None)
        };
        let planned = What::Planned {
            event,
            on: date(2027, 5, 28),
        };
        check(&publish, &[("4 10", planned.clone())], &[]);
        check(
            &publish,
            &[("4 10", planned.clone()), ("5 10", What::Resolved)],
            &["5 10: open"],
        );
        check(
            &publish,
            &[
                ("4 10", What::Resolved),
                ("5 10", planned),
                ("6 10", What::Published),
            ],
            &["5 10: met 6 10"],
        );
        check(
            &publish,
            &[
                ("4 10", What::Resolved),
                (
                    "5 10",
                    What::Dated {
                        on: date(2027, 5, 28),
                    },
                ),
            ],
            &[],
        );
    }
}
