//! A folder of files that is there as a whole or not at all: written beside its place under
//! another name, which it loses at the end. Nothing that is there is ever written over, no
//! link is followed, and only its owner can read it, whatever the umask.

use crate::cli::Usage;
use crate::export::case::Written;
use anyhow::{Context, Result, anyhow, bail, ensure};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Bytes of a name at most: it is written under a longer one, of 255.
const LONGEST: usize = 240;

/// Makes a file that was not there. `create_new` (O_EXCL) follows no link and opens nothing
/// that is there.
///
/// # Errors
/// When something of that name is there, or the file cannot be made.
pub fn new_file(path: &Path) -> io::Result<File> {
    let mut new = OpenOptions::new();
    let file = new.write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Makes a folder that was not there, which only its owner can open.
///
/// # Errors
/// When something of that name is there, or the folder cannot be made.
pub fn new_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// A folder that is being written.
pub struct NewFolder {
    /// Its path, once it is whole.
    pub to: PathBuf,
    /// Where it is until then.
    new: PathBuf,
    /// What is in it so far.
    pub written: Vec<Written>,
}

/// Counts and sums up what goes into a file.
pub struct Sink {
    file: BufWriter<File>,
    bytes: u64,
    sum: Sha256,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.sum.update(bytes.get(..n).unwrap_or_default());
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl NewFolder {
    /// Begins to write what will be `to`.
    ///
    /// # Errors
    /// When something is at `to`, others may write beside it, or another one writes it.
    pub fn beside(to: &Path) -> Result<Self> {
        let name = to.file_name().ok_or_else(|| {
            let to = to.display();
            Usage(format!(
                "{to} names no new folder\n  hint: --to case-42, a folder that is not there yet"
            ))
        })?;
        let beside = match to.parent() {
            Some(folder) if folder != Path::new("") => folder,
            Some(_) | None => Path::new("."),
        };
        let beside = folder_of(to, beside)?;
        let to = beside.join(name);
        is_free(&to)?;
        is_ours_alone(&beside)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(".gatepost-new");
        let new = beside.join(hidden);
        match new_folder(&new) {
            Err(why) if why.kind() == ErrorKind::AlreadyExists => bail!(
                "{} is there: another export writes it, or one was stopped midway\n  hint: when none is running, remove it; it holds half of a case",
                new.display()
            ),
            made => made.map_err(hinted),
        }
        .with_context(|| format!("cannot make the folder {}", new.display()))?;
        let written = Vec::new();
        Ok(Self { to, new, written })
    }

    /// Writes a file of it; its name has one folder in it at most, and only what
    /// [`crate::export::file_name`] lets through.
    ///
    /// # Errors
    /// When it is there already, or cannot be written.
    pub fn file(
        &mut self,
        name: &str,
        about: &str,
        fill: impl FnOnce(&mut Sink) -> Result<()>,
    ) -> Result<()> {
        ensure!(is_plain(name), "{name:?} is no name for a file");
        let cannot = || format!("cannot write {name} into {}", self.new.display());
        let path = self.new.join(name);
        if let Some((folder, _)) = name.split_once('/') {
            match new_folder(&self.new.join(folder)) {
                Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
                made => made.map_err(hinted).with_context(cannot)?,
            }
        }
        let file = new_file(&path).map_err(hinted).with_context(cannot)?;
        let mut sink = Sink {
            file: BufWriter::new(file),
            bytes: 0,
            sum: Sha256::new(),
        };
        let kept = |sink: &mut Sink| -> io::Result<()> {
            sink.flush()?;
            sink.file.get_ref().sync_all()
        };
        fill(&mut sink)
            .and_then(|()| Ok(kept(&mut sink)?))
            .map_err(with_hint)
            .with_context(cannot)?;
        let sum = sink.sum.finalize();
        self.written.push(Written {
            name: name.to_owned(),
            bytes: sink.bytes,
            sha256: sum.iter().map(|b| format!("{b:02x}")).collect(),
            about: about.to_owned(),
        });
        Ok(())
    }

    /// It is whole: it takes its name.
    ///
    /// # Errors
    /// When something came to that place meanwhile.
    pub fn finish(&self) -> Result<()> {
        let named = || -> io::Result<()> {
            for entry in fs::read_dir(&self.new)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    File::open(entry.path())?.sync_all()?;
                }
            }
            File::open(&self.new)?.sync_all()?;
            // An empty folder would give way; a file, a link and a full folder do not.
            match fs::symlink_metadata(&self.to) {
                Err(why) if why.kind() == ErrorKind::NotFound => {}
                Err(why) => return Err(why),
                Ok(_) => return Err(ErrorKind::AlreadyExists.into()),
            }
            fs::rename(&self.new, &self.to)?;
            File::open(self.to.parent().unwrap_or(Path::new("/")))?.sync_all()
        };
        named()
            .map_err(hinted)
            .with_context(|| format!("cannot give the folder its name {}", self.to.display()))
    }

    /// It will not be whole: takes away what was written, or says where it lies.
    pub fn given_up(self, why: anyhow::Error) -> anyhow::Error {
        let to = self.to.display();
        match fs::remove_dir_all(&self.new) {
            Ok(()) => why.context(format!("{to} was not written, and nothing of it is left")),
            Err(left) if left.kind() == ErrorKind::NotFound => why,
            Err(left) => why.context(format!(
                "{to} was not written; what there is of it lies in {} and cannot be removed ({left})\n  hint: remove it by hand: it holds parts of a report",
                self.new.display()
            )),
        }
    }
}

