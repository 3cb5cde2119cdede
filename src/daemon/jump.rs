//! Jumps of the wall clock: a machine that was suspended, a clock that was set.
//!
//! The monotonic clock stands still while a machine sleeps and knows nothing of who sets
//! the wall clock; what the two say differently is a jump.

use jiff::{SignedDuration, Timestamp};
use std::time::Instant;

/// Clocks that drift, and a process that waits for a processor, make no jump.
const JUMP: SignedDuration = SignedDuration::from_secs(30);

/// Both clocks, when they were looked at last.
pub(super) struct Clocks {
    wall: Timestamp,
    monotonic: Instant,
}

impl Clocks {
    pub(super) fn new(wall: Timestamp, monotonic: Instant) -> Self {
        Self { wall, monotonic }
    }

    /// By how much the wall clock has jumped since it was looked at last; negative when it
    /// was put back.
    pub(super) fn jump(&mut self, wall: Timestamp, monotonic: Instant) -> Option<SignedDuration> {
        let passed = monotonic.saturating_duration_since(self.monotonic);
        let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
        let jump = wall.duration_since(self.wall).saturating_sub(passed);
        *self = Self { wall, monotonic };
        (jump.abs() >= JUMP).then_some(jump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_jump_is_what_the_clocks_say_differently() {
        let (wall, monotonic) = ("2027-05-04T09:00:00Z".parse().unwrap(), Instant::now());
        for (passed, shown, wanted) in [
            (5, 5, None),
            (5, 34, None),
            (5, 35, Some(30)),
            (5, 36_005, Some(36_000)),
            (600, 600, None),
            (600, 5, Some(-595)),
            (5, -24, None),
            (5, -25, Some(-30)),
        ] {
            let mut clocks = Clocks::new(wall, monotonic);
            let now = wall + SignedDuration::from_secs(shown);
            let jump = clocks.jump(now, monotonic + Duration::from_secs(passed));
            assert_eq!(jump.map(|j| j.as_secs()), wanted, "{passed} {shown}");
            assert_eq!(
                clocks.jump(now, monotonic + Duration::from_secs(passed)),
                None
            );
        }
    }
}
