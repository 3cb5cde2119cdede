//! Decisions after the evaluation: a reply, that the problem is resolved, published, closed.

use super::Decision;
use super::evaluate::check_date;
use crate::ticket::{Fact, Field, Planned, Ticket, WaitsFor, What, counting};
use anyhow::{Result, bail};
use jiff::civil::Date;

/// A reply, as a person gave it.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The date by which a resolution is expected from now on, local.
    pub expected: Option<Date>,
    /// Why it moves; may be empty when no date was told before.
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
        // A date is an answer, and so is a question.
        let is_answer = !self.is_empty || self.expected.is_some() || self.ask;
        let mut told = Vec::from_iter(is_answer.then_some(What::Answered));
        told.extend(self.expected.map(|on| What::Dated { on }));
        told.extend(self.gives_number.then(|| What::Noted {
            why: "the Signal number was given out".to_owned(),
        }));
        let waiting = What::Waiting {
            on: Some(WaitsFor::Reporter),
        };
        let last_call = self.until.map(|until| What::LastCalled { until });
        Decision {
            decided: date_decided.into_iter().collect(),
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
        let told = dates_told(facts).last().copied();
        match (self.expected, told) {
            (None, _) => Ok(()),
            (Some(on), Some(told)) if on == told => {
                bail!("the reporter has been told {on} already")
            }
            (Some(_), Some(told)) if self.because.trim().is_empty() => bail!(
                "the reporter was told {told}: a date that moves has a reason\n  hint: --because TEXT"
            ),
            (Some(on), _) => check_date(on, today),
        }
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

/// The date of the resolution that the reporter was told, if a publication on this day would
/// come before it.
pub fn too_early(facts: &[Fact], publication: Date) -> Option<Date> {
    let expected = dates_told(facts).last().copied();
    expected.filter(|expected| publication < *expected && !is_resolved(facts))
}

/// The day on which an embargo ends, if a publication on this day would break it.
pub fn embargoed(facts: &[Fact], publication: Date) -> Option<Date> {
    let until = Ticket::fold(facts).planned.get(&Planned::Embargo).copied();
    until.filter(|until| publication < *until)
}

fn holds(facts: &[Fact], what: &What) -> bool {
    let facts = counting(facts);
    let latest = facts
        .iter()
        .rfind(|f| f.what == *what || f.what == What::Reopened);
    latest.is_some_and(|f| f.what == *what)
}

/// A publication, as a person gave it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Planned for this local day; none: it is public.
    pub on: Option<Date>,
    /// Where it can be read.
    pub link: Option<String>,
    /// Why it is public although the problem is not resolved, or before an embargo ends.
    pub force: Option<String>,
}

impl Publication {
    /// What it decides. A plan is only a date; what is public is an update that was posted.
    pub fn on(&self, decision: Decision) -> Decision {
        let why = self.force.as_ref().map(|reason| What::Remarked {
            text: format!("published all the same: {reason}"),
        });
        let link = self.link.as_ref().map(|link| What::Set {
            field: Field::Link,
            was: None,
            value: Some(link.clone()),
        });
        let done = match self.on {
            Some(on) => vec![What::Planned {
                event: Planned::Publication,
                on,
            }],
            None => vec![What::UpdatePosted, What::Published],
        };
        Decision {
            decided: why.into_iter().chain(link).collect(),
            done,
            told: vec![What::Answered],
            ..decision
        }
    }

