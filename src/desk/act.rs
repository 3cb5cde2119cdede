//! What a person decides: evaluate a report, take a mail out of the tray, release or
//! drop a letter.
//!
//! A decision and its letter are written together. What the letter says becomes true
//! when the server takes it, in [`settle`](super::settle).

use super::settle::{self, supersede_acknowledgement};
use super::{File, file, post, refresh};
use crate::config::Config;
use crate::letters;
use crate::store::{Letter, LetterState, NewFact, NewTicket, Tx};
use crate::ticket::{By, Outcome, TicketNo, What};
use crate::triage::Kind;
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use jiff::civil::Date;

/// An evaluation, as a person gave it.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The ticket.
    pub ticket: TicketNo,
    /// The outcome.
    pub outcome: Outcome,
    /// The date by which a resolution is expected, local.
    pub expected: Option<Date>,
    /// Who evaluates, by the name in the config.
    pub who: String,
    /// The number of the last fact that they saw.
    pub seen: i64,
    /// How long its letter waits, so that it can be dropped.
    pub grace: SignedDuration,
}

/// Something came in between: nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newer {
    /// What came since, in words.
    pub since: Vec<String>,
    /// The number of the last fact now.
    pub last: i64,
}

impl std::fmt::Display for Newer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "while you wrote: {}. Nothing was sent\n  hint: look (`show`), then again with --after {}",
            self.since.join(", "),
            self.last
        )
    }
}

impl std::error::Error for Newer {}

impl Evaluation {
    /// What its delivery makes true. An accepted report without a date, or an interim
    /// answer, meets only a part of what was promised; a final outcome needs no date
    /// and closes the ticket.
    pub fn facts(&self) -> Vec<What> {
        let mut facts = vec![
            What::Answered,
            What::Evaluated {
                outcome: self.outcome,
            },
        ];
        match self.expected {
            // A date in an interim answer is when we write next, not when it is resolved.
            Some(_) if self.outcome.is_interim() => {}
            Some(on) => facts.push(What::Dated { on }),
            None if self.outcome.is_final() => facts.push(What::DateNotDue),
            None => {}
        }
        if self.outcome.is_final() {
            facts.push(What::Closed);
        }
        facts
    }

