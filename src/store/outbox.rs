//! The outbox: every letter is a row before it is a mail.
//!
//! `held` waits for a person. `queued` has its Message-ID, its date and its bytes, which
//! never change again. `offered` is committed just before the message bytes leave, `sent`
//! after the server's 250, at the latest with the offer of the next letter: who dies in
//! between has `offered` on record, and the letter goes out once more with the same bytes,
//! then it is `unknown` until a person says.

use super::letter::{LETTER, letter_row};
use super::{Document, Letter, LetterKind, LetterState, Tx, instant, raw};
use crate::mail::{Address, MessageId, counted_as};
use crate::ticket::{By, TicketNo, What};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params, params_from_iter};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A letter to be written into the outbox.
pub struct NewLetter<'a> {
    /// Its ticket; a digest has none.
    pub ticket: Option<TicketNo>,
    /// What it is for.
    pub kind: LetterKind,
    /// The address that it is sent from.
    pub sender: &'a Address,
    /// The one address that it goes to.
    pub recipient: &'a Address,
    /// Who wrote it.
    pub by: By,
    /// What its delivery makes true.
    pub facts: &'a [What],
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
    /// Why it is held, or the bytes to queue.
    pub go: Go<'a>,
}

/// Held, or queued with what never changes again.
pub enum Go<'a> {
    /// Why.
    Held(&'a str),
    /// Message-ID, whole message, and the earliest moment at which it leaves.
    Queued(&'a MessageId, &'a [u8], Timestamp),
}

