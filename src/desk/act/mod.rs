//! What a person decides: evaluate a report, answer its reporter, take a mail out of the
//! tray, release or drop a letter.
//!
//! A decision and its letter are written together ([`decide`]). What the letter says
//! becomes true when the server takes it, in [`settle`](super::settle).

mod answer;
mod decision;
mod evaluate;

pub use answer::{Publication, Reply, close, dates_told, is_published, is_resolved, resolve};
pub(super) use decision::wrote_since;
pub use decision::{Decision, How, Newer, Said, Writing, decide};
pub use evaluate::{Evaluation, Original, duplicates_of};

use super::{post, refresh};
use crate::config::Config;
use crate::store::{Letter, LetterState, NewFact, NewTicket, Tx};
use crate::ticket::{By, TicketNo, What};
use crate::triage::Kind;
use anyhow::{Context, Result, bail};

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
    note(tx, config, &row, who, "dropped")
}

/// Who did what with a letter stands among the facts of its ticket.
fn note(tx: &Tx, config: &Config, letter: &Letter, who: &str, what: &str) -> Result<()> {
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
