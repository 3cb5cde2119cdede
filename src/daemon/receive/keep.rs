//! Takes a group of fetched mails in: counted, parsed, and committed together.
//!
//! The attempts are counted in a commit of their own before the first byte is parsed, and of a
//! mail that is asked for alone before it comes, so that a mail that ends our process is known
//! by its count. Of one that does from the fourth attempt on only the beginning is asked for.
//! Parsing, digest and compression come before the transaction that writes the rows; in it each
//! mail has a savepoint: one that fails is undone alone, and tried once more alone.
//!
//! Nothing may make a mail stay without a row for ever. One that ended our process twice
//! is read by a process of its own; one that ended us also when it was read there is, from
//! the sixth attempt on, not read. What merely failed (a full disk, a locked store, a process
//! that could not be started) is tried again for as long as it takes, and counts for nothing.

use super::apart::Ended;
use super::counts::{counted, take_back};
use super::folder::Looked;
use super::gather::{Body, Found, Got, Hands};
use crate::config::{Config, MailboxConfig};
use crate::desk::health;
use crate::desk::ingest::{self, Arrival, Taken};
use crate::mail::parse::parse;
use crate::mail::{ContentDigest, Defect, Digester, Mail};
use crate::mailbox::Trouble;
use crate::store::{OnServer, Raw, RawBytes, Sighting, Tx};
use crate::triage::Role;
use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tracing::{info, warn};

/// From this attempt on a mail is read by a process of its own; from this refusal on it is
/// taken in without its bytes.
pub(super) const UNREADABLE_FROM: u32 = 3;
/// From this attempt on only the beginning of a mail is asked for.
pub(super) const BEGINNING_FROM: u32 = 4;
/// From this attempt on a mail is not read: others read it, and we ended all the same.
const UNREAD_FROM: u32 = 6;

/// What became of a mail.
pub(super) enum Kept {
    /// It has its row.
    Taken(Taken),
    /// It has a row under an earlier number, and that row learned the new one.
    KnownAgain,
    /// It is no longer on the server.
    Gone,
    /// It could not be taken in; others may be.
    Failed(Trouble),
}

/// A mail that was read.
struct Read {
    found: Found,
    raw: RawBytes,
    mail: Mail,
    digest: ContentDigest,
    /// Why it, or the rest of it, did not come.
    refused: Option<String>,
    /// Its folder was numbered anew since all of it was known.
    renumbered: bool,
    /// And then its baseline is known by date alone.
    may_be_old: bool,
    /// What its folder is for.
    role: Role,
}

/// What is known of a mail's folder.
#[derive(Clone, Copy, Default)]
struct About {
    renumbered: bool,
    may_be_old: bool,
    role: Role,
}

/// Takes them in.
///
/// # Errors
/// When the store cannot even count; the fault of one mail is what became of it.
pub(super) async fn keep(
    hands: Hands<'_>,
    looked: &[Looked],
    group: Vec<Got>,
) -> Result<Vec<(Found, Kept)>, Trouble> {
    if group.is_empty() {
        return Ok(Vec::new());
    }
    let attempts = counted(hands, &group).await?;
    let mut open: Vec<OnServer> = group.iter().map(|got| got.found.place).collect();
    let mut kept = Vec::new();
    let ended = keep_counted(hands, looked, group, attempts, &mut kept).await;
    if ended.is_err() {
        open.retain(|place| kept.iter().all(|(found, _)| found.place != *place));
        let _ = take_back(hands.record, open).await;
    }
    ended.map(|()| kept)
}

