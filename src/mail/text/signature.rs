//! Signatures below strokes.
//!
//! Below a line of strokes a report goes on as often as it ends: strokes stand between
//! findings, and a comment in SQL begins with them. So a first report is signed only where
//! its author stands below them by name and nothing else does but what a card has. In an
//! answer it is enough that no line tells of a place, nor is like a sentence, unless it is of a
//! legal notice. Each signature has a length beyond which it is none.

use super::Occasion;
use super::device::sent_from;
use super::footer::List;
use super::header::{is_quoted_header, is_separator};
use super::notice::notice;
use super::quote::{introduction, is_quoted};
use super::words::{COMPANIES, JOINING, LABELS, LAW, THIS_MAIL};
use crate::mail::{Address, Mail};
use std::collections::BTreeSet;

/// A signature below `-- ` (RFC 3676 section 4.3) has at most so many lines.
const SIGNED: usize = 24;
/// Below other strokes, which also stand between the paragraphs of a report, and in a first
/// report.
const LOOSELY_SIGNED: usize = 6;

/// The first line of a legal notice is longer.
const SHORTEST: usize = 20;
/// A paragraph of one that is known by a few words begins with a line of more signs.
const LONG: usize = 40;
/// A name and a line of a card have at most so many words.
const NAMES: usize = 8;
/// A line of a card without the author's name has at most so many that begin large, and often
/// no more than the other number.
const TITLE: usize = 4;
const TITLE_OFTEN: usize = 2;

/// So many of those to whom a mail is written are looked at.
const WRITTEN_TO: usize = 50;

/// By whom a mail is signed: its author, as From has them.
#[derive(Default)]
pub(super) struct Signer {
    /// Words of the name and of the part before the `@`, in lower case.
    names: Vec<String>,
    address: String,
    domain: String,
    /// The mailing list that passed it on.
    pub(super) list: List,
    /// The addresses of whom it is written to, in lower case, each once.
    written_to: BTreeSet<String>,
}

impl Signer {
    pub(super) fn of(mail: &Mail) -> Self {
        let list = List::of(&mail.headers);
        let small = |address: &Address| address.to_string().to_lowercase();
        let written_to = mail.recipients.iter().take(WRITTEN_TO).map(small).collect();
        let Some(address) = mail.author.address() else {
            return Self {
                list,
                written_to,
                ..Self::default()
            };
        };
        let name = mail.author.name().map(|name| name.raw().to_lowercase());
        let local = address.local().to_lowercase();
        let words = |text: &str, least: usize| -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphabetic());
            let words = words.filter(|word| word.chars().count() >= least);
            words.map(str::to_owned).collect()
        };
        let mut names = words(&name.unwrap_or_default(), 2);
        names.truncate(NAMES);
        names.extend(words(&local, 3));
        Self {
            names,
            address: address.to_string().to_lowercase(),
            domain: address.domain().to_owned(),
            list,
            written_to,
        }
    }

    /// One of these lines has an address that the mail is written to.
    pub(super) fn writes_to(&self, lines: &[&str]) -> bool {
        let mut addresses = addresses(lines);
        !self.written_to.is_empty() && addresses.any(|one| self.written_to.contains(&one))
    }

    /// One of these lines has their address.
    pub(super) fn is_author_in(&self, lines: &[&str]) -> bool {
        addresses(lines).any(|one| one == self.address)
    }

    /// Whether this is their name, their address, or a page of theirs that is no deeper than
    /// its host.
    fn owns(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let is_name = |part: &str| self.names.iter().any(|name| name == part);
        if is_name(&word) || (!word.is_empty() && word == self.address) {
            return true;
        }
        let host = host(&word).unwrap_or(&word);
        let its = host.strip_prefix("www.").unwrap_or(host);
        is_host(host) && (its == self.domain || host.split(['.', '-']).any(is_name))
    }

    /// A line of a card: names, what they own, the number of a telephone; and beside their
    /// name any page that is no deeper than its host.
    fn has_card(&self, line: &str) -> bool {
        let is_named = self.is_named(line);
        let words: Vec<&str> = pieces(line).take(NAMES + 1).collect();
        let label = |word: &str| LABELS.contains(&word.to_lowercase().as_str());
        let calls = words
            .iter()
            .any(|word| word.starts_with('+') || label(word));
        let is_number = |word: &str| {
            let mut letters = word.chars();
            calls && letters.all(|c| c.is_ascii_digit() || "+-()/".contains(c))
        };
        let is_part = |word: &&str| {
            label(word)
                || self.owns(word)
                || is_named && host(word).is_some_and(is_host)
                || is_number(word)
                || is_name(word)
                || JOINING.contains(word)
        };
        let said = words
            .iter()
            .filter(|word| is_name(word) && !JOINING.contains(*word));
        let is_short = is_named || said.count() <= TITLE;
        words.len() <= NAMES && is_short && words.iter().all(is_part)
    }

    /// What stands below strokes has a line that may say something: words that all begin large,
    /// more than a title has often, and nothing of the author's own.
    pub(super) fn may_say(&self, lines: &[&str]) -> bool {
        let says = |line: &&&str| {
            let names = pieces(line).take(NAMES).filter(|word| is_name(word));
            !self.is_named(line) && names.count() > TITLE_OFTEN
        };
        lines.iter().skip(1).any(|line| says(&line))
    }

    /// One of its words is a name of theirs.
    fn is_named(&self, line: &str) -> bool {
        pieces(line)
            .take(NAMES)
            .any(|word| self.names.contains(&word.to_lowercase()))
    }
}

