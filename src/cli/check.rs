//! `check`: reads the config back in English, with today's dates, and logs in everywhere.
//! Sends no letter.

mod calendar;

use super::{Here, block_on, look, no, output};
use crate::channel::command::{self, Event, Message};
use crate::config::{Config, MailboxConfig, Server};
use crate::daemon::{self, send};
use crate::desk::elsewhere;
use crate::desk::health::ALARM_TROUBLE;
use crate::mail::Foreign;
use crate::mailbox::imap::Imap;
use crate::mailbox::roles::{self, There};
use crate::mailbox::sent::SentBox;
use crate::mailbox::{Mailbox, Trouble};
use crate::promise::{self, Audience, Deadline, Promise, Step};
use crate::store::{Store, Tx};
use crate::ticket::{By, Fact, What};
use crate::triage::Role;
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use std::process::ExitCode;

/// Checks; answers "no" when something is wrong.
pub fn check(here: &Here, offline: bool, test: bool) -> Result<ExitCode> {
    let config = &here.config;
    let mut wrong = Vec::new();
    if offline {
        output::line("logins    not tried");
        for mailbox in &config.mailboxes {
            output::line(format!("mailbox   {}", at(mailbox)));
            addresses(mailbox);
        }
    } else {
        block_on(async {
            mailboxes(config, &mut wrong).await;
            smtp(config, &mut wrong).await;
            Ok(())
        })?;
    }
    block_on(async {
        alarm(here, test, &mut wrong).await;
        Ok(())
    })?;
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
            .map(|m| match m.second_line {
                false => m.name.clone(),
                true => format!("{} (2nd line)", m.name),
            })
            .collect::<Vec<_>>()
            .join(", ")
    ));
    let mut warnings = config.warnings(config.calendar.local_date(now));
    warnings.extend(config.escalation_warning());
    for warning in warnings {
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
        let at = at(mailbox);
        let mut server = match daemon::connect(mailbox).await {
            Ok(server) => server,
            Err(why) => {
                output::line(format!("mailbox   {at}  FAILED"));
                addresses(mailbox);
                wrong.push(format!("mailbox {}: {why}", mailbox.name));
                continue;
            }
        };
        output::line(format!("mailbox   {at}  login ok"));
        addresses(mailbox);
        output::line(way(&mailbox.server));
        match folders(mailbox, &mut server).await {
            Ok(others) => {
                copies(config, mailbox, &mut server).await;
                if !others.is_empty() {
                    let names = Foreign::new(others.join(", "));
                    output::line(format!("          not watched: {}", names.cut(60)));
                }
                server.logout().await;
            }
            Err(why) => wrong.push(format!("mailbox {}: {why}", mailbox.name)),
        }
    }
}

/// Names the folders that are watched; gives the others, as people read their names.
async fn folders(mailbox: &MailboxConfig, server: &mut Imap) -> Result<Vec<String>, Trouble> {
    let there = server.folders().await?;
    let watched = roles::watched(mailbox, &there);
    for folder in &watched {
        let opened = server.open(&folder.name).await?;
        let what = match folder.role {
            Role::Inbox => "",
            Role::Junk => ", watched as junk",
            Role::Sent => ", watched as sent by the team",
        };
        let name = Foreign::new(roles::readable(&folder.name)).cut(60);
        output::line(format!("          {name} {} mails{what}", opened.exists));
    }
    for (wanted, role, key) in [
        (mailbox.watch_junk, Role::Junk, "junk_folder"),
        (mailbox.watch_sent, Role::Sent, "sent_folder"),
    ] {
        if wanted && !watched.iter().any(|w| w.role == role) {
            output::line(format!(
                "! mailbox {}: no folder for {} was found\n  hint: if there is one, name it (`{key}`)",
                mailbox.name,
                if role == Role::Junk {
                    "junk"
                } else {
                    "sent mail"
                }
            ));
        }
    }
    let is_watched = |t: &There| watched.iter().any(|w| roles::is_same(&w.name, &t.name));
    let others = there.iter().filter(|t| !is_watched(t));
    Ok(others.map(|t| roles::readable(&t.name)).collect())
}

/// What a mailbox is called, and where it lies.
fn at(mailbox: &MailboxConfig) -> String {
    let server = &mailbox.server;
    format!("{}  {}:{}", mailbox.name, server.host, server.port)
}

/// The addresses whose mail comes into a mailbox, its own first, and their classes.
fn addresses(mailbox: &MailboxConfig) {
    for (n, (address, class)) in mailbox.addresses().enumerate() {
        let what = if n == 0 { "address" } else { "alias" };
        let class = class.map_or(String::new(), |class| format!("  class {class}"));
        output::line(format!("          {what} {address}{class}"));
    }
    output::line(match mailbox.authserv_ids.as_slice() {
        [] => "          no authserv_id: nothing proves who wrote a mail, or that it is forged"
            .to_owned(),
        ids => format!(
            "          believes Authentication-Results of {}",
            ids.join(", ")
        ),
    });
}

