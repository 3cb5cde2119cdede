//! Written by the team in its own mail program: it lies in the folder for sent mail.
//!
//! From alone proves nothing, the folder does: only who may write into the mailbox puts a
//! mail there. But rules of a server file delivered mail where they like, so a sign of a
//! delivery (`Return-Path`, `Delivered-To`, `Authentication-Results`) makes it a mail like
//! those in INBOX. Known fault: the copies that some servers keep of what they send bear
//! such a sign too; those are believed once they are authenticated.

use super::Filter;
use crate::triage::{Kind, Seen};

pub(super) const TEAM: Filter = Filter {
    name: "team",
    kind: Kind::Team,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let whose = seen.house.whose(seen.mail.author.address()?)?;
    seen.was_sent().then(|| {
        format!("it lies in the folder for sent mail, was not delivered, and From is {whose}")
    })
}
