//! [`Foreign`]: text that a stranger chose, and the one way to show it.
//!
//! A subject, a name, a file name or a line of a report may hold escape sequences
//! that drive a terminal, bidirectional controls that turn `exe.txt` around, line
//! ends that forge a log line or a header. `Foreign` has no `Display`, and its
//! `Debug` shows only a length, so that it cannot be printed by accident. Where it
//! is shown, it is shown through [`Foreign::line`] or [`Foreign::block`]: what
//! could do harm is written as an escape that says what stood there.
//!
//! It must never lose a character silently.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Text written by a stranger. Shown only after being made harmless.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Foreign(String);

impl Foreign {
    /// Takes in text as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came: for matching, storing and counting, never for showing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// True when there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// One harmless line: line ends and tabs are escaped too.
    pub fn line(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            push_harmless(&mut out, c);
        }
        out
    }

    /// One harmless line of at most `width` characters; a `~` says that it was cut.
    pub fn cut(&self, width: usize) -> String {
        let line = self.line();
        if line.chars().count() <= width {
            return line;
        }
        let mut out: String = line.chars().take(width.saturating_sub(1)).collect();
        out.push('~');
        out
    }

    /// Harmless text of several lines: `\n` stays, `\r\n` becomes `\n`, a tab
    /// becomes four spaces, all else is escaped.
    pub fn block(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        let mut chars = self.0.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\n' => out.push('\n'),
                '\r' if chars.peek() == Some(&'\n') => {}
                '\t' => out.push_str("    "),
                _ => push_harmless(&mut out, c),
            }
        }
        out
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Foreign({} bytes)", self.0.len())
    }
}

/// True for characters that act instead of being seen: controls (C0, DEL, C1),
/// bidirectional controls, zero-width and invisible characters, line and paragraph
/// separators, tags, variation selectors and private or unassigned specials.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

fn push_harmless(out: &mut String, c: char) {
    if acts(c) {
        out.extend(c.escape_unicode());
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_what_is_seen_stays() {
        for (raw, shown) in [
            ("plain Grüße 漢字", "plain Grüße 漢字"),
            ("red\u{1b}[31m", "red\\u{1b}[31m"),
            ("a\r\nBcc: b", "a\\u{d}\\u{a}Bcc: b"),
            ("c1 \u{9b}2J", "c1 \\u{9b}2J"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
        ] {
            assert_eq!(Foreign::new(raw).line(), shown);
        }
    }

    #[test]
    fn a_block_keeps_its_lines_and_nothing_else() {
        assert_eq!(Foreign::new("a\r\nb\n\tc\rd").block(), "a\nb\n    c\\u{d}d");
    }

    #[test]
    fn a_cut_says_so() {
        assert_eq!(Foreign::new("abcdef").cut(4), "abc~");
        assert_eq!(Foreign::new("abcd").cut(4), "abcd");
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", Foreign::new("secret")), "Foreign(6 bytes)");
    }
}
