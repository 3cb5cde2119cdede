//! The receipt: one a ticket, ever, queued or held.

use super::{Draft, Thread, fresh_id, is_outside, local};
use crate::config::Config;
use crate::desk::class::ATTACK;
use crate::desk::ingest::Arrival;
use crate::desk::{Duty, File, file, read_mail};
use crate::letters::{self, AckView, Answer, Count, DayOff, Missing, Promised};
use crate::mail::text::has_quote;
use crate::mail::{Mail, Marks};
use crate::promise::{DayKind, OneOf, Promise, Span};
use crate::store::{Go, Letter, LetterKind, MailRow, NewLetter, Tx};
use crate::ticket::{By, TicketNo, What};
use crate::triage::extract::{self, Lacks};
use crate::triage::{Kind, Reply};
use anyhow::{Context, Result};

/// Why a receipt waits that nothing speaks against.
const NOT_WRITTEN: &str = "it cannot be written as a message: `gatepost outbox release` says why";

/// Writes the one acknowledgement of a ticket, queued, or held for a reason. A report
/// without an address that can be written to gets none. Gives the letter's number.
pub fn acknowledge(
    tx: &Tx,
    config: &Config,
    arrival: &Arrival,
    ticket: TicketNo,
    held: Option<&str>,
) -> Result<Option<i64>> {
    let file = file(tx, config, ticket)?;
    let Some(recipient) = &file.row.reporter else {
        return Ok(None);
    };
    if tx
        .letters_of(ticket)?
        .iter()
        .any(|l| l.kind == LetterKind::Acknowledgement)
    {
        return Ok(None);
    }
    let said = Report::read_by_people(tx, ticket, arrival.mail)?;
    let letter = receipt(config, &file, said)?;
    let sender = &arrival.mailbox.address;
    let id = fresh_id(sender)?;
    let draft = Draft {
        from: sender,
        to: recipient,
        letter: &letter,
        thread: thread_of(arrival.mail),
        marks: Marks::Acknowledgement,
    };
    let written = held.is_none().then(|| draft.bytes(config, &id, tx.now()));
    let (bytes, held) = match written {
        None => (Vec::new(), held),
        Some(Ok(bytes)) => (bytes, None),
        // No receipt that cannot be written keeps its report out.
        Some(Err(_)) => (Vec::new(), Some(NOT_WRITTEN)),
    };
    let added = tx.add_letter(&NewLetter {
        ticket: Some(ticket),
        kind: LetterKind::Acknowledgement,
        sender,
        recipient,
        by: By::Gatepost,
        facts: &[What::Acknowledged],
        subject: &letter.subject,
        body: &letter.body,
        go: held.map_or(Go::Queued(&id, &bytes, tx.now()), Go::Held),
    })?;
    Ok(Some(added))
}

/// The team forwarded a report, and a person says now whose it is: their receipt is held, as
/// it would have been.
pub fn hold_for_reporter(tx: &Tx, config: &Config, ticket: TicketNo) -> Result<()> {
    let Some(first) = tx.mails_of(ticket)?.into_iter().next() else {
        return Ok(());
    };
    let file = file(tx, config, ticket)?;
    let is_answered = file.facts.iter().any(|f| f.what == What::Answered);
    let mailbox = config.mailboxes.iter().find(|m| m.name == first.mailbox);
    let is_forwarded = first.kind.0 == Kind::Team.word() && first.reply.0 == Reply::Held.word();
    let (Some(recipient), Some(mailbox)) = (&file.row.reporter, mailbox) else {
        return Ok(());
    };
    let mut letters = tx.letters_of(ticket)?.into_iter();
    let has_one = letters.any(|l| l.kind == LetterKind::Acknowledgement);
    if has_one || is_answered || !is_forwarded {
        return Ok(());
    }
    let letter = receipt(config, &file, Report::of(&read_mail(tx, &first)?))?;
    tx.add_letter(&NewLetter {
        ticket: Some(ticket),
        kind: LetterKind::Acknowledgement,
        sender: &mailbox.address,
        recipient,
        by: By::Gatepost,
        facts: &[What::Acknowledged],
        subject: &letter.subject,
        body: &letter.body,
        go: Go::Held("the team forwarded the report: release it to the reporter"),
    })?;
    Ok(())
}

/// A mail of ours is none of the reporter's threads, and its id is not for outside.
fn thread_to_reporter(first: &MailRow, mail: &Mail) -> Thread {
    let kind = first.kind.0.as_str();
    if kind == Kind::Team.word() || kind == Kind::UnprovenTeam.word() {
        Thread::default()
    } else {
        thread_of(mail)
    }
}

