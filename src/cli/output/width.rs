//! How wide text stands on a terminal, and where it is cut.

use crate::mail::{Foreign, is_plain, pieces, unjoined, wrapped_by};
use unicode_width::UnicodeWidthChar;

/// Columns that a terminal gives to the text. A pair that a terminal may draw as one is
/// counted as two: a line may then end early, and never late.
pub fn columns(text: &str) -> usize {
    if text.chars().all(is_plain) {
        return text.len();
    }
    text.chars().map(of).sum()
}

fn of(c: char) -> usize {
    // The letters that flags are made of: a terminal draws two of them as one, as wide.
    if matches!(c, '\u{1F1E6}'..='\u{1F1FF}') {
        return 2;
    }
    // It makes an emoji of a narrow symbol: on some terminals that is wide.
    if c == '\u{FE0F}' {
        return 1;
    }
    c.width().unwrap_or(0)
}

/// One harmless line of at most `room` columns; a `~` says that it was cut.
pub fn cut(text: &Foreign, room: usize) -> String {
    let line = text.line();
    if columns(&line) <= room {
        return line;
    }
    let (mut out, mut taken) = (String::new(), 1);
    for piece in pieces(&line) {
        taken += columns(piece);
        if taken > room {
            break;
        }
        out.push_str(piece);
    }
    format!("{}~", unjoined(&out))
}

/// A line broken at spaces so that each piece has at most `room` columns, what goes on set
/// in like the line. A word that is wider stays whole: it may be there to be copied.
pub fn wrapped(line: &str, room: usize) -> Vec<String> {
    if columns(line) <= room {
        return vec![line.to_owned()];
    }
    wrapped_by(line, room, of)
}

/// The same, and within words that are wider; of what is joined there the joiner is left out.
pub fn broken(line: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for piece in wrapped(line, room) {
        let (mut open, mut taken) = (String::new(), 0);
        for part in pieces(&piece) {
            if taken + columns(part) > room && !open.is_empty() {
                lines.push(unjoined(&open).to_owned());
                open.clear();
                taken = 0;
            }
            open.push_str(part);
            taken += columns(part);
        }
        lines.push(open);
    }
    lines
}

#[cfg(test)]
thread_local! {
    static WIDTH: std::cell::Cell<usize> = const { std::cell::Cell::new(80) };
}

/// The width to print in: the terminal's, else what `COLUMNS` says; at least 80, and 80
/// where nothing says it.
#[cfg(not(test))]
pub fn width() -> usize {
    if super::FOR_A_FILE.get() {
        return 80;
    }
    let terminal = terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    // Wider than any terminal is a mistake, and padding costs memory.
    terminal.or_else(said).unwrap_or(80).clamp(80, 1000)
}

/// What [`on_columns`] says.
#[cfg(test)]
pub fn width() -> usize {
    WIDTH.get()
}

/// Does the work as on a terminal of this width.
#[cfg(test)]
pub fn on_columns<T>(width: usize, work: impl FnOnce() -> T) -> T {
    let before = WIDTH.replace(width);
    let done = work();
    WIDTH.set(before);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_and_what_is_foreign_anywhere() {
        let wide = "\u{6f22}".repeat(6);
        let line = format!("  ab {wide} c");
        assert_eq!(
            wrapped(&line, 10),
            ["  ab".to_owned(), format!("  {wide}"), "  c".to_owned()]
        );
        for line in broken(&line, 10) {
            assert!(columns(&line) <= 10, "{line}");
        }
        assert_eq!(broken(&wide, 10).concat(), wide);
    }

    #[test]
    fn wide_letters_count_twice_and_a_cut_fits() {
        for (text, wide) in [
            ("plain", 5),
            ("\u{6f22}\u{5b57}", 4),
            ("e\u{301}", 1),
            ("\u{1f525}!", 3),
            ("\u{1f1e9}\u{1f1ea}", 4),
            ("tab\tand\u{1b}", 6),
            ("\u{26a0}\u{fe0f}!", 3),
            ("1\u{fe0f}\u{20e3}", 2),
            ("\u{6cc}\u{200c}\u{67e}", 2),
            ("\u{1f469}\u{200d}\u{1f4bb}", 4),
            ("", 0),
        ] {
            assert_eq!(columns(text), wide, "{text}");
        }
        for plain in ' '..='~' {
            assert_eq!(columns(&plain.to_string()), of(plain), "{plain}");
        }
        let text = Foreign::new("a\u{6f22}\u{5b57}b");
        for (room, shown) in [
            (6, "a\u{6f22}\u{5b57}b"),
            (5, "a\u{6f22}~"),
            (4, "a\u{6f22}~"),
            (3, "a~"),
            (1, "~"),
        ] {
            assert_eq!(cut(&text, room), shown, "{room}");
        }
        let text = Foreign::new("\u{1f469}\u{200d}\u{1f4bb}\u{26a0}\u{fe0f}\u{6cc}\u{200c}\u{67e}");
        for (room, shown) in [
            (8, text.raw()),
            (7, "\u{1f469}\u{200d}\u{1f4bb}\u{26a0}\u{fe0f}~"),
            (6, "\u{1f469}\u{200d}\u{1f4bb}~"),
            (4, "\u{1f469}~"),
        ] {
            assert_eq!(cut(&text, room), shown, "{room}");
        }
        for row in broken(text.raw(), 3) {
            assert!(
                columns(&row) <= 3 && crate::mail::acting(&row).is_none(),
                "{row:?}"
            );
        }
    }
}
