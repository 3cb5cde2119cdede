//! Replaces a file as a whole or not at all: a new one beside it, then its name. A link in
//! its place is never followed.

use anyhow::{Context, Result, bail, ensure};
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
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let pid = std::process::id();
        let new = self.path.with_file_name(format!(".{name}.gatepost-{pid}"));
        let written = write(&new, bytes, self.mode)
            .and_then(|()| fs::rename(&new, &self.path))
            .and_then(|()| File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all());
        if written.is_err() {
            // What is left of it is ours alone, and may be gone already.
            let _ = fs::remove_file(&new);
        }
        written.with_context(cannot)
    }
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
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
