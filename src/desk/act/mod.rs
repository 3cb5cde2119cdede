//! What a person decides: evaluate a report, answer its reporter, take a mail out of the
//! tray.
//!
//! A decision and its letter are written together ([`decide`]). What the letter says
//! becomes true when the server takes it, in [`settle`](super::settle).

mod answer;
mod decision;
mod evaluate;
mod follow;
mod publication;

pub use answer::{Reply, close, dates_told, is_published, is_resolved, resolve};
pub(super) use decision::wrote_since;
pub use decision::{Decision, How, Newer, Said, Writing, decide};
pub use evaluate::Evaluation;
pub use follow::{FirstDate, Original, all_untold, first_date, followed, followers, untold};
pub use publication::{
    Publication, embargoed, frees, last_told, no_letter_tells_another, planned_told, too_early,
};

use super::refresh;
use crate::config::Config;
use crate::mail::Foreign;
use crate::store::{Document, NewFact, NewTicket, Tx};
use crate::ticket::{By, Stage, Ticket, TicketNo, What};
use crate::triage::Kind;
use anyhow::{Context, Result, bail};

/// Opens a ticket for a conversation from before gatepost. Its clock runs from the receipt of
/// the first mail that nobody of us has answered since or, where we wrote last, of the first
/// of all: our answers come in with the other mails, and count. It is never acknowledged.
///
/// # Errors
/// When there is no such conversation, or all of it is ours.
pub fn adopt_conversation(
    tx: &Tx,
    config: &Config,
    conversation: i64,
    who: &str,
) -> Result<TicketNo> {
    let all = tx.conversation(conversation)?;
    if all.is_empty() {
        bail!(
            "there is no conversation c{conversation} without a ticket\n  hint: `gatepost adopt` lists them"
        );
    }
    let answered = all.iter().rposition(|m| m.ours).map_or(0, |last| last + 1);
    let mut unanswered = all.iter().skip(answered);
    let first = unanswered.next().or_else(|| all.iter().find(|m| !m.ours));
    let Some(first) = first else {
        bail!("conversation c{conversation} is all ours: nobody waits for an answer");
    };
    let opened_at = first.received_at.unwrap_or(tx.now());
    tx.keep_policy(&config.policy)?;
    let ticket = tx.open_ticket(&NewTicket {
        prefix: &config.reference,
        year: config.calendar.local_date(opened_at).year(),
        mailbox: &first.mailbox,
        policy: &config.policy.digest,
        opened_at,
        subject: &first.subject,
        reporter: first.author.as_ref(),
        reporter_name: &Foreign::default(),
        claims: None,
    })?;
    tx.continue_from_before(conversation, ticket)?;
    tx.to_index(Document::Ticket(ticket.0))?;
    let fact = NewFact::new(opened_at, What::Received, By::Person(who.to_owned()));
    tx.add_fact(ticket, &fact)?;
    refresh(tx, config, ticket)?;
    Ok(ticket)
}

/// Opens a ticket for a mail in the tray, its clock running from receipt. It is never
/// acknowledged: what lay in the tray looked like no report, and its author, where a
/// program wrote it, is no reporter to write to. The ticket of a mail among junk becomes an
/// ordinary one, with its clock; its acknowledgement stays held until a person releases it.
///
/// # Errors
/// When the mail lies neither in the tray nor among junk.
pub fn adopt(tx: &Tx, config: &Config, mail: i64, who: &str) -> Result<TicketNo> {
    let row = tx.mail(mail)?.with_context(|| {
        format!("there is no mail {mail}\n  hint: `gatepost adopt` lists the tray and the junk")
    })?;
    if let Some(ticket) = row.ticket {
        return out_of_junk(tx, config, ticket, mail, who);
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

/// A person says that a ticket among junk is none.
fn out_of_junk(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    mail: i64,
    who: &str,
) -> Result<TicketNo> {
    if Ticket::fold(&tx.facts_of(ticket)?).stage != Stage::Junk {
        bail!("mail {mail} is on ticket {ticket} already");
    }
    tx.add_fact(
        ticket,
        &NewFact {
            at: tx.now(),
            what: What::Adopted,
            by: By::Person(who.to_owned()),
            letter: None,
            mail: Some(mail),
            via: None,
        },
    )?;
    refresh(tx, config, ticket)?;
    Ok(ticket)
}
