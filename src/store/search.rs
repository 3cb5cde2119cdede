//! Questions that lists ask of the whole record.

use super::Tx;
use crate::mail::Address;
use crate::ticket::TicketNo;
use anyhow::Result;
use rusqlite::{OptionalExtension, params};

/// What a list shows of a ticket beside its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// State of its acknowledgement, and why it is held.
    pub acknowledgement: Option<(String, Option<String>)>,
    /// Mails on it.
    pub messages: u32,
    /// Whether our mail server vouches that the first mail from the reporter's address is
    /// from there (`pass`, `none`, `fail`), and how we know; none where there is no such mail.
    pub authentication: Option<(String, String)>,
}

pub(super) const THAT_NAME: &str = "SELECT DISTINCT ticket FROM facts WHERE fact = 'set' AND data ->> '$.field' = 'see' AND data ->> '$.value' = ?1 ORDER BY ticket";

impl Tx<'_> {
    /// What a list shows beside the row of a ticket.
    pub fn listing(&self, ticket: TicketNo) -> Result<Listing> {
        let mut count = self.sql.prepare_cached(
            "SELECT count(*) FROM mails m JOIN folders f ON f.id = m.folder WHERE m.ticket = ?1 AND NOT (m.kind = 'own' AND f.role = 'sent')",
        )?;
        let mut state = self.sql.prepare_cached("SELECT state, held_because FROM letters WHERE ticket = ?1 AND kind = 'acknowledgement' ORDER BY id DESC LIMIT 1")?;
        let mut standing = self.sql.prepare_cached(
            "SELECT m.authentication, m.authentication_because FROM mails m JOIN tickets t ON t.id = m.ticket
             WHERE t.id = ?1 AND lower(m.author) = lower(t.reporter) ORDER BY m.id LIMIT 1",
        )?;
        Ok(Listing {
            authentication: standing
                .query_row([ticket.0], |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()?,
            messages: count.query_row([ticket.0], |r| r.get(0))?,
            acknowledgement: state
                .query_row([ticket.0], |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()?,
        })
    }

    /// Of the reports of this address up to this ticket: how many there are with it, and
    /// how many of those were accepted.
    pub fn history(&self, reporter: &Address, until: TicketNo) -> Result<(u32, u32)> {
        let mut count = self.sql.prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE outcome = 'accepted') FROM tickets WHERE lower(reporter) = ?1 AND id <= ?2",
        )?;
        Ok(count.query_row(params![reporter.key(), until.0], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?)
    }

    /// How many tickets are open, those among junk left out.
    pub fn count_open(&self) -> Result<u32> {
        let sql = "SELECT count(*) FROM tickets WHERE stage <> 'closed' AND stage <> 'junk'";
        Ok(self.sql.query_row(sql, [], |r| r.get(0))?)
    }

    /// Tickets on which somebody wrote down once that they belong to this one. What holds
    /// now, their facts say.
    pub fn tickets_that_name(&self, ticket: TicketNo) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(THAT_NAME)?;
        let tickets = all.query_map([ticket.to_string()], |r| Ok(TicketNo(r.get(0)?)))?;
        Ok(tickets.collect::<rusqlite::Result<_>>()?)
    }

    /// Tickets on which somebody wrote down once that they belong to another, but those among
    /// junk.
    pub fn tickets_that_follow(&self) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(
            "SELECT DISTINCT f.ticket FROM facts f JOIN tickets t ON t.id = f.ticket
             WHERE f.fact = 'set' AND f.data ->> '$.field' = 'see' AND t.stage <> 'junk' ORDER BY f.ticket",
        )?;
        let tickets = all.query_map([], |r| Ok(TicketNo(r.get(0)?)))?;
        Ok(tickets.collect::<rusqlite::Result<_>>()?)
    }

    /// How many tickets there are.
    pub fn count_tickets(&self) -> Result<u32> {
        self.count_tickets_to(u32::MAX)
    }

    /// How many tickets there are, counted no further than this.
    pub fn count_tickets_to(&self, at_most: u32) -> Result<u32> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM tickets LIMIT ?1)";
        Ok(self.sql.query_row(sql, [at_most], |r| r.get(0))?)
    }
}
