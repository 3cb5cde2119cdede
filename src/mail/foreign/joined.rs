//! What is not seen and shapes only what stands beside it: the selector behind a symbol
//! (U+FE0F), the joiner between emoji, and the joiners between letters of Arabic, Persian and
//! the scripts of India, which cannot be written without. Anywhere else they act.

/// An emoji is made of so many, where people write them.
const JOINED: usize = 4;

const SELECTOR: char = '\u{FE0F}';
const JOINER: char = '\u{200D}';
/// It stands around a digit.
const KEYCAP: char = '\u{20E3}';

/// What was shown before, as far as it matters.
#[derive(Default)]
pub(super) struct Before {
    last: Option<char>,
    /// Joiners in the emoji that stands there.
    joined: usize,
}

impl Before {
    /// Whether this one only shapes what stands beside it.
    pub(super) fn is_shaped_by(&self, c: char, next: Option<char>) -> bool {
        let (Some(last), Some(follows)) = (self.last, next) else {
            return c == SELECTOR && self.last.is_some_and(is_symbol);
        };
        // No mark: where it is one too many, it is shown as what it is.
        let joins_letters = || joins(last) && joins(follows) && !super::is_mark(follows);
        match c {
            SELECTOR => is_symbol(last) || is_key(last) && follows == KEYCAP,
            JOINER if is_symbol(last) || last == SELECTOR => {
                self.joined < JOINED && is_symbol(follows)
            }
            '\u{200C}' | JOINER => joins_letters(),
            _ => false,
        }
    }

    /// This was shown as it is.
    pub(super) fn see(&mut self, c: char) {
        let is_tone = matches!(c, '\u{1F3FB}'..='\u{1F3FF}');
        match c {
            JOINER => self.joined += 1,
            SELECTOR => {}
            _ if is_tone || self.last == Some(JOINER) => {}
            _ => self.joined = 0,
        }
        self.last = Some(c);
    }

    /// An escape was shown.
    pub(super) fn see_escape(&mut self) {
        *self = Self::default();
    }
}

/// A letter, or a mark on one, of a script in which joiners shape words.
pub(super) fn joins(c: char) -> bool {
    matches!(c, '\u{0620}'..='\u{065F}' | '\u{066E}'..='\u{06D3}' | '\u{06FA}'..='\u{06FF}'
        | '\u{0710}'..='\u{077F}' | '\u{08A0}'..='\u{08C9}' | '\u{0900}'..='\u{0963}'
        | '\u{0971}'..='\u{0DFF}')
}

/// What emoji are among, and what a selector makes one.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{24C2}'
        | '\u{25A0}'..='\u{27BF}' | '\u{2934}' | '\u{2935}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

fn is_key(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '#' | '*')
}

/// A letter of Hebrew, Arabic and what else is written from right to left.
fn is_from_the_right(c: char) -> bool {
    matches!(c, '\u{05D0}'..='\u{05F2}' | '\u{0620}'..='\u{064A}' | '\u{066E}'..='\u{08C9}'
        | '\u{FB1D}'..='\u{FDFC}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// The text for an excerpt, which is read and not examined: a tab is four spaces; left out is
/// what programs put between words and nobody sees, marks of direction where there are letters
/// to be directed, and a joiner at the end of a word that may have some within it. All else
/// stays, what acts too.
pub(super) fn legible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let is_directed = text.chars().any(is_from_the_right);
    let (mut last, mut chars) = (None, text.chars().peekable());
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_left_out = match c {
            '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => true,
            '\u{061C}' | '\u{200E}' | '\u{200F}' => is_directed,
            '\u{200C}' | JOINER => {
                let (before, behind) = (last.is_some_and(joins), next.is_some_and(joins));
                before != behind
            }
            _ => false,
        };
        match c {
            '\t' => out.push_str("    "),
            _ if is_left_out => {}
            c => out.push(c),
        }
        last = Some(c);
    }
    out
}

/// The beginning of a line that was made harmless, without the joiner to what is cut off.
pub fn unjoined(begin: &str) -> &str {
    begin.trim_end_matches(['\u{200C}', JOINER])
}

