//! The signs of a bounce that is written as prose.
//!
//! Only what stands on top is read, as a person would: [`LINES`] lines, without what is
//! quoted and what comes behind the returned mail. Every sign can be met in a person's
//! mail; the filters say how many of them make a bounce.

use super::words;
use crate::mail::{Address, Author, Mail, Part};
use std::cell::OnceCell;

/// Lines of the text that are read for the words of a machine.
const LINES: usize = 60;
/// Lines that are read for the header of a returned mail.
const HEADER_WITHIN: usize = 400;
/// A line is read to this many characters.
const WIDTH: usize = 400;

/// Who signs a mail, by From.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::triage::filters) enum Signer {
    /// `mailer-daemon`, in its spellings: no person has that address.
    Mailer,
    /// A postmaster, who may be a person; a name that mail systems give themselves; nobody.
    System,
    /// Everybody else.
    Other,
}

/// What a mail shows of a bounce. Each sign is looked for when it is asked for: nearly all
/// mail is a person's, and known as such by the first.
pub(in crate::triage::filters) struct Signs<'m> {
    pub(in crate::triage::filters) signer: Signer,
    mail: &'m Mail,
    subject: String,
    opening: Vec<&'m str>,
    text: OnceCell<String>,
}

impl<'m> Signs<'m> {
    pub(in crate::triage::filters) fn of(mail: &'m Mail) -> Self {
        Self {
            signer: signer(mail),
            mail,
            subject: words::fold(&clipped(mail.subject.raw())),
            opening: opening(mail.text.raw()),
            text: OnceCell::new(),
        }
    }

    fn text(&self) -> &str {
        self.text
            .get_or_init(|| words::fold(&self.opening.join("\n")))
    }

    /// The subject is a bounce's, and no `Re:` or `Fwd:` of one.
    pub(in crate::triage::filters) fn subject(&self) -> bool {
        let subject = &self.subject;
        !words::is_answer(subject)
            && (words::is_subject(subject) || words::says_undelivered(subject))
    }

    /// The text says that a mail was not delivered.
    pub(in crate::triage::filters) fn wording(&self) -> bool {
        words::says_undelivered(self.text())
    }

    /// It says why mail is not delivered: no such user, no room.
    fn reason(&self) -> bool {
        words::says_why(self.text())
    }

    /// It says that a program made it.
    pub(in crate::triage::filters) fn is_said_to_be_automatic(&self) -> bool {
        words::says_automatic(self.text())
    }

    /// It begins with a greeting.
    pub(in crate::triage::filters) fn greets(&self) -> bool {
        let first = self.opening.first();
        first.is_some_and(|line| words::greets(&words::fold(line)))
    }

    /// The writer says *I* or *my*.
    pub(in crate::triage::filters) fn speaks_of_itself(&self) -> bool {
        words::speaks_of_itself(self.text())
    }

    /// Its words are a bounce's.
    pub(in crate::triage::filters) fn says(&self) -> bool {
        self.subject() || self.wording() || self.reason()
    }

    /// It is built like a bounce: it names a recipient on a line of its own, or one beside
    /// an SMTP code; or it gives a mail back, as a part, by its header, or below a line that
    /// says so.
    pub(in crate::triage::filters) fn has_structure(&self) -> bool {
        names_recipient(&self.opening)
            || self.mail.shape.has(Part::Returned)
            || returns_in_prose(self.mail.text.raw())
    }

    pub(in crate::triage::filters) fn any(&self) -> bool {
        self.says() || self.has_structure()
    }

    /// How many of subject, text and structure are a bounce's.
    pub(in crate::triage::filters) fn count(&self) -> usize {
        let signs = [
            self.subject(),
            self.wording() || self.reason(),
            self.has_structure(),
        ];
        signs.into_iter().filter(|sign| *sign).count()
    }
}

fn signer(mail: &Mail) -> Signer {
    let (local, name) = match &mail.author {
        Author::One { address, name } => (address.local(), name.raw()),
        Author::Several => return Signer::Other,
        // Some write `From: MAILER-DAEMON (Mail Delivery System)`, which is no address.
        Author::Unusable => ("", mail.headers.first("from").unwrap_or_default()),
    };
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_lowercase()
    };
    let (local, folded) = (letters(local), words::fold(&clipped(name)));
    let begins = ["mailerdaemon", "maildaemon", "maildelivery"];
    let is_mailer = |text: &str| text == "mdaemon" || begins.iter().any(|b| text.starts_with(b));
    if is_mailer(&local) || local.is_empty() && is_mailer(&letters(name)) {
        Signer::Mailer
    } else if local.is_empty() || local == "postmaster" || words::is_system(&folded) {
        Signer::System
    } else {
        Signer::Other
    }
}

