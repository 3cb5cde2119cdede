//! Whether an address was made to be taken for another one.
//!
//! A mark is a plain word beside the address, for people: it decides nothing, and nothing
//! is done because of it. Marked are letters of several scripts in one word, a domain that
//! looks like one of ours, and a name that holds another address.
//!
//! A domain looks like ours when one of its labels, read at a glance, is our name: with
//! letters of another alphabet, digits for letters, hyphens, as a part between hyphens, or
//! under another ending; or when its own name is one edit away from ours.
//!
//! Known faults: where a name ends and the registry's ending begins is told by a short
//! list, not by the Public Suffix List; where the team writes from a mail provider,
//! others who use its other endings are marked too. `example.com`, `.net` and `.org` are
//! not each other's likeness: nobody can own them (RFC 2606).

mod letters;

use crate::mail::{Address, Foreign};
use letters::{Script, looks, script};

/// Labels that registries put before the ending of a country, as in `co.uk`.
const SECOND: [&str; 12] = [
    "ac", "co", "com", "edu", "gob", "gov", "gouv", "go", "mil", "ne", "net", "org",
];

/// Shorter names are taken for ours only as they are: too many words are one edit away.
const EDITED: usize = 5;

/// The marks of an address and of the name that it gives itself; `ours` are the watched
/// addresses and those of the team.
pub fn marks(address: Option<&Address>, name: &Foreign, ours: &[&Address]) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(address) = address {
        let domain = address.domain_in_letters();
        marks.extend(likeness(address.domain(), &domain, ours).map(|d| format!("looks like {d}")));
        let words = domain.split('.').chain(address.local().split(SIGNS));
        if words.into_iter().any(is_mixed) {
            marks.push("mixed scripts".to_owned());
        }
    }
    if holds_another(name, address) {
        marks.push("address in the name".to_owned());
    }
    marks
}

const SIGNS: [char; 4] = ['.', '-', '_', '+'];

/// Letters of more than one script; the ones that Japanese, Chinese and Korean write side
/// by side, with Latin, are one (UTS 39 section 5.2, "highly restrictive").
fn is_mixed(word: &str) -> bool {
    const TOGETHER: [&[Script]; 3] = [
        &[Script::Latin, Script::Han, Script::Kana],
        &[Script::Latin, Script::Han, Script::Bopomofo],
        &[Script::Latin, Script::Han, Script::Hangul],
    ];
    let mut scripts: Vec<Script> = word.chars().filter_map(script).collect();
    scripts.sort_unstable();
    scripts.dedup();
    let fits = |together: &&[Script]| scripts.iter().all(|s| together.contains(s));
    scripts.len() > 1 && !TOGETHER.iter().any(fits)
}

/// A word of the name is an address, and another one.
fn holds_another(name: &Foreign, address: Option<&Address>) -> bool {
    let plain = name.raw().replace(['\u{FF20}', '\u{FE6B}'], "@");
    let apart = |c: char| c.is_whitespace() || "<>()[]\",;:'".contains(c);
    plain
        .split(apart)
        .filter_map(|word| Address::parse(word.trim_end_matches('.')))
        .any(|held| Some(&held) != address)
}

/// A domain of ours that this one, which is none of ours, looks like.
fn likeness(domain: &str, in_letters: &str, ours: &[&Address]) -> Option<String> {
    let theirs = Name::of(in_letters)?;
    let mut near = None;
    for our in ours.iter().map(|a| a.domain()) {
        let Some(name) = Name::of(our) else { continue };
        if name.owns(domain) {
            return None;
        }
        if near.is_none() && !is_reserved(&theirs, &name) && theirs.passes_for(&name) {
            near = Some(our.to_owned());
        }
    }
    near
}

fn is_reserved(theirs: &Name<'_>, ours: &Name<'_>) -> bool {
    let reserved = ["example.com", "example.net", "example.org"];
    reserved.contains(&theirs.base) && reserved.contains(&ours.base)
}

/// A domain, cut where its own name stands.
struct Name<'a> {
    /// Every label but the last.
    labels: Vec<&'a str>,
    /// The label that its owner chose.
    own: &'a str,
    /// That label and the ending.
    base: &'a str,
}

impl<'a> Name<'a> {
    fn of(domain: &'a str) -> Option<Self> {
        let labels: Vec<&str> = domain.split('.').collect();
        if domain.starts_with('[') {
            return None;
        }
        let (last, rest) = labels.split_last()?;
        let second = rest.len() > 1
            && last.len() == 2
            && rest.last().is_some_and(|label| SECOND.contains(label));
        let own = rest.len().saturating_sub(1 + usize::from(second));
        let before: usize = labels.iter().take(own).map(|label| label.len() + 1).sum();
        Some(Self {
            own: labels.get(own)?,
            base: domain.get(before..)?,
            labels: if rest.is_empty() {
                labels
            } else {
                rest.to_vec()
            },
        })
    }

    fn owns(&self, domain: &str) -> bool {
        let below = domain.strip_suffix(self.base);
        below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Whether it passes for `ours` at a glance.
    fn passes_for(&self, ours: &Self) -> bool {
        let our_looks = looks(ours.own);
        let is_it = |text: &str| looks(text) == our_looks;
        let is_short = ours.own.chars().count() < 3;
        let in_it = |label: &&str| is_it(label) || label.split('-').any(is_it);
        if is_short {
            return is_it(self.own);
        }
        let is_edited =
            our_looks.chars().count() >= EDITED && one_edit(&looks(self.own), &our_looks);
        self.labels.iter().any(in_it) || is_edited
    }
}

/// One letter more, less, other, or two neighbours swapped.
fn one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    let head = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = |all: &[char], skip: usize| all.get(head + skip..).unwrap_or_default().to_vec();
    let (s, l) = (rest(short, 0), rest(long, 0));
    match long.len() - short.len() {
        0 => {
            let is_swap = match (s.as_slice(), l.as_slice()) {
                ([a, b, ..], [c, d, ..]) => a == d && b == c && rest(short, 2) == rest(long, 2),
                _ => false,
            };
            is_swap || rest(short, 1) == rest(long, 1)
        }
        1 => s == rest(long, 1),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
