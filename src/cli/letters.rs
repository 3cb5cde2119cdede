//! `check --letters`: every letter in force as it would read, with sample data.

use super::{Here, output};
use crate::mail::Foreign;
use anyhow::Result;
use std::process::ExitCode;

/// Shows them, in the order of a report's life.
pub fn letters(here: &Here) -> Result<ExitCode> {
    for (file, letters) in here.config.letters.samples()? {
        for (n, letter) in (1..).zip(&letters) {
            let of = letters.len();
            output::strong(format!("==> {file}, {n} of {of} <=="));
            let subject = Foreign::new(letter.subject.clone()).line();
            output::line(format!("Subject: {subject}\n"));
            output::block(&format!("{}\n", letter.body));
        }
    }
    Ok(ExitCode::SUCCESS)
}
