//! Counting, by hand and by machine.

use super::*;
use crate::promise::samples::{any_of, at, calendar, facts, london, promise, respond};
use crate::promise::{DateKind, Promise, Span, deadline, runs};
use crate::ticket::{Fact, Outcome, WaitsFor, What};
use jiff::civil::date;

const EVALUATED: What = What::Evaluated {
    outcome: Outcome::Accepted,
};

fn dated(day: i8) -> What {
    What::Dated {
        on: date(2027, 6, day),
    }
}

fn resolve() -> Promise {
    Promise {
        by: Some(DateKind::Expected),
        from: vec![],
        ..promise("resolve", &[], &["resolved"], None)
    }
}

/// How a page of that day says it.
fn page(version: &str, sentence: &str) -> Arc<Page> {
    Arc::new(Page {
        version: version.parse().unwrap(),
        policy: "neon".to_owned(),
        sentence: sentence.to_owned(),
    })
}

/// Every run of a promise on a ticket, judged; the deadlines are those of the first day.
fn judged(promise: &Promise, list: &[Fact], reachable: bool, now: &str) -> Vec<Judged> {
    let calendar = london();
    let runs = runs(promise, list, &calendar);
    let page = page("2024-12-04", "within three business days");
    let judge = |run: &Run| {
        let case = Case {
            ticket: TicketNo(7),
            promise,
            page: &page,
            runs: &runs,
            run,
            due_at: deadline(promise, run, &calendar).map(|d| d.due_at),
            reachable,
        };
        judge(&case, &calendar, at(now))
    };
    runs.iter().map(judge).collect()
}

fn fates(promise: &Promise, list: &[(&str, What)], reachable: bool, now: &str) -> Vec<Fate> {
    let all = judged(promise, &facts(list), reachable, now);
    all.iter().map(|one| one.fate).collect()
}

/// A report of Friday 30 April 16:40, due on Thursday 6 May at 17:00.
fn check(rest: &[(&str, What)], now: &str, wanted: Fate) {
    let mut list = vec![("2027-04-30 16:40", What::Received)];
    list.extend_from_slice(rest);
    assert_eq!(fates(&respond(), &list, true, now), [wanted], "{rest:?}");
}

#[test]
fn a_run_has_one_fate() {
    let late = "2027-08-01 12:00";
    let both = |when| vec![("2027-05-04 10:00", EVALUATED), (when, dated(17))];
    check(&both("2027-05-06 17:00"), late, Fate::Kept);
    check(&both("2027-05-06 17:00:01"), late, Fate::Late);
    check(&[], "2027-05-06 17:00", Fate::Open);
    check(&[], "2027-05-06 17:01", Fate::Late);
    let half = [("2027-05-04 10:00", EVALUATED)];
    check(&half, "2027-05-06 16:00", Fate::Open);
    check(&half, late, Fate::Late);
    check(&[("2027-05-05 10:00", What::Closed)], late, Fate::Void);
    check(&[("2027-05-07 10:00", What::Closed)], late, Fate::Late);
}

#[test]
fn what_was_retracted_keeps_nothing_and_starts_nothing() {
    let retracts = |fact| What::Retracted {
        fact,
        why: "the wrong ticket".into(),
    };
    let answered = [
        ("2027-05-04 10:00", EVALUATED),
        ("2027-05-04 10:00", dated(17)),
        ("2027-05-10 10:00", retracts(3)),
    ];
    check(&answered, "2027-05-10 12:00", Fate::Late);
    let none = [
        ("2027-04-30 16:40", What::Received),
        ("2027-05-10 10:00", retracts(1)),
    ];
    assert_eq!(fates(&respond(), &none, true, "2027-05-10 12:00"), []);
}

#[test]
fn a_date_that_moves_in_time_is_moved_and_else_late() {
    // 17 June is due at 17:00; told before that, the 24th takes over.
    let story = |second: &'static str, fixed: &'static str| {
        vec![
            ("2027-05-04 10:00", dated(17)),
            (second, dated(24)),
            (fixed, What::Resolved),
        ]
    };
    let now = "2027-08-01 12:00";
    let check = |second, fixed, wanted: [Fate; 2]| {
        assert_eq!(fates(&resolve(), &story(second, fixed), true, now), wanted);
    };
    let (kept, moved, late) = (Fate::Kept, Fate::Moved, Fate::Late);
    check("2027-06-17 17:00", "2027-06-24 17:00", [moved, kept]);
    check("2027-06-17 17:01", "2027-06-24 17:00", [late, kept]);
    check("2027-06-16 10:00", "2027-06-25 10:00", [moved, late]);
}

