//! What is promised: what is open, the most urgent first, and in few words what is past.

use crate::cli::{Here, look, output};
use crate::desk::{Duty, File};
use crate::promise::{End, Standing};
use jiff::Timestamp;

/// Prints what is open: when, and what is missing of it.
pub fn open(here: &Here, file: &File, now: Timestamp) {
    let first = file.first_duty();
    let is_first = |duty: &Duty| first.is_some_and(|first| std::ptr::eq(first, duty));
    let mut open: Vec<&Duty> = file.duties.iter().filter(|d| d.stored.open).collect();
    // The same comes first here and in `list`.
    open.sort_by_key(|d| {
        let due_at = d.due_at();
        (!is_first(d), due_at.is_none(), due_at)
    });
    for duty in open {
        let parts = match duty.state.standing {
            Standing::Cannot => cannot(here, duty, now),
            _ => [
                look::deadline(duty, now, &here.config.calendar),
                boxes(duty),
            ],
        };
        let mark = format!("DUE  {:<8} ", duty.promise.name);
        let late = duty.state.standing == Standing::Overdue;
        let alarming = duty.presses() && late && !duty.promise.soft;
        for line in output::lines_of(&mark, &parts, 2) {
            match alarming {
                true => output::alarm(line),
                false => output::line(line),
            }
        }
    }
}

/// What meets it: the day and the boxes tell how it stands.
fn boxes(duty: &Duty) -> String {
    let boxes = duty.promise.needs.iter().zip(&duty.run.met);
    let boxes = boxes.map(|(need, met)| {
        let met = if met.is_some() { "x" } else { " " };
        format!("[{met}] {}", need.words())
    });
    boxes.collect::<Vec<_>>().join("  ")
}

/// Why it cannot be kept, and its day all the same.
fn cannot(here: &Here, duty: &Duty, now: Timestamp) -> [String; 2] {
    let calendar = &here.config.calendar;
    let day = match duty.due_at() {
        Some(at) if now > at => {
            let at = at.to_zoned(calendar.zone().clone());
            at.strftime("was due %a %-d %b %H:%M").to_string()
        }
        Some(_) | None => look::deadline(duty, now, calendar),
    };
    ["cannot be kept: nobody to write to".to_owned(), day]
}

/// Prints what became of the others, promise by promise; `explain` has their days.
pub fn past(file: &File) {
    let mut past: Vec<(&str, Vec<(&str, usize)>)> = Vec::new();
    for duty in file.duties.iter().filter(|d| !d.stored.open) {
        let late = duty.state.was_late && !duty.promise.soft;
        // In the words of `explain` and `stats`.
        let word = match duty.run.end {
            Some(End::Moved(_)) => "moved",
            Some(End::Missed(_)) => "missed",
            // It ended without being met, and was late by then.
            Some(End::Void(_) | End::Restarted(_)) if late => "late",
            Some(End::Void(_) | End::Restarted(_) | End::Met(_)) | None => {
                duty.state.standing.word()
            }
        };
        let name = duty.promise.name.as_str();
        let place = past.iter().position(|(known, _)| *known == name);
        let place = place.unwrap_or_else(|| {
            past.push((name, Vec::new()));
            past.len() - 1
        });
        let Some((_, words)) = past.get_mut(place) else {
            continue;
        };
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, times)) => *times += 1,
            None => words.push((word, 1)),
        }
    }
    if past.is_empty() {
        return;
    }
    let mut parts: Vec<String> = past.iter().map(|(name, words)| told(name, words)).collect();
    parts.push(format!("(gatepost explain {})", file.row.number.0));
    let lines = output::lines_of("past ", &parts, 3);
    lines.iter().for_each(output::line);
}

/// `inform kept 12x, kept-late`.
fn told(name: &str, words: &[(&str, usize)]) -> String {
    let words = words.iter().map(|(word, times)| match times {
        1 => (*word).to_owned(),
        times => format!("{word} {times}x"),
    });
    format!("{name} {}", words.collect::<Vec<_>>().join(", "))
}
