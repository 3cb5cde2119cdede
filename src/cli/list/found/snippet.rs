//! The place where words were found: some of the text around it, on one harmless line.

use crate::cli::output;
use crate::desk::search::Stands;
use crate::mail::{Foreign, is_plain};

/// Columns of a text before what was found in it, where that is short; and behind.
const AROUND: (usize, usize) = (24, 48);
/// What was found and stands before it have so many, so that it is on the line at 80 columns.
const BEGIN: usize = 36;
/// Columns that are left before what is long.
const LEAST: usize = 8;
/// Columns of what was found.
const FOUND: usize = 60;
/// Characters that are looked at for a column.
const DENSE: usize = 4;

/// `... the [webhook] import can be ...`. It is cut by what a terminal shows, for half of the
/// world writes letters of two columns.
pub(super) fn snippet(stands: &Stands) -> String {
    let (text, at) = (stands.text.raw(), &stands.place.at);
    let piece = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (before, behind) = (piece(text.get(..at.start)), piece(text.get(at.end..)));
    let found = Foreign::new(one_line(&piece(text.get(at.clone()))));
    let found = output::cut(&found.legible(), FOUND);
    let room = BEGIN.saturating_sub(output::columns(&found));
    let room = room.clamp(LEAST, AROUND.0);
    format!("{}[{found}]{}", end_of(&before, room), begin_of(&behind))
}

/// The end of what stands before, from a word on.
fn end_of(before: &str, room: usize) -> String {
    let end: String = before.chars().rev().take(room * DENSE).collect();
    let end: String = end.chars().rev().collect();
    let all = end.len() == before.len();
    let end = one_line(&end);
    let mut taken = 0;
    let mut fits = |c: &char| {
        taken += wide(*c);
        taken <= room
    };
    let bytes: usize = end
        .chars()
        .rev()
        .take_while(|c| fits(c))
        .map(char::len_utf8)
        .sum();
    let cut = end.get(end.len() - bytes..).unwrap_or_default();
    if all && cut.len() == end.len() {
        return harmless(cut);
    }
    let word = cut.find(' ').and_then(|i| cut.get(i..)).unwrap_or(cut);
    format!("...{}", harmless(word))
}

/// The beginning of what stands behind, with whole words.
fn begin_of(behind: &str) -> String {
    let begin: String = behind.chars().take(AROUND.1 * DENSE).collect();
    let all = begin.len() == behind.len();
    let begin = one_line(&begin);
    let mut taken = 0;
    let mut fits = |c: &char| {
        taken += wide(*c);
        taken <= AROUND.1
    };
    let cut: String = begin.chars().take_while(|c| fits(c)).collect();
    if all && cut.len() == begin.len() {
        return harmless(&cut);
    }
    let word = cut.rfind(' ').and_then(|i| cut.get(..=i)).unwrap_or(&cut);
    format!("{}...", harmless(word))
}

fn harmless(text: &str) -> String {
    Foreign::new(text).legible().line()
}

/// What a character takes when it is shown by itself, an escape included.
fn wide(c: char) -> usize {
    match is_plain(c) {
        true => 1,
        false => output::columns(&harmless(&c.to_string())),
    }
}

/// White space comes down to one space; it stays at both ends.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let edge = |is: bool| if is && !words.is_empty() { " " } else { "" };
    let (first, last) = (
        edge(text.starts_with(char::is_whitespace)),
        edge(text.ends_with(char::is_whitespace)),
    );
    format!("{first}{}{last}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::search::Part;
    use crate::store::Document;
    use crate::triage::search::Place;

    fn told(text: &str, found: &str) -> String {
        let start = text.find(found).unwrap();
        let at = start..start + found.len();
        let text = Foreign::new(text);
        let stands = Stands {
            document: Document::Mail(1),
            part: Part::Text,
            text,
            place: Place { terms: 1, at },
        };
        snippet(&stands)
    }

    #[test]
    fn a_snippet_is_one_harmless_line_with_what_was_found_marked() {
        let check = |text: &str, found: &str, wanted: &str| {
            assert_eq!(told(text, found), wanted);
        };
        check("the webhook\r\n\timport", "webhook", "the [webhook] import");
        check(
            "a\u{1b}[31mwebhook\u{202e}",
            "webhook",
            "a\\u{1b}[31m[webhook]\\u{202e}",
        );
        let long = format!(
            "{}webhook{}",
            "before it ".repeat(900),
            " behind it".repeat(900)
        );
        check(
            &long,
            "webhook",
            "... it before it before it [webhook] behind it behind it behind it behind it behind ...",
        );
    }

    #[test]
    fn what_was_found_is_on_the_line_however_wide_its_letters_are() {
        let wide = "\u{7ba1}\u{7406}\u{753b}\u{9762}\u{306b}\u{30ed}".repeat(20);
        for found in [
            "\u{8106}\u{5f31}\u{6027}",
            "x",
            &"\u{8106}\u{5f31}".repeat(5),
        ] {
            for text in [
                format!("{wide}{found}{wide}"),
                format!("{} {found}", "\u{7}".repeat(200)),
            ] {
                let told = told(&text, found);
                let (before, _) = told.split_once(&format!("[{found}]")).unwrap();
                let marked = output::columns(before) + output::columns(found) + 2;
                // Below a row, behind the longest words that say where.
                assert!(
                    marked <= 80 - 6 - "in attachment of letter 12: ".len(),
                    "{told}"
                );
                assert!(output::columns(&told) <= 150, "{told}");
            }
        }
        let wide = told(&format!("{wide}x{wide}"), "x");
        assert_eq!(output::columns(&wide), 3 + 24 + 3 + 48 + 3);
    }
}
