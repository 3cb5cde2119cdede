//! The title of a ticket in the list: our own; the shape of a report that is encrypted, where
//! its subject tells nothing; else its subject in quotes.

use super::super::{output, show};
use crate::desk::{File, read_mail};
use crate::mail::Foreign;
use crate::store::Tx;

/// What programs write for a subject that they encrypt with the text (protected headers), and
/// what they begin an answer to it with.
const HIDDEN: [&str; 6] = [
    "...",
    "[...]",
    "Re: ...",
    "Encrypted Message",
    "Re: Encrypted Message",
    "Encrypted message",
];
/// So many reports of a list are opened for it at most.
const OPENED: usize = 50;

/// What a ticket is about.
pub enum Title {
    /// In our words.
    Ours(String),
    /// In the stranger's.
    Theirs(Foreign),
}

/// Forms it in so much room; `opened` counts the reports that were opened for a list.
pub(super) fn title(tx: &Tx, file: &File, room: usize, opened: &mut usize) -> String {
    match of(tx, file, opened) {
        Title::Ours(title) => output::cut(&Foreign::new(title), room),
        Title::Theirs(subject) => output::quoted(&subject, room),
    }
}

/// The same, however long it is.
pub(super) fn of(tx: &Tx, file: &File, opened: &mut usize) -> Title {
    if let Some(title) = &file.row.title {
        return Title::Ours(title.clone());
    }
    let hides = HIDDEN.contains(&file.row.subject.line().trim());
    if hides && *opened < OPENED {
        *opened += 1;
        let mails = tx.mails_of(file.row.number).unwrap_or_default();
        // A store that fails here fails the whole list elsewhere.
        let mail = mails.first().and_then(|row| read_mail(tx, row).ok());
        if let Some(words) = mail.as_ref().and_then(show::encrypted) {
            return Title::Ours(words);
        }
    }
    Title::Theirs(file.row.subject.clone())
}
