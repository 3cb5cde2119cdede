//! What the team wrote itself, in its own mail programs, and what that makes true.
//!
//! Only mail that is proven to be the team's comes here. It is an answer if it reached the
//! reporter; its labelled lines count only where it was found in the folder for sent mail,
//! and only under the conditions of [`Labelled`]. What does not count is noted, with the
//! reason, and a person can record it. No mail closes a ticket.

use super::act::dates_told;
use super::settle::supersede_acknowledgement;
use super::{File, head_of, read_mail};
use crate::config::Config;
use crate::mail::parse::every_text;
use crate::mail::{Address, Defect, Foreign, Mail, MessageId};
use crate::store::{LetterKind, LetterState, MailRow, NewFact, Tx};
use crate::ticket::{By, Fact, INFERRED, LABELLED, Outcome, Stage, TicketNo, What, counting};
use crate::triage::{Kind, Labelled, answers_nobody};
use anyhow::Result;
use jiff::Timestamp;

/// Mails of a reporter that are searched for a labelled line at most.
const SEARCHED: u32 = 200;

/// A mail of the team's own that is on record.
pub(super) struct Ours<'a> {
    /// Its number.
    pub id: i64,
    /// What it says.
    pub mail: &'a Mail,
    /// When it reached its folder.
    pub received_at: Timestamp,
    /// It was found in the folder for sent mail.
    pub was_sent: bool,
    /// It cites nothing: whom it reached says which ticket it is about.
    pub inferred: bool,
}

/// Writes what a mail of the team's own makes true on its ticket.
pub(super) fn counts(tx: &Tx, config: &Config, ticket: TicketNo, ours: &Ours) -> Result<()> {
    let reporter = tx.ticket(ticket)?.and_then(|row| row.reporter);
    let reached = |a: &&Address| ours.mail.recipients.contains(a);
    let nothing = match (answers_nobody(ours.mail), reporter.as_ref().filter(reached)) {
        (Some(why), _) => Some(format!("from the team, and no answer: {why}")),
        (None, None) => Some("from the team, and not to the reporter".to_owned()),
        (None, Some(_)) => None,
    };
    // A clock of ours may be behind that of the server: an answer comes after its question.
    let cited = tx.latest_of(ours.mail.cites().into_iter(), ticket)?;
    let at = cited.map_or(ours.received_at, |cited| cited.max(ours.received_at));
    let write = |what: What, via: Option<&str>| {
        let fact = NewFact {
            at,
            what,
            by: author(config, ours.mail),
            letter: None,
            mail: Some(ours.id),
            via: via.map(str::to_owned),
        };
        tx.add_fact(ticket, &fact)
    };
    if let Some(why) = nothing {
        return write(What::Noted { why }, None).map(drop);
    }
    let said = match ours.was_sent {
        true => labelled(tx, config, ticket, ours, at)?,
        false => Vec::new(),
    };
    write(What::Answered, ours.inferred.then_some(INFERRED))?;
    for what in said {
        let read = !matches!(what, What::Noted { .. });
        write(what, read.then_some(LABELLED))?;
    }
    supersede_acknowledgement(tx, ticket)?;
    supersede_queued(tx, ticket)
}

/// A receipt that has not left says less than the answer that is there.
fn supersede_queued(tx: &Tx, ticket: TicketNo) -> Result<()> {
    for letter in tx.letters_of(ticket)? {
        if letter.kind == LetterKind::Acknowledgement {
            tx.move_letter(letter.id, LetterState::Queued, LetterState::Superseded)?;
        }
    }
    Ok(())
}

/// Who wrote it, by name where From is the address of one of the team.
fn author(config: &Config, mail: &Mail) -> By {
    let from = mail.author.address();
    let member = config.team.iter().find(|m| Some(&m.address) == from);
    member.map_or(By::Gatepost, |m| By::Person(m.name.clone()))
}

/// Answers that were seen before this mail, which they cite, came in.
pub(super) fn late(tx: &Tx, config: &Config, id: &MessageId, ticket: TicketNo) -> Result<()> {
    for row in tx.set_aside_citing(id)? {
        tx.join_from_aside(
            row.id,
            ticket,
            "it cites this ticket, whose mail came later",
        )?;
        let mail = read_mail(tx, &row)?;
        let ours = Ours {
            id: row.id,
            mail: &mail,
            received_at: row.received_at,
            was_sent: true,
            inferred: false,
        };
        counts(tx, config, ticket, &ours)?;
    }
    Ok(())
}

