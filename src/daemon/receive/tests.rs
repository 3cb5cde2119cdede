//! Passes over a mailbox with faults that no server produces on demand.

mod breaks;
mod classes;
mod counts;
mod groups;
mod refusals;
mod renumbered;
mod roles;
mod sweeps;

use super::apart::Ended;
use super::*;
use crate::config::sample;
use crate::daemon::{Shared, watch::attend};
use crate::mail::Mail;
use crate::mail::parse::parse;
use crate::mailbox::fake::{Fake, Fault, Message};
use crate::store::{BaselineMessage, FolderId, MailRow, Store, Tx};
use crate::wall;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A mailbox whose baseline, of nothing, is an hour old.
struct Scene {
    _dir: tempfile::TempDir,
    record: Record,
    config: Arc<Config>,
    mailbox: MailboxConfig,
    server: Fake,
    memory: Memory,
}

fn reading_by(read: fn(&[u8], bool) -> Result<Mail, Ended>) -> Memory {
    Memory::reading_by(Reader::Test(read))
}

/// `folders` and the messages in them, all under UIDVALIDITY 7.
fn scene(folders: &[(&str, &[Message])]) -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let mut mailbox = config.mailboxes[0].clone();
    mailbox.folders = folders.iter().map(|(name, _)| name.to_string()).collect();
    let mut store = Store::create(&config.store).unwrap();
    for name in &mailbox.folders {
        let add = |tx: &Tx| tx.add_folder(&mailbox.name, name, 7, &[]);
        store.write(wall::now() - HOUR, add).unwrap();
    }
    let there = folders
        .iter()
        .map(|(name, messages)| (name.to_string(), (7, messages.to_vec())));
    Scene {
        _dir: dir,
        record: Record::new(store, wall::now).unwrap(),
        config: Arc::new(config),
        mailbox,
        server: Fake {
            folders: there.collect(),
            ..Fake::default()
        },
        memory: reading_by(|_, _| panic!("nothing is read apart")),
    }
}

/// A report that reached the mailbox half an hour ago, later ones later.
fn report(uid: u32, fault: Fault) -> Message {
    let ago = SignedDuration::from_mins(30) - SignedDuration::from_secs(uid.into());
    Message {
        uid,
        bytes: format!("From: Mia <mia{uid}@example.net>\r\nSubject: report {uid}\r\nMessage-ID: <{uid}@example.net>\r\n\r\nhole {uid}\r\n").into_bytes(),
        date: Some(wall::now() - ago),
        fault,
    }
}

impl Scene {
    async fn pass(&mut self) -> Result<Pass, Trouble> {
        receive(
            &self.record,
            &self.config,
            &self.mailbox,
            &mut self.server,
            &mut self.memory,
        )
        .await
    }

    /// Attends to the mailbox, over one connection, until so many mails are taken in.
    async fn attended_until(&mut self, count: usize) {
        let shared = Shared {
            record: self.record.clone(),
            config: Arc::clone(&self.config),
            stop: CancellationToken::new(),
            outbox: Arc::new(Notify::new()),
        };
        let mailbox = self.mailbox.clone();
        let enough = async {
            while self.mails().await.len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            shared.stop.cancel();
        };
        let (mut server, mut failures) = (self.server.clone(), 0);
        let attended = attend(&shared, &mailbox, &mut server, &mut failures);
        let enough = tokio::time::timeout(Duration::from_secs(20), enough);
        tokio::select! {
            attended = attended => assert!(attended.is_ok() && shared.stop.is_cancelled()),
            enough = enough => enough.unwrap(),
        }
    }

    async fn taken(&mut self) -> usize {
        self.pass().await.unwrap().taken
    }

    /// The mails that have a row, in the order in which they got it.
    async fn mails(&self) -> Vec<MailRow> {
        let all = |tx: &Tx| (1..).map_while(|id| tx.mail(id).transpose()).collect();
        self.record.read(all).await.unwrap()
    }

    async fn subjects(&self) -> Vec<String> {
        let mails = self.mails().await;
        mails.iter().map(|m| m.subject.raw().to_owned()).collect()
    }

