//! Hands what is encrypted, or is to be, to a program of the config and hears what it prints.
//!
//! No shell; of our environment what such a program needs to find its keys and to ask for a
//! passphrase; a limit on its time and on what it prints, for what it opens may swell. It
//! stays in our process group, so that it may use the terminal, and is killed when the time
//! is over. Nothing that it gets or prints is written or logged here.
//!
//! Known limit: what it started itself and left behind is not killed.

use crate::config::OpenPgp;
use crate::mail::Foreign;
use crate::net::program::{self, Ended, Given};
use anyhow::{Result, anyhow};
use std::time::Duration;

/// More than this on its standard output is an error, in bytes.
const MOST: usize = 32 << 20;
/// Of its standard error so many lines are told.
const LINES: usize = 6;
/// What it gets of our environment.
const ENVIRONMENT: [&str; 7] = [
    "PATH",
    "HOME",
    "GNUPGHOME",
    "SEQUOIA_HOME",
    "XDG_RUNTIME_DIR",
    "GPG_TTY",
    "TERM",
];

/// What it made of its input.
#[derive(Debug)]
pub struct Made {
    /// What it printed.
    pub bytes: Vec<u8>,
    /// Why not to rely on that: it ended with another code than 0, and said this.
    pub trouble: Option<String>,
}

/// Runs `words`, a program and its arguments, on `input`.
///
/// # Errors
/// It cannot be started, takes too long, or prints too much. Holds nothing of its input.
pub async fn through(openpgp: &OpenPgp, words: &[String], input: &[u8]) -> Result<Made> {
    let given = Given {
        environment: &ENVIRONMENT,
        input,
        most: MOST,
        limit: Duration::try_from(openpgp.timeout).unwrap_or(Duration::from_secs(60)),
    };
    let program = words.first().map_or("the command", String::as_str);
    let ended = program::run(words, &given).await;
    let Ended { status, out, err } = ended.map_err(|why| {
        anyhow!("{program} {why:#}\n  hint: decrypt, encrypt and timeout in [openpgp]")
    })?;
    let trouble = || format!("{program} ended with {status}{}", said(&err));
    Ok(Made {
        bytes: out,
        trouble: (!status.success()).then(trouble),
    })
}

/// What it said on standard error: names on keys are a stranger's words.
fn said(err: &[u8]) -> String {
    let text = String::from_utf8_lossy(err);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let lines: Vec<String> = lines
        .take(LINES)
        .map(|line| format!("\n  {}", Foreign::new(line.trim_end()).cut(200)))
        .collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    async fn sh(script: &str, input: &[u8], timeout_ms: i64) -> Result<Made> {
        let openpgp = OpenPgp {
            decrypt: None,
            encrypt: None,
            decrypt_smime: None,
            timeout: SignedDuration::from_millis(timeout_ms),
        };
        let words = ["/bin/sh", "-c", script].map(str::to_owned);
        through(&openpgp, &words, input).await
    }

    #[tokio::test]
    async fn it_gets_the_input_and_what_it_needs_of_the_environment() {
        let input = vec![b'x'; 3 << 20];
        let made = sh("cat", &input, 30_000).await.unwrap();
        assert!(made.bytes == input && made.trouble.is_none());
        let made = sh("/usr/bin/env", b"", 30_000).await.unwrap();
        let printed = String::from_utf8(made.bytes).unwrap();
        let names: Vec<&str> = printed
            .lines()
            .map(|l| l.split('=').next().unwrap())
            .collect();
        assert!(names.contains(&"PATH"), "{names:?}");
        let of_shell = ["PWD", "_", "SHLVL", "OLDPWD"];
        let known = |name: &&&str| ENVIRONMENT.contains(*name) || of_shell.contains(*name);
        assert_eq!(names.iter().find(|n| !known(n)), None);
    }

    #[tokio::test]
    async fn what_it_printed_before_it_failed_is_there_with_the_reason() {
        let script = "echo out; printf 'gpg: \\033[31mno key\\n' >&2; exit 2";
        let made = sh(script, b"x", 30_000).await.unwrap();
        assert_eq!(made.bytes, b"out\n");
        assert_eq!(
            made.trouble.unwrap(),
            "/bin/sh ended with exit status: 2\n  gpg: \\u{1b}[31mno key"
        );
    }

    #[tokio::test]
    async fn what_swells_or_does_not_end_is_stopped() {
        let why = sh("exec cat /dev/zero", b"", 60_000).await.unwrap_err();
        let says = "/bin/sh printed more than 32 MiB";
        assert!(why.to_string().starts_with(says), "{why}");
        let why = sh("exec sleep 1000", &[0; 1 << 20], 300).await.unwrap_err();
        assert!(why.to_string().contains("did not end in"), "{why}");
        let made = sh("exec <&-; exit 3", &[0; 1 << 20], 30_000).await.unwrap();
        assert!(made.trouble.unwrap().ends_with("exit status: 3"));
    }
}
