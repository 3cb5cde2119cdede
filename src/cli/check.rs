//! `check`: reads the config back in English, with today's dates, and logs in everywhere.
//! Sends no letter.

mod calendar;
mod document;
mod outside;
mod promise;

use super::args::Check;
use super::{Here, block_on, letters, no, output};
use crate::channel::command::{self, Event, Message};
use crate::config::{Account, Config, MailboxConfig, Server};
use crate::daemon::{self, send};
use crate::desk::elsewhere;
use crate::desk::health::{ALARM_TROUBLE, promised_before, promises_nothing};
use crate::mail::Foreign;
use crate::mailbox::imap::Imap;
use crate::mailbox::roles::{self, There};
use crate::mailbox::sent::SentBox;
use crate::mailbox::{Mailbox, Trouble};
use crate::store::{Store, Tx};
use crate::triage::Role;
use crate::wall;
use anyhow::Result;
use document::{Document, Login, MailboxLine};
use jiff::Timestamp;
use std::process::ExitCode;

/// Checks; answers "no" when something is wrong.
pub fn check(here: &Here, wanted: &Check) -> Result<ExitCode> {
    if wanted.letters {
        return letters::letters(here);
    }
    let today = here.config.calendar.local_date(wall::now());
    let mut found = Document::new(&here.config, today);
    let mut look = || look_at_all(here, wanted.offline, wanted.test, &mut found);
    if wanted.json {
        output::unseen(look)?;
    } else {
        look()?;
    }
    let ok = found.end();
    if wanted.json {
        output::json(&found)?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { no() })
}

/// A warning, told and kept.
fn warn(found: &mut Document, text: impl Into<String>) {
    let text = text.into();
    output::marked("! ", &text);
    found.warnings.push(text);
}

