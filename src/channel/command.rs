//! The command channel: a program of the team's own that is told what cannot wait.
//!
//! It gets one JSON object on standard input and nothing else of ours: an argument vector
//! that no shell reads, PATH and HOME alone of the environment, the root as its folder. It
//! takes what it is told by ending with code 0 in time; whatever does not is killed with
//! its whole process group, also when we are asked to stop. What it prints is cut, made
//! harmless and logged at debug.
//!
//! Nothing of a report may stand in a [`Message`]: it leaves the machine by ways that are
//! not ours.
//!
//! Known limit: a program that makes itself a process group of its own outlives us.

use crate::config::Alarm;
use crate::mail::Foreign;
use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tracing::debug;

/// What the program prints is kept up to here, in bytes of each stream.
const KEPT: usize = 4096;
/// A program may end and leave its output open to others; that is not waited for.
const OUTPUT_AFTER_END: Duration = Duration::from_millis(200);
/// Where programs are looked for when our own environment does not say.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What the command is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// What happens.
    pub event: Event,
    /// What it is about; the same from `raise` to `clear`.
    pub key: String,
    /// What a person reads.
    pub text: String,
    /// When, in UTC.
    pub at: Timestamp,
}

/// What happens to an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// It is on; comes again while it lasts.
    Raise,
    /// It is over.
    Clear,
    /// Once a day: gatepost runs.
    Alive,
    /// A person tries the way.
    Test,
}

/// Runs the command with this message.
///
/// # Errors
/// Why the command did not take it, in words: it cannot be started, ended with another
/// code than 0, or not in time. The message is to be told again.
pub async fn tell(alarm: &Alarm, message: &Message) -> Result<(), String> {
    let mut line = serde_json::to_vec(message).map_err(|why| why.to_string())?;
    line.push(b'\n');
    let (program, arguments) = alarm
        .command
        .split_first()
        .ok_or("the command names no program")?;
    let from_env =
        |name: &str, usual: &str| std::env::var_os(name).unwrap_or_else(|| usual.to_owned().into());
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", from_env("PATH", USUAL_PATH))
        .env("HOME", from_env("HOME", "/"))
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|why| format!("{program} cannot be started: {why}"))?;
    let mut group = Group::of(&child);
    let limit = Duration::try_from(alarm.timeout).unwrap_or(Duration::from_secs(30));
    let ended = tokio::time::timeout(limit, talk(&mut child, &line)).await;
    match ended {
        Err(_) => Err(format!(
            "{program} did not end within {:#} and was killed",
            alarm.timeout
        )),
        Ok(Err(why)) => Err(format!("{program} cannot be waited for: {why}")),
        Ok(Ok(status)) => {
            // It has ended by itself: its number may be another's by now.
            group.leader = None;
            taken(program, status)
        }
    }
}

fn taken(program: &str, status: ExitStatus) -> Result<(), String> {
    if status.success() {
        return Ok(());
    }
    // "exit status: 3" or "signal: 9 (SIGKILL)".
    Err(format!("{program} ended with {status}"))
}

/// Gives it the line, closes its input, and waits for its end while reading what it says.
async fn talk(child: &mut Child, line: &[u8]) -> std::io::Result<ExitStatus> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // Who does not listen may still say by its code that it took it.
            let _ = stdin.write_all(line).await;
        }
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = {
        let mut talking = std::pin::pin!(async {
            tokio::join!(write, keep(stdout, &mut out), keep(stderr, &mut err));
        });
        tokio::select! {
            status = child.wait() => {
                let _ = tokio::time::timeout(OUTPUT_AFTER_END, &mut talking).await;
                status?
            }
            () = &mut talking => child.wait().await?,
        }
    };
    for (stream, bytes) in [("stdout", out), ("stderr", err)] {
        if !bytes.is_empty() {
            let said = Foreign::new(String::from_utf8_lossy(&bytes).into_owned()).cut(KEPT);
            debug!(stream, said, "the alarm command said");
        }
    }
    Ok(status)
}

/// Reads to the end and keeps the beginning.
async fn keep(stream: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
    let mut piece = [0; 1024];
    while let Ok(n @ 1..) = stream.read(&mut piece).await {
        let room = KEPT.saturating_sub(kept.len()).min(n);
        kept.extend_from_slice(piece.get(..room).unwrap_or_default());
    }
}

/// The process group of a command that has not ended: killed when this value is dropped.
struct Group {
    leader: Option<Pid>,
}

