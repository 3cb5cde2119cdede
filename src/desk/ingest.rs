//! Taking in one mail: its row, its ticket, its facts, its deadlines and its
//! acknowledgement, all in one transaction.
//!
//! This is where parsing, deciding and writing meet, so it only calls. It must never
//! drop a mail: whatever the verdict, a row is written.

mod before;
mod junk;

use super::class::classes;
use super::ours::{self, Ours};
use super::{post, refresh, restore};
use crate::config::{Config, MailboxConfig};
use crate::mail::auth::{self, Standing};
use crate::mail::{Author, ContentDigest, Defect, Foreign, Mail, undone};
use crate::store::{NewFact, NewMail, NewTicket, RawBytes, Sighting, Tx};
use crate::ticket::{By, Stage, Ticket, TicketNo, What};
use crate::triage::{self, Authenticated, Because, Kind, Known, Place, Reply, Role, Verdict, Way};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

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
    /// What the folder that it was found in is for.
    pub folder: Role,
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
    let standing = standing(arrival);
    match undone(arrival.mail, &config.lists) {
        None => judged(tx, config, arrival, standing),
        Some(undone) => {
            let through = Arrival {
                mail: &undone.mail,
                ..*arrival
            };
            let standing = through_a_list(standing, undone.rewritten);
            judged(tx, config, &through, standing)
        }
    }
}

/// What our mail server says of who wrote it.
fn standing(arrival: &Arrival) -> Standing {
    let (mail, ids) = (arrival.mail, &arrival.mailbox.authserv_ids);
    auth::standing(&mail.headers, ids, mail.author.address())
}

/// A list that wrote itself into From passes as itself; nobody vouches for the author.
fn through_a_list(standing: Standing, rewritten: bool) -> Standing {
    if rewritten && standing.is == Authenticated::Pass {
        Standing::none("the list passed, which says nothing of the author")
    } else {
        standing
    }
}

fn judged(tx: &Tx, config: &Config, arrival: &Arrival, standing: Standing) -> Result<Taken> {
    let digest = arrival.digest.hex();
    let mut known = tx.known(arrival.mail, &digest)?;
    let way = Way {
        folder: arrival.folder,
        authenticated: standing.is,
        received_at: arrival.seen.received_at,
    };
    let house = config.house();
    before::gather(tx, config, arrival, &mut known)?;
    let report = triage::report_of(&house, &way, arrival.mail);
    if let Some((platform, id)) = &report {
        known.same_report = tx.ticket_of_report(platform, id)?;
    }
    let mut verdict = triage::judge(arrival.mail, &known, &house, &way, tx.now());
    if verdict.reply.is == Reply::Acknowledge
        && let Some(because) = held_all_the_same(tx, arrival)?
    {
        verdict.reply = Because {
            is: Reply::Held,
            because: because.to_owned(),
        };
    }
    let ticket = match verdict.place.is {
        Place::Joins(t) | Place::Internal(t) | Place::Copy(t) => Some(t),
        Place::New => Some(open(tx, config, arrival, verdict.kind.is, None)?),
        Place::Claims(t) => Some(open(tx, config, arrival, verdict.kind.is, Some(t))?),
        Place::CopyInTray | Place::Tray | Place::Aside => None,
    };
    let mail = write_row(tx, arrival, &digest, &verdict, standing, ticket)?;
    before::keep(tx, arrival, &known, &verdict, ticket)?;
    if let (Some(ticket), Some((platform, id)), Kind::Platform) = (ticket, &report, verdict.kind.is)
    {
        tx.keep_report(platform, id, ticket)?;
    }
    match ticket {
        Some(ticket) => on_ticket(tx, config, arrival, &known, (&verdict, ticket, mail))?,
        None if verdict.kind.is == Kind::Team => tx.ask_of(mail, &known.reached)?,
        None => {}
    }
    Ok(Taken {
        mail,
        ticket,
        verdict,
    })
}

