//! What `health` asks the record: few rows, found by an index, every minute.

use super::{Tx, instant};
use crate::ticket::TicketNo;
use anyhow::Result;
use jiff::Timestamp;
use rusqlite::params;

impl Tx<'_> {
    /// How many letters were queued before `before` and still wait, and since when the
    /// oldest does.
    pub fn letters_waiting_since(&self, before: Timestamp) -> Result<Option<(u32, Timestamp)>> {
        let (count, oldest): (u32, Option<String>) = self.sql.query_row(
            "SELECT count(*), min(queued_at) FROM letters WHERE state IN ('queued', 'offered') AND queued_at < ?1",
            [instant::write(before)],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        Ok(instant::read_some(oldest.as_deref())?.map(|oldest| (count, oldest)))
    }

    /// How many letters have left the queue without being known to be there, by state
    /// (`unknown`, `refused`), and since when the oldest has.
    pub fn letters_not_settled_well(&self) -> Result<Vec<(String, u32, Timestamp)>> {
        let mut all = self.sql.prepare_cached(
            "SELECT state, count(*), min(coalesce(settled_at, created_at)) FROM letters WHERE state IN ('unknown', 'refused')
             GROUP BY state ORDER BY state DESC",
        )?;
        let rows = all.query_map([], |r| {
            Ok((
                r.get::<_, String>(0)?,
                r.get::<_, u32>(1)?,
                r.get::<_, String>(2)?,
            ))
        })?;
        rows.map(|row| {
            let (state, count, since) = row?;
            Ok((state, count, instant::read(&since)?))
        })
        .collect()
    }

    /// Mails that could not be read and that no person has had to do with: how many, and
    /// since when the oldest is here.
    pub fn unreadable_and_unseen(&self) -> Result<Option<(u32, Timestamp)>> {
        let (count, oldest): (u32, Option<String>) = self.sql.query_row(
            "SELECT count(*), min(m.taken_at) FROM mails m LEFT JOIN tickets t ON t.id = m.ticket
             WHERE instr(m.defects, 'unreadable') > 0 AND (t.id IS NULL OR (t.stage <> 'closed' AND t.stage <> 'junk' AND t.owner IS NULL
                 AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.ticket = t.id AND f.by <> 'gatepost')))",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        Ok(instant::read_some(oldest.as_deref())?.map(|oldest| (count, oldest)))
    }

    /// Open deadlines that have passed, none of tickets among junk, the oldest first, at most `limit`: ticket, promise,
    /// the fact that started it, and when it was due.
    pub fn passed_deadlines(&self, limit: u32) -> Result<Vec<(TicketNo, String, i64, Timestamp)>> {
        let mut all = self.sql.prepare_cached(
            "SELECT ticket, promise, start, due_at FROM deadlines WHERE open = 1 AND due_at < ?1
             AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = ticket AND t.stage = 'junk') ORDER BY due_at, ticket LIMIT ?2",
        )?;
        let rows = all.query_map(params![self.stamp(), limit], |r| {
            Ok((
                TicketNo(r.get(0)?),
                r.get::<_, String>(1)?,
                r.get::<_, i64>(2)?,
                r.get::<_, String>(3)?,
            ))
        })?;
        rows.map(|row| {
            let (ticket, promise, start, due_at) = row?;
            Ok((ticket, promise, start, instant::read(&due_at)?))
        })
        .collect()
    }

    /// The latest moment that the record holds of its own work: later than now, when our
    /// clock was put back.
    pub fn newest_moment(&self) -> Result<Option<Timestamp>> {
        let newest: Option<String> = self.sql.query_row(
            "SELECT max(at) FROM (SELECT max(looked_at) AS at FROM folders
             UNION ALL SELECT written_at FROM facts WHERE n = (SELECT max(n) FROM facts))",
            [],
            |r| r.get(0),
        )?;
        instant::read_some(newest.as_deref())
    }

    /// Whether every folder of a mailbox that is read was read to its end since `since`.
    pub fn all_looked_since(&self, since: Timestamp) -> Result<bool> {
        let late: bool = self.sql.query_row(
            "SELECT EXISTS (SELECT 1 FROM folders WHERE by_hand = 0 AND watched = 1 AND looked_at < ?1)",
            [instant::write(since)],
            |r| r.get(0),
        )?;
        Ok(!late)
    }
}
