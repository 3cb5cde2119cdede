//! Who wrote a mail, as far as the config and the mail server can tell, and the report of a
//! platform that it is about.

use super::Arrival;
use crate::mail::Address;
use crate::mail::auth::{self, Standing};
use crate::store::Tx;
use crate::ticket::{Field, TicketNo, What};
use crate::triage::{Authenticated, House, Place};
use anyhow::Result;

/// What our mail server says of who wrote it.
pub(super) fn standing(arrival: &Arrival) -> Standing {
    let (mail, ids) = (arrival.mail, &arrival.mailbox.authserv_ids);
    auth::standing(&mail.headers, ids, mail.author.address())
}

/// A list that wrote itself into From passes as itself; nobody vouches for the author.
pub(super) fn through_a_list(standing: Standing, rewritten: bool) -> Standing {
    if rewritten && standing.is == Authenticated::Pass {
        Standing::none("the list passed, which says nothing of the author")
    } else {
        standing
    }
}

/// Records on which ticket a report of a platform is. A new ticket bears the name that the
/// platform has for it.
pub(super) fn kept(
    tx: &Tx,
    (platform, id): &(&str, String),
    ticket: TicketNo,
    place: Place,
) -> Result<Option<What>> {
    tx.keep_report(platform, id, ticket)?;
    Ok((place == Place::New).then(|| What::Set {
        field: Field::External,
        value: Some(format!("{platform} {id}")),
        was: None,
    }))
}

/// The open tickets of those whom a mail of ours reached, as far as it says that it is ours.
pub(super) fn reached(tx: &Tx, house: &House, arrival: &Arrival) -> Result<Vec<TicketNo>> {
    let is_ours = |a: &Address| house.whose(a).is_some();
    if !arrival.mail.author.address().is_some_and(is_ours) {
        return Ok(Vec::new());
    }
    let outside = arrival.mail.recipients.iter().filter(|to| !is_ours(to));
    tx.open_tickets_of(outside, arrival.seen.received_at)
}