/// Addresses as introductions of quotes have them, in lower case.
fn addresses(lines: &[&str]) -> impl Iterator<Item = String> {
    let around = |c: char| c.is_whitespace() || "<>[](),:;\"'".contains(c);
    let words = lines.iter().flat_map(move |line| line.split(around));
    words
        .filter(|word| word.contains('@'))
        .map(str::to_lowercase)
}

/// Words, without the marks that part the pieces of a card.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| c.is_whitespace() || ",|<>*\u{b7}\u{2022}\u{2013}\u{2014}".contains(c);
    line.split(parts)
        .filter(|word| !word.is_empty() && *word != "-")
}

/// What stands behind the scheme of a URL.
fn host(word: &str) -> Option<&str> {
    let mut schemes = ["https://", "http://"].iter();
    let bare = schemes.find_map(|scheme| word.strip_prefix(scheme))?;
    Some(bare.trim_end_matches('/'))
}

fn is_host(word: &str) -> bool {
    word.contains('.')
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || ".-".contains(c))
}

/// A word that begins as names do: not one in capitals, which may be shouted.
fn is_name(word: &str) -> bool {
    let bare = word.strip_suffix('.').unwrap_or(word);
    let many = bare.chars().count();
    let is_short = bare.len() == word.len() || many <= 4;
    let is_word = bare
        .chars()
        .all(|c| c.is_alphabetic() || "-'\u{2019}".contains(c));
    let is_shouted = many > 1 && !bare.contains(char::is_lowercase);
    is_short && is_word && bare.starts_with(char::is_uppercase) && !is_shouted
}

/// How many lines are a signature.
pub(super) fn signature(
    rest: &[&str],
    fresh: bool,
    occasion: Occasion,
    signer: &Signer,
) -> Option<usize> {
    let line = rest.first().copied()?;
    if sent_from(rest, fresh, occasion) {
        return Some(1);
    }
    let bare = line.trim_end();
    let is_mark = line == "-- " || bare == "--\u{a0}";
    let strokes = bare.trim_end_matches(['\u{2014}', '\u{2013}', '\u{2015}']);
    let is_loose =
        fresh && (matches!(bare, "--" | "__") || (strokes.is_empty() && !bare.is_empty()));
    if !is_mark && !is_loose {
        return None;
    }
    let below = rest.get(1..)?;
    let lines = match occasion {
        Occasion::First => {
            let first = below.iter().find(|line| !line.trim().is_empty())?;
            let is_card = |line: &str| signer.has_card(line);
            signer
                .is_named(first)
                .then(|| block(below, LOOSELY_SIGNED, |line, _| is_card(line)))?
        }
        // Who writes below their signature says a sentence there; so does a legal notice, in
        // whatever words. A comment in code has no paragraph.
        Occasion::Answer if is_mark => block(below, SIGNED, |line, is_legal| {
            !tells(line, signer) && (fresh && is_legal || !says(line))
        }),
        Occasion::Answer => block(below, LOOSELY_SIGNED, |line, _| {
            may_be_signed(line) && !tells(line, signer) && !says(line)
        }),
    };
    lines.map(|lines| lines + 1)
}