    /// Whether a pass over the folder has ended well.
    async fn looked(&self, name: &str) -> bool {
        let (mailbox, name) = (self.mailbox.name.clone(), name.to_owned());
        let find = move |tx: &Tx| tx.folder(&mailbox, &name);
        let folder = self.record.read(find).await.unwrap().unwrap();
        folder.looked_at > folder.baseline_at
    }

    /// Runs `work` on the store as if so many minutes ago.
    fn earlier(&self, minutes: i64, work: impl Fn(&Tx) -> Result<u32>) {
        let mut store = Store::open(&self.config.store).unwrap();
        let at: Timestamp = wall::now() - SignedDuration::from_mins(minutes);
        store.write(at, work).unwrap();
    }

    fn refused_earlier(&self, minutes: i64, uid: u32) {
        self.earlier(minutes, |tx| {
            tx.count_refusal(FolderId(1), 7, uid).map(|r| r.count)
        });
    }
}

fn is_unreadable(mail: &MailRow) -> bool {
    mail.defects.split(' ').any(|word| word == "unreadable")
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_stands_before_no_other() {
    let mut s = scene(&[
        (
            "INBOX",
            &[report(1, Fault::Refused), report(2, Fault::None)],
        ),
        ("Junk", &[report(3, Fault::None)]),
    ]);
    for _ in 0..4 {
        let why = s.pass().await.unwrap_err().to_string();
        assert!(why.contains("UID FETCH 1"), "{why}");
        assert_eq!(
            s.subjects().await,
            ["report 2", "report 3"],
            "within minutes it is one refusal, and the mail is waited for"
        );
    }
    assert!(!s.looked("INBOX").await && s.looked("Junk").await);
}

#[tokio::test]
async fn a_folder_that_the_server_refuses_stands_before_no_other() {
    for (bad, taken) in [("INBOX", "report 2"), ("Junk", "report 1")] {
        let mut s = scene(&[
            ("INBOX", &[report(1, Fault::None)]),
            ("Junk", &[report(2, Fault::None)]),
        ]);
        s.server.refuses = Some(bad.to_owned());
        for _ in 0..2 {
            let why = s.pass().await.unwrap_err().to_string();
            assert!(why.contains(&format!("EXAMINE {bad}")), "{why}");
            assert_eq!(s.subjects().await, [taken]);
        }
        assert!(!s.looked(bad).await);
        // And one that opens, and of which it does not say what is in it.
        s.server.closed = s.server.refuses.take();
        let why = s.pass().await.unwrap_err().to_string();
        assert!(why.contains("UID FETCH 1:*"), "{why}");
        assert_eq!(s.subjects().await, [taken]);
        assert!(!s.looked(bad).await);
        s.server.closed = None;
        assert_eq!(s.taken().await, 1);
    }
}

#[tokio::test]
async fn mails_that_the_server_refuses_for_good_get_rows_and_tickets_of_their_own() {
    let mut s = scene(&[(
        "INBOX",
        &[report(1, Fault::Refused), report(2, Fault::Refused)],
    )]);
    for (uid, minutes) in [(1, 400), (1, 20), (2, 370), (2, 10)] {
        s.refused_earlier(minutes, uid);
    }
    assert_eq!(s.taken().await, 2);
    let mails = s.mails().await;
    assert!(mails.iter().all(|m| is_unreadable(m) && m.kept == 0));
    let size = report(1, Fault::None).bytes.len() as u64;
    assert!(mails.iter().all(|m| m.size == size && m.place.0 == "new"));
    assert!(mails[0].ticket.is_some() && mails[0].ticket != mails[1].ticket);
    assert!(s.looked("INBOX").await, "the pass is well again");
    assert_eq!(s.taken().await, 0);
}

#[tokio::test]
async fn a_mail_that_is_given_after_refusals_is_read() {
    let mut s = scene(&[("INBOX", &[report(1, Fault::None)])]);
    s.refused_earlier(40, 1);
    s.refused_earlier(20, 1);
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.subjects().await, ["report 1"]);
}