    /// Whether it can be given: refuses what would contradict itself.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn check(&self, today: Date) -> Result<()> {
        match self.expected {
            Some(_) if self.outcome.is_final() => bail!(
                "{} is a final outcome and has no expected date\n  hint: leave --expected out",
                self.outcome.word()
            ),
            Some(date) if date < today => bail!("the expected date {date} is in the past"),
            Some(date) if date > today.saturating_add(jiff::Span::new().years(2)) => {
                bail!("the expected date {date} is more than two years away")
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Records an evaluation and queues its letter; spam closes silently and gives `None`.
///
/// # Errors
/// [`Newer`] when a fact came since the last one that the person saw; or when there is
/// nobody to write to.
pub fn evaluate(
    tx: &Tx,
    config: &Config,
    evaluation: &Evaluation,
    letter: &letters::Letter,
) -> Result<Option<i64>> {
    let file = file(tx, config, evaluation.ticket)?;
    nothing_newer(&file, evaluation.seen)?;
    let by = By::Person(evaluation.who.clone());
    let fact = |what| NewFact {
        at: tx.now(),
        what,
        by: by.clone(),
        letter: None,
        mail: None,
        via: None,
    };
    tx.add_fact(
        evaluation.ticket,
        &fact(What::Decided {
            outcome: evaluation.outcome,
            expected: evaluation.expected,
        }),
    )?;
    if evaluation.outcome == Outcome::Spam {
        tx.add_fact(evaluation.ticket, &fact(What::Closed))?;
        supersede_acknowledgement(tx, evaluation.ticket)?;
        refresh(tx, config, evaluation.ticket)?;
        return Ok(None);
    }
    refresh(tx, config, evaluation.ticket)?;
    post::evaluation(tx, config, &file, evaluation, letter).map(Some)
}

fn nothing_newer(file: &File, seen: i64) -> Result<()> {
    let since: Vec<String> = file
        .facts
        .iter()
        .filter(|f| f.n > seen)
        .map(|f| format!("{} (fact {})", f.what.name(), f.n))
        .collect();
    if since.is_empty() {
        Ok(())
    } else {
        Err(Newer {
            since,
            last: file.ticket.last_fact,
        }
        .into())
    }
}

/// Opens a ticket for a mail in the tray, its clock running from receipt. It is never
/// acknowledged: what lay in the tray looked like no report, and its author, where a
/// program wrote it, is no reporter to write to.
///
/// # Errors
/// When the mail is not in the tray.
pub fn adopt(tx: &Tx, config: &Config, mail: i64, who: &str) -> Result<TicketNo> {
    let row = tx.mail(mail)?.with_context(|| {
        format!("there is no mail {mail}\n  hint: `gatepost adopt` lists the tray")
    })?;
    if let Some(ticket) = row.ticket {
        bail!("mail {mail} is on ticket {ticket} already");
    }
    tx.keep_policy(&config.policy)?;
    let ticket = tx.open_ticket(&NewTicket {
        prefix: &config.reference,
        year: config.calendar.local_date(row.received_at).year(),
        mailbox: &row.mailbox,
        policy: &config.policy.digest,
        opened_at: row.received_at,
        subject: &row.subject,
        reporter: row
            .author
            .as_ref()
            .filter(|_| row.kind.0 == Kind::Person.word()),
        reporter_name: &row.author_name,
        claims: None,
    })?;
    tx.move_to_ticket(mail, ticket, &format!("taken out of the tray by {who}"))?;
    let by = By::Person(who.to_owned());
    tx.add_fact(
        ticket,
        &NewFact {
            at: row.received_at,
            what: What::Received,
            by,
            letter: None,
            mail: Some(mail),
            via: None,
        },
    )?;
    refresh(tx, config, ticket)?;
    Ok(ticket)
}

/// Releases a held acknowledgement, rendered anew.
///
/// # Errors
/// When the letter is not held.
pub fn release(tx: &Tx, config: &Config, letter: i64, who: &str) -> Result<()> {
    let held = tx
        .letter(letter)?
        .with_context(|| format!("there is no letter {letter}"))?;
    if held.state != LetterState::Held {
        bail!("letter {letter} is not held: it is {}", held.state.word());
    }
    post::release(tx, config, &held)?;
    note(tx, config, &held, who, "released")
}

/// Drops a letter that has not left.
///
/// # Errors
/// When it left, or is leaving.
pub fn drop_letter(tx: &Tx, config: &Config, letter: i64, who: &str) -> Result<()> {
    let row = tx
        .letter(letter)?
        .with_context(|| format!("there is no letter {letter}"))?;
    let droppable = matches!(
        row.state,
        LetterState::Held | LetterState::Queued | LetterState::Refused | LetterState::Unknown
    );
    if !droppable || !tx.move_letter(letter, row.state, LetterState::Dropped)? {
        bail!(
            "letter {letter} is {} and cannot be dropped",
            row.state.word()
        );
    }
    if row.kind.is_internal() {
        settle::tell_of_team(tx, &row)?;
    }
    note(tx, config, &row, who, "dropped")
}

/// Who did what with a letter stands among the facts of its ticket.
pub(super) fn note(tx: &Tx, config: &Config, letter: &Letter, who: &str, what: &str) -> Result<()> {
    let Some(ticket) = letter.ticket else {
        return Ok(());
    };
    let fact = NewFact {
        at: tx.now(),
        what: What::Noted {
            why: format!("{} {} {what}", letter.kind.word(), letter.id),
        },
        by: By::Person(who.to_owned()),
        letter: None,
        mail: None,
        via: None,
    };
    tx.add_fact(ticket, &fact)?;
    refresh(tx, config, ticket).map(drop)
}
