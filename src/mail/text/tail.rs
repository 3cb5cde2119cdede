//! What ends a mail and was not written for it: signatures, what telephones and programs
//! sign with, the lines of mailing lists.
//!
//! Each has a length beyond which it is none: a report may have a line of two strokes.

use super::Occasion;
use super::header::{is_quoted_header, is_rule, is_separator};
use super::quote::{introduction, is_quoted};
use super::words::{CHECKED, FOOTERS, SENT_BY, SENT_FROM, SENT_FROM_MY};

/// A signature below `-- ` (RFC 3676 section 4.3) has at most so many lines.
const SIGNED: usize = 24;
/// Below other strokes, which also stand between the paragraphs of a report.
const LOOSELY_SIGNED: usize = 6;
/// The footer of a list.
const FOOTER: usize = 10;
/// And its length in bytes.
const FOOTER_BYTES: usize = 2_000;

/// How many lines are a signature.
pub(super) fn signature(rest: &[&str], fresh: bool) -> Option<usize> {
    let line = rest.first().copied()?;
    if sent_from(rest, fresh) {
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
    let at_most = if is_mark { SIGNED } else { LOOSELY_SIGNED };
    block(rest.get(1..)?, at_most, is_mark).map(|lines| lines + 1)
}

/// How many lines of a signature stand here, up to what is quoted or to the end.
fn block(rest: &[&str], at_most: usize, marked: bool) -> Option<usize> {
    let (mut lines, mut written) = (0, 0);
    for at in 0..rest.len() {
        let here = rest.get(at..)?;
        let line = here.first()?;
        if line.trim().is_empty() {
            lines += 1;
            continue;
        }
        let fresh = lines == 0
            || rest
                .get(at.wrapping_sub(1))
                .is_some_and(|l| l.trim().is_empty());
        let is_quote = is_quoted(line)
            || is_separator(line)
            || is_quoted_header(here, fresh)
            || introduction(here, fresh).is_some_and(|i| i.is_certain);
        if is_quote {
            break;
        }
        written += 1;
        lines += 1;
        if written > at_most || (!marked && !may_be_signed(line)) {
            return None;
        }
    }
    (written > 0).then_some(lines)
}

/// A name, a place, a number: no item of a list, no heading, no line of prose or code.
fn may_be_signed(line: &str) -> bool {
    let line = line.trim();
    let is_item = line.starts_with(['-', '#', '`', '$', '{', '<'])
        || line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(['.', ')']);
    let ends = line.ends_with([':', ';', '{', '}', '.', '?']);
    line.chars().count() <= 72 && !is_item && !ends
}

/// What a telephone or a program signs with, on a line of its own. The words of the first
/// table are written by nobody else; those of the others also begin sentences, and count
/// only where a paragraph begins and nothing new comes behind.
fn sent_from(rest: &[&str], fresh: bool) -> bool {
    let line = rest.first().copied().unwrap_or_default().trim_start();
    let begins = |all: &[&str]| all.iter().any(|words| line.starts_with(words));
    let bare = line.split_once('<').map_or(line, |(words, _)| words).trim();
    let ends = bare.trim_end_matches('.');
    let is_certain = begins(&SENT_FROM_MY);
    let may_be = is_certain
        || begins(&SENT_FROM)
        || SENT_BY.iter().any(|words| ends.ends_with(words))
        || (ends.starts_with("Von meine") && ends.ends_with(" gesendet"));
    if !may_be || bare.is_empty() || bare.split_whitespace().count() > 9 || bare.len() > 120 {
        return false;
    }
    let is_sentence = bare.contains([',', ';', '?', '!', '(', '=', '`', '"'])
        || bare.contains(". ")
        || bare.ends_with([':', '\u{ff1a}']);
    let is_alone = rest.get(1).is_none_or(|next| {
        let is_quote = is_quoted(next) || introduction(&[next], true).is_some();
        next.trim().is_empty()
            || next.starts_with(['_', '-'])
            || is_quote
            || next.ends_with(':')
            || next.contains('@')
    });
    let behind = rest.get(1..).unwrap_or_default();
    !is_sentence && is_alone && (is_certain || fresh && is_end_of_new(behind))
}

/// Behind empty lines the text ends, or a quote begins.
pub(super) fn is_end_of_new(rest: &[&str]) -> bool {
    let empty = rest.iter().take_while(|line| line.trim().is_empty());
    let behind = rest.get(empty.count()..).unwrap_or_default();
    behind.first().is_none_or(|line| {
        is_quoted(line)
            || is_rule(line)
            || is_separator(line)
            || matches!(line.trim_end(), "--" | "__" | "\u{2014}")
            || is_quoted_header(behind, true)
            || introduction(behind, true).is_some()
    })
}

/// How many lines are the footer of a mailing list, below a rule: the paragraph ends behind
/// it. A first report may speak of lists, below a heading: there it says so twice.
pub(super) fn footer(rest: &[&str], occasion: Occasion) -> Option<usize> {
    let line = rest.first()?.trim();
    let is_ruled = line == "--"
        || line.len() >= 3 && line.bytes().all(|b| b"_-~=*".contains(&b))
        || line.chars().all(|c| c == '\u{2014}') && !line.is_empty();
    if !is_ruled {
        let is_short = line.len() <= 200;
        let checked = || CHECKED.iter().any(|words| line.starts_with(words));
        return (is_short && checked()).then_some(1);
    }
    let below = rest.get(1..)?;
    let is_end = |line: &&&str| line.trim().is_empty() || is_quoted(line);
    let many = below
        .iter()
        .take(FOOTER + 1)
        .take_while(|l| !is_end(l))
        .count();
    let lines = below.get(..many).filter(|lines| lines.len() <= FOOTER)?;
    if lines.iter().map(|line| line.len()).sum::<usize>() > FOOTER_BYTES {
        return None;
    }
    let numbered = |line: &&str| {
        let line = line.trim_start();
        let behind = line.trim_start_matches(|c: char| c.is_ascii_digit());
        behind.len() < line.len() && behind.starts_with(['.', ')'])
    };
    let lower = lines.join(" ").to_lowercase();
    let says = FOOTERS
        .iter()
        .filter(|words| lower.contains(**words))
        .count();
    let wanted = if occasion == Occasion::First { 2 } else { 1 };
    (says >= wanted && !lines.iter().any(numbered)).then_some(many + 1)
}
