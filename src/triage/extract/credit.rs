//! How a reporter would like to be named, or not. Read to suggest a command, never to do it.

use super::denied::{Before, Meant, Voice, has_not};
use super::line::before;
use super::said::{Hit, What};
use name::{is_nobody, is_secret, name};
use serde::Serialize;

mod name;

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
    /// Credit is spoken of, and who knows which of these it is.
    Unclear,
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
    "don't mention my name",
    "not publish my name",
    "don't publish my name",
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
/// one that asks for less comes first; one that is not plain comes before a name.
pub fn wishes(text: &str, above: &str, hits: &mut Vec<Hit>) {
    // An apostrophe of three bytes moves what stands behind it.
    let plain = text.replace('\u{2019}', "'");
    let exact = plain.len() == text.len();
    let all = wishes_of(&plain, above);
    let is = |wanted: Wish| move |found: &&Found| found.wish == wanted;
    let order = [Wish::Anonymous, Wish::Unclear];
    let first = order.into_iter().find_map(|wish| all.iter().find(is(wish)));
    if let Some(found) = first.or(all.first()) {
        let span = if exact { found.span } else { (0, text.len()) };
        let words: Vec<&str> = found.value.split_whitespace().collect();
        let mut hit = Hit::new(What::Credit, words.join(" "), span);
        hit.wish = Some(found.wish);
        hits.push(hit);
    }
}

/// A wish, and where it stands.
struct Found<'t> {
    wish: Wish,
    value: &'t str,
    span: (usize, usize),
}

impl Found<'_> {
    fn new(wish: Wish, (at, length): (usize, usize)) -> Self {
        let value = match wish {
            Wish::Named | Wish::Wanted => "wanted",
            Wish::Anonymous => "anonymous",
            Wish::Unclear => "unclear",
        };
        let span = (at, at + length);
        Self { wish, value, span }
    }
}

/// All wishes of a line.
fn wishes_of<'t>(text: &'t str, above: &str) -> Vec<Found<'t>> {
    let lower = text.to_ascii_lowercase();
    let stands = |at: usize, label: bool| Before::read(above, text, at, label);
    let mut all = Vec::new();
    for (at, length) in places(&lower, &ANONYMOUS) {
        match stands(at, false).meant(Voice::Whole) {
            Meant::Wish => all.push(Found::new(Wish::Anonymous, (at, length))),
            Meant::Denied | Meant::Unclear => all.push(Found::new(Wish::Unclear, (at, length))),
            Meant::Told => {}
        }
    }
    if let Some((at, length)) = no_credit(&lower, &stands) {
        all.push(Found::new(Wish::Anonymous, (at, length)));
    }
    if let Some((at, length)) = anonymous(&lower) {
        let clause = lower
            .get(..at)
            .and_then(|t| t.rsplit(['.', '!', '?', ';', ',', ':']).next());
        let wish = match clause.is_some_and(has_not) {
            true => Wish::Unclear,
            false => Wish::Anonymous,
        };
        all.push(Found::new(wish, (at, length)));
    }
    if let Some((at, length)) = label(&lower) {
        all.extend(labelled(text, (at, length), &stands(at, true)));
        return all;
    }
    for (at, length) in places(&lower, &NAMED) {
        let words = lower.get(at..at + length).unwrap_or_default();
        let wish = match stands(at, false).meant(voice(words)) {
            Meant::Wish => named(text, (at, length)),
            Meant::Denied => Found::new(Wish::Anonymous, (at, length)),
            Meant::Unclear if words.starts_with("attribute") => continue,
            Meant::Unclear => Found::new(Wish::Unclear, (at, length)),
            Meant::Told => continue,
        };
        all.push(wish);
    }
    if all.is_empty() {
        for (at, length) in places(&lower, &WANTED) {
            let wish = match stands(at, false).meant(voice_of_wish(&lower, at)) {
                Meant::Wish => Wish::Wanted,
                Meant::Denied => Wish::Anonymous,
                Meant::Unclear => Wish::Unclear,
                Meant::Told => continue,
            };
            all.push(Found::new(wish, (at, length)));
        }
    }
    all
}

fn voice(words: &str) -> Voice {
    match words {
        "credited as " | "acknowledged as " => Voice::Passive,
        "credit goes to " | "name for credit: " | "name to credit: " => Voice::Said,
        _ => Voice::Asked,
    }
}

