//! Jumps of the wall clock: a machine that was suspended, a clock that was set.
//!
//! The monotonic clock stands still while a machine sleeps and knows nothing of who sets
//! the wall clock; the time since the start of the machine goes on while it sleeps. What
//! those two say differently was slept; what the wall clock says beyond that, it was set by.
//!
//! Known fault: a virtual machine that was stopped from outside knows nothing of it: its
//! wall clock, when it is put right, looks as if it had been set.

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// Clocks that drift, and a process that waits for a processor, make no jump.
const JUMP: SignedDuration = SignedDuration::from_secs(30);

/// All clocks at one moment.
#[derive(Clone, Copy)]
pub(super) struct Clocks {
    wall: Timestamp,
    monotonic: Instant,
    since_boot: Duration,
}

/// A jump of the wall clock.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Jump {
    /// The machine slept for so long, and its clock went on.
    Slept(SignedDuration),
    /// The clock was set forwards by so much; the machine may have slept besides.
    Forwards(SignedDuration),
    /// The clock was put back by so much.
    Back {
        by: SignedDuration,
        /// The machine slept besides.
        slept: bool,
    },
}

impl Clocks {
    /// Now, by the wall clock `wall`.
    pub(super) fn now(wall: Timestamp) -> Self {
        // Linux knows the clock since 2.6.39, so that asking for it cannot fail.
        let boot = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(boot.tv_sec).unwrap_or(0);
        Self {
            wall,
            monotonic: Instant::now(),
            since_boot: Duration::from_secs(seconds),
        }
    }

    /// What has happened to the clock since it was looked at last.
    pub(super) fn jump(&mut self, now: Self) -> Option<Jump> {
        let passed = signed(now.since_boot.saturating_sub(self.since_boot));
        let awake = signed(now.monotonic.saturating_duration_since(self.monotonic));
        let set = now.wall.duration_since(self.wall).saturating_sub(passed);
        let slept = passed.saturating_sub(awake);
        *self = now;
        if set >= JUMP {
            Some(Jump::Forwards(set))
        } else if set <= -JUMP {
            let (by, slept) = (set.abs(), slept >= JUMP);
            Some(Jump::Back { by, slept })
        } else {
            (slept >= JUMP).then_some(Jump::Slept(slept))
        }
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_what_the_clocks_say_differently() {
        let start = Clocks {
            wall: "2027-05-04T09:00:00Z".parse().unwrap(),
            monotonic: Instant::now(),
            since_boot: Duration::from_secs(1000),
        };
        let secs = SignedDuration::from_secs;
        let back = |by, slept| {
            Some(Jump::Back {
                by: secs(by),
                slept,
            })
        };
        for (awake, passed, shown, wanted) in [
            (5, 5, 5, None),
            (5, 5, 34, None),
            (5, 5, 35, Some(Jump::Forwards(secs(30)))),
            (5, 5, 36_005, Some(Jump::Forwards(secs(36_000)))),
            (600, 600, 600, None),
            (600, 600, 5, back(595, false)),
            (5, 5, -24, None),
            (5, 5, -25, back(30, false)),
            // The machine slept for ten hours, and its clock is right, or not.
            (5, 36_005, 36_005, Some(Jump::Slept(secs(36_000)))),
            (5, 36_005, 36_020, Some(Jump::Slept(secs(36_000)))),
            (5, 36_005, 40_005, Some(Jump::Forwards(secs(4_000)))),
            (5, 36_005, 36_005 - 3_600, back(3_600, true)),
            (5, 34, 34, None),
        ] {
            let mut clocks = start;
            let now = Clocks {
                wall: start.wall + secs(shown),
                monotonic: start.monotonic + Duration::from_secs(awake),
                since_boot: start.since_boot + Duration::from_secs(passed),
            };
            assert_eq!(clocks.jump(now), wanted, "{awake} {passed} {shown}");
            assert_eq!(clocks.jump(now), None);
        }
    }

    #[test]
    fn the_machine_has_been_up_for_a_while() {
        let mut clocks = Clocks::now(Timestamp::UNIX_EPOCH);
        assert!(clocks.since_boot > Duration::ZERO);
        assert_eq!(clocks.jump(Clocks::now(Timestamp::UNIX_EPOCH)), None);
    }
}
