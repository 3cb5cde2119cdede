//! What ends a mail and was not written for it: the lines of mailing lists and filters, up to
//! a length beyond which they are none.

use super::Occasion;
use super::header::{is_quoted_header, is_rule, is_separator};
use super::quote::{introduction, is_quoted};
use super::words::{CHECKED, FOOTERS};

/// The footer of a list.
const FOOTER: usize = 10;
/// And its length in bytes.
const FOOTER_BYTES: usize = 2_000;

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
