//! Tickets among junk: they wait aside, and are counted.

use super::{MailRow, TicketRow, Tx, instant};
use crate::ticket::TicketNo;
use anyhow::Result;
use jiff::Timestamp;

/// A ticket among junk, for the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Junked {
    /// The ticket.
    pub ticket: TicketNo,
    /// It looks like a report all the same.
    pub looks: bool,
}

impl Tx<'_> {
    /// How many tickets lie among junk.
    pub fn junk_count(&self) -> Result<u32> {
        let sql = "SELECT count(*) FROM tickets WHERE stage = 'junk'";
        Ok(self.sql.query_row(sql, [], |r| r.get(0))?)
    }

    /// The tickets among junk, the oldest first, each with the mail that opened it and
    /// whether it looks like a report.
    pub fn junk(&self) -> Result<Vec<(TicketRow, Option<MailRow>, bool)>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT id FROM tickets WHERE stage = 'junk' ORDER BY id")?;
        let numbers = all.query_map([], |r| Ok(TicketNo(r.get(0)?)))?;
        let numbers: Vec<TicketNo> = numbers.collect::<rusqlite::Result<_>>()?;
        let mut looks = self.sql.prepare_cached(
            "SELECT coalesce(max(data ->> '$.looks'), 0) FROM facts WHERE ticket = ?1 AND fact = 'junked'",
        )?;
        let mut junk = Vec::new();
        for number in numbers {
            let looks = looks.query_row([number.0], |r| r.get(0))?;
            if let Some(row) = self.ticket(number)? {
                let first = self.mails_of(number)?.into_iter().next();
                junk.push((row, first, looks));
            }
        }
        Ok(junk)
    }

    /// The tickets that were put among junk since then and still lie there.
    pub fn junked_since(&self, since: Timestamp) -> Result<Vec<Junked>> {
        let mut all = self.sql.prepare_cached(
            "SELECT f.ticket, coalesce(max(f.data ->> '$.looks'), 0) FROM tickets t JOIN facts f ON f.ticket = t.id
             WHERE t.stage = 'junk' AND f.fact = 'junked' AND f.written_at >= ?1 GROUP BY f.ticket ORDER BY f.ticket",
        )?;
        let rows = all.query_map([instant::write(since)], |r| {
            Ok(Junked {
                ticket: TicketNo(r.get(0)?),
                looks: r.get(1)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The newest fact that put a ticket among junk, before then; its ticket lies there still.
    pub fn newest_junked(&self, before: Timestamp) -> Result<Option<i64>> {
        let sql = "SELECT max(f.n) FROM tickets t JOIN facts f ON f.ticket = t.id
             WHERE t.stage = 'junk' AND f.fact = 'junked' AND f.written_at < ?1";
        Ok(self
            .sql
            .query_row(sql, [instant::write(before)], |r| r.get(0))?)
    }
}
