//! Reports that look alike, for a person to judge. Bounded whatever strangers send: marks of
//! a ticket, tickets of a mark, and suggestions each have an end.

use super::{bytes_of, read_mail};
use crate::mail::parse::{for_reading, parse};
use crate::mail::{Foreign, Mail};
use crate::store::{TicketRow, Tx};
use crate::ticket::{Outcome, Stage, Ticket, TicketNo};
use crate::triage::likeness::{Mark, RUNS_ALIKE, Sign, marks, marks_of_later};
use crate::triage::{self, Kind, Place};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// Suggestions at most.
const AT_MOST: usize = 3;
/// Tickets that are looked at for them, the likest first.
const LOOKED_AT: usize = 30;
/// A weak mark that more tickets bear says nothing.
const COMMON: usize = 12;
/// Mails that get their marks in one turn of the clock.
const A_TURN: u32 = 50;

/// Another report that looks like this one.
pub struct Alike {
    /// Its ticket.
    pub row: TicketRow,
    /// By what, in words.
    pub because: Vec<String>,
    /// A page that both name is all that they share.
    pub only_page: bool,
    /// It is of the same address.
    pub same_reporter: bool,
    /// The later of the two, which would be the duplicate, and the first report.
    pub duplicate: (TicketNo, TicketNo),
}

/// What two reports share.
#[derive(Default)]
struct Shared {
    text: bool,
    subject: bool,
    runs: usize,
    names: BTreeSet<String>,
    pages: BTreeSet<String>,
    hosts: usize,
}

impl Shared {
    fn take(&mut self, mark: &Mark) {
        match mark.sign {
            Sign::Whole | Sign::More => {}
            Sign::Text => self.text = true,
            Sign::Subject => self.subject = true,
            Sign::Run => self.runs += 1,
            Sign::Identifier => drop(self.names.insert(mark.value.clone())),
            Sign::Page => drop(self.pages.insert(mark.value.clone())),
            Sign::Host => self.hosts += 1,
        }
    }

    /// A host alone, or a subject alone, says nothing: 0 is not alike.
    fn weight(&self) -> usize {
        let text = match (self.text, self.runs >= RUNS_ALIKE) {
            (true, _) => 100,
            (false, true) => 60,
            (false, false) => 0,
        };
        let both = if self.subject && self.hosts > 0 {
            10
        } else {
            0
        };
        text + 30 * self.names.len() + 20 * self.pages.len() + both
    }

    /// Two faults of one page look like this too.
    fn is_page_alone(&self) -> bool {
        let text = self.text || self.runs >= RUNS_ALIKE;
        !text && !self.subject && self.names.is_empty()
    }

    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.text {
            words.push("the same text".to_owned());
        } else if self.runs >= RUNS_ALIKE {
            words.push("much of the same text".to_owned());
        }
        let names = self.names.iter().chain(&self.pages).take(3);
        words.extend(names.map(|name| format!("both name {name}")));
        if self.subject && (words.is_empty() || self.hosts > 0) {
            words.push("the same subject".to_owned());
        }
        words
    }
}

/// Writes the marks of a mail that is taken in, if it reports something.
pub(super) fn mark(tx: &Tx, id: i64, mail: &Mail, kind: Kind, place: Place) -> Result<()> {
    let (kind, place) = (kind.word(), place.word());
    if !reports(kind, place) {
        return tx.mark(id, &[]);
    }
    let read = match opens(place) || is_plain(mail) {
        true => None,
        false => tx.mail(id)?.map(|row| read_mail(tx, &row)).transpose()?,
    };
    tx.mark(id, &marks_by(place, read.as_ref().unwrap_or(mail)))
}

/// People read in it what programs do. The flat text of HTML has quotes that nothing tells from
/// what is new.
fn is_plain(mail: &Mail) -> bool {
    mail.shape.content_type == "text/plain"
}

fn marks_by(place: &str, mail: &Mail) -> Vec<Mark> {
    match opens(place) {
        true => marks(mail),
        false => marks_of_later(mail),
    }
}

/// A mail in this place begins a ticket, or may.
fn opens(place: &str) -> bool {
    matches!(place, "new" | "claims" | "tray")
}

/// Whether a mail that was judged so says something of a report: not what programs say of
/// our mail, what is here already, nor what the team writes to many reporters alike.
fn reports(kind: &str, place: &str) -> bool {
    match place {
        "copy" | "internal" => false,
        _ if opens(place) => !["own", "bounce", "machine"].contains(&kind),
        _ => [
            "person",
            "suppressed",
            "list",
            "platform",
            "automatic-sender",
        ]
        .contains(&kind),
    }
}