/// Mails of ours that may answer this ticket, and do not say so: a person is asked. What
/// was answered since asks no more.
///
/// # Errors
/// When the store cannot be read.
pub fn asked(tx: &Tx, file: &File) -> Result<Vec<MailRow>> {
    let mut rows = tx.asked_of(file.row.number)?;
    rows.retain(|row| !is_answered(file, row.received_at));
    Ok(rows)
}

/// Whether nothing is to be answered that was there at `at`.
pub fn is_answered(file: &File, at: Timestamp) -> bool {
    let answered = |f: &&Fact| f.what == What::Answered && f.at >= at;
    let facts = counting(&file.facts);
    file.ticket.stage == Stage::Closed || facts.into_iter().any(|f| answered(&f))
}

/// What the labelled lines of a mail say that nobody has told the reporter before.
fn labelled(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    ours: &Ours,
    at: Timestamp,
) -> Result<Vec<What>> {
    let mail = ours.mail;
    if !Labelled::is_in(&mail.text, &config.organisation.labels) {
        return Ok(Vec::new());
    }
    let noted = |why: String| What::Noted {
        why: format!("a labelled line was passed over: {why}"),
    };
    let Some(theirs) = texts_of_reporter(tx, ticket, ours.id)? else {
        let why = "a mail that is not proven to be ours cannot be searched for it".to_owned();
        return Ok(vec![noted(why)]);
    };
    let said = config.calendar.local_date(at);
    let read = Labelled::read(&mail.text, &config.organisation.labels, &theirs, said);
    let facts = tx.facts_of(ticket)?;
    let mut whats: Vec<What> = read.passed_over.into_iter().map(noted).collect();
    if let Some(outcome) = read.outcome {
        whats.extend(evaluated(&facts, outcome));
    }
    if let Some(on) = read.expected {
        whats.push(match dates_told(&facts).as_slice() {
            // What was told before may be quoted: it says nothing new.
            [.., last] if *last == on => noted("the reporter was told that date before".into()),
            told if told.contains(&on) => noted("the reporter was told that date before".into()),
            _ => What::Dated { on },
        });
    }
    Ok(whats)
}

/// An outcome that the reporter was told before may be quoted: it says nothing new.
fn evaluated(facts: &[Fact], outcome: Outcome) -> Vec<What> {
    let told = counting(facts)
        .iter()
        .any(|f| f.what == What::Evaluated { outcome });
    if told {
        let why = "a labelled line was passed over: the reporter was told that outcome before";
        return vec![What::Noted { why: why.into() }];
    }
    let evaluated = What::Evaluated { outcome };
    match outcome.is_final() {
        true => vec![evaluated, What::DateNotDue],
        false => vec![evaluated],
    }
}

/// Every text that the reporter, or anybody else who is not proven to be us, sent; `None`
/// where one cannot be read as a whole.
fn texts_of_reporter(tx: &Tx, ticket: TicketNo, ours: i64) -> Result<Option<Vec<Foreign>>> {
    let reporter = tx.ticket(ticket)?.and_then(|row| row.reporter);
    let mut rows = tx.mails_of(ticket)?;
    if let Some(reporter) = &reporter {
        rows.extend(tx.mails_by(reporter, SEARCHED)?);
    }
    let same = tx.same_content(ours)?;
    let is_ours = |row: &MailRow| {
        let kind = row.kind.0.as_str();
        kind == Kind::Team.word() || same.contains(&row.id)
    };
    rows.retain(|row| !is_ours(row));
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    if rows.len() >= SEARCHED as usize {
        return Ok(None);
    }
    let mut texts = Vec::new();
    for row in &rows {
        match texts_of(tx, row)? {
            Some(of_row) => texts.extend(of_row),
            None => return Ok(None),
        }
    }
    Ok(Some(texts))
}

fn texts_of(tx: &Tx, row: &MailRow) -> Result<Option<Vec<Foreign>>> {
    let mail = read_mail(tx, row)?;
    let hides = |d: &Defect| matches!(d, Defect::Unreadable | Defect::Truncated);
    if mail.is_encrypted() || row.kept < row.size || mail.defects.iter().any(hides) {
        return Ok(None);
    }
    Ok(every_text(&head_of(tx, row)?))
}

#[cfg(test)]
mod tests;
