//! Where mails belong: one mail a lesson, and ten thousand guesses.

mod indexed;

use super::*;
use crate::config::sample;
use crate::desk::act::adopt_conversation;
use crate::desk::record::{Change, Letter, set};
use crate::desk::{File, file, forwarded_author};
use crate::mail::Address;
use crate::store::{
    BaselineHead, BaselineMessage, FolderId, LetterKind, LetterState, NewFact, Store,
};
use crate::ticket::{By, Stage, What};
use jiff::ToSpan;

struct Desk {
    config: Config,
    store: Store,
    folder: FolderId,
    uid: u32,
    _dir: tempfile::TempDir,
}

fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

const T1: TicketNo = TicketNo(1);
const T2: TicketNo = TicketNo(2);

impl Desk {
    /// Its mail server is mx.example.org.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        config.mailboxes[0].authserv_ids = vec!["mx.example.org".to_owned()];
        let mut store = Store::create(&config.store).unwrap();
        let old = [BaselineMessage::from(900)];
        let folder = store
            .write(noon(), |tx| tx.add_folder("security", "INBOX", 7, &old))
            .unwrap();
        Self {
            config,
            store,
            folder,
            uid: 0,
            _dir: dir,
        }
    }

    /// With a report of mia's on ticket 1.
    fn with_a_report() -> Self {
        let mut desk = Self::new();
        assert_eq!(desk.place("passed-report"), Place::New);
        desk
    }

    fn arrives(&mut self, eml: &[u8]) -> Taken {
        self.uid += 1;
        self.arrives_as(self.uid, eml)
    }

    fn arrives_as(&mut self, uid: u32, eml: &[u8]) -> Taken {
        let letter = Letter::read(eml).unwrap();
        let arrival = Arrival {
            mailbox: &self.config.mailboxes[0],
            seen: Sighting {
                folder: self.folder,
                uidvalidity: 7,
                uid,
                received_at: noon(),
                size: eml.len() as u64,
            },
            our_clock: false,
            may_be_old: false,
            row: None,
            refused: None,
            folder: Role::Inbox,
            mail: &letter.mail,
            digest: &letter.digest,
            raw: &letter.raw,
        };
        self.store
            .write(noon() + 1.minute(), |tx| ingest(tx, &self.config, &arrival))
            .unwrap()
    }

    fn place(&mut self, name: &str) -> Place {
        self.arrives(&sample(name)).verdict.place.is
    }

    fn file(&mut self, ticket: TicketNo) -> File {
        let config = &self.config;
        let read = |tx: &Tx| file(tx, config, ticket);
        self.store.read(noon(), read).unwrap()
    }

    fn facts(&mut self, ticket: TicketNo) -> Vec<String> {
        let facts = self.file(ticket).facts.into_iter();
        facts.map(|f| f.what.name().to_string()).collect()
    }

    fn letters(&mut self, ticket: TicketNo) -> Vec<crate::store::Letter> {
        self.store.read(noon(), |tx| tx.letters_of(ticket)).unwrap()
    }

    fn close(&mut self) {
        let fact = NewFact::new(noon(), What::Closed, By::Person("anna".to_owned()));
        let config = &self.config;
        let close = |tx: &Tx| tx.add_fact(T1, &fact).and_then(|_| refresh(tx, config, T1));
        self.store.write(noon(), close).unwrap();
    }

    /// The baseline holds mia's mail `from-before`, received ten days ago.
    fn with_a_conversation() -> Self {
        let mut desk = Self::new();
        let mail = crate::mail::parse::parse(&sample("from-before"), true);
        let head = BaselineHead {
            uid: 900,
            ids: mail.message_id.clone().into_iter().collect(),
            author: mail.author.address().cloned(),
            people: mail.author.address().cloned().into_iter().collect(),
            subject: mail.subject,
            received_at: Some(noon() - 240.hours()),
            ours: false,
        };
        let folder = desk.folder;
        let keep = |tx: &Tx| tx.keep_heads(folder, 7, &[head]);
        desk.store.write(noon(), keep).unwrap();
        desk
    }

    /// Whether the old mail has no row, so that the next pass takes it in.
    fn asks_for_the_old(&mut self) -> bool {
        let folder = self.folder;
        let ask = |tx: &Tx| Ok((tx.without_row(folder, 7, &[900])?, tx.asks_for_old(folder)?));
        let (without, asks) = self.store.read(noon(), ask).unwrap();
        assert_eq!(without.is_empty(), !asks);
        asks
    }
}

#[test]
fn a_reference_in_the_subject_joins_with_a_pass_and_from_an_address_of_the_ticket() {
    let mut desk = Desk::with_a_report();
    assert_eq!(desk.place("names-a-ticket"), Place::Joins(T1));
    assert_eq!(desk.facts(T1).last().unwrap(), "reporter-wrote");
    let facts = desk.facts(T1);
    assert_eq!(desk.place("names-a-ticket-unproven"), Place::Claims(T1));
    assert_eq!(desk.place("names-a-ticket-of-another"), Place::Claims(T1));
    assert_eq!(desk.facts(T1), facts);
    assert_eq!(desk.letters(T2)[0].state, LetterState::Held);
}

