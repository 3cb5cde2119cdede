//! A damaged page of the index costs nothing but the index.

use super::*;
use crate::store::Document;
use crate::triage::search::{Ask, Words};
use std::path::PathBuf;

const NOW: &str = "2027-05-04T08:02:00Z";
const COUNT: i64 = 400;

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn words(i: i64) -> Words {
    let mut words = Words::default();
    (0..40).for_each(|n| words.add(&format!("word{i}x{n} ")));
    words
}

/// With words of some documents, and rows of the record.
fn store() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store/gatepost.db");
    let mut store = Store::create(&path).unwrap();
    let fill = |tx: &Tx| {
        (0..COUNT).try_for_each(|i| tx.index(Document::Mail(i), &words(i)))?;
        (0..900).try_for_each(|i| tx.set_meta(&format!("k{i}"), &"v".repeat(200)))?;
        tx.to_index(Document::Mail(3))
    };
    store.write(now(), fill).unwrap();
    (dir, path)
}

fn told(store: &mut Store) -> Vec<String> {
    store.read(now(), |tx| check(tx.sql)).unwrap()
}

fn found(store: &mut Store, word: &str) -> Vec<Document> {
    let ask = Ask::Word(word.to_owned());
    let found = store.read(now(), |tx| tx.documents_with(&ask, 9));
    found.unwrap().documents
}

#[test]
fn an_index_with_a_damaged_page_is_made_anew_and_the_record_is_as_it_was() {
    for table in ["words_data", "words_idx", "words_docsize", "words_config"] {
        for is_root in [true, false] {
            let (_dir, path) = store();
            harm_page(&path, table, is_root);
            let (mut store, mut daemon) =
                (Store::open(&path).unwrap(), Store::open(&path).unwrap());
            let wrong = told(&mut store);
            let what = format!("{table} {is_root} {wrong:?}");
            assert!(wrong.len() == 1 && is_of_index(&wrong[0]), "{what}");
            let keys = |tx: &Tx| (0..900).map(|i| tx.meta(&format!("k{i}"))).collect();
            let before: Result<Vec<_>> = daemon.read(now(), keys);
            assert!(store.repair_index(now()).unwrap(), "{what}");
            assert_eq!(told(&mut store), [""; 0], "{what}");
            assert_eq!(daemon.read(now(), keys).unwrap(), before.unwrap());
            // Who had the store open goes on with the new one.
            let again = |tx: &Tx| {
                assert_eq!(tx.unindexed(9)?, [Document::Mail(3)], "{what}");
                tx.index(Document::Mail(3), &words(3))
            };
            daemon.write(now(), again).unwrap();
            assert_eq!(found(&mut store, "word3x7"), [Document::Mail(3)]);
            assert_eq!(found(&mut store, "word4x7"), []);
            assert!(!store.repair_index(now()).unwrap());
            let safe = store.connection.db_config(SQLITE_DBCONFIG_DEFENSIVE);
            assert!(safe.unwrap());
        }
    }
}

#[test]
fn only_pages_that_an_index_left_may_be_used_by_nothing() {
    let (_dir, path) = store();
    harm_page(&path, "words_data", true);
    let mut store = Store::open(&path).unwrap();
    assert!(store.repair_index(now()).unwrap());
    assert_eq!(told(&mut store), [""; 0]);
    let left = store.read(now(), |tx| tx.meta(LEFT)).unwrap().unwrap();
    assert!(left.split(' ').count() > 10, "{left:?}");
    let (left, lost) = left.rsplit_once(' ').unwrap();
    store.write(now(), |tx| tx.set_meta(LEFT, left)).unwrap();
    assert_eq!(told(&mut store), [format!("Page {lost}: never used")]);
}

#[test]
fn where_the_record_is_damaged_too_nothing_is_written() {
    let (_dir, path) = store();
    harm_page(&path, "words_data", false);
    // Nothing of it is read or written where an index is made anew.
    harm_page(&path, "policies", true);
    let mut store = Store::open(&path).unwrap();
    let wrong = store.read(now(), |tx| check(tx.sql));
    let wrong = wrong.unwrap();
    assert_eq!(wrong, ["the table policies cannot be read to its end"]);
    let before = std::fs::read(&path).unwrap();
    assert!(!store.repair_index(now()).unwrap());
    assert!(store.write(now(), |tx| tx.replace_index()).is_err());
    let schema = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'words%'";
    let tables = store
        .connection
        .query_row(schema, [], |r| r.get::<_, i64>(0));
    assert_eq!(tables.unwrap(), 5);
    drop(store);
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn a_copy_of_a_store_whose_index_has_a_damaged_page_is_whole() {
    let (dir, path) = store();
    harm_page(&path, "words_data", false);
    let to = dir.path().join("store/copy.db");
    let mut store = Store::open(&path).unwrap();
    let copied = store.backup(&to, now(), |_, _| {}).unwrap();
    assert!(copied.index_anew);
    assert_eq!(told(&mut store).len(), 1, "the original is as it was");
    let mut copy = Store::open(&to).unwrap();
    assert_eq!(told(&mut copy), [""; 0]);
    let waits = copy.read(now(), |tx| tx.unindexed(9)).unwrap();
    assert_eq!(waits, [Document::Mail(3)]);
    store.repair_index(now()).unwrap();
    let again = dir.path().join("store/again.db");
    let copied = store.backup(&again, now(), |_, _| {}).unwrap();
    assert!(!copied.index_anew);
    assert_eq!(told(&mut Store::open(&again).unwrap()), [""; 0]);
}
