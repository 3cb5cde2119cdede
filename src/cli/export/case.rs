//! `export case`: all that is on record of one report, in a new folder.
//!
//! It reads, as `show --save` and `backup` do, and leaves no fact: the folder is of one who
//! may read the store anyway, lies on the same machine and says by whom it was made. The
//! ledger is of names that stand in public, where a withdrawal has to find them again. Who
//! hands a case on puts that on record with `note --data-access`, and is told so.

mod reminded;

use super::folder::{NewFolder, Sink};
use crate::cli::args::CaseOf;
use crate::cli::show::{Entry, Thread};
use crate::cli::{Here, explain, output, words};
use crate::config;
use crate::desk::{File, act};
use crate::export::case::{self, Case, Letter, Line, Mail, Policy, Record, Written};
use crate::export::file_name::{Taken, safe};
use crate::mail::parse::contents;
use crate::mail::{Defect, Foreign};
use crate::promise::Dates;
use crate::store::{self, LetterState, MailRow, Tx};
use crate::ticket::{Fact, counting};
use crate::wall;
use anyhow::{Context, Result, ensure};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

/// The version that the case names.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize)]
struct Document<'a> {
    r#ref: &'a str,
    folder: String,
    files: Vec<FileLine<'a>>,
    lacking: &'a [String],
}

#[derive(Serialize)]
struct FileLine<'a> {
    name: &'a str,
    bytes: u64,
    sha256: &'a str,
}

