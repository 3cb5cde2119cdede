//! Promises as data: what starts one, what meets it, when it is due, how it stands.
//!
//! A promise is never code. One form carries them all (see [`Promise`]); this module
//! folds the facts of a ticket into [`Run`]s of a promise, counts its time on a
//! [`Calendar`], and says how it stands at a moment; [`tally`] counts how those of a span
//! were kept. Nothing here reads a clock.
//!
//! # What the pages leave open, and what gatepost fixes
//!
//! * *Receipt* is the moment at which the mail reached the mailbox.
//! * *N business days*: day N is the Nth business day after the local day of receipt,
//!   whatever the hour and whether or not that day was itself a business day. The
//!   deadline is the close of business of that day in the team's zone.
//! * *N days*: close of business on day N after receipt, or on the business day before
//!   if that is none.
//! * *N hours* and *N minutes* are real time.
//! * *A date given* falls due at close of business of that day, or of the business day
//!   before.
//! * Where daylight saving skips or repeats the closing hour: the earlier instant.

mod calendar;
mod check;
mod deadline;
mod explain;
mod form;
pub mod reminders;
mod run;
#[cfg(test)]
mod samples;
mod standing;
pub mod tally;
mod words;

pub use calendar::{
    Calendar, CalendarError, DayKind, HolidayFile, Hours, IcsError, Source, read_holidays,
};
pub use deadline::{DayLine, Deadline, deadline};
pub use explain::{Dates, Explained, Move, Need, Reminded, Told, elsewhere, explain, heading};
pub use form::{Audience, DateKind, FormError, OneOf, Policy, Promise, Span, Step};
pub use run::{End, Run, runs};
pub use standing::{Standing, State, standing};
