//! Reports that belong together: what this one follows, what follows it, and what looks
//! like it. What looks alike is a question to a person, with the command that answers it.

use crate::cli::document::{Kin, Like};
use crate::cli::{Here, look, output};
use crate::desk::{self, File, act, likeness};
use crate::store::{LetterState, Tx};
use crate::ticket::{By, Stage, TicketNo};
use anyhow::{Context, Result};

/// Reads it.
pub fn kin(here: &Here, tx: &Tx, file: &File) -> Result<Kin> {
    let reference = |number: TicketNo| -> Result<String> {
        let row = tx.ticket(number)?.context("a ticket is gone")?;
        Ok(row.reference.to_string())
    };
    let follows = file.ticket.follows();
    let untold = follows.map(|first| untold(here, tx, file, first));
    let alike = likeness::alike(tx, &file.row, &file.ticket)?;
    let like = |one: likeness::Alike| Like {
        r#ref: one.row.reference.to_string(),
        stage: one.row.stage.clone(),
        received_at: one.row.opened_at.to_string(),
        because: one.because,
        same_reporter: one.same_reporter,
        command: format!(
            "gatepost evaluate {} duplicate --of {}",
            one.duplicate.0.0, one.duplicate.1.0
        ),
    };
    Ok(Kin {
        follows: follows.map(reference).transpose()?,
        untold: untold.transpose()?.unwrap_or_default(),
        duplicates: act::followers(tx, file.row.number)?
            .into_iter()
            .map(reference)
            .collect::<Result<_>>()?,
        alike: alike.into_iter().map(like).collect(),
    })
}

/// What the first report has come to, and the reporter of this one does not know. News that
/// is under way is none.
fn untold(here: &Here, tx: &Tx, file: &File, first: TicketNo) -> Result<Vec<String>> {
    let of = desk::file(tx, &here.config, first)?;
    let n = file.row.number.0;
    let under_way = [
        LetterState::Queued,
        LetterState::Offered,
        LetterState::Unknown,
    ];
    let letters = tx.letters_of(file.row.number)?;
    if letters
        .iter()
        .any(|l| l.by != By::Gatepost && under_way.contains(&l.state))
    {
        return Ok(Vec::new());
    }
    let unknown = "and this reporter has not been told";
    let resolved = act::is_resolved(&of.facts);
    let mut untold = Vec::new();
    if resolved && !act::is_resolved(&file.facts) {
        untold.push(format!(
            "{first} is resolved, {unknown}: gatepost resolve {n}"
        ));
    }
    if act::is_published(&of.facts) && !act::is_published(&file.facts) {
        untold.push(format!(
            "{first} is public, {unknown}: gatepost publish {n} --link URL"
        ));
    }
    let today = here.config.calendar.local_date(tx.now());
    let date = of.ticket.expected.filter(|on| !resolved && *on >= today);
    if let Some(on) = date.filter(|on| file.ticket.expected != Some(*on)) {
        let because = file.ticket.expected.map_or("", |_| " --because TEXT");
        untold.push(format!(
            "{first} is expected to be resolved by {on}, {unknown}: gatepost reply {n} --expected {on}{because}"
        ));
    }
    let ended = of.ticket.outcome.filter(|o| o.is_final());
    if let Some(outcome) = ended.filter(|_| file.ticket.stage != Stage::Closed) {
        let word = outcome.word();
        untold.push(format!(
            "{first} was evaluated {word}, {unknown}: gatepost evaluate {n} {word}"
        ));
    }
    Ok(untold)
}

/// Prints it.
pub fn print(here: &Here, kin: &Kin) {
    if let Some(first) = &kin.follows {
        output::line(format!("dup  of {first}, and follows it"));
    }
    kin.untold
        .iter()
        .for_each(|news| output::alarm(format!("!    {news}")));
    match kin.duplicates.as_slice() {
        [] => {}
        [one] => output::line(format!("dup  {one} follows it")),
        many => output::line(format!("dup  {} follow it", many.join(", "))),
    }
    for one in &kin.alike {
        let at = one.received_at.parse();
        let day = at.map_or(String::new(), |at| {
            format!(" of {}", look::moment(at, &here.config.calendar))
        });
        let closed = match one.stage.as_str() {
            stage if stage == Stage::Closed.word() => ", which is closed",
            _ => "",
        };
        let who = if one.same_reporter {
            "; from the same address"
        } else {
            ""
        };
        output::line(format!(
            "?    looks like {}{day}{closed}: {}{who}. If it is:",
            one.r#ref,
            one.because.join("; ")
        ));
        output::line(format!("     {}", one.command));
    }
}
