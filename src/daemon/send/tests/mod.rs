//! The sending turn against servers that no real one plays on demand.

mod doubt;
mod faults;
mod quota;
mod relay;

use crate::store::LetterKind;
use crate::store::LetterState::{Queued, Refused, Sent, Superseded, Unknown};
use jiff::{SignedDuration, Timestamp};
use relay::{Office, clock};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const MIA: &str = "mia@example.net";
const NOOR: &str = "noor@example.net";
const OLU: &str = "olu@example.net";

#[tokio::test]
async fn a_burst_is_one_commit_a_letter_and_one_connection() {
    const LETTERS: usize = 50;
    let around = Arc::new(AtomicUsize::default());
    let counted = Arc::clone(&around);
    let commit = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let office = Office::counting(clock!(), Box::new(commit));
    for n in 0..LETTERS {
        office.receipts(&[&format!("r{n}@example.net")]).await;
    }
    around.store(0, Ordering::SeqCst);
    office.turn().await;
    // Each is called before and after: one for each letter, one for the end of the last,
    // one before and one behind the burst.
    assert_eq!(around.load(Ordering::SeqCst) / 2, LETTERS + 3);
    let to: BTreeSet<String> = office.taken().into_iter().collect();
    assert_eq!((to.len(), office.connections()), (LETTERS, 1));
    assert_eq!(office.states().await, [Sent; LETTERS]);
}

#[tokio::test]
async fn greylisting_costs_one_delivery_each_and_few_connections() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let first: Mutex<BTreeMap<String, i64>> = Mutex::default();
    office.rule(move |step| {
        let now = seconds.load(Ordering::SeqCst);
        let mut first = first.lock().unwrap();
        let greylisted =
            step.verb == "RCPT" && now - *first.entry(step.to.to_owned()).or_insert(now) < 15 * 60;
        greylisted.then(|| "450 4.7.1 greylisted, come back later".to_owned())
    });
    for n in 0..20 {
        office.receipts(&[&format!("r{n}@example.net")]).await;
    }
    office.live(SignedDuration::from_hours(1)).await;
    let to: BTreeSet<String> = office.taken().into_iter().collect();
    assert_eq!((office.taken().len(), to.len()), (20, 20), "each once");
    assert!(office.connections() < 20, "{}", office.connections());
    assert_eq!(office.trouble().await, (None, None));
}

#[tokio::test]
async fn five_days_of_not_now_are_enough_and_a_person_may_try_again() {
    let office = Office::new(clock!());
    office.rule(|step| (step.verb == "RCPT").then(|| "451 4.3.0 later".to_owned()));
    office.receipts(&[MIA]).await;
    office.live(SignedDuration::from_hours(119)).await;
    assert_eq!(office.states().await, [Queued]);
    assert!(office.connections() < 140, "once an hour at last");
    office.live(SignedDuration::from_hours(2)).await;
    let letter = &office.letters().await[0];
    let said = letter.last_error.as_deref().unwrap_or_default();
    assert!(
        said.contains("5 days") && said.contains("451 4.3.0 later"),
        "{said}"
    );
    assert_eq!(letter.state, Refused);
    let tried = office.connections();
    office.live(SignedDuration::from_hours(24)).await;
    assert_eq!(office.connections(), tried, "given up");
    let anew = office.record.write(|tx| tx.start_anew(1)).await;
    assert!(anew.unwrap());
    office.live(SignedDuration::from_hours(1)).await;
    assert_eq!(office.states().await, [Queued], "five days begin anew");
    office.rule(|_| None);
    office.live(SignedDuration::from_hours(2)).await;
    assert_eq!(office.taken(), [MIA]);
}

#[tokio::test]
async fn a_connection_that_drops_after_each_message_makes_two_copies_at_most() {
    let office = Office::new(clock!());
    office.rule(|step| (step.verb == ".").then(String::new));
    office.receipts(&[MIA, NOOR, OLU]).await;
    office.live(SignedDuration::from_hours(48)).await;
    assert_eq!(office.states().await, [Unknown; 3], "a person says");
    let taken = office.relay.taken.lock().unwrap().clone();
    for who in [MIA, NOOR, OLU] {
        let copies: Vec<_> = taken.iter().filter(|(to, _)| to == who).collect();
        assert_eq!(copies.len(), 2);
        assert_eq!(copies[0], copies[1], "byte for byte");
    }
}

