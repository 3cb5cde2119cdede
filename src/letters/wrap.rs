//! Breaks a rendered letter into lines that every mail program shows as they are.
//!
//! One line of a template is one paragraph: a template's author need not count
//! columns. RFC 5322 section 2.1.1 asks for at most 78 characters a line; 76 leave
//! room for the `> ` of an answer.

use crate::mail::{acts, wrapped};

/// The longest line, in characters.
pub(super) const WIDTH: usize = 76;

/// `text` with every line broken at spaces to at most [`WIDTH`] characters, without
/// white space at line ends, without more than one empty line in a row and none at
/// either end. What goes on from a broken line has its indentation. A word longer than
/// a line (an address of a page) stays whole. Control and invisible characters, of
/// which a person may paste some, are left out; a tab becomes four spaces.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut gap = false;
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        let line: String = line
            .replace('\t', "    ")
            .chars()
            .filter(|c| !acts(*c))
            .collect();
        let line = line.trim_end();
        if line.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('\n');
            gap = false;
        }
        for line in wrapped(line, WIDTH) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &str) {
        assert_eq!(tidy(text), wanted);
    }

    #[test]
    fn empty_lines_are_one_and_stand_between() {
        check("\n\n a \n\n\n\nb\n\n", " a\n\nb\n");
        check("", "");
        check("a\r\nb\rc", "a\nb\nc\n");
    }

    #[test]
    fn what_acts_is_left_out() {
        check("a\u{202e}b\u{1b}[31mc\td", "ab[31mc    d\n");
    }

    #[test]
    fn long_lines_are_broken_at_spaces_and_keep_their_indentation() {
        let word = "x".repeat(30);
        check(
            &format!("  {word} {word} {word}"),
            &format!("  {word} {word}\n  {word}\n"),
        );
        let address = format!("https://example.org/{}", "y".repeat(80));
        check(
            &format!("see {address} now"),
            &format!("see\n{address}\nnow\n"),
        );
    }

    proptest::proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_of_words_is_too_long(text in "[a-z \n]{0,400}") {
            let tidied = tidy(&text);
            let words = |t: &str| t.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            proptest::prop_assert_eq!(words(&tidied), words(&text));
            for line in tidied.lines() {
                proptest::prop_assert!(line.chars().count() <= WIDTH || line.split_whitespace().count() == 1);
            }
        }
    }
}
