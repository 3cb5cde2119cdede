//! [`Foreign`]: text that a stranger chose, and the one way to show it.
//!
//! A subject, a name, a file name or a line of a report may hold escape sequences
//! that drive a terminal, bidirectional controls that turn `exe.txt` around, line
//! ends that forge a log line or a header. `Foreign` has no `Display`, and its
//! `Debug` shows only a length, so that it cannot be printed by accident. Where it
//! is shown, it is shown through [`Foreign::line`] or [`Foreign::block`]: what
//! could do harm is written as an escape that says what stood there.
//!
//! It must never lose a character silently; [`Foreign::legible`] alone does, for an excerpt.

mod joined;

use joined::Before;
pub use joined::{pieces, unjoined};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
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

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    /// True when there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// True when the other stands in it.
    pub fn contains(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }

    /// One harmless line: line ends are escaped too, a tab becomes a space.
    pub fn line(&self) -> String {
        harmless(&self.0.replace('\t', " "), |_| false)
    }

    /// One harmless line of at most `width` characters; a `~` says that it was cut.
    pub fn cut(&self, width: usize) -> String {
        let line = self.line();
        if line.chars().count() <= width {
            return line;
        }
        let (mut begin, mut left) = (String::new(), width.saturating_sub(1));
        for piece in pieces(&line) {
            let many = piece.chars().count();
            if many > left {
                break;
            }
            begin.push_str(piece);
            left -= many;
        }
        format!("{}~", unjoined(&begin))
    }

    /// Harmless text of several lines: `\n` stays, `\r\n` becomes `\n`, a tab
    /// becomes four spaces, all else is escaped.
    pub fn block(&self) -> String {
        let lines = self.0.replace("\r\n", "\n").replace('\t', "    ");
        harmless(&lines, |c| c == '\n')
    }

    /// For an excerpt: without what is not seen and does nothing that a reader misses, a tab
    /// as four spaces. Still a stranger's, and not all of it.
    pub fn legible(&self) -> Self {
        Self(joined::legible(&self.0))
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Foreign({} bytes)", self.0.len())
    }
}

/// The text with everything that acts written as an escape, but for what is `spared` and what
/// only shapes the letters and emoji beside it. A pile of marks on one letter is cut down: it
/// would cover the lines around it.
pub fn harmless(text: &str, spared: impl Fn(char) -> bool) -> String {
    let escape = |out: &mut String, c: char| out.extend(c.escape_unicode());
    shown(text, spared, Before::is_shaped_by, escape)
}

/// The same on one line, with a space in place of each escape.
pub fn spaced(text: &str) -> String {
    shown(
        text,
        |_| false,
        Before::is_shaped_by,
        |out, _| out.push(' '),
    )
}

/// The same with escapes of another form, and for all that acts.
pub fn escaped(
    text: &str,
    spared: impl Fn(char) -> bool,
    escape: impl Fn(&mut String, char),
) -> String {
    shown(text, spared, |_, _, _| false, escape)
}

fn shown(
    text: &str,
    spared: impl Fn(char) -> bool,
    is_shaped_by: impl Fn(&Before, char, Option<char>) -> bool,
    escape: impl Fn(&mut String, char),
) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut marks, mut before) = (0, Before::default());
    let mut rest = text;
    // What is plain is taken over in one piece.
    loop {
        let behind = rest.trim_start_matches(is_plain);
        let (plain, _) = rest.split_at(rest.len() - behind.len());
        out.push_str(plain);
        if let Some(last) = plain.chars().next_back() {
            marks = 0;
            before.see(last);
        }
        let mut chars = behind.chars();
        let Some(c) = chars.next() else {
            return out;
        };
        rest = chars.as_str();
        let shapes = acts(c) && is_shaped_by(&before, c, chars.next());
        // A pile goes on above what is not seen.
        marks = match is_mark(c) {
            true => marks + 1,
            false if shapes => marks,
            false => 0,
        };
        if acts(c) && !shapes && !spared(c) || marks > MARKS {
            escape(&mut out, c);
            before.see_escape();
        } else {
            out.push(c);
            before.see(c);
        }
    }
}

