//! One mail, slice by slice, and why it did not come to its end.

use super::gather::{Body, Found, Hands};
use super::keep::BEGINNING_FROM;
use crate::mail::Digester;
use crate::mail::parse::PARSED_AT_MOST;
use crate::mailbox::{Mailbox, SLICE, Trouble};
use crate::store::{Raw, Tx};
use std::fmt;

/// What is kept of a mail over the size limit, and of one that ends us while it comes.
const KEPT_OF_OVERSIZE: u64 = 256 * 1024;
/// From here on, the finished pieces of a mail are put aside in the store.
const STAGED_FROM: u64 = 4 * 1024 * 1024;
/// So many answers may hold less than was asked for, before the end of a mail.
const SHORT_AT_MOST: u32 = 1_000;

/// Why a mail did not come to its end.
pub(super) enum Stop {
    /// The server lists it and gives nothing: it is gone, or cannot be given.
    Ungiven(Trouble),
    /// The server refuses it, or says itself that it is out of order.
    Refused(Trouble),
    /// The connection is lost.
    Broke(Trouble),
}

impl Stop {
    pub(super) fn of(why: Trouble) -> Self {
        if matches!(why, Trouble::Refused { .. }) || why.is_passing() {
            Self::Refused(why)
        } else {
            Self::Broke(why)
        }
    }

    /// The server is out of order, and the mail is not to blame.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Ungiven(why) | Self::Refused(why) | Self::Broke(why) => why.is_passing(),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ungiven(why) | Self::Refused(why) | Self::Broke(why) => why.fmt(f),
        }
    }
}

/// Fetches one mail slice by slice: what came of it, and why no more did.
///
/// Its end is where the server gives no more bytes; that its size is reached and an answer
/// is short says the same. A short answer alone does not.
///
/// # Errors
/// Those of our own store. What the server does is the [`Stop`].
pub(super) async fn sliced(
    hands: Hands<'_>,
    server: &mut impl Mailbox,
    found: Found,
    attempt: u32,
) -> Result<(Body, Option<Stop>), Trouble> {
    let (size_limit, listed) = (hands.mailbox.size_limit, found.listed.size);
    // Whatever size is listed: that of one that ends us may be a lie.
    let ends_us = attempt >= BEGINNING_FROM;
    let oversize = listed > size_limit || ends_us && listed > KEPT_OF_OVERSIZE;
    let limit = if oversize || ends_us {
        KEPT_OF_OVERSIZE
    } else {
        size_limit
    };
    let (mut raw, mut head, mut digester) = (Raw::new(), Vec::new(), Digester::new());
    let (mut ends, mut short, mut stop) = (false, 0, None);
    while raw.kept() < limit && !ends && stop.is_none() {
        let wanted = (limit - raw.kept()).min(SLICE);
        let (offset, mut slice) = (raw.kept(), Vec::new());
        let mut each = |bytes: &[u8]| slice.extend_from_slice(bytes);
        let given = server
            .slice(found.listed.uid, offset, wanted, &mut each)
            .await;
        let room = PARSED_AT_MOST.saturating_sub(head.len()).min(slice.len());
        head.extend_from_slice(slice.get(..room).unwrap_or_default());
        digester.update(&slice);
        raw.push(&slice).map_err(Trouble::Lost)?;
        match given {
            Ok(Some(0)) => ends = true,
            Ok(Some(size)) if size < wanted => {
                ends = listed > 0 && raw.kept() >= listed;
                short += 1;
                let crumbs = short > SHORT_AT_MOST && !ends;
                stop = crumbs.then(|| Stop::Refused(refused(found, "crumbs of it")));
            }
            Ok(Some(_)) => {}
            Ok(None) => stop = Some(Stop::Ungiven(refused(found, "nothing of it"))),
            Err(why) => stop = Some(Stop::of(why)),
        }
        if raw.kept() >= STAGED_FROM {
            stage(hands, found, &mut raw).await?;
        }
    }
    let kept = raw.kept();
    if kept == 0 {
        if stop.is_none() && listed > 0 {
            stop = Some(Stop::Refused(refused(found, "no byte of it")));
        }
        return Ok((Body::Nothing, stop));
    }
    if stop.is_some() {
        // Two mails of which only the same beginning came are not the same.
        digester.update(found.name(&hands.mailbox.name).as_bytes());
    }
    let is_end = ends || kept == listed;
    let body = Body::Sliced {
        // One over the limit may have room in what is kept of such mails.
        whole: stop.is_none() && kept == head.len() as u64 && is_end,
        raw: raw.finish().map_err(Trouble::Lost)?,
        head,
        digester: Box::new(digester),
    };
    Ok((body, stop))
}

async fn stage(hands: Hands<'_>, found: Found, raw: &mut Raw) -> Result<(), Trouble> {
    let (place, (first, pieces)) = (found.place, raw.to_stage());
    let stage = move |tx: &Tx| {
        if first == 0 {
            // What an earlier attempt left.
            tx.clear_staged(place)?;
        }
        tx.stage(place, first, &pieces)
    };
    hands.record.write(stage).await.map_err(Trouble::Lost)
}

fn refused(found: Found, what: &str) -> Trouble {
    Trouble::Refused {
        command: format!("UID FETCH {}", found.listed.uid),
        said: format!(
            "the message is listed with {} bytes, and the server gave {what}",
            found.listed.size
        ),
    }
}