/// The same of mails whose attempts are counted; those of which it is known what became of
/// them are in `kept`, also where it ends early.
async fn keep_counted(
    hands: Hands<'_>,
    looked: &[Looked],
    group: Vec<Got>,
    attempts: Vec<u32>,
    kept: &mut Vec<(Found, Kept)>,
) -> Result<(), Trouble> {
    let founds: Vec<Found> = group.iter().map(|got| got.found).collect();
    let context: Vec<_> = group
        .iter()
        .map(|got| {
            let looked = looked.get(got.found.looked);
            looked.map_or_else(About::default, |l| About {
                renumbered: l.is_renumbered(),
                may_be_old: l.may_be_old,
                role: l.folder.role,
            })
        })
        .collect();
    let read = read_all(hands, group, attempts, context).await;
    let mut reads = Vec::new();
    for (found, read) in founds.into_iter().zip(read) {
        match read {
            Ok(read) => reads.push(read),
            Err(why) => kept.push((found, failed(hands, looked, &found, why).await?)),
        }
    }
    let reads = Arc::new(reads);
    let outcomes = together(hands, &reads).await;
    for (i, outcome) in outcomes.into_iter().enumerate() {
        let Some(read) = reads.get(i) else { continue };
        let outcome = match outcome {
            Err(why) if reads.len() > 1 => {
                warn!(
                    uid = read.found.listed.uid,
                    why = format!("{why:#}"),
                    "tried alone"
                );
                alone(hands, &reads, i).await
            }
            outcome => outcome,
        };
        let become_ = match outcome {
            Ok(become_) => become_,
            Err(why) => failed(hands, looked, &read.found, why).await?,
        };
        if let Kept::Taken(taken) = &become_ {
            told(hands.mailbox, looked, &read.found, taken);
        }
        kept.push((read.found, become_));
    }
    Ok(())
}

/// A mail that was not taken in, by a process that lives: that attempt counts for nothing,
/// unless it would end the same way each time.
async fn failed(
    hands: Hands<'_>,
    looked: &[Looked],
    found: &Found,
    why: anyhow::Error,
) -> Result<Kept, Trouble> {
    let (uid, looked) = (found.listed.uid, looked.get(found.looked));
    let name = looked.map_or("?", |l| l.folder.name.as_str());
    let counts = why.is::<Panicked>();
    let why = why.context(format!("UID {uid} in {name} of {}", hands.mailbox.name));
    if !counts {
        let (folder, uidvalidity, uid) = found.place;
        let back = move |tx: &Tx| tx.uncount_attempt(folder, uidvalidity, uid);
        if hands.record.write(back).await.is_err() {
            // The store fails as a whole: the next mail would fare no better.
            return Err(Trouble::Lost(why));
        }
    }
    Ok(Kept::Failed(Trouble::Lost(why)))
}

fn told(mailbox: &MailboxConfig, looked: &[Looked], found: &Found, taken: &Taken) {
    let v = &taken.verdict;
    info!(
        mailbox = mailbox.name,
        folder = looked.get(found.looked).map(|l| l.folder.name.as_str()),
        uid = found.listed.uid,
        mail = taken.mail,
        ticket = taken.ticket.map(|t| t.0),
        kind = v.kind.is.word(),
        place = v.place.is.word(),
        reply = v.reply.is.word(),
        "taken in"
    );
}

/// Reads them, in their order, outside of any transaction.
async fn read_all(
    hands: Hands<'_>,
    group: Vec<Got>,
    attempts: Vec<u32>,
    context: Vec<About>,
) -> Vec<Result<Read>> {
    let mut apart = Vec::new();
    for (got, attempt) in group.iter().zip(&attempts) {
        apart.push(match &got.body {
            Body::Whole(_) | Body::Sliced { .. } if *attempt >= UNREAD_FROM => {
                Some(Ok(unreadable()))
            }
            Body::Whole(bytes) if *attempt >= UNREADABLE_FROM => {
                Some(read_apart(hands, got, bytes, true).await)
            }
            Body::Sliced { head, whole, .. } if *attempt >= UNREADABLE_FROM => {
                Some(read_apart(hands, got, head, *whole).await)
            }
            Body::Whole(_) | Body::Sliced { .. } | Body::Nothing => None,
        });
    }
    let name = hands.mailbox.name.clone();
    let count = group.len();
    let all = move || -> Vec<Result<Read>> {
        let each = group.into_iter().zip(apart).zip(context);
        each.map(|((got, apart), context)| {
            let mail = apart.transpose()?;
            caught(|| read(&name, got, mail, context))
        })
        .collect()
    };
    match tokio::task::spawn_blocking(all).await {
        Ok(all) => all,
        Err(_) => (0..count)
            .map(|_| Err(anyhow!("reading the mail died by an internal error")))
            .collect(),
    }
}

