//! Runs a program that the config names, and hears what it prints.
//!
//! No shell; of our environment what is named; a limit on its time and on what it prints. It
//! is killed when the time is over or nobody waits any more. What it started itself and left
//! behind is not.

use anyhow::{Context, anyhow, bail};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

/// Of its standard error this much is kept, in bytes.
const ERRORS: usize = 4 * 1024;

/// What a program is given, and how far it may go.
pub struct Given<'a> {
    /// The names of what it gets of our environment.
    pub environment: &'a [&'a str],
    /// What stands on its standard input.
    pub input: &'a [u8],
    /// More than so many bytes on its standard output are an error.
    pub most: usize,
    /// It is killed when it runs longer.
    pub limit: Duration,
}

/// How a program ended.
pub struct Ended {
    /// Its code, or the signal.
    pub status: ExitStatus,
    /// All that it printed.
    pub out: Vec<u8>,
    /// The beginning of what it said on standard error.
    pub err: Vec<u8>,
}

/// Runs the program that is the first of `words` with the others as its arguments.
///
/// # Errors
/// It cannot be started, runs too long, or prints too much. Never holds what it was given or
/// printed.
pub async fn run(words: &[String], given: &Given<'_>) -> anyhow::Result<Ended> {
    let (program, arguments) = words.split_first().ok_or_else(|| anyhow!("has no words"))?;
    let kept = given.environment.iter();
    let kept = kept.filter_map(|name| Some((name, std::env::var_os(name)?)));
    let stdin = match given.input {
        [] => Stdio::null(),
        [_, ..] => Stdio::piped(),
    };
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(kept)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot be started")?;
    let (stdin, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let all = async {
        let give = async {
            if let Some(mut stdin) = stdin {
                // Who does not listen says why by its code.
                let _ = stdin.write_all(given.input).await;
            }
            Ok(())
        };
        let ((), out, err) = tokio::try_join!(give, begin(out, given.most + 1), drained(err))?;
        anyhow::Ok((out, err, child.wait().await?))
    };
    let Ok(ended) = timeout(given.limit, all).await else {
        bail!("did not end in {} s and was killed", given.limit.as_secs());
    };
    let (out, err, status) = ended.context("was lost")?;
    if out.len() > given.most {
        match given.most >> 20 {
            0 => bail!("printed more than {} KiB", given.most >> 10),
            mib => bail!("printed more than {mib} MiB"),
        }
    }
    Ok(Ended { status, out, err })
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

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: Given<'static> = Given {
        environment: &["PATH", "HOME"],
        input: b"",
        most: 64 << 10,
        limit: Duration::from_secs(30),
    };

    async fn sh(script: &str) -> anyhow::Result<Ended> {
        let words = ["/bin/sh", "-c", script].map(str::to_owned);
        run(&words, &GIVEN).await
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[tokio::test]
    async fn it_is_heard_on_both_ways_and_ends_with_its_code() {
        let ended = sh("echo out; echo err >&2; exit 3").await.unwrap();
        assert_eq!(
            (text(&ended.out), text(&ended.err), ended.status.code()),
            ("out\n".to_owned(), "err\n".to_owned(), Some(3))
        );
    }

    #[tokio::test]
    async fn it_gets_path_and_home_and_nothing_else() {
        let words = ["/usr/bin/env".to_owned()];
        let ended = run(&words, &GIVEN).await.unwrap();
        let printed = text(&ended.out);
        let mut names: Vec<&str> = printed
            .lines()
            .map(|line| line.split('=').next().unwrap())
            .collect();
        names.sort_unstable();
        assert!(names.contains(&"PATH"), "{names:?}");
        assert!(
            names.iter().all(|n| ["PATH", "HOME"].contains(n)),
            "{names:?}"
        );
        // No shell looks at its words, and nobody waits for its standard input.
        let words = ["/bin/echo", "$HOME", "*; id"].map(str::to_owned);
        let ended = run(&words, &GIVEN).await.unwrap();
        assert_eq!(text(&ended.out), "$HOME *; id\n");
        assert_eq!(sh("cat").await.unwrap().out, b"");
    }

    #[tokio::test]
    async fn too_much_is_an_error_and_much_on_standard_error_is_none() {
        let why = sh("yes hunter2").await.err().unwrap().to_string();
        assert_eq!(why, "printed more than 64 KiB");
        let ended = sh("yes x | head -n 300000 >&2; echo out").await.unwrap();
        assert_eq!(
            (ended.out.as_slice(), ended.err.len()),
            (&b"out\n"[..], ERRORS)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_end_in_time_is_not_waited_for() {
        let why = sh("exec sleep 1000").await.err().unwrap();
        assert_eq!(why.to_string(), "did not end in 30 s and was killed");
    }

    /// Asks until there is an answer.
    async fn until<T>(mut question: impl FnMut() -> Option<T>) -> T {
        let asked = async {
            loop {
                match question() {
                    Some(answer) => return answer,
                    None => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        };
        timeout(Duration::from_secs(60), asked).await.unwrap()
    }

    #[tokio::test]
    async fn nobody_outlives_those_who_wait_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("echo $$ > {}; exec sleep 1000", file.display());
        let running = tokio::spawn(async move { sh(&script).await.map(drop) });
        let pid = until(|| {
            let text = std::fs::read_to_string(&file).ok()?;
            text.strip_suffix('\n').map(str::to_owned)
        });
        let stat = format!("/proc/{}/stat", pid.await);
        assert!(std::fs::exists(&stat).unwrap());
        running.abort();
        until(|| match std::fs::read_to_string(&stat) {
            Ok(stat) => stat.contains(") Z ").then_some(()),
            Err(_) => Some(()),
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_not_there_cannot_be_started() {
        let words = ["/nowhere/ask".to_owned()];
        let why = run(&words, &GIVEN).await.err().unwrap();
        assert!(format!("{why:#}").starts_with("cannot be started: No such file"));
    }
}
