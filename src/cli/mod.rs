//! What people type and see: one file a group of commands, one place that prints.
//!
//! Exit codes: 0 done; 1 failed; 2 usage or config; 3 the question was answered with
//! "no"; 4 the store is held by another gatepost.

mod adopt;
mod answer;
mod args;
mod assign;
mod audit;
mod away;
mod backup;
mod check;
mod complete;
mod document;
mod draft;
mod evaluate;
mod explain;
mod export;
mod facts;
mod flow;
mod forced;
mod health;
mod help;
mod init;
#[cfg(test)]
mod kept;
mod junk;
mod letters;
mod list;
mod log;
mod look;
#[cfg(test)]
mod looks;
mod open;
mod outbox;
mod output;
mod pager;
mod record;
mod reopen;
mod run;
mod said;
mod set;
mod show;
mod stats;
mod verbs;
mod when;
mod words;

use crate::config::{Config, ConfigError, Member};
use crate::daemon::receive::apart;
use crate::desk::record::Unfit;
use crate::mail::{Address, Foreign};
use crate::store::{Held, Store};
use crate::triage;
use anyhow::Result;
use args::{Args, Command};
use clap::Parser;
use std::fmt;
use std::process::ExitCode;

/// The whole program.
pub fn main() -> ExitCode {
    // The message of a panic may quote what a stranger wrote: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        output::failure(&format!(
            "internal error at {}",
            panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default()
        ));
    }));
    let args = Args::parse();
    match perform(&args) {
        Ok(code) => all_written(code),
        Err(why) => {
            output::failure(&told(&why));
            code_of(&why)
        }
    }
}

/// The code of a command that is done: of one whose words are cut it says so.
fn all_written(code: ExitCode) -> ExitCode {
    let Some(why) = output::unwritten() else {
        return code;
    };
    output::failure(&format!(
        "standard output: {why}\n  hint: what was asked for is done; not all that it says is written"
    ));
    match code == ExitCode::SUCCESS {
        true => ExitCode::FAILURE,
        false => code,
    }
}

/// What needs no config.
fn without_config(args: &Args) -> Option<Result<ExitCode>> {
    Some(match &args.command {
        Command::Help { topic, name } => output::paged(args.no_pager, || {
            help::help(topic.as_deref(), name.as_deref())
        }),
        Command::Completions { shell } => complete::script(*shell),
        Command::CompleteValues { words } => Ok(complete::values(args, words)),
        Command::Ssh => forced::forced(args),
        // What reads a dangerous mail knows nothing else.
        Command::ParseOne => apart::answer(std::io::stdin().lock(), output::pipe()),
        _ => return None,
    })
}

fn perform(args: &Args) -> Result<ExitCode> {
    if let Some(done) = without_config(args) {
        return done;
    }
    let here = Here::find(args)?;
    match &args.command {
        Command::List(wanted) => output::paged(args.no_pager, || list::list(&here, wanted)),
        Command::Show(wanted) => output::paged(args.no_pager, || show::show(&here, wanted)),
        Command::Explain { reference, json } => {
            output::paged(args.no_pager, || explain::explain(&here, reference, *json))
        }
        Command::Assign(wanted) => assign::assign(&here, wanted),
        Command::Note(wanted) => record::note(&here, wanted),
        Command::Set(wanted) => set::set(&here, wanted),
        Command::Reopen(wanted) => reopen::reopen(&here, wanted),
        Command::Open(wanted) => open::open(&here, wanted),
        Command::Record(wanted) => record::record(&here, wanted),
        Command::Away(wanted) => away::away(&here, wanted),
        Command::Log(wanted) if wanted.follow => facts::log(&here, wanted),
        Command::Log(wanted) => output::paged(args.no_pager, || facts::log(&here, wanted)),
        Command::CompleteRefs => complete::references(&here),
        Command::Evaluate(wanted) => evaluate::evaluate(&here, wanted),
        Command::Reply(wanted) => answer::reply(&here, wanted),
        Command::Resolve(wanted) => answer::resolve(&here, wanted),
        Command::Publish(wanted) => answer::publish(&here, wanted),
        Command::Close(wanted) => answer::close(&here, wanted),
        Command::Outbox(wanted) => outbox::outbox(&here, wanted),
        Command::Adopt { mail, json } => adopt::adopt(&here, mail, *json),
        Command::Stats(wanted) => stats::stats(&here, wanted, args.no_pager),
        Command::Export(wanted) => export::export(&here, wanted),
        Command::Audit {
            offline,
            repair,
            json,
        } => audit::audit(&here, *offline, *repair, *json),
        Command::Check(wanted) => check::check(&here, wanted),
        Command::Health { json } => health::health(&here, *json),
        Command::Init { folder, json } => init::init(&here, folder.as_deref(), *json),
        Command::Backup { file, json } => backup::backup(&here, file, *json),
        Command::Run {
            once,
            restored,
            log,
            level,
        } => run::run(here, *once, *restored, *log, level),
        Command::Help { .. }
        | Command::Completions { .. }
        | Command::CompleteValues { .. }
        | Command::Ssh
        | Command::ParseOne => Ok(ExitCode::SUCCESS),
    }
}

