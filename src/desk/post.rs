//! Writing letters: a view of the record, the words of [`crate::letters`], the bytes of
//! [`crate::mail::compose`], one row in the outbox.
//!
//! Message-ID, date and bytes are fixed here, at the hand-over to the queue, and never
//! change again.

use super::act::Evaluation;
use super::ingest::Arrival;
use super::tick::Nag;
use super::{Duty, File, file};
use crate::config::{Config, Member};
use crate::letters::{
    self, AckView, Answer, Count, DayOff, DigestEntry, DigestView, EvaluationView, Looked, Matter, Missing, Promised, RecordHead, ReminderView,
};
use crate::mail::{Address, Mail, Marks, MessageId, Outgoing, compose, parse};
use crate::promise::{self, DayKind, Promise, Span, Standing, Step};
use crate::store::{Go, Letter, LetterKind, LetterState, MailRow, NewLetter, Tx};
use crate::ticket::{By, Fact, TicketNo, What};
use crate::triage::extract;
use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// References cited at most: the first and the latest of a thread.
const REFERENCES_AT_MOST: usize = 20;
/// A released acknowledgement is rendered from this much of the mail.
const PARSED_AT_MOST: usize = 8 * 1024 * 1024;

/// Where in a thread a letter stands.
#[derive(Default)]
struct Thread {
    in_reply_to: Option<MessageId>,
    references: Vec<MessageId>,
}

