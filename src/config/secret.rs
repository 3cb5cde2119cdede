//! A secret: a file that is named in the config and read when it is needed.
//!
//! It is read anew at each connection, so that a password can be changed without a
//! restart. It must never come near a log line: neither the type nor any of its errors
//! holds what the file holds.

use super::fault::{ConfigError, Fault};
use super::files::{self, Guard};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// The file that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile(PathBuf);

impl SecretFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads it: one line, whose end is left out.
    ///
    /// # Errors
    /// The file is missing or empty, has several lines or a control character, or its
    /// group or everybody may read it. Says what to do, and nothing of what it holds.
    pub fn read(&self) -> Result<SecretString, ConfigError> {
        let text = files::read(&self.0, Guard::Secret).map_err(with_advice)?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let fault = |what: &str| {
            Err(ConfigError::from(with_advice(Fault::of_file(
                &self.0, what, "",
            ))))
        };
        if line.trim().is_empty() {
            return fault("holds no secret");
        }
        if line.contains(['\n', '\r']) {
            return fault("has several lines");
        }
        if line.chars().any(char::is_control) {
            return fault("holds a control character");
        }
        Ok(SecretString::from(line))
    }
}

fn with_advice(fault: Fault) -> Fault {
    let advice = if fault.advice.is_empty() {
        "the config names it (`password_file`, `signal_number_file`); it must hold the secret alone, on one line".to_owned()
    } else {
        fault.advice
    };
    Fault { advice, ..fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn secret(text: &[u8], mode: u32) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("imap.password");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        SecretFile::new(path)
            .read()
            .map(|s| s.expose_secret().to_owned())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn a_secret_is_one_line_without_its_end() {
        for text in ["hunter2 ", "hunter2 \n", "hunter2 \r\n"] {
            assert_eq!(secret(text.as_bytes(), 0o600).as_deref(), Ok("hunter2 "));
        }
        assert_eq!(secret(b"x", 0o400).as_deref(), Ok("x"));
    }

    #[test]
    fn a_secret_that_is_none_or_that_others_may_read_is_refused_unseen() {
        for (text, mode, wanted) in [
            (&b""[..], 0o600, "holds no secret"),
            (b"\n", 0o600, "holds no secret"),
            (b"hunter2\nx\n", 0o600, "has several lines"),
            (b"hunter2\n\n", 0o600, "has several lines"),
            (b"hun\0ter2", 0o600, "control character"),
            (b"hunter2\xff", 0o600, "not UTF-8"),
            (
                b"hunter2",
                0o640,
                "may be read by others (mode 0640)\n  run: chmod go-rwx ",
            ),
            (b"hunter2", 0o604, "may be read by others"),
            (b"hunter2", 0o620, "may be read by others"),
        ] {
            let error = secret(text, mode).unwrap_err();
            assert!(
                error.contains(wanted) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_secret_that_is_missing_says_where_it_was_looked_for() {
        let error = SecretFile::new("/nowhere/imap.password".into())
            .read()
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("/nowhere/imap.password: cannot be read: No such file"),
            "{error}"
        );
    }
}
