//! The document of `adopt --json`: what lies where people must look.

use crate::mail::Foreign;
use crate::store::{Conversation, MailRow};
use serde::Serialize;

/// The whole of `adopt --json`.
#[derive(Serialize)]
pub struct Desk {
    tray: Vec<TrayLine>,
    junk: Vec<TrayLine>,
    conversations: Vec<ConversationLine>,
    aside: Vec<TrayLine>,
}

#[derive(Serialize)]
struct ConversationLine {
    conversation: String,
    mails: u32,
    first_at: Option<String>,
    last_at: Option<String>,
    last_by: Option<String>,
    last_is_ours: bool,
    subject: Foreign,
}

#[derive(Serialize)]
struct TrayLine {
    mail: i64,
    folder: String,
    received_at: String,
    kind: String,
    because: String,
    from: Option<String>,
    name: Option<Foreign>,
    marks: Vec<String>,
    subject: Foreign,
}

impl Desk {
    /// Forms it; `marks` says what is to be said of the author of a mail.
    pub fn new(
        tray: &[MailRow],
        junk: &[MailRow],
        aside: &[MailRow],
        old: &[Conversation],
        marks: impl Fn(&MailRow) -> Vec<String>,
    ) -> Self {
        let line = |m: &MailRow| TrayLine {
            mail: m.id,
            folder: m.folder.clone(),
            received_at: m.received_at.to_string(),
            kind: m.kind.0.clone(),
            because: m.place.1.clone(),
            from: m.author.as_ref().map(ToString::to_string),
            name: (!m.author_name.is_blank()).then(|| m.author_name.clone()),
            marks: marks(m),
            subject: m.subject.clone(),
        };
        let conversation = |c: &Conversation| ConversationLine {
            conversation: format!("c{}", c.number),
            mails: c.messages,
            first_at: c.first_at.map(|at| at.to_string()),
            last_at: c.last_at.map(|at| at.to_string()),
            last_by: c.last_by.as_ref().map(ToString::to_string),
            last_is_ours: c.last_is_ours,
            subject: c.subject.clone(),
        };
        Self {
            tray: tray.iter().map(line).collect(),
            junk: junk.iter().map(line).collect(),
            conversations: old.iter().map(conversation).collect(),
            aside: aside.iter().map(line).collect(),
        }
    }
}