/// How many lines of a signature stand here, up to what is quoted or to the end. `may_be` says
/// it of a line, and knows whether its paragraph is a legal notice.
fn block(rest: &[&str], at_most: usize, may_be: impl Fn(&str, bool) -> bool) -> Option<usize> {
    let (mut lines, mut written, mut fresh, mut is_legal) = (0, 0, true, false);
    while let Some(here) = rest.get(lines..).filter(|here| !here.is_empty()) {
        let line = here.first()?;
        if line.trim().is_empty() {
            (lines, fresh) = (lines + 1, true);
            continue;
        }
        let is_quote = is_quoted(line)
            || is_separator(line)
            || is_quoted_header(here, fresh)
            || introduction(here, fresh).is_some_and(|i| i.is_certain);
        if is_quote {
            break;
        }
        let may_be_notice = fresh && line.len() > SHORTEST;
        let notice = may_be_notice.then(|| notice(here)).flatten();
        if fresh {
            is_legal = self::is_legal(here, is_legal);
        }
        let is_signed = notice.is_some() || may_be(line, is_legal);
        let many = notice.unwrap_or(1);
        (lines, written, fresh) = (lines + many, written + many, false);
        if written > at_most || !is_signed {
            return None;
        }
    }
    (written > 0).then_some(lines)
}

/// The paragraph here is like one of a legal notice: it begins with a long line, cut anywhere,
/// and says three things that those say, or two of the mail it stands below; `goes_on` behind
/// another, two, or one of it.
fn is_legal(rest: &[&str], goes_on: bool) -> bool {
    let begins = |line: &&str| line.chars().count() > LONG && !is_prose(line);
    if !rest.first().is_some_and(begins) {
        return false;
    }
    let lines = rest
        .iter()
        .take(SIGNED)
        .take_while(|line| !line.trim().is_empty() && !is_quoted(line));
    let text = lines
        .fold(String::new(), |text, line| text + " " + line)
        .to_lowercase();
    let says = |words: &&&str| text.contains(**words);
    let said = COMPANIES.iter().filter(says).take(3).count();
    let has = |all: &[&str]| all.iter().any(|words| text.contains(words));
    match said + usize::from(said > 0 && has(&THIS_MAIL)) {
        0 | 1 => false,
        2 => goes_on,
        _ => goes_on || has(&LAW),
    }
}

/// A name, a place, a number: no item of a list, no heading, no line of prose or code.
fn may_be_signed(line: &str) -> bool {
    let line = line.trim();
    let is_item = line.starts_with(['-', '#', '`', '$', '{', '<'])
        || line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(['.', ')']);
    let ends = line.ends_with([':', ';', '{', '}', '.', '?']);
    line.chars().count() <= 72 && !is_item && !ends
}

/// A line that is like a sentence.
fn is_prose(line: &str) -> bool {
    let line = line.trim();
    let begins = line.starts_with(char::is_lowercase) && !line.starts_with("http");
    let ends = line.ends_with([':', ';', '{', '}', '.', '?', '!'])
        || line.ends_with([
            '\u{3002}', '\u{ff01}', '\u{ff1f}', '\u{ff1a}', '\u{ff1b}', '\u{ff0e}',
        ])
        || line.ends_with(['\u{61f}', '\u{6d4}', '\u{964}']);
    // Some scripts part no words.
    let letters = line.chars().filter(|c| *c >= '\u{2e80}').count();
    let is_word = |word: &&str| word.contains(char::is_alphabetic) && !word.contains('@');
    let words = line.split_whitespace().filter(is_word).count();
    let is_long = words > 3 || letters > UNPARTED;
    (begins || ends) && is_long
}

/// In a script that parts no words, a line with more letters is a sentence.
const UNPARTED: usize = 8;

/// A title or the name of a company has at most so many small words, beside what joins names.
const SMALL: usize = 4;

/// A line that is like a sentence, or like a part of one that is cut anywhere.
fn says(line: &str) -> bool {
    let is_small = |word: &&str| {
        let is_word = word.chars().all(|c| c.is_alphabetic() || "-'".contains(c));
        word.starts_with(char::is_lowercase) && is_word && !JOINING.contains(word)
    };
    is_prose(line) || line.split_whitespace().filter(is_small).count() > SMALL
}

/// A line that says something of a place: in two words, or in one of a page that is deeper than
/// its host and none of theirs.
fn tells(line: &str, signer: &Signer) -> bool {
    let is_place = |word: &&str| word.contains("://") || word.starts_with('/') && word.len() > 1;
    let speaks =
        |word: &&str| !is_place(word) && !word.ends_with(':') && word.contains(char::is_alphabetic);
    let is_deep = |word: &str| match host(word).map(|page| page.split_once(['/', '?'])) {
        Some(page) => page.is_some_and(|(host, _)| !signer.owns(host)),
        None => word.starts_with('/'),
    };
    let mut places = pieces(line).filter(is_place).peekable();
    let said = pieces(line).filter(speaks).take(2).count();
    places.peek().is_some() && (said == 2 || said == 1 && places.any(is_deep))
}
