//! A letter on record: what it is for, how far it has come, and its row.

use super::instant;
use crate::mail::{Address, MessageId};
use crate::ticket::{By, TicketNo, What};
use anyhow::{Context, Result};
use jiff::Timestamp;

/// A letter on record.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its number.
    pub id: i64,
    /// Its ticket.
    pub ticket: Option<TicketNo>,
    /// What it is for.
    pub kind: LetterKind,
    /// The address that it is sent from.
    pub sender: Address,
    /// The one address that it goes to.
    pub recipient: Address,
    /// How far it has come.
    pub state: LetterState,
    /// Why it is held.
    pub held_because: Option<String>,
    /// Who wrote it.
    pub by: By,
    /// What its delivery makes true.
    pub facts: Vec<What>,
    /// Its Message-ID, once queued.
    pub message_id: Option<MessageId>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it got the bytes that never change again; none for one that was never queued.
    pub queued_at: Option<Timestamp>,
    /// The earliest moment at which it leaves.
    pub not_before: Timestamp,
    /// How often its bytes left; what the server put off is not counted.
    pub offers: u32,
    /// How often the server said "not now" to it.
    pub attempts: u32,
    /// Since when the server says "not now" to it.
    pub put_off_since: Option<Timestamp>,
    /// The server forbade it (5.7.x), and it is not known whether it or we are meant.
    pub doubt: Option<Doubt>,
    /// Whether a copy of it belongs into the folder for sent mail.
    pub filing: Option<Filing>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// What the server said when it took it. A refused letter has one when the server took
    /// it and it came back.
    pub answer: Option<String>,
    /// The last fact of its ticket when it was written: what came later, its writer did
    /// not know. None for a letter from before this was kept.
    pub seen: Option<i64>,
}

impl Letter {
    /// The server took it, and a bounce came back.
    pub fn came_back(&self) -> bool {
        self.state == LetterState::Refused && self.answer.is_some()
    }
}

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// The automatic receipt of a report.
    Acknowledgement,
    /// A person's evaluation.
    Evaluation,
    /// A person's reply.
    Reply,
    /// The news that the problem is resolved.
    Resolved,
    /// The news that it is, or will be, published.
    Published,
    /// The last letter.
    Closing,
    /// One reminder to one person of the team.
    Reminder,
    /// All reminders of a moment to one person of the team.
    Digest,
}

impl LetterKind {
    pub(super) const ALL: [Self; 8] = [
        Self::Acknowledgement,
        Self::Evaluation,
        Self::Reply,
        Self::Resolved,
        Self::Published,
        Self::Closing,
        Self::Reminder,
        Self::Digest,
    ];

    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Evaluation => "evaluation",
            Self::Reply => "reply",
            Self::Resolved => "resolved",
            Self::Published => "published",
            Self::Closing => "closing",
            Self::Reminder => "reminder",
            Self::Digest => "digest",
        }
    }

    /// It goes to the team, not to a reporter.
    pub fn is_internal(self) -> bool {
        match self {
            Self::Reminder | Self::Digest => true,
            Self::Acknowledgement
            | Self::Evaluation
            | Self::Reply
            | Self::Resolved
            | Self::Published
            | Self::Closing => false,
        }
    }
}

/// What is known of a letter that the server forbade with 5.7.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing: the server has taken no letter since.
    Open,
    /// The server takes other letters: when it goes on forbidding this one, it means it.
    Last,
}

impl Doubt {
    /// The word that is stored.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Last => "last",
        }
    }
}

/// How far the copy of a letter in the folder for sent mail has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filing {
    /// It is to be put there.
    Wanted,
    /// It is there.
    Done,
}

impl Filing {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Done => "done",
        }
    }
}

/// How far a letter has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterState {
    /// A rule holds it; a person releases it.
    Held,
    /// It waits to be handed over.
    Queued,
    /// Its bytes are leaving.
    Offered,
    /// The server took it.
    Sent,
    /// It may have been taken: a person says.
    Unknown,
    /// The server refused it for good.
    Refused,
    /// An answer by a person made it needless.
    Superseded,
    /// A person dropped it.
    Dropped,
}

impl LetterState {
    pub(super) const ALL: [Self; 8] = [
        Self::Held,
        Self::Queued,
        Self::Offered,
        Self::Sent,
        Self::Unknown,
        Self::Refused,
        Self::Superseded,
        Self::Dropped,
    ];

    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Offered => "offered",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Superseded => "superseded",
            Self::Dropped => "dropped",
        }
    }
}

/// The columns that [`letter_row`] reads.
pub(super) const LETTER: &str = "SELECT id, ticket, kind, sender, recipient, state, held_because, by, facts, message_id, subject, body, created_at, queued_at,
     not_before, offers, attempts, put_off_since, doubt, filing, last_error, settled_at, answer, seen FROM letters";

/// Reads a row of [`LETTER`].
pub(super) fn letter_row(row: &rusqlite::Row) -> rusqlite::Result<Result<Letter>> {
    let text = |column: &str| row.get::<_, String>(column);
    let some = |column: &str| row.get::<_, Option<String>>(column);
    let id: i64 = row.get("id")?;
    let ticket = row.get::<_, Option<i64>>("ticket")?.map(TicketNo);
    let (kind, state, facts, by) = (text("kind")?, text("state")?, text("facts")?, text("by")?);
    let (sender, recipient, message_id) =
        (text("sender")?, text("recipient")?, some("message_id")?);
    let (subject, body, answer) = (text("subject")?, text("body")?, some("answer")?);
    let (held_because, last_error) = (some("held_because")?, some("last_error")?);
    let queued_at = some("queued_at")?;
    let (created_at, not_before, settled_at, put_off_since) = (
        text("created_at")?,
        text("not_before")?,
        some("settled_at")?,
        some("put_off_since")?,
    );
    let (doubt, filing) = (some("doubt")?, some("filing")?);
    let (offers, attempts, seen) = (row.get("offers")?, row.get("attempts")?, row.get("seen")?);
    Ok((|| {
        let strange = |what: &str| format!("letter {id} holds a strange {what}");
        Ok(Letter {
            id,
            ticket,
            kind: LetterKind::ALL
                .into_iter()
                .find(|k| k.word() == kind)
                .with_context(|| strange("kind"))?,
            sender: Address::parse(&sender).with_context(|| strange("sender"))?,
            recipient: Address::parse(&recipient).with_context(|| strange("recipient"))?,
            state: LetterState::ALL
                .into_iter()
                .find(|s| s.word() == state)
                .with_context(|| strange("state"))?,
            held_because,
            by: By::from_name(&by),
            facts: serde_json::from_str(&facts).with_context(|| strange("list of facts"))?,
            message_id: message_id.as_deref().and_then(MessageId::parse),
            subject,
            body,
            created_at: instant::read(&created_at)?,
            queued_at: instant::read_some(queued_at.as_deref())?,
            not_before: instant::read(&not_before)?,
            offers,
            attempts,
            put_off_since: instant::read_some(put_off_since.as_deref())?,
            doubt: [Doubt::Open, Doubt::Last]
                .into_iter()
                .find(|d| doubt.as_deref() == Some(d.word())),
            filing: [Filing::Wanted, Filing::Done]
                .into_iter()
                .find(|f| filing.as_deref() == Some(f.word())),
            last_error,
            settled_at: instant::read_some(settled_at.as_deref())?,
            answer,
            seen,
        })
    })())
}
