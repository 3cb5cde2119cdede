//! The runs of a promise, folded from the facts of a ticket.
//!
//! A run begins when the promise starts to bind and ends when it is met, made void or
//! replaced by the next. Laws:
//!
//! * Facts count in the order in which they happened, not in which they were written
//!   down: by instant, then by number.
//! * *Acts* meet a run only after its start; *conditions* whenever they hold.
//! * One fact may meet the open run and start the next, in this order.
//! * A letter that crossed with the reporter's mail meets nothing that began after it was
//!   written; what it does meet, that mail begins anew, from its own moment on.
//! * Nothing starts after a fact of `ends` or after `closed`, until `reopened`.
//! * A promise with a class binds only while the ticket has that class, and from the
//!   moment on at which it was given. Losing the class makes the open run void, but not where
//!   the same mail gives it anew.
//! * A promise does not hold while the ticket has one of the classes that it excepts: what
//!   was open is void from then on. When the ticket loses that class, the promise stands as
//!   if it had never had it: its clock ran on, from the same moment.
//! * Our own rhythm of letters ([`Promise::is_cadence`]) rests while we wait for the
//!   reporter, and begins anew at the moment at which the waiting ends, by their mail, by a
//!   person or by our evaluation: a stored deadline is never moved. Whose mail is older than our question, by a server's clock that is
//!   behind or a fetch that came late, but was written down after it, is not waited for.
//! * That we wait for others is like an answer where the promise says so
//!   ([`Promise::others_count`]).
//! * What was resolved, updated or published before `reopened` does not hold after it:
//!   a second fix is owed like the first. Owner, thanks and credit hold on.

mod again;
mod except;

use super::calendar::Calendar;
use super::deadline::date_due;
use super::form::{DateKind, OneOf, Promise};
use crate::ticket::{Act, Fact, FactName, Planned, WaitsFor, What, counting, unread};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// One time that a promise bound us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The number of the fact that started it.
    pub start: i64,
    /// When that happened.
    pub started_at: Timestamp,
    /// The date by which it is due, for a promise with `by`.
    pub date: Option<Date>,
    /// For each of the promise's `needs`, since when it is met.
    pub met: Vec<Option<Timestamp>>,
    /// Since when it rests, because we wait for the reporter: to its end it can no longer
    /// be late.
    pub paused_at: Option<Timestamp>,
    /// How it ended; `None` while it is open.
    pub end: Option<End>,
}

/// How a run ended, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// All its needs were met, in time or late.
    Met(Timestamp),
    /// The ticket was closed, or a fact of `ends` happened.
    Void(Timestamp),
    /// The promise repeats, and what starts it happened again; or it rested, and the
    /// waiting ended.
    Restarted(Timestamp),
    /// A new date was told before the old one was due, or when it was.
    Moved(Timestamp),
    /// A new date was told after the old one was due.
    Missed(Timestamp),
}

impl End {
    /// The instant of the end.
    pub fn at(self) -> Timestamp {
        match self {
            Self::Met(at)
            | Self::Void(at)
            | Self::Restarted(at)
            | Self::Moved(at)
            | Self::Missed(at) => at,
        }
    }
}

/// All runs of `promise` on a ticket with these `facts`, oldest first; at most the last
/// is open. Facts that were retracted or rest on an undelivered letter do not count.
pub fn runs(promise: &Promise, facts: &[Fact], calendar: &Calendar) -> Vec<Run> {
    let mut facts = counting(facts);
    let unread = unread(&facts);
    facts.sort_by_key(|fact| (fact.at, fact.n));
    let seen = vec![false; promise.from.len()];
    let mut fold = Fold {
        promise,
        calendar,
        runs: Vec::new(),
        holding: BTreeMap::new(),
        seen,
        date: None,
        ended: false,
        bound: promise.class.is_none(),
        called_again: again::called(&facts),
        waiting: false,
        heard: 0,
        unread,
        mails: Vec::new(),
    };
    for &fact in &facts {
        fold.take(fact);
    }
    let mut runs = fold.runs;
    if let Some(since) = except::since(promise, &facts) {
        except::release(&mut runs, since);
    }
    runs
}

