//! The index answers as its questions mean it, and forgets.

use super::*;
use crate::store::{NewFact, Store};
use crate::ticket::By;
use crate::triage::search::Query;
use proptest::prelude::*;

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
    (dir, store)
}

fn words(text: &str) -> Words {
    let mut words = Words::default();
    words.add(text);
    words.add_heavy(text.split('.').next().unwrap_or_default());
    words
}

const NOW: &str = "2027-05-04T08:02:00Z";

fn write<T>(store: &mut Store, work: impl FnOnce(&Tx) -> Result<T>) -> T {
    store.write(NOW.parse().unwrap(), work).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// SQLite takes every question that is made of any text, and answers it as
    /// [`Ask::holds`] does.
    #[test]
    fn sqlite_answers_as_the_words_do(
        texts in prop::collection::vec("([a-c]{1,2}[ ._-]|漏|洞| |\\PC){0,12}", 1..6),
        asked in prop::collection::vec(prop_oneof!["[a-c\"* .漏洞-]{0,8}", any::<String>()], 8),
    ) {
        let (_dir, mut store) = store();
        let words: Vec<Words> = texts.iter().map(|text| words(text)).collect();
        write(&mut store, |tx| {
            for (i, words) in words.iter().enumerate() {
                tx.index(Document::Mail(i as i64), words)?;
            }
            Ok(())
        });
        for asked in &asked {
            let query = Query::read(asked);
            for ask in query.all(false).into_iter().chain(query.all(true)).chain(query.each(false)) {
                let found = write(&mut store, |tx| tx.documents_with(&ask, 100));
                let holds = words.iter().enumerate().filter(|(_, words)| ask.holds(words));
                let holds: Vec<Document> = holds.map(|(i, _)| Document::Mail(i as i64)).collect();
                prop_assert_eq!(found.documents, holds, "{:?}: {}", asked, ask.text());
            }
        }
    }
}

/// A word that nothing else in a file looks like.
const SECRET: &str = "zqxjkvwmarmaladezqxj";

fn file(dir: &tempfile::TempDir) -> Vec<u8> {
    std::fs::read(dir.path().join("store/gatepost.db")).unwrap()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|w| w == word.as_bytes())
}

