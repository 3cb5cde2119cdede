//! The one place that asks the machine what time it is.

use jiff::Timestamp;

/// The wall clock, now. Everything else takes the moment as an argument.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where the clock is read"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
