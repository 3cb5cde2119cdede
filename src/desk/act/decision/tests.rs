//! A decision by letter, said already, and in silence; what comes in between; and what a
//! letter that did not arrive leaves behind.

mod plans;

use super::*;
use crate::config::{Config, sample};
use crate::desk::act::{self, Evaluation, Publication, Reply};
use crate::desk::settle::{Ended, settle};
use crate::mail::{Address, Foreign};
use crate::promise::Standing;
use crate::store::{LetterState, NewTicket, Store};
use crate::ticket::{Outcome, Stage, Ticket, WaitsFor};
use jiff::civil::date;

/// Friday, before a weekend.
const RECEIVED: &str = "2026-11-20T16:40:00Z";
const NOW: &str = "2026-11-24T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Does `work` on the desk of a team with one report, on Tuesday morning.
fn on_desk<T>(work: impl FnOnce(&Tx, &Config, TicketNo) -> Result<T>) -> T {
    let folder = tempfile::tempdir().unwrap();
    let config = sample::small(folder.path());
    let mut store = Store::create(&config.store).unwrap();
    let done = store.write(at(NOW), |tx| {
        tx.keep_policy(&config.policy)?;
        let ticket = tx.open_ticket(&NewTicket {
            prefix: "SEC",
            year: 2026,
            mailbox: "security",
            policy: &config.policy.digest,
            opened_at: at(RECEIVED),
            subject: &Foreign::new("XSS"),
            reporter: Address::parse("mia@example.net").as_ref(),
            reporter_name: &Foreign::default(),
            claims: None,
        })?;
        wrote(tx, &config, ticket, What::Received, RECEIVED)?;
        work(tx, &config, ticket)
    });
    done.unwrap()
}

fn wrote(tx: &Tx, config: &Config, ticket: TicketNo, what: What, when: &str) -> Result<()> {
    let fact = NewFact::new(at(when), what, By::Gatepost);
    tx.add_fact(ticket, &fact)?;
    refresh(tx, config, ticket).map(drop)
}

fn blank(tx: &Tx, ticket: TicketNo, kind: LetterKind) -> Decision {
    let facts = tx.facts_of(ticket).unwrap();
    Decision::new(ticket, "anna", facts.last().unwrap().n, kind)
}

fn evaluated(outcome: Outcome, decision: Decision) -> Decision {
    let dated = outcome == Outcome::Accepted;
    Evaluation {
        outcome,
        expected: dated.then_some(date(2027, 2, 1)),
        of: None,
        keep_open: false,
    }
    .on(decision)
}

/// Queues a letter with the labels of the decision.
fn queue(tx: &Tx, config: &Config, decision: &Decision) -> Result<i64> {
    let letter = letters::Letter {
        subject: "Re: XSS".into(),
        body: format!("Hello\n  {}\n", decision.labels.join("\n  ")),
    };
    let writing = Writing {
        letter: &letter,
        enclosed: None,
        encrypted: None,
        grace: SignedDuration::ZERO,
    };
    Ok(decide(tx, config, decision, How::Letter(&writing))?.unwrap())
}

fn send(tx: &Tx, config: &Config, letter: i64) -> Result<()> {
    settle(tx, config, letter, &Ended::Sent("250 ok".into()))
}

fn phone(when: &str) -> Said {
    Said {
        at: at(when),
        mail: None,
        letter: None,
        via: Some("phone".into()),
    }
}

fn names(tx: &Tx, ticket: TicketNo) -> Vec<String> {
    let facts = tx.facts_of(ticket).unwrap();
    facts.iter().map(|f| f.what.name().to_string()).collect()
}

fn standing(tx: &Tx, config: &Config, ticket: TicketNo, promise: &str) -> Option<Standing> {
    let file = file(tx, config, ticket).unwrap();
    let duty = file.duties.iter().rfind(|d| d.promise.name == promise);
    duty.map(|d| d.state.standing)
}

