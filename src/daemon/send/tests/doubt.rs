//! A server that forbids letters by rule: some of them, or all of ours.

use super::*;
use crate::daemon::send::Turn;
use crate::store::{Doubt, Letter};
use relay::Step;

const NO: &str = "554 5.7.1 Relay access denied";

fn forbids(step: &Step) -> Option<String> {
    let forbidden = step.verb == "RCPT" && step.to.ends_with("forbidden.example");
    forbidden.then(|| NO.to_owned())
}

/// So many letters, each to a domain of its own.
async fn to_domains(office: &Office, count: usize, below: &str) {
    for n in 0..count {
        office.receipts(&[&format!("r@d{n}.{below}")]).await;
    }
}

#[tokio::test]
async fn letters_that_are_forbidden_keep_no_other_from_the_first_turn() {
    for domain in ["forbidden.example", "example.net"] {
        let (seconds, now) = clock!();
        let office = Office::new((seconds, now));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let asks = Arc::clone(&asked);
        office.rule(move |step| {
            if step.verb != "RCPT" {
                return None;
            }
            asks.lock().unwrap().push(step.to.to_owned());
            step.to.starts_with("no").then(|| NO.to_owned())
        });
        for n in 0..12 {
            office.receipts(&[&format!("no{n}@{domain}")]).await;
        }
        for n in 0..150 {
            office.receipts(&[&format!("yes{n}@example.net")]).await;
        }
        seconds.fetch_add(60, Ordering::SeqCst);
        assert_eq!(office.turn().await, Turn::Drained(150), "{domain}");
        let states = office.states().await;
        let (no, yes) = states.split_at(12);
        assert_eq!((no, yes), (&[Queued; 12][..], &[Sent; 150][..]));
        let first = asked.lock().unwrap().clone();
        assert_eq!(first.len(), 150 + 12 + 10, "{domain}: ten once more");
        let behind = first[first.len() - 10..].iter();
        assert_eq!(behind.filter(|to| to.starts_with("no")).count(), 10);
        assert_eq!(office.trouble().await, (None, None), "{domain}");
        office.live(SignedDuration::from_mins(90)).await;
        assert_eq!(office.states().await[..12], [Refused; 12], "{domain}");
        let asked = asked.lock().unwrap().len() - first.len();
        assert!(asked <= 12 * 7, "{domain}: {asked} in 90 minutes");
    }
}

#[tokio::test]
async fn letters_to_a_domain_that_was_forbidden_stand_behind_the_others() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let asks = Arc::clone(&asked);
    office.rule(move |step| {
        if step.verb == "RCPT" {
            asks.lock().unwrap().push(step.to.to_owned());
        }
        forbids(step)
    });
    let to = |n: usize| format!("no{n}@forbidden.example");
    for n in 0..40 {
        office.receipts(&[&to(n)]).await;
    }
    office.receipts(&[MIA]).await;
    for n in 40..80 {
        office.receipts(&[&to(n)]).await;
    }
    office.turn().await;
    assert_eq!(office.taken(), [MIA]);
    // Of the others nobody knows yet whether they are meant.
    assert_eq!(
        office.turn().await,
        Turn::Down(format!("it forbids letters to everybody: {NO}"))
    );
    seconds.fetch_add(60, Ordering::SeqCst);
    office.receipts(&[NOOR, OLU]).await;
    seconds.fetch_add(60, Ordering::SeqCst);
    asked.lock().unwrap().clear();
    office.turn().await;
    assert_eq!(office.taken(), [MIA, NOOR, OLU]);
    let asked = asked.lock().unwrap().clone();
    let forbidden = asked.iter().take_while(|to| *to != OLU).count() - 1;
    // One that was forbidden before comes first, and three begin a new row.
    assert_eq!(forbidden, 4, "the others of those wait: {asked:?}");
}

#[tokio::test]
async fn who_is_forbidden_all_the_time_keeps_no_letter_long() {
    let office = Office::new(clock!());
    office.rule(forbids);
    let mut good = Vec::new();
    for hour in 0..12 {
        for minute in 0..60 {
            let to = format!("r@d{}.forbidden.example", hour * 60 + minute);
            let receipt = LetterKind::Acknowledgement;
            let at = SignedDuration::from_mins(minute);
            office.letter_in(at, receipt, &to).await;
            if minute == 30 {
                good.push(office.letter_in(at, receipt, NOOR).await);
            }
        }
        office.live(SignedDuration::from_hours(1)).await;
    }
    let letters = office.letters().await;
    let waited = |l: &&Letter| l.settled_at.unwrap().duration_since(l.queued_at.unwrap());
    let their = letters.iter().filter(|l| good.contains(&l.id));
    let longest = their.clone().map(|l| waited(&l)).max().unwrap();
    assert_eq!(their.filter(|l| l.state == Sent).count(), 12);
    let long = longest - SignedDuration::from_mins(30);
    assert!(long <= SignedDuration::from_mins(6), "{long:#}");
}

