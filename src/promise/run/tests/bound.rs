//! Classes bind a ticket, and waiting lets our own rhythm rest.

use super::*;

const ATTACK: &str = "attack";

fn classed(class: &str) -> What {
    What::Classed {
        class: class.into(),
    }
}

fn unclassed() -> What {
    What::Unclassed {
        class: ATTACK.into(),
    }
}

fn strict() -> Promise {
    Promise {
        class: Some(ATTACK.into()),
        ..promise("help", &["received"], &["answered"], None)
    }
}

#[test]
fn a_promise_of_a_class_binds_only_tickets_of_that_class() {
    let received = ("4 10", What::Received);
    check(&strict(), std::slice::from_ref(&received), &[]);
    check(
        &strict(),
        &[received.clone(), ("4 10", classed("support"))],
        &[],
    );
    check(
        &strict(),
        &[received.clone(), ("4 10", classed(ATTACK))],
        &["4 10: open"],
    );
    // A copy came by the other address two hours later.
    let copy = [
        received,
        ("4 12", What::CopyReceived),
        ("4 12", classed(ATTACK)),
    ];
    check(&strict(), &copy, &["4 12: open"]);
}

#[test]
fn what_was_answered_before_it_was_classed_does_not_stop_the_strict_clock() {
    let story = [
        ("4 10", What::Received),
        ("4 11", What::Answered),
        ("4 12", classed(ATTACK)),
        ("4 13", classed(ATTACK)),
        ("4 14", What::Answered),
    ];
    check(&strict(), &story, &["4 12: met 4 14"]);
}

#[test]
fn losing_the_class_makes_it_void_and_getting_it_again_starts_it_again() {
    let story = [
        ("4 10", What::Received),
        ("4 10", classed(ATTACK)),
        ("4 11", unclassed()),
        ("4 12", What::Answered),
        ("4 13", classed(ATTACK)),
    ];
    check(&strict(), &story[..4], &["4 10: void 4 11"]);
    check(&strict(), &story, &["4 10: void 4 11", "4 13: open"]);
    let met = [
        ("4 10", What::Received),
        ("4 10", classed(ATTACK)),
        ("4 11", What::Answered),
        ("4 12", unclassed()),
        ("4 13", classed(ATTACK)),
    ];
    check(&strict(), &met, &["4 10: met 4 11"]);
}

#[test]
fn a_date_binds_from_the_class_on_too() {
    let resolve = Promise {
        by: Some(DateKind::Expected),
        class: Some(ATTACK.into()),
        ..promise("resolve", &[], &["resolved"], None)
    };
    let dated = What::Dated {
        on: date(2027, 5, 28),
    };
    check(&resolve, &[("4 10", dated.clone())], &[]);
    check(
        &resolve,
        &[("4 10", dated), ("5 10", classed(ATTACK))],
        &["5 10: open"],
    );
}

fn inform() -> Promise {
    Promise {
        repeat: true,
        ends: vec![FactName::new("resolved")],
        ..promise("inform", &["answered"], &["answered"], None)
    }
}

fn waits(on: Option<WaitsFor>) -> What {
    What::Waiting { on }
}

const FOR_REPORTER: Option<WaitsFor> = Some(WaitsFor::Reporter);

#[test]
fn our_rhythm_rests_while_we_wait_for_the_reporter_and_begins_anew_when_they_write() {
    let story = [
        ("4 10", What::Answered),
        ("5 10", waits(FOR_REPORTER)),
        ("12 10", What::ReporterWrote),
        ("13 10", What::Answered),
    ];
    check(&inform(), &story[..2], &["4 10: open"]);
    check(
        &inform(),
        &story[..3],
        &["4 10: restarted 12 10", "12 10: open"],
    );
    check(
        &inform(),
        &story,
        &["4 10: restarted 12 10", "12 10: met 13 10", "13 10: open"],
    );
    let by_hand = [story[0].clone(), story[1].clone(), ("7 10", waits(None))];
    check(&inform(), &by_hand, &["4 10: restarted 7 10", "7 10: open"]);
    let over = [story[0].clone(), story[1].clone(), ("7 10", What::Closed)];
    check(&inform(), &over, &["4 10: void 7 10"]);
}

#[test]
fn nobody_waits_for_a_mail_that_is_older_than_the_question_and_came_after_it() {
    let story = [
        ("4 10", What::Answered),
        ("5 10", waits(FOR_REPORTER)),
        ("5 9", What::ReporterWrote),
    ];
    check(&inform(), &story, &["4 10: restarted 5 10", "5 10: open"]);
    let facts: Vec<Fact> = story.iter().zip(1..).map(fact).collect();
    let open = runs(&inform(), &facts, &london()).pop().unwrap();
    assert_eq!((open.paused_at, open.start), (None, 2));
}

#[test]
fn the_letter_that_asks_begins_a_stretch_that_rests_from_its_start() {
    let asked = [
        ("4 10", What::Answered),
        ("5 10", waits(FOR_REPORTER)),
        ("5 11", What::Answered),
    ];
    check(&inform(), &asked, &["4 10: met 5 11", "5 11: open"]);
    let facts: Vec<Fact> = asked.iter().zip(1..).map(fact).collect();
    let paused: Vec<Option<Timestamp>> = runs(&inform(), &facts, &london())
        .iter()
        .map(|run| run.paused_at)
        .collect();
    assert_eq!(paused, [Some(may("5 10")), Some(may("5 11"))]);
}

#[test]
fn waiting_rests_no_promise_but_our_own_rhythm() {
    let story = [("4 10", What::Received), ("5 10", waits(FOR_REPORTER))];
    let facts: Vec<Fact> = story.iter().zip(1..).map(fact).collect();
    assert_eq!(runs(&respond(), &facts, &london())[0].paused_at, None);
    let news = Promise {
        repeat: true,
        ..promise("news", &["reporter-wrote"], &["answered"], None)
    };
    assert!(inform().is_cadence() && !news.is_cadence() && !respond().is_cadence());
}

#[test]
fn waiting_for_others_is_progress_where_the_page_says_so() {
    let story = [
        ("4 10", What::Answered),
        ("5 10", waits(Some(WaitsFor::Others))),
    ];
    let inform = Promise {
        others_count: true,
        ..inform()
    };
    check(&inform, &story, &["4 10: met 5 10", "5 10: open"]);
    let rested = [
        story[0].clone(),
        ("5 9", waits(FOR_REPORTER)),
        story[1].clone(),
    ];
    check(&inform, &rested, &["4 10: met 5 10", "5 10: open"]);
    let facts: Vec<Fact> = rested.iter().zip(1..).map(fact).collect();
    assert_eq!(runs(&inform, &facts, &london())[1].paused_at, None);
    // An answer that a reporter waits for is a letter to them.
    let reply = promise("reply", &["reporter-wrote"], &["answered"], None);
    let owed = [("4 10", What::ReporterWrote), story[1].clone()];
    check(&reply, &owed, &["4 10: open"]);
    // A page that says nothing of others asks for a letter all the same.
    let silent = Promise {
        others_count: false,
        ..inform
    };
    check(&silent, &story, &["4 10: open"]);
}
