//! Fetches the next group of mails: small ones many by one command, large ones slice by
//! slice, their pieces put aside in the store so that no large mail lies in memory.
//!
//! A group is at most 100 mails, 8 MiB or 200 ms of fetching, whichever is first. A mail
//! that ended a process, that was refused, or over which a connection broke, is a group
//! of its own.
//!
//! Known limit: of a mail that breaks off for good only what came is kept, and it is not
//! asked for again. One of which nothing came is (see `ungiven`).

use super::super::record::Record;
use super::apart::Reader;
use super::breaks::broke;
use super::counts::{Coming, take_back};
use super::folder::Looked;
use super::keep::{Kept, UNREADABLE_FROM};
use super::slices::{Stop, sliced};
use crate::config::{Config, MailboxConfig};
use crate::mail::Digester;
use crate::mailbox::{Listed, Mailbox, Trouble};
use crate::store::{History, OnServer, RawBytes, Tx};
use anyhow::anyhow;
use jiff::SignedDuration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The most mails of a group, and the most bytes of them by what the server says.
const MAILS: usize = 100;
const BYTES: u64 = 8 * 1024 * 1024;
/// What has come after this long is committed.
const LONG_ENOUGH: Duration = Duration::from_millis(200);
/// Smaller mails are asked for together, this many bytes by one command.
const SMALL: u64 = 256 * 1024;
const COMMAND: u64 = 1024 * 1024;
/// A mail over which the connection broke so often, each time alone and five minutes
/// apart, while all others came, is not waited for any longer.
const BROKEN_FROM: u32 = 6;
/// While a server gives no other mail either, one is not given up before this long; nor is
/// one before this long for which the server says that it is out of order.
const ENOUGH: SignedDuration = SignedDuration::from_hours(6);
/// A server that is out of order for so long, and gives no other mail either, is not waited
/// for: its mails get their tickets.
const TOO_LONG: SignedDuration = SignedDuration::from_hours(24);

/// What taking mails in needs.
#[derive(Clone, Copy)]
pub(super) struct Hands<'a> {
    pub(super) record: &'a Record,
    pub(super) config: &'a Arc<Config>,
    pub(super) mailbox: &'a MailboxConfig,
    pub(super) reader: Reader,
    /// The server has given a mail, whole, in this pass.
    pub(super) given: &'a AtomicBool,
}

/// A mail that is on the server and has no row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Which of the folders of this pass it is in.
    pub(super) looked: usize,
    pub(super) place: OnServer,
    pub(super) listed: Listed,
    pub(super) history: History,
    /// The row that it has all the same, of when the server did not give it.
    pub(super) row: Option<i64>,
}

impl Found {
    /// Something speaks against it: it is a group of its own, and fetched while no other is
    /// taken in.
    pub(super) fn has_history(&self) -> bool {
        self.history != History::default()
    }

    /// What stands for it where its bytes do not: no other mail has this name.
    pub(super) fn name(&self, mailbox: &str) -> String {
        let (folder, uidvalidity, uid) = self.place;
        format!("{mailbox}/{}/{uidvalidity}/{uid}", folder.0)
    }
}

/// A mail that was fetched.
pub(super) struct Got {
    pub(super) found: Found,
    pub(super) body: Body,
    /// Why it, or the rest of it, did not come, where it is given up.
    pub(super) refused: Option<String>,
    /// Which attempt this is, where it was counted before the mail was asked for.
    pub(super) attempt: Option<u32>,
}

/// The bytes of a mail, as far as they are kept.
pub(super) enum Body {
    /// A small one, whole.
    Whole(Vec<u8>),
    /// One that came in slices.
    Sliced {
        raw: RawBytes,
        /// What the parser may see.
        head: Vec<u8>,
        digester: Box<Digester>,
        whole: bool,
    },
    /// The server does not give it.
    Nothing,
}

/// What came of a group.
#[derive(Default)]
pub(super) struct Gathered {
    /// What came, in the order in which it is to be taken in.
    pub(super) got: Vec<Got>,
    /// What did not come.
    pub(super) left: Vec<(Found, Kept)>,
    /// The connection, or the store, failed: no more can come.
    pub(super) ended: Option<Trouble>,
}

