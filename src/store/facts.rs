//! Facts: added at the end of one chain, never changed.

use super::{Tx, instant};
use crate::ticket::{By, ChainHash, Columns, Fact, Link, Reference, TicketNo, What, digest_of};
use anyhow::{Context, Result};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

/// A fact to be added.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
    /// Who says so.
    pub by: By,
    /// The letter that carried it.
    pub letter: Option<i64>,
    /// The mail that carried it.
    pub mail: Option<i64>,
    /// The way that was neither, as the person said.
    pub via: Option<String>,
}

impl NewFact {
    /// One that neither a letter nor a mail carried, nor anything else that is to be named.
    pub fn new(at: Timestamp, what: What, by: By) -> Self {
        Self {
            at,
            what,
            by,
            letter: None,
            mail: None,
            via: None,
        }
    }
}

/// One line of the log over all tickets.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Its number.
    pub n: i64,
    /// The reference of its ticket.
    pub reference: Reference,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down.
    pub written_at: Timestamp,
    /// The name of the fact.
    pub fact: String,
    /// Who says so.
    pub by: By,
    /// The letter that carried it.
    pub letter: Option<i64>,
    /// The mail that carried it.
    pub mail: Option<i64>,
    /// What happened and the way that was neither; none when that was erased.
    pub what: Option<(What, Option<String>)>,
}

/// The data of a fact, as it is stored.
#[derive(Serialize, Deserialize)]
struct Data<W> {
    #[serde(flatten)]
    what: W,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    via: Option<String>,
}

