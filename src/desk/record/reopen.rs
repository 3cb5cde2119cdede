//! Opening a ticket again, and saying that something on record was wrong.

use super::add;
use super::refuse;
use crate::config::Config;
use crate::desk::{file, refresh};
use crate::store::Tx;
use crate::ticket::{Fact, Field, Outcome, Stage, TicketNo, What, counting};
use anyhow::Result;

/// Opens a closed ticket again, because of something that a person may say.
///
/// # Errors
/// When it is open.
pub fn reopen(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    because: Option<&str>,
    who: &str,
) -> Result<()> {
    let file = file(tx, config, ticket)?;
    if file.ticket.stage != Stage::Closed {
        refuse!(
            "{} is open\n  hint: --retract FACT takes back what was wrong; show {} --log numbers the facts",
            file.row.reference,
            file.row.number.0
        );
    }
    if let Some(text) = because {
        let text = text.to_owned();
        add(tx, ticket, What::Remarked { text }, who)?;
    }
    add(tx, ticket, What::Reopened, who)?;
    refresh(tx, config, ticket).map(drop)
}

/// Records that a fact was wrong, and why. What hung on it goes with it: the end of the
/// ticket, and of a final evaluation that no date was due. Gives the numbers of the facts
/// that no longer count.
///
/// # Errors
/// When the fact is not on the ticket, counts no longer, or is not ours to take back.
pub fn retract(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    n: i64,
    why: &str,
    who: &str,
) -> Result<Vec<i64>> {
    let file = file(tx, config, ticket)?;
    let standing = counting(&file.facts);
    let fact = standing.iter().copied().find(|f| f.n == n);
    let Some(fact) = fact else {
        refuse!(
            "{} has no fact {n} that counts\n  hint: show {} --log numbers them",
            file.row.reference,
            file.row.number.0
        )
    };
    if let Some(instead) = fixed(&fact.what) {
        refuse!(
            "{} (fact {n}) cannot be taken back: {instead}",
            fact.what.name()
        );
    }
    let mut gone = vec![n];
    gone.extend(
        standing
            .iter()
            .filter(|f| f.n != n && hangs_on(f, fact))
            .map(|f| f.n),
    );
    for fact in &gone {
        let (fact, why) = (*fact, why.to_owned());
        add(tx, ticket, What::Retracted { fact, why }, who)?;
    }
    refresh(tx, config, ticket)?;
    Ok(gone)
}

/// Why a fact cannot be taken back: what a server told us, and what has a place outside
/// of the facts.
fn fixed(what: &What) -> Option<&'static str> {
    match what {
        What::Received
        | What::CopyReceived
        | What::Junked { .. }
        | What::ReporterWrote
        | What::Noted { .. }
        | What::Acknowledged
        | What::Undelivered { .. } => Some("it is what a server told us"),
        What::Retracted { .. } => Some("record what is right instead"),
        What::Set {
            field: Field::Reporter | Field::CoFinder,
            ..
        } => Some("set it anew"),
        What::Decided { .. }
        | What::Evaluated { .. }
        | What::Dated { .. }
        | What::DateNotDue
        | What::Planned { .. }
        | What::Answered
        | What::Crossed { .. }
        | What::Adopted
        | What::Owned { .. }
        | What::Disowned
        | What::Resolved
        | What::UpdatePosted
        | What::Published
        | What::Thanked
        | What::Credited
        | What::CreditDeclined
        | What::Exploited
        | What::Classed { .. }
        | What::Unclassed { .. }
        | What::DateDecided { .. }
        | What::Set { .. }
        | What::Waiting { .. }
        | What::LastCalled { .. }
        | What::Remarked { .. }
        | What::DataAccessed { .. }
        | What::Closed
        | What::Reopened
        | What::Declared { .. } => None,
    }
}

/// A ticket that is opened again is not closed; where no evaluation counts, nothing says
/// that no date is due; and what was no duplicate follows nothing.
fn hangs_on(other: &Fact, retracted: &Fact) -> bool {
    let same_way = other.letter == retracted.letter
        && other.mail == retracted.mail
        && other.at == retracted.at;
    let closed = other.what == What::Closed && other.n > retracted.n;
    let no_date = other.what == What::DateNotDue && same_way;
    // A date that was planned, and that the reporter was told the same.
    let planned = matches!(other.what, What::Planned { .. }) && other.what == retracted.what;
    planned
        || (closed && ends_with_it(&retracted.what))
        || (tells_of_duplicate(&retracted.what) && is_original(&other.what))
        || (no_date && matches!(retracted.what, What::Evaluated { .. }))
}

fn tells_of_duplicate(what: &What) -> bool {
    let (What::Decided { outcome, .. } | What::Evaluated { outcome }) = what else {
        return false;
    };
    *outcome == Outcome::Duplicate
}

/// The evaluation of a duplicate names the first report by its number; what people set is
/// a whole reference.
fn is_original(what: &What) -> bool {
    let What::Set {
        field: Field::See,
        value: Some(value),
        ..
    } = what
    else {
        return false;
    };
    value.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a ticket that was closed after this would be open without it.
fn ends_with_it(what: &What) -> bool {
    matches!(
        what,
        What::Decided { .. }
            | What::Evaluated { .. }
            | What::DateNotDue
            | What::Resolved
            | What::UpdatePosted
            | What::Published
    )
}
