//! A text without what lists, gateways and companies put below the mails of all, for marks by
//! which mails are compared: to lose a paragraph does no harm there, and the footer that two
//! reports share would make them alike. Views have stricter ones.

use super::header::is_rule;
use super::words::{COMPANIES, FOOTERS, LISTS};

/// A paragraph with more lines or bytes was written by a person.
const LINES: usize = 40;
const BYTES: usize = 6_000;

/// The paragraphs of a text that are no footer and no legal notice, whatever the occasion.
/// The lines between rules are paragraphs too.
pub fn without_footers(text: &str) -> String {
    let (mut kept, mut paragraph) = (String::new(), Vec::new());
    for line in text.lines() {
        let is_end = line.trim().is_empty() || is_rule(line);
        if !is_end {
            paragraph.push(line);
            continue;
        }
        keep(&mut kept, &paragraph);
        paragraph.clear();
    }
    keep(&mut kept, &paragraph);
    kept
}

/// Parts of a mail are joined without an empty line: of a paragraph that ends as a footer,
/// the lines above the first that speaks as one are kept.
fn keep(kept: &mut String, paragraph: &[&str]) {
    let above = || {
        let is_silent = |line: &&&str| says(&line.to_lowercase()) == (0, 0);
        paragraph.iter().take_while(is_silent).count()
    };
    let many = if is_footer(paragraph) {
        above()
    } else {
        paragraph.len()
    };
    for line in paragraph.iter().take(many) {
        kept.push_str(line);
        kept.push('\n');
    }
    kept.push('\n');
}

/// It says two things of a list, or three that notices say.
fn is_footer(lines: &[&str]) -> bool {
    let bytes: usize = lines.iter().map(|line| line.len()).sum();
    if lines.len() > LINES || bytes > BYTES {
        return false;
    }
    let (lists, notices) = says(&lines.join(" ").to_lowercase());
    lists >= 2 || notices >= 3
}

/// How much a text says of lists, and of what notices say.
fn says(text: &str) -> (usize, usize) {
    let says = |words: &[&str]| words.iter().filter(|word| text.contains(**word)).count();
    (says(&FOOTERS) + says(&LISTS), says(&COMPANIES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footers_and_notices_go_and_what_speaks_of_them_once_stays() {
        let report = "Any guest reads the confidential invoices of the mailing list.";
        for tail in [
            "____\nx mailing list -- x@lists.example.org\nTo unsubscribe write to x-leave@lists.example.org\nIts members keep it to themselves.",
            "-- \nYou are on the list of the team, and get this mail because of it. To leave this list, write to it.",
            "This message is confidential and intended for its recipient alone. Example Ltd is registered in London.",
            "Diese Mail ist vertraulich. Wenn Sie nicht der Empf\u{e4}nger sind, sagen Sie es dem Absender.",
        ] {
            for text in [
                format!("{report}\n\n{tail}"),
                format!("{report}\n____\n{tail}\n"),
                format!("{tail}\n\n{report}"),
            ] {
                let bare = without_footers(&text);
                let words: Vec<&str> = bare.split_whitespace().filter(|w| *w != "--").collect();
                assert_eq!(words.join(" "), report, "{text}");
            }
        }
        assert_eq!(
            without_footers("a\r\n\r\nb\n----\nc")
                .split_whitespace()
                .count(),
            3
        );
        let long = "the confidential recipient, in error\n".repeat(LINES + 1);
        assert_eq!(without_footers(&long).trim_end(), long.trim_end());
    }
}
