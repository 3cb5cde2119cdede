//! What goes to the team: reminders and digests. Nothing of a report.

use super::{Draft, Thread, fresh_id, local, nagged};
use crate::config::{Config, Member};
use crate::desk::tick::{self, Nag};
use crate::desk::{Duty, File, Files, act, caps, given, likeness, ours, silence};
use crate::letters::{
    self, DigestEntry, DigestView, Junk, Looked, Matter, RecordHead, ReminderView, part,
};
use crate::mail::Marks;
use crate::promise::{Promise, Standing, Step};
use crate::store::{Go, LabelledFact, Letter, LetterKind, LetterState, NewLetter, TicketRow, Tx};
use crate::ticket::{By, TicketNo, What};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// Writes one reminder to one person; gives the letter's number.
pub fn remind(tx: &Tx, config: &Config, member: &Member, nag: &Nag) -> Result<i64> {
    let (row, duty) = &*nag.matter;
    let letter = config.letters.reminder(&ReminderView {
        number: row.number,
        reference: row.reference.clone(),
        code_name: row.name.clone(),
        age: tx.now().duration_since(row.opened_at),
        promise: duty.promise.name.clone(),
        soft: duty.promise.soft,
        step: step_of(&nag.due.step, &duty.promise),
        due: duty.due_at().map(|at| local(config, at)),
        standing: duty.state.standing,
        missing: duty.lacks(),
        class: duty.promise.class.clone(),
        is_first_word: duty.is_from_receipt(),
        command: format!("gatepost show {}", row.number.0),
    })?;
    to_team(
        tx,
        config,
        member,
        LetterKind::Reminder,
        Some(row.number),
        &letter,
    )
}

/// The step that a key such as `1bd-before` names.
fn step_of(key: &str, promise: &Promise) -> Step {
    let named = |step: &&Step| match step {
        Step::DailyAfter => key.starts_with("after-"),
        Step::AtOnce | Step::WhenDue | Step::Before(_) | Step::After(_) => key == step.key(),
    };
    let mut all = promise.remind.iter().chain(&promise.escalate);
    all.find(named).copied().unwrap_or(Step::AtOnce)
}

/// What a digest says of all tickets, the same for every reader.
pub fn board(tx: &Tx, config: &Config) -> Result<Vec<DigestEntry>> {
    let unreadable: BTreeSet<TicketNo> = tx
        .unreadable_mails()?
        .iter()
        .filter_map(|stuck| stuck.ticket)
        .collect();
    let mut files = Files::new(tx, config);
    let mut entries = Vec::new();
    let rows = tx.tickets(false)?;
    let plain = rows.iter().map(|r| r.is_plain().then_some(&r.subject));
    let firsts = likeness::firsts(tx, &rows, &plain.collect::<Vec<_>>())?;
    for (row, first) in rows.iter().zip(firsts) {
        let alike = rows.get(first).map(|first| first.number);
        // One ticket that cannot be read keeps nobody from hearing of the others.
        let matters = matters(
            tx,
            config,
            &mut files,
            row,
            unreadable.contains(&row.number),
        );
        let matters = matters.unwrap_or_else(|_| vec![is_so("its file cannot be read")]);
        entries.extend(matters.into_iter().map(|matter| DigestEntry {
            number: row.number,
            code_name: row.name.clone(),
            owner: row.owner.clone(),
            alike,
            matter,
        }));
    }
    entries.extend(names(tx)?);
    for (number, news) in act::all_untold(tx, config)? {
        let row = tx.ticket(number)?;
        entries.extend(row.map(|row| DigestEntry {
            number,
            code_name: row.name,
            owner: row.owner,
            alike: None,
            matter: is_so(&news),
        }));
    }
    Ok(entries)
}

