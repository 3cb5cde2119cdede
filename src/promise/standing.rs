//! How a run of a promise stands at a moment. Computed, never stored.

use super::form::{OneOf, Promise};
use super::run::{End, Run};
use crate::ticket::FactName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a run stands. For a soft promise the caller chooses milder words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Open, and there is time.
    OnTime,
    /// Open, and it is time.
    Approaching,
    /// Open and not yet due; some of its needs are met, not all.
    HalfKept,
    /// Open after it was due, whatever was met.
    Overdue,
    /// Met in time; at the instant at which it was due is in time.
    Kept,
    /// Met late.
    KeptLate,
    /// Ended without being met: closed, ended, restarted, or replaced by a new date.
    Void,
    /// Open, and at rest: we wait for the reporter.
    Waiting,
    /// Open, and what is missing would have to reach a reporter who cannot be reached.
    Cannot,
}

impl Standing {
    /// The word that scripts read.
    pub fn word(self) -> &'static str {
        match self {
            Self::OnTime => "on-time",
            Self::Approaching => "approaching",
            Self::HalfKept => "half-kept",
            Self::Overdue => "overdue",
            Self::Kept => "kept",
            Self::KeptLate => "kept-late",
            Self::Void => "void",
            Self::Waiting => "waiting",
            Self::Cannot => "cannot",
        }
    }
}

/// How a run stands, what is missing, and whether it was late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// How it stands.
    pub standing: Standing,
    /// The needs that are not met: names of facts, "any of" joined with "or".
    pub missing: Vec<String>,
    /// It is late or was when it ended. Stays after it is cured, void or moved.
    pub was_late: bool,
}

/// How `run` stands `now`. `reachable` is whether a letter can reach the reporter: a
/// promise that needs no letter is not hindered by that.
pub fn standing(
    promise: &Promise,
    run: &Run,
    due_at: Option<Timestamp>,
    approaching_at: Option<Timestamp>,
    reachable: bool,
    now: Timestamp,
) -> State {
    // At rest it grows no later; what was late before stays so.
    let until = run.paused_at.or(run.end.map(End::at)).unwrap_or(now);
    let was_late = due_at.is_some_and(|due| until > due);
    let missing: Vec<&OneOf> = promise
        .needs
        .iter()
        .zip(&run.met)
        .filter(|(_, met)| met.is_none())
        .map(|(need, _)| need)
        .collect();
    let standing = match run.end {
        Some(End::Met(_)) if was_late => Standing::KeptLate,
        Some(End::Met(_)) => Standing::Kept,
        Some(End::Void(_) | End::Restarted(_) | End::Moved(_) | End::Missed(_)) => Standing::Void,
        None if run.paused_at.is_some() => Standing::Waiting,
        None if !reachable && lacks_a_reporter(promise, run) => Standing::Cannot,
        None if was_late => Standing::Overdue,
        None if missing.len() < promise.needs.len() => Standing::HalfKept,
        None if approaching_at.is_some_and(|from| now >= from) => Standing::Approaching,
        None => Standing::OnTime,
    };
    State {
        standing,
        missing: missing.into_iter().map(OneOf::names).collect(),
        was_late,
    }
}

/// Whether something is missing that only a letter to the reporter can meet.
pub(super) fn lacks_a_reporter(promise: &Promise, run: &Run) -> bool {
    let needs = promise.needs.iter().zip(&run.met);
    needs
        .into_iter()
        .any(|(need, met)| met.is_none() && must_reach_reporter(need))
}

