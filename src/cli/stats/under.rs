//! Under which pages the counted promises were made, and in which words. The page of today
//! says nothing of what was promised before it.

use super::Counted;
use crate::promise::tally::{Fates, Page, Row};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A page, and how many of the counted promises were made under it.
pub struct Made<'c> {
    pub policy: &'c str,
    pub version: Date,
    pub promises: usize,
}

impl Made<'_> {
    fn name(&self) -> String {
        format!("{} of {}", self.policy, self.version)
    }
}

/// All of them, the oldest first.
pub fn policies<'c>(counted: &'c Counted) -> Vec<Made<'c>> {
    let mut by_page: BTreeMap<(Date, &str), usize> = BTreeMap::new();
    for under in counted.rows.iter().flat_map(|row| &row.under) {
        let page = (under.page.version, under.page.policy.as_str());
        *by_page.entry(page).or_default() += under.of.due();
    }
    let made = |((version, policy), promises)| Made {
        policy,
        version,
        promises,
    };
    by_page.into_iter().map(made).collect()
}

/// `neon of 2024-12-04`; of several `neon of 2024-12-04 (24), ours of 2027-05-05 (12)`.
pub fn named(counted: &Counted) -> Option<String> {
    let all = policies(counted);
    match all.as_slice() {
        [] => None,
        [one] => Some(one.name()),
        several => {
            let named = |made: &Made| format!("{} ({})", made.name(), made.promises);
            let named: Vec<String> = several.iter().map(named).collect();
            Some(named.join(", "))
        }
    }
}

/// A sentence in which a promise was made.
pub struct Said<'c> {
    pub sentence: &'c str,
    /// Under which page, and how many of that were in time; none where there is one alone.
    pub under: Option<String>,
}

/// The sentences in which those of a row were made, the oldest first.
pub fn said<'c>(counted: &Counted, row: &'c Row) -> Vec<Said<'c>> {
    let mut sentences: Vec<(&str, Vec<&Page>, Fates)> = Vec::new();
    for under in &row.under {
        let same = |(known, ..): &&mut (&str, _, _)| *known == under.page.sentence;
        match sentences.iter_mut().find(same) {
            Some((_, pages, of)) => {
                pages.push(&under.page);
                *of = std::mem::take(of).and(&under.of);
            }
            None => sentences.push((&under.page.sentence, vec![&under.page], under.of.clone())),
        }
    }
    let several = sentences.len() > 1 || policies(counted).len() > 1;
    let said = |(sentence, pages, of): (&'c str, Vec<&Page>, Fates)| Said {
        sentence,
        under: several.then(|| {
            let pages: Vec<String> = pages.into_iter().map(Page::name).collect();
            format!("{}: {}", pages.join(" and "), share(&of))
        }),
    };
    sentences.into_iter().map(said).collect()
}

/// `24 due, 6 of 18 in time`.
fn share(of: &Fates) -> String {
    match of.in_time() {
        Some((kept, all)) => format!("{} due, {kept} of {all} in time", of.due()),
        None => format!("{} due, none kept or late", of.due()),
    }
}

/// The one sentence in which all of a row were made; none, where there are several.
pub fn only_sentence(row: &Row) -> Option<&str> {
    let mut sentences = row.under.iter().map(|under| under.page.sentence.as_str());
    let first = sentences.next()?;
    sentences.all(|other| other == first).then_some(first)
}
