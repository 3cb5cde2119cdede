//! Letters by a person, in the reporter's thread.

use super::{Draft, Thread, fresh_id, is_outside, sender_of};
use crate::config::Config;
use crate::desk::File;
use crate::desk::act::{Decision, Evaluation, Writing};
use crate::letters::{self, EvaluationView, Hand, Letters};
use crate::mail::{Marks, MessageId};
use crate::promise::{self, Policy, Promise};
use crate::store::{Go, LetterState, MailRow, NewLetter, Tx};
use crate::ticket::{By, Credit, Fact, Outcome, What, counting};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

/// References cited at most: the first of a thread.
const REFERENCES_AT_MOST: usize = 20;

/// What stands on record in the place of a text that left encrypted.
const NOT_KEPT: &str = "(left encrypted; its text is not kept)\n";

/// What every letter by a person says: to whom, about what, in whose name.
pub fn hand<'a>(config: &'a Config, file: &'a File, who: &'a str, text: &'a str) -> Hand<'a> {
    Hand {
        reference: &file.row.reference,
        subject: &file.row.subject,
        text,
        writer: who,
        organisation: &config.organisation,
    }
}

/// The letter of an evaluation, for its writer to read and change. `policy` is the one
/// that the ticket lives under; `name` that of a letter of the team's own.
///
/// # Errors
/// When a template fails, or there is none of that name.
pub fn evaluation_letter(
    config: &Config,
    letters: &Letters,
    policy: &Policy,
    evaluation: &Evaluation,
    name: Option<&str>,
    hand: &Hand,
    (facts, now): (&[Fact], Timestamp),
) -> Result<letters::Letter> {
    let over = evaluation.outcome.is_final() || evaluation.of.is_some_and(|of| of.resolved);
    let next_update = match evaluation
        .expected
        .filter(|_| evaluation.outcome.is_interim())
    {
        Some(date) => Some(date),
        None if over => None,
        None => next_update(config, policy, now)
            .into_iter()
            .chain(still_owed(config, policy, evaluation, (facts, now)))
            .min(),
    };
    let earlier = counting(facts)
        .into_iter()
        .rfind(|f| matches!(f.what, What::Evaluated { outcome } if !outcome.is_interim()));
    Ok(letters.evaluation(
        name,
        &EvaluationView {
            reference: hand.reference,
            subject: hand.subject,
            outcome: evaluation.outcome,
            expected: evaluation.resolution(),
            plan: hand.text,
            next_update,
            earlier: earlier.map(|f| config.calendar.local_date(f.at)),
            resolved: evaluation.of.is_some_and(|of| of.resolved),
            writer: hand.writer,
            // Credit is asked for once.
            ask_credit: evaluation.outcome == Outcome::Accepted
                && Credit::of(facts) == Credit::Unasked,
            organisation: hand.organisation,
        },
    )?)
}

/// The last day on which the reporter hears from us after an answer that leaves now.
fn next_update(config: &Config, policy: &Policy, now: Timestamp) -> Option<Date> {
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
    policy
        .promises
        .iter()
        .filter(|p| p.repeat && !p.soft)
        .filter_map(due)
        .min()
}

/// The day by which the page still promises them a letter once this one has left: that of an
/// evaluation after an interim answer, that of a date where none is given.
fn still_owed(
    config: &Config,
    policy: &Policy,
    evaluation: &Evaluation,
    (facts, now): (&[Fact], Timestamp),
) -> Option<Date> {
    let mut then = facts.to_vec();
    let outcome = evaluation.outcome;
    let told = [What::Answered, What::Evaluated { outcome }].into_iter();
    for what in told.chain(evaluation.resolution().map(|on| What::Dated { on })) {
        let n = then.last().map_or(0, |f| f.n) + 1;
        then.push(Fact::supposed(n, now, what));
    }
    let owed = |p: &&Promise| {
        !p.soft
            && p.needs
                .iter()
                .any(|need| need.names().contains("evaluated"))
    };
    let due = |p: &Promise| {
        let run = promise::runs(p, &then, &config.calendar)
            .into_iter()
            .next_back()?;
        let due_at = promise::deadline(p, &run, &config.calendar)?.due_at;
        (run.end.is_none() && due_at > now).then(|| config.calendar.local_date(due_at))
    };
    policy.promises.iter().filter(owed).filter_map(due).min()
}

