//! Which reminder of a duty is due at a moment.
//!
//! Pure: what was said before is an argument, and planning twice says nothing new.
//! After a time in which nobody looked, only the latest reminder is said; it covers the
//! earlier ones. What a reminder says, to whom and by which way is decided elsewhere.

mod steps;

use super::calendar::Calendar;
use super::form::{Promise, Step};
use super::run::Run;
use jiff::Timestamp;
use jiff::civil::Date;

/// A run of a promise, as far as reminders are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Duty<'a> {
    /// The promise.
    pub promise: &'a Promise,
    /// Its run.
    pub run: &'a Run,
    /// When it is due: the stored instant, not one counted anew.
    pub due_at: Option<Timestamp>,
    /// When it started.
    pub started_at: Timestamp,
    /// For which line of the team.
    pub line: Line,
}

/// A line of the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Hears every step.
    First,
    /// Hears from the step on at which the promise escalates; never without one.
    Second,
}

/// What to say now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The reminder to say, if one is due that was not said.
    pub say: Option<Due>,
    /// Keys of earlier reminders that were never said and that this one makes needless:
    /// to be marked as said together with it.
    pub covers: Vec<String>,
    /// The next moment after now at which something will be due.
    pub next: Option<Timestamp>,
}

/// One reminder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When it is due.
    pub at: Timestamp,
    /// Its key: `at-once`, `1bd-before`, `3h-before`, `when-due`, `5bd-after`,
    /// `after-2026-11-26`.
    pub step: String,
    /// It belongs to the morning digest, because it falls at an opening.
    pub morning: bool,
}

/// What `now` asks for.
pub fn plan(duty: &Duty, said: &dyn Fn(&str) -> bool, calendar: &Calendar, now: Timestamp) -> Plan {
    if duty.run.end.is_some() || duty.run.paused_at.is_some() {
        return Plan::default();
    }
    let steps = steps(duty, calendar);
    let mornings = Mornings::of(duty, calendar);
    let (mut past, future): (Vec<Due>, Vec<Due>) = steps.into_iter().partition(|due| due.at <= now);
    let morning = mornings.as_ref().and_then(|mornings| mornings.latest(now));
    // At the same moment a morning after the deadline says more than any step before.
    let latest = match (&morning, past.last()) {
        (Some(morning), Some(step)) if step.at > morning.at => past.pop(),
        (Some(_), _) => morning.clone(),
        (None, _) => past.pop(),
    };
    let next_morning = mornings
        .as_ref()
        .and_then(|mornings| mornings.next(now, said));
    let next = future
        .iter()
        .filter(|due| !said(&due.step))
        .map(|due| due.at)
        .chain(next_morning)
        .min();
    match latest.filter(|due| !said(&due.step)) {
        None => Plan {
            say: None,
            covers: Vec::new(),
            next,
        },
        Some(say) => {
            let mut covers: Vec<String> = past
                .into_iter()
                .map(|due| due.step)
                .filter(|step| !said(step))
                .collect();
            covers.extend(
                mornings
                    .iter()
                    .flat_map(|mornings| mornings.unsaid_before(say.at, said)),
            );
            Plan {
                say: Some(say),
                covers,
                next,
            }
        }
    }
}

/// All reminders of a duty but the daily ones, in the order in which they fall due.
/// Steps that fall before the start are left out, and those that this line does not hear.
pub fn steps(duty: &Duty, calendar: &Calendar) -> Vec<Due> {
    let mut timed = steps::timed_steps(duty, calendar);
    timed.sort_by_key(|timed| (timed.due.at, timed.rank, timed.nominal));
    timed.into_iter().map(|timed| timed.due).collect()
}

/// The first reminder that comes before the deadline, not counting the one at once.
pub(super) fn first_before(duty: &Duty, calendar: &Calendar) -> Option<Timestamp> {
    let all = duty.promise.remind.iter();
    all.filter(|step| matches!(step, Step::Before(_)))
        .filter_map(|step| steps::timed(*step, duty, calendar))
        .map(|timed| timed.due.at)
        .min()
}

/// The business mornings after a deadline. If there is none: after the first step that
/// falls after the start, or else after the start.
struct Mornings<'a> {
    after: Date,
    /// This line hears none before.
    from: Timestamp,
    calendar: &'a Calendar,
}

impl<'a> Mornings<'a> {
    fn of(duty: &Duty, calendar: &'a Calendar) -> Option<Self> {
        if !duty.promise.remind.contains(&Step::DailyAfter) {
            return None;
        }
        let stale = || {
            let all = duty.promise.remind.iter();
            all.filter(|step| matches!(step, Step::After(_)))
                .filter_map(|step| steps::timed(*step, duty, calendar))
                .map(|timed| timed.due.at)
                .min()
        };
        let after = duty.due_at.or_else(stale).unwrap_or(duty.started_at);
        Some(Self {
            after: calendar.local_date(after),
            from: steps::hears_from(duty, calendar)?,
            calendar,
        })
    }

    /// The last one that is not in the future.
    fn latest(&self, now: Timestamp) -> Option<Due> {
        let next = self.calendar.day_opening_after(now);
        self.on(self.calendar.business_day_before(next, 1))
            .filter(|due| due.at <= now)
    }

    /// The first one in the future that was not said; a clock that jumped back has
    /// mornings before it that were.
    fn next(&self, now: Timestamp, said: &dyn Fn(&str) -> bool) -> Option<Timestamp> {
        let from = self
            .calendar
            .day_opening_after(now)
            .max(self.calendar.business_day_after(self.after, 1));
        let days = std::iter::successors(Some(from), |day| {
            Some(self.calendar.business_day_after(*day, 1))
        });
        days.take(400)
            .filter_map(|day| self.on(day))
            .find(|due| !said(&due.step))
            .map(|due| due.at)
    }

    /// The keys of the mornings before `at`, back to one that was said.
    fn unsaid_before(&self, at: Timestamp, said: &dyn Fn(&str) -> bool) -> Vec<String> {
        let last = self
            .calendar
            .business_day_before(self.calendar.local_date(at), 1);
        let days = std::iter::successors(Some(last), |day| {
            Some(self.calendar.business_day_before(*day, 1))
        });
        days.take(400)
            .map_while(|day| self.on(day))
            .map(|due| due.step)
            .take_while(|step| !said(step))
            .collect()
    }

    fn on(&self, day: Date) -> Option<Due> {
        let at = self.calendar.opening(day);
        (day > self.after && at >= self.from).then(|| Due {
            at,
            step: format!("after-{day}"),
            morning: true,
        })
    }
}

#[cfg(test)]
mod tests;
