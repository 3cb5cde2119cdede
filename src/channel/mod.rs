//! The ways out. A letter leaves by [`smtp`]: every attempt ends as one of [`Attempt`].
//! What cannot wait for mail, or is about mail, goes by [`command`]. What is encrypted, or is
//! to be, goes through [`openpgp`] and comes back.

pub mod command;
pub mod openpgp;
pub mod smtp;

/// How an attempt to hand over one letter ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The server took it: its 250 line.
    Sent(String),
    /// Not now, and the letter is to blame or nobody (4xx to it).
    Again(String),
    /// Never (5xx at RCPT or after the message).
    Refused(String),
    /// A rule of the server forbids it (5.7.x at RCPT or after the message): this letter is
    /// meant, or we are, and one answer does not tell which.
    Barred(String),
    /// The way itself is broken (network, TLS, greeting, EHLO, AUTH, MAIL FROM, a login
    /// that is asked for): every letter waits.
    Down(String),
    /// The message bytes went out and no answer came: it may have been taken.
    Unknown(String),
}