impl Tx<'_> {
    /// Adds a fact to a ticket and to the chain; gives its number.
    pub fn add_fact(&self, ticket: TicketNo, new: &NewFact) -> Result<i64> {
        let (last, before) = self.chain_head()?;
        let columns = Columns {
            n: last + 1,
            ticket: ticket.0,
            at: instant::write(new.at),
            written_at: self.stamp(),
            fact: new.what.name().to_string(),
            by: new.by.name().to_owned(),
            letter: new.letter,
            mail: new.mail,
        };
        let data = serde_json::to_string(&Data {
            what: &new.what,
            via: new.via.clone(),
        })?;
        let data_digest = digest_of(&data);
        let hash = columns.hash(&before, &data_digest);
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO facts (n, ticket, at, written_at, fact, by, letter, mail, data, data_digest, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let c = &columns;
        insert.execute(params![
            c.n,
            c.ticket,
            c.at,
            c.written_at,
            c.fact,
            c.by,
            c.letter,
            c.mail,
            data,
            data_digest,
            hash.0
        ])?;
        self.fact_to_index(columns.n, &new.what)?;
        Ok(columns.n)
    }

    /// The latest instant of a ticket's facts.
    pub fn last_instant(&self, ticket: TicketNo) -> Result<Option<Timestamp>> {
        let sql = "SELECT max(at) FROM facts WHERE ticket = ?1";
        let at: Option<String> = self.one(sql, [ticket.0], |r| r.get(0))?;
        instant::read_some(at.as_deref())
    }

    /// The number and the hash of the last fact of all.
    pub fn chain_head(&self) -> Result<(i64, ChainHash)> {
        let mut last = self
            .sql
            .prepare_cached("SELECT n, hash FROM facts ORDER BY n DESC LIMIT 1")?;
        let head = last
            .query_row([], |r| Ok((r.get(0)?, ChainHash(r.get(1)?))))
            .optional()?;
        Ok(head.unwrap_or((0, ChainHash::start())))
    }

    /// The facts of a ticket in their order; those whose data was erased are left out.
    pub fn facts_of(&self, ticket: TicketNo) -> Result<Vec<Fact>> {
        let mut all = self.sql.prepare_cached("SELECT n, at, by, letter, mail, data FROM facts WHERE ticket = ?1 AND data IS NOT NULL ORDER BY n")?;
        let mut rows = all.query([ticket.0])?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            let n: i64 = row.get(0)?;
            let data: String = row.get(5)?;
            let data: Data<What> = serde_json::from_str(&data)
                .with_context(|| format!("fact {n} holds data that cannot be read"))?;
            facts.push(Fact {
                n,
                at: instant::read(&row.get::<_, String>(1)?)?,
                what: data.what,
                via: data.via,
                by: By::from_name(&row.get::<_, String>(2)?),
                letter: row.get(3)?,
                mail: row.get(4)?,
            });
        }
        Ok(facts)
    }

    /// Who wrote a fact, and what; none where its data was erased.
    pub fn fact_with_words(&self, n: i64) -> Result<Option<(By, What)>> {
        let sql = "SELECT by, data FROM facts WHERE n = ?1 AND data IS NOT NULL";
        let row = self.one(sql, [n], |r| {
            Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))
        });
        let Some((by, data)) = row.optional()? else {
            return Ok(None);
        };
        let data: Data<What> = serde_json::from_str(&data)
            .with_context(|| format!("fact {n} holds data that cannot be read"))?;
        Ok(Some((By::from_name(&by), data.what)))
    }

    /// The facts after number `after` that were written at or after `since`, of one ticket
    /// or of all, in their order; at most `most`.
    pub fn log(
        &self,
        after: i64,
        since: Option<Timestamp>,
        ticket: Option<TicketNo>,
        most: u32,
    ) -> Result<Vec<LogLine>> {
        let mut all = self.sql.prepare_cached(
            "SELECT f.n, t.reference, f.at, f.written_at, f.fact, f.by, f.letter, f.mail, f.data FROM facts f JOIN tickets t ON t.id = f.ticket
             WHERE f.n > ?1 AND f.written_at >= ?2 AND (?3 IS NULL OR f.ticket = ?3) ORDER BY f.n LIMIT ?4",
        )?;
        let since = since.map(instant::write).unwrap_or_default();
        let mut rows = all.query(params![after, since, ticket.map(|t| t.0), most])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            let n: i64 = row.get(0)?;
            let data: Option<String> = row.get(8)?;
            let data = data.map(|d| serde_json::from_str::<Data<What>>(&d));
            let data = data
                .transpose()
                .with_context(|| format!("fact {n} holds data that cannot be read"))?;
            lines.push(LogLine {
                n,
                reference: Reference::stored(row.get(1)?),
                at: instant::read(&row.get::<_, String>(2)?)?,
                written_at: instant::read(&row.get::<_, String>(3)?)?,
                fact: row.get(4)?,
                by: By::from_name(&row.get::<_, String>(5)?),
                letter: row.get(6)?,
                mail: row.get(7)?,
                what: data.map(|d| (d.what, d.via)),
            });
        }
        Ok(lines)
    }

    /// The facts of a ticket as they stand in the chain, those whose data was erased too.
    pub fn links_of(&self, ticket: TicketNo) -> Result<Vec<Link>> {
        let mut all = self.sql.prepare_cached(&format!(
            "SELECT {LINK}, b.hash FROM facts f LEFT JOIN facts b ON b.n = f.n - 1 WHERE f.ticket = ?1 ORDER BY f.n",
        ))?;
        let links = all.query_map([ticket.0], |row| {
            let before: Option<String> = row.get(11)?;
            link(row, before.map_or_else(ChainHash::start, ChainHash))
        })?;
        Ok(links.collect::<rusqlite::Result<_>>()?)
    }

    /// Walks the whole chain. Gives how many facts there are, and what is wrong first, if anything is.
    pub fn check_chain(&self) -> Result<(i64, Option<String>)> {
        let sql = format!("SELECT {LINK} FROM facts f ORDER BY f.n");
        let mut all = self.sql.prepare(&sql)?;
        let mut rows = all.query([])?;
        let mut before = ChainHash::start();
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += 1;
            let link = link(row, before)?;
            if link.columns.n != count {
                return Ok((count, Some(format!("fact {count} is missing"))));
            }
            if !link.data_holds() {
                return Ok((count, Some(format!("the data of fact {count} was changed"))));
            }
            if !link.columns_hold() {
                return Ok((count, Some(format!("the chain breaks at fact {count}"))));
            }
            before = link.hash;
        }
        Ok((count, None))
    }
}

/// The columns that [`link`] reads.
const LINK: &str = "f.n, f.ticket, f.at, f.written_at, f.fact, f.by, f.letter, f.mail, f.data, f.data_digest, f.hash";

/// A fact as it stands in the chain.
fn link(row: &Row, before: ChainHash) -> rusqlite::Result<Link> {
    Ok(Link {
        columns: Columns {
            n: row.get(0)?,
            ticket: row.get(1)?,
            at: row.get(2)?,
            written_at: row.get(3)?,
            fact: row.get(4)?,
            by: row.get(5)?,
            letter: row.get(6)?,
            mail: row.get(7)?,
        },
        data: row.get(8)?,
        data_digest: row.get(9)?,
        before,
        hash: ChainHash(row.get(10)?),
    })
}
