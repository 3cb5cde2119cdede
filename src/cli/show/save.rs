//! `show --save`: the attachments of a thread as files.
//!
//! A file name is a stranger's: it is made [`safe`], begins with the number of its mail, and
//! so names neither another folder nor anything that is there, nor differs from that in large and
//! small letters alone. No file is ever overwritten, none can be run, and only its owner can
//! read it.

use super::thread::Thread;
use crate::cli::export::folder::{new_file, new_folder};
use crate::cli::{Usage, output};
use crate::export::file_name::{Taken, safe};
use crate::mail::parse::contents;
use crate::store::Tx;
use anyhow::{Context, Result};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Names tried for one file, where others are there already.
const TRIES: usize = 1_000;

/// Writes every attachment of every mail into `folder`, which is made if it is missing.
///
/// # Errors
/// When `folder` is no folder, or a file cannot be written.
pub fn save(tx: &Tx, thread: &Thread, folder: &Path) -> Result<()> {
    let cannot = || format!("cannot write into {}", folder.display());
    match new_folder(folder) {
        Err(why) if why.kind() != ErrorKind::AlreadyExists => {
            return Err(why).with_context(cannot);
        }
        Ok(()) | Err(_) => {}
    }
    if !folder.is_dir() {
        return Err(Usage(format!("{} is no folder", folder.display())).into());
    }
    let mut taken =
        there(folder).with_context(|| format!("cannot look into {}", folder.display()))?;
    let mut written = 0;
    for (n, row) in thread.mails() {
        let Some(parts) = contents(&tx.whole(row.id)?) else {
            output::alarm(format!(
                "!! mail {n} cannot be taken apart: --raw {n} gives its bytes"
            ));
            continue;
        };
        if row.kept < row.size {
            output::alarm(format!(
                "!! mail {n} is over the size limit: of its attachments only what was kept is written"
            ));
        }
        for (part, content) in parts {
            let name = format!("{n}-{}", safe(&part.name));
            let path = write(folder, &mut taken, &name, &content).with_context(cannot)?;
            written += 1;
            output::line(format!(
                "{}   {} bytes, was {}",
                path.display(),
                content.len(),
                output::quoted(&part.name, 60)
            ));
        }
    }
    output::line(format!(
        "{written} attachments written. They are a stranger's: open them where nothing can break."
    ));
    Ok(())
}

/// The names of what is there.
fn there(folder: &Path) -> Result<Taken> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(Taken::with(names))
}

/// Writes a new file under this name, or under it with a number.
fn write(folder: &Path, taken: &mut Taken, name: &str, content: &[u8]) -> Result<PathBuf> {
    for _ in 1..=TRIES {
        let path = folder.join(taken.take(name));
        match new_file(&path) {
            Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why.into()),
            Ok(mut file) => {
                file.write_all(content)?;
                return Ok(path);
            }
        }
    }
    anyhow::bail!("there are {TRIES} files called {name} already\n  hint: take another folder")
}

#[cfg(test)]
mod tests;
