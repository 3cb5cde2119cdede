//! The store against a file in a temporary folder: SQLite is its own double.

mod looking;
mod rows;

use super::*;
use crate::mail::auth::Standing;
use crate::mail::{Address, Foreign, MessageId};
use crate::ticket::{By, TicketNo, What};
use std::os::unix::fs::MetadataExt;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
    (dir, store)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_store_is_its_owners_alone() {
    let (dir, mut store) = store();
    store.write(noon(), |tx| tx.set_meta("a", "b")).unwrap();
    assert_eq!(mode(&dir.path().join("store")), 0o700);
    for file in ["gatepost.db", "gatepost.db-wal", "gatepost.db-shm"] {
        assert_eq!(mode(&dir.path().join("store").join(file)), 0o600, "{file}");
    }
}

/// While one works with it: whoever looks at the file beside SQLite and closes it again takes
/// the lock away, and then a program of another SQLite may remove what was not yet written back.
#[test]
fn who_opens_it_once_more_takes_no_lock_away() {
    let (dir, mut store) = store();
    store.write(noon(), |tx| tx.set_meta("a", "b")).unwrap();
    let path = dir.path().join("store/gatepost.db");
    let inode = format!(":{} ", fs::metadata(&path).unwrap().ino());
    let locked = || {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        let mine = |l: &&str| l.contains("POSIX") && l.contains("READ") && l.contains(&inode);
        locks.lines().any(|l| mine(&l))
    };
    assert!(locked());
    drop(Store::open(&path).unwrap());
    drop(Store::open_to_read(&path).unwrap());
    assert!(locked());
}

