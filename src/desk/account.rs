//! Accounting: does the record agree with itself, and with the server.

use super::{Duty, File, Files, policy_of, refresh};
use crate::config::Config;
use crate::promise::{self, Deadline};
use crate::store::{Folder, StoredDeadline, TicketRow, Tx, is_of_index};
use crate::ticket::{Field, Planned, Stage, Ticket, TicketNo, WaitsFor};
use anyhow::Result;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What the record says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How many facts there are.
    pub facts: i64,
    /// The head of the chain, in its short form.
    pub head: String,
    /// Everything that is wrong; empty when all is well.
    pub differences: Vec<Difference>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What, in words.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl Difference {
    /// What, and what to do about it.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        let (what, hint) = (what.into(), hint.into());
        Self { what, hint }
    }
}

/// The way out where the file itself has lost something.
const BACKUP: &str = "stop gatepost, move the store with its -wal and -shm away together and keep them, and put a backup in its place: run --restored then takes in what came since";
/// The way out where somebody has written into the facts.
const CHAIN: &str = "keep a copy of the store as it is; the heads in the mailed digests say until when the chain was whole, and a backup from before it broke has the facts";
/// The way out where the facts are right and what repeats them is not.
const AGAIN: &str = "gatepost audit --repair writes it anew from the facts";

/// What is said of an index that is damaged: it repeats the record, and nothing is lost.
pub const INDEX: &str = "the index of words is damaged";
/// The way out of that.
pub const INDEX_ANEW: &str = "gatepost audit --repair makes it anew: the record has all of it";

/// Checks the file, the chain of facts, the letters, and the projection and the deadlines
/// against the facts.
pub fn account(tx: &Tx, config: &Config) -> Result<Account> {
    let damaged = |line: String| match is_of_index(&line) {
        true => Difference::new(format!("{INDEX}: {line}"), INDEX_ANEW),
        false => Difference::new(format!("the file is damaged: {line}"), BACKUP),
    };
    let mut differences: Vec<Difference> = tx.integrity()?.into_iter().map(damaged).collect();
    let (facts, broken) = tx.check_chain()?;
    differences.extend(broken.map(|what| Difference::new(what, CHAIN)));
    for mail in tx.loose_mails()? {
        let what = format!("mail {mail} has lost its ticket or its bytes");
        let hint =
            "look for it in the mailbox; a backup has it, if it was made after the mail came";
        differences.push(Difference::new(what, hint));
    }
    differences.extend(letters(tx)?);
    let mut files = Files::new(tx, config);
    for number in tx.ticket_numbers()? {
        match tickets(tx, config, &mut files, number) {
            Ok(wrong) => differences.extend(wrong),
            Err(why) => {
                let what = format!("ticket {number} cannot be read: {why:#}");
                differences.push(Difference::new(what, BACKUP));
            }
        }
    }
    let (_, head) = tx.chain_head()?;
    Ok(Account {
        facts,
        head: head.short(),
        differences,
    })
}

/// What the letters say of themselves against what the facts say of them.
fn letters(tx: &Tx) -> Result<Vec<Difference>> {
    let mut wrong = Vec::new();
    for (letter, state, fact) in tx.letters_told_too_early()? {
        wrong.push(Difference::new(
            format!("letter {letter} is {state}, and fact {fact} says that it left"),
            format!(
                "look in the folder for sent mail whether it left; if so: gatepost outbox drop {letter}, so that it does not leave again"
            ),
        ));
    }
    for letter in tx.letters_not_told()? {
        wrong.push(Difference::new(
            format!("letter {letter} is sent, and no fact says what it made true"),
            "show the letter (gatepost show), and say what it says once more with --said-at (gatepost evaluate, reply, resolve): that writes what is missing and sends nothing",
        ));
    }
    for letter in tx.letters_without_bytes()? {
        wrong.push(Difference::new(
            format!("letter {letter} has lost its bytes or its Message-ID"),
            format!("gatepost outbox drop {letter}, and write it again"),
        ));
    }
    Ok(wrong)
}

/// What is wrong with one ticket.
fn tickets(
    tx: &Tx,
    config: &Config,
    files: &mut Files,
    number: TicketNo,
) -> Result<Vec<Difference>> {
    let file = files.open(number)?;
    let reference = file.row.reference.clone();
    let mut wrong = against_policy(tx, config, &file)?;
    wrong.extend(against_facts(file));
    let of_it = |(what, hint)| Difference::new(format!("{reference}: {what}"), hint);
    Ok(wrong.into_iter().map(of_it).collect())
}