/// Fetches the next group from the front of the queue. What is not fetched in time goes
/// back there.
pub(super) async fn gather(
    hands: Hands<'_>,
    looked: &[Looked],
    server: &mut impl Mailbox,
    current: &mut Option<String>,
    queue: &mut VecDeque<Found>,
) -> Gathered {
    let began = Instant::now();
    let group = next_group(queue);
    let order: BTreeMap<OnServer, usize> = group.iter().map(|f| f.place).zip(0..).collect();
    let mut by_folder: BTreeMap<usize, VecDeque<Found>> = BTreeMap::new();
    for found in group {
        by_folder.entry(found.looked).or_default().push_back(found);
    }
    // Out of several folders a group is fetched to its end: it is taken in by date.
    let patient = by_folder.len() > 1;
    let mut gathered = Gathered::default();
    let is_open = |folder: &usize| looked.get(*folder).map(|l| &l.folder.name) == current.as_ref();
    let mut folders: Vec<usize> = by_folder.keys().copied().collect();
    folders.sort_by_key(|folder| !is_open(folder));
    for folder in folders {
        let (Some(looked), Some(mut mails)) = (looked.get(folder), by_folder.remove(&folder))
        else {
            continue;
        };
        let opened = open_again(server, current, looked).await;
        if let Err(why) = opened {
            let (mailbox, name) = (&hands.mailbox.name, &looked.folder.name);
            gathered.ended = Some(broke(hands.record, mailbox, name, why).await);
            break;
        }
        while !mails.is_empty() {
            if !patient && began.elapsed() > LONG_ENOUGH && !gathered.got.is_empty() {
                mails.into_iter().rev().for_each(|f| queue.push_front(f));
                break;
            }
            if let Err(why) = some(hands, server, &mut mails, &mut gathered).await {
                gathered.ended = Some(why);
                break;
            }
        }
        if gathered.ended.is_some() {
            break;
        }
    }
    gathered
        .got
        .sort_by_key(|got| order.get(&got.found.place).copied());
    gathered
}

/// Opens a folder that was listed in this pass, if it is not open.
pub(super) async fn open_again(
    server: &mut impl Mailbox,
    current: &mut Option<String>,
    looked: &Looked,
) -> Result<(), Trouble> {
    let name = &looked.folder.name;
    if current.as_ref() == Some(name) {
        return Ok(());
    }
    let opened = server.open(name).await?;
    if opened.uidvalidity != looked.opened.uidvalidity {
        // The UIDs that we have are of other mails now. The next pass lists anew.
        return Err(Trouble::Lost(anyhow!(
            "the server numbered the folder {name:?} anew while it was read"
        )));
    }
    *current = Some(name.clone());
    Ok(())
}

fn next_group(queue: &mut VecDeque<Found>) -> Vec<Found> {
    let (mut group, mut bytes) = (Vec::new(), 0);
    while let Some(next) = queue.front() {
        bytes += next.listed.size;
        let alone = next.has_history();
        let full = group.len() >= MAILS || bytes > BYTES || alone;
        if full && !group.is_empty() {
            break;
        }
        group.extend(queue.pop_front());
        if alone {
            break;
        }
    }
    group
}

/// Fetches the first of these mails, and with it as many as one command may name.
async fn some(
    hands: Hands<'_>,
    server: &mut impl Mailbox,
    mails: &mut VecDeque<Found>,
    gathered: &mut Gathered,
) -> Result<(), Trouble> {
    let is_small = |f: &Found| {
        let known = !f.has_history() && f.listed.size > 0;
        known && f.listed.size < SMALL.min(hands.mailbox.size_limit)
    };
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(next) = mails.front().filter(|f| is_small(f)) {
        bytes += next.listed.size;
        if bytes > COMMAND && !batch.is_empty() {
            break;
        }
        batch.extend(mails.pop_front());
    }
    if batch.len() > 1 {
        return many(hands, server, batch, gathered).await;
    }
    match batch.pop().or_else(|| mails.pop_front()) {
        Some(found) => one(hands, server, found, gathered).await,
        None => Ok(()),
    }
}

/// Fetches mails by one command; those that do not come are asked for alone.
async fn many(
    hands: Hands<'_>,
    server: &mut impl Mailbox,
    batch: Vec<Found>,
    gathered: &mut Gathered,
) -> Result<(), Trouble> {
    let uids: Vec<u32> = batch.iter().map(|f| f.listed.uid).collect();
    let mut came: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut each = |uid, bytes: &[u8]| {
        came.insert(uid, bytes.to_vec());
    };
    let asked = server.batch(&uids, SMALL, &mut each).await;
    let mut open = Vec::new();
    for found in batch {
        // One that fills its answer may be longer than the server said; one that is
        // shorter may not have come to its end.
        match came.remove(&found.listed.uid) {
            Some(bytes) if (found.listed.size..SMALL).contains(&(bytes.len() as u64)) => {
                hands.given.store(true, Ordering::Relaxed);
                gathered.got.push(Got {
                    found,
                    body: Body::Whole(bytes),
                    refused: None,
                    attempt: None,
                });
            }
            Some(_) | None => open.push(found),
        }
    }
    if let Err(why) = asked {
        let places: Vec<OnServer> = open.iter().map(|f| f.place).collect();
        let suspect = move |tx: &Tx| {
            let mut each = places.iter();
            each.try_for_each(|place| tx.suspect(*place).map(drop))
        };
        return Err(hands
            .record
            .write(suspect)
            .await
            .err()
            .map_or(why, Trouble::Lost));
    }
    for found in open {
        one(hands, server, found, gathered).await?;
    }
    Ok(())
}