/// Writes the case of a ticket.
pub fn case(here: &Here, wanted: &CaseOf) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let mut store = here.store()?;
    let (reference, folder, lacking) =
        store.read(wall::now(), |tx| made(here, tx, wanted, &who))?;
    output::progress("");
    let path = folder.to.display().to_string();
    if wanted.json {
        output::json(&Document {
            r#ref: &reference,
            folder: path,
            files: folder.written.iter().map(FileLine::from).collect(),
            lacking: &lacking,
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let bytes: u64 = folder.written.iter().map(|f| f.bytes).sum();
    output::strong(format!(
        "{path}: {reference}, {} files, {:.1} MB",
        folder.written.len(),
        bytes as f64 / 1e6
    ));
    for lack in &lacking {
        output::alarm_marked("! ", lack);
    }
    output::line(format!(
        "README.txt says what is in it. It is confidential; what came by mail is a stranger's.\nWho hands it on puts that on record: gatepost note {reference} --data-access \"case to WHO, why\""
    ));
    Ok(ExitCode::SUCCESS)
}

impl<'a> From<&'a Written> for FileLine<'a> {
    fn from(file: &'a Written) -> Self {
        Self {
            name: &file.name,
            bytes: file.bytes,
            sha256: &file.sha256,
        }
    }
}

/// Writes it as it is at the moment of `tx`; gives what the ticket is called, the folder, and
/// what is not whole.
pub fn made(
    here: &Here,
    tx: &Tx,
    wanted: &CaseOf,
    who: &str,
) -> Result<(String, NewFolder, Vec<String>)> {
    let file = explain::find(tx, here, &wanted.reference)?;
    let mut folder = NewFolder::beside(&wanted.to)?;
    let written = write(here, tx, &file, who, &mut folder);
    match written.and_then(|lacking| folder.finish().map(|()| lacking)) {
        Ok(lacking) => Ok((file.row.reference.to_string(), folder, lacking)),
        Err(why) => Err(folder.given_up(why)),
    }
}

/// Writes all of it; gives what is not whole, in words.
fn write(
    here: &Here,
    tx: &Tx,
    file: &File,
    who: &str,
    folder: &mut NewFolder,
) -> Result<Vec<String>> {
    let text = tx.policy_text(&file.row.policy)?;
    let policy = config::read_policy(&text)?;
    let thread = Thread::of(tx, file)?;
    let rows: Vec<(usize, &MailRow)> = thread.mails().collect();
    let case = Case {
        reference: file.row.reference.as_str(),
        name: file.row.name.as_str(),
        subject: &file.row.subject,
        opened_at: file.row.opened_at,
        zone: here.config.calendar.zone(),
        made_at: tx.now(),
        made_by: who,
        policy: Policy {
            name: &policy.name,
            version: policy.version.to_string(),
            url: &policy.url,
            digest: &file.row.policy,
        },
        record: record(tx)?,
        notes: notes(tx, file)?,
        mails: rows.iter().map(|(n, row)| mail(*n, row)).collect(),
        letters: letters(&thread).map(|(n, l)| letter(n, l)).collect(),
        reminders: reminded::reminded(tx, file)?,
        facts: facts(tx, file)?,
    };
    put_texts(here, tx, (file, &case, &thread, &text), folder)?;
    put_letters(tx, &case, folder)?;
    let broken =
        |fault: &String| format!("the record is not whole: {fault}; gatepost audit says more");
    let mut lacking: Vec<String> = case.record.fault.iter().map(broken).collect();
    for (i, ((_, row), mail)) in rows.iter().zip(&case.mails).enumerate() {
        output::progress(&format!("writing: mail {} of {}", i + 1, rows.len()));
        lacking.extend(mail.lack().map(|lack| format!("mail {}: {lack}", mail.n)));
        lacking.extend(with_attachments(tx, &case, (row, mail), folder)?);
    }
    let readme = case.readme(VERSION, &folder.written);
    put(folder, "README.txt", &readme)?;
    put(folder, "SHA256SUMS", &case::sums(&folder.written))?;
    Ok(lacking)
}

/// What is text: facts, letters, the explanation, the policy, the thread.
fn put_texts(
    here: &Here,
    tx: &Tx,
    (file, case, thread, policy): (&File, &Case, &Thread, &str),
    folder: &mut NewFolder,
) -> Result<()> {
    let explained = explain::Document::of(tx, here, file)?;
    let (printed, of_it) = output::captured(|| explained.print(tx, Dates::Full));
    printed?;
    for (name, text) in [
        ("facts.txt", case.facts_text()),
        ("facts.json", output::json_text(&case.facts_document())?),
        ("letters.txt", case.letters_text()),
        ("letters.json", output::json_text(&case.letters_document())?),
        ("reminders.txt", case.reminders_text()),
        (
            "reminders.json",
            output::json_text(&case.reminders_document())?,
        ),
        ("explain.txt", of_it),
        ("explain.json", output::json_text(&explained)?),
        ("policy.toml", policy.to_owned()),
    ] {
        put(folder, name, &text)?;
    }
    folder.file("thread.txt", "", |out| {
        out.write_all(case.thread_heading().as_bytes())?;
        thread.texts(here, tx, |text| Ok(out.write_all(text.as_bytes())?))
    })
}

/// Each letter as it was handed over, or its text.
fn put_letters(tx: &Tx, case: &Case, folder: &mut NewFolder) -> Result<()> {
    for letter in &case.letters {
        let bytes = match letter.queued_at {
            Some(_) => tx.letter_bytes(letter.id)?,
            None => letter.unsent().into_bytes(),
        };
        let name = case.letter_file(letter);
        folder.file(&name, "", |out| Ok(out.write_all(&bytes)?))?;
    }
    Ok(())
}

fn put(folder: &mut NewFolder, name: &str, text: &str) -> Result<()> {
    folder.file(name, "", |out| Ok(out.write_all(text.as_bytes())?))
}

/// A mail, piece by piece, then its attachments; gives what could not be had.
fn with_attachments(
    tx: &Tx,
    case: &Case,
    (row, mail): (&MailRow, &Mail),
    folder: &mut NewFolder,
) -> Result<Option<String>> {
    let Some(name) = case.mail_file(mail) else {
        return Ok(None);
    };
    folder.file(&name, "", |out| raw(tx, row, out))?;
    let apart = || {
        Some(format!(
            "mail {} cannot be taken apart: {name} is all there is",
            mail.n
        ))
    };
    // One that ended the process when it was parsed is not parsed again.
    let mut words = row.defects.split(' ');
    if words.any(|word| word == Defect::Unreadable.word()) {
        return Ok(apart());
    }
    let Some(parts) = contents(&tx.whole(row.id)?) else {
        return Ok(apart());
    };
    let mut taken = Taken::default();
    for (part, content) in parts {
        let name = format!("{}-{}", case.number(mail.n), safe(&part.name));
        let name = format!("attachments/{}", taken.take(&name));
        let was = output::quoted(&part.name, 100);
        let about = format!("was {was}, {}", Foreign::new(part.kind).cut(60));
        folder.file(&name, &about, |out| Ok(out.write_all(&content)?))?;
    }
    Ok(None)
}

fn raw(tx: &Tx, row: &MailRow, out: &mut Sink) -> Result<()> {
    let mut bytes = 0;
    tx.raw(row.id, |piece| {
        bytes += piece.len() as u64;
        Ok(out.write_all(piece)?)
    })?;
    ensure!(
        bytes == row.kept,
        "the store has {bytes} bytes of it, and says that it keeps {}\n  hint: gatepost audit says more",
        row.kept
    );
    Ok(())
}

fn record(tx: &Tx) -> Result<Record> {
    let (facts, head) = tx.chain_head()?;
    let (_, fault) = tx.check_chain()?;
    Ok(Record {
        facts,
        short: head.short(),
        head: head.0,
        fault,
    })
}

/// Tickets that belong to it, mail from before gatepost, and where its name was given out.
fn notes(tx: &Tx, file: &File) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    let named = |number| -> Result<String> {
        let row = tx.ticket(number)?.context("a ticket is gone")?;
        Ok(format!("{} {}", row.reference, row.name))
    };
    if let Some(first) = file.ticket.follows() {
        notes.push(format!(
            "it repeats {}, which has a case of its own",
            named(first)?
        ));
    }
    for number in act::followers(tx, file.row.number)? {
        notes.push(format!(
            "{} repeats it, and has a case of its own",
            named(number)?
        ));
    }
    if let Some(claimed) = file.row.claims {
        notes.push(format!(
            "its first mail says that it belongs to {}",
            named(claimed)?
        ));
    }
    if let Some(to_come) = tx.continues_from_before(file.row.number)? {
        notes.push(format!(
            "it continues a conversation from before gatepost; {to_come} old mails of that are asked for and not here"
        ));
    }
    for given in tx.given_of(file.row.number)? {
        let (name, place) = (Foreign::new(given.name), Foreign::new(given.place));
        let line = given.line.map_or(String::new(), |n| format!(" line {n}"));
        let what = if given.gone {
            "stands no longer"
        } else {
            "was given out"
        };
        notes.push(format!(
            "the name {} {what}: {}, {}{line}, {} by {}",
            output::quoted(&name, 100),
            given.way.word(),
            place.line(),
            given.at,
            given.by
        ));
    }
    Ok(notes)
}

