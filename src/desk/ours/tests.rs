//! Reports, answers from Sent, and what would like to be one.

use super::*;
use crate::config::sample;
use crate::desk::file;
use crate::desk::ingest::{Arrival, Taken, ingest};
use crate::desk::record::Letter;
use crate::store::{FolderId, Sighting, Store};
use crate::triage::{Place, Role};
use jiff::ToSpan;
use jiff::civil::date;

const T1: TicketNo = TicketNo(1);

/// Monday, 10:00.
fn ten() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

struct World {
    config: Config,
    store: Store,
    folders: [(Role, FolderId); 2],
    uid: u32,
    _dir: tempfile::TempDir,
}

impl World {
    /// Two folders, and nothing in them.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        config.mailboxes[0].authserv_ids = vec!["mx.example.org".to_owned()];
        let mut store = Store::create(&config.store).unwrap();
        let mut add = |name: &str| {
            store
                .write(ten(), |tx| tx.add_folder("security", name, 7, &[]))
                .unwrap()
        };
        let folders = [(Role::Inbox, add("INBOX")), (Role::Sent, add("Sent"))];
        Self {
            config,
            store,
            folders,
            uid: 0,
            _dir: dir,
        }
    }

    fn arrives(&mut self, role: Role, minutes: i64, eml: &str) -> Taken {
        let letter = Letter::read(eml.as_bytes()).unwrap();
        self.uid += 1;
        let folder = self.folders.iter().find(|f| f.0 == role).unwrap().1;
        let arrival = Arrival {
            mailbox: &self.config.mailboxes[0],
            seen: Sighting {
                folder,
                uidvalidity: 7,
                uid: self.uid,
                received_at: ten() + minutes.minutes(),
                size: eml.len() as u64,
            },
            our_clock: false,
            may_be_old: false,
            folder: role,
            mail: &letter.mail,
            digest: &letter.digest,
            raw: &letter.raw,
        };
        self.store
            .write(ten() + 2.hours(), |tx| ingest(tx, &self.config, &arrival))
            .unwrap()
    }

    fn file(&mut self, ticket: TicketNo) -> File {
        let config = &self.config;
        self.store
            .read(ten() + 2.hours(), |tx| file(tx, config, ticket))
            .unwrap()
    }

    /// The facts that count, by name.
    fn facts(&mut self, ticket: TicketNo) -> Vec<String> {
        let facts = self.file(ticket).facts;
        let facts = counting(&facts).into_iter();
        facts.map(|f| f.what.name().to_string()).collect()
    }

    fn receipt(&mut self, ticket: TicketNo) -> LetterState {
        let letters = self.store.read(ten(), |tx| tx.letters_of(ticket)).unwrap();
        letters[0].state
    }
}

fn eml(head: &str, text: &str) -> String {
    format!("{head}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n")
}

/// A report of mia's, or of somebody like her.
fn report(name: &str, id: &str) -> String {
    let head = format!(
        "From: {name}@example.net\nTo: security@example.org\nSubject: XSS {id}\nMessage-ID: <{id}@example.net>"
    );
    eml(&head, "See https://example.org/login.")
}

/// A mail of ours to mia that cites `cites`.
fn answer(from: &str, id: &str, cites: &str, text: &str) -> String {
    let cites = match cites {
        "" => String::new(),
        id => format!("\nIn-Reply-To: <{id}>"),
    };
    let head =
        format!("From: {from}\nTo: mia@example.net\nSubject: Re: XSS\nMessage-ID: <{id}>{cites}");
    eml(&head, text)
}

const US: &str = "security@example.org";
const ANNA: &str = "anna@example.com";
const BOTH: &str = "Yes.\n\n  Assessment: accepted\n  Expected resolution: 2026-12-04\n";

