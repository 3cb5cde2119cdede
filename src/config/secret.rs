//! A secret, a password or a token: where it lies, and what one must look like.
//!
//! It is obtained anew at each login, so that it can be changed without a restart. It must
//! never come near a log line: neither the types here nor any of their errors hold what
//! the secret holds, and of a command only the program is told, for its words may be one.

use super::fault::{ConfigError, Fault};
use super::files::{self, Guard};
use secrecy::SecretString;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a secret comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A file: `password_file`.
    File(SecretFile),
    /// The first line that a program prints, with its arguments: `password_command`.
    /// Never empty.
    Command(Vec<String>),
    /// A variable of our environment: `password_env`.
    Env(String),
    /// A credential that systemd hands us: `password_credential`.
    Credential(String),
}

/// Names the source, for people; never the secret.
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.path().display()),
            Self::Command(words) => {
                let program = words.first().map_or("", String::as_str);
                write!(f, "the command {program}")
            }
            Self::Env(name) => write!(f, "the environment variable {name}"),
            Self::Credential(name) => write!(f, "the systemd credential {name}"),
        }
    }
}

/// As [`fmt::Display`]: the words of a command may hold a secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

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
        let advice = "the config names it (`password_file`, `signal_number_file`); it must hold the secret alone, on one line";
        read(&self.0, Guard::Secret, advice)
    }
}

/// Reads the credential `name` in `folder`, which is `$CREDENTIALS_DIRECTORY`.
///
/// # Errors
/// As [`SecretFile::read`]; or there is no folder. That the group may read the file is none:
/// systemd shows the one user whom it lets in as the group.
pub fn credential(name: &str, folder: Option<&OsStr>) -> Result<SecretString, ConfigError> {
    let Some(folder) = folder.filter(|folder| !folder.is_empty()) else {
        let what = "cannot be read: $CREDENTIALS_DIRECTORY is not set";
        let advice = format!(
            "only a unit of systemd has credentials; write LoadCredential={name}:FILE into it"
        );
        return Err(Fault::of_file(Path::new(name), what, advice).into());
    };
    let advice = "`password_credential` names it; it must hold the secret alone, on one line";
    read(&Path::new(folder).join(name), Guard::Credential, advice)
}

fn read(path: &Path, guard: Guard, advice: &str) -> Result<SecretString, ConfigError> {
    let with_advice = |fault: Fault| match fault.advice.is_empty() {
        true => Fault {
            advice: advice.to_owned(),
            ..fault
        },
        false => fault,
    };
    let text = files::read(path, guard).map_err(with_advice)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    one_line(line.strip_suffix('\r').unwrap_or(line))
        .map_err(|what| with_advice(Fault::of_file(path, what, "")).into())
}

/// A secret out of the text that is one.
///
/// # Errors
/// What it is instead: nothing, several lines, or something with a control character in it.
pub fn one_line(text: &str) -> Result<SecretString, &'static str> {
    if text.trim().is_empty() {
        Err("holds no secret")
    } else if text.contains(['\n', '\r']) {
        Err("has several lines")
    } else if text.chars().any(char::is_control) {
        Err("holds a control character")
    } else {
        Ok(SecretString::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// A file with this text and this mode, read as a file and as a credential.
    fn both(text: &[u8], mode: u32) -> [Result<String, String>; 2] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("imap.password");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let told = |read: Result<SecretString, ConfigError>| {
            read.map(|s| s.expose_secret().to_owned())
                .map_err(|e| e.to_string())
        };
        let inside = Some(folder.path().as_os_str());
        [
            told(SecretFile::new(path).read()),
            told(credential("imap.password", inside)),
        ]
    }

    #[test]
    fn a_secret_is_one_line_without_its_end() {
        for text in ["hunter2 ", "hunter2 \n", "hunter2 \r\n"] {
            for read in both(text.as_bytes(), 0o600) {
                assert_eq!(read.as_deref(), Ok("hunter2 "));
            }
        }
        let [file, credential] = both(b"x", 0o400);
        assert_eq!((file.as_deref(), credential.as_deref()), (Ok("x"), Ok("x")));
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
            (b"hunter2", 0o604, "may be read by others"),
            (b"hunter2", 0o602, "may be read by others"),
        ] {
            for error in both(text, mode).map(Result::unwrap_err) {
                assert!(
                    error.contains(wanted) && !error.contains("hunter2"),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn the_group_may_read_a_credential_and_no_other_file() {
        for mode in [0o640, 0o620, 0o440] {
            let [file, credential] = both(b"hunter2", mode);
            let error = file.unwrap_err();
            assert!(
                error.contains(&format!("may be read by others (mode {mode:04o})"))
                    && error.contains("\n  run: chmod go-rwx "),
                "{error}"
            );
            assert_eq!(credential.is_ok(), mode != 0o620);
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
        for none in [None, Some(OsStr::new(""))] {
            let error = credential("imap", none).unwrap_err().to_string();
            assert!(
                error.contains("$CREDENTIALS_DIRECTORY is not set")
                    && error.contains("LoadCredential=imap:"),
                "{error}"
            );
        }
        let error = credential("imap", Some(OsStr::new("/nowhere")));
        assert!(error.unwrap_err().to_string().contains("/nowhere/imap: "));
    }

    #[test]
    fn a_command_is_named_by_its_program_alone() {
        let words = ["/bin/echo", "hunter2"].map(str::to_owned).to_vec();
        let shown = format!("{0} {0:?}", Secret::Command(words));
        assert_eq!(shown, "the command /bin/echo Secret(the command /bin/echo)");
    }
}
