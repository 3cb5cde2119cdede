//! What the team wrote in its own mail programs, and what it may have meant: proposals,
//! each with the command that records it, and a warning where the answer will not reach us.

use super::super::document::Forwarded;
use super::super::{Here, look, output};
use super::thread::Thread;
use crate::config::Config;
use crate::desk::{File, ours};
use crate::mail::{Mail, text};
use crate::store::{MailRow, Tx};
use crate::ticket::{Fact, Outcome, TicketNo, What, counting};
use crate::triage::{Kind, answers_nobody};
use anyhow::Result;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

/// What a person may record: gatepost does not know it for sure.
#[derive(Serialize)]
pub struct Proposal {
    /// The mail's number in the thread; none for one that is not in it.
    pub about: Option<usize>,
    /// What it is about, in our words.
    pub because: String,
    /// The command that records it.
    pub command: String,
}

/// Who forwarded the report, where its first mail is of the team, and whether that is proven.
fn forwarder(here: &Here, thread: &Thread) -> Option<(usize, MailRow, bool)> {
    let (n, row) = thread.mails().find(|(_, row)| row.place.0 == "new")?;
    forwards(here, row).map(|proven| (n, row.clone(), proven))
}

/// Whether the mail that opened a ticket is of the team, and then whether that is proven.
fn forwards(here: &Here, row: &MailRow) -> Option<bool> {
    let is_team = here.config.team.iter();
    let is_team = is_team.filter(|m| Some(&m.address) == row.author.as_ref());
    let is = |kind: Kind| row.kind.0 == kind.word();
    let forwards = is(Kind::Team) || (is(Kind::UnprovenTeam) && is_team.count() > 0);
    forwards.then(|| is(Kind::Team))
}

/// Who forwarded the report of a ticket, for scripts.
pub fn forwarded_by(here: &Here, tx: &Tx, ticket: TicketNo) -> Result<Option<Forwarded>> {
    let mut mails = tx.mails_of(ticket)?.into_iter();
    let first = mails.find(|row| row.place.0 == "new");
    Ok(first.and_then(|row| {
        let proven = forwards(here, &row)?;
        let by = who(&here.config, &row);
        Some(Forwarded { by, proven })
    }))
}

/// Whose report it is that the team forwards, as the forwarded mail says. A person takes
/// it, never gatepost.
fn forwarded(here: &Here, tx: &Tx, file: &File, thread: &Thread) -> Result<Option<Proposal>> {
    let Some((n, row, _)) = forwarder(here, thread) else {
        return Ok(None);
    };
    let reporter = file.row.reporter.as_ref();
    let house = here.config.house();
    if reporter.is_some_and(|r| house.whose(r).is_none()) {
        return Ok(None);
    }
    let (because, address) = match crate::desk::forwarded_author(tx, &row)? {
        Some(author) if house.whose(&author).is_none() => (
            format!("The mail in mail {n} says that it is of {author}. If that is the reporter"),
            author.to_string(),
        ),
        _ => (
            "Nobody knows the reporter yet. If you do".to_owned(),
            "ADDRESS".to_owned(),
        ),
    };
    Ok(Some(Proposal {
        about: Some(n),
        because,
        command: format!("gatepost set {} reporter={address}", file.row.number.0),
    }))
}

/// Prints them.
pub fn print(here: &Here, tx: &Tx, file: &File, thread: &Thread) -> Result<()> {
    if let Some((_, row, proven)) = forwarder(here, thread) {
        let doubt = if proven { "" } else { "; nothing proves that" };
        let by = who(&here.config, &row);
        output::line(format!("!    forwarded by {by}{doubt}"));
    }
    match tx.continues_from_before(file.row.number)? {
        None => {}
        Some(0) => {
            output::line("!    continues from before gatepost: the old mails are in the thread")
        }
        Some(n) => output::marked(
            "!    ",
            &format!(
                "continues from before gatepost: {n} old mails come into the thread when `gatepost run` reads the mailbox"
            ),
        ),
    }
    for proposal in proposals(here, tx, file, thread)? {
        output::marked("?    ", &format!("{}:", proposal.because));
        output::line(format!("     {}", proposal.command));
    }
    if let Some((n, row)) = last_of(thread, Kind::Team) {
        warn(here, n, row, &*thread.mail(tx, row)?);
    }
    Ok(())
}

/// What a person may record of what the team wrote.
pub fn proposals(here: &Here, tx: &Tx, file: &File, thread: &Thread) -> Result<Vec<Proposal>> {
    let mut proposals = Vec::new();
    for (n, row) in [Kind::Team, Kind::UnprovenTeam]
        .into_iter()
        .filter_map(|kind| last_of(thread, kind))
    {
        let mail = thread.mail(tx, row)?;
        proposals.extend(proposal(here, file, n, row, &mail));
    }
    proposals.extend(forwarded(here, tx, file, thread)?);
    for row in ours::asked(tx, file)? {
        let zone = here.config.calendar.zone().clone();
        let at = row.received_at.to_zoned(zone).strftime("%Y-%m-%d %H:%M");
        proposals.push(Proposal {
            about: None,
            because: format!(
                "A mail of {}, {}, reached the reporter and does not say that it is about this. If it is",
                who(&here.config, &row),
                look::moment(row.received_at, &here.config.calendar)
            ),
            command: format!(
                "gatepost reply {} --said-at \"{at}\" --via mail",
                file.row.number.0
            ),
        });
    }
    Ok(proposals)
}

