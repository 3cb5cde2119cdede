//! Replaces a file as a whole or not at all: a new one beside it, then its name. A link in
//! its place is never followed.
//!
//! The new one has the mode of the old one, and its owner and group where that is permitted;
//! where its group may read or write by the mode and cannot be kept, nothing is written.
//! Known fault: access lists (ACL) and other attributes beside these are those of a new file.

use super::folder::folder_of;
use anyhow::{Context, Result, anyhow, bail, ensure};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// A longer file is no page of ours, and none is written: it could not be replaced.
const LONGEST: u64 = 64 << 20;

/// A file that is to be replaced, as it was read.
pub struct Target {
    /// Its path: a whole one, but for links in its folder's name none is left in it.
    pub path: PathBuf,
    /// What it holds; none when it is not there.
    pub bytes: Option<Vec<u8>>,
    rights: Rights,
}

/// Who may do what with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rights {
    mode: u32,
    /// Owner and group; none of a file that is not there.
    whose: Option<(u32, u32)>,
}

impl Rights {
    /// Of a file that was not there.
    const NEW: Self = Self {
        mode: 0o644,
        whose: None,
    };

    /// Whether a new file may have them that is of another group.
    fn without_the_group(self, group: u32) -> Result<()> {
        let as_others = (self.mode >> 3) & 0o7 == self.mode & 0o7 && self.mode & 0o2000 == 0;
        ensure!(
            as_others,
            "its group has the number {group}, which you may not give to a new file, and its mode {:o} says what that group may do\n  hint: run this as root or as a member of that group, or give the file a group of yours (chgrp)",
            self.mode
        );
        Ok(())
    }
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
        let path = folder_of(path, folder)?.join(name);
        let (bytes, rights) = read(&path).with_context(cannot)?;
        Ok(Self {
            path,
            bytes,
            rights,
        })
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

    /// The same; where nothing is there yet, nobody else may read the new one.
    pub fn private(mut self) -> Self {
        if self.bytes.as_ref().is_none_or(Vec::is_empty) {
            self.rights.mode = 0o600;
        }
        self
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
        ensure!(
            bytes.len() as u64 <= LONGEST,
            "{} would be larger than 64 MiB, and could not be replaced later: nothing was written",
            self.path.display()
        );
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
        let put = || -> Result<()> {
            write(&new, bytes, self.rights)?;
            fs::rename(&new, &self.path)?;
            Ok(folder.sync_all()?)
        };
        let written = put();
        if written.is_err() {
            // What is left of it is ours alone, and may be gone already.
            let _ = fs::remove_file(&new);
        }
        written.map_err(with_hint).with_context(cannot)
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

/// Why a file was not replaced, with what can be done.
fn with_hint(why: anyhow::Error) -> anyhow::Error {
    let kind = why
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind);
    let hint = match kind {
        Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            "a new file is written into its folder and takes its name: whoever runs gatepost needs the right to write in that folder"
        }
        Some(ErrorKind::ResourceBusy | ErrorKind::CrossesDevices) => {
            "it is mounted by itself and cannot be replaced: mount its folder instead"
        }
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            "make room there, then run this again: the file is as it was"
        }
        Some(_) | None => return why,
    };
    anyhow!("{why}\n  hint: {hint}")
}

