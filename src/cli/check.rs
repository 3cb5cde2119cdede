//! `check`: reads the config back in English, with today's dates, and logs in everywhere.
//! Sends nothing.

mod calendar;

use super::{Here, block_on, look, no, output};
use crate::config::{Config, Server};
use crate::daemon::{self, send};
use crate::desk::elsewhere;
use crate::mailbox::Mailbox;
use crate::promise::{self, Promise, Step};
use crate::store::Store;
use crate::ticket::{By, Fact, What};
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use std::process::ExitCode;

/// Checks; answers "no" when something is wrong.
pub fn check(here: &Here, offline: bool) -> Result<ExitCode> {
    let config = &here.config;
    let mut wrong = Vec::new();
    if offline {
        output::line("logins    not tried");
    } else {
        block_on(async {
            mailboxes(config, &mut wrong).await;
            smtp(config, &mut wrong).await;
            Ok(())
        })?;
    }
    let now = wall::now();
    output::block(&calendar::text(&config.calendar, now));
    output::line(format!(
        "promises  {}, page of {}",
        config.policy.name, config.policy.version
    ));
    config
        .policy
        .promises
        .iter()
        .for_each(|p| promise_line(config, p, now));
    output::line(format!(
        "team      {}",
        config
            .team
            .iter()
            .map(|m| m.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    ));
    for warning in config.warnings(config.calendar.local_date(now)) {
        output::line(format!("! {warning}"));
    }
    if let Err(why) = deadlines(here, now) {
        wrong.push(super::told(&why));
    }
    for fault in &wrong {
        output::alarm(format!("!! {fault}"));
    }
    Ok(if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        no()
    })
}

async fn mailboxes(config: &Config, wrong: &mut Vec<String>) {
    for mailbox in &config.mailboxes {
        let at = format!(
            "{}  {}:{}",
            mailbox.name, mailbox.server.host, mailbox.server.port
        );
        let mut server = match daemon::connect(mailbox).await {
            Ok(server) => server,
            Err(why) => {
                output::line(format!("mailbox   {at}  FAILED"));
                wrong.push(format!("mailbox {}: {why}", mailbox.name));
                continue;
            }
        };
        output::line(format!("mailbox   {at}  login ok"));
        output::line(way(&mailbox.server));
        for folder in &mailbox.folders {
            match server.open(folder).await {
                Ok(opened) => output::line(format!("          {folder} {} mails", opened.exists)),
                Err(why) => {
                    wrong.push(format!("mailbox {}: {why}", mailbox.name));
                    return;
                }
            }
        }
        let others = server.folders().await.unwrap_or_default();
        let others: Vec<String> = others
            .into_iter()
            .filter(|f| !mailbox.folders.contains(f))
            .collect();
        if !others.is_empty() {
            let names = crate::mail::Foreign::new(others.join(", "));
            output::line(format!("          not watched: {}", names.cut(60)));
        }
        server.logout().await;
    }
}

async fn smtp(config: &Config, wrong: &mut Vec<String>) {
    let server = &config.smtp.server;
    let at = format!("{}:{}", server.host, server.port);
    match send::connect(config).await {
        Ok(smtp) => {
            output::line(format!("smtp      {at}  login ok, nothing sent"));
            output::line(way(server));
            smtp.quit().await;
        }
        Err(why) => {
            output::line(format!("smtp      {at}  FAILED"));
            wrong.push(format!("smtp: {why}"));
        }
    }
}

/// Names the open deadlines that would fall elsewhere by the calendar of now. Reads only.
fn deadlines(here: &Here, now: Timestamp) -> Result<()> {
    let Some(mut store) = Store::open_to_read(&here.config.store)? else {
        return Ok(());
    };
    let all = store.read(now, |tx| elsewhere::elsewhere(tx, &here.config))?;
    for one in &all {
        output::line(format!(
            "! {} {} stays due {}; by the calendar of now it would be {}",
            one.reference,
            one.promise,
            calendar::moment(one.promised, now, &here.config.calendar),
            calendar::moment(one.counted, now, &here.config.calendar),
        ));
    }
    Ok(())
}

/// How a server is spoken to, and where the secret comes from; never the secret.
fn way(server: &Server) -> String {
    let (tls, secret) = (server.tls.words(), server.auth.secret());
    format!("          {tls}; {secret} from {}", server.secret)
}

/// What the promise would mean for a report that came now.
fn promise_line(config: &Config, promise: &Promise, now: Timestamp) {
    output::block(&promise::heading(&promise.name, &promise.page));
    let starts = promise
        .from
        .iter()
        .any(|any| any.0.iter().any(|f| f.as_str() == "received"));
    let received = Fact {
        n: 1,
        at: now,
        what: What::Received,
        by: By::Gatepost,
        letter: None,
        mail: None,
        via: None,
    };
    let run = promise::runs(promise, &[received], &config.calendar)
        .into_iter()
        .next()
        .filter(|_| starts);
    let due = run.and_then(|run| promise::deadline(promise, &run, &config.calendar));
    match (due, promise.within, promise.by) {
        (Some(deadline), _, _) => {
            output::line(format!(
                "          A mail now ({}) -> by {}.",
                look::moment(now, &config.calendar),
                look::moment(deadline.due_at, &config.calendar)
            ));
            for zone in config.calendar.also_shown() {
                let there = promise::elsewhere(deadline.due_at, zone);
                output::line(format!("          that is {there}"));
            }
        }
        (None, Some(span), _) => {
            let from: Vec<&str> = promise
                .from
                .iter()
                .flat_map(|any| any.0.iter().map(|f| f.as_str()))
                .collect();
            output::line(format!(
                "          within {} from: {}",
                span.words(),
                from.join(", ")
            ));
        }
        (None, None, Some(date)) => output::line(format!(
            "          by the {} date that the ticket carries",
            date.word()
        )),
        (None, None, None) => output::line("          no deadline"),
    }
    if !promise.remind.is_empty() {
        output::line(format!(
            "          team told: {}",
            promise
                .remind
                .iter()
                .map(Step::words)
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }
}
