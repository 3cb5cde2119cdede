//! The kinds of letters: their files, and which of them a team may have more of.

/// The letters that are built in beside those of the kinds, for `--letter NAME` and
/// `assign --tell`, and the receipts of some classes: a kind, a file, its text. The daemon
/// seldom needs one of them, so they are read when they are asked for.
pub(super) const BESIDE: [(Kind, &str, &str); 14] = {
    macro_rules! beside {
        ($kind:ident, $file:literal) => {
            (
                Kind::$kind,
                $file,
                include_str!(concat!("../../config/letters/en/", $file)),
            )
        };
    }
    [
        beside!(Reply, "reply-last-call.txt"),
        beside!(Reply, "reply-handover.txt"),
        beside!(Reply, "reply-support.txt"),
        beside!(Acknowledgement, "acknowledgement-support.txt"),
        beside!(Acknowledgement, "acknowledgement-sandbox-request.txt"),
        beside!(Evaluation, "evaluation-clickjacking.txt"),
        beside!(Evaluation, "evaluation-csrf.txt"),
        beside!(Evaluation, "evaluation-mitm.txt"),
        beside!(Evaluation, "evaluation-denial-of-service.txt"),
        beside!(Evaluation, "evaluation-content-spoofing.txt"),
        beside!(Evaluation, "evaluation-email-spoofing.txt"),
        beside!(Evaluation, "evaluation-missing-records.txt"),
        beside!(Evaluation, "evaluation-cookie-flags.txt"),
        beside!(Evaluation, "evaluation-dead-links.txt"),
    ]
};

/// The built-in text of a letter beside the kinds.
pub(super) fn beside(file: &str) -> Option<&'static str> {
    let mut all = BESIDE.iter();
    all.find(|(_, known, _)| *known == file)
        .map(|(_, _, text)| *text)
}

/// The letters that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Acknowledgement,
    AcknowledgementAttack,
    Evaluation,
    Reply,
    /// A reply that gives the Signal number.
    Signal,
    Resolved,
    Published,
    Closing,
    Reminder,
    Digest,
}

impl Kind {
    pub(super) const ALL: [Self; 10] = [
        Self::Acknowledgement,
        Self::AcknowledgementAttack,
        Self::Evaluation,
        Self::Reply,
        Self::Signal,
        Self::Resolved,
        Self::Published,
        Self::Closing,
        Self::Reminder,
        Self::Digest,
    ];

    /// Whether it goes to the team; all others go to reporters.
    pub(super) fn is_internal(self) -> bool {
        match self {
            Self::Reminder | Self::Digest => true,
            Self::Acknowledgement
            | Self::AcknowledgementAttack
            | Self::Evaluation
            | Self::Reply
            | Self::Signal
            | Self::Resolved
            | Self::Published
            | Self::Closing => false,
        }
    }

    /// The name of its file.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement.txt",
            Self::AcknowledgementAttack => "acknowledgement-attack.txt",
            Self::Evaluation => "evaluation.txt",
            Self::Reply => "reply.txt",
            Self::Signal => "reply-signal.txt",
            Self::Resolved => "resolved.txt",
            Self::Published => "published.txt",
            Self::Closing => "closing.txt",
            Self::Reminder => "reminder.txt",
            Self::Digest => "digest.txt",
        }
    }

    pub(super) const fn built_in(self) -> &'static str {
        match self {
            Self::Acknowledgement => include_str!("../../config/letters/en/acknowledgement.txt"),
            Self::AcknowledgementAttack => {
                include_str!("../../config/letters/en/acknowledgement-attack.txt")
            }
            Self::Evaluation => include_str!("../../config/letters/en/evaluation.txt"),
            Self::Reply => include_str!("../../config/letters/en/reply.txt"),
            Self::Signal => include_str!("../../config/letters/en/reply-signal.txt"),
            Self::Resolved => include_str!("../../config/letters/en/resolved.txt"),
            Self::Published => include_str!("../../config/letters/en/published.txt"),
            Self::Closing => include_str!("../../config/letters/en/closing.txt"),
            Self::Reminder => include_str!("../../config/letters/en/reminder.txt"),
            Self::Digest => include_str!("../../config/letters/en/digest.txt"),
        }
    }

    /// Whether a team may have more letters of this kind beside it, as `reply-NAME.txt`;
    /// of a receipt the NAME is a class.
    pub(super) fn has_others(self) -> bool {
        match self {
            Self::Acknowledgement | Self::Evaluation | Self::Reply => true,
            Self::AcknowledgementAttack
            | Self::Signal
            | Self::Resolved
            | Self::Published
            | Self::Closing
            | Self::Reminder
            | Self::Digest => false,
        }
    }

    /// The file of another letter of this kind.
    pub(super) fn other(self, name: &str) -> String {
        let stem = self.file().trim_end_matches(".txt");
        format!("{stem}-{name}.txt")
    }

    /// The NAME of a file `KIND-NAME.txt`, of small letters, digits and `-`.
    pub(super) fn name_of(self, file: &str) -> Option<&str> {
        let stem = self.file().trim_end_matches(".txt");
        let name = file
            .strip_prefix(stem)?
            .strip_prefix('-')?
            .strip_suffix(".txt")?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (!name.is_empty() && name.chars().all(plain)).then_some(name)
    }
}
