//! Where a name stands in a text: as an entry of its own, among other words, or as a part of
//! somebody else's.
//!
//! Nobody can say of every text whose name it holds. What may be theirs counts as theirs:
//! a person looks. Two things are another's name for certain: what goes on without a space
//! (`Alex Smith` in `Alex Smith-Jones`), and an entry that is the whole name of somebody who
//! agreed to stand there. In a list, so is what goes on with a word that is written as names
//! are (`Alex Smith Jones`), and is no title.

use super::entry::{entry, plain};
use super::name;
use std::collections::BTreeSet;

/// Whether a line thanks somebody: an entry, or a comment that we write.
pub(super) fn thanks(line: &str, wanted: &str) -> bool {
    let of_entry = entry(line).is_some_and(|e| e.people().iter().any(|n| name::same(n, wanted)));
    of_entry || is_comment_of(line, wanted)
}

/// Whether a line is `# - NAME` and nothing more.
pub(super) fn is_comment_of(line: &str, wanted: &str) -> bool {
    of_comment(line).is_some_and(|n| name::same(n, wanted))
}

fn of_comment(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix("# - ")
}

/// A page as its readers see it, to look for names.
pub struct Read<'o> {
    lines: Vec<String>,
    /// As it was written, and as it is shown.
    flows: [Flow; 2],
    others: &'o [String],
}

impl<'o> Read<'o> {
    /// Reads it. The entries of these others are theirs alone.
    pub fn new(page: &[u8], others: &'o [String]) -> Self {
        let lines = page.split(|b| *b == b'\n');
        let lines: Vec<String> = lines
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let shown: Vec<String> = lines.iter().map(|line| plain(line)).collect();
        let begins: Vec<Begins> = lines.iter().map(|line| Begins::of(line)).collect();
        Self {
            flows: [Flow::of(&lines, &begins), Flow::of(&shown, &begins)],
            lines,
            others,
        }
    }

    /// The lines that name somebody, from 1: an entry or a comment, or all words of a name
    /// of several. A name of one word may be a part of another's, or a word.
    pub fn lines(&self, name: &str) -> Vec<usize> {
        let all = self.lines.iter().enumerate();
        let of_line = all.filter(|(_, line)| thanks(line, name));
        let mut found: BTreeSet<usize> = of_line.map(|(i, _)| i + 1).collect();
        if name.split_whitespace().nth(1).is_some() {
            let [written, shown] = self.flows.each_ref().map(|flow| flow.found(name));
            // What is shown says more of whose it is.
            let seen: BTreeSet<usize> = shown.iter().map(|(line, _)| *line).collect();
            let hidden = written.iter().filter(|(line, _)| !seen.contains(line));
            let theirs = shown.iter().chain(hidden).filter(|(_, whole)| *whole);
            let theirs = theirs.filter(|(line, _)| !self.is_of_another(*line, name));
            found.extend(theirs.map(|(line, _)| line + 1));
        }
        found.into_iter().collect()
    }

    /// The lines, from 1, on which the words of a name stand, whosever they are.
    pub fn mentions(&self, name: &str) -> Vec<usize> {
        let found = self.flows.iter().flat_map(|flow| flow.found(name));
        let found: BTreeSet<usize> = found.map(|(i, _)| i + 1).collect();
        found.into_iter().collect()
    }

    /// Whether a line, from 0, is the whole name of one of the others.
    fn is_of_another(&self, line: usize, name: &str) -> bool {
        let line = self.lines.get(line).map_or("", String::as_str);
        let of_entry = entry(line).map(|e| e.text);
        let whole = of_entry.or_else(|| of_comment(line).map(str::to_owned));
        let is = |other: &String| {
            !name::same(other, name) && whole.as_ref().is_some_and(|w| name::same(w, other))
        };
        self.others.iter().any(is)
    }
}

/// What a line begins. No name goes on over such a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    /// An entry of a list.
    Entry,
    /// Something else: a paragraph, a heading, a comment.
    Other,
    /// Nothing: it goes on.
    Nothing,
}

impl Begins {
    fn of(line: &str) -> Self {
        let text = line.trim_start();
        if entry(line).is_some() || of_comment(line).is_some() || text.starts_with("<li") {
            Self::Entry
        } else if text.is_empty() || text.starts_with(['#', '<']) {
            Self::Other
        } else {
            Self::Nothing
        }
    }
}

/// The words of a text with one space between, wherever its lines end.
pub struct Flow {
    text: String,
    words: Vec<Word>,
}

struct Word {
    /// Where it begins in the text.
    at: usize,
    /// Its line, from 0.
    line: usize,
    /// It stands in an entry of a list.
    in_list: bool,
    /// It is written as names are.
    is_name: bool,
}