#[test]
fn what_is_missing_or_open_to_others_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store/gatepost.db");
    let why = Store::open(&path).err().unwrap().to_string();
    assert!(
        why.contains("no store") && why.contains("gatepost init"),
        "{why}"
    );
    drop(Store::create(&path).unwrap());
    assert!(
        Store::create(&path)
            .err()
            .unwrap()
            .to_string()
            .contains("already")
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let why = Store::open(&path).err().unwrap().to_string();
    assert!(
        why.contains("open to others") && why.contains("chmod 600"),
        "{why}"
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(dir.path().join("store"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(
        Store::open(&path)
            .err()
            .unwrap()
            .to_string()
            .contains("chmod 700")
    );
}

#[test]
fn a_damaged_file_is_refused_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let path = folder.join("gatepost.db");
    fs::write(
        &path,
        "this is no database, whatever its name says".repeat(100),
    )
    .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(Store::open(&path).is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_fails_writes_nothing() {
    let (_dir, mut store) = store();
    let failed = store.write(noon(), |tx| {
        tx.set_meta("half", "done")?;
        anyhow::bail!("in the middle")
    });
    assert!(failed.map(|(): ()| ()).is_err());
    assert_eq!(store.read(noon(), |tx| tx.meta("half")).unwrap(), None);
}

#[test]
fn a_message_has_a_row_or_is_to_be_taken() {
    let (_dir, mut store) = store();
    store
        .write(noon(), |tx| {
            let baseline = [1, 2, 5].map(BaselineMessage::from);
            let folder = tx.add_folder("security", "INBOX", 7, &baseline)?;
            assert_eq!(tx.without_row(folder, 7, &[1, 2, 3, 5, 9])?, [3, 9]);
            assert_eq!(
                tx.without_row(folder, 8, &[1, 2])?,
                [1, 2],
                "another UIDVALIDITY is another numbering"
            );
            assert_eq!(tx.count_attempt(folder, 7, 3)?, 1);
            assert_eq!(tx.count_attempt(folder, 7, 3)?, 2);
            assert_eq!(tx.count_attempt(folder, 7, 9)?, 1);
            Ok(())
        })
        .unwrap();
}

pub(super) fn open_one(
    tx: &Tx,
    folder: FolderId,
    uid: u32,
    bytes: &[u8],
) -> Result<(TicketNo, i64)> {
    let policy = crate::config::read_policy(crate::config::policies()[0].1).unwrap();
    tx.keep_policy(&policy)?;
    let reporter = Address::parse("mia@example.net").unwrap();
    let (subject, name) = (Foreign::new("XSS\u{1b}[31m"), Foreign::new("Mia"));
    let ticket = tx.open_ticket(&NewTicket {
        prefix: "SEC",
        year: 2026,
        mailbox: "security",
        policy: &policy.digest,
        opened_at: tx.now(),
        subject: &subject,
        reporter: Some(&reporter),
        reporter_name: &name,
        claims: None,
    })?;
    let mut raw = Raw::new();
    bytes.chunks(777).try_for_each(|c| raw.push(c))?;
    let id = MessageId::parse(&format!("<m{uid}@example.net>")).unwrap();
    let mail = tx.add_mail(&NewMail {
        seen: Sighting {
            folder,
            uidvalidity: 7,
            uid,
            received_at: tx.now(),
            size: bytes.len() as u64,
        },
        digest: "d",
        message_id: Some(&id),
        cites: &[],
        author: Some(&reporter),
        author_name: &name,
        subject: &subject,
        kind: ("person", "nothing says otherwise"),
        place: ("new", "cites nothing"),
        reply: ("acknowledge", "a person"),
        authentication: Standing::none("nothing said"),
        defects: "",
        ticket: Some(ticket),
        raw: &raw.finish()?,
    })?;
    Ok((ticket, mail))
}

#[test]
fn raw_bytes_come_back_byte_for_byte() {
    let (_dir, mut store) = store();
    let mut bytes: Vec<u8> = (0..3_000_001u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    bytes.extend_from_slice(b"\0\r\n.\n\xff lone\nlf\r");
    for (uid, wanted) in [bytes.as_slice(), b"", &bytes[..1024 * 1024]]
        .into_iter()
        .enumerate()
    {
        let got = store
            .write(noon(), |tx| {
                let folder = tx.add_folder("security", &format!("f{uid}"), 7, &[])?;
                let (_, mail) = open_one(tx, folder, uid as u32 + 1, wanted)?;
                tx.whole(mail)
            })
            .unwrap();
        assert!(
            got == wanted,
            "{} bytes came back as {}",
            wanted.len(),
            got.len()
        );
    }
}

#[test]
fn the_chain_shows_what_was_changed_by_hand() {
    let fact = |what| NewFact::new(noon(), what, By::Gatepost);
    for (change, found) in [
        (
            "UPDATE facts SET data = '{\"fact\":\"closed\"}' WHERE n = 2",
            "the data of fact 2 was changed",
        ),
        (
            "UPDATE facts SET at = '2020-01-01T00:00:00.000Z' WHERE n = 1",
            "the chain breaks at fact 1",
        ),
        (
            "UPDATE facts SET by = 'anna' WHERE n = 3",
            "the chain breaks at fact 3",
        ),
        ("DELETE FROM facts WHERE n = 2", "fact 2 is missing"),
    ] {
        let (_dir, mut store) = store();
        store
            .write(noon(), |tx| {
                let folder = tx.add_folder("security", "INBOX", 7, &[])?;
                let (ticket, _) = open_one(tx, folder, 1, b"a")?;
                for what in [What::Received, What::Answered, What::Resolved] {
                    tx.add_fact(ticket, &fact(what))?;
                }
                assert_eq!(tx.check_chain()?, (3, None));
                tx.sql.execute(change, [])?;
                assert_eq!(tx.check_chain()?.1.as_deref(), Some(found));
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn erased_data_leaves_the_chain_whole() {
    let (_dir, mut store) = store();
    store
        .write(noon(), |tx| {
            let folder = tx.add_folder("security", "INBOX", 7, &[])?;
            let (ticket, _) = open_one(tx, folder, 1, b"a")?;
            tx.add_fact(ticket, &NewFact::new(noon(), What::Received, By::Gatepost))?;
            tx.sql.execute("UPDATE facts SET data = NULL", [])?;
            assert_eq!(tx.check_chain()?, (1, None));
            Ok(())
        })
        .unwrap();
}

#[test]
fn caps_count_sub_addresses_as_one() {
    let (_dir, mut store) = store();
    store
        .write(noon(), |tx| {
            let us = Address::parse("security@example.org").unwrap();
            let mia = Address::parse("mia+3@example.net").unwrap();
            let (day, hour) = (at("2026-11-22T12:00:00Z"), at("2026-11-23T11:00:00Z"));
            for (i, to) in [
                "mia@example.net",
                "mia+1@example.net",
                "MIA+2@example.net",
                "ravi@example.net",
            ]
            .into_iter()
            .enumerate()
            {
                assert_eq!(tx.acknowledgements_since(&mia, day, hour)?[3] as usize, i);
                let id = MessageId::parse(&format!("<a{i}@example.org>")).unwrap();
                tx.add_letter(&NewLetter {
                    ticket: None,
                    kind: LetterKind::Acknowledgement,
                    sender: &us,
                    recipient: &Address::parse(to).unwrap(),
                    by: By::Gatepost,
                    facts: &[What::Acknowledged],
                    subject: "s",
                    body: "b",
                    go: Go::Queued(&id, b"x", noon()),
                })?;
            }
            assert_eq!(tx.acknowledgements_since(&mia, day, hour)?, [3, 0, 4, 4, 0]);
            assert_eq!(
                tx.acknowledgements_since(&mia, noon(), noon())?,
                [0, 0, 0, 0, 0],
                "what left long ago counts no more"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_mail_that_was_thought_gone_is_no_new_mail() {
    let (_dir, mut store) = store();
    let later = at("2026-11-23T13:00:00Z");
    let (folder, there) = store
        .write(noon(), |tx| {
            let folder = tx.add_folder("security", "INBOX", 7, &[1.into()])?;
            open_one(tx, folder, 2, b"a")?;
            open_one(tx, folder, 3, b"b")?;
            Ok((folder, std::collections::BTreeSet::from([1, 3])))
        })
        .unwrap();
    store
        .write(later, |tx| {
            assert_eq!(
                tx.mark_gone(folder, 7, &there, noon())?,
                0,
                "taken in after the question"
            );
            assert_eq!(tx.mark_gone(folder, 7, &there, later)?, 1);
            assert_eq!(tx.mark_gone(folder, 7, &there, later)?, 0, "gone already");
            let none: [u32; 0] = [];
            assert_eq!(
                tx.without_row(folder, 7, &[1, 2, 3])?,
                none,
                "its row is a row"
            );
            let all = std::collections::BTreeSet::from([1, 2, 3]);
            tx.mark_gone(folder, 7, &all, later)?;
            assert_eq!(
                tx.mark_gone(folder, 7, &there, later)?,
                1,
                "it had come back"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_store_that_another_gatepost_migrated_meanwhile_is_not_written() {
    let (dir, mut store) = store();
    store.write(noon(), |tx| tx.set_meta("a", "b")).unwrap();
    let path = dir.path().join("store/gatepost.db");
    let newer = Connection::open(path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let why = store.write(noon(), |tx| tx.set_meta("a", "c")).unwrap_err();
    let why = why.to_string();
    assert!(why.contains("(schema 99, this one") && why.contains("restart"));
    let kept = store.read(noon(), |tx| tx.meta("a")).unwrap();
    assert_eq!(kept.as_deref(), Some("b"));
}