/// Writes what the mail makes true on its ticket, and its acknowledgement.
fn on_ticket(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    known: &Known,
    (verdict, ticket, mail): (&Verdict, TicketNo, i64),
) -> Result<()> {
    write_facts(tx, config, arrival, verdict, (ticket, mail))?;
    if verdict.kind.is == Kind::Team && matches!(verdict.place.is, Place::Joins(_)) {
        let ours = Ours {
            id: mail,
            mail: arrival.mail,
            received_at: arrival.seen.received_at,
            was_sent: triage::was_sent(arrival.mail, arrival.folder),
            inferred: known.cited.iter().all(|cited| cited.ticket.is_none()),
        };
        ours::counts(tx, config, ticket, &ours)?;
    }
    refresh(tx, config, ticket)?;
    match verdict.reply.is {
        Reply::Acknowledge => post::acknowledge(tx, config, arrival, ticket, None)?,
        Reply::Held => {
            post::acknowledge(tx, config, arrival, ticket, Some(&verdict.reply.because))?
        }
        Reply::None => {}
    }
    if let Some(id) = arrival.mail.message_id.as_ref().filter(|_| known.answered) {
        ours::late(tx, config, id, ticket)?;
        refresh(tx, config, ticket)?;
    }
    Ok(())
}

/// Writes what the mail makes true on its ticket, but for what the team wrote itself.
fn write_facts(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    verdict: &Verdict,
    (ticket, mail): (TicketNo, i64),
) -> Result<()> {
    let facts = facts_of(tx, arrival, verdict)?;
    let mut facts = junk::staged(tx, arrival, verdict, facts)?;
    facts.extend(classed(tx, config, arrival, verdict)?);
    let reopens = facts.contains(&What::Reopened);
    for what in facts {
        // Mail that was on its way while the ticket closed came after it.
        let at = match tx.last_instant(ticket)? {
            Some(last) if reopens => arrival.seen.received_at.max(last),
            Some(_) | None => arrival.seen.received_at,
        };
        let fact = NewFact {
            at,
            letter: letter_of(&what),
            what,
            by: By::Gatepost,
            mail: Some(mail),
            via: None,
        };
        tx.add_fact(ticket, &fact)?;
    }
    Ok(())
}

/// Why a receipt that nothing speaks against waits for a person: the record may have lost
/// what was before.
fn held_all_the_same(tx: &Tx, arrival: &Arrival) -> Result<Option<&'static str>> {
    if arrival.may_be_old {
        return Ok(Some("the server numbered the folder anew: it may be old"));
    }
    restore::holds_receipt(tx, arrival.seen.received_at)
}