/// Letters, digits, `.`, `-` and `_`, and one folder before it at most; never `.` or `..`.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let part =
        |part: &str| !part.is_empty() && !part.starts_with(['.', '-']) && part.chars().all(plain);
    let (folder, file) = name.split_once('/').unwrap_or(("x", name));
    part(folder) && part(file)
}

/// The folder in which `new` is to be, without links in its name.
///
/// # Errors
/// When there is none, or nothing of that name can be written.
pub fn folder_of(new: &Path, folder: &Path) -> Result<PathBuf> {
    let (to, at) = (new.display(), folder.display());
    let name = new.file_name().map_or(0, |name| name.len());
    ensure!(
        name <= LONGEST,
        "{to}: the name is too long, {name} bytes\n  hint: name a shorter one, of {LONGEST} at most"
    );
    let whole = folder.canonicalize().map_err(|why| match why.kind() {
        ErrorKind::NotFound => anyhow!(
            "{to}: there is no folder {at}\n  hint: make it (mkdir -p {at}), or name one that is there"
        ),
        _ => hinted(why).context(format!("cannot look at {at}")),
    })?;
    ensure!(
        whole.is_dir(),
        "{to}: {at} is no folder\n  hint: name one that is there"
    );
    Ok(whole)
}

/// Refuses a place where something is.
fn is_free(to: &Path) -> Result<()> {
    let used = |what: &str| {
        let to = to.display();
        let hint = "name a folder that is not there yet: nothing is ever written over";
        Err(Usage(format!("{to} {what}\n  hint: {hint}")).into())
    };
    let meta = match fs::symlink_metadata(to) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
        meta => meta
            .map_err(hinted)
            .with_context(|| format!("cannot look at {}", to.display()))?,
    };
    if meta.file_type().is_symlink() {
        return used("is a link");
    }
    if !meta.is_dir() {
        return used("is a file");
    }
    let cannot = || format!("cannot look into {}", to.display());
    match fs::read_dir(to).with_context(cannot)?.next() {
        Some(_) => used("is there and not empty"),
        None => used("is there, an empty folder"),
    }
}

/// Refuses a folder in which others could put another in the place of ours; in one with the
/// sticky bit (`/tmp`) they cannot.
fn is_ours_alone(folder: &Path) -> Result<()> {
    let meta = fs::metadata(folder);
    let meta = meta.with_context(|| format!("cannot look at {}", folder.display()))?;
    let mode = meta.permissions().mode() & 0o7777;
    ensure!(
        mode & 0o022 == 0 || mode & 0o1000 != 0,
        "others can write into the folder {} (mode {mode:o}); reports are confidential\n  hint: use a folder that is yours alone",
        folder.display()
    );
    Ok(())
}

fn hinted(why: io::Error) -> anyhow::Error {
    with_hint(why.into())
}

/// Why a file was not written, with what can be done.
fn with_hint(why: anyhow::Error) -> anyhow::Error {
    let kind = why.downcast_ref::<io::Error>().map(io::Error::kind);
    let hint = match kind {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            "make room there, or name a folder on another disk, then run it again"
        }
        Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            "name a folder where you may write"
        }
        Some(ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::ResourceBusy) => {
            "something came to that place meanwhile: name a folder that is not there yet"
        }
        Some(ErrorKind::NotADirectory) => "a file stands in its way: name another folder",
        Some(ErrorKind::InvalidFilename) => "the name is too long: name a shorter one",
        Some(_) | None => return why,
    };
    anyhow!("{why}\n  hint: {hint}")
}

#[cfg(test)]
mod tests;
