//! Many messages by one command: the texts of small ones, and the fields by which a
//! message is known again.
//!
//! Every answer is matched by its UID. One message must not stand before the others: what
//! the server left out or refused is left out here, and asked for alone by the caller.

use super::fetch::{text_of, uid_of};
use super::line::{Answer, Line};
use super::sieve::FIELDS_AT_MOST;
use super::{LONG, words};
use crate::mailbox::{SLICE, Trouble};
use anyhow::anyhow;
use async_imap::imap_proto::{AttributeValue, Response};
use std::collections::BTreeSet;

/// Gives the first `limit` bytes of each of `uids` to `each`.
pub(super) async fn texts(
    line: &mut Line,
    uids: &[u32],
    limit: u64,
    each: &mut (dyn FnMut(u32, &[u8]) + Send),
) -> Result<(), Trouble> {
    let limit = limit.min(SLICE);
    for batch in words::in_order(uids.to_vec()).chunks(words::BATCH) {
        let command = format!(
            "UID FETCH {} (UID BODY.PEEK[]<0.{limit}>)",
            words::set(batch)
        );
        let mut open: BTreeSet<u32> = batch.iter().copied().collect();
        let answer = line.ask(&command, LONG, |response| {
            let Response::Fetch(_, attributes) = response else {
                return Ok(());
            };
            // A text without a UID is refused below, whosever it is.
            let uid = uid_of(attributes).unwrap_or(0);
            let Some(Some(text)) = text_of(attributes, uid, 0)? else {
                return Ok(());
            };
            if text.len() as u64 > limit {
                return Err(Trouble::Lost(anyhow!(
                    "the server gave more of a message than was asked for"
                )));
            }
            if open.remove(&uid) {
                each(uid, text);
            }
            Ok(())
        });
        // A refusal is about one of them, which says so itself when it is asked for alone.
        let (Answer::Ok | Answer::No(_) | Answer::Bad(_)) = answer.await?;
        tracing::debug!(
            asked = batch.len(),
            left_out = open.len(),
            "fetched messages"
        );
    }
    Ok(())
}

/// Gives UID, size and the four fields of each of `uids` to `each`. After a refusal, what
/// did not come is asked for one by one; what is refused then is left out.
pub(super) async fn heads(
    line: &mut Line,
    uids: &[u32],
    each: &mut (dyn FnMut(u32, u64, &[u8]) + Send),
) -> Result<(), Trouble> {
    for batch in words::in_order(uids.to_vec()).chunks(words::BATCH) {
        let mut open: BTreeSet<u32> = batch.iter().copied().collect();
        match some_heads(line, batch, &mut open, each).await? {
            Answer::Ok => {}
            Answer::No(said) | Answer::Bad(said) => {
                tracing::warn!(left = open.len(), said, "the server refuses fields");
                let left: Vec<u32> = open.iter().copied().collect();
                for uid in left {
                    let (Answer::Ok | Answer::No(_) | Answer::Bad(_)) =
                        some_heads(line, &[uid], &mut open, each).await?;
                }
            }
        }
    }
    Ok(())
}

async fn some_heads(
    line: &mut Line,
    batch: &[u32],
    open: &mut BTreeSet<u32>,
    each: &mut (dyn FnMut(u32, u64, &[u8]) + Send),
) -> Result<Answer, Trouble> {
    let command = format!(
        "UID FETCH {} (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]<0.{FIELDS_AT_MOST}>)",
        words::set(batch)
    );
    line.ask(&command, LONG, |response| {
        if let Response::Fetch(_, attributes) = response
            && let Some((uid, size, fields)) = head_of(attributes)
            && open.remove(&uid)
        {
            each(uid, size, fields);
        }
        Ok(())
    })
    .await
}

fn head_of<'a>(attributes: &'a [AttributeValue<'_>]) -> Option<(u32, u64, &'a [u8])> {
    let (mut size, mut fields) = (None, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Rfc822Size(told) => size = Some(u64::from(*told)),
            AttributeValue::BodySection {
                section: Some(_),
                data,
                ..
            } => fields = data.as_deref(),
            _ => {}
        }
    }
    Some((uid_of(attributes)?, size?, fields?))
}
