//! The outcome of an evaluation.

use serde::{Deserialize, Serialize};

/// The outcome of an evaluation, in the words of ISO/IEC 30111 where it has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is a vulnerability and will be worked on. Needs a date.
    Accepted,
    /// It is known already. Needs the date of the first report.
    Duplicate,
    /// Outside what the policy covers.
    OutOfScope,
    /// It was repeated and is no vulnerability.
    NotAVulnerability,
    /// It could not be repeated.
    NotReproducible,
    /// Interim: work on the evaluation goes on.
    Investigating,
    /// Interim: the reporter was asked for something.
    NeedsInformation,
    /// Not a report: closes silently, never a letter.
    Spam,
}

impl Outcome {
    /// All outcomes, in the order in which help lists them.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Duplicate,
        Self::OutOfScope,
        Self::NotAVulnerability,
        Self::NotReproducible,
        Self::Investigating,
        Self::NeedsInformation,
        Self::Spam,
    ];

    /// The word that people type and scripts read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::OutOfScope => "out-of-scope",
            Self::NotAVulnerability => "not-a-vulnerability",
            Self::NotReproducible => "not-reproducible",
            Self::Investigating => "investigating",
            Self::NeedsInformation => "needs-information",
            Self::Spam => "spam",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.word() == word)
    }

    /// A final outcome ends the ticket and needs no date.
    pub fn is_final(self) -> bool {
        match self {
            Self::OutOfScope | Self::NotAVulnerability | Self::NotReproducible | Self::Spam => true,
            Self::Accepted | Self::Duplicate | Self::Investigating | Self::NeedsInformation => {
                false
            }
        }
    }

    /// An interim answer does not meet the promise of an evaluation (page row N3).
    pub fn is_interim(self) -> bool {
        matches!(self, Self::Investigating | Self::NeedsInformation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_read_what_they_write() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.word()), Some(outcome));
        }
        assert_eq!(Outcome::parse("maybe"), None);
    }
}