/// From the third attempt on: two before ended with our process.
async fn read_apart(hands: Hands<'_>, got: &Got, head: &[u8], whole: bool) -> Result<Mail> {
    let uid = got.found.listed.uid;
    match hands.reader.read(head, whole).await {
        Ok(mail) => {
            info!(
                uid,
                "a mail that ended us twice was read by a process of its own"
            );
            Ok(mail)
        }
        Err(Ended::Died(why)) => {
            warn!(
                uid,
                why, "a mail cannot be read: it ended the process that read it"
            );
            Ok(unreadable())
        }
        // Not the mail's fault: this attempt is taken back, and the next asks again.
        Err(Ended::NotBegun(why)) => Err(anyhow!(
            "cannot start the process that reads a mail over which we ended: {why}"
        )),
    }
}

fn unreadable() -> Mail {
    Mail {
        defects: vec![Defect::Unreadable],
        ..Mail::default()
    }
}

fn read(mailbox: &str, got: Got, mail: Option<Mail>, context: About) -> Result<Read> {
    let found = got.found;
    let (raw, mail, digester) = match got.body {
        Body::Whole(bytes) => {
            let mut digester = Digester::new();
            digester.update(&bytes);
            let mail = mail.unwrap_or_else(|| parse(&bytes, true));
            (Raw::of(&bytes)?, mail, digester)
        }
        Body::Sliced {
            raw,
            head,
            digester,
            whole,
        } => (raw, mail.unwrap_or_else(|| parse(&head, whole)), *digester),
        Body::Nothing => {
            // Over its place: two mails that are not given are not the same.
            let mut digester = Digester::new();
            digester.update(found.name(mailbox).as_bytes());
            (RawBytes::default(), unreadable(), digester)
        }
    };
    Ok(Read {
        found,
        raw,
        digest: digester.finish(&mail),
        mail,
        refused: got.refused,
        renumbered: context.renumbered,
        may_be_old: context.may_be_old,
        role: context.role,
    })
}

/// All of them in one transaction; what fails in it is undone alone.
async fn together(hands: Hands<'_>, reads: &Arc<Vec<Read>>) -> Vec<Result<Kept>> {
    let (config, mailbox) = (Arc::clone(hands.config), hands.mailbox.clone());
    let (all, now) = (Arc::clone(reads), hands.record.now());
    let work = move |tx: &Tx| {
        let one = |read| tx.savepoint(|| caught(|| take(tx, &config, &mailbox, read, now)));
        Ok(all.iter().map(one).collect::<Vec<_>>())
    };
    match hands.record.write(work).await {
        Ok(outcomes) => outcomes,
        Err(why) => {
            let why = format!("{why:#}");
            reads.iter().map(|_| Err(anyhow!(why.clone()))).collect()
        }
    }
}

async fn alone(hands: Hands<'_>, reads: &Arc<Vec<Read>>, i: usize) -> Result<Kept> {
    let (config, mailbox) = (Arc::clone(hands.config), hands.mailbox.clone());
    let (all, now) = (Arc::clone(reads), hands.record.now());
    let work = move |tx: &Tx| {
        let read = all.get(i).context("a mail is missing from its group")?;
        caught(|| take(tx, &config, &mailbox, read, now))
    };
    hands.record.write(work).await
}

/// Takes one mail in, unless it is known under an earlier number.
fn take(
    tx: &Tx,
    config: &Config,
    mailbox: &MailboxConfig,
    read: &Read,
    now: Timestamp,
) -> Result<Kept> {
    let (folder, uidvalidity, uid) = read.found.place;
    let date = read.found.listed.internal_date;
    date.map_or(Ok(()), |at| health::compare_clocks(tx, at))?;
    if read.found.row.is_some() && read.raw.kept == 0 {
        // It is still not given: its row says so already, and it did us no harm.
        tx.uncount_attempt(folder, uidvalidity, uid)?;
        return Ok(Kept::KnownAgain);
    }
    let (digest, size) = (read.digest.hex(), read.found.listed.size);
    let known = tx.known_again(read.found.place, &digest, size, read.renumbered)?;
    if known.is_some() {
        return Ok(Kept::KnownAgain);
    }
    let (received_at, our_clock) = ingest::receipt(date, now);
    let arrival = Arrival {
        mailbox,
        seen: Sighting {
            folder,
            uidvalidity,
            uid,
            received_at,
            size: read.found.listed.size,
        },
        our_clock,
        may_be_old: read.may_be_old,
        row: read.found.row,
        refused: read.refused.as_deref(),
        folder: read.role,
        mail: &read.mail,
        digest: &read.digest,
        raw: &read.raw,
    };
    Ok(Kept::Taken(ingest::ingest(tx, config, &arrival)?))
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
