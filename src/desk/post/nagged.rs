//! What a digest says beside its board: of each ticket the board tells what comes first, and
//! a letter that reminds of something says what.

use super::team::pressing;
use crate::config::Config;
use crate::desk::Duty;
use crate::letters::{DigestEntry, Matter};
use crate::store::TicketRow;

/// What is told of these `duties` and not on the `board`. What lacks the same of the same ticket,
/// and is due no later, is told: one letter of ours does for both.
pub(super) fn beside(
    config: &Config,
    board: &[DigestEntry],
    duties: &[&(TicketRow, Duty)],
) -> Vec<DigestEntry> {
    let mut entries: Vec<DigestEntry> = Vec::new();
    for (row, duty) in duties {
        let Some(matter) = pressing(config, duty) else {
            continue;
        };
        let of_it = |e: &&DigestEntry| e.number == row.number;
        let lacks = missing(&matter);
        let mut told = board.iter().chain(&entries).filter(of_it);
        let by = duty.due_at();
        let sooner = |e: &DigestEntry| match &e.matter {
            Matter::Due { at, .. } => by.is_none_or(|by| at.timestamp() <= by),
            _ => by.is_none(),
        };
        if told.any(|e| missing(&e.matter) == lacks && sooner(e)) {
            continue;
        }
        entries.push(DigestEntry {
            number: row.number,
            code_name: row.name.clone(),
            owner: row.owner.clone(),
            alike: board.iter().find(of_it).and_then(|e| e.alike),
            matter,
        });
    }
    entries
}

/// What it lacks; an update is an answer.
fn missing(matter: &Matter) -> Vec<&str> {
    let missing = matter.promised().map_or(&[][..], |(_, missing)| missing);
    let all = missing.iter().map(String::as_str);
    all.map(|name| if name == "update" { "answered" } else { name })
        .collect()
}
