//! Who of the team was reminded of a ticket's deadlines, and by which letter.

use crate::desk::{File, tick};
use crate::export::case::Reminder;
use crate::mail::Foreign;
use crate::store::{LetterState, Tx};
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// Each letter that did, in their order. What it reminded of stands in the keys under which
/// the store keeps it: `remind/REF/PROMISE@N/STEP/WHO`.
pub fn reminded(tx: &Tx, file: &File) -> Result<Vec<Reminder>> {
    let mut all: BTreeMap<(i64, String), Vec<(String, String)>> = BTreeMap::new();
    let prefix = tick::about_any(&file.row);
    for (key, letter) in tx.told_by_letters(&prefix)? {
        let mut rest = key.strip_prefix(&prefix).unwrap_or_default().split('/');
        let mut word = || rest.next().unwrap_or_default().to_owned();
        let (run, step, who) = (word(), word(), word());
        let promise = run.rsplit_once('@').map_or(run.as_str(), |(name, _)| name);
        let of = all.entry((letter, who)).or_default();
        of.push((promise.to_owned(), step));
    }
    let one = |((id, who), of)| reminder(tx, id, who, of);
    all.into_iter().map(one).collect()
}

fn reminder(tx: &Tx, id: i64, who: String, of: Vec<(String, String)>) -> Result<Reminder> {
    let letter = tx.letter(id)?.context("a letter to the team is gone")?;
    Ok(Reminder {
        id,
        kind: letter.kind.word(),
        state: letter.state.word(),
        sent: letter.state == LetterState::Sent,
        who,
        to: letter.recipient.to_string(),
        of,
        message_id: letter.message_id.as_ref().map(ToString::to_string),
        created_at: letter.created_at,
        settled_at: letter.settled_at,
        answer: letter.answer.map(Foreign::new),
        last_error: letter.last_error.map(Foreign::new),
    })
}
