//! A duplicate follows the report that it repeats: its reporter was promised the same news.
//!
//! What follows what is read from the facts: the outcome is *duplicate*, and the
//! evaluation named another ticket. Nobody follows a follower by command, so there is no
//! circle; the walk holds out against one all the same.

use super::{Decision, Publication, is_published, is_resolved, last_told};
use crate::config::Config;
use crate::desk::{File, file, refresh};
use crate::store::{LetterState, NewFact, Tx};
use crate::ticket::{By, Planned, Stage, Ticket, TicketNo, What};
use anyhow::{Result, bail};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The report that a duplicate repeats, as far as its reporter hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its ticket.
    pub ticket: TicketNo,
    /// Its problem is resolved: no date is owed any more.
    pub resolved: bool,
    /// The date that its reporter was told.
    pub expected: Option<Date>,
    /// A letter that tells them one and has not left, and the date.
    pub coming: Option<(i64, Date)>,
}

impl Original {
    /// The report in `file`, which `duplicate` is to repeat.
    ///
    /// # Errors
    /// When it cannot be followed: it is the same, it follows another itself, or nothing
    /// comes of it any more.
    pub fn of(tx: &Tx, file: &File, duplicate: TicketNo) -> Result<Self> {
        let of = file.row.number;
        let resolved = is_resolved(&file.facts);
        if of == duplicate {
            bail!("{of} is no duplicate of itself");
        }
        match file.ticket.follows() {
            Some(first) if first == duplicate => bail!(
                "{of} is recorded as a duplicate of {duplicate}: two reports cannot follow each other\n  hint: evaluate {} anew first, or --retract its evaluation (gatepost show {} --log numbers the facts)",
                of.0,
                of.0
            ),
            Some(first) => bail!(
                "{of} is itself a duplicate of {first}\n  hint: --of {}",
                first.0
            ),
            None => {}
        }
        match file.ticket.outcome {
            Some(outcome) if outcome.is_final() => bail!(
                "{of} was evaluated {}: its reporter hears of no date and no fix, and neither would this one\n  hint: gatepost evaluate {} {}",
                outcome.word(),
                duplicate.0,
                outcome.word()
            ),
            Some(_) | None => {}
        }
        if file.ticket.stage == Stage::Closed && !resolved {
            bail!(
                "{of} is closed and was never resolved: nobody would send the news that its duplicate is promised\n  hint: gatepost resolve {} if it is, or gatepost reopen {}",
                of.0,
                of.0
            );
        }
        Ok(Self {
            ticket: of,
            resolved,
            expected: file.ticket.expected,
            coming: coming(tx, of)?,
        })
    }

    /// The same, on record now.
    ///
    /// # Errors
    /// When it is another by now: what the letter says of it would be wrong.
    pub(super) fn still(&self, tx: &Tx, config: &Config, duplicate: TicketNo) -> Result<()> {
        let now = Self::of(tx, &file(tx, config, self.ticket)?, duplicate)?;
        if now != *self {
            bail!(
                "while you wrote, {} changed: the letter would say what holds no longer. Nothing was sent\n  hint: look (gatepost show {}), then again",
                self.ticket,
                self.ticket.0
            );
        }
        Ok(())
    }

    /// Writes on the first report that the decision is about its duplicate, so that whoever
    /// is about to send news of it learns that there is one more to tell.
    pub(super) fn note(&self, tx: &Tx, config: &Config, decision: &Decision) -> Result<()> {
        let fact = NewFact::new(
            tx.now(),
            What::Noted {
                why: format!("{} is recorded as its duplicate", decision.ticket),
            },
            By::Person(decision.who.clone()),
        );
        tx.add_fact(self.ticket, &fact)?;
        refresh(tx, config, self.ticket).map(drop)
    }
}

/// The letter that tells a reporter a date and has not left, and that date.
fn coming(tx: &Tx, ticket: TicketNo) -> Result<Option<(i64, Date)>> {
    let waits = |state| {
        matches!(
            state,
            LetterState::Held | LetterState::Queued | LetterState::Offered
        )
    };
    let letters = tx.letters_of(ticket)?.into_iter().rev();
    let mut dated = letters.filter_map(|letter| {
        let on = letter.facts.iter().rev().find_map(|fact| match fact {
            What::Dated { on } => Some(*on),
            _ => None,
        })?;
        waits(letter.state).then_some((letter.id, on))
    });
    Ok(dated.next())
}

/// The date of the report that a duplicate repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstDate {
    /// The first report.
    pub first: TicketNo,
    /// Its date.
    pub on: Date,
    /// The letter that tells it to its reporter, where that has not left.
    pub letter: Option<i64>,
}

/// The date that the reporter of a duplicate is to be told too, as far as there is one.
///
/// # Errors
/// When the store cannot be read.
pub fn first_date(tx: &Tx, config: &Config, duplicate: &File) -> Result<Option<FirstDate>> {
    let Some(first) = duplicate.ticket.follows() else {
        return Ok(None);
    };
    let of = file(tx, config, first)?;
    let today = config.calendar.local_date(tx.now());
    let coming = coming(tx, first)?.map(|(letter, on)| (on, Some(letter)));
    let told = of.ticket.expected.map(|on| (on, None));
    let date = coming.or(told).filter(|(on, _)| *on >= today);
    let date = date.filter(|_| !is_resolved(&of.facts));
    Ok(date.map(|(on, letter)| FirstDate { first, on, letter }))
}

