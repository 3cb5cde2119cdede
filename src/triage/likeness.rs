//! By what two reports look alike: their text, and what they name.
//!
//! A suggestion for people, never more: it decides nothing, and nothing is merged by it. A
//! stranger can make a report look like any other by copying it, and gains nothing.
//!
//! The text comes down to its words, small, without marks. The digest of all of them is
//! the same for the same text. Of the digests of every five words in a row the eight
//! smallest are kept: of two texts that share most of their runs of words, most of these
//! eight are the same, wherever the difference lies. Footers and legal notices are in none of
//! these runs.
//!
//! Whether two mails are one and the same, for lists, is asked of the bytes of their parts.

use super::{alike, extract};
use crate::mail::{Foreign, Mail, text};
use std::collections::BTreeSet;

/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 64 << 10;
/// A text of fewer words says too little to be the same by chance.
const WORDS_AT_LEAST: usize = 8;
/// Words in a row.
const RUN: usize = 5;
/// Runs kept of a text.
const RUNS: usize = 8;
/// Names of one sign kept of a mail.
const NAMES: usize = 8;

/// The mark of a mail to which files are attached; those are told apart by [`Sign::Whole`].
pub const FILE: &str = "file";

/// That of a mail of which nobody knows what it says: it is encrypted, there is no text, or
/// not all of it was read.
const UNKNOWN: &str = "unknown";

/// Runs that two texts share at least, to be called alike.
pub const RUNS_ALIKE: usize = 4;

/// What a mark is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// All parts of the mail, as they came.
    Whole,
    /// What more it has than a text: [`FILE`], or something that nobody has read.
    More,
    /// The whole text.
    Text,
    /// A run of words.
    Run,
    /// CVE and GHSA.
    Identifier,
    /// A page on a host.
    Page,
    /// A host.
    Host,
    /// The subject.
    Subject,
}

/// One mark of a mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// What it is of.
    pub sign: Sign,
    /// Its value: plain ASCII without spaces.
    pub value: String,
}

impl Sign {
    const ALL: [Self; 8] = [
        Self::Whole,
        Self::More,
        Self::Text,
        Self::Run,
        Self::Identifier,
        Self::Page,
        Self::Host,
        Self::Subject,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::More => "more",
            Self::Text => "text",
            Self::Run => "run",
            Self::Identifier => "id",
            Self::Page => "page",
            Self::Host => "host",
            Self::Subject => "subject",
        }
    }

    /// It tells lists whether two mails are one and the same, and suggests nothing of others.
    pub fn is_for_lists(self) -> bool {
        matches!(self, Self::Whole | Self::More)
    }

    /// Many reports bear it for no reason of their own: where it is common, it says nothing.
    pub fn is_weak(self) -> bool {
        match self {
            Self::Text | Self::Identifier => false,
            Self::Whole | Self::More | Self::Run | Self::Page | Self::Host | Self::Subject => true,
        }
    }
}

impl Mark {
    /// As it is stored.
    pub fn key(&self) -> String {
        format!("{} {}", self.sign.word(), self.value)
    }

    /// Reads it back; `None` for what this version does not know.
    pub fn read(key: &str) -> Option<Self> {
        let (word, value) = key.split_once(' ')?;
        let sign = Sign::ALL.into_iter().find(|sign| sign.word() == word)?;
        let value = value.to_owned();
        Some(Self { sign, value })
    }
}

/// The marks of a mail that comes later to a ticket: of all of it, and what it names anew. Its
/// words, and what it quotes, are like those of many answers.
pub fn marks_of_later(mail: &Mail) -> Vec<Mark> {
    let mut marks = of_all(mail);
    if !mail.is_encrypted() {
        let new = text::new_in(mail);
        let new = beginning(new.raw());
        let named = names(new, &text::bare::without_footers(new)).into_iter();
        marks.extend(named.filter(|mark| mark.sign != Sign::Host));
    }
    marks.into_iter().collect()
}

/// The marks of a mail that opens a ticket: of all of it, of its text, of what is new in an
/// answer, and of its subject. An encrypted text has none.
pub fn marks(mail: &Mail) -> Vec<Mark> {
    let mut marks = of_all(mail);
    let mut add = |sign, value: String| {
        marks.insert(Mark { sign, value });
    };
    if let Some(subject) = alike::key(&mail.subject) {
        add(Sign::Subject, hex(together(&words(&subject))));
    }
    if !mail.is_encrypted() {
        let reported = |above| mail.to_read().raw().get(..above).map(Foreign::new);
        let apart = mail.read_apart.and_then(reported);
        let read = apart.as_ref().unwrap_or(&mail.text);
        // Below what looks like a signature a first report goes on.
        let new = match text::Occasion::of(mail) {
            occasion @ text::Occasion::First => text::written(read, occasion),
            text::Occasion::Answer => text::steady::newly_written(read),
        };
        let new = beginning(new.raw());
        let words = words(new);
        if words.len() >= WORDS_AT_LEAST {
            add(Sign::Text, hex(together(&words)));
        }
        // What a list or a company puts below the mails of all is in no run and no place.
        let own = text::bare::without_footers(new);
        let words = match own.trim_end() == new.trim_end() {
            true => words,
            false => self::words(&own),
        };
        for run in smallest_runs(&words) {
            add(Sign::Run, hex(run));
        }
        marks.extend(names(new, &own));
    }
    marks.into_iter().collect()
}

