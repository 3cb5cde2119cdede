//! Taking in one mail: its row, its ticket, its facts, its deadlines and its
//! acknowledgement, all in one transaction.
//!
//! This is where parsing, deciding and writing meet, so it only calls. It must never
//! drop a mail: whatever the verdict, a row is written.

mod unread;

use super::class::classes;
use super::{likeness, post, refresh, restore, settle};
use crate::config::{Config, MailboxConfig};
use crate::mail::{Author, ContentDigest, Defect, Foreign, Mail};
use crate::store::{Letter, NewFact, NewMail, NewTicket, RawBytes, Sighting, Tx};
use crate::ticket::{By, Stage, Ticket, TicketNo, What};
use crate::triage::{self, Authenticated, Because, Kind, Place, Reply, Role, Verdict, Way};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Message-IDs of a bounce that are looked up: a bounce is about one mail.
const GIVEN_BACK_AT_MOST: usize = 50;

/// A mail that has arrived, parsed and compressed.
pub struct Arrival<'a> {
    /// The mailbox that it came to.
    pub mailbox: &'a MailboxConfig,
    /// Where it was seen, and when it was received.
    pub seen: Sighting,
    /// Its server's date was unusable: ours stands in its place.
    pub our_clock: bool,
    /// The server numbered the folder anew, and its baseline is known by date alone: what
    /// looks new may be old.
    pub may_be_old: bool,
    /// The row that it has all the same, written when its server did not give it: from now on
    /// that row says what the mail says, and its ticket is the mail's.
    pub row: Option<i64>,
    /// Why the server did not give it, or not all of it.
    pub refused: Option<&'a str>,
    /// What it says.
    pub mail: &'a Mail,
    /// The digest of its content.
    pub digest: &'a ContentDigest,
    /// Its bytes.
    pub raw: &'a RawBytes,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its number.
    pub mail: i64,
    /// Its ticket; none is the tray.
    pub ticket: Option<TicketNo>,
    /// How it was judged.
    pub verdict: Verdict,
}

/// When a mail was received: the server's date, or our clock where that date is missing,
/// more than 5 minutes in the future, or before the year 2000.
pub fn receipt(internal_date: Option<Timestamp>, now: Timestamp) -> (Timestamp, bool) {
    let year_2000 = Timestamp::from_second(946_684_800).unwrap_or(Timestamp::UNIX_EPOCH);
    match internal_date {
        Some(at) if at >= year_2000 && at <= now + SignedDuration::from_mins(5) => (at, false),
        Some(_) | None => (now, true),
    }
}

/// Takes it in.
pub fn ingest(tx: &Tx, config: &Config, arrival: &Arrival) -> Result<Taken> {
    let digest = arrival.digest.hex();
    let known = tx.known(arrival.mail, &digest)?;
    let way = Way {
        folder: Role::Inbox,
        authenticated: Authenticated::None,
        received_at: arrival.seen.received_at,
    };
    let mut verdict = triage::judge(arrival.mail, &known, &config.house(), &way, tx.now());
    if verdict.reply.is == Reply::Acknowledge
        && let Some(because) = held_all_the_same(tx, arrival)?
    {
        verdict.reply = Because {
            is: Reply::Held,
            because: because.to_owned(),
        };
    }
    let unread = unread::ticket_of(tx, arrival)?;
    let ticket = match verdict.place.is {
        Place::Joins(t) | Place::Internal(t) | Place::Copy(t) => Some(t),
        Place::New => Some(match unread {
            Some(ticket) => unread::fill(tx, arrival, ticket, &mut verdict)?,
            None => open(tx, config, arrival, None)?,
        }),
        Place::Claims(t) => Some(open(tx, config, arrival, Some(t))?),
        Place::CopyInTray | Place::InternalInTray | Place::Tray => None,
    };
    let came_back = came_back(tx, arrival.mail, &verdict)?;
    // Before the facts of the bounce: first a letter was taken, then it came back.
    came_back
        .iter()
        .try_for_each(|letter| settle::came_back(tx, config, letter))?;
    let mail = write_row(tx, arrival, &digest, &verdict, ticket)?;
    likeness::mark(tx, mail, arrival.mail, verdict.kind.is, verdict.place.is)?;
    unread::tell(tx, config, unread, ticket)?;
    if let Some(ticket) = ticket {
        let mut facts = facts_of(tx, arrival, &verdict, &came_back, unread)?;
        facts.extend(classed(tx, config, arrival, verdict.place.is, unread)?);
        write_facts(tx, arrival, (ticket, mail), facts)?;
        refresh(tx, config, ticket)?;
        reply(tx, config, arrival, ticket, &verdict)?;
    }
    Ok(Taken {
        mail,
        ticket,
        verdict,
    })
}