fn voice_of_wish(lower: &str, at: usize) -> Voice {
    let rest = lower.get(at..).unwrap_or_default();
    match rest.starts_with("please") || rest.starts_with("add me") {
        true => Voice::Asked,
        false => Voice::Whole,
    }
}

/// What is wished behind words that a name should follow.
fn named(text: &str, (at, length): (usize, usize)) -> Found<'_> {
    let name = text.get(at + length..).and_then(name);
    match name {
        Some(name) if is_nobody(name) => Found::new(Wish::Anonymous, (at, length + name.len())),
        Some(name) if is_secret(name) || is_on_terms(text, name) => {
            Found::new(Wish::Unclear, (at, length + name.len()))
        }
        Some(name) => {
            let begin = name.as_ptr().addr() - text.as_ptr().addr();
            Found {
                wish: Wish::Named,
                value: name,
                span: (at, begin + name.len()),
            }
        }
        None => Found::new(Wish::Wanted, (at, length)),
    }
}

/// Behind a name, or within what was taken for one, stand terms: a person reads them.
fn is_on_terms(text: &str, name: &str) -> bool {
    const TERMS: [&str; 6] = ["unless", "until", "before", "after", "only", "once"];
    let begin = name.as_ptr().addr() - text.as_ptr().addr();
    let rest = text.get(begin..).unwrap_or_default().to_lowercase();
    // By another name.
    let rest = rest.replace("not as ", "");
    let mut words = rest.split(|c: char| !c.is_alphanumeric());
    has_not(&rest) || words.any(|word| TERMS.contains(&word))
}

/// The same behind a label, where a figure or a sentence is no name.
fn labelled<'t>(text: &'t str, place: (usize, usize), before: &Before) -> Option<Found<'t>> {
    let value = text.get(place.0 + place.1..)?.trim();
    let has_colon = text.get(..place.0 + place.1)?.trim_end().ends_with(':');
    let many = value.split_whitespace().count();
    let large = value.starts_with(|c: char| c.is_uppercase() || c == '@');
    if !has_colon && many > 1 && !large {
        return None;
    }
    let found = match (named(text, place), has_not(&value.to_lowercase())) {
        (found, true) if found.wish != Wish::Wanted => Found::new(Wish::Anonymous, found.span),
        (found, _) if found.wish == Wish::Wanted => return None,
        (found, _) => found,
    };
    match before.is_denied() && found.wish == Wish::Named {
        true => Some(Found::new(Wish::Unclear, place)),
        false => Some(found),
    }
}

/// `No credit, please`, `I want no credit`: of the wish, not of money.
fn no_credit(lower: &str, stands: &dyn Fn(usize, bool) -> Before) -> Option<(usize, usize)> {
    let ends = [
        "please",
        "needed",
        "required",
        "necessary",
        "wanted",
        "for me",
    ];
    places(lower, &["no credit"])
        .into_iter()
        .find(|(at, length)| {
            let rest = lower.get(at + length..).unwrap_or_default().trim_start();
            let is_over = !rest.starts_with(char::is_alphanumeric);
            let before = stands(*at, false);
            let alone = before.is_only(&["please", "but", "so", "just"]);
            let ours = before.is_only(&[
                "i", "i'd", "we", "would", "please", "want", "need", "prefer", "like", "wish",
                "so", "but",
            ]);
            ours && (!alone || is_over || ends.iter().any(|end| rest.starts_with(end)))
        })
}

/// So many places of a line are looked at.
const PLACES: usize = 20;

/// The places where one of these stands.
fn places(lower: &str, words: &[&str]) -> Vec<(usize, usize)> {
    let (mut from, mut all) = (0, Vec::new());
    while let Some((at, length)) = first(lower, words, from).filter(|_| all.len() < PLACES) {
        all.push((at, length));
        from = at + length;
    }
    all
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

/// A label at the beginning of the line.
fn label(lower: &str) -> Option<(usize, usize)> {
    let at = lower.len() - lower.trim_start().len();
    let rest = lower.get(at..)?;
    let label = LABELS.iter().find(|label| rest.starts_with(**label))?;
    Some((at, label.len()))
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

#[cfg(test)]
mod tests;
