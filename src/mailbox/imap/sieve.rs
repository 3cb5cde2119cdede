//! [`Sieve`]: which of a server's lines reach the IMAP parser.
//!
//! The parser is made for honest servers and knows many forms that we never ask for. Some of
//! those can end the process when they are built to. So only the forms of RFC 9051 that an
//! answer to one of our commands may hold get through; a form that is harmless and was not
//! asked for falls; what cannot be told apart for sure ends the connection.
//!
//! The sieve and the parser must agree on where a literal begins, else a server could hide
//! lines from the sieve. Therefore a literal (`{N}` at the end of a line) may stand in three
//! places only: as the whole text of a message in a FETCH answer, as the four fields of a
//! header there, and in a LIST answer.

use crate::mailbox::SLICE;
use crate::net::lines::{Judge, Then, broken};
use std::io;

/// The longest literal of a message: one slice.
const TEXT: usize = SLICE as usize;

/// The most bytes of the fields of a header.
pub(super) const FIELDS_AT_MOST: usize = 16 * 1024;

/// The longest literal of a folder name.
const NAME: usize = 4096;

/// The most bytes of one FETCH answer, its literals and its lines.
const ANSWER: usize = TEXT + 64 * 1024;

/// Opening parentheses in one FETCH answer. Ours hold two or three.
const DEPTH: usize = 100;

/// Judges lines of IMAP answers.
#[derive(Default)]
pub(super) struct Sieve {
    open: Option<Answer>,
}

/// An answer that goes on after a literal.
#[derive(Clone, Copy)]
enum Answer {
    Fetch(Shown),
    /// After its one literal or before it.
    List {
        named: bool,
    },
}

/// What a FETCH answer has shown so far. The parser holds all of an answer: each literal
/// that we ask for may stand in it once.
#[derive(Clone, Copy, Default)]
struct Shown {
    brackets: Brackets,
    text: bool,
    fields: bool,
    bytes: usize,
}

/// The brackets of a FETCH answer so far.
#[derive(Clone, Copy, Default)]
struct Brackets {
    opened: usize,
    closed: usize,
    quoted: bool,
}

impl Judge for Sieve {
    const LONGEST: usize = 64 * 1024;

    fn judge(&mut self, line: &mut Vec<u8>) -> io::Result<Then> {
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Err(broken("a line that does not end in CR LF"));
        };
        match self.open.take().or_else(|| begins(text)) {
            Some(Answer::Fetch(shown)) => self.fetch(text, shown),
            Some(Answer::List { named }) => self.list(text, named),
            None if literal(text).is_some() => Err(broken("a literal where none belongs")),
            None if wanted(text) => {
                part_code_and_text(line);
                Ok(Then::Pass)
            }
            None => Ok(Then::Drop),
        }
    }
}

impl Sieve {
    fn fetch(&mut self, text: &[u8], before: Shown) -> io::Result<Then> {
        let brackets = before.brackets.count(text);
        let bytes = before.bytes.saturating_add(text.len());
        if brackets.opened > DEPTH {
            return Err(broken("an answer that is nested too deep"));
        }
        if dateless(text) {
            return Err(broken("an INTERNALDATE that is none"));
        }
        match literal(text) {
            Some((head, size)) if size <= longest_after(head) && brackets.at_top() => {
                let fields = is_fields(head.trim_ascii_end());
                if (fields && before.fields) || (!fields && before.text) {
                    return Err(broken("an answer that gives one part of a message twice"));
                }
                let shown = Shown {
                    brackets,
                    text: before.text || !fields,
                    fields: before.fields || fields,
                    bytes: bytes.saturating_add(size),
                };
                if shown.bytes > ANSWER {
                    return Err(broken("an answer that is too long"));
                }
                self.open = Some(Answer::Fetch(shown));
                Ok(Then::Raw(size))
            }
            Some(_) => Err(broken(
                "a literal that was not asked for, or is longer than asked for",
            )),
            None if bytes > ANSWER => Err(broken("an answer that is too long")),
            None if text.trim_ascii_end().ends_with(b")") => Ok(Then::Pass),
            None => Err(broken("a FETCH answer without an end")),
        }
    }

    fn list(&mut self, text: &[u8], named: bool) -> io::Result<Then> {
        match literal(text) {
            Some(_) if named => Err(broken("an answer that names a folder twice")),
            Some((_, size)) if size <= NAME => {
                self.open = Some(Answer::List { named: true });
                Ok(Then::Raw(size))
            }
            Some(_) => Err(broken("a folder name that is too long")),
            None => Ok(Then::Pass),
        }
    }
}