    /// Whether it can be given, on a ticket with these facts.
    ///
    /// # Errors
    /// Says what does not fit: publishing comes after resolving and when no embargo holds,
    /// unless a reason is given.
    pub fn check(&self, facts: &[Fact], today: Date) -> Result<()> {
        let reason = self.force.as_deref().map(str::trim).unwrap_or_default();
        let day = self.on.unwrap_or(today);
        let embargo = embargoed(facts, day).filter(|_| reason.is_empty());
        match self.on {
            Some(on) if on <= today => bail!(
                "{on} is not in the future\n  hint: leave --on out for what is public already"
            ),
            Some(on) => {
                check_date(on, today)?;
                if let Some(until) = embargo {
                    bail!(
                        "{on} comes before {until}, until which an embargo holds\n  hint: a later day, `gatepost set REF embargo=` takes it back, or --force REASON"
                    );
                }
                match too_early(facts, on).filter(|_| reason.is_empty()) {
                    Some(expected) => bail!(
                        "{on} comes before {expected}, by which we told them that it will be resolved: it would show how to attack what is not mended\n  hint: a later day, `gatepost reply --expected` to move the other, or --force REASON"
                    ),
                    None => Ok(()),
                }
            }
            None if is_published(facts) => bail!("it is published already"),
            None if let Some(until) = embargo => bail!(
                "an embargo holds until {until}: others keep silent until then, and so do we\n  hint: --on {until}, `gatepost set REF embargo=` takes it back, or --force REASON"
            ),
            None if !is_resolved(facts) && reason.is_empty() => bail!(
                "it is not resolved: what is published now shows how to attack it\n  hint: gatepost resolve first, or --force REASON"
            ),
            None => Ok(()),
        }
    }
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
    use crate::ticket::By;
    use jiff::Timestamp;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 24);

    fn facts(whats: &[What]) -> Vec<Fact> {
        let fact = |(n, what): (i64, &What)| Fact {
            n,
            at: Timestamp::from_second(n).unwrap(),
            what: what.clone(),
            by: By::Gatepost,
            letter: None,
            mail: None,
            via: None,
        };
        (1..).zip(whats).map(fact).collect()
    }

    #[test]
    fn publishing_waits_for_the_fix_or_for_a_reason() {
        let check = |whats: &[What], force: Option<&str>, on: Option<Date>, wanted: bool| {
            let publication = Publication {
                on,
                link: None,
                force: force.map(str::to_owned),
            };
            let fits = publication.check(&facts(whats), TODAY).is_ok();
            assert_eq!(fits, wanted, "{whats:?} {publication:?}");
        };
        check(&[What::Resolved], None, None, true);
        check(&[], None, None, false);
        check(&[What::Resolved, What::Reopened], None, None, false);
        check(&[], Some(" "), None, false);
        check(&[], Some("it is in the news"), None, true);
        check(&[], None, Some(date(2026, 11, 25)), true);
        let expected = What::Dated {
            on: date(2026, 12, 4),
        };
        let early = Some(date(2026, 12, 3));
        check(std::slice::from_ref(&expected), None, early, false);
        check(
            std::slice::from_ref(&expected),
            Some("agreed with them"),
            early,
            true,
        );
        check(
            std::slice::from_ref(&expected),
            None,
            Some(date(2026, 12, 4)),
            true,
        );
        check(&[expected, What::Resolved], None, early, true);
        check(&[What::Resolved], None, Some(TODAY), false);
        check(&[What::Resolved, What::Published], None, None, false);
    }

    #[test]
    fn publishing_waits_for_the_end_of_an_embargo_or_for_a_reason() {
        let until = date(2026, 12, 4);
        let embargo = What::Planned {
            event: Planned::Embargo,
            on: until,
        };
        let check = |more: &[What], on: Option<Date>, force: Option<&str>, today: Date, wanted| {
            let publication = Publication {
                on,
                link: None,
                force: force.map(str::to_owned),
            };
            let whats = [&[What::Resolved, embargo.clone()], more].concat();
            let fits = publication.check(&facts(&whats), today).is_ok();
            assert_eq!(fits, wanted, "{more:?} {publication:?}");
        };
        let before = until.yesterday().unwrap();
        let retracted = What::Retracted {
            fact: 2,
            why: "over".to_owned(),
        };
        check(&[], None, None, TODAY, false);
        check(&[], None, Some("it leaked"), TODAY, true);
        check(&[], Some(before), None, TODAY, false);
        check(&[], Some(before), Some("agreed"), TODAY, true);
        check(&[], Some(until), None, TODAY, true);
        check(&[], None, None, before, false);
        check(&[], None, None, until, true);
        check(&[retracted], None, None, TODAY, true);
    }

    #[test]
    fn a_date_that_moves_has_a_reason_and_is_another() {
        let check = |told: &[Date], on: Date, because: &str, wanted: bool| {
            let dated: Vec<What> = told.iter().map(|on| What::Dated { on: *on }).collect();
            let reply = Reply {
                expected: Some(on),
                because: because.to_owned(),
                ..Reply::default()
            };
            let fits = reply.check(&facts(&dated), TODAY).is_ok();
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
