//! `evaluate --like`: those that look like a report are evaluated with it, where nothing that
//! counts is another; all others are named, each with its reason.

use super::{Wish, hints, is_by_hint, odd};
use crate::cli::args::Evaluate;
use crate::cli::flow::alike::{Alike, Along, Left};
use crate::cli::flow::{Plan, Sitting};
use crate::cli::{Usage, list};
use crate::letters::{Hand, Letter};
use crate::store::Tx;
use crate::ticket::{Outcome, TicketNo};
use anyhow::Result;
use std::collections::BTreeSet;

/// Of those that have no more than the subject in common, so many are looked at.
const LOOKED_AT: usize = 100;

/// Refuses what is said to one reporter at a time.
///
/// # Errors
/// Says what to do instead.
pub fn fits(wanted: &Evaluate) -> Result<()> {
    let (reference, sending) = (&wanted.reference, &wanted.sending);
    let said = sending.said_in.is_some() || sending.said_at.is_some();
    let why = match Outcome::parse(&wanted.outcome) {
        Some(Outcome::Accepted) => Some(format!(
            "--like does not go with accepted: who found a vulnerability has a letter and a date of their own\n  hint: gatepost evaluate {reference} accepted; if the others found the same: gatepost evaluate OTHER duplicate --of {reference} --like"
        )),
        Some(Outcome::Investigating | Outcome::NeedsInformation) => Some(
            "--like is for what ends the matter: duplicate, out-of-scope, not-a-vulnerability, not-reproducible, spam\n  hint: each by itself, without --like".to_owned(),
        ),
        Some(Outcome::Duplicate) if wanted.of.is_none() => Some(
            "--like has to know of which report they are duplicates\n  hint: --of REF".to_owned(),
        ),
        Some(
            Outcome::Duplicate
            | Outcome::OutOfScope
            | Outcome::NotAVulnerability
            | Outcome::NotReproducible
            | Outcome::Spam,
        )
        | None => None,
    };
    let others = [
        (
            wanted.expected.is_some(),
            "--like tells nobody a date but that of the first report\n  hint: --expected for each, without --like; duplicate --of REF tells the date of REF",
        ),
        (
            sending.encrypt,
            "--like encrypts nothing: who wrote encrypted is answered alone\n  hint: --encrypt for each, without --like",
        ),
        (
            said,
            "--like writes letters, and what was said already was said to one\n  hint: --said-in or --said-at for each, without --like",
        ),
        (
            sending.draft,
            "--like does not begin with a draft: it was written to one\n  hint: --message FILE says the same words to all of them",
        ),
    ];
    let other = others.into_iter().find(|(is, _)| *is);
    match why.or(other.map(|(_, why)| why.to_owned())) {
        Some(why) => Err(Usage(why).into()),
        None => Ok(()),
    }
}

/// Who goes along with the ticket at hand, of which `plan` is what is decided.
///
/// # Errors
/// When that ticket itself is one that a person has to look at alone.
pub fn alike(tx: &Tx, wish: &Wish, first: &Sitting, plan: &Plan) -> Result<Alike> {
    let (here, number) = (first.here, first.file.row.number);
    let says = odd::by_itself(tx, here, first, plan.letter.is_some())?;
    let says = says.map_err(|why| {
        Usage(format!(
            "{number} cannot stand for others: {why}\n  hint: without --like it goes alone; for the others name one of them: gatepost list --like {}",
            number.0
        ))
    })?;
    let by_hint = is_by_hint(wish.wanted, first);
    let mut heap = Heap {
        tx,
        wish,
        first,
        plan,
        says,
        rules: by_hint.then(|| rules(tx, first)).transpose()?,
        written_to: first.file.row.reporter.iter().map(|a| a.key()).collect(),
    };
    let (like, near) = list::kindred(tx, here, &first.file.row)?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let near = near.into_iter().take(LOOKED_AT);
    let mut others: Vec<TicketNo> = like.into_iter().chain(near).collect();
    others.sort_unstable();
    for number in others {
        let sitting = first.beside(tx, number)?;
        // What cannot be read of one keeps no other from its letter.
        let found = heap.find(&sitting).unwrap_or_else(|why| Err(line(&why)));
        match found {
            Ok(plan) => with.push(Along::new(sitting, plan)),
            Err(because) => without.push(left(&sitting, because)),
        }
    }
    Ok(Alike::new(first, plan, with, without))
}

