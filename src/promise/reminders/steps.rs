//! When each step of a promise falls: the send window.
//!
//! Steps in days fall at the opening of business of their day, in the morning digest.
//! Steps in hours and minutes are exact; outside team hours they fall into the last team
//! hour before, or, at or after the deadline, wait for the next opening. `any_hour`
//! ignores the hours.

use super::{Due, Duty, Line};
use crate::promise::calendar::Calendar;
use crate::promise::form::{Span, Step};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A step with its moment. Of two at the same moment the one of the higher rank, then
/// the one of the later nominal moment, says more.
pub(super) struct Timed {
    pub(super) due: Due,
    pub(super) rank: u8,
    /// Where it would fall if the team never slept.
    pub(super) nominal: Timestamp,
}

/// A moment, and whether it belongs to the morning digest.
type Placed = (Timestamp, bool);

/// The steps that this line hears, not counting the daily ones, in no order.
pub(super) fn timed_steps(duty: &Duty, calendar: &Calendar) -> Vec<Timed> {
    let told = duty.promise.remind.iter();
    let all = told.filter_map(|step| timed(*step, duty, calendar));
    match duty.line {
        Line::First => all.collect(),
        Line::Second => {
            let Some(step) = duty.promise.escalate else {
                return Vec::new();
            };
            let from = escalated_at(step, duty, calendar);
            let mut heard: Vec<Timed> = all.filter(|timed| timed.due.at >= from).collect();
            if !duty.promise.remind.contains(&step) {
                heard.extend(timed(step, duty, calendar));
            }
            heard
        }
    }
}

/// From when on this line hears; never, where nothing is escalated.
pub(super) fn hears_from(duty: &Duty, calendar: &Calendar) -> Option<Timestamp> {
    match duty.line {
        Line::First => Some(Timestamp::MIN),
        Line::Second => {
            let step = duty.promise.escalate?;
            Some(escalated_at(step, duty, calendar))
        }
    }
}

/// When a step falls that may lie before the start (then it is the start) or find no
/// team hour of its own (then it is where it would fall if the team never slept).
fn escalated_at(step: Step, duty: &Duty, calendar: &Calendar) -> Timestamp {
    let at = match (timed(step, duty, calendar), nominal(step, duty, calendar)) {
        (Some(timed), _) => timed.due.at,
        (None, Some((nominal, _))) => nominal,
        (None, None) => duty.due_at.unwrap_or(duty.started_at),
    };
    at.max(duty.started_at)
}

/// A step that has a moment, not before the start.
pub(super) fn timed(step: Step, duty: &Duty, calendar: &Calendar) -> Option<Timed> {
    let rank = match step {
        Step::AtOnce => 0,
        Step::Before(_) => 1,
        Step::WhenDue => 2,
        Step::After(_) => 3,
        Step::DailyAfter => return None,
    };
    let (nominal, placed) = nominal(step, duty, calendar)?;
    let (at, morning) = placed?;
    (nominal >= duty.started_at).then_some(Timed {
        due: Due {
            at,
            step: step.key(),
            morning,
        },
        rank,
        nominal,
    })
}

/// Where a step would fall if the team never slept, and where it falls, if anywhere.
fn nominal(step: Step, duty: &Duty, calendar: &Calendar) -> Option<(Timestamp, Option<Placed>)> {
    let exact = |at| (at, Some(now_or_next_opening(at, duty, calendar)));
    match step {
        Step::AtOnce => Some(exact(duty.started_at)),
        Step::WhenDue => duty.due_at.map(exact),
        Step::Before(span) => duty
            .due_at
            .map(|due_at| before(span, due_at, duty, calendar)),
        Step::After(span) => {
            let from = duty.due_at.unwrap_or(duty.started_at);
            Some(after(span, from, duty, calendar))
        }
        Step::DailyAfter => None,
    }
}

/// The exact moment in team hours (or at any hour, if the promise says so), else the
/// next opening.
fn now_or_next_opening(moment: Timestamp, duty: &Duty, calendar: &Calendar) -> Placed {
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
) -> (Timestamp, Option<Placed>) {
    let due_day = calendar.local_date(due_at);
    let exact = |before: SignedDuration| {
        let nominal = due_at.checked_sub(before).unwrap_or(Timestamp::MIN);
        let placed = in_team_hours_before_due(nominal, due_at, duty, calendar);
        (nominal, placed)
    };
    match span {
        Span::BusinessDays(n) => opening(calendar.business_day_before(due_day, n), calendar),
        Span::Days(n) => {
            let day = due_day.saturating_sub(i64::from(n).days());
            opening(calendar.business_day_on_or_before(day), calendar)
        }
        Span::Hours(n) => exact(SignedDuration::from_hours(n.into())),
        Span::Minutes(n) => exact(SignedDuration::from_mins(n.into())),
    }
}

fn after(
    span: Span,
    from: Timestamp,
    duty: &Duty,
    calendar: &Calendar,
) -> (Timestamp, Option<Placed>) {
    let day = calendar.local_date(from);
    let exact = |after: SignedDuration| {
        let nominal = from.checked_add(after).unwrap_or(Timestamp::MAX);
        (nominal, Some(now_or_next_opening(nominal, duty, calendar)))
    };
    match span {
        Span::BusinessDays(n) => opening(calendar.business_day_after(day, n), calendar),
        Span::Days(n) => {
            let before = day.saturating_add(i64::from(n).days()).yesterday();
            let before = before.unwrap_or(day);
            opening(calendar.business_day_after(before, 1), calendar)
        }
        Span::Hours(n) => exact(SignedDuration::from_hours(n.into())),
        Span::Minutes(n) => exact(SignedDuration::from_mins(n.into())),
    }
}

fn opening(day: Date, calendar: &Calendar) -> (Timestamp, Option<Placed>) {
    let opening = calendar.opening(day);
    (opening, Some((opening, true)))
}

/// Outside team hours: in the last team hour before, but not before the start. If no
/// team hour lies between the start and that moment: at the next opening, as long as
/// that comes before the deadline; later it would only repeat what "when due" says.
fn in_team_hours_before_due(
    nominal: Timestamp,
    due_at: Timestamp,
    duty: &Duty,
    calendar: &Calendar,
) -> Option<Placed> {
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
