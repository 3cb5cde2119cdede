//! `backup`, and what `run` says to a copy that a backup made.

use super::{Here, audit, block_on, look, output};
use crate::desk::restore::{self, Restoring};
use crate::store::{Lock, Store};
use crate::wall;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;

/// Copies the record while it is in use.
pub fn backup(here: &Here, to: &Path) -> Result<ExitCode> {
    let mut store = here.store()?;
    let bytes = store.backup(to, wall::now(), |done, all| {
        output::progress(&format!("copying: {done} of {all} pages"));
    });
    output::progress("");
    output::line(format!(
        "{}: {:.1} MB, checked. It is marked as a copy: `run` asks for --restored before it uses it.",
        to.display(),
        bytes? as f64 / 1e6
    ));
    Ok(ExitCode::SUCCESS)
}

/// Before the daemon begins: a copy is not run as it is. With `restored` it becomes the
/// original.
///
/// # Errors
/// When it is a copy and nobody said that it is restored: what restoring would do.
pub fn gate(here: &Here, restored: bool) -> Result<()> {
    let mut store = here.store()?;
    let Some(_) = store.read(wall::now(), |tx| tx.copy_made_at())? else {
        if restored {
            output::failure("the store is no copy: --restored does nothing");
        }
        return Ok(());
    };
    let unknown = unknown(here, &mut store)?;
    let what = store
        .read(wall::now(), |tx| restore::restoring(tx, unknown))?
        .context("the copy was restored meanwhile: run it again")?;
    let says = says(here, &what);
    if !restored {
        bail!(
            "the store {} is a copy, and nothing was done with it. {says}\n  hint: when the original is gone for good: gatepost run --restored",
            here.config.store.display()
        );
    }
    let _lock = Lock::take(&here.config.store, "restoring")?;
    store.write(wall::now(), |tx| restore::restore(tx, &what))?;
    tracing::warn!("the copy is the original from now on. {says}");
    Ok(())
}

fn says(here: &Here, what: &Restoring) -> String {
    format!(
        "It was made {}. {} mails on the server are not in it: each becomes a ticket, and its receipt is held. {} letters waited in it and may have left since: each stands as unknown in `outbox` until somebody says. The next reference has the number {}",
        look::moment(what.made_at, &here.config.calendar),
        what.unknown,
        what.letters,
        what.numbers_from + 1,
    )
}

/// How many mails on the servers have no row in this record.
fn unknown(here: &Here, store: &mut Store) -> Result<usize> {
    let known = store.read(wall::now(), |tx| tx.folders())?;
    let listed = block_on(audit::listed(&here.config, known))
        .context("cannot ask the mail server what this copy does not know")?;
    let mut unknown = 0;
    for (folder, uidvalidity, uids) in listed {
        let new = store.read(wall::now(), |tx| {
            tx.without_row(folder.id, uidvalidity, &uids)
        })?;
        unknown += new.len();
    }
    Ok(unknown)
}
