//! The folder for sent mail.
//!
//! **This is the one place where gatepost changes something on an IMAP server**: it may add
//! a copy of a letter that it sent. It must never change or remove a message, and never add
//! one that is there: who adds asks [`SentBox::holds`] first.

use super::{Mailbox, Trouble};
use crate::mail::MessageId;
use jiff::Timestamp;

/// A mailbox in which copies of sent letters can be filed.
#[allow(
    async_fn_in_trait,
    reason = "used inside this crate only, on one thread at a time"
)]
pub trait SentBox: Mailbox {
    /// The folder for sent mail, as the server writes it: the one that it marks as `\Sent`
    /// (RFC 6154), else one that is named so.
    async fn sent_folder(&mut self) -> Result<Option<String>, Trouble>;

    /// Whether the current folder holds a message of this Message-ID.
    async fn holds(&mut self, id: &MessageId) -> Result<bool, Trouble>;

    /// **Adds a message** to a folder, marked as seen, dated `at`. When the server refuses,
    /// the connection can still be used.
    async fn append(&mut self, folder: &str, message: &[u8], at: Timestamp) -> Result<(), Trouble>;

    /// Takes leave.
    async fn leave(self);
}

/// Names of the folder for sent mail where no server marks it; the first that is there.
const NAMES: [&str; 4] = ["Sent", "Sent Items", "Sent Mail", "Sent Messages"];

/// The folder among these that is named like one for sent mail, below INBOX or not.
pub(super) fn by_name(folders: &[String]) -> Option<String> {
    let below_inbox = |folder: &str, name: &str| {
        let head = folder.get(..6).unwrap_or_default();
        let below = head.eq_ignore_ascii_case("INBOX.") || head.eq_ignore_ascii_case("INBOX/");
        below
            && folder
                .get(6..)
                .is_some_and(|rest| rest.eq_ignore_ascii_case(name))
    };
    let is = |folder: &&String, name: &str| {
        folder.eq_ignore_ascii_case(name) || below_inbox(folder, name)
    };
    NAMES
        .iter()
        .find_map(|name| folders.iter().find(|folder| is(folder, name)))
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folders: &[&str], expected: Option<&str>) {
        let folders: Vec<String> = folders.iter().map(|f| (*f).to_owned()).collect();
        assert_eq!(by_name(&folders).as_deref(), expected, "{folders:?}");
    }

    #[test]
    fn the_folder_for_sent_mail_is_known_by_its_usual_names() {
        check(&["INBOX", "Junk"], None);
        check(&["INBOX", "sent"], Some("sent"));
        check(&["Sent Items", "INBOX.Sent"], Some("INBOX.Sent"));
        check(&["inbox/Sent Messages"], Some("inbox/Sent Messages"));
        check(
            &["Sent/2026", "Unsent", "Archive.Sent", "Gr\u{fc}\u{df}e"],
            None,
        );
    }
}
