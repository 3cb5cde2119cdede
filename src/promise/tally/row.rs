//! One line of the count: a promise, and what became of its runs.

use super::{Fate, Fates, Judged, Page, Under, Unit};
use crate::promise::calendar::Calendar;
use crate::promise::run::End;
use crate::ticket::TicketNo;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a promise was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The promise's name.
    pub promise: String,
    /// It is never called late.
    pub soft: bool,
    /// What its time is counted in; `None` for a promise without a time, which is counted
    /// by the day on which it began.
    pub unit: Option<Unit>,
    /// How many there were of each fate.
    pub of: Fates,
    /// The same, by the words in which they were made, the oldest first.
    pub under: Vec<Under>,
    /// Of those that are late, how many are open still.
    pub still_open: usize,
    /// How long it took until it was met, in the middle; the mean of the two middle ones of
    /// an even number.
    pub median: Option<Took>,
    /// The longest that it took, or has taken by now.
    pub longest: Option<Took>,
    /// The tickets that it was late on, the most often first, and how often.
    pub late_on: Vec<(TicketNo, usize)>,
    /// The tickets on which it could not be kept.
    pub cannot_on: Vec<TicketNo>,
}

/// How long something took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Took {
    /// In the unit of its row.
    pub amount: f64,
    /// In real seconds.
    pub seconds: f64,
    /// It is not over yet.
    pub goes_on: bool,
}

impl Row {
    /// How many there were of this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.of.count(fate)
    }

    /// How many were due.
    pub fn due(&self) -> usize {
        self.of.due()
    }

    /// How many were kept of those that were kept or late; none where that says nothing.
    pub fn in_time(&self) -> Option<(usize, usize)> {
        self.of.in_time()
    }

    /// The same in whole percent, rounded down: 100 is said of all alone.
    pub fn percent(&self) -> Option<usize> {
        self.in_time().map(|(kept, all)| kept * 100 / all)
    }

    /// The median in words: `1.6 bd`.
    pub fn median_words(&self) -> Option<String> {
        let words = |took: Took| self.unit_or_days().words(took.amount);
        self.median.map(words)
    }

    /// The longest in words; with a `+` where it goes on.
    pub fn longest_words(&self) -> Option<String> {
        let more = |took: &Took| if took.goes_on { "+" } else { "" };
        self.longest
            .map(|took| self.unit_or_days().words(took.amount) + more(&took))
    }

    fn unit_or_days(&self) -> Unit {
        self.unit.unwrap_or(Unit::BusinessDays)
    }
}

/// Counts runs by their promise: those named in `order` first, in that order, then the
/// others by name. A promise that was soft under one policy and hard under another has two
/// rows; one whose unit changed is counted in that of its last day.
pub fn rows<'j>(
    judged: impl IntoIterator<Item = &'j Judged>,
    order: &[&str],
    calendar: &Calendar,
    now: Timestamp,
) -> Vec<Row> {
    let mut by_promise: BTreeMap<(&str, bool, bool), Vec<&Judged>> = BTreeMap::new();
    for one in judged {
        let key = (one.promise.as_str(), one.soft, one.unit.is_none());
        by_promise.entry(key).or_default().push(one);
    }
    let mut rows: Vec<Row> = by_promise
        .values()
        .map(|all| row(all, calendar, now))
        .collect();
    let place = |row: &Row| order.iter().position(|name| *name == row.promise);
    rows.sort_by_key(|row| (place(row).unwrap_or(order.len()), row.promise.clone()));
    rows
}

