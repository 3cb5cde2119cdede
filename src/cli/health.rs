//! `health`: is all well, for a person, a cron job, a monitor.
//!
//! Works beside a running daemon, and on a store that does not: that is a reason too.

use super::{Here, look, no, output};
use crate::daemon;
use crate::desk::health::{self, CONFIG_TROUBLE, Kind, Reason};
use crate::mail::Foreign;
use crate::store::{self, Store, Tx};
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Document {
    ok: bool,
    since: Option<Timestamp>,
    reasons: Vec<Line>,
    warnings: Vec<Line>,
    looked_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Line {
    reason: &'static str,
    mailbox: Option<String>,
    since: Option<Timestamp>,
    text: String,
    hint: String,
}

impl From<&Reason> for Line {
    fn from(reason: &Reason) -> Self {
        Self {
            reason: reason.kind.word(),
            mailbox: reason.mailbox.clone(),
            since: reason.since,
            text: text(reason),
            hint: reason.hint.clone(),
        }
    }
}

/// What is wrong, with what a server said about it.
fn text(reason: &Reason) -> String {
    match &reason.detail {
        Some(detail) => format!(
            "{}: {}",
            reason.text,
            Foreign::new(detail.as_str()).cut(300)
        ),
        None => reason.text.clone(),
    }
}

/// Answers "no" when something is wrong.
pub fn health(here: &Here, json: bool) -> Result<ExitCode> {
    let now = wall::now();
    let Answer {
        reasons: mut all,
        looked_at,
        copy_made_at,
    } = match here.store().and_then(|s| answer(here, s, now)) {
        Ok(answer) => answer,
        Err(why) => Answer {
            reasons: vec![broken(&why, "read")],
            ..Answer::default()
        },
    };
    // Who starts a daemon on a copy has the lock for as long as the copy is looked at.
    if copy_made_at.is_some() || !store::is_held(&here.config.store) {
        all.push(no_daemon(here, copy_made_at));
    }
    all.sort_by_key(|reason| reason.kind);
    let (ill, warnings): (Vec<&Reason>, Vec<&Reason>) = all.iter().partition(|r| r.kind.is_ill());
    let document = Document {
        ok: ill.is_empty(),
        since: ill.iter().filter_map(|r| r.since).min(),
        reasons: ill.iter().map(|r| Line::from(*r)).collect(),
        warnings: warnings.iter().map(|r| Line::from(*r)).collect(),
        looked_at,
    };
    if json {
        output::json(&document)?;
    } else {
        show(here, &document, now);
    }
    Ok(if document.ok { ExitCode::SUCCESS } else { no() })
}

/// What the record says.
#[derive(Default)]
struct Answer {
    reasons: Vec<Reason>,
    looked_at: Option<Timestamp>,
    copy_made_at: Option<Timestamp>,
}

/// What the record says, and whether it can still be written: a full disk leaves no other
/// trace in it.
fn answer(here: &Here, mut store: Store, now: Timestamp) -> Result<Answer> {
    let mut answer = store.read(now, |tx| ask(here, tx))?;
    let written = store.write(now, |tx| tx.set_meta(health::WRITTEN, &now.to_string()));
    let broken = written.err().map(|why| broken(&why, "written"));
    answer.reasons.extend(broken);
    Ok(answer)
}

/// What the record says, and whether the daemon runs with the config that lies here.
fn ask(here: &Here, tx: &Tx) -> Result<Answer> {
    let config = &here.config;
    let mut reasons = health::judge(&health::known(tx, config)?, tx.now());
    let running = tx.meta(daemon::RUNNING)?;
    let another = running.is_some_and(|digest| digest != config.digest);
    if another && tx.meta(CONFIG_TROUBLE)?.is_none() && store::is_held(&config.store) {
        reasons.push(Reason::new(
            Kind::Config,
            None,
            "the daemon runs with another config than the one that lies here",
            "systemctl reload gatepost, or send it SIGHUP",
        ));
    }
    Ok(Answer {
        reasons,
        looked_at: tx.folders()?.iter().map(|f| f.looked_at).min(),
        copy_made_at: tx.copy_made_at()?,
    })
}

/// No daemon runs; on a copy none would.
fn no_daemon(here: &Here, copy_made_at: Option<Timestamp>) -> Reason {
    let (text, hint) = match copy_made_at {
        None => (
            "no daemon runs: no mail is read, no letter leaves, nobody is reminded".to_owned(),
            "systemctl start gatepost, or: gatepost run",
        ),
        Some(at) => (
            format!(
                "the store is a copy, made {}, and no daemon runs on it: no mail is read, no letter leaves, nobody is reminded",
                look::moment(at, &here.config.calendar)
            ),
            "gatepost run shows what restoring it does; when the original is gone for good: gatepost run --restored",
        ),
    };
    Reason::new(Kind::NoDaemon, None, text, hint)
}

/// A store that cannot be `done`: read, or written.
fn broken(why: &anyhow::Error, done: &str) -> Reason {
    let why = super::told(why);
    let (why, hint) = why.split_once("\n  hint: ").unwrap_or((&why, ""));
    let hint = hint.lines().next().unwrap_or_default();
    Reason {
        detail: Some(why.to_owned()),
        ..Reason::new(
            Kind::Store,
            None,
            format!("the store cannot be {done}"),
            match (hint, done) {
                ("", "written") => {
                    "make room on its disk, or see to what its disk says; mail waits on the server meanwhile, and is taken in then"
                }
                ("", _) => "keep the file as it is; gatepost audit --offline says more",
                _ => hint,
            },
        )
    }
}

fn show(here: &Here, document: &Document, now: Timestamp) {
    for line in &document.reasons {
        let since = line.since.map_or(String::new(), |at| {
            format!(" (since {})", look::moment(at, &here.config.calendar))
        });
        output::alarm_marked("!! ", &format!("{}{since}", line.text));
        output::marked("   ", &line.hint);
    }
    for line in &document.warnings {
        output::marked("! ", &line.text);
        output::marked("  ", &line.hint);
    }
    if document.ok {
        let looked = document
            .looked_at
            .map_or("no folder is read".to_owned(), |at| {
                format!("looked {}", look::ago(at, now))
            });
        output::line(format!("All is well; {looked}"));
    }
}