/// Every decision that is made by letter, and the facts that its delivery writes.
fn every_decision(tx: &Tx, ticket: TicketNo) -> Vec<(Decision, &'static [&'static str])> {
    let blank = |kind| blank(tx, ticket, kind);
    let reply = Reply {
        expected: Some(date(2027, 2, 1)),
        ask: true,
        gives_number: true,
        ..Reply::default()
    };
    // Without words of one's own.
    let number = Reply {
        gives_number: true,
        is_empty: true,
        ..Reply::default()
    };
    let publication = Publication {
        on: None,
        link: None,
        because: String::new(),
        force: None,
    };
    vec![
        (
            evaluated(Outcome::Accepted, blank(LetterKind::Evaluation)),
            &["answered", "evaluated", "dated"],
        ),
        (
            evaluated(Outcome::OutOfScope, blank(LetterKind::Evaluation)),
            &["answered", "evaluated", "date-not-due", "closed"],
        ),
        (
            reply.on(blank(LetterKind::Reply)),
            &["answered", "dated", "noted", "waiting"],
        ),
        (number.on(blank(LetterKind::Reply)), &["noted"]),
        (
            act::resolve(blank(LetterKind::Resolved)),
            &["answered", "thanked"],
        ),
        (publication.on(blank(LetterKind::Published)), &["answered"]),
        (
            act::close("", blank(LetterKind::Closing)),
            &["answered", "closed"],
        ),
    ]
}

#[test]
fn what_a_letter_says_is_true_once_it_is_taken_and_open_again_when_it_comes_back() {
    for n in 0..6 {
        on_desk(|tx, config, ticket| {
            let (decision, wanted) = every_decision(tx, ticket).remove(n);
            let kind = decision.kind;
            let id = queue(tx, config, &decision)?;
            let queued = names(tx, ticket);
            let before = Ticket::fold(&tx.facts_of(ticket)?);
            assert!(
                wanted
                    .iter()
                    .all(|name| !queued.contains(&(*name).to_owned())),
                "{kind:?} is only queued: {queued:?}"
            );
            send(tx, config, id)?;
            assert_eq!(names(tx, ticket)[queued.len()..], *wanted, "{kind:?}");
            let open = |tx: &Tx| Ok::<_, anyhow::Error>(Ticket::fold(&tx.facts_of(ticket)?));
            let bounced = What::Undelivered {
                letter: Some(id),
                mail: None,
                why: "a bounce came back".into(),
            };
            wrote(tx, config, ticket, bounced, NOW)?;
            let back = open(tx)?;
            assert_eq!(
                (back.stage, back.expected, back.waits_for, back.unreachable),
                (before.stage, before.expected, before.waits_for, true),
                "{kind:?} did not arrive: what it had met is open again"
            );
            let facts = tx.facts_of(ticket)?;
            let counts = |name: &str| {
                let facts = counting(&facts);
                facts.iter().any(|f| f.what.name().as_str() == name)
            };
            assert!(!wanted.iter().any(|name| counts(name)), "{kind:?}");
            assert_eq!(standing(tx, config, ticket, "inform"), None, "{kind:?}");
            Ok(())
        });
    }
}

#[test]
fn every_letter_by_a_person_makes_a_held_receipt_needless() {
    for n in 0..6 {
        on_desk(|tx, config, ticket| {
            let address = Address::parse("security@example.org").unwrap();
            let receipt = tx.add_letter(&crate::store::NewLetter {
                ticket: Some(ticket),
                kind: LetterKind::Acknowledgement,
                sender: &address,
                recipient: &address,
                by: By::Gatepost,
                facts: &[What::Acknowledged],
                subject: "s",
                body: "b",
                go: crate::store::Go::Held("over a cap"),
            })?;
            let (decision, _) = every_decision(tx, ticket).remove(n);
            let id = queue(tx, config, &decision)?;
            let state = |tx: &Tx| tx.letter(receipt).unwrap().unwrap().state;
            assert_eq!(
                state(tx),
                LetterState::Held,
                "{:?} is queued",
                decision.kind
            );
            send(tx, config, id)?;
            assert_eq!(state(tx), LetterState::Superseded, "{:?}", decision.kind);
            Ok(())
        });
    }
}

#[test]
fn a_fact_that_came_in_between_stops_the_decision_whole_and_is_told() {
    on_desk(|tx, config, ticket| {
        let decision = act::close("", blank(tx, ticket, LetterKind::Closing));
        wrote(
            tx,
            config,
            ticket,
            What::ReporterWrote,
            "2026-11-24T09:59:00Z",
        )?;
        let why = queue(tx, config, &decision).unwrap_err().to_string();
        assert!(
            why.contains("reporter-wrote by the reporter, Tue 24 Nov 09:59 (fact 2)"),
            "{why}"
        );
        assert!(why.contains("--after 2"), "{why}");
        assert_eq!(names(tx, ticket), ["received", "reporter-wrote"]);
        Ok(())
    });
}

