//! What ends a mail and was not written for it: the lines of mailing lists and filters, up to
//! a length beyond which they are none.

use super::Occasion;
use super::footer::is_footer;
use super::header::{is_quoted_header, is_rule, is_separator};
use super::quote::{introduction, is_quoted};
use super::signature::Signer;
use super::words::{CHECKED, FILTERS};

/// The footer of a list.
const FOOTER: usize = 10;
/// And its length in bytes.
const FOOTER_BYTES: usize = 2_000;
/// So many footers may follow one another.
const FOOTERS_AT_MOST: usize = 3;

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

/// How many lines are the footer of a mailing list, below a rule, or of a filter. Nothing new
/// stands behind it: the text ends there, or another footer does; in an answer, a quote may
/// begin. A rule alone is no end, for it parts the sections of a report.
pub(super) fn footer(rest: &[&str], occasion: Occasion, signer: &Signer) -> Option<usize> {
    footers(rest, occasion, signer, FOOTERS_AT_MOST)
}

fn footers(rest: &[&str], occasion: Occasion, signer: &Signer, left: usize) -> Option<usize> {
    let line = rest.first()?.trim();
    let is_ruled = line == "--"
        || line.len() >= 3 && line.bytes().all(|b| b"_-~=*".contains(&b))
        || line.chars().all(|c| c == '\u{2014}') && !line.is_empty();
    if !is_ruled {
        return is_of_filter(line).then_some(1);
    }
    if occasion == Occasion::First && !signer.list.is_known() {
        return None;
    }
    let below = rest.get(1..)?;
    let is_end = |line: &&&str| {
        let line = line.trim();
        line.is_empty() || is_quoted(line) || is_rule(line)
    };
    let many = below
        .iter()
        .take(FOOTER + 1)
        .take_while(|l| !is_end(l))
        .count();
    let lines = below.get(..many).filter(|lines| lines.len() <= FOOTER)?;
    if lines.iter().map(|line| line.len()).sum::<usize>() > FOOTER_BYTES {
        return None;
    }
    if !is_footer(lines, occasion, &signer.list) {
        return None;
    }
    let behind = below.get(many..)?;
    let is_blank = |line: &&&str| line.trim().is_empty();
    let behind = behind.get(behind.iter().take_while(is_blank).count()..)?;
    let is_last = match behind.first() {
        None => true,
        Some(line) => {
            let is_quote = is_quoted(line)
                || is_separator(line)
                || is_quoted_header(behind, true)
                || introduction(behind, true).is_some();
            let footed = || footers(behind, occasion, signer, left - 1).is_some();
            is_quote && occasion == Occasion::Answer || left > 1 && footed()
        }
    };
    is_last.then_some(many + 1)
}

/// A line that a filter adds: it names one, and says little else. What only calls a mail clean
/// has the host of one behind it.
fn is_of_filter(line: &str) -> bool {
    if line.len() > 200 {
        return false;
    }
    let says = CHECKED
        .iter()
        .find_map(|words| Some((*words, line.strip_prefix(words)?)));
    says.is_some_and(|(words, behind)| {
        let lower = line.to_lowercase();
        let behind: Vec<&str> = behind.split_whitespace().collect();
        let is_place = |word: &&str| word.contains('/') || word.contains('@');
        if words.ends_with('.') {
            let host = |word: &str| word.contains('.') && !word.ends_with('.');
            return matches!(behind.as_slice(), [word] if host(word) && !is_place(word));
        }
        let is_named = FILTERS.iter().any(|filter| lower.contains(filter));
        is_named && behind.len() <= 9 && !behind.iter().any(is_place)
    })
}