/// Queues a held acknowledgement, rendered anew from the mail as it was kept, to whom the
/// ticket has as its reporter now.
///
/// # Errors
/// When the ticket has no address that can be written to.
pub fn release(tx: &Tx, config: &Config, held: &Letter) -> Result<()> {
    let ticket = held.ticket.context("this letter is on no ticket")?;
    let file = file(tx, config, ticket)?;
    let recipient = file.row.reporter.as_ref().with_context(|| {
        format!(
            "{} has no address that can be written to\n  hint: `gatepost set {} reporter=ADDRESS`, or `gatepost outbox drop {}`",
            file.row.reference, ticket.0, held.id
        )
    })?;
    is_outside(config, &file, recipient)?;
    let first = tx
        .mails_of(ticket)?
        .into_iter()
        .next()
        .context("its ticket has no mail")?;
    let mail = read_mail(tx, &first)?;
    let letter = receipt(config, &file, Report::of(&mail))?;
    let id = fresh_id(&held.sender)?;
    let draft = Draft {
        from: &held.sender,
        to: recipient,
        letter: &letter,
        thread: thread_to_reporter(&first, &mail),
        marks: Marks::Acknowledgement,
    };
    let bytes = draft.bytes(config, &id, tx.now())?;
    tx.release_letter(
        held.id,
        recipient,
        &letter.subject,
        &letter.body,
        &id,
        &bytes,
    )
}

/// What a receipt asks of the mail.
struct Report {
    is_encrypted: bool,
    lacks: Lacks,
}

impl Report {
    fn of(mail: &Mail) -> Self {
        Self {
            is_encrypted: mail.is_encrypted(),
            lacks: extract::lacks(mail),
        }
    }

    /// As people read it, where its text names no system: then a link of an HTML part may, or
    /// a mail that it quotes and so passes on. Few mails are read twice so.
    fn read_by_people(tx: &Tx, ticket: TicketNo, mail: &Mail) -> Result<Self> {
        let said = Self::of(mail);
        let quotes = || has_quote(&mail.text);
        let is_plain =
            || mail.shape.content_type == "text/plain" && mail.cites().is_empty() && !quotes();
        if !said.lacks.system || is_plain() {
            return Ok(said);
        }
        let first = tx.mails_of(ticket)?.into_iter().next();
        first.map_or(Ok(said), |row| Ok(Self::of(&read_mail(tx, &row)?)))
    }
}

/// Whoever attacks the reporter may read the receipt: that of an attack says little.
fn receipt(config: &Config, file: &File, said: Report) -> Result<letters::Letter> {
    let view = ack_view(config, file, said);
    let letters = config.letters_from(&file.row.mailbox);
    let classes = &file.ticket.classes;
    if classes.iter().any(|class| class == ATTACK) {
        return Ok(letters.acknowledgement_of_attack(&view)?);
    }
    for class in classes {
        if let Some(letter) = letters.acknowledgement_of_class(class, &view)? {
            return Ok(letter);
        }
    }
    Ok(letters.acknowledgement(&view)?)
}

fn ack_view<'a>(config: &'a Config, file: &'a File, said: Report) -> AckView<'a> {
    let promised = first_answer(file);
    let by_hand = file
        .facts
        .iter()
        .any(|f| f.what == What::Received && f.via.is_some());
    // What a person wrote down is no mail that could lack something.
    let lacks = if by_hand {
        Lacks::default()
    } else {
        said.lacks
    };
    AckView {
        reference: &file.row.reference,
        arrived: local(config, file.row.opened_at),
        by_hand,
        answer: promised.and_then(|d| answer(config, d)),
        missing: match (said.is_encrypted, lacks.system) {
            (true, _) => Missing::NotReadable,
            (false, false) => Missing::Nothing,
            (false, true) => Missing::System,
        },
        undescribed: lacks.description,
        organisation: &config.organisation,
    }
}

/// The promise by which the reporter hears next: of those that run, the one that is due first.
/// What this very letter meets is not to come.
fn first_answer(file: &File) -> Option<&Duty> {
    let is_to_come = |d: &&Duty| {
        let promise = &d.promise;
        !promise.soft
            && d.due_at().is_some()
            && starts_with_receipt(promise)
            && !is_met_by_receipt(promise)
    };
    let of_receipt = || file.duties.iter().filter(is_to_come);
    let running = of_receipt().filter(|d| d.stored.open);
    running
        .min_by_key(|d| d.due_at())
        .or_else(|| of_receipt().next_back())
}

fn is_met_by_receipt(promise: &Promise) -> bool {
    let receipt = |any: &OneOf| any.0.iter().any(|fact| fact.as_str() == "acknowledged");
    promise.needs.iter().all(receipt)
}

fn starts_with_receipt(promise: &Promise) -> bool {
    promise
        .from
        .iter()
        .any(|any| any.0.iter().any(|f| f.as_str() == "received"))
}

fn answer(config: &Config, duty: &Duty) -> Option<Answer> {
    let deadline = duty.stored.deadline.as_ref()?;
    let days_off = deadline.count.iter().filter_map(|day| match &day.kind {
        DayKind::Holiday(name) => Some(DayOff {
            on: day.date,
            name: name.clone(),
        }),
        DayKind::Business | DayKind::Weekend => None,
    });
    let count = match duty.promise.within {
        Some(Span::BusinessDays(business_days)) => Some(Count {
            business_days,
            off: days_off.collect(),
        }),
        Some(Span::Days(_) | Span::Hours(_) | Span::Minutes(_)) | None => None,
    };
    Some(Answer {
        by: local(config, deadline.due_at),
        promised: Promised::by(&duty.promise),
        count,
    })
}

fn thread_of(mail: &Mail) -> Thread {
    let Some(id) = &mail.message_id else {
        return Thread::default();
    };
    let mut references = mail.references.clone();
    references.retain(|r| r != id);
    references.push(id.clone());
    Thread {
        in_reply_to: Some(id.clone()),
        references,
    }
}
