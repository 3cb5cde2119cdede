//! `stats`: how the promises of a span were kept. What it counts and how is in its help.

mod document;
mod figures;
mod page;
mod span;
mod text;
mod under;

use super::args::{Form, Stats};
use super::export::file::Target;
use super::{Here, Usage, output};
use crate::desk::tally::{Tally, tally};
use crate::export::board;
use crate::promise::End;
use crate::promise::tally::{Judged, Lateness, Row, rows};
use crate::store::Tx;
use crate::ticket::TicketNo;
use crate::wall;
use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;
use span::Span;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// A count, and what it was asked of.
struct Counted<'h> {
    here: &'h Here,
    span: Span,
    now: Timestamp,
    tally: Tally,
    rows: Vec<Row>,
}

/// Answers it.
pub fn stats(here: &Here, wanted: &Stats, no_pager: bool) -> Result<ExitCode> {
    if wanted.late && wanted.format == Some(Form::Prometheus) {
        let why = "--late has no place in --format prometheus: gauges name no ticket\n  hint: --late alone, or --late --format csv";
        return Err(Usage(why.to_owned()).into());
    }
    let mut store = here.store()?;
    let now = wall::now();
    let span = Span::read(wanted, &here.config.calendar, now)?;
    if let Some(path) = &wanted.html {
        // What is no page of ours is refused before anything is counted.
        let is_piped = path == Path::new("-");
        let target = (!is_piped).then(|| target(path)).transpose()?;
        let (page, open) = store.read(now, |tx| {
            let first = span.drawn_from(here.config.calendar.local_date(now));
            let counted = Counted::read(here, tx, span, first)?;
            page::page(&counted, tx)
        })?;
        let Some(target) = target else {
            piped(&page)?;
            return Ok(ExitCode::SUCCESS);
        };
        target.replace(page.as_bytes())?;
        let tickets = if open == 1 { "ticket" } else { "tickets" };
        // An empty file has rights that nobody meant for a page.
        let rights = match target.bytes.as_ref().is_none_or(Vec::is_empty) {
            true => "; you alone can read it (chmod: a page that is there keeps its rights)",
            false => "",
        };
        output::line(format!(
            "{}: {open} open {tickets}; titles of reports stand in it{rights}",
            path.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let first = span.days.first;
    let counted = store.read(now, |tx| Counted::read(here, tx, span, first))?;
    match wanted.format {
        Some(Form::Csv) if wanted.late => piped(&figures::late_csv(&counted))?,
        Some(Form::Csv) => piped(&figures::csv(&counted))?,
        Some(Form::Prometheus) => piped(&figures::prometheus(&counted))?,
        None if wanted.json => output::json(&document::Document::new(&counted))?,
        None => output::paged(no_pager, || {
            text::print(&counted, wanted.late);
            Ok(())
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

fn target(path: &Path) -> Result<Target> {
    let target = Target::read(path)?.private();
    target.is_ours(board::BEGINNING)?;
    Ok(target)
}

fn piped(text: &str) -> Result<()> {
    let mut out = output::pipe();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Nobody reads on.
        Err(why) if why.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Tickets between two words of how far it is.
const STEP: usize = 1000;

impl<'h> Counted<'h> {
    /// Counts what is due in the span, and reads what is from `first` on.
    fn read(here: &'h Here, tx: &Tx, span: Span, first: Date) -> Result<Self> {
        let mut read = 0_usize;
        let tally = tally(tx, &here.config, span.days, first, || {
            read += 1;
            if read.is_multiple_of(STEP) {
                output::progress(&format!("{read} tickets counted"));
            }
        })?;
        output::progress("");
        let mut counted = Self {
            here,
            span,
            now: tx.now(),
            tally,
            rows: Vec::new(),
        };
        counted.rows = counted.rows_of(span.days);
        Ok(counted)
    }

    fn rows_of(&self, days: crate::promise::tally::Days) -> Vec<Row> {
        let config = &self.here.config;
        let promises = config.policy.promises.iter();
        let order: Vec<&str> = promises.map(|p| p.name.as_str()).collect();
        rows(self.tally.of(days), &order, &config.calendar, self.now)
    }

    /// Those that were late, or, where they are soft, past their day; by the day on which
    /// they were due.
    fn late(&self, soft: bool) -> Vec<(&Judged, Lateness)> {
        let calendar = &self.here.config.calendar;
        let of_span = self.tally.of(self.span.days).filter(|one| one.soft == soft);
        let late = |one| Some((one, Lateness::of(one, calendar, self.now)?));
        let mut late: Vec<(&Judged, Lateness)> = of_span.filter_map(late).collect();
        late.sort_by_key(|(one, _)| (one.due_at, one.ticket, one.began_at));
        late
    }

    fn reference(&self, ticket: TicketNo) -> String {
        let known = self.tally.references.get(&ticket);
        known.map_or_else(|| ticket.to_string(), ToString::to_string)
    }
}

/// What became of one that was late, in a word.
fn how(one: &Judged) -> &'static str {
    match one.end {
        Some(End::Met(_)) => "met",
        Some(End::Moved(_) | End::Missed(_)) => "new-date",
        Some(End::Void(_)) => "over",
        Some(End::Restarted(_)) => "anew",
        None => "open",
    }
}

#[cfg(test)]
mod tests;
