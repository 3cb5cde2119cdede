//! Facts become runs: one story a test.

mod bound;
mod dates;

use super::*;
use crate::promise::samples::{any_of, at, facts, london, promise, respond};
use crate::ticket::{By, Outcome};
use jiff::civil::date;

const EVALUATED: What = What::Evaluated {
    outcome: Outcome::Accepted,
};

fn declared(name: &str) -> What {
    What::Declared { name: name.into() }
}

/// Day and hour of May 2027: `5 10` is the 5th at 10:00.
fn may(when: &str) -> Timestamp {
    let (day, hour) = when.split_once(' ').unwrap();
    at(&format!("2027-05-{day:0>2} {hour:0>2}:00"))
}

/// Compares runs as `start-end how`, where start and end are days and hours of May.
fn check(promise: &Promise, list: &[(&str, What)], wanted: &[&str]) {
    let facts: Vec<Fact> = facts(&[])
        .into_iter()
        .chain(list.iter().zip(1..).map(fact))
        .collect();
    check_facts(promise, &facts, wanted);
}

fn fact(((when, what), n): (&(&str, What), i64)) -> Fact {
    Fact {
        n,
        at: may(when),
        what: what.clone(),
        by: By::Gatepost,
        letter: None,
        mail: None,
        via: None,
    }
}

fn check_facts(promise: &Promise, facts: &[Fact], wanted: &[&str]) {
    let time = |at: Timestamp| {
        london()
            .zone()
            .to_datetime(at)
            .strftime("%-d %-H")
            .to_string()
    };
    let words = |run: &Run| match run.end {
        None => format!("{}: open", time(run.started_at)),
        Some(end) => {
            let how = match end {
                End::Met(_) => "met",
                End::Void(_) => "void",
                End::Restarted(_) => "restarted",
                End::Moved(_) => "moved",
                End::Missed(_) => "missed",
            };
            format!("{}: {how} {}", time(run.started_at), time(end.at()))
        }
    };
    let got: Vec<String> = runs(promise, facts, &london()).iter().map(words).collect();
    assert_eq!(got, wanted, "{facts:#?}");
}

#[test]
fn met_when_all_needs_are_met() {
    let received = ("4 10", What::Received);
    let dated = What::Dated {
        on: date(2027, 6, 17),
    };
    check(&respond(), &[], &[]);
    check(&respond(), std::slice::from_ref(&received), &["4 10: open"]);
    check(
        &respond(),
        &[received.clone(), ("5 9", EVALUATED)],
        &["4 10: open"],
    );
    check(
        &respond(),
        &[received.clone(), ("5 9", EVALUATED), ("6 9", dated)],
        &["4 10: met 6 9"],
    );
    check(
        &respond(),
        &[received, ("5 9", EVALUATED), ("5 9", What::DateNotDue)],
        &["4 10: met 5 9"],
    );
}

#[test]
fn an_interim_answer_is_no_evaluation() {
    for outcome in [Outcome::Investigating, Outcome::NeedsInformation] {
        let interim = What::Evaluated { outcome };
        check(
            &respond(),
            &[
                ("4 10", What::Received),
                ("5 9", interim),
                ("5 9", What::DateNotDue),
            ],
            &["4 10: open"],
        );
    }
}

#[test]
fn an_acknowledgement_stops_only_the_clock_that_names_it() {
    let story = [("4 10", What::Received), ("4 11", What::Acknowledged)];
    check(&respond(), &story, &["4 10: open"]);
    check(
        &promise("acknowledge", &["received"], &["acknowledged"], None),
        &story,
        &["4 10: met 4 11"],
    );
}

#[test]
fn counted_from_the_oldest_that_is_unanswered() {
    let reply = promise("reply", &["reporter-wrote"], &["answered"], None);
    check(
        &reply,
        &[
            ("4 9", What::Answered),
            ("4 10", What::ReporterWrote),
            ("5 10", What::ReporterWrote),
            ("6 10", What::Answered),
            ("7 10", What::ReporterWrote),
        ],
        &["4 10: met 6 10", "7 10: open"],
    );
}

#[test]
fn one_letter_keeps_us_informing_and_starts_the_next_stretch() {
    let inform = Promise {
        repeat: true,
        ends: vec![FactName::new("resolved")],
        ..promise("inform", &["answered"], &["answered"], None)
    };
    check(
        &inform,
        &[
            ("4 10", What::Answered),
            ("5 10", What::Answered),
            ("6 10", What::Resolved),
            ("7 10", What::Answered),
        ],
        &["4 10: met 5 10", "5 10: void 6 10"],
    );
}

#[test]
fn a_repeating_promise_begins_anew_with_each_occurrence() {
    let news = Promise {
        repeat: true,
        ..promise("news", &["reporter-wrote"], &["answered"], None)
    };
    check(
        &news,
        &[("4 10", What::ReporterWrote), ("5 10", What::ReporterWrote)],
        &["4 10: restarted 5 10", "5 10: open"],
    );
}

