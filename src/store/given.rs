//! The ledger of names: what was said of a person outside, where, on which line, when and
//! by whom. Rows are added and never changed.

use super::{Tx, instant};
use crate::ticket::TicketNo;
use anyhow::{Context, Result};
use jiff::Timestamp;
use rusqlite::{Row, params};

/// By which way a name went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The list of thanks.
    Credits,
    /// security.txt.
    SecurityTxt,
    /// Somewhere that is not ours to change: a person says where.
    Elsewhere,
}

impl Way {
    /// The word that is stored, and that `export` takes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Credits => "credits",
            Self::SecurityTxt => "security-txt",
            Self::Elsewhere => "elsewhere",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Credits, Self::SecurityTxt, Self::Elsewhere]
            .into_iter()
            .find(|way| way.word() == word)
    }
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Whose name.
    pub ticket: TicketNo,
    /// The name.
    pub name: String,
    /// By which way.
    pub way: Way,
    /// The file, or the place in words.
    pub place: String,
    /// The line of the file, from 1.
    pub line: Option<u32>,
    /// It stands there no longer.
    pub gone: bool,
    /// When that was written.
    pub at: Timestamp,
    /// The member of the team who did it.
    pub by: String,
}

const GIVEN: &str = "SELECT ticket, name, way, place, line, gone, at, by FROM given_out g";
/// No later row says otherwise.
const LATEST: &str = "NOT EXISTS (SELECT 1 FROM given_out l WHERE l.ticket = g.ticket AND l.name = g.name AND l.way = g.way AND l.place = g.place AND l.id > g.id)";

impl Tx<'_> {
    /// Adds a line to the ledger, as of now.
    pub fn give_out(&self, given: &Given) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO given_out (ticket, name, way, place, line, gone, at, by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        insert
            .execute(params![
                given.ticket.0,
                given.name,
                given.way.word(),
                given.place,
                given.line,
                given.gone,
                instant::write(given.at),
                given.by
            ])
            .with_context(|| format!("cannot write down what was given out of {}", given.ticket))?;
        Ok(())
    }

    /// All lines of a ticket, in their order.
    pub fn given_of(&self, ticket: TicketNo) -> Result<Vec<Given>> {
        let mut all = self
            .sql
            .prepare_cached(&format!("{GIVEN} WHERE ticket = ?1 ORDER BY id"))?;
        let rows = all.query_map([ticket.0], given)?;
        rows.map(|row| row?).collect()
    }

    /// Where names stand now, as far as is known, by file and line.
    pub fn standing(&self) -> Result<Vec<Given>> {
        self.given_where("gone = 0")
    }

    /// The same of names that must not stand in a file of ours any more: taken back,
    /// changed, or without consent.
    pub fn unwanted(&self) -> Result<Vec<Given>> {
        self.given_where(
            "gone = 0 AND way <> 'elsewhere' AND name IS NOT (SELECT credit FROM tickets WHERE id = g.ticket)",
        )
    }

    /// Whose name was ever given out and is not agreed to now, wherever it stood and
    /// whether or not it does still: a file may be put back as it was.
    pub fn once_given(&self) -> Result<Vec<(TicketNo, String)>> {
        let mut all = self.sql.prepare_cached(
            "SELECT DISTINCT ticket, name FROM given_out g WHERE name <> '' AND name IS NOT (SELECT credit FROM tickets WHERE id = g.ticket) ORDER BY ticket, name",
        )?;
        let rows = all.query_map([], |r| Ok((TicketNo(r.get(0)?), r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn given_where(&self, wanted: &str) -> Result<Vec<Given>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{GIVEN} WHERE {wanted} AND {LATEST} ORDER BY way, place, line, id"
        ))?;
        let rows = all.query_map([], given)?;
        rows.map(|row| row?).collect()
    }

    /// The tickets on which somebody said anything about credit.
    pub fn tickets_with_credit(&self) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(
            "SELECT DISTINCT ticket FROM facts WHERE fact = 'set' AND data ->> '$.field' = 'credit' ORDER BY ticket",
        )?;
        let rows = all.query_map([], |r| r.get(0).map(TicketNo))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Letters of ours that left, to others than the reporter of this ticket, and that
    /// say it: their numbers.
    pub fn letters_that(&self, ticket: TicketNo, say: &dyn Fn(&str) -> bool) -> Result<Vec<i64>> {
        let mut all = self.sql.prepare_cached(
            "SELECT id, body FROM letters WHERE state = 'sent' AND settled_at IS NOT NULL AND kind NOT IN ('reminder', 'digest')
             AND recipient IS NOT (SELECT reporter FROM tickets WHERE id = ?1) ORDER BY id",
        )?;
        let mut rows = all.query([ticket.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if say(&row.get::<_, String>(1)?) {
                found.push(row.get(0)?);
            }
        }
        Ok(found)
    }
}

fn given(row: &Row) -> rusqlite::Result<Result<Given>> {
    let (way, at): (String, String) = (row.get(2)?, row.get(6)?);
    let read = |ticket, name, place, line, gone, by| {
        Ok(Given {
            ticket: TicketNo(ticket),
            name,
            way: Way::from_word(&way)
                .with_context(|| format!("the ledger holds the way {way:?}"))?,
            place,
            line,
            gone,
            at: instant::read(&at)?,
            by,
        })
    };
    Ok(read(
        row.get(0)?,
        row.get(1)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(7)?,
    ))
}
