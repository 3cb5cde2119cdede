//! The evaluation: a person's letter in the reporter's thread.

use super::{Draft, Thread, fresh_id, sender_of};
use crate::config::Config;
use crate::desk::File;
use crate::desk::act::Evaluation;
use crate::letters::{self, EvaluationView};
use crate::mail::{Marks, MessageId};
use crate::promise::{self, Promise};
use crate::store::{Go, LetterKind, LetterState, MailRow, NewLetter, Tx};
use crate::ticket::{By, Fact, What};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

/// References cited at most: the first of a thread.
const REFERENCES_AT_MOST: usize = 20;

/// The letter of an evaluation, for its writer to read and change.
///
/// # Errors
/// When a template fails.
pub fn evaluation_letter(
    config: &Config,
    file: &File,
    evaluation: &Evaluation,
    plan: &str,
    now: Timestamp,
) -> Result<letters::Letter> {
    let next_update = if evaluation.outcome.is_final() {
        None
    } else {
        next_update(config, now)
    };
    Ok(config.letters.evaluation(&EvaluationView {
        reference: &file.row.reference,
        subject: &file.row.subject,
        outcome: evaluation.outcome,
        expected: evaluation.expected,
        plan,
        next_update,
        writer: &evaluation.who,
        ask_credit: evaluation.outcome == crate::ticket::Outcome::Accepted,
        organisation: &config.organisation,
    })?)
}

/// The last day on which the reporter hears from us after an answer that leaves now.
fn next_update(config: &Config, now: Timestamp) -> Option<Date> {
    let answered = Fact {
        n: 1,
        at: now,
        what: What::Answered,
        by: By::Gatepost,
        letter: None,
        mail: None,
        via: None,
    };
    let facts = [answered];
    let due = |p: &Promise| {
        let run = promise::runs(p, &facts, &config.calendar)
            .into_iter()
            .next_back()?;
        promise::deadline(p, &run, &config.calendar).map(|d| config.calendar.local_date(d.due_at))
    };
    config
        .policy
        .promises
        .iter()
        .filter(|p| p.repeat && !p.soft)
        .filter_map(due)
        .min()
}

/// The two labelled lines must stand in the letter: the mailbox itself holds every promise.
///
/// # Errors
/// Names the line that is missing.
pub fn check_labels(letter: &letters::Letter, evaluation: &Evaluation) -> Result<()> {
    let mut wanted = vec![format!(
        "{}: {}",
        letters::ASSESSMENT,
        evaluation.outcome.word()
    )];
    wanted.extend(
        evaluation
            .expected
            .map(|date| format!("{}: {date}", letters::EXPECTED)),
    );
    match wanted
        .iter()
        .find(|line| !letter.body.lines().any(|l| l.trim() == line.as_str()))
    {
        Some(line) => bail!(
            "the letter has lost the line {line:?}\n  hint: it must say what is recorded; give another outcome or date on the command line"
        ),
        None => Ok(()),
    }
}

/// Queues an evaluation in the reporter's thread; gives the letter's number.
pub fn evaluation(
    tx: &Tx,
    config: &Config,
    file: &File,
    evaluation: &Evaluation,
    letter: &letters::Letter,
) -> Result<i64> {
    let recipient = file.row.reporter.as_ref().with_context(|| {
        format!(
            "{} has no address that can be written to",
            file.row.reference
        )
    })?;
    let sender = sender_of(config, &file.row.mailbox)?;
    let id = fresh_id(sender)?;
    let thread = thread_of_ticket(tx, file)?;
    let draft = Draft {
        from: sender,
        to: recipient,
        letter,
        thread,
        marks: Marks::ByPerson,
    };
    let bytes = draft.bytes(config, &id, tx.now())?;
    tx.add_letter(&NewLetter {
        ticket: Some(file.row.number),
        kind: LetterKind::Evaluation,
        sender,
        recipient,
        by: By::Person(evaluation.who.clone()),
        facts: &evaluation.facts(),
        subject: &letter.subject,
        body: &letter.body,
        go: Go::Queued(&id, &bytes, tx.now() + evaluation.grace),
    })
}

/// Replies to the reporter's latest mail; cites the thread in its order.
fn thread_of_ticket(tx: &Tx, file: &File) -> Result<Thread> {
    let mails = tx.mails_of(file.row.number)?;
    let theirs =
        |m: &&MailRow| m.author.is_some() && m.author == file.row.reporter && m.place.0 != "copy";
    let in_reply_to = mails
        .iter()
        .filter(theirs)
        .filter_map(|m| m.message_id.clone())
        .next_back();
    let letters = tx.letters_of(file.row.number)?;
    let sent = letters
        .iter()
        .filter(|l| l.state == LetterState::Sent)
        .map(|l| (l.settled_at.unwrap_or(l.created_at), l.message_id.clone()));
    let mut all: Vec<(Timestamp, Option<MessageId>)> = mails
        .iter()
        .filter(theirs)
        .map(|m| (m.received_at, m.message_id.clone()))
        .chain(sent)
        .collect();
    all.sort_by_key(|(at, _)| *at);
    let mut references: Vec<MessageId> = all
        .into_iter()
        .filter_map(|(_, id)| id)
        .filter(|id| Some(id) != in_reply_to.as_ref())
        .collect();
    references.truncate(REFERENCES_AT_MOST);
    references.extend(in_reply_to.clone());
    Ok(Thread {
        in_reply_to,
        references,
    })
}
