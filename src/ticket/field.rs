//! What people set on a ticket beside its outcome: properties, dates, for whom it waits.
//!
//! Words are what people type and what the store keeps: never rename one.

use super::severity::{self, severity};
use crate::mail::{acts, name_acts};
use serde::{Deserialize, Serialize};

/// A property that a person sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Our own title, in place of the stranger's subject.
    Title,
    /// How bad it is: a word, or a CVSS vector.
    Severity,
    /// The one address that letters go to.
    Reporter,
    /// Another address that found it too.
    CoFinder,
    /// The name to credit.
    Credit,
    /// What the reporter agreed to.
    Consent,
    /// A reference in another system.
    External,
    /// Whether the reporter kept to the rules.
    Conduct,
    /// It is public already.
    AlreadyPublic,
    /// A link that belongs to it.
    Link,
    /// Whether the reporter agrees with us on how bad it is.
    SeverityIs,
    /// What it is in: products and versions.
    Products,
    /// What it harms.
    Impact,
    /// Others who are affected, or work on it.
    Parties,
    /// Whether a bounty is due.
    Bounty,
    /// Another ticket that belongs to it.
    See,
}

impl Field {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 16] = [
        Self::Title,
        Self::Severity,
        Self::Reporter,
        Self::CoFinder,
        Self::Credit,
        Self::Consent,
        Self::External,
        Self::Conduct,
        Self::AlreadyPublic,
        Self::Link,
        Self::SeverityIs,
        Self::Products,
        Self::Impact,
        Self::Parties,
        Self::Bounty,
        Self::See,
    ];

    /// The word that people type.
    pub fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Severity => "severity",
            Self::Reporter => "reporter",
            Self::CoFinder => "co-finder",
            Self::Credit => "credit",
            Self::Consent => "consent",
            Self::External => "external",
            Self::Conduct => "conduct",
            Self::AlreadyPublic => "already-public",
            Self::Link => "link",
            Self::SeverityIs => "severity-is",
            Self::Products => "products",
            Self::Impact => "impact",
            Self::Parties => "parties",
            Self::Bounty => "bounty",
            Self::See => "see",
        }
    }

    /// The words that a value may be, or that it may begin with; none where it is free.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Severity => &severity::WORDS,
            Self::Conduct => &["kept", "in-doubt", "broken"],
            Self::AlreadyPublic | Self::Consent => &["yes", "no"],
            Self::Bounty => &["yes", "no", "asked", "paid"],
            Self::SeverityIs => &["agreed", "disputed"],
            Self::Credit => &["anonymous", "withdrawn"],
            Self::Title
            | Self::Reporter
            | Self::CoFinder
            | Self::External
            | Self::Link
            | Self::Products
            | Self::Impact
            | Self::Parties
            | Self::See => &[],
        }
    }

    /// Reads a value as a person typed it; gives it as it is kept. Text is one line of 1
    /// to 200 characters. What names an address or another ticket is checked by who knows
    /// those.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn read(self, value: &str) -> Result<String, String> {
        let value = value.trim();
        if value.is_empty() || value.chars().count() > LENGTH {
            return Err(format!("a text of 1 to {LENGTH} characters"));
        }
        let is_unseen = match self {
            Self::Credit => name_acts(value),
            _ => value.chars().any(acts),
        };
        if is_unseen {
            return Err("one line without characters that cannot be seen".to_owned());
        }
        match self {
            Self::Severity => severity(value),
            Self::Conduct
            | Self::AlreadyPublic
            | Self::Bounty
            | Self::SeverityIs
            | Self::Consent => of_words(value, self.words()),
            Self::Link => link(value),
            Self::Title
            | Self::Reporter
            | Self::CoFinder
            | Self::Credit
            | Self::External
            | Self::Products
            | Self::Impact
            | Self::Parties
            | Self::See => Ok(value.to_owned()),
        }
    }
}

/// Characters in a value at most.
const LENGTH: usize = 200;

/// One of a few words, with a reason behind a colon where there is one.
fn of_words(value: &str, words: &[&str]) -> Result<String, String> {
    let (word, reason) = value.split_once(':').unwrap_or((value, ""));
    let (word, reason) = (word.trim().to_ascii_lowercase(), reason.trim());
    if !words.contains(&word.as_str()) {
        return Err(format!(
            "{}, with a reason behind a colon if there is one (\"{}: ...\")",
            words.join(", "),
            words.last().copied().unwrap_or_default()
        ));
    }
    Ok(if reason.is_empty() {
        word
    } else {
        format!("{word}: {reason}")
    })
}

fn link(value: &str) -> Result<String, String> {
    let host = value.strip_prefix("https://").unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !value.chars().any(char::is_whitespace);
    if plain && host.contains('.') && !host.contains('@') {
        Ok(value.to_owned())
    } else {
        Err("a link that begins with https:// and a host".to_owned())
    }
}

/// Whom a ticket waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitsFor {
    /// The reporter: our own cadence pauses.
    Reporter,
    /// Other parties: that counts as progress.
    Others,
}

impl WaitsFor {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Others => "others",
        }
    }
}

/// What a date was set for. The date of the resolution is [`super::What::Dated`]: that one
/// counts only once the reporter was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planned {
    /// Our publication.
    Publication,
    /// The end of an embargo.
    Embargo,
    /// The reporter's own publication.
    ReporterPublication,
}

impl Planned {
    /// The word that people type.
    pub fn word(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Embargo => "embargo",
            Self::ReporterPublication => "they-publish",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, value: &str, kept: Option<&str>) {
        assert_eq!(
            field.read(value).ok().as_deref(),
            kept,
            "{field:?} {value:?}"
        );
    }

    #[test]
    fn values_are_kept_as_they_are_meant_or_refused() {
        for (field, value, kept) in [
            (Field::Title, " Key confusion ", Some("Key confusion")),
            (Field::Title, "a\nb", None),
            (Field::Title, "a\u{202e}b", None),
            (Field::Title, "", None),
            (Field::Severity, "High", Some("high")),
            (Field::Severity, "awful", None),
            (
                Field::Conduct,
                "broken: read mails of others",
                Some("broken: read mails of others"),
            ),
            (Field::Conduct, "In-Doubt", Some("in-doubt")),
            (Field::Conduct, "good", None),
            (Field::SeverityIs, "Agreed", Some("agreed")),
            (
                Field::SeverityIs,
                "disputed: they say critical",
                Some("disputed: they say critical"),
            ),
            (Field::SeverityIs, "high", None),
            (
                Field::Parties,
                "maker of the library, CERT",
                Some("maker of the library, CERT"),
            ),
            (Field::AlreadyPublic, "yes", Some("yes")),
            (Field::AlreadyPublic, "maybe", None),
            (
                Field::Link,
                "https://example.org/a?b#c",
                Some("https://example.org/a?b#c"),
            ),
            (Field::Link, "http://example.org/", None),
            (Field::Link, "https://user@example.org/", None),
            (Field::Link, "https://example.org/a b", None),
            (Field::Link, "https://", None),
        ] {
            check(field, value, kept);
        }
        check(Field::Impact, &"x".repeat(201), None);
    }
}
