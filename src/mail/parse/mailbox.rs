//! The entries of an address list (RFC 5322 section 3.4; groups: RFC 6854).
//!
//! Readers of mail disagree about broken address lists, and where two of them see two
//! authors, a letter reaches the wrong person. So an entry is an address only where it
//! stands there in one piece: `a@b`, or `words <a@b>` with nothing but comments behind.
//! What cannot be read so is [`Entry::Broken`] and never guessed at: obsolete routes,
//! comments or space within an address, two addresses in one entry, a quote or a bracket
//! that never closes.
//!
//! Names are lenient, because nothing hangs on them: dots, brackets and encoded words
//! stand in them as programs write them. Linear in the length of the field.

use crate::mail::{Address, acts};
use std::iter::Peekable;
use std::str::Chars;

/// What stands between two commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// One address, and the name beside it as it was written, without its quotes.
    Mailbox {
        /// The name; may be empty. Encoded words are not decoded.
        name: String,
        /// The address.
        address: Address,
    },
    /// Words without an address.
    Words(String),
    /// Neither.
    Broken,
}

/// The entries of a field in order, groups opened, empty ones left out; at most `at_most`.
pub(super) fn entries(field: &str, at_most: usize) -> Vec<Entry> {
    let (mut found, mut open) = (Vec::new(), Open::default());
    let mut chars = field.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ',' | ';' => found.extend(std::mem::take(&mut open).close()),
            ':' => open.group(),
            _ => open.take(c, &mut chars),
        }
        if found.len() >= at_most {
            return found;
        }
    }
    found.extend(open.close());
    found
}

/// An entry that is being read.
#[derive(Default)]
struct Open {
    /// The words, quotes and comments left out.
    words: String,
    /// The same as written: the address, where no bracket holds it.
    bare: String,
    /// What stands in `<…>`.
    angle: Option<String>,
    /// The last comment: old programs put the name there.
    comment: String,
    /// White space or a comment came since the last word.
    gap: bool,
    /// `bare` is in one piece.
    pieces: usize,
    broken: bool,
}

impl Open {
    /// Reads on from `c`, which is no separator.
    fn take(&mut self, c: char, rest: &mut Peekable<Chars<'_>>) {
        match c {
            ' ' | '\t' => self.gap = true,
            '(' => match enclosed(rest, '(', ')') {
                Some(comment) => {
                    self.comment = comment;
                    self.gap = true;
                }
                None => self.broken = true,
            },
            '<' => match enclosed(rest, '<', '>') {
                Some(inner) if self.angle.is_none() => self.angle = Some(inner),
                Some(_) | None => self.broken = true,
            },
            '"' => match enclosed(rest, '"', '"') {
                Some(text) => self.word(&format!("\"{text}\""), &unquoted(&text)),
                None => self.broken = true,
            },
            '[' => match enclosed(rest, '[', ']') {
                Some(text) => {
                    let text = format!("[{text}]");
                    self.word(&text, &text);
                }
                None => self.broken = true,
            },
            _ => self.word(c.encode_utf8(&mut [0; 4]), c.encode_utf8(&mut [0; 4])),
        }
    }

    fn word(&mut self, as_written: &str, meant: &str) {
        // Only comments may stand behind the bracket.
        self.broken |= self.angle.is_some();
        if self.pieces == 0 || self.gap {
            self.pieces += 1;
        }
        if self.gap && !self.words.is_empty() {
            self.words.push(' ');
        }
        self.gap = false;
        self.words.push_str(meant);
        self.bare.push_str(as_written);
    }

    /// A colon: what stands before it names a group. An address there is a route.
    fn group(&mut self) {
        let is_name = self.angle.is_none() && !self.bare.contains('@') && !self.broken;
        *self = Self {
            broken: !is_name,
            ..Self::default()
        };
    }

    fn close(self) -> Option<Entry> {
        let nothing = self.words.is_empty() && self.angle.is_none();
        Some(match self.angle {
            _ if self.broken => Entry::Broken,
            _ if nothing => return None,
            Some(inner) => match in_one_piece(inner.trim_matches([' ', '\t'])) {
                Some(address) => Entry::Mailbox {
                    name: named(self.words, self.comment),
                    address,
                },
                None => Entry::Broken,
            },
            None if !self.bare.contains('@') => Entry::Words(self.words),
            None if self.pieces > 1 => Entry::Broken,
            None => match in_one_piece(&self.bare) {
                Some(address) => Entry::Mailbox {
                    name: self.comment,
                    address,
                },
                None => Entry::Broken,
            },
        })
    }
}

/// An address, with nothing around it that a reader may take for a part of it.
fn in_one_piece(text: &str) -> Option<Address> {
    let plain = |c: char| !acts(c) && !c.is_whitespace();
    text.chars()
        .all(plain)
        .then(|| Address::parse(text))
        .flatten()
}

fn named(words: String, comment: String) -> String {
    if words.is_empty() { comment } else { words }
}

/// What stands up to the closing mark, as written; comments nest, a backslash hides the
/// mark behind it, and in `<…>` a quote hides a bracket. `None` when it never closes.
fn enclosed(rest: &mut Peekable<Chars<'_>>, opens: char, closes: char) -> Option<String> {
    let (mut depth, mut quoted, mut text) = (0_usize, false, String::new());
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                text.push(c);
                text.push(rest.next()?);
                continue;
            }
            '"' if opens == '<' => quoted = !quoted,
            _ if quoted => {}
            _ if c == closes && depth == 0 => return Some(text),
            _ if c == closes => depth -= 1,
            _ if c == opens && opens == '(' => depth += 1,
            _ => {}
        }
        text.push(c);
    }
    None
}

/// Without the backslashes of a quoted string (RFC 5322 section 3.2.1).
fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

#[cfg(test)]
mod tests;
