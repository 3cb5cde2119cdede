//! What stands of a mail in its thread: its first words, on the line of who wrote it; of one
//! that nobody has answered yet, its beginning.

use super::sealed;
use super::thread::Entry;
use crate::cli::output;
use crate::mail::{Foreign, Mail, text};
use crate::store::LetterKind;
use crate::ticket::What;
use crate::triage::Kind;

/// So many rows a beginning has at most.
const ROWS: usize = 6;
/// So many mails are begun at most: the first and the last ones.
const MAILS: usize = 3;
/// What stands before each row.
const MARK: &str = "   | ";

/// The mails of which the beginning is shown: those of strangers that nobody answered.
pub(super) fn unanswered<'e>(entries: impl Iterator<Item = &'e Entry>) -> Vec<i64> {
    let mut open = Vec::new();
    for entry in entries {
        match entry {
            Entry::Mail(row) if row.kind.0 == Kind::Team.word() => open.clear(),
            Entry::Mail(row) => open.push(row.id),
            Entry::Letter(letter) if letter.kind == LetterKind::Acknowledgement => {}
            Entry::Letter(_) => open.clear(),
            Entry::Fact(fact) if fact.what == What::Answered => open.clear(),
            Entry::Fact(_) => {}
        }
    }
    let last = open.len().saturating_sub(MAILS - 1).max(1);
    let shown = |i: usize| i == 0 || i >= last;
    let open = open.into_iter().enumerate();
    open.filter(|(i, _)| shown(*i)).map(|(_, id)| id).collect()
}

/// The first words of what is new, in so much room; and whether they are all.
pub(super) fn first_words(mail: &Mail, room: usize) -> (String, bool) {
    if let Some(words) = sealed::first_words(mail, room) {
        return (words, true);
    }
    if mail.to_read().is_blank() {
        return ("no text".to_owned(), true);
    }
    let new = text::new_in(mail).legible();
    let lines = text::without_fields(new.raw().lines()).into_iter();
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    let words = words.join(" ");
    let room = room.max(20);
    let all = output::columns(&words) + 2 <= room;
    (output::quoted(&Foreign::new(words), room), all)
}