/// The config in force, and who asks.
struct Here {
    config: Config,
    who: Option<String>,
}

impl Here {
    fn find(args: &Args) -> Result<Self> {
        let path = Config::find(
            args.config.as_deref(),
            std::env::var("GATEPOST_CONFIG").ok().as_deref(),
        );
        let config = Config::load(&path)?;
        let from_env = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let who = args.r#as.clone();
        let who = who.or_else(|| {
            ["GATEPOST_AS", "SUDO_USER", "LOGNAME", "USER"]
                .into_iter()
                .find_map(from_env)
        });
        Ok(Self { config, who })
    }

    /// What is to be said of who wrote: see [`triage::marks`].
    fn marks(&self, address: Option<&Address>, name: &Foreign) -> Vec<String> {
        triage::marks(address, name, &self.config.ours())
    }

    fn store(&self) -> Result<Store> {
        Store::open(&self.config.store)?.roomy()
    }

    /// The person of the team who decides.
    fn person(&self) -> Result<&Member> {
        let who = self.who.as_deref().unwrap_or_default();
        let names: Vec<&str> = self.config.team.iter().map(|m| m.name.as_str()).collect();
        let unknown = || {
            Usage(format!(
                "{who:?} is nobody of the team ({})\n  hint: gatepost --as NAME",
                names.join(", ")
            ))
        };
        Ok(self.config.member(who).ok_or_else(unknown)?)
    }
}

/// The reasons on one line, the outermost first, and the hints of all of them behind it.
fn told(why: &anyhow::Error) -> String {
    let (mut reasons, mut hints) = (Vec::new(), String::new());
    for reason in why.chain().map(ToString::to_string) {
        match reason.split_once("\n  hint:") {
            Some((reason, hint)) => {
                reasons.push(reason.to_owned());
                hints.push_str(&format!("\n  hint:{hint}"));
            }
            None => reasons.push(reason),
        }
    }
    reasons.join(": ") + &hints
}

/// Runs what waits for the network, on this thread: the store has its own, and what takes
/// long (reading mails, the audit) runs beside it. A name lookup that hangs does not keep the process
/// when all else is done.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done
}

/// What was asked cannot be meant.
#[derive(Debug)]
struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

fn code_of(why: &anyhow::Error) -> ExitCode {
    let code = if why.is::<Usage>() || why.is::<Unfit>() || why.is::<ConfigError>() {
        2
    } else if why.is::<Held>() {
        4
    } else {
        1
    };
    ExitCode::from(code)
}

/// The question was answered with "no".
fn no() -> ExitCode {
    ExitCode::from(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_stand_behind_the_last_reason() {
        let why = anyhow::anyhow!("disk full\n  hint: make room")
            .context("cannot write\n  hint: look")
            .context("ticket 4");
        assert_eq!(
            told(&why),
            "ticket 4: cannot write: disk full\n  hint: look\n  hint: make room"
        );
    }
}