struct Fold<'a> {
    promise: &'a Promise,
    calendar: &'a Calendar,
    runs: Vec<Run>,
    /// Conditions, and since when they hold.
    holding: BTreeMap<FactName, Timestamp>,
    /// Which groups of `from` happened since the last start (with `by`: at all).
    seen: Vec<bool>,
    /// The last date that the ticket carried, for a promise with `by`.
    date: Option<Date>,
    /// Nothing starts any more.
    ended: bool,
    /// The ticket has the promise's class, or the promise has none.
    bound: bool,
    /// Which facts take a class away that the same mail gives anew.
    called_again: BTreeSet<i64>,
    /// We wait for the reporter.
    waiting: bool,
    /// The highest number of a fact that the reporter wrote, so far.
    heard: i64,
    /// What the writer of a letter did not know when it left.
    unread: BTreeMap<i64, Range<i64>>,
    /// What the reporter wrote, so far.
    mails: Vec<&'a Fact>,
}

impl<'a> Fold<'a> {
    fn take(&mut self, fact: &'a Fact) {
        let name = self.name_of(&fact.what);
        let bound_now = self.bind(fact);
        match &fact.what {
            // An interim answer is an answer (a fact of its own) but no evaluation.
            What::Evaluated { outcome } if outcome.is_interim() => return,
            What::Reopened => {
                self.ended = false;
                self.holding.retain(|name, _| holds_after_reopening(name));
            }
            What::Disowned => drop(self.holding.remove(&FactName::new("owned"))),
            _ => {}
        }
        let unread = fact.letter.and_then(|l| self.unread.get(&l)).cloned();
        let unread = unread.unwrap_or_default();
        let was_open = self.open().map(|run| run.start);
        self.meet(&name, fact.at, &unread);
        if matches!(fact.what, What::Closed) || self.promise.ends.contains(&name) {
            self.end_open(End::Void(fact.at));
            self.ended = true;
        }
        if was_open.is_some_and(|start| start < unread.start) && self.open().is_none() {
            self.begin_with_unread(&unread);
        }
        if fact.what == What::ReporterWrote {
            self.mails.push(fact);
        }
        self.wait(fact);
        match self.promise.by {
            Some(kind) => self.begin_dated(fact, &name, kind, bound_now),
            None => self.begin_counted(fact, &name, bound_now),
        }
    }

    /// The name that a fact has for this promise.
    fn name_of(&self, what: &What) -> FactName {
        match what {
            What::Waiting {
                on: Some(WaitsFor::Others),
            } if self.promise.is_cadence() && self.promise.others_count => {
                FactName::new("answered")
            }
            _ => what.name(),
        }
    }

    /// Follows the class of the ticket; whether it has just become the promise's own.
    fn bind(&mut self, fact: &Fact) -> bool {
        let Some(own) = &self.promise.class else {
            return false;
        };
        match &fact.what {
            What::Classed { class } if class == own => !std::mem::replace(&mut self.bound, true),
            What::Unclassed { class } if class == own => {
                if self.called_again.contains(&fact.n) && self.open().is_some() {
                    return false;
                }
                self.end_open(End::Void(fact.at));
                if !self.runs.is_empty() {
                    // What had started it has happened all the same: given again, the class
                    // binds again, also where it was met before.
                    self.seen.fill(true);
                }
                self.bound = false;
                false
            }
            _ => false,
        }
    }

    /// Follows for whom the ticket waits: rests, or begins anew.
    fn wait(&mut self, fact: &Fact) {
        if !self.promise.is_cadence() {
            return;
        }
        if fact.what == What::ReporterWrote {
            self.heard = self.heard.max(fact.n);
        }
        match &fact.what {
            What::Waiting {
                on: Some(WaitsFor::Reporter),
            } if self.heard > fact.n => {
                self.waiting = false;
                if self.open().is_some() {
                    self.end_open(End::Restarted(fact.at));
                    self.start(fact, None);
                }
            }
            What::Waiting {
                on: Some(WaitsFor::Reporter),
            } => {
                self.waiting = true;
                if let Some(run) = self.runs.last_mut().filter(|run| run.end.is_none()) {
                    run.paused_at = run.paused_at.or(Some(fact.at));
                }
            }
            // No interim answer: those do not come here.
            What::ReporterWrote | What::Waiting { .. } | What::Evaluated { .. } => {
                self.waiting = false;
                if self.open().is_some_and(|run| run.paused_at.is_some()) {
                    self.end_open(End::Restarted(fact.at));
                    self.start(fact, None);
                }
            }
            _ => {}
        }
    }

