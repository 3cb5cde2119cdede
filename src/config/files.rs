//! Reads files of which others must not have a say.
//!
//! Whoever may write the config may send the store's mail elsewhere; whoever may write
//! a letter speaks in the team's name. So a file that its group or everybody may write
//! is refused. The mode is asked of the open file, so that it cannot be changed for
//! another in between.
//!
//! Known fault: a folder above that others may write is not looked for.

use super::fault::Fault;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// No file that gatepost reads as text is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// Who besides the owner is kept out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Others must not write it.
    Written,
    /// Others must neither read nor write it.
    Secret,
    /// As [`Guard::Secret`], but the group may read it.
    Credential,
}

/// The text of `path`.
pub(super) fn read(path: &Path, guard: Guard) -> Result<String, Fault> {
    String::from_utf8(read_bytes(path, guard)?)
        .map_err(|_| Fault::of_file(path, "is not UTF-8 text", "save it as UTF-8"))
}

/// The bytes of `path`.
pub(super) fn read_bytes(path: &Path, guard: Guard) -> Result<Vec<u8>, Fault> {
    let fault = |what: String, advice: String| Fault::of_file(path, what, advice);
    let unread = |error: std::io::Error| fault(format!("cannot be read: {error}"), String::new());
    // A pipe would not open before somebody writes into it.
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(fault("is not a file".to_owned(), String::new()));
    }
    let file = File::open(path).map_err(unread)?;
    check(path, &file, guard)?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    if bytes.len() as u64 > LONGEST {
        return Err(fault(
            "is longer than 1 MiB".to_owned(),
            "is this the right file?".to_owned(),
        ));
    }
    Ok(bytes)
}

/// Whether a folder is there and others must not write it.
pub(super) fn check_folder(path: &Path) -> Result<(), Fault> {
    let file = File::open(path)
        .map_err(|error| Fault::of_file(path, format!("cannot be read: {error}"), ""))?;
    check_mode(path, &file, Guard::Written)
}

/// Whether a file is there and only those may write it who should; it is not read.
pub(super) fn check_file(path: &Path) -> Result<(), Fault> {
    let file = File::open(path)
        .map_err(|error| Fault::of_file(path, format!("cannot be read: {error}"), ""))?;
    check(path, &file, Guard::Written)
}

fn check(path: &Path, file: &File, guard: Guard) -> Result<(), Fault> {
    if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return check_mode(path, file, guard);
    }
    Err(Fault::of_file(path, "is not a file", ""))
}

fn check_mode(path: &Path, file: &File, guard: Guard) -> Result<(), Fault> {
    let metadata = file
        .metadata()
        .map_err(|error| Fault::of_file(path, format!("cannot be read: {error}"), ""))?;
    let mode = metadata.permissions().mode() & 0o777;
    let (forbidden, may, chmod) = match guard {
        Guard::Written => (0o022, "written", "go-w"),
        Guard::Secret => (0o077, "read", "go-rwx"),
        Guard::Credential => (0o027, "read", "g-w,o-rwx"),
    };
    if mode & forbidden == 0 {
        return Ok(());
    }
    let advice = format!("run: chmod {chmod} {}", path.display());
    Err(Fault::of_file(
        path,
        format!("may be {may} by others (mode {mode:04o})"),
        advice,
    ))
}
