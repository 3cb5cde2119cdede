//! Who wrote a mail, and what comes of it: one mail a lesson.

use super::*;
use crate::config::sample;
use crate::desk::record::Letter;
use crate::mail::{Address, OurList};
use crate::store::{FolderId, Store};
use crate::ticket::{Field, What};
use crate::triage::{AckMode, Around, Platform, Sender};
use jiff::ToSpan;

struct Desk {
    config: Config,
    store: Store,
    folder: FolderId,
    uid: u32,
    _dir: tempfile::TempDir,
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

impl Desk {
    /// Its mail server is mx.example.org; a list and a platform are named.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        config.mailboxes[0].authserv_ids = vec!["mx.example.org".to_owned()];
        config.lists = vec![OurList {
            id: "security.example.org".to_owned(),
            address: address("security@example.org"),
        }];
        config.platforms = vec![Platform {
            name: "bounty".to_owned(),
            from: Sender::Domain("reports.example.com".to_owned()),
            field: "subject".to_owned(),
            id: Around::parse("report #*:").unwrap(),
            class: None,
        }];
        let mut store = Store::create(&config.store).unwrap();
        let folder = store
            .write(noon(), |tx| tx.add_folder("security", "INBOX", 7, &[]))
            .unwrap();
        Self {
            config,
            store,
            folder,
            uid: 0,
            _dir: dir,
        }
    }

    fn arrives(&mut self, name: &str) -> Taken {
        self.arrives_in(None, &sample(name))
    }