fn write(path: &Path, bytes: &[u8], rights: Rights) -> Result<()> {
    // One who was killed here may have left it.
    match fs::remove_file(path) {
        Err(why) if why.kind() != ErrorKind::NotFound => return Err(why.into()),
        Ok(()) | Err(_) => {}
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    hand_over(&file, rights)?;
    // Last: a change of owner takes bits of the mode away.
    file.set_permissions(fs::Permissions::from_mode(rights.mode))?;
    Ok(file.sync_all()?)
}

/// Gives a new file to the owner and the group of the old one, as far as that is permitted.
///
/// # Errors
/// When its mode says something of the group, and the group cannot be kept.
fn hand_over(file: &File, rights: Rights) -> Result<()> {
    let Some((owner, group)) = rights.whose else {
        return Ok(());
    };
    let new = file.metadata()?;
    if new.gid() != group && fchown(file, None, Some(group)).is_err() {
        rights.without_the_group(group)?;
    }
    if new.uid() != owner {
        // Root alone may. Who writes a file in a folder of somebody else owns the new one.
        let _ = fchown(file, Some(owner), None);
    }
    Ok(())
}

/// What lies there, and who may do what with it.
fn read(path: &Path) -> Result<(Option<Vec<u8>>, Rights)> {
    let meta = match fs::symlink_metadata(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok((None, Rights::NEW)),
        meta => meta?,
    };
    if meta.file_type().is_symlink() {
        bail!("it is a link\n  hint: name the file that it leads to");
    }
    ensure!(meta.is_file(), "it is no plain file");
    ensure!(meta.len() <= LONGEST, "it is larger than 64 MiB");
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    let rights = Rights {
        mode: meta.permissions().mode() & 0o7777,
        whose: Some((meta.uid(), meta.gid())),
    };
    Ok((Some(bytes), rights))
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

    /// A group that this process may give to a file, and is not that of its new files.
    fn other_group(dir: &Path) -> Option<u32> {
        let probe = File::create(dir.join("probe")).unwrap();
        let own = probe.metadata().unwrap().gid();
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let groups = status.lines().find_map(|l| l.strip_prefix("Groups:"));
        let member_of = groups.unwrap_or_default().split_whitespace();
        let other = member_of.filter_map(|g| g.parse().ok());
        // Root may give any.
        let mut all = other.chain([own + 1]).filter(|g| *g != own);
        let found = all.find(|group| fchown(&probe, None, Some(*group)).is_ok());
        fs::remove_file(dir.join("probe")).unwrap();
        found
    }

    #[test]
    fn a_file_keeps_its_group_and_all_bits_of_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("thanks.md");
        fs::write(&path, "old").unwrap();
        let whose = |path: &Path| {
            let meta = fs::metadata(path).unwrap();
            (meta.uid(), meta.gid(), meta.mode() & 0o7777)
        };
        let (owner, own, _) = whose(&path);
        let group = other_group(dir.path()).unwrap_or(own);
        std::os::unix::fs::chown(&path, None, Some(group)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o2664)).unwrap();
        Target::read(&path).unwrap().replace(b"new").unwrap();
        assert_eq!(whose(&path), (owner, group, 0o2664));
    }

    #[test]
    fn a_group_that_cannot_be_kept_is_refused_where_the_mode_speaks_of_it() {
        let refused = |mode: u32| {
            let rights = Rights { mode, whose: None };
            rights
                .without_the_group(33)
                .err()
                .map(|why| why.to_string())
        };
        for mode in [0o640, 0o664, 0o604, 0o2644] {
            let why = refused(mode).unwrap_or_default();
            assert!(why.contains("group has the number 33"), "{mode:o} {why}");
            assert!(why.contains("hint: run this as root"), "{why}");
        }
        assert_eq!(
            [refused(0o644), refused(0o600), refused(0o666)],
            [const { None }; 3]
        );
    }

    #[test]
    fn who_may_not_write_beside_the_file_is_told_what_to_do() {
        for (kind, wanted) in [
            (
                ErrorKind::PermissionDenied,
                "the right to write in that folder",
            ),
            (
                ErrorKind::ReadOnlyFilesystem,
                "the right to write in that folder",
            ),
            (ErrorKind::ResourceBusy, "mount its folder"),
            (ErrorKind::StorageFull, "make room"),
        ] {
            let why = with_hint(std::io::Error::from(kind).into()).to_string();
            assert!(why.contains("\n  hint: ") && why.contains(wanted), "{why}");
        }
        assert_eq!(with_hint(anyhow!("x")).to_string(), "x");
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
