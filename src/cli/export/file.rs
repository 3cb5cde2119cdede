//! Replaces a file as a whole or not at all: a new one beside it, then its name. A link in
//! its place is never followed.

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A longer file is no page of ours.
const LONGEST: u64 = 16 << 20;

/// A file that is to be replaced, as it was read.
pub struct Target {
    /// Its path: a whole one, but for links in its folder's name none is left in it.
    pub path: PathBuf,
    /// What it holds; none when it is not there.
    pub bytes: Option<Vec<u8>>,
    mode: u32,
}

impl Target {
    /// Reads it.
    ///
    /// # Errors
    /// When it is no plain file, or cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let name = path.file_name().with_context(|| {
            format!(
                "{} names no file\n  hint: name the file itself",
                path.display()
            )
        })?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            Some(_) | None => Path::new("."),
        };
        let path = folder.canonicalize().with_context(cannot)?.join(name);
        let (bytes, mode) = read(&path).with_context(cannot)?;
        Ok(Self { path, bytes, mode })
    }

    /// The file beside it, of another name.
    ///
    /// # Errors
    /// As [`Target::read`].
    pub fn beside(&self, ending: &str) -> Result<Self> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        Self::read(&self.path.with_file_name(name))
    }

    /// Its path in the ledger.
    pub fn place(&self) -> String {
        self.path.display().to_string()
    }

    /// Puts other bytes in its place, if it is still as it was read.
    ///
    /// # Errors
    /// When somebody changed it meanwhile, or it cannot be written; it is as it was then.
    pub fn replace(&self, bytes: &[u8]) -> Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        let (now, _) = read(&self.path).with_context(cannot)?;
        ensure!(
            now == self.bytes,
            "{} was changed meanwhile, and nothing was written\n  hint: run it again",
            self.path.display()
        );
        let folder = File::open(self.path.parent().unwrap_or(Path::new("/")));
        let folder = folder.with_context(cannot)?;
        // One writer at a time: what lies at the new name is nobody's then.
        folder.try_lock().with_context(|| {
            let other = "another gatepost writes in that folder\n  hint: run it again";
            format!("cannot write {}: {other}", self.path.display())
        })?;
        let mut name = OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        name.push(".gatepost-new");
        let new = self.path.with_file_name(name);
        let written = write(&new, bytes, self.mode)
            .and_then(|()| fs::rename(&new, &self.path))
            .and_then(|()| folder.sync_all());
        if written.is_err() {
            // What is left of it is ours alone, and may be gone already.
            let _ = fs::remove_file(&new);
        }
        written.with_context(cannot)
    }

    /// Takes it away, if it is there.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(why) if why.kind() != ErrorKind::NotFound => {
                Err(why).with_context(|| format!("cannot remove {}", self.path.display()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Refuses to replace what somebody else wrote: a file that is neither empty nor
    /// begins as we begin it.
    ///
    /// # Errors
    /// When it is such a file.
    pub fn is_ours(&self, beginning: &str) -> Result<()> {
        let bytes = self.bytes.as_deref().unwrap_or_default();
        ensure!(
            bytes.is_empty() || bytes.starts_with(beginning.as_bytes()),
            "{} is there and was not made by gatepost\n  hint: name another file, or move it away",
            self.path.display()
        );
        Ok(())
    }
}

/// What a file holds, wherever a link leads: `Some(None)` when there is none, `None` when
/// nobody can say.
pub fn look(path: &Path) -> Option<Option<Vec<u8>>> {
    let meta = match fs::metadata(path) {
        Err(why) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&why.kind()) => {
            return Some(None);
        }
        meta => meta.ok()?,
    };
    let file = Some(path).filter(|_| meta.is_file() && meta.len() <= LONGEST)?;
    fs::read(file).ok().map(Some)
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    // One who was killed here may have left it.
    match fs::remove_file(path) {
        Err(why) if why.kind() != ErrorKind::NotFound => return Err(why),
        Ok(()) | Err(_) => {}
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.sync_all()
}

/// What lies there, and its mode.
fn read(path: &Path) -> Result<(Option<Vec<u8>>, u32)> {
    let meta = match fs::symlink_metadata(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok((None, 0o644)),
        meta => meta?,
    };
    if meta.file_type().is_symlink() {
        bail!("it is a link\n  hint: name the file that it leads to");
    }
    ensure!(meta.is_file(), "it is no plain file");
    ensure!(meta.len() <= LONGEST, "it is larger than 16 MiB");
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok((Some(bytes), meta.permissions().mode() & 0o7777))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("thanks.md");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let target = Target::read(&path).unwrap();
        target.replace(b"new").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!((fs::read(&path).unwrap(), mode), (b"new".to_vec(), 0o640));
        let why = target.replace(b"newer").unwrap_err().to_string();
        assert!(why.contains("changed meanwhile"), "{why}");
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn what_a_killed_process_left_is_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("thanks.md"), dir.path().join("other"));
        fs::write(&other, "other").unwrap();
        symlink(&other, dir.path().join(".thanks.md.gatepost-new")).unwrap();
        Target::read(&path).unwrap().replace(b"new").unwrap();
        let mut left: Vec<_> = fs::read_dir(dir.path()).unwrap().flatten().collect();
        left.sort_by_key(fs::DirEntry::file_name);
        let names: Vec<_> = left.iter().map(fs::DirEntry::file_name).collect();
        assert_eq!(names, ["other", "thanks.md"]);
        assert_eq!(fs::read(&other).unwrap(), b"other");
    }

    #[test]
    fn two_do_not_write_in_one_folder_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let target = Target::read(&dir.path().join("thanks.md")).unwrap();
        let folder = File::open(dir.path()).unwrap();
        folder.lock().unwrap();
        let why = format!("{:#}", target.replace(b"new").unwrap_err());
        assert!(why.contains("another gatepost"), "{why}");
        folder.unlock().unwrap();
        target.replace(b"new").unwrap();
    }

    #[test]
    fn a_link_is_never_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("thanks.md"), dir.path().join("other"));
        fs::write(&other, "other").unwrap();
        symlink(&other, &path).unwrap();
        let why = Target::read(&path).err().map(|why| format!("{why:#}"));
        assert!(why.unwrap().contains("it is a link"));
        fs::remove_file(&path).unwrap();
        let target = Target::read(&path).unwrap();
        assert_eq!(target.bytes, None);
        symlink(&other, &path).unwrap();
        assert!(target.replace(b"new").is_err(), "a link in its place");
        assert_eq!(fs::read(&other).unwrap(), b"other");
        assert!(Target::read(dir.path()).err().is_some(), "a folder");
    }
}
