//! What happens to the letters once the decision is on record: they wait, or are sent now;
//! and what scripts hear of it.

use super::followers::Outcome;
use super::{Plan, Sitting};
use crate::cli::document::Decided;
use crate::cli::{block_on, output};
use crate::daemon::{self, send};
use crate::letters::Letter;
use crate::mail::Foreign;
use crate::store::{self, Busy, Held, LetterState, is_held};
use crate::wall;
use anyhow::{Context, Result, anyhow, bail};
use std::process::ExitCode;

/// So many letters are named one by one as what can be dropped.
const NAMED: usize = 3;

/// What was written: the number of the letter to the reporter in the outbox, and what became
/// of its duplicates and of those that look like it.
#[derive(Default)]
pub(super) struct Written {
    pub own: Option<i64>,
    pub followers: Vec<Outcome>,
    pub alike: Vec<Outcome>,
}

impl Written {
    fn others(&self) -> impl Iterator<Item = &Outcome> {
        self.followers.iter().chain(&self.alike)
    }

    /// All letters that were queued.
    fn letters(&self) -> Vec<i64> {
        let others = self.others().filter_map(|o| o.as_ref().ok().copied());
        self.own.into_iter().chain(others.flatten()).collect()
    }
}

impl Sitting<'_> {
    /// Says what happens next, and sends now when that was asked. What hindered the letter
    /// to the reporter of another is said last, and is a failure.
    pub(super) fn leave(
        self,
        plan: &Plan,
        letter: Option<&Letter>,
        written: &Written,
    ) -> Result<ExitCode> {
        let done = self.hand_over(plan, letter, written)?;
        let stopped: Vec<&String> = written.others().filter_map(|o| o.as_ref().err()).collect();
        for why in &stopped {
            let why = format!("! {why}");
            if !self.sending.json {
                output::alarm(why);
            }
        }
        Ok(if stopped.is_empty() {
            done
        } else {
            ExitCode::FAILURE
        })
    }

    fn hand_over(
        &self,
        plan: &Plan,
        letter: Option<&Letter>,
        written: &Written,
    ) -> Result<ExitCode> {
        let all = written.letters();
        let names: Vec<String> = all.iter().map(i64::to_string).collect();
        let (names, many) = (names.join(", "), all.len() > 1);
        if all.is_empty() {
            return self.document(plan, letter, written, "recorded");
        }
        if is_held(&self.here.config.store) {
            let grace = self.here.config.smtp.grace.as_secs();
            let it = if many { "They leave" } else { "It leaves" };
            let either = if all.len() > NAMED { " " } else { " or " };
            self.say(&format!(
                "Queued. {it} in {grace} s; until then: gatepost outbox drop {}",
                names.replace(", ", either)
            ));
            return self.document(plan, letter, written, "queued");
        }
        if !self.sending.send {
            let it = if many { "letters" } else { "letter" };
            let leaves = if many { "leave" } else { "leaves" };
            self.say(&format!(
                "Queued. No daemon runs: {it} {names} {leaves} when one does (gatepost run)"
            ));
            return self.document(plan, letter, written, "queued");
        }
        let turn = block_on(daemon::send_now(self.here.config.clone()));
        let turn = turn.map_err(|why| not_now(why, &names))?;
        for (n, id) in all.iter().enumerate() {
            let sent = self.letter(*id)?;
            let why = match (sent.state, &turn) {
                (LetterState::Sent, _) => continue,
                (_, send::Turn::Down(why)) => format!(
                    "letter {id} is queued and could not be sent now: {why}\n  hint: it leaves when the mail server takes letters again; gatepost outbox shows it"
                ),
                (state, send::Turn::Drained(_)) => {
                    let why = Foreign::new(sent.last_error.unwrap_or_default()).line();
                    format!(
                        "letter {id} was not sent: it is {}: {why}\n  hint: gatepost outbox",
                        state.word()
                    )
                }
            };
            let before = if n > 0 {
                "what stands before it was sent; "
            } else {
                ""
            };
            bail!("{before}{why}");
        }
        self.say("Sent.");
        self.document(plan, letter, written, "sent")
    }

    fn letter(&self, id: i64) -> Result<store::Letter> {
        let mut store = self.here.store()?;
        store
            .read(wall::now(), |tx| tx.letter(id))?
            .context("the letter is gone")
    }

    pub(super) fn document(
        &self,
        plan: &Plan,
        letter: Option<&Letter>,
        written: &Written,
        state: &'static str,
    ) -> Result<ExitCode> {
        if self.sending.json {
            let to = self.file.row.reporter.as_ref().filter(|_| letter.is_some());
            output::json(&Decided {
                r#ref: self.file.row.reference.to_string(),
                letter: written.own,
                state: if written.own.is_none() && state != "dry-run" {
                    "recorded"
                } else {
                    state
                },
                to: to.map(ToString::to_string),
                subject: letter.map(|l| Foreign::new(l.subject.clone())),
                text: letter.map(|l| l.body.clone()),
                notes: plan.notes.clone(),
                duplicates: self.followup_documents(plan, &written.followers, state),
                alike: self.alike_documents(&written.alike, state),
                not_taken: self.not_taken(),
            })?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Why letters that are queued were not sent now. To write them again would send them twice.
fn not_now(why: anyhow::Error, names: &str) -> anyhow::Error {
    let holder = match (why.downcast_ref::<Held>(), why.downcast_ref::<Busy>()) {
        (Some(held), _) => &held.holder,
        (_, Some(busy)) => &busy.holder,
        _ => return why,
    };
    anyhow!(
        "queued as letter {names}, and not sent now: another gatepost holds the store: {holder}\n  hint: it leaves with what a gatepost sends next (gatepost run): gatepost outbox shows it"
    )
}