/// The first line of what went wrong.
fn line(why: &anyhow::Error) -> String {
    let why = why.to_string();
    why.lines().next().unwrap_or_default().to_owned()
}

fn left(sitting: &Sitting, because: String) -> Left {
    Left {
        number: sitting.file.row.number,
        reference: sitting.file.row.reference.to_string(),
        because,
    }
}

/// The rules of the hints on a ticket.
fn rules(tx: &Tx, sitting: &Sitting) -> Result<BTreeSet<String>> {
    let hints = hints(sitting.here, tx, sitting)?;
    Ok(hints.into_iter().map(|hint| hint.rule).collect())
}

/// What the others are held against.
struct Heap<'a, 'h> {
    tx: &'a Tx<'a>,
    wish: &'a Wish<'a>,
    first: &'a Sitting<'h>,
    plan: &'a Plan,
    says: odd::Says,
    /// By which hints the letter was chosen; none where a person named it.
    rules: Option<BTreeSet<String>>,
    /// Who has a letter of this look.
    written_to: BTreeSet<String>,
}

impl Heap<'_, '_> {
    /// What is decided of another; or why it is left to a person.
    fn find(&mut self, sitting: &Sitting) -> Result<Result<Plan, String>> {
        let first = self.first.file.row.number;
        let by_letter = self.plan.letter.is_some();
        let says = match odd::by_itself(self.tx, sitting.here, sitting, by_letter)? {
            Ok(says) => says,
            Err(why) => return Ok(Err(why)),
        };
        // A link says more to a person than a hint that is missing, and that more than a word.
        if let Some(why) = says.names_more(&self.says, first) {
            return Ok(Err(why));
        }
        if let Some(why) = self.other_hint(sitting)? {
            return Ok(Err(why));
        }
        if let Some(why) = says.differs(&self.says, first) {
            return Ok(Err(why));
        }
        let plan = self.wish.plan(self.tx, sitting)?;
        if let Some(why) = self.other_letter(sitting, &plan)? {
            return Ok(Err(why));
        }
        let to = sitting.file.row.reporter.iter().map(|a| a.key());
        let is_first = to.into_iter().all(|key| self.written_to.insert(key));
        if by_letter && !is_first {
            let why = "its reporter gets one of these letters already";
            return Ok(Err(why.to_owned()));
        }
        Ok(Ok(plan))
    }

    /// Its own words do not ask for the letter of the first.
    fn other_hint(&self, sitting: &Sitting) -> Result<Option<String>> {
        let Some(wanted) = &self.rules else {
            return Ok(None);
        };
        let found = rules(self.tx, sitting)?;
        let other: Vec<&str> = found.difference(wanted).map(String::as_str).collect();
        Ok(match (found.is_empty(), other.as_slice()) {
            (true, _) => Some("there is no hint on it".to_owned()),
            (false, []) => None,
            (false, other) => Some(format!("its hint is {}", other.join(", "))),
        })
    }

    /// What a person would have to know of its letter and not of that of the first, or what
    /// reads otherwise in it.
    fn other_letter(&self, sitting: &Sitting, plan: &Plan) -> Result<Option<String>> {
        let (first, own) = (&self.first.file.row, &sitting.file.row);
        let named = |note: String, number: TicketNo| note.replace(&number.to_string(), "REF");
        let known = self.first.notes_of(self.plan).into_iter();
        let known: Vec<String> = known.map(|note| named(note, first.number)).collect();
        let notes = sitting.notes_of(plan).into_iter();
        let mut notes = notes.map(|note| named(note, own.number));
        if let Some(note) = notes.find(|note| !known.contains(note)) {
            return Ok(Some(note.replace("REF", &own.number.to_string())));
        }
        if sitting.duplicates().next().is_some() {
            return Ok(Some("others follow it as its duplicates".to_owned()));
        }
        let evaluation = self.wish.evaluation(self.tx, sitting)?;
        let hand = Hand {
            reference: &first.reference,
            subject: &first.subject,
            ..sitting.hand(self.wish.words)
        };
        let text = |letter: &Letter| (letter.subject.clone(), letter.body.clone());
        let as_first = self.wish.letter(sitting, &evaluation, &hand)?;
        let same = as_first.as_ref().map(text) == self.plan.letter.as_ref().map(text);
        Ok((!same).then(|| "its letter would say something else".to_owned()))
    }
}
