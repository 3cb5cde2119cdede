//! Numbers that a server gives a second time under the same UIDVALIDITY, as one does that was
//! put back to an earlier state.

use super::Reading;
use super::folder::Looked;
use crate::mailbox::{Listed, Mailbox, Trouble};
use crate::store::{FolderId, Placed, Tx};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tracing::warn;

/// The server's clock and ours may differ by so much.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);
/// When the connection broke over the sizes of mails that have their rows, they are not asked
/// for during this time.
const REST: SignedDuration = SignedDuration::from_hours(24);

impl<M: Mailbox> Reading<'_, M> {
    /// A server that was put back to an earlier state gives numbers anew that it gave before:
    /// whoever has one now is no other because its number has a row.
    pub(super) async fn unseat(&mut self, looked: &Looked) -> Result<(), Trouble> {
        let (record, name) = (self.hands.record, &looked.folder.name);
        let (id, opened) = (looked.folder.id, looked.opened);
        let unseat = move |tx: &Tx| {
            let lost = match opened.uidnext {
                0 => 0,
                uidnext => tx.unseat_from(id, opened.uidvalidity, uidnext)?,
            };
            Ok((lost, tx.newest_placed(id, opened.uidvalidity)?))
        };
        let (lost, placed) = record.write(unseat).await.map_err(Trouble::Lost)?;
        let placed: BTreeMap<u32, Placed> = placed.into_iter().map(|p| (p.uid, p)).collect();
        let there = looked.uids.iter().copied();
        let there: Vec<u32> = there.filter(|uid| placed.contains_key(uid)).collect();
        let mut others = Vec::new();
        if !there.is_empty() {
            let is_other = |l: &Listed| placed.get(&l.uid).is_some_and(|p| is_another(l, p));
            let listed = self.sizes_of(id, &there).await?;
            others.extend(listed.iter().filter(|l| is_other(l)).map(|l| l.uid));
        }
        if lost + others.len() > 0 {
            warn!(
                mailbox = self.hands.mailbox.name,
                folder = name,
                uidnext = opened.uidnext,
                lost,
                others = others.len(),
                "the server gives numbers a second time; mails are known by their content"
            );
        }
        if others.is_empty() {
            return Ok(());
        }
        let unseat = move |tx: &Tx| tx.unseat(id, opened.uidvalidity, &others);
        record.write(unseat).await.map_err(Trouble::Lost)
    }

    /// Sizes and dates of mails that have their rows. That the server cannot tell them keeps no
    /// new mail waiting for more than one pass.
    async fn sizes_of(&mut self, folder: FolderId, uids: &[u32]) -> Result<Vec<Listed>, Trouble> {
        let (record, now) = (self.hands.record, self.hands.record.now());
        let key = format!("asking-sizes/{}", folder.0);
        let done = key.clone();
        let begin = move |tx: &Tx| {
            let last = tx.meta(&key)?.and_then(|at| at.parse::<Timestamp>().ok());
            let rests = last.is_some_and(|at| now.duration_since(at).abs() < REST);
            if !rests {
                tx.set_meta(&key, &now.to_string())?;
            }
            Ok(rests)
        };
        if record.write(begin).await.map_err(Trouble::Lost)? {
            return Ok(Vec::new());
        }
        let listed = self.server.list(uids).await?;
        let done = record.write(move |tx| tx.clear_meta(&done)).await;
        done.map_err(Trouble::Lost).map(|()| listed)
    }
}

/// Whether the message that has this number now is not the one that the row is of: it has
/// another size, or came after that one was seen, by clocks that nearly agree. Either may be a mood of the server's: a
/// mail that is fetched for it is known again by its content.
fn is_another(now: &Listed, row: &Placed) -> bool {
    let resized = now.size != 0 && row.size != 0 && now.size != row.size;
    let later = |at: Timestamp| at != row.received_at && at + CLOCKS > row.seen_at;
    resized || now.internal_date.is_some_and(later)
}
