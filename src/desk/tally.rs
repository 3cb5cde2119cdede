//! How the promises of a span were kept: reads the record and has it judged.
//!
//! What is no report (it lies among junk, was closed there, or is spam) is left out of every
//! figure, and counted beside them. So is what began before a ticket was adopted (taken out
//! of the tray, the junk or a conversation from before): its clock was running long since.

use super::policy_of;
use crate::config::Config;
use crate::promise::tally::{Case, Days, Fate, Judged, Page, judge};
use crate::promise::{self, End, Policy, Promise, Run};
use crate::store::{Due, Head, Tx};
use crate::ticket::{By, Fact, Field, Reference, Ticket, TicketNo, What, counting};
use anyhow::Result;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

/// What a span holds.
#[derive(Debug, Default)]
pub struct Tally {
    /// The tickets that were received in it.
    pub received: Received,
    /// The runs that count in it or in the history before it, judged.
    pub judged: Vec<Judged>,
    /// The runs that would count in it, and are left out.
    pub left_out: LeftOut,
    /// The references of the tickets of those that are late, or cannot be kept.
    pub references: BTreeMap<TicketNo, Reference>,
}

/// Tickets, by what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Reports.
    pub reports: usize,
    /// Of those, so many of each class.
    pub classes: BTreeMap<String, usize>,
    /// What lies among junk, was closed there, or is spam.
    pub not_reports: usize,
    /// What a person took up from the tray, the junk or before gatepost.
    pub adopted: usize,
}

impl Received {
    /// All of them.
    pub fn all(&self) -> usize {
        self.reports + self.not_reports + self.adopted
    }
}

/// Runs that are in no column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Of tickets that are no reports.
    pub not_reports: usize,
    /// Of adopted tickets.
    pub adopted: usize,
}

/// What a ticket is to a count.
enum Sort {
    /// A report, with its facts; and by which of them a person took it up, if so. What began
    /// up to there counts for nothing.
    Report(Vec<Fact>, Option<i64>),
    NotAReport,
}

/// Judges what counts from `history` on, which is not after the span, to the end of `days`;
/// calls `each` for every ticket that it reads.
///
/// # Errors
/// When the store cannot be read.
pub fn tally(
    tx: &Tx,
    config: &Config,
    days: Days,
    history: Date,
    mut each: impl FnMut(),
) -> Result<Tally> {
    let calendar = &config.calendar;
    let (first, last) = (days.first.min(history), days.last);
    // Zones are up to a day apart: what is read is more, what counts is asked by local day.
    let from = first.saturating_sub(2.days());
    let until = last.saturating_add(2.days());
    let mut due = tx.due_within(midnight(from), midnight(until))?;
    let wanted = Days { first, last };
    let mut policies: BTreeMap<String, InForce> = BTreeMap::new();
    let mut tally = Tally::default();
    tx.heads(|head| {
        let mut of_it = due.remove(&head.number).unwrap_or_default();
        let counts = |day: Date, days: Days| days.holds(day);
        of_it.retain(|one| {
            one.due_at
                .is_none_or(|at| counts(calendar.local_date(at), wanted))
        });
        let received = days.holds(calendar.local_date(head.opened_at));
        if !received && of_it.is_empty() {
            return Ok(());
        }
        each();
        let sort = sort(tx, &head)?;
        if received {
            tally.received.count(&sort, &head);
        }
        match sort {
            Sort::Report(facts, adopted) => {
                let since = |one: &Due| adopted.is_none_or(|adopted| one.start > adopted);
                let (of_it, before): (Vec<Due>, Vec<Due>) = of_it.into_iter().partition(since);
                tally.left_out.adopted += in_span(&before, days, config);
                let policy = match policies.entry(head.policy.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => {
                        place.insert(InForce::new(policy_of(tx, config, &head.policy)?))
                    }
                };
                let judged = of_report(&head, &facts, &of_it, policy, (config, tx.now()));
                tally.take(judged, &head, wanted);
            }
            Sort::NotAReport => tally.left_out.not_reports += in_span(&of_it, days, config),
        }
        Ok(())
    })?;
    Ok(tally)
}

impl Tally {
    fn take(&mut self, judged: Vec<Judged>, head: &Head, wanted: Days) {
        for one in judged.into_iter().filter(|one| wanted.holds(one.on)) {
            if matches!(one.fate, Fate::Late | Fate::Cannot) {
                let reference = || head.reference.clone();
                self.references.entry(head.number).or_insert_with(reference);
            }
            self.judged.push(one);
        }
    }

