//! `reply`, `resolve`, `publish`, `close`: letters after the evaluation.

use super::args::{Close, Publish, Reply, Resolve};
use super::assign::{self, HANDOVER};
use super::flow::followers::News;
use super::flow::{Plan, Sitting};
use super::{Here, Usage, junk, look};
use crate::config::Config;
use crate::desk::{Duty, File, act, given, silence};
use crate::letters::{ClosingView, NewDate, PublishedView, ReplyView, ResolvedView};
use crate::mail::Enclosed;
use crate::promise::{Calendar, Move};
use crate::store::LetterKind;
use crate::ticket::{Credit, Planned, Stage, TicketNo, WaitsFor};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::ExposeSecret;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// The letter that gives the Signal number.
const SIGNAL: &str = "signal";

/// The letter that points to those who help with what is no report.
const SUPPORT: &str = "support";

/// The letter to a reporter from whom nothing comes.
const LAST_CALL: &str = "last-call";

/// Writes to the reporter.
pub fn reply(here: &Here, wanted: &Reply) -> Result<ExitCode> {
    let sitting = Sitting::open(here, &wanted.reference, &wanted.sending)?;
    let is = |name: &str| wanted.letter.as_deref() == Some(name);
    let gives_number = is(SIGNAL);
    letter_fits(here, wanted)?;
    let owner = is(HANDOVER).then(|| owner(&sitting)).transpose()?;
    let until = is(LAST_CALL).then(|| last_call(&sitting)).transpose()?;
    let words = sitting.words(None)?;
    let because = wanted.because.as_deref().unwrap_or_default();
    let reply = act::Reply {
        is_empty: words.is_empty() && (gives_number || owner.is_some()),
        expected: sitting.date(wanted.expected.as_ref())?,
        embargo: sitting.date(wanted.embargo.as_ref())?,
        because: sitting.reason_to_move(wanted, &words)?,
        ask: wanted.ask || until.is_some(),
        gives_number,
        until,
    };
    reply
        .check(&sitting.file.facts, sitting.told_on())
        .map_err(|why| Usage(why.to_string()))?;
    can_be_told(&sitting)?;
    let number = gives_number
        .then(|| signal_number(&here.config))
        .transpose()?;
    let moved = reply.expected.and_then(|on| moves(&sitting, on));
    let view = ReplyView {
        hand: sitting.hand(&words),
        date: reply.expected.map(|on| NewDate {
            on,
            was: moved.as_ref().map(|(m, _)| m.from),
            missed: moved.as_ref().is_some_and(|(m, _)| m.missed),
            because,
        }),
        embargo: embargo(&sitting, &reply, because),
        ask: reply.ask,
        signal: number.as_deref(),
        until,
        owner,
        holds: owner.and_then(|_| assign::date_that_holds(&sitting)),
    };
    let letter = sitting.letters().reply(wanted.letter.as_deref(), &view)?;
    let mut notes = closed(&sitting);
    let dated = reply.expected.is_some() || reply.embargo.is_some();
    let dates = dated.then_some(News::Dates(reply.expected, reply.embargo));
    let (followups, theirs) = sitting.followups(dates.as_ref(), &words)?;
    notes.extend(theirs);
    notes.extend(moved.map(|(_, words)| words));
    let plan = Plan {
        decision: reply.on(sitting.decision(LetterKind::Reply)),
        letter: Some(letter),
        enclosed: wanted.attach.as_deref().map(enclosed).transpose()?,
        notes,
        needs_words: words.is_empty() && !dated && wanted.letter.is_none(),
        followups,
    };
    sitting.finish(plan)
}

/// Whether anybody can be written to, or was told already.
fn can_be_told(sitting: &Sitting) -> Result<()> {
    if sitting.file.row.reporter.is_none() && !sitting.is_said() {
        bail!(
            "{} has no address that can be written to\n  hint: what was said elsewhere: --said-at TIME --via WAY",
            sitting.file.row.reference
        );
    }
    Ok(())
}

/// The end of an embargo, as the letter tells it; with the reason that it moves, where the
/// date of the resolution has not given it.
fn embargo<'a>(sitting: &Sitting, reply: &act::Reply, because: &'a str) -> Option<NewDate<'a>> {
    let on = reply.embargo?;
    let because = match reply.expected {
        Some(_) => "",
        None => because,
    };
    Some(NewDate {
        because,
        ..replanned(&sitting.file, Planned::Embargo, on, sitting.told_on())
    })
}

/// Whether the letter that is wanted can say what it is for.
fn letter_fits(here: &Here, wanted: &Reply) -> Result<()> {
    let is = |name: &str| wanted.letter.as_deref() == Some(name);
    if is(SUPPORT) && here.config.organisation.support.is_none() {
        let why = "the config names nobody who helps\n  hint: support in [organisation]";
        return Err(Usage(why.to_owned()).into());
    }
    if is(LAST_CALL) && wanted.expected.is_some() {
        let why = "a last call gives no date but its own\n  hint: leave --expected out, or tell the date in a reply without --letter last-call";
        return Err(Usage(why.to_owned()).into());
    }
    Ok(())
}

