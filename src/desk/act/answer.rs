//! Decisions after the evaluation: a reply, that the problem is resolved, closed.

use super::Decision;
use super::evaluate::check_date;
use super::publication::{last_told, may_be_told, moved_because};
use crate::ticket::{Fact, Planned, WaitsFor, What, counting};
use anyhow::{Result, bail};
use jiff::civil::Date;

/// A reply, as a person gave it.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The date by which a resolution is expected from now on, local.
    pub expected: Option<Date>,
    /// Until when nobody is told of it, local.
    pub embargo: Option<Date>,
    /// Why a date moves; may be empty when none was told before.
    pub because: String,
    /// We wait for the reporter's answer.
    pub ask: bool,
    /// It gives the Signal number.
    pub gives_number: bool,
    /// The letter says nothing of the report, only how or by whom they are looked after.
    pub is_empty: bool,
    /// It is the last call: we wait until this local day.
    pub until: Option<Date>,
}

impl Reply {
    /// What it decides. A new date is decided now, and holds once the reporter is told.
    pub fn on(&self, decision: Decision) -> Decision {
        let date_decided = self.expected.map(|on| What::DateDecided {
            on,
            because: self.because.clone(),
        });
        let embargo = self.embargo.map(|on| What::Planned {
            event: Planned::Embargo,
            on,
        });
        let moves = self.embargo.filter(|_| self.expected.is_none());
        let why = moves.and_then(|on| moved_because(Planned::Embargo, on, &self.because));
        // A date is an answer, and so is a question.
        let dated = self.expected.is_some() || self.embargo.is_some();
        let is_answer = !self.is_empty || dated || self.ask;
        let mut told = Vec::from_iter(is_answer.then_some(What::Answered));
        told.extend(self.expected.map(|on| What::Dated { on }));
        told.extend(embargo.clone());
        told.extend(self.gives_number.then(|| What::Noted {
            why: "the Signal number was given out".to_owned(),
        }));
        let waiting = What::Waiting {
            on: Some(WaitsFor::Reporter),
        };
        let last_call = self.until.map(|until| What::LastCalled { until });
        Decision {
            decided: date_decided.into_iter().chain(why).collect(),
            done: embargo.into_iter().collect(),
            told,
            last: self
                .ask
                .then_some(waiting)
                .into_iter()
                .chain(last_call)
                .collect(),
            labels: self
                .expected
                .map(|on| format!("{}: {on}", decision.label.expected))
                .into_iter()
                .collect(),
            ..decision
        }
    }

    /// Whether it can be given, on a ticket with these facts.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn check(&self, facts: &[Fact], today: Date) -> Result<()> {
        let dated = self.expected.is_some() || self.embargo.is_some();
        if !dated && !self.because.trim().is_empty() {
            bail!("--because says why a date moves\n  hint: with --expected or --embargo")
        }
        if let Some(on) = self.expected {
            may_be_told(on, dates_told(facts).last().copied(), &self.because)?;
            check_date("the expected date", on, today)?;
        }
        if let Some(on) = self.embargo {
            may_be_told(on, last_told(facts, Planned::Embargo), &self.because)?;
            check_date("the end of an embargo", on, today)?;
        }
        Ok(())
    }
}

/// The dates for the resolution that the reporter was told, each that differs from the one
/// before, the oldest first.
pub fn dates_told(facts: &[Fact]) -> Vec<Date> {
    let mut facts = counting(facts);
    facts.sort_by_key(|f| (f.at, f.n));
    let date = |what: &What| {
        if let What::Dated { on } = what {
            Some(*on)
        } else {
            None
        }
    };
    let mut dates: Vec<Date> = facts.iter().filter_map(|f| date(&f.what)).collect();
    dates.dedup();
    dates
}

/// Decides that the problem is resolved; the letter thanks for the report.
pub fn resolve(decision: Decision) -> Decision {
    Decision {
        done: vec![What::Resolved],
        told: vec![What::Answered, What::Thanked],
        ..decision
    }
}

/// Whether the problem is resolved, and was not opened again since.
pub fn is_resolved(facts: &[Fact]) -> bool {
    holds(facts, &What::Resolved)
}

/// Whether it is published, and was not opened again since.
pub fn is_published(facts: &[Fact]) -> bool {
    holds(facts, &What::Published)
}

fn holds(facts: &[Fact], what: &What) -> bool {
    let facts = counting(facts);
    let latest = facts
        .iter()
        .rfind(|f| f.what == *what || f.what == What::Reopened);
    latest.is_some_and(|f| f.what == *what)
}

/// Decides that nothing more is owed, once the last letter is out.
pub fn close(because: &str, decision: Decision) -> Decision {
    let why = (!because.trim().is_empty()).then(|| What::Remarked {
        text: format!("closed: {}", because.trim()),
    });
    Decision {
        decided: why.into_iter().collect(),
        told: vec![What::Answered],
        last: vec![What::Closed],
        ..decision
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn a_date_that_moves_has_a_reason_and_is_another() {
        let check = |told: &[Date], on: Date, because: &str, wanted: bool| {
            let dated: Vec<What> = told.iter().map(|on| What::Dated { on: *on }).collect();
            let reply = Reply {
                expected: Some(on),
                because: because.to_owned(),
                ..Reply::default()
            };
            let fits = reply.check(&Fact::each_second(&dated), TODAY).is_ok();
            assert_eq!(fits, wanted, "{told:?} {reply:?}");
        };
        let (first, second) = (date(2026, 12, 1), date(2026, 12, 8));
        check(&[], first, "", true);
        check(&[first], second, "", false);
        check(&[first], second, "rework", true);
        check(&[first], first, "rework", false);
        check(&[first, second], first, "it goes faster", true);
        check(&[], date(2026, 11, 23), "", false);
        check(&[], date(2028, 11, 25), "", false);
    }
}