/// The last mail of this kind that is on the ticket.
fn last_of(thread: &Thread, kind: Kind) -> Option<(usize, &MailRow)> {
    thread
        .mails()
        .filter(|(_, row)| row.kind.0 == kind.word() && row.place.0 != "copy")
        .last()
}

fn proposal(here: &Here, file: &File, n: usize, row: &MailRow, mail: &Mail) -> Option<Proposal> {
    if answers_nobody(mail).is_some() {
        return None;
    }
    let counts = counting(&file.facts)
        .into_iter()
        .any(|f: &Fact| f.what == What::Answered && f.mail == Some(row.id));
    let (who, number) = (who(&here.config, row), file.row.number.0);
    let (because, command) = if counts {
        unlabelled(here, file, n, row, mail)?
    } else if ours::is_answered(file, row.received_at) || !went_outside(&here.config, mail) {
        return None;
    } else {
        let because = if row.kind.0 == Kind::Team.word() {
            format!("Mail {n} of {who} does not name the reporter. If it reached them")
        } else {
            format!("Mail {n} says that it is of {who}; nothing proves it. If your team sent it")
        };
        (because, format!("gatepost reply {number} --said-in {n}"))
    };
    Some(Proposal {
        about: Some(n),
        because,
        command,
    })
}

/// It is an answer: it may hold what is still missing.
fn unlabelled(
    here: &Here,
    file: &File,
    n: usize,
    row: &MailRow,
    mail: &Mail,
) -> Option<(String, String)> {
    let missing = |what: &str| {
        let mut open = file.duties.iter().filter(|d| d.stored.open);
        open.any(|d| d.state.missing.iter().any(|m| m.contains(what)))
    };
    let (who, number) = (who(&here.config, row), file.row.number.0);
    let said = here.config.calendar.local_date(row.received_at);
    let date = the_date(mail, said);
    let expected = date.map_or(String::new(), |on| format!(" --expected {on}"));
    if missing("evaluated") {
        let because = format!("Mail {n} of {who} reached the reporter. If it is the evaluation");
        let word = the_outcome(mail).unwrap_or(Outcome::Accepted);
        let expected = if word.is_final() { "" } else { &expected };
        let command = format!(
            "gatepost evaluate {number} {}{expected} --said-in {n}",
            word.word()
        );
        return Some((because, command));
    }
    let on = date.filter(|_| missing("dated"))?;
    let word = file.row.outcome.map_or("accepted", Outcome::word);
    Some((
        format!("Mail {n} of {who} reached the reporter. If it gives the date"),
        format!("gatepost evaluate {number} {word} --expected {on} --said-in {n}"),
    ))
}

/// The one date like 2027-06-17 that is newly written, and that can be promised.
fn the_date(mail: &Mail, said: Date) -> Option<Date> {
    let new = text::new_in(mail);
    let mut dates: Vec<Date> = new
        .raw()
        .split(|c: char| !c.is_ascii_digit() && c != '-')
        .filter(|word| word.len() == 10)
        .filter_map(|word| word.parse().ok())
        .filter(|date| *date > said && *date <= said.saturating_add(2.years()))
        .collect();
    dates.dedup();
    match dates.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The one word of an outcome that is newly written.
fn the_outcome(mail: &Mail) -> Option<Outcome> {
    let new = text::new_in(mail);
    let lower = new.raw().to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphabetic() && c != '-');
    let mut found: Vec<Outcome> = words.by_ref().filter_map(Outcome::parse).collect();
    found.retain(|outcome| *outcome != Outcome::Spam);
    found.dedup();
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn went_outside(config: &Config, mail: &Mail) -> bool {
    let house = config.house();
    mail.recipients.iter().any(|to| house.whose(to).is_none())
}

/// By name where From is the address of one of the team, else by address.
fn who(config: &Config, row: &MailRow) -> String {
    let member = config
        .team
        .iter()
        .find(|m| Some(&m.address) == row.author.as_ref());
    let address = || row.author.as_ref().map(ToString::to_string);
    let name = member.map(|m| m.name.clone()).or_else(address);
    name.unwrap_or_else(|| "nobody".to_owned())
}

/// The reporter's answer will not come here.
fn warn(here: &Here, n: usize, row: &MailRow, mail: &Mail) {
    let Some(from) = &row.author else {
        return;
    };
    let watched = here.config.house().watched;
    let comes_here = std::iter::once(from)
        .chain(&mail.recipients)
        .chain(&mail.reply_to);
    if comes_here.into_iter().any(|a| watched.contains(a)) || !went_outside(&here.config, mail) {
        return;
    }
    let us = here.config.mailboxes.first().map(|m| m.address.to_string());
    output::marked(
        "!    ",
        &format!(
            "Mail {n} went out from {from} without {} in To or Cc:",
            us.unwrap_or_default()
        ),
    );
    output::line(format!(
        "     the reporter's answer will reach {} alone.",
        who(&here.config, row)
    ));
}
