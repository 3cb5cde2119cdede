//! Mails: exactly one row for each that was taken in.

use super::{Document, FolderId, OnServer, RawBytes, Tx, instant};
use crate::mail::auth::Standing;
use crate::mail::{Address, Foreign, MessageId};
use crate::ticket::TicketNo;
use anyhow::{Context, Result};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, ToSql, params};

/// Where a mail was seen on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The folder.
    pub folder: FolderId,
    /// Its UIDVALIDITY.
    pub uidvalidity: u32,
    /// The UID.
    pub uid: u32,
    /// When it reached the mailbox.
    pub received_at: Timestamp,
    /// RFC822.SIZE in bytes.
    pub size: u64,
}

impl Sighting {
    /// The message's place on the server.
    pub fn place(&self) -> OnServer {
        (self.folder, self.uidvalidity, self.uid)
    }
}

/// A mail to be written.
pub struct NewMail<'a> {
    /// Where it was seen.
    pub seen: Sighting,
    /// The digest of its content, in hex.
    pub digest: &'a str,
    /// Its Message-ID.
    pub message_id: Option<&'a MessageId>,
    /// The ids that it cites.
    pub cites: &'a [&'a MessageId],
    /// The one true author.
    pub author: Option<&'a Address>,
    /// The author's name.
    pub author_name: &'a Foreign,
    /// The subject.
    pub subject: &'a Foreign,
    /// Kind and its reason.
    pub kind: (&'a str, &'a str),
    /// Place and its reason.
    pub place: (&'a str, &'a str),
    /// Reply and its reason.
    pub reply: (&'a str, &'a str),
    /// Whether our mail server vouches for its author.
    pub authentication: Standing,
    /// Words of its defects, separated by spaces.
    pub defects: &'a str,
    /// Its ticket; none is the tray.
    pub ticket: Option<TicketNo>,
    /// Its bytes.
    pub raw: &'a RawBytes,
}

/// A mail on record.
#[derive(Clone, Debug)]
pub struct MailRow {
    /// Its number.
    pub id: i64,
    /// The folder's name.
    pub folder: String,
    /// The mailbox's name in the config.
    pub mailbox: String,
    /// When it reached the mailbox.
    pub received_at: Timestamp,
    /// RFC822.SIZE in bytes.
    pub size: u64,
    /// Bytes kept; fewer than `size` over the size limit.
    pub kept: u64,
    /// Its Message-ID.
    pub message_id: Option<MessageId>,
    /// The one true author.
    pub author: Option<Address>,
    /// The author's name.
    pub author_name: Foreign,
    /// The subject.
    pub subject: Foreign,
    /// What it is, and why.
    pub kind: (String, String),
    /// Where it belongs, and why.
    pub place: (String, String),
    /// Whether it is answered, and why.
    pub reply: (String, String),
    /// Whether our mail server vouches for its author (`pass`, `none`, `fail`), and how we know.
    pub authentication: (String, String),
    /// Words of its defects, separated by spaces.
    pub defects: String,
    /// Its ticket; none is the tray.
    pub ticket: Option<TicketNo>,
}

impl MailRow {
    /// A ticket begins with it.
    pub fn opens(&self) -> bool {
        matches!(self.place.0.as_str(), "new" | "claims")
    }
}

/// The columns that [`mail_row`] reads, in the order in which it does.
pub(super) const MAIL: &str = "SELECT m.id, f.name AS folder, f.mailbox, m.received_at, m.size, m.kept, m.message_id, m.author, m.author_name,
     m.subject, m.kind, m.kind_because, m.place, m.place_because, m.reply, m.reply_because, m.authentication, m.authentication_because, m.defects, m.ticket
     FROM mails m JOIN folders f ON f.id = m.folder";

/// The columns of what a mail says, the same in a row that is new and in one that is filled.
macro_rules! said {
    () => {
        "size, kept, digest, message_id, author, author_name, subject, kind, kind_because, place, place_because, reply, reply_because, defects, ticket, authentication, authentication_because"
    };
}

/// Their values, in that order.
macro_rules! values {
    () => {
        "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17"
    };
}

