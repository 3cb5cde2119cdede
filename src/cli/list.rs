//! `list`: open tickets, the most urgent first, trouble on top.

mod board;
mod folded;
mod found;
mod table;
mod title;
mod to_do;
mod troubles;

use super::args::{List, Sort};
use super::document::Ticket;
use super::show::ours;
use super::{Here, Usage, explain, junk, look, output, record, when};
use crate::desk::record::classes;
use crate::desk::{Duty, File, Files, caps, settle};
use crate::mail::Foreign;
use crate::promise::Standing;
use crate::store::{Store, TicketRow, Tx};
use crate::ticket::{Score, Stage, TicketNo};
use crate::wall;
use anyhow::Result;
pub use board::{Board, board};
use folded::Heap;
pub use folded::kindred;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::process::ExitCode;
pub use title::Title;

/// Tickets that are closed are counted up to here: there may be a hundred thousand.
const COUNTED: u32 = 1000;

/// A line of the list: a ticket, and those that are told with it.
struct Line {
    file: File,
    /// Its acknowledgement is held.
    is_held: bool,
    /// What is to be said of who wrote.
    marks: Vec<String>,
    heap: Heap,
}

/// Lists them.
pub fn list(here: &Here, wanted: &List) -> Result<ExitCode> {
    // Without words it reads each page once: to keep them costs more than it saves.
    let mut store = match wanted.words.is_empty() {
        true => Store::open(&here.config.store)?,
        false => here.store()?,
    };
    store.read(wall::now(), |tx| answer(here, tx, wanted))?;
    Ok(ExitCode::SUCCESS)
}

/// What `list` answers, at the moment of `tx`.
pub(super) fn answer(here: &Here, tx: &Tx, wanted: &List) -> Result<()> {
    if !wanted.words.is_empty() {
        return found::list(here, tx, wanted);
    }
    if wanted.junk {
        return junk::list(here, tx, wanted.json);
    }
    let (rows, near) = lines(here, tx, wanted)?;
    if wanted.json {
        let tickets = rows.iter().map(|line| document(here, tx, line));
        return output::json(&tickets.collect::<Result<Vec<_>>>()?);
    }
    head(here, tx)?;
    table::print(here, tx, &rows, None);
    if let Some(reference) = &wanted.like {
        output::line(folded::said(&rows));
        folded::said_of_near(&near)
            .into_iter()
            .for_each(output::line);
        return folded::hint(here, tx, reference, rows.len() + near.len() > 1);
    }
    foot(tx, &rows, wanted.all)
}

/// The lines that are wanted, in their order; and tickets that are near what is looked for.
fn lines(here: &Here, tx: &Tx, wanted: &List) -> Result<(Vec<Line>, Vec<TicketNo>)> {
    let only = Only::read(here, tx, wanted)?;
    let mut tickets = tx.tickets(wanted.all)?;
    let held = tx.tickets_held()?;
    let mut near = Vec::new();
    let heaps = match &wanted.like {
        Some(reference) => {
            let one = explain::find(tx, here, reference)?.row;
            let (like, other) = folded::like(tx, here, &mut tickets, one)?;
            near = other;
            like
        }
        None if wanted.json => folded::each(here, &tickets),
        None => folded::heaps(tx, here, wanted, (&tickets, &held))?,
    };
    let rows = tickets.into_iter().map(|row| (row.number, row));
    let mut rows_of: BTreeMap<TicketNo, TicketRow> = rows.collect();
    let mut files = Files::new(tx, &here.config);
    let mut rows = Vec::new();
    for (heap, marks) in heaps {
        // The file of what its row leaves out is not opened.
        let row = rows_of.remove(&heap.first);
        let Some(row) = row.filter(|row| only.fits(row)) else {
            continue;
        };
        let line = Line {
            is_held: held.contains(&heap.first),
            file: files.open_row(row)?,
            marks,
            heap,
        };
        if only.fits_in_time(&line) {
            rows.push(line);
        }
    }
    sort(wanted.sort, &mut rows, here);
    Ok((rows, near))
}

/// The line as scripts read it.
fn document(here: &Here, tx: &Tx, line: &Line) -> Result<Ticket> {
    let number = line.file.row.number;
    let (listing, forwarded) = (tx.listing(number)?, ours::forwarded_by(here, tx, number)?);
    let marks = line.marks.clone();
    Ok(Ticket::new(&line.file, &listing, marks, forwarded))
}

