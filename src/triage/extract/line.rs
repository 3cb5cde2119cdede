//! One line of a report as it would act, and where each byte of that stood.
//!
//! Careful people write what nobody shall click as `hxxps://host[.]example` or
//! `host (dot) example`; full-width letters and invisible characters do the same by
//! accident. [`Line::flat`] reads through all of it; what is shown is cut from the line as
//! it was written.

use super::spoken::{end_in_brackets, is_point};
use crate::mail::acts;

/// A line, read.
pub struct Line<'a> {
    written: &'a str,
    /// The line without brackets around dots and colons, full-width letters made plain,
    /// invisible characters left out.
    pub flat: String,
    /// Where each byte of `flat`, and its end, stood in `written`.
    stood: Vec<usize>,
    /// Where brackets, or letters of full width, were read through.
    bent: Vec<usize>,
}

impl<'a> Line<'a> {
    /// Reads it.
    pub fn new(written: &'a str) -> Self {
        let mut line = Self {
            written,
            flat: String::with_capacity(written.len()),
            stood: Vec::with_capacity(written.len() + 1),
            bent: Vec::new(),
        };
        let mut skip_to = 0;
        for (at, c) in written.char_indices() {
            if at < skip_to {
                continue;
            }
            let rest = written.get(at..).unwrap_or_default();
            if let Some((plain, length)) = line.bracketed(c, rest) {
                line.bent.push(line.flat.len());
                line.add(plain, at);
                skip_to = at + length;
                continue;
            }
            if let Some((plain, length)) = line.spoken(c, rest) {
                line.bent.push(line.flat.len());
                line.add(plain, at);
                skip_to = at + length;
                continue;
            }
            match plain(c) {
                // What a terminal would obey parts what stands around it.
                _ if c.is_control() && c != '\t' => {
                    line.add(" ", at);
                    skip_to = at + order(rest);
                }
                _ if acts(c) && c != '\t' => {}
                Some('.') if !line.joins(rest, c.len_utf8()) => line.add(". ", at),
                Some(is) if is == c => line.add(c.encode_utf8(&mut [0; 4]), at),
                Some(is) => line.add(is.encode_utf8(&mut [0; 4]), at),
                None => line.add(c.encode_utf8(&mut [0; 4]), at),
            }
        }
        line.stood.push(written.len());
        line
    }

    /// As it was written, but for what nobody sees at its ends; of a place in `flat`.
    pub fn shown(&self, start: usize, end: usize) -> &'a str {
        let stood = |at: usize| self.stood.get(at).copied().unwrap_or(self.written.len());
        let written = self.written.get(stood(start)..stood(end));
        written.unwrap_or_default().trim_matches(acts)
    }

    /// Something between the two was written so that nobody clicks it.
    pub fn is_bent(&self, start: usize, end: usize) -> bool {
        let first = self.bent.partition_point(|at| *at < start);
        self.bent.get(first).is_some_and(|at| *at < end)
    }

    fn add(&mut self, text: &str, from: usize) {
        self.flat.push_str(text);
        self.stood.extend(std::iter::repeat_n(from, text.len()));
    }

    /// Letters or digits stand right before, and right behind `length` bytes of `rest`.
    fn joins(&self, rest: &str, length: usize) -> bool {
        let before = self.flat.ends_with(char::is_alphanumeric);
        let behind = rest.get(length..).unwrap_or_default();
        before && behind.starts_with(|c: char| c.is_alphanumeric())
    }

    /// `[.com]`, ` dot `: what it stands for, and its length.
    fn spoken<'t>(&self, c: char, rest: &'t str) -> Option<(&'t str, usize)> {
        match c {
            '[' => end_in_brackets(&self.flat, rest).map(|labels| (labels, labels.len() + 2)),
            ' ' => {
                let word = self.flat.rsplit(char::is_whitespace).next()?;
                let goes_on = self.is_bent(self.flat.len() - word.len(), self.flat.len());
                is_point(&self.flat, rest, goes_on).then_some((".", " dot ".len()))
            }
            _ => None,
        }
    }

    /// `[.]`, `(dot)`, ` [.] `, `[:]`, `[://]`, `[at]`: what it stands for, and its length.
    fn bracketed(&mut self, c: char, rest: &str) -> Option<(&'static str, usize)> {
        const INNER: [(&str, &str); 7] = [
            ("/", "/"),
            (".", "."),
            ("dot", "."),
            ("://", "://"),
            (":", ":"),
            ("at", "@"),
            ("@", "@"),
        ];
        let close = match c {
            '[' => ']',
            '(' => ')',
            '{' => '}',
            _ => return None,
        };
        let inner = rest.get(1..)?;
        let (is, plain) = INNER.into_iter().find(|(is, _)| {
            let begins = inner.get(..is.len());
            begins.is_some_and(|b| b.eq_ignore_ascii_case(is))
                && inner.get(is.len()..).is_some_and(|r| r.starts_with(close))
        })?;
        let length = is.len() + 2;
        if ["://", ":", "/"].contains(&plain) {
            let before = self.flat.ends_with(|c: char| c.is_ascii_alphanumeric());
            return before.then_some((plain, length));
        }
        let behind = rest.get(length..)?;
        let joins = |c: char| c.is_alphanumeric();
        if self.flat.ends_with(joins) && behind.starts_with(joins) {
            return Some((plain, length));
        }
        // With a space on both sides.
        let before = self.flat.strip_suffix(' ')?;
        let spaced = before.ends_with(joins) && behind.strip_prefix(' ')?.starts_with(joins);
        if spaced {
            self.flat.pop();
            self.stood.pop();
        }
        spaced.then_some((plain, length + 1))
    }
}

