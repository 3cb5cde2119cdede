//! What a count of promises asks: the deadlines of a span, and the tickets in a few words.

use super::{Tx, instant};
use crate::ticket::{Outcome, Reference, Stage, TicketNo};
use anyhow::Result;
use jiff::Timestamp;
use rusqlite::params;
use std::collections::BTreeMap;

/// A deadline, without its count.
#[derive(Clone, Debug)]
pub struct Due {
    /// The promise's name.
    pub promise: String,
    /// The number of the fact that started it.
    pub start: i64,
    /// When it is due; never, for a promise without a time.
    pub due_at: Option<Timestamp>,
}

/// A ticket in a few words.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its number.
    pub number: TicketNo,
    /// Its reference.
    pub reference: Reference,
    /// Its classes.
    pub classes: Vec<String>,
    /// The digest of the policy that it lives under.
    pub policy: String,
    /// Receipt of its first mail.
    pub opened_at: Timestamp,
    /// It lies among junk, or somebody said that it is spam.
    pub is_none: bool,
    /// There is an address that letters go to, now.
    pub reachable: bool,
}

impl Tx<'_> {
    /// The deadlines from `from` on and before `until`, by ticket; those without a time by
    /// when they started.
    pub fn due_within(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<BTreeMap<TicketNo, Vec<Due>>> {
        let mut all = self.sql.prepare_cached(
            "SELECT ticket, promise, start, due_at FROM deadlines
             WHERE coalesce(due_at, started_at) >= ?1 AND coalesce(due_at, started_at) < ?2 ORDER BY ticket, start, promise",
        )?;
        let mut rows = all.query(params![instant::write(from), instant::write(until)])?;
        let mut due: BTreeMap<TicketNo, Vec<Due>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let due_at: Option<String> = row.get(3)?;
            due.entry(TicketNo(row.get(0)?)).or_default().push(Due {
                promise: row.get(1)?,
                start: row.get(2)?,
                due_at: instant::read_some(due_at.as_deref())?,
            });
        }
        Ok(due)
    }

    /// Every ticket, by number, one after the other.
    ///
    /// # Errors
    /// When the store cannot be read, or `each` fails.
    pub fn heads(&self, mut each: impl FnMut(Head) -> Result<()>) -> Result<()> {
        let mut all = self.sql.prepare_cached(
            "SELECT id, reference, class, policy, opened_at, stage, outcome, reporter IS NOT NULL FROM tickets ORDER BY id",
        )?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let classes: Option<String> = row.get(2)?;
            let (stage, outcome): (String, Option<String>) = (row.get(5)?, row.get(6)?);
            let words = classes.as_deref().unwrap_or_default().split_whitespace();
            each(Head {
                number: TicketNo(row.get(0)?),
                reference: Reference::stored(row.get(1)?),
                classes: words.map(str::to_owned).collect(),
                policy: row.get(3)?,
                opened_at: instant::read(&row.get::<_, String>(4)?)?,
                is_none: stage == Stage::Junk.word()
                    || outcome.as_deref() == Some(Outcome::Spam.word()),
                reachable: row.get(7)?,
            })?;
        }
        Ok(())
    }
}
