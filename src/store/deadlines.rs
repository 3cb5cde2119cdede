//! Deadlines: written when they start, because a letter quotes them, and never changed.

use super::{Tx, instant};
use crate::promise::{Deadline, Run};
use crate::ticket::TicketNo;
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

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
    /// When it is due, with its day-by-day count.
    pub deadline: Deadline,
    /// Projection: it is neither met nor ended.
    pub open: bool,
}

/// No open deadline is left unseen for longer, whatever a clock said.
const LOOK_AGAIN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

const DEADLINE: &str =
    "SELECT ticket, promise, start, started_at, due_at, approaching_at, count, open FROM deadlines";

impl Tx<'_> {
    /// Writes a deadline that has just started; the clock looks at it at once.
    pub fn add_deadline(
        &self,
        ticket: TicketNo,
        promise: &str,
        run: &Run,
        deadline: &Deadline,
    ) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO deadlines (ticket, promise, start, started_at, due_at, approaching_at, count, open, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, '')",
        )?;
        insert.execute(params![
            ticket.0,
            promise,
            run.start,
            instant::write(run.started_at),
            instant::write(deadline.due_at),
            instant::write(deadline.approaching_at),
            serde_json::to_string(&deadline.count)?,
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
        let at = at.map(|at| at.min(self.now + LOOK_AGAIN_WITHIN));
        let mut update = self.sql.prepare_cached(
            "UPDATE deadlines SET next_at = ?4 WHERE ticket = ?1 AND promise = ?2 AND start = ?3",
        )?;
        update.execute(params![ticket.0, promise, start, at.map(instant::write)])?;
        Ok(())
    }

    /// Has the clock look at every open deadline again: the calendar or the team may be another.
    pub fn look_at_all(&self) -> Result<()> {
        self.sql
            .execute("UPDATE deadlines SET next_at = '' WHERE open = 1", [])?;
        Ok(())
    }

    /// The open deadlines that the clock has to look at now, and those that a clock which
    /// ran ahead put off too far.
    pub fn deadlines_to_look_at(&self) -> Result<Vec<StoredDeadline>> {
        let mut all = self.sql.prepare_cached(&format!("{DEADLINE} WHERE open = 1 AND next_at IS NOT NULL AND (next_at <= ?1 OR next_at > ?2) ORDER BY due_at, ticket"))?;
        all.query_map(
            [self.stamp(), instant::write(self.now + LOOK_AGAIN_WITHIN)],
            deadline_row,
        )?
        .map(|r| r?)
        .collect()
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
}

fn deadline_row(row: &rusqlite::Row) -> rusqlite::Result<Result<StoredDeadline>> {
    let text = |column: &str| row.get::<_, String>(column);
    let (started_at, due_at, approaching_at, count) = (
        text("started_at")?,
        text("due_at")?,
        text("approaching_at")?,
        text("count")?,
    );
    let (ticket, promise, start, open) = (
        TicketNo(row.get("ticket")?),
        text("promise")?,
        row.get("start")?,
        row.get("open")?,
    );
    Ok((|| {
        let count = serde_json::from_str(&count).with_context(|| {
            format!("the count of the deadline {promise} of ticket {ticket} cannot be read")
        })?;
        let deadline = Deadline {
            due_at: instant::read(&due_at)?,
            approaching_at: instant::read(&approaching_at)?,
            count,
        };
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
