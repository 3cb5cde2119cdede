//! The receiving turn: what is on the server and has no row is taken in.
//!
//! There is no cursor. A pass asks the server for its UIDs and the store for those
//! without a row; a mail is done when its row is committed, so a failure anywhere before
//! that is repaired by the next pass. Nothing is changed on the server.

use super::record::Record;
use crate::config::{Config, MailboxConfig};
use crate::desk::ingest::{self, Arrival, Taken};
use crate::mail::parse::{PARSED_AT_MOST, parse};
use crate::mail::{ContentDigest, Defect, Digester, Mail};
use crate::mailbox::{Listed, Mailbox, Opened, Trouble};
use crate::store::{Folder, Raw, RawBytes, Sighting};
use anyhow::{Context, Result, anyhow};
use std::sync::Arc;
use tracing::{debug, info, warn};

/// What is kept of a mail over the size limit.
const KEPT_OF_OVERSIZE: u64 = 256 * 1024;
/// From this attempt on, a mail is taken in without being parsed: the attempts before
/// ended with the process.
const UNREADABLE_FROM: u32 = 3;

/// One pass over all folders of one mailbox. Gives the number of mails taken in.
///
/// # Errors
/// [`Trouble`] with the server or, as [`Trouble::Lost`], with the store; what was
/// committed before stays. A folder that is not there is told after all others were read.
pub async fn receive(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
    server: &mut impl Mailbox,
) -> Result<usize, Trouble> {
    let mut found: Vec<(Folder, Opened, Listed)> = Vec::new();
    let (mut looked, mut absent) = (Vec::new(), None);
    let mut current: Option<String> = None;
    for name in &mailbox.folders {
        let opened = match server.open(name).await {
            Ok(opened) => opened,
            // A report in INBOX does not wait until somebody makes Junk again.
            Err(Trouble::NoFolder(name)) => {
                (absent, current) = (Some(name), None);
                continue;
            }
            Err(why) => return Err(why),
        };
        current = Some(name.clone());
        let Some(folder) = baseline_of(record, mailbox, name)
            .await
            .map_err(Trouble::Lost)?
        else {
            continue;
        };
        let uids = server.uids().await?;
        let (id, uidvalidity) = (folder.id, opened.uidvalidity);
        let missing = record
            .read(move |tx| tx.without_row(id, uidvalidity, &uids))
            .await
            .map_err(Trouble::Lost)?;
        let listed = if missing.is_empty() {
            Vec::new()
        } else {
            server.list(&missing).await?
        };
        looked.push(folder.id);
        found.extend(listed.into_iter().map(|l| (folder.clone(), opened, l)));
    }
    // Across folders in the order of arrival, so that a reply follows its root.
    found.sort_by_key(|(_, _, l)| (l.internal_date, l.uid));
    let mut taken = 0;
    for (folder, opened, listed) in found {
        if current.as_deref() != Some(folder.name.as_str()) {
            server.open(&folder.name).await?;
            current = Some(folder.name.clone());
        }
        taken += usize::from(take(record, config, mailbox, server, &folder, opened, listed).await?);
    }
    let done = move |tx: &crate::store::Tx| looked.into_iter().try_for_each(|id| tx.looked(id));
    record.write(done).await.map_err(Trouble::Lost)?;
    match absent {
        Some(name) => Err(Trouble::NoFolder(name)),
        None => Ok(taken),
    }
}

/// A folder without a baseline is not read: nobody said what in it is old.
async fn baseline_of(
    record: &Record,
    mailbox: &MailboxConfig,
    name: &str,
) -> Result<Option<Folder>> {
    let (of, folder) = (mailbox.name.clone(), name.to_owned());
    let found = record.read(move |tx| tx.folder(&of, &folder)).await?;
    if found.is_none() {
        warn!(
            mailbox = mailbox.name,
            folder = name,
            "this folder has no baseline and is not read; `gatepost init --folder` takes it"
        );
    }
    Ok(found)
}