/// The facts after a report and one mail in Sent, and the receipt.
fn check_answer(report: &str, mail: &str, expected: &[&str], receipt: LetterState) {
    let mut world = World::new();
    world.arrives(Role::Inbox, 0, report);
    world.arrives(Role::Sent, 60, mail);
    assert_eq!(world.facts(T1), expected, "{mail}");
    assert_eq!(world.receipt(T1), receipt, "{mail}");
}

#[test]
fn an_answer_in_sent_counts_with_its_labelled_lines() {
    let check = |text: &str, expected: &[&str]| {
        let mail = answer(US, "a@example.org", "m1@example.net", text);
        check_answer(
            &report("mia", "m1"),
            &mail,
            expected,
            LetterState::Superseded,
        );
    };
    check("We look into it.", &["received", "answered"]);
    check(BOTH, &["received", "answered", "evaluated", "dated"]);
    check(
        "Assessment: out-of-scope",
        &["received", "answered", "evaluated", "date-not-due"],
    );
    check(
        "Expected resolution: 2026-12-04",
        &["received", "answered", "dated"],
    );
    // 23 November, the day on which it was said.
    check(
        "Expected resolution: 2026-11-23",
        &["received", "answered", "noted"],
    );
    check("> Assessment: accepted", &["received", "answered"]);
}

#[test]
fn an_answer_says_who_wrote_it_when_and_how_we_know() {
    let mut world = World::new();
    world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    // Its program's clock is behind.
    world.arrives(
        Role::Sent,
        -5,
        &answer(ANNA, "a@example.com", "m1@example.net", BOTH),
    );
    let file = world.file(T1);
    let of_mail: Vec<_> = file.facts[1..]
        .iter()
        .map(|f| (f.at, f.by.name(), f.mail))
        .collect();
    assert_eq!(of_mail, vec![(ten(), "anna", Some(2)); 3]);
    assert_eq!(file.facts[1].via, None);
    assert_eq!(file.facts[2].via.as_deref(), Some(LABELLED));
    assert_eq!(file.ticket.outcome, Some(Outcome::Accepted));
    assert_eq!(file.ticket.expected, Some(date(2026, 12, 4)));
}

#[test]
fn what_reached_nobody_else_or_was_written_by_a_program_is_no_answer() {
    let check = |mail: String| {
        let expected = ["received", "noted"];
        check_answer(&report("mia", "m1"), &mail, &expected, LetterState::Queued);
    };
    let answer = answer(US, "a@example.org", "m1@example.net", BOTH);
    check(answer.replace("To: mia@example.net", "To: ben@example.com"));
    check(answer.replace("To: mia@example.net", "To: mia.else@example.net"));
    check(format!("Auto-Submitted: auto-replied\n{answer}"));
    check(format!("Precedence: bulk\n{answer}"));
    check(format!("X-Mozilla-Draft-Info: internal/draft\n{answer}"));
    // In Cc and in Bcc it reached her.
    for field in ["Cc", "Bcc"] {
        let to = format!("To: ben@example.com\n{field}: Mia <MIA@example.net>");
        let mail = answer.replace("To: mia@example.net", &to);
        let expected = ["received", "answered", "evaluated", "dated"];
        check_answer(
            &report("mia", "m1"),
            &mail,
            &expected,
            LetterState::Superseded,
        );
    }
}

