//! Where a mail belongs: on a ticket that it may join, on a new one, or in the tray.
//!
//! Whoever knows the Message-ID of a letter of ours has seen the letter: its id is 128
//! random bits. Whoever knows the id of a *mail* may have guessed it or read it
//! elsewhere. So citing is not enough for a person to join: the author must be one of
//! the ticket's people. Everybody else who cites a ticket gets a new one that says so.
//! Nothing here loses a mail: every arm ends on a ticket or in the tray. What the team
//! wrote to somebody without a ticket is *aside*: it has its row, asks nothing of anybody,
//! and joins when the mail comes in that it answers.
//!
//! A reference in the subject can be counted up by anybody. It joins only where our mail
//! server vouches for an author who is on the ticket under that very address, or where the
//! team wrote it; everywhere else it is a claim. By a Message-ID, an address with a detail
//! (`mia+work@`) is the address without it: who has the one reads the other.

use super::{Authenticated, Because, Cited, CitedWhat, Kind, Known, Place, Seen, Where};
use crate::mail::Address;
use crate::ticket::TicketNo;

/// A conversation from before gatepost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Its number.
    pub conversation: i64,
    /// Who wrote in it, and whom we wrote to.
    pub people: Vec<Address>,
}

/// The place of a mail of this kind.
pub(super) fn place(seen: &Seen, kind: Kind) -> Because<Place> {
    let known = seen.known;
    let place = if kind == Kind::Own {
        own(known)
    } else {
        from_before(known, kind)
            .or_else(|| copy(seen, kind))
            .or_else(|| internal(known))
            .unwrap_or_else(|| by_kind(seen, kind))
    };
    let ours = || {
        let author = seen.mail.author.address();
        author.is_some_and(|a| seen.house.whose(a).is_some())
    };
    match place.is {
        // What we sent ourselves waits for nobody in the tray.
        Place::Tray if seen.was_sent() && ours() => Because {
            is: Place::Aside,
            ..place
        },
        _ => place,
    }
}

fn own(known: &Known) -> Because<Place> {
    match known.own.as_ref().and_then(|letter| letter.ticket) {
        Some(ticket) => Because::new(Place::Joins(ticket), "the letter belongs to this ticket"),
        None => Because::new(Place::Tray, "the letter belongs to no ticket"),
    }
}

fn copy(seen: &Seen, kind: Kind) -> Option<Because<Place>> {
    match seen.known.copy? {
        // What counted for nothing is proven now.
        Where::Ticket(_) | Where::Tray if kind == Kind::Team && seen.known.copy_is_unproven => None,
        Where::Ticket(ticket) => Some(Because::new(
            Place::Copy(ticket),
            "the same content is on this ticket already",
        )),
        Where::Tray => Some(Because::new(
            Place::CopyInTray,
            "the same content lies in the tray already",
        )),
        Where::Aside => copy_of_what_we_sent(seen, kind),
    }
}

/// The team's own mail that it sent to us in Bcc. Where we are named, it is for us.
fn copy_of_what_we_sent(seen: &Seen, kind: Kind) -> Option<Because<Place>> {
    let for_us = seen.mail.recipients.iter();
    let for_us = for_us.filter(|to| seen.house.watched.contains(to)).count() > 0;
    let ours = matches!(kind, Kind::Team | Kind::UnprovenTeam);
    (ours && !for_us && !seen.was_sent()).then(|| {
        Because::new(
            Place::Aside,
            "the same content lies in the folder for sent mail",
        )
    })
}

/// Reminders go to the team only: whatever cites one is a matter of ours, from whomever.
fn internal(known: &Known) -> Option<Because<Place>> {
    let reminder = cited(known).find(|c| c.what == CitedWhat::Reminder)?;
    Some(match reminder.ticket {
        Some(ticket) => Because::new(Place::Internal(ticket), "it cites a reminder to the team"),
        None => Because::new(Place::InternalInTray, "it cites a digest to the team"),
    })
}

