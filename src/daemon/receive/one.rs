//! One mail: fetched, counted, parsed, and committed with all that follows from it.
//!
//! Nothing may make a mail stay without a row for ever. One that ended our process twice
//! is not parsed a third time; one that the server refused three times, at least five
//! minutes apart, is not waited for: both are *unreadable*, open a ticket, and are seen by
//! people, who have the mailbox. What merely failed (a full disk, a locked store) is tried
//! again for as long as it takes, and counts for nothing.
//!
//! Known limit: of a mail that was refused no byte is kept, and it is not asked for again.

use super::super::record::Record;
use crate::config::{Config, MailboxConfig};
use crate::desk::health;
use crate::desk::ingest::{self, Arrival, Taken};
use crate::mail::parse::{PARSED_AT_MOST, parse};
use crate::mail::{ContentDigest, Defect, Digester, Mail};
use crate::mailbox::{Listed, Mailbox, Opened, Trouble};
use crate::store::{Folder, Raw, RawBytes, Sighting, Tx};
use anyhow::{Context, Result, anyhow};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What is kept of a mail over the size limit.
const KEPT_OF_OVERSIZE: u64 = 256 * 1024;
/// From this attempt on, a mail is taken in without being parsed: the attempts before
/// ended with the process. From this refusal on, without its bytes.
const UNREADABLE_FROM: u32 = 3;

/// A mail that is on the server and has no row.
pub(super) struct Found {
    pub(super) folder: Folder,
    pub(super) opened: Opened,
    pub(super) listed: Listed,
}

/// What became of it.
pub(super) enum Outcome {
    /// It has its row.
    Taken(Taken),
    /// It is no longer on the server.
    Gone,
    /// It could not be taken in; others may be.
    Failed(Trouble),
}

/// Takes one mail in from the folder that is open.
///
/// # Errors
/// What is not the fault of this mail: the connection, or a store that cannot even count.
pub(super) async fn take(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
    server: &mut impl Mailbox,
    found: &Found,
) -> Result<Outcome, Trouble> {
    let (id, uidvalidity, uid) = found.place();
    let fetched = match fetch(server, mailbox, found.listed).await {
        Ok(Some(fetched)) => fetched,
        Ok(None) => return Ok(Outcome::Gone),
        Err(Trouble::Refused { command, said }) => {
            let count = move |tx: &Tx| tx.count_refusal(id, uidvalidity, uid);
            if record.write(count).await.map_err(Trouble::Lost)? < UNREADABLE_FROM {
                return Ok(Outcome::Failed(Trouble::Refused { command, said }));
            }
            Fetched::nothing(&mailbox.name, found)
        }
        Err(why) => return Err(why),
    };
    // Counted after the fetch, so that a bad network makes no mail unreadable, and
    // committed before the first byte is parsed, so that a mail that kills the process
    // is known by its count.
    let attempt = record
        .write(move |tx| tx.count_attempt(id, uidvalidity, uid))
        .await
        .map_err(Trouble::Lost)?;
    let kept = keep(record, config, mailbox, found, fetched, attempt).await;
    let context = || format!("UID {uid} in {} of {}", found.folder.name, mailbox.name);
    let why = match kept.with_context(context) {
        Ok(taken) => return Ok(Outcome::Taken(taken)),
        Err(why) => why,
    };
    if !why.is::<Panicked>() {
        let back = move |tx: &Tx| tx.uncount_attempt(id, uidvalidity, uid);
        if record.write(back).await.is_err() {
            // The store fails as a whole: the next mail would fare no better.
            return Err(Trouble::Lost(why));
        }
    }
    Ok(Outcome::Failed(Trouble::Lost(why)))
}

impl Found {
    fn place(&self) -> (crate::store::FolderId, u32, u32) {
        (self.folder.id, self.opened.uidvalidity, self.listed.uid)
    }
}

/// A mail's bytes, as far as they are kept.
struct Fetched {
    raw: Result<RawBytes>,
    /// What the parser may see; none when the server does not give the mail.
    head: Option<Vec<u8>>,
    digester: Digester,
    whole: bool,
}

impl Fetched {
    /// In the place of a mail that the server does not give. Its digest is over its place:
    /// two such mails are not the same.
    fn nothing(mailbox: &str, found: &Found) -> Self {
        let (_, uidvalidity, uid) = found.place();
        let place = format!("{mailbox}/{}/{uidvalidity}/{uid}", found.folder.name);
        let mut digester = Digester::new();
        digester.update(place.as_bytes());
        Self {
            raw: Raw::new().finish(),
            head: None,
            digester,
            whole: false,
        }
    }
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
    let whole = !oversize && seen == head.len();
    Ok(Some(Fetched {
        raw: compressed.and_then(|()| raw.finish()),
        head: Some(head),
        digester,
        whole,
    }))
}

/// Parses, and commits the mail with all that follows from it.
async fn keep(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
    found: &Found,
    fetched: Fetched,
    attempt: u32,
) -> Result<Taken> {
    let (folder, uidvalidity, uid) = found.place();
    let raw = fetched.raw?;
    let head = fetched.head.filter(|_| attempt < UNREADABLE_FROM);
    let (whole, digester) = (fetched.whole, fetched.digester);
    let read = move || caught(|| Ok(read_mail(head.as_deref(), whole, digester)));
    let (mail, digest) = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| anyhow!("reading the mail died by an internal error"))??;
    let (received_at, our_clock) = ingest::receipt(found.listed.internal_date, record.now());
    let seen = Sighting {
        folder,
        uidvalidity,
        uid,
        received_at,
        size: found.listed.size,
    };
    let renumbered = uidvalidity != found.folder.uidvalidity;
    let (config, mailbox) = (Arc::clone(config), mailbox.clone());
    let date = found.listed.internal_date;
    let work = move |tx: &Tx| {
        date.map_or(Ok(()), |at| health::compare_clocks(tx, at))?;
        let arrival = Arrival {
            mailbox: &mailbox,
            seen,
            our_clock,
            renumbered,
            mail: &mail,
            digest: &digest,
            raw: &raw,
        };
        caught(|| ingest::ingest(tx, &config, &arrival))
    };
    record.write(work).await
}

fn read_mail(head: Option<&[u8]>, whole: bool, digester: Digester) -> (Mail, ContentDigest) {
    let mail = match head {
        Some(head) => parse(head, whole),
        None => Mail {
            defects: vec![Defect::Unreadable],
            ..Mail::default()
        },
    };
    let digest = digester.finish(&mail);
    (mail, digest)
}

/// A panic over a mail. Unlike other failures it comes again each time, so its attempt
/// counts as one that ended the process.
#[derive(Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a fault in gatepost: taking the mail in panicked")
    }
}

impl std::error::Error for Panicked {}

fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Panicked.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_from_a_failure_also_under_a_context() {
        let check = |work: fn() -> Result<()>| {
            let why = caught(work).with_context(|| "UID 1").unwrap_err();
            why.is::<Panicked>()
        };
        assert!(check(|| panic!("as it was told")));
        assert!(!check(|| Err(anyhow!("the disk is full"))));
    }
}
