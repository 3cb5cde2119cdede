//! What is in a folder, how large and how old it is, and the bytes of one message.
//!
//! Only what was asked for counts: an answer for another UID, or one without a UID, is
//! another client's doing (flags that changed) and is left out. Never asked for are
//! ENVELOPE and BODYSTRUCTURE: what a mail says is for our own parser to find out.

use super::line::{Answer, Line, refusal};
use super::{LONG, codes, words};
use crate::mailbox::{Listed, SLICE, Trouble};
use anyhow::anyhow;
use async_imap::imap_proto::{AttributeValue, Response};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// More messages than this in one folder are more than 256 MiB can hold.
const MESSAGES: usize = 2_000_000;

/// Every UID of the open folder from `first` on, ascending.
pub(super) async fn uids(line: &mut Line, first: u32) -> Result<Vec<u32>, Trouble> {
    let mut found = Vec::new();
    let command = format!("UID FETCH {first}:* (UID)");
    let answer = line.ask(&command, LONG, |response| {
        if let Response::Fetch(_, attributes) = response {
            // `n:*` names the last message also where its UID is lower (RFC 9051 section 9).
            found.extend(uid_of(attributes).filter(|uid| *uid >= first));
        }
        if found.len() > MESSAGES {
            return Err(Trouble::Lost(anyhow!(
                "the server lists more than {MESSAGES} messages in one folder: move old ones to another"
            )));
        }
        Ok(())
    });
    match answer.await? {
        Answer::Ok => {}
        Answer::No(said) if some_are_gone(&said) => {}
        Answer::No(said) | Answer::Bad(said) => return Err(codes::of_folder(&command, said)),
    }
    let found = words::in_order(found);
    tracing::debug!(count = found.len(), "listed the folder");
    Ok(found)
}

/// Size and date of each of `uids` that is still there, ascending.
pub(super) async fn list(line: &mut Line, uids: &[u32]) -> Result<Vec<Listed>, Trouble> {
    let uids = words::in_order(uids.to_vec());
    let mut found = BTreeMap::new();
    for batch in uids.chunks(words::BATCH) {
        if told(line, batch, &mut found).await? {
            continue;
        }
        // One of them stands before no other: each says for itself what is wrong with it.
        for uid in batch {
            if found.get(uid).is_some_and(Seen::is_told) {
                continue;
            }
            if !told(line, &[*uid], &mut found).await? {
                found.entry(*uid).or_default().refused = true;
            }
        }
    }
    Ok(found
        .into_iter()
        .filter_map(|(uid, seen)| seen.listed(uid))
        .collect())
}

/// Asks for these by one command; false when the server refused it.
async fn told(
    line: &mut Line,
    batch: &[u32],
    found: &mut BTreeMap<u32, Seen>,
) -> Result<bool, Trouble> {
    let command = format!("UID FETCH {} (RFC822.SIZE INTERNALDATE)", words::set(batch));
    let answer = line.ask(&command, LONG, |response| {
        if let Response::Fetch(_, attributes) = response
            && let Some(uid) = uid_of(attributes)
            && batch.binary_search(&uid).is_ok()
        {
            note(found.entry(uid).or_default(), attributes);
        }
        Ok(())
    });
    match answer.await? {
        Answer::Ok => Ok(true),
        Answer::No(said) if some_are_gone(&said) => Ok(true),
        Answer::No(said) | Answer::Bad(said) => {
            tracing::warn!(
                count = batch.len(),
                said,
                "the server refuses to list messages"
            );
            Ok(false)
        }
    }
}

/// What was told of one message; a server may tell it in several answers.
#[derive(Default)]
struct Seen {
    size: Option<u64>,
    date: Option<Option<Timestamp>>,
    /// Asked for alone, the server refused to tell anything.
    refused: bool,
}

impl Seen {
    fn is_told(&self) -> bool {
        self.size.is_some() || self.date.is_some()
    }

    /// A message of which a size or a date was told, or refused, is there; flags alone are
    /// no answer.
    fn listed(self, uid: u32) -> Option<Listed> {
        (self.is_told() || self.refused).then(|| Listed {
            uid,
            size: self.size.unwrap_or(0),
            internal_date: self.date.flatten(),
        })
    }
}

fn note(seen: &mut Seen, attributes: &[AttributeValue<'_>]) {
    for attribute in attributes {
        match attribute {
            AttributeValue::Rfc822Size(size) => seen.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(text) => seen.date = Some(words::date(text)),
            _ => {}
        }
    }
}

/// Gives the bytes of a message from `offset` on, at most `wanted`, and their number;
/// `None` when it is gone.
pub(super) async fn slice(
    line: &mut Line,
    uid: u32,
    offset: u64,
    wanted: u64,
    piece: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<Option<u64>, Trouble> {
    let wanted = wanted.min(SLICE);
    let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<{offset}.{wanted}>)");
    let (mut got, mut unreadable) = (None, false);
    let answer = line.ask(&command, LONG, |response| {
        if let Response::Fetch(_, attributes) = response
            && let Some(text) = text_of(attributes, uid, offset)?
            && got.is_none()
        {
            let Some(text) = text else {
                unreadable = true;
                return Ok(());
            };
            let size = text.len() as u64;
            if size > wanted {
                return Err(Trouble::Lost(anyhow!(
                    "the server gave more of a message than was asked for"
                )));
            }
            if size > 0 {
                piece(text);
            }
            got = Some(size);
        }
        Ok(())
    });
    match answer.await? {
        // NIL at the start is a message that the server cannot read, and not an empty one.
        Answer::Ok if got.is_none() && unreadable => {
            let said = "the message has no text (NIL)".to_owned();
            Err(refusal(&command, said))
        }
        Answer::Ok => {
            tracing::debug!(uid, offset, bytes = got, "fetched of a message");
            Ok(got)
        }
        Answer::No(said) if some_are_gone(&said) => Ok(None),
        // It is about this message; the answer came to its end, and the others are next.
        Answer::No(said) | Answer::Bad(said) => Err(codes::of_one(&command, said)),
    }
}

/// The text in this answer, if it is of message `uid` and begins at `offset`. Within:
/// `None` when the message is there and has no text.
pub(super) fn text_of<'a>(
    attributes: &'a [AttributeValue<'_>],
    uid: u32,
    offset: u64,
) -> Result<Option<Option<&'a [u8]>>, Trouble> {
    let whole = attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection {
            section: None,
            index,
            data,
        } => Some((*index, data.as_deref())),
        _ => None,
    });
    let Some((index, data)) = whole else {
        return Ok(None);
    };
    match uid_of(attributes) {
        None => {
            return Err(Trouble::Lost(anyhow!(
                "the server gave a text and did not say of which message"
            )));
        }
        Some(other) if other != uid => return Ok(None),
        Some(_) => {}
    }
    if u64::from(index.unwrap_or(0)) != offset {
        return Err(Trouble::Lost(anyhow!(
            "the server gave another part of a message than was asked for"
        )));
    }
    Ok(Some(match data {
        Some(text) => Some(text),
        // NIL behind the end of the text is its end.
        None => (offset > 0).then_some(&[]),
    }))
}

pub(super) fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

/// RFC 5530: messages vanished under our hands; the rest was answered.
pub(super) fn some_are_gone(said: &str) -> bool {
    said.to_ascii_uppercase().starts_with("[EXPUNGEISSUED]")
}
