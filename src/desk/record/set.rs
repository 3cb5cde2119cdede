//! Properties of a ticket, as a person sets them.

use super::refuse;
use super::{add, add_at};
use crate::config::Config;
use crate::desk::act::{embargoed, frees, last_told, no_letter_tells_another, too_early};
use crate::desk::{File, file, policy_of, post, refresh};
use crate::mail::Address;
use crate::promise::{self, Policy};
use crate::store::Tx;
use crate::ticket::{By, Fact, Field, Planned, TicketNo, WaitsFor, What, counting};
use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;

/// One thing that a person sets; `None` takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A property that is text and nothing more.
    Text(Field, Option<String>),
    /// The one address that letters go to.
    Reporter(Option<Address>),
    /// Somebody else who found it: what they write joins the ticket.
    CoFinder(Option<Address>),
    /// Another ticket that belongs to it.
    See(Option<TicketNo>),
    /// All classes that it has.
    Classes(Vec<String>),
    /// Whether and how the reporter is named.
    Credit(Credit),
    /// A date of ours or of the reporter's.
    Planned(Planned, Option<Date>),
    /// Whom it waits for.
    Waiting(Option<WaitsFor>),
    /// Since when it is known to be exploited.
    Exploited(Option<Timestamp>),
}

/// Whether and how the reporter is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credit {
    /// By this name.
    Named(String),
    /// Not at all; a name that stood here is no longer given out.
    Declined,
    /// Nobody has said.
    Unasked,
}

/// A promise that starts, and when it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The promise's name.
    pub promise: String,
    /// The page's sentence.
    pub page: String,
    /// When it is due; none grows stale only.
    pub due_at: Option<Timestamp>,
}

/// Sets all of it, or nothing. Gives the numbers of the facts: none where all of it was
/// so already.
///
/// # Errors
/// When a class is unknown, an address is ours, or a date cannot be.
pub fn set(
    tx: &Tx,
    config: &Config,
    ticket: TicketNo,
    changes: &[Change],
    who: &str,
) -> Result<Vec<i64>> {
    let file = file(tx, config, ticket)?;
    let mut setting = Setting {
        tx,
        config,
        who,
        file: &file,
        written: Vec::new(),
    };
    for change in changes {
        setting.take(change)?;
    }
    let written = setting.written;
    refresh(tx, config, ticket)?;
    Ok(written)
}

/// The promises that `what` would start on this ticket, if it happened at `at`.
///
/// # Errors
/// When the store fails.
pub fn starts(
    tx: &Tx,
    config: &Config,
    file: &File,
    what: &What,
    at: Timestamp,
) -> Result<Vec<Start>> {
    let policy = policy_of(tx, config, &file.row.policy)?;
    let mut facts = file.facts.clone();
    let n = file.ticket.last_fact + 1;
    facts.push(Fact {
        n,
        at,
        what: what.clone(),
        by: By::Gatepost,
        letter: None,
        mail: None,
        via: None,
    });
    let mut all = Vec::new();
    for promise in &policy.promises {
        let runs = promise::runs(promise, &facts, &config.calendar);
        let Some(run) = runs.into_iter().find(|r| r.start == n) else {
            continue;
        };
        let due_at = promise::deadline(promise, &run, &config.calendar).map(|d| d.due_at);
        all.push(Start {
            promise: promise.name.clone(),
            page: promise.page.clone(),
            due_at,
        });
    }
    Ok(all)
}

/// The classes that a policy knows.
pub fn classes(policy: &Policy) -> Vec<String> {
    policy.classes().into_iter().collect()
}

struct Setting<'a> {
    tx: &'a Tx<'a>,
    config: &'a Config,
    who: &'a str,
    file: &'a File,
    written: Vec<i64>,
}

