//! `audit`: is every message accounted for, and does the record agree with itself.

use super::{Here, block_on, no, output};
use crate::config::Config;
use crate::daemon;
use crate::desk::account::{self, Compared};
use crate::mailbox::Mailbox;
use crate::store::Folder;
use crate::wall;
use anyhow::{Context, Result};
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Document {
    folders: Vec<FolderLine>,
    facts: i64,
    head: String,
    differences: Vec<String>,
}

#[derive(Serialize)]
struct FolderLine {
    mailbox: String,
    folder: String,
    on_server: usize,
    with_row: usize,
    without_row: Vec<u32>,
    gone: usize,
}

/// Audits.
pub fn audit(here: &Here, offline: bool, json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    let account = store.read(wall::now(), |tx| account::account(tx, &here.config))?;
    let (mut folders, mut differences) = (Vec::new(), account.differences);
    if !offline {
        let (known, asked_at) = (store.read(wall::now(), |tx| tx.folders())?, wall::now());
        differences.extend(without_baseline(&here.config, &known));
        for (folder, uidvalidity, uids) in block_on(listed(&here.config, known))? {
            let compared = store.write(wall::now(), |tx| {
                account::compare(tx, &folder, uidvalidity, &uids, asked_at)
            })?;
            if !compared.without_row.is_empty() {
                differences.push(format!(
                    "{} of {}: {} mails on the server have no row",
                    folder.name,
                    folder.mailbox,
                    compared.without_row.len()
                ));
            }
            folders.push(line(&folder, compared));
        }
    }
    let ok = differences.is_empty();
    let document = Document {
        folders,
        facts: account.facts,
        head: account.head,
        differences,
    };
    if json {
        output::json(&document)?
    } else {
        show(&document, offline)
    }
    Ok(if ok { ExitCode::SUCCESS } else { no() })
}

/// Folders that the config wants watched and that nobody reads.
fn without_baseline(config: &Config, known: &[Folder]) -> Vec<String> {
    let has =
        |mailbox: &str, name: &str| known.iter().any(|f| f.mailbox == mailbox && f.name == name);
    let watched = config
        .mailboxes
        .iter()
        .flat_map(|m| m.folders.iter().map(move |f| (&m.name, f)));
    let unread = watched.filter(|(mailbox, name)| !has(mailbox, name));
    unread
        .map(|(mailbox, name)| {
            format!(
                "{name} of {mailbox} has no baseline and is not read: gatepost init --folder {name}"
            )
        })
        .collect()
}

fn line(folder: &Folder, compared: Compared) -> FolderLine {
    FolderLine {
        mailbox: folder.mailbox.clone(),
        folder: folder.name.clone(),
        on_server: compared.there,
        with_row: compared.with_row,
        without_row: compared.without_row,
        gone: compared.gone,
    }
}

fn show(document: &Document, offline: bool) {
    for f in &document.folders {
        let ok = if f.without_row.is_empty() {
            "ok"
        } else {
            "DIFFERENCE"
        };
        output::line(format!(
            "{} {}: {} mails on the server, {} rows   {ok}",
            f.mailbox, f.folder, f.on_server, f.with_row
        ));
        if f.gone > 0 {
            output::line(format!(
                "  {} mails are gone from the server; their rows stay",
                f.gone
            ));
        }
    }
    if offline {
        output::line("the server was not asked");
    }
    if document.differences.is_empty() {
        output::line(format!(
            "facts {}, chain unbroken, head {}   ok",
            document.facts, document.head
        ));
    }
    for difference in &document.differences {
        output::alarm(format!("!! {difference}"));
    }
}

/// What the server lists in each folder that has a baseline.
pub(super) async fn listed(
    config: &Config,
    known: Vec<Folder>,
) -> Result<Vec<(Folder, u32, Vec<u32>)>> {
    let mut all = Vec::new();
    for mailbox in &config.mailboxes {
        let at = || {
            format!(
                "mailbox {}\n  hint: audit --offline checks the record alone",
                mailbox.name
            )
        };
        let mut server = daemon::connect(mailbox).await.with_context(at)?;
        for folder in known.iter().filter(|f| f.mailbox == mailbox.name) {
            let opened = server.open(&folder.name).await.with_context(at)?;
            all.push((
                folder.clone(),
                opened.uidvalidity,
                server.uids().await.with_context(at)?,
            ));
        }
        server.logout().await;
    }
    Ok(all)
}