impl Group {
    fn of(child: &Child) -> Self {
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: number.and_then(Pid::from_raw),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // It may have ended in this very moment.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use std::fs;
    use std::path::Path;
    use std::time::Instant;

    fn message() -> Message {
        Message {
            event: Event::Raise,
            key: "smtp".to_owned(),
            text: "nothing leaves".to_owned(),
            at: "2027-05-02T01:10:02Z".parse().unwrap(),
        }
    }

    /// Runs a line of shell as the command, with `$1` as a folder of its own.
    async fn run(script: &str, folder: &Path, timeout_ms: i64) -> Result<(), String> {
        let folder = folder.display().to_string();
        let words = ["/bin/sh", "-c", script, "sh", &folder];
        let alarm = Alarm {
            command: words.map(str::to_owned).to_vec(),
            timeout: SignedDuration::from_millis(timeout_ms),
            repeat: SignedDuration::from_mins(15),
            alive: true,
        };
        tell(&alarm, &message()).await
    }

    #[tokio::test]
    async fn it_gets_one_object_an_empty_environment_and_the_root() {
        let dir = tempfile::tempdir().unwrap();
        let script = "cat > $1/in; /usr/bin/env -u PWD > $1/env; pwd > $1/cwd";
        run(script, dir.path(), 20_000).await.unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!(
            read("in"),
            "{\"event\":\"raise\",\"key\":\"smtp\",\"text\":\"nothing leaves\",\"at\":\"2027-05-02T01:10:02Z\"}\n"
        );
        let env = read("env");
        let names: Vec<&str> = env
            .lines()
            .filter_map(|l| Some(l.split_once('=')?.0))
            .collect();
        let known = |name: &&str| !["PATH", "HOME", "_", "SHLVL", "OLDPWD"].contains(name);
        assert!(!names.iter().any(known), "{env}");
        assert!(names.contains(&"PATH") && names.contains(&"HOME"), "{env}");
        assert_eq!(read("cwd"), "/\n");
    }

    #[tokio::test]
    async fn only_code_0_in_time_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        for (script, wanted) in [
            ("exit 0", None),
            ("exec <&-; exit 0", None),
            ("sleep 5 & exit 0", None),
            ("head -c 1000000 /dev/zero; exit 0", None),
            ("exit 3", Some("/bin/sh ended with exit status: 3")),
            ("kill -9 $$", Some("/bin/sh ended with signal: 9")),
        ] {
            let began = Instant::now();
            let told = run(script, dir.path(), 20_000).await;
            match wanted {
                None => assert_eq!(told, Ok(()), "{script}"),
                Some(words) => assert!(told.unwrap_err().starts_with(words), "{script}"),
            }
            assert!(began.elapsed() < Duration::from_secs(15), "{script}");
        }
        let nowhere = Alarm {
            command: vec!["/nowhere/page".to_owned()],
            timeout: SignedDuration::from_secs(1),
            repeat: SignedDuration::from_mins(15),
            alive: true,
        };
        let why = tell(&nowhere, &message()).await.unwrap_err();
        assert!(
            why.starts_with("/nowhere/page cannot be started: No such file"),
            "{why}"
        );
    }

    /// Whether a process runs, and is no mere entry of one that ended.
    fn runs(pid: &str) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    }

    async fn is_gone(pid: &str) {
        let patience = Instant::now();
        while runs(pid) {
            assert!(
                patience.elapsed() < Duration::from_secs(20),
                "{pid} still runs"
            );
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_does_not_end_is_killed_with_its_children() {
        let dir = tempfile::tempdir().unwrap();
        let child = dir.path().join("child");
        let script = "trap '' TERM HUP; sleep 1000 & echo $! > $1/child; wait";
        let why = run(script, dir.path(), 1500).await.unwrap_err();
        assert!(
            why.contains("did not end within 1s 500ms and was killed"),
            "{why}"
        );
        is_gone(&fs::read_to_string(child).unwrap()).await;
    }

    #[tokio::test]
    async fn a_command_that_nobody_waits_for_any_more_is_killed() {
        let dir = tempfile::tempdir().unwrap();
        let child = dir.path().join("child");
        let script = "sleep 1000 & echo $! > $1/child.new; mv $1/child.new $1/child; wait";
        tokio::select! {
            told = run(script, dir.path(), 60_000) => panic!("{told:?}"),
            () = async { while !child.exists() { tokio::task::yield_now().await; } } => {}
        }
        is_gone(&fs::read_to_string(child).unwrap()).await;
    }
}
