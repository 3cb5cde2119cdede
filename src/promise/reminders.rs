//! Which reminder of a duty is due at a moment.
//!
//! Pure: what was said before is an argument, and planning twice says nothing new.
//! After a time in which nobody looked, only the latest reminder is said; it covers the
//! earlier ones. What a reminder says, to whom and by which way is decided elsewhere.

use super::calendar::Calendar;
use super::form::{Promise, Span, Step};
use super::run::Run;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

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
    /// Its key: `at-once`, `1bd-before`, `3h-before`, `when-due`, `after-2026-11-26`.
    pub step: String,
    /// It belongs to the morning digest, because it falls at an opening.
    pub morning: bool,
}

/// What `now` asks for.
pub fn plan(duty: &Duty, said: &dyn Fn(&str) -> bool, calendar: &Calendar, now: Timestamp) -> Plan {
    if duty.run.end.is_some() {
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
/// Steps that fall before the start are left out.
pub fn steps(duty: &Duty, calendar: &Calendar) -> Vec<Due> {
    let mut timed: Vec<Timed> = duty
        .promise
        .remind
        .iter()
        .filter_map(|step| timed(*step, duty, calendar))
        .collect();
    timed.sort_by_key(|timed| (timed.due.at, timed.rank, timed.nominal));
    timed.into_iter().map(|timed| timed.due).collect()
}

/// The first reminder that comes before the deadline, not counting the one at once.
pub(super) fn first_before(duty: &Duty, calendar: &Calendar) -> Option<Timestamp> {
    let before = duty
        .promise
        .remind
        .iter()
        .filter(|step| matches!(step, Step::Before(_)));
    before
        .filter_map(|step| timed(*step, duty, calendar))
        .map(|timed| timed.due.at)
        .min()
}

/// A step with its moment. Of two at the same moment the one of the higher rank, then
/// the one of the later nominal moment, says more.
struct Timed {
    due: Due,
    rank: u8,
    /// Where it would fall if the team never slept.
    nominal: Timestamp,
}

fn timed(step: Step, duty: &Duty, calendar: &Calendar) -> Option<Timed> {
    let (rank, key, nominal, (at, morning)) = match step {
        Step::AtOnce => (
            0,
            "at-once".to_owned(),
            duty.started_at,
            now_or_next_opening(duty.started_at, duty, calendar),
        ),
        Step::Before(span) => {
            let due_at = duty.due_at?;
            let (nominal, moment) = before(span, due_at, duty, calendar)?;
            (1, format!("{}-before", span.key()), nominal, moment)
        }
        Step::WhenDue => {
            let due_at = duty.due_at?;
            (
                2,
                "when-due".to_owned(),
                due_at,
                now_or_next_opening(due_at, duty, calendar),
            )
        }
        Step::DailyAfter => return None,
    };
    (nominal >= duty.started_at).then_some(Timed {
        due: Due {
            at,
            step: key,
            morning,
        },
        rank,
        nominal,
    })
}

/// The exact moment in team hours (or at any hour, if the promise says so), else the
/// next opening.
fn now_or_next_opening(moment: Timestamp, duty: &Duty, calendar: &Calendar) -> (Timestamp, bool) {
    if duty.promise.any_hour || calendar.is_open(moment) {
        (moment, false)
    } else {
        (calendar.next_open(moment), true)
    }
}

fn before(
    span: Span,
    due_at: Timestamp,
    duty: &Duty,
    calendar: &Calendar,
) -> Option<(Timestamp, (Timestamp, bool))> {
    let due_day = calendar.local_date(due_at);
    let exact = |before: SignedDuration| {
        let nominal = due_at.checked_sub(before).unwrap_or(Timestamp::MIN);
        in_team_hours_before_due(nominal, due_at, duty, calendar).map(|moment| (nominal, moment))
    };
    let opening = |day: Date| {
        let opening = calendar.opening(day);
        Some((opening, (opening, true)))
    };
    match span {
        Span::BusinessDays(n) => opening(calendar.business_day_before(due_day, n)),
        Span::Days(n) => {
            opening(calendar.business_day_on_or_before(due_day.saturating_sub(i64::from(n).days())))
        }
        Span::Hours(n) => exact(SignedDuration::from_hours(n.into())),
        Span::Minutes(n) => exact(SignedDuration::from_mins(n.into())),
    }
}

/// Outside team hours: in the last team hour before, but not before the start. If no
/// team hour lies between the start and that moment: at the next opening, as long as
/// that comes before the deadline; later it would only repeat what "when due" says.
fn in_team_hours_before_due(
    nominal: Timestamp,
    due_at: Timestamp,
    duty: &Duty,
    calendar: &Calendar,
) -> Option<(Timestamp, bool)> {
    if duty.promise.any_hour || calendar.is_open(nominal) {
        return Some((nominal, false));
    }
    let (from, to) = calendar.last_hour_before(nominal);
    if duty.started_at <= to {
        return Some((from.max(duty.started_at), false));
    }
    let opening = calendar.next_open(nominal);
    (opening < due_at).then_some((opening, true))
}

/// The business mornings after a deadline; after the start, if there is none.
struct Mornings<'a> {
    after: Date,
    calendar: &'a Calendar,
}

impl<'a> Mornings<'a> {
    fn of(duty: &Duty, calendar: &'a Calendar) -> Option<Self> {
        let after = calendar.local_date(duty.due_at.unwrap_or(duty.started_at));
        duty.promise
            .remind
            .contains(&Step::DailyAfter)
            .then_some(Self { after, calendar })
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
        (day > self.after).then(|| Due {
            at: self.calendar.opening(day),
            step: format!("after-{day}"),
            morning: true,
        })
    }
}

#[cfg(test)]
mod tests;