/// What was asked for, read.
struct Only<'w> {
    wanted: &'w List,
    /// Whose; an inner none: nobody's.
    owner: Option<Option<String>>,
    /// Due by then.
    until: Option<Timestamp>,
}

impl<'w> Only<'w> {
    fn read(here: &Here, tx: &Tx, wanted: &'w List) -> Result<Self> {
        let owner = match wanted.owner.as_deref() {
            Some("nobody") => Some(None),
            Some(name) => Some(Some(record::member(here, name)?)),
            None if wanted.mine => Some(Some(record::member(here, "me")?)),
            None => None,
        };
        if let Some(class) = &wanted.class {
            is_known(here, tx, class)?;
        }
        let (until, now) = (wanted.due.as_deref(), tx.now());
        let until = until.map(|span| when::ahead(span, &here.config.calendar, now));
        Ok(Self {
            wanted,
            owner,
            until: until.transpose()?,
        })
    }

    /// It leaves nothing out.
    fn takes_all(&self) -> bool {
        let List {
            late, held, class, ..
        } = self.wanted;
        let any = *late || *held || class.is_some();
        !any && self.owner.is_none() && self.until.is_none()
    }

    /// As far as its row tells.
    fn fits(&self, row: &TicketRow) -> bool {
        let theirs = self.owner.as_ref().is_none_or(|owner| *owner == row.owner);
        let of_class = |class: &String| row.classes.contains(class);
        theirs && self.wanted.class.as_ref().is_none_or(of_class)
    }

    /// As far as its duties and its letter tell.
    fn fits_in_time(&self, line: &Line) -> bool {
        let duties = &line.file.duties;
        let soon = |until: Timestamp| {
            let open = duties.iter().filter(|d| d.stored.open);
            open.into_iter()
                .any(|d| d.due_at().is_some_and(|at| at <= until))
        };
        let late = || {
            duties
                .iter()
                .any(|d| d.state.standing == Standing::Overdue && !d.promise.soft)
        };
        self.until.is_none_or(soon)
            && (!self.wanted.late || late())
            && (!self.wanted.held || line.is_held)
    }
}

/// Refuses a class that neither the policy knows nor a ticket of an older one has.
fn is_known(here: &Here, tx: &Tx, class: &String) -> Result<()> {
    let known = classes(&here.config.policy);
    let of_older = || -> Result<bool> {
        let mut all = tx.tickets(true)?.into_iter();
        Ok(all.any(|row| row.classes.contains(class)))
    };
    if known.contains(class) || of_older()? {
        return Ok(());
    }
    let hint = match known.is_empty() {
        true => "the policy knows none: leave --class out".to_owned(),
        false => known.join(", "),
    };
    Err(Usage(format!("there is no class {class:?}\n  hint: {hint}")).into())
}

/// Their date sorts with ours, and what is closed stands last.
fn sort(by: Sort, rows: &mut [Line], here: &Here) {
    match by {
        Sort::Due => rows.sort_by_key(|line| urgency(&line.file, here)),
        Sort::Received => rows.sort_by_key(|line| std::cmp::Reverse(line.file.row.opened_at)),
        Sort::Ref => rows.sort_by_key(|line| line.file.row.number),
        Sort::Owner => rows.sort_by_key(|line| (line.file.row.owner.clone(), line.file.row.number)),
        Sort::Severity => rows.sort_by_key(|line| (rank(&line.file), line.file.row.number)),
    }
}

/// From the worst; a word before the vectors that it stands for, those by their score.
fn rank(file: &File) -> (usize, u32) {
    let words = ["critical", "high", "medium", "low", "none"];
    let place = |word: &str| words.iter().position(|w| *w == word);
    let Some(severity) = file.row.severity.as_deref() else {
        return (words.len() + 1, 0);
    };
    match Score::of(severity) {
        Some(score) => (
            place(score.severity).unwrap_or(words.len()),
            100 - score.tenths + 1,
        ),
        None => (place(severity).unwrap_or(words.len()), 0),
    }
}