/// A planned date as the letter to the reporter of `file` gives it: with the one that they
/// were told before, as of `today`. Why it moves is for the caller to say.
pub fn replanned(file: &File, event: Planned, on: Date, today: Date) -> NewDate<'static> {
    let was = act::last_told(&file.facts, event).filter(|was| *was != on);
    NewDate {
        on,
        was,
        missed: was.is_some_and(|was| was < today),
        because: "",
    }
}

/// Who looks after it, as the letter says.
fn owner<'s>(sitting: &'s Sitting) -> Result<&'s str> {
    let owner = sitting.file.ticket.owner.as_deref();
    Ok(owner.ok_or_else(|| {
        Usage(format!(
            "nobody looks after {}\n  hint: gatepost assign {} WHO --tell",
            sitting.file.row.reference, sitting.file.row.number.0
        ))
    })?)
}

/// Until when we wait after a last call that leaves now.
fn last_call(sitting: &Sitting) -> Result<Date> {
    let n = sitting.file.row.number.0;
    if sitting.file.ticket.waits_for != Some(WaitsFor::Reporter) {
        let why = format!(
            "{} does not wait for its reporter\n  hint: gatepost reply {n} --ask asks for something; set {n} waiting=reporter says that somebody did",
            sitting.file.row.reference
        );
        return Err(Usage(why).into());
    }
    if silence::goes_on(&sitting.file.ticket) {
        let why = format!(
            "{} is a vulnerability whether or not its reporter writes: silence does not close it\n  hint: gatepost set {n} waiting=nothing goes on without them",
            sitting.file.row.reference
        );
        return Err(Usage(why).into());
    }
    let config = &sitting.here.config;
    Ok(config
        .calendar
        .business_day_after(sitting.today, config.last_call))
}

/// How the date that the reporter was told moves to another, and that in words.
pub fn moves(sitting: &Sitting, on: Date) -> Option<(Move, String)> {
    let calendar = &sitting.here.config.calendar;
    moved(&sitting.file, on, sitting.told_at(), calendar)
}

/// The same of any ticket.
pub fn moved(file: &File, on: Date, now: Timestamp, calendar: &Calendar) -> Option<(Move, String)> {
    let told = act::dates_told(&file.facts);
    let from = told.last().copied().filter(|last| *last != on)?;
    let moved = Move::new(from, on, now, calendar);
    let words = format!("date moved: {}", moved.words(told.len()));
    Some((moved, words))
}

/// The number, read when a person sends it and not before.
fn signal_number(config: &Config) -> Result<String> {
    let file = config.signal_number.as_ref().ok_or_else(|| {
        Usage(
            "the config names no Signal number\n  hint: signal_number_file in [organisation]"
                .to_owned(),
        )
    })?;
    Ok(file.read()?.expose_secret().to_owned())
}

fn enclosed(path: &Path) -> Result<Enclosed> {
    let too_large = || {
        Usage(format!(
            "{} is larger than 10 MiB\n  hint: put it where they can fetch it",
            path.display()
        ))
    };
    let cannot = || format!("cannot read {}", path.display());
    let meta = fs::metadata(path).with_context(cannot)?;
    if !meta.is_file() {
        return Err(Usage(format!("{} is no file", path.display())).into());
    }
    if meta.len() > Enclosed::BYTES_AT_MOST as u64 {
        return Err(too_large().into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Enclosed::new(&name, fs::read(path).with_context(cannot)?).ok_or_else(too_large)?)
}

/// Records that the problem is resolved.
pub fn resolve(here: &Here, wanted: &Resolve) -> Result<ExitCode> {
    let sitting = Sitting::open(here, &wanted.reference, &wanted.sending)?;
    let facts = &sitting.file.facts;
    if act::is_resolved(facts) {
        bail!("{} is resolved already", sitting.file.row.reference);
    }
    let words = sitting.words(wanted.note.as_ref())?;
    let letter = sitting.letters().resolved(&ResolvedView {
        hand: sitting.hand(&words),
        publication: sitting.publication(),
        is_public: act::is_published(facts),
        ask_credit: credit_is_unasked(&sitting.file),
    })?;
    let mut notes = closed(&sitting);
    let evaluation = |missing: &str| missing.contains("evaluated");
    notes.extend(
        open_duties(&sitting, evaluation)
            .map(|duty| format!("{duty}: that it is resolved is no evaluation")),
    );
    let embargo = act::embargoed(facts, sitting.today);
    notes.extend(
        embargo.map(|until| {
            format!("an embargo holds until {until}: nothing of it is published before")
        }),
    );
    let (followups, theirs) = sitting.followups(Some(&News::Resolved), &words)?;
    notes.extend(theirs);
    let mut decision = act::resolve(sitting.decision(LetterKind::Resolved));
    // What was said elsewhere may not have named the day.
    let told = sitting.publication_told().filter(|_| !sitting.is_said());
    decision.told.extend(told);
    let plan = Plan {
        decision,
        letter: Some(letter),
        enclosed: None,
        notes,
        needs_words: false,
        followups,
    };
    sitting.finish(plan)
}

/// Credit is asked for once: the evaluation of an accepted report asks for it.
pub fn credit_is_unasked(file: &File) -> bool {
    Credit::of(&file.facts) == Credit::Unasked
}

/// Records that it is, or will be, published.
pub fn publish(here: &Here, wanted: &Publish) -> Result<ExitCode> {
    let sitting = Sitting::open(here, &wanted.reference, &wanted.sending)?;
    let facts = &sitting.file.facts;
    let words = sitting.words(None)?;
    let moves = wanted.on.is_some() && act::last_told(facts, Planned::Publication).is_some();
    let publication = act::Publication {
        on: sitting.date(wanted.on.as_ref())?,
        link: wanted.link.as_deref().map(link).transpose()?,
        because: sitting.reason(wanted.because.as_ref(), moves, &words)?,
        force: wanted.force.clone(),
    };
    publication
        .check(facts, sitting.file.row.number, sitting.told_on())
        .map_err(|why| Usage(why.to_string()))?;
    let letter = sitting.letters().published(&PublishedView {
        hand: sitting.hand(&words),
        planned: publication.on.map(|on| NewDate {
            because: wanted.because.as_deref().unwrap_or_default(),
            ..replanned(&sitting.file, Planned::Publication, on, sitting.told_on())
        }),
        link: publication.link.as_deref(),
        resolved: act::is_resolved(facts),
    })?;
    let (followups, notes) = sitting.followups(Some(&News::Published(&publication)), &words)?;
    let plan = Plan {
        decision: publication.on(sitting.decision(LetterKind::Published)),
        letter: Some(letter),
        enclosed: None,
        notes,
        needs_words: false,
        followups,
    };
    sitting.finish(plan)
}

/// An address of a page, as it goes into a letter.
fn link(text: &str) -> Result<String> {
    let whole = text.starts_with("https://") || text.starts_with("http://");
    let plain = text.len() <= 500
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>\"".contains(c));
    if whole && plain {
        return Ok(text.to_owned());
    }
    let why = format!(
        "{text:?} is no link\n  hint: a whole one, such as https://example.org/advisories/12"
    );
    Err(Usage(why).into())
}

