//! By what two reports look alike: their text, and what they name.
//!
//! A suggestion for people, never more: it decides nothing, and nothing is merged by it. A
//! stranger can make a report look like any other by copying it, and gains nothing.
//!
//! The text comes down to its words, small, without marks. The digest of all of them is
//! the same for the same text. Of the digests of every five words in a row the eight
//! smallest are kept: of two texts that share most of their runs of words, most of these
//! eight are the same, wherever the difference lies.

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

/// Runs that two texts share at least, to be called alike.
pub const RUNS_ALIKE: usize = 4;

/// What a mark is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
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
    const ALL: [Self; 6] = [
        Self::Text,
        Self::Run,
        Self::Identifier,
        Self::Page,
        Self::Host,
        Self::Subject,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Run => "run",
            Self::Identifier => "id",
            Self::Page => "page",
            Self::Host => "host",
            Self::Subject => "subject",
        }
    }

    /// Many reports bear it for no reason of their own: where it is common, it says nothing.
    pub fn is_weak(self) -> bool {
        match self {
            Self::Text | Self::Identifier => false,
            Self::Run | Self::Page | Self::Host | Self::Subject => true,
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

/// The marks of a mail: of its newly written text and of its subject. An encrypted text has
/// none.
pub fn marks(mail: &Mail) -> Vec<Mark> {
    let mut marks = BTreeSet::new();
    let mut add = |sign, value: String| {
        marks.insert(Mark { sign, value });
    };
    if let Some(subject) = alike::key(&mail.subject) {
        add(Sign::Subject, hex(together(&words(&subject))));
    }
    if !mail.encrypted {
        let new = text::steady::newly_written(&mail.text);
        // A footer that a list adds to a page is the same below all of them.
        let new = match mail.beside.is_blank() {
            true => new,
            false => Foreign::new(format!("{}\n{}", mail.beside.raw(), new.raw())),
        };
        let new = beginning(new.raw());
        let words = words(new);
        if words.len() >= WORDS_AT_LEAST {
            add(Sign::Text, hex(together(&words)));
        }
        for run in smallest_runs(&words) {
            add(Sign::Run, hex(run));
        }
        let (hosts, pages) = extract::places(new);
        let names = [
            (Sign::Identifier, extract::identifiers(new)),
            (Sign::Page, pages),
            (Sign::Host, hosts),
        ];
        for (sign, names) in names {
            names
                .into_iter()
                .take(NAMES)
                .for_each(|name| add(sign, name));
        }
    }
    marks.into_iter().collect()
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
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
mod tests {
    use super::*;

    const REPORT: &str = "Hello team, the import takes a webhook address and fetches it from \
        inside of your network, so that anybody with a free account reads the metadata service. \
        Steps: open the settings, add a webhook, give http://192.0.2.1/ as its address, press \
        the button that tests it, and look at the answer that is shown below the form.";

    fn of(text: &str) -> Vec<Mark> {
        marks(&Mail {
            text: Foreign::new(text),
            ..Mail::default()
        })
    }

    #[test]
    fn two_pages_above_the_footer_of_one_list_are_two_texts() {
        let footer = "You get this because you are on the list of those who read it. ".repeat(3);
        let of = |beside: &str| {
            marks(&Mail {
                text: Foreign::new(footer.as_str()),
                beside: Foreign::new(beside),
                ..Mail::default()
            })
        };
        let text = |marks: &[Mark]| {
            let text = marks.iter().find(|mark| mark.sign == Sign::Text);
            text.map(|mark| mark.value.clone())
        };
        let (one, other) = (of("SQL injection at https://example.org/one"), of(REPORT));
        assert!(text(&one).is_some() && text(&one) != text(&other));
        assert!(one.iter().any(|mark| mark.sign == Sign::Page));
        assert_eq!(one, of("SQL injection at https://example.org/one"));
    }

    fn shared(one: &str, other: &str, sign: Sign) -> usize {
        let other = of(other);
        let same = of(one).into_iter().filter(|m| m.sign == sign);
        same.filter(|m| other.contains(m)).count()
    }

    #[test]
    fn the_same_text_is_the_same_however_it_is_wrapped_and_marked() {
        let wrapped = REPORT
            .replace(' ', "\r\n")
            .to_uppercase()
            .replace(',', " ;");
        assert_eq!(shared(REPORT, &wrapped, Sign::Text), 1);
        let quoted = format!(
            "{REPORT}\n\nOn Mon, 3 May 2027 at 10:00, Anna <anna@example.org> wrote:\n> we have your report\n"
        );
        assert_eq!(shared(REPORT, &quoted, Sign::Text), 1);
        assert_eq!(shared("a short one", "a short one", Sign::Text), 0);
    }

    #[test]
    fn a_text_with_other_words_around_it_is_alike_and_another_is_not() {
        let changed = REPORT.replace("Hello team", "Dear madam or sir") + " Kind regards, Kim";
        assert_eq!(shared(REPORT, &changed, Sign::Text), 0);
        assert!(shared(REPORT, &changed, Sign::Run) >= RUNS_ALIKE);
        let other = "Your password form takes passwords of one letter only. I found that when I \
            opened an account for my own shop; the page says that eight letters are needed, and \
            the server does not look at them again. A report of the same kind was in the news.";
        assert_eq!(shared(REPORT, other, Sign::Run), 0);
    }

    #[test]
    fn marks_are_few_plain_and_read_back() {
        let many: String = (0..500)
            .map(|n| format!("https://h{n}.example/p{n}\u{202e}\u{1b}[31m CVE-2026-{n:05} \u{e4} "))
            .collect();
        let marks = of(&many);
        assert!(marks.len() <= 2 + RUNS + 3 * NAMES, "{}", marks.len());
        for mark in &marks {
            assert!(mark.value.chars().all(|c| c.is_ascii_graphic()), "{mark:?}");
            assert_eq!(Mark::read(&mark.key()).as_ref(), Some(mark));
        }
        assert_eq!(Mark::read("nothing-of-ours x"), None);
        let encrypted = Mail {
            text: Foreign::new(REPORT),
            encrypted: true,
            ..Mail::default()
        };
        assert_eq!(super::marks(&encrypted), []);
    }
}