#[test]
fn a_date_took_as_long_as_since_the_first_was_told() {
    let story = facts(&[
        ("2027-06-01 10:00", dated(17)),
        ("2027-06-16 10:00", dated(24)),
        ("2027-06-23 17:00", What::Resolved),
    ]);
    let all = judged(&resolve(), &story, true, "2027-08-01 12:00");
    let row = rows(&all, &[], &london(), at("2027-08-01 12:00")).remove(0);
    assert_eq!(row.median_words().as_deref(), Some("16 bd"));
    assert_eq!((row.due(), row.in_time()), (2, Some((1, 1))));
}

#[test]
fn nobody_is_late_towards_whom_nobody_can_write() {
    let received = vec![("2027-04-30 16:40", What::Received)];
    let fate = |list: &[_], now| fates(&respond(), list, false, now).remove(0);
    assert_eq!(fate(&received, "2027-05-05 12:00"), Fate::Open);
    assert_eq!(fate(&received, "2027-05-07 12:00"), Fate::Cannot);
    let closed = [&received[..], &[("2027-05-07 10:00", What::Closed)]].concat();
    assert_eq!(fate(&closed, "2027-05-10 12:00"), Fate::Cannot);
    // What needs no letter can be kept, and be late.
    let story = [("2027-05-04 10:00", dated(17))];
    assert_eq!(
        fates(&resolve(), &story, false, "2027-07-01 12:00"),
        [Fate::Late]
    );
}

#[test]
fn what_rests_is_open_and_begins_anew() {
    let inform = Promise {
        repeat: true,
        ..promise(
            "inform",
            &["answered"],
            &["answered"],
            Some(Span::BusinessDays(2)),
        )
    };
    let waits = |on| What::Waiting { on };
    let mut story = vec![
        ("2027-05-04 10:00", What::Answered),
        ("2027-05-04 11:00", waits(Some(WaitsFor::Reporter))),
    ];
    let now = "2027-06-01 12:00";
    assert_eq!(fates(&inform, &story, true, now), [Fate::Open]);
    story.push(("2027-05-20 10:00", What::ReporterWrote));
    story.push(("2027-05-21 10:00", What::Answered));
    let (void, kept, late) = (Fate::Void, Fate::Kept, Fate::Late);
    assert_eq!(fates(&inform, &story, true, now), [void, kept, late]);
}

/// Ticket `n`, received on a day of May at 10:00 and answered at a moment, or never.
fn one(n: i64, promise: &Promise, received: &str, answered: Option<&str>) -> Vec<Judged> {
    let mut list = vec![(received, What::Received)];
    list.extend(answered.map(|at| (at, What::Answered)));
    let all = judged(promise, &facts(&list), true, "2027-05-14 17:00");
    let with = |one: Judged| Judged {
        ticket: TicketNo(n),
        ..one
    };
    all.into_iter().map(with).collect()
}

#[test]
fn a_row_is_what_a_person_counts_by_hand() {
    let answer = promise(
        "answer",
        &["received"],
        &["answered"],
        Some(Span::BusinessDays(2)),
    );
    let all = [
        // 0.5, 1.5 and 2.5 bd; the last is late.
        one(1, &answer, "2027-05-04 10:00", Some("2027-05-05 13:00")),
        one(2, &answer, "2027-05-04 10:00", Some("2027-05-06 13:00")),
        one(3, &answer, "2027-05-04 10:00", Some("2027-05-07 13:00")),
        // Due on the 6th, open still: 8 bd by Friday the 14th.
        one(4, &answer, "2027-05-04 10:00", None),
        one(5, &answer, "2027-05-14 10:00", None),
    ]
    .concat();
    let now = at("2027-05-14 17:00");
    let row = rows(&all, &[], &london(), now).remove(0);
    let counts: Vec<usize> = Fate::ALL.iter().map(|fate| row.count(*fate)).collect();
    assert_eq!((row.due(), counts), (5, vec![2, 0, 2, 1, 0, 0]));
    assert_eq!((row.in_time(), row.percent()), (Some((2, 4)), Some(50)));
    assert_eq!(row.still_open, 1);
    assert_eq!(row.median_words().as_deref(), Some("1.5 bd"));
    assert_eq!(row.longest_words().as_deref(), Some("8 bd+"));
    assert_eq!(row.late_on, [(TicketNo(3), 1), (TicketNo(4), 1)]);
    // Received at 10:00 on the 4th and met 27, 51 and 75 hours later.
    assert_eq!(row.median.unwrap().seconds, 51.0 * 3600.0);
    let late = |one: &Judged| Lateness::of(one, &london(), now);
    assert_eq!(late(&all[0]), None);
    assert_eq!(late(&all[2]).unwrap().words(Unit::BusinessDays), "0.5 bd");
    let open = late(&all[3]).unwrap();
    assert_eq!(
        (open.words(Unit::BusinessDays).as_str(), open.goes_on),
        ("6 bd", true)
    );
}

