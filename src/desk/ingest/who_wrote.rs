//! Who wrote a mail, and what comes of it: one mail a lesson.

use super::*;
use crate::config::sample;
use crate::desk::record::Letter;
use crate::mail::{Address, OurList};
use crate::store::{FolderId, Store};
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
        let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        let letter = Letter::read(&std::fs::read(path).unwrap()).unwrap();
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
fn mails_of_a_platform_about_one_report_are_one_ticket() {
    let mut desk = Desk::new();
    let passed = "pass: dmarc=pass";
    let first = (Kind::Platform, Place::New, Reply::None, passed);
    check(&mut desk, "from-a-platform", first);
    let second = (Kind::Platform, Place::Joins(T1), Reply::None, passed);
    check(&mut desk, "from-a-platform-again", second);
    let (kind, place, ..) = desk.judged("says-it-is-a-platform");
    assert_eq!((kind, place), (Kind::Person, Place::New));
    let mut desk = Desk::new();
    desk.config.platforms.clear();
    assert_eq!(desk.judged("from-a-platform").0, Kind::Person);
}
