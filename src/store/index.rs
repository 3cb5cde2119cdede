//! The index of words: what `list WORDS` looks for. What goes into it and what is asked of
//! it, [`crate::triage::search`] knows.
//!
//! What is new waits in `unindexed`, a number a row, until the daemon has time for it: the
//! way of a mail to its receipt is no longer for it. Whoever searches reads what waits.

use super::Tx;
use crate::ticket::{TicketNo, What};
use crate::triage::search::{Ask, Words};
use anyhow::Result;
use rusqlite::{OptionalExtension, params};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

/// What is indexed as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// A mail, by its number.
    Mail(i64),
    /// A fact that holds words of a person, by its number.
    Fact(i64),
    /// A letter that a person wrote, by its number.
    Letter(i64),
    /// A ticket that no mail opened, by its number: a report by telephone.
    Ticket(i64),
}

impl Document {
    fn number(self) -> i64 {
        match self {
            Self::Mail(id) => id * 4,
            Self::Fact(n) => n * 4 + 1,
            Self::Letter(id) => id * 4 + 2,
            Self::Ticket(id) => id * 4 + 3,
        }
    }

    /// In this order come mails, facts, letters and tickets, of each the newest first.
    pub fn newest_first(self) -> (i64, Reverse<i64>) {
        let number = self.number();
        (number & 3, Reverse(number))
    }

    fn read(number: i64) -> Self {
        match number & 3 {
            1 => Self::Fact(number >> 2),
            2 => Self::Letter(number >> 2),
            3 => Self::Ticket(number >> 2),
            _ => Self::Mail(number >> 2),
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(id) => write!(f, "mail {id}"),
            Self::Fact(n) => write!(f, "fact {n}"),
            Self::Letter(id) => write!(f, "letter {id}"),
            Self::Ticket(id) => write!(f, "ticket {id}"),
        }
    }
}

/// Documents that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Them; of very many the newest, and those of open tickets.
    pub documents: Vec<Document>,
    /// How many were found.
    pub all: usize,
}

/// Tickets whose reporter is the author of none of their mails.
const OF_OTHERS: &str = "INSERT OR IGNORE INTO unindexed SELECT t.id * 4 + 3 FROM tickets t WHERE t.reporter IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.ticket = t.id AND m.author = t.reporter);";
/// The tickets first: those that are open are few.
const OF_OPEN: [&str; 4] = [
    "SELECT t.id * 4 + 3 FROM tickets t WHERE t.stage <> 'closed' AND t.stage <> 'junk'",
    "SELECT m.id * 4 FROM tickets t CROSS JOIN mails m ON m.ticket = t.id WHERE t.stage <> 'closed' AND t.stage <> 'junk'",
    "SELECT f.n * 4 + 1 FROM tickets t CROSS JOIN facts f ON f.ticket = t.id WHERE t.stage <> 'closed' AND t.stage <> 'junk'",
    "SELECT l.id * 4 + 2 FROM tickets t CROSS JOIN letters l ON l.ticket = t.id WHERE t.stage <> 'closed' AND t.stage <> 'junk'",
];

const OF_A_MAIL: &str =
    "SELECT t.id, t.stage FROM mails m JOIN tickets t ON t.id = m.ticket WHERE m.id = ?1";
const OF_A_FACT: &str =
    "SELECT t.id, t.stage FROM facts f JOIN tickets t ON t.id = f.ticket WHERE f.n = ?1";
const OF_A_LETTER: &str =
    "SELECT t.id, t.stage FROM letters l JOIN tickets t ON t.id = l.ticket WHERE l.id = ?1";

const IN_TRAY: &str = "SELECT count(*) FROM mails WHERE id = ?1 AND ticket IS NULL AND place NOT IN ('copy', 'aside')";

const WITH: &str = "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid";

/// Whether a fact of this kind holds words that a person wrote.
fn has_words(what: &What) -> bool {
    matches!(
        what,
        What::Set { .. }
            | What::Remarked { .. }
            | What::DataAccessed { .. }
            | What::DateDecided { .. }
            | What::Retracted { .. }
    )
}

/// The index of words is damaged, and nothing else is known to be: it can be made anew.
#[derive(Debug)]
struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the index of words is damaged, and the record is not\n  hint: gatepost audit --repair makes the index anew")
    }
}

/// What a statement on the index failed with.
fn of_index(why: rusqlite::Error) -> anyhow::Error {
    match why.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => anyhow::Error::new(why).context(Damaged),
        _ => why.into(),
    }
}

/// Whether this error says that the index is damaged. The index can be made anew.
pub fn is_damage(why: &anyhow::Error) -> bool {
    why.is::<Damaged>()
}

/// Whether a line of SQLite's own check is about the index, and not about the record.
pub fn is_of_index(line: &str) -> bool {
    line.starts_with("fts5:") || line.contains(" for FTS5 table main.words")
}

/// Whether SQLite failed, and not what one row holds.
pub fn is_of_store(why: &anyhow::Error) -> bool {
    let mut causes = why
        .chain()
        .filter_map(|why| why.downcast_ref::<rusqlite::Error>());
    causes.any(|why| why.sqlite_error_code().is_some())
}

