//! `init`: makes the store; what is in the mailbox now becomes the baseline.

use super::{Here, Usage, block_on, output};
use crate::config::{Config, MailboxConfig};
use crate::daemon;
use crate::mail::parse::parse;
use crate::mail::{Address, Foreign, fingerprint};
use crate::mailbox::Mailbox;
use crate::mailbox::imap::Imap;
use crate::mailbox::roles::{self, Watched};
use crate::store::{BaselineHead, BaselineMessage, Store, Tx};
use crate::triage::{House, Role};
use crate::wall;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// So many characters of a subject are kept of a message of the baseline.
const SUBJECT: usize = 200;

/// What is in one folder now.
struct Found {
    mailbox: String,
    folder: Watched,
    uidvalidity: u32,
    messages: Vec<BaselineMessage>,
    heads: Vec<BaselineHead>,
}

/// What the servers have.
#[derive(Default)]
struct Looked {
    /// The folders that are watched, by the name of their mailbox.
    watched: Vec<(String, Vec<Watched>)>,
    /// Those whose baseline is taken.
    found: Vec<Found>,
    /// What to know of them.
    warnings: Vec<String>,
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
    role: &'static str,
    mails: usize,
}

impl Document {
    fn new(config: &Config, found: &[Found], warnings: Vec<String>) -> Self {
        let line = |f: &Found| Line {
            mailbox: f.mailbox.clone(),
            folder: roles::readable(&f.folder.name),
            role: f.folder.role.word(),
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
    let looked = block_on(look(&here.config, folder, &mut store))?;
    if let Some(name) = folder {
        nothing_to_take(name, &looked)?;
    }
    let store = match &mut store {
        Some(store) => store,
        None => &mut Store::create(&here.config.store)?,
    };
    store.write(wall::now(), |tx| {
        tx.keep_policy(&here.config.policy)?;
        for f in &looked.found {
            let id = tx.add_folder(&f.mailbox, &f.folder.name, f.uidvalidity, &f.messages)?;
            tx.keep_heads(id, f.uidvalidity, &f.heads)?;
        }
        looked.watched.iter().try_for_each(|(mailbox, watched)| {
            let all: Vec<_> = watched.iter().map(|w| (w.name.clone(), w.role)).collect();
            tx.set_watched(mailbox, &all)
        })
    })?;
    let document = Document::new(&here.config, &looked.found, looked.warnings);
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
        let what = match f.role {
            "junk" => "   junk",
            "sent" => "   sent by the team",
            _ => "",
        };
        let (mailbox, folder, mails) =
            (&f.mailbox, Foreign::new(f.folder.as_str()).cut(60), f.mails);
        output::line(format!("{mailbox:<10} {folder:<12} {mails:>7} mails{what}"));
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

/// The baseline of no folder of this name can be taken: why.
fn nothing_to_take(name: &str, looked: &Looked) -> Result<()> {
    let is = |w: &Watched| roles::is_same(&w.name, name);
    if !looked.watched.iter().any(|(_, all)| all.iter().any(is)) {
        return Err(Usage(format!(
            "no mailbox in the config watches a folder {name:?}\n  hint: add it to `folders` first; `gatepost check` lists what is watched"
        ))
        .into());
    }
    if looked.found.is_empty() {
        bail!(
            "every folder {name:?} that is watched has its baseline already; nothing was changed\n  hint: `gatepost run` reads it"
        );
    }
    Ok(())
}

/// Looks into the folders that are watched and have no baseline: those of this name, if one
/// is given.
async fn look(config: &Config, only: Option<&str>, store: &mut Option<Store>) -> Result<Looked> {
    let mut all = Looked::default();
    for mailbox in &config.mailboxes {
        let at = || format!("mailbox {}", mailbox.name);
        let mut server = daemon::connect(mailbox).await.with_context(at)?;
        let there = server.folders().await.with_context(at)?;
        let watched = roles::watched(mailbox, &there);
        let is_wanted = |w: &&Watched| only.is_none_or(|name| roles::is_same(&w.name, name));
        let mut wanted = Vec::new();
        for one in watched.iter().filter(is_wanted) {
            if !has_baseline(store, mailbox, one)? {
                wanted.push(one.clone());
            }
        }
        all.watched.push((mailbox.name.clone(), watched));
        for folder in wanted {
            output::progress(&format!("listing: folder {}", all.found.len() + 1));
            let found = baseline(config, mailbox, &mut server, folder, &mut all.warnings)
                .await
                .with_context(at)?;
            all.found.push(found);
        }
        server.logout().await;
    }
    output::progress("");
    Ok(all)
}

fn has_baseline(store: &mut Option<Store>, mailbox: &MailboxConfig, one: &Watched) -> Result<bool> {
    let find = |tx: &Tx| Ok(tx.folder(&mailbox.name, &one.name)?.is_some());
    store
        .as_mut()
        .map_or(Ok(false), |s| s.read(wall::now(), find))
}

/// What is in one folder, and how each message can be known again.
async fn baseline(
    config: &Config,
    mailbox: &MailboxConfig,
    server: &mut Imap,
    folder: Watched,
    warnings: &mut Vec<String>,
) -> Result<Found> {
    let name = folder.name.as_str();
    let opened = server.open(name).await?;
    if opened.uidvalidity == 0 {
        return Err(daemon::receive::without_uidvalidity(name));
    }
    let uids = server.uids().await?;
    let house = config.house();
    let (mut prints, mut heads) = (BTreeMap::new(), Vec::new());
    let mut each = |uid, size, fields: &[u8]| {
        prints.insert(uid, fingerprint(fields, size));
        heads.push(head(&house, folder.role, uid, fields));
    };
    if let Err(why) = server.heads(&uids, &mut each).await {
        warnings.push(format!(
            "{name} of {}: its mails will be known by their dates alone if the server numbers them anew ({why})",
            mailbox.name
        ));
        *server = daemon::connect(mailbox).await?;
    }
    if prints.len() < uids.len() {
        warnings.push(format!(
            "{name} of {}: {} of its mails will be known by their dates alone if the server numbers them anew (it does not tell their fields)",
            mailbox.name,
            uids.len() - prints.len()
        ));
    }
    // A conversation is between people: what was taken for junk is none.
    heads.retain(|_| folder.role != Role::Junk);
    when(server, &mut heads).await;
    let look = |uid| BaselineMessage {
        uid,
        fingerprint: prints.remove(&uid).flatten(),
    };
    Ok(Found {
        mailbox: mailbox.name.clone(),
        uidvalidity: opened.uidvalidity,
        messages: uids.into_iter().map(look).collect(),
        heads,
        folder,
    })
}

/// What a message says of itself, by its fields.
fn head(house: &House, role: Role, uid: u32, fields: &[u8]) -> BaselineHead {
    let mail = parse(fields, true);
    let author = mail.author.address();
    let is_ours = |a: &Address| house.whose(a).is_some();
    let ours = role == Role::Sent || author.is_some_and(is_ours);
    let people = if ours {
        mail.recipients.as_slice()
    } else {
        author.map(std::slice::from_ref).unwrap_or_default()
    };
    let people = people.iter().filter(|a| !is_ours(a)).cloned().collect();
    let ids = mail.message_id.iter().chain(mail.cites()).cloned();
    BaselineHead {
        uid,
        ids: ids.collect(),
        author: author.cloned(),
        people,
        subject: Foreign::new(mail.subject.raw().chars().take(SUBJECT).collect::<String>()),
        received_at: None,
        ours,
    }
}

/// When each reached the mailbox. Where the server does not tell, that is not known.
async fn when(server: &mut Imap, heads: &mut [BaselineHead]) {
    let uids: Vec<u32> = heads.iter().map(|h| h.uid).collect();
    let listed = server.list(&uids).await.unwrap_or_default();
    let at: BTreeMap<u32, _> = listed.iter().map(|l| (l.uid, l.internal_date)).collect();
    for head in heads {
        head.received_at = at.get(&head.uid).copied().flatten();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::Role;

    #[test]
    fn a_folder_whose_baseline_cannot_be_taken_is_said_to_be_so() {
        let junk = Watched {
            name: "Junk".to_owned(),
            role: Role::Junk,
        };
        let mut looked = Looked {
            watched: vec![("security".to_owned(), vec![junk.clone()])],
            ..Looked::default()
        };
        let said = |name: &str, looked: &Looked| {
            let why = nothing_to_take(name, looked).unwrap_err();
            why.to_string()
        };
        assert!(said("Nowhere", &looked).contains("no mailbox"));
        assert!(said("Junk", &looked).contains("baseline already"));
        looked.found.push(Found {
            mailbox: "security".to_owned(),
            folder: junk,
            uidvalidity: 7,
            messages: Vec::new(),
            heads: Vec::new(),
        });
        assert!(nothing_to_take("Junk", &looked).is_ok());
    }
}
