//! `open`: a report that came by telephone, by Signal, or as a file.

use super::verbs::Open;
use super::{Here, Usage, output, record, when};
use crate::desk::record::{ByHand, Letter, open as open_ticket};
use crate::desk::{self};
use crate::mail::{Address, Foreign, acts};
use crate::store::Tx;
use crate::wall;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

/// Opens a ticket for it.
pub fn open(here: &Here, wanted: &Open) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let now = wall::now();
    let from = wanted.from.as_deref().map(address).transpose()?;
    let letter = letter(here, wanted)?;
    let (via, subject) = (via(wanted)?, subject(wanted, letter.as_ref())?);
    let at = wanted.at.as_deref().unwrap_or("now");
    let at = when::moment(at, &here.config.calendar, now)?;
    let author = letter.as_ref().and_then(|l| l.mail().author.address());
    let author = author.filter(|_| from.is_none()).cloned();
    let by_hand = ByHand {
        from: from.as_ref(),
        subject: &subject,
        via: &via,
        at,
        letter,
        acknowledge: wanted.acknowledge,
        who: &who,
    };
    let mut store = here.store()?;
    let manner = &wanted.manner;
    let verb = |tx: &Tx| {
        let ticket = open_ticket(tx, &here.config, &by_hand)?;
        let file = desk::file(tx, &here.config, ticket)?;
        if !manner.json {
            output::strong(format!("{} {}", file.row.reference, file.row.name));
        }
        record::answer(here, manner, None, &file)?;
        if manner.json {
            return Ok(());
        }
        output::line(if wanted.acknowledge {
            "The receipt is queued."
        } else {
            "No letter is sent."
        });
        if let Some(author) = author {
            output::line(format!(
                "! Its From says {author}. If that is the reporter: gatepost set {} reporter={author}",
                ticket.0
            ));
        } else if from.is_none() {
            output::line(format!(
                "! It has no address that can be written to: gatepost set {} reporter=ADDRESS",
                ticket.0
            ));
        }
        Ok(())
    };
    if manner.dry_run {
        store.rehearse(now, verb)?;
    } else {
        store.write(now, verb)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn address(text: &str) -> Result<Address> {
    let wrong = || Usage(format!("{text:?} is no address of the form name@domain"));
    Ok(Address::parse(text).ok_or_else(wrong)?)
}

/// The way is a word of ours, which stands in the log.
fn via(wanted: &Open) -> Result<String> {
    let by_default = if wanted.file.is_some() {
        "file"
    } else {
        "hand"
    };
    let via = wanted.via.as_deref().unwrap_or(by_default);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=20).contains(&via.len()) && via.chars().all(plain) {
        Ok(via.to_owned())
    } else {
        Err(Usage(format!(
            "--via {via:?} cannot be\n  hint: a word of a-z, 0-9 and -, like phone or signal"
        ))
        .into())
    }
}

fn subject(wanted: &Open, letter: Option<&Letter>) -> Result<Foreign> {
    match &wanted.subject {
        Some(text) if text.chars().any(acts) || text.trim().is_empty() => {
            Err(Usage("--subject is one line of characters that can be seen".to_owned()).into())
        }
        Some(text) => Ok(Foreign::new(text.trim())),
        None => Ok(letter.map_or_else(Foreign::default, |l| l.mail().subject.clone())),
    }
}

fn letter(here: &Here, wanted: &Open) -> Result<Option<Letter>> {
    if let Some(path) = &wanted.file {
        let most = here.config.mailboxes.first().map_or(0, |m| m.size_limit);
        let cannot = || format!("cannot read {path}");
        let mut bytes = Vec::new();
        File::open(path)
            .with_context(cannot)?
            .take(most + 1)
            .read_to_end(&mut bytes)
            .with_context(cannot)?;
        if bytes.is_empty() || bytes.len() as u64 > most {
            return Err(Usage(format!(
                "{path} is empty, or larger than the {most} bytes of size_limit"
            ))
            .into());
        }
        return Ok(Some(Letter::read(&bytes)?));
    }
    match &wanted.message {
        Some(path) => Ok(Some(Letter::said(&record::read_text(path)?)?)),
        None => Ok(None),
    }
}
