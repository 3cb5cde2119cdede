//! The list for a page: the lines of `list`, in its order and in its words.

use super::table::{marks, severity};
use super::title::{self, Title};
use super::to_do::parts;
use super::{Line, lines};
use crate::cli::args::List;
use crate::cli::{Here, look};
use crate::desk::File;
use crate::store::Tx;
use anyhow::Result;

/// A line, in words.
pub struct Board {
    /// The ticket.
    pub file: File,
    /// How many more are told with it.
    pub more: usize,
    /// When something is due; none, where nothing is.
    pub due: Option<String>,
    /// What is to be done, or how far it has come.
    pub to_do: String,
    /// Dates that are in the wrong order.
    pub clash: Option<String>,
    /// How bad it is, where anybody said so.
    pub severity: Option<String>,
    /// Its classes, and what is to be said of who wrote.
    pub marks: Vec<String>,
    /// What it is about.
    pub title: Title,
    /// What is told with it.
    pub behind: Option<String>,
}

/// All that is open, the most urgent first, look-alikes as one.
///
/// # Errors
/// When the store cannot be read.
pub fn board(here: &Here, tx: &Tx) -> Result<Vec<Board>> {
    let mut opened = 0;
    let (lines, _) = lines(here, tx, &List::default())?;
    let lines = lines.into_iter();
    Ok(lines.map(|l| in_words(here, tx, l, &mut opened)).collect())
}

fn in_words(here: &Here, tx: &Tx, line: Line, opened: &mut usize) -> Board {
    let calendar = &here.config.calendar;
    let duty = line.file.first_duty();
    let said = |words: String| (words != "-").then_some(words);
    Board {
        more: line.heap.more,
        due: duty.map(|duty| look::duty(duty, tx.now(), calendar)),
        to_do: parts(here, &line, tx.now()).join(" "),
        clash: line.file.ticket.clash().map(look::clash),
        severity: said(severity(&line.file)),
        // How bad it is stands by itself.
        marks: marks(&line, true),
        title: title::of(tx, &line.file, opened),
        behind: line.heap.behind(calendar),
        file: line.file,
    }
}
