//! What is wrong with a file that a person wrote, told so that it can be put right:
//! file and line, the line itself, what is wrong, what to do.
//!
//! It must never show a secret. A password that somebody wrote into the file by mistake
//! may stand on the line that is at fault, or in a text that runs over many lines: in a
//! file that holds what looks like one, no line is shown at all.

use crate::mail::Foreign;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Why a config is refused: one or several faults, each with its place and with advice.
/// Never shows a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

impl ConfigError {
    pub(super) fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| (fault.file.clone(), fault.line));
        Self { faults }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// How many faults there are.
    pub fn count(&self) -> usize {
        self.faults.len()
    }
}

impl From<Fault> for ConfigError {
    fn from(fault: Fault) -> Self {
        Self::new(vec![fault])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.faults.iter().enumerate() {
            if n > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// One fault of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) file: PathBuf,
    /// Counted from 1.
    pub(super) line: Option<usize>,
    /// The line, made harmless.
    pub(super) shown: Option<String>,
    pub(super) what: String,
    /// What to do; may be empty.
    pub(super) advice: String,
}

impl Fault {
    /// A fault of a file as a whole.
    pub(super) fn of_file(file: &Path, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            shown: None,
            what: what.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file.display(), self.what)?,
            None => write!(f, "{}: {}", self.file.display(), self.what)?,
        }
        if let (Some(line), Some(shown)) = (self.line, &self.shown) {
            write!(f, "\n  {line} | {shown}")?;
        }
        if !self.advice.is_empty() {
            write!(f, "\n  {}", self.advice)?;
        }
        Ok(())
    }
}

/// A file as it was read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
    secretive: bool,
}

impl Source {
    pub(super) fn new(path: &Path, text: String) -> Self {
        let secretive = text.lines().any(holds_secret);
        Self {
            path: path.to_owned(),
            text,
            secretive,
        }
    }

    /// A fault at these bytes of the file.
    pub(super) fn fault(
        &self,
        at: &Range<usize>,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Fault {
        let before = self.text.get(..at.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        Fault {
            line: Some(line),
            shown: self.shown(line),
            ..Fault::of_file(&self.path, what, advice)
        }
    }

    fn shown(&self, line: usize) -> Option<String> {
        let text = self
            .text
            .lines()
            .nth(line - 1)
            .filter(|line| !self.secretive && !line.contains(COMMAND))?;
        Some(Foreign::new(text.trim()).cut(100))
    }
}

/// The key of a command, whose words may hold a secret.
const COMMAND: &str = "password_command";

/// Whether a key is the name of a secret itself, and not of the file that holds it.
pub(super) fn is_secret(key: &str) -> bool {
    const NAMES: [&str; 8] = [
        "password",
        "passwd",
        "passphrase",
        "pass",
        "pwd",
        "secret",
        "token",
        "key",
    ];
    let key = key.to_lowercase();
    // `key` alone is the organisation's public key.
    key != "key" && NAMES.iter().any(|name| key.ends_with(name))
}

/// Whether a line gives a value to a secret, or begins a table of that name, or begins a
/// command whose words stand on the lines that follow.
fn holds_secret(line: &str) -> bool {
    let last_word = |text: &str| {
        let text = text.trim_end_matches([' ', '\t', '"', '\'', ']']);
        let start = text
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
            .map_or(0, |at| at + 1);
        text.get(start..).unwrap_or_default().to_owned()
    };
    let mut keys: Vec<String> = line
        .match_indices('=')
        .filter_map(|(at, _)| line.get(..at))
        .map(last_word)
        .collect();
    if line.trim_start().starts_with('[') {
        keys.push(last_word(line));
    }
    let ends = line.trim_end().ends_with([']', '}']);
    keys.iter()
        .any(|key| is_secret(key) || (key == COMMAND && !ends))
}

/// The known key that `key` was most likely meant to be.
pub(super) fn nearest<'a>(key: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let key = key.to_lowercase().replace('-', "_");
    let distance = |known: &str| strsim::damerau_levenshtein(&key, &known.to_lowercase());
    let near = known.into_iter().map(|k| (distance(k), k)).min()?;
    // A third of the letters may be wrong: `zonne` and `timezone` find `zone`, `x` finds nothing.
    let ending =
        near.1.len() >= 4 && (key.ends_with(near.1) || near.1.ends_with(&key) && key.len() >= 4);
    (near.0 * 3 <= key.chars().count().max(3) || ending).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_holds_a_secret_is_known_by_its_key() {
        for line in [
            "password = \"x\"",
            "  Password='x'",
            "imap_password = 5",
            "server = { host = \"h\", password = \"x\" }",
            "smtp.password = \"x\"",
            "\"password\" = \"x\"",
            "client_secret = \"x\"",
            "[smtp.password]",
            "password_command = [",
            "password_command = [\"echo\", # a word a line",
        ] {
            assert!(holds_secret(line), "{line}");
        }
        for line in [
            "password_file = \"x\"",
            "# the password",
            "key = { url = \"u\" }",
            "[organisation.key]",
            "host = \"a=b\"",
            "password_command = [\"pass\", \"show\"]",
            "password_env = \"X\"",
            "password_credential = \"x\"",
        ] {
            assert!(!holds_secret(line), "{line}");
        }
    }

    #[test]
    fn the_nearest_key_is_one_that_was_meant() {
        let known = ["zone", "weekend", "hours", "holidays", "password_file"];
        for (typed, meant) in [
            ("zonne", Some("zone")),
            ("timezone", Some("zone")),
            ("holliday", Some("holidays")),
            ("password-file", Some("password_file")),
            ("Hours", Some("hours")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }

    #[test]
    fn a_file_with_a_secret_in_it_shows_no_line() {
        let open = Source::new(Path::new("g.toml"), "a = 1\nb = \u{1b}2\n".to_owned());
        assert_eq!(
            open.fault(&(8..9), "no", "do").to_string(),
            "g.toml:2: no\n  2 | b = \\u{1b}2\n  do"
        );
        let closed = Source::new(
            Path::new("g.toml"),
            "a = 1\npassword = '''\nhunter2'''\n".to_owned(),
        );
        assert_eq!(
            closed.fault(&(22..23), "no", "").to_string(),
            "g.toml:3: no"
        );
    }
}