impl Tx<'_> {
    /// Writes a letter; gives its number.
    pub fn add_letter(&self, new: &NewLetter) -> Result<i64> {
        let (state, because, id, bytes, not_before) = match new.go {
            Go::Held(because) => (LetterState::Held, Some(because), None, None, self.now),
            Go::Queued(id, bytes, not_before) => (
                LetterState::Queued,
                None,
                Some(id.as_str()),
                Some(bytes),
                not_before,
            ),
        };
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO letters (ticket, kind, sender, recipient, recipient_key, recipient_domain, state, held_because, by, facts, message_id,
             subject, body, bytes, created_at, queued_at, not_before, offers, attempts, seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 0, 0,
             (SELECT max(n) FROM facts WHERE ticket = ?1))",
        )?;
        let queued_at = bytes.map(|_| self.stamp());
        let bytes = bytes.map(raw::packed).transpose()?;
        insert.execute(params![
            new.ticket.map(|t| t.0),
            new.kind.word(),
            new.sender.to_string(),
            new.recipient.to_string(),
            counted_as(new.recipient),
            new.recipient.domain(),
            state.word(),
            because,
            new.by.name(),
            serde_json::to_string(new.facts)?,
            id,
            new.subject,
            new.body,
            bytes,
            self.stamp(),
            queued_at,
            instant::write(not_before),
        ])?;
        let id = self.sql.last_insert_rowid();
        if !new.kind.is_internal() && new.kind != LetterKind::Acknowledgement {
            self.to_index(Document::Letter(id))?;
        }
        if new.kind == LetterKind::Acknowledgement && state == LetterState::Queued {
            self.counted.one_more(new.recipient.domain());
        }
        Ok(id)
    }

    /// When the next letter may leave, if one waits.
    pub fn next_letter_at(&self) -> Result<Option<Timestamp>> {
        let at: Option<String> = self.one(
            "SELECT min(not_before) FROM letters WHERE state = 'queued'",
            [],
            |r| r.get(0),
        )?;
        instant::read_some(at.as_deref())
    }

    /// The whole message, as it leaves.
    pub fn letter_bytes(&self, id: i64) -> Result<Vec<u8>> {
        let sql = "SELECT bytes FROM letters WHERE id = ?1";
        let bytes: Option<Vec<u8>> = self.one(sql, [id], |r| r.get(0))?;
        let bytes =
            bytes.with_context(|| format!("letter {id} has no bytes: it was never queued"))?;
        raw::unpacked(bytes)
    }

    /// One letter.
    pub fn letter(&self, id: i64) -> Result<Option<Letter>> {
        let mut find = self
            .sql
            .prepare_cached(&format!("{LETTER} WHERE id = ?1"))?;
        find.query_row([id], letter_row).optional()?.transpose()
    }

    /// The letters of a ticket to its reporter, in order.
    pub fn letters_of(&self, ticket: TicketNo) -> Result<Vec<Letter>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{LETTER} WHERE ticket = ?1 AND kind NOT IN ('reminder', 'digest') ORDER BY id"
        ))?;
        all.query_map([ticket.0], letter_row)?.map(|r| r?).collect()
    }

    /// The letters that are not settled well: held, waiting, leaving, unknown, refused.
    pub fn unsettled_letters(&self) -> Result<Vec<Letter>> {
        let mut all = self.sql.prepare_cached(&format!("{LETTER} WHERE state IN ('held', 'queued', 'offered', 'unknown', 'refused')
             AND NOT (state = 'held' AND EXISTS (SELECT 1 FROM tickets t WHERE t.id = ticket AND t.stage = 'junk')) ORDER BY id"))?;
        all.query_map([], letter_row)?.map(|r| r?).collect()
    }

    /// Moves a letter from one state to another; false when it is no longer in the first.
    pub fn move_letter(&self, id: i64, from: LetterState, to: LetterState) -> Result<bool> {
        let mut update = self.sql.prepare_cached(
            "UPDATE letters SET state = ?3, offers = offers + (?3 = 'offered'), settled_at = CASE WHEN ?3 IN ('queued', 'offered') THEN NULL ELSE ?4 END
             WHERE id = ?1 AND state = ?2",
        )?;
        Ok(update.execute(params![id, from.word(), to.word(), self.stamp()])? == 1)
    }

    /// The server did not take the bytes that it was offered, and said so: the letter
    /// waits again, and that offer leaves no question open. A letter that was not offered
    /// stays as it is.
    pub fn take_offer_back(&self, id: i64) -> Result<()> {
        self.sql.execute(
            "UPDATE letters SET state = 'queued', offers = offers - 1 WHERE id = ?1 AND state = 'offered'",
            [id],
        )?;
        Ok(())
    }

    /// What the server said when it took the letter.
    pub fn note_answer(&self, id: i64, answer: &str) -> Result<()> {
        self.run(
            "UPDATE letters SET answer = ?2, last_error = NULL, put_off_since = NULL, doubt = NULL WHERE id = ?1",
            params![id, answer],
        )?;
        Ok(())
    }

    /// What went wrong with a letter, and when it may leave again.
    pub fn note_error(
        &self,
        id: i64,
        why: &str,
        not_before: Timestamp,
        attempts: u32,
    ) -> Result<()> {
        self.sql.execute(
            "UPDATE letters SET last_error = ?2, not_before = ?3, attempts = ?4 WHERE id = ?1",
            params![id, why, instant::write(not_before), attempts],
        )?;
        Ok(())
    }

    /// Queues a held letter as rendered anew, to this recipient.
    pub fn release_letter(
        &self,
        id: i64,
        recipient: &Address,
        subject: &str,
        body: &str,
        message_id: &MessageId,
        bytes: &[u8],
    ) -> Result<()> {
        let changed = self.sql.execute(
            "UPDATE letters SET state = 'queued', held_because = NULL, subject = ?2, body = ?3, message_id = ?4, bytes = ?5, queued_at = ?6, not_before = ?6,
             recipient = ?7, recipient_key = ?8, recipient_domain = ?9, proven = proven AND recipient_key = ?8
             WHERE id = ?1 AND state = 'held'",
            params![
                id,
                subject,
                body,
                message_id.as_str(),
                raw::packed(bytes)?,
                self.stamp(),
                recipient.to_string(),
                counted_as(recipient),
                recipient.domain()
            ],
        )?;
        self.counted.forget();
        if changed != 1 {
            bail!("letter {id} is not held");
        }
        Ok(())
    }

    /// An acknowledgement answers a mail whose authentication passed: it counts apart.
    pub fn answers_proven(&self, id: i64) -> Result<()> {
        let mut proven = self.sql.prepare_cached(
            "UPDATE letters SET proven = 1 WHERE id = ?1 RETURNING recipient_domain, queued_at",
        )?;
        let (domain, queued_at): (String, Option<String>) =
            proven.query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))?;
        match queued_at {
            Some(at) if at == self.stamp() => self.counted.is_proven(&domain),
            Some(_) => self.counted.forget(),
            None => (),
        }
        Ok(())
    }

    /// How many acknowledgements were queued to this address since `day_ago`, how many of
    /// them answer proven mail; to its domain since then, of mail that is not proven; in all
    /// since `hour_ago`, of mail that is not and of mail that is.
    pub(super) fn acknowledgements_since(
        &self,
        address: &Address,
        day_ago: Timestamp,
        hour_ago: Timestamp,
    ) -> Result<[u32; 5]> {
        let (day_ago, hour_ago) = (instant::write(day_ago), instant::write(hour_ago));
        let count = |which: &str, values: &[&str]| -> Result<u32> {
            let sql = format!(
                "SELECT count(*) FROM letters WHERE kind = 'acknowledgement' AND queued_at > ?1 {which}"
            );
            let mut count = self.sql.prepare_cached(&sql)?;
            Ok(count.query_row(params_from_iter(values), |r| r.get(0))?)
        };
        let domain = address.domain();
        // Those of a domain, and all, may be thousands: they are counted once a transaction.
        let of_domain = Of::Domain(domain.to_owned(), day_ago.clone());
        let of_domain = self.counted.get_or(of_domain, || {
            count(
                "AND recipient_domain = ?2 AND NOT proven",
                &[&day_ago, domain],
            )
        });
        let in_all = self.counted.get_or(Of::All(hour_ago.clone()), || {
            count("AND NOT proven", &[&hour_ago])
        });
        let proven = self.counted.get_or(Of::Proven(hour_ago.clone()), || {
            count("AND proven", &[&hour_ago])
        });
        let key = counted_as(address);
        Ok([
            count("AND recipient_key = ?2", &[&day_ago, &key])?,
            count("AND recipient_key = ?2 AND proven", &[&day_ago, &key])?,
            of_domain?,
            in_all?,
            proven?,
        ])
    }
}