/// Takes one mail in; false when it is gone by now.
async fn take(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
    server: &mut impl Mailbox,
    folder: &Folder,
    opened: Opened,
    listed: Listed,
) -> Result<bool, Trouble> {
    let Some(fetched) = fetch(server, mailbox, listed).await? else {
        debug!(
            folder = folder.name,
            uid = listed.uid,
            "gone before it was fetched"
        );
        return Ok(false);
    };
    let at = (folder.clone(), opened, listed);
    let taken = keep(record, Arc::clone(config), mailbox.clone(), at, fetched).await;
    let context = || format!("UID {} in {} of {}", listed.uid, folder.name, mailbox.name);
    let taken = taken.with_context(context).map_err(Trouble::Lost)?;
    let v = &taken.verdict;
    info!(
        mailbox = mailbox.name,
        folder = folder.name,
        uid = listed.uid,
        mail = taken.mail,
        ticket = taken.ticket.map(|t| t.0),
        kind = v.kind.is.word(),
        place = v.place.is.word(),
        reply = v.reply.is.word(),
        "taken in"
    );
    Ok(true)
}

/// A mail's bytes, as far as they are kept.
struct Fetched {
    raw: RawBytes,
    head: Vec<u8>,
    digester: Digester,
    whole: bool,
}

async fn fetch(
    server: &mut impl Mailbox,
    mailbox: &MailboxConfig,
    listed: Listed,
) -> Result<Option<Fetched>, Trouble> {
    let oversize = listed.size > mailbox.size_limit;
    let limit = if oversize {
        KEPT_OF_OVERSIZE
    } else {
        mailbox.size_limit
    };
    let (mut raw, mut head, mut digester) = (Raw::new(), Vec::new(), Digester::new());
    let mut compressed = Ok(());
    let mut seen: usize = 0;
    let mut piece = |bytes: &[u8]| {
        seen += bytes.len();
        let room = PARSED_AT_MOST.saturating_sub(head.len()).min(bytes.len());
        head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        digester.update(bytes);
        if compressed.is_ok() {
            compressed = raw.push(bytes);
        }
    };
    if !server.fetch(listed.uid, limit, &mut piece).await? {
        return Ok(None);
    }
    compressed.map_err(Trouble::Lost)?;
    let whole = !oversize && seen == head.len();
    Ok(Some(Fetched {
        raw: raw.finish().map_err(Trouble::Lost)?,
        head,
        digester,
        whole,
    }))
}

/// Counts the attempt, parses, and commits the mail with all that follows from it.
async fn keep(
    record: &Record,
    config: Arc<Config>,
    mailbox: MailboxConfig,
    at: (Folder, Opened, Listed),
    fetched: Fetched,
) -> Result<Taken> {
    let (folder, opened, listed) = at;
    let (id, uidvalidity, uid) = (folder.id, opened.uidvalidity, listed.uid);
    // Counted after the fetch, so that a bad network makes no mail unreadable, and
    // committed before the first byte is parsed, so that a mail that kills the process
    // is known by its count.
    let attempt = record
        .write(move |tx| tx.count_attempt(id, uidvalidity, uid))
        .await?;
    let Fetched {
        raw,
        head,
        digester,
        whole,
    } = fetched;
    let read = move || read_mail(&head, whole, digester, attempt);
    let (mail, digest) = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| anyhow!("reading the mail died by an internal error"))?;
    let (received_at, our_clock) = ingest::receipt(listed.internal_date, record.now());
    let seen = Sighting {
        folder: id,
        uidvalidity,
        uid,
        received_at,
        size: listed.size,
    };
    let renumbered = uidvalidity != folder.uidvalidity;
    let work = move |tx: &crate::store::Tx| {
        let arrival = Arrival {
            mailbox: &mailbox,
            seen,
            our_clock,
            renumbered,
            mail: &mail,
            digest: &digest,
            raw: &raw,
        };
        ingest::ingest(tx, &config, &arrival)
    };
    record.write(work).await
}

fn read_mail(head: &[u8], whole: bool, digester: Digester, attempt: u32) -> (Mail, ContentDigest) {
    let mail = if attempt >= UNREADABLE_FROM {
        Mail {
            defects: vec![Defect::Unreadable],
            ..Mail::default()
        }
    } else {
        parse(head, whole)
    };
    let digest = digester.finish(&mail);
    (mail, digest)
}