#[test]
fn nothing_that_a_reporter_can_write_becomes_the_teams_word() {
    let path = format!(
        "{}/tests/mail/labelled-by-the-reporter.eml",
        env!("CARGO_MANIFEST_DIR")
    );
    let in_html = std::fs::read_to_string(path).unwrap();
    let in_text = report("mia", "m1").replace("See", "Assessment: accepted\nSee");
    let in_subject = report("mia", "m1").replace("XSS m1", "Assessment: accepted");
    let encrypted = report("mia", "m1").replace(
        "See https://example.org/login.",
        "-----BEGIN PGP MESSAGE-----\n\nabc=\n-----END PGP MESSAGE-----",
    );
    let mail = answer(
        US,
        "a@example.org",
        "m1@example.net",
        "Assessment: accepted",
    );
    for report in [in_html, in_text, in_subject, encrypted] {
        let expected = ["received", "answered", "noted"];
        check_answer(&report, &mail, &expected, LetterState::Superseded);
    }
    // From INBOX nothing is read, whoever wrote it.
    let proof = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\n";
    let of_anna = answer(ANNA, "a@example.com", "m1@example.net", BOTH);
    let of_anna = of_anna.replace("Subject", "Bcc: security@example.org\nSubject");
    for (proof, expected) in [(proof, "answered"), ("", "noted")] {
        let mut world = World::new();
        world.arrives(Role::Inbox, 0, &report("mia", "m1"));
        world.arrives(Role::Inbox, 60, &format!("{proof}{of_anna}"));
        assert_eq!(world.facts(T1), ["received", expected]);
    }
}

#[test]
fn what_was_told_before_is_not_told_anew_by_a_quote() {
    let mut world = World::new();
    world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    let mut answers = |id: &str, text: &str| {
        let cited = "m1@example.net";
        world.arrives(Role::Sent, 60, &answer(US, id, cited, text));
        world.file(T1).ticket.expected
    };
    assert_eq!(answers("a@example.org", BOTH), Some(date(2026, 12, 4)));
    let moved = "Expected resolution: 2026-12-11";
    assert_eq!(answers("b@example.org", moved), Some(date(2026, 12, 11)));
    // A mail program that marks no quote.
    assert_eq!(answers("c@example.org", BOTH), Some(date(2026, 12, 11)));
    let evaluated = |name: &&String| *name == "evaluated";
    assert_eq!(world.facts(T1).iter().filter(evaluated).count(), 1);
}

#[test]
fn a_mail_that_cites_nothing_counts_where_one_ticket_is_meant() {
    let mail = answer(US, "a@example.org", "", "We look into it.");
    let mut world = World::new();
    world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    world.arrives(Role::Inbox, 0, &report("kim", "k1"));
    let taken = world.arrives(Role::Sent, 60, &mail);
    assert_eq!(taken.ticket, Some(T1));
    assert_eq!(world.facts(T1), ["received", "answered"]);
    assert_eq!(world.file(T1).facts[1].via.as_deref(), Some(INFERRED));
    assert_eq!(world.facts(TicketNo(2)), ["received"]);

    let mut world = World::new();
    world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    world.arrives(Role::Inbox, 0, &report("mia", "m2"));
    let taken = world.arrives(Role::Sent, 60, &mail);
    assert_eq!((taken.ticket, taken.verdict.place.is), (None, Place::Aside));
    for ticket in [T1, TicketNo(2)] {
        assert_eq!(world.facts(ticket), ["received"]);
        let file = world.file(ticket);
        let asked = world.store.read(ten(), |tx| asked(tx, &file)).unwrap();
        assert_eq!(asked.len(), 1, "{ticket}");
    }
    assert_eq!(world.store.read(ten(), |tx| tx.tray_count()).unwrap(), 0);
    // What cites something else may be about that; what came before answers nothing.
    let other = answer(US, "b@example.org", "elsewhere@example.com", "Yes.");
    for (minutes, mail) in [(60, &other), (-60, &mail)] {
        let mut world = World::new();
        world.arrives(Role::Inbox, 0, &report("mia", "m1"));
        assert_eq!(world.arrives(Role::Sent, minutes, mail).ticket, None);
        assert_eq!(world.facts(T1), ["received"]);
    }
}

#[test]
fn an_answer_that_is_seen_first_waits_for_its_question() {
    let mut world = World::new();
    let mail = answer(US, "a@example.org", "m1@example.net", BOTH);
    assert_eq!(world.arrives(Role::Sent, -1, &mail).ticket, None);
    let taken = world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    assert_eq!(taken.verdict.reply.is, crate::triage::Reply::Held);
    let expected = ["received", "answered", "evaluated", "dated"];
    assert_eq!(world.facts(T1), expected);
    assert_eq!(world.receipt(T1), LetterState::Superseded);
    assert_eq!(world.file(T1).facts[1].at, ten());
}

