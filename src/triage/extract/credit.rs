//! How a reporter would like to be named, or not. Read to suggest a command, never to do it.

use super::denied::{Before, Meant, Voice, has_not};
use super::line::before;
use super::said::{Hit, What};
use name::{is_nobody, is_of_person, is_role, is_secret, name};
use serde::Serialize;
use terms::{has_terms, is_cut, is_for_a_time};
use words::{ANONYMOUS, LABELS, NAMED, OF_PERSONS, WANTED};

mod abroad;
mod name;
mod terms;
mod words;

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

/// The wish of a line, where it says one; `above` and `below`: the text before and behind it. In
/// a list of wishes the one that asks for less comes first; one that is not plain comes before a
/// name.
pub fn wishes(text: &str, above: &str, below: &str, hits: &mut Vec<Hit>) {
    // An apostrophe of three bytes moves what stands behind it.
    let plain = text.replace('\u{2019}', "'");
    let exact = plain.len() == text.len();
    let mut all = wishes_of(&plain, above, below);
    all.extend(abroad::wish(&plain, above, below));
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
fn wishes_of<'t>(text: &'t str, above: &str, below: &str) -> Vec<Found<'t>> {
    let lower = text.to_ascii_lowercase();
    let stands = |at: usize, label: bool| Before::read(above, text, at, label);
    let behind = |(at, length): (usize, usize)| text.get(at + length..).unwrap_or_default();
    let mut all = Vec::new();
    for place in places(&lower, &ANONYMOUS) {
        let wish = match stands(place.0, false).meant(Voice::Whole) {
            Meant::Wish if !is_for_a_time(behind(place)) => Wish::Anonymous,
            Meant::Told => continue,
            Meant::Wish | Meant::Denied | Meant::Unclear => Wish::Unclear,
        };
        all.push(Found::new(wish, place));
    }
    all.extend(no_credit(&lower, &stands).map(|place| Found::new(Wish::Anonymous, place)));
    if let Some(place) = anonymous(&lower) {
        let before = lower.get(..place.0).unwrap_or_default();
        let clause = before.rsplit(['.', '!', '?', ';', ',', ':']).next();
        let is_turned = clause.is_some_and(has_not) || is_for_a_time(behind(place));
        let wish = if is_turned {
            Wish::Unclear
        } else {
            Wish::Anonymous
        };
        all.push(Found::new(wish, place));
    }
    if let Some(place) = label(&lower) {
        all.extend(labelled((text, below), place, &stands(place.0, true)));
        return all;
    }
    for place in places(&lower, &NAMED) {
        let words = lower.get(place.0..place.0 + place.1).unwrap_or_default();
        match stands(place.0, false).meant(voice(words)) {
            Meant::Wish => all.extend(named((text, below), place, false)),
            Meant::Denied => all.push(Found::new(Wish::Anonymous, place)),
            Meant::Unclear if words.starts_with("attribute") => {}
            Meant::Unclear => all.push(Found::new(Wish::Unclear, place)),
            Meant::Told => {}
        }
    }
    if all.is_empty() {
        all.extend(of_persons((text, below), &lower, &stands));
    }
    if all.is_empty() {
        for place in places(&lower, &WANTED) {
            let wish = match stands(place.0, false).meant(voice_of_wish(&lower, place.0)) {
                Meant::Wish if !has_terms(behind(place), below, false) => Wish::Wanted,
                Meant::Denied => Wish::Anonymous,
                Meant::Wish | Meant::Unclear => Wish::Unclear,
                Meant::Told => continue,
            };
            all.push(Found::new(wish, place));
        }
    }
    all
}

fn voice(words: &str) -> Voice {
    match words {
        "credited as " | "acknowledged as " => Voice::Passive,
        "credit goes to "
        | "credits go to "
        | "credit should go to "
        | "name for credit: "
        | "name to credit: " => Voice::Said,
        "like to be listed as " | "like to be named as " => Voice::Whole,
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

/// `Please credit Kim Lee`: a name, and no account.
fn of_persons<'t>(
    (text, below): (&'t str, &str),
    lower: &str,
    stands: &dyn Fn(usize, bool) -> Before,
) -> Option<Found<'t>> {
    places(lower, &OF_PERSONS).into_iter().find_map(|place| {
        let rest = text.get(place.0 + place.1..)?;
        let is_name = name(rest).is_some_and(|name| is_of_person(name, rest));
        let is_turned = has_not(lower.get(place.0..place.0 + place.1)?);
        match stands(place.0, false).meant(Voice::Asked) {
            Meant::Wish if is_name && !is_turned => named((text, below), place, false),
            Meant::Wish | Meant::Denied | Meant::Unclear if is_name => {
                Some(Found::new(Wish::Unclear, place))
            }
            Meant::Wish | Meant::Denied | Meant::Unclear | Meant::Told => None,
        }
    })
}

/// What is wished behind words that a name should follow.
fn named<'t>(
    (text, below): (&'t str, &str),
    (at, length): (usize, usize),
    label: bool,
) -> Option<Found<'t>> {
    let Some(name) = text.get(at + length..).and_then(name) else {
        return Some(Found::new(Wish::Wanted, (at, length)));
    };
    let begin = name.as_ptr().addr() - text.as_ptr().addr();
    let span = (at, begin + name.len());
    let rest = text.get(begin..)?;
    let is_unclear = is_secret(name)
        || has_terms(rest, below, label)
        || rest.trim_end() == name && is_cut(text, below) && !label;
    let (wish, value) = match () {
        () if is_role(name) => return None,
        () if is_nobody(name) => (Wish::Anonymous, "anonymous"),
        () if is_unclear => (Wish::Unclear, "unclear"),
        () => (Wish::Named, name),
    };
    Some(Found { wish, value, span })
}

/// The same behind a label, where a figure or a sentence is no name.
fn labelled<'t>(
    (text, below): (&'t str, &str),
    place: (usize, usize),
    before: &Before,
) -> Option<Found<'t>> {
    let value = text.get(place.0 + place.1..)?.trim();
    let has_colon = text.get(..place.0 + place.1)?.trim_end().ends_with(':');
    let many = value.split_whitespace().count();
    let large = value.starts_with(|c: char| c.is_uppercase() || c == '@');
    if !has_colon && many > 1 && !large {
        return None;
    }
    let found = match (
        named((text, below), place, true)?,
        has_not(&value.to_lowercase()),
    ) {
        (found, true) if found.wish != Wish::Wanted => Found::new(Wish::Anonymous, found.span),
        (found, _) if found.wish == Wish::Wanted => return None,
        (found, _) => found,
    };
    // `Credit: ask me first`.
    let is_said = found.value.contains(' ') && found.value.starts_with(char::is_lowercase);
    match (before.is_denied() || is_said) && found.wish == Wish::Named {
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
    let theirs = has(&["i", "i'd", "i'll", "i'm", "me", "my", "we", "we'd", "us"])
        || (has(&["please"]) && has(&["keep", "stay", "remain", "credit"]));
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
        "list",
        "treat",
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