/// The labelled lines of what is decided must stand in the letter, and no other: the
/// mailbox itself holds every promise, and gatepost reads it back from there.
///
/// # Errors
/// Names the line that is missing, or that says what is not recorded.
pub fn check_labels(letter: &letters::Letter, decision: &Decision) -> Result<()> {
    let is_label = |line: &&str| {
        [&decision.label.assessment, &decision.label.expected]
            .iter()
            .any(|label| {
                line.strip_prefix(label.as_str())
                    .is_some_and(|rest| rest.trim_start().starts_with(':'))
            })
    };
    let lines: Vec<&str> = letter.body.lines().map(str::trim).collect();
    if let Some(lost) = decision
        .labels
        .iter()
        .find(|l| !lines.contains(&l.as_str()))
    {
        bail!(
            "the letter has lost the line {lost:?}\n  hint: it must say what is recorded; give another outcome or date on the command line"
        );
    }
    let mut labelled = lines.iter().filter(|line| is_label(line));
    match labelled.find(|line| decision.labels.iter().all(|l| l != *line)) {
        Some(line) => bail!(
            "the letter says {line:?}, which would not be recorded\n  hint: give the outcome or the date on the command line, or say it in other words"
        ),
        None => Ok(()),
    }
}

/// Queues a letter in the reporter's thread; gives its number.
pub fn by_person(
    tx: &Tx,
    config: &Config,
    file: &File,
    decision: &Decision,
    writing: &Writing,
) -> Result<i64> {
    let recipient = file.row.reporter.as_ref().with_context(|| {
        format!(
            "{} has no address that can be written to",
            file.row.reference
        )
    })?;
    is_outside(config, file, recipient)?;
    check_labels(writing.letter, decision)?;
    let sender = sender_of(config, &file.row.mailbox)?;
    let id = fresh_id(sender)?;
    let draft = Draft {
        from: sender,
        to: recipient,
        letter: writing.letter,
        thread: thread_of_ticket(tx, file)?,
        marks: Marks::ByPerson,
    };
    let (body, bytes) = match writing.encrypted {
        Some(message) => (
            NOT_KEPT,
            draft.bytes_encrypted(config, &id, tx.now(), message)?,
        ),
        None => (
            writing.letter.body.as_str(),
            draft.bytes_with(config, &id, tx.now(), writing.enclosed)?,
        ),
    };
    let facts = [decision.told.as_slice(), decision.last.as_slice()].concat();
    tx.add_letter(&NewLetter {
        ticket: Some(file.row.number),
        kind: decision.kind,
        sender,
        recipient,
        by: By::Person(decision.who.clone()),
        facts: &facts,
        subject: &writing.letter.subject,
        body,
        go: Go::Queued(&id, &bytes, tx.now() + writing.grace),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::LetterKind;
    use crate::ticket::TicketNo;

    #[test]
    fn a_letter_says_what_is_recorded_and_no_more() {
        let check = |body: &str, wanted: Option<&str>| {
            let decision = Decision {
                labels: vec![
                    "Assessment: accepted".to_owned(),
                    "Expected resolution: 2027-02-01".to_owned(),
                ],
                ..Decision::new(TicketNo(1), "anna", 1, LetterKind::Evaluation)
            };
            let letter = letters::Letter {
                subject: "s".into(),
                body: body.to_owned(),
            };
            let why = check_labels(&letter, &decision)
                .err()
                .map(|why| why.to_string());
            let fits = match (&why, wanted) {
                (Some(why), Some(wanted)) => why.contains(wanted),
                (why, wanted) => why.is_none() && wanted.is_none(),
            };
            assert!(fits, "{why:?} for {body:?}");
        };
        let both = "  Assessment: accepted\n  Expected resolution: 2027-02-01\n";
        check(both, None);
        check(&format!("{both}> Expected resolution: 2026-01-01\n"), None);
        check("  Assessment: accepted\n", Some("has lost the line"));
        for more in ["Expected resolution: 2027-03-01", "Assessment : accepted"] {
            check(&format!("{both}{more}\n"), Some("would not be recorded"));
        }
    }
}
