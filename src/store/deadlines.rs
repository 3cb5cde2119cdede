//! Deadlines: written when they start, because a letter quotes them, and never changed.

use super::{Tx, instant};
use crate::promise::{Deadline, Run};
use crate::ticket::TicketNo;
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;
use std::collections::BTreeMap;

/// A deadline on record.
#[derive(Clone, Debug)]
pub struct StoredDeadline {
    /// Its ticket.
    pub ticket: TicketNo,
    /// The promise's name.
    pub promise: String,
    /// The number of the fact that started it.
    pub start: i64,
    /// When it started.
    pub started_at: Timestamp,
    /// When it is due, with its day-by-day count; `None` for a promise that only grows
    /// stale.
    pub deadline: Option<Deadline>,
    /// Projection: it is neither met nor ended.
    pub open: bool,
}

impl StoredDeadline {
    /// What it is known by: ticket, promise, and the fact that started it.
    pub fn key(&self) -> (TicketNo, &str, i64) {
        (self.ticket, &self.promise, self.start)
    }

    /// When it is due; never, for a promise that only grows stale.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.deadline.as_ref().map(|deadline| deadline.due_at)
    }
}

/// No open deadline is left unseen for longer, whatever a clock said; each has a second
/// of its own in the later half of this hour, so that thousands do not come at once.
const LOOK_AGAIN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// In the order in which [`deadline_row`] reads them.
const DEADLINE: &str =
    "SELECT ticket, promise, start, started_at, due_at, approaching_at, count, open FROM deadlines";

