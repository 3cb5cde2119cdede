//! What a run throws by chance, or is told by the environment: dice whose seed is printed and
//! can be thrown again, and numbers that make a story longer than `tests/run` has time for.

use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::wait_until;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// The number in this variable, or the usual one.
pub fn number(name: &str, usual: usize) -> usize {
    let wanted = std::env::var(name).ok();
    wanted.map_or(usual, |n| {
        n.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {n:?}"))
    })
}

/// How often something is done: a few times in seconds, `GATEPOST_TIMES` as often, or as
/// `GATEPOST_ROUNDS` says.
pub fn rounds(usual: usize) -> usize {
    number("GATEPOST_ROUNDS", usual * number("GATEPOST_TIMES", 1))
}

/// SplitMix64: the same seed throws the same.
pub struct Dice(pub u64);

impl Dice {
    /// With the seed in `GATEPOST_SEED`, or always the same one.
    pub fn usual() -> Self {
        Self::seeded("usual", 0x6761_7465_706f_7374)
    }

    /// With the seed in `GATEPOST_SEED`, or by chance.
    pub fn thrown(story: &str) -> Self {
        let by_chance = RandomState::new().hash_one(story) % 1_000_000;
        Self::seeded(story, by_chance as usize)
    }

    fn seeded(story: &str, seed: usize) -> Self {
        let seed = number("GATEPOST_SEED", seed);
        eprintln!("{story}: GATEPOST_SEED={seed}");
        Self(seed as u64)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 on and below this.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// Returns after so many lines of the daemon's log, or so long.
    pub fn moment(&mut self, g: &Gatepost) {
        let (lines, at_most) = (self.below(60), Duration::from_millis(self.below(900)));
        let (began, before) = (Instant::now(), g.log().lines().count() as u64);
        wait_until("a moment that the dice chose", PATIENCE, || {
            let written = g.log().lines().count() as u64;
            (written >= before + lines || began.elapsed() > at_most).then_some(())
        });
    }
}
