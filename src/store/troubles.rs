//! What the team is told of as long as it lasts, and what a digest counts.

use super::{Tx, instant};
use crate::ticket::TicketNo;
use anyhow::Result;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Something that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// What, as reminders call it: `letter-17/held`, `unreadable-4`.
    pub key: String,
    /// Its ticket.
    pub ticket: Option<TicketNo>,
    /// Since when.
    pub since: Timestamp,
}

/// The `+` keeps it away from the index of all letters by ticket.
pub(super) const HELD: &str = "SELECT ticket FROM letters WHERE state = 'held' AND kind = 'acknowledgement' AND +ticket IS NOT NULL";

impl Tx<'_> {
    /// Letters to reporters that are held, refused, or may not have left; what is held for a
    /// ticket among junk waits with it.
    pub fn stuck_letters(&self) -> Result<Vec<Stuck>> {
        self.stuck(
            "SELECT 'letter-' || id || '/' || state, ticket, coalesce(settled_at, created_at) FROM letters
             WHERE state IN ('held', 'unknown', 'refused') AND kind NOT IN ('reminder', 'digest')
             AND NOT (state = 'held' AND EXISTS (SELECT 1 FROM tickets t WHERE t.id = ticket AND t.stage = 'junk')) ORDER BY id",
        )
    }

    /// Why acknowledgements are held that were written after `since`, and how many for each
    /// reason.
    pub fn held_since(&self, since: Timestamp) -> Result<Vec<(String, u32)>> {
        let mut all = self.sql.prepare_cached(
            "SELECT held_because, count(*) FROM letters WHERE state = 'held' AND kind = 'acknowledgement'
             AND held_because IS NOT NULL AND created_at > ?1 GROUP BY held_because",
        )?;
        let rows = all.query_map([instant::write(since)], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many letters are held, and how many wait, leave, are unknown or refused.
    pub fn count_unsettled(&self) -> Result<(u32, u32)> {
        Ok(self.sql.query_row(
            "SELECT count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state <> 'held') FROM letters
             WHERE state IN ('held', 'queued', 'offered', 'unknown', 'refused')
             AND NOT (state = 'held' AND EXISTS (SELECT 1 FROM tickets t WHERE t.id = ticket AND t.stage = 'junk'))",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?)
    }

    /// The tickets whose acknowledgement is held.
    pub fn tickets_held(&self) -> Result<BTreeSet<TicketNo>> {
        let mut all = self.sql.prepare_cached(HELD)?;
        let rows = all.query_map([], |r| r.get(0).map(TicketNo))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Mails that cannot be read, on tickets that nobody has evaluated yet.
    pub fn unreadable_mails(&self) -> Result<Vec<Stuck>> {
        self.stuck(
            "SELECT 'unreadable-' || m.id, m.ticket, m.taken_at FROM mails m JOIN tickets t ON t.id = m.ticket
             WHERE instr(m.defects, 'unreadable') > 0 AND t.stage = 'new' ORDER BY m.id",
        )
    }

    /// Open tickets of which a letter did not arrive; a later one may have.
    pub fn undelivered(&self) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(
            "SELECT DISTINCT f.ticket FROM facts f JOIN tickets t ON t.id = f.ticket
             WHERE f.fact = 'undelivered' AND t.stage <> 'closed' AND t.stage <> 'junk' ORDER BY f.ticket",
        )?;
        let rows = all.query_map([], |r| r.get(0).map(TicketNo))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The addresses to which a letter to the team was refused after `since` and before
    /// `until`, each once.
    pub fn refused_of_team(&self, since: Timestamp, until: Timestamp) -> Result<Vec<String>> {
        let mut all = self.sql.prepare_cached(
            "SELECT DISTINCT recipient FROM letters WHERE state = 'refused' AND kind IN ('reminder', 'digest') AND settled_at > ?1 AND settled_at < ?2 ORDER BY recipient",
        )?;
        let rows = all.query_map([instant::write(since), instant::write(until)], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many letters have not left and will.
    pub fn letters_waiting(&self) -> Result<u32> {
        let sql = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
        Ok(self.sql.query_row(sql, [], |r| r.get(0))?)
    }

    /// Writes what gatepost never writes, as a disk or a person with an editor would.
    #[cfg(test)]
    pub(crate) fn spoil(&self, sql: &str) -> Result<()> {
        Ok(self.sql.execute_batch(sql)?)
    }

    /// Open tickets that wait for their reporter.
    pub fn waiting_for_reporters(&self) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(
            "SELECT id FROM tickets WHERE waiting = 'reporter'
             AND stage <> 'closed' AND stage <> 'junk' ORDER BY id",
        )?;
        let rows = all.query_map([], |r| r.get(0).map(TicketNo))?;
        rows.map(|row| Ok(row?)).collect()
    }

    fn stuck(&self, sql: &str) -> Result<Vec<Stuck>> {
        let mut all = self.sql.prepare_cached(sql)?;
        let rows = all.query_map([], |r| {
            Ok((
                r.get(0)?,
                r.get::<_, Option<i64>>(1)?,
                r.get::<_, String>(2)?,
            ))
        })?;
        rows.map(|row| {
            let (key, ticket, since) = row?;
            Ok(Stuck {
                key,
                ticket: ticket.map(TicketNo),
                since: instant::read(&since)?,
            })
        })
        .collect()
    }
}
