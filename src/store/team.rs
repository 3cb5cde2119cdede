//! What the team wrote in its own mail programs: whom it reached, what it answers, what
//! waits for a person to say so.

use super::messages::{MAIL, mail_row};
use super::{MailRow, Tx, instant};
use crate::mail::{Address, MessageId};
use crate::ticket::{By, LABELLED, TicketNo, What};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// What a labelled line of a mail of the team's own made true.
#[derive(Clone, Debug)]
pub struct LabelledFact {
    /// The number of the fact.
    pub n: i64,
    /// Its ticket.
    pub ticket: TicketNo,
    /// The mail.
    pub mail: i64,
    /// Who wrote it.
    pub by: By,
    /// What it says.
    pub what: What,
}

impl LabelledFact {
    /// The key under which a person is told of it.
    pub fn key(&self, member: &str) -> String {
        format!("remind/labelled-{}/{member}", self.n)
    }
}

/// The team is told so long of what was read.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Addresses, and ids, looked up at most for one mail.
const AT_MOST: usize = 50;

impl Tx<'_> {
    /// The open tickets whose reporter is one of these, and which were there at `at`.
    pub fn open_tickets_of<'a>(
        &self,
        reporters: impl Iterator<Item = &'a Address>,
        at: Timestamp,
    ) -> Result<Vec<TicketNo>> {
        let mut find = self.sql.prepare_cached(
            "SELECT t.id FROM people p JOIN tickets t ON t.id = p.ticket
             WHERE p.address = ?1 AND lower(t.reporter) = ?1 AND t.stage <> 'closed' AND t.opened_at <= ?2",
        )?;
        let mut tickets = BTreeSet::new();
        for reporter in reporters.take(AT_MOST) {
            let key = params![reporter.key(), instant::write(at)];
            for ticket in find.query_map(key, |r| r.get::<_, i64>(0))? {
                tickets.insert(ticket?);
            }
        }
        Ok(tickets.into_iter().map(TicketNo).collect())
    }

    /// A person is asked whether this mail is about one of these tickets.
    pub fn ask_of(&self, mail: i64, tickets: &[TicketNo]) -> Result<()> {
        let mut insert = self
            .sql
            .prepare_cached("INSERT OR IGNORE INTO asks (ticket, mail) VALUES (?1, ?2)")?;
        for ticket in tickets {
            insert.execute(params![ticket.0, mail])?;
        }
        Ok(())
    }

    /// The mails of which a person is asked whether they are about this ticket, and which
    /// are on no ticket yet.
    pub fn asked_of(&self, ticket: TicketNo) -> Result<Vec<MailRow>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{MAIL} JOIN asks a ON a.mail = m.id WHERE a.ticket = ?1 AND m.ticket IS NULL ORDER BY m.id"
        ))?;
        all.query_map([ticket.0], mail_row)?.map(|r| r?).collect()
    }

    /// Mail of the team that was set aside and cites this id.
    pub fn set_aside_citing(&self, id: &MessageId) -> Result<Vec<MailRow>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{MAIL} JOIN citations c ON c.mail = m.id WHERE c.message_id = ?1 AND m.place = 'aside' AND m.kind = 'team' AND m.ticket IS NULL ORDER BY m.id"
        ))?;
        all.query_map([id.as_str()], mail_row)?
            .map(|r| r?)
            .collect()
    }

    /// What was set aside belongs to this ticket after all.
    pub fn join_from_aside(&self, mail: i64, ticket: TicketNo, because: &str) -> Result<()> {
        self.sql.execute(
            "UPDATE mails SET ticket = ?2, place = 'joins', place_because = ?3 WHERE id = ?1 AND ticket IS NULL",
            params![mail, ticket.0, because],
        )?;
        Ok(())
    }

    /// The mails of the team that are aside: to nobody who has a ticket.
    pub fn aside(&self) -> Result<Vec<MailRow>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{MAIL} WHERE m.ticket IS NULL AND m.place = 'aside' ORDER BY m.id"
        ))?;
        all.query_map([], mail_row)?.map(|r| r?).collect()
    }

    /// The latest receipt of the mails of this ticket that these ids name.
    pub fn latest_of<'i>(
        &self,
        ids: impl Iterator<Item = &'i MessageId>,
        ticket: TicketNo,
    ) -> Result<Option<Timestamp>> {
        let mut find = self.sql.prepare_cached(
            "SELECT max(received_at) FROM mails WHERE message_id = ?1 AND ticket = ?2",
        )?;
        let mut latest = None;
        for id in ids.take(AT_MOST) {
            let at: Option<String> =
                find.query_row(params![id.as_str(), ticket.0], |r| r.get(0))?;
            latest = latest.max(instant::read_some(at.as_deref())?);
        }
        Ok(latest)
    }

    /// The mails of the team on this ticket that these ids name.
    pub fn team_mails_named<'i>(
        &self,
        ids: impl Iterator<Item = &'i MessageId>,
        ticket: TicketNo,
    ) -> Result<Vec<i64>> {
        let mut find = self.sql.prepare_cached(
            "SELECT min(id) FROM mails WHERE message_id = ?1 AND ticket = ?2 AND kind = 'team' AND place = 'joins'",
        )?;
        let mut mails = Vec::new();
        for id in ids.take(AT_MOST) {
            let mail = find
                .query_row(params![id.as_str(), ticket.0], |r| {
                    r.get::<_, Option<i64>>(0)
                })
                .optional()?;
            mails.extend(mail.flatten());
        }
        Ok(mails)
    }

    /// The mails with the same content as this one, it included.
    pub fn same_content(&self, mail: i64) -> Result<Vec<i64>> {
        let mut all = self.sql.prepare_cached(
            "SELECT id FROM mails WHERE digest = (SELECT digest FROM mails WHERE id = ?1)",
        )?;
        let ids = all.query_map([mail], |r| r.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// What was read in mails of the team's own of late, up to `until`, and this person was
    /// not told, by ticket and mail.
    pub fn labelled_untold(&self, member: &str, until: Timestamp) -> Result<Vec<LabelledFact>> {
        let mut find = self.sql.prepare_cached(
            "SELECT n, ticket, mail, by, data FROM facts
             WHERE fact IN ('evaluated', 'dated') AND mail IS NOT NULL AND data ->> '$.via' = ?1 AND written_at > ?2 AND written_at <= ?3
             ORDER BY ticket, mail, n",
        )?;
        let since = instant::write(self.now - TOLD_FOR);
        let mut rows = find.query(params![LABELLED, since, instant::write(until)])?;
        let mut untold = Vec::new();
        while let Some(row) = rows.next()? {
            let fact = LabelledFact {
                n: row.get(0)?,
                ticket: TicketNo(row.get(1)?),
                mail: row.get(2)?,
                by: By::from_name(&row.get::<_, String>(3)?),
                what: serde_json::from_str(&row.get::<_, String>(4)?)?,
            };
            if !self.was_said(&fact.key(member))? {
                untold.push(fact);
            }
        }
        Ok(untold)
    }

    /// The mails of this address on any ticket, the newest first; at most `most`.
    pub fn mails_by(&self, author: &Address, most: u32) -> Result<Vec<MailRow>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{MAIL} WHERE lower(m.author) = ?1 ORDER BY m.id DESC LIMIT ?2"
        ))?;
        all.query_map(params![author.key(), most], mail_row)?
            .map(|r| r?)
            .collect()
    }
}
