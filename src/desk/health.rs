//! Is all well: what a person has to know that no mail may be able to tell.
//!
//! [`known`] reads what the record knows; [`judge()`] is pure and says what of it is wrong,
//! in words, with what to do. The daemon tells the command channel, `health` tells who
//! asks. No text holds a word of a report, a name of a server's or an address: what a
//! server said stands in the detail, which is shown to people at the machine alone.

mod clocks;
mod judge;
mod kind;

pub use clocks::{clock_was_put_back, clock_was_set_forwards, clock_was_unwatched, compare_clocks};
pub use judge::judge;
pub use kind::Kind;

use super::account::{Account, Difference};
use super::{file, given};
use crate::config::{Config, MailboxConfig, read_policy};
use crate::promise::Standing;
use crate::store::Tx;
use crate::triage::Role;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A folder whose last pass that ended well is older is not watched. Passes are at most
/// five minutes apart.
pub const NO_PASS: SignedDuration = SignedDuration::from_mins(13);
/// A letter waits at most so long before somebody is told, behind its time to be dropped.
const WAITS: SignedDuration = SignedDuration::from_hours(1);
/// A server that cannot be reached for less is nothing to be told of.
const TROUBLE: SignedDuration = SignedDuration::from_mins(10);
/// Clocks that differ by less are thought to agree.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);
/// A clock that was set is told of for so long.
const SET: SignedDuration = SignedDuration::from_hours(24);
/// More late promises than these are not counted.
const LATE_AT_MOST: u32 = 200;

/// The word under which stands when it was last tried whether the store can be written.
pub const WRITTEN: &str = "health/written";
/// The word under which the last audit is remembered.
const AUDIT: &str = "health/audit";
/// The word under which it is remembered why the config on the disk is not in force.
pub const CONFIG_TROUBLE: &str = "trouble/config";
/// The word under which it is remembered why the head of the record cannot be written.
pub const HEAD_TROUBLE: &str = "trouble/head";
/// The word under which it is remembered why the alarm command does not work.
pub const ALARM_TROUBLE: &str = "trouble/alarm";

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What.
    pub kind: Kind,
    /// The mailbox that it is about, where it is about one.
    pub mailbox: Option<String>,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// In words. Nothing of a report, nothing that a server said.
    pub text: String,
    /// What a server or the system said, for people at the machine.
    pub detail: Option<String>,
    /// What to do.
    pub hint: String,
}

impl Reason {
    /// A reason that is about no mailbox.
    pub fn new(
        kind: Kind,
        since: Option<Timestamp>,
        text: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            mailbox: None,
            since,
            text: text.into(),
            detail: None,
            hint: hint.into(),
        }
    }

    fn with_detail(self, detail: &str) -> Self {
        Self {
            detail: Some(detail.to_owned()),
            ..self
        }
    }

    /// The key of its alarm: `imap/security`, `smtp`, `health/audit`.
    pub fn key(&self) -> String {
        match (self.kind, &self.mailbox) {
            (Kind::NoPass, Some(mailbox)) => format!("imap/{mailbox}"),
            (Kind::Smtp, _) => "smtp".to_owned(),
            (kind, _) => format!("health/{}", kind.word()),
        }
    }
}

/// A trouble that a turn has remembered: since when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// When it began.
    pub since: Timestamp,
    /// What was said last.
    pub why: String,
}

/// What the last audit of the record against itself gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audited {
    /// When it was.
    pub at: Timestamp,
    /// How many differences it found.
    pub count: u32,
    /// The first of them.
    pub first: Option<String>,
}

/// A folder that is to be watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its mailbox, by the name in the config.
    pub mailbox: String,
    /// Its own name.
    pub folder: String,
    /// The last pass that ended well; none without a baseline.
    pub looked_at: Option<Timestamp>,
    /// What is wrong with the mailbox, as its last pass remembered.
    pub trouble: Option<Trouble>,
}

