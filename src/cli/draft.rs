//! Drafts: what a person wrote and did not send. They lie beside the store, in a folder
//! that only its owner can open, and hold nothing of the report.

use crate::ticket::TicketNo;
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a person's draft for a ticket lies.
pub fn path(store: &Path, ticket: TicketNo, who: &str) -> PathBuf {
    let folder = store.parent().unwrap_or(Path::new("."));
    folder
        .join("drafts")
        .join(format!("{}-{who}.txt", ticket.0))
}

/// Keeps a text.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn keep(draft: &Path, text: &str) -> Result<()> {
    let cannot = || format!("cannot keep your text in {}", draft.display());
    if let Some(folder) = draft.parent().filter(|f| !f.exists()) {
        fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .with_context(cannot)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(draft).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)
}

/// A draft that was kept earlier: its text, and since when it lies there.
///
/// # Errors
/// When it is there and cannot be read.
pub fn kept(draft: &Path) -> Result<Option<(String, Timestamp)>> {
    let cannot = || format!("cannot read {}", draft.display());
    if !draft.exists() {
        return Ok(None);
    }
    let since = fs::metadata(draft).and_then(|meta| meta.modified());
    let since = Timestamp::try_from(since.with_context(cannot)?).with_context(cannot)?;
    Ok(Some((
        fs::read_to_string(draft).with_context(cannot)?,
        since,
    )))
}

/// The letter is on its way: its draft is needless.
pub fn discard(draft: &Path) {
    // That there is none, or that it stays, does no harm.
    let _ = fs::remove_file(draft);
}

/// Opens a text in the person's editor and gives back what they made of it. The draft
/// stays until the letter is queued.
///
/// # Errors
/// When the editor cannot be started or ends with an error.
pub fn edit(draft: &Path, text: &str) -> Result<String> {
    keep(draft, text)?;
    let editor = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR"));
    let editor = editor.unwrap_or_else(|_| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let ended = Command::new(program).args(words).arg(draft).status();
    let ended =
        ended.with_context(|| format!("cannot start the editor {program}\n  hint: set $EDITOR"))?;
    if !ended.success() {
        bail!(
            "the editor ended with {ended}; your text is in {}",
            draft.display()
        );
    }
    fs::read_to_string(draft).with_context(|| format!("cannot read {}", draft.display()))
}
