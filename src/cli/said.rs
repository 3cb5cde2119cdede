//! `--said-in N`, `--said-at TIME --via WAY`: the reporter was told before, without a
//! letter that is written now.

use super::args::Sending;
use super::show::{Entry, Thread};
use super::{Here, Usage, look};
use crate::desk::File;
use crate::desk::act::Said;
use crate::store::{LetterState, Tx};
use crate::ticket::By;
use anyhow::Result;

/// When and how it was said; `None` when it was not.
///
/// # Errors
/// When there is no such mail, it is none of ours, or the time cannot have been.
pub fn read(tx: &Tx, here: &Here, file: &File, sending: &Sending) -> Result<Option<Said>> {
    let said = match (sending.said_in, &sending.said_at) {
        (Some(n), _) => said_in(tx, file, n)?,
        (None, Some(time)) => Said {
            at: look::read_moment(time, tx.now(), &here.config.calendar).ok_or_else(|| {
                Usage(format!(
                    "{time:?} is no time that has been\n  hint: 14:02 (today), \"Tue 14:02\", \"2027-05-04 14:02\""
                ))
            })?,
            mail: None,
            letter: None,
            via: Some(way(sending.via.as_deref().unwrap_or_default())?),
        },
        (None, None) => return Ok(None),
    };
    said.check(file, tx.now(), &here.config.calendar)
        .map_err(|why| Usage(why.to_string()))?;
    Ok(Some(said))
}

/// The way in one word, as lists and exports show it.
fn way(text: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.is_empty() || text.len() > 32 || !text.chars().all(plain) {
        let why = format!("{text:?} is no way\n  hint: one word, such as signal or phone");
        return Err(Usage(why).into());
    }
    Ok(text.to_ascii_lowercase())
}

fn said_in(tx: &Tx, file: &File, n: usize) -> Result<Said> {
    let ticket = file.row.number;
    let thread = Thread::of(tx, file)?;
    let refused = |why: String| {
        Usage(format!(
            "{why}\n  hint: gatepost show {} numbers the thread; what was said elsewhere: --said-at TIME --via WAY",
            ticket.0
        ))
    };
    let entry = thread.numbered(n).ok_or_else(|| {
        refused(format!(
            "there is no {n} in this thread: it has {}",
            thread.count()
        ))
    })?;
    match entry {
        Entry::Mail(mail) => {
            let people = tx.people(ticket)?;
            let theirs = mail.author.as_ref().is_none_or(|a| people.contains(a));
            if theirs {
                return Err(refused(format!("mail {n} is none of ours")).into());
            }
            Ok(Said {
                at: mail.received_at,
                mail: Some(mail.id),
                letter: None,
                via: None,
            })
        }
        Entry::Letter(letter) => {
            if letter.by == By::Gatepost {
                return Err(refused(format!("no person wrote {n}")).into());
            }
            let sent_at = letter
                .settled_at
                .filter(|_| letter.state == LetterState::Sent);
            Ok(Said {
                at: sent_at.ok_or_else(|| refused(format!("letter {n} was not sent")))?,
                mail: None,
                letter: Some(letter.id),
                via: None,
            })
        }
        Entry::Fact(_) => Err(refused(format!("{n} is neither a mail nor a letter")).into()),
    }
}
