//! What a mail makes true on its ticket, but for what the team wrote itself (see `ours`).

use super::Arrival;
use crate::config::{Config, MailboxConfig};
use crate::desk::class::classes;
use crate::desk::{policy_of, read_mail};
use crate::mail::{Address, Mail};
use crate::store::{Letter, NewFact, StoredDeadline, Tx};
use crate::ticket::{By, Stage, Ticket, TicketNo, What};
use crate::triage::{Kind, Place, Role, Verdict};
use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// Message-IDs of a bounce that are looked up: a bounce is about one mail.
const GIVEN_BACK_AT_MOST: usize = 50;

/// Writes the facts that a mail makes true.
pub(super) fn write(
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
pub(super) fn came_back(tx: &Tx, mail: &Mail, verdict: &Verdict) -> Result<Vec<Letter>> {
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

/// What the mail makes true on its ticket, which may have it `unread` since it came.
pub(super) fn facts_of(
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
    let ours = is_ours(verdict);
    let mut facts = match verdict.place.is {
        Place::New | Place::Claims(_) if unread.is_none() => vec![What::Received],
        Place::New => given_now(tx, unread)?,
        Place::Claims(_) => vec![What::Received],
        // What we sent, seen once more, is nothing that happened to the report.
        Place::Copy(_) if ours => Vec::new(),
        Place::Copy(_) => vec![What::CopyReceived],
        Place::Internal(_) => noted(&verdict.place.because),
        Place::CopyInTray | Place::InternalInTray | Place::Tray | Place::Aside => Vec::new(),
        Place::Joins(ticket) => match verdict.kind.is {
            Kind::Own if arrival.folder == Role::Sent => Vec::new(),
            Kind::Own => noted("a letter of ours"),
            Kind::Automatic => noted("automatic mail"),
            Kind::UnprovenTeam => noted("says that it is from the team, without proof"),
            Kind::Bounce if arrival.mail.shape.is_no_failure => {
                noted("a delivery report, and not of a failure")
            }
            Kind::Bounce => bounced(tx, arrival.mail, came_back, ticket)?,
            Kind::Machine => noted("a report that a program makes"),
            // See `ours`.
            Kind::Team => Vec::new(),
            Kind::Platform
            | Kind::List
            | Kind::AutomaticSender
            | Kind::Suppressed
            | Kind::Person => joined(arrival, tx, ticket, verdict.kind.is)?,
        },
    };
    facts.extend(arrival.refused.map(|why| What::Noted {
        why: format!("the mail server did not give all of the mail: {why}"),
    }));
    Ok(facts)
}

/// It says that it is from us.
fn is_ours(verdict: &Verdict) -> bool {
    matches!(verdict.kind.is, Kind::Own | Kind::Team | Kind::UnprovenTeam)
}

/// The facts, and after them the classes that the mail gives its ticket and takes away.
pub(super) fn classed(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    verdict: &Verdict,
    (unread, mut facts): (Option<TicketNo>, Vec<What>),
) -> Result<Vec<What>> {
    let wrote = facts.contains(&What::ReporterWrote);
    let of = (unread, wrote);
    facts.extend(classes_of(tx, config, arrival, verdict, of)?);
    Ok(facts)
}

/// The classes that the mail gives its ticket, from its own receipt on: all of a new one,
/// and to the ticket that it is a copy for, that had it unread, or that its reporter `wrote`
/// more of, those that it has not. A copy releases from no promise, and neither does what
/// they write later; what came by a way on which all of them hold takes away what the
/// address of the first one gave.
fn classes_of(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    verdict: &Verdict,
    (unread, wrote): (Option<TicketNo>, bool),
) -> Result<Vec<What>> {
    let (ticket, is_later) = match (verdict.place.is, unread) {
        (Place::New, None) | (Place::Claims(_), _) => (None, false),
        (Place::Copy(_), _) if is_ours(verdict) => return Ok(Vec::new()),
        (Place::New, Some(ticket)) => (Some(ticket), false),
        (Place::Copy(ticket), _) => (Some(ticket), true),
        (Place::Joins(ticket), _) if wrote => (Some(ticket), true),
        (
            Place::Joins(_)
            | Place::Internal(_)
            | Place::InternalInTray
            | Place::CopyInTray
            | Place::Tray
            | Place::Aside,
            _,
        ) => return Ok(Vec::new()),
    };
    let facts = ticket.map(|ticket| tx.facts_of(ticket)).transpose()?;
    let facts = facts.unwrap_or_default();
    let has = Ticket::fold(&facts).classes;
    let found = classes(config, arrival.mailbox, arrival.mail);
    let released = config.policy.released();
    let mut given = found.given;
    given.retain(|class| !(is_later && released.contains(class)));
    given.extend(class_of_platform(config, arrival, verdict));
    let binds = is_later
        && found.binds
        && verdict.kind.is != Kind::Platform
        && has.iter().any(|class| released.contains(class))
        && !answers_us(tx, arrival.mail, verdict)?;
    let taken = has.iter().filter(|class| {
        let is_it = |what: &What| matches!(what, What::Classed { class: c } if c == *class);
        let last = facts.iter().rfind(|fact| is_it(&fact.what));
        binds && released.contains(*class) && last.is_some_and(|fact| fact.by == By::Gatepost)
    });
    let taken = taken.cloned().map(|class| What::Unclassed { class });
    let again = match ticket.filter(|_| wrote && !has.is_empty()) {
        Some(ticket) => rings_again(tx, config, ticket, &has)?,
        None => Vec::new(),
    };
    let again = again.into_iter().filter(|class| given.contains(class));
    let again = called(tx, config, arrival.mail, verdict, again.collect())?;
    let is_new = |class: &&String| !has.contains(*class) || again.contains(class);
    let ended = again.iter().cloned();
    let ended = ended.map(|class| What::Unclassed { class });
    let new = given.iter().filter(is_new).cloned();
    let new = new.map(|class| What::Classed { class });
    Ok(taken.chain(ended).chain(new).collect())
}

/// The class that a platform gives its reports.
fn class_of_platform(config: &Config, arrival: &Arrival, verdict: &Verdict) -> Option<String> {
    if verdict.kind.is != Kind::Platform {
        return None;
    }
    let mut all = config.platforms.iter();
    let platform = all.find(|platform| platform.wrote(arrival.mail));
    platform.and_then(|platform| platform.class.clone())
}

/// The classes of this ticket with promises that know no hours, if those are all met: who
/// writes to their address anew, and does not only answer us, is in need once more. What
/// else their class promises goes on.
fn rings_again(tx: &Tx, config: &Config, ticket: TicketNo, has: &[String]) -> Result<Vec<String>> {
    let row = tx.ticket(ticket)?;
    let row = row.with_context(|| format!("there is no ticket {ticket}"))?;
    let policy = policy_of(tx, config, &row.policy)?;
    let deadlines = tx.deadlines_of(ticket)?;
    let is_met = |class: &&String| {
        let rings = |d: &&StoredDeadline| {
            let promise = policy.promise(&d.promise);
            promise.is_some_and(|p| p.any_hour && p.class.as_ref() == Some(*class))
        };
        let mut of_class = deadlines.iter().filter(rings).peekable();
        of_class.peek().is_some() && of_class.all(|d| !d.open)
    };
    Ok(has.iter().filter(is_met).cloned().collect())
}

/// Of these classes, those to whose address the author chose to write: it is no reply to
/// us, or goes to one that what it answers neither came from nor named.
fn called(
    tx: &Tx,
    config: &Config,
    mail: &Mail,
    verdict: &Verdict,
    mut classes: Vec<String>,
) -> Result<Vec<String>> {
    if classes.is_empty() {
        return Ok(classes);
    }
    if let Some(known) = answered(tx, mail, verdict)? {
        let watched = config.mailboxes.iter().flat_map(MailboxConfig::addresses);
        let is_chosen = |a: &Address| mail.recipients.contains(a) && !known.contains(a);
        let chosen: Vec<_> = watched.filter(|(a, _)| is_chosen(a)).collect();
        classes.retain(|class| chosen.iter().any(|(_, c)| *c == Some(class.as_str())));
    }
    Ok(classes)
}

/// It is a reply to us, and went to where our letter came from: its author chose no address.
fn answers_us(tx: &Tx, mail: &Mail, verdict: &Verdict) -> Result<bool> {
    Ok(answered(tx, mail, verdict)?.is_some())
}

/// If it is a reply to us: the addresses that a mail program fills in by itself.
fn answered(tx: &Tx, mail: &Mail, verdict: &Verdict) -> Result<Option<Vec<Address>>> {
    let Place::Joins(ticket) = verdict.place.is else {
        return Ok(None);
    };
    let mut known = None;
    for id in &mail.in_reply_to {
        if let Some(letter) = tx.letter_named(id)? {
            known.get_or_insert_with(Vec::new).push(letter.sender);
        }
        for by_team in tx.team_mails_named(std::iter::once(id), ticket)? {
            let known = known.get_or_insert_with(Vec::new);
            // One whose bytes are gone names nothing: rather ring once too often.
            let read = tx.mail(by_team)?.and_then(|row| read_mail(tx, &row).ok());
            known.extend(read.into_iter().flat_map(|read| read.recipients));
        }
    }
    Ok(known)
}

/// Each letter of this ticket to its reporter that came back did not arrive, and each mail
/// of the team's own. As with letters, what is given back goes before what is cited.
fn bounced(tx: &Tx, mail: &Mail, came_back: &[Letter], ticket: TicketNo) -> Result<Vec<What>> {
    let undelivered = |letter, mail| What::Undelivered {
        letter,
        mail,
        why: "a bounce came back".to_owned(),
    };
    let of_ticket = |l: &&Letter| l.ticket == Some(ticket) && !l.kind.is_internal();
    let letters = came_back.iter().filter(of_ticket);
    let mut all: Vec<What> = letters.map(|l| undelivered(Some(l.id), None)).collect();
    let mut mails = tx.team_mails_named(mail.returned_ids.iter(), ticket)?;
    for id in mail.cites() {
        if all.is_empty() && mails.is_empty() {
            mails = tx.team_mails_named(std::iter::once(id), ticket)?;
        }
    }
    mails.sort_unstable();
    mails.dedup();
    all.extend(mails.into_iter().map(|mail| undelivered(None, Some(mail))));
    if all.is_empty() {
        let why = "a bounce of another mail".to_owned();
        all.push(What::Noted { why });
    }
    Ok(all)
}

/// A mail comes after all onto the ticket that had it unread. Who closed that ticket has
/// not read it.
fn given_now(tx: &Tx, unread: Option<TicketNo>) -> Result<Vec<What>> {
    let why = "the mail server gives the mail now".to_owned();
    let mut facts = vec![What::Noted { why }];
    if let Some(ticket) = unread
        && Ticket::fold(&tx.facts_of(ticket)?).stage == Stage::Closed
    {
        facts.extend([What::Reopened, What::Received]);
    }
    Ok(facts)
}

/// A person on the ticket wrote; somebody of the team is no reporter. Whoever writes
/// after closing opens the ticket again, and every clock of a new report starts. A platform
/// is proven and joins by its report's id: it speaks for the reporter.
fn joined(arrival: &Arrival, tx: &Tx, ticket: TicketNo, kind: Kind) -> Result<Vec<What>> {
    let people = tx.people(ticket)?;
    let author = arrival.mail.author.address();
    let is_of_it = author.is_some_and(|a| people.iter().any(|p| p.is_same_mailbox(a)));
    if kind != Kind::Platform && !is_of_it {
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
