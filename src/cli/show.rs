//! `show`: one report, its thread with the new text first, and what is due.

use super::args::Show;
use super::document::{Message, Part, Whole};
use super::{Here, Usage, explain, look, output};
use crate::desk::{Duty, File, read_mail};
use crate::mail::{Attachment, Foreign, text};
use crate::store::{Letter, LetterKind, LetterState, MailRow, Tx};
use crate::ticket::{TicketNo, What};
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use std::process::ExitCode;

/// One entry of the thread: a mail that came, or a letter of ours.
pub enum Entry {
    Mail(Box<MailRow>),
    Letter(Box<Letter>),
}

/// The thread of a ticket as it is numbered, from 1.
pub fn thread(tx: &Tx, ticket: TicketNo, letters: &[Letter]) -> Result<Vec<Entry>> {
    let mails = tx.mails_of(ticket)?.into_iter();
    let mut thread: Vec<Entry> = mails.map(|m| Entry::Mail(Box::new(m))).collect();
    thread.extend(letters.iter().cloned().map(|l| Entry::Letter(Box::new(l))));
    thread.sort_by_key(Entry::at);
    Ok(thread)
}

impl Entry {
    fn at(&self) -> Timestamp {
        match self {
            Self::Mail(mail) => mail.received_at,
            Self::Letter(letter) => letter.settled_at.unwrap_or(letter.created_at),
        }
    }
}