#[test]
fn an_even_number_has_the_mean_of_the_middle_and_99_of_100_is_no_100() {
    let answer = promise("answer", &["received"], &["answered"], Some(Span::Hours(2)));
    let mut all = [
        one(1, &answer, "2027-05-04 10:00", Some("2027-05-04 11:00")),
        one(2, &answer, "2027-05-04 10:00", Some("2027-05-04 12:00")),
    ]
    .concat();
    let now = at("2027-05-14 17:00");
    let row = rows(&all, &[], &london(), now).remove(0);
    assert_eq!(row.median_words().as_deref(), Some("1.5 h"));
    assert_eq!(
        (row.longest_words().as_deref(), row.percent()),
        (Some("2 h"), Some(100))
    );
    all = std::iter::repeat_n(all[0].clone(), 199).collect();
    all.extend(one(
        3,
        &answer,
        "2027-05-04 10:00",
        Some("2027-05-04 12:01"),
    ));
    let row = rows(&all, &[], &london(), now).remove(0);
    assert_eq!((row.percent(), row.in_time()), (Some(99), Some((199, 200))));
    let late = Lateness::of(&all[199], &london(), now).unwrap();
    assert_eq!(late.words(Unit::Hours), "1 min");
}

#[test]
fn soft_timeless_and_hard_ones_stand_apart_and_in_the_order_of_the_policy() {
    let hard = promise("b", &["received"], &["answered"], Some(Span::Hours(2)));
    let soft = Promise {
        soft: true,
        ..hard.clone()
    };
    let timeless = promise("a", &["received"], &["answered"], None);
    let all: Vec<Judged> = [&hard, &soft, &timeless]
        .into_iter()
        .flat_map(|p| one(1, p, "2027-05-04 10:00", None))
        .collect();
    let now = at("2027-05-14 17:00");
    let named = |order: &[&str]| -> Vec<(String, bool, Option<Unit>)> {
        let rows = rows(&all, order, &london(), now);
        rows.into_iter()
            .map(|r| (r.promise, r.soft, r.unit))
            .collect()
    };
    let hours = Some(Unit::Hours);
    let (a, b, b_soft) = (
        ("a".to_owned(), false, None),
        ("b".to_owned(), false, hours),
        ("b".to_owned(), true, hours),
    );
    assert_eq!(named(&[]), [a.clone(), b.clone(), b_soft.clone()]);
    assert_eq!(named(&["b", "a"]), [b, b_soft, a]);
    assert_eq!(all[1].fate.word(true), "passed");
    assert_eq!((all[2].fate, all[2].on), (Fate::Open, date(2027, 5, 4)));
}

#[test]
fn a_run_counts_on_the_local_day_on_which_it_is_due() {
    // 28 March: the clock goes forward in London. 25 hours after Saturday 23:30 it is Monday.
    let hours = |n| promise("answer", &["received"], &["answered"], Some(Span::Hours(n)));
    let on = |received: &str, n| {
        let list = facts(&[(received, What::Received)]);
        judged(&hours(n), &list, true, "2027-05-14 17:00")
            .remove(0)
            .on
    };
    assert_eq!(on("2027-03-27 23:30", 23), date(2027, 3, 28));
    assert_eq!(on("2027-03-27 23:30", 24), date(2027, 3, 29));
    // The last minute of a quarter and the first of the next, in summer time: in UTC both
    // lie in June.
    let quarter = Days::parse("2027-Q2").unwrap();
    assert!(quarter.holds(on("2027-06-30 22:59", 1)));
    assert!(!quarter.holds(on("2027-06-30 23:00", 1)));
    let tokyo = calendar("Asia/Tokyo", &[], "09:00-17:00", &[]);
    assert_eq!(tokyo.local_date(at("2027-06-30 17:00")), date(2027, 7, 1));
}

#[test]
fn no_need_is_forgotten() {
    let all = judged(
        &Promise {
            needs: vec![any_of(&["answered"]), any_of(&["owned", "resolved"])],
            ..respond()
        },
        &facts(&[
            ("2027-04-30 16:40", What::Received),
            ("2027-05-04 10:00", What::Answered),
        ]),
        true,
        "2027-06-01 12:00",
    );
    assert_eq!(all[0].missing, ["owned or resolved"]);
}
