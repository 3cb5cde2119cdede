//! Attempts that count against no mail: another one ended us, or the store failed.

use super::*;
use crate::daemon::receive::counts::Coming;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

impl Scene {
    /// A pass in which a panic, where nothing catches it, is the end of the process.
    async fn pass_that_dies(&mut self) {
        let mut pass = pin!(self.pass());
        let died = poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| pass.as_mut().poll(context)));
            polled.map_or(Poll::Ready(true), |polled| polled.map(|_| false))
        });
        assert!(died.await, "it lives");
    }

    /// How many attempts of each mail are on record.
    async fn counts(&self) -> Vec<(u32, u32)> {
        let all = |tx: &Tx| tx.histories(FolderId(1), 7);
        let all = self.record.read(all).await.unwrap().into_iter();
        all.map(|(uid, history)| (uid, history.attempts)).collect()
    }
}

#[tokio::test]
async fn a_mail_counts_for_nothing_while_its_neighbour_ends_us() {
    let mut s = scene(&[("INBOX", &[report(1, Fault::None), report(2, Fault::None)])]);
    for uid in [1, 1, 2] {
        s.earlier(20, |tx| tx.count_attempt(FolderId(1), 7, uid));
    }
    for attempts in 3..=5 {
        s.memory = reading_by(|_, _| panic!("this is the end"));
        s.pass_that_dies().await;
        assert_eq!(s.counts().await, [(1, attempts), (2, 1)]);
    }
    // Its neighbour is not read any more; it is, by us.
    assert_eq!(s.taken().await, 2);
    let unread: Vec<bool> = s.mails().await.iter().map(is_unreadable).collect();
    assert_eq!(unread, [true, false]);
}

#[tokio::test]
async fn what_was_fetched_while_the_store_failed_counts_for_nothing() {
    let mut messages: Vec<Message> = (1..=101).map(|uid| report(uid, Fault::None)).collect();
    messages[100].bytes.resize(300 << 10, b'x');
    let mut s = scene(&[("INBOX", &messages)]);
    s.record.write(|tx| tx.refuse_to_count(1)).await.unwrap();
    assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
    assert!(s.server.fetched.contains(&vec![101]), "it was fetched");
    assert_eq!(s.counts().await, []);
}

#[tokio::test]
async fn what_a_full_store_does_not_take_back_is_taken_back_later() {
    let mut large = report(1, Fault::None);
    large.bytes.resize(5_000_000, b'x');
    let mut s = scene(&[("INBOX", std::slice::from_ref(&large))]);
    let full = |tx: &Tx| tx.refuse_staging().and_then(|()| tx.refuse_to_uncount());
    s.record.write(full).await.unwrap();
    for _ in 0..4 {
        assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
        assert_eq!(s.counts().await, [(1, 1)], "begun once and not again");
    }
    s.record.write(|tx| tx.uncount_again()).await.unwrap();
    assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
    assert_eq!(s.counts().await, []);
}

#[tokio::test]
async fn a_mail_that_was_coming_when_its_turn_was_cut_off_counts_for_nothing() {
    let s = scene(&[("INBOX", &[])]);
    let place = (FolderId(1), 7, 1);
    s.earlier(20, |tx| tx.count_attempt(FolderId(1), 7, 1));
    let coming = || Coming::of(&s.record, place);
    coming().came();
    let dies = AssertUnwindSafe(|| {
        let _coming = coming();
        panic!("what came did that");
    });
    assert!(catch_unwind(dies).is_err());
    assert_eq!(s.record.owed(), []);
    drop(coming());
    pay(&s.record).await.unwrap();
    assert_eq!(s.counts().await, []);
}
