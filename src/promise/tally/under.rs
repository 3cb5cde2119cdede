//! The words in which promises were made: a sentence of a page, and which page that was. A
//! page changes; what was promised before goes by the page of its day.

use super::Fate;
use crate::promise::form::{Policy, Promise};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A promise as a page has it. The oldest page comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page {
    /// The day of the page's text.
    pub version: Date,
    /// The name of its policy.
    pub policy: String,
    /// The sentence.
    pub sentence: String,
}

impl Page {
    /// As this policy has it.
    pub fn of(policy: &Policy, promise: &Promise) -> Self {
        Self {
            version: policy.version,
            policy: policy.name.clone(),
            sentence: promise.page.clone(),
        }
    }

    /// Which page: `neon of 2024-12-04`.
    pub fn name(&self) -> String {
        format!("{} of {}", self.policy, self.version)
    }
}

/// Those of a row that were made in the same words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Under {
    /// The words.
    pub page: Arc<Page>,
    /// What became of them.
    pub of: Fates,
}

/// How many there were of each fate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fates(BTreeMap<Fate, usize>);

impl Fates {
    /// One more.
    pub fn add(&mut self, fate: Fate) {
        *self.0.entry(fate).or_default() += 1;
    }

    /// The same with those of another.
    pub fn and(mut self, other: &Self) -> Self {
        for (fate, count) in &other.0 {
            *self.0.entry(*fate).or_default() += count;
        }
        self
    }

    /// How many there were of this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.0.get(&fate).copied().unwrap_or_default()
    }

    /// How many were due.
    pub fn due(&self) -> usize {
        self.0.values().sum()
    }

    /// How many were kept of those that were kept or late; none where that says nothing.
    pub fn in_time(&self) -> Option<(usize, usize)> {
        let kept = self.count(Fate::Kept);
        let all = kept + self.count(Fate::Late);
        (all > 0).then_some((kept, all))
    }
}
