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
use anyhow::{Context, Result, anyhow, bail};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

/// More than this on its standard output is an error, in bytes.
const MOST: usize = 32 << 20;
/// Of its standard error this much is kept, in bytes, and of that so many lines.
const ERRORS: usize = 4 * 1024;
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
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| anyhow!("the command has no words"))?;
    let kept = ENVIRONMENT.map(|name| (name, std::env::var_os(name)));
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(kept.into_iter().filter_map(|(n, value)| Some((n, value?))))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    let (stdin, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let all = async {
        let give = async {
            if let Some(mut stdin) = stdin {
                // Who does not listen says why by its code.
                let _ = stdin.write_all(input).await;
            }
            Ok(())
        };
        let ((), out, err) = tokio::try_join!(give, begin(out, MOST + 1), drained(err))?;
        std::io::Result::Ok((out, err, child.wait().await?))
    };
    let limit = Duration::try_from(openpgp.timeout).unwrap_or(Duration::from_secs(60));
    let Ok(ended) = timeout(limit, all).await else {
        bail!(
            "{program} did not end in {} s and was killed\n  hint: timeout in [openpgp]",
            limit.as_secs()
        );
    };
    let (out, err, status) = ended.with_context(|| format!("{program} was lost"))?;
    if out.len() > MOST {
        bail!("{program} printed more than {} MiB", MOST >> 20);
    }
    let trouble = || format!("{program} ended with {status}{}", said(&err));
    Ok(Made {
        bytes: out,
        trouble: (!status.success()).then(trouble),
    })
}

/// The beginning of what comes. Who writes more finds the pipe closed.
async fn begin(pipe: Option<impl AsyncRead + Unpin>, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(most as u64).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The beginning of what comes; the rest is heard and forgotten.
async fn drained(mut pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let bytes = begin(pipe.as_mut(), ERRORS).await?;
    if let Some(pipe) = &mut pipe {
        tokio::io::copy(pipe, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
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
        assert_eq!(why.to_string(), "/bin/sh printed more than 32 MiB");
        let why = sh("exec sleep 1000", &[0; 1 << 20], 300).await.unwrap_err();
        assert!(why.to_string().contains("did not end in"), "{why}");
        let made = sh("exec <&-; exit 3", &[0; 1 << 20], 30_000).await.unwrap();
        assert!(made.trouble.unwrap().ends_with("exit status: 3"));
    }
}