impl Tx<'_> {
    /// Writes a deadline that has just started, `None` for a promise that only grows stale;
    /// the clock looks at it at once.
    pub fn add_deadline(
        &self,
        ticket: TicketNo,
        promise: &str,
        run: &Run,
        deadline: Option<&Deadline>,
    ) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO deadlines (ticket, promise, start, started_at, due_at, approaching_at, count, open, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, '')",
        )?;
        insert.execute(params![
            ticket.0,
            promise,
            run.start,
            instant::write(run.started_at),
            deadline.map(|d| instant::write(d.due_at)),
            deadline.map(|d| instant::write(d.approaching_at)),
            serde_json::to_string(deadline.map_or(&[][..], |d| &d.count))?,
        ])?;
        Ok(())
    }

    /// Whether a deadline is open; an open one that was closed is looked at again.
    pub fn set_open(&self, ticket: TicketNo, promise: &str, start: i64, open: bool) -> Result<()> {
        let mut update = self.sql.prepare_cached(
            "UPDATE deadlines SET open = ?4, next_at = CASE WHEN ?4 AND NOT open THEN '' ELSE next_at END WHERE ticket = ?1 AND promise = ?2 AND start = ?3",
        )?;
        update.execute(params![ticket.0, promise, start, open])?;
        Ok(())
    }

    /// When the clock looks at a deadline again: in an hour at the latest.
    pub fn look_again(
        &self,
        ticket: TicketNo,
        promise: &str,
        start: i64,
        at: Option<Timestamp>,
    ) -> Result<()> {
        // Somebody else may be responsible by then, or away: it is looked at all the same.
        let early = SignedDuration::from_secs((ticket.0.rem_euclid(1800) * 7) % 1800);
        let latest = self.now + (LOOK_AGAIN_WITHIN - early);
        let at = at.map_or(latest, |at| at.min(latest));
        let mut update = self.sql.prepare_cached(
            "UPDATE deadlines SET next_at = ?4 WHERE ticket = ?1 AND promise = ?2 AND start = ?3",
        )?;
        update.execute(params![ticket.0, promise, start, instant::write(at)])?;
        Ok(())
    }

    /// Has the clock look at every open deadline again: the calendar or the team may be another.
    pub fn look_at_all(&self) -> Result<()> {
        self.sql
            .execute("UPDATE deadlines SET next_at = '' WHERE open = 1", [])?;
        Ok(())
    }

    /// The open deadlines that the clock has to look at now, and those that a clock which
    /// ran ahead put off too far: promise and start, by ticket, none of those among junk. No
    /// more of them, because a start looks at all.
    pub fn deadlines_to_look_at(&self) -> Result<BTreeMap<TicketNo, Vec<(String, i64)>>> {
        let mut all = self.sql.prepare_cached("SELECT ticket, promise, start FROM deadlines WHERE open = 1 AND next_at IS NOT NULL AND (next_at <= ?1 OR next_at > ?2)
              AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = ticket AND t.stage = 'junk') ORDER BY due_at, ticket")?;
        let mut rows = all.query([self.stamp(), instant::write(self.now + LOOK_AGAIN_WITHIN)])?;
        let mut due: BTreeMap<TicketNo, Vec<(String, i64)>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let of_it = due.entry(TicketNo(row.get(0)?)).or_default();
            of_it.push((row.get(1)?, row.get(2)?));
        }
        Ok(due)
    }

    /// Has the clock look at the open deadlines of a ticket: others may have to hear now.
    pub fn look_at(&self, ticket: TicketNo) -> Result<()> {
        let mut update = self
            .sql
            .prepare_cached("UPDATE deadlines SET next_at = '' WHERE open = 1 AND ticket = ?1")?;
        update.execute([ticket.0])?;
        Ok(())
    }

    /// Every deadline of a ticket, in the order in which they started.
    pub fn deadlines_of(&self, ticket: TicketNo) -> Result<Vec<StoredDeadline>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{DEADLINE} WHERE ticket = ?1 ORDER BY start, promise"
        ))?;
        all.query_map([ticket.0], deadline_row)?
            .map(|r| r?)
            .collect()
    }

    /// Every deadline that is open, the nearest first.
    pub fn open_deadlines(&self) -> Result<Vec<StoredDeadline>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{DEADLINE} WHERE open = 1 ORDER BY due_at, ticket"
        ))?;
        all.query_map([], deadline_row)?.map(|r| r?).collect()
    }

    /// True when the person was told under this key, or a later step covered it.
    pub fn was_said(&self, key: &str) -> Result<bool> {
        let mut find = self
            .sql
            .prepare_cached("SELECT 1 FROM reminders WHERE key = ?1")?;
        Ok(find.exists([key])?)
    }

    /// The person is told under this key, by this letter; without one, a later step covers it.
    pub fn say(&self, key: &str, letter: Option<i64>) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT OR IGNORE INTO reminders (key, at, letter) VALUES (?1, ?2, ?3)",
        )?;
        insert.execute(params![key, self.stamp(), letter])?;
        Ok(())
    }

    /// What the team was told of a ticket: key, instant, and whether a letter went out for it.
    pub fn told(&self, prefix: &str) -> Result<Vec<(String, Timestamp, bool)>> {
        let mut all = self.sql.prepare_cached(
            "SELECT key, at, letter FROM reminders WHERE key >= ?1 AND key < ?2 ORDER BY at, key",
        )?;
        let rows = all.query_map([prefix, &format!("{prefix}\u{10FFFF}")], |r| {
            Ok((
                r.get::<_, String>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, Option<i64>>(2)?,
            ))
        })?;
        rows.map(|r| {
            r.map_err(Into::into)
                .and_then(|(key, at, letter)| Ok((key, instant::read(&at)?, letter.is_some())))
        })
        .collect()
    }

    /// Under which keys with this beginning a letter told the team, and which.
    pub fn told_by_letters(&self, prefix: &str) -> Result<Vec<(String, i64)>> {
        let mut all = self.sql.prepare_cached(
            "SELECT key, letter FROM reminders WHERE key >= ?1 AND key < ?2 AND letter IS NOT NULL ORDER BY letter, key",
        )?;
        let rows = all.query_map([prefix, &format!("{prefix}\u{10FFFF}")], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn deadline_row(row: &rusqlite::Row) -> rusqlite::Result<Result<StoredDeadline>> {
    let text = |column: usize| row.get::<_, String>(column);
    let some = |column: usize| row.get::<_, Option<String>>(column);
    let (started_at, due_at, approaching_at, count) = (text(3)?, some(4)?, some(5)?, text(6)?);
    let (ticket, promise, start, open) =
        (TicketNo(row.get(0)?), text(1)?, row.get(2)?, row.get(7)?);
    Ok((|| {
        let read = |due_at: &str, approaching_at: &str| {
            anyhow::Ok(Deadline {
                due_at: instant::read(due_at)?,
                approaching_at: instant::read(approaching_at)?,
                count: serde_json::from_str(&count).with_context(|| {
                    format!("the count of the deadline {promise} of ticket {ticket} cannot be read")
                })?,
            })
        };
        let deadline = due_at
            .zip(approaching_at)
            .map(|(due_at, approaching_at)| read(&due_at, &approaching_at))
            .transpose()?;
        Ok(StoredDeadline {
            ticket,
            promise,
            start,
            started_at: instant::read(&started_at)?,
            deadline,
            open,
        })
    })())
}
