//! A case: all that is on record of one report, as files, for who has to look at it later.
//!
//! Values in, text out. Mails, letters and attachments are bytes and pass by: here is only
//! what their files are called, so that every text can name them. The numbers are those of
//! `show`. What a stranger wrote stands in these texts as something that acts on nothing
//! ([`inert`]); in the mails themselves, and in their attachments, it is as it came.

mod facts;
mod letters;
mod readme;
mod reminders;

pub use reminders::Reminder;

use crate::mail::{Foreign, harmless};
use crate::ticket::Link;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One ticket, with what its case says of it.
pub struct Case<'a> {
    /// Its reference.
    pub reference: &'a str,
    /// Its code name.
    pub name: &'a str,
    /// The subject of its first mail.
    pub subject: &'a Foreign,
    /// Receipt of that.
    pub opened_at: Timestamp,
    /// The zone of the team.
    pub zone: &'a TimeZone,
    /// When the case is made.
    pub made_at: Timestamp,
    /// The member of the team who makes it.
    pub made_by: &'a str,
    /// The policy that the ticket lives under.
    pub policy: Policy<'a>,
    /// How the whole record stands.
    pub record: Record,
    /// What else is to be known of it, in our words: tickets that belong to it, names that
    /// were given out.
    pub notes: Vec<String>,
    /// The mails of its thread.
    pub mails: Vec<Mail>,
    /// The letters of its thread.
    pub letters: Vec<Letter>,
    /// The letters that reminded the team of its deadlines.
    pub reminders: Vec<Reminder>,
    /// Its facts.
    pub facts: Vec<Line>,
}

/// A policy, as a case names it.
pub struct Policy<'a> {
    /// Its name.
    pub name: &'a str,
    /// The day of the page's text.
    pub version: String,
    /// Where the page can be read.
    pub url: &'a str,
    /// The SHA-256 of its text.
    pub digest: &'a str,
}

/// The record of all tickets, at the moment of the case.
pub struct Record {
    /// The number of the last fact.
    pub facts: i64,
    /// The hash of the last fact.
    pub head: String,
    /// The same, as digests print it.
    pub short: String,
    /// Where the chain is broken, if it is.
    pub fault: Option<String>,
}

/// A mail of the thread.
pub struct Mail {
    /// Its number in the thread.
    pub n: usize,
    /// Its number in the record.
    pub id: i64,
    /// When it reached the mailbox.
    pub received_at: Timestamp,
    /// The address that it came from.
    pub from: Option<String>,
    /// The subject.
    pub subject: Foreign,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// What it is and where it belongs, with the reasons.
    pub judged: String,
    /// Whether our mail server vouches for its author, and how we know.
    pub authentication: String,
    /// The folder that it was found in.
    pub folder: String,
    /// Its size in bytes, as its server says.
    pub size: u64,
    /// Bytes that are kept.
    pub kept: u64,
    /// Words of its defects.
    pub defects: String,
}

/// A letter of the thread.
pub struct Letter {
    /// Its number in the thread.
    pub n: usize,
    /// Its number in the outbox.
    pub id: i64,
    /// What it is for, in the word that the store keeps.
    pub kind: &'static str,
    /// How far it has come, in such a word.
    pub state: &'static str,
    /// The server took it.
    pub sent: bool,
    /// It got its bytes.
    pub queued_at: Option<Timestamp>,
    /// The address that it is sent from.
    pub from: String,
    /// The address that it goes to.
    pub to: String,
    /// The subject.
    pub subject: Foreign,
    /// The text.
    pub body: Foreign,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// Who wrote it.
    pub by: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// How often its bytes left.
    pub offers: u32,
    /// How often the server said "not now".
    pub attempts: u32,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// What the server said when it took it.
    pub answer: Option<Foreign>,
    /// What went wrong last.
    pub last_error: Option<Foreign>,
    /// Why it is held.
    pub held_because: Option<Foreign>,
}

/// A fact.
pub struct Line {
    /// As it stands in the chain.
    pub link: Link,
    /// What happened, in words; none when that was erased.
    pub said: Option<Foreign>,
    /// The way that was neither a letter nor a mail, or how the mail is known to say it.
    pub via: Option<String>,
    /// It counts still: nobody took it back.
    pub counts: bool,
}

/// A file of the case that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name in the folder.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hex.
    pub sha256: String,
    /// What is to be said of it beside its name.
    pub about: String,
}

impl Case<'_> {
    /// A number of the thread, as it stands before names: all of one length.
    pub fn number(&self, n: usize) -> String {
        let most = (self.mails.len() + self.letters.len()).to_string();
        format!("{n:0width$}", width = most.len().max(2))
    }

    /// The file of a mail; none where no byte of it is kept.
    pub fn mail_file(&self, mail: &Mail) -> Option<String> {
        let day = mail.received_at.to_zoned(self.zone.clone()).date();
        let number = self.number(mail.n);
        (mail.kept > 0).then(|| format!("mails/{number}-{day}.eml"))
    }

    /// The file of a letter: its bytes where it got any, else its text. A letter that the
    /// server did not take has its state in its name.
    pub fn letter_file(&self, letter: &Letter) -> String {
        let (number, kind) = (self.number(letter.n), letter.kind);
        let state = match letter.sent {
            true => String::new(),
            false => format!("-{}", letter.state),
        };
        let ending = letter.queued_at.map_or("txt", |_| "eml");
        format!("letters/{number}-{kind}{state}.{ending}")
    }

    /// What stands above the thread.
    pub fn thread_heading(&self) -> String {
        inert(&format!(
            "{} {}: mails, letters and notes in their order, with their text.\nThe numbers are those of mails/ and letters/. Local times are those of the team, in {}.\n\n",
            self.reference,
            self.name,
            self.zone.iana_name().unwrap_or("UTC")
        ))
    }

    /// An instant, local and in UTC.
    fn moment(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        format!("{} ({at})", local.strftime("%a %-d %b %Y %H:%M:%S %:z"))
    }
}

impl Letter {
    /// Its text, where it has no bytes.
    pub fn unsent(&self) -> String {
        let because = self.held_because.as_ref();
        let because = because.map_or(String::new(), |why| format!(": {}", why.line()));
        inert(&format!(
            "NOT SENT, {}{because}. It was never queued: it has no Message-ID and no bytes.\nThis is its text as it stands on record.\n\nFrom: {}\nTo: {}\nSubject: {}\n\n{}\n",
            self.state,
            self.from,
            self.to,
            self.subject.line(),
            self.body.block().trim_end()
        ))
    }
}

/// The file that `sha256sum -c` reads.
pub fn sums(written: &[Written]) -> String {
    let line = |file: &Written| format!("{}  {}\n", file.sha256, file.name);
    written.iter().map(line).collect()
}

/// A text that acts on nothing: it has lines, and all else that acts is an escape.
pub fn inert(text: &str) -> String {
    harmless(text, |c| c == '\n')
}

/// A heading line, and its value behind a column; further lines of it stand below.
fn field(out: &mut String, name: &str, value: &str) {
    for (i, line) in value.lines().enumerate() {
        let name = if i == 0 { name } else { "" };
        out.push_str(format!("      {name:<11} {line}").trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests;