/// Their date is the hardest one on the board: it sorts with ours. What is soft comes after
/// all that is hard; what is late and was promised by the hour comes before what has days.
pub(super) fn urgency(file: &File, here: &Here) -> (bool, bool, bool, Option<Timestamp>, i64) {
    let duty = file.first_duty();
    let soft = duty.is_some_and(|d| d.promise.soft);
    let due = duty.and_then(Duty::due_at);
    let open = file.ticket.stage != Stage::Closed;
    let theirs = file.row.they_publish.filter(|_| open);
    let theirs = theirs.map(|on| here.config.calendar.closing(on));
    let soft = soft && theirs.is_none();
    let first = [due, theirs].into_iter().flatten().min();
    let late_by_the_hour = file.duties.iter().any(|d| {
        let late = d.presses() && d.state.standing == Standing::Overdue;
        late && !d.promise.soft && d.promise.counts_hours()
    });
    let n = file.row.number.0;
    (first.is_none(), soft, !late_by_the_hour, first, n)
}

/// Where things stand as a whole, and what is broken.
fn head(here: &Here, tx: &Tx) -> Result<()> {
    let now = tx.now();
    for (key, what) in troubles::troubles(here) {
        if let Some(trouble) = tx.meta(&key)? {
            let (since, why) = trouble.split_once('\n').unwrap_or((&trouble, ""));
            let since = since
                .parse()
                .map(|at| look::moment(at, &here.config.calendar))
                .unwrap_or_default();
            let why = why.lines().next().unwrap_or_default();
            let why = Foreign::new(why).cut(200);
            output::alarm_marked("!! ", &format!("{what} since {since}: {why}"));
        }
    }
    for letter in settle::unreached(tx, &here.config)? {
        let words = Foreign::new(settle::refused_words(&letter));
        output::alarm_marked("!! ", &format!("{}   (gatepost outbox)", words.cut(200)));
    }
    for alert in caps::alerts(tx)? {
        output::alarm_marked("!! ", &format!("{alert}   (gatepost outbox)"));
    }
    let (held, others) = tx.count_unsettled()?;
    let mut parts = vec![look::moment(now, &here.config.calendar)];
    let looked = tx.folders()?.iter().map(|f| f.looked_at).min();
    parts.push(looked.map_or("no folder is watched".to_owned(), |at| {
        format!("looked {}", look::ago(at, now))
    }));
    if !crate::store::is_held(&here.config.store) {
        parts.push("NO DAEMON RUNS".to_owned());
    }
    let yours = here.who.as_deref().map(|who| tx.open_of(who)).transpose()?;
    let yours = yours.unwrap_or_default();
    let yours: Vec<String> = yours.iter().map(TicketNo::to_string).collect();
    for (count, what) in [
        (held, "held"),
        (others, "in the outbox"),
        (tx.tray_count()?, "in the tray"),
        (tx.junk_count()?, "among junk"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if !yours.is_empty() {
        parts.push(format!("yours: {}", yours.join(" ")));
    }
    output::strong_parts(&parts);
    Ok(())
}

/// How many there are, and where to look first.
fn foot(tx: &Tx, rows: &[Line], closed_too: bool) -> Result<()> {
    let shown: usize = rows.iter().map(|line| line.heap.more + 1).sum();
    let open = tx.count_open()?;
    let counted = match closed_too {
        true => tx.count_tickets()?,
        false => tx.count_tickets_to(open.saturating_add(COUNTED + 1))?,
    };
    let (open, all) = (open as usize, counted as usize);
    let (of, what) = match closed_too {
        true => (all, "tickets"),
        false => (open, "open"),
    };
    let mut said = match shown {
        0 if of == 0 => "nothing is open".to_owned(),
        0 => format!("none of {of} {what} is such"),
        shown if shown == of => format!("{of} {what}"),
        shown => format!("{shown} of {of} {what}"),
    };
    let more = all.saturating_sub(open);
    let more = match more {
        _ if closed_too || more == 0 => String::new(),
        more if more > COUNTED as usize => format!(", over {COUNTED} closed or among junk (--all)"),
        more => format!(", {more} closed or among junk (--all)"),
    };
    said.push_str(&more);
    let first = rows.first().map(|line| line.file.row.number.0);
    let next = first.map(|n| format!("next gatepost show {n}"));
    let lines = output::lines_of("", &[said, next.unwrap_or_default()], 3);
    lines.iter().for_each(output::line);
    Ok(())
}
