//! What a person wrote down for a reporter, and a letter of ours that has not left yet.

use super::{at, desk, show, show_of};
use crate::cli::{Here, output};
use crate::desk::act::{Decision, Evaluation, How, Writing, decide};
use crate::desk::record::{ByHand, Letter, open};
use crate::desk::refresh;
use crate::letters;
use crate::mail::{Address, Foreign};
use crate::store::{LetterKind, LetterState, NewFact, Store, Tx};
use crate::ticket::{By, Outcome, TicketNo, What};
use jiff::SignedDuration;
use jiff::civil::date;

const NOW: &str = "2027-05-04T08:02:00Z";
/// The report that came by telephone.
const SAID: TicketNo = TicketNo(4);

const CODE: &str = "The press photo shows the code.";

fn write<T>(store: &mut Store, work: impl FnOnce(&Tx) -> anyhow::Result<T>) -> T {
    store.write(at(NOW), work).unwrap()
}

fn said(here: &Here, tx: &Tx, text: &str) -> anyhow::Result<()> {
    let kim = Address::parse("kim@example.net");
    let by_hand = ByHand {
        from: kim.as_ref(),
        subject: &Foreign::new("Door code in a photo"),
        via: "phone",
        at: tx.now(),
        letter: Some(Letter::said(text)?),
        acknowledge: false,
        who: "anna",
    };
    open(tx, &here.config, &by_hand).map(drop)
}

fn evaluate(here: &Here, tx: &Tx) -> anyhow::Result<i64> {
    let last = tx.ticket(SAID)?.unwrap().last_fact;
    let evaluation = Evaluation {
        outcome: Outcome::Accepted,
        expected: Some(date(2027, 6, 1)),
        of: None,
        keep_open: false,
    };
    let decision = Decision::new(SAID, "anna", last, LetterKind::Evaluation);
    let decision = evaluation.on(decision);
    let letter = letters::Letter {
        subject: "Re: Door code in a photo".into(),
        body: format!("Hello\n  {}\n", decision.labels.join("\n  ")),
    };
    let writing = Writing {
        letter: &letter,
        enclosed: None,
        encrypted: None,
        grace: SignedDuration::ZERO,
    };
    Ok(decide(tx, &here.config, &decision, How::Letter(&writing))?.unwrap())
}

fn shown(here: &Here, store: &mut Store) -> String {
    let wanted = show_of("show 4");
    let (done, text) =
        output::captured(|| store.read(at(NOW), |tx| show::answer(here, tx, &wanted)));
    done.unwrap();
    text
}

/// The commands that `show` gives.
fn next(text: &str) -> Vec<&str> {
    let steps = text.lines().filter_map(|line| line.strip_prefix("next "));
    steps.collect()
}

#[test]
fn who_telephoned_stands_beside_what_was_written_down() {
    desk(|here, store| {
        write(store, |tx| said(here, tx, CODE));
        let text = shown(here, store);
        assert!(
            text.contains("\n1  Tue  4 May 09:02  kim@example.net  \"The press photo"),
            "{text}"
        );
        assert!(!text.contains("defects"), "{text}");
    });
}

#[test]
fn what_a_letter_on_its_way_says_is_not_asked_for_again() {
    desk(|here, store| {
        write(store, |tx| said(here, tx, CODE));
        let evaluate_it = "gatepost evaluate 4 accepted --expected DATE   (or another outcome)";
        assert_eq!(next(&shown(here, store)), [evaluate_it]);

        let letter = write(store, |tx| evaluate(here, tx));
        assert_eq!(
            next(&shown(here, store)),
            ["gatepost outbox   (the evaluation has not left yet)"]
        );
        write(store, |tx| {
            tx.move_letter(letter, LetterState::Queued, LetterState::Dropped)
        });
        assert_eq!(next(&shown(here, store)), [evaluate_it]);
    });
}

#[test]
fn a_wish_for_credit_stands_alone_where_nothing_is_named() {
    desk(|here, store| {
        let text = "The press photo shows the code. Please credit me as Kim Lee.";
        write(store, |tx| said(here, tx, text));
        let text = shown(here, store);
        let asks =
            "would like to be named \"Kim Lee\". If so:\n     gatepost set 4 credit=\"Kim Lee\"\n";
        assert!(text.contains(asks) && !text.contains("\nsays"), "{text}");
    });
}

#[test]
fn what_ended_late_without_being_met_is_called_so() {
    desk(|here, store| {
        write(store, |tx| {
            close(tx, 2, here)?;
            said(here, tx, CODE)?;
            close(tx, 4, here)
        });
        for (ticket, past) in [(2, "past respond late"), (4, "past respond void")] {
            let wanted = show_of(&format!("show {ticket}"));
            let work = || store.read(at(NOW), |tx| show::answer(here, tx, &wanted));
            let (done, text) = output::captured(work);
            done.unwrap();
            let line = format!("\n{past}   (gatepost explain {ticket})\n");
            assert!(text.contains(&line), "{text}");
        }
    });
}

#[test]
fn a_date_that_moved_is_called_so() {
    desk(|here, store| {
        for (when, day, past) in [
            ("2027-05-05T08:02:00Z", 12, "resolve moved"),
            ("2027-05-06T08:02:00Z", 5, "resolve moved 2x"),
            ("2027-08-20T08:02:00Z", 30, "resolve moved 2x, missed"),
        ] {
            let on = date(2027, 8, day);
            let dated = |tx: &Tx| set_down(tx, 1, here, What::Dated { on });
            store.write(at(when), dated).unwrap();
            let wanted = show_of("show 1");
            let work = || store.read(at(when), |tx| show::answer(here, tx, &wanted));
            let (done, text) = output::captured(work);
            done.unwrap();
            assert!(text.contains(&format!("   {past}   (gate")), "{text}");
        }
    });
}

/// Closed in silence.
fn close(tx: &Tx, ticket: i64, here: &Here) -> anyhow::Result<()> {
    set_down(tx, ticket, here, What::Closed)
}

fn set_down(tx: &Tx, ticket: i64, here: &Here, what: What) -> anyhow::Result<()> {
    let ticket = TicketNo(ticket);
    let fact = NewFact {
        at: tx.now(),
        what,
        by: By::Person("anna".to_owned()),
        letter: None,
        mail: None,
        via: None,
    };
    tx.add_fact(ticket, &fact)?;
    refresh(tx, &here.config, ticket).map(drop)
}
