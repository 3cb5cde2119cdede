//! The state of a ticket, folded from its facts.

use super::fact::{By, Fact, What};
use super::field::{Field, Planned, WaitsFor};
use super::outcome::Outcome;
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How far a ticket has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It was found among junk, and nobody has looked at it.
    Junk,
    /// Nobody has evaluated it.
    New,
    /// The reporter has an evaluation.
    Evaluated,
    /// The problem is resolved.
    Resolved,
    /// It was published.
    Published,
    /// Nothing more is owed.
    Closed,
}

impl Stage {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Junk => "junk",
            Self::New => "new",
            Self::Evaluated => "evaluated",
            Self::Resolved => "resolved",
            Self::Published => "published",
            Self::Closed => "closed",
        }
    }
}

/// What the facts of a ticket add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// How far it has come.
    pub stage: Stage,
    /// The last outcome that reached the reporter or, failing that, was decided.
    pub outcome: Option<Outcome>,
    /// The last date for a resolution that the reporter was told.
    pub expected: Option<Date>,
    /// Who is responsible.
    pub owner: Option<String>,
    /// What people set, by field.
    pub set: BTreeMap<Field, String>,
    /// Its classes, in the order in which they were given.
    pub classes: Vec<String>,
    /// Whom it waits for.
    pub waits_for: Option<WaitsFor>,
    /// Since when.
    pub waits_since: Option<Timestamp>,
    /// Until when we wait for the reporter, as they were told: a local day.
    pub last_call: Option<Date>,
    /// Dates for something else than the resolution.
    pub planned: BTreeMap<Planned, Date>,
    /// The reporter does not want to be named.
    pub credit_declined: bool,
    /// It is known to be exploited.
    pub exploited: bool,
    /// When its acknowledgement was accepted.
    pub acknowledged_at: Option<Timestamp>,
    /// Mails of the reporter since a person last wrote to them.
    pub chased: u32,
    /// The last letter to the reporter did not arrive, and none has since.
    pub unreachable: bool,
    /// It was closed while it lay among junk.
    pub closed_as_junk: bool,
    /// The number of its last fact: what a person saw who decides now.
    pub last_fact: i64,
}

impl Ticket {
    /// Folds facts in the order in which they were written down. Retracted facts and those
    /// of undelivered letters count for nothing; what was said earlier and is written down
    /// now neither answers nor replaces what came since.
    pub fn fold(facts: &[Fact]) -> Self {
        let mut t = Self {
            stage: Stage::New,
            outcome: None,
            expected: None,
            owner: None,
            set: BTreeMap::new(),
            classes: Vec::new(),
            waits_for: None,
            waits_since: None,
            last_call: None,
            planned: BTreeMap::new(),
            credit_declined: false,
            exploited: false,
            acknowledged_at: None,
            chased: 0,
            unreachable: false,
            closed_as_junk: false,
            last_fact: facts.last().map_or(0, |f| f.n),
        };
        let mut since = Since::default();
        let counted = counting(facts);
        since.unread = unread(&counted);
        for fact in counted {
            t.take(fact, &mut since);
        }
        t
    }

    /// The name under which the reporter agreed to be thanked; none where the consent to
    /// tell others of them was refused.
    pub fn agreed_name(&self) -> Option<&str> {
        let refused = |consent: &String| consent.split(':').next() == Some("no");
        let name = self.set.get(&Field::Credit)?;
        (!self.set.get(&Field::Consent).is_some_and(refused)).then_some(name.as_str())
    }

    /// The outcome, where it is more than an interim answer, whether or not the reporter was told.
    pub fn decided(&self) -> Option<Outcome> {
        self.outcome.filter(|outcome| !outcome.is_interim())
    }

    fn is_set(&mut self, field: Field, value: Option<&String>) {
        // Who gives a name is content to be named.
        self.credit_declined &= field != Field::Credit || value.is_none();
        match value {
            Some(value) => drop(self.set.insert(field, value.clone())),
            None => drop(self.set.remove(&field)),
        }
    }

    /// What the reporter wrote before it, and its writer knew of, waits no longer.
    fn answered(&mut self, fact: &Fact, since: &mut Since) {
        let unread = fact.letter.and_then(|l| since.unread.get(&l));
        let unread = |n: &i64| unread.is_some_and(|numbers| numbers.contains(n));
        since.wrote.retain(|(n, at)| *at > fact.at || unread(n));
        (self.chased, self.unreachable) = (since.wrote.len() as u32, false);
    }

    fn wait(&mut self, on: Option<WaitsFor>, at: Timestamp) {
        self.waits_for = on;
        (self.waits_since, self.last_call) = (on.map(|_| at), None);
    }

    /// What the reporter was told earlier than the day that holds was set replaces nothing.
    fn plan(&mut self, event: Planned, on: Date, fact: &Fact, since: &mut Since) {
        let is_older = since.planned.get(&event).is_some_and(|at| *at > fact.at);
        if !(is_older && is_told(fact)) {
            since.planned.insert(event, fact.at);
            self.planned.insert(event, on);
        }
    }

    /// Who can evaluate needs nothing more of what was asked before: no silence is left.
    fn needs_nothing(&mut self, at: Timestamp) {
        let asked_before = self.waits_since.is_none_or(|since| since <= at);
        if self.waits_for == Some(WaitsFor::Reporter) && asked_before {
            self.wait(None, at);
        }
    }

