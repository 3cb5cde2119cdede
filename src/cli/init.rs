//! `init`: makes the store; what is in the mailbox now becomes the baseline.

use super::{Here, Usage, block_on, output};
use crate::config::Config;
use crate::daemon;
use crate::mail::fingerprint;
use crate::mailbox::Mailbox;
use crate::store::{BaselineMessage, Store};
use crate::wall;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// What is in one folder now.
struct Found {
    mailbox: String,
    folder: String,
    uidvalidity: u32,
    messages: Vec<BaselineMessage>,
}

/// Takes the baseline of all folders into a new store, or of one folder into the store
/// that is there.
pub fn init(here: &Here, folder: Option<&str>) -> Result<ExitCode> {
    let mut store = match folder {
        None => {
            if here.config.store.exists() {
                return Err(Usage(format!("there is a store at {} already; nothing was changed\n  hint: `gatepost run` uses it; `init --folder NAME` adds a folder", here.config.store.display())).into());
            }
            None
        }
        Some(_) => Some(here.store()?),
    };
    // All servers are asked before anything is written: half a baseline is none.
    let found = block_on(look(&here.config, folder))?;
    let store = match &mut store {
        Some(store) => store,
        None => &mut Store::create(&here.config.store)?,
    };
    store.write(wall::now(), |tx| {
        tx.keep_policy(&here.config.policy)?;
        found.iter().try_for_each(|f| {
            tx.add_folder(&f.mailbox, &f.folder, f.uidvalidity, &f.messages)
                .map(drop)
        })
    })?;
    for f in &found {
        output::line(format!(
            "{:<10} {:<12} {:>7} mails",
            f.mailbox,
            f.folder,
            f.messages.len()
        ));
    }
    let all: usize = found.iter().map(|f| f.messages.len()).sum();
    output::line(format!(
        "{all} mails are the baseline: no letter, no clock, no reminder. What comes now is a report."
    ));
    output::line(format!(
        "The store is {}. Next: gatepost run",
        here.config.store.display()
    ));
    Ok(ExitCode::SUCCESS)
}

async fn look(config: &Config, only: Option<&str>) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let watched: usize = config.mailboxes.iter().map(|m| m.folders.len()).sum();
    for mailbox in &config.mailboxes {
        let folders: Vec<&String> = mailbox
            .folders
            .iter()
            .filter(|f| only.is_none_or(|o| o == f.as_str()))
            .collect();
        if folders.is_empty() {
            continue;
        }
        let at = || format!("mailbox {}", mailbox.name);
        let mut server = daemon::connect(mailbox).await.with_context(at)?;
        for folder in folders {
            let done = found.len() + 1;
            output::progress(&format!("listing: folder {done} of {watched}"));
            let opened = server.open(folder).await.with_context(at)?;
            let uids = server.uids().await.with_context(at)?;
            let mut prints = BTreeMap::new();
            let mut each = |uid, size, fields: &[u8]| {
                prints.insert(uid, fingerprint(fields, size));
            };
            if let Err(why) = server.heads(&uids, &mut each).await {
                output::alarm(format!(
                    "{folder} of {}: its mails will be known by their dates alone if the server numbers them anew ({why})",
                    mailbox.name
                ));
                server = daemon::connect(mailbox).await.with_context(at)?;
            }
            let look = |uid| BaselineMessage {
                uid,
                fingerprint: prints.remove(&uid).flatten(),
            };
            found.push(Found {
                mailbox: mailbox.name.clone(),
                folder: folder.clone(),
                uidvalidity: opened.uidvalidity,
                messages: uids.into_iter().map(look).collect(),
            });
        }
        server.logout().await;
    }
    output::progress("");
    match only {
        Some(name) if found.is_empty() => Err(Usage(format!(
            "no mailbox in the config watches a folder {name:?}\n  hint: add it to `folders` first"
        ))
        .into()),
        Some(_) | None => Ok(found),
    }
}