/// What the record knows.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The folders that are to be watched.
    pub folders: Vec<Watched>,
    /// Letters that wait for more than an hour: how many, and since when the oldest does.
    pub waiting: Option<(u32, Timestamp)>,
    /// Letters that are unknown or refused: state, how many, since when.
    pub letters: Vec<(String, u32, Timestamp)>,
    /// The last audit.
    pub audit: Option<Audited>,
    /// Mails that nobody could read or has looked at.
    pub unreadable: Option<(u32, Timestamp)>,
    /// How many promises are open, where the policy in force has lost all of its own.
    pub promised_before: Option<usize>,
    /// Late promises that are not soft: reference, promise, and when it was due.
    pub late: Vec<(String, String, Timestamp)>,
    /// The latest moment on record.
    pub newest: Option<Timestamp>,
    /// The mail server's clock is ahead of ours, as a mail has said.
    pub server_clock: Option<Trouble>,
    /// Our clock was put back.
    pub clock_back: Option<Trouble>,
    /// Our clock was set forwards, and no mail has said since that it is right.
    pub clock_forwards: Option<Trouble>,
    /// The relay.
    pub smtp: Option<Trouble>,
    /// The clock's turn.
    pub reminders: Option<Trouble>,
    /// The head of the record.
    pub head: Option<Trouble>,
    /// The alarm command.
    pub alarm: Option<Trouble>,
    /// The config on the disk.
    pub config: Option<Trouble>,
    /// The last holiday that the calendar knows lies less than 30 days ahead, or is none.
    pub calendar_ends: bool,
    /// Where withdrawn names stand in files of ours: how many places, the first reference.
    pub names: Option<(usize, String)>,
    /// When security.txt ends, where that is soon.
    pub security_txt_ends: Option<Timestamp>,
}

/// Reads what the record knows.
///
/// # Errors
/// When the store cannot be read: that is a reason of its own.
pub fn known(tx: &Tx, config: &Config) -> Result<Known> {
    let now = tx.now();
    let mut folders = Vec::new();
    for mailbox in &config.mailboxes {
        let trouble = trouble(tx, &format!("trouble/imap/{}", mailbox.name))?;
        for folder in watched(tx, mailbox)? {
            folders.push(Watched {
                mailbox: mailbox.name.clone(),
                looked_at: tx.folder(&mailbox.name, &folder)?.map(|f| f.looked_at),
                folder,
                trouble: trouble.clone(),
            });
        }
    }
    let audit = tx.meta(AUDIT)?;
    let in_30_days = config.calendar.local_date(now).saturating_add(30.days());
    Ok(Known {
        folders,
        waiting: tx.letters_waiting_since(now - WAITS - config.smtp.grace)?,
        letters: tx.letters_not_settled_well()?,
        audit: audit.and_then(|text| serde_json::from_str(&text).ok()),
        unreadable: tx.unreadable_and_unseen()?,
        promised_before: promised_before(tx, config)?,
        late: late(tx, config)?,
        newest: tx.newest_moment()?,
        server_clock: clocks::server_is_ahead(tx)?,
        clock_back: trouble(tx, clocks::BACK)?,
        clock_forwards: trouble(tx, clocks::FORWARDS)?,
        smtp: trouble(tx, "trouble/smtp")?,
        reminders: trouble(tx, "trouble/clock")?,
        head: trouble(tx, HEAD_TROUBLE)?,
        alarm: trouble(tx, ALARM_TROUBLE)?,
        config: trouble(tx, CONFIG_TROUBLE)?,
        calendar_ends: config
            .calendar
            .known_until()
            .is_some_and(|last| last < in_30_days),
        names: names(tx)?,
        security_txt_ends: given::soon_ending(tx, config)?,
    })
}