/// Writes anew what repeats the facts, where it says other than they do. Gives the
/// references of those tickets.
///
/// # Errors
/// When the store cannot be written. A ticket that cannot be read is left to the audit.
pub fn repair(tx: &Tx, config: &Config) -> Result<Vec<String>> {
    let mut done = Vec::new();
    for number in tx.ticket_numbers()? {
        let wrong = tickets(tx, config, &mut Files::new(tx, config), number);
        if wrong.is_ok_and(|wrong| wrong.iter().any(|d| d.hint == AGAIN)) {
            refresh(tx, config, number)?;
            let row = tx.ticket(number)?;
            done.extend(row.map(|row| row.reference.to_string()));
        }
    }
    Ok(done)
}

/// Deadlines that the facts start under the policy of the ticket, against those on record.
fn against_policy(tx: &Tx, config: &Config, file: &File) -> Result<Vec<(String, &'static str)>> {
    let stored = tx.deadlines_of(file.row.number)?;
    let policy = policy_of(tx, config, &file.row.policy)?;
    let (mut wrong, mut started) = (Vec::new(), BTreeSet::new());
    for promise in &policy.promises {
        for run in promise::runs(promise, &file.facts, &config.calendar) {
            let is_it = |d: &&StoredDeadline| d.promise == promise.name && d.start == run.start;
            if !stored.iter().any(|d| is_it(&d)) {
                let what = format!(
                    "{} was started by fact {} and has no deadline",
                    promise.name, run.start
                );
                wrong.push((what, AGAIN));
            }
            started.insert((promise.name.as_str(), run.start));
        }
    }
    for d in &stored {
        if d.open && !started.contains(&(d.promise.as_str(), d.start)) {
            let what = format!(
                "{} is open in the row, and no fact has started it",
                d.promise
            );
            wrong.push((what, AGAIN));
        }
        let counted = |deadline: &Deadline| deadline.falls_where_it_was_counted();
        if !d.deadline.as_ref().is_none_or(counted) {
            let what = format!(
                "{} is due on another day than its own count says",
                d.promise
            );
            wrong.push((
                what,
                "letters quote the count; a backup has the day: gatepost explain shows both",
            ));
        }
    }
    Ok(wrong)
}

/// Where the projection of a ticket says other than its facts.
fn against_facts(file: File) -> Vec<(String, &'static str)> {
    let File {
        row,
        ticket,
        duties,
        ..
    } = file;
    let owner = row.owner.as_ref();
    let says = (
        row.stage.as_str(),
        row.outcome,
        row.expected,
        owner,
        row.chased,
        row.last_fact,
    );
    let folded = (
        ticket.stage.word(),
        ticket.outcome,
        ticket.expected,
        ticket.owner.as_ref(),
        ticket.chased,
        ticket.last_fact,
    );
    let mut wrong = Vec::new();
    if says != folded || !set_agrees(&row, &ticket) {
        wrong.push("the row says other than its facts".to_owned());
    }
    for duty in duties
        .iter()
        .filter(|d| d.stored.open != d.run.end.is_none())
    {
        let (row_says, facts_say) = if duty.stored.open {
            ("open", "ended")
        } else {
            ("ended", "open")
        };
        wrong.push(format!(
            "{} is {row_says} in the row and {facts_say} by the facts",
            duty.promise.name
        ));
    }
    let earliest = duties
        .iter()
        .filter(|d| d.stored.open)
        .filter_map(Duty::due_at)
        .min();
    if earliest != row.due_at && ticket.stage != Stage::Closed {
        wrong.push("the row shows another deadline than its own".to_owned());
    }
    wrong.into_iter().map(|what| (what, AGAIN)).collect()
}

/// Whether the row says of what people set what the facts say.
fn set_agrees(row: &TicketRow, ticket: &Ticket) -> bool {
    let set = |field| ticket.set.get(&field);
    let waits = ticket.waits_for.map(WaitsFor::word);
    let theirs = ticket.planned.get(&Planned::ReporterPublication);
    row.title.as_ref() == set(Field::Title)
        && row.severity.as_ref() == set(Field::Severity)
        && row.waiting.as_deref() == waits
        && row.they_publish.as_ref() == theirs
        && row.classes == ticket.classes
}

/// What a comparison of one folder with the server gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Messages on the server.
    pub there: usize,
    /// Of those, how many have a row.
    pub with_row: usize,
    /// UIDs without a row: not taken in yet, or lost.
    pub without_row: Vec<u32>,
    /// Rows whose message is gone from the server, marked as such now.
    pub gone: usize,
}

/// Compares one folder with what the server listed when it was asked at `asked_at`, and marks the rows whose message is
/// gone. Nothing else is changed.
pub fn compare(
    tx: &Tx,
    folder: &Folder,
    uidvalidity: u32,
    uids: &[u32],
    asked_at: Timestamp,
) -> Result<Compared> {
    let without_row = tx.without_row(folder.id, uidvalidity, uids)?;
    let there: BTreeSet<u32> = uids.iter().copied().collect();
    let gone = tx.mark_gone(folder.id, uidvalidity, &there, asked_at)?;
    Ok(Compared {
        there: there.len(),
        with_row: there.len() - without_row.len(),
        without_row,
        gone,
    })
}