#[test]
fn what_is_forgotten_is_out_of_the_file() {
    let (dir, mut store) = store();
    write(&mut store, |tx| {
        for i in 0..200 {
            let secret = if i == 77 { SECRET } else { "nothing" };
            tx.index(
                Document::Mail(i),
                &words(&format!("word{i} {secret} of many")),
            )?;
        }
        Ok(())
    });
    let ask = |word: &str| Ask::Word(word.to_owned());
    let one = write(&mut store, |tx| tx.documents_with(&ask(SECRET), 10));
    assert_eq!(one.documents, [Document::Mail(77)]);
    let checkpoint = |store: &Store| {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        store.connection.query_row(sql, [], |_| Ok(())).unwrap();
    };
    checkpoint(&store);
    assert!(holds(&file(&dir), SECRET), "it was there");
    write(&mut store, |tx| {
        tx.index(Document::Mail(77), &Words::default())
    });
    checkpoint(&store);
    // Not found any more, and in the file all the same.
    let none = write(&mut store, |tx| tx.documents_with(&ask(SECRET), 10));
    assert_eq!(none, Found::default());
    assert!(
        holds(&file(&dir), SECRET),
        "a row that is deleted stays in the file"
    );
    write(&mut store, |tx| tx.forget_words(&[Document::Mail(77)]));
    checkpoint(&store);
    assert!(!holds(&file(&dir), SECRET));
    let vocabulary = "CREATE VIRTUAL TABLE temp.said USING fts5vocab (main, words, row)";
    store.connection.execute_batch(vocabulary).unwrap();
    let count = |like: &str| -> i64 {
        let sql = "SELECT count(*) FROM temp.said WHERE term LIKE ?1";
        store
            .connection
            .query_row(sql, [like], |r| r.get(0))
            .unwrap()
    };
    assert_eq!(
        (count("%marmalade%"), count("word77"), count("word78")),
        (0, 0, 1)
    );
    let integrity: String = store
        .connection
        .query_row("PRAGMA integrity_check", [], |r| r.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
}

#[test]
fn an_index_that_is_damaged_is_made_anew() {
    let (_dir, mut store) = store();
    write(&mut store, |tx| {
        for i in 0..50 {
            tx.index(Document::Mail(i), &words(&format!("word{i}")))?;
        }
        Ok(())
    });
    harm(&store);
    let now = NOW.parse().unwrap();
    let why = store.read(now, |tx| {
        tx.documents_with(&Ask::Word("word7".to_owned()), 9)
    });
    let why = why.unwrap_err();
    assert!(is_damage(&why));
    let said = format!("{why:#}");
    assert!(
        said.contains("audit --repair") && !said.contains("backup"),
        "{said}"
    );
    write(&mut store, |tx| tx.index_anew());
    let found = write(&mut store, |tx| {
        tx.index(Document::Mail(7), &words("word7"))?;
        tx.documents_with(&Ask::Word("word7".to_owned()), 9)
    });
    assert_eq!(found.documents, [Document::Mail(7)]);
    assert!(!is_damage(&anyhow::anyhow!("no room")));
}

#[test]
fn of_a_common_word_the_newest_are_given_and_those_of_open_tickets() {
    let (_dir, mut store) = store();
    let found = write(&mut store, |tx| {
        tx.sql.execute_batch(
            "INSERT INTO policies VALUES ('d1', 'neon', '2024-12-04', 'text', '2027-04-30T15:40:01.000Z');
             INSERT INTO folders (id, mailbox, name, uidvalidity, baseline_at, looked_at) VALUES (1, 'security', 'INBOX', 7, '', '');
             INSERT INTO tickets (id, reference, name, mailbox, policy, opened_at, subject, reporter_name, stage, chased, last_fact)
             VALUES (1, 'SEC-2027-0001', 'amber-heron', 'security', 'd1', '2027-04-30T15:40:01.000Z', 's', '', 'new', 0, 0);
             INSERT INTO mails (id, folder, uidvalidity, uid, received_at, taken_at, size, kept, digest, author_name, subject, kind,
             kind_because, place, place_because, reply, reply_because, defects, ticket)
             VALUES (1, 1, 7, 2, '', '', 5, 5, 'd', '', 's', 'person', '', 'new', '', 'held', '', '', 1);",
        )?;
        let remark = NewFact::new(
            NOW.parse()?,
            What::Remarked {
                text: "x".to_owned(),
            },
            By::Person("anna".to_owned()),
        );
        assert_eq!(tx.add_fact(TicketNo(1), &remark)?, 1);
        assert_eq!(tx.unindexed(9)?, [Document::Fact(1)]);
        tx.index(Document::Fact(1), &words("common"))?;
        assert_eq!((tx.unindexed(9)?, tx.count_unindexed()?), (vec![], 0));
        for i in 1..60 {
            tx.index(Document::Mail(i), &words("common"))?;
        }
        tx.documents_with(&Ask::Word("common".to_owned()), 3)
    });
    let wanted = [
        Document::Mail(1),
        Document::Fact(1),
        Document::Mail(57),
        Document::Mail(58),
        Document::Mail(59),
    ];
    assert_eq!((found.documents.as_slice(), found.all), (&wanted[..], 60));
}

/// What a search asks takes as long as its answer is large, and never by the number of
/// tickets that are closed.
#[test]
fn every_question_goes_by_an_index() {
    let (_dir, mut store) = store();
    let mut check = |sql: &str| {
        let plan = write(&mut store, |tx| {
            let mut plan = tx.sql.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let values = vec!["1"; plan.parameter_count()];
            let lines = plan.query_map(rusqlite::params_from_iter(values), |r| {
                r.get::<_, String>("detail")
            })?;
            Ok(lines.collect::<rusqlite::Result<Vec<_>>>()?)
        });
        let plan = plan.join("; ");
        let scans = plan
            .split("; ")
            .filter(|step| step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE"));
        let scans: Vec<&str> = scans
            .filter(|step| !step.contains("tickets_open"))
            .collect();
        assert!(
            scans.is_empty() && !plan.contains("TEMP B-TREE"),
            "{sql}: {plan}"
        );
    };
    OF_OPEN.into_iter().for_each(&mut check);
    [WITH, OF_A_MAIL, OF_A_FACT, OF_A_LETTER]
        .into_iter()
        .for_each(check);
}
