//! What is wrong with a policy, all of it at once.
//!
//! A policy that passes cannot surprise the engine later: each fact that it names is
//! known, each reminder has a moment. Whether its numbers suit the team's calendar is
//! not seen here: a span of "1 day" that starts on a Saturday ends before it starts
//! (see [`super::deadline()`]).

use super::form::{FormError, OneOf, Policy, Promise, Span, Step};
use crate::ticket::FactName;
use std::collections::BTreeSet;

impl Policy {
    /// Every fault, in the order of the file; empty when there is none.
    pub fn check(&self) -> Vec<FormError> {
        let mut faults = self.check_declared();
        let mut names = BTreeSet::new();
        for promise in &self.promises {
            let mut of_it = faults_of_form(promise);
            of_it.extend(self.unknown_facts(promise));
            if !names.insert(&promise.name) {
                of_it.push(
                    "another promise has this name already: names are keys, give it its own"
                        .to_owned(),
                );
            }
            faults.extend(
                of_it
                    .into_iter()
                    .map(|fault| FormError(format!("promise {:?}: {fault}", promise.name))),
            );
        }
        faults
    }

    /// The promise of that name.
    pub fn promise(&self, name: &str) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.name == name)
    }

    /// The classes that it knows: those that a promise bears or excepts.
    pub fn classes(&self) -> BTreeSet<String> {
        let own = self
            .promises
            .iter()
            .filter_map(|promise| promise.class.clone());
        own.chain(self.released()).collect()
    }

    /// The classes for which not all promises hold that hold for a report without one.
    pub fn released(&self) -> BTreeSet<String> {
        let excepted = self.promises.iter().flat_map(|promise| &promise.except);
        excepted.cloned().collect()
    }

    fn check_declared(&self) -> Vec<FormError> {
        let mut names = BTreeSet::new();
        let mut faults = Vec::new();
        for fact in &self.declared {
            let name = fact.as_str();
            let fault = if !is_name(name) {
                NAMES_ARE
            } else if FactName::BUILT_IN.contains(&name) || TAKEN.contains(&name) {
                "gatepost has a fact of this name already: choose another"
            } else if !names.insert(name) {
                "it is declared twice"
            } else {
                continue;
            };
            faults.push(FormError(format!("fact {name:?}: {fault}")));
        }
        faults
    }

    fn unknown_facts(&self, promise: &Promise) -> Vec<String> {
        let unknown = |name: &&FactName| {
            !FactName::BUILT_IN.contains(&name.as_str()) && !self.declared.contains(name)
        };
        let used = promise
            .from
            .iter()
            .chain(&promise.needs)
            .flat_map(|any| &any.0)
            .chain(&promise.ends);
        let names: BTreeSet<&FactName> = used.filter(unknown).collect();
        let advice = |name| {
            format!(
                "there is no fact {name:?}: `gatepost help facts` lists them, [[fact]] declares one"
            )
        };
        names
            .into_iter()
            .map(|name| advice(name.as_str()))
            .collect()
    }
}

const NAMES_ARE: &str = "a name is 1 to 32 of a-z, 0-9 and -";

/// Facts that no policy may use, for they say nothing about a promise.
const TAKEN: [&str; 14] = [
    "copy-received",
    "crossed",
    "noted",
    "decided",
    "date-decided",
    "planned",
    "retracted",
    "classed",
    "unclassed",
    "set",
    "waiting",
    "last-called",
    "remarked",
    "data-accessed",
];

fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn faults_of_form(promise: &Promise) -> Vec<String> {
    let rules = [
        (!is_name(&promise.name), NAMES_ARE),
        (
            promise.within.is_some() && promise.by.is_some(),
            "it has both `within` and `by`: choose one",
        ),
        (
            promise.is_timeless() && promise.remind.is_empty(),
            "it has neither a time nor a reminder: it would do nothing",
        ),
        (
            promise.class.as_ref().is_some_and(|class| !is_name(class)),
            "the name of a class is 1 to 32 of a-z, 0-9 and -",
        ),
        (
            promise.except.iter().any(|class| !is_name(class)),
            "`except` holds the name of no class: that is 1 to 32 of a-z, 0-9 and -",
        ),
        (
            promise
                .class
                .as_ref()
                .is_some_and(|class| promise.except.contains(class)),
            "it holds only for a class that it excepts: it would never start",
        ),
        (
            promise.others_count && !promise.is_cadence(),
            "`others_count` is for a promise that repeats from \"answered\"",
        ),
    ];
    let mut faults: Vec<String> = rules
        .into_iter()
        .chain(rules_of_facts(promise))
        .filter(|(broken, _)| *broken)
        .map(|(_, fault)| fault.to_owned())
        .collect();
    faults.extend(
        promise
            .within
            .and_then(|span| span.bounded().err())
            .map(|error| format!("`within`: {error}")),
    );
    faults.extend(faults_of_audience(promise));
    let mut seen = Vec::new();
    for step in &promise.remind {
        let fault = if seen.contains(&step) {
            Some("it stands there twice".to_owned())
        } else {
            fault_of_step(*step, promise)
        };
        faults.extend(fault.map(|fault| format!("reminder {:?}: {fault}", step.words())));
        seen.push(step);
    }
    faults
}

/// Of what starts and meets it: whether it is broken, and the fault then.
fn rules_of_facts(promise: &Promise) -> Vec<(bool, &'static str)> {
    let empty = |list: &[OneOf]| list.iter().any(|any| any.0.is_empty());
    let ends = |name: &FactName| name.as_str() == "closed" || promise.ends.contains(name);
    let never = |any: &OneOf| !any.0.is_empty() && any.0.iter().all(ends);
    let received = |name: &FactName| name.as_str() == "received";
    let is_past = |any: &OneOf| !any.0.is_empty() && any.0.iter().all(received);
    vec![
        (
            promise.from.is_empty() && promise.by.is_none(),
            "nothing starts it: `from` may be left out only with `by`",
        ),
        (
            promise.needs.is_empty(),
            "nothing meets it: `needs` is empty",
        ),
        (
            empty(&promise.from) || empty(&promise.needs),
            "an inner list of facts is empty: none of none never happens",
        ),
        (
            promise.from.iter().any(never),
            "the fact that starts it also ends it (as `closed` ends all): it would never start",
        ),
        (
            promise
                .needs
                .iter()
                .any(|any| !any.0.is_empty() && is_past(any)),
            "`needs` holds \"received\": that is over before it starts, so it would never be met",
        ),
    ]
}

/// Whether the people that it names are of the team is seen where the config is read.
fn faults_of_audience(promise: &Promise) -> Vec<String> {
    let mut faults = Vec::new();
    for (nth, to) in promise.to.iter().enumerate() {
        if promise.to.iter().take(nth).any(|other| other == to) {
            faults.push(format!("`to` holds {:?} twice", to.word()));
        }
    }
    let fault = promise
        .escalate
        .and_then(|step| fault_of_step(step, promise));
    faults.extend(fault.map(|fault| format!("`escalate`: {fault}")));
    faults
}

fn fault_of_step(step: Step, promise: &Promise) -> Option<String> {
    match step {
        Step::Before(_) | Step::WhenDue if promise.is_timeless() => {
            Some("the promise has neither `within` nor `by`, so it is never due".to_owned())
        }
        Step::Before(before) => match (before.bounded(), promise.within) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(_), Some(within)) if nominal_minutes(before) > nominal_minutes(within) => Some(
                format!("that is longer than the promise itself, {}", within.words()),
            ),
            (Ok(_), Some(_) | None) => None,
        },
        Step::After(after) => after.bounded().err().map(|error| error.to_string()),
        Step::AtOnce | Step::WhenDue | Step::DailyAfter => None,
    }
}

/// Good enough to tell which of two spans is longer: a business day is a day here.
fn nominal_minutes(span: Span) -> u32 {
    match span {
        Span::BusinessDays(n) | Span::Days(n) => u32::from(n) * 24 * 60,
        Span::Hours(n) => u32::from(n) * 60,
        Span::Minutes(n) => u32::from(n),
    }
}

#[cfg(test)]
mod tests;