/// The reports that follow this one, their own followers with them, by number. Those that
/// are closed too: what their reporters were promised, a last letter does not take back.
///
/// # Errors
/// When the store cannot be read.
pub fn followers(tx: &Tx, ticket: TicketNo) -> Result<Vec<TicketNo>> {
    let mut known = BTreeSet::from([ticket]);
    let mut next = vec![ticket];
    while let Some(of) = next.pop() {
        for other in tx.tickets_that_name(of)? {
            let follows = Ticket::fold(&tx.facts_of(other)?).follows();
            if follows == Some(of) && known.insert(other) {
                next.push(other);
            }
        }
    }
    known.remove(&ticket);
    Ok(known.into_iter().collect())
}

/// What a decision on the first report is on one that follows it: true once its own
/// reporter was told, in a letter of its own.
pub fn followed(decision: Decision, of: TicketNo) -> Decision {
    let because = What::Noted {
        why: format!("it follows {of}"),
    };
    let mut told = decision.done;
    for what in decision.told {
        if !told.contains(&what) {
            told.push(what);
        }
    }
    Decision {
        decided: std::iter::once(because).chain(decision.decided).collect(),
        done: Vec::new(),
        told,
        ..decision
    }
}

/// What the report that this one repeats has come to, and the reporter of this one does not
/// know, each with the command that tells them. News that is under way is none.
///
/// What a command tells the reporter of the first is written to those of its duplicates too.
/// What the team wrote from its own mail program is not: a mail makes no letter to anybody.
/// So it is proposed, by `show` and in the digest.
///
/// # Errors
/// When the store cannot be read.
pub fn untold(tx: &Tx, config: &Config, duplicate: &File) -> Result<Vec<String>> {
    let Some(first) = duplicate.ticket.follows() else {
        return Ok(Vec::new());
    };
    let of = file(tx, config, first)?;
    let n = duplicate.row.number.0;
    let under_way = [
        LetterState::Queued,
        LetterState::Offered,
        LetterState::Unknown,
    ];
    let letters = tx.letters_of(duplicate.row.number)?;
    if letters
        .iter()
        .any(|l| l.by != By::Gatepost && under_way.contains(&l.state))
    {
        return Ok(Vec::new());
    }
    let unknown = "and this reporter has not been told";
    let today = config.calendar.local_date(tx.now());
    let resolved = is_resolved(&of.facts);
    let mut untold = Vec::new();
    if resolved && !is_resolved(&duplicate.facts) {
        untold.push(format!(
            "{first} is resolved, {unknown}: gatepost resolve {n}"
        ));
    }
    if is_published(&of.facts) && !is_published(&duplicate.facts) {
        let publication = Publication {
            on: None,
            link: None,
            because: String::new(),
            force: None,
        };
        // It would be refused: it is not resolved, or an embargo holds on this one.
        let refused = publication
            .check(&duplicate.facts, duplicate.row.number, today)
            .is_err();
        let force = if refused { " --force REASON" } else { "" };
        untold.push(format!(
            "{first} is public, {unknown}: gatepost publish {n} --link URL{force}"
        ));
    }
    let date = of.ticket.expected.filter(|on| !resolved && *on >= today);
    if let Some(on) = date.filter(|on| duplicate.ticket.expected != Some(*on)) {
        let because = duplicate.ticket.expected.map_or("", |_| " --because TEXT");
        untold.push(format!(
            "{first} is expected to be resolved by {on}, {unknown}: gatepost reply {n} --expected {on}{because}"
        ));
    }
    untold.extend(untold_plans(&of, duplicate, today));
    let ended = of.ticket.outcome.filter(|o| o.is_final());
    if let Some(outcome) = ended.filter(|_| duplicate.ticket.stage != Stage::Closed) {
        let word = outcome.word();
        untold.push(format!(
            "{first} was evaluated {word}, {unknown}: gatepost evaluate {n} {word}"
        ));
    }
    Ok(untold)
}

/// The days to come that the reporter of the first was told, and this one was not: until
/// when nobody is told, and when it is made public.
fn untold_plans(of: &File, duplicate: &File, today: Date) -> Vec<String> {
    let n = duplicate.row.number;
    let told = |event| {
        let on = last_told(&of.facts, event).filter(|on| *on > today)?;
        let was = last_told(&duplicate.facts, event);
        let because = was.map_or("", |_| " --because TEXT");
        (was != Some(on) && !is_published(&of.facts)).then_some((on, because))
    };
    let embargo = told(Planned::Embargo).map(|(on, because)| {
        format!(
            "{} has an embargo until {on}, and this reporter has not been told: gatepost reply {} --embargo {on}{because}",
            of.row.number, n.0
        )
    });
    let publication = told(Planned::Publication).map(|(on, because)| {
        let publication = Publication {
            on: Some(on),
            link: None,
            because: "TEXT".to_owned(),
            force: None,
        };
        let refused = publication.check(&duplicate.facts, n, today).is_err();
        let force = if refused { " --force REASON" } else { "" };
        format!(
            "{} is to be public on {on}, and this reporter has not been told: gatepost publish {} --on {on}{because}{force}",
            of.row.number, n.0
        )
    });
    embargo.into_iter().chain(publication).collect()
}

/// The same of all reports that follow another, by number. What cannot be read of one keeps
/// no other from being told.
///
/// # Errors
/// When the store cannot be read.
pub fn all_untold(tx: &Tx, config: &Config) -> Result<Vec<(TicketNo, String)>> {
    let mut all = Vec::new();
    for number in tx.tickets_that_follow()? {
        let news = file(tx, config, number).and_then(|file| untold(tx, config, &file));
        all.extend(news.into_iter().flatten().map(|news| (number, news)));
    }
    Ok(all)
}