/// Closes it, once the last letter is out.
pub fn close(here: &Here, wanted: &Close) -> Result<ExitCode> {
    let sending = &wanted.sending;
    let says = wanted.because.is_some()
        || sending.message.is_some()
        || sending.draft
        || sending.said_in.is_some()
        || sending.said_at.is_some();
    let how = junk::How {
        json: sending.json,
        dry: sending.dry_run,
        says,
    };
    if let Some(code) = junk::close(here, &wanted.reference, how)? {
        return Ok(code);
    }
    let reference = wanted.reference.first().map_or("", String::as_str);
    let sitting = Sitting::open(here, reference, sending)?;
    let file = &sitting.file;
    if file.ticket.stage == Stage::Closed {
        bail!("{} is closed already", file.row.reference);
    }
    let words = sitting.words(wanted.because.as_ref())?;
    let encrypted = sitting.reason(wanted.because.as_ref(), true, &words)?;
    let because = if sending.encrypt { &encrypted } else { &words };
    let letter = sitting.letters().closing(&ClosingView {
        hand: sitting.hand(&words),
        unanswered: file.ticket.waits_for == Some(WaitsFor::Reporter),
        resolved: act::is_resolved(&file.facts),
    })?;
    // The letter itself is an answer.
    let met = |missing: &str| !wanted.silent && missing == "answered";
    let notes = open_duties(&sitting, |missing| !met(missing));
    let notes = notes.map(|duty| format!("{duty}: closing ends it unmet"));
    let follows = file.ticket.follows().map(|first| {
        format!("it follows {first}: when there is news of that one, this reporter hears it all the same")
    });
    let credit = given::matter(file, &here.config).map(str::to_owned);
    let stays = |other: TicketNo| format!("{other} is its duplicate, and does not close with it");
    let plan = Plan {
        notes: notes
            .chain(sitting.duplicates().map(stays))
            .chain(follows)
            .chain(credit)
            .collect(),
        followups: Vec::new(),
        decision: act::close(because, sitting.decision(LetterKind::Closing)),
        letter: (!wanted.silent).then_some(letter),
        enclosed: None,
        needs_words: false,
    };
    sitting.finish(plan)
}

/// What is still owed and lacks something of which `which` is true, each in a line.
fn open_duties(sitting: &Sitting, which: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    let (now, calendar) = (sitting.now, &sitting.here.config.calendar);
    let lacks = move |d: &&Duty| d.state.missing.iter().any(|missing| which(missing));
    let duties = sitting.file.duties.iter().filter(|d| d.stored.open);
    let duties = duties.filter(lacks);
    duties.map(move |duty| {
        format!(
            "{} is owed, {}",
            duty.promise.name,
            look::duty(duty, now, calendar).trim()
        )
    })
}

fn closed(sitting: &Sitting) -> Vec<String> {
    let note = "it is closed, and stays closed".to_owned();
    (sitting.file.ticket.stage == Stage::Closed)
        .then_some(note)
        .into_iter()
        .collect()
}
