//! The folder for sent mail.
//!
//! **This is the one place where gatepost changes something on an IMAP server**: it may add
//! a copy of a letter that it sent. It must never change or remove a message, and never add
//! one that is there: who adds asks [`SentBox::holds`] first.

use super::{Mailbox, Trouble, roles};
use crate::mail::MessageId;
use crate::triage::Role;
use jiff::Timestamp;

/// A mailbox in which copies of sent letters can be filed.
#[allow(
    async_fn_in_trait,
    reason = "used inside this crate only, on one thread at a time"
)]
pub trait SentBox: Mailbox {
    /// The folder for sent mail, as the server writes it: the one that it marks as `\Sent`
    /// (RFC 6154), else one that is named so.
    async fn sent_folder(&mut self) -> Result<Option<String>, Trouble> {
        let there = self.folders().await?;
        Ok(roles::of_role(Role::Sent, &there).into_iter().next())
    }

    /// Whether the current folder holds a message of this Message-ID.
    async fn holds(&mut self, id: &MessageId) -> Result<bool, Trouble>;

    /// **Adds a message** to a folder, marked as seen, dated `at`. When the server refuses,
    /// the connection can still be used.
    async fn append(&mut self, folder: &str, message: &[u8], at: Timestamp) -> Result<(), Trouble>;

    /// Takes leave.
    async fn leave(self);
}
