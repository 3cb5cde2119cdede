//! How the tests of hostile text tell what a text costs.

use std::fs;
use std::time::Duration;

/// What the work gave, and for how long it had a processor, to ten milliseconds: whatever else
/// the machine does at that time, it is the same.
pub(crate) fn costs<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = on_a_processor();
    let given = work();
    (given, on_a_processor().saturating_sub(before))
}

/// Of this thread, in its own code and in the system's (proc(5): 100 ticks a second).
fn on_a_processor() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

#[test]
fn work_costs_and_waiting_does_not() {
    let (sum, cost) = costs(|| (0..20_000_000_u64).fold(0, |a, b| a ^ b.wrapping_mul(a | 3)));
    assert!(cost > Duration::ZERO, "{sum}");
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let (_, cost) = costs(|| receiver.recv_timeout(Duration::from_millis(300)));
    drop(sender);
    assert!(cost < Duration::from_millis(100), "{cost:?}");
}
