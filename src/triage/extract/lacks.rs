//! What a mail does not say and a report needs. Asking for what is there is worse than not
//! asking: in doubt nothing is missing.

use super::names_a_system;
use super::said::{names_a_place, newly_written};
use crate::mail::{Attachment, Foreign, Mail};

/// With fewer words a mail describes nothing.
const WORDS: usize = 8;

/// So much of a text is counted.
const COUNTED: usize = 4 << 10;

/// What is missing in a mail, or in all mails of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// The address (URL or IP) of the affected system.
    pub system: bool,
    /// A description: there is nothing but a greeting or a link.
    pub description: bool,
}

impl Lacks {
    /// What neither has.
    pub fn both(self, other: Self) -> Self {
        Self {
            system: self.system && other.system,
            description: self.description && other.description,
        }
    }

    /// The words for it.
    pub fn words(self) -> Vec<&'static str> {
        let all = [
            (self.system, "URL or IP"),
            (self.description, "description"),
        ];
        all.into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| word)
            .collect()
    }
}

/// What is missing in a mail. Nothing is in one that cannot be read.
pub fn lacks(mail: &Mail) -> Lacks {
    if mail.is_encrypted() {
        return Lacks::default();
    }
    let new = newly_written(mail);
    // Hardly anything is new, and more is said: it was taken for a signature or a notice.
    let new = match words(&new) < WORDS {
        true => Some(unmarked(mail.to_read())).filter(|all| words(all) >= WORDS),
        false => None,
    }
    .unwrap_or(new);
    let named = || {
        names_a_system(&new)
            || names_a_place(&mail.subject)
            || names_a_place(&new)
            || mail.attachments.iter().any(is_document)
    };
    let described = || {
        let count = words(&new) + words(&mail.subject);
        !mail.attachments.is_empty() || count >= WORDS
    };
    Lacks {
        system: !named(),
        description: !described(),
    }
}

/// All of a text but for marked quotes.
fn unmarked(text: &Foreign) -> Foreign {
    let lines = text.raw().lines().filter(|line| !line.starts_with('>'));
    Foreign::new(lines.collect::<Vec<_>>().join("\n"))
}

/// A part in which people describe a problem, and that no program here reads.
fn is_document(part: &Attachment) -> bool {
    let kind = part.kind.to_ascii_lowercase();
    [
        "pdf",
        "msword",
        "officedocument",
        "opendocument",
        "rtf",
        "html",
        "rfc822",
        "zip",
        "7z",
        "markdown",
    ]
    .iter()
    .any(|word| kind.contains(word))
}

/// What opens and ends a mail, and says nothing of a problem.
const EMPTY: [&str; 34] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "sir",
    "madam",
    "sirs",
    "team",
    "security",
    "all",
    "there",
    "thanks",
    "thank",
    "you",
    "regards",
    "best",
    "kind",
    "re",
    "fw",
    "fwd",
    "greetings",
    "cheers",
    "please",
    "see",
    "attached",
    "good",
    "day",
    "morning",
    "hallo",
    "hola",
    "bonjour",
    "sincerely",
    "report",
    "test",
];

/// How many words say something, until they are enough. A script without spaces has a word in
/// two letters.
fn words(text: &Foreign) -> usize {
    let mut count = 0;
    for word in beginning(text.raw(), COUNTED).split_whitespace() {
        if count >= WORDS {
            break;
        }
        let bare = word
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        if word.contains("://") || bare.starts_with("www.") || EMPTY.contains(&bare.as_str()) {
            continue;
        }
        let other = bare
            .chars()
            .filter(|c| !c.is_ascii() && c.is_alphabetic())
            .count();
        let spaced = bare.chars().any(|c| c.is_ascii_alphabetic());
        count += usize::from(spaced) + other.div_ceil(2).min(20);
    }
    count
}

/// The beginning of a text, at most so many bytes.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