fn by_kind(seen: &Seen, kind: Kind) -> Because<Place> {
    let known = seen.known;
    match kind {
        Kind::Own => own(known),
        Kind::Bounce => match given_back(seen) {
            Some(ticket) => Because::new(
                Place::Joins(ticket),
                "it gives back a letter of this ticket",
            ),
            None => Because::new(Place::Tray, "it gives back nothing that we know"),
        },
        Kind::Machine => match knows(seen) {
            Some(ticket) => Because::new(Place::Internal(ticket), "it tells of this ticket's mail"),
            None => Because::new(Place::Tray, "it tells of no ticket"),
        },
        Kind::Team => team(seen),
        Kind::UnprovenTeam => match cited_ticket(known) {
            Some(ticket) if is_forged(seen) => Because::new(Place::Claims(ticket), FORGED),
            Some(ticket) => Because::new(
                Place::Internal(ticket),
                "it cites this ticket, and counts for nothing until it is proven",
            ),
            None => claims_or_new(known),
        },
        Kind::Automatic => match knows(seen) {
            Some(ticket) => Because::new(Place::Joins(ticket), "it cites this ticket"),
            None => claims_or_new(known),
        },
        Kind::Platform => platform(seen),
        Kind::List | Kind::AutomaticSender | Kind::Suppressed | Kind::Person => person(seen, kind),
    }
}

/// Mail that the team wrote itself. Where it cites nothing, those whom it reached say which
/// ticket it is about, if that is plain; what cites something that is not on record may be
/// about that.
fn team(seen: &Seen) -> Because<Place> {
    let known = seen.known;
    if let Some(ticket) = cited_ticket(known) {
        return Because::new(Place::Joins(ticket), "it cites this ticket");
    }
    if let [named] = known.named.as_slice() {
        return Because::new(Place::Joins(named.ticket), "its subject names this ticket");
    }
    let cites_nothing = seen.mail.cites().is_empty();
    match (known.reached.as_slice(), seen.was_sent()) {
        ([only], _) if cites_nothing => Because::new(
            Place::Joins(*only),
            "inferred: it cites nothing, and reached somebody who has this one open ticket",
        ),
        ([_, ..], _) => Because::new(
            Place::Tray,
            "it reached somebody with an open ticket, and does not say that it is about it",
        ),
        ([], true) => Because::new(Place::Tray, "it went to nobody who has an open ticket"),
        ([], false) => Because::new(Place::New, "the team forwards it, and it cites no ticket"),
    }
}

/// The id of its report goes before what it cites. It claims nothing: it is known.
fn platform(seen: &Seen) -> Because<Place> {
    if let Some(ticket) = seen.known.same_report {
        return Because::new(
            Place::Joins(ticket),
            "it bears the id of this ticket's report",
        );
    }
    let place = person(seen, Kind::Platform);
    match place.is {
        Place::Joins(_) => place,
        Place::Internal(_)
        | Place::Copy(_)
        | Place::CopyInTray
        | Place::InternalInTray
        | Place::Claims(_)
        | Place::New
        | Place::Tray
        | Place::Aside => Because::new(Place::New, "it tells of a report that is new"),
    }
}

/// Our mail server says that somebody else wrote it.
fn is_forged(seen: &Seen) -> bool {
    seen.way.authenticated == Authenticated::Fail
}

const FORGED: &str = "it cites this ticket, and its authentication failed";

fn person(seen: &Seen, kind: Kind) -> Because<Place> {
    let known = seen.known;
    if is_forged(seen) {
        return match cited_ticket(known) {
            Some(ticket) => Because::new(Place::Claims(ticket), FORGED),
            None => claims_or_new(known),
        };
    }
    let is_of = |cited: &&Cited| is_of(seen, &cited.people);
    let joins = |cited: &Cited| cited.ticket.map(Place::Joins);
    if let Some(place) = cited(known).filter(is_of).find_map(joins) {
        return Because::new(
            place,
            "it cites this ticket, and its author is one of the ticket's people",
        );
    }
    // Many people share the address of a program: a reference in its subject is anybody's.
    let is_one = matches!(kind, Kind::Person | Kind::Suppressed);
    if let Some(ticket) = named_and_proven(seen).filter(|_| is_one) {
        return Because::new(
            Place::Joins(ticket),
            "its subject names this ticket, and it is proven to be of one of the ticket's people",
        );
    }
    if let Some(ticket) = cited_ticket(known) {
        return Because::new(
            Place::Claims(ticket),
            "it cites this ticket, and its author is none of the ticket's people",
        );
    }
    if let Some(place) = known.cited_by.iter().filter(is_of).find_map(joins) {
        return Because::new(place, "a reply to it came first");
    }
    claims_or_new(known)
}