fn write_facts(
    tx: &Tx,
    arrival: &Arrival,
    (ticket, mail): (TicketNo, i64),
    facts: Vec<What>,
) -> Result<()> {
    let reopens = facts.contains(&What::Reopened);
    for what in facts {
        // Mail that was on its way while the ticket closed came after it.
        let at = match tx.last_instant(ticket)? {
            Some(last) if reopens => arrival.seen.received_at.max(last),
            Some(_) | None => arrival.seen.received_at,
        };
        tx.add_fact(
            ticket,
            &NewFact {
                at,
                letter: letter_of(&what),
                what,
                by: By::Gatepost,
                mail: Some(mail),
                via: None,
            },
        )?;
    }
    Ok(())
}

/// The letters of ours that a bounce gives back. Where it gives back none it cites one: the
/// nearest, for some servers cite all of the thread, and the letters before it arrived.
fn came_back(tx: &Tx, mail: &Mail, verdict: &Verdict) -> Result<Vec<Letter>> {
    let is_copy = matches!(verdict.place.is, Place::Copy(_) | Place::CopyInTray);
    if verdict.kind.is != Kind::Bounce || is_copy || mail.shape.is_no_failure {
        return Ok(Vec::new());
    }
    let mut letters: BTreeMap<i64, Letter> = BTreeMap::new();
    for id in mail.returned_ids.iter().take(GIVEN_BACK_AT_MOST) {
        letters.extend(tx.letter_named(id)?.map(|letter| (letter.id, letter)));
    }
    for id in mail.cites().into_iter().take(GIVEN_BACK_AT_MOST) {
        if letters.is_empty() {
            letters.extend(tx.letter_named(id)?.map(|letter| (letter.id, letter)));
        }
    }
    Ok(letters.into_values().collect())
}

fn reply(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    ticket: TicketNo,
    verdict: &Verdict,
) -> Result<()> {
    match verdict.reply.is {
        Reply::Acknowledge => post::acknowledge(tx, config, arrival, ticket, None),
        Reply::Held => post::acknowledge(tx, config, arrival, ticket, Some(&verdict.reply.because)),
        Reply::None => Ok(()),
    }
}

/// Why a receipt that nothing speaks against waits for a person: the record may have lost
/// what was before.
fn held_all_the_same(tx: &Tx, arrival: &Arrival) -> Result<Option<&'static str>> {
    if arrival.may_be_old {
        return Ok(Some("the server numbered the folder anew: it may be old"));
    }
    restore::holds_receipt(tx, arrival.seen.received_at)
}

fn open(tx: &Tx, config: &Config, arrival: &Arrival, claims: Option<TicketNo>) -> Result<TicketNo> {
    tx.keep_policy(&config.policy)?;
    let (reporter, name) = match &arrival.mail.author {
        Author::One { address, name } => (Some(address), name.clone()),
        Author::Several | Author::Unusable => (None, Foreign::default()),
    };
    tx.open_ticket(&NewTicket {
        prefix: &config.reference,
        year: config.calendar.local_date(arrival.seen.received_at).year(),
        mailbox: &arrival.mailbox.name,
        policy: &config.policy.digest,
        opened_at: arrival.seen.received_at,
        subject: &arrival.mail.subject,
        reporter,
        reporter_name: &name,
        claims,
    })
}

fn write_row(
    tx: &Tx,
    arrival: &Arrival,
    digest: &str,
    verdict: &Verdict,
    ticket: Option<TicketNo>,
) -> Result<i64> {
    let mail = arrival.mail;
    let mut defects: Vec<&str> = mail.defects.iter().map(|d: &Defect| d.word()).collect();
    if arrival.our_clock {
        defects.push("date-by-our-clock");
    }
    let nobody = Foreign::default();
    let row = NewMail {
        seen: arrival.seen,
        digest,
        message_id: mail.message_id.as_ref(),
        cites: &mail.cites(),
        author: mail.author.address(),
        author_name: mail.author.name().unwrap_or(&nobody),
        subject: &mail.subject,
        kind: (verdict.kind.is.word(), &verdict.kind.because),
        place: (verdict.place.is.word(), &verdict.place.because),
        reply: (verdict.reply.is.word(), &verdict.reply.because),
        defects: &defects.join(" "),
        ticket,
        raw: arrival.raw,
    };
    match arrival.row {
        Some(id) => tx.fill_mail(id, &row).map(|()| id),
        None => tx.add_mail(&row),
    }
}

