//! What a report reads like, of all that the page leaves out. A person decides.

use super::thread::Thread;
use crate::cli::document::HintLine;
use crate::cli::{Here, Usage, output};
use crate::desk::{self, File};
use crate::store::Tx;
use crate::ticket::Outcome;
use crate::triage::hints::Hint;
use anyhow::Result;

/// The word that stands for the letter of the hint.
pub const BY_HINT: &str = "hint";

/// The hints on a ticket; none where no rule is asked.
pub fn hints(here: &Here, tx: &Tx, file: &File, thread: &Thread) -> Result<Option<Vec<Hint>>> {
    desk::hints::hints(tx, &here.config, file, thread.mails())
}

/// The same for scripts.
pub fn lines(hints: Option<&[Hint]>) -> Option<Vec<HintLine>> {
    hints.map(|hints| hints.iter().map(HintLine::from).collect())
}

/// `spf-record ("v=spf1")`.
pub fn words(hints: &[Hint]) -> String {
    let one = |hint: &Hint| format!("{} ({})", hint.rule, output::quoted(&hint.matched, 40));
    let all: Vec<String> = hints.iter().map(one).collect();
    all.join(", ")
}

/// Prints them, with the command that a person may want; `like`: for all that look like it.
pub fn print(file: &File, hints: Option<&[Hint]>, like: bool) {
    let Some(hints) = hints else {
        return;
    };
    if hints.is_empty() {
        return output::line("hint none");
    }
    output::line(format!("hint {}", words(hints)));
    let mut pages: Vec<&str> = hints.iter().filter_map(|h| h.page.as_deref()).collect();
    pages.dedup();
    for page in pages {
        output::line(format!("     the page leaves out: {page}"));
    }
    if file.row.outcome.is_none() && letter(hints).is_ok() {
        output::line(format!(
            "     if it is that: gatepost evaluate {}{} {} --letter {BY_HINT}",
            file.row.number.0,
            if like { " --like" } else { "" },
            Outcome::OutOfScope.word()
        ));
    }
}

/// The letter that all of them name; an inner none: the usual one.
///
/// # Errors
/// What to name, when there is no hint or they name several.
pub fn letter(hints: &[Hint]) -> Result<Option<String>> {
    let mut letters: Vec<Option<&str>> = hints.iter().map(|h| h.letter.as_deref()).collect();
    letters.dedup();
    match letters.as_slice() {
        [one] => Ok(one.map(str::to_owned)),
        [] => Err(Usage(format!(
            "there is no hint on this ticket: --letter {BY_HINT} has no letter\n  hint: name the letter (gatepost help evaluate), or leave --letter out"
        ))
        .into()),
        _ => {
            let named: Vec<String> = hints
                .iter()
                .map(|h| match &h.letter {
                    Some(letter) => format!("{} --letter {letter}", h.rule),
                    None => format!("{} no --letter", h.rule),
                })
                .collect();
            Err(Usage(format!(
                "there are several hints on this ticket, with different letters\n  hint: choose one: {}",
                named.join("; ")
            ))
            .into())
        }
    }
}
