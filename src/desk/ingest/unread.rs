//! A mail that has its row and its ticket unread, because the server did not give it, and
//! that comes after all: the row and the ticket become what they would have been.

use super::Arrival;
use crate::config::Config;
use crate::desk::refresh;
use crate::mail::{Author, Foreign};
use crate::store::{NewFact, Tx};
use crate::ticket::{By, TicketNo, What};
use crate::triage::{Because, Kind, Reply, Verdict};
use anyhow::Result;

/// The ticket that was opened for it unread.
pub(super) fn ticket_of(tx: &Tx, arrival: &Arrival) -> Result<Option<TicketNo>> {
    let row = arrival.row.map(|id| tx.mail(id)).transpose()?.flatten();
    Ok(row.and_then(|row| row.ticket))
}

/// The ticket gets the mail's subject, and its author where nobody has set a reporter. When
/// people have had to do with it, they may have written already: the receipt is held.
pub(super) fn fill(
    tx: &Tx,
    arrival: &Arrival,
    ticket: TicketNo,
    verdict: &mut Verdict,
) -> Result<TicketNo> {
    let (reporter, name) = match &arrival.mail.author {
        // Whose report it is that the team forwards, a person says.
        _ if verdict.kind.is == Kind::Team => (None, Foreign::default()),
        Author::One { address, name } => (Some(address), name.clone()),
        Author::Several | Author::Unusable => (None, Foreign::default()),
    };
    tx.fill_ticket(ticket, &arrival.mail.subject, reporter, &name)?;
    let facts = tx.facts_of(ticket)?;
    let seen_to = facts.iter().any(|fact| fact.by != By::Gatepost);
    if seen_to && verdict.reply.is == Reply::Acknowledge {
        verdict.reply = Because {
            is: Reply::Held,
            because: "it came unread, and somebody has seen to it".to_owned(),
        };
    }
    Ok(ticket)
}

/// Where the mail belongs elsewhere, the ticket that had it unread says so.
pub(super) fn tell(
    tx: &Tx,
    config: &Config,
    unread: Option<TicketNo>,
    now_on: Option<TicketNo>,
) -> Result<()> {
    let Some(ticket) = unread.filter(|_| unread != now_on) else {
        return Ok(());
    };
    let place = now_on.map_or("in the tray".to_owned(), |on| format!("on ticket {on}"));
    let fact = NewFact {
        at: tx.now(),
        letter: None,
        what: What::Noted {
            why: format!("the mail server gives the mail now, and it is {place}"),
        },
        by: By::Gatepost,
        mail: None,
        via: None,
    };
    tx.add_fact(ticket, &fact)?;
    refresh(tx, config, ticket).map(drop)
}
