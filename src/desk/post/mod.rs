//! Writing letters: a view of the record, the words of [`crate::letters`], the bytes of
//! [`crate::mail::compose`], one row in the outbox.
//!
//! Message-ID, date and bytes are fixed here, at the hand-over to the queue, and never
//! change again.

mod acknowledgement;
mod nagged;
mod person;
mod team;

pub use acknowledgement::{acknowledge, hold_for_reporter, release};
pub use person::{by_person, check_labels, evaluation_letter, hand};
pub use team::{Beside, board, digest, remind};

use crate::config::Config;
use crate::desk::File;
use crate::letters;
use crate::mail::{
    Address, Armoured, Enclosed, Marks, MessageId, Outgoing, compose, compose_encrypted, loop_tag,
};
use anyhow::{Context, Result, bail};
use jiff::{Timestamp, Zoned};

/// Where in a thread a letter stands.
#[derive(Default)]
struct Thread {
    in_reply_to: Option<MessageId>,
    references: Vec<MessageId>,
}

/// A letter that only lacks its identity and its date.
struct Draft<'a> {
    from: &'a Address,
    to: &'a Address,
    letter: &'a letters::Letter,
    thread: Thread,
    marks: Marks,
}

impl Draft<'_> {
    /// The whole message, as it will leave.
    fn bytes(self, config: &Config, id: &MessageId, date: Timestamp) -> Result<Vec<u8>> {
        self.bytes_with(config, id, date, None)
    }

    /// The whole message with a file beside its text.
    fn bytes_with(
        self,
        config: &Config,
        id: &MessageId,
        date: Timestamp,
        enclosed: Option<&Enclosed>,
    ) -> Result<Vec<u8>> {
        let outgoing = self.outgoing(config, id, date, enclosed);
        compose(&outgoing).context("cannot write the letter as a message")
    }

    /// The whole message with what a program made of its text in the place of that.
    fn bytes_encrypted(
        self,
        config: &Config,
        id: &MessageId,
        date: Timestamp,
        message: &Armoured,
    ) -> Result<Vec<u8>> {
        let outgoing = self.outgoing(config, id, date, None);
        compose_encrypted(&outgoing, message).context("cannot write the letter as a message")
    }

    fn outgoing(
        self,
        config: &Config,
        id: &MessageId,
        date: Timestamp,
        enclosed: Option<&Enclosed>,
    ) -> Outgoing {
        Outgoing {
            from: self.from.clone(),
            from_name: config.organisation.team_name.clone(),
            to: self.to.clone(),
            subject: self.letter.subject.clone(),
            body: self.letter.body.clone(),
            message_id: id.clone(),
            date,
            in_reply_to: self.thread.in_reply_to,
            references: self.thread.references,
            marks: self.marks,
            loop_tag: loop_tag(self.from),
            enclosed: enclosed.cloned(),
        }
    }
}

/// The address that a mailbox writes from; if the mailbox has left the config, the first one's.
fn sender_of<'c>(config: &'c Config, mailbox: &str) -> Result<&'c Address> {
    let named = config.mailboxes.iter().find(|m| m.name == mailbox);
    named
        .or(config.mailboxes.first())
        .map(|m| &m.address)
        .context("the config watches no mailbox")
}

/// Refuses a letter to a reporter who is one of us: a promise would count as met by a letter
/// to ourselves.
fn is_outside(config: &Config, file: &File, to: &Address) -> Result<()> {
    match config.house().whose(to) {
        None => Ok(()),
        Some(whose) => bail!(
            "{to} is {whose}: letters to reporters never go there\n  hint: gatepost set {} reporter=ADDRESS",
            file.row.number
        ),
    }
}

fn local(config: &Config, at: Timestamp) -> Zoned {
    at.to_zoned(config.calendar.zone().clone())
}

/// A Message-ID with 128 bits that nobody can guess.
fn fresh_id(sender: &Address) -> Result<MessageId> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random)
        .map_err(|why| anyhow::anyhow!("the machine gives no random bytes: {why}"))?;
    Ok(MessageId::fresh(random, sender.domain()))
}

#[cfg(test)]
mod tests;
