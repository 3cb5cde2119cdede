//! `assign`: who looks after a report, and, with `--tell`, the letter that says so.

use super::args::Sending;
use super::flow::{Plan, Sitting};
use super::verbs::{Assign, Manner};
use super::{Here, Usage, record};
use crate::desk::act::Decision;
use crate::desk::record as desk;
use crate::letters::ReplyView;
use crate::store::LetterKind;
use crate::ticket::What;
use anyhow::Result;
use jiff::civil::Date;
use std::process::ExitCode;

/// The letter that says it.
pub const HANDOVER: &str = "handover";

/// Makes somebody responsible, or nobody.
pub fn assign(here: &Here, wanted: &Assign) -> Result<ExitCode> {
    let owner = match wanted.owner.as_str() {
        "nobody" => None,
        name => Some(record::member(here, name)?),
    };
    let sending = &wanted.sending;
    if wanted.tell {
        let nobody = "there is nobody to tell of\n  hint: --tell with somebody of the team";
        let owner = owner.ok_or_else(|| Usage(nobody.to_owned()))?;
        return tell(here, wanted, &owner);
    }
    if is_of_a_letter(sending) {
        let why = "no letter is written\n  hint: --tell writes to the reporter";
        return Err(Usage(why.to_owned()).into());
    }
    let manner = Manner {
        dry_run: sending.dry_run,
        json: sending.json,
    };
    record::perform(here, &wanted.reference, &manner, |tx, file, who| {
        let number = file.row.number;
        desk::assign(tx, &here.config, number, owner.as_deref(), who).map(drop)
    })
}

/// What only a letter needs.
fn is_of_a_letter(sending: &Sending) -> bool {
    let words = sending.message.is_some() || sending.draft || sending.words_for_all;
    let said = sending.said_in.is_some() || sending.said_at.is_some();
    words || said || sending.send || sending.in_clear || sending.after.is_some()
}

/// The date that the reporter was told, if it is to come.
pub fn date_that_holds(sitting: &Sitting) -> Option<Date> {
    let expected = sitting.file.ticket.expected;
    expected.filter(|on| *on >= sitting.today)
}

/// What the letter makes true: that somebody looks after a report answers nothing of it.
fn told(words: &str) -> Vec<What> {
    if words.is_empty() {
        let why = "the reporter was told who looks after it".to_owned();
        return vec![What::Noted { why }];
    }
    vec![What::Answered]
}

/// Who the letter names is the owner from the command on.
fn tell(here: &Here, wanted: &Assign, owner: &str) -> Result<ExitCode> {
    let sitting = Sitting::open(here, &wanted.reference, &wanted.sending)?;
    let words = sitting.words(None)?;
    let ticket = &sitting.file.ticket;
    let letter = sitting.letters().reply(
        Some(HANDOVER),
        &ReplyView {
            hand: sitting.hand(&words),
            date: None,
            embargo: None,
            ask: false,
            signal: None,
            until: None,
            owner: Some(owner),
            holds: date_that_holds(&sitting),
        },
    )?;
    let done = if ticket.owner.as_deref() == Some(owner) {
        Vec::new()
    } else {
        let who = owner.to_owned();
        vec![What::Owned { who }]
    };
    let plan = Plan {
        decision: Decision {
            done,
            told: told(&words),
            ..sitting.decision(LetterKind::Reply)
        },
        letter: Some(letter),
        enclosed: None,
        notes: Vec::new(),
        needs_words: false,
        followups: Vec::new(),
    };
    sitting.finish(plan)
}
