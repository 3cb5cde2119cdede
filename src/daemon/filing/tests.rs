//! Filing with a mailbox in memory.

use super::*;
use crate::config::sample;
use crate::mail::{Address, MessageId};
use crate::mailbox::fake::{Fake, SENT};
use crate::store::{Go, LetterKind, LetterState, NewLetter, Store};
use crate::ticket::By;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};

struct Desk {
    config: Config,
    record: Record,
    server: Fake,
    _dir: tempfile::TempDir,
}

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

impl Desk {
    /// A record with two sent letters whose copies are wanted.
    async fn new(sent: Option<Vec<Vec<u8>>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let record = Record::new(Store::create(&config.store).unwrap(), noon).unwrap();
        for name in ["one", "two"] {
            record.write(|tx| letter(tx, name)).await.unwrap();
        }
        Self {
            config,
            record,
            server: Fake {
                sent: sent.map(|sent| Arc::new(Mutex::new(sent))),
                ..Fake::default()
            },
            _dir: dir,
        }
    }

    async fn turn(&self) -> Duration {
        let [mailbox] = self.config.mailboxes.as_slice() else {
            panic!("one mailbox");
        };
        let connect = async |_: &MailboxConfig| Ok(self.server.clone());
        turn(&self.record, &self.config, mailbox, Duration::ZERO, connect).await
    }

    async fn warning(&self) -> Option<String> {
        let key = filing_warning(&self.config.mailboxes[0]);
        self.record.read(move |tx| tx.meta(&key)).await.unwrap()
    }

    fn filed(&self) -> Vec<String> {
        let sent = self.server.sent.as_ref().unwrap().lock().unwrap();
        sent.iter()
            .map(|bytes| String::from_utf8(bytes.clone()).unwrap())
            .collect()
    }
}

fn letter(tx: &Tx, name: &str) -> Result<()> {
    let id = tx.add_letter(&NewLetter {
        ticket: None,
        kind: LetterKind::Evaluation,
        sender: &Address::parse("security@example.org").unwrap(),
        recipient: &Address::parse("mia@example.net").unwrap(),
        by: By::Gatepost,
        facts: &[],
        subject: "s",
        body: "b",
        go: Go::Queued(
            &MessageId::parse(&format!("<{name}@example.org>")).unwrap(),
            format!("Message-ID: <{name}@example.org>").as_bytes(),
            tx.now(),
        ),
    })?;
    tx.move_letter(id, LetterState::Queued, LetterState::Sent)?;
    tx.want_copy(id)
}

#[tokio::test]
async fn each_letter_is_filed_once_also_when_a_copy_is_there() {
    let two = b"Message-ID: <two@example.org>".to_vec();
    let desk = Desk::new(Some(vec![two])).await;
    for _ in 0..2 {
        assert_eq!(desk.turn().await, LOOK);
    }
    let expected = [
        "Message-ID: <two@example.org>",
        "Message-ID: <one@example.org>",
    ];
    assert_eq!(desk.filed(), expected);
    assert_eq!(desk.warning().await, None);
}

#[tokio::test]
async fn without_a_folder_or_the_right_it_is_a_warning_and_rests_an_hour() {
    let hour = Duration::from_secs(3600);
    let mut desk = Desk::new(None).await;
    assert_eq!(desk.turn().await, hour);
    let warning = desk.warning().await.unwrap();
    assert!(warning.contains("no folder for sent mail") && warning.contains("hint:"));
    desk.server.sent = Some(Arc::default());
    desk.server.read_only = true;
    assert_eq!(desk.turn().await, hour);
    let warning = desk.warning().await.unwrap();
    assert!(warning.contains("APPEND Sent: [NOPERM]"), "{warning}");
    desk.config.mailboxes[0].sent_folder = Some("Gone".to_owned());
    assert_eq!(desk.turn().await, hour);
    assert!(desk.warning().await.unwrap().contains("no folder \"Gone\""));
    desk.config.mailboxes[0].sent_folder = Some(SENT.to_owned());
    desk.server.read_only = false;
    assert_eq!(desk.turn().await, LOOK);
    assert_eq!((desk.filed().len(), desk.warning().await), (2, None));
}

#[tokio::test]
async fn a_copy_that_the_server_does_not_want_keeps_no_other() {
    let mut desk = Desk::new(Some(Vec::new())).await;
    desk.server.refuses_copy = Some("<one@");
    assert_eq!(desk.turn().await, Duration::from_secs(3600));
    assert_eq!(desk.filed(), ["Message-ID: <two@example.org>"]);
    assert!(desk.warning().await.is_some());
    desk.server.refuses_copy = None;
    assert_eq!(desk.turn().await, LOOK);
    assert_eq!((desk.filed().len(), desk.warning().await), (2, None));
}

#[tokio::test]
async fn a_server_in_trouble_is_left_alone_longer_each_time() {
    let desk = Desk::new(Some(Vec::new())).await;
    let mut rests = Vec::new();
    let mut rest = LOOK;
    for _ in 0..8 {
        let lost = async |_: &MailboxConfig| Err::<Fake, _>(Trouble::Login("no".to_owned()));
        let mailbox = &desk.config.mailboxes[0];
        rest = turn(&desk.record, &desk.config, mailbox, rest, lost).await;
        rests.push(rest.as_secs());
    }
    assert_eq!(rests, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
}

#[tokio::test]
async fn who_wants_no_copies_gets_none_and_no_connection_is_made() {
    let mut desk = Desk::new(Some(Vec::new())).await;
    desk.config.mailboxes[0].copy_to_sent = Some(false);
    desk.turn().await;
    assert_eq!(desk.filed(), Vec::<String>::new());
}
