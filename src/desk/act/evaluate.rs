//! The evaluation of a report.

use super::{Decision, Original};
use crate::ticket::{Field, Outcome, WaitsFor, What};
use anyhow::{Result, bail};
use jiff::civil::Date;

/// An evaluation, as a person gave it.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The outcome.
    pub outcome: Outcome,
    /// The date by which a resolution is expected, local; in an interim answer the one by
    /// which we write next.
    pub expected: Option<Date>,
    /// The report that this one repeats.
    pub of: Option<Original>,
    /// A final outcome does not close the ticket.
    pub keep_open: bool,
}

impl Evaluation {
    /// What it decides. An accepted report without a date, or an interim answer, meets only
    /// a part of what was promised; a final outcome needs no date and closes the ticket.
    pub fn on(&self, decision: Decision) -> Decision {
        let mut decided = vec![What::Decided {
            outcome: self.outcome,
            expected: self.expected,
        }];
        decided.extend(self.of.map(|of| What::Set {
            field: Field::See,
            was: None,
            value: Some(of.ticket.to_string()),
        }));
        let mut told = vec![
            What::Answered,
            What::Evaluated {
                outcome: self.outcome,
            },
        ];
        match self.resolution() {
            Some(on) => told.push(What::Dated { on }),
            None if self.needs_no_date() => told.push(What::DateNotDue),
            None => {}
        }
        // The letter says so, and nothing more is to be informed of.
        told.extend(self.is_resolved().then_some(What::Resolved));
        let waiting = What::Waiting {
            on: Some(WaitsFor::Reporter),
        };
        let last = match self.outcome {
            outcome if outcome.is_final() && !self.keep_open => vec![What::Closed],
            // The letter asks for something.
            Outcome::NeedsInformation => vec![waiting],
            _ => Vec::new(),
        };
        let label = &decision.label;
        let assessment = format!("{}: {}", label.assessment, self.outcome.word());
        let expected = self.resolution();
        let expected = expected.map(|date| format!("{}: {date}", label.expected));
        Decision {
            decided,
            told,
            last,
            labels: std::iter::once(assessment).chain(expected).collect(),
            of: self.of,
            ..decision
        }
    }

    /// The date of the resolution. That of an interim answer is when we write next.
    pub fn resolution(&self) -> Option<Date> {
        self.expected.filter(|_| !self.outcome.is_interim())
    }

    fn is_resolved(&self) -> bool {
        self.of.is_some_and(|of| of.resolved)
    }

    fn needs_no_date(&self) -> bool {
        self.outcome.is_final() || self.is_resolved()
    }

    /// Whether it can be given: refuses what would contradict itself.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn check(&self, today: Date) -> Result<()> {
        match self.of {
            Some(_) if self.outcome != Outcome::Duplicate => {
                bail!(
                    "--of names the first report of a duplicate: {} has none",
                    self.outcome.word()
                )
            }
            Some(_) | None => {}
        }
        match self.expected {
            Some(_) if self.outcome.is_final() => bail!(
                "{} is a final outcome and has no expected date\n  hint: leave --expected out",
                self.outcome.word()
            ),
            Some(date) => check_date("the expected date", date, today),
            None => Ok(()),
        }
    }
}

/// Whether a date can be promised on the local day `today`; `what` says which date it is.
///
/// # Errors
/// When it has passed, or is more than two years away.
pub(super) fn check_date(what: &str, date: Date, today: Date) -> Result<()> {
    if date < today {
        bail!(
            "{what} {date} is in the past\n  hint: a day from {today} on; what they were told before today: --said-in N, or --said-at TIME --via WAY"
        );
    }
    if date > today.saturating_add(jiff::Span::new().years(2)) {
        bail!(
            "{what} {date} is more than two years away\n  hint: an earlier day; they are told when it moves"
        );
    }
    Ok(())
}