    /// It may have a row already, which was written when its server did not give it.
    fn arrives_in(&mut self, row: Option<i64>, bytes: &[u8]) -> Taken {
        let letter = Letter::read(bytes).unwrap();
        self.uid += 1;
        let arrival = Arrival {
            mailbox: &self.config.mailboxes[0],
            seen: Sighting {
                folder: self.folder,
                uidvalidity: 7,
                uid: self.uid,
                received_at: noon(),
                size: 9,
            },
            our_clock: false,
            may_be_old: false,
            row,
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

    /// Kind, place, reply, and what is on record of its authentication.
    fn judged(&mut self, name: &str) -> (Kind, Place, Reply, String) {
        let taken = self.arrives(name);
        let row = self.store.read(noon(), |tx| tx.mail(taken.mail)).unwrap();
        let (is, because) = row.unwrap().authentication;
        let v = taken.verdict;
        (
            v.kind.is,
            v.place.is,
            v.reply.is,
            format!("{is}: {because}"),
        )
    }

    /// The address that letters of a ticket go to.
    fn reporter(&mut self, ticket: TicketNo) -> Option<String> {
        let row = self.store.read(noon(), |tx| tx.ticket(ticket)).unwrap();
        row.unwrap().reporter.map(|address| address.to_string())
    }
}

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

const T1: TicketNo = TicketNo(1);

fn check(desk: &mut Desk, name: &str, expected: (Kind, Place, Reply, &str)) {
    let (kind, place, reply, because) = desk.judged(name);
    assert_eq!((kind, place, reply, because.as_str()), expected, "{name}");
}

#[test]
fn a_report_that_failed_is_held_whatever_is_forged_below() {
    let mut desk = Desk::new();
    let held = (Kind::Person, Place::New, Reply::Held, "fail: dmarc=fail");
    check(&mut desk, "forged-report", held);
}

#[test]
fn a_row_that_is_filled_later_says_what_the_mail_says() {
    let mut desk = Desk::new();
    let unread = desk.arrives_in(None, b"").mail;
    desk.arrives_in(Some(unread), &sample("passed-report"));
    let row = desk.store.read(noon(), |tx| tx.mail(unread)).unwrap();
    let (is, because) = row.unwrap().authentication;
    assert_eq!((is.as_str(), because.as_str()), ("pass", "dmarc=pass"));
}

#[test]
fn the_mode_says_whose_reports_are_answered() {
    let passed = "pass: dmarc=pass";
    for (mode, passes, plain) in [
        (AckMode::NotFail, Reply::Acknowledge, Reply::Acknowledge),
        (AckMode::Pass, Reply::Acknowledge, Reply::Held),
        (AckMode::Off, Reply::Held, Reply::Held),
    ] {
        let mut desk = Desk::new();
        desk.config.acknowledge.mode = mode;
        check(
            &mut desk,
            "passed-report",
            (Kind::Person, Place::New, passes, passed),
        );
        let none = "none: no result of our mail server";
        check(&mut desk, "plain", (Kind::Person, Place::New, plain, none));
    }
}

#[test]
fn without_an_authserv_id_every_mail_is_none() {
    let mut desk = Desk::new();
    desk.config.mailboxes[0].authserv_ids.clear();
    let none = "none: no authserv_id in the config";
    let answered = (Kind::Person, Place::New, Reply::Acknowledge, none);
    check(&mut desk, "forged-report", answered);
}

#[test]
fn a_mail_that_failed_joins_nothing() {
    let mut desk = Desk::new();
    desk.arrives("passed-report");
    let claims = (
        Kind::Person,
        Place::Claims(T1),
        Reply::Held,
        "fail: dmarc=fail",
    );
    check(&mut desk, "forged-in-a-thread", claims);
    let mut desk = Desk::new();
    desk.config.mailboxes[0].authserv_ids.clear();
    desk.arrives("passed-report");
    let none = "none: no authserv_id in the config";
    let joins = (Kind::Person, Place::Joins(T1), Reply::None, none);
    check(&mut desk, "forged-in-a-thread", joins);
}

#[test]
fn a_root_that_failed_does_not_join_the_reply_that_came_first() {
    let mut desk = Desk::new();
    desk.arrives("reply-before-its-root");
    let new = (Kind::Person, Place::New, Reply::Held, "fail: dmarc=fail");
    check(&mut desk, "forged-report", new);
    let mut desk = Desk::new();
    desk.config.mailboxes[0].authserv_ids.clear();
    assert_eq!(desk.judged("reply-before-its-root").1, Place::New);
    assert_eq!(desk.judged("forged-report").1, Place::Joins(T1));
}

#[test]
fn the_team_is_the_team_where_it_passes_and_a_stranger_cannot_say_so() {
    let mut desk = Desk::new();
    let signed = "pass: dkim=pass for the domain of From";
    let team = (Kind::Team, Place::New, Reply::Held, signed);
    check(&mut desk, "team-that-passed", team);
    let none = "none: no result of our mail server";
    let unproven = (Kind::UnprovenTeam, Place::New, Reply::Held, none);
    check(&mut desk, "results-of-a-stranger", unproven);
}

#[test]
fn what_comes_through_a_list_of_ours_is_its_authors() {
    let mut desk = Desk::new();
    let none = "none: the list passed, which says nothing of the author";
    let person = (Kind::Person, Place::New, Reply::Acknowledge, none);
    check(&mut desk, "through-our-list", person);
    assert_eq!(desk.reporter(T1).as_deref(), Some("mia@example.net"));
    let mut desk = Desk::new();
    desk.config.lists.clear();
    // The list passes as the watched address; a stranger wrote it all the same.
    let (kind, _, reply, _) = desk.judged("through-our-list");
    assert_eq!((kind, reply), (Kind::UnprovenTeam, Reply::Held));
}

#[test]
fn a_list_that_is_not_ours_sends_to_many() {
    let mut desk = Desk::new();
    let none = "none: no dmarc=pass, and no dkim=pass for the domain of From";
    let person = (Kind::Person, Place::New, Reply::Acknowledge, none);
    check(&mut desk, "through-our-list-plainly", person);
    let mut desk = Desk::new();
    desk.config.lists[0].id = "announce.example.org".to_owned();
    let list = (Kind::List, Place::New, Reply::Held, none);
    check(&mut desk, "through-our-list-plainly", list);
    let many = (
        Kind::List,
        Place::New,
        Reply::Held,
        "none: no result of our mail server",
    );
    check(&mut desk, "from-a-list", many);
}

#[test]
fn mails_of_a_platform_about_one_report_are_one_ticket() {
    let mut desk = Desk::new();
    let passed = "pass: dmarc=pass";
    let first = (Kind::Platform, Place::New, Reply::None, passed);
    check(&mut desk, "from-a-platform", first);
    let second = (Kind::Platform, Place::Joins(T1), Reply::None, passed);
    check(&mut desk, "from-a-platform-again", second);
    let facts = desk.store.read(noon(), |tx| tx.facts_of(T1)).unwrap();
    let external = |what: &What| match what {
        What::Set { field, value, .. } if *field == Field::External => value.clone(),
        _ => None,
    };
    let external: Vec<String> = facts.iter().filter_map(|f| external(&f.what)).collect();
    assert_eq!(external, ["bounty b-4711"]);
    let (kind, place, ..) = desk.judged("says-it-is-a-platform");
    assert_eq!((kind, place), (Kind::Person, Place::New));
    let mut desk = Desk::new();
    desk.config.platforms.clear();
    assert_eq!(desk.judged("from-a-platform").0, Kind::Person);
}

#[test]
fn a_report_of_a_platform_has_the_class_of_the_platform() {
    let mut desk = Desk::new();
    desk.config.platforms[0].class = Some("platform".to_owned());
    desk.config.policy.promises[0].except = vec!["platform".to_owned()];
    let ticket = desk.arrives("from-a-platform").ticket.unwrap();
    let (classes, promises) = desk
        .store
        .read(noon(), |tx| {
            let file = crate::desk::file(tx, &desk.config, ticket)?;
            let names = file.duties.iter().map(|d| d.promise.name.clone());
            Ok((file.ticket.classes, names.collect::<Vec<_>>()))
        })
        .unwrap();
    assert_eq!(classes, ["platform"]);
    assert_eq!(promises, [""; 0], "the one of a report by mail is not owed");
    // The same once more, and what only says that it is from a platform.
    let again = desk.arrives("from-a-platform").ticket;
    assert_eq!(again, Some(ticket));
    let stranger = desk.arrives("says-it-is-a-platform").ticket.unwrap();
    let classes = desk.store.read(noon(), |tx| {
        Ok(crate::desk::file(tx, &desk.config, stranger)?
            .ticket
            .classes)
    });
    assert_eq!(classes.unwrap(), [""; 0]);
}

#[test]
fn any_sender_of_a_platform_speaks_for_its_report() {
    let mut desk = Desk::new();
    desk.arrives("from-a-platform");
    let again = String::from_utf8(sample("from-a-platform-again")).unwrap();
    let other = again.replace("<reports@", "<other-desk@");
    let taken = desk.arrives_in(None, other.as_bytes());
    assert_eq!(taken.verdict.place.is, Place::Joins(T1));
    let facts = desk.store.read(noon(), |tx| tx.facts_of(T1)).unwrap();
    assert!(facts.iter().any(|f| f.what == What::ReporterWrote));
}

#[test]
fn no_receipt_is_released_to_one_of_us() {
    let mut desk = Desk::new();
    desk.arrives("says-it-is-us");
    let config = desk.config.clone();
    let released = desk.store.write(noon() + 2.minutes(), |tx| {
        let letter = tx.letters_of(T1)?.remove(0);
        crate::desk::outbox::release(tx, &config, letter.id, "anna")
    });
    let why = format!("{:#}", released.unwrap_err());
    assert!(why.contains("letters to reporters never go there"), "{why}");
}
