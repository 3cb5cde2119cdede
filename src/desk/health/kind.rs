//! What can be wrong, in the order in which it is told.

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The store cannot be read or written.
    Store,
    /// No daemon runs.
    NoDaemon,
    /// The config on the disk is not in force.
    Config,
    /// A mailbox is not read.
    NoPass,
    /// A folder has no baseline.
    NoBaseline,
    /// The relay takes nothing.
    Smtp,
    /// A letter waits for too long.
    Outbox,
    /// A letter was refused, or may have been lost.
    Letters,
    /// The record disagrees with itself.
    Audit,
    /// How far the record has come cannot be kept beside it.
    Head,
    /// The team may not be reminded.
    Reminders,
    /// The policy promises nothing, and promises of another are open.
    Promises,
    /// A promise is late.
    Overdue,
    /// A mail could not be read, and nobody has looked at it.
    Unreadable,
    /// Our clock is not that of others.
    Clock,
    /// The alarm command does not take what it is told.
    Alarm,
    /// The holidays that the calendar knows come to an end. A warning.
    Calendar,
    /// A name that was withdrawn stands in a file of ours. A warning.
    Names,
    /// security.txt ends soon, or has ended. A warning.
    SecurityTxt,
}

impl Kind {
    /// The word that scripts read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::NoDaemon => "no-daemon",
            Self::Config => "config",
            Self::NoPass => "no-pass",
            Self::NoBaseline => "no-baseline",
            Self::Smtp => "smtp",
            Self::Outbox => "outbox",
            Self::Letters => "letters",
            Self::Audit => "audit",
            Self::Head => "head",
            Self::Reminders => "reminders",
            Self::Promises => "promises",
            Self::Overdue => "overdue",
            Self::Unreadable => "unreadable",
            Self::Clock => "clock",
            Self::Alarm => "alarm",
            Self::Calendar => "calendar",
            Self::Names => "names",
            Self::SecurityTxt => "security-txt",
        }
    }

    /// Whether it makes us ill; a warning does not.
    pub fn is_ill(self) -> bool {
        !matches!(self, Self::Calendar | Self::Names | Self::SecurityTxt)
    }

    /// Whether its alarm is repeated: what a machine lacks is, until somebody has mended
    /// it. What people have to do is told once, and when there is more of it.
    pub fn is_repeated(self) -> bool {
        match self {
            Self::Promises
            | Self::Overdue
            | Self::Unreadable
            | Self::Letters
            | Self::Config
            | Self::Names
            | Self::SecurityTxt => false,
            Self::Store
            | Self::NoDaemon
            | Self::NoPass
            | Self::NoBaseline
            | Self::Smtp
            | Self::Outbox
            | Self::Audit
            | Self::Head
            | Self::Reminders
            | Self::Clock
            | Self::Alarm
            | Self::Calendar => true,
        }
    }
}
