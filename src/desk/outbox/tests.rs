//! What a person says of a letter, and what the ticket says then.

use super::*;
use crate::config::sample;
use crate::desk::act::{Decision, How, Writing, close, decide};
use crate::desk::settle::{Ended, offer, recover, settle};
use crate::mail::{Address, Foreign, MessageId};
use crate::store::{Go, LetterKind, NewFact, NewLetter, NewTicket, Store};
use crate::ticket::{By, Outcome, Stage, TicketNo, What};
use jiff::{SignedDuration, Timestamp};

/// A report, evaluated by ben in a letter that waits; and the record's clock.
struct Desk {
    config: Config,
    store: Store,
    now: Timestamp,
    _dir: tempfile::TempDir,
}

const LETTER: i64 = 1;

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let store = Store::create(&config.store).unwrap();
        let mut desk = Self {
            config,
            store,
            now: "2026-11-23T12:00:00Z".parse().unwrap(),
            _dir: dir,
        };
        desk.at(0, open);
        desk
    }

    /// Minutes after noon.
    fn at<T>(&mut self, minutes: i64, work: impl FnOnce(&Tx, &Config) -> Result<T>) -> T {
        let now = self.now + SignedDuration::from_mins(minutes);
        let done = self.store.write(now, |tx| work(tx, &self.config));
        done.unwrap_or_else(|why| panic!("{why:#}"))
    }

    /// The facts of the ticket: name, who says so, minutes after noon.
    fn facts(&mut self) -> Vec<(String, String, i64)> {
        let noon = self.now;
        let facts = self.at(0, |tx, _| tx.facts_of(TicketNo(1)));
        let of = |at: Timestamp| at.duration_since(noon).as_mins();
        let fact =
            |f: &crate::ticket::Fact| (f.what.name().to_string(), f.by.name().to_owned(), of(f.at));
        facts.iter().map(fact).collect()
    }

    fn state(&mut self) -> LetterState {
        self.at(0, |tx, _| tx.letter(LETTER)).unwrap().state
    }
}

fn open(tx: &Tx, config: &Config) -> Result<()> {
    tx.keep_policy(&config.policy)?;
    let mia = Address::parse("mia@example.net").unwrap();
    let (ticket, by) = (
        tx.open_ticket(&NewTicket {
            prefix: "SEC",
            year: 2026,
            mailbox: "security",
            policy: &config.policy.digest,
            opened_at: tx.now(),
            subject: &Foreign::new("s"),
            reporter: Some(&mia),
            reporter_name: &Foreign::new("Mia"),
            claims: None,
        })?,
        By::Gatepost,
    );
    let received = NewFact::new(tx.now(), What::Received, by);
    tx.add_fact(ticket, &received)?;
    let outcome = Outcome::Accepted;
    tx.add_letter(&NewLetter {
        ticket: Some(ticket),
        kind: LetterKind::Evaluation,
        sender: &Address::parse("security@example.org").unwrap(),
        recipient: &mia,
        by: By::Person("ben".to_owned()),
        facts: &[What::Answered, What::Evaluated { outcome }],
        subject: "s",
        body: "b",
        go: Go::Queued(
            &MessageId::parse("<a@example.org>").unwrap(),
            b"x",
            tx.now(),
        ),
    })?;
    super::super::refresh(tx, config, ticket).map(drop)
}

fn names<'a>(facts: &'a [(String, String, i64)]) -> Vec<(&'a str, &'a str, i64)> {
    let short = |(name, by, at): &'a (String, String, i64)| (name.as_str(), by.as_str(), *at);
    facts.iter().map(short).collect()
}

#[test]
fn a_refused_letter_that_is_tried_again_counts_when_it_arrives() {
    let mut desk = Desk::new();
    desk.at(1, |tx, config| {
        settle(tx, config, LETTER, &Ended::Refused("550 no".to_owned()))
    });
    assert_eq!(desk.state(), LetterState::Refused);
    desk.at(2, |tx, config| retry(tx, config, LETTER, "anna"));
    let row = desk.at(2, |tx, _| tx.next_beyond_doubt()).unwrap();
    assert_eq!((row.attempts, row.last_error), (0, None));
    desk.at(3, |tx, config| {
        offer(tx, LETTER)?;
        settle(tx, config, LETTER, &Ended::Sent("250 ok".to_owned()))
    });
    let expected = [
        ("received", "gatepost", 0),
        ("undelivered", "ben", 1),
        ("noted", "anna", 2),
        ("answered", "ben", 3),
        ("evaluated", "ben", 3),
    ];
    assert_eq!(names(&desk.facts()), expected);
    let file = desk.at(4, |tx, config| super::super::file(tx, config, TicketNo(1)));
    assert_eq!(file.ticket.outcome, Some(Outcome::Accepted));
    assert!(!file.ticket.unreachable);
}