fn open(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    kind: Kind,
    claims: Option<TicketNo>,
) -> Result<TicketNo> {
    tx.keep_policy(&config.policy)?;
    let (reporter, name) = match &arrival.mail.author {
        // Whose report it is that the team forwards, a person says.
        _ if kind == Kind::Team => (None, Foreign::default()),
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
    authentication: Standing,
    ticket: Option<TicketNo>,
) -> Result<i64> {
    let mail = arrival.mail;
    let mut defects: Vec<&str> = mail.defects.iter().map(|d: &Defect| d.word()).collect();
    if arrival.our_clock {
        defects.push("date-by-our-clock");
    }
    let nobody = Foreign::default();
    tx.add_mail(&NewMail {
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
        authentication,
        defects: &defects.join(" "),
        ticket,
        raw: arrival.raw,
    })
}

/// What the mail makes true on its ticket.
fn facts_of(tx: &Tx, arrival: &Arrival, verdict: &Verdict) -> Result<Vec<What>> {
    let noted = |why: &str| {
        vec![What::Noted {
            why: why.to_owned(),
        }]
    };
    let ours = matches!(verdict.kind.is, Kind::Own | Kind::Team | Kind::UnprovenTeam);
    Ok(match verdict.place.is {
        Place::New | Place::Claims(_) => vec![What::Received],
        // What we sent, seen once more, is nothing that happened to the report.
        Place::Copy(_) if ours => Vec::new(),
        Place::Copy(_) => vec![What::CopyReceived],
        Place::Internal(_) => noted(&verdict.place.because),
        Place::CopyInTray | Place::Tray | Place::Aside => Vec::new(),
        Place::Joins(ticket) => match verdict.kind.is {
            // Where sent mail lies, it says nothing that the record does not.
            Kind::Own if arrival.folder == Role::Sent => Vec::new(),
            Kind::Own => noted("a letter of ours"),
            Kind::Automatic => noted("automatic mail"),
            Kind::UnprovenTeam => noted("says that it is from the team, without proof"),
            Kind::Bounce => bounced(tx, arrival, ticket)?,
            Kind::Machine => noted("a report that a program makes"),
            // See `ours`.
            Kind::Team => Vec::new(),
            Kind::Platform
            | Kind::List
            | Kind::AutomaticSender
            | Kind::Suppressed
            | Kind::Person => joined(arrival, tx, ticket)?,
        },
    })
}

/// The classes that the mail gives its ticket, from its own receipt on: all of a new one,
/// and to the ticket that it is a copy for those that it has not.
fn classed(tx: &Tx, config: &Config, arrival: &Arrival, verdict: &Verdict) -> Result<Vec<What>> {
    let ours = matches!(verdict.kind.is, Kind::Own | Kind::Team | Kind::UnprovenTeam);
    let has = match verdict.place.is {
        Place::New | Place::Claims(_) => Vec::new(),
        Place::Copy(_) if ours => return Ok(Vec::new()),
        Place::Copy(ticket) => Ticket::fold(&tx.facts_of(ticket)?).classes,
        Place::Joins(_) | Place::Internal(_) | Place::CopyInTray | Place::Tray | Place::Aside => {
            return Ok(Vec::new());
        }
    };
    let classes = classes(config, arrival.mailbox, arrival.mail).into_iter();
    let new = classes.filter(|class| !has.contains(class));
    Ok(new.map(|class| What::Classed { class }).collect())
}

/// Each letter, and each mail of the team's own, of this ticket that the bounce names did
/// not arrive.
fn bounced(tx: &Tx, arrival: &Arrival, ticket: TicketNo) -> Result<Vec<What>> {
    let ids = || arrival.mail.returned_ids.iter().chain(arrival.mail.cites());
    let letters = tx.letters_named(ids())?.into_iter();
    let letters: BTreeSet<i64> = letters.filter(|(_, t)| *t == ticket).map(|l| l.0).collect();
    let mails: BTreeSet<i64> = tx.team_mails_named(ids(), ticket)?.into_iter().collect();
    if letters.is_empty() && mails.is_empty() {
        return Ok(vec![What::Noted {
            why: "a bounce of another mail".to_owned(),
        }]);
    }
    let undelivered = |letter, mail| What::Undelivered {
        letter,
        mail,
        why: "a bounce came back".to_owned(),
    };
    let letters = letters.into_iter().map(|l| undelivered(Some(l), None));
    let mails = mails.into_iter().map(|m| undelivered(None, Some(m)));
    Ok(letters.chain(mails).collect())
}

/// A person on the ticket wrote; somebody of the team is no reporter. Whoever writes
/// after closing opens the ticket again, and every clock of a new report starts.
fn joined(arrival: &Arrival, tx: &Tx, ticket: TicketNo) -> Result<Vec<What>> {
    let people = tx.people(ticket)?;
    if !arrival
        .mail
        .author
        .address()
        .is_some_and(|a| people.iter().any(|p| p.is_same_mailbox(a)))
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
        *letter
    } else {
        None
    }
}

#[cfg(test)]
mod places;
#[cfg(test)]
mod who_wrote;

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