/// The first character that acts where it stands.
pub fn acting(text: &str) -> Option<char> {
    let found = Cell::new(None);
    let spared = |c| {
        found.set(found.get().or(Some(c)));
        true
    };
    shown(text, spared, Before::is_shaped_by, |_, _| {});
    found.get()
}

/// A letter, a digit or a sign of ASCII, or a space: it is seen, and one column wide.
pub fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~')
}

/// Marks on one letter that writing needs: Hebrew and Vietnamese get along with three or
/// four.
const MARKS: usize = 6;

/// Combining marks that are not bound to one script, and those of Hebrew, Arabic and Thai:
/// what piles of marks are made of.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}'
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{06D6}'..='\u{06DC}'
        | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20F0}' | '\u{FE20}'..='\u{FE2F}')
}

/// True for characters that act instead of being seen: controls (C0, DEL, C1),
/// bidirectional controls, zero-width and invisible characters, line and paragraph
/// separators, tags, variation selectors, controls of notations, and what is no character
/// at all.
pub fn acts(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FDD0}'..='\u{FDEF}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{13430}'..='\u{1345F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a name holds what acts, other than a joiner (U+200C, U+200D) between two letters
/// of a script that needs it: Persian and the scripts of India cannot be written without.
pub fn name_acts(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let joins = |c: Option<&char>| c.is_some_and(|c| joined::joins(*c));
    chars.iter().enumerate().any(|(i, c)| {
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        let is_joiner = matches!(c, '\u{200C}' | '\u{200D}');
        acts(*c) && !(is_joiner && joins(before) && joins(chars.get(i + 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joiner_stands_between_letters_that_join_and_nowhere_else() {
        for name in ["علی\u{200c}رضا", "क्\u{200d}ष", "Ada"] {
            assert!(!name_acts(name), "{name:?}");
        }
        for name in [
            "a\u{200c}b",
            "علی\u{200c}",
            "\u{200d}علی",
            "علی\u{200c}\u{200c}رضا",
            "علی\u{200c}x",
            "علی\u{202e}رضا",
            "\u{200b}",
        ] {
            assert!(name_acts(name), "{name:?}");
        }
    }

    #[test]
    fn what_acts_is_escaped_and_what_is_seen_stays() {
        for (raw, shown) in [
            ("plain Grüße 漢字", "plain Grüße 漢字"),
            ("red\u{1b}[31m", "red\\u{1b}[31m"),
            ("a\r\nBcc: b", "a\\u{d}\\u{a}Bcc: b"),
            ("a\tb", "a b"),
            ("c1 \u{9b}2J", "c1 \\u{9b}2J"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("none\u{fffe}\u{1ffff}", "none\\u{fffe}\\u{1ffff}"),
            ("e\u{301}\u{323} stays", "e\u{301}\u{323} stays"),
        ] {
            assert_eq!(Foreign::new(raw).line(), shown);
        }
    }

    #[test]
    fn a_pile_of_marks_is_cut_down_and_none_is_lost() {
        let pile = format!("a{}b{}", "\u{301}".repeat(500), "\u{301}".repeat(MARKS));
        let shown = Foreign::new(pile).line();
        assert_eq!(shown.matches('\u{301}').count(), 2 * MARKS);
        assert_eq!(shown.matches("\\u{301}").count(), 500 - MARKS);
    }

    #[test]
    fn what_is_taken_over_in_one_piece_reads_as_letter_by_letter() {
        let letter_by_letter = |text: &str| {
            let (mut out, mut marks) = (String::new(), 0);
            for c in text.chars() {
                marks = if is_mark(c) { marks + 1 } else { 0 };
                match (acts(c) && c != '\n') || marks > MARKS {
                    true => out.extend(c.escape_unicode()),
                    false => out.push(c),
                }
            }
            out
        };
        let pile = "\u{301}".repeat(MARKS);
        let pieces = [
            "",
            "a~ ",
            &pile,
            "\u{301}",
            "\u{1b}[2J",
            "\n",
            "\u{7f}",
            "\u{6f22}",
        ];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        let text = [a, b, c, d].concat();
                        let shown = harmless(&text, |c| c == '\n');
                        assert_eq!(shown, letter_by_letter(&text), "{text:?}");
                    }
                }
            }
        }
        assert!((0..128).all(|b| is_plain(char::from(b)) != char::from(b).is_control()));
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
