//! One look at the clock: what is due now is told to the team, once.
//!
//! Every reminder has a key that is unique per step and per person, such as
//! `remind/SEC-2026-0042/respond@17/1bd-before/anna`; who was told under a key is never
//! told again, so doing this twice changes nothing. All that a moment has for one person
//! is one letter; what a promise of `any_hour` asks for is not folded into it, but for
//! reports that look alike (see `flood`).
//!
//! A flood of reports is no flood of letters: once a person had the first word of some,
//! the next ones are gathered for a quarter of an hour, if they are more than a few or
//! this was the second such letter; and behind a flood until the next morning.

mod flood;
mod troubles;

pub use troubles::refused;

use super::roster::{Hearer, Roster};
use super::{Duty, File, Files, post};
use crate::config::{Config, Member};
use crate::letters::DigestEntry;
use crate::promise::reminders::{self, Due};
use crate::store::{TicketRow, Tx};
use crate::ticket::TicketNo;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// So long the first words of further reports are gathered.
const GATHER: SignedDuration = SignedDuration::from_mins(15);

/// So many at a time are no flood.
const FEW: usize = 3;

/// Something that one person is told now.
pub struct Nag {
    /// The ticket and the duty that it is about.
    pub matter: Rc<(TicketRow, Duty)>,
    /// The step.
    pub due: Due,
    /// What is said by it, and what it makes needless.
    key: String,
    covers: Vec<String>,
    /// It is of any hour, and one of many that are said together.
    together: bool,
}

impl Nag {
    fn is_of_any_hour(&self) -> bool {
        self.matter.1.promise.any_hour
    }

    /// It goes by itself, at any hour.
    fn is_alone(&self) -> bool {
        self.is_of_any_hour() && !self.together
    }

    /// It is the first word of its duty.
    fn is_new(&self) -> bool {
        self.due.step == "at-once"
    }

    /// Whether it can wait until then. What knows no hours waits for others no longer than
    /// half of the time that is left, and not at all where none is.
    fn has_time_until(&self, now: Timestamp, until: Timestamp) -> bool {
        let due_at = self.matter.1.due_at().filter(|_| self.is_of_any_hour());
        due_at.is_none_or(|due| until.duration_since(now) * 2 <= due.duration_since(now))
    }

    /// It may wait a little for others of its kind.
    fn may_wait(&self) -> bool {
        self.together || (self.is_new() && !self.is_of_any_hour() && !self.due.morning)
    }
}

/// Of how many reports these are the first word.
fn new_reports(nags: &[&Nag]) -> usize {
    let of_report = |nag: &&&Nag| nag.is_new() && nag.matter.1.is_from_receipt();
    let new = nags.iter().filter(of_report).map(|n| n.matter.0.number);
    new.collect::<BTreeSet<TicketNo>>().len()
}

/// What a tick has for one person.
#[derive(Default)]
pub struct Told {
    /// Reminders of deadlines.
    pub nags: Vec<Nag>,
    /// It is the morning digest, or troubles that are new to this person: told even if
    /// there is no reminder.
    pub digest: bool,
    /// It is news: the next ones are gathered.
    news: bool,
    /// The letters with news of late.
    of_late: News,
    /// Until when first words wait, for there is a flood.
    flood: Option<Timestamp>,
    /// Keys that are said by the digest.
    said: Vec<String>,
}

impl Told {
    /// Whether so many news to this person wait for others.
    fn gathers(&self, news: usize) -> bool {
        self.of_late.letters >= 2 || (self.of_late.letters == 1 && news > FEW)
    }

    /// First words of which this is true are looked at again at that moment.
    fn keep_back(
        &mut self,
        until: Timestamp,
        next_looks: &mut [(Key, Option<Timestamp>)],
        waits: impl Fn(&Nag) -> bool,
    ) {
        let (kept_back, now): (Vec<Nag>, Vec<Nag>) = std::mem::take(&mut self.nags)
            .into_iter()
            .partition(|nag| nag.may_wait() && waits(nag));
        self.nags = now;
        let kept_back: BTreeSet<Key> = kept_back
            .iter()
            .map(|nag| nag.matter.1.stored.key())
            .collect();
        for (key, next) in next_looks.iter_mut() {
            if kept_back.contains(key) {
                *next = [*next, Some(until)].into_iter().flatten().min();
            }
        }
    }
}

/// How many letters with the first word of a report went to a person since when.
#[derive(Clone, Copy, Default)]
struct News {
    since: Option<Timestamp>,
    letters: u32,
    /// Some are kept back.
    gathering: bool,
}

