//! Conversations from before gatepost: which messages of the baseline belong together, and
//! which were asked for since.
//!
//! No letter, clock or reminder comes of a baseline. A conversation of it has a ticket once
//! somebody of it writes again, or a person adopts it. Its messages are then asked for, and
//! come in by the one way that all mails take.

use super::{FolderId, OnServer, Tx, instant};
use crate::mail::{Address, Foreign, MessageId};
use crate::ticket::TicketNo;
use crate::triage::{Before, Cited, CitedWhat};
use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// Ids of one message that are kept, and looked up, at most.
const IDS_AT_MOST: usize = 50;

/// People of one message that are kept at most.
const PEOPLE_AT_MOST: usize = 20;

/// Messages of one conversation that are asked for at most: the newest.
const ASKED_AT_MOST: u32 = 500;

/// What a message of the baseline says of itself.
#[derive(Clone, Debug)]
pub struct BaselineHead {
    /// Its UID.
    pub uid: u32,
    /// Its Message-ID and those that it cites, nearest first.
    pub ids: Vec<MessageId>,
    /// Its one true author.
    pub author: Option<Address>,
    /// Who wrote it, or whom we wrote to; none of us.
    pub people: Vec<Address>,
    /// Its subject.
    pub subject: Foreign,
    /// When it reached the mailbox, where the server told.
    pub received_at: Option<Timestamp>,
    /// We wrote it, as far as it says.
    pub ours: bool,
}

/// A conversation that is on no ticket.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Its number.
    pub number: i64,
    /// How many messages it has.
    pub messages: u32,
    /// When its first reached the mailbox.
    pub first_at: Option<Timestamp>,
    /// When its last did.
    pub last_at: Option<Timestamp>,
    /// Who wrote its last.
    pub last_by: Option<Address>,
    /// That was one of us.
    pub last_is_ours: bool,
    /// The subject of its last.
    pub subject: Foreign,
}

/// A message of a conversation.
#[derive(Clone, Debug)]
pub struct OldMessage {
    /// The mailbox that it lies in.
    pub mailbox: String,
    /// Its one true author.
    pub author: Option<Address>,
    /// Its subject.
    pub subject: Foreign,
    /// When it reached the mailbox.
    pub received_at: Option<Timestamp>,
    /// We wrote it.
    pub ours: bool,
}

