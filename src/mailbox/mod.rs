//! A mailbox that is read and never changed, but for copies of sent letters ([`sent`]).
//!
//! The trait has two implementations: [`imap`], and `fake` for faults that no server
//! produces. A mailbox lists what is there and gives raw bytes; it decides nothing.

#[cfg(test)]
pub(crate) mod fake;
pub mod imap;
pub mod roles;
pub mod sent;

use jiff::Timestamp;
use roles::There;
use std::fmt;

/// The most bytes of a message that one answer holds.
pub const SLICE: u64 = 1024 * 1024;

/// A folder, opened for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// UIDVALIDITY; 0 when the server gave none.
    pub uidvalidity: u32,
    /// How many messages the server says are there.
    pub exists: u32,
    /// UIDNEXT: no message had this UID or a higher one; 0 when the server gave none.
    pub uidnext: u32,
}

/// A message on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its UID.
    pub uid: u32,
    /// RFC822.SIZE, in bytes; a hint only, some servers guess. 0 when the server gave none.
    pub size: u64,
    /// INTERNALDATE: when it reached the mailbox. `None` when the server gave none that can be read.
    pub internal_date: Option<Timestamp>,
}

/// Why waiting for mail ended. Always only a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The server said that something changed.
    Changed,
    /// The time was up.
    TimeUp,
    /// Somebody asked to stop.
    Stopped,
}

/// Why a mailbox could not be read. The connection is thrown away, except after
/// [`Trouble::NoFolder`], and a [`Trouble::Permission`] or [`Trouble::Refused`] of
/// [`Mailbox::open`] (the other folders can still be read over it), and after a
/// [`Trouble::Refused`] and a [passing](Trouble::is_passing) trouble of [`Mailbox::slice`]
/// (the other messages can).
#[derive(Debug)]
pub enum Trouble {
    /// The network, TLS, a time-out, a server that closes or talks nonsense: try again.
    Lost(anyhow::Error),
    /// The password or the token cannot be had, and why: nobody was asked anything.
    Secret(String),
    /// The server refused the name, the password or the token.
    Login(String),
    /// The login is right and a right is missing: what was refused, and a hint.
    Permission(String),
    /// The server said NO or BAD to a command: which, and what it said.
    Refused {
        /// The command.
        command: String,
        /// The server's words.
        said: String,
    },
    /// The folder is not there.
    NoFolder(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => write!(f, "{why:#}"),
            Self::Secret(why) => f.write_str(why),
            Self::Login(said) => write!(f, "the server refused the login: {said}"),
            Self::Permission(said) => write!(f, "a permission is missing: {said}"),
            Self::Refused { command, said } => write!(f, "the server refused {command}: {said}"),
            Self::NoFolder(name) => write!(f, "there is no folder {name:?} on the server"),
        }
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// The server is out of order, says so, and will be well again.
    pub(crate) fn passing(told: String) -> Self {
        Self::Lost(anyhow::Error::new(Passing(told)))
    }

    /// The server said itself that it is out of order and that it passes: what was asked for is not
    /// to blame.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Lost(why) => why.is::<Passing>(),
            Self::Secret(_)
            | Self::Login(_)
            | Self::Permission(_)
            | Self::Refused { .. }
            | Self::NoFolder(_) => false,
        }
    }
}

/// What marks a trouble as passing.
#[derive(Debug)]
struct Passing(String);

impl fmt::Display for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Passing {}

/// A mailbox that can be read.
#[allow(
    async_fn_in_trait,
    reason = "used inside this crate only, on one thread at a time"
)]
pub trait Mailbox {
    /// All folders that can be opened. After a [`Trouble::Refused`] the connection can still
    /// be used.
    async fn folders(&mut self) -> Result<Vec<There>, Trouble>;

    /// Opens a folder read-only (EXAMINE) and makes it the current one.
    async fn open(&mut self, folder: &str) -> Result<Opened, Trouble>;

    /// Every UID in the current folder, ascending.
    async fn uids(&mut self) -> Result<Vec<u32>, Trouble> {
        self.uids_from(1).await
    }

    /// The UIDs in the current folder from `first` on, ascending.
    async fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, Trouble>;

    /// Size and date of these messages; those that are gone by now are left out. One of
    /// which the server refuses to tell them is listed with size 0 and no date.
    async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, Trouble>;

    /// Gives the UID, RFC822.SIZE and the fields From, Date, Subject and Message-ID, as
    /// they stand and at most 16 KiB of them, of these messages to `each`. Those that are
    /// gone by now, or of which the server does not tell all, are left out.
    async fn heads(
        &mut self,
        uids: &[u32],
        each: &mut (dyn FnMut(u32, u64, &[u8]) + Send),
    ) -> Result<(), Trouble>;

    /// Gives the first `limit` bytes (1 MiB at the most) of each of these messages, unchanged,
    /// to `each`, with its UID, in any order. Sets no flag (PEEK). Those that are gone, or
    /// that the server does not give, are left out: ask for them alone. When the
    /// connection is lost, what was given before counts.
    async fn batch(
        &mut self,
        uids: &[u32],
        limit: u64,
        each: &mut (dyn FnMut(u32, &[u8]) + Send),
    ) -> Result<(), Trouble>;

    /// Gives the bytes of one message from `offset` on, unchanged and at most `wanted` (1 MiB
    /// at the most), to `piece`, and how many they are: fewer than `wanted` at its end.
    /// `None` when the message is gone. Sets no flag (PEEK). When the server refuses this
    /// one message, the next can be fetched.
    async fn slice(
        &mut self,
        uid: u32,
        offset: u64,
        wanted: u64,
        piece: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Option<u64>, Trouble>;

    /// Waits until mail arrives in the current folder or `at_most` (5 minutes at the most:
    /// a dead link is noticed when it is over) has passed: IDLE where the server has it,
    /// else a timer. What arrived since [`Mailbox::uids`] was asked counts as well, until
    /// another folder is opened.
    async fn wait(
        &mut self,
        at_most: std::time::Duration,
        stop: &tokio_util::sync::CancellationToken,
    ) -> Result<Woken, Trouble>;
}
