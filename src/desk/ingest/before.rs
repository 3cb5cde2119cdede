//! What ties a mail to a ticket beside the ids that it cites: whom it reached, its subject, and
//! what was there before gatepost.

use super::{Arrival, who};
use crate::config::Config;
use crate::store::Tx;
use crate::ticket::TicketNo;
use crate::triage::{Known, Verdict, references_in};
use anyhow::Result;

/// Adds it to what is known.
pub(super) fn gather(tx: &Tx, config: &Config, arrival: &Arrival, known: &mut Known) -> Result<()> {
    known.reached = who::reached(tx, &config.house(), arrival)?;
    let references = references_in(&arrival.mail.subject, &config.reference);
    known.named = tx.named(&references)?;
    // An old mail that the server refused has its row on the ticket that asked for it, and
    // is none that is new when it is given.
    let row = arrival.row.map(|id| tx.mail(id)).transpose()?.flatten();
    let was = row.filter(|row| row.place.0 == "internal");
    let was = was.and_then(|row| row.ticket);
    known.asked_for = tx.asked_for(arrival.seen.place())?.or(was);
    Ok(())
}

/// The rest of a conversation that is continued is asked for; what was asked for is there.
pub(super) fn keep(
    tx: &Tx,
    arrival: &Arrival,
    known: &Known,
    verdict: &Verdict,
    ticket: Option<TicketNo>,
) -> Result<()> {
    if let (Some(conversation), Some(ticket)) = (verdict.continues, ticket) {
        tx.continue_from_before(conversation, ticket)?;
    }
    if known.asked_for.is_some() {
        tx.is_taken_in(arrival.seen.place())?;
    }
    Ok(())
}
