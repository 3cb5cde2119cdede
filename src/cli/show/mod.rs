//! `show`: one report, its thread with the new text first, and what is due.

mod due;
mod excerpt;
mod head;
pub(super) mod hint;
mod kin;
mod letter;
mod messages;
mod next;
pub(super) mod ours;
mod save;
mod says;
mod sealed;
mod thread;

use super::args::Show;
use super::document::{Continues, History, Ticket, Whole};
use super::{Here, Usage, explain, export, look, output, words};
use crate::desk::{File, act, read_mail};
use crate::mail::{Foreign, text};
use crate::store::Tx;
use crate::wall;
use anyhow::Result;
pub use next::{Next, waits_for};
pub use ours::Proposal;
pub(super) use sealed::encrypted;
use std::process::ExitCode;
pub use thread::{Entry, Thread};

/// Shows it.
pub fn show(here: &Here, wanted: &Show) -> Result<ExitCode> {
    if let Some(n) = wanted.decrypt {
        return sealed::decrypt(here, wanted, n);
    }
    let mut store = here.store()?;
    store.read(wall::now(), |tx| answer(here, tx, wanted))?;
    Ok(ExitCode::SUCCESS)
}

/// What `show` answers, at the moment of `tx`.
pub(super) fn answer(here: &Here, tx: &Tx, wanted: &Show) -> Result<()> {
    let file = explain::find(tx, here, &wanted.reference)?;
    let thread = Thread::of(tx, &file)?;
    if let Some(n) = wanted.text.or(wanted.raw) {
        return one(tx, &thread, n, wanted);
    }
    if let Some(part) = &wanted.part {
        return sealed::part(tx, &thread, part);
    }
    if let Some(folder) = &wanted.save {
        return save::save(tx, &thread, folder);
    }
    let history = history(tx, &file)?;
    let kin = kin::kin(here, tx, &file)?;
    let listing = tx.listing(file.row.number)?;
    let says = says::says(tx, &file, &thread)?;
    let hints = hint::hints(here, tx, &file, &thread)?;
    let letters = tx.letters_of(file.row.number)?;
    let now = tx.now();
    let first = act::first_date(tx, &here.config, &file)?;
    let steps = next::steps(here, &file, &letters, first, now);
    if wanted.json {
        let messages = thread.messages(here, tx)?;
        let marks = here.marks(file.row.reporter.as_ref(), &file.row.reporter_name);
        let mut proposals = ours::proposals(here, tx, &file, &thread)?;
        proposals.extend(says::proposal(&file, &says.said));
        let forwarded = ours::forwarded_by(here, tx, file.row.number)?;
        let continues = tx.continues_from_before(file.row.number)?;
        let whole = Whole::new(
            &file,
            Ticket::new(&file, &listing, marks, forwarded),
            (continues.map(|to_come| Continues { to_come }), history),
            kin,
            messages,
            &letters,
            (proposals, steps),
        );
        let whole = whole.saying(says.said, says.lacks);
        let hints = hint::lines(hints.as_deref());
        return output::json(&whole.with(export::CreditLine::of(tx, &file)?, hints));
    }
    if wanted.log {
        log(here, &file);
        return Ok(());
    }
    head::head(here, &file, &listing, history.as_ref(), &steps, now);
    sealed::head(here, tx, &thread, &file)?;
    hint::print(&file, hints.as_deref(), false);
    export::tell(here, tx, &file)?;
    export::agreed(here, tx, &file)?;
    kin::print(here, &kin);
    ours::print(here, tx, &file, &thread)?;
    says::print(&file, &says);
    thread.print(here, tx, wanted.quotes)?;
    output::line("--text N one mail, --quotes, --raw N, --save DIR, --log who did what when");
    Ok(())
}

/// The reports of this address up to this one.
fn history(tx: &Tx, file: &File) -> Result<Option<History>> {
    let reporter = file.row.reporter.as_ref();
    let count = |address| {
        let (reports, accepted) = tx.history(address, file.row.number)?;
        Ok(History { reports, accepted })
    };
    reporter.map(count).transpose()
}

/// Who did what when, every fact with its number.
fn log(here: &Here, file: &File) {
    let counting: Vec<i64> = crate::ticket::counting(&file.facts)
        .iter()
        .map(|f| f.n)
        .collect();
    for fact in &file.facts {
        let via = words::via(fact.letter, fact.mail, fact.via.as_deref());
        let via = via.map(|v| format!("  ({v})")).unwrap_or_default();
        let void = if counting.contains(&fact.n) {
            ""
        } else {
            "  COUNTS NO LONGER"
        };
        let said = words::full(&fact.what);
        let mut lines = said.raw().lines().map(|l| Foreign::new(l).line());
        output::line(format!(
            "{:<5} {}  {:<8} {}{via}{void}",
            fact.n,
            look::moment(fact.at, &here.config.calendar),
            fact.by.name(),
            lines.next().unwrap_or_default(),
        ));
        lines.for_each(|line| output::line(format!("{:33} {line}", "")));
    }
}

/// The text, or the raw bytes, of one entry.
fn one(tx: &Tx, thread: &Thread, n: usize, wanted: &Show) -> Result<()> {
    let raw = wanted.raw.is_some();
    let entry = thread.numbered(n).ok_or_else(|| {
        Usage(format!(
            "there is no {n} in this thread: it has {}",
            thread.count()
        ))
    })?;
    match entry {
        Entry::Mail(row) if raw => tx.raw(row.id, output::raw),
        Entry::Letter(letter) if raw => output::raw(&tx.letter_bytes(letter.id)?),
        Entry::Mail(row) => {
            let mail = read_mail(tx, row)?;
            let whole = mail.to_read();
            if whole.is_blank() {
                let parts = thread::parts(&mail).unwrap_or_else(|| "nor any other part".to_owned());
                output::strong(format!("[there is no text in this mail; {parts}]"));
                return Ok(());
            }
            if wanted.quotes {
                output::foreign_block(whole, "");
                return Ok(());
            }
            output::foreign_block(&text::new_in(&mail), "");
            if let Some(folded) = thread::folded(&mail) {
                output::strong(format!("[{folded}: --quotes shows them]"));
            }
            Ok(())
        }
        Entry::Letter(letter) => {
            let subject = Foreign::new(letter.subject.as_str());
            output::line(format!("Subject: {}\n", subject.line()));
            output::foreign_block(&Foreign::new(letter.body.as_str()), "");
            Ok(())
        }
        Entry::Fact(_) => Ok(()),
    }
}