/// Of all parts of a mail.
fn of_all(mail: &Mail) -> BTreeSet<Mark> {
    let mark = |sign, value| Mark { sign, value };
    let all = match whole(mail) {
        Some(parts) => mark(Sign::Whole, hex(parts)),
        None => mark(Sign::More, UNKNOWN.to_owned()),
    };
    let file = (!mail.attachments.is_empty()).then(|| mark(Sign::More, FILE.to_owned()));
    [all].into_iter().chain(file).collect()
}

/// What a text names; `own`: the same without footers.
fn names(new: &str, own: &str) -> BTreeSet<Mark> {
    let (hosts, pages) = extract::places(own);
    let all = [
        (Sign::Identifier, extract::identifiers(new)),
        (Sign::Page, pages),
        (Sign::Host, hosts),
    ];
    let few = all.into_iter().flat_map(|(sign, names)| {
        let names = names.into_iter().take(NAMES);
        names.map(move |value| Mark { sign, value })
    });
    few.collect()
}

/// The digest of all its parts, where a text says something and nothing is hidden.
fn whole(mail: &Mail) -> Option<u64> {
    let says = |text: &Foreign| text.raw().contains(char::is_alphanumeric);
    mail.parts
        .filter(|_| !mail.is_encrypted() && says(mail.to_read()))
}

/// Whether these marks, those of all mails on a ticket, are of one mail of which all is known;
/// and then, what it says but for its subject.
pub fn known_whole(marks: &[Mark]) -> Option<BTreeSet<&Mark>> {
    let of = |sign| move |m: &&Mark| m.sign == sign;
    let unknown = marks.iter().filter(of(Sign::More));
    let is_known = unknown.filter(|m| m.value != FILE).count() == 0;
    let is_one = marks.iter().filter(of(Sign::Whole)).count() == 1;
    let says = marks.iter().filter(|m| m.sign != Sign::Subject);
    (is_known && is_one).then(|| says.collect())
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The words of a text, small and in their order: to see what one report says and another does
/// not.
pub fn every_word(text: &Foreign) -> impl Iterator<Item = String> {
    as_written(text).map(str::to_lowercase)
}

/// The same words, as they are written.
pub fn as_written(text: &Foreign) -> impl Iterator<Item = &str> {
    let words = text.raw().split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// The digests of the words: letters and digits, small; all else parts words.
fn words(text: &str) -> Vec<u64> {
    let (mut words, mut word) = (Vec::new(), None);
    for c in text.chars() {
        if c.is_alphanumeric() {
            let so_far = word.unwrap_or(START);
            word = Some(if c.is_ascii() {
                step(so_far, u64::from(c.to_ascii_lowercase()))
            } else {
                c.to_lowercase().map(u64::from).fold(so_far, step)
            });
        } else {
            words.extend(word.take());
        }
    }
    words.extend(word);
    words
}

/// The smallest digests of words in a row, in a text that has enough of them.
fn smallest_runs(words: &[u64]) -> BTreeSet<u64> {
    let mut smallest = BTreeSet::new();
    if words.len() < RUN * 4 {
        return smallest;
    }
    for run in words.windows(RUN).map(together) {
        let is_small = smallest.len() < RUNS || smallest.last().is_some_and(|last| run < *last);
        if is_small && smallest.insert(run) && smallest.len() > RUNS {
            smallest.pop_last();
        }
    }
    smallest
}

/// Where a digest begins.
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, over whole characters and words in place of bytes. Digests stay the same for
/// ever, because they are stored; they need not withstand anybody.
fn step(digest: u64, next: u64) -> u64 {
    (digest ^ next).wrapping_mul(0x0100_0000_01b3)
}

/// The digest of parts in a row, its bits mixed once more so that the smallest ones are a
/// fair sample.
fn together(parts: &[u64]) -> u64 {
    let fnv = parts.iter().copied().fold(START, step);
    let mixed = (fnv ^ (fnv >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

#[cfg(test)]
mod tests;