impl Tx<'_> {
    /// Writes a mail's one row, its citations and its bytes; gives its number.
    pub fn add_mail(&self, mail: &NewMail) -> Result<i64> {
        const INSERT: &str = concat!(
            "INSERT INTO mails (",
            said!(),
            ", folder, uidvalidity, uid, received_at, taken_at) VALUES (",
            values!(),
            ", ?18, ?19, ?20, ?21, ?22)"
        );
        let seen = mail.seen;
        let received_at = instant::write(seen.received_at);
        let place = params![
            seen.folder.0,
            seen.uidvalidity,
            seen.uid,
            received_at,
            self.stamp()
        ];
        self.write_mail(INSERT, mail, place)
            .with_context(|| format!("cannot write the row of UID {}", seen.uid))?;
        let id = self.sql.last_insert_rowid();
        self.add_content(id, mail)?;
        Ok(id)
    }

    /// Writes what a mail says into the row that it has had since its server did not give it.
    pub fn fill_mail(&self, id: i64, mail: &NewMail) -> Result<()> {
        const FILL: &str = concat!(
            "UPDATE mails SET (",
            said!(),
            ") = (",
            values!(),
            "), gone_at = NULL WHERE id = ?18"
        );
        self.write_mail(FILL, mail, params![id])
            .with_context(|| format!("cannot fill the row of mail {id}"))?;
        self.add_content(id, mail)
    }

    /// Writes what a mail says; `more` are the values behind those of it.
    fn write_mail(&self, sql: &str, mail: &NewMail, more: &[&dyn ToSql]) -> Result<()> {
        let said = params![
            mail.seen.size as i64,
            mail.raw.kept as i64,
            mail.digest,
            mail.message_id.map(MessageId::as_str),
            mail.author.map(Address::to_string),
            mail.author_name.raw(),
            mail.subject.raw(),
            mail.kind.0,
            mail.kind.1,
            mail.place.0,
            mail.place.1,
            mail.reply.0,
            mail.reply.1,
            mail.defects,
            mail.ticket.map(|t| t.0),
            mail.authentication.is.word(),
            mail.authentication.because,
        ];
        self.sql
            .prepare_cached(sql)?
            .execute([said, more].concat().as_slice())?;
        Ok(())
    }

    /// The citations and the bytes of a mail; its attempts are over.
    fn add_content(&self, id: i64, mail: &NewMail) -> Result<()> {
        let mut cite = self
            .sql
            .prepare_cached("INSERT OR IGNORE INTO citations (message_id, mail) VALUES (?1, ?2)")?;
        for cited in mail.cites {
            cite.execute(params![cited.as_str(), id])?;
        }
        self.to_index(Document::Mail(id))?;
        let place = mail.seen.place();
        self.keep_raw(id, place, mail.raw)?;
        self.attempts_done(place)
    }

    /// One mail.
    pub fn mail(&self, id: i64) -> Result<Option<MailRow>> {
        let mut find = self
            .sql
            .prepare_cached(&format!("{MAIL} WHERE m.id = ?1"))?;
        find.query_row([id], mail_row).optional()?.transpose()
    }

    /// The mails of a ticket, in the order in which they were taken in, without the copies
    /// of our own letters in the folder for sent mail: those letters are on record.
    pub fn mails_of(&self, ticket: TicketNo) -> Result<Vec<MailRow>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{MAIL} WHERE m.ticket = ?1 AND NOT (m.kind = 'own' AND f.role = 'sent') ORDER BY m.id"
        ))?;
        all.query_map([ticket.0], mail_row)?.map(|r| r?).collect()
    }

    /// The tray: mails that are on no ticket. Copies of what lies there are left out, and
    /// what the team wrote to somebody else.
    pub fn tray(&self) -> Result<Vec<MailRow>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{MAIL} WHERE m.ticket IS NULL AND m.place NOT IN ('copy', 'aside') ORDER BY m.id"
        ))?;
        all.query_map([], mail_row)?.map(|r| r?).collect()
    }

    /// Takes a mail, and its copies, out of the tray and puts it on a ticket.
    pub fn move_to_ticket(&self, mail: i64, ticket: TicketNo, because: &str) -> Result<()> {
        self.sql.execute(
            "UPDATE mails SET ticket = ?2, place = CASE id WHEN ?1 THEN 'new' ELSE place END, place_because = CASE id WHEN ?1 THEN ?3 ELSE place_because END
             WHERE ticket IS NULL AND (id = ?1 OR digest = (SELECT digest FROM mails WHERE id = ?1))",
            params![mail, ticket.0, because],
        )?;
        Ok(())
    }
}

pub(super) fn mail_row(row: &rusqlite::Row) -> rusqlite::Result<Result<MailRow>> {
    let received_at: String = row.get(3)?;
    let (message_id, author): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    let reason = |what: usize| {
        let because = row.get::<_, String>(what + 1)?;
        Ok::<_, rusqlite::Error>((row.get::<_, String>(what)?, because))
    };
    let mail = MailRow {
        id: row.get(0)?,
        folder: row.get(1)?,
        mailbox: row.get(2)?,
        received_at: Timestamp::UNIX_EPOCH,
        size: row.get::<_, i64>(4)?.max(0) as u64,
        kept: row.get::<_, i64>(5)?.max(0) as u64,
        message_id: message_id.as_deref().and_then(MessageId::parse),
        author: author.as_deref().and_then(Address::parse),
        author_name: Foreign::new(row.get::<_, String>(8)?),
        subject: Foreign::new(row.get::<_, String>(9)?),
        kind: reason(10)?,
        place: reason(12)?,
        reply: reason(14)?,
        authentication: reason(16)?,
        defects: row.get(18)?,
        ticket: row.get::<_, Option<i64>>(19)?.map(TicketNo),
    };
    Ok(instant::read(&received_at).map(|received_at| MailRow {
        received_at,
        ..mail
    }))
}
