//! The words under which verdicts are stored and shown.

use super::{Kind, Place, Reply, Role};

impl Kind {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Bounce => "bounce",
            Self::Machine => "machine",
            Self::Platform => "platform",
            Self::Team => "team",
            Self::UnprovenTeam => "unproven-team",
            Self::Automatic => "automatic",
            Self::List => "list",
            Self::AutomaticSender => "automatic-sender",
            Self::Suppressed => "suppressed",
            Self::Person => "person",
        }
    }
}

impl Role {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Junk => "junk",
            Self::Sent => "sent",
        }
    }

    /// Reads that word; one that is unknown is of a folder where mail arrives.
    pub fn from_word(word: &str) -> Self {
        let mut known = [Self::Junk, Self::Sent].into_iter();
        known.find(|r| r.word() == word).unwrap_or_default()
    }
}

impl Place {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Joins(_) => "joins",
            Self::Internal(_) | Self::InternalInTray => "internal",
            Self::Copy(_) | Self::CopyInTray => "copy",
            Self::Claims(_) => "claims",
            Self::New => "new",
            Self::Tray => "tray",
            Self::Aside => "aside",
        }
    }
}

impl Reply {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Held => "held",
            Self::None => "none",
        }
    }
}