fn must_reach_reporter(need: &OneOf) -> bool {
    let letter = |name: &FactName| {
        matches!(
            name.as_str(),
            "acknowledged" | "evaluated" | "dated" | "answered" | "thanked"
        )
    };
    need.0.iter().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promise::samples::{at, facts, london, promise, respond};
    use crate::promise::{deadline, runs};
    use crate::ticket::{Outcome, What};

    const EVALUATED: What = What::Evaluated {
        outcome: Outcome::Accepted,
    };

    /// A report of Friday 30 April 16:40, due on Thursday 6 May at 17:00.
    fn state(rest: &[(&str, What)], reachable: bool, now: &str) -> State {
        let mut list = vec![("2027-04-30 16:40", What::Received)];
        list.extend_from_slice(rest);
        let run = runs(&respond(), &facts(&list), &london()).remove(0);
        let deadline = deadline(&respond(), &run, &london()).unwrap();
        standing(
            &respond(),
            &run,
            Some(deadline.due_at),
            Some(deadline.approaching_at),
            reachable,
            at(now),
        )
    }

    #[test]
    fn from_on_time_to_overdue() {
        for (now, word) in [
            ("2027-04-30 16:40", "on-time"),
            ("2027-05-05 08:59", "on-time"),
            ("2027-05-05 09:00", "approaching"),
            ("2027-05-06 17:00", "approaching"),
            ("2027-05-06 17:00:01", "overdue"),
        ] {
            let state = state(&[], true, now);
            assert_eq!(
                (state.standing.word(), state.was_late),
                (word, word == "overdue"),
                "{now}"
            );
            assert_eq!(state.missing, ["evaluated", "dated or date-not-due"]);
        }
    }

    #[test]
    fn overdue_wins_over_half_kept() {
        let half = [("2027-05-04 10:00", EVALUATED)];
        let state_at = |now| state(&half, true, now);
        assert_eq!(state_at("2027-05-06 17:00").standing, Standing::HalfKept);
        assert_eq!(
            state_at("2027-05-06 17:00").missing,
            ["dated or date-not-due"]
        );
        assert_eq!(state_at("2027-05-06 17:01").standing, Standing::Overdue);
    }

    #[test]
    fn late_stays_after_it_is_cured_or_void() {
        let check = |when: &str, last: What, standing: Standing, was_late: bool| {
            let state = state(
                &[("2027-05-04 10:00", EVALUATED), (when, last)],
                true,
                "2027-08-01 12:00",
            );
            assert_eq!(
                (state.standing, state.was_late),
                (standing, was_late),
                "{when}"
            );
        };
        check("2027-05-06 17:00", What::DateNotDue, Standing::Kept, false);
        check(
            "2027-05-06 17:00:01",
            What::DateNotDue,
            Standing::KeptLate,
            true,
        );
        check("2027-05-05 12:00", What::Closed, Standing::Void, false);
        check("2027-05-07 12:00", What::Closed, Standing::Void, true);
    }

    #[test]
    fn a_reporter_out_of_reach_hinders_only_what_needs_a_letter() {
        assert_eq!(
            state(&[], false, "2027-05-04 12:00").standing,
            Standing::Cannot
        );
        let late = state(&[], false, "2027-05-07 12:00");
        assert_eq!((late.standing, late.was_late), (Standing::Cannot, true));
        let resolve = promise("resolve", &["received"], &["resolved"], None);
        let run = runs(
            &resolve,
            &facts(&[("2027-04-30 16:40", What::Received)]),
            &london(),
        )
        .remove(0);
        let state = standing(&resolve, &run, None, None, false, at("2027-05-04 12:00"));
        assert_eq!((state.standing, state.was_late), (Standing::OnTime, false));
    }

    #[test]
    fn what_rests_is_neither_late_nor_forgiven() {
        let inform = Promise {
            repeat: true,
            ..promise("inform", &["answered"], &["answered"], None)
        };
        let waiting = What::Waiting {
            on: Some(crate::ticket::WaitsFor::Reporter),
        };
        let state = |asked: &str| {
            let list = [
                ("2027-05-04 10:00", What::Answered),
                (asked, waiting.clone()),
            ];
            let run = runs(&inform, &facts(&list), &london()).remove(0);
            let due = Some(at("2027-05-10 17:00"));
            let state = standing(&inform, &run, due, due, true, at("2027-06-01 10:00"));
            (state.standing, state.was_late)
        };
        assert_eq!(state("2027-05-05 10:00"), (Standing::Waiting, false));
        assert_eq!(state("2027-05-11 10:00"), (Standing::Waiting, true));
    }
}
