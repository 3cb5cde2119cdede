//! What goes to the team: reminders and digests. Nothing of a report.

use super::{Draft, Thread, fresh_id, local};
use crate::config::{Config, Member};
use crate::desk::file;
use crate::desk::tick::Nag;
use crate::letters::{self, DigestEntry, DigestView, Looked, Matter, RecordHead, ReminderView};
use crate::mail::Marks;
use crate::promise::{Promise, Standing, Step};
use crate::store::{Go, Letter, LetterKind, LetterState, NewLetter, Tx};
use crate::ticket::{By, TicketNo};
use anyhow::{Context, Result};

/// Writes one reminder to one person; gives the letter's number.
pub fn remind(tx: &Tx, config: &Config, member: &Member, nag: &Nag) -> Result<i64> {
    let (row, duty) = (&nag.file.row, nag.duty);
    let letter = config.letters.reminder(&ReminderView {
        number: row.number,
        reference: row.reference.clone(),
        code_name: row.name.clone(),
        age: tx.now().duration_since(row.opened_at),
        promise: duty.promise.name.clone(),
        soft: duty.promise.soft,
        step: step_of(&nag.due.step, &duty.promise),
        due: Some(local(config, duty.stored.deadline.due_at)),
        standing: duty.state.standing,
        missing: duty.state.missing.clone(),
        command: format!("gatepost show {}", row.number.0),
    })?;
    to_team(
        tx,
        config,
        member,
        LetterKind::Reminder,
        Some(row.number),
        &letter,
    )
}

/// The step that a key such as `1bd-before` names.
fn step_of(key: &str, promise: &Promise) -> Step {
    let named = |step: &&Step| match step {
        Step::AtOnce => key == "at-once",
        Step::WhenDue => key == "when-due",
        Step::DailyAfter => key.starts_with("after-"),
        Step::Before(span) => key == format!("{}-before", span.key()),
    };
    promise
        .remind
        .iter()
        .find(named)
        .copied()
        .unwrap_or(Step::AtOnce)
}

/// What a digest says of all tickets, the same for every reader.
pub fn board(tx: &Tx, config: &Config) -> Result<Vec<DigestEntry>> {
    let mut entries = Vec::new();
    for row in tx.tickets(false)? {
        let file = file(tx, config, row.number)?;
        let entry = |matter| DigestEntry {
            number: row.number,
            code_name: row.name.clone(),
            owner: row.owner.clone(),
            matter,
        };
        let open = file.duties.iter().filter(|d| d.stored.open);
        if let Some(duty) = open.min_by_key(|d| (d.promise.soft, d.stored.deadline.due_at)) {
            entries.push(entry(Matter::Due {
                at: local(config, duty.stored.deadline.due_at),
                missing: duty.state.missing.clone(),
                half_kept: duty.state.standing == Standing::HalfKept,
                soft: duty.promise.soft,
            }));
        }
        for letter in tx.letters_of(row.number)? {
            entries.extend(trouble(&letter).map(entry));
        }
        if file.ticket.unreachable {
            let what = "the reporter cannot be reached".to_owned();
            entries.push(entry(Matter::Trouble { what }));
        }
        if row.chased > 0 {
            entries.push(entry(Matter::Chased { times: row.chased }));
        }
    }
    Ok(entries)
}

fn trouble(letter: &Letter) -> Option<Matter> {
    let what = |text: &str| {
        Some(Matter::Trouble {
            what: format!("{}: {text}", letter.kind.word()),
        })
    };
    match letter.state {
        LetterState::Held => Some(Matter::Held {
            because: letter.held_because.clone().unwrap_or_default(),
        }),
        LetterState::Unknown => what("it may not have been sent"),
        LetterState::Refused => what("the server refused it"),
        LetterState::Queued
        | LetterState::Offered
        | LetterState::Sent
        | LetterState::Superseded
        | LetterState::Dropped => None,
    }
}

/// Writes a digest to one person, the first word of `new` reports; gives the letter's number.
pub fn digest(
    tx: &Tx,
    config: &Config,
    member: &Member,
    board: &[DigestEntry],
    new: usize,
) -> Result<i64> {
    let (fact, hash) = tx.chain_head()?;
    let looked = tx.folders()?.into_iter().map(|f| f.looked_at).min();
    let waiting = tx
        .unsettled_letters()?
        .iter()
        .filter(|l| matches!(l.state, LetterState::Queued | LetterState::Offered))
        .count();
    let letter = config.letters.digest(&DigestView {
        new,
        now: local(config, tx.now()),
        reader: member.name.clone(),
        entries: board.to_vec(),
        tray: tx.tray_count()?,
        looked: looked.map_or(Looked::Never, |at| Looked::Ago(tx.now().duration_since(at))),
        waiting: waiting as u32,
        record: RecordHead { fact, hash },
    })?;
    to_team(tx, config, member, LetterKind::Digest, None, &letter)
}

fn to_team(
    tx: &Tx,
    config: &Config,
    member: &Member,
    kind: LetterKind,
    ticket: Option<TicketNo>,
    letter: &letters::Letter,
) -> Result<i64> {
    let mailbox = config
        .mailboxes
        .first()
        .context("the config watches no mailbox")?;
    let id = fresh_id(&mailbox.address)?;
    let draft = Draft {
        from: &mailbox.address,
        to: &member.address,
        letter,
        thread: Thread::default(),
        marks: Marks::Reminder,
    };
    let bytes = draft.bytes(config, &id, tx.now())?;
    tx.add_letter(&NewLetter {
        ticket,
        kind,
        sender: &mailbox.address,
        recipient: &member.address,
        by: By::Gatepost,
        facts: &[],
        subject: &letter.subject,
        body: &letter.body,
        go: Go::Queued(&id, &bytes, tx.now()),
    })
}
