//! [`Login`]: who logs in with what. The secret is obtained anew each time.
//!
//! It must never keep a secret longer than the connection that it is for, nor put one into an
//! error: of a command that failed its exit code and the first line of its standard error
//! are told, and what it printed is not.

use super::program::{self, Ended, Given};
use crate::config::{Account, Auth, Secret, credential, one_line};
use crate::mail::Foreign;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// What a command is given that is to print a secret.
const GIVEN: Given<'static> = Given {
    environment: &["PATH", "HOME"],
    input: b"",
    most: 64 << 10,
    limit: Duration::from_secs(30),
};

/// Who logs in, with what.
#[derive(Clone, Debug)]
pub struct Login {
    /// The login name.
    pub user: String,
    /// Whether the secret is a password or a token.
    pub auth: Auth,
    /// The password or the token.
    pub secret: SecretString,
}

impl Login {
    /// The login of an account of the config.
    ///
    /// # Errors
    /// Why there is no secret: its source, and what to do. Nothing of the secret.
    pub async fn of(account: &Account) -> Result<Self, String> {
        let kind = account.auth.secret();
        let unread = |why| format!("the {kind} cannot be used: {why}");
        Ok(Self {
            user: account.user.clone(),
            auth: account.auth,
            secret: obtain(&account.secret).await.map_err(unread)?,
        })
    }

    /// What no word of the server may bring into ours: the secret as it is, and in these
    /// forms in base64, in which it is sent.
    pub fn hidden(&self, encoded: Vec<String>) -> Hidden {
        let secret = self.secret.expose_secret();
        let plain = spellings(secret).into_iter().map(|text| {
            let least = text.char_indices().map(|(at, _)| at).find(|at| *at >= HEAD);
            Form::new(text, least)
        });
        let encoded = encoded.into_iter().map(|text| {
            // Behind the name and the like stands the secret.
            let whole = text.trim_end_matches('=').len();
            let head = whole.saturating_sub(secret.len() * 4 / 3) + HEAD;
            let cut_off = secret.len() >= HEAD && head < whole;
            Form::new(text, Some(if cut_off { head } else { whole }))
        });
        Hidden {
            forms: encoded.chain(plain).filter(|form| form.least > 0).collect(),
            word: format!("({})", self.auth.secret()),
        }
    }
}

/// A server that cuts a long secret off repeats at least so many bytes of it, or it tells
/// nothing.
const HEAD: usize = 16;

/// What is shorter stands in many a word; it is hidden where it is a word by itself.
const SHORT: usize = 4;