/// What the mail makes true on its ticket, which may have it `unread` since it came.
fn facts_of(
    tx: &Tx,
    arrival: &Arrival,
    verdict: &Verdict,
    came_back: &[Letter],
    unread: Option<TicketNo>,
) -> Result<Vec<What>> {
    let noted = |why: &str| {
        vec![What::Noted {
            why: why.to_owned(),
        }]
    };
    let mut facts = match verdict.place.is {
        Place::New if unread.is_some() => noted("the mail server gives the mail now"),
        Place::New | Place::Claims(_) => vec![What::Received],
        Place::Copy(_) => vec![What::CopyReceived],
        Place::Internal(_) => noted(&verdict.place.because),
        Place::CopyInTray | Place::InternalInTray | Place::Tray => Vec::new(),
        Place::Joins(ticket) => match verdict.kind.is {
            Kind::Own => noted("a letter of ours"),
            Kind::Automatic => noted("automatic mail"),
            Kind::UnprovenTeam => noted("says that it is from the team, without proof"),
            Kind::Bounce if arrival.mail.shape.is_no_failure => {
                noted("a delivery report, and not of a failure")
            }
            Kind::Bounce => bounced(came_back, ticket),
            Kind::Machine => noted("a report that a program makes"),
            Kind::Team => noted("from the team"),
            Kind::Platform
            | Kind::List
            | Kind::AutomaticSender
            | Kind::Suppressed
            | Kind::Person => joined(arrival, tx, ticket)?,
        },
    };
    facts.extend(arrival.refused.map(|why| What::Noted {
        why: format!("the mail server did not give all of the mail: {why}"),
    }));
    Ok(facts)
}

/// The classes that the mail gives its ticket, from its own receipt on: all of a new one,
/// and to the ticket that it is a copy for, or that had it unread, those that it has not.
fn classed(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    place: Place,
    unread: Option<TicketNo>,
) -> Result<Vec<What>> {
    let has = match (place, unread) {
        (Place::New, None) | (Place::Claims(_), _) => Vec::new(),
        (Place::New, Some(ticket)) | (Place::Copy(ticket), _) => {
            Ticket::fold(&tx.facts_of(ticket)?).classes
        }
        (
            Place::Joins(_)
            | Place::Internal(_)
            | Place::InternalInTray
            | Place::CopyInTray
            | Place::Tray,
            _,
        ) => return Ok(Vec::new()),
    };
    let classes = classes(config, arrival.mailbox, arrival.mail).into_iter();
    let new = classes.filter(|class| !has.contains(class));
    Ok(new.map(|class| What::Classed { class }).collect())
}

/// Each letter of this ticket to its reporter that came back did not arrive.
fn bounced(came_back: &[Letter], ticket: TicketNo) -> Vec<What> {
    let of_ticket = |l: &&Letter| l.ticket == Some(ticket) && !l.kind.is_internal();
    let undelivered = |letter: &Letter| What::Undelivered {
        letter: letter.id,
        why: "a bounce came back".to_owned(),
    };
    let all: Vec<What> = came_back
        .iter()
        .filter(of_ticket)
        .map(undelivered)
        .collect();
    match all.is_empty() {
        true => vec![What::Noted {
            why: "a bounce of another mail".to_owned(),
        }],
        false => all,
    }
}

/// A person on the ticket wrote; somebody of the team is no reporter. Whoever writes
/// after closing opens the ticket again, and every clock of a new report starts.
fn joined(arrival: &Arrival, tx: &Tx, ticket: TicketNo) -> Result<Vec<What>> {
    let people = tx.people(ticket)?;
    if !arrival
        .mail
        .author
        .address()
        .is_some_and(|a| people.contains(a))
    {
        let why = "from somebody who is not the reporter".to_owned();
        return Ok(vec![What::Noted { why }]);
    }
    let closed = Ticket::fold(&tx.facts_of(ticket)?).stage == Stage::Closed;
    Ok(if closed {
        vec![What::Reopened, What::Received, What::ReporterWrote]
    } else {
        vec![What::ReporterWrote]
    })
}

fn letter_of(what: &What) -> Option<i64> {
    if let What::Undelivered { letter, .. } = what {
        Some(*letter)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_is_the_servers_date_unless_that_cannot_be() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let check = |date: Option<&str>, expected: &str, ours: bool| {
            let date = date.map(|d| d.parse().unwrap());
            assert_eq!(receipt(date, now), (expected.parse().unwrap(), ours));
        };
        check(Some("2026-11-20T10:00:00Z"), "2026-11-20T10:00:00Z", false);
        check(Some("2026-11-22T12:05:00Z"), "2026-11-22T12:05:00Z", false);
        check(Some("2026-11-22T12:05:01Z"), "2026-11-22T12:00:00Z", true);
        check(Some("1999-12-31T23:59:59Z"), "2026-11-22T12:00:00Z", true);
        check(None, "2026-11-22T12:00:00Z", true);
    }
}
