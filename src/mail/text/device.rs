//! What telephones and programs sign with: `Sent from my …`.

use super::Occasion;
use super::quote::{introduction, is_quoted};
use super::tail::is_end_of_new;
use super::words::{DEVICES, JOINING, MAKERS, OF_DEVICES, SENT_BY, SENT_FROM, SENT_FROM_MY};
use std::borrow::Cow;

/// A line of more bytes is no such thing, where it leads included.
const LONGEST: usize = 400;

/// An address, a host or a path is in it.
fn names_place(line: &str) -> bool {
    let mut hosts = line.split('.').skip(1);
    line.contains(['@', '/']) || hosts.any(|behind| behind.starts_with(char::is_alphanumeric))
}

/// What a telephone or a program signs with, on a line of its own. The words of the first
/// table are written by nobody else; those of the others also begin sentences, and count
/// only where a paragraph begins and nothing new comes behind. So do all in a first report.
pub(super) fn sent_from(rest: &[&str], fresh: bool, occasion: Occasion) -> bool {
    let line = rest.first().copied().unwrap_or_default().trim();
    if !may_be(line) {
        return false;
    }
    let Some(bare) = without_links(line, occasion) else {
        return false;
    };
    if bare.len() > 120 || bare.contains(". ") || names_place(&bare) {
        return false;
    }
    let Some((is_certain, name)) = names_device(bare.trim_end_matches('.')) else {
        return false;
    };
    // It may be all that a report says: of devices.
    if occasion == Occasion::First && !is_certain && !name.split_whitespace().all(is_of_device) {
        return false;
    }
    let is_alone = rest.get(1).is_none_or(|next| {
        let is_quote = is_quoted(next) || introduction(&[next], true).is_some();
        next.trim().is_empty()
            || next.starts_with(['_', '-'])
            || is_quote
            || next.ends_with(':')
            || next.contains('@')
    });
    let behind = rest.get(1..).unwrap_or_default();
    let is_certain = is_certain && occasion == Occasion::Answer;
    is_alone && (is_certain || fresh && is_end_of_new(behind))
}

/// Each line of a mail is asked: hardly one has the two bytes at an end that these have.
fn may_be(line: &str) -> bool {
    let has_link = line.starts_with(['<', '(', '[']) || line.ends_with(['>', ')', ']']);
    let begin = line.as_bytes().first_chunk::<2>();
    let end = line.trim_end_matches('.').as_bytes().last_chunk::<2>();
    let begins = |words: &&str| words.as_bytes().first_chunk() == begin;
    has_link
        || begin == Some(b"Vo")
        || SENT_FROM_MY.iter().chain(&SENT_FROM).any(begins)
        || SENT_BY
            .iter()
            .any(|words| words.as_bytes().last_chunk() == end)
}

/// A line without where its words lead, in brackets, and the brackets of those words. None of
/// one that is too long, nor, in a first report, of one that leads elsewhere than to whoever
/// makes such programs.
fn without_links(line: &str, occasion: Occasion) -> Option<Cow<'_, str>> {
    if line.len() > LONGEST {
        return None;
    }
    if !line.contains(['<', '(', '[']) {
        return Some(Cow::Borrowed(line));
    }
    let (mut bare, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(['<', '(']) {
        let (before, link) = rest.split_at(at);
        bare.push_str(before);
        let ends = if link.starts_with('<') { '>' } else { ')' };
        if ends == '>'
            || ["(http://", "(https://"]
                .iter()
                .any(|p| link.starts_with(p))
        {
            let (target, behind) = link.split_once(ends).unwrap_or((link, ""));
            let at = target.find("://").unwrap_or_default();
            let (scheme, host) = target.split_at(at);
            let is_makers = MAKERS.iter().any(|maker| host.starts_with(maker));
            let is_web = ["http", "https"].contains(&scheme.trim_start_matches(['<', '(']));
            if occasion == Occasion::First && !(is_makers && is_web) {
                return None;
            }
            rest = behind;
        } else {
            bare.push('(');
            rest = link.get(1..)?;
        }
    }
    bare.push_str(rest);
    let words = bare
        .split_whitespace()
        .map(|word| word.trim_matches(['[', ']']));
    Some(Cow::Owned(words.collect::<Vec<_>>().join(" ")))
}

/// Whether a line says from what it was sent, and nothing else; and whether certainly so.
/// What stands behind (or before) the words of a table is the name of a device or a program:
/// begun in capitals, or known, but for one word. The name is given too.
fn names_device(line: &str) -> Option<(bool, &str)> {
    let longest = |all: &[&str]| {
        let all = all.iter().filter_map(|words| line.strip_prefix(words));
        all.min_by_key(|rest| rest.len())
    };
    let (certain, other) = (longest(&SENT_FROM_MY), longest(&SENT_FROM));
    let ends = || {
        let rest = SENT_BY.iter().filter_map(|words| line.strip_suffix(words));
        let rest = rest.min_by_key(|rest| rest.len());
        let german = line.strip_prefix("Von meine");
        rest.or_else(|| german?.split_once(' ')?.1.strip_suffix("gesendet"))
    };
    let name = certain.or(other).or_else(ends)?;
    let is_part = |word: &&str| {
        let begins = word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        begins || is_device(word) || JOINING.contains(word)
    };
    let names = |text: &str| {
        let lower = text.to_lowercase();
        DEVICES.iter().any(|device| lower.contains(device))
    };
    let is_prose = |word: &str| names(word) && !is_device(word);
    let is_sentence = name.contains([',', ';', '?', '!', '(', '=', '`', '"', ':', '\u{ff1a}'])
        || name.split_whitespace().any(is_prose);
    let unknown = name
        .split_whitespace()
        .filter(|word| !is_part(word))
        .count();
    let is_short = name.split_whitespace().count() <= 6;
    let is_one = names(line) && unknown <= 1 || certain.is_some() && unknown == 0;
    (is_short && !is_sentence && is_one).then_some((certain.is_some(), name))
}

/// A device, a program, whose it is, or which one of its kind.
fn is_of_device(word: &str) -> bool {
    is_device(word)
        || JOINING.contains(&word)
        || OF_DEVICES.contains(&word.to_lowercase().as_str())
        || word.contains(|c: char| c.is_ascii_digit())
}

/// The name of one, in the form that a language gives it.
fn is_device(word: &str) -> bool {
    let word = word.to_lowercase();
    let around = |device: &&str| word.split_once(device);
    DEVICES.iter().filter_map(around).any(|(before, behind)| {
        let mut rest = before.chars().chain(behind.chars());
        rest.by_ref().take(6).all(|c| c < '\u{2e80}') && rest.next().is_none()
    })
}
