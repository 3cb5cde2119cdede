//! Quotes that are marked with `>`, and the lines that introduce a quote: `On … wrote:`.

use super::words::{COMMANDS, WROTE, WROTE_BEFORE};
use crate::mail::acts;
use std::borrow::Cow;

/// A line that bears the mark of a quote.
pub(super) fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// How many marked lines stand here.
pub(super) fn marked(rest: &[&str]) -> usize {
    rest.iter().take_while(|line| is_quoted(line)).count()
}

/// Marked lines that are new, where nothing was quoted before: at a prompt, where the first of
/// them is a command; of markup; and what mail servers write for `From` where a line begins.
pub(super) fn is_written(rest: &[&str]) -> bool {
    let line = rest.first().copied().unwrap_or_default().trim_start();
    let is_alone = !rest.get(1).is_some_and(|next| is_quoted(next));
    let words = line.strip_prefix("> ").unwrap_or_default();
    let word = words.split_whitespace().next().unwrap_or_default();
    let is_prompt = COMMANDS.contains(&word) || word.starts_with("./") || line.starts_with(">>> ");
    is_prompt || line.starts_with("><") || (line.starts_with(">From ") && is_alone)
}

/// New lines of a difference between files, as `diff` writes without `-u`: behind `---`
/// and old lines, or behind the numbers of the lines.
pub(super) fn is_difference(before: Option<&&str>, rest: &[&str]) -> bool {
    let before = before.copied().unwrap_or_default().trim_end();
    let is_place = before.len() <= 40
        && before.starts_with(|c: char| c.is_ascii_digit())
        && before.contains(['a', 'c', 'd'])
        && before
            .chars()
            .all(|c| c.is_ascii_digit() || ",acd".contains(c));
    (before == "---" || is_place) && rest.first().is_some_and(|line| line.starts_with("> "))
}

/// A quote begins within two lines behind these.
pub(super) fn follows(rest: &[&str], lines: usize) -> bool {
    let mut behind = rest.iter().skip(lines).take(3);
    behind
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| is_quoted(line))
}

/// Lines that introduce a quote.
pub(super) struct Introduction {
    /// So many.
    pub(super) lines: usize,
    /// They do, even where nothing behind them is marked.
    pub(super) is_certain: bool,
    /// They do, and hold an address: not what a log or a program wrote.
    pub(super) is_of_mail: bool,
    /// The first line stands above it, and is new.
    pub(super) has_greeting: bool,
}

/// Whether a line may introduce a quote, or be a rule above one, where no paragraph begins.
pub(super) fn may_follow(line: &str) -> bool {
    let end = line.trim_end();
    let is_ruled = end.starts_with("--") || end.starts_with("__") || end.ends_with("--");
    is_ruled || end.contains(':') || end.contains('\u{ff1a}') || end.contains('@')
}

/// The lines that introduce a quote, if these do: `On … wrote:` in many languages, or a
/// date and an address in brackets before a colon. Mail programs wrap it.
pub(super) fn introduction(rest: &[&str], fresh: bool) -> Option<Introduction> {
    let mut joined = String::new();
    for (n, line) in rest.iter().take(if fresh { 4 } else { 1 }).enumerate() {
        if line.trim().is_empty() || line.len() > 400 {
            return None;
        }
        joined.push_str(line.trim());
        joined.push(' ');
        if let Some(is_certain) = introduces(joined.trim_end()) {
            let behind = joined.strip_prefix(rest.first()?.trim());
            let is_whole = |behind: &str| introduces(behind.trim()) == Some(true);
            let has_greeting = !rest.first()?.contains(|c: char| c.is_numeric() || c == '@')
                && n > 0
                && behind.is_some_and(is_whole);
            return Some(Introduction {
                lines: n + 1,
                is_certain,
                is_of_mail: is_certain && joined.contains('@'),
                has_greeting,
            });
        }
        if line.trim_end().ends_with(':') || holds_sentence(line) {
            return None;
        }
    }
    None
}

/// A sentence ends in it, and another begins: no date does that.
fn holds_sentence(line: &str) -> bool {
    let ends = line.match_indices(". ");
    let mut ends = ends.filter_map(|(at, _)| Some((line.get(..at)?, line.get(at + 2..)?)));
    ends.any(|(before, behind)| {
        let word = before.chars().rev().take(5).filter(|c| c.is_alphabetic());
        word.count() == 5 && behind.starts_with(char::is_uppercase)
    })
}

/// Whether a text introduces a quote, and whether certainly so.
fn introduces(text: &str) -> Option<bool> {
    let text = visible(text);
    let text = text.trim_matches(|c: char| c == '-' || c.is_whitespace());
    let (text, has_colon) = match text.strip_suffix([':', '\u{ff1a}']) {
        Some(text) => (text.trim_end(), true),
        None => (text, false),
    };
    let names = text.contains('@');
    // Most lines end here.
    if !has_colon && !names {
        return None;
    }
    let lower = text.to_lowercase();
    let says_wrote = WROTE.iter().any(|word| lower.ends_with(word));
    let ends_with_address = text.ends_with('>') && names;
    let behind = text.ends_with(['>', ')', '"']) || names;
    let name_comes_last =
        (behind || says_hour(text)) && WROTE_BEFORE.iter().any(|word| lower.contains(word));
    if !has_colon {
        // Some leave the colon out: then everything else must be there.
        let is_it = says_wrote && names && says_when(text);
        return is_it.then_some(true);
    }
    match () {
        () if says_wrote || name_comes_last => Some(says_when(text) && (names || says_hour(text))),
        // The words are not known: an address in brackets behind the date of a day.
        () if ends_with_address && says_when(text) => Some(begins_with_date(&lower)),
        () => None,
    }
}

/// Without what is not seen: mail programs put marks of direction around names.
fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|c| !acts(*c));
    let spaced = kept.map(|c| if c.is_whitespace() { ' ' } else { c });
    Cow::Owned(spaced.collect())
}

/// A date comes first, but for the name of a day or of a month and what stands around it:
/// not a sentence that has one in it.
fn begins_with_date(lower: &str) -> bool {
    let mut words = lower.split_whitespace().take(4);
    words.any(|word| word.contains(|c: char| c.is_numeric()))
}

/// A year of this age, or an hour.
pub(super) fn says_when(text: &str) -> bool {
    let pieces = text.split(|c: char| !c.is_numeric() && c != ':');
    let is_year = |t: &str| {
        let digits: Option<String> = t.chars().map(western).collect();
        digits.is_some_and(|d| {
            d.len() == 4 && ["19", "20", "14", "25"].iter().any(|c| d.starts_with(c))
        })
    };
    pieces.into_iter().any(is_year) || says_hour(text)
}

/// An hour and a minute.
fn says_hour(text: &str) -> bool {
    text.split(|c: char| !c.is_numeric() && c != ':').any(|t| {
        t.split_once(':').is_some_and(|(h, m)| {
            let is_number = |t: &str| t.chars().all(char::is_numeric);
            (1..=2).contains(&h.chars().count())
                && m.chars().count() >= 2
                && is_number(h)
                && m.split(':').all(is_number)
        })
    })
}

/// A digit of ours for one of another script: of those that calendars are written in.
fn western(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}