/// Prints the beginning of what is new; `how` shows the rest.
pub(super) fn beginning(mail: &Mail, how: &str) {
    let new = text::new_in(mail);
    let written = || new.raw().lines().filter(|line| !line.trim().is_empty());
    let lines = text::without_fields(new.raw().lines()).into_iter();
    let lines = lines.filter(|line| !line.trim().is_empty());
    let (mut left, mut unseen) = (ROWS, written().count());
    for line in lines {
        let line = Foreign::new(line.trim_end()).legible();
        let rows = output::rows(&line, MARK, left);
        left -= rows.printed.min(left);
        unseen -= usize::from(!rows.cut);
        if left == 0 {
            break;
        }
    }
    match unseen {
        0 => {}
        1 => output::line(format!("   1 more line: {how}")),
        n => output::line(format!("   {n} more lines: {how}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;
    use crate::store::MailRow;
    use crate::ticket::Fact;
    use jiff::Timestamp;

    fn mail_entry(id: i64) -> Entry {
        let pair = |word: &str| (word.to_owned(), String::new());
        Entry::Mail(Box::new(MailRow {
            id,
            folder: "INBOX".to_owned(),
            mailbox: "security".to_owned(),
            received_at: Timestamp::UNIX_EPOCH,
            size: 1,
            kept: 1,
            message_id: None,
            author: None,
            author_name: Foreign::default(),
            subject: Foreign::default(),
            kind: pair("person"),
            place: pair("joins"),
            reply: pair("none"),
            authentication: pair("none"),
            defects: String::new(),
            ticket: None,
        }))
    }

    fn begun(text: &str) -> String {
        let mail = parse(format!("From: mia@example.net\n\n{text}").as_bytes(), true);
        output::captured(|| beginning(&mail, "--text 1")).1
    }

    #[test]
    fn a_beginning_is_a_few_rows_and_says_how_much_is_left() {
        assert_eq!(
            begun("Hello,\n\nthe import"),
            "   | Hello,\n   | the import\n"
        );
        let lines: Vec<String> = (1..=12).map(|n| format!("line {n}")).collect();
        let printed = begun(&lines.join("\n"));
        assert!(
            printed.contains("   | line 6\n   6 more lines: --text 1\n"),
            "{printed}"
        );
        assert_eq!(printed.lines().count(), ROWS + 1);
        // One line without an end is as much as all of them.
        let printed = begun(&"word ".repeat(10_000));
        assert_eq!(printed.lines().count(), ROWS + 1, "{printed}");
        assert!(printed.ends_with("   1 more line: --text 1\n"), "{printed}");
        assert!(printed.lines().all(|line| line.len() <= 80), "{printed}");
    }

    #[test]
    fn of_a_forwarded_mail_the_beginning_says_who_wrote_it_and_what() {
        let head = "From: Jo Doe <jo@example.net>\nDate: Mon, Nov 23, 2026 at 9:00 AM\nSubject: XSS\nTo: <info@example.org>\n\n";
        let report = "Guests read all orders at\nhttps://example.org/orders.";
        let printed = begun(&format!(
            "fyi\n\n---------- Forwarded message ---------\n{head}{report}"
        ));
        let wanted = "   | fyi\n   | ---------- Forwarded message ---------\n   | From: Jo Doe <jo@example.net>\n   | Guests read all orders at\n   | https://example.org/orders.\n   3 more lines: --text 1\n";
        assert_eq!(printed, wanted);
        // Fields that a report shows are its text.
        let printed = begun(&format!("The server says:\n{head}{report}"));
        assert!(printed.contains("   | Date: Mon"), "{printed}");
        let answer = "From: Jo <jo@example.net>\nReport: yes\nTo: all\n";
        let printed = begun(&format!("-----Original Message-----\n{answer}"));
        assert!(
            printed.ends_with("   | Report: yes\n   | To: all\n"),
            "{printed}"
        );
    }

    #[test]
    fn a_beginning_reads_as_it_was_written() {
        let written = "Hi,\u{200b}\n\n\tGET / HTTP/1.1\nssh\t22\topen\n\u{26a0}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb} soft\u{ad}ly\n\u{622}\u{633}\u{6cc}\u{628}\u{200c}\u{67e}\u{630}\u{6cc}\u{631}\u{6cc}\n\u{202e}gpj.exe\u{1b}[2J";
        let shown = "   | Hi,\n   |     GET / HTTP/1.1\n   | ssh    22    open\n   | \u{26a0}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb} softly\n   | \u{622}\u{633}\u{6cc}\u{628}\u{200c}\u{67e}\u{630}\u{6cc}\u{631}\u{6cc}\n   | \\u{202e}gpj.exe\\u{1b}[2J\n";
        assert_eq!(begun(written), shown);
        let short = "Hi,\u{200b}\n\tit is \u{26a0}\u{fe0f} \u{202e}x";
        let mail = format!("Content-Type: text/plain; charset=utf-8\n\n{short}");
        let mail = parse(mail.as_bytes(), true);
        let words = "\"Hi, it is \u{26a0}\u{fe0f} \\u{202e}x\"".to_owned();
        assert_eq!(first_words(&mail, 80), (words, true));
    }

    #[test]
    fn what_somebody_answered_is_a_line_and_of_many_mails_few_are_begun() {
        let fact = |what| Entry::Fact(Box::new(Fact::supposed(1, Timestamp::UNIX_EPOCH, what)));
        let mails = |ids: std::ops::Range<i64>| ids.map(mail_entry);
        let all: Vec<Entry> = mails(1..7).collect();
        assert_eq!(unanswered(all.iter()), [1, 5, 6]);
        let two: Vec<Entry> = mails(1..3).collect();
        assert_eq!(unanswered(two.iter()), [1, 2]);
        let answered: Vec<Entry> = mails(1..3)
            .chain([fact(What::Resolved), fact(What::Answered)])
            .chain(mails(3..4))
            .collect();
        assert_eq!(unanswered(answered.iter()), [3]);
        assert_eq!(unanswered([].iter()), [0; 0]);
    }
}