#[tokio::test]
async fn a_blocked_sender_is_tried_few_times_an_hour() {
    let office = Office::new(clock!());
    let asked = Arc::new(AtomicUsize::default());
    let count = Arc::clone(&asked);
    office.rule(move |step| {
        let no = step.verb == "RCPT";
        count.fetch_add(usize::from(no), Ordering::SeqCst);
        no.then(|| "554 5.7.1 your account is blocked".to_owned())
    });
    to_domains(&office, 200, "example.net").await;
    let most = office.turn().await;
    assert!(matches!(most, Turn::Down(_)));
    assert_eq!(asked.swap(0, Ordering::SeqCst), 12, "in the first turn");
    office.turn().await;
    assert_eq!(asked.swap(0, Ordering::SeqCst), 10, "in each further one");
    let hour = SignedDuration::from_hours(1);
    office.live(hour).await;
    assert_eq!(asked.swap(0, Ordering::SeqCst), 160, "ten a turn");
    office.live(hour).await;
    // What nothing is known of is used up: one a turn, of which twelve are an hour.
    asked.store(0, Ordering::SeqCst);
    office.live(hour).await;
    assert!(asked.load(Ordering::SeqCst) <= 16);
    assert_eq!(office.states().await, [Queued; 200]);
    assert!(office.connections() <= 3 * 16 + 2);
    office.rule(|_| None);
    office.live(SignedDuration::from_mins(10)).await;
    assert_eq!(office.states().await, [Sent; 200]);
    assert_eq!(office.trouble().await, (None, None));
}

#[tokio::test]
async fn a_letter_that_is_tried_once_more_is_not_refused_while_everybody_is() {
    let office = Office::new(clock!());
    office.rule(forbids);
    office.receipts(&["no@forbidden.example"]).await;
    office.turn().await;
    // The server takes this one, and blocks the account at once.
    office.rule(|step| {
        let blocked = step.verb == "RCPT" && step.to != MIA;
        blocked.then(|| "554 5.7.1 your account is blocked".to_owned())
    });
    let last = |tx: &crate::store::Tx| {
        tx.server_takes_letters()?;
        tx.put_off(
            1,
            NO,
            tx.now() + SignedDuration::from_mins(2),
            Some(Doubt::Last),
        )
    };
    office.record.write(last).await.unwrap();
    office.receipts(&[NOOR, OLU, "pia@example.net"]).await;
    office.live(SignedDuration::from_hours(6)).await;
    assert_eq!(office.states().await, [Queued; 4]);
    office.rule(forbids);
    office.live(SignedDuration::from_hours(23)).await;
    assert_eq!(office.states().await, [Queued, Sent, Sent, Sent]);
    // The server took letters that it had forbidden: for a day that is no refusal.
    office.live(SignedDuration::from_hours(3)).await;
    assert_eq!(office.states().await, [Refused, Sent, Sent, Sent]);
    assert_eq!(office.letters().await[0].doubt, None, "it is known");
}

#[tokio::test]
async fn who_is_refused_by_name_in_a_row_of_doubt_stays_refused() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let knows: Arc<Mutex<bool>> = Arc::new(Mutex::new(true));
    let known = Arc::clone(&knows);
    office.rule(move |step| {
        let gone = step.to == MIA && !*known.lock().unwrap();
        let no = if gone { "550 5.1.1 no such user" } else { NO };
        (step.verb == "RCPT").then(|| no.to_owned())
    });
    office.receipts(&[MIA]).await;
    office.receipts(&[NOOR]).await;
    office.receipts(&[OLU]).await;
    office.turn().await;
    assert_eq!(office.states().await, [Queued; 3]);
    *knows.lock().unwrap() = false;
    for _ in 0..6 {
        seconds.fetch_add(300, Ordering::SeqCst);
        office.turn().await;
    }
    assert_eq!(office.states().await, [Refused, Queued, Queued]);
}