    /// What leads from stage to stage and does nothing else.
    fn goes_on(&mut self, what: &What) {
        let was = self.stage;
        self.stage = match (what, was) {
            (What::Resolved, _) => was.max(Stage::Resolved),
            (What::Published, _) => was.max(Stage::Published),
            (What::Junked { .. }, Stage::New) => Stage::Junk,
            (What::Adopted, Stage::Junk) | (What::Reopened, _) => Stage::New,
            (What::Closed, _) => Stage::Closed,
            (_, _) => was,
        };
        self.closed_as_junk =
            self.stage == Stage::Closed && (self.closed_as_junk || was == Stage::Junk);
    }

    fn take(&mut self, fact: &Fact, since: &mut Since) {
        if self.stage == Stage::Junk && takes_up(fact) {
            self.stage = Stage::New;
        }
        match &fact.what {
            What::Acknowledged => {
                (self.acknowledged_at, self.unreachable) = (Some(fact.at), false);
            }
            What::ReporterWrote => {
                since.wrote.push((fact.n, fact.at));
                self.chased += 1;
                // Whatever they write ends the waiting for them.
                if self.waits_for == Some(WaitsFor::Reporter) {
                    self.wait(None, fact.at);
                }
            }
            What::Answered => self.answered(fact, since),
            What::Undelivered { .. } => self.unreachable = true,
            What::Decided { outcome, .. } => self.outcome = Some(*outcome),
            What::Evaluated { outcome } => {
                self.outcome = Some(*outcome);
                if !outcome.is_interim() {
                    self.stage = self.stage.max(Stage::Evaluated);
                    self.needs_nothing(fact.at);
                }
            }
            What::Dated { .. } if since.dated.is_some_and(|at| at > fact.at) => {}
            What::Dated { on } => (self.expected, since.dated) = (Some(*on), Some(fact.at)),
            What::Owned { who } => self.owner = Some(who.clone()),
            What::Disowned => self.owner = None,
            What::Classed { class } if self.classes.contains(class) => {}
            What::Classed { class } => self.classes.push(class.clone()),
            What::Unclassed { class } => self.classes.retain(|c| c != class),
            What::Set { field, value, .. } => self.is_set(*field, value.as_ref()),
            What::CreditDeclined => self.credit_declined = true,
            What::Exploited => self.exploited = true,
            What::Waiting { on } => self.wait(*on, fact.at),
            What::LastCalled { until } => self.last_call = Some(*until),
            What::Planned { event, on } => self.plan(*event, *on, fact, since),
            What::Resolved
            | What::Published
            | What::Junked { .. }
            | What::Adopted
            | What::Closed
            | What::Reopened => self.goes_on(&fact.what),
            What::Received
            | What::CopyReceived
            | What::Crossed { .. }
            | What::Noted { .. }
            | What::DateNotDue
            | What::DateDecided { .. }
            | What::Remarked { .. }
            | What::DataAccessed { .. }
            | What::UpdatePosted
            | What::Thanked
            | What::Credited
            | What::Retracted { .. }
            | What::Declared { .. } => {}
        }
    }
}

/// Whether the reporter knows of it by that fact.
fn is_told(fact: &Fact) -> bool {
    fact.letter.is_some() || fact.mail.is_some() || fact.via.is_some()
}

/// Whether a person has taken up what lay among junk, by doing anything with it but ending
/// it or noting something.
fn takes_up(fact: &Fact) -> bool {
    match &fact.what {
        What::Answered => true,
        What::Closed
        | What::Remarked { .. }
        | What::DataAccessed { .. }
        | What::Retracted { .. }
        | What::Junked { .. } => false,
        _ => matches!(fact.by, By::Person(_)),
    }
}

/// Instants that decide what an earlier one still answers or replaces.
#[derive(Default)]
struct Since {
    /// Mails of the reporter that nobody has answered since.
    wrote: Vec<(i64, Timestamp)>,
    /// When the date was told that holds.
    dated: Option<Timestamp>,
    /// When each date for something else was set that holds.
    planned: BTreeMap<Planned, Timestamp>,
    /// What the writer of a letter did not know when it left.
    unread: BTreeMap<i64, Range<i64>>,
}

/// For each letter that crossed with the reporter's mail, the numbers of the facts that its
/// writer did not know when it left: what it says answers none of them.
pub fn unread(facts: &[&Fact]) -> BTreeMap<i64, Range<i64>> {
    let mut unread = BTreeMap::new();
    for fact in facts {
        if let What::Crossed { letter, seen } = fact.what {
            unread.insert(letter, seen + 1..fact.n);
        }
    }
    unread
}

/// The facts that count: without those that were retracted, and without those that
/// rest on a letter, or on a mail of the team's own, which, as became known after them, did
/// not arrive. A letter that was refused may be sent again: what it does then counts.
pub fn counting(facts: &[Fact]) -> Vec<&Fact> {
    let mut retracted = BTreeSet::new();
    let (mut letters, mut mails) = (BTreeMap::new(), BTreeMap::new());
    for fact in facts {
        if let What::Retracted { fact, .. } = &fact.what {
            retracted.insert(*fact);
        }
        if let What::Undelivered { letter, mail, .. } = &fact.what {
            letter.map(|letter| letters.insert(letter, fact.n));
            mail.map(|mail| mails.insert(mail, fact.n));
        }
    }
    let stands = |f: &&Fact| {
        let of_letter = f.letter.and_then(|l| letters.get(&l));
        let of_mail = f.mail.and_then(|m| mails.get(&m));
        let came_back = [of_letter, of_mail].into_iter().flatten().max();
        let rests_on_nothing = !matches!(f.what, What::Undelivered { .. })
            && came_back.is_some_and(|last| f.n < *last);
        !retracted.contains(&f.n) && !rests_on_nothing
    };
    facts.iter().filter(stands).collect()
}

#[cfg(test)]
mod tests;