/// Gives marks to a few mails from before there were any; says how many.
///
/// # Errors
/// When the store cannot be read or written.
pub fn catch_up(tx: &Tx) -> Result<usize> {
    let mails = tx.unmarked(A_TURN)?;
    for id in &mails {
        let Some(row) = tx.mail(*id)? else { continue };
        // What cannot be read again is a report all the same, and looks like none.
        let reports = reports(&row.kind.0, &row.place.0);
        let bytes = reports.then(|| bytes_of(tx, &row).ok()).flatten();
        let whole = |bytes: &[u8]| bytes.len() as u64 == row.size;
        let read = match opens(&row.place.0) {
            true => parse,
            false => for_reading,
        };
        let mail = bytes.map(|bytes| read(&bytes, whole(&bytes)));
        tx.mark(
            *id,
            &mail
                .map(|mail| marks_by(&row.place.0, &mail))
                .unwrap_or_default(),
        )?;
    }
    Ok(mails.len())
}

/// For each ticket the place of the first that looks like it, for lists and digests: by its
/// subject, where `subjects` has one, and by what its mails say.
///
/// # Errors
/// When the store cannot be read.
pub fn firsts(tx: &Tx, rows: &[TicketRow], subjects: &[Option<&Foreign>]) -> Result<Vec<usize>> {
    let firsts = triage::alike(subjects);
    let mut many: BTreeMap<usize, usize> = BTreeMap::new();
    for first in &firsts {
        *many.entry(*first).or_default() += 1;
    }
    let marks = rows.iter().zip(&firsts).map(|(row, first)| {
        match many.get(first) {
            // What stands alone by its subject is compared with nothing.
            Some(2..) => tx.marks_of(row.number),
            Some(_) | None => Ok(Vec::new()),
        }
    });
    let marks: Vec<Vec<Mark>> = marks.collect::<Result<_>>()?;
    Ok(triage::alike_in_content(&firsts, &marks))
}

/// The reports that look like this one and are not known to belong to it, the likest first.
/// Closed ones too: what comes again is often old. What lies among junk is none until it is
/// adopted: whoever floods that folder would stand before the reports that are like.
///
/// # Errors
/// When the store cannot be read.
pub fn alike(tx: &Tx, row: &TicketRow, ticket: &Ticket) -> Result<Vec<Alike>> {
    let is_none = ticket.follows().is_some() || ticket.stage == Stage::Junk;
    if is_none || ticket.outcome == Some(Outcome::Spam) {
        return Ok(Vec::new());
    }
    let mut shared: BTreeMap<TicketNo, Shared> = BTreeMap::new();
    let marks = tx.marks_of(row.number)?.into_iter();
    for mark in marks.filter(|mark| !mark.sign.is_for_lists()) {
        let others = tx.marked(&mark, row.number)?;
        if mark.sign.is_weak() && others.len() > COMMON {
            continue;
        }
        for other in others {
            shared.entry(other).or_default().take(&mark);
        }
    }
    let mut likest: Vec<(TicketNo, Shared)> = shared
        .into_iter()
        .filter(|(_, shared)| shared.weight() > 0)
        .collect();
    likest.sort_by_key(|(other, shared)| (std::cmp::Reverse(shared.weight()), *other));
    let mut found: Vec<Alike> = Vec::new();
    for (other, shared) in likest.into_iter().take(LOOKED_AT) {
        let one = suggested(tx, row, other, &shared)?;
        // Duplicates of one report are one suggestion.
        let new = one.filter(|one| found.iter().all(|f| f.duplicate != one.duplicate));
        found.extend(new.filter(|_| found.len() < AT_MOST));
    }
    Ok(found)
}

/// The suggestion, unless it is known that the other belongs to this one, or is none.
fn suggested(tx: &Tx, row: &TicketRow, other: TicketNo, shared: &Shared) -> Result<Option<Alike>> {
    let Some(its) = tx.ticket(other)? else {
        return Ok(None);
    };
    let follows = Ticket::fold(&tx.facts_of(other)?).follows();
    let is_junk = its.stage == Stage::Junk.word() || its.outcome == Some(Outcome::Spam);
    let known = follows == Some(row.number) || is_junk;
    // A later one that follows another is a duplicate of that one already.
    if known || (follows.is_some() && other > row.number) {
        return Ok(None);
    }
    let first = follows.unwrap_or(other);
    Ok(Some(Alike {
        because: shared.words(),
        only_page: shared.is_page_alone(),
        same_reporter: its.reporter.is_some() && its.reporter == row.reporter,
        duplicate: if first < row.number {
            (row.number, first)
        } else {
            (first, row.number)
        },
        row: its,
    }))
}

#[cfg(test)]
mod tests;
