//! Tickets that a promise does not hold for, because of their class.

use super::{End, Run};
use crate::promise::form::Promise;
use crate::ticket::{Fact, What};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Since when the ticket has a class that the promise does not hold for.
pub(super) fn since(promise: &Promise, facts: &[&Fact]) -> Option<Timestamp> {
    let (mut held, mut since) = (BTreeSet::new(), None);
    for fact in facts {
        match &fact.what {
            What::Classed { class } if promise.except.contains(class) => {
                held.insert(class);
                since = since.or(Some(fact.at));
            }
            What::Unclassed { class } => {
                held.remove(class);
                since = since.filter(|_| !held.is_empty());
            }
            _ => {}
        }
    }
    since
}

/// Ends what was open then, and takes back what began since. Nothing of it is forgotten:
/// once the ticket has lost that class, it stands as if it had never had it.
pub(super) fn release(runs: &mut Vec<Run>, since: Timestamp) {
    runs.retain(|run| run.started_at < since);
    for run in runs {
        if run.end.is_none_or(|end| end.at() > since) {
            run.end = Some(End::Void(since));
            run.paused_at = run.paused_at.filter(|at| *at <= since);
            for met in &mut run.met {
                *met = met.filter(|at| *at <= since);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::runs;
    use super::*;
    use crate::promise::samples::{at, facts, london, respond};

    fn classed(class: &str) -> What {
        What::Classed {
            class: class.into(),
        }
    }

    /// The runs under these facts, as `start: end`.
    fn check(story: &[(&str, What)], wanted: &[(&str, Option<End>)]) {
        let promise = Promise {
            except: vec!["support".into(), "sandbox".into()],
            ..respond()
        };
        let runs = runs(&promise, &facts(story), &london());
        let found: Vec<_> = runs.iter().map(|run| (run.started_at, run.end)).collect();
        let wanted: Vec<_> = wanted.iter().map(|(from, end)| (at(from), *end)).collect();
        assert_eq!(found, wanted, "{story:?}");
    }

    #[test]
    fn a_promise_does_not_hold_for_a_class_that_it_excepts() {
        let received = ("2027-05-04 10:00", What::Received);
        let attack = ("2027-05-04 10:00", classed("attack"));
        check(&[received.clone(), attack], &[("2027-05-04 10:00", None)]);
        // It came by the address of that class: the promise was never given.
        check(
            &[received.clone(), ("2027-05-04 10:00", classed("support"))],
            &[],
        );
        // A person said so later: what was open is over.
        let later = ("2027-05-05 09:00", classed("support"));
        let void = Some(End::Void(at("2027-05-05 09:00")));
        check(
            &[received.clone(), later.clone()],
            &[("2027-05-04 10:00", void)],
        );
        // What was met before stays met.
        let met = [
            received,
            (
                "2027-05-04 11:00",
                What::Evaluated {
                    outcome: crate::ticket::Outcome::Accepted,
                },
            ),
            ("2027-05-04 11:00", What::DateNotDue),
            later,
        ];
        let kept = Some(End::Met(at("2027-05-04 11:00")));
        check(&met, &[("2027-05-04 10:00", kept)]);
    }

    #[test]
    fn whoever_takes_the_class_away_finds_the_clock_where_it_would_be() {
        let unclassed = |class: &str| What::Unclassed {
            class: class.into(),
        };
        let story = [
            ("2027-05-04 10:00", What::Received),
            ("2027-05-04 10:00", classed("support")),
            ("2027-05-04 12:00", classed("sandbox")),
            ("2027-05-05 09:00", unclassed("support")),
        ];
        check(&story, &[]);
        let back = [&story[..], &[("2027-05-05 10:00", unclassed("sandbox"))]].concat();
        check(&back, &[("2027-05-04 10:00", None)]);
    }
}