impl Setting<'_> {
    fn ticket(&self) -> TicketNo {
        self.file.row.number
    }

    fn take(&mut self, change: &Change) -> Result<()> {
        match change {
            Change::Text(field, value) => self.text(*field, value.as_deref()),
            Change::Reporter(address) => self.reporter(address.as_ref()),
            Change::CoFinder(address) => self.co_finder(address.as_ref()),
            Change::See(other) => self.see(*other),
            Change::Classes(names) => self.classes(names),
            Change::Credit(credit) => self.credit(credit),
            Change::Planned(event, on) => self.planned(*event, *on),
            Change::Waiting(on) if self.file.ticket.waits_for == *on => Ok(()),
            Change::Waiting(on) => self.add(What::Waiting { on: *on }),
            Change::Exploited(at) => self.exploited(*at),
        }
    }

    fn add(&mut self, what: What) -> Result<()> {
        let n = add(self.tx, self.ticket(), what, self.who)?;
        self.written.push(n);
        Ok(())
    }

    fn text(&mut self, field: Field, value: Option<&str>) -> Result<()> {
        if self.file.ticket.set.get(&field).map(String::as_str) == value {
            return Ok(());
        }
        self.add(What::Set {
            field,
            value: value.map(str::to_owned),
            was: None,
        })
    }

    fn reporter(&mut self, address: Option<&Address>) -> Result<()> {
        let before = self.file.row.reporter.as_ref();
        if before == address {
            return Ok(());
        }
        self.not_ours(address)?;
        self.tx.set_reporter(self.ticket(), address)?;
        self.add(What::Set {
            field: Field::Reporter,
            value: address.map(Address::to_string),
            was: before.map(Address::to_string),
        })?;
        post::hold_for_reporter(self.tx, self.config, self.ticket())
    }

    fn co_finder(&mut self, address: Option<&Address>) -> Result<()> {
        let before = self.file.ticket.set.get(&Field::CoFinder);
        let before = before.and_then(|text| Address::parse(text));
        if before.as_ref() == address {
            return Ok(());
        }
        self.not_ours(address)?;
        if let Some(before) = before.filter(|b| Some(b) != self.file.row.reporter.as_ref()) {
            self.tx.remove_person(self.ticket(), &before)?;
        }
        if let Some(address) = address {
            self.tx.add_person(self.ticket(), address)?;
        }
        self.text(Field::CoFinder, address.map(Address::to_string).as_deref())
    }

    /// A letter to ourselves would come back as a report; somebody of the team is no reporter.
    fn not_ours(&self, address: Option<&Address>) -> Result<()> {
        let house = self.config.house();
        let ours = address.filter(|a| house.comes_to_us(a));
        match ours {
            Some(address) => {
                refuse!(
                    "{address} is ours: letters to reporters never go to a watched mailbox or to the team"
                )
            }
            None => Ok(()),
        }
    }

    fn see(&mut self, other: Option<TicketNo>) -> Result<()> {
        if let Some(first) = self.file.ticket.follows() {
            refuse!(
                "{} follows {first} as its duplicate, and `see` says so\n  hint: evaluate it anew, or reopen {} --retract its evaluation",
                self.file.row.reference,
                self.ticket().0
            );
        }
        let Some(number) = other else {
            return self.text(Field::See, None);
        };
        if number == self.ticket() {
            refuse!("a ticket does not point at itself");
        }
        let Some(row) = self.tx.ticket(number)? else {
            refuse!("there is no ticket {number}\n  hint: gatepost list --all");
        };
        self.text(Field::See, Some(row.reference.as_str()))
    }

    fn classes(&mut self, names: &[String]) -> Result<()> {
        let policy = policy_of(self.tx, self.config, &self.file.row.policy)?;
        let known = classes(&policy);
        if let Some(strange) = names.iter().find(|name| !known.contains(name)) {
            let known = if known.is_empty() {
                "it knows none".to_owned()
            } else {
                format!("it knows {}", known.join(", "))
            };
            refuse!(
                "the policy {} of {} knows no class {strange:?}: {known}",
                policy.name,
                policy.version
            );
        }
        let has = &self.file.ticket.classes;
        for class in has.iter().filter(|c| !names.contains(c)) {
            self.add(What::Unclassed {
                class: class.clone(),
            })?;
        }
        for class in names.iter().filter(|c| !has.contains(c)) {
            self.add(What::Classed {
                class: class.clone(),
            })?;
        }
        Ok(())
    }

    fn credit(&mut self, credit: &Credit) -> Result<()> {
        let ticket = &self.file.ticket;
        let (named, declined) = (
            ticket.set.contains_key(&Field::Credit),
            ticket.credit_declined,
        );
        match credit {
            Credit::Named(name) => {
                if declined {
                    self.retract_all(|w| *w == What::CreditDeclined, "a name was given after all")?;
                }
                self.text(Field::Credit, Some(name))
            }
            Credit::Declined => {
                if named {
                    self.text(Field::Credit, None)?;
                }
                if declined {
                    return Ok(());
                }
                self.add(What::CreditDeclined)
            }
            Credit::Unasked => {
                self.retract_all(|w| *w == What::CreditDeclined, "taken back")?;
                self.text(Field::Credit, None)
            }
        }
    }

    fn planned(&mut self, event: Planned, on: Option<Date>) -> Result<()> {
        if self.file.ticket.planned.get(&event) == on.as_ref() {
            return Ok(());
        }
        self.not_told_another(event, on)?;
        let Some(on) = on else {
            let is_it = move |w: &What| matches!(w, What::Planned { event: e, .. } if *e == event);
            return self.retract_all(is_it, "taken back");
        };
        let today = self.config.calendar.local_date(self.tx.now());
        if on < today {
            let n = self.ticket().0;
            let hint = match event {
                Planned::Publication => format!("gatepost publish {n} says that it is public"),
                Planned::Embargo => {
                    format!("what is over holds no more: gatepost set {n} embargo= takes it back")
                }
                Planned::ReporterPublication => {
                    format!("gatepost set {n} already-public=yes says that it happened")
                }
            };
            refuse!("{} {on} is in the past\n  hint: {hint}", event.word());
        }
        if on > today.saturating_add(jiff::Span::new().years(2)) {
            refuse!(
                "{} {on} is more than two years away\n  hint: an earlier day, which can be moved",
                event.word()
            );
        }
        let ours = event == Planned::Publication;
        if let Some(expected) = too_early(&self.file.facts, on).filter(|_| ours) {
            refuse!(
                "publication {on} comes before {expected}, by which we told them that it will be resolved\n  hint: a later day; `gatepost reply {n} --expected` moves the other; `gatepost publish {n} --on {on} --force REASON` plans it all the same",
                n = self.ticket().0
            );
        }
        if let Some(until) = embargoed(&self.file.facts, on).filter(|_| ours) {
            refuse!(
                "publication {on} comes before {until}, until which an embargo holds\n  hint: a later day; {frees}; `gatepost publish {n} --on {on} --force REASON` plans it all the same",
                n = self.ticket().0,
                frees = frees(&self.file.facts, self.ticket())
            );
        }
        self.add(What::Planned { event, on })
    }

    /// What the reporter was told does not move behind their back.
    fn not_told_another(&self, event: Planned, on: Option<Date>) -> Result<()> {
        let n = self.ticket().0;
        let (tells, of) = match event {
            Planned::Publication => (format!("publish {n} --on"), "the publication"),
            Planned::Embargo => (format!("reply {n} --embargo"), "the end of the embargo"),
            Planned::ReporterPublication => return Ok(()),
        };
        no_letter_tells_another(self.tx, self.ticket(), event, on)?;
        let told = last_told(&self.file.facts, event);
        let Some(told) = told.filter(|told| on != Some(*told)) else {
            return Ok(());
        };
        let day = on.map_or("DATE".to_owned(), |on| on.to_string());
        let it = match on {
            Some(_) => "it does not move",
            None => "it is not taken back",
        };
        refuse!(
            "the reporter was told {told} for {of}: {it} without a word to them\n  hint: gatepost {tells} {day} --because TEXT tells them; what was wrong from the start: gatepost reopen {n} --retract FACT --because TEXT"
        );
    }

    fn exploited(&mut self, at: Option<Timestamp>) -> Result<()> {
        let Some(at) = at else {
            return self.retract_all(|w| *w == What::Exploited, "taken back");
        };
        if self.file.ticket.exploited {
            return Ok(());
        }
        if at > self.tx.now() {
            refuse!("it cannot be known to be exploited in the future");
        }
        let n = add_at(self.tx, self.ticket(), What::Exploited, self.who, at)?;
        self.written.push(n);
        Ok(())
    }

    /// Takes back every fact of this kind that counts: there is no fact for its opposite.
    fn retract_all(&mut self, is_it: impl Fn(&What) -> bool, why: &str) -> Result<()> {
        let standing: Vec<i64> = counting(&self.file.facts)
            .iter()
            .filter(|f| is_it(&f.what))
            .map(|f| f.n)
            .collect();
        for fact in standing {
            let why = why.to_owned();
            self.add(What::Retracted { fact, why })?;
        }
        Ok(())
    }
}