#[test]
fn tags_of_other_trackers_are_kept_and_name_no_ticket_of_ours() {
    let mut desk = Desk::with_a_report();
    assert_eq!(desk.place("tags-of-others"), Place::New);
    let subject = desk.file(T2).row.subject;
    assert!(subject.cut(200).starts_with("[#1] JIRA-7 GHSA-2026-0001:"));
}

#[test]
fn a_detail_in_the_address_makes_no_stranger() {
    let mut desk = Desk::with_a_report();
    assert_eq!(desk.place("from-a-sub-address"), Place::Joins(T1));
    assert_eq!(desk.facts(T1).last().unwrap(), "reporter-wrote");
}

#[test]
fn a_program_joins_by_what_proves_something() {
    let mut desk = Desk::with_a_report();
    assert_eq!(desk.place("absence-of-the-reporter"), Place::Joins(T1));
    assert_eq!(desk.place("absence-that-guessed"), Place::Claims(T1));
}

#[test]
fn the_reporter_opens_a_closed_ticket_and_a_program_does_not() {
    let mut desk = Desk::with_a_report();
    desk.close();
    desk.place("absence-of-the-reporter");
    let file = desk.file(T1);
    assert_eq!(file.ticket.stage, Stage::Closed);
    assert!(file.duties.iter().all(|d| d.run.end.is_some()));
    desk.place("writes-again");
    let file = desk.file(T1);
    assert_eq!((file.ticket.stage, file.ticket.chased), (Stage::New, 1));
    let respond = file.duties.iter().rfind(|d| d.promise.name == "respond");
    let run = &respond.unwrap().run;
    assert_eq!((run.started_at, run.end), (noon(), None));
}

#[test]
fn a_mail_that_cites_a_conversation_from_before_continues_it_and_is_not_answered() {
    let mut desk = Desk::with_a_conversation();
    assert!(!desk.asks_for_the_old());
    let taken = desk.arrives(&sample("continues-from-before"));
    assert_eq!(taken.verdict.place.is, Place::New);
    assert_eq!(taken.verdict.reply.is, Reply::None);
    assert_eq!(desk.letters(T1).len(), 0);
    assert!(desk.asks_for_the_old());
    let old = desk.arrives_as(900, &sample("from-before"));
    assert_eq!(old.verdict.place.is, Place::Internal(T1));
    assert!(!desk.asks_for_the_old());
    assert_eq!(desk.facts(T1), ["received", "noted"]);
    // Whoever cites the conversation now cites that ticket.
    assert_eq!(desk.place("cites-what-was-before"), Place::Claims(T1));
}

#[test]
fn a_stranger_who_cites_what_was_before_does_not_get_the_conversation() {
    let mut desk = Desk::with_a_conversation();
    let taken = desk.arrives(&sample("cites-what-was-before"));
    assert_eq!(
        (taken.verdict.place.is, taken.verdict.reply.is),
        (Place::New, Reply::None)
    );
    assert!(!desk.asks_for_the_old());
    assert_eq!(desk.place("continues-from-before"), Place::New);
    assert!(desk.asks_for_the_old());
}

#[test]
fn an_adopted_conversation_is_a_ticket_with_its_clock_from_receipt() {
    let mut desk = Desk::with_a_conversation();
    let config = &desk.config;
    let adopt = |tx: &Tx| adopt_conversation(tx, config, 1, "anna");
    assert_eq!(desk.store.write(noon(), adopt).unwrap(), T1);
    let again = desk.store.write(noon(), adopt).unwrap_err().to_string();
    assert!(again.starts_with("there is no conversation c1"), "{again}");
    assert!(desk.asks_for_the_old());
    let row = desk.file(T1).row;
    assert_eq!(row.opened_at, noon() - 240.hours());
    assert_eq!(row.reporter.unwrap().to_string(), "mia@example.net");
    desk.arrives_as(900, &sample("from-before"));
    assert_eq!(desk.facts(T1), ["received", "noted"]);
    assert_eq!(desk.letters(T1).len(), 0);
    assert_eq!(desk.place("continues-from-before"), Place::Joins(T1));
}

#[test]
fn what_the_team_forwards_names_its_author_and_a_person_takes_them() {
    for (name, kind) in [
        ("forward-attached", Kind::Team),
        ("forward-in-line", Kind::UnprovenTeam),
    ] {
        let mut desk = Desk::new();
        let taken = desk.arrives(&sample(name));
        assert_eq!(
            (taken.verdict.kind.is, taken.verdict.reply.is),
            (kind, Reply::Held)
        );
        let says = |tx: &Tx| forwarded_author(tx, &tx.mail(taken.mail)?.unwrap());
        let author = desk.store.read(noon(), says).unwrap().unwrap();
        assert_eq!(author.to_string(), "mia@example.net", "{name}");
        let mut letters = desk.letters(T1);
        letters.retain(|l| l.recipient == author);
        assert_eq!(letters.len(), 0, "nobody took them yet");
    }
}