/// The folders of a mailbox that are to be read: those that the config lists, and those
/// that were found on the server for junk and for sent mail.
pub fn watched(tx: &Tx, mailbox: &MailboxConfig) -> Result<Vec<String>> {
    let read = tx
        .folders()?
        .into_iter()
        .map(|f| (f.mailbox, f.name, f.role));
    let unread = tx
        .unread()?
        .into_iter()
        .map(|f| (f.mailbox, f.name, f.role));
    let mut all = mailbox.folders.clone();
    for (of, name, role) in read.chain(unread) {
        let wanted = match role {
            Role::Inbox => false,
            Role::Junk => mailbox.watch_junk,
            Role::Sent => mailbox.watch_sent,
        };
        if of == mailbox.name && wanted && !all.contains(&name) {
            all.push(name);
        }
    }
    Ok(all)
}

fn names(tx: &Tx) -> Result<Option<(usize, String)>> {
    let all = tx.unwanted()?;
    let Some(first) = all.first() else {
        return Ok(None);
    };
    let row = tx.ticket(first.ticket)?;
    let reference = row.map_or(String::new(), |row| row.reference.to_string());
    Ok(Some((all.len(), reference)))
}

/// How many promises are open, where the policy of the config promises nothing and either
/// some are or a policy of its name once promised something: a page may do that, and so
/// does a policy file that was cut off.
///
/// # Errors
/// When the store cannot be read.
pub fn promised_before(tx: &Tx, config: &Config) -> Result<Option<usize>> {
    let policy = &config.policy;
    if !policy.promises.is_empty() {
        return Ok(None);
    }
    let open = tx.open_deadlines()?.len();
    let promised = |text: &String| read_policy(text).is_ok_and(|old| !old.promises.is_empty());
    let lost = open > 0 || tx.policies_named(&policy.name)?.iter().any(promised);
    Ok(lost.then_some(open))
}

/// What that is, in words, and what to do.
pub fn promises_nothing(open: usize) -> (String, &'static str) {
    let before = match open {
        0 => "and one of its name did before".to_owned(),
        _ => format!("and promises to reporters are open ({open})"),
    };
    (
        format!("the policy promises nothing, {before}: no new report gets a deadline"),
        "see whether the policy's file is whole (gatepost check reads it back); if its page promises nothing any more, give it another `name`, and this ends with the last open promise",
    )
}

fn trouble(tx: &Tx, key: &str) -> Result<Option<Trouble>> {
    let Some(text) = tx.meta(key)? else {
        return Ok(None);
    };
    let (since, why) = text.split_once('\n').unwrap_or((&text, ""));
    Ok(Some(Trouble {
        since: since.parse().unwrap_or(tx.now()),
        why: why.to_owned(),
    }))
}

/// Promises that are late and not soft. A ticket that cannot be read is the audit's.
fn late(tx: &Tx, config: &Config) -> Result<Vec<(String, String, Timestamp)>> {
    let mut late = Vec::new();
    for (ticket, promise, start, due_at) in tx.passed_deadlines(LATE_AT_MOST)? {
        let Ok(file) = file(tx, config, ticket) else {
            continue;
        };
        let is_late = file.duties.iter().any(|d| {
            d.stored.promise == promise
                && d.stored.start == start
                && d.state.standing == Standing::Overdue
                && !d.promise.soft
        });
        if is_late {
            late.push((file.row.reference.as_str().to_owned(), promise, due_at));
        }
    }
    Ok(late)
}

/// Remembers what an audit of the record against itself gave, for `health` to tell.
///
/// # Errors
/// When the store cannot be written.
pub fn remember_audit(tx: &Tx, account: &Account) -> Result<()> {
    let audited = Audited {
        at: tx.now(),
        count: u32::try_from(account.differences.len()).unwrap_or(u32::MAX),
        first: account.differences.first().map(|d| d.what.clone()),
    };
    tx.set_meta(AUDIT, &serde_json::to_string(&audited)?)
}

/// Remembers that an audit could not even be made.
///
/// # Errors
/// When the store cannot be written.
pub fn remember_failed_audit(tx: &Tx, why: &str) -> Result<()> {
    let account = Account {
        facts: 0,
        head: String::new(),
        differences: vec![Difference::new(
            format!("the record cannot be read to its end: {why}"),
            "",
        )],
    };
    remember_audit(tx, &account)
}

#[cfg(test)]
mod tests;
