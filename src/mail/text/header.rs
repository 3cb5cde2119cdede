//! The header that mail programs put above a quoted or forwarded mail, and the rules and
//! words above it.

use super::quote::says_when;
use super::words::{FORWARDED, FORWARDED_BEGINS, FROM, MACHINES, ORIGINAL, OTHERS};
use crate::mail::acts;

/// A field of a header is looked for in so many lines.
const FIELDS: usize = 8;

/// A line of nothing but strokes.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 4 && line.bytes().all(|b| matches!(b, b'_' | b'-' | b'='))
}

/// `-----Original Message-----`, in many languages; `-- Reply message --` too.
pub(super) fn is_separator(line: &str) -> bool {
    ruled(line).is_some_and(|words| {
        ORIGINAL.contains(&words.as_str()) || FORWARDED.contains(&words.as_str())
    })
}

/// The line above a mail that is forwarded, between strokes or before a colon.
pub(super) fn forwards(line: &str) -> bool {
    if ruled(line).is_some_and(|words| FORWARDED.contains(&words.as_str())) {
        return true;
    }
    let line = line.trim();
    let Some(words) = line.strip_suffix([':', '\u{ff1a}']) else {
        return false;
    };
    (8..=120).contains(&words.len()) && FORWARDED_BEGINS.contains(&lower(words).trim())
}

/// The words between strokes, in lower case.
fn ruled(line: &str) -> Option<String> {
    let line = line.trim();
    if line.len() > 240 || !line.starts_with("--") || !line.ends_with("--") {
        return None;
    }
    let words = line.trim_matches(|c: char| c == '-' || c.is_whitespace());
    (1..=100).contains(&words.len()).then(|| lower(words))
}

fn lower(words: &str) -> String {
    words.to_lowercase().replace('\u{2019}', "'")
}

/// The header that Outlook and telephones put above a quoted mail: *From* and two more
/// fields that mails have, one of them with a date. The date tells it from a mail that a report shows, and
/// no program's field is in it. Below a rule, or where a paragraph begins.
pub(super) fn is_quoted_header(rest: &[&str], fresh: bool) -> bool {
    let below_rule = rest.first().is_some_and(|line| is_rule(line));
    (fresh || below_rule) && fields(rest).is_some()
}

/// The value of *From* in the header that stands here.
pub(super) fn author<'a>(rest: &[&'a str]) -> Option<&'a str> {
    let line = fields(rest)?;
    let (_, value) = line.split_once([':', '\u{ff1a}'])?;
    Some(value.trim_matches(|c: char| c == '*' || c.is_whitespace()))
}

/// The line of *From*, where a quoted header stands here.
fn fields<'a>(rest: &[&'a str]) -> Option<&'a str> {
    let first = rest.first()?;
    if !is_rule(first) && label(first).is_none() {
        return None;
    }
    let lines = rest.iter().take(FIELDS);
    let lines = lines.skip_while(|l| is_rule(l) || (is_rule(first) && l.trim().is_empty()));
    let lines: Vec<&'a str> = lines
        .copied()
        .take_while(|line| !line.trim().is_empty())
        .collect();
    let labelled: Vec<(String, &'a str)> = lines
        .iter()
        .filter_map(|line| Some((label(line)?, *line)))
        .collect();
    let by_machine =
        |(name, _): &(String, &str)| MACHINES.contains(&name.as_str()) || name.starts_with("x-");
    let says_day = labelled
        .iter()
        .any(|(_, line)| line.len() <= 400 && says_when(line));
    if labelled.len() < 3 || !says_day || labelled.iter().any(by_machine) {
        return None;
    }
    let is_from = |(name, _): &(String, &str)| FROM.contains(&name.as_str());
    let at = labelled.iter().take(3).position(is_from);
    let known = |(name, _): &(String, &str)| OTHERS.contains(&name.as_str());
    let at = match at {
        Some(at) => {
            let is_mail = labelled.iter().take(at).all(known);
            let others = labelled.iter().filter(|field| known(field)).count();
            (is_mail && others >= 2).then_some(at)?
        }
        // The language is not known; its form is, below a rule.
        None if is_rule(first) && labelled.len() == lines.len() => {
            labelled.iter().position(|(_, line)| line.contains('@'))?
        }
        None => return None,
    };
    let (_, line) = labelled.get(at)?;
    (line.len() <= 400).then_some(*line)
}

/// The name of a field at the beginning of a line, in lower case; it may be bold.
fn label(line: &str) -> Option<String> {
    let (word, _) = line.split_once([':', '\u{ff1a}'])?;
    let around = |c: char| c == '*' || c.is_whitespace() || acts(c);
    let word = word.trim_matches(around);
    let is_name = |c: char| c.is_alphabetic() || c.is_whitespace() || c == '-' || acts(c);
    ((1..=60).contains(&word.len()) && word.chars().all(is_name))
        .then(|| word.to_lowercase().replace('\u{a0}', " "))
}
