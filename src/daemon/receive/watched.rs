//! Which folders a pass reads: those of the config, and those that the server has for junk
//! and for sent mail.
//!
//! The server is asked at each login and with each sweep, so that a folder which is made, or
//! renamed, later is found. It is not read before somebody takes its baseline.

use super::breaks::{self, Broken};
use super::{Record, SWEEP};
use crate::config::MailboxConfig;
use crate::mailbox::roles::{self, There, Watched};
use crate::mailbox::{Mailbox, Trouble};
use crate::store::Tx;
use crate::triage::Role;
use jiff::Timestamp;
use tracing::{info, warn};

/// The folders to read, the one to wait on first; and what kept the server from naming its
/// folders: then those of the config are read all the same.
pub(super) async fn watched<M: Mailbox>(
    record: &Record,
    mailbox: &MailboxConfig,
    server: &mut M,
    known: &mut Option<(Timestamp, Vec<Watched>)>,
    asks: bool,
    broken: &Broken,
) -> Result<(Vec<Watched>, Option<Trouble>), Trouble> {
    let now = record.now();
    if let Some((at, watched)) = known.as_ref().filter(|_| !asks)
        && *at <= now
        && now.duration_since(*at) < SWEEP
    {
        return Ok((watched.clone(), None));
    }
    let (there, trouble) = match broken.asks_nothing(now) {
        Some(why) => (None, Some(why)),
        None => match server.folders().await {
            Ok(there) => (Some(there), None),
            Err(why @ (Trouble::Refused { .. } | Trouble::Permission(_))) => (None, Some(why)),
            Err(why) => return Err(breaks::broke(record, &mailbox.name, breaks::ALL, why).await),
        },
    };
    let mut watched = roles::watched(mailbox, there.as_deref().unwrap_or_default());
    if let Some(there) = there {
        broken.is_well(record, &mailbox.name, breaks::ALL).await?;
        remember(record, mailbox, &watched)
            .await
            .map_err(Trouble::Lost)?;
        watched.retain(|one| is_there(mailbox, &there, one));
        *known = Some((now, watched.clone()));
    }
    Ok((watched, trouble))
}

/// Where mail arrives, a missing folder is trouble. Of one for junk or sent mail health
/// tells, and nothing else stops for it.
fn is_there(mailbox: &MailboxConfig, there: &[There], one: &Watched) -> bool {
    if one.role == Role::Inbox || there.iter().any(|t| roles::is_same(&t.name, &one.name)) {
        return true;
    }
    warn!(
        mailbox = mailbox.name,
        folder = one.name,
        role = one.role.word(),
        "the config names this folder, and the server has none of that name: it is not read"
    );
    false
}

/// Whoever asks for health has no server: what was found is written down, where it is new.
async fn remember(
    record: &Record,
    mailbox: &MailboxConfig,
    watched: &[Watched],
) -> anyhow::Result<()> {
    let name = mailbox.name.clone();
    let mut all: Vec<_> = watched.iter().map(|w| (w.name.clone(), w.role)).collect();
    all.sort();
    let found = all.clone();
    let is_new = move |tx: &Tx| {
        let read = tx.folders()?.into_iter().filter(|f| f.mailbox == name);
        let unread = tx.unread()?.into_iter().filter(|f| f.mailbox == name);
        let mut known: Vec<_> = read
            .map(|f| (f.name, f.role))
            .chain(unread.map(|f| (f.name, f.role)))
            .collect();
        known.sort();
        Ok(known != found)
    };
    if !record.read(is_new).await? {
        return Ok(());
    }
    for one in watched {
        info!(
            mailbox = mailbox.name,
            folder = one.name,
            role = one.role.word(),
            "this folder is watched"
        );
    }
    let name = mailbox.name.clone();
    record.write(move |tx| tx.set_watched(&name, &all)).await
}