#[test]
fn the_reporter_of_a_forwarded_report_gets_a_receipt_that_was_held() {
    let mut desk = Desk::new();
    desk.place("forward-attached");
    assert_eq!(desk.letters(T1).len(), 0);
    let mia = Address::parse("mia@example.net");
    let config = &desk.config;
    let changes = [Change::Reporter(mia.clone())];
    let take = |tx: &Tx| set(tx, config, T1, &changes, "anna");
    desk.store.write(noon(), take).unwrap();
    let letters = desk.letters(T1);
    let [held] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(
        (held.kind, held.state, Some(&held.recipient)),
        (LetterKind::Acknowledgement, LetterState::Held, mia.as_ref())
    );
    let config = &desk.config;
    let release = |tx: &Tx| crate::desk::outbox::release(tx, config, held.id, "anna");
    desk.store.write(noon(), release).unwrap();
    let bytes = |tx: &Tx| tx.letter_bytes(held.id);
    let bytes = desk.store.read(noon(), bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("forward-attached@"), "our own id: {text}");
}

/// What a stranger may write: the id of a mail that they read elsewhere or guessed, one that
/// looks like a letter's, a reference, names and sub-addresses like those of the ticket's
/// people, by all kinds of mail, proven to be theirs or not.
fn guess(n: u32) -> String {
    let of = n % 20 + 1;
    let id = match n % 5 {
        0 => format!("report-{of}@example.net"),
        1 => format!("{:032x}@example.org", u128::from(n) * 0x9e37_79b9_7f4a_7c15),
        2 => format!("{of:032x}@example.org"),
        3 => format!("SEC-2026-{of:04}@example.org"),
        _ => format!("report-{of}@EXAMPLE.net"),
    };
    let subject = match n / 5 % 4 {
        0 => format!("Re: [SEC-2026-{of:04}]"),
        1 => format!("sec-2026-{of:04}: one more thing"),
        2 => format!("[#{of}] SEC-{of}"),
        _ => "Re: report".to_owned(),
    };
    let from = match n / 20 % 5 {
        0 => format!("\"mia-{of}@example.net\" <eve@example.com>"),
        1 => format!("mia-{of}@example.com"),
        2 => format!("mia-{of}.example.net@example.com"),
        3 => format!("eve+mia-{of}@example.com"),
        _ => format!("mia-{of}x@example.net"),
    };
    let kind = match n / 100 % 5 {
        0 => "Auto-Submitted: auto-replied\n",
        1 => "List-Id: <talk.example.com>\n",
        2 => "X-Auto-Response-Suppress: All\n",
        3 => "X-Failed-Recipients: mia@example.net\n",
        _ => "",
    };
    let found = match n / 500 % 3 {
        0 => "dmarc=pass",
        1 => "dmarc=fail",
        _ => "none",
    };
    format!(
        "Authentication-Results: mx.example.org; {found}\nFrom: {from}\nTo: security@example.org\nSubject: {subject}\nMessage-ID: <guess-{n}@example.com>\nIn-Reply-To: <{id}>\n{kind}\nGuess {n}.\n"
    )
}

#[test]
fn ten_thousand_guesses_follow_up_on_nobodys_ticket() {
    let mut desk = Desk::new();
    for of in 1..=20 {
        let report = format!(
            "From: mia-{of}@example.net\nTo: security@example.org\nSubject: report {of}\nMessage-ID: <report-{of}@example.net>\n\nSee {of}.\n"
        );
        assert_eq!(desk.arrives(report.as_bytes()).verdict.place.is, Place::New);
    }
    let before: Vec<_> = (1..=20).map(|n| desk.facts(TicketNo(n))).collect();
    let (config, folder) = (&desk.config, desk.folder);
    let judge_all = |tx: &Tx| {
        let mut claims = 0;
        for n in 0..10_000 {
            let letter = Letter::read(guess(n).as_bytes())?;
            let arrival = Arrival {
                mailbox: &config.mailboxes[0],
                seen: Sighting {
                    folder,
                    uidvalidity: 7,
                    uid: 1000 + n,
                    received_at: noon(),
                    size: 9,
                },
                our_clock: false,
                may_be_old: false,
                row: None,
                refused: None,
                folder: Role::Inbox,
                mail: &letter.mail,
                digest: &letter.digest,
                raw: &letter.raw,
            };
            let mut known = tx.known(&letter.mail, &letter.digest.hex())?;
            before::gather(tx, config, &arrival, &mut known)?;
            let way = Way {
                folder: Role::Inbox,
                authenticated: who::standing(&arrival).is,
                received_at: noon(),
            };
            let judged = triage::judge(&letter.mail, &known, &config.house(), &way, noon());
            match judged.place.is {
                Place::Claims(_) => claims += 1,
                Place::New | Place::Tray => {}
                other => panic!("{other:?}: {}", guess(n)),
            }
        }
        Ok(claims)
    };
    let claims = desk.store.read(noon(), judge_all).unwrap();
    assert!(claims > 4_000, "the guesses hit tickets: {claims}");
    for n in (0..10_000).step_by(101) {
        desk.arrives(guess(n).as_bytes());
    }
    let after: Vec<_> = (1..=20).map(|n| desk.facts(TicketNo(n))).collect();
    assert_eq!(before, after);
}