#[tokio::test]
async fn a_server_that_closes_after_some_letters_is_asked_again_at_once() {
    for farewell in ["421 4.7.0 too many messages", ""] {
        let office = Office::new(clock!());
        office.rule(move |step| {
            (step.verb == "MAIL" && step.before == 4).then(|| farewell.to_owned())
        });
        for n in 0..10 {
            office.receipts(&[&format!("r{n}@example.net")]).await;
        }
        assert_eq!(
            office.turn().await,
            super::Turn::Drained(10),
            "{farewell:?}"
        );
        assert_eq!((office.taken().len(), office.connections()), (10, 3));
        assert_eq!(office.trouble().await, (None, None));
    }
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_was_taken_is_on_record_soon_however_slow_the_next_one_is() {
    let office = Office::new(clock!());
    office.rule(|step| (step.verb == "RCPT" && step.to == NOOR).then(|| "...".to_owned()));
    office.receipts(&[MIA, NOOR]).await;
    let began = tokio::time::Instant::now();
    // The clock goes on when the store has done what it was asked for, and never by itself.
    let busy = tokio::spawn(async {
        loop {
            tokio::task::yield_now().await;
        }
    });
    let on_record = std::cell::Cell::new(None);
    let watch = async {
        loop {
            if on_record.get().is_none() && office.states().await == [Sent, Queued] {
                on_record.set(Some(began.elapsed()));
            }
            office.states().await;
            tokio::time::advance(Duration::from_millis(100)).await;
        }
    };
    let turn = tokio::select! { turn = office.turn() => turn, () = watch => unreachable!() };
    busy.abort();
    let after = on_record.get().unwrap();
    assert!(after < Duration::from_secs(5), "{after:?}");
    // The first letter proves that the server is there; the second meets it afresh.
    assert!(matches!(turn, super::Turn::Down(why) if why.contains("did not answer in time")));
    assert_eq!(
        (office.taken(), office.connections()),
        (vec![MIA.to_owned()], 2)
    );
}

#[tokio::test]
async fn who_is_asked_to_stop_brings_one_letter_to_its_end_and_no_other() {
    let office = Office::new(clock!());
    let stop = office.stop.clone();
    office.rule(move |step| {
        if step.verb == "." {
            stop.cancel();
        }
        None
    });
    office.receipts(&[MIA, NOOR]).await;
    office.turn().await;
    assert_eq!(office.states().await, [Sent, Queued]);
}

#[tokio::test]
async fn what_waited_for_the_team_becomes_one_digest_each() {
    let office = Office::new(clock!());
    let team = ["anna@example.com", "anna@example.com", "ben@example.com"];
    for to in team {
        office.letter(LetterKind::Reminder, to).await;
    }
    office.receipts(&[MIA]).await;
    office.rule(|step| (step.verb == "GREETING").then(String::new));
    office.live(SignedDuration::from_hours(24)).await;
    assert_eq!(
        office.states().await,
        [Queued; 4],
        "while it is down they wait"
    );
    office.rule(|_| None);
    office.live(SignedDuration::from_mins(5)).await;
    let expected = [Superseded, Superseded, Sent, Sent, Sent];
    assert_eq!(office.states().await, expected);
    let kinds: Vec<LetterKind> = office.letters().await.iter().map(|l| l.kind).collect();
    assert_eq!(kinds[4], LetterKind::Digest);
    let mut taken = office.taken();
    taken.sort();
    assert_eq!(taken, ["anna@example.com", "ben@example.com", MIA]);
}

#[tokio::test]
async fn what_cannot_be_folded_keeps_no_letter_from_leaving() {
    let office = Office::new(clock!());
    office.receipts(&[MIA]).await;
    for _ in 0..2 {
        office
            .letter(LetterKind::Reminder, "anna@example.com")
            .await;
    }
    office.rule(|step| (step.verb == "GREETING").then(String::new));
    office.live(SignedDuration::from_hours(1)).await;
    let folder = "UPDATE folders SET looked_at = 'x'";
    office
        .record
        .write(move |tx| tx.spoil(folder))
        .await
        .unwrap();
    office.rule(|_| None);
    office.live(SignedDuration::from_mins(5)).await;
    assert_eq!(office.states().await, [Sent; 3]);
}
