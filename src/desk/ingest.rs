//! Taking in one mail: its row, its ticket, its facts, its deadlines and its
//! acknowledgement, all in one transaction.
//!
//! This is where parsing, deciding and writing meet, so it only calls. It must never
//! drop a mail: whatever the verdict, a row is written.

mod before;
mod facts;
mod junk;
mod unread;
mod who;

use super::ours::{self, Ours};
use super::{likeness, post, refresh, restore, settle};
use crate::config::{Config, MailboxConfig};
use crate::mail::auth::Standing;
use crate::mail::{Author, ContentDigest, Defect, Foreign, Mail, undone};
use crate::store::{NewMail, NewTicket, RawBytes, Sighting, Tx};
use crate::ticket::TicketNo;
use crate::triage::{self, Authenticated, Because, Kind, Known, Place, Reply, Role, Verdict, Way};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

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
    let standing = who::standing(arrival);
    match undone(arrival.mail, &config.lists) {
        None => judged(tx, config, arrival, standing),
        Some(undone) => {
            let through = Arrival {
                mail: &undone.mail,
                ..*arrival
            };
            let standing = who::through_a_list(standing, undone.rewritten);
            judged(tx, config, &through, standing)
        }
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
    hold_all_the_same(tx, arrival, &mut verdict)?;
    let unread = unread::ticket_of(tx, arrival)?;
    let ticket = match verdict.place.is {
        Place::Joins(t) | Place::Internal(t) | Place::Copy(t) => Some(t),
        Place::New => Some(match unread {
            Some(ticket) => unread::fill(tx, arrival, ticket, &mut verdict)?,
            None => open(tx, config, arrival, verdict.kind.is, None)?,
        }),
        Place::Claims(t) => Some(open(tx, config, arrival, verdict.kind.is, Some(t))?),
        Place::CopyInTray | Place::InternalInTray | Place::Tray | Place::Aside => None,
    };
    let came_back = facts::came_back(tx, arrival.mail, &verdict)?;
    // Before the facts of the bounce: first a letter was taken, then it came back.
    came_back
        .iter()
        .try_for_each(|letter| settle::came_back(tx, config, letter))?;
    let mail = write_row(tx, arrival, &digest, &verdict, standing, ticket)?;
    likeness::mark(tx, mail, arrival.mail, verdict.kind.is, verdict.place.is)?;
    before::keep(tx, arrival, &known, &verdict, ticket)?;
    unread::tell(tx, config, unread, ticket)?;
    if let Some(ticket) = ticket {
        let facts = facts::facts_of(tx, arrival, &verdict, &came_back, unread)?;
        let facts = junk::staged(tx, arrival, &verdict, facts, unread)?;
        let mut facts = facts::classed(tx, config, arrival, &verdict, (unread, facts))?;
        if let Some(report) = report.filter(|_| verdict.kind.is == Kind::Platform) {
            facts.extend(who::kept(tx, &report, ticket, verdict.place.is)?);
        }
        facts::write(tx, arrival, (ticket, mail), facts)?;
        counts(tx, config, arrival, &known, &verdict, (ticket, mail))?;
        refresh(tx, config, ticket)?;
        reply(tx, config, arrival, ticket, (&verdict, standing.is))?;
        if let Some(id) = arrival.mail.message_id.as_ref().filter(|_| known.answered) {
            ours::late(tx, config, id, ticket)?;
            refresh(tx, config, ticket)?;
        }
    } else if verdict.kind.is == Kind::Team {
        tx.ask_of(mail, &known.reached)?;
    }
    Ok(Taken {
        mail,
        ticket,
        verdict,
    })
}

/// What the team wrote itself counts on the ticket that it joins.
fn counts(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    known: &Known,
    verdict: &Verdict,
    (ticket, mail): (TicketNo, i64),
) -> Result<()> {
    if verdict.kind.is != Kind::Team || !matches!(verdict.place.is, Place::Joins(_)) {
        return Ok(());
    }
    let ours = Ours {
        id: mail,
        mail: arrival.mail,
        received_at: arrival.seen.received_at,
        was_sent: triage::was_sent(arrival.mail, arrival.folder),
        inferred: known.cited.iter().all(|cited| cited.ticket.is_none()),
    };
    ours::counts(tx, config, ticket, &ours)
}

fn reply(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    ticket: TicketNo,
    (verdict, authenticated): (&Verdict, Authenticated),
) -> Result<()> {
    let held = match verdict.reply.is {
        Reply::Acknowledge => None,
        Reply::Held => Some(verdict.reply.because.as_str()),
        Reply::None => return Ok(()),
    };
    let letter = post::acknowledge(tx, config, arrival, ticket, held)?;
    match letter.filter(|_| authenticated == Authenticated::Pass) {
        Some(letter) => tx.answers_proven(letter),
        None => Ok(()),
    }
}

/// A receipt that nothing speaks against waits for a person all the same, where the record
/// may have lost what was before.
fn hold_all_the_same(tx: &Tx, arrival: &Arrival, verdict: &mut Verdict) -> Result<()> {
    if verdict.reply.is != Reply::Acknowledge {
        return Ok(());
    }
    let because = if arrival.may_be_old {
        Some("the server numbered the folder anew: it may be old")
    } else {
        restore::holds_receipt(tx, arrival.seen.received_at)?
    };
    if let Some(because) = because {
        verdict.reply = Because {
            is: Reply::Held,
            because: because.to_owned(),
        };
    }
    Ok(())
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
        authentication,
        defects: &defects.join(" "),
        ticket,
        raw: arrival.raw,
    };
    match arrival.row {
        Some(id) => tx.fill_mail(id, &row).map(|()| id),
        None => tx.add_mail(&row),
    }
}

#[cfg(test)]
mod places;
#[cfg(test)]
mod who_wrote;

#[cfg(test)]
mod tests;
