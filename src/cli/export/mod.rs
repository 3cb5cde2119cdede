//! `export`: what leaves as a file. Names go through one door, the ledger of
//! [`crate::desk::given`].

mod calendar;
pub(super) mod case;
mod credits;
mod elsewhere;
pub(super) mod file;
pub(super) mod folder;
mod others;
mod reach;
mod security_txt;

pub use reach::{CreditLine, agreed, tell, words};
pub use security_txt::judged;

use super::args::Export;
use super::{Here, output};
use crate::desk::given::Thanks;
use crate::export;
use anyhow::Result;
use serde::Serialize;
use std::process::ExitCode;

/// Exports it.
pub fn export(here: &Here, wanted: &Export) -> Result<ExitCode> {
    match wanted {
        Export::Credits(wanted) => credits::credits(here, wanted),
        Export::SecurityTxt(wanted) if wanted.check => security_txt::check(here, wanted.json),
        Export::SecurityTxt(wanted) => security_txt::security_txt(here, wanted),
        Export::Calendar(wanted) => calendar::calendar(here, wanted),
        Export::Elsewhere(wanted) => elsewhere::elsewhere(here, wanted),
        Export::Case(wanted) => case::case(here, wanted),
    }
}

/// What became of names.
#[derive(Serialize)]
struct Names {
    stands: Vec<Stands>,
    left: Vec<Left>,
    mentioned: Vec<Left>,
    refused: Vec<Refused>,
    waiting: Vec<Waiting>,
}

#[derive(Serialize)]
struct Stands {
    r#ref: String,
    name: String,
    line: usize,
}

#[derive(Serialize)]
struct Left {
    name: String,
    line: usize,
}

#[derive(Serialize)]
struct Refused {
    name: String,
    why: &'static str,
}

#[derive(Serialize)]
struct Waiting {
    r#ref: String,
    why: &'static str,
}

impl Names {
    fn new(
        thanks: &Thanks,
        stands: &[(String, usize)],
        left: &[(String, usize)],
        mentioned: &[(String, usize)],
        refused: &[(String, &'static str)],
    ) -> Self {
        let lines = |all: &[(String, usize)]| -> Vec<Left> {
            let line = |(name, line): &(String, usize)| Left {
                name: name.clone(),
                line: *line,
            };
            all.iter().map(line).collect()
        };
        let of = |name: &str| {
            let there = stands.iter().find(|(n, _)| export::same(n, name));
            there.map(|(_, line)| *line)
        };
        Self {
            stands: thanks
                .due
                .iter()
                .filter_map(|one| {
                    Some(Stands {
                        r#ref: one.reference.to_string(),
                        name: one.name.clone(),
                        line: of(&one.name)?,
                    })
                })
                .collect(),
            left: lines(left),
            mentioned: lines(mentioned),
            refused: refused
                .iter()
                .map(|(name, why)| Refused {
                    name: name.clone(),
                    why,
                })
                .collect(),
            waiting: thanks
                .waiting
                .iter()
                .map(|(reference, why)| Waiting {
                    r#ref: reference.to_string(),
                    why,
                })
                .collect(),
        }
    }

    /// Prints what a person has to know or do.
    fn print(&self) {
        for one in &self.left {
            output::alarm_marked(
                "! ",
                &format!(
                    "line {}: {:?} stands where gatepost changes nothing: take it out by hand, then run this again",
                    one.line, one.name
                ),
            );
        }
        for one in &self.mentioned {
            output::marked(
                "! ",
                &format!(
                    "line {}: is this the {:?} whose name was taken back? If so, take it out by hand",
                    one.line, one.name
                ),
            );
        }
        for one in &self.refused {
            output::marked("! ", &format!("{:?} is left out: {}", one.name, one.why));
        }
        for one in &self.waiting {
            output::line(format!(
                "  {} agreed and is left out: {}",
                one.r#ref, one.why
            ));
        }
    }
}