#[tokio::test]
async fn a_failure_that_the_process_outlives_makes_no_mail_unreadable() {
    let reports = [1, 2, 3].map(|uid| report(uid, Fault::None));
    let mut s = scene(&[("INBOX", &reports)]);
    s.record.write(|tx| tx.refuse_rows_of(2)).await.unwrap();
    for _ in 0..4 {
        let why = s.pass().await.unwrap_err().to_string();
        assert!(why.contains("UID 2 in INBOX"), "{why}");
        assert_eq!(s.subjects().await, ["report 1", "report 3"]);
        assert!(!s.looked("INBOX").await);
    }
    s.record.write(|tx| tx.refuse_no_rows()).await.unwrap();
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.subjects().await, ["report 1", "report 3", "report 2"]);
}

#[tokio::test]
async fn a_mail_that_ended_the_process_twice_is_read_apart_and_only_its_reader_dies() {
    let not_begun: fn(&[u8], bool) -> Result<Mail, Ended> =
        |_, _| Err(Ended::NotBegun("as it was told".to_owned()));
    let dies: fn(&[u8], bool) -> Result<Mail, Ended> =
        |_, _| Err(Ended::Died("as it was told".to_owned()));
    let reads: fn(&[u8], bool) -> Result<Mail, Ended> = |head, whole| Ok(parse(head, whole));
    for (reader, unreadable, begun) in [
        (reads, false, true),
        (dies, true, true),
        (not_begun, true, false),
    ] {
        let mut s = scene(&[("INBOX", &[report(1, Fault::None), report(2, Fault::None)])]);
        for uid in [1, 1, 2] {
            s.earlier(20, |tx| tx.count_attempt(FolderId(1), 7, uid));
        }
        s.memory = reading_by(reader);
        let first = s.pass().await;
        if !begun {
            assert!(first.unwrap_err().to_string().contains("UID 1 in INBOX"));
            // Its attempt is taken back: each pass asks for the process again.
            for _ in 0..4 {
                assert!(s.pass().await.is_err());
            }
            s.memory = reading_by(dies);
            assert_eq!(s.taken().await, 1);
        } else {
            assert_eq!(first.unwrap().taken, 2);
        }
        let mut mails = s.mails().await;
        mails.sort_by_key(|m| m.received_at);
        let found: Vec<bool> = mails.iter().map(is_unreadable).collect();
        assert_eq!(found, [unreadable, false]);
        assert!(mails.iter().all(|m| m.kept > 0 && m.ticket.is_some()));
    }
}

#[tokio::test]
async fn a_lost_connection_ends_the_pass() {
    let mut s = scene(&[(
        "INBOX",
        &[report(1, Fault::Breaks(3)), report(2, Fault::None)],
    )]);
    assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
    assert!(s.mails().await.is_empty());
}

#[tokio::test]
async fn what_arrives_while_other_folders_are_read_is_not_waited_for() {
    let mut s = scene(&[("INBOX", &[]), ("Junk", &[report(1, Fault::None)])]);
    s.server.arrives = Some(("INBOX".to_owned(), report(2, Fault::None)));
    let more = true;
    assert_eq!(s.pass().await.unwrap(), Pass { taken: 1, more });
    let more = false;
    assert_eq!(s.pass().await.unwrap(), Pass { taken: 1, more });
    assert_eq!(s.server.current, "INBOX", "it is the one to wait on");
}

#[tokio::test]
async fn what_arrives_during_a_pass_is_taken_in_before_the_poll() {
    // Also where the pass ends with the trouble of a mail.
    for (fault, taken) in [
        (Fault::None, &["report 1", "report 2"][..]),
        (Fault::Refused, &["report 2"]),
    ] {
        let mut s = scene(&[("INBOX", &[report(1, fault)])]);
        s.server.arrives = Some(("INBOX".to_owned(), report(2, Fault::None)));
        s.attended_until(taken.len()).await;
        assert_eq!(s.subjects().await, taken);
    }
}

#[tokio::test]
async fn a_folder_that_is_numbered_anew_during_a_pass_ends_it() {
    let mut s = scene(&[
        ("INBOX", &[report(1, Fault::None)]),
        ("Junk", &[report(2, Fault::None)]),
    ]);
    // Junk and INBOX are listed, INBOX is read, and then Junk is opened again.
    s.server.renumbers = Some((2, 8));
    let why = s.pass().await.unwrap_err();
    assert!(
        matches!(&why, Trouble::Lost(_)) && why.to_string().contains("anew"),
        "{why}"
    );
    assert_eq!(s.subjects().await, ["report 1"]);
}
