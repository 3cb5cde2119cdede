//! The thread for scripts: mails and letters, each with what is new in it.

use super::thread::{Entry, Thread};
use crate::cli::Here;
use crate::cli::document::{Authentication, Message, Part};
use crate::mail::parse::parse;
use crate::mail::{Attachment, Foreign, text};
use crate::store::{Letter, Tx};
use anyhow::Result;
use jiff::Timestamp;

impl Thread {
    /// Mails and letters for scripts.
    pub fn messages(&self, here: &Here, tx: &Tx) -> Result<Vec<Message>> {
        self.all_numbered()
            .filter_map(|(n, entry)| self.message(here, tx, n, entry).transpose())
            .collect()
    }

    fn message(&self, here: &Here, tx: &Tx, n: usize, entry: &Entry) -> Result<Option<Message>> {
        Ok(Some(match entry {
            Entry::Fact(_) => return Ok(None),
            Entry::Mail(row) => {
                let mail = self.mail(tx, row)?;
                let part = |a: &Attachment| Part {
                    name: a.name.clone(),
                    r#type: a.kind.clone(),
                    bytes: a.bytes,
                };
                Message {
                    n,
                    message_id: row.message_id.as_ref().map(ToString::to_string),
                    from: row.author.as_ref().map(ToString::to_string),
                    marks: here.marks(row.author.as_ref(), &row.author_name),
                    direction: "in",
                    kind: row.kind.0.clone(),
                    place: row.place.0.clone(),
                    because: row.place.1.clone(),
                    authentication: Some(Authentication {
                        is: row.authentication.0.clone(),
                        because: row.authentication.1.clone(),
                    }),
                    received_at: row.received_at.to_string(),
                    new_text: text::new_in(&mail),
                    encrypted: mail.is_encrypted(),
                    sealed: mail.sealed,
                    attachments: mail.attachments.iter().map(part).collect(),
                }
            }
            Entry::Letter(letter) => of_letter(tx, n, entry.at(), letter)?,
        }))
    }
}

fn of_letter(tx: &Tx, n: usize, at: Timestamp, letter: &Letter) -> Result<Message> {
    // Until it is queued it is a text, and in clear.
    let bytes = letter.queued_at.map(|_| tx.letter_bytes(letter.id));
    let sealed = bytes.transpose()?.map(|bytes| parse(&bytes, true).sealed);
    let sealed = sealed.unwrap_or_default();
    Ok(Message {
        n,
        message_id: letter.message_id.as_ref().map(ToString::to_string),
        from: Some(letter.sender.to_string()),
        marks: Vec::new(),
        direction: "out",
        kind: letter.kind.word().to_owned(),
        place: "letter".to_owned(),
        because: letter
            .held_because
            .clone()
            .unwrap_or_else(|| letter.state.word().to_owned()),
        authentication: None,
        received_at: at.to_string(),
        new_text: Foreign::new(letter.body.clone()),
        encrypted: sealed.encrypted.is_some(),
        sealed,
        attachments: Vec::new(),
    })
}
