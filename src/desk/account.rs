//! Accounting: does the record agree with itself, and with the server.

use super::{Duty, File, Files};
use crate::config::Config;
use crate::store::{Folder, TicketRow, Tx};
use crate::ticket::{Field, Planned, Stage, Ticket, WaitsFor};
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
    /// Everything that is wrong, in words; empty when all is well.
    pub differences: Vec<String>,
}

/// Checks the file, the chain of facts, and the projection against the facts.
pub fn account(tx: &Tx, config: &Config) -> Result<Account> {
    let mut differences: Vec<String> = tx
        .integrity()?
        .into_iter()
        .map(|line| format!("the file is damaged: {line}"))
        .collect();
    let (facts, broken) = tx.check_chain()?;
    differences.extend(broken);
    for mail in tx.loose_mails()? {
        differences.push(format!("mail {mail} has lost its ticket or its bytes"));
    }
    let mut files = Files::new(tx, config);
    for number in tx.ticket_numbers()? {
        differences.extend(against_facts(files.open(number)?));
    }
    let (_, head) = tx.chain_head()?;
    Ok(Account {
        facts,
        head: head.short(),
        differences,
    })
}

/// Where the projection of a ticket says other than its facts.
fn against_facts(file: File) -> Vec<String> {
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
    wrong
        .into_iter()
        .map(|what| format!("{}: {what}", row.reference))
        .collect()
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
