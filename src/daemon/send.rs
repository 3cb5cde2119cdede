//! The sending turn: drains the outbox over one connection that we own.
//!
//! *Offered* is committed just before the message bytes leave, *sent* right after the
//! server's 250. So: one ticket, one row, at least one send; a duplicate is the same
//! message twice.

use super::record::Record;
use crate::channel::Attempt;
use crate::channel::smtp::Smtp;
use crate::config::{Config, EnvelopeSender};
use crate::desk::settle::{self, Ended};
use crate::net::{Login, Peer};
use crate::store::{Letter, LetterState};
use anyhow::{Result, bail};
use std::sync::Arc;
use tracing::{debug, info, warn};

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing that may leave now is left; this many letters did.
    Drained(usize),
    /// The way is broken: every letter waits. Why, without secrets.
    Down(String),
}

/// The word in the store under which a broken way is remembered: since when, and why.
pub const TROUBLE: &str = "trouble/smtp";

/// Hands over every letter that may leave now; `connect` is called when there is one.
///
/// # Errors
/// When the store fails; the next turn finds the letter whose fate is open.
pub async fn send(
    record: &Record,
    config: &Arc<Config>,
    connect: impl AsyncFn(&Config) -> Result<Smtp, String>,
) -> Result<Turn> {
    recover(record).await?;
    let mut connection: Option<Smtp> = None;
    let mut sent = 0;
    let turn = loop {
        let Some(letter) = record.read(|tx| tx.next_letter()).await? else {
            break Turn::Drained(sent);
        };
        let mut smtp = match connection.take() {
            Some(open) if open.usable() => open,
            Some(_) | None => match connect(config).await {
                Ok(new) => new,
                Err(why) => break Turn::Down(why),
            },
        };
        let ended = hand_over(record, config, &mut smtp, &letter).await?;
        sent += usize::from(matches!(ended, Ended::Sent(_)));
        log(&letter, &ended);
        let down = if let Ended::NotOffered(why) = &ended {
            Some(why.clone())
        } else {
            None
        };
        let (config, id) = (Arc::clone(config), letter.id);
        record
            .write(move |tx| settle::settle(tx, &config, id, &ended))
            .await?;
        // A person may have taken the letter back while it was on its way to the server:
        // that is no trouble of the server.
        if let Some(why) = down
            && is_queued(record, id).await?
        {
            break Turn::Down(why);
        }
        connection = Some(smtp);
    };
    // A connection that broke in the last letter proves nothing.
    let works = connection.as_ref().is_some_and(Smtp::usable);
    if let Some(open) = connection {
        open.quit().await;
    }
    remember(record, &turn, works).await?;
    Ok(turn)
}

/// Letters that an earlier turn left on their way.
async fn recover(record: &Record) -> Result<()> {
    let found = record.write(settle::recover).await?;
    if found > 0 {
        warn!(
            letters = found,
            "letters were leaving when sending stopped; each goes out once more or waits for a person"
        );
    }
    Ok(())
}

/// Logs in; the secret is obtained anew each time, so that it can be changed.
///
/// # Errors
/// Why letters cannot leave, without secrets.
pub async fn connect(config: &Config) -> Result<Smtp, String> {
    let server = &config.smtp.server;
    let login = Login::of(server).await?;
    let helo = config
        .mailboxes
        .first()
        .map_or("localhost", |m| m.address.domain());
    Smtp::connect(&Peer::from(server), &login, helo).await
}

async fn is_queued(record: &Record, id: i64) -> Result<bool> {
    let letter = record.read(move |tx| tx.letter(id)).await?;
    Ok(letter.is_some_and(|l| l.state == LetterState::Queued))
}

async fn hand_over(
    record: &Record,
    config: &Config,
    smtp: &mut Smtp,
    letter: &Letter,
) -> Result<Ended> {
    let id = letter.id;
    let bytes = record.read(move |tx| tx.letter_bytes(id)).await?;
    let from = match config.smtp.envelope_sender {
        EnvelopeSender::Mailbox => Some(&letter.sender),
        EnvelopeSender::Null => None,
    };
    let offered = async || {
        if !record.write(move |tx| settle::offer(tx, id)).await? {
            bail!("letter {id} was taken back");
        }
        Ok(())
    };
    Ok(
        match smtp
            .hand_over(from, &letter.recipient, &bytes, offered)
            .await
        {
            Attempt::Sent(answer) => Ended::Sent(answer),
            Attempt::Again(why) => Ended::Again(why),
            Attempt::Refused(why) => Ended::Refused(why),
            Attempt::Down(why) => Ended::NotOffered(why),
            Attempt::Unknown(why) => Ended::Unknown(why),
        },
    )
}

fn log(letter: &Letter, ended: &Ended) {
    let (id, kind, ticket) = (letter.id, letter.kind.word(), letter.ticket.map(|t| t.0));
    // A server's words may name the recipient: above debug only its code is told.
    match ended {
        Ended::Sent(_) => info!(letter = id, kind, ticket, "sent"),
        Ended::Again(why) | Ended::NotOffered(why) => {
            warn!(letter = id, kind, ticket, code = code(why), "not now");
            debug!(letter = id, why);
        }
        Ended::Refused(why) => {
            warn!(letter = id, kind, ticket, code = code(why), "refused");
            debug!(letter = id, why);
        }
        Ended::Unknown(why) => {
            warn!(
                letter = id,
                kind,
                ticket,
                code = code(why),
                "no answer came: it may have been taken"
            );
            debug!(letter = id, why);
        }
    }
}

/// The reply code, and the enhanced one, that stand in a server's words: `550 5.1.1`.
fn code(words: &str) -> String {
    let is_code = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    words
        .split([' ', '-'])
        .filter(is_code)
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Lists say it in red as long as the way is broken. It `works` when a letter was talked
/// about to the end, also one that the server refused.
async fn remember(record: &Record, turn: &Turn, works: bool) -> Result<()> {
    let turn = turn.clone();
    let work = move |tx: &crate::store::Tx| match (turn, tx.meta(TROUBLE)?) {
        (Turn::Down(why), None) => tx.set_meta(TROUBLE, &format!("{}\n{why}", tx.now())),
        (Turn::Down(why), Some(old)) => tx.set_meta(
            TROUBLE,
            &format!("{}\n{why}", old.lines().next().unwrap_or_default()),
        ),
        (Turn::Drained(_), Some(_)) if works => tx.clear_meta(TROUBLE),
        (Turn::Drained(_), _) => Ok(()),
    };
    record.write(work).await
}