#[test]
fn the_last_of_several_starts_it() {
    let last_report = promise(
        "final-report",
        &["exploited", "fix-available"],
        &["final-report"],
        None,
    );
    let (fix, report) = (declared("fix-available"), declared("final-report"));
    check(
        &last_report,
        &[("4 10", What::Exploited), ("5 10", What::Exploited)],
        &[],
    );
    check(
        &last_report,
        &[
            ("4 10", fix.clone()),
            ("5 10", What::Exploited),
            ("6 10", report.clone()),
        ],
        &["5 10: met 6 10"],
    );
    check(
        &last_report,
        &[
            ("4 10", What::Exploited),
            ("5 10", fix.clone()),
            ("6 10", report),
            ("7 10", fix.clone()),
            ("8 10", What::Exploited),
        ],
        &["5 10: met 6 10", "8 10: open"],
    );
    let either = Promise {
        from: vec![any_of(&["exploited", "fix-available"])],
        ..last_report
    };
    check(
        &either,
        &[("4 10", fix), ("5 10", What::Exploited)],
        &["4 10: open"],
    );
}

#[test]
fn acts_count_from_the_start_on_and_conditions_whenever_they_hold() {
    let close_out = promise("close-out", &["resolved"], &["thanked", "credited"], None);
    check(
        &close_out,
        &[
            ("4 10", What::Credited),
            ("5 10", What::Resolved),
            ("6 10", What::Thanked),
        ],
        &["5 10: met 6 10"],
    );
    let owner = promise("owner", &["evaluated"], &["owned"], None);
    let owned = What::Owned { who: "anna".into() };
    check(
        &owner,
        &[("4 10", owned), ("5 10", EVALUATED)],
        &["5 10: met 5 10"],
    );
    check(
        &respond(),
        &[
            ("4 10", EVALUATED),
            ("4 10", What::DateNotDue),
            ("5 10", What::Received),
        ],
        &["5 10: open"],
    );
}

#[test]
fn closing_makes_void_and_nothing_starts_until_it_is_reopened() {
    let reply = promise("reply", &["reporter-wrote"], &["answered"], None);
    let closed = [
        ("4 10", What::ReporterWrote),
        ("5 10", What::Closed),
        ("6 10", What::ReporterWrote),
    ];
    check(&reply, &closed, &["4 10: void 5 10"]);
    let reopened = [
        closed.as_slice(),
        &[("7 10", What::Reopened), ("8 10", What::ReporterWrote)],
    ]
    .concat();
    check(&reply, &reopened, &["4 10: void 5 10", "8 10: open"]);
}

#[test]
fn what_happened_counts_in_its_order_and_not_in_that_of_writing() {
    // Said by telephone on the 5th, written down after the mail of the 6th.
    let reply = promise("reply", &["reporter-wrote"], &["answered"], None);
    let story = [
        ("4 10", What::ReporterWrote),
        ("6 10", What::ReporterWrote),
        ("5 10", What::Answered),
    ];
    check(&reply, &story, &["4 10: met 5 10", "6 10: open"]);
}

#[test]
fn what_was_retracted_or_never_arrived_counts_for_nothing() {
    let story = [
        ("4 10", What::Received),
        ("5 10", EVALUATED),
        ("5 10", What::DateNotDue),
        (
            "6 10",
            What::Undelivered {
                letter: Some(7),
                mail: None,
                why: "550".into(),
            },
        ),
    ];
    let mut facts: Vec<Fact> = story.iter().zip(1..).map(fact).collect();
    check_facts(&respond(), &facts, &["4 10: met 5 10"]);
    facts[1].letter = Some(7);
    check_facts(&respond(), &facts, &["4 10: open"]);
    let story = [
        ("4 10", What::Received),
        ("5 10", What::Closed),
        (
            "6 10",
            What::Retracted {
                fact: 2,
                why: "the wrong one".into(),
            },
        ),
    ];
    check(&respond(), &story, &["4 10: open"]);
}

#[test]
fn a_letter_that_crossed_with_a_mail_meets_only_what_its_writer_knew() {
    let answer = promise("answer", &["reporter-wrote"], &["answered"], None);
    let crossed = What::Crossed { letter: 7, seen: 1 };
    let story = |first: What, left: &str| {
        let list = [
            ("3 8", first),
            ("3 12", What::ReporterWrote),
            (left, crossed.clone()),
            (left, What::Answered),
        ];
        let mut facts: Vec<Fact> = list.iter().zip(1..).map(fact).collect();
        for told in facts.iter_mut().skip(2) {
            told.letter = Some(7);
        }
        facts
    };
    let check = |first, left, wanted: &[&str]| check_facts(&answer, &story(first, left), wanted);
    // It answers the first mail; the second is open from its own moment on.
    check(
        What::ReporterWrote,
        "3 15",
        &["3 8: met 3 15", "3 12: open"],
    );
    check(What::Received, "3 15", &["3 12: open"]);
    // It left before the second came, as was found out later.
    check(
        What::ReporterWrote,
        "3 10",
        &["3 8: met 3 10", "3 12: open"],
    );
    check(What::Received, "3 10", &["3 12: open"]);
}
