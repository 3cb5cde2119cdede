//! The words of usual reports. A report that needs others tells of something that no rule
//! knows.

use super::{Plain, Rule};
use std::collections::BTreeSet;

/// Words that usual reports are made of, parted by white space; their endings are taken off.
pub const WORDS: &str = include_str!("../../../config/hints/usual.txt");

/// One strange word is let pass for each so many words; in a short report none.
const ONE_IN: usize = 40;

/// Shorter words tell nothing.
const SHORT: usize = 3;

/// What words end in, and what stands there in their plain form.
const ENDINGS: [(&str, &str); 8] = [
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
];

/// Whether these mails have words that usual reports do not have: in what is new in them, and
/// in all of the first. It answers none, so what it quotes, and what stands behind its
/// signature, is the reporter's too; but it lets no more pass in what is new.
pub(super) fn strange(rules: &[Rule], said: &[Plain<'_>]) -> bool {
    let new = said.iter().map(|one| (one.subject, one.new));
    let whole = said.iter().enumerate();
    let whole = whole.map(|(n, one)| (one.subject, if n == 0 { one.whole } else { one.new }));
    too_strange(rules, new) || too_strange(rules, whole)
}

fn too_strange<'a>(rules: &[Rule], said: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
    let usual: BTreeSet<&str> = WORDS.split_whitespace().collect();
    let (mut count, mut strange) = (0, BTreeSet::new());
    for (subject, text) in said {
        let lines = text.lines().filter(|line| !is_name(line));
        for word in lines.chain([subject]).flat_map(words) {
            count += 1;
            let of_rule = || {
                let mut phrases = rules.iter().flat_map(|rule| &rule.words);
                phrases.any(|phrase| phrase.has(&word))
            };
            if !is_usual(&usual, &word) && !of_rule() {
                strange.insert(word);
            }
        }
    }
    strange.len() > count / ONE_IN
}

/// The words of a line, small; what is an address, a value or code is none.
fn words(line: &str) -> impl Iterator<Item = String> {
    let is_prose = |chunk: &&str| {
        // `~all` of a record, an option of a command.
        let is_value = chunk
            .trim_start_matches(['"', '\'', '('])
            .starts_with(['-', '~', '+']);
        let chunk = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        let is_code = |c: char| "/@=_<>{}.:$%&|\\".contains(c);
        !is_value && !chunk.contains(is_code)
    };
    let chunks = line.split_whitespace().filter(is_prose);
    let all = chunks.flat_map(|chunk| chunk.split(|c: char| !c.is_alphabetic()));
    all.filter(|word| word.chars().count() >= SHORT)
        .map(str::to_lowercase)
}

fn is_usual(usual: &BTreeSet<&str>, word: &str) -> bool {
    let plain = |(ending, instead): &(&str, &str)| {
        let stem = word.strip_suffix(ending)?;
        let stem = (stem.len() > 1).then_some(stem)?;
        usual
            .contains(format!("{stem}{instead}").as_str())
            .then_some(())
    };
    usual.contains(word) || ENDINGS.iter().any(|ending| plain(ending).is_some())
}

/// A line of at most three words that all begin with a capital: who signs.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let large = |word: &&str| {
        word.starts_with(char::is_uppercase)
            && word
                .chars()
                .all(|c| c.is_alphabetic() || ".,-'".contains(c))
    };
    (1..=3).contains(&words.len()) && words.iter().all(large)
}