/// Where copies of letters go, or why they cannot. Adds none: whether that is allowed shows
/// when the daemon does.
async fn copies(config: &Config, mailbox: &MailboxConfig, server: &mut impl SentBox) {
    if !config.files_copies_of(&mailbox.address) {
        return;
    }
    let folder = match &mailbox.sent_folder {
        Some(folder) => server.open(folder).await.map(|_| Some(folder.clone())),
        None => server.sent_folder().await,
    };
    let name = |folder: String| Foreign::new(folder).cut(60);
    match folder {
        Ok(Some(folder)) => output::line(format!(
            "          copies of letters go to {}",
            name(folder)
        )),
        Ok(None) => output::line(format!(
            "! mailbox {}: there is no folder for sent mail, so no copies of letters\n  hint: name one (`sent_folder`), or set `copy_to_sent = false`",
            mailbox.name
        )),
        Err(why) => output::line(format!(
            "! mailbox {}: no copies of letters: {why}",
            mailbox.name
        )),
    }
    let before = Store::open_to_read(&config.store).and_then(|store| match store {
        Some(mut store) => store.read(wall::now(), |tx| tx.meta(&daemon::filing_warning(mailbox))),
        None => Ok(None),
    });
    if let Ok(Some(why)) = before {
        output::line(format!(
            "! mailbox {}: no copies of letters yet: {why}",
            mailbox.name
        ));
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

/// The way that is not mail; with `test`, it is tried.
async fn alarm(here: &Here, test: bool, wrong: &mut Vec<String>) {
    let Some(alarm) = &here.config.alarm else {
        output::line("alarm     none");
        output::line(
            "! no way that is not mail: nobody is told when mail is what is broken ([alarm] in the config)",
        );
        return;
    };
    let at = format!("command {}", alarm.command.join(" "));
    if !test {
        return output::line(format!("alarm     {at}   not tried (--test does)"));
    }
    let message = Message {
        event: Event::Test,
        key: "test".to_owned(),
        text: "gatepost check --test: no alarm".to_owned(),
        at: wall::now(),
    };
    match command::tell(alarm, &message).await {
        Ok(()) => {
            output::line(format!("alarm     {at}   exit 0    the way not by mail"));
            // Lists need not say any more that it does not work.
            let works = |tx: &Tx| tx.clear_meta(ALARM_TROUBLE);
            let _ = here.store().and_then(|mut s| s.write(wall::now(), works));
        }
        Err(why) => {
            output::line(format!("alarm     {at}   FAILED"));
            wrong.push(format!("alarm: {why}"));
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
    if let Some(class) = &promise.class {
        output::line(format!("          only for the class {class}"));
    }
    let due = due_now(config, promise, now);
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
        (None, None, None) => output::line("          no deadline: told until it is kept"),
    }
    if !promise.remind.is_empty() {
        let steps: Vec<String> = promise.remind.iter().map(Step::words).collect();
        output::line(format!("          told: {}", steps.join(", ")));
        output::line(format!("          to: {}", whom(config, promise)));
    }
}

/// When the promise would be due for a report that came now, if a report starts it.
fn due_now(config: &Config, promise: &Promise, now: Timestamp) -> Option<Deadline> {
    let starts = promise
        .from
        .iter()
        .any(|any| any.0.iter().any(|f| f.as_str() == "received"));
    let classed = promise.class.clone().map(|class| What::Classed { class });
    let facts: Vec<Fact> = std::iter::once(What::Received)
        .chain(classed)
        .zip(1..)
        .map(|(what, n)| Fact {
            n,
            at: now,
            what,
            by: By::Gatepost,
            letter: None,
            mail: None,
            via: None,
        })
        .collect();
    let run = promise::runs(promise, &facts, &config.calendar)
        .into_iter()
        .next()
        .filter(|_| starts);
    promise::deadline(promise, &run?, &config.calendar)
}

/// Who hears of the promise, in words.
fn whom(config: &Config, promise: &Promise) -> String {
    let words = |to: &Audience| match to {
        Audience::Owner => "the owner, or all as long as there is none".to_owned(),
        Audience::Team => "all".to_owned(),
        Audience::SecondLine => "2nd line".to_owned(),
        Audience::Person(name) => name.clone(),
    };
    let mut whom = match promise.to.as_slice() {
        [] => words(&Audience::Owner),
        to => to.iter().map(words).collect::<Vec<_>>().join(", "),
    };
    if let Some(step) = promise
        .escalate
        .filter(|_| config.second_line().next().is_some())
    {
        whom.push_str(&format!("; + 2nd line from \"{}\" on", step.words()));
    }
    if promise.any_hour {
        whom.push_str("; at any hour");
    }
    whom
}
