//! What the reports of a ticket say that the page leaves out: the mails of its reporter, and
//! the rules that are asked. Advice for a person: nothing here writes.

use super::{File, bytes_of, mail_of};
use crate::config::Config;
use crate::mail::parse::leaves_words;
use crate::mail::text::steady;
use crate::mail::{Foreign, Mail};
use crate::store::{MailRow, Tx};
use crate::ticket::Field;
use crate::triage::Kind;
use crate::triage::hints::{self, Hint, Said};
use anyhow::Result;

/// Who wrote more than so many mails has more to say than a hint tells.
const MAILS: usize = 10;

/// The hints on a ticket; none when no rule is asked. `numbered`: what stands under which
/// number in its thread.
///
/// # Errors
/// When the store cannot be read.
pub fn hints<'r>(
    tx: &Tx,
    config: &Config,
    file: &File,
    numbered: impl Iterator<Item = (usize, &'r MailRow)>,
) -> Result<Option<Vec<Hint>>> {
    if config.hints.rules.is_empty() {
        return Ok(None);
    }
    let theirs: Vec<(usize, &MailRow)> = numbered.filter(|(_, row)| is_theirs(row)).collect();
    if is_grave(file) || theirs.len() > MAILS {
        return Ok(Some(Vec::new()));
    }
    let mut mails: Vec<(usize, Mail)> = Vec::new();
    for (n, row) in theirs {
        let bytes = bytes_of(tx, row)?;
        let mail = mail_of(row, &bytes);
        // What nobody can read, or reads here, may be anything.
        let is_read = !mail.is_encrypted() && mail.defects.is_empty();
        if !is_read || leaves_words(&bytes) != Some(false) {
            return Ok(Some(Vec::new()));
        }
        mails.push((n, mail));
    }
    let new: Vec<Foreign> = mails.iter().map(|(_, mail)| newly_written(mail)).collect();
    let said: Vec<Said<'_>> = mails
        .iter()
        .zip(&new)
        .map(|((n, mail), new)| Said {
            n: *n,
            subject: &mail.subject,
            new,
            whole: mail.to_read(),
            attachments: &mail.attachments,
        })
        .collect();
    Ok(Some(hints::hints(&config.hints, &said)))
}

/// A person has said that it is grave, or that it is none of these.
fn is_grave(file: &File) -> bool {
    let severity = file.row.severity.as_deref();
    let of_class = !file.row.classes.is_empty();
    let high = severity.is_some_and(|word| !matches!(word, "low" | "none"));
    file.ticket.exploited || of_class || high || file.ticket.set.contains_key(&Field::Impact)
}

/// What a stranger wrote to us: no mail of the team's, and none of a program's.
fn is_theirs(row: &MailRow) -> bool {
    let kinds = [
        Kind::Person,
        Kind::Suppressed,
        Kind::List,
        Kind::AutomaticSender,
        Kind::UnprovenTeam,
    ];
    kinds.iter().any(|kind| kind.word() == row.kind.0)
}

/// What is new in it; nothing where all of it is quoted.
fn newly_written(mail: &Mail) -> Foreign {
    let new = steady::newly_written(mail.to_read());
    let above = steady::above_first_quote(mail.to_read());
    let is_quote = above.iter().all(|line| line.trim().is_empty());
    if is_quote && new == *mail.to_read() {
        return Foreign::default();
    }
    new
}