#[test]
fn who_says_that_a_letter_arrived_says_it_of_the_moment_when_it_left() {
    let mut desk = Desk::new();
    for minute in [1, 5] {
        desk.at(minute, |tx, _| {
            offer(tx, LETTER)?;
            recover(tx)
        });
    }
    assert_eq!(desk.state(), LetterState::Unknown);
    desk.at(90, |tx, config| was_sent(tx, config, LETTER, "anna"));
    let expected = [
        ("received", "gatepost", 0),
        ("answered", "ben", 5),
        ("evaluated", "ben", 5),
        ("noted", "anna", 90),
    ];
    assert_eq!(names(&desk.facts()), expected);
    assert_eq!(desk.state(), LetterState::Sent);
}

#[test]
fn an_unknown_letter_that_is_tried_again_may_leave_twice_more() {
    let mut desk = Desk::new();
    let lost = |tx: &Tx, _: &Config| {
        assert!(offer(tx, LETTER)?);
        recover(tx)
    };
    desk.at(1, lost);
    desk.at(2, lost);
    desk.at(3, |tx, config| retry(tx, config, LETTER, "anna"));
    desk.at(4, lost);
    assert_eq!(desk.state(), LetterState::Queued);
    desk.at(5, lost);
    assert_eq!(desk.state(), LetterState::Unknown);
}

#[test]
fn what_cannot_be_said_of_a_letter_is_refused_with_a_reason() {
    type Act = fn(&Tx, &Config, i64, &str) -> Result<()>;
    let mut desk = Desk::new();
    let mut refused = |act: Act, letter, words: &str| {
        let said = desk.at(1, |tx, config| Ok(act(tx, config, letter, "anna")));
        let said = said.unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    };
    refused(retry, 9, "there is no letter 9\n  hint:");
    refused(
        was_sent,
        LETTER,
        "letter 1 is queued: only of one that is unknown",
    );
    desk.at(1, |tx, config| drop_letter(tx, config, LETTER, "anna"));
    let mut refused = |act: Act, words: &str| {
        let said = desk.at(1, |tx, config| Ok(act(tx, config, LETTER, "anna")));
        let said = said.unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    };
    refused(
        retry,
        "is dropped and cannot be tried again\n  hint: write another",
    );
    refused(was_sent, "is dropped");
    assert_eq!(names(&desk.facts())[1..], [("noted", "anna", 1)]);
}

fn wrote(tx: &Tx, config: &Config) -> Result<()> {
    let wrote = NewFact::new(tx.now(), What::ReporterWrote, By::Gatepost);
    tx.add_fact(TicketNo(1), &wrote)?;
    refresh(tx, config, TicketNo(1)).map(drop)
}

#[test]
fn a_letter_that_was_refused_leaves_the_held_receipt_as_it_is() {
    let mut desk = Desk::new();
    let receipt = desk.at(1, |tx, _| {
        tx.add_letter(&NewLetter {
            ticket: Some(TicketNo(1)),
            kind: LetterKind::Acknowledgement,
            sender: &Address::parse("security@example.org").unwrap(),
            recipient: &Address::parse("mia@example.net").unwrap(),
            by: By::Gatepost,
            facts: &[What::Acknowledged],
            subject: "s",
            body: "b",
            go: Go::Held("too many in an hour"),
        })
    });
    let mut state = |minute, ended: Option<Ended>| {
        desk.at(minute, |tx, config| {
            match ended {
                Some(ended) => settle(tx, config, LETTER, &ended)?,
                None => retry(tx, config, LETTER, "anna")?,
            }
            Ok(tx.letter(receipt)?.unwrap().state)
        })
    };
    let refused = Ended::Refused("550 no".to_owned());
    assert_eq!(state(2, Some(refused)), LetterState::Held);
    assert_eq!(state(3, None), LetterState::Held);
    let sent = Ended::Sent("250 ok".to_owned());
    assert_eq!(state(4, Some(sent)), LetterState::Superseded);
}

