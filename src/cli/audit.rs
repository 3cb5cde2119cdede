//! `audit`: is every message accounted for, and does the record agree with itself.

use super::{Here, block_on, no, output};
use crate::config::Config;
use crate::daemon;
use crate::daemon::receive::sweep_wanted;
use crate::desk::account::{self, Compared, Difference};
use crate::desk::health;
use crate::mail::parse::parse;
use crate::mailbox::{Mailbox, Opened, Trouble};
use crate::store::{Folder, Store, Tx, is_held};
use crate::triage::Role;
use crate::wall;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Serialize)]
struct Document {
    folders: Vec<FolderLine>,
    facts: i64,
    head: String,
    differences: Vec<String>,
    /// What to do about each of them.
    hints: Vec<String>,
    /// Tickets whose rows were written anew.
    repaired: Vec<String>,
    /// The index of words was damaged, and is made anew.
    #[serde(skip)]
    index_anew: bool,
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
    let (mut repaired, mut index) = (Vec::new(), Ok(false));
    if repair {
        sweep(here, &mut store)?;
        repaired = store.write(wall::now(), |tx| account::repair(tx, &here.config))?;
        // What helps to find reports keeps none from being taken in.
        index = store.repair_index(wall::now());
    }
    let account = store.read(wall::now(), |tx| account::account(tx, &here.config))?;
    // Where the store cannot be written, the differences are told all the same.
    let _ = store.write(wall::now(), |tx| health::remember_audit(tx, &account));
    let mut differences = account.differences;
    let index_anew = index.unwrap_or_else(|why| {
        differences.push(Difference::new(
            format!("the index of words cannot be made anew: {why:#}"),
            "no report is in it alone: only list WORDS misses some until it can be made anew",
        ));
        false
    });
    let folders = if offline {
        Vec::new()
    } else {
        with_servers(here, &mut store, &mut differences)?
    };
    let ok = differences.is_empty();
    let (differences, hints) = differences.into_iter().map(|d| (d.what, d.hint)).unzip();
    let document = Document {
        folders,
        facts: account.facts,
        head: account.head,
        differences,
        hints,
        repaired,
        index_anew,
    };
    if json {
        output::json(&document)?
    } else {
        show(&document, offline)
    }
    Ok(if ok { ExitCode::SUCCESS } else { no() })
}

/// Compares the rows with what lies in each folder.
fn with_servers(
    here: &Here,
    store: &mut Store,
    differences: &mut Vec<Difference>,
) -> Result<Vec<FolderLine>> {
    let mut folders = Vec::new();
    let (known, asked_at) = (store.read(wall::now(), |tx| tx.folders())?, wall::now());
    let unread = store.read(wall::now(), |tx| without_baseline(tx, &here.config))?;
    differences.extend(unread);
    for (folder, answer) in block_on(listed(&here.config, known))? {
        let (opened, uids) = match answer {
            Ok(answer) => answer,
            Err(why) => {
                let (name, mailbox) = (&folder.name, &folder.mailbox);
                differences.push(Difference::new(
                    format!("{name} of {mailbox} cannot be compared: {why}"),
                    "gatepost check asks that server and says what is wrong; then audit again",
                ));
                continue;
            }
        };
        let mut compared = store.write(wall::now(), |tx| {
            account::compare(tx, &folder, opened.uidvalidity, &uids, asked_at)
        })?;
        if folder.role == Role::Sent && !compared.without_row.is_empty() {
            let copies = copies(here, store, &folder, &compared.without_row)?;
            compared.without_row.retain(|uid| !copies.contains(uid));
        }
        if !compared.without_row.is_empty() {
            differences.push(not_taken_in(&folder, compared.without_row.len()));
        }
        folders.push(line(&folder, compared));
    }
    Ok(folders)
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

/// Which of these messages are copies of our own letters: the daemon files them, and takes
/// them in when it looks next. Nobody misses them.
pub(super) fn copies(
    here: &Here,
    store: &mut Store,
    folder: &Folder,
    uids: &[u32],
) -> Result<BTreeSet<u32>> {
    let mut ids = Vec::new();
    if uids.is_empty() {
        return Ok(BTreeSet::new());
    }
    for mailbox in here
        .config
        .mailboxes
        .iter()
        .filter(|m| m.name == folder.mailbox)
    {
        block_on(async {
            let mut server = daemon::connect(mailbox).await?;
            server.open(&folder.name).await?;
            let mut each = |uid, _, fields: &[u8]| ids.push((uid, parse(fields, true).message_id));
            server.heads(uids, &mut each).await?;
            server.logout().await;
            Ok(())
        })?;
    }
    store.read(wall::now(), |tx| {
        let mut ours = BTreeSet::new();
        for (uid, id) in ids {
            if let Some(id) = id
                && tx.is_our_letter(&id)?
            {
                ours.insert(uid);
            }
        }
        Ok(ours)
    })
}

fn not_taken_in(folder: &Folder, count: usize) -> Difference {
    let what = format!(
        "{} of {}: {count} mails on the server have no row",
        folder.name, folder.mailbox
    );
    Difference::new(what, "gatepost audit --repair takes them in")
}

/// Folders that the config wants watched and that nobody reads.
fn without_baseline(tx: &Tx, config: &Config) -> Result<Vec<Difference>> {
    let mut unread = Vec::new();
    for mailbox in &config.mailboxes {
        for name in health::watched(tx, mailbox)? {
            if tx.folder(&mailbox.name, &name)?.is_none() {
                let of = &mailbox.name;
                unread.push(Difference::new(
                    format!("{name} of {of} has no baseline and is not read"),
                    format!("gatepost init --folder {name:?}"),
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
    if document.index_anew {
        output::line("the index of words was damaged; the daemon makes it anew");
    }
    for reference in &document.repaired {
        output::line(format!("{reference} was written anew from its facts"));
    }
    for (difference, hint) in document.differences.iter().zip(&document.hints) {
        output::alarm_marked("!! ", difference);
        output::marked("   ", hint);
    }
}

/// What a server lists in a folder, or why it does not.
pub(super) type Answer = Result<(Opened, Vec<u32>), Trouble>;

/// What the servers list in each folder that has a baseline and is watched.
///
/// # Errors
/// When a server cannot be asked at all; a folder that it does not open is its answer.
pub(super) async fn listed(config: &Config, known: Vec<Folder>) -> Result<Vec<(Folder, Answer)>> {
    let mut all = Vec::new();
    for mailbox in &config.mailboxes {
        let at = || {
            format!(
                "mailbox {}\n  hint: audit --offline checks the record alone",
                mailbox.name
            )
        };
        let mut server = daemon::connect(mailbox).await.with_context(at)?;
        let is_read = |f: &&Folder| {
            let listed = f.role != Role::Inbox || mailbox.folders.contains(&f.name);
            f.mailbox == mailbox.name && listed
        };
        for folder in known.iter().filter(is_read) {
            let done = all.len() + 1;
            output::progress(&format!("asking: folder {done} of {}", known.len()));
            let answer = match server.open(&folder.name).await {
                Ok(opened) => server.uids().await.map(|uids| (opened, uids)),
                Err(why) => Err(why),
            };
            match answer {
                Err(why) if !why.is_of_folder() => return Err(why).with_context(at),
                answer => all.push((folder.clone(), answer)),
            }
        }
        server.logout().await;
    }
    output::progress("");
    Ok(all)
}