/// The secret, as it may come back: as it is, quoted for IMAP, and each as our own readers
/// of lines hand it on, who replace what is not ASCII (SMTP) or part it from a `]` (IMAP).
fn spellings(secret: &str) -> Vec<String> {
    let mut all = Vec::new();
    let quoted = secret.replace('\\', "\\\\").replace('"', "\\\"");
    for text in [secret, &quoted] {
        let parted: String = text
            .char_indices()
            .flat_map(|(at, c)| {
                let behind = text.get(..at).is_some_and(|before| before.ends_with(']'));
                let space = (behind && !c.is_ascii()).then_some(' ');
                space.into_iter().chain([c])
            })
            .collect();
        let replaced = text.bytes().map(|b| if b.is_ascii() { b } else { b'?' });
        let replaced = replaced.map(char::from).collect();
        for text in [text.to_owned(), parted, replaced] {
            let text = text.trim().to_owned();
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}

/// One form of a secret.
#[derive(Clone, Debug)]
struct Form {
    text: SecretString,
    /// So many bytes of it are enough; what else of it follows goes with them.
    least: usize,
}

impl Form {
    /// Without a `least` only the whole is enough.
    fn new(text: String, least: Option<usize>) -> Self {
        let least = least.unwrap_or(text.len());
        let text = SecretString::from(text);
        Self { text, least }
    }

    /// How many bytes of it stand at the start of `rest`, which follows `before`.
    fn begins(&self, rest: &str, before: &str) -> Option<usize> {
        let text = self.text.expose_secret();
        if !rest.starts_with(text.get(..self.least)?) {
            return None;
        }
        let same = text.chars().zip(rest.chars()).take_while(|(a, b)| a == b);
        let length = same.map(|(c, _)| c.len_utf8()).sum();
        let goes_on = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let behind = rest.get(length..).unwrap_or_default();
        let part_of_a_word = goes_on(before.chars().rev().find(|c| *c != '.'))
            || goes_on(behind.chars().find(|c| *c != '.'));
        (self.least >= SHORT || !part_of_a_word).then_some(length)
    }
}

/// A secret, in the forms in which a server may repeat it: at the login, or in any answer
/// behind it. Without a login there is none.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    forms: Vec<Form>,
    word: String,
}

impl Hidden {
    /// What a server said, without the secret.
    pub fn out_of(&self, said: &str) -> String {
        let mut out = String::with_capacity(said.len());
        let mut at = 0;
        while let Some((before, rest)) = said.split_at_checked(at)
            && let Some(next) = rest.chars().next()
        {
            let forms = self.forms.iter();
            at += match forms.filter_map(|form| form.begins(rest, before)).max() {
                Some(length) => {
                    out.push_str(&self.word);
                    length
                }
                None => {
                    out.push(next);
                    next.len_utf8()
                }
            };
        }
        out
    }
}

async fn obtain(secret: &Secret) -> Result<SecretString, String> {
    match secret {
        Secret::File(file) => file.read().map_err(|why| why.to_string()),
        Secret::Credential(name) => {
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY");
            credential(name, folder.as_deref()).map_err(|why| why.to_string())
        }
        Secret::Env(name) => {
            let advice = "`password_env` names it; it must hold the secret alone, on one line";
            variable(name).map_err(|what| format!("{secret}: {what}\n  {advice}"))
        }
        Secret::Command(words) => {
            let advice = "`password_command` names it; its first line must be the secret";
            let ended = program::run(words, &GIVEN).await;
            ended
                .map_err(|why| format!("{why:#}"))
                .and_then(|ended| printed(&ended))
                .map_err(|what| format!("{secret}: {what}\n  {advice}"))
        }
    }
}

fn variable(name: &str) -> Result<SecretString, String> {
    match std::env::var(name) {
        Ok(text) => one_line(&text).map_err(str::to_owned),
        Err(std::env::VarError::NotPresent) => Err("is not set".to_owned()),
        Err(std::env::VarError::NotUnicode(_)) => Err("is not UTF-8 text".to_owned()),
    }
}

/// The first line that a command printed, when it ended well.
fn printed(ended: &Ended) -> Result<SecretString, String> {
    let first = ended.out.split(|byte| *byte == b'\n').next();
    let line = std::str::from_utf8(first.unwrap_or_default())
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    if !ended.status.success() {
        let said = said(&ended.err, line.unwrap_or_default());
        return Err(format!("failed ({}){said}", ended.status));
    }
    let line = line.map_err(|_| "printed what is not UTF-8 text")?;
    one_line(line).map_err(|what| format!("printed a first line that {what}"))
}

/// The first words of standard error, without the line that may be the secret.
fn said(err: &[u8], secret: &str) -> String {
    let text = String::from_utf8_lossy(err);
    let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return String::new();
    };
    let line = match secret.trim() {
        "" => line.to_owned(),
        secret => line.replace(secret, "(secret)"),
    };
    format!(": {}", Foreign::new(line).cut(200))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sh(script: &str) -> Result<String, String> {
        let words = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let secret = obtain(&Secret::Command(words)).await;
        secret.map(|secret| secret.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn a_command_gives_its_first_line() {
        for script in [
            "echo hunter2",
            "printf hunter2",
            "printf 'hunter2\\r\\nuser: anna\\n'",
            "echo a warning >&2; echo hunter2; echo more",
        ] {
            assert_eq!(sh(script).await.as_deref(), Ok("hunter2"), "{script}");
        }
    }

    #[tokio::test]
    async fn a_command_that_fails_is_told_and_what_it_printed_is_not() {
        for (script, wanted) in [
            ("exit 3", "the command /bin/sh: failed (exit status: 3)\n"),
            (
                "echo hunter2; echo; echo 'no key\x1b[31m for hunter2' >&2; echo more >&2; exit 2",
                "failed (exit status: 2): no key\\u{1b}[31m for (secret)\n",
            ),
            ("kill -KILL $$", "failed (signal: 9 (SIGKILL))"),
            ("true", "a first line that holds no secret"),
            ("echo; echo hunter2", "a first line that holds no secret"),
            ("printf 'hunter2\\001'", "holds a control character"),
            ("printf 'hunter2\\377'", "printed what is not UTF-8"),
            ("yes hunter2", "printed more than 64 KiB"),
        ] {
            let why = sh(script).await.unwrap_err();
            assert!(why.contains(wanted), "{why:?} for {wanted:?}");
            assert!(!why.contains("hunter2"), "{why}");
            assert!(why.contains("`password_command` names it"), "{why}");
        }
    }

    #[tokio::test]
    async fn a_variable_is_read_or_told_to_be_missing() {
        let of = async |name: &str| {
            let secret = obtain(&Secret::Env(name.to_owned())).await;
            secret.map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(of("CARGO_PKG_NAME").await.as_deref(), Ok("gatepost"));
        let why = of("GATEPOST_NO_SUCH_VARIABLE").await.unwrap_err();
        assert!(
            why.starts_with("the environment variable GATEPOST_NO_SUCH_VARIABLE: is not set\n"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn each_login_asks_anew() {
        let folder = tempfile::tempdir().unwrap();
        let runs = folder.path().join("runs");
        let script = format!("echo x >> {0}; wc -l < {0}", runs.display());
        assert_eq!(sh(&script).await.as_deref(), Ok("1"));
        assert_eq!(sh(&script).await.as_deref(), Ok("2"));
    }

    #[test]
    fn a_login_shows_no_secret() {
        let login = Login {
            user: "anna".to_owned(),
            auth: Auth::Xoauth2,
            secret: SecretString::from("hunter2"),
        };
        assert!(!format!("{login:?}").contains("hunter2"));
        assert_eq!(
            login
                .hidden(vec!["aHVudGVy".to_owned(), String::new()])
                .out_of("aHVudGVy is hunter2"),
            "(token) is (token)"
        );
        assert_eq!(Hidden::default().out_of("as it is"), "as it is");
    }

    #[test]
    fn what_a_server_repeats_of_a_secret_is_hidden_and_ordinary_words_are_not() {
        let hidden = |secret: &str, encoded: &str| {
            let login = Login {
                user: "anna".to_owned(),
                auth: Auth::Password,
                secret: SecretString::from(secret),
            };
            login.hidden(vec![encoded.to_owned()])
        };
        let long = hidden(
            "0123456789abcdefghij",
            "AGFubmEAMDEyMzQ1Njc4OWFiY2RlZmdoaWo=",
        );
        let accents = hidden("x]\u{fc}e\u{308}", "");
        let short = hidden("a", "AGFubmEAYQ==");
        let doubled = hidden("password", "");
        for (hidden, said, wanted) in [
            (&long, "no 0123456789abcdefghij!", "no (password)!"),
            (&long, "no 0123456789abcdef~", "no (password)~"),
            (&long, "no 0123456789abcdefg~", "no (password)~"),
            (&long, "no 0123456789", "no 0123456789"),
            (&long, "AGFubmEAMDEyMzQ1Njc4OWFiY2RlZmdoaWo", "(password)"),
            (&long, "AGFubmEAMDEyMzQ1Njc4OWFiY2R~", "(password)~"),
            (
                &accents,
                "x]\u{fc}e\u{308}, x] \u{fc}e\u{308}",
                "(password), (password)",
            ),
            (&accents, "not x]??e??", "not (password)"),
            (&short, "a bad day: a.", "(password) bad day: (password)."),
            (&short, "AGFubmEAYQ", "(password)"),
            (&hidden("5", ""), "5.7.1 for 5", "5.7.1 for (password)"),
            (&doubled, "password=", "(password)="),
        ] {
            assert_eq!(hidden.out_of(said), wanted, "{said}");
        }
    }
}
