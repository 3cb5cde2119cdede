//! What people set on a ticket beside its outcome: properties, dates, for whom it waits.
//!
//! Words are what people type and what the store keeps: never rename one.

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
    /// What it harms.
    Impact,
    /// Whether a bounty is due.
    Bounty,
    /// Another ticket that belongs to it.
    See,
}

impl Field {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
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
        Self::Impact,
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
            Self::Impact => "impact",
            Self::Bounty => "bounty",
            Self::See => "see",
        }
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