/// What there is to say of one ticket.
fn matters(
    tx: &Tx,
    config: &Config,
    files: &mut Files,
    row: &TicketRow,
    unreadable: bool,
) -> Result<Vec<Matter>> {
    let file = files.open(row.number)?;
    let first = file.first_duty().and_then(|duty| pressing(config, duty));
    let mut matters = Vec::from_iter(first);
    matters.extend(without(config, &file));
    matters.extend(file.ticket.clash().map(Matter::Clash));
    let letters = tx.letters_of(row.number)?;
    matters.extend(letters.iter().filter_map(trouble));
    if unreadable {
        matters.push(Matter::Unreadable);
    }
    if !ours::asked(tx, &file)?.is_empty() {
        matters.push(is_so("a mail of yours may answer it: show says how"));
    }
    if file.ticket.unreachable {
        matters.push(is_so("the reporter cannot be reached"));
    }
    let silence = silence::silence(&file.ticket, &config.calendar, config.last_call);
    matters.extend(
        silence
            .filter(|s| s.from <= tx.now())
            .map(|s| Matter::Silent {
                since: s.since,
                called: s.called,
                goes_on: s.goes_on,
            }),
    );
    if row.chased > 0 {
        matters.push(Matter::Chased { times: row.chased });
    }
    let of_credit = |m: &Matter| match m {
        Matter::Due { missing, .. } | Matter::Stale { missing, .. } => {
            missing.iter().any(|m| m.contains("credited"))
        }
        Matter::Unreadable
        | Matter::Held { .. }
        | Matter::Clash(_)
        | Matter::Trouble { .. }
        | Matter::Chased { .. }
        | Matter::Silent { .. }
        | Matter::Name { .. }
        | Matter::Read { .. } => false,
    };
    if !matters.iter().any(of_credit) {
        matters.extend(given::matter(&file, config).map(name));
    }
    Ok(matters)
}

fn name(what: &str) -> Matter {
    let what = what.to_owned();
    Matter::Name { what }
}

/// Names that were withdrawn and stand in files of ours, also of tickets that are closed.
fn names(tx: &Tx) -> Result<Vec<DigestEntry>> {
    let mut entries: Vec<DigestEntry> = Vec::new();
    for given in tx.unwanted()? {
        let Some(row) = tx.ticket(given.ticket)? else {
            continue;
        };
        let path = Path::new(&given.place);
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        entries.push(DigestEntry {
            number: row.number,
            code_name: row.name,
            owner: row.owner,
            alike: None,
            matter: name(&format!("withdrawn, stands in {file}")),
        });
    }
    Ok(entries)
}

/// That nobody is responsible, or credited, where the page promises it without a time and
/// something else comes first.
fn without(config: &Config, file: &File) -> Vec<Matter> {
    let first = file.first_duty().map(|duty| duty.stored.key());
    let others = file.duties.iter().filter(|d| Some(d.stored.key()) != first);
    let one = |duty: &&Duty| match duty.state.missing.as_slice() {
        [one] => ["owner", "credit"].contains(&part(one)),
        [..] => false,
    };
    let timeless = others.filter(|d| d.due_at().is_none()).filter(one);
    timeless.filter_map(|duty| pressing(config, duty)).collect()
}

fn is_so(what: &str) -> Matter {
    let what = what.to_owned();
    Matter::Trouble { what }
}

/// What there is to say of a duty that does not rest.
pub(super) fn pressing(config: &Config, duty: &Duty) -> Option<Matter> {
    let missing = duty.lacks();
    match duty.due_at() {
        _ if !duty.presses() => None,
        Some(at) => Some(Matter::Due {
            at: local(config, at),
            missing,
            half_kept: duty.state.standing == Standing::HalfKept,
            soft: duty.promise.soft,
        }),
        None => Some(Matter::Stale {
            since: local(config, duty.run.started_at),
            missing,
        }),
    }
}

fn trouble(letter: &Letter) -> Option<Matter> {
    let what = |text: &str| {
        Some(Matter::Trouble {
            what: format!("{}: {text}", letter.kind.word()),
        })
    };
    match letter.state {
        LetterState::Held => Some(Matter::Held {
            because: letter.held_because.clone().unwrap_or_default(),
        }),
        LetterState::Unknown => what("it may not have been sent"),
        LetterState::Refused => what("the server refused it"),
        LetterState::Queued
        | LetterState::Offered
        | LetterState::Sent
        | LetterState::Superseded
        | LetterState::Dropped => None,
    }
}

/// What a digest to one person tells beside the board.
#[derive(Default)]
pub struct Beside<'d> {
    /// What it reminds of.
    pub duties: Vec<&'d (TicketRow, Duty)>,
    /// Of how many reports it is the first word.
    pub new: usize,
}

