//! Accounting: does the record agree with itself, and with the server.

use super::file;
use crate::config::Config;
use crate::store::{Folder, Tx};
use crate::ticket::Stage;
use anyhow::Result;
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
        .map(|l| format!("the file is damaged: {l}"))
        .collect();
    let (facts, broken) = tx.check_chain()?;
    differences.extend(broken);
    differences.extend(
        tx.loose_mails()?
            .into_iter()
            .map(|m| format!("mail {m} has lost its ticket or its bytes")),
    );
    for row in tx.tickets(true)? {
        let file = file(tx, config, row.number)?;
        let says = (
            row.stage.as_str(),
            row.outcome,
            row.expected,
            row.owner.as_deref(),
            row.chased,
            row.last_fact,
        );
        let t = &file.ticket;
        if says
            != (
                t.stage.word(),
                t.outcome,
                t.expected,
                t.owner.as_deref(),
                t.chased,
                t.last_fact,
            )
        {
            differences.push(format!(
                "{}: the row says other than its facts",
                row.reference
            ));
        }
        for duty in file
            .duties
            .iter()
            .filter(|d| d.stored.open != d.run.end.is_none())
        {
            differences.push(format!(
                "{}: the deadline of {} is open in the row and not by the facts, or the other way",
                row.reference, duty.promise.name
            ));
        }
        let earliest = file
            .duties
            .iter()
            .filter(|d| d.stored.open)
            .map(|d| d.stored.deadline.due_at)
            .min();
        if earliest != row.due_at && t.stage != Stage::Closed {
            differences.push(format!(
                "{}: the row shows another deadline than its own",
                row.reference
            ));
        }
    }
    let (_, head) = tx.chain_head()?;
    Ok(Account {
        facts,
        head: head.short(),
        differences,
    })
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

/// Compares one folder with what the server lists, and marks the rows whose message is
/// gone. Nothing else is changed.
pub fn compare(tx: &Tx, folder: &Folder, uidvalidity: u32, uids: &[u32]) -> Result<Compared> {
    let without_row = tx.without_row(folder.id, uidvalidity, uids)?;
    let there: BTreeSet<u32> = uids.iter().copied().collect();
    let gone = tx.mark_gone(folder.id, uidvalidity, &there)?;
    Ok(Compared {
        there: there.len(),
        with_row: there.len() - without_row.len(),
        without_row,
        gone,
    })
}