#[test]
fn a_letter_to_who_is_no_longer_the_reporter_is_not_tried_again() {
    let mut desk = Desk::new();
    desk.at(1, |tx, config| {
        settle(tx, config, LETTER, &Ended::Refused("550 no".to_owned()))
    });
    for (address, tried) in [
        (Some("noor@example.net"), false),
        (None, false),
        (Some("MIA@example.net"), true),
    ] {
        let address = address.map(|a| Address::parse(a).unwrap());
        desk.at(2, |tx, _| tx.set_reporter(TicketNo(1), address.as_ref()));
        let said = desk.at(2, |tx, config| Ok(retry(tx, config, LETTER, "anna")));
        match said {
            Ok(()) => assert!(tried, "{address:?}"),
            Err(why) => {
                let words = "letter 1 is for mia@example.net, who is no longer the reporter of";
                let why = why.to_string();
                assert!(
                    !tried && why.contains(words) && why.contains("hint:"),
                    "{why}"
                );
                assert_eq!(desk.state(), LetterState::Refused);
            }
        }
    }
    assert_eq!(desk.state(), LetterState::Queued);
}

/// When the answer stands on record, in minutes after noon, and how often the reporter
/// asked without one. Mia wrote at minute 3; the letter left at minute 5, or at minutes 1
/// and 2 without an answer.
fn check_crossed(writes: bool, lost: bool, expected: (i64, u32)) {
    let mut desk = Desk::new();
    if lost {
        for minute in [1, 2] {
            desk.at(minute, |tx, _| {
                assert!(offer(tx, LETTER)?);
                recover(tx)
            });
        }
    }
    if writes {
        desk.at(3, wrote);
    }
    desk.at(5, |tx, config| {
        if lost {
            return was_sent(tx, config, LETTER, "anna");
        }
        offer(tx, LETTER)?;
        settle(tx, config, LETTER, &Ended::Sent("250 ok".to_owned()))
    });
    let facts = desk.facts();
    let answered = facts.iter().find(|(name, _, _)| name == "answered");
    let file = desk.at(6, |tx, config| super::super::file(tx, config, TicketNo(1)));
    let crossed = facts.iter().any(|(name, _, _)| name == "crossed");
    let got = (answered.unwrap().2, file.ticket.chased);
    assert_eq!((got, crossed), (expected, writes), "{facts:?}");
}

#[test]
fn a_letter_answers_nothing_that_was_written_after_it() {
    check_crossed(false, false, (5, 0));
    check_crossed(true, false, (5, 1));
    check_crossed(false, true, (2, 0));
    check_crossed(true, true, (2, 1));
}

#[test]
fn a_last_letter_that_arrived_closes_nothing_once_the_reporter_has_written() {
    let stage = |writes: bool| {
        let mut desk = Desk::new();
        desk.at(1, |tx, config| drop_letter(tx, config, LETTER, "anna"));
        let last = desk.at(2, |tx, config| {
            let seen = tx.facts_of(TicketNo(1))?.last().unwrap().n;
            let closing = Decision::new(TicketNo(1), "anna", seen, LetterKind::Closing);
            let letter = crate::letters::Letter {
                subject: "Re: s".into(),
                body: "Goodbye\n".into(),
            };
            let writing = Writing {
                letter: &letter,
                enclosed: None,
                encrypted: None,
                grace: SignedDuration::ZERO,
            };
            let last = decide(tx, config, &close("", closing), How::Letter(&writing))?;
            Ok(last.unwrap())
        });
        for minute in [3, 4] {
            desk.at(minute, |tx, _| {
                assert!(offer(tx, last)?);
                recover(tx)
            });
        }
        if writes {
            desk.at(5, wrote);
        }
        desk.at(6, |tx, config| was_sent(tx, config, last, "anna"));
        let file = desk.at(7, |tx, config| super::super::file(tx, config, TicketNo(1)));
        file.ticket.stage
    };
    assert_eq!(stage(false), Stage::Closed);
    assert_eq!(stage(true), Stage::New);
}
