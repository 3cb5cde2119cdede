//! What stands behind a wish, and makes it more than one: then a person reads it.

use crate::triage::extract::denied::{has_not, is_over, item};
use crate::triage::extract::lacks::beginning;

/// So much of the text below is looked at.
const REACH: usize = 400;

/// A line of at least so many signs was wrapped by a program.
const WRAPPED: usize = 56;

const TERMS: [&str; 22] = [
    "unless",
    "until",
    "till",
    "before",
    "after",
    "only",
    "once",
    "if",
    "when",
    "except",
    "provided",
    "pending",
    "assuming",
    "long",
    "but",
    "however",
    "wait",
    "ask",
    "employer",
    "boss",
    "permission",
    "consent",
];

/// Of these an anonymous wish may have some: it is theirs as long as it lasts.
const LASTS: [&str; 7] = ["unless", "until", "till", "before", "after", "only", "once"];

/// Terms that are met whenever somebody is named, and another name.
const MET: [&str; 24] = [
    "not as ",
    "if possible",
    "if applicable",
    "if any",
    "if you publish",
    "if you like",
    "if you want",
    "if you wish",
    "if you give credit",
    "if you credit",
    "if you mention",
    "if you do",
    "if you can",
    "if you fix",
    "if this is valid",
    "if this is accepted",
    "if it is valid",
    "if it is accepted",
    "if a cve",
    "when you publish",
    "when you fix",
    "when it is fixed",
    "when it is published",
    "when this is fixed",
];

/// Denied, and of no matter to the name, where nothing more is said of it.
const OTHER: [&str; 19] = [
    "not my company",
    "not the company",
    "not my employer",
    "not my team",
    "without my company",
    "no company",
    "without a link",
    "no link",
    "no bounty",
    "no reward",
    "no payment",
    "no money",
    "i do not need a bounty",
    "i don't need a bounty",
    "i do not need a reward",
    "i don't need a reward",
    "i do not want money",
    "i do not want a bounty",
    "i do not want a reward",
];

/// How a sentence begins that takes something back.
const BACK: [&str; 20] = [
    "only", "but", "not", "unless", "until", "if", "provided", "except", "however", "though",
    "although", "wait", "do", "don't", "dont", "never", "before", "after", "once", "please",
];

/// Whether terms stand behind a wish, in the rest of its line or below. `label`: the line has
/// nothing but it.
pub(super) fn has_terms(rest: &str, below: &str, label: bool) -> bool {
    let (rest, paragraph) = (beginning(rest, REACH), paragraph(below));
    let is_open = !label && goes_on(rest, &paragraph);
    let mut all = rest.to_lowercase();
    let small = paragraph.to_lowercase();
    for (n, sentence) in small.split_inclusive(['.', '!', '?']).take(2).enumerate() {
        let first = sentence.split_whitespace().next().unwrap_or_default();
        let first = first.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
        if n == 0 && is_open || BACK.contains(&first) {
            all.push(' ');
            all.push_str(sentence);
        }
    }
    says(&all.replace('\u{2019}', "'"), &TERMS, true)
}

/// Whether a wish to be anonymous is one for a time.
pub(super) fn is_for_a_time(rest: &str) -> bool {
    let sentence = rest.split(['.', '!', '?']).next().unwrap_or_default();
    says(&sentence.to_lowercase(), &LASTS, false)
}

/// Whether a name at the end of its line goes on in the next.
pub(super) fn is_cut(line: &str, below: &str) -> bool {
    let next = below.lines().next().unwrap_or_default().trim_start();
    line.trim_end().chars().count() >= WRAPPED && next.starts_with(char::is_uppercase)
}

fn says(all: &str, terms: &[&str], denials: bool) -> bool {
    let mut all = all.to_owned();
    for met in MET {
        if all.contains(met) {
            all = all.replace(met, " ");
        }
    }
    for other in OTHER {
        if all.contains(other) {
            all = without(&all, other);
        }
    }
    let mut words = all.split(|c: char| !c.is_alphanumeric());
    words.any(|word| terms.contains(&word)) || denials && has_not(&all)
}

/// A text without these words, wherever nothing else is said with them.
fn without(all: &str, words: &str) -> String {
    let mut kept = String::new();
    let mut rest = all;
    while let Some((before, behind)) = rest.split_once(words) {
        kept.push_str(before);
        let begins = !kept.ends_with(char::is_alphanumeric);
        let ends = [" needed", " required", " expected", " necessary"];
        let over = ends.iter().find_map(|end| behind.strip_prefix(end));
        let over = over.unwrap_or(behind);
        let is_over = over.is_empty() || over.starts_with(['.', ',', ';', ')', '!']);
        if !(begins && is_over) {
            kept.push_str(words);
        }
        rest = behind;
        if begins && is_over {
            rest = over;
        }
    }
    kept + rest
}

/// The lines below, to the end of their paragraph.
pub(super) fn paragraph(below: &str) -> String {
    let mut all = String::new();
    for line in below.lines() {
        let trimmed = line.trim();
        let ends = trimmed.is_empty() || trimmed.starts_with('>') || item(line).0;
        if ends || all.len() > REACH {
            break;
        }
        all.push_str(beginning(trimmed, REACH));
        all.push(' ');
    }
    all
}

/// The sentence at the end of a line is not over there.
fn goes_on(rest: &str, next: &str) -> bool {
    let rest = rest.trim_end();
    !rest.ends_with(['.', '!', '?']) && !next.is_empty() && !is_over(rest, next, true)
}
