//! Whom of the team a letter reached, by what its server and bounces say.

use super::*;
use crate::config::sample;
use crate::desk::settle::offer;
use crate::desk::{outbox, tick};
use crate::mail::{Address, MessageId};
use crate::store::{Go, LetterKind, NewLetter, Store};
use crate::ticket::By;
use jiff::Timestamp;

/// A record, and the hours since its first moment.
struct Post {
    config: Config,
    store: Store,
    _dir: tempfile::TempDir,
}

impl Post {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let store = Store::create(&config.store).unwrap();
        Self {
            config,
            store,
            _dir: dir,
        }
    }

    fn at<T>(&mut self, hour: i64, work: impl FnOnce(&Tx, &Config) -> Result<T>) -> T {
        // A Saturday: nothing else is due.
        let start: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
        let at = start + SignedDuration::from_hours(hour);
        let done = self.store.write(at, |tx| work(tx, &self.config));
        done.unwrap_or_else(|why| panic!("{why:#}"))
    }

    /// A digest to ben that ended so; its number.
    fn digest(&mut self, hour: i64, ended: Ended) -> i64 {
        self.at(hour, |tx, config| {
            let mut random = [0; 16];
            getrandom::fill(&mut random).unwrap();
            let letter = tx.add_letter(&NewLetter {
                ticket: None,
                kind: LetterKind::Digest,
                sender: &config.mailboxes[0].address,
                recipient: &Address::parse("ben@example.com").unwrap(),
                by: By::Gatepost,
                facts: &[],
                subject: "s",
                body: "b",
                go: Go::Queued(&MessageId::fresh(random, "example.org"), b"x", tx.now()),
            })?;
            assert!(offer(tx, letter)?);
            settle(tx, config, letter, &ended)?;
            Ok(letter)
        })
    }

    fn taken(&mut self, hour: i64) -> i64 {
        self.digest(hour, Ended::Sent("250 ok".to_owned()))
    }

    fn refused(&mut self, hour: i64) -> i64 {
        let words = "550 5.1.1 <ben@example.com>: mia@example.net is unknown";
        self.digest(hour, Ended::Refused(words.to_owned()))
    }

    fn comes_back(&mut self, hour: i64, letter: i64) {
        self.at(hour, |tx, config| {
            came_back(tx, config, &tx.letter(letter)?.unwrap())
        });
    }

    /// The alarms that are on after a look at the clock.
    fn alarms(&mut self, hour: i64) -> Vec<(String, String)> {
        self.at(hour, |tx, config| {
            tick::tick(tx, config)?;
            let on = tx.alarms_on()?.into_iter();
            Ok(on.map(|alarm| (alarm.key, alarm.text)).collect())
        })
    }
}

fn alarm(text: &str) -> Vec<(String, String)> {
    vec![("team/ben@example.com".to_owned(), text.to_owned())]
}

#[test]
fn a_refusal_is_told_by_its_code_until_a_letter_is_taken() {
    let mut post = Post::new();
    let first = post.refused(0);
    let said = format!("the mail server refused the digest {first} to ben@example.com: 550 5.1.1");
    assert_eq!(post.alarms(1), alarm(&said));
    post.taken(2);
    assert_eq!(post.alarms(2), []);
}

#[test]
fn a_letter_that_came_back_counts_as_refused_until_none_comes_back_for_a_day() {
    let mut post = Post::new();
    let first = post.taken(0);
    // This one left before the bounce came: it proves nothing.
    let second = post.taken(1);
    assert_eq!(post.alarms(1), []);
    post.comes_back(2, first);
    let said = |n: i64| {
        format!(
            "the digest {n} to ben@example.com came back: a bounce says that it was not delivered"
        )
    };
    assert_eq!(post.alarms(2), alarm(&said(first)));
    let state = post.at(2, |tx, _| Ok(tx.letter(first)?.unwrap().state));
    assert_eq!(state, LetterState::Refused);
    // The same bounce again changes nothing.
    post.comes_back(2, first);
    // The next is taken too, and comes back too: the alarm is the same one all the time.
    let third = post.taken(10);
    assert_eq!(post.alarms(10), alarm(&said(first)));
    post.comes_back(11, third);
    post.comes_back(12, second);
    assert_eq!(post.alarms(12), alarm(&said(second)));
    post.taken(20);
    assert_eq!(post.alarms(43), alarm(&said(second)));
    assert_eq!(post.alarms(44), []);
}

#[test]
fn a_bounce_before_the_answer_is_on_record_is_one_all_the_same() {
    let mut post = Post::new();
    let lost = post.digest(0, Ended::Unknown("no answer".to_owned()));
    post.comes_back(1, lost);
    let row = post.at(1, |tx, config| {
        // The turn that offered it learns of the answer last.
        settle(tx, config, lost, &Ended::Sent("250 ok".to_owned()))?;
        Ok(tx.letter(lost)?.unwrap())
    });
    assert!(row.came_back(), "{row:?}");
    assert_eq!(post.alarms(1).len(), 1);
}

#[test]
fn who_says_that_a_letter_that_came_back_is_dropped_or_tried_again_has_seen_it() {
    for again in [outbox::drop_letter, outbox::retry] {
        let mut post = Post::new();
        let letter = post.taken(0);
        post.comes_back(1, letter);
        assert_eq!(post.alarms(1).len(), 1);
        post.at(2, |tx, config| again(tx, config, letter, "anna"));
        assert_eq!(post.alarms(2), []);
        let row = post.at(2, |tx, _| Ok(tx.letter(letter)?.unwrap()));
        assert!(!row.came_back());
    }
}

#[test]
fn who_has_left_the_team_is_no_alarm_any_more() {
    let mut post = Post::new();
    post.refused(0);
    assert_eq!(post.alarms(1).len(), 1);
    post.config.team.retain(|member| member.name != "ben");
    assert_eq!(post.alarms(2), []);
}

#[test]
fn codes_stand_among_words_and_words_do_not() {
    for (words, wanted) in [
        ("550 5.1.1 no such user", "550 5.1.1"),
        ("550 no 5.7.1", "550"),
        ("RCPT TO: 550-5.1.1 no", "550 5.1.1"),
        (
            "given up after 5 days, because the server still says: 451 4.7.1 later",
            "451 4.7.1",
        ),
        ("192.0.2.1:465: nothing listens on this port", ""),
        ("the letter needs a mail server with 8BITMIME", ""),
        ("", ""),
    ] {
        assert_eq!(code(words), wanted, "{words}");
    }
}
