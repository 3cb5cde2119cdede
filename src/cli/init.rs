//! `init`: makes the store; what is in the mailbox now becomes the baseline.

use super::{Here, Usage, block_on, output};
use crate::config::{Config, MailboxConfig};
use crate::daemon;
use crate::mail::fingerprint;
use crate::mailbox::Mailbox;
use crate::store::{BaselineMessage, Folder, Store};
use crate::wall;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// What is in one folder now.
struct Found {
    mailbox: String,
    folder: String,
    uidvalidity: u32,
    messages: Vec<BaselineMessage>,
}

/// What became the baseline, for scripts.
#[derive(Serialize)]
struct Document {
    folders: Vec<Line>,
    mails: usize,
    store: String,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    mailbox: String,
    folder: String,
    mails: usize,
}

impl Document {
    fn new(config: &Config, found: &[Found], warnings: Vec<String>) -> Self {
        let line = |f: &Found| Line {
            mailbox: f.mailbox.clone(),
            folder: f.folder.clone(),
            mails: f.messages.len(),
        };
        Self {
            folders: found.iter().map(line).collect(),
            mails: found.iter().map(|f| f.messages.len()).sum(),
            store: config.store.display().to_string(),
            warnings,
        }
    }
}

/// Takes the baseline of all folders into a new store, or of one folder into the store
/// that is there.
pub fn init(here: &Here, folder: Option<&str>, json: bool) -> Result<ExitCode> {
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
    let known = match &mut store {
        Some(store) => store.read(wall::now(), |tx| tx.folders())?,
        None => Vec::new(),
    };
    let wanted = wanted(&here.config, folder, &known)?;
    let (found, warnings) = block_on(look(wanted))?;
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
    let document = Document::new(&here.config, &found, warnings);
    if json {
        output::json(&document)?;
    } else {
        show(&document);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(document: &Document) {
    for warning in &document.warnings {
        output::alarm_marked("! ", warning);
    }
    for f in &document.folders {
        let (mailbox, folder, mails) = (&f.mailbox, &f.folder, f.mails);
        output::line(format!("{mailbox:<10} {folder:<12} {mails:>7} mails"));
    }
    output::marked(
        "",
        &format!(
            "{} mails are the baseline: no letter, no clock, no reminder. What comes now is a report.",
            document.mails
        ),
    );
    output::marked(
        "",
        &format!("The store is {}. Next: gatepost run", document.store),
    );
}

/// The folders to look at, by mailbox: those of this name, if one is given, that have no
/// baseline yet.
fn wanted<'a>(
    config: &'a Config,
    only: Option<&str>,
    known: &[Folder],
) -> Result<Vec<(&'a MailboxConfig, Vec<&'a str>)>> {
    let (mut all, mut watched) = (Vec::new(), false);
    for mailbox in &config.mailboxes {
        let mut folders: Vec<&str> = mailbox.folders.iter().map(String::as_str).collect();
        folders.retain(|f| only.is_none_or(|o| o == *f));
        watched |= !folders.is_empty();
        let has = |f: &&str| {
            known
                .iter()
                .any(|k| k.mailbox == mailbox.name && k.name == *f)
        };
        folders.retain(|f| !has(f));
        if !folders.is_empty() {
            all.push((mailbox, folders));
        }
    }
    match only {
        Some(name) if !watched => Err(Usage(format!(
            "no mailbox in the config watches a folder {name:?}\n  hint: add it to `folders` first"
        ))
        .into()),
        Some(name) if all.is_empty() => bail!(
            "every folder {name:?} in the config has its baseline already; nothing was changed\n  hint: `gatepost run` reads it"
        ),
        Some(_) | None => Ok(all),
    }
}

/// Also what to know of it.
async fn look(wanted: Vec<(&MailboxConfig, Vec<&str>)>) -> Result<(Vec<Found>, Vec<String>)> {
    let (mut found, mut warnings) = (Vec::new(), Vec::new());
    let watched: usize = wanted.iter().map(|(_, folders)| folders.len()).sum();
    for (mailbox, folders) in wanted {
        let at = || format!("mailbox {}", mailbox.name);
        let mut server = daemon::connect(mailbox).await.with_context(at)?;
        for folder in folders {
            let done = found.len() + 1;
            output::progress(&format!("listing: folder {done} of {watched}"));
            let opened = server.open(folder).await.with_context(at)?;
            if opened.uidvalidity == 0 {
                return Err(daemon::receive::without_uidvalidity(folder)).with_context(at);
            }
            let uids = server.uids().await.with_context(at)?;
            let mut prints = BTreeMap::new();
            let mut each = |uid, size, fields: &[u8]| {
                prints.insert(uid, fingerprint(fields, size));
            };
            if let Err(why) = server.heads(&uids, &mut each).await {
                warnings.push(format!(
                    "{folder} of {}: its mails will be known by their dates alone if the server numbers them anew ({why})",
                    mailbox.name
                ));
                server = daemon::connect(mailbox).await.with_context(at)?;
            }
            if prints.len() < uids.len() {
                warnings.push(format!(
                    "{folder} of {}: {} of its mails will be known by their dates alone if the server numbers them anew (it does not tell their fields)",
                    mailbox.name,
                    uids.len() - prints.len()
                ));
            }
            let look = |uid| BaselineMessage {
                uid,
                fingerprint: prints.remove(&uid).flatten(),
            };
            found.push(Found {
                mailbox: mailbox.name.clone(),
                folder: folder.to_owned(),
                uidvalidity: opened.uidvalidity,
                messages: uids.into_iter().map(look).collect(),
            });
        }
        server.logout().await;
    }
    output::progress("");
    Ok((found, warnings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;

    #[test]
    fn a_folder_is_added_where_it_has_no_baseline_yet() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        let mut second = config.mailboxes[0].clone();
        second.name = "second".to_owned();
        config.mailboxes.push(second);
        let mut store = Store::create(&config.store).unwrap();
        let mut added = |mailbox: &str| {
            let add = |tx: &crate::store::Tx| {
                tx.add_folder(mailbox, "INBOX", 7, &[])?;
                tx.folders()
            };
            store.write(wall::now(), add).unwrap()
        };
        let names = |known: &[Folder]| {
            let all = wanted(&config, Some("INBOX"), known).map_err(|why| why.to_string())?;
            Ok::<_, String>(all.iter().map(|(m, _)| m.name.clone()).collect::<Vec<_>>())
        };
        let first = config.mailboxes[0].name.clone();
        assert_eq!(names(&[]).unwrap(), [first.clone(), "second".to_owned()]);
        assert_eq!(names(&added(&first)).unwrap(), ["second"]);
        let why = names(&added("second")).unwrap_err();
        assert!(why.contains("baseline already"), "{why}");
        let why = wanted(&config, Some("Nowhere"), &[]).unwrap_err();
        assert!(why.to_string().contains("no mailbox"), "{why}");
    }
}