    /// A letter met the open run, but not what the reporter wrote while it was on its way.
    fn begin_with_unread(&mut self, unread: &Range<i64>) {
        let first = self.mails.iter().find(|mail| unread.contains(&mail.n));
        let Some(mail) = first.copied().filter(|_| self.promise.by.is_none()) else {
            return;
        };
        if self.runs.iter().all(|run| run.start != mail.n) {
            self.begin_counted(mail, &mail.what.name(), false);
        }
    }

    /// `unread`: the numbers of what the writer of the fact's letter did not know.
    fn meet(&mut self, name: &FactName, at: Timestamp, unread: &Range<i64>) {
        if name.act() == Act::Condition {
            self.holding.entry(name.clone()).or_insert(at);
        }
        let Some(run) = self.runs.last_mut().filter(|run| run.end.is_none()) else {
            return;
        };
        if name.act() == Act::Act && unread.contains(&run.start) {
            return;
        }
        for (need, met) in self.promise.needs.iter().zip(&mut run.met) {
            if met.is_none() && need.0.contains(name) {
                *met = Some(at);
            }
        }
        if run.met.iter().all(Option::is_some) {
            run.end = Some(End::Met(at));
        }
    }

    fn begin_counted(&mut self, fact: &Fact, name: &FactName, bound_now: bool) {
        let complete = (self.see(name) || bound_now) && self.seen.iter().all(|seen| *seen);
        let waits = self.open().is_some() && !self.promise.repeat;
        if complete && self.bound && !self.ended && !waits {
            self.end_open(End::Restarted(fact.at));
            self.start(fact, None);
            self.seen.fill(false);
        }
    }

    fn begin_dated(&mut self, fact: &Fact, name: &FactName, kind: DateKind, bound_now: bool) {
        let was_ready = self.seen.iter().all(|seen| *seen);
        self.see(name);
        let told = date_told(&fact.what, kind);
        self.date = told.or(self.date);
        let (ready, news) = (
            self.seen.iter().all(|seen| *seen),
            told.is_some() || !was_ready || bound_now,
        );
        let binds = ready && news && self.bound && !self.ended;
        let Some(date) = self.date.filter(|_| binds) else {
            return;
        };
        match self.open().map(|run| run.date) {
            // Told again, the same date is no new promise.
            Some(Some(open)) if open == date => return,
            Some(Some(open)) if fact.at > date_due(open, self.calendar) => {
                self.end_open(End::Missed(fact.at))
            }
            Some(_) => self.end_open(End::Moved(fact.at)),
            None => {}
        }
        self.start(fact, Some(date));
    }

    /// Notes that `name` happened; whether it is of any use in `from`.
    fn see(&mut self, name: &FactName) -> bool {
        let mut of_use = false;
        for (group, seen) in self.promise.from.iter().zip(&mut self.seen) {
            if group.0.contains(name) {
                (*seen, of_use) = (true, true);
            }
        }
        of_use
    }

    fn start(&mut self, fact: &Fact, date: Option<Date>) {
        let since = |need: &OneOf| {
            need.0
                .iter()
                .filter_map(|name| self.holding.get(name))
                .min()
                .copied()
        };
        let met: Vec<Option<Timestamp>> = self.promise.needs.iter().map(since).collect();
        let end = met.iter().all(Option::is_some).then_some(End::Met(fact.at));
        self.runs.push(Run {
            start: fact.n,
            started_at: fact.at,
            date,
            met,
            paused_at: self.waiting.then_some(fact.at),
            end,
        });
    }

    fn open(&self) -> Option<&Run> {
        self.runs.last().filter(|run| run.end.is_none())
    }

    fn end_open(&mut self, end: End) {
        if let Some(run) = self.runs.last_mut().filter(|run| run.end.is_none()) {
            run.end = Some(end);
        }
    }
}

/// The date of this kind that the fact gives to the ticket.
fn date_told(what: &What, kind: DateKind) -> Option<Date> {
    match (kind, what) {
        (DateKind::Expected, What::Dated { on })
        | (
            DateKind::Publication,
            What::Planned {
                event: Planned::Publication,
                on,
            },
        )
        | (
            DateKind::Embargo,
            What::Planned {
                event: Planned::Embargo,
                on,
            },
        )
        | (
            DateKind::ReporterPublication,
            What::Planned {
                event: Planned::ReporterPublication,
                on,
            },
        ) => Some(*on),
        _ => None,
    }
}

fn holds_after_reopening(name: &FactName) -> bool {
    !matches!(name.as_str(), "resolved" | "update-posted" | "published")
}

#[cfg(test)]
mod tests;
