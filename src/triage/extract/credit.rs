//! How a reporter would like to be named, or not. Read to suggest a command, never to do it.

use super::denied::{Denied, denied, has_not, of_ourselves, sentence};
use super::line::before;
use super::said::{Hit, What};
use serde::Serialize;

/// A wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// To be named, by the name that is given.
    Named,
    /// To be named; by which name is not said.
    Wanted,
    /// Not to be named.
    Anonymous,
}

/// Behind these stands a name.
const NAMED: [&str; 15] = [
    "credit me as ",
    "credited as ",
    "credit this to ",
    "credit it to ",
    "credit the finding to ",
    "credit this finding to ",
    "credit goes to ",
    "attribute this to ",
    "attribute it to ",
    "acknowledge me as ",
    "acknowledged as ",
    "name me as ",
    "list me as ",
    "name for credit: ",
    "name to credit: ",
];

/// At the beginning of a line, before a name.
const LABELS: [&str; 6] = [
    "credit: ",
    "credits: ",
    "credit to ",
    "credits to ",
    "credit name: ",
    "please credit: ",
];

/// Not to be named.
const ANONYMOUS: [&str; 19] = [
    "no credit",
    "without credit",
    "not credit me",
    "don't credit me",
    "not need credit",
    "don't need credit",
    "not want credit",
    "don't want credit",
    "not want any credit",
    "not wish to be credited",
    "not want to be credited",
    "not want to be named",
    "not like to be named",
    "rather not be named",
    "prefer not to be named",
    "prefer not to be credited",
    "keep my name out",
    "not mention my name",
    "not publish my name",
];

/// To be named, without a name.
const WANTED: [&str; 12] = [
    "please credit me",
    "like to be credited",
    "love to be credited",
    "want to be credited",
    "wish to be credited",
    "happy to be credited",
    "like credit",
    "appreciate credit",
    "appreciate a credit",
    "credit would be",
    "like to be acknowledged",
    "add me to your hall of fame",
];

/// The wish of a line, where it says one; `above`: the text before it. In a list of wishes the
/// one that asks for less comes first, and who denies one is not named.
pub fn wishes(text: &str, above: &str, hits: &mut Vec<Hit>) {
    let lower = text.to_ascii_lowercase().replace('\u{2019}', "'");
    // An apostrophe of three bytes moves what stands behind it.
    let exact = lower.len() == text.len();
    let mut add = |wish, value: &str, (at, length): (usize, usize)| {
        let span = if exact {
            (at, at + length)
        } else {
            (0, text.len())
        };
        let words: Vec<&str> = value.split_whitespace().collect();
        let mut hit = Hit::new(What::Credit, words.join(" "), span);
        hit.wish = Some(wish);
        hits.push(hit);
    };
    if let Some(place) = first(&lower, &ANONYMOUS, 0).or_else(|| anonymous(&lower)) {
        add(Wish::Anonymous, "anonymous", place);
        return;
    }
    let up_to = |at: usize| sentence(above, lower.get(..at).unwrap_or_default());
    let denied = |at: usize| denied_at(text, &lower, above, at);
    let labelled = label(&lower);
    if let Some((at, length)) = named(&lower, &up_to).or(labelled) {
        let from = if exact { text.get(at + length..) } else { None };
        let by_label = labelled == Some((at, length)) && lower.get(at..).is_some_and(has_colon);
        match denied(at) {
            Denied::Yes if !by_label => {
                add(Wish::Anonymous, "anonymous", (at, length));
                return;
            }
            Denied::Perhaps if !by_label => return,
            Denied::Yes | Denied::Perhaps | Denied::No => {}
        }
        match from.and_then(name) {
            Some(name) if is_nobody(name) || has_not(&name.to_lowercase()) => {
                add(Wish::Anonymous, "anonymous", (at, length + name.len()));
            }
            Some(name) => {
                let begin = name.as_ptr().addr() - text.as_ptr().addr();
                add(Wish::Named, name, (at, begin - at + name.len()));
            }
            None if labelled.is_none() => add(Wish::Wanted, "wanted", (at, length)),
            None => {}
        }
        return;
    }
    if let Some((at, length)) = first(&lower, &WANTED, 0) {
        match denied(at) {
            Denied::Yes => add(Wish::Anonymous, "anonymous", (at, length)),
            Denied::No => add(Wish::Wanted, "wanted", (at, length)),
            Denied::Perhaps => {}
        }
    }
}

/// Whether the wish at that place is denied. `Credit me` at the beginning of a line is a
/// sentence of its own, and so is an item of a list.
fn denied_at(text: &str, lower: &str, above: &str, at: usize) -> Denied {
    let head = lower.get(..at).unwrap_or_default();
    let capital = text
        .get(at..)
        .unwrap_or_default()
        .starts_with(char::is_uppercase);
    if head.trim().is_empty() && lower.len() == text.len() && capital {
        return Denied::No;
    }
    match head.trim_start().starts_with(['-', '*']) {
        true => denied(&sentence("", head)),
        false => denied(&sentence(above, head)),
    }
}