/// Fetches one mail. Its attempt is counted before it is asked for: one that ends our process
/// while it comes is known by its count too.
///
/// Only what the server does to this mail counts against it: a store that fails ends the
/// group, and a server that says that it is out of order is asked again for long.
async fn one(
    hands: Hands<'_>,
    server: &mut impl Mailbox,
    mut found: Found,
    gathered: &mut Gathered,
) -> Result<(), Trouble> {
    let (folder, uidvalidity, uid) = found.place;
    let count = move |tx: &Tx| tx.count_attempt(folder, uidvalidity, uid);
    let attempt = hands.record.write(count).await.map_err(Trouble::Lost)?;
    let coming = Coming::of(hands.record, found.place);
    let fetched = match told(server, found).await {
        Ok(listed) => {
            found.listed = listed;
            sliced(hands, server, found, attempt).await
        }
        Err(why) => Ok((Body::Nothing, Some(Stop::of(why)))),
    };
    coming.came();
    let (body, stop) = match fetched {
        Ok(fetched) => fetched,
        Err(why) => return Err(blameless(hands, found, why).await),
    };
    let Some(stop) = stop else {
        let came = !matches!(body, Body::Nothing);
        hands.given.fetch_or(came, Ordering::Relaxed);
        let (refused, attempt) = (None, Some(attempt));
        gathered.got.push(Got {
            found,
            body,
            refused,
            attempt,
        });
        return Ok(());
    };
    let (given_up, often) = match is_given_up(hands, found, &stop).await {
        Ok(known) => known,
        Err(why) => return Err(blameless(hands, found, why).await),
    };
    if given_up {
        gathered.got.push(Got {
            found,
            body,
            refused: Some(stop.to_string()),
            attempt: Some(attempt),
        });
    } else {
        let back = take_back(hands.record, vec![found.place]).await;
        back.map_err(Trouble::Lost)?;
    }
    match stop {
        Stop::Broke(why) => return Err(why),
        Stop::Refused(_) | Stop::Ungiven(_) if given_up => {}
        // Gone, most likely: then it is not listed again.
        Stop::Ungiven(_) if !often => gathered.left.push((found, Kept::Gone)),
        Stop::Refused(why) | Stop::Ungiven(why) => {
            gathered.left.push((found, Kept::Failed(why)));
        }
    }
    Ok(())
}

/// Our store failed: the attempt is taken back, at once or later.
async fn blameless(hands: Hands<'_>, found: Found, why: Trouble) -> Trouble {
    let _ = take_back(hands.record, vec![found.place]).await;
    why
}

/// Size and date of a mail of which they were not asked before.
async fn told(server: &mut impl Mailbox, found: Found) -> Result<Listed, Trouble> {
    let uid = found.listed.uid;
    if found.listed != Listed::untold(uid) {
        return Ok(found.listed);
    }
    let told = server.list(&[uid]).await?;
    Ok(told
        .into_iter()
        .find(|listed| listed.uid == uid)
        .unwrap_or(found.listed))
}

/// Counts what the server did; whether the mail is not waited for any longer, and whether it
/// did it too often to be chance.
async fn is_given_up(hands: Hands<'_>, found: Found, stop: &Stop) -> Result<(bool, bool), Trouble> {
    let (place, now) = (found.place, hands.record.now());
    let others_come = hands.given.load(Ordering::Relaxed);
    if stop.is_passing() {
        let suspect = move |tx: &Tx| tx.suspect(place);
        let since = hands.record.write(suspect).await.map_err(Trouble::Lost)?;
        let lasts = now.duration_since(since);
        return Ok((lasts >= TOO_LONG || (others_come && lasts >= ENOUGH), true));
    }
    let count = move |tx: &Tx| tx.count_refusal(place.0, place.1, place.2);
    let refusals = hands.record.write(count).await.map_err(Trouble::Lost)?;
    let waited = now.duration_since(refusals.first) >= ENOUGH;
    let breaks = matches!(stop, Stop::Broke(_));
    let most = if breaks { BROKEN_FROM } else { UNREADABLE_FROM };
    let often = refusals.count >= most;
    Ok((often && (waited || others_come), often))
}