impl Flow {
    /// Takes the words of a text.
    pub fn new(text: &str) -> Self {
        Self::of(&[text], &[Begins::Nothing])
    }

    fn of<S: AsRef<str>>(lines: &[S], begins: &[Begins]) -> Self {
        let (mut text, mut words) = (String::new(), Vec::new());
        let mut in_list = false;
        for (i, (line, begins)) in lines.iter().zip(begins).enumerate() {
            let mut between = match begins {
                Begins::Nothing => ' ',
                Begins::Entry | Begins::Other => {
                    in_list = *begins == Begins::Entry;
                    '\n'
                }
            };
            for word in line.as_ref().split_whitespace() {
                if !text.is_empty() {
                    text.push(between);
                }
                between = ' ';
                words.push(Word {
                    at: text.len(),
                    line: i,
                    in_list,
                    is_name: is_as_names_are(word),
                });
                text.push_str(&word.to_lowercase());
            }
            if between == '\n' {
                // An empty line ends what was before it, too.
                text.push('\n');
            }
        }
        Self { text, words }
    }

    /// Whether a name stands in it that is no part of another.
    pub fn names(&self, name: &str) -> bool {
        self.found(name).iter().any(|(_, whole)| *whole)
    }

    /// The lines, from 0, on which a name stands as words of its own, and whether it is no
    /// part of another there.
    fn found(&self, name: &str) -> Vec<(usize, bool)> {
        let name = name::key(name);
        if name.is_empty() {
            return Vec::new();
        }
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let all = self.text.match_indices(&name);
        let place = |(at, found): (usize, &str)| {
            let before = self.text.get(..at).unwrap_or_default();
            let behind = self.text.get(at + found.len()..).unwrap_or_default();
            if !edge(before.chars().next_back()) || !edge(behind.chars().next()) {
                return None;
            }
            let word = self.word(at)?;
            let goes_on = is_joined(before.chars().rev())
                || is_joined(behind.chars()) && !is_possessive(behind)
                || word.in_list && self.is_between_names(at, found.len(), before, behind);
            Some((word.line, !goes_on))
        };
        all.filter_map(place).collect()
    }

    /// The word that holds what stands there.
    fn word(&self, at: usize) -> Option<&Word> {
        let next = self.words.partition_point(|word| word.at <= at);
        self.words.get(next.checked_sub(1)?)
    }

    /// Whether a word stands beside it, with a space and nothing else between, that is
    /// written as names are.
    fn is_between_names(&self, at: usize, len: usize, before: &str, behind: &str) -> bool {
        let is_name = |word: Option<&Word>| word.is_some_and(|w| w.is_name);
        let ends_as_word = |text: &str| text.ends_with(char::is_alphanumeric);
        let first = before.strip_suffix(' ').filter(|text| ends_as_word(text));
        let second = behind.strip_prefix(' ');
        let second = second.filter(|text| text.starts_with(char::is_alphanumeric));
        first.is_some_and(|text| is_name(self.word(text.len().saturating_sub(1))))
            || second.is_some() && is_name(self.word(at + len + 1))
    }
}

/// Words before a name that are no part of it.
const TITLES: [&str; 5] = ["Mr", "Mrs", "Ms", "Dr", "Prof"];

/// Whether a word is written as names are: a capital letter and a small one, or letters of a
/// script that knows none. `CVE-2027-1234` and `XSS` are not.
fn is_as_names_are(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_part = |part: &str| {
        let mut letters = part.chars().filter(|c| !matches!(c, '\u{300}'..='\u{36f}'));
        let (first, second) = (letters.next(), letters.next());
        first.is_some_and(|c| match c.is_uppercase() {
            true => second.is_some_and(char::is_lowercase),
            false => c.is_alphabetic() && !c.is_lowercase(),
        })
    };
    let is_small = word.starts_with(char::is_lowercase);
    let mut parts = word.split(['-', '\u{2010}', '\u{2011}', '\'', '\u{2019}']);
    !is_small && !TITLES.contains(&word) && parts.any(is_part)
}

/// Whether a name goes on over its edge: with a sign that stands within words, and a letter.
fn is_joined(mut beyond: impl Iterator<Item = char>) -> bool {
    let sign = beyond.next();
    // Marks that belong to the letter before them, and joiners.
    let of_letter = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}');
    let within = |c: char| "-\u{2010}\u{2011}_'\u{2019}\u{b7}".contains(c);
    sign.is_some_and(of_letter)
        || sign.is_some_and(within) && beyond.next().is_some_and(char::is_alphanumeric)
}

/// `Alex Smith's`.
fn is_possessive(behind: &str) -> bool {
    let mut rest = behind.chars();
    let mark = rest.next().is_some_and(|c| matches!(c, '\'' | '\u{2019}'));
    mark && rest.next() == Some('s') && rest.next().is_none_or(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests;
