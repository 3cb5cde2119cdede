//! A text that lies in a file only while its person writes it: in a folder of its own, with
//! whatever their editor leaves beside it, in memory where the system has room for that.
//!
//! Who writes over a connection that ends leaves with a signal: the folder goes first.

use crate::cli::draft;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Held while the program ends by a signal: an editor that sees its file go ends too.
static LEAVING: Mutex<()> = Mutex::new(());

/// How the name of a folder on disk ends, before the number of its program.
const ON_DISK: &str = "encrypt";
/// A folder that is taken for left, before it has its lock, is made again so often.
const TRIES: usize = 5;

/// What the person made of the text in their editor.
///
/// # Errors
/// When there is no place for it, and when the editor ends with an error.
pub(super) fn edit(draft: &Path, text: &str) -> Result<String> {
    let folder = Folder::new(draft)?;
    folder.goes_with_a_signal()?;
    let edited = draft::edit(&folder.path.join("letter.txt"), text);
    drop(LEAVING.lock());
    edited
}

/// Removes what programs that were killed have left on disk; whether there was any. Who
/// writes still holds the lock of their folder.
pub(super) fn discard(draft: &Path) -> bool {
    let beside = draft.parent().and_then(|drafts| fs::read_dir(drafts).ok());
    let beside = beside.into_iter().flatten().flatten();
    let of_this = |path: &PathBuf| is_of(draft, path);
    let left = beside.map(|entry| entry.path()).filter(of_this);
    left.filter(|folder| remove_left(folder)).count() > 0
}

/// Removes a folder, unless somebody writes in it.
fn remove_left(folder: &Path) -> bool {
    let alone = fs::File::open(folder).and_then(|f| Ok(f.try_lock().map(|()| f)?));
    alone.is_ok_and(|_lock| fs::remove_dir_all(folder).is_ok())
}

/// Two programs of one person may write on the same ticket.
fn on_disk(draft: &Path) -> PathBuf {
    draft.with_extension(format!("{ON_DISK}-{}", std::process::id()))
}

/// Whether a file beside the draft is a folder of [`on_disk`], of this or another program.
fn is_of(draft: &Path, other: &Path) -> bool {
    let end = other.extension().and_then(|end| end.to_str());
    let end = end.and_then(|end| end.strip_prefix(ON_DISK));
    let pid = |end: &str| {
        end.trim_start_matches('-')
            .bytes()
            .all(|b| b.is_ascii_digit())
    };
    other.file_stem() == draft.file_stem() && end.is_some_and(pid)
}

/// Whether a folder is ours alone: under `sudo -E` that of a session is somebody else's.
fn is_ours(folder: &Path) -> bool {
    let ours = rustix::process::geteuid().as_raw();
    let meta = fs::symlink_metadata(folder);
    folder.is_absolute()
        && meta.is_ok_and(|m| m.is_dir() && m.uid() == ours && m.mode() & 0o077 == 0)
}

struct Folder {
    path: PathBuf,
    /// Held while somebody writes.
    _lock: Option<fs::File>,
}

impl Folder {
    fn new(draft: &Path) -> Result<Self> {
        let make = |path: &Path| fs::DirBuilder::new().mode(0o700).create(path);
        let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let name = format!("gatepost-{}", std::process::id());
        let in_memory = session.filter(|s| is_ours(s)).map(|s| s.join(name));
        if let Some(path) = in_memory.filter(|path| make(path).is_ok()) {
            return Ok(Self { path, _lock: None });
        }
        let path = on_disk(draft);
        let cannot = || format!("cannot make {}", path.display());
        if let Some(drafts) = path.parent().filter(|d| !d.exists()) {
            make(drafts).with_context(cannot)?;
        }
        for _ in 0..TRIES {
            make(&path).with_context(cannot)?;
            if let Some(lock) = locked(&path).with_context(cannot)? {
                let _lock = Some(lock);
                return Ok(Self { path, _lock });
            }
        }
        bail!("{}: it is removed again each time", cannot())
    }

    /// From now on a signal that ends the program removes the folder before. An interrupt is
    /// for the editor while it runs: some read it as a key.
    fn goes_with_a_signal(&self) -> Result<()> {
        let folder = self.path.clone();
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
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The lock of a folder that was made just now; none where it was taken for left meanwhile.
fn locked(folder: &Path) -> io::Result<Option<fs::File>> {
    let lock = match fs::File::open(folder) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    lock.lock()?;
    Ok(Some(lock).filter(|_| folder.exists()))
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