#[test]
fn a_copy_without_proof_does_not_hide_the_answer() {
    let mail = answer(US, "a@example.org", "m1@example.net", BOTH);
    for order in [[Role::Inbox, Role::Sent], [Role::Sent, Role::Inbox]] {
        let mut world = World::new();
        world.arrives(Role::Inbox, 0, &report("mia", "m1"));
        for role in order {
            let delivered = match role {
                Role::Inbox => format!("Return-Path: <{US}>\n{mail}"),
                Role::Sent | Role::Junk => mail.clone(),
            };
            assert_eq!(world.arrives(role, 60, &delivered).ticket, Some(T1));
        }
        let mut facts = world.facts(T1);
        facts.retain(|name| name != "noted");
        assert_eq!(
            facts,
            ["received", "answered", "evaluated", "dated"],
            "{order:?}"
        );
    }
}

#[test]
fn a_bounce_of_the_teams_own_mail_takes_the_answer_back() {
    let mut world = World::new();
    world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    world.arrives(
        Role::Sent,
        60,
        &answer(US, "a@example.org", "m1@example.net", BOTH),
    );
    let bounce = "From: MAILER-DAEMON@example.net\nTo: security@example.org\nSubject: Undelivered\nReturn-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt could not be delivered.\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; mia@example.net\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <a@example.org>\n--b--\n";
    let taken = world.arrives(Role::Inbox, 61, bounce);
    assert_eq!(taken.ticket, Some(T1));
    assert_eq!(world.facts(T1), ["received", "undelivered"]);
    let file = world.file(T1);
    assert!(file.ticket.unreachable);
    assert_eq!((file.ticket.outcome, file.ticket.expected), (None, None));
    assert!(file.first_duty().is_some_and(|duty| duty.stored.open));
}

#[test]
fn what_the_reporter_replies_to_the_team_joins() {
    let mut world = World::new();
    world.arrives(Role::Inbox, 0, &report("mia", "m1"));
    world.arrives(
        Role::Sent,
        60,
        &answer(US, "a@example.org", "m1@example.net", "Yes."),
    );
    let reply = |from: &str| {
        report(from, &format!("r-{from}"))
            .replace("Subject", "In-Reply-To: <a@example.org>\nSubject")
    };
    assert_eq!(
        world.arrives(Role::Inbox, 70, &reply("mia")).ticket,
        Some(T1)
    );
    assert_eq!(world.facts(T1), ["received", "answered", "reporter-wrote"]);
    let eve = world.arrives(Role::Inbox, 71, &reply("eve"));
    assert_eq!(eve.verdict.place.is, Place::Claims(T1));
}

#[test]
fn what_the_team_forwards_is_a_ticket_without_a_reporter_and_what_it_sends_is_none() {
    let proof = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\n";
    let mail = answer(ANNA, "f@example.com", "", "A report came to me.");
    let mail = mail.replace("To: mia@example.net", "To: security@example.org");
    let mut world = World::new();
    let taken = world.arrives(Role::Inbox, 5, &format!("{proof}{mail}"));
    assert_eq!(taken.ticket, Some(T1));
    let file = world.file(T1);
    assert_eq!(
        (file.row.reporter, file.row.opened_at),
        (None, ten() + 5.minutes())
    );
    assert!(!file.duties.is_empty(), "its clock runs");
    assert_eq!(
        world
            .arrives(Role::Sent, 6, &answer(US, "o@example.org", "", "Lunch?"))
            .ticket,
        None
    );
    let counts = |tx: &Tx| Ok((tx.count_tickets()?, tx.tray_count()?, tx.aside()?.len()));
    assert_eq!(world.store.read(ten(), counts).unwrap(), (1, 0, 1));
}