/// An order to a terminal is no longer than this.
const LONGEST_ORDER: usize = 64;

/// How long the order is that begins with this control character: `ESC [ 31 m`,
/// `ESC ] 0 ; title BEL`; of another one, itself.
fn order(text: &str) -> usize {
    let own = text.chars().next().map_or(1, char::len_utf8);
    let ends: fn(char) -> bool = match text.get(..2) {
        Some("\u{1b}[") => |c| ('@'..='~').contains(&c),
        Some("\u{1b}]") => |c| c == '\u{7}' || c == '\\',
        _ => return own,
    };
    let rest = text.char_indices().skip(2).take(LONGEST_ORDER);
    let last = rest.into_iter().find(|(_, c)| ends(*c));
    last.map_or(own, |(at, c)| at + c.len_utf8())
}

/// The plain form of a letter of full width, of a dot or a hyphen of another script.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{ff61}' | '\u{3002}' => Some('.'),
        '\u{2010}'..='\u{2013}' => Some('-'),
        '\u{a0}' | '\u{202f}' | '\u{3000}' => Some(' '),
        _ => None,
    }
    .filter(|_| !c.is_ascii())
}

/// The text with what is taken made unreadable; every byte stays where it is.
pub fn masked(text: &str, taken: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut taken: Vec<_> = taken.to_vec();
    taken.sort_unstable();
    let mut at = 0;
    for (start, end) in taken {
        if end <= at {
            continue;
        }
        let start = start.max(at);
        out.push_str(text.get(at..start).unwrap_or_default());
        out.extend(std::iter::repeat_n(MASK, end - start));
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// What stands where something was taken.
pub const MASK: char = '\u{1}';

/// The longest runs of what `is` one, with where each begins.
pub fn runs(text: &str, is: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let begin = text.as_ptr().addr();
    text.split(move |c| !is(c))
        .filter(|run| !run.is_empty())
        .map(move |run| (run.as_ptr().addr() - begin, run))
}

/// The character before a place.
pub fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character at a place.
pub fn behind(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The words before a place, the nearest first, in lower case and without punctuation; of
/// the last 120 bytes.
pub fn words_before(text: &str, at: usize) -> Vec<String> {
    let mut from = at.saturating_sub(120);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let near = text.get(from..at).unwrap_or_default();
    let bare = |w: &str| {
        let w = w.trim_matches(|c: char| !c.is_alphanumeric() && !"<>=≤≥".contains(c));
        w.to_lowercase()
    };
    let words = near.split(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ','));
    words.rev().map(bare).filter(|w| !w.is_empty()).collect()
}