/// The first of these words from a place on, as words of their own: where, and how long.
fn first(lower: &str, words: &[&str], from: usize) -> Option<(usize, usize)> {
    let found = words.iter().filter_map(|w| {
        let at = from + lower.get(from..)?.find(w)?;
        let begins = before(lower, at).is_none_or(|c| !c.is_alphanumeric());
        let rest = lower.get(at + w.len()..).unwrap_or_default();
        let card = [" card", "ential", "s card", "or"]
            .iter()
            .any(|c| rest.starts_with(c));
        (begins && !card).then_some((at, w.len()))
    });
    found.min()
}

/// So many places of a line are asked who speaks there.
const PLACES: usize = 20;

/// The first place where a name should follow, and somebody speaks of themselves; of an
/// attacker anything may be said.
fn named(lower: &str, up_to: &dyn Fn(usize) -> String) -> Option<(usize, usize)> {
    let mut from = 0;
    for _ in 0..PLACES {
        let (at, length) = first(lower, &NAMED, from)?;
        let words = lower.get(at..at + length).unwrap_or_default();
        let theirs = |text: &str| of_ourselves(text) || ["", "to be"].contains(&text.trim());
        if !["credited as ", "acknowledged as "].contains(&words) || theirs(&up_to(at)) {
            return Some((at, length));
        }
        from = at + length;
    }
    None
}

/// A label at the beginning of the line.
fn label(lower: &str) -> Option<(usize, usize)> {
    let at = lower.len() - lower.trim_start().len();
    let rest = lower.get(at..)?;
    let label = LABELS.iter().find(|label| rest.starts_with(**label))?;
    Some((at, label.len()))
}

fn has_colon(label: &str) -> bool {
    let words = LABELS.iter().filter(|l| label.starts_with(**l));
    words.into_iter().any(|l| l.ends_with(": "))
}

fn is_nobody(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "anonymous",
        "anonymously",
        "an anonymous",
        "anon",
        "none",
        "nobody",
        "n/a",
        "no one",
    ]
    .iter()
    .any(|n| name == *n || (n.starts_with("an") && name.starts_with("anonymous ")))
}

/// `I would like to stay anonymous`: said of themselves, not of an attacker.
fn anonymous(lower: &str) -> Option<(usize, usize)> {
    let at = lower.find("anonym")?;
    let word = lower
        .get(at..)?
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .count();
    let is = matches!(
        lower.get(at..at + word),
        Some("anonymous" | "anonymously" | "anonymity")
    );
    let sentence = lower.get(..at)?.rsplit(['.', '!', '?', ';']).next()?;
    let tokens: Vec<&str> = sentence
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .collect();
    let has = |of: &[&str]| tokens.iter().any(|t| of.contains(t));
    let theirs = has(&["i", "i'd", "i'll", "i'm", "me", "my"])
        || (has(&["please"]) && has(&["keep", "stay", "remain"]));
    let stays = has(&[
        "stay",
        "remain",
        "keep",
        "be",
        "prefer",
        "report",
        "reporting",
        "wish",
        "credited",
        "credit",
        "listed",
        "my",
    ]);
    let others = has(&[
        "attacker",
        "attackers",
        "user",
        "users",
        "access",
        "anyone",
        "could",
        "can",
        "able",
        "logged",
        "login",
        "request",
        "requests",
        "bind",
        "ftp",
        "was",
        "as",
    ]);
    (is && theirs && stays && (!others || has(&["credited", "credit"]))).then_some((at, word))
}

/// The name at the beginning of a text: to the end of its sentence, without quotes.
fn name(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().and_then(|c| match c {
        '"' => Some('"'),
        '\'' => Some('\''),
        '\u{201c}' => Some('\u{201d}'),
        '`' => Some('`'),
        _ => None,
    });
    let name = match quote {
        Some(close) => {
            let inner = text.get(text.chars().next()?.len_utf8()..)?;
            inner.split(close).next()?
        }
        None => {
            let mut end = text.len();
            for stop in [
                ". ",
                ", ",
                "; ",
                " (",
                "! ",
                "\t",
                " if ",
                " when ",
                " in your ",
                " in any ",
                " in case ",
                " in the adv",
                " in the rel",
                " in the ack",
                " in the hall",
                " and ",
                " for ",
                " on ",
                " - ",
                " <",
            ] {
                end = end.min(text.find(stop).unwrap_or(end));
            }
            text.get(..end)?.trim_end_matches(['.', '!', ',', ';', ' '])
        }
    };
    let name = name.trim();
    let begins = name.starts_with(|c: char| c.is_alphanumeric() || c == '@');
    let pronoun = [
        "me",
        "you",
        "us",
        "the",
        "a",
        "an",
        "follows",
        "well",
        "below",
        "discoverer",
        "finder",
    ];
    let first = name.split_whitespace().next()?.to_ascii_lowercase();
    let is_name = begins && (first == "anonymous" || !pronoun.contains(&first.as_str()));
    (is_name && name.chars().count() <= 60 && name.len() >= 2).then_some(name)
}

#[cfg(test)]
mod tests;