/// The pieces of a line between which it may be broken: a character with what shapes it or
/// stands around it.
pub fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let belongs = |c: char| matches!(c, '\u{200C}' | JOINER | SELECTOR | KEYCAP);
        let mut chars = rest.char_indices().skip(1);
        let end = chars.find(|(_, c)| !belongs(*c));
        let (piece, behind) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, acting, harmless};
    use super::*;

    #[test]
    fn what_shapes_letters_and_emoji_is_shown_as_it_is() {
        for text in [
            "آسیب\u{200c}پذیری در وب\u{200c}سایت",
            "https://example.org/می\u{200c}خواهم",
            "क्\u{200d}ष",
            "\u{26a0}\u{fe0f} Warning",
            "\u{26a0}\u{fe0f}",
            "1\u{fe0f}\u{20e3} Open it",
            "\u{1f469}\u{200d}\u{1f4bb}",
            "\u{1f468}\u{1f3fd}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f48b}\u{200d}\u{1f468}\u{1f3fd}",
            "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}\u{1f468}\u{200d}\u{1f4bb}",
        ] {
            assert_eq!(Foreign::new(text).line(), text);
            assert_eq!(acting(text), None, "{text:?}");
        }
    }

    #[test]
    fn anywhere_else_the_same_acts() {
        let family = "\u{1f469}\u{200d}".repeat(JOINED + 1);
        for (text, escapes) in [
            ("a\u{fe0f} \u{fe0f} 1\u{fe0f}", 3),
            ("\u{26a0}\u{fe0f}\u{fe0f}\u{fe0f}", 2),
            ("\u{26a0}\u{fe0e}\u{fe01}", 2),
            ("a\u{200d}b a\u{200c}b", 2),
            ("آسیب\u{200c}", 1),
            ("\u{200c}پذیری", 1),
            ("آسیب\u{200c}\u{200c}\u{200c}پذیری", 3),
            ("آسیب\u{200c}x", 1),
            ("ا\u{200c}\u{64b}", 1),
            ("\u{1f469}\u{200d}", 1),
            ("\u{1f469}\u{200d}\u{200d}\u{1f469}", 2),
            ("\u{1f469}\u{200c}\u{1f469}", 1),
            ("\u{1f469}\u{200d}x\u{200d}\u{1f469}", 2),
            ("آ\u{202e}\u{200c}پ", 2),
            (&format!("{family}\u{1f469}"), 1),
            ("\u{200b}\u{200e}\u{200f}\u{ad}\u{2060}\u{feff}", 6),
            ("\u{1f3f4}\u{e0067}\u{e007f}", 2),
        ] {
            let shown = Foreign::new(text).line();
            assert_eq!(shown.matches("\\u{").count(), escapes, "{shown:?}");
            assert!(acting(text).is_some(), "{text:?}");
        }
        // A pile of marks goes on above a joiner.
        let pile = format!(
            "ا{}",
            "\u{64b}\u{64b}\u{64b}\u{64b}\u{200c}ا\u{200c}".repeat(9)
        );
        assert!(harmless(&pile, |_| false).contains("\\u{200c}"));
    }

    #[test]
    fn made_harmless_it_stays_so_and_so_does_what_is_cut_of_it() {
        let parts = [
            "a",
            "1",
            "\u{26a0}",
            "\u{1f469}",
            "\u{fe0f}",
            "\u{200d}",
            "\u{200c}",
            "ا",
            "\u{64b}",
            "\u{20e3}",
            "\u{202e}",
            "\u{301}\u{301}\u{301}\u{301}\u{301}",
        ];
        let all = parts.len();
        for n in 0..all.pow(4) {
            let part = |i: u32| parts[n / all.pow(i) % all];
            let text: String = (0..4).map(part).collect();
            let line = Foreign::new(text.as_str()).line();
            assert_eq!(acting(&line), None, "{text:?}");
            assert_eq!(harmless(&line, |_| false), line, "{text:?}");
            for width in 1..5 {
                let cut = Foreign::new(text.as_str()).cut(width);
                assert!(acting(&cut).is_none(), "{text:?} {width}: {cut:?}");
                assert!(cut.chars().count() <= width, "{text:?} {width}: {cut:?}");
            }
            assert_eq!(pieces(&text).collect::<String>(), text);
        }
    }

    #[test]
    fn an_excerpt_has_what_is_read() {
        for (text, read) in [
            (
                "Hi,\u{200b}\r\nit is \u{200b}here:\u{feff}",
                "Hi,\r\nit is here:",
            ),
            ("\tGET / HTTP/1.1\nssh\t22", "    GET / HTTP/1.1\nssh    22"),
            ("soft\u{ad}hyphen\u{2060}", "softhyphen"),
            (
                "\u{200f}יש ב-\u{200e}https://example.org/x\u{200f}.",
                "יש ב-https://example.org/x.",
            ),
            ("می\u{200c}خواهم\u{200c} ها\u{200c}", "می\u{200c}خواهم ها"),
            (
                "\u{26a0}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb}",
                "\u{26a0}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb}",
            ),
            // What acts, and what nobody writes there, stays to be escaped.
            ("\u{202e}txt.exe\u{2066}", "\u{202e}txt.exe\u{2066}"),
            ("\u{202e}יש\u{2069}", "\u{202e}יש\u{2069}"),
            ("left\u{200f} to right", "left\u{200f} to right"),
            (
                "a\u{200d}b\u{200c} \u{e0041}\u{1b}[2J",
                "a\u{200d}b\u{200c} \u{e0041}\u{1b}[2J",
            ),
        ] {
            assert_eq!(Foreign::new(text).legible().raw(), read);
        }
    }
}
