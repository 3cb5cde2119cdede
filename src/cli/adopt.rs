//! `adopt`: what lies in the tray and among junk, what was talked of before gatepost, and how
//! it becomes an ordinary ticket.

use super::document::Desk;
use super::{Here, look, output};
use crate::desk::act;
use crate::store::{Conversation, LetterState, MailRow, Store, Tx};
use crate::ticket::TicketNo;
use crate::wall;
use anyhow::Result;
use serde::Serialize;
use std::process::ExitCode;

/// What a person wants as a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A mail in the tray.
    Mail(i64),
    /// A conversation from before gatepost.
    Conversation(i64),
}

/// Reads `12`, or `c12` for a conversation.
///
/// # Errors
/// When it is neither.
pub fn wanted(text: &str) -> Result<Wanted, String> {
    let wrong = || "neither the number of a mail nor of a conversation (c12)".to_owned();
    let (of, number): (fn(i64) -> Wanted, _) = match text.strip_prefix('c') {
        Some(number) => (Wanted::Conversation, number),
        None => (Wanted::Mail, text),
    };
    let number: i64 = number.parse().map_err(|_| wrong())?;
    (number > 0).then(|| of(number)).ok_or_else(wrong)
}

/// Conversations that are shown at most; `--json` has all.
const SHOWN: usize = 40;

/// A mail or a conversation that became a ticket.
#[derive(Serialize)]
struct Adopted {
    mail: Option<i64>,
    conversation: Option<String>,
    r#ref: String,
    name: String,
    received_at: String,
    /// The acknowledgement that waits for a person.
    held: Option<i64>,
}

/// Lists what can be adopted, or makes tickets of it.
pub fn adopt(here: &Here, all: &[Wanted], json: bool) -> Result<ExitCode> {
    let mut store = here.store()?;
    if all.is_empty() {
        lists(here, &mut store, json)?;
        return Ok(ExitCode::SUCCESS);
    }
    let who = here.person()?.name.clone();
    let mut adopted = Vec::new();
    for wanted in all {
        let (row, held) = store.write(wall::now(), |tx| {
            let ticket = match wanted {
                Wanted::Mail(mail) => act::adopt(tx, &here.config, *mail, &who)?,
                Wanted::Conversation(n) => act::adopt_conversation(tx, &here.config, *n, &who)?,
            };
            Ok((tx.ticket(ticket)?, held(tx, ticket)?))
        })?;
        if let Some(row) = row {
            adopted.push(Adopted {
                mail: match wanted {
                    Wanted::Mail(mail) => Some(*mail),
                    Wanted::Conversation(_) => None,
                },
                conversation: match wanted {
                    Wanted::Mail(_) => None,
                    Wanted::Conversation(n) => Some(format!("c{n}")),
                },
                r#ref: row.reference.to_string(),
                name: row.name.to_string(),
                received_at: row.opened_at.to_string(),
                held,
            });
            if json {
                continue;
            }
            output::line(format!(
                "{} {}  its clock runs from {}; no letter is sent",
                row.reference,
                row.name,
                look::moment(row.opened_at, &here.config.calendar)
            ));
            if let Some(letter) = held {
                output::line(format!(
                    "  its acknowledgement is held: gatepost outbox release {letter}"
                ));
            }
        }
    }
    if json {
        output::json(&adopted)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn lists(here: &Here, store: &mut Store, json: bool) -> Result<()> {
    let (there, old) = store.read(wall::now(), |tx| {
        let junk = tx.junk()?.into_iter().filter_map(|(_, mail, _)| mail);
        let there = [tx.tray()?, junk.collect(), tx.aside()?];
        Ok((there, tx.conversations()?))
    })?;
    let [tray, junk, aside] = &there;
    if json {
        let marks = |mail: &MailRow| here.marks(mail.author.as_ref(), &mail.author_name);
        return output::json(&Desk::new(tray, junk, aside, &old, marks));
    }
    if tray.is_empty() {
        output::line("The tray is empty.");
    } else {
        table(here, tray);
    }
    if !junk.is_empty() {
        output::line("Found among junk:");
        table(here, junk);
    }
    if !tray.is_empty() || !junk.is_empty() {
        output::line("A ticket with its clock from receipt: gatepost adopt MAIL");
    }
    if !old.is_empty() {
        conversations(here, &old);
    }
    set_aside(aside.len());
    Ok(())
}

/// What the team sent to somebody who has no ticket waits for nobody: it is only counted.
fn set_aside(count: usize) {
    let mails = match count {
        0 => return,
        1 => "1 mail of yours in Sent is".to_owned(),
        _ => format!("{count} mails of yours in Sent are"),
    };
    output::line(format!(
        "{mails} to nobody who has a ticket (--json: aside)"
    ));
}

fn table(here: &Here, mails: &[MailRow]) {
    let row = |mail: &MailRow| {
        let marks = here.marks(mail.author.as_ref(), &mail.author_name);
        let from = look::address(mail.author.as_ref(), "nobody", &marks);
        let received = look::moment(mail.received_at, &here.config.calendar);
        output::Row::new(vec![
            mail.id.to_string(),
            received,
            from,
            mail.kind.0.clone(),
            output::quoted(&mail.subject, 60),
        ])
    };
    output::table(
        &["MAIL", "RECEIVED", "FROM", "KIND", "SUBJECT"],
        mails.iter().map(row).collect(),
    );
}

/// The receipt of a mail found among junk still waits for a person.
fn held(tx: &Tx, ticket: TicketNo) -> Result<Option<i64>> {
    let letters = tx.letters_of(ticket)?;
    let held = letters.iter().find(|l| l.state == LetterState::Held);
    Ok(held.map(|letter| letter.id))
}

fn conversations(here: &Here, old: &[Conversation]) {
    output::line("Conversations from before gatepost, first those in which they wrote last:");
    let at =
        |at: Option<_>| at.map_or("-".to_owned(), |at| look::moment(at, &here.config.calendar));
    let row = |c: &Conversation| {
        let who = match (&c.last_by, c.last_is_ours) {
            (_, true) => "you".to_owned(),
            (Some(address), false) => address.to_string(),
            (None, false) => "nobody".to_owned(),
        };
        output::Row::new(vec![
            format!("c{}", c.number),
            at(c.last_at),
            c.messages.to_string(),
            who,
            output::quoted(&c.subject, 60),
        ])
    };
    output::table(
        &["CONVERSATION", "LAST", "MAILS", "LAST BY", "SUBJECT"],
        old.iter().take(SHOWN).map(row).collect(),
    );
    if old.len() > SHOWN {
        output::line(format!("{} more: adopt --json", old.len() - SHOWN));
    }
    output::line("A ticket with its clock from receipt: gatepost adopt c12");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_and_a_conversation_are_named_apart() {
        assert_eq!(wanted("12"), Ok(Wanted::Mail(12)));
        assert_eq!(wanted("c12"), Ok(Wanted::Conversation(12)));
        for wrong in ["", "c", "0", "c-1", "cc1", "x"] {
            assert!(super::wanted(wrong).is_err(), "{wrong}");
        }
    }
}
