//! What a person decides: evaluate a report, answer its reporter, take a mail out of the
//! tray.
//!
//! A decision and its letter are written together ([`decide`]). What the letter says
//! becomes true when the server takes it, in [`settle`](super::settle).

mod answer;
mod decision;
mod evaluate;
mod follow;

pub use answer::{Publication, Reply, close, dates_told, is_published, is_resolved, resolve};
pub(super) use decision::wrote_since;
pub use decision::{Decision, How, Newer, Said, Writing, decide};
pub use evaluate::Evaluation;
pub use follow::{Original, followed, followers};

use super::refresh;
use crate::config::Config;
use crate::store::{NewFact, NewTicket, Tx};
use crate::ticket::{By, Stage, Ticket, TicketNo, What};
use crate::triage::Kind;
use anyhow::{Context, Result, bail};

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