/// A mail that joins nothing: it may still cite a ticket, or its subject name one.
fn claims_or_new(known: &Known) -> Because<Place> {
    if let Some(ticket) = cited_ticket(known) {
        return Because::new(
            Place::Claims(ticket),
            "it cites this ticket, and its author is none of the ticket's people",
        );
    }
    match (known.named.first(), &known.before) {
        (Some(named), _) => Because::new(
            Place::Claims(named.ticket),
            "its subject names this ticket, which anybody can",
        ),
        (None, Some(_)) => Because::new(Place::New, "it cites a conversation from before gatepost"),
        (None, None) => Because::new(Place::New, "it cites no ticket"),
    }
}

/// What was there before gatepost and was asked for since counts for nothing, but for what
/// the team wrote itself.
fn from_before(known: &Known, kind: Kind) -> Option<Because<Place>> {
    const WHY: &str =
        "it is from before gatepost, and of the conversation that this ticket continues";
    let ticket = known.asked_for?;
    Some(match kind {
        Kind::Team => Because::new(Place::Joins(ticket), WHY),
        _ => Because::new(Place::Internal(ticket), WHY),
    })
}

/// The author is one of these, with a detail or without.
fn is_of(seen: &Seen, people: &[Address]) -> bool {
    let author = seen.mail.author.address();
    author.is_some_and(|author| people.iter().any(|p| p.is_same_mailbox(author)))
}

/// The ticket that its subject names and whose own people wrote it, as our mail server
/// vouches. Its address is compared as it is: the subject proves nothing of its own.
fn named_and_proven(seen: &Seen) -> Option<TicketNo> {
    let author = seen.mail.author.address()?;
    let mut named = seen.known.named.iter();
    let passed = seen.way.authenticated == Authenticated::Pass;
    let named = named.find(|named| passed && named.people.contains(author))?;
    Some(named.ticket)
}

/// The ticket of a letter that a program cites: to know its id is to have it. By the id of a
/// mail, only where one of the ticket's people sent it.
fn knows(seen: &Seen) -> Option<TicketNo> {
    let known = |c: &&Cited| c.what == CitedWhat::Letter || is_of(seen, &c.people);
    let mut all = cited(seen.known).filter(|_| !is_forged(seen));
    all.find(|c| known(c) && c.ticket.is_some())?.ticket
}

/// The ticket of the letter, or of the mail of the team's own, that a bounce names. What
/// bounces is written by mail servers that fail their own proof: the id of a letter is
/// enough, and that of a mail is not.
fn given_back(seen: &Seen) -> Option<TicketNo> {
    let known = seen.known;
    let mut both = known.returned.iter().chain(&known.cited);
    let ours = |c: &&Cited| match c.what {
        CitedWhat::Letter => true,
        CitedWhat::Team => !is_forged(seen),
        CitedWhat::Reminder | CitedWhat::Mail => false,
    };
    both.find(|c| ours(c) && c.ticket.is_some())?.ticket
}

/// The conversation from before gatepost that it continues: one that its author is of.
pub(super) fn continues(seen: &Seen) -> Option<i64> {
    let before = seen.known.before.as_ref()?;
    let is_theirs = !is_forged(seen) && is_of(seen, &before.people);
    is_theirs.then_some(before.conversation)
}

/// What a mail cites, nearest first, and then what a report gives back.
fn cited(known: &Known) -> impl Iterator<Item = &Cited> {
    known.cited.iter().chain(&known.returned)
}

fn cited_ticket(known: &Known) -> Option<TicketNo> {
    cited(known).find_map(|c| c.ticket)
}

#[cfg(test)]
mod tests;