/// What a look at the clock gave.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Letters that were written.
    pub letters: usize,
    /// Tickets that could not be looked at, and why.
    pub broken: Vec<String>,
}

/// Looks at the clock. What cannot be read of one ticket keeps no other from being told.
pub fn tick(tx: &Tx, config: &Config) -> Result<Ticked> {
    let roster = Roster::today(tx, config)?;
    let due = tx.deadlines_to_look_at()?;
    let mut told = BTreeMap::new();
    for member in &config.team {
        let nothing = Told {
            of_late: news_of_late(tx, member)?,
            flood: flood::until(tx, config, member)?,
            ..Told::default()
        };
        told.insert(member.name.as_str(), nothing);
    }
    let (mut next_looks, mut broken) = (Vec::new(), Vec::new());
    let mut cabinet = Files::new(tx, config);
    for (ticket, due) in &due {
        // One file at a time: a start looks at all tickets that are open.
        let file = match cabinet.open(*ticket) {
            Ok(file) => file,
            Err(why) => {
                broken.push(format!("ticket {ticket}: {why:#}"));
                continue;
            }
        };
        for (promise, start) in due {
            let key = (*ticket, promise.as_str(), *start);
            let next = match file.duties.iter().find(|d| d.stored.key() == key) {
                Some(duty) => {
                    super::alarms::look(tx, config, &file, duty)?;
                    nag(tx, config, &roster, &file, duty, &mut told)?
                }
                None => None,
            };
            next_looks.push((key, next));
        }
    }
    super::alarms::follow_up(tx, config)?;
    flood::together(tx, &mut told)?;
    flood::gather(tx, &mut told, &mut next_looks)?;
    gather(tx.now(), &mut told, &mut next_looks);
    for member in &config.team {
        if let Some(told) = told.get(member.name.as_str()) {
            keeps_gathering(tx, member, told)?;
        }
    }
    for ((ticket, promise, start), next) in next_looks {
        tx.look_again(ticket, promise, start, next)?;
    }
    troubles::tell(tx, config, &roster, &mut told)?;
    let mut board = None;
    let mut letters = 0;
    for member in &config.team {
        if let Some(told) = told.get(member.name.as_str()) {
            letters += write(tx, config, member, told, &mut board)?;
        }
    }
    Ok(Ticked { letters, broken })
}

/// The word in the store for the letters with news to a person: since when, how many.
fn news_key(member: &Member) -> String {
    format!("news/{}", member.name)
}

/// The letters with news to a person that still count. A clock that was put back counts
/// none.
fn news_of_late(tx: &Tx, member: &Member) -> Result<News> {
    let stored = tx.meta(&news_key(member))?.unwrap_or_default();
    let (since, letters) = stored.split_once(' ').unwrap_or_default();
    let now = tx.now();
    let since = since.parse::<Timestamp>().ok();
    Ok(
        match since.filter(|since| *since <= now && now < *since + GATHER) {
            Some(since) => News {
                since: Some(since),
                letters: letters.parse().unwrap_or(0),
                gathering: false,
            },
            None => News::default(),
        },
    )
}

/// What is kept back is not looked at before its time: further news, however few, join it.
fn keeps_gathering(tx: &Tx, member: &Member, told: &Told) -> Result<()> {
    match told.of_late.since.filter(|_| told.of_late.gathering) {
        Some(since) => {
            let letters = told.of_late.letters.max(2);
            tx.set_meta(&news_key(member), &format!("{since} {letters}"))
        }
        None => Ok(()),
    }
}

/// What a deadline is known by.
type Key<'a> = (TicketNo, &'a str, i64);

/// Keeps back the first words of reports that wait for others.
fn gather(
    now: Timestamp,
    told: &mut BTreeMap<&str, Told>,
    next_looks: &mut [(Key, Option<Timestamp>)],
) {
    for told in told.values_mut() {
        let waiting = told.nags.iter().filter(|nag| nag.may_wait()).count();
        let Some(since) = told.of_late.since.filter(|_| told.gathers(waiting)) else {
            continue;
        };
        told.of_late.gathering = waiting > 0;
        let until = since + GATHER;
        told.keep_back(until, next_looks, |nag| nag.has_time_until(now, until));
    }
}

