//! Rows in columns under headings.

use super::{alarm, columns, cut, line, strong, width};
use crate::mail::{Foreign, harmless};

/// How far a line under a row is set in.
const UNDER: usize = 6;
/// Between two columns.
const GAP: usize = 2;

/// A row of a table; an alarming one needs a person now.
pub struct Row {
    cells: Vec<String>,
    under: Vec<(String, bool)>,
    alarming: bool,
}

impl Row {
    /// A row of ours, with a stranger's words already [`super::quoted`].
    pub fn new(cells: Vec<String>) -> Self {
        Self {
            cells,
            under: Vec::new(),
            alarming: false,
        }
    }

    /// The same row, with a line of ours under it.
    pub fn with_under(mut self, under: Option<String>) -> Self {
        self.under.extend(under.map(|text| (text, false)));
        self
    }

    /// The same row, with a line under it that needs a person now.
    pub fn with_alarm_under(mut self, under: Option<String>) -> Self {
        self.under.extend(under.map(|text| (text, true)));
        self
    }

    /// The same row, in the colour of what needs a person now if `alarming`.
    pub fn alarming(self, alarming: bool) -> Self {
        Self { alarming, ..self }
    }
}

/// Prints rows in columns under headings, one line each. The last column gives way where
/// the terminal is too narrow; what is cut ends in `~`.
pub fn table(headings: &[&str], rows: Vec<Row>) {
    let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
    // Nothing in a cell acts, so that its width is known.
    let harmless = |cell: &String| harmless(cell, |_| false);
    let room = width();
    let lines = std::iter::once(&headings).chain(rows.iter().map(|row| &row.cells));
    let lines: Vec<Vec<String>> = lines.map(|l| l.iter().map(harmless).collect()).collect();
    let widths = widths(&lines);
    let mut lines = lines.iter().map(|cells| laid_out(cells, &widths, room));
    lines.next().iter().for_each(strong);
    for (text, row) in lines.zip(&rows) {
        match row.alarming {
            true => alarm(text),
            false => line(text),
        }
        for (under, alarming) in &row.under {
            let text = Foreign::new(under.as_str());
            let text = format!("{:UNDER$}{}", "", cut(&text, room - UNDER));
            match alarming {
                true => alarm(text),
                false => line(text),
            }
        }
    }
}

/// The widest cell of each column.
fn widths(lines: &[Vec<String>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for cells in lines {
        widths.resize(widths.len().max(cells.len()), 0);
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = columns(cell).max(*width);
        }
    }
    widths
}

fn laid_out(cells: &[String], widths: &[usize], room: usize) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        line.push_str(cell);
        let gap = (width + GAP).saturating_sub(columns(cell));
        line.extend(std::iter::repeat_n(' ', gap));
    }
    cut(&Foreign::new(line.trim_end()), room)
}