fn look_at_all(here: &Here, offline: bool, test: bool, found: &mut Document) -> Result<()> {
    let config = &here.config;
    if offline {
        output::line("logins    not tried");
        for mailbox in &config.mailboxes {
            output::line(format!("mailbox   {}", at(mailbox)));
            addresses(mailbox);
            found.mailboxes.push(MailboxLine::new(mailbox));
        }
        found.smtp = Some(Login::at(&config.smtp.server));
    } else {
        block_on(async {
            mailboxes(config, found).await;
            smtp(config, found).await;
            Ok(())
        })?;
    }
    block_on(async {
        alarm(here, test, found).await;
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
        .for_each(|p| found.promises.push(promise::line(config, p, now)));
    hints(config);
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
    outside::outside(config);
    outside::security_txt(config, now, found);
    let mut warnings = config.warnings(config.calendar.local_date(now));
    warnings.extend(config.escalation_warning());
    warnings.extend(config.promise_warnings(config.calendar.local_date(now)));
    for warning in warnings {
        warn(found, warning);
    }
    if let Err(why) = deadlines(here, now, found) {
        found.faults.push(super::told(&why));
    }
    for fault in &found.faults {
        output::alarm_marked("!! ", fault);
    }
    Ok(())
}

/// What is told as a hint.
fn hints(config: &Config) {
    let names: Vec<&str> = config.hints.rules.iter().map(|r| r.name.as_str()).collect();
    output::line(match names.as_slice() {
        [] => "hints     none".to_owned(),
        all => format!(
            "hints     {}   (advice; gatepost help hints)",
            all.join(", ")
        ),
    });
}

async fn mailboxes(config: &Config, found: &mut Document) {
    for mailbox in &config.mailboxes {
        let at = at(mailbox);
        let mut line = MailboxLine::new(mailbox);
        match daemon::connect(mailbox).await {
            Ok(server) => {
                output::line(format!("mailbox   {at}  login ok"));
                addresses(mailbox);
                output::line(way(&mailbox.server, Some(&mailbox.account)));
                line.login.login = Some(true);
                lies(config, mailbox, server, &mut line, found).await;
            }
            Err(why) => {
                output::line(format!("mailbox   {at}  FAILED"));
                addresses(mailbox);
                line.login.login = Some(false);
                let why = format!("mailbox {}: {why}", mailbox.name);
                found.faults.push(why);
            }
        }
        found.mailboxes.push(line);
    }
}

/// What lies in a mailbox.
async fn lies(
    config: &Config,
    mailbox: &MailboxConfig,
    mut server: Imap,
    line: &mut MailboxLine,
    found: &mut Document,
) {
    match folders(mailbox, &mut server, line, found).await {
        Err(why) => found
            .faults
            .push(format!("mailbox {}: {why}", mailbox.name)),
        Ok(others) => {
            line.copies_to = copies(config, mailbox, &mut server, found).await;
            if !others.is_empty() {
                let names = Foreign::new(others.join(", "));
                output::line(format!("          not watched: {}", names.cut(60)));
            }
            line.not_watched = others;
            server.logout().await;
        }
    }
}

/// Names the folders that are watched; gives the others, as people read their names.
async fn folders(
    mailbox: &MailboxConfig,
    server: &mut Imap,
    line: &mut MailboxLine,
    found: &mut Document,
) -> Result<Vec<String>, Trouble> {
    let there = server.folders().await?;
    let watched = roles::watched(mailbox, &there);
    for folder in &watched {
        let opened = match server.open(&folder.name).await {
            Err(why @ Trouble::NoFolder(_)) if folder.role != Role::Inbox => {
                let name = &mailbox.name;
                warn(found, format!("mailbox {name}: {why}, and it is not read"));
                continue;
            }
            opened => opened?,
        };
        let what = match folder.role {
            Role::Inbox => "",
            Role::Junk => ", watched as junk",
            Role::Sent => ", watched as sent by the team",
        };
        let (name, mails) = (roles::readable(&folder.name), opened.exists);
        let shown = Foreign::new(name.as_str()).cut(60);
        output::line(format!("          {shown} {mails} mails{what}"));
        let role = folder.role.word();
        line.folders.push(document::Folder { name, role, mails });
    }
    for (wanted, role, key, what) in [
        (mailbox.watch_junk, Role::Junk, "junk_folder", "junk"),
        (mailbox.watch_sent, Role::Sent, "sent_folder", "sent mail"),
    ] {
        if wanted && !watched.iter().any(|w| w.role == role) {
            let name = &mailbox.name;
            warn(
                found,
                format!(
                    "mailbox {name}: no folder for {what} was found\n  hint: if there is one, name it (`{key}`)"
                ),
            );
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
        [] => "          no authserv_id: nothing tells forged mail from other mail, and what says\n          that it is from the team is not believed"
            .to_owned(),
        ids => format!(
            "          believes Authentication-Results of {}",
            ids.join(", ")
        ),
    });
}

/// Where copies of letters go, or why they cannot. Adds none: whether that is allowed shows
/// when the daemon does.
async fn copies(
    config: &Config,
    mailbox: &MailboxConfig,
    server: &mut impl SentBox,
    found: &mut Document,
) -> Option<String> {
    if !config.files_copies_of(&mailbox.address) {
        return None;
    }
    let folder = match &mailbox.sent_folder {
        Some(folder) => server.open(folder).await.map(|_| Some(folder.clone())),
        None => server.sent_folder().await,
    };
    let of = &mailbox.name;
    match &folder {
        Ok(Some(folder)) => output::line(format!(
            "          copies of letters go to {}",
            Foreign::new(folder.as_str()).cut(60)
        )),
        Ok(None) => warn(
            found,
            format!(
                "mailbox {of}: there is no folder for sent mail, so no copies of letters\n  hint: name one (`sent_folder`), or set `copy_to_sent = false`"
            ),
        ),
        Err(why) => warn(found, format!("mailbox {of}: no copies of letters: {why}")),
    }
    let before = Store::open_to_read(&config.store).and_then(|store| match store {
        Some(mut store) => store.read(wall::now(), |tx| tx.meta(&daemon::filing_warning(mailbox))),
        None => Ok(None),
    });
    if let Ok(Some(why)) = before {
        warn(
            found,
            format!("mailbox {of}: no copies of letters yet: {why}"),
        );
    }
    folder.ok().flatten()
}

async fn smtp(config: &Config, found: &mut Document) {
    let server = &config.smtp.server;
    let at = format!("{}:{}", server.host, server.port);
    let mut login = Login::at(server);
    match send::connect(config).await {
        Ok(smtp) => {
            login.login = Some(true);
            let account = config.smtp.account.as_ref();
            let done = account.map_or("it answers", |_| "login ok");
            output::line(format!("smtp      {at}  {done}, nothing sent"));
            output::line(way(server, account));
            smtp.quit().await;
        }
        Err(why) => {
            login.login = Some(false);
            output::line(format!("smtp      {at}  FAILED"));
            found.faults.push(format!("smtp: {why}"));
        }
    }
    found.smtp = Some(login);
}

/// The way that is not mail; with `test`, it is tried.
async fn alarm(here: &Here, test: bool, found: &mut Document) {
    let Some(alarm) = &here.config.alarm else {
        output::line("alarm     none");
        return warn(
            found,
            "no way that is not mail: nobody is told when mail is what is broken ([alarm] in the config)",
        );
    };
    let command = alarm.command.clone();
    let known = found.alarm.insert(document::Alarm {
        command,
        works: None,
    });
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
            known.works = Some(true);
            output::line(format!("alarm     {at}   exit 0    the way not by mail"));
            // Lists need not say any more that it does not work.
            let works = |tx: &Tx| tx.clear_meta(ALARM_TROUBLE);
            let _ = here.store().and_then(|mut s| s.write(wall::now(), works));
        }
        Err(why) => {
            known.works = Some(false);
            output::line(format!("alarm     {at}   FAILED"));
            found.faults.push(format!("alarm: {why}"));
        }
    }
}

/// Names the open deadlines that would fall elsewhere by the calendar of now. Reads only.
fn deadlines(here: &Here, now: Timestamp, found: &mut Document) -> Result<()> {
    let Some(mut store) = Store::open_to_read(&here.config.store)? else {
        return Ok(());
    };
    let (all, lost) = store.read(now, |tx| {
        let lost = promised_before(tx, &here.config)?;
        Ok((elsewhere::elsewhere(tx, &here.config)?, lost))
    })?;
    if let Some((text, hint)) = lost.map(promises_nothing) {
        warn(found, format!("{text}\n  hint: {hint}"));
    }
    for one in &all {
        let text = format!(
            "{} {} stays due {}; by the calendar of now it would be {}",
            one.reference,
            one.promise,
            calendar::moment(one.promised, now, &here.config.calendar),
            calendar::moment(one.counted, now, &here.config.calendar),
        );
        warn(found, text);
    }
    Ok(())
}

/// How a server is spoken to, and where the secret comes from; never the secret.
fn way(server: &Server, account: Option<&Account>) -> String {
    let login = account.map_or("nobody logs in".to_owned(), |account| {
        format!("{} from {}", account.auth.secret(), account.secret)
    });
    format!("          {}; {login}", server.tls.words())
}