/// Plans the reminders of one duty for each who hears; gives the moment of the next.
fn nag(
    tx: &Tx,
    config: &Config,
    roster: &Roster,
    file: &File,
    duty: &Duty,
    told: &mut BTreeMap<&str, Told>,
) -> Result<Option<Timestamp>> {
    let (mut next, mut matter) = (None, None);
    let about = about(&file.row, duty);
    let said_before: BTreeSet<String> = tx
        .told(&format!("{about}/"))?
        .into_iter()
        .map(|(key, _, _)| key)
        .collect();
    for hearer in roster.hearers(&duty.promise, file.ticket.owner.as_deref()) {
        let key = |step: &str| format!("{about}/{step}/{}", hearer.member.name);
        let said = |step: &str| said_before.contains(&key(step));
        let asked = asked(duty, &hearer);
        let plan = reminders::plan(&asked, &said, &config.calendar, tx.now());
        next = [next, plan.next].into_iter().flatten().min();
        let (Some(told), Some(due)) = (told.get_mut(hearer.member.name.as_str()), plan.say) else {
            continue;
        };
        let first = format!("{about}/{}/", due.step);
        let is_first = !said_before.iter().any(|key| key.starts_with(&first));
        // What somebody else was told at its time, and this person hears because they took
        // the ticket over or cover, is not told by night.
        let now = tx.now();
        if !is_first && !duty.promise.any_hour && !config.calendar.is_open(now) {
            let opening = config.calendar.next_open(now);
            next = [next, Some(opening)].into_iter().flatten().min();
            continue;
        }
        let matter = matter.get_or_insert_with(|| Rc::new((file.row.clone(), duty.clone())));
        told.nags.push(Nag {
            matter: Rc::clone(matter),
            key: key(&due.step),
            covers: plan.covers.iter().map(|step| key(step)).collect(),
            due,
            together: false,
        });
    }
    Ok(next)
}

/// What the keys of all reminders of a ticket begin with.
pub fn about_any(row: &TicketRow) -> String {
    format!("remind/{}/", row.reference)
}

/// What the reminders of a duty begin with.
pub fn about(row: &TicketRow, duty: &Duty) -> String {
    let (promise, start) = (&duty.stored.promise, duty.stored.start);
    format!("{}{promise}@{start}", about_any(row))
}

/// A duty as its reminders see it, for somebody who hears of it.
pub fn asked<'d>(duty: &'d Duty, hearer: &Hearer) -> reminders::Duty<'d> {
    reminders::Duty {
        promise: &duty.promise,
        run: &duty.run,
        due_at: duty.due_at(),
        started_at: duty.stored.started_at,
        line: hearer.line,
    }
}

/// Writes the letters of this moment to one person, and what they say: one, and one for
/// each reminder that goes alone. Gives how many.
fn write(
    tx: &Tx,
    config: &Config,
    member: &Member,
    told: &Told,
    board: &mut Option<Vec<DigestEntry>>,
) -> Result<usize> {
    for key in told.nags.iter().flat_map(|nag| &nag.covers) {
        tx.say(key, None)?;
    }
    let (mut letters, mut news) = (0, 0);
    for nag in told.nags.iter().filter(|nag| nag.is_alone()) {
        let letter = post::remind(tx, config, member, nag)?;
        tx.goes_alone(letter)?;
        tx.say(&nag.key, Some(letter))?;
        letters += 1;
        news += u32::from(nag.matter.0.is_plain());
    }
    let folded: Vec<&Nag> = told.nags.iter().filter(|nag| !nag.is_alone()).collect();
    let new = new_reports(&folded);
    let letter = match folded.as_slice() {
        [] if !told.digest => None,
        [only] if !told.digest && !only.due.morning => {
            Some(post::remind(tx, config, member, only)?)
        }
        [..] => {
            // The same for everybody, and wanted only on some ticks: made once.
            let board = match board {
                Some(board) => board,
                None => board.insert(post::board(tx, config)?),
            };
            let beside = post::Beside {
                duties: folded.iter().map(|nag| &*nag.matter).collect(),
                new,
            };
            Some(post::digest(tx, config, member, board, &beside)?)
        }
    };
    if let Some(letter) = letter {
        for key in folded.iter().map(|nag| &nag.key).chain(&told.said) {
            tx.say(key, Some(letter))?;
        }
        letters += 1;
        if told.news || folded.iter().any(|nag| nag.is_new() || nag.together) {
            news += 1;
            flood::told(tx, config, member, new)?;
        }
    }
    if news > 0 {
        let since = told.of_late.since.unwrap_or(tx.now());
        let news = format!("{since} {}", told.of_late.letters.saturating_add(news));
        tx.set_meta(&news_key(member), &news)?;
    }
    Ok(letters)
}

#[cfg(test)]
mod tests;
