//! `check --letters`: every letter in force as it would read, with sample data.

use super::{Here, output};
use crate::letters::Letters;
use crate::mail::Foreign;
use anyhow::Result;
use std::process::ExitCode;

/// Shows them, in the order of a report's life; then those of other languages.
pub fn letters(here: &Here) -> Result<ExitCode> {
    show(&here.config.letters, "")?;
    for (language, letters) in &here.config.languages {
        show(letters, &format!("{language}/"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(letters: &Letters, folder: &str) -> Result<()> {
    for (file, letters) in letters.samples()? {
        for (n, letter) in (1..).zip(&letters) {
            let of = letters.len();
            output::strong(format!("==> {folder}{file}, {n} of {of} <=="));
            let subject = Foreign::new(letter.subject.clone()).line();
            output::line(format!("Subject: {subject}\n"));
            output::block(&format!("{}\n", letter.body));
        }
    }
    Ok(())
}