fn clipped(line: &str) -> String {
    line.chars().take(WIDTH).collect()
}

/// What stands above quotes and above the returned mail, empty lines left out.
fn opening(text: &str) -> Vec<&str> {
    let is_quoted = |line: &&str| line.trim_start().starts_with(['>', '|']);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_returned = |line: &&str| {
        let field = line.split_once(':').map(|(name, _)| name);
        field.is_some_and(|name| {
            ["received", "return-path"]
                .iter()
                .any(|trace| name.eq_ignore_ascii_case(trace))
        })
    };
    lines
        .take(LINES)
        .take_while(|line| !is_returned(line))
        .filter(|line| !is_quoted(line))
        .map(|line| {
            line.char_indices()
                .nth(WIDTH)
                .and_then(|(at, _)| line.get(..at))
                .unwrap_or(line)
        })
        .collect()
}

/// An address alone on its line, unless it ends the text as a signature does; or an address
/// with an SMTP code on its line or soon behind.
fn names_recipient(opening: &[&str]) -> bool {
    opening.iter().enumerate().any(|(n, line)| {
        let is_last = n + 1 == opening.len();
        let near = || opening.iter().skip(n).take(5).any(|line| has_code(line));
        let beside = |word| address_in(word) && near();
        is_alone(line) && !is_last || line.split_whitespace().any(beside)
    })
}

/// `<a@b>:`, `* a@b`, `a@b`.
fn is_alone(line: &str) -> bool {
    let bare = line.trim_matches(|c: char| c.is_whitespace() || "*-+:;.,\u{2022}\"'".contains(c));
    !bare.contains(char::is_whitespace) && address_in(bare)
}

fn address_in(word: &str) -> bool {
    let inner = word.rsplit_once('<').map_or(word, |(_, inner)| inner);
    let inner =
        inner.rsplit_once(':').map_or(
            inner,
            |(left, right)| {
                if right.contains('@') { right } else { left }
            },
        );
    let bare = inner.trim_matches(|c: char| !c.is_alphanumeric());
    bare.contains('@') && Address::parse(bare).is_some()
}

/// An SMTP reply that refuses a mail (RFC 5321 section 4.2.3), or an enhanced status code
/// (RFC 3463) in brackets or behind one. Codes that HTTP shares are not taken alone.
fn has_code(line: &str) -> bool {
    let is_reply = |word: &str| {
        let digits = word.get(..3).unwrap_or_default();
        let ends = word
            .as_bytes()
            .get(3)
            .is_none_or(|b| !b.is_ascii_alphanumeric());
        ends && matches!(
            digits,
            "450" | "452" | "550" | "551" | "552" | "553" | "554" | "555" | "556" | "571"
        )
    };
    let is_status = |word: &str| {
        let pieces: Vec<&str> = word.split('.').collect();
        let is_number =
            |p: &&str| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
        pieces.len() == 3
            && matches!(pieces.first(), Some(&"4" | &"5"))
            && pieces.iter().all(is_number)
    };
    let marked = |word: &str| word.starts_with(['#', '(', '[']);
    line.split_whitespace().any(|word| {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        is_reply(bare) || marked(word) && is_status(bare)
    })
}

/// A line that says that the mail comes now, or the header of a mail with its traces: three
/// fields in a row, one of them written by a mail server.
fn returns_in_prose(text: &str) -> bool {
    let (mut run, mut traced) = (0, false);
    for line in text.lines().take(HEADER_WITHIN) {
        let bare = line.trim_start_matches(['>', '|', ' ', '\t']);
        let is_folded = line.len() > bare.len() && run > 0 && !line.starts_with('>');
        match bare.split_once(':').map(|(name, _)| name) {
            Some(name) if is_field_name(name) => {
                run += 1;
                traced |= ["received", "return-path", "message-id"]
                    .iter()
                    .any(|trace| name.eq_ignore_ascii_case(trace));
            }
            _ if is_folded => {}
            _ => (run, traced) = (0, false),
        }
        if run >= 3 && traced || words::announces(&words::fold(&clipped(line))) {
            return true;
        }
    }
    false
}

fn is_field_name(name: &str) -> bool {
    (2..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
