//! What the record knows that bears on one mail, gathered for judging.

use super::letter::{LETTER, letter_row};
use super::{Letter, Tx, instant};
use crate::mail::{Address, Mail, MessageId};
use crate::ticket::{Reference, TicketNo};
use crate::triage::{Cited, CitedWhat, Known, Named, OwnLetter, Sent, Where};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

/// Ids looked up at most, nearest first: a reply cites a handful.
const CITED_AT_MOST: usize = 50;

impl Tx<'_> {
    /// Gathers it. `digest` is the content digest in hex.
    pub fn known(&self, mail: &Mail, digest: &str) -> Result<Known> {
        let cites = mail.cites();
        let author = mail.author.address();
        let id = mail.message_id.as_ref();
        let (copy, copy_is_unproven) = self.copy_of(digest)?.unzip();
        let (before, of_before) = self.cited_before(&cites)?;
        let aside = id.map(|id| self.set_aside_citing(id)).transpose()?;
        let sent = author.map(|a| self.sent_lately(a)).transpose()?;
        let (sent, sent_proven) = sent.unwrap_or_default();
        let mut cited = self.look_up(cites.into_iter())?;
        cited.extend(of_before);
        Ok(Known {
            own: id.map(|id| self.own_letter(id)).transpose()?.flatten(),
            copy,
            copy_is_unproven: copy_is_unproven.unwrap_or_default(),
            cited,
            returned: self.look_up(mail.returned_ids.iter())?,
            cited_by: id.map(|id| self.cited_by(id)).transpose()?.flatten(),
            answered: aside.is_some_and(|mails| !mails.is_empty()),
            reached: Vec::new(),
            same_report: None,
            sent,
            sent_proven,
            named: Vec::new(),
            before,
            asked_for: None,
        })
    }

    /// The tickets that bear these references.
    pub fn named(&self, references: &[Reference]) -> Result<Vec<Named>> {
        let mut find = self
            .sql
            .prepare_cached("SELECT id FROM tickets WHERE reference = ?1")?;
        let mut named = Vec::new();
        for reference in references {
            let row = find.query_row([reference.as_str()], |r| r.get(0));
            if let Some(ticket) = row.optional()?.map(TicketNo) {
                let people = self.people(ticket)?;
                named.push(Named { ticket, people });
            }
        }
        Ok(named)
    }

    /// The ticket on which a report of a platform is.
    pub fn ticket_of_report(&self, platform: &str, report: &str) -> Result<Option<TicketNo>> {
        let mut find = self.sql.prepare_cached(
            "SELECT ticket FROM platform_reports WHERE platform = ?1 AND report = ?2",
        )?;
        let ticket = find
            .query_row([platform, report], |r| r.get(0))
            .optional()?;
        Ok(ticket.map(TicketNo))
    }

    /// Records that a report of a platform is on this ticket, unless it is on one.
    pub fn keep_report(&self, platform: &str, report: &str, ticket: TicketNo) -> Result<()> {
        let mut keep = self.sql.prepare_cached(
            "INSERT OR IGNORE INTO platform_reports (platform, report, ticket) VALUES (?1, ?2, ?3)",
        )?;
        keep.execute(params![platform, report, ticket.0])?;
        Ok(())
    }

    /// The letter that is named so.
    pub fn letter_named(&self, id: &MessageId) -> Result<Option<Letter>> {
        let mut find = self
            .sql
            .prepare_cached(&format!("{LETTER} WHERE message_id = ?1"))?;
        find.query_row([id.as_str()], letter_row)
            .optional()?
            .transpose()
    }

    /// Whether a letter of ours bears this Message-ID.
    pub fn is_our_letter(&self, id: &MessageId) -> Result<bool> {
        Ok(self.own_letter(id)?.is_some())
    }

    fn own_letter(&self, id: &MessageId) -> Result<Option<OwnLetter>> {
        let mut find = self
            .sql
            .prepare_cached("SELECT sender, ticket FROM letters WHERE message_id = ?1")?;
        let row = find
            .query_row([id.as_str()], |r| {
                Ok((r.get::<_, String>(0)?, r.get::<_, Option<i64>>(1)?))
            })
            .optional()?;
        Ok(row.and_then(|(from, ticket)| {
            Some(OwnLetter {
                from: Address::parse(&from)?,
                ticket: ticket.map(TicketNo),
            })
        }))
    }

    /// Where the same content lies, and whether all that is there of it is unproven mail of
    /// the team.
    fn copy_of(&self, digest: &str) -> Result<Option<(Where, bool)>> {
        let mut find = self.sql.prepare_cached(
            "SELECT ticket, place = 'aside', (SELECT min(kind = 'unproven-team') FROM mails WHERE digest = ?1) FROM mails
             WHERE digest = ?1 ORDER BY ticket IS NULL, place = 'aside', id LIMIT 1",
        )?;
        let row = find
            .query_row([digest], |r| {
                Ok((r.get::<_, Option<i64>>(0)?, r.get(1)?, r.get(2)?))
            })
            .optional()?;
        Ok(row.map(|(ticket, aside, unproven)| {
            let lies = match ticket {
                Some(n) => Where::Ticket(TicketNo(n)),
                None if aside => Where::Aside,
                None => Where::Tray,
            };
            (lies, unproven)
        }))
    }

    fn look_up<'i>(&self, ids: impl Iterator<Item = &'i MessageId>) -> Result<Vec<Cited>> {
        let mut find = self.sql.prepare_cached(
            "SELECT what, ticket FROM
             (SELECT CASE WHEN kind IN ('reminder', 'digest') THEN 'reminder' ELSE 'letter' END AS what, ticket, 0 AS rank FROM letters WHERE message_id = ?1
              UNION ALL SELECT CASE kind WHEN 'team' THEN 'team' ELSE 'mail' END, ticket, 1 FROM mails WHERE message_id = ?1)
             ORDER BY rank, ticket IS NULL, what = 'mail' LIMIT 1",
        )?;
        let mut found = Vec::new();
        for id in ids.take(CITED_AT_MOST) {
            let row = find
                .query_row([id.as_str()], |r| {
                    Ok((r.get::<_, String>(0)?, r.get::<_, Option<i64>>(1)?))
                })
                .optional()?;
            if let Some((what, ticket)) = row {
                let what = match what.as_str() {
                    "letter" => CitedWhat::Letter,
                    "reminder" => CitedWhat::Reminder,
                    "team" => CitedWhat::Team,
                    _ => CitedWhat::Mail,
                };
                found.push(self.cited(id, what, ticket.map(TicketNo))?);
            }
        }
        Ok(found)
    }

    fn cited_by(&self, id: &MessageId) -> Result<Option<Cited>> {
        let mut find = self.sql.prepare_cached(
            "SELECT m.ticket FROM citations c JOIN mails m ON m.id = c.mail WHERE c.message_id = ?1 AND m.ticket IS NOT NULL ORDER BY m.id LIMIT 1",
        )?;
        let ticket: Option<i64> = find.query_row([id.as_str()], |r| r.get(0)).optional()?;
        ticket
            .map(|t| self.cited(id, CitedWhat::Mail, Some(TicketNo(t))))
            .transpose()
    }

    fn cited(&self, id: &MessageId, what: CitedWhat, ticket: Option<TicketNo>) -> Result<Cited> {
        let people = ticket
            .map(|t| self.people(t))
            .transpose()?
            .unwrap_or_default();
        Ok(Cited {
            id: id.clone(),
            what,
            ticket,
            people,
        })
    }

    /// In answer to mail that is not proven, and to mail that is. An address has its cap on
    /// all of them when nothing proves that it asked for one more.
    fn sent_lately(&self, author: &Address) -> Result<(Sent, Sent)> {
        let [
            to_address,
            proven_to_address,
            to_domain,
            in_all,
            proven_in_all,
        ] = self.acknowledgements_since(
            author,
            self.now - SignedDuration::from_hours(24),
            self.now - SignedDuration::from_hours(1),
        )?;
        let sent = Sent {
            to_address,
            to_domain,
            in_all,
        };
        let proven = Sent {
            to_address: proven_to_address,
            to_domain: 0,
            in_all: proven_in_all,
        };
        Ok((sent, proven))
    }

    /// How many mails lie in the tray.
    pub fn tray_count(&self) -> Result<u32> {
        Ok(self.sql.query_row(
            "SELECT count(*) FROM mails WHERE ticket IS NULL AND place NOT IN ('copy', 'aside')",
            params![],
            |r| r.get(0),
        )?)
    }

    /// The newest mail in the tray that was taken in before `before`. A digest that came
    /// into a mailbox of ours, and what a program answered to one, are none: telling of
    /// them by digest would have no end.
    pub fn newest_in_tray(&self, before: Timestamp) -> Result<Option<i64>> {
        let sql = "SELECT max(id) FROM mails WHERE ticket IS NULL AND place NOT IN ('copy', 'aside') AND taken_at < ?1
             AND kind <> 'own' AND (place <> 'internal' OR kind IN ('person', 'unproven-team'))";
        Ok(self
            .sql
            .query_row(sql, [instant::write(before)], |r| r.get(0))?)
    }
}
