//! The stage *junk*: what a ticket gains that was found among junk, and when it leaves it.
//!
//! A ticket that opens by a mail in a folder for junk waits aside; its deadlines run. It is
//! an ordinary one as soon as a person moves that mail to where mail arrives, or its
//! reporter writes there, or somebody of the team answers: nothing else takes it out but a
//! person's word.

use super::Arrival;
use crate::store::Tx;
use crate::ticket::{Stage, Ticket, TicketNo, What};
use crate::triage::junk::looks_like_report;
use crate::triage::{Kind, Place, Role, Verdict};
use anyhow::Result;

/// Adds what the folder of a mail makes true on its ticket to what the mail does.
pub(super) fn staged(
    tx: &Tx,
    arrival: &Arrival,
    verdict: &Verdict,
    mut facts: Vec<What>,
    unread: Option<TicketNo>,
) -> Result<Vec<What>> {
    let junked = || What::Junked {
        looks: looks_like_report(arrival.mail),
    };
    let is_junk = arrival.folder == Role::Junk;
    let ticket = match verdict.place.is {
        // One that was here unread was put among junk then, and may have been taken out since.
        Place::New if is_junk && unread.is_some() => return Ok(facts),
        Place::New | Place::Claims(_) if is_junk => {
            facts.push(junked());
            return Ok(facts);
        }
        Place::Joins(ticket) | Place::Copy(ticket) => Ticket::fold(&tx.facts_of(ticket)?),
        Place::New
        | Place::Claims(_)
        | Place::Internal(_)
        | Place::InternalInTray
        | Place::CopyInTray
        | Place::Tray
        | Place::Aside => {
            return Ok(facts);
        }
    };
    let copied = matches!(verdict.place.is, Place::Copy(_));
    let counts = copied || facts.contains(&What::ReporterWrote) || verdict.kind.is == Kind::Team;
    match (ticket.stage, is_junk) {
        (Stage::Junk, false) if counts => facts.push(What::Adopted),
        // It was closed among junk: moved to where mail arrives, it is a report that nobody
        // has looked at as one.
        (Stage::Closed, false) if copied && ticket.closed_as_junk => {
            facts.extend([What::Reopened, What::Received]);
        }
        // More of what was closed among junk.
        (Stage::Closed, true) if ticket.closed_as_junk && facts.contains(&What::Reopened) => {
            facts.push(junked());
        }
        _ => {}
    }
    Ok(facts)
}
