//! Whether lines below a rule are the footer of a mailing list: what list programs write, and
//! nothing else.
//!
//! A report may be of lists, in sections below rules. So a footer is made of nothing but the
//! phrases of these programs, the name of the list and places of it; one of the places manages
//! it. In a first report it is the list that passed the mail on, by its header.

use super::Occasion;
use super::words::{LISTED, MANAGES};
use crate::mail::Headers;
use std::collections::BTreeSet;

/// The fields of a list are looked at for so many bytes each.
const FIELD: usize = 2_000;
/// They name so many hosts, each with so many bytes (RFC 1035 section 2.3.4).
const HOSTS: usize = 20;
const HOST_BYTES: usize = 253;

/// What a mail says of the list that passed it on.
#[derive(Default)]
pub(super) struct List {
    /// Its names, in lower case.
    names: Vec<String>,
    /// The hosts that its fields name, in lower case.
    hosts: BTreeSet<String>,
    /// It has one of the fields.
    is_known: bool,
}

impl List {
    pub(super) fn of(headers: &Headers) -> Self {
        let field = |name: &str| {
            let value = headers.first(name).unwrap_or_default();
            value.chars().take(FIELD).collect::<String>().to_lowercase()
        };
        let (id, post) = (field("list-id"), field("list-post"));
        let id_name = id.rsplit('<').next().and_then(|id| id.split('.').next());
        let post_name = post.split_once("mailto:").map(|(_, address)| address);
        let post_name = post_name.and_then(|address| address.split('@').next());
        let names = [id_name, post_name].into_iter().flatten().map(str::trim);
        let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
        let names = names.collect();
        let fields = [id, post, field("list-unsubscribe"), field("list-archive")];
        let mut hosts = BTreeSet::new();
        for word in fields.iter().flat_map(|field| words(field)) {
            if hosts.len() < HOSTS && word.contains('.') && word.len() <= HOST_BYTES {
                hosts.insert(word.to_owned());
            }
        }
        Self {
            names,
            hosts,
            is_known: fields.iter().any(|field| !field.trim().is_empty()),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    /// This place is one of it: on a host that its fields name, or one above such a host, and
    /// under its name.
    fn has(&self, place: &str) -> bool {
        let is_host = host(place).is_some_and(|host| {
            let ends = |known: &String| {
                let before = known.strip_suffix(host);
                before.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            GROUPS.contains(&host) || host.contains('.') && self.hosts.iter().any(ends)
        });
        let is_of_name = |part: &str| {
            let behind = self
                .names
                .iter()
                .filter_map(|name| part.strip_prefix(name.as_str()));
            let mut behind = behind.filter(|rest| !rest.starts_with(char::is_alphanumeric));
            behind.next().is_some()
        };
        is_host && place.split(['/', '@', ':']).any(is_of_name)
    }
}

/// What may be hosts in a field.
fn words(field: &str) -> impl Iterator<Item = &str> {
    field.split(|c: char| !(c.is_alphanumeric() || ".-".contains(c)))
}

/// Hosts of many lists.
const GROUPS: [&str; 3] = ["groups.google.com", "googlegroups.com", "groups.io"];

/// A footer has so many places; programs write six or seven.
const PLACES: usize = 12;

/// Whether these lines are a footer.
pub(super) fn is_footer(lines: &[&str], occasion: Occasion, list: &List) -> bool {
    let text = lines.join(" ").to_lowercase();
    let text = text.replace(['\u{201c}', '\u{201d}', '\u{ab}', '\u{bb}'], "\"");
    let places = text.split_whitespace().filter_map(place);
    let places: Vec<&str> = places.take(PLACES + 1).collect();
    if places.len() > PLACES {
        return false;
    }
    let manages = |place: &&str| MANAGES.iter().any(|word| place.contains(word));
    let managing = places.iter().copied().filter(manages).map(host);
    let managing: BTreeSet<Option<&str>> = managing.collect();
    let is_ours = |place: &str| match occasion {
        Occasion::First => list.has(place),
        Occasion::Answer => managing.contains(&host(place)),
    };
    if !places.iter().all(|place| is_plain(place) && is_ours(place)) {
        return false;
    }
    let is_managed = !managing.is_empty() || occasion == Occasion::First && !places.is_empty();
    let is_of_github = || occasion == Occasion::Answer && text.contains(GITHUB);
    let parts = places.iter().flat_map(|place| place.split(['/', '@']));
    let names: BTreeSet<&str> = match occasion {
        Occasion::First => list.names.iter().map(String::as_str).collect(),
        Occasion::Answer => parts.collect(),
    };
    (is_managed || is_of_github()) && is_made_of_phrases(&text, |word| names.contains(word))
}

/// What stands below each mail of a thread there; its places may be behind the words.
const GITHUB: &str = "reply to this email directly";

/// Nothing is in a text but phrases, one of them at least, names and places.
fn is_made_of_phrases(text: &str, is_name: impl Fn(&str) -> bool) -> bool {
    let (mut rest, mut phrases, mut is_group) = (text.trim_start_matches(is_mark), 0, false);
    while !rest.is_empty() {
        let word = rest.split_whitespace().next().unwrap_or_default();
        let bare = word.trim_matches(|c| is_mark(c) || c == '"');
        let quoted = rest.strip_prefix('"').filter(|_| is_group);
        let quoted = quoted.and_then(|rest| rest.split_once('"'));
        let quoted = quoted.filter(|(name, _)| name.split_whitespace().count() <= NAME);
        let behind = if let Some(phrase) = phrase(rest) {
            phrases += 1;
            is_group = phrase.ends_with("google groups");
            rest.get(phrase.len()..)
        } else if let Some((_, behind)) = quoted {
            Some(behind)
        } else if place(word).is_some() || is_name(bare) {
            rest.get(word.len()..)
        } else {
            None
        };
        let Some(behind) = behind else {
            return false;
        };
        rest = behind.trim_start_matches(is_mark);
    }
    phrases > 0
}

/// A group's name has at most so many words.
const NAME: usize = 6;

/// The longest phrase at the beginning; it ends with a word.
fn phrase(text: &str) -> Option<&'static str> {
    let ends = |phrase: &&&str| {
        let behind = text.strip_prefix(**phrase);
        behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
    };
    let found = LISTED.iter().filter(ends);
    found.max_by_key(|phrase| phrase.len()).copied()
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || ".,;:|()<>[]*-_\u{2013}\u{2014}".contains(c)
}

/// An address or a URL, without what stands around it.
fn place(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c| is_mark(c) || c == '"');
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    (word.contains('@') || word.contains("://")).then_some(word)
}

fn host(place: &str) -> Option<&str> {
    let behind = match place.split_once("://") {
        Some((_, behind)) => behind,
        None => place.rsplit_once('@')?.1,
    };
    behind.split(['/', ':', '?', '#']).next()
}

/// No question, no way up and no sign that a program would not write there.
fn is_plain(place: &str) -> bool {
    let place = place.strip_suffix(FROM_FOOTER).unwrap_or(place);
    let is_sign = |c: char| c.is_alphanumeric() || "-._~+=/:@".contains(c);
    let place = place
        .replace("%40", "@")
        .replace("%2b", "+")
        .replace("%3d", "=");
    place.chars().all(is_sign) && !place.contains("..")
}

/// What Google puts behind its links.
const FROM_FOOTER: &str = "?utm_medium=email&utm_source=footer";