impl Tx<'_> {
    /// Keeps what the messages of a baseline say of themselves, and joins those that cite
    /// each other, or the same.
    pub fn keep_heads(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        heads: &[BaselineHead],
    ) -> Result<()> {
        let mut keep = self.sql.prepare_cached(
            "UPDATE baseline SET conversation = ?4, author = ?5, subject = ?6, received_at = ?7, ours = ?8 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        for head in heads {
            let conversation = self.conversation_with(&head.ids)?;
            keep.execute(params![
                folder.0,
                uidvalidity,
                head.uid,
                conversation,
                head.author.as_ref().map(Address::to_string),
                head.subject.raw(),
                head.received_at.map(instant::write),
                head.ours,
            ])?;
            let mut add = self
                .sql
                .prepare_cached("INSERT OR IGNORE INTO conversation_people VALUES (?1, ?2)")?;
            for person in head.people.iter().take(PEOPLE_AT_MOST) {
                add.execute(params![conversation, person.key()])?;
            }
        }
        Ok(())
    }

    /// The one conversation of these ids: several become the oldest of them.
    fn conversation_with(&self, ids: &[MessageId]) -> Result<i64> {
        let ids = ids.get(..IDS_AT_MOST).unwrap_or(ids);
        let mut found = BTreeSet::new();
        for id in ids {
            found.extend(self.conversation_of_id(id)?);
        }
        let mut found = found.into_iter();
        let number = match found.next() {
            Some(oldest) => oldest,
            None => {
                self.sql
                    .execute("INSERT INTO conversations (ticket) VALUES (NULL)", [])?;
                self.sql.last_insert_rowid()
            }
        };
        for other in found {
            self.merge(other, number)?;
        }
        let mut name = self
            .sql
            .prepare_cached("INSERT OR IGNORE INTO conversation_ids VALUES (?1, ?2)")?;
        for id in ids {
            name.execute(params![id.as_str(), number])?;
        }
        Ok(number)
    }

    fn merge(&self, from: i64, into: i64) -> Result<()> {
        for sql in [
            "UPDATE baseline SET conversation = ?2 WHERE conversation = ?1",
            "UPDATE conversation_ids SET conversation = ?2 WHERE conversation = ?1",
            "INSERT OR IGNORE INTO conversation_people SELECT ?2, address FROM conversation_people WHERE conversation = ?1",
            "UPDATE conversations SET ticket = coalesce(ticket, (SELECT ticket FROM conversations WHERE id = ?1)) WHERE id = ?2",
        ] {
            self.sql.prepare_cached(sql)?.execute([from, into])?;
        }
        for sql in [
            "DELETE FROM conversation_people WHERE conversation = ?1",
            "DELETE FROM conversations WHERE id = ?1",
        ] {
            self.sql.prepare_cached(sql)?.execute([from])?;
        }
        Ok(())
    }

    fn conversation_of_id(&self, id: &MessageId) -> Result<Option<i64>> {
        let mut find = self
            .sql
            .prepare_cached("SELECT conversation FROM conversation_ids WHERE message_id = ?1")?;
        Ok(find.query_row([id.as_str()], |r| r.get(0)).optional()?)
    }

    /// The nearest conversation from before gatepost that these ids name: one without a
    /// ticket, or its ticket.
    pub(super) fn cited_before(
        &self,
        cites: &[&MessageId],
    ) -> Result<(Option<Before>, Option<Cited>)> {
        for id in cites.iter().take(IDS_AT_MOST) {
            let Some(conversation) = self.conversation_of_id(id)? else {
                continue;
            };
            let of = "SELECT ticket FROM conversations WHERE id = ?1";
            let ticket: Option<i64> = self.sql.query_row(of, [conversation], |r| r.get(0))?;
            let Some(ticket) = ticket.map(TicketNo) else {
                let people = self.people_of_conversation(conversation)?;
                let before = Before {
                    conversation,
                    people,
                };
                return Ok((Some(before), None));
            };
            let cited = Cited {
                id: (*id).clone(),
                what: CitedWhat::Mail,
                ticket: Some(ticket),
                people: self.people(ticket)?,
            };
            return Ok((None, Some(cited)));
        }
        Ok((None, None))
    }

    fn people_of_conversation(&self, conversation: i64) -> Result<Vec<Address>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT address FROM conversation_people WHERE conversation = ?1")?;
        let people = all.query_map([conversation], |r| r.get::<_, String>(0))?;
        let people = people.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(people.iter().filter_map(|a| Address::parse(a)).collect())
    }

    /// The conversations that are on no ticket: first those in which somebody else wrote
    /// last, the newest first.
    pub fn conversations(&self) -> Result<Vec<Conversation>> {
        // Beside a single max(), the other columns are those of its row. Servers tell seconds:
        // of two in one second the last is the one that lies behind the other.
        let mut all = self.sql.prepare_cached(
            "SELECT conversation, count(*) AS messages, (SELECT min(received_at) FROM baseline f WHERE f.conversation = b.conversation) AS first_at,
             max(coalesce(received_at, '') || printf(' %010d %010d', folder, uid)), received_at AS last_at, author, ours, subject FROM baseline b
             WHERE conversation IN (SELECT id FROM conversations WHERE ticket IS NULL) GROUP BY conversation ORDER BY ours, last_at DESC, conversation",
        )?;
        let mut rows = all.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let at = |name: &str| -> Result<Option<Timestamp>> {
                instant::read_some(row.get::<_, Option<String>>(name)?.as_deref())
            };
            found.push(Conversation {
                number: row.get("conversation")?,
                messages: row.get("messages")?,
                first_at: at("first_at")?,
                last_at: at("last_at")?,
                last_by: author(row)?,
                last_is_ours: row.get("ours")?,
                subject: subject(row)?,
            });
        }
        Ok(found)
    }

    /// The messages of a conversation that is on no ticket, the oldest first.
    pub fn conversation(&self, number: i64) -> Result<Vec<OldMessage>> {
        let mut all = self.sql.prepare_cached(
            "SELECT f.mailbox, b.author, b.subject, b.received_at, b.ours FROM baseline b JOIN folders f ON f.id = b.folder
             JOIN conversations c ON c.id = b.conversation WHERE c.id = ?1 AND c.ticket IS NULL ORDER BY b.received_at, b.folder, b.uid",
        )?;
        let mut rows = all.query([number])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let received_at: Option<String> = row.get("received_at")?;
            found.push(OldMessage {
                mailbox: row.get("mailbox")?,
                author: author(row)?,
                subject: subject(row)?,
                received_at: instant::read_some(received_at.as_deref())?,
                ours: row.get("ours")?,
            });
        }
        Ok(found)
    }

    /// This ticket continues that conversation: its messages are asked for.
    pub fn continue_from_before(&self, conversation: i64, ticket: TicketNo) -> Result<()> {
        self.sql.execute(
            "UPDATE conversations SET ticket = ?2 WHERE id = ?1",
            [conversation, ticket.0],
        )?;
        self.sql.execute(
            "UPDATE baseline SET asked_for = ?2 WHERE (folder, uidvalidity, uid) IN
             (SELECT folder, uidvalidity, uid FROM baseline WHERE conversation = ?1 ORDER BY received_at DESC LIMIT ?3)",
            params![conversation, ticket.0, ASKED_AT_MOST],
        )?;
        Ok(())
    }

    /// The ticket for which this message of the baseline was asked for.
    pub fn asked_for(&self, (folder, uidvalidity, uid): OnServer) -> Result<Option<TicketNo>> {
        let mut find = self.sql.prepare_cached(
            "SELECT asked_for FROM baseline WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND asked_for IS NOT NULL",
        )?;
        let ticket = find.query_row(params![folder.0, uidvalidity, uid], |r| r.get(0));
        Ok(ticket.optional()?.map(TicketNo))
    }

    /// It is a mail now, and of the baseline no more.
    pub fn is_taken_in(&self, (folder, uidvalidity, uid): OnServer) -> Result<()> {
        let sql = "DELETE FROM baseline WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3";
        self.sql.execute(sql, params![folder.0, uidvalidity, uid])?;
        Ok(())
    }

    /// Whether messages of this folder are asked for.
    pub fn asks_for_old(&self, folder: FolderId) -> Result<bool> {
        let sql =
            "SELECT EXISTS (SELECT 1 FROM baseline WHERE folder = ?1 AND asked_for IS NOT NULL)";
        Ok(self.sql.query_row(sql, [folder.0], |r| r.get(0))?)
    }

    /// What was asked for and is not there under this numbering is not asked for again; what
    /// has its place in another one is not there either, where all of the folder is `settled`
    /// in this one.
    pub fn give_up_old(
        &self,
        folder: FolderId,
        uidvalidity: u32,
        there: &BTreeSet<u32>,
        settled: bool,
    ) -> Result<()> {
        let mut asked = self.sql.prepare_cached(
            "SELECT uidvalidity, uid FROM baseline WHERE folder = ?1 AND asked_for IS NOT NULL",
        )?;
        let asked = asked.query_map([folder.0], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let asked: Vec<(u32, u32)> = asked.collect::<rusqlite::Result<_>>()?;
        let mut give_up = self.sql.prepare_cached(
            "UPDATE baseline SET asked_for = NULL WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        for (v, uid) in asked {
            let gone = match v == uidvalidity {
                true => !there.contains(&uid),
                false => settled,
            };
            if gone {
                give_up.execute(params![folder.0, v, uid])?;
            }
        }
        Ok(())
    }

    /// How many messages are asked for and not there yet, where this ticket continues a
    /// conversation from before gatepost.
    pub fn continues_from_before(&self, ticket: TicketNo) -> Result<Option<u32>> {
        let mut find = self.sql.prepare_cached(
            "SELECT (SELECT count(*) FROM baseline WHERE asked_for = ?1) FROM conversations WHERE ticket = ?1 LIMIT 1",
        )?;
        Ok(find.query_row([ticket.0], |r| r.get(0)).optional()?)
    }
}

fn author(row: &rusqlite::Row) -> rusqlite::Result<Option<Address>> {
    let text: Option<String> = row.get("author")?;
    Ok(text.as_deref().and_then(Address::parse))
}

fn subject(row: &rusqlite::Row) -> rusqlite::Result<Foreign> {
    let text: Option<String> = row.get("subject")?;
    Ok(Foreign::new(text.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
