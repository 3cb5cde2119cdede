//! The filing turn: puts copies of sent letters into the folder for sent mail.
//!
//! A letter's row says that its copy is wanted; a turn makes it so, over a connection of its
//! own. Before a copy is added the folder is asked whether it holds that Message-ID: a turn
//! that died after adding, and a server that files by itself, make no second copy.
//!
//! It must never keep a letter from leaving, and never be more than a warning: a missing
//! folder or a missing right is told once, and tried again after an hour.

use super::Shared;
use super::pulse;
use super::record::Record;
use crate::config::{Config, MailboxConfig};
use crate::mailbox::Trouble;
use crate::mailbox::sent::SentBox;
use crate::store::{Letter, Tx};
use anyhow::Result;
use std::time::Duration;
use tracing::{debug, error, warn};

/// What is to be filed is looked for this often: each time costs a login, and a copy is in
/// no hurry.
const LOOK: Duration = Duration::from_secs(20);

/// How soon a server that was in trouble is tried again at least, and at most.
const RESTS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(3600)];

/// Letters looked at together.
const BATCH: u32 = 100;

/// Why copies could not be filed.
#[derive(Debug)]
pub(super) enum Unfiled {
    /// The server is in trouble, which may pass by itself.
    Trouble(Trouble),
    /// There is no folder for sent mail, or nothing may be added to it.
    Barred(String),
    /// The store failed.
    Store(anyhow::Error),
}

/// The word in the store under which it is remembered why copies cannot be filed.
pub fn filing_warning(mailbox: &MailboxConfig) -> String {
    format!("warning/sent/{}", mailbox.name)
}

/// Files the copies that are wanted for this mailbox; `connect` is called when there is one.
/// Gives how many.
pub(super) async fn file<S: SentBox>(
    record: &Record,
    config: &Config,
    mailbox: &MailboxConfig,
    connect: impl AsyncFn(&MailboxConfig) -> Result<S, Trouble>,
) -> Result<usize, Unfiled> {
    let (mut filed, mut barred) = (0, None);
    let mut server: Option<(S, String)> = None;
    while config.files_copies_of(&mailbox.address) {
        let wanted = wanted(record, mailbox).await?;
        if wanted.is_empty() {
            break;
        }
        let (open, folder) = match &mut server {
            Some(both) => both,
            none => none.insert(opened(mailbox, connect(mailbox).await?).await?),
        };
        for letter in &wanted {
            match file_one(record, open, folder, letter).await {
                Ok(()) => filed += 1,
                // One that the server does not want keeps no other.
                Err(why @ Unfiled::Barred(_)) => barred = barred.or(Some(why)),
                Err(why) => return Err(why),
            }
        }
        if barred.is_some() {
            break;
        }
    }
    if let Some((server, _)) = server {
        server.leave().await;
    }
    barred.map_or(Ok(filed), Err)
}

async fn wanted(record: &Record, mailbox: &MailboxConfig) -> Result<Vec<Letter>, Unfiled> {
    let sender = mailbox.address.clone();
    let wanted = move |tx: &Tx| tx.copies_wanted(&sender, BATCH);
    record.read(wanted).await.map_err(Unfiled::Store)
}

/// The server with its folder for sent mail open.
async fn opened<S: SentBox>(
    mailbox: &MailboxConfig,
    mut server: S,
) -> Result<(S, String), Unfiled> {
    let folder = match &mailbox.sent_folder {
        Some(folder) => Some(folder.clone()),
        None => server.sent_folder().await?,
    };
    let Some(folder) = folder else {
        return Err(Unfiled::Barred(
            "the server has no folder for sent mail\n  hint: name one (`sent_folder`), or set `copy_to_sent = false`".to_owned(),
        ));
    };
    server.open(&folder).await?;
    Ok((server, folder))
}

async fn file_one(
    record: &Record,
    server: &mut impl SentBox,
    folder: &str,
    letter: &Letter,
) -> Result<(), Unfiled> {
    let id = letter.id;
    let there = match &letter.message_id {
        Some(message_id) => server.holds(message_id).await?,
        None => false,
    };
    if !there {
        let bytes = record.read(move |tx| tx.letter_bytes(id)).await;
        let at = letter.settled_at.unwrap_or(letter.created_at);
        let bytes = bytes.map_err(Unfiled::Store)?;
        server.append(folder, &bytes, at).await?;
    }
    debug!(
        letter = id,
        there, "a copy lies in the folder for sent mail"
    );
    let done = move |tx: &Tx| tx.copy_is_filed(id);
    record.write(done).await.map_err(Unfiled::Store)
}

impl From<Trouble> for Unfiled {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused { .. } | Trouble::NoFolder(_) | Trouble::Permission(_) => {
                Self::Barred(format!(
                    "{trouble}\n  hint: give the right to add to it (`i`), or set `copy_to_sent = false`"
                ))
            }
            Trouble::Lost(_) | Trouble::Secret(_) | Trouble::Login(_) => Self::Trouble(trouble),
        }
    }
}

/// A long rest is no standstill: who watches the loops is told this often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(300);

/// One turn, and a word in the log when something new is wrong. Gives how long to rest.
pub(super) async fn turn<S: SentBox>(
    record: &Record,
    config: &Config,
    mailbox: &MailboxConfig,
    rest: Duration,
    connect: impl AsyncFn(&MailboxConfig) -> Result<S, Trouble>,
) -> Duration {
    let [least, most] = RESTS;
    let (why, rest) = match file(record, config, mailbox, connect).await {
        Ok(0) => return LOOK,
        Ok(_) => (None, LOOK),
        Err(Unfiled::Barred(why)) => (Some(why), most),
        Err(Unfiled::Trouble(why)) => (Some(why.to_string()), (rest * 2).clamp(least, most)),
        Err(Unfiled::Store(why)) => {
            error!(
                why = format!("{why:#}"),
                "copies of letters cannot be filed"
            );
            return least;
        }
    };
    let (key, told) = (filing_warning(mailbox), why.clone());
    let remember = move |tx: &Tx| {
        let before = tx.meta(&key)?;
        match &told {
            Some(why) => tx.set_meta(&key, why)?,
            None => tx.clear_meta(&key)?,
        }
        Ok(before != told)
    };
    match (record.write(remember).await, why) {
        (Ok(true), Some(why)) => {
            let why = why.lines().next().unwrap_or_default();
            warn!(
                mailbox = mailbox.name,
                why, "no copies of letters in the folder for sent mail"
            );
        }
        (Ok(_), _) => {}
        (Err(why), _) => error!(why = format!("{why:#}"), "the store failed"),
    }
    rest
}

/// Files copies as letters leave.
pub(super) async fn filing(shared: Shared, mailbox: MailboxConfig) {
    let mut rest = Duration::ZERO;
    while !shared.stop.is_cancelled() {
        let turn = turn(
            &shared.record,
            &shared.config,
            &mailbox,
            rest,
            super::connect,
        );
        // What a turn had begun is found by the next one.
        tokio::select! {
            () = shared.stop.cancelled() => return,
            after = turn => rest = after,
        }
        let until = tokio::time::Instant::now() + rest;
        while tokio::time::Instant::now() < until {
            tokio::select! {
                () = shared.stop.cancelled() => return,
                () = tokio::time::sleep(rest.min(SIGN_OF_LIFE)) => pulse::looked(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
