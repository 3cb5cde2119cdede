//! `show --save`: the attachments of a thread as files.
//!
//! A file name is a stranger's: it becomes one of letters, digits, `.`, `-` and `_`, begins
//! with the number of its mail, and so names neither another folder nor anything that is
//! there. No file is ever overwritten, none can be run, and only its owner can read it.

use super::thread::{Entry, Thread};
use crate::cli::{Usage, output};
use crate::mail::parse::contents;
use crate::store::Tx;
use anyhow::{Context, Result};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Characters of a name at most, its ending included.
const LENGTH: usize = 100;
/// Names tried for one file, where others are there already.
const TRIES: u32 = 1_000;

/// Writes every attachment of every mail into `folder`, which is made if it is missing.
///
/// # Errors
/// When `folder` is no folder, or a file cannot be written.
pub fn save(tx: &Tx, thread: &Thread, folder: &Path) -> Result<()> {
    let cannot = || format!("cannot write into {}", folder.display());
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(why) if why.kind() != ErrorKind::AlreadyExists => {
            return Err(why).with_context(cannot);
        }
        Ok(()) | Err(_) => {}
    }
    if !folder.is_dir() {
        return Err(Usage(format!("{} is no folder", folder.display())).into());
    }
    let mut written = 0;
    for (n, entry) in thread.all_numbered() {
        let row = match entry {
            Entry::Mail(row) => row,
            Entry::Letter(_) | Entry::Fact(_) => continue,
        };
        let mut bytes = Vec::new();
        tx.raw(row.id, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        let Some(parts) = contents(&bytes) else {
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
            let name = format!("{n}-{}", safe(part.name.raw()));
            let path = write(folder, &name, &content).with_context(cannot)?;
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

/// Writes a new file under this name, or under it with a number.
fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf> {
    for n in 1..=TRIES {
        let path = folder.join(if n == 1 {
            name.to_owned()
        } else {
            numbered(name, n)
        });
        // `create_new` follows no link and opens nothing that is there (O_EXCL).
        let mut new = OpenOptions::new();
        match new.write(true).create_new(true).mode(0o600).open(&path) {
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

/// `poc.py` becomes `poc-2.py`.
fn numbered(name: &str, n: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{n}.{ending}"),
        None => format!("{name}-{n}"),
    }
}

/// A name that is nothing but a name.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = last
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    let name = name.trim_matches(['.', '_']);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if (1..=16).contains(&ending.len()) => (stem, format!(".{ending}")),
        Some(_) | None => (name, String::new()),
    };
    let stem: String = stem.chars().take(LENGTH - ending.len()).collect();
    if stem.is_empty() && ending.is_empty() {
        "attachment".to_owned()
    } else {
        format!("{stem}{ending}")
    }
}

#[cfg(test)]
mod tests;
