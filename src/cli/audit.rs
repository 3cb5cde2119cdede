//! `audit`: is every message accounted for, and does the record agree with itself.

use super::{Here, block_on, no, output};
use crate::config::Config;
use crate::daemon;
use crate::daemon::receive::sweep_wanted;
use crate::desk::account::{self, Compared};
use crate::desk::health;
use crate::mailbox::{Mailbox, Opened};
use crate::store::{Folder, Store, Tx, is_held};
use crate::wall;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::process::ExitCode;
use std::time::{Duration, Instant};

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

/// How long the daemon may take for a sweep that it was asked for.
const FOR_A_SWEEP: Duration = Duration::from_secs(600);

/// Audits; before that, takes in what has no row, when that is wanted.
pub fn audit(here: &Here, offline: bool, repair: bool, json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    if repair {
        sweep(here, &mut store)?;
    }
    let account = store.read(wall::now(), |tx| account::account(tx, &here.config))?;
    // Where the store cannot be written, the differences are told all the same.
    let _ = store.write(wall::now(), |tx| health::remember_audit(tx, &account));
    let (mut folders, mut differences) = (Vec::new(), account.differences);
    if !offline {
        let (known, asked_at) = (store.read(wall::now(), |tx| tx.folders())?, wall::now());
        let unread = store.read(wall::now(), |tx| without_baseline(tx, &here.config))?;
        differences.extend(unread);
        for (folder, opened, uids) in block_on(listed(&here.config, known))? {
            let compared = store.write(wall::now(), |tx| {
                account::compare(tx, &folder, opened.uidvalidity, &uids, asked_at)
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

/// Has every folder swept: by the daemon, if one runs, else by ourselves.
fn sweep(here: &Here, store: &mut Store) -> Result<()> {
    let mailboxes = &here.config.mailboxes;
    let keys: Vec<String> = mailboxes.iter().map(|m| sweep_wanted(&m.name)).collect();
    store.write(wall::now(), |tx| {
        keys.iter().try_for_each(|key| tx.set_meta(key, "1"))
    })?;
    let began = Instant::now();
    loop {
        if !is_held(&here.config.store) {
            return block_on(daemon::sweep(here.config.clone()));
        }
        let waits = store.read(wall::now(), |tx| {
            let waits = keys.iter().map(|key| Ok(tx.meta(key)?.is_some()));
            waits.collect::<Result<Vec<bool>>>()
        })?;
        if !waits.contains(&true) {
            return Ok(());
        }
        if began.elapsed() > FOR_A_SWEEP {
            bail!(
                "the daemon has not swept every mailbox in {} s\n  hint: gatepost list shows its trouble on top",
                FOR_A_SWEEP.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Folders that the config wants watched and that nobody reads.
fn without_baseline(tx: &Tx, config: &Config) -> Result<Vec<String>> {
    let mut unread = Vec::new();
    for mailbox in &config.mailboxes {
        for name in health::watched(tx, mailbox)? {
            if tx.folder(&mailbox.name, &name)?.is_none() {
                unread.push(format!(
                    "{name} of {} has no baseline and is not read: gatepost init --folder {name:?}",
                    mailbox.name
                ));
            }
        }
    }
    Ok(unread)
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
) -> Result<Vec<(Folder, Opened, Vec<u32>)>> {
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
            let done = all.len() + 1;
            output::progress(&format!("asking: folder {done} of {}", known.len()));
            let opened = server.open(&folder.name).await.with_context(at)?;
            all.push((
                folder.clone(),
                opened,
                server.uids().await.with_context(at)?,
            ));
        }
        server.logout().await;
    }
    output::progress("");
    Ok(all)
}
