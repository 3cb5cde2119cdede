//! What a person has to do next, in a few words.

use super::Line;
use crate::cli::Here;
use crate::cli::show::waits_for;
use crate::desk::silence::{Silence, silence};
use crate::desk::{Duty, File};
use crate::letters;
use crate::promise::Standing;
use crate::ticket::{Outcome, Stage};
use jiff::Timestamp;

/// That, or `-`.
pub(super) fn to_do(here: &Here, line: &Line, now: Timestamp) -> String {
    let file = &line.file;
    let calendar = &here.config.calendar;
    let mut parts = Vec::new();
    if let Some(duty) = file.first_duty() {
        let half = if duty.state.standing == Standing::HalfKept {
            " (half kept)"
        } else {
            ""
        };
        parts.push(format!("{}{half}", lacking(file, duty)));
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
        "-".to_owned()
    } else {
        parts.join(" ")
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