#[test]
fn what_was_said_counts_from_then_and_what_we_decide_from_now() {
    on_desk(|tx, config, ticket| {
        let decision = evaluated(
            Outcome::OutOfScope,
            blank(tx, ticket, LetterKind::Evaluation),
        );
        let said = phone("2026-11-23T09:00:00Z");
        assert_eq!(decide(tx, config, &decision, How::Said(&said))?, None);
        let facts = tx.facts_of(ticket)?;
        let when = |name: &str| {
            let fact = facts.iter().find(|f| f.what.name().as_str() == name);
            let fact = fact.unwrap();
            (fact.at, fact.via.as_deref())
        };
        assert_eq!(when("decided"), (at(NOW), None));
        assert_eq!(when("evaluated"), (said.at, Some("phone")));
        assert_eq!(when("closed"), (at(NOW), Some("phone")));
        assert_eq!(
            standing(tx, config, ticket, "respond"),
            Some(Standing::Kept)
        );
        Ok(())
    });
}

#[test]
fn nothing_was_said_before_the_report_came_or_after_now() {
    for (when, wanted) in [
        (
            "2026-11-20T16:39:59Z",
            "on Fri 20 Nov 2026 16:39, before the report came in on",
        ),
        ("2026-11-24T10:00:01Z", "in the future"),
    ] {
        on_desk(|tx, config, ticket| {
            let decision = act::resolve(blank(tx, ticket, LetterKind::Resolved));
            let why = decide(tx, config, &decision, How::Said(&phone(when))).unwrap_err();
            assert!(why.to_string().contains(wanted), "{why}");
            Ok(())
        });
    }
}

#[test]
fn who_has_answered_since_a_question_was_asked_is_not_waited_for() {
    let waits = |when: &str| {
        on_desk(|tx, config, ticket| {
            wrote(
                tx,
                config,
                ticket,
                What::ReporterWrote,
                "2026-11-23T12:00:00Z",
            )?;
            let ask = Reply {
                ask: true,
                ..Reply::default()
            };
            let decision = ask.on(blank(tx, ticket, LetterKind::Reply));
            decide(tx, config, &decision, How::Said(&phone(when)))?;
            let ticket = Ticket::fold(&tx.facts_of(ticket)?);
            Ok((ticket.waits_for, ticket.chased))
        })
    };
    assert_eq!(waits("2026-11-23T11:00:00Z"), (None, 1));
    assert_eq!(waits("2026-11-23T13:00:00Z"), (Some(WaitsFor::Reporter), 0));
}

#[test]
fn what_the_reporter_writes_while_the_last_letter_is_on_its_way_keeps_the_ticket_open() {
    let stage = |writes: bool| {
        on_desk(|tx, config, ticket| {
            let decision = act::close("", blank(tx, ticket, LetterKind::Closing));
            let id = queue(tx, config, &decision)?;
            if writes {
                wrote(tx, config, ticket, What::ReporterWrote, NOW)?;
            }
            send(tx, config, id)?;
            Ok(Ticket::fold(&tx.facts_of(ticket)?).stage)
        })
    };
    assert_eq!(stage(false), Stage::Closed);
    assert_eq!(stage(true), Stage::New);
}

#[test]
fn in_silence_nothing_was_told_and_nothing_more_is_owed() {
    on_desk(|tx, config, ticket| {
        let decision = act::close("a test", blank(tx, ticket, LetterKind::Closing));
        decide(tx, config, &decision, How::Silently)?;
        assert_eq!(names(tx, ticket), ["received", "remarked", "closed"]);
        assert!(tx.letters_of(ticket)?.is_empty());
        assert_eq!(
            standing(tx, config, ticket, "respond"),
            Some(Standing::Void)
        );
        Ok(())
    });
}

#[test]
fn a_retracted_fact_of_a_letter_opens_again_what_it_had_met() {
    on_desk(|tx, config, ticket| {
        let decision = evaluated(Outcome::Accepted, blank(tx, ticket, LetterKind::Evaluation));
        let id = queue(tx, config, &decision)?;
        send(tx, config, id)?;
        assert_eq!(
            standing(tx, config, ticket, "respond"),
            Some(Standing::Kept)
        );
        let dated = tx.facts_of(ticket)?.last().unwrap().n;
        let retracted = What::Retracted {
            fact: dated,
            why: "the wrong ticket".into(),
        };
        wrote(tx, config, ticket, retracted, NOW)?;
        let file = file(tx, config, ticket)?;
        assert_eq!(file.ticket.expected, None);
        let respond = file.duties.iter().find(|d| d.promise.name == "respond");
        let respond = respond.unwrap();
        assert!(respond.stored.open);
        assert_eq!(respond.state.missing, ["dated or date-not-due"]);
        assert_eq!(standing(tx, config, ticket, "resolve"), None);
        assert!(act::dates_told(&file.facts).is_empty());
        Ok(())
    });
}
