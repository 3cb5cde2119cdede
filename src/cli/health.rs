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
    let (mut all, looked_at) = match here.store().and_then(|s| answer(here, s, now)) {
        Ok(answer) => answer,
        Err(why) => (vec![broken(&why, "read")], None),
    };
    if !store::is_held(&here.config.store) {
        all.push(Reason::new(
            Kind::NoDaemon,
            None,
            "no daemon runs: no mail is read, no letter leaves, nobody is reminded",
            "systemctl start gatepost, or: gatepost run",
        ));
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

/// What the record says, and whether it can still be written: a full disk leaves no other
/// trace in it.
fn answer(
    here: &Here,
    mut store: Store,
    now: Timestamp,
) -> Result<(Vec<Reason>, Option<Timestamp>)> {
    let (mut all, looked_at) = store.read(now, |tx| ask(here, tx))?;
    let written = store.write(now, |tx| tx.set_meta(health::WRITTEN, &now.to_string()));
    all.extend(written.err().map(|why| broken(&why, "written")));
    Ok((all, looked_at))
}

/// What the record says, and whether the daemon runs with the config that lies here.
fn ask(here: &Here, tx: &Tx) -> Result<(Vec<Reason>, Option<Timestamp>)> {
    let config = &here.config;
    let mut all = health::judge(&health::known(tx, config)?, tx.now());
    let running = tx.meta(daemon::RUNNING)?;
    let another = running.is_some_and(|digest| digest != config.digest);
    if another && tx.meta(CONFIG_TROUBLE)?.is_none() && store::is_held(&config.store) {
        all.push(Reason::new(
            Kind::Config,
            None,
            "the daemon runs with another config than the one that lies here",
            "systemctl reload gatepost, or send it SIGHUP",
        ));
    }
    let looked_at = tx.folders()?.iter().map(|f| f.looked_at).min();
    Ok((all, looked_at))
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
