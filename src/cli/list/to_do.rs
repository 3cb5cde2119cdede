//! What a person has to do next, in a few words.

use super::Line;
use crate::cli::show::waits_for;
use crate::cli::{Here, output};
use crate::desk::silence::{Silence, silence};
use crate::desk::{Duty, File};
use crate::letters;
use crate::mail::Foreign;
use crate::promise::Standing;
use crate::ticket::{Outcome, Stage};
use jiff::Timestamp;

/// The cell of a line, and what has no room in it.
pub(super) type ToDo = (String, Option<String>);

/// The cells, in so much room. One that is longer has the rest of it on a line below: else it
/// took the room of all titles.
pub(super) fn to_do(here: &Here, rows: &[Line], now: Timestamp, room: usize) -> Vec<ToDo> {
    let cell = |line: &Line| in_room(&parts(here, line, now), room);
    rows.iter().map(cell).collect()
}

fn in_room(parts: &[String], room: usize) -> ToDo {
    let fits = |n: &usize| {
        let first = parts.iter().take(*n).map(|part| output::columns(part) + 1);
        first.sum::<usize>() <= room + 1
    };
    let n = (1..=parts.len()).rev().find(fits).unwrap_or(1);
    let (first, rest) = parts.split_at(n.min(parts.len()));
    let cell = output::cut(&Foreign::new(first.join(" ")), room);
    (cell, (!rest.is_empty()).then(|| rest.join(" ")))
}

/// Each thing that is to be said, the first first. Of what asks for nothing, how far it has come.
pub(super) fn parts(here: &Here, line: &Line, now: Timestamp) -> Vec<String> {
    let file = &line.file;
    let calendar = &here.config.calendar;
    let mut parts = Vec::new();
    if matches!(file.ticket.stage, Stage::Closed | Stage::Junk) {
        parts.push(stage(file));
        parts.extend(line.is_held.then(|| "HELD".to_owned()));
        return parts;
    }
    if let Some(duty) = file.first_duty() {
        parts.push(lacking(file, duty));
        if duty.state.standing == Standing::HalfKept {
            parts.push("(half kept)".to_owned());
        }
    }
    if line.is_held {
        parts.push("HELD".to_owned());
    }
    let silence = silence(&file.ticket, calendar, here.config.last_call);
    let due = silence.filter(|silence| silence.from <= now);
    match (due, waits_for(file)) {
        (Some(Silence { goes_on: true, .. }), _) => parts.push("SILENT: go on?".to_owned()),
        (Some(Silence { called: true, .. }), _) => parts.push("SILENT: close?".to_owned()),
        (Some(_), _) => parts.push("SILENT: last call?".to_owned()),
        (None, Some(on)) => parts.push(format!("waits: {}", on.word())),
        (None, None) => {}
    }
    if file.ticket.unreachable {
        parts.push("UNREACHABLE".to_owned());
    }
    if file.row.chased > 0 {
        parts.push(format!("CHASED {}x", file.row.chased));
    }
    parts.extend(sooner(file, here));
    if parts.is_empty() {
        parts.push(stage(file));
    }
    parts
}

/// `closed`, `closed, spam`, `resolved`.
fn stage(file: &File) -> String {
    let ticket = &file.ticket;
    match ticket.stage {
        Stage::Closed if ticket.closed_as_junk => "closed, junk".to_owned(),
        Stage::Closed if ticket.outcome == Some(Outcome::Spam) => "closed, spam".to_owned(),
        stage => stage.word().to_owned(),
    }
}

/// So many words say what is missing: the title is what tells tickets apart.
const WORDS: usize = 2;

/// What is missing of the first duty, and of others that are late like it: `answer, fix`.
pub fn lacking(file: &File, first: &Duty) -> String {
    if first.state.standing == Standing::Cannot {
        return unheard(file).to_owned();
    }
    let late = |d: &&Duty| d.presses() && d.state.standing == Standing::Overdue;
    // What is soft hides nothing that is not.
    let hard = |d: &&Duty| first.promise.soft && d.presses() && d.due_at().is_none();
    let others = file.duties.iter().filter(|d| late(d) || hard(d));
    let missing: Vec<String> = std::iter::once(first)
        .chain(others)
        .flat_map(Duty::lacks)
        .collect();
    let mut words: Vec<&str> = Vec::new();
    for word in missing.iter().map(|m| verb(letters::part(m))) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    // One letter of ours is both.
    if words.contains(&"answer") {
        words.retain(|word| *word != "update");
    }
    let more = words.len().saturating_sub(WORDS);
    words.truncate(WORDS);
    match more {
        0 => words.join(", "),
        more => format!("{} +{more}", words.join(", ")),
    }
}

/// What is left to do where nobody can be written to.
fn unheard(file: &File) -> &'static str {
    match file.ticket.decided() {
        None => "evaluate",
        Some(Outcome::Accepted) if file.ticket.stage < Stage::Resolved => "fix",
        Some(_) => "close",
    }
}

/// What is missing, as something to do.
fn verb(part: &str) -> &str {
    match part {
        "evaluation" => "evaluate",
        _ => part,
    }
}

/// Their day, where it is before ours, for the line stands where that day puts it.
fn sooner(file: &File, here: &Here) -> Option<String> {
    let theirs = file.row.they_publish?;
    let ours = file.first_duty().and_then(Duty::due_at);
    let later = ours.is_none_or(|at| here.config.calendar.local_date(at) > theirs);
    let said = || format!("they publish {}", theirs.strftime("%-d %b"));
    (later && file.ticket.clash().is_none()).then(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_cell_goes_on_below_and_loses_nothing_but_half_a_word() {
        let check = |parts: &[&str], cell: &str, rest: Option<&str>| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let wanted = (cell.to_owned(), rest.map(str::to_owned));
            assert_eq!(in_room(&parts, 16), wanted);
        };
        check(&["answer", "CHASED 2x"], "answer CHASED 2x", None);
        check(&["answer", "CHASED 12x"], "answer", Some("CHASED 12x"));
        check(
            &["evaluate, date", "SILENT: close?", "CHASED 2x"],
            "evaluate, date",
            Some("SILENT: close? CHASED 2x"),
        );
        check(
            &["fix", "HELD", "UNREACHABLE"],
            "fix HELD",
            Some("UNREACHABLE"),
        );
        check(
            &["evaluate, update", "HELD"],
            "evaluate, update",
            Some("HELD"),
        );
        check(&["evaluate, update +1"], "evaluate, updat~", None);
    }
}