fn row(all: &[&Judged], calendar: &Calendar, now: Timestamp) -> Row {
    let newest = all.iter().max_by_key(|one| (one.on, one.began_at));
    let unit = newest.and_then(|one| one.unit);
    let counts_in = unit.unwrap_or(Unit::BusinessDays);
    let mut row = Row {
        promise: newest.map(|one| one.promise.clone()).unwrap_or_default(),
        soft: newest.is_some_and(|one| one.soft),
        unit,
        of: Fates::default(),
        under: under(all),
        still_open: 0,
        median: None,
        longest: None,
        late_on: Vec::new(),
        cannot_on: Vec::new(),
    };
    let (mut met, mut late_on) = (Vec::new(), BTreeMap::new());
    for one in all {
        row.of.add(one.fate);
        match one.fate {
            Fate::Late => *late_on.entry(one.ticket).or_insert(0_usize) += 1,
            Fate::Cannot => row.cannot_on.push(one.ticket),
            Fate::Kept | Fate::Moved | Fate::Open | Fate::Void => {}
        }
        let took = |to: Timestamp, goes_on| Took {
            amount: counts_in.between(one.began_at, to, calendar),
            seconds: to.duration_since(one.began_at).as_secs_f64().max(0.0),
            goes_on,
        };
        match (one.fate, one.end) {
            (_, Some(End::Met(at))) => met.push(took(at, false)),
            (Fate::Late, None) => {
                row.still_open += 1;
                row.longest = longer(row.longest, took(now, true));
            }
            (_, Some(End::Void(_) | End::Restarted(_) | End::Moved(_) | End::Missed(_)) | None) => {
            }
        }
    }
    row.longest = met.iter().copied().fold(row.longest, longer_of);
    row.median = median(&met);
    row.late_on = late_on.into_iter().collect();
    row.late_on
        .sort_by_key(|(ticket, times)| (std::cmp::Reverse(*times), *ticket));
    row.cannot_on.sort_unstable();
    row.cannot_on.dedup();
    row
}

fn under(all: &[&Judged]) -> Vec<Under> {
    let mut by_page: BTreeMap<&Arc<Page>, Fates> = BTreeMap::new();
    for one in all {
        by_page.entry(&one.page).or_default().add(one.fate);
    }
    let under = |(page, of): (&Arc<Page>, Fates)| Under {
        page: Arc::clone(page),
        of,
    };
    by_page.into_iter().map(under).collect()
}

fn longer_of(so_far: Option<Took>, other: Took) -> Option<Took> {
    longer(so_far, other)
}

fn longer(so_far: Option<Took>, other: Took) -> Option<Took> {
    so_far
        .filter(|took| took.amount >= other.amount)
        .or(Some(other))
}

/// Each of the two figures by itself: business days and real time need not agree on which
/// is the middle one.
fn median(all: &[Took]) -> Option<Took> {
    let middle = |of: fn(&Took) -> f64| {
        let mut sorted: Vec<f64> = all.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        let half = sorted.len() / 2;
        let upper = sorted.get(half).copied()?;
        let lower = sorted.get((sorted.len() - 1) / 2).copied()?;
        Some(f64::midpoint(lower, upper))
    };
    Some(Took {
        amount: middle(|took| took.amount)?,
        seconds: middle(|took| took.seconds)?,
        goes_on: false,
    })
}

/// How late a run was, or is by now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lateness {
    /// In real seconds.
    pub seconds: f64,
    /// In its unit.
    pub amount: f64,
    /// It is open still.
    pub goes_on: bool,
}

impl Lateness {
    /// Of a run that is late; `None` of every other.
    pub fn of(one: &Judged, calendar: &Calendar, now: Timestamp) -> Option<Self> {
        let due = one.due_at.filter(|_| one.fate == Fate::Late)?;
        let until = one.end.map_or(now, End::at);
        Some(Self {
            seconds: until.duration_since(due).as_secs_f64().max(0.0),
            amount: one.unit?.between(due, until, calendar),
            goes_on: one.end.is_none(),
        })
    }

    /// `1.5 bd`; what is less than a business day late on the day itself in hours or minutes.
    pub fn words(&self, unit: Unit) -> String {
        let minutes = self.seconds / 60.0;
        match unit {
            Unit::BusinessDays if self.amount > 0.0 => unit.words(self.amount),
            _ if minutes < 100.0 => Unit::Minutes.words(minutes.ceil()),
            Unit::Days if self.amount >= 2.0 => unit.words(self.amount),
            Unit::BusinessDays | Unit::Days | Unit::Hours | Unit::Minutes => {
                Unit::Hours.words(minutes / 60.0)
            }
        }
    }
}