    /// Those that count in these days.
    pub fn of(&self, days: Days) -> impl Iterator<Item = &Judged> {
        self.judged.iter().filter(move |one| days.holds(one.on))
    }
}

impl Received {
    fn count(&mut self, sort: &Sort, head: &Head) {
        match sort {
            Sort::Report(_, Some(_)) => self.adopted += 1,
            Sort::Report(_, None) => {
                self.reports += 1;
                for class in &head.classes {
                    *self.classes.entry(class.clone()).or_default() += 1;
                }
            }
            Sort::NotAReport => self.not_reports += 1,
        }
    }
}

fn sort(tx: &Tx, head: &Head) -> Result<Sort> {
    if head.is_none {
        return Ok(Sort::NotAReport);
    }
    let facts = tx.facts_of(head.number)?;
    if Ticket::fold(&facts).closed_as_junk {
        return Ok(Sort::NotAReport);
    }
    let adopted = |fact: &&Fact| match (&fact.what, &fact.by) {
        (What::Adopted, _) => true,
        // A report that is told on the telephone comes some way.
        (What::Received, By::Person(_)) => fact.via.is_none(),
        (_, _) => false,
    };
    let adopted = counting(&facts)
        .into_iter()
        .rfind(adopted)
        .map(|fact| fact.n);
    Ok(Sort::Report(facts, adopted))
}

/// A policy that is or was in force, and each of its promises in its words.
struct InForce<'c> {
    policy: Cow<'c, Policy>,
    pages: BTreeMap<String, Arc<Page>>,
}

impl<'c> InForce<'c> {
    fn new(policy: Cow<'c, Policy>) -> Self {
        let page = |promise: &Promise| Arc::new(Page::of(&policy, promise));
        let pages = policy.promises.iter().map(|p| (p.name.clone(), page(p)));
        let pages = pages.collect();
        Self { policy, pages }
    }

    fn promise(&self, name: &str) -> Option<(&Promise, &Arc<Page>)> {
        self.policy.promise(name).zip(self.pages.get(name))
    }
}

/// The deadlines on record that still stand by the facts, judged.
fn of_report(
    head: &Head,
    facts: &[Fact],
    due: &[Due],
    policy: &InForce,
    (config, now): (&Config, Timestamp),
) -> Vec<Judged> {
    let calendar = &config.calendar;
    let mut runs: BTreeMap<&str, Vec<Run>> = BTreeMap::new();
    let mut judged = Vec::new();
    for stored in due {
        let Some((promise, page)) = policy.promise(&stored.promise) else {
            continue;
        };
        let of_it = runs
            .entry(&promise.name)
            .or_insert_with(|| promise::runs(promise, facts, calendar));
        let Some(run) = of_it.iter().find(|run| run.start == stored.start) else {
            continue;
        };
        let case = Case {
            ticket: head.number,
            promise,
            page,
            runs: of_it,
            run,
            due_at: stored.due_at,
            reachable: could_be_reached(head, facts, (stored.due_at, run.end.map(End::at)), now),
        };
        judged.push(judge(&case, calendar, now));
    }
    judged
}

/// Whether there was somebody to write to when it was due, or ended before, or since then and
/// until it ended. That one is removed later excuses nothing that was late before; what nobody
/// did since one is known is late, and stays so however it ends.
fn could_be_reached(
    head: &Head,
    facts: &[Fact],
    (due, ended): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) -> bool {
    let first = [due, ended].into_iter().flatten().min();
    let at = first.unwrap_or(now).min(now);
    let set = facts.iter().filter_map(|fact| {
        let What::Set { field, value, was } = &fact.what else {
            return None;
        };
        (*field == Field::Reporter).then_some((fact.at, value, was))
    });
    let (before, after): (Vec<_>, Vec<_>) = set.partition(|(when, ..)| *when <= at);
    let then = match (before.last(), after.first()) {
        (Some((_, value, _)), _) => value.is_some(),
        (None, Some((_, _, was))) => was.is_some(),
        (None, None) => head.reachable,
    };
    let in_time = |when: &Timestamp| ended.is_none_or(|ended| *when <= ended);
    let mut since = after.iter().filter(|(when, ..)| in_time(when));
    then || since.any(|(_, value, _)| value.is_some())
}

/// How many of these count in the span; those without a time are in no column of anybody's.
fn in_span(due: &[Due], days: Days, config: &Config) -> usize {
    let counts = |at: Timestamp| days.holds(config.calendar.local_date(at));
    due.iter()
        .filter_map(|one| one.due_at)
        .filter(|at| counts(*at))
        .count()
}

fn midnight(day: Date) -> Timestamp {
    day.to_datetime(Time::midnight())
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MAX, |at| at.timestamp())
}