impl Brackets {
    fn count(self, text: &[u8]) -> Self {
        let count = |wanted: u8| text.iter().filter(|byte| **byte == wanted).count();
        Self {
            opened: self.opened + count(b'('),
            closed: self.closed + count(b')'),
            quoted: self.quoted || count(b'"') > 0,
        }
    }

    /// True when we stand in the list of attributes itself, and no quoted text before
    /// could have made the count wrong.
    fn at_top(self) -> bool {
        self.opened == self.closed + 1 && !self.quoted
    }
}

/// The answers that may hold a literal.
fn begins(text: &[u8]) -> Option<Answer> {
    let rest = text.strip_prefix(b"* ")?;
    if starts(rest, b"LIST ") {
        return Some(Answer::List { named: false });
    }
    let (number, word) = split_number(rest);
    (number && starts(word, b" FETCH ")).then(|| Answer::Fetch(Shown::default()))
}

/// True for the other answers that somebody reads: tagged ones, continuations, status
/// lines, EXISTS, CAPABILITY, and a SEARCH that holds numbers only.
fn wanted(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"* ") else {
        return true;
    };
    let (number, word) = split_number(rest);
    if number {
        return word.trim_ascii_end().eq_ignore_ascii_case(b" EXISTS");
    }
    if starts(rest, b"SEARCH") {
        let numbers = rest.get(6..).unwrap_or_default().iter();
        return numbers.copied().all(|b| b == b' ' || b.is_ascii_digit());
    }
    let word = rest.split(|byte| *byte == b' ').next().unwrap_or_default();
    [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH", b"CAPABILITY"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// Skips digits at the start; whether there were any.
fn split_number(text: &[u8]) -> (bool, &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0, text.get(digits..).unwrap_or_default())
}

fn starts(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Splits a `{N}` or `{N+}` off the end. A number that is too large is [`usize::MAX`].
fn literal(text: &[u8]) -> Option<(&[u8], usize)> {
    let inner = text.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let at = inner.iter().rposition(|byte| *byte == b'{')?;
    let (head, digits) = (
        inner.get(..at)?,
        std::str::from_utf8(inner.get(at + 1..)?).ok()?,
    );
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| (head, digits.parse().unwrap_or(usize::MAX)))
}

/// How long a literal after `head` may be.
fn longest_after(head: &[u8]) -> usize {
    let Some(head) = head.strip_suffix(b" ") else {
        return 0;
    };
    if is_whole_text(head) {
        TEXT
    } else if is_fields(head) {
        FIELDS_AT_MOST
    } else {
        0
    }
}

/// True when `head` ends with the four fields that we ask for, and perhaps `<N>`.
fn is_fields(head: &[u8]) -> bool {
    const FIELDS: &[u8] =
        b"BODY[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]";
    let head = without_origin(head).unwrap_or(head);
    let (before, item) = head.split_at(head.len().saturating_sub(FIELDS.len()));
    item.eq_ignore_ascii_case(FIELDS) && before.ends_with(b" ") | before.ends_with(b"(")
}

/// Takes a `<N>` off the end.
fn without_origin(head: &[u8]) -> Option<&[u8]> {
    let inner = head.strip_suffix(b">")?;
    let at = inner.iter().rposition(|byte| *byte == b'<')?;
    let (before, digits) = (inner.get(..at)?, inner.get(at + 1..)?);
    (split_number(digits) == (true, &[])).then_some(before)
}

/// True when `head` ends with `BODY[]` or `BODY[]<N>`.
fn is_whole_text(head: &[u8]) -> bool {
    let item = head
        .rsplit(|byte| *byte == b' ' || *byte == b'(')
        .next()
        .unwrap_or_default();
    without_origin(item)
        .unwrap_or(item)
        .eq_ignore_ascii_case(b"BODY[]")
}

/// True when an INTERNALDATE is followed by anything but a quoted text.
fn dateless(text: &[u8]) -> bool {
    const WORD: &[u8] = b"INTERNALDATE ";
    text.windows(WORD.len() + 1)
        .any(|window| starts(window, WORD) && !window.ends_with(b"\""))
}

/// Puts a space between a response code and a text that follows it without one and does
/// not begin with ASCII: `[ALERT]Ü` (RFC 9051 section 7.1 demands the space).
fn part_code_and_text(line: &mut Vec<u8>) {
    let glued = |pair: &[u8]| matches!(pair, [b']', next] if !next.is_ascii());
    if !line.windows(2).any(glued) {
        return;
    }
    let mut parted = Vec::with_capacity(2 * line.len());
    for (i, byte) in line.iter().enumerate() {
        parted.push(*byte);
        if line.get(i..i + 2).is_some_and(glued) {
            parted.push(b' ');
        }
    }
    *line = parted;
}

#[cfg(test)]
mod tests;