/// Writes a digest to one person, with all that is told `beside` the board; gives the
/// letter's number.
pub fn digest(
    tx: &Tx,
    config: &Config,
    member: &Member,
    board: &[DigestEntry],
    beside: &Beside,
) -> Result<i64> {
    let (fact, hash) = tx.chain_head()?;
    let looked = tx.folders()?.into_iter().map(|f| f.looked_at).min();
    let read = tx.labelled_untold(&member.name, tx.now())?;
    let mut entries = board.to_vec();
    entries.extend(nagged::beside(config, board, &beside.duties));
    entries.extend(was_read(tx, &read)?);
    let view = DigestView {
        new: beside.new,
        now: local(config, tx.now()),
        reader: member.name.clone(),
        entries,
        tray: tx.tray_count()?,
        junk: junk(tx, config)?,
        looked: looked.map_or(Looked::Never, |at| Looked::Ago(tx.now().duration_since(at))),
        // Those of this very moment are about to leave.
        waiting: tx.letters_waiting_since(tx.now())?.map_or(0, |(n, _)| n),
        warnings: warnings(tx, config, member)?,
        record: RecordHead { fact, hash },
    };
    let letter = config.letters.digest(&view)?;
    let later = letters::without_room(&view);
    let id = to_team(tx, config, member, LetterKind::Digest, None, &letter)?;
    for line in read.iter().filter(|line| !later.contains(&line.mail)) {
        tx.say(&line.key(&member.name), Some(id))?;
    }
    Ok(id)
}

/// What was read in mails of the team's own: one entry a mail.
fn was_read(tx: &Tx, read: &[LabelledFact]) -> Result<Vec<DigestEntry>> {
    let mut entries = Vec::new();
    for of_mail in read.chunk_by(|a, b| (a.ticket, a.mail) == (b.ticket, b.mail)) {
        let Some((first, row)) = of_mail
            .first()
            .map(|f| tx.ticket(f.ticket).map(|row| (f, row)))
            .transpose()?
        else {
            continue;
        };
        let Some(row) = row else { continue };
        let said: Vec<String> = of_mail.iter().filter_map(|f| said(&f.what)).collect();
        let what = format!("{} wrote: {}", first.by.name(), said.join(", "));
        entries.push(DigestEntry {
            number: row.number,
            code_name: row.name,
            owner: row.owner,
            alike: None,
            matter: Matter::Read {
                mail: first.mail,
                what,
            },
        });
    }
    Ok(entries)
}

fn said(what: &What) -> Option<String> {
    if let What::Evaluated { outcome } = what {
        Some(outcome.word().to_owned())
    } else if let What::Dated { on } = what {
        Some(on.to_string())
    } else {
        None
    }
}

/// What came among junk since the business morning before this one.
fn junk(tx: &Tx, config: &Config) -> Result<Junk> {
    let today = config.calendar.local_date(tx.now());
    let before = config.calendar.business_day_before(today, 1);
    let new = tx.junked_since(config.calendar.opening(before))?;
    Ok(Junk {
        new: new.len(),
        like_reports: new.iter().filter(|j| j.looks).map(|j| j.ticket).collect(),
    })
}

/// What threatens the reminders themselves.
fn warnings(tx: &Tx, config: &Config, reader: &Member) -> Result<Vec<String>> {
    let refused = tick::refused(tx, config, tx.now())?;
    let refused = refused.iter().map(|m| match m.name == reader.name {
        true => "a letter to you was refused".to_owned(),
        false => format!("a letter to {} was refused", m.name),
    });
    let calendar = config.calendar_ends(config.calendar.local_date(tx.now()));
    let alerts = caps::alerts(tx)?;
    let text = given::soon_ending(tx, config)?.map(|at| {
        let day = config.calendar.local_date(at).strftime("%-d %b %Y");
        match at <= tx.now() {
            true => format!("security.txt expired on {day}"),
            false => format!("security.txt expires on {day}"),
        }
    });
    let warnings = alerts.into_iter().chain(refused).chain(calendar);
    Ok(warnings.chain(text).collect())
}

fn to_team(
    tx: &Tx,
    config: &Config,
    member: &Member,
    kind: LetterKind,
    ticket: Option<TicketNo>,
    letter: &letters::Letter,
) -> Result<i64> {
    let mailbox = config
        .mailboxes
        .first()
        .context("the config watches no mailbox")?;
    let id = fresh_id(&mailbox.address)?;
    let draft = Draft {
        from: &mailbox.address,
        to: &member.address,
        letter,
        thread: Thread::default(),
        marks: Marks::Reminder,
    };
    let bytes = draft.bytes(config, &id, tx.now())?;
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