/// Acknowledgements that one transaction has counted already.
#[derive(Default)]
pub(super) struct Counted(RefCell<BTreeMap<Of, u32>>);

/// Which were counted, and since when.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// Those to a domain that answer mail that is not proven.
    Domain(String, String),
    /// Those to whomever that do.
    All(String),
    /// Those that answer proven mail.
    Proven(String),
}

impl Counted {
    fn get_or(&self, of: Of, count: impl FnOnce() -> Result<u32>) -> Result<u32> {
        if let Some(counted) = self.0.borrow().get(&of) {
            return Ok(*counted);
        }
        let counted = count()?;
        self.0.borrow_mut().insert(of, counted);
        Ok(counted)
    }

    /// One more was queued, to this domain, in this very moment.
    fn one_more(&self, domain: &str) {
        for (of, count) in self.0.borrow_mut().iter_mut() {
            *count += u32::from(of.has(domain));
        }
    }

    /// One that was queued in this very moment answers proven mail.
    fn is_proven(&self, domain: &str) {
        for (of, count) in self.0.borrow_mut().iter_mut() {
            match of {
                Of::Proven(_) => *count += 1,
                Of::Domain(..) | Of::All(_) => *count -= u32::from(of.has(domain)),
            }
        }
    }

    /// Something else happened to letters, or was undone.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Of {
    /// Whether one to this domain, not proven yet, counts.
    fn has(&self, domain: &str) -> bool {
        match self {
            Of::Domain(of, _) => of == domain,
            Of::All(_) => true,
            Of::Proven(_) => false,
        }
    }
}
