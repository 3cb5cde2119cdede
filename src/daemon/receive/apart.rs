//! Reading one mail in a process of its own: for a mail over which ours ended twice.
//!
//! The process is our own binary once more. It gets the mail on its standard input, has
//! no environment, and says what the mail says, as JSON, on its standard output. Its CPU
//! time, its memory and its answer are bounded; it writes no core file. Only when it dies,
//! or runs over, is the mail *unreadable*.

use crate::mail::Mail;
use crate::mail::parse::{PARSED_AT_MOST, parse};
use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// The word by which our binary becomes that process.
pub const WORD: &str = "parse-one";

/// CPU time, in seconds: ten times what the worst mail that we know takes.
const CPU: u64 = 10;
/// Address space, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// The status by which it says that it could not begin: no byte of the mail was read.
const COULD_NOT_BEGIN: u8 = 75;
/// Wall time: a machine that is busy with other things is no fault of the mail.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest answer: each byte of the mail may need six.
const ANSWER: u64 = 6 * PARSED_AT_MOST as u64 + 1024 * 1024;

/// How it ended without an answer.
#[derive(Debug)]
pub enum Ended {
    /// It died, ran over, or said nothing that can be understood: how.
    Died(String),
    /// It could not be started, which is not the mail's fault.
    NotBegun(String),
}

/// Who reads a mail apart.
#[derive(Clone, Copy, Debug, Default)]
pub enum Reader {
    /// Our own binary.
    #[default]
    Process,
    /// What a test puts in its place.
    #[cfg(test)]
    Test(fn(&[u8], bool) -> Result<Mail, Ended>),
}

impl Reader {
    /// Reads a mail. Arguments as those of [`parse`].
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn read(self, head: &[u8], whole: bool) -> Result<Mail, Ended> {
        match self {
            Self::Process => {
                let mut question = vec![u8::from(whole)];
                question.extend_from_slice(head);
                let program = ourselves().map_err(|why| Ended::NotBegun(format!("{why:#}")))?;
                let answer = ask(&program, &[WORD], &question, PATIENCE).await?;
                serde_json::from_slice(&answer)
                    .map_err(|_| Ended::Died("its answer cannot be understood".to_owned()))
            }
            #[cfg(test)]
            Self::Test(read) => {
                // As one that takes its time: what goes on beside it begins.
                tokio::task::yield_now().await;
                read(head, whole)
            }
        }
    }
}

/// Our own binary, also when its file was replaced since we began.
fn ourselves() -> Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_owned());
    }
    std::env::current_exe().context("cannot find our own program")
}

/// What `program` says to `question`.
async fn ask(
    program: &Path,
    arguments: &[&str],
    question: &[u8],
    patience: Duration,
) -> Result<Vec<u8>, Ended> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|why| Ended::NotBegun(format!("cannot start {}: {why}", program.display())))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Ended::NotBegun("its pipes are missing".to_owned()));
    };
    let exchange = async {
        let mut answer = Vec::new();
        let say = async {
            // One that does not listen is seen by what it answers.
            let _ = stdin.write_all(question).await;
            drop(stdin);
            std::future::pending().await
        };
        let mut limited = stdout.take(ANSWER);
        tokio::select! {
            heard = limited.read_to_end(&mut answer) => heard.map(|_| answer),
            nothing = say => nothing,
        }
    };
    let answer = tokio::time::timeout(patience, exchange)
        .await
        .map_err(|_| Ended::Died(format!("it took more than {} s", patience.as_secs())))?
        .map_err(|why| Ended::Died(format!("its answer cannot be read: {why}")))?;
    if answer.len() as u64 >= ANSWER {
        return Err(Ended::Died("its answer is too long".to_owned()));
    }
    match tokio::time::timeout(patience, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(answer),
        Ok(Ok(status)) if status.code() == Some(COULD_NOT_BEGIN.into()) => {
            Err(Ended::NotBegun("it could not set its limits".to_owned()))
        }
        Ok(Ok(status)) => Err(Ended::Died(status.to_string())),
        Ok(Err(why)) => Err(Ended::Died(why.to_string())),
        Err(_) => Err(Ended::Died("it does not end".to_owned())),
    }
}

/// The part of that process, and its status. Sets its own limits before it reads a byte.
///
/// # Errors
/// When the mail is too long, or the pipes fail.
pub fn answer(mut question: impl Read, mut answer: impl Write) -> Result<ExitCode> {
    if bound().is_err() {
        return Ok(ExitCode::from(COULD_NOT_BEGIN));
    }
    let mut whole = [0];
    question.read_exact(&mut whole)?;
    let mut head = Vec::new();
    question
        .take(PARSED_AT_MOST as u64 + 1)
        .read_to_end(&mut head)?;
    ensure!(head.len() <= PARSED_AT_MOST, "the mail is too long");
    serde_json::to_writer(&mut answer, &parse(&head, whole == [1]))?;
    answer.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn bound() -> Result<()> {
    for (resource, most) in [
        (Resource::Cpu, CPU),
        (Resource::As, MEMORY),
        (Resource::Core, 0),
    ] {
        let most = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, most).context("cannot set a limit on this process")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, patience: Duration) -> Result<Vec<u8>, Ended> {
        let question = vec![b'x'; 1 << 20];
        ask(Path::new("/bin/sh"), &["-c", script], &question, patience).await
    }

    #[tokio::test]
    async fn whatever_ends_it_is_no_answer() {
        for (script, words) in [
            ("echo half; kill -9 $$", "signal: 9"),
            ("cat >/dev/null; exit 3", "exit status: 3"),
            ("exec sleep 600", "more than 0 s"),
            ("exec cat /dev/zero", "too long"),
        ] {
            let patience = if script.contains("sleep") {
                Duration::from_millis(200)
            } else {
                PATIENCE
            };
            match shell(script, patience).await {
                Err(Ended::Died(how)) => assert!(how.contains(words), "{script}: {how}"),
                other => panic!("{script}: {:?}", other.map(|a| a.len())),
            }
        }
        assert_eq!(shell("exec wc -c", PATIENCE).await.unwrap(), b"1048576\n");
        let unbound = shell("cat >/dev/null; exit 75", PATIENCE).await;
        assert!(matches!(unbound, Err(Ended::NotBegun(_))));
        let nothing = ask(Path::new("/nowhere"), &[], b"", PATIENCE).await;
        assert!(matches!(nothing, Err(Ended::NotBegun(_))));
    }
}