fn letters(thread: &Thread) -> impl Iterator<Item = (usize, &store::Letter)> {
    thread.all_numbered().filter_map(|(n, entry)| match entry {
        Entry::Letter(letter) => Some((n, &**letter)),
        Entry::Mail(_) | Entry::Fact(_) => None,
    })
}

fn mail(n: usize, row: &MailRow) -> Mail {
    let reason =
        |(is, why): &(String, String)| format!("{is} ({})", Foreign::new(why.as_str()).line());
    let folder = Foreign::new(row.folder.as_str());
    Mail {
        n,
        id: row.id,
        received_at: row.received_at,
        from: row.author.as_ref().map(ToString::to_string),
        subject: row.subject.clone(),
        message_id: row.message_id.as_ref().map(ToString::to_string),
        judged: format!("{}; {}", reason(&row.kind), reason(&row.place)),
        authentication: reason(&row.authentication),
        folder: format!("{} of {}", folder.line(), row.mailbox),
        size: row.size,
        kept: row.kept,
        defects: row.defects.clone(),
    }
}

fn letter(n: usize, letter: &store::Letter) -> Letter {
    let some = |text: &Option<String>| text.as_deref().map(Foreign::new);
    Letter {
        n,
        id: letter.id,
        kind: letter.kind.word(),
        state: letter.state.word(),
        sent: letter.state == LetterState::Sent,
        queued_at: letter.queued_at,
        from: letter.sender.to_string(),
        to: letter.recipient.to_string(),
        subject: Foreign::new(letter.subject.as_str()),
        body: Foreign::new(letter.body.as_str()),
        message_id: letter.message_id.as_ref().map(ToString::to_string),
        by: letter.by.name().to_owned(),
        created_at: letter.created_at,
        offers: letter.offers,
        attempts: letter.attempts,
        settled_at: letter.settled_at,
        answer: some(&letter.answer),
        last_error: some(&letter.last_error),
        held_because: some(&letter.held_because),
    }
}

fn facts(tx: &Tx, file: &File) -> Result<Vec<Line>> {
    let counts: Vec<i64> = counting(&file.facts).iter().map(|f| f.n).collect();
    let known: BTreeMap<i64, &Fact> = file.facts.iter().map(|f| (f.n, f)).collect();
    let links = tx.links_of(file.row.number)?.into_iter();
    let line = links.map(|link| {
        let fact = known.get(&link.columns.n);
        Line {
            said: fact.map(|f| words::full(&f.what)),
            via: fact.and_then(|f| f.via.clone()),
            counts: fact.is_none() || counts.contains(&link.columns.n),
            link,
        }
    });
    Ok(line.collect())
}

#[cfg(test)]
mod tests;