/// Writes the one acknowledgement of a ticket, queued, or held for a reason. A report
/// without an address that can be written to gets none.
pub fn acknowledge(tx: &Tx, config: &Config, arrival: &Arrival, ticket: TicketNo, held: Option<&str>) -> Result<()> {
    let file = file(tx, config, ticket)?;
    let Some(recipient) = &file.row.reporter else { return Ok(()) };
    if tx.letters_of(ticket)?.iter().any(|l| l.kind == LetterKind::Acknowledgement) {
        return Ok(());
    }
    let letter = config.letters.acknowledgement(&ack_view(config, &file, arrival.mail))?;
    let sender = &arrival.mailbox.address;
    let id = fresh_id(sender)?;
    let bytes = match held {
        None => bytes(config, tx.now(), sender, recipient, &letter, &id, thread_of(arrival.mail), Marks::Acknowledgement)?,
        Some(_) => Vec::new(),
    };
    tx.add_letter(&NewLetter {
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
    Ok(())
}

/// Queues a held acknowledgement, rendered anew from the mail as it was kept.
pub fn release(tx: &Tx, config: &Config, held: &Letter) -> Result<()> {
    let ticket = held.ticket.context("this letter is on no ticket")?;
    let file = file(tx, config, ticket)?;
    let first = tx.mails_of(ticket)?.into_iter().next().context("its ticket has no mail")?;
    let mail = read(tx, &first)?;
    let letter = config.letters.acknowledgement(&ack_view(config, &file, &mail))?;
    let id = fresh_id(&held.sender)?;
    let bytes = bytes(config, tx.now(), &held.sender, &held.recipient, &letter, &id, thread_of(&mail), Marks::Acknowledgement)?;
    tx.release_letter(held.id, &letter.subject, &letter.body, &id, &bytes)
}

fn read(tx: &Tx, row: &MailRow) -> Result<Mail> {
    let mut head = Vec::new();
    tx.raw(row.id, |piece| {
        let room = PARSED_AT_MOST.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(piece.get(..room).unwrap_or_default());
        Ok(())
    })?;
    Ok(parse::parse(&head, head.len() as u64 == row.size))
}

fn ack_view<'a>(config: &'a Config, file: &'a File, mail: &Mail) -> AckView<'a> {
    let promised = file.duties.iter().find(|d| !d.promise.soft && starts_with_receipt(&d.promise));
    AckView {
        reference: &file.row.reference,
        arrived: local(config, file.row.opened_at),
        answer: promised.map(|d| answer(config, d)),
        missing: match (mail.encrypted, extract::names_a_system(&mail.text)) {
            (true, _) => Missing::NotReadable,
            (false, true) => Missing::Nothing,
            (false, false) => Missing::System,
        },
        organisation: &config.organisation,
    }
}

fn starts_with_receipt(promise: &Promise) -> bool {
    promise.from.iter().any(|any| any.0.iter().any(|f| f.as_str() == "received"))
}

fn answer(config: &Config, duty: &Duty) -> Answer {
    let days_off = duty.stored.deadline.count.iter().filter_map(|day| match &day.kind {
        DayKind::Holiday(name) => Some(DayOff { on: day.date, name: name.clone() }),
        DayKind::Business | DayKind::Weekend => None,
    });
    let count = match duty.promise.within {
        Some(Span::BusinessDays(business_days)) => Some(Count { business_days, off: days_off.collect() }),
        Some(Span::Days(_) | Span::Hours(_) | Span::Minutes(_)) | None => None,
    };
    Answer { by: local(config, duty.stored.deadline.due_at), promised: Promised::by(&duty.promise), count }
}

fn thread_of(mail: &Mail) -> Thread {
    let Some(id) = &mail.message_id else { return Thread::default() };
    let mut references = mail.references.clone();
    references.retain(|r| r != id);
    references.push(id.clone());
    Thread { in_reply_to: Some(id.clone()), references }
}

/// The letter of an evaluation, for its writer to read and change.
///
/// # Errors
/// When a template fails.
pub fn evaluation_letter(config: &Config, file: &File, evaluation: &Evaluation, plan: &str, now: Timestamp) -> Result<letters::Letter> {
    let next_update = if evaluation.outcome.is_final() { None } else { next_update(config, now) };
    Ok(config.letters.evaluation(&EvaluationView {
        reference: &file.row.reference,
        subject: &file.row.subject,
        outcome: evaluation.outcome,
        expected: evaluation.expected,
        plan,
        next_update,
        writer: &evaluation.who,
        ask_credit: evaluation.outcome == crate::ticket::Outcome::Accepted,
        organisation: &config.organisation,
    })?)
}

/// The last day on which the reporter hears from us after an answer that leaves now.
fn next_update(config: &Config, now: Timestamp) -> Option<Date> {
    let answered = Fact { n: 1, at: now, what: What::Answered, by: By::Gatepost, letter: None, mail: None };
    let facts = [answered];
    let due = |p: &Promise| {
        let run = promise::runs(p, &facts, &config.calendar).into_iter().next_back()?;
        promise::deadline(p, &run, &config.calendar).map(|d| config.calendar.local_date(d.due_at))
    };
    config.policy.promises.iter().filter(|p| p.repeat && !p.soft).filter_map(due).min()
}

/// The two labelled lines must stand in the letter: the mailbox itself holds every promise.
///
/// # Errors
/// Names the line that is missing.
pub fn check_labels(letter: &letters::Letter, evaluation: &Evaluation) -> Result<()> {
    let mut wanted = vec![format!("{}: {}", letters::ASSESSMENT, evaluation.outcome.word())];
    wanted.extend(evaluation.expected.map(|date| format!("{}: {date}", letters::EXPECTED)));
    match wanted.iter().find(|line| !letter.body.lines().any(|l| l.trim() == line.as_str())) {
        Some(line) => bail!("the letter has lost the line {line:?}\n  hint: it must say what is recorded; give another outcome or date on the command line"),
        None => Ok(()),
    }
}

/// Queues an evaluation in the reporter's thread; gives the letter's number.
pub fn evaluation(tx: &Tx, config: &Config, file: &File, evaluation: &Evaluation, letter: &letters::Letter) -> Result<i64> {
    let recipient = file.row.reporter.as_ref().with_context(|| format!("{} has no address that can be written to", file.row.reference))?;
    let sender = sender_of(config, &file.row.mailbox)?;
    let id = fresh_id(sender)?;
    let thread = thread_of_ticket(tx, file)?;
    let bytes = bytes(config, tx.now(), sender, recipient, letter, &id, thread, Marks::ByPerson)?;
    tx.add_letter(&NewLetter {
        ticket: Some(file.row.number),
        kind: LetterKind::Evaluation,
        sender,
        recipient,
        by: By::Person(evaluation.who.clone()),
        facts: &evaluation.facts(),
        subject: &letter.subject,
        body: &letter.body,
        go: Go::Queued(&id, &bytes, tx.now() + evaluation.grace),
    })
}

/// Replies to the reporter's latest mail; cites the thread in its order.
fn thread_of_ticket(tx: &Tx, file: &File) -> Result<Thread> {
    let mails = tx.mails_of(file.row.number)?;
    let theirs = |m: &&MailRow| m.author.is_some() && m.author == file.row.reporter && m.place.0 != "copy";
    let in_reply_to = mails.iter().filter(theirs).filter_map(|m| m.message_id.clone()).next_back();
    let letters = tx.letters_of(file.row.number)?;
    let sent = letters.iter().filter(|l| l.state == LetterState::Sent).map(|l| (l.settled_at.unwrap_or(l.created_at), l.message_id.clone()));
    let mut all: Vec<(Timestamp, Option<MessageId>)> = mails.iter().filter(theirs).map(|m| (m.received_at, m.message_id.clone())).chain(sent).collect();
    all.sort_by_key(|(at, _)| *at);
    let mut references: Vec<MessageId> = all.into_iter().filter_map(|(_, id)| id).filter(|id| Some(id) != in_reply_to.as_ref()).collect();
    references.truncate(REFERENCES_AT_MOST);
    references.extend(in_reply_to.clone());
    Ok(Thread { in_reply_to, references })
}

/// Writes one reminder to one person; gives the letter's number.
pub fn remind(tx: &Tx, config: &Config, member: &Member, nag: &Nag) -> Result<i64> {
    let (row, duty) = (&nag.file.row, nag.duty);
    let letter = config.letters.reminder(&ReminderView {
        number: row.number,
        reference: row.reference.clone(),
        code_name: row.name.clone(),
        age: tx.now().duration_since(row.opened_at),
        promise: duty.promise.name.clone(),
        soft: duty.promise.soft,
        step: step_of(&nag.due.step, &duty.promise),
        due: Some(local(config, duty.stored.deadline.due_at)),
        standing: duty.state.standing,
        missing: duty.state.missing.clone(),
        command: format!("gatepost show {}", row.number.0),
    })?;
    to_team(tx, config, member, LetterKind::Reminder, Some(row.number), &letter)
}

/// The step that a key such as `1bd-before` names.
fn step_of(key: &str, promise: &Promise) -> Step {
    let named = |step: &&Step| match step {
        Step::AtOnce => key == "at-once",
        Step::WhenDue => key == "when-due",
        Step::DailyAfter => key.starts_with("after-"),
        Step::Before(span) => key == format!("{}-before", span.key()),
    };
    promise.remind.iter().find(named).copied().unwrap_or(Step::AtOnce)
}

/// What a digest says of all tickets, the same for every reader.
pub fn board(tx: &Tx, config: &Config) -> Result<Vec<DigestEntry>> {
    let mut entries = Vec::new();
    for row in tx.tickets(false)? {
        let file = file(tx, config, row.number)?;
        let entry = |matter| DigestEntry { number: row.number, code_name: row.name.clone(), owner: row.owner.clone(), matter };
        let open = file.duties.iter().filter(|d| d.stored.open);
        if let Some(duty) = open.min_by_key(|d| (d.promise.soft, d.stored.deadline.due_at)) {
            entries.push(entry(Matter::Due {
                at: local(config, duty.stored.deadline.due_at),
                missing: duty.state.missing.clone(),
                half_kept: duty.state.standing == Standing::HalfKept,
                soft: duty.promise.soft,
            }));
        }
        for letter in tx.letters_of(row.number)? {
            entries.extend(trouble(&letter).map(entry));
        }
        if row.chased > 0 {
            entries.push(entry(Matter::Chased { times: row.chased }));
        }
    }
    Ok(entries)
}

fn trouble(letter: &Letter) -> Option<Matter> {
    let what = |text: &str| Some(Matter::Trouble { what: format!("{}: {text}", letter.kind.word()) });
    match letter.state {
        LetterState::Held => Some(Matter::Held { because: letter.held_because.clone().unwrap_or_default() }),
        LetterState::Unknown => what("it may not have been sent"),
        LetterState::Refused => what("the server refused it"),
        LetterState::Queued | LetterState::Offered | LetterState::Sent | LetterState::Superseded | LetterState::Dropped => None,
    }
}

/// Writes a digest to one person; gives the letter's number.
pub fn digest(tx: &Tx, config: &Config, member: &Member, board: &[DigestEntry]) -> Result<i64> {
    let (fact, hash) = tx.chain_head()?;
    let looked = tx.folders()?.into_iter().map(|f| f.looked_at).min();
    let waiting = tx.unsettled_letters()?.iter().filter(|l| matches!(l.state, LetterState::Queued | LetterState::Offered)).count();
    let letter = config.letters.digest(&DigestView {
        now: local(config, tx.now()),
        reader: member.name.clone(),
        entries: board.to_vec(),
        tray: tx.tray_count()?,
        looked: looked.map_or(Looked::Never, |at| Looked::Ago(tx.now().duration_since(at))),
        waiting: waiting as u32,
        record: RecordHead { fact, hash },
    })?;
    to_team(tx, config, member, LetterKind::Digest, None, &letter)
}

fn to_team(tx: &Tx, config: &Config, member: &Member, kind: LetterKind, ticket: Option<TicketNo>, letter: &letters::Letter) -> Result<i64> {
    let mailbox = config.mailboxes.first().context("the config watches no mailbox")?;
    let id = fresh_id(&mailbox.address)?;
    let bytes = bytes(config, tx.now(), &mailbox.address, &member.address, letter, &id, Thread::default(), Marks::Reminder)?;
    tx.add_letter(&NewLetter {
        ticket,
        kind,
        sender: &mailbox.address,
        recipient: &member.address,
        by: By::Gatepost,
        facts: &[],
        subject: &letter.subject,
        body: &letter.body,
        go: Go::Queued(&id, &bytes, tx.now()),
    })
}

/// The address that a mailbox writes from; if the mailbox has left the config, the first one's.
fn sender_of<'c>(config: &'c Config, mailbox: &str) -> Result<&'c Address> {
    let named = config.mailboxes.iter().find(|m| m.name == mailbox);
    named.or(config.mailboxes.first()).map(|m| &m.address).context("the config watches no mailbox")
}

fn local(config: &Config, at: Timestamp) -> Zoned {
    at.to_zoned(config.calendar.zone().clone())
}

/// A Message-ID with 128 bits that nobody can guess.
fn fresh_id(sender: &Address) -> Result<MessageId> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|why| anyhow::anyhow!("the machine gives no random bytes: {why}"))?;
    Ok(MessageId::fresh(random, sender.domain()))
}

#[expect(clippy::too_many_arguments, reason = "each is one header of the message, and none belongs with another")]
fn bytes(
    config: &Config,
    now: Timestamp,
    from: &Address,
    to: &Address,
    letter: &letters::Letter,
    id: &MessageId,
    thread: Thread,
    marks: Marks,
) -> Result<Vec<u8>> {
    let message = compose(&Outgoing {
        from: from.clone(),
        from_name: config.organisation.team_name.clone(),
        to: to.clone(),
        subject: letter.subject.clone(),
        body: letter.body.clone(),
        message_id: id.clone(),
        date: now,
        in_reply_to: thread.in_reply_to,
        references: thread.references,
        marks,
        loop_tag: format!("gatepost {from}"),
    });
    message.with_context(|| "cannot write the letter as a message")
}
