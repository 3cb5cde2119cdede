//! A text that lies in a file only while its person writes it: in a folder of its own, with
//! whatever their editor leaves beside it, in memory where the system has room for that.
//!
//! Who writes over a connection that ends leaves with a signal: the folder goes first.

use crate::cli::draft;
use anyhow::{Context, Result};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Held while the program ends by a signal: an editor that sees its file go ends too.
static LEAVING: Mutex<()> = Mutex::new(());

/// What the person made of the text in their editor.
///
/// # Errors
/// When there is no place for it, and when the editor ends with an error.
pub(super) fn edit(draft: &Path, text: &str) -> Result<String> {
    let folder = Folder::new(draft)?;
    folder.goes_with_a_signal()?;
    let edited = draft::edit(&folder.0.join("letter.txt"), text);
    drop(LEAVING.lock());
    edited
}

/// Removes what a program that was killed has left on disk; whether there was any.
pub(super) fn discard(draft: &Path) -> bool {
    fs::remove_dir_all(on_disk(draft)).is_ok()
}

fn on_disk(draft: &Path) -> PathBuf {
    draft.with_extension("encrypt")
}

/// Whether a folder is ours alone: under `sudo -E` that of a session is somebody else's.
fn is_ours(folder: &Path) -> bool {
    let ours = rustix::process::geteuid().as_raw();
    let meta = fs::symlink_metadata(folder);
    folder.is_absolute()
        && meta.is_ok_and(|m| m.is_dir() && m.uid() == ours && m.mode() & 0o077 == 0)
}

struct Folder(PathBuf);

impl Folder {
    fn new(draft: &Path) -> Result<Self> {
        let make = |folder: PathBuf| {
            let made = fs::DirBuilder::new().mode(0o700).create(&folder);
            made.map(|()| Self(folder))
        };
        let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let name = format!("gatepost-{}", std::process::id());
        let in_memory = session.filter(|s| is_ours(s)).map(|s| s.join(name));
        if let Some(Ok(folder)) = in_memory.map(make) {
            return Ok(folder);
        }
        let folder = on_disk(draft);
        let cannot = || format!("cannot make {}", folder.display());
        if let Some(drafts) = folder.parent().filter(|d| !d.exists()) {
            let made = fs::DirBuilder::new().mode(0o700).create(drafts);
            made.with_context(cannot)?;
        }
        make(folder.clone()).with_context(cannot)
    }

    /// From now on a signal that ends the program removes the folder before. An interrupt is
    /// for the editor while it runs: some read it as a key.
    fn goes_with_a_signal(&self) -> Result<()> {
        let folder = self.0.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let signals = runtime.block_on(async { signals() });
        let signals = signals.context("cannot wait for signals")?;
        std::thread::spawn(move || {
            let code = runtime.block_on(ending(signals, &folder));
            let _leaving = LEAVING.lock();
            let _ = fs::remove_dir_all(&folder);
            std::process::exit(code);
        });
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn signals() -> io::Result<[Signal; 3]> {
    Ok([
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
        signal(SignalKind::interrupt())?,
    ])
}

/// Waits for a signal that ends the program; gives its exit code.
async fn ending([mut end, mut hang_up, mut interrupt]: [Signal; 3], folder: &Path) -> i32 {
    loop {
        tokio::select! {
            _ = end.recv() => return 128 + 15,
            _ = hang_up.recv() => return 128 + 1,
            _ = interrupt.recv() => if !folder.exists() {
                return 128 + 2;
            },
        }
    }
}
