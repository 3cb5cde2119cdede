//! A copy is whole, its owner's alone, and nothing is lost to it.

use super::*;
use crate::store::Document;
use crate::triage::search::Words;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

fn noon() -> Timestamp {
    "2027-04-30T12:00:00Z".parse().unwrap()
}

#[test]
fn a_copy_is_whole_marked_and_its_owners_alone_while_others_write() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let (path, to) = (dir.path().join("gatepost.db"), dir.path().join("copy.db"));
    let mut store = Store::create(&path).unwrap();
    let fill =
        |tx: &Tx| (0..20_000).try_for_each(|i| tx.set_meta(&format!("k{i}"), &"v".repeat(300)));
    store.write(noon(), fill).unwrap();
    let mut other = Store::open(&path).unwrap();
    let mut steps = 0;
    store
        .backup(&to, noon(), |done, all| {
            assert!(done <= all);
            steps += 1;
            other.write(noon(), |tx| tx.set_meta("late", "1")).unwrap();
        })
        .unwrap();
    assert!(steps >= 1, "the store is too small to be copied in steps");
    assert_eq!(
        fs::metadata(&to).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let mut copy = Store::open(&to).unwrap();
    let seen = copy.read(noon(), |tx| {
        Ok((
            tx.copy_made_at()?,
            tx.meta("k19999")?.is_some(),
            tx.meta("late")?,
        ))
    });
    assert_eq!(seen.unwrap(), (Some(noon()), true, None));
    let heard = Arc::new(AtomicU32::new(0));
    let hears = Arc::clone(&heard);
    let told: Told = Arc::new(move |step| {
        assert_eq!(step, Upgrade::Looking);
        hears.fetch_add(1, Relaxed);
    });
    assert!(copy.check(noon(), &told).unwrap().is_empty());
    assert!(heard.load(Relaxed) > 1, "it is told while it goes on");
    assert_eq!(store.read(noon(), |tx| tx.copy_made_at()).unwrap(), None);
    let again = store.backup(&to, noon(), |_, _| {}).unwrap_err();
    assert!(format!("{again:#}").contains("already"), "{again:#}");
    assert!(!dir.path().join("copy.db.partial").exists());
}

#[test]
fn a_folder_that_others_can_write_gets_no_copy() {
    let dir = tempfile::tempdir().unwrap();
    let open = dir.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    let mut store = Store::create(&dir.path().join("own/gatepost.db")).unwrap();
    let why = store
        .backup(&open.join("copy.db"), noon(), |_, _| {})
        .unwrap_err();
    assert!(format!("{why:#}").contains("others can write"), "{why:#}");
    assert_eq!(fs::read_dir(&open).unwrap().count(), 0);
}

/// A store of the newest schema but one, with rows.
fn old_store(folder: &Path) -> PathBuf {
    fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
    let path = folder.join("gatepost.db");
    let c = Connection::open(&path).unwrap();
    crate::store::schema::old(&c, 3);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

#[test]
fn a_store_of_an_old_schema_is_copied_before_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let path = old_store(&dir.path().join("own"));
    let copy = dir.path().join("own/gatepost.db.schema-3");
    // What a migration left that was killed is in nobody's way.
    fs::write(dir.path().join("own/gatepost.db.schema-3.partial"), "half").unwrap();
    fs::write(&copy, "of an earlier try").unwrap();
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.read(noon(), |tx| tx.copy_made_at()).unwrap(), None);
    let mode = fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!dir.path().join("own/gatepost.db.schema-3.partial").exists());
    let old = Connection::open(&copy).unwrap();
    let version = old.pragma_query_value(None, "user_version", |r| r.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 3);
    let marked = "SELECT value FROM meta WHERE key = 'copy/made-at'";
    let marked: String = old.query_row(marked, [], |r| r.get(0)).unwrap();
    assert!(marked.starts_with("20"), "{marked}");
    // Once it is of the newest schema nothing is copied.
    fs::remove_file(&copy).unwrap();
    drop((store, Store::open(&path).unwrap()));
    assert!(!copy.exists());
}

#[test]
fn an_older_record_that_was_put_back_leaves_the_copy_that_knows_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = old_store(&dir.path().join("own"));
    let copies = ["", ".2", ".3"];
    let copies = copies.map(|n| dir.path().join(format!("own/gatepost.db.schema-3{n}")));
    let older = fs::read(&path).unwrap();
    let all = "SELECT count(*) FROM facts";
    let facts = |path: &Path| {
        let count = Connection::open(path)
            .unwrap()
            .query_row(all, [], |r| r.get(0));
        count.unwrap()
    };
    let more = "INSERT INTO facts SELECT n + 1, ticket, at, written_at, fact, by, letter, mail, data, data_digest, 'next' FROM facts ORDER BY n DESC LIMIT 1";
    Connection::open(&path).unwrap().execute(more, []).unwrap();
    drop(Store::open(&path).unwrap());
    let known: i64 = facts(&copies[0]);
    // Twice: its own copy of the first time makes room.
    for _ in 0..2 {
        fs::write(&path, &older).unwrap();
        drop(Store::open(&path).unwrap());
        assert_eq!(facts(&copies[0]), known);
        assert_eq!(facts(&copies[1]), known - 1);
        assert!(!copies[2].exists());
    }
}

#[test]
fn a_damaged_store_of_an_old_schema_is_neither_copied_nor_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = old_store(&dir.path().join("own"));
    let mut bytes = fs::read(&path).unwrap();
    for page in bytes.chunks_mut(4096).skip(12).step_by(3) {
        page.fill(b'#');
    }
    fs::write(&path, &bytes).unwrap();
    let why = format!("{:#}", Store::open(&path).err().unwrap());
    assert!(
        why.contains("damaged") && why.contains("put a backup"),
        "{why}"
    );
    let version = Connection::open(&path).unwrap();
    let version = version.pragma_query_value(None, "user_version", |r| r.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 3);
    assert!(!dir.path().join("own/gatepost.db.schema-3").exists());
}

#[test]
fn a_restored_record_jumps_over_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(&dir.path().join("own/gatepost.db")).unwrap();
    let got = store.write(noon(), |tx| {
        tx.restored(200)?;
        Ok((tx.restored_at()?, tx.last_number()?, tx.copy_made_at()?))
    });
    assert_eq!(got.unwrap(), (Some(noon()), 200, None));
}

#[test]
fn a_damaged_index_stops_no_copy_and_is_whole_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("own/gatepost.db");
    let mut store = Store::create(&path).unwrap();
    let fill = |tx: &Tx| (0..50).try_for_each(|i| tx.index(Document::Mail(i), &words(i)));
    store.write(noon(), fill).unwrap();
    crate::store::index::harm(&store);
    let told: Told = Arc::new(|_| {});
    let wrong = store.check(noon(), &told).unwrap();
    assert!(
        !wrong.is_empty() && wrong.iter().all(|line| is_of_index(line)),
        "{wrong:?}"
    );
    let to = dir.path().join("own/copy.db");
    store.backup(&to, noon(), |_, _| {}).unwrap();
    let mut copy = Store::open(&to).unwrap();
    assert_eq!(copy.check(noon(), &told).unwrap(), [""; 0]);
    // The original waits for a person, who says --repair.
    for was in [true, false] {
        assert_eq!(store.repair_index(noon()).unwrap(), was);
    }
    assert_eq!(store.check(noon(), &told).unwrap(), [""; 0]);
}

fn words(i: i64) -> Words {
    let mut words = Words::default();
    words.add(&format!("word{i}"));
    words
}
