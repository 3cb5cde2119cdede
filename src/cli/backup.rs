//! `backup`, and what `run` says to a copy that a backup made.

use super::{Here, Usage, audit, block_on, look, output, told};
use crate::config::{Config, MailboxConfig};
use crate::daemon;
use crate::desk::restore::{self, Missing, Restoring};
use crate::mailbox::Opened;
use crate::store::{Folder, Store, Told, Tx, Upgrade, is_of_index};
use crate::triage::Role;
use crate::wall;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

/// A copy that was made, for scripts.
#[derive(Serialize)]
struct Copied {
    file: String,
    bytes: u64,
    /// SQLite's own check of it found nothing: without that there is no copy.
    checked: bool,
    /// The index of words was damaged, and is begun anew in the copy.
    index_anew: bool,
    made_at: String,
}

/// Copies the record while it is in use.
pub fn backup(here: &Here, to: &Path, json: bool) -> Result<ExitCode> {
    let (mut store, made_at) = (here.store()?, wall::now());
    let copied = store.backup(to, made_at, |done, all| {
        if !json {
            output::progress(&format!("copying: {done} of {all} pages"));
        }
    });
    let file = to.display().to_string();
    if json {
        let copied = copied?;
        output::json(&Copied {
            file,
            bytes: copied.bytes,
            checked: true,
            index_anew: copied.index_anew,
            made_at: made_at.to_string(),
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    output::progress("");
    let copied = copied?;
    output::line(format!(
        "{file}: {:.1} MB, checked. It is marked as a copy: `run` asks for --restored before it uses it.",
        copied.bytes as f64 / 1e6
    ));
    if copied.index_anew {
        output::line(
            "the index of words is damaged; in the copy it is empty, and the daemon fills it. gatepost audit --repair makes that of the original anew",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Before the daemon begins, which has the lock on this store: a copy is not run as it is.
/// With `restored` it becomes the original.
///
/// # Errors
/// When it is a copy and nobody said that it is restored: what restoring would do. That needs
/// a person: it is told as what cannot be meant, so that no service manager tries it again and
/// again, with a login each time.
pub fn gate(here: &Here, store: &mut Store, restored: bool) -> Result<()> {
    let Some(_) = store.read(wall::now(), |tx| tx.copy_made_at())? else {
        if restored {
            output::failure("the store is no copy: --restored does nothing");
        }
        return Ok(());
    };
    if restored {
        return restore(here, store);
    }
    let why = match look_at(here, store) {
        Err(why) => told(&why),
        Ok((_, says)) => format!(
            "the store {} is a copy, and nothing was done with it. {says}\n  hint: when the original is gone for good: gatepost run --restored",
            here.config.store.display()
        ),
    };
    Err(Usage(why).into())
}

/// What restoring the copy would do, and that in words.
fn look_at(here: &Here, store: &mut Store) -> Result<(Restoring, String)> {
    let told = daemon::upgrading();
    whole(here, store, &told)?;
    told(Upgrade::Asking);
    let missing = missing(here, store)?;
    let what = store
        .read(wall::now(), |tx| restore::restoring(tx, missing))?
        .context("the copy was restored meanwhile: run it again")?;
    let says = says(here, &what);
    Ok((what, says))
}

fn restore(here: &Here, store: &mut Store) -> Result<()> {
    let (what, says) = look_at(here, store)?;
    store.restore(&here.config.store, wall::now(), |tx| {
        restore::restore(tx, &what)
    })?;
    if let Err(why) = store.keep_head(&here.config.store) {
        // The daemon tries again, and tells when it cannot.
        tracing::warn!("{why:#}");
    }
    tracing::warn!("the copy is the original from now on. {says}");
    Ok(())
}

/// A journal that lies beside a file that was put back is that of another moment, and SQLite
/// cannot know: what it makes of the two is damaged, and looks like a record.
fn whole(here: &Here, store: &mut Store, told: &Told) -> Result<()> {
    let mut wrong = store.check(wall::now(), told)?;
    // That is made anew from the record.
    wrong.retain(|line| !is_of_index(line));
    let Some(first) = wrong.first() else {
        return Ok(());
    };
    bail!(
        "the store {} is a copy, and it is damaged: nothing was done with it ({first}; {} such lines)\n  hint: a journal of another store may have lain beside it: move the file with its -wal and -shm away together and keep them, put the copy there once more, alone, and run again",
        here.config.store.display(),
        wrong.len()
    )
}

fn says(here: &Here, what: &Restoring) -> String {
    let sent = match what.missing.sent {
        0 => String::new(),
        n => format!(
            " {n} letters in the folder for sent mail are not in it: each is read back to its ticket as an answer, with the outcome and the date that its labelled lines say."
        ),
    };
    let unkept = match unkept(&here.config) {
        none if none.is_empty() => String::new(),
        of => format!(
            ". Without a copy of a letter in a folder that is watched ({}), what it said cannot be had either",
            of.join(", ")
        ),
    };
    format!(
        "It was made {}. {} mails on the server are not in it: each becomes a ticket, and its receipt is held.{sent} {} letters waited in it and may have left since: each stands as unknown in `outbox` until somebody says. The next reference has the number {}. What people recorded since without a letter (owners, notes, what `set` wrote, what was said by telephone) cannot be had, nor mail that is gone from the server{unkept}",
        look::moment(what.made_at, &here.config.calendar),
        what.missing.mails,
        what.letters,
        what.numbers_from + 1,
    )
}

/// The mailboxes whose letters leave no copy that is read, each with the key that says so.
fn unkept(config: &Config) -> Vec<String> {
    let why = |m: &MailboxConfig| match (m.watch_sent, m.copy_to_sent) {
        (false, _) => Some(format!("`watch_sent` of {}", m.name)),
        (true, Some(false)) => Some(format!("`copy_to_sent` of {}", m.name)),
        (true, _) => None,
    };
    config.mailboxes.iter().filter_map(why).collect()
}

/// What the servers have and this record does not.
fn missing(here: &Here, store: &mut Store) -> Result<Missing> {
    let known = store.read(wall::now(), |tx| tx.folders())?;
    let listed = block_on(audit::listed(&here.config, known))
        .context("cannot ask the mail server what this copy does not know")?;
    let mut missing = Missing::default();
    for (folder, answer) in listed {
        let (opened, uids) = match answer {
            Ok(answer) => answer,
            Err(why) => {
                // A folder that was renamed or closed since is not in the way of restoring.
                let (name, mailbox) = (&folder.name, &folder.mailbox);
                output::failure(&format!(
                    "{name} of {mailbox} cannot be compared, what came there is not counted: {why}"
                ));
                continue;
            }
        };
        let counted = store.read(wall::now(), |tx| since(tx, &folder, opened, &uids))?;
        match folder.role {
            Role::Sent => {
                let new = |tx: &Tx| tx.without_row(folder.id, opened.uidvalidity, &uids);
                let new = store.read(wall::now(), new)?;
                let known = audit::copies(here, store, &folder, &new)?;
                missing.sent += new.len() - known.len();
            }
            Role::Inbox | Role::Junk => {
                missing.mails += counted.0;
                missing.came = missing.came.saturating_add(counted.1);
            }
        }
    }
    Ok(missing)
}

/// The same of one folder. UIDNEXT tells also of mails that were taken in by the original
/// and then moved away.
fn since(tx: &Tx, folder: &Folder, opened: Opened, uids: &[u32]) -> Result<(usize, usize)> {
    let new = tx.without_row(folder.id, opened.uidvalidity, uids)?.len();
    let before = tx.uidnext(folder.id)?;
    let same = opened.uidvalidity != 0 && opened.uidvalidity == folder.uidvalidity;
    let given = if same && before != 0 {
        opened.uidnext.saturating_sub(before)
    } else {
        0
    };
    Ok((new, new.max(usize::try_from(given)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;

    #[test]
    fn what_came_and_went_since_the_copy_is_counted() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&sample::small(dir.path()).store).unwrap();
        let mut check = |(swept, uidvalidity, uidnext): (u32, u32, u32), expected| {
            let opened = Opened {
                uidvalidity,
                exists: 2,
                uidnext,
            };
            let seen = store.write(wall::now(), |tx| {
                let name = format!("{swept} {uidvalidity} {uidnext}");
                let id = tx.add_folder("security", &name, 7, &[])?;
                tx.swept(id, swept)?;
                let folder = tx.folder("security", &name)?.context("none")?;
                since(tx, &folder, opened, &[10, 11])
            });
            assert_eq!(seen.unwrap(), expected);
        };
        let cases = [
            ((10, 7, 60), (2, 50)),
            ((10, 7, 11), (2, 2)),
            ((10, 7, 0), (2, 2)),
            ((0, 7, 60), (2, 2)),
            ((10, 8, 60), (2, 2)),
        ];
        for (told, expected) in cases {
            check(told, expected);
        }
    }
}