/// Shows it.
pub fn show(here: &Here, wanted: &Show) -> Result<ExitCode> {
    let mut store = here.store()?;
    store.read(wall::now(), |tx| {
        let file = explain::find(tx, here, &wanted.reference)?;
        let letters = tx.letters_of(file.row.number)?;
        let thread = thread(tx, file.row.number, &letters)?;
        match (wanted.text.or(wanted.raw), wanted.json) {
            (Some(n), _) => one(tx, &thread, n, wanted.raw.is_some()),
            (None, true) => {
                let messages = thread
                    .iter()
                    .enumerate()
                    .map(|(i, e)| message(tx, i + 1, e))
                    .collect::<Result<_>>()?;
                output::json(&Whole::new(
                    &file,
                    &tx.listing(file.row.number)?,
                    messages,
                    &letters,
                ))
            }
            (None, false) if wanted.log => {
                log(here, &file);
                Ok(())
            }
            (None, false) => whole(here, tx, &file, &thread),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn whole(here: &Here, tx: &Tx, file: &File, thread: &[Entry]) -> Result<()> {
    let row = &file.row;
    let owner = row.owner.as_deref().unwrap_or("nobody");
    output::strong(format!(
        "{} {}   {}   owner {owner}",
        row.reference,
        row.name,
        output::quoted(&row.subject, 60)
    ));
    let name = if row.reporter_name.is_blank() {
        String::new()
    } else {
        format!(" ({})", output::quoted(&row.reporter_name, 40))
    };
    let outcome = row
        .outcome
        .map_or(String::new(), |o| format!("   outcome {}", o.word()));
    let reporter = row.reporter.as_ref().map_or(
        "no address that can be written to".to_owned(),
        ToString::to_string,
    );
    output::line(format!("{reporter}{name}   stage {}{outcome}", row.stage));
    if let Some(claims) = row.claims {
        output::line(format!(
            "!    says that it belongs to {claims}; its author is nobody there"
        ));
    }
    file.duties.iter().for_each(|d| due(here, d, tx.now()));
    if row.chased > 0 {
        let times = if row.chased == 1 {
            "once".to_owned()
        } else {
            format!("{} times", row.chased)
        };
        output::line(format!(
            "!    the reporter has written {times} since a person last answered"
        ));
    }
    if file.ticket.unreachable {
        output::line("!    our last letter did not arrive: the reporter cannot be reached");
    }
    if file.facts.iter().any(|f| f.what == What::Reopened) {
        output::line("!    the reporter wrote after closing");
    }
    next_step(file);
    for (i, entry) in thread.iter().enumerate() {
        let at = look::moment(entry.at(), &here.config.calendar);
        match entry {
            Entry::Mail(row) => mail_line(tx, i + 1, &at, row)?,
            Entry::Letter(letter) => {
                output::line(format!("{:<2} {at}  {}", i + 1, letter_line(letter)))
            }
        }
    }
    output::line("--text N whole mail, --raw N its bytes, --log who did what when");
    Ok(())
}

fn due(here: &Here, duty: &Duty, now: Timestamp) {
    let boxes: Vec<String> = duty
        .promise
        .needs
        .iter()
        .zip(&duty.run.met)
        .map(|(need, met)| {
            format!(
                "[{}] {}",
                if met.is_some() { "x" } else { " " },
                need.words()
            )
        })
        .collect();
    let when = if duty.stored.open {
        look::duty(duty, now, &here.config.calendar)
    } else {
        let at = duty.due_at().unwrap_or(duty.run.started_at);
        look::moment(at, &here.config.calendar)
    };
    let text = format!(
        "DUE  {:<8} {when}   {}   {}",
        duty.promise.name,
        boxes.join("  "),
        duty.state.standing.word()
    );
    let late = duty.due_at().is_some_and(|at| now > at);
    if duty.presses() && late && !duty.promise.soft {
        output::alarm(text)
    } else {
        output::line(text)
    }
}

fn next_step(file: &File) {
    let missing = |what: &str| {
        file.duties
            .iter()
            .any(|d| d.stored.open && d.state.missing.iter().any(|m| m.contains(what)))
    };
    let n = file.row.number.0;
    if missing("evaluated") {
        output::line(format!(
            "next gatepost evaluate {n} accepted --expected DATE"
        ));
    } else if missing("dated") {
        output::line(format!(
            "next gatepost evaluate {n} {} --expected DATE   (the date is missing)",
            file.row.outcome.map_or("accepted", |o| o.word())
        ));
    }
}

fn mail_line(tx: &Tx, n: usize, at: &str, row: &MailRow) -> Result<()> {
    let mail = read_mail(tx, row)?;
    let from = row
        .author
        .as_ref()
        .map_or("nobody".to_owned(), ToString::to_string);
    let first = Foreign::new(
        text::newly_written(&mail.text)
            .raw()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    );
    let says = if mail.encrypted {
        "encrypted".to_owned()
    } else {
        let room = output::width().saturating_sub(26 + from.chars().count());
        output::quoted(&first, room.max(20))
    };
    let plain = matches!(row.place.0.as_str(), "new" | "joins") && row.kind.0 == "person";
    let note = if plain {
        String::new()
    } else {
        format!("  [{}, {}: {}]", row.kind.0, row.place.0, row.place.1)
    };
    output::line(format!("{n:<2} {at}  {from}  {says}{note}"));
    if row.kept < row.size {
        output::line(format!(
            "   over the size limit: {} of {} bytes kept",
            row.kept, row.size
        ));
    }
    if !row.defects.is_empty() {
        output::line(format!("   defects: {}", row.defects));
    }
    if !mail.attachments.is_empty() {
        let parts: Vec<String> = mail.attachments.iter().map(attachment).collect();
        output::line(format!(
            "   {} attachments: {}",
            parts.len(),
            parts.join(", ")
        ));
    }
    Ok(())
}

fn attachment(part: &Attachment) -> String {
    let size = if part.bytes < 1024 {
        format!("{} B", part.bytes)
    } else {
        format!("{} KB", part.bytes.div_ceil(1024))
    };
    format!("{} {size}", output::quoted(&part.name, 40))
}

fn letter_line(letter: &Letter) -> String {
    let what = match letter.kind {
        LetterKind::Acknowledgement => "receipt",
        LetterKind::Evaluation => "evaluation",
        LetterKind::Reply => "reply",
        LetterKind::Resolved => "news of the resolution",
        LetterKind::Published => "news of the publication",
        LetterKind::Closing => "last letter",
        LetterKind::Reminder => "reminder",
        LetterKind::Digest => "digest",
    };
    match letter.state {
        LetterState::Sent => {
            let answer = letter.answer.as_deref().unwrap_or("as a person says");
            format!("{what} sent: {}", Foreign::new(answer).cut(60))
        }
        LetterState::Held => format!(
            "{what} HELD: {}   (gatepost outbox release {})",
            letter.held_because.as_deref().unwrap_or("no reason"),
            letter.id
        ),
        LetterState::Dropped if letter.kind == LetterKind::Evaluation => {
            format!("{what} decided, letter dropped: the reporter was not told")
        }
        LetterState::Queued
        | LetterState::Offered
        | LetterState::Unknown
        | LetterState::Refused
        | LetterState::Superseded
        | LetterState::Dropped => {
            let why = letter
                .last_error
                .as_ref()
                .map(|why| format!(": {}", Foreign::new(why.clone()).cut(60)))
                .unwrap_or_default();
            format!("{what} {}{why}", letter.state.word())
        }
    }
}

fn log(here: &Here, file: &File) {
    for fact in &file.facts {
        let via = fact
            .letter
            .map(|l| format!("letter {l}"))
            .or_else(|| fact.mail.map(|m| format!("mail {m}")))
            .or_else(|| fact.via.clone())
            .unwrap_or_default();
        output::line(format!(
            "{:<5} {}  {:<16} {:<10} {via}",
            fact.n,
            look::moment(fact.at, &here.config.calendar),
            fact.what.name().to_string(),
            fact.by.name()
        ));
    }
}

/// The whole text, or the raw bytes, of one entry.
fn one(tx: &Tx, thread: &[Entry], n: usize, raw: bool) -> Result<()> {
    let entry = n.checked_sub(1).and_then(|i| thread.get(i));
    match entry.ok_or_else(|| {
        Usage(format!(
            "there is no {n} in this thread: it has {}",
            thread.len()
        ))
    })? {
        Entry::Mail(row) if raw => tx.raw(row.id, output::raw),
        Entry::Mail(row) => {
            output::foreign_block(&read_mail(tx, row)?.text, "");
            Ok(())
        }
        Entry::Letter(letter) if raw => output::raw(&tx.letter_bytes(letter.id)?),
        Entry::Letter(letter) => {
            output::line(format!("Subject: {}\n", letter.subject));
            output::block(&letter.body);
            Ok(())
        }
    }
}

fn message(tx: &Tx, n: usize, entry: &Entry) -> Result<Message> {
    Ok(match entry {
        Entry::Mail(row) => {
            let mail = read_mail(tx, row)?;
            let part = |a: &Attachment| Part {
                name: a.name.clone(),
                r#type: a.kind.clone(),
                bytes: a.bytes,
            };
            Message {
                n,
                message_id: row.message_id.as_ref().map(ToString::to_string),
                direction: "in",
                kind: row.kind.0.clone(),
                place: row.place.0.clone(),
                because: row.place.1.clone(),
                received_at: row.received_at.to_string(),
                new_text: text::newly_written(&mail.text),
                encrypted: mail.encrypted,
                attachments: mail.attachments.iter().map(part).collect(),
            }
        }
        Entry::Letter(letter) => Message {
            n,
            message_id: letter.message_id.as_ref().map(ToString::to_string),
            direction: "out",
            kind: letter.kind.word().to_owned(),
            place: "letter".to_owned(),
            because: letter
                .held_because
                .clone()
                .unwrap_or_else(|| letter.state.word().to_owned()),
            received_at: entry.at().to_string(),
            new_text: Foreign::new(letter.body.clone()),
            encrypted: false,
            attachments: Vec::new(),
        },
    })
}
