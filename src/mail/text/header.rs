//! The header that mail programs put above a quoted or forwarded mail, and the rules and
//! words above it.

use super::quote::says_when;
use super::words::{FORWARDED, FORWARDED_BEGINS, FROM, MACHINES, ORIGINAL, OTHERS};
use crate::mail::acts;

/// A field of a header is looked for in so many lines.
const FIELDS: usize = 8;

/// A line of nothing but strokes.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 4 && line.bytes().all(|b| matches!(b, b'_' | b'-' | b'='))
}

/// `-----Original Message-----`, in many languages; `-- Reply message --` too.
pub(super) fn is_separator(line: &str) -> bool {
    ruled(line).is_some_and(|words| {
        ORIGINAL.contains(&words.as_str()) || FORWARDED.contains(&words.as_str())
    })
}

/// The line above a mail that is forwarded, between strokes or before a colon.
pub(super) fn forwards(line: &str) -> bool {
    if ruled(line).is_some_and(|words| FORWARDED.contains(&words.as_str())) {
        return true;
    }
    let line = line.trim();
    let Some(words) = line.strip_suffix([':', '\u{ff1a}']) else {
        return false;
    };
    (8..=120).contains(&words.len()) && FORWARDED_BEGINS.contains(&lower(words).trim())
}

/// Fields of a forwarded mail's header by which nobody knows what it says: all but who wrote
/// it. For a view with room for few lines; gives those that stay.
pub fn without_fields<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let (mut kept, mut within, mut has_field) = (Vec::new(), false, false);
    for line in lines {
        let bare = line.trim_start_matches(['>', ' ']);
        if forwards(bare) || is_separator(bare) {
            (within, has_field) = (true, false);
        } else if within && bare.trim().is_empty() {
            // Behind an empty line the mail begins, but for one below the line that says so.
            within = !has_field;
        } else if within {
            let name = label(bare);
            let is_of = |names: &[&str]| name.as_ref().is_some_and(|n| names.contains(&n.as_str()));
            has_field = true;
            if is_of(&OTHERS) {
                continue;
            }
            within = is_of(&FROM);
        }
        kept.push(line);
    }
    kept
}

/// The words between strokes, in lower case.
fn ruled(line: &str) -> Option<String> {
    let line = line.trim();
    if line.len() > 240 || !line.starts_with("--") || !line.ends_with("--") {
        return None;
    }
    let words = line.trim_matches(|c: char| c == '-' || c.is_whitespace());
    (1..=100).contains(&words.len()).then(|| lower(words))
}

fn lower(words: &str) -> String {
    words.to_lowercase().replace('\u{2019}', "'")
}

/// The header that Outlook and telephones put above a quoted mail: *From* and two more
/// fields that mails have, one of them with a date. The date tells it from a mail that a
/// report shows, and no program's field is in it. Below a rule, or where a paragraph begins.
///
/// Where the language is not known its form is: in a paragraph that begins with a rule, four
/// fields and nothing else, the first with an address in brackets.
pub(super) fn is_quoted_header(rest: &[&str], fresh: bool) -> bool {
    let Some(first) = rest.first() else {
        return false;
    };
    let below_rule = is_rule(first);
    if !below_rule && (!fresh || label(first).is_none()) {
        return false;
    }
    let lines = rest.iter().take(FIELDS);
    let lines = lines.skip_while(|l| is_rule(l) || (below_rule && l.trim().is_empty()));
    let lines: Vec<&str> = lines
        .copied()
        .take_while(|line| !line.trim().is_empty())
        .collect();
    let fields: Vec<(String, &str)> = lines
        .iter()
        .filter_map(|line| Some((label(line)?, *line)))
        .collect();
    let by_machine =
        |(name, _): &Field<'_>| MACHINES.contains(&name.as_str()) || name.starts_with("x-");
    let says_day = |(_, line): &Field<'_>| line.len() <= 400 && says_when(line);
    if fields.len() < 3 || !fields.iter().any(says_day) || fields.iter().any(by_machine) {
        return false;
    }
    let has_form = fresh && below_rule && fields.len() == lines.len();
    is_of_a_mail(&fields) || has_form && has_form_of_a_mail(&fields)
}

/// The field that says who wrote the mail of which the header stands here.
pub(super) fn author<'a>(rest: &[&'a str]) -> Option<&'a str> {
    let is_from = |line: &&str| label(line).is_some_and(|name| FROM.contains(&name.as_str()));
    rest.iter().take(FIELDS).copied().find(is_from)
}

/// A field by its name in lower case, and its line.
type Field<'a> = (String, &'a str);

fn is_of_a_mail(fields: &[Field<'_>]) -> bool {
    let is_from = |(name, _): &Field<'_>| FROM.contains(&name.as_str());
    let known = |(name, _): &&Field<'_>| OTHERS.contains(&name.as_str());
    fields.iter().take(3).position(is_from).is_some_and(|at| {
        let before = fields.iter().take(at).all(|field| known(&field));
        let has_room = fields.get(at).is_some_and(|(_, line)| line.len() <= 400);
        before && has_room && fields.iter().filter(known).count() >= 2
    })
}

fn has_form_of_a_mail(fields: &[Field<'_>]) -> bool {
    let address = |line: &str| {
        let inner = line.split_once('<')?.1.split_once('>')?.0;
        Some(inner.contains('@') && !inner.contains(char::is_whitespace))
    };
    let first = fields.first().and_then(|(_, line)| address(line));
    fields.len() >= 4 && first == Some(true)
}

/// The name of a field at the beginning of a line, in lower case; it may be bold.
fn label(line: &str) -> Option<String> {
    let (word, _) = line.split_once([':', '\u{ff1a}'])?;
    let around = |c: char| c == '*' || c.is_whitespace() || acts(c);
    let word = word.trim_matches(around);
    let is_name = |c: char| c.is_alphabetic() || c.is_whitespace() || c == '-' || acts(c);
    ((1..=60).contains(&word.len()) && word.chars().all(is_name))
        .then(|| word.to_lowercase().replace('\u{a0}', " "))
}