impl Tx<'_> {
    /// A document is to be indexed, or to be indexed anew.
    pub fn to_index(&self, document: Document) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO unindexed (document) VALUES (?1)";
        self.run(sql, [document.number()])?;
        Ok(())
    }

    /// The same, of a fact that has words.
    pub(super) fn fact_to_index(&self, n: i64, what: &What) -> Result<()> {
        match has_words(what) {
            true => self.to_index(Document::Fact(n)),
            false => Ok(()),
        }
    }

    /// Documents that are not indexed yet, the newest mails first; at most so many.
    pub fn unindexed(&self, at_most: usize) -> Result<Vec<Document>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT document FROM unindexed ORDER BY document DESC LIMIT ?1")?;
        let all = all.query_map([at_most as i64], |r| r.get(0).map(Document::read))?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether it is not indexed yet.
    pub fn is_unindexed(&self, document: Document) -> Result<bool> {
        let sql = "SELECT count(*) FROM unindexed WHERE document = ?1";
        Ok(self.one(sql, [document.number()], |r| r.get::<_, i64>(0))? > 0)
    }

    /// How many there are.
    pub fn count_unindexed(&self) -> Result<usize> {
        let sql = "SELECT count(*) FROM unindexed";
        Ok(self.one(sql, [], |r| r.get::<_, i64>(0))?.max(0) as usize)
    }

    /// Writes the words of a document in the place of those that it had.
    pub fn index(&self, document: Document, words: &Words) -> Result<()> {
        let number = document.number();
        self.run("DELETE FROM unindexed WHERE document = ?1", [number])?;
        let said = words.text();
        let put = || -> rusqlite::Result<()> {
            self.run("DELETE FROM words WHERE rowid = ?1", [number])?;
            if !said.is_empty() {
                let insert = "INSERT INTO words (rowid, said) VALUES (?1, ?2)";
                self.run(insert, params![number, said])?;
            }
            Ok(())
        };
        put().map_err(of_index)
    }

    /// Begins the index anew: everything is to be indexed.
    pub fn index_anew(&self) -> Result<()> {
        let again = include_str!("schema/0005.sql").split("INSERT INTO unindexed");
        let fill = again
            .skip(1)
            .map(|one| format!("INSERT OR IGNORE INTO unindexed{one}"));
        let fill: String = fill.collect();
        self.sql.execute_batch(&format!(
            "INSERT INTO words (words) VALUES ('delete-all'); {fill} {OF_OTHERS}"
        ))?;
        Ok(())
    }

    /// Begins the index anew where it is damaged; says whether it was.
    ///
    /// # Errors
    /// When that is more than the index.
    pub fn repair_index(&self) -> Result<bool> {
        let check = "INSERT INTO words (words) VALUES ('integrity-check')";
        match self.sql.execute(check, []).map_err(of_index) {
            Err(why) if is_damage(&why) => self.index_anew().map(|()| true),
            done => done.map(|_| false),
        }
    }

    /// Takes the words of a document out of the index and, which takes as long as the index
    /// is large, out of its file.
    pub fn forget_words(&self, documents: &[Document]) -> Result<()> {
        for document in documents {
            self.index(*document, &Words::default())?;
        }
        let optimize = "INSERT INTO words (words) VALUES ('optimize')";
        self.sql.execute(optimize, []).map(drop).map_err(of_index)
    }

    /// The documents of which the index says that they answer this; of more than `most` the
    /// newest of each kind, and all of open tickets.
    pub fn documents_with(&self, ask: &Ask, most: usize) -> Result<Found> {
        let numbers = || -> rusqlite::Result<Vec<i64>> {
            let mut found = self.sql.prepare_cached(WITH)?;
            found.query_map([ask.text()], |r| r.get(0))?.collect()
        };
        let mut numbers = numbers().map_err(of_index)?;
        let all = numbers.len();
        if all > most {
            let open = self.documents_of_open()?;
            // Numbers of facts run ahead of those of mails.
            let mut kept = [0_usize; 4];
            numbers.reverse();
            numbers.retain(|number| {
                let of_kind = kept.get_mut((number & 3) as usize);
                let count = of_kind.map_or(0, |count| {
                    *count += 1;
                    *count
                });
                count <= most || open.contains(number)
            });
            numbers.reverse();
        }
        let documents = numbers.into_iter().map(Document::read).collect();
        Ok(Found { documents, all })
    }

    /// Whether it is a mail that lies in the tray.
    pub fn is_in_tray(&self, document: Document) -> Result<bool> {
        let Document::Mail(id) = document else {
            return Ok(false);
        };
        Ok(self.one(IN_TRAY, [id], |r| r.get::<_, i64>(0))? > 0)
    }

    /// What the last fact that waits for the index holds cannot be read.
    #[cfg(test)]
    pub(crate) fn spoil_last_fact(&self) -> Result<()> {
        let sql = "UPDATE facts SET data = '{\"x\":1}' WHERE n * 4 + 1 = (SELECT max(document) FROM unindexed WHERE document & 3 = 1)";
        self.sql.execute(sql, [])?;
        Ok(())
    }

    fn documents_of_open(&self) -> Result<BTreeSet<i64>> {
        let mut open = BTreeSet::new();
        for sql in OF_OPEN {
            let mut all = self.sql.prepare_cached(sql)?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                open.insert(row.get(0)?);
            }
        }
        Ok(open)
    }

    /// The ticket that a document is on, and its stage; none for what lies in the tray.
    pub fn ticket_with(&self, document: Document) -> Result<Option<(TicketNo, String)>> {
        let (sql, id) = match document {
            Document::Mail(id) => (OF_A_MAIL, id),
            Document::Fact(n) => (OF_A_FACT, n),
            Document::Letter(id) => (OF_A_LETTER, id),
            Document::Ticket(id) => ("SELECT id, stage FROM tickets WHERE id = ?1", id),
        };
        let row = self.one(sql, [id], |r| Ok((TicketNo(r.get(0)?), r.get(1)?)));
        Ok(row.optional()?)
    }
}

/// Damages the index.
#[cfg(test)]
pub(super) fn harm(store: &super::Store) {
    let c = &store.connection;
    c.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
        .unwrap();
    c.execute_batch("UPDATE words_data SET block = zeroblob(6) WHERE id > 10")
        .unwrap();
}

#[cfg(test)]
mod tests;
