//! One daemon a store, also when two are started at the same moment, again and again.

use crate::dice::{Dice, rounds};
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A daemon that may find another; ended when it is dropped.
struct Starter {
    child: Child,
    log: std::path::PathBuf,
}

impl Starter {
    fn new(g: &Gatepost, name: &str) -> Self {
        let log = g.path(name);
        let to = fs::File::create(&log).unwrap();
        let child = g.command(&["run"]).stdout(Stdio::null()).stderr(to).spawn();
        let child = child.unwrap();
        Self { child, log }
    }

    fn runs(&self) -> bool {
        self.said().contains(" gatepost runs mailboxes=")
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Starter {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn f8_two_that_start_at_once() {
    let g = Gatepost::ready(PostOffice::shared(), "f8");
    let mut dice = Dice::thrown("f8");
    let (mut slowest, rounds) = (Duration::ZERO, 4 * rounds(2));
    for round in 0..rounds {
        // Together, or the second as late as the dice say: the first is somewhere in its start.
        let first = Starter::new(&g, "first");
        let (pause, since) = (Duration::from_micros(dice.below(40_000)), Instant::now());
        if !dice.one_in(3) {
            while since.elapsed() < pause {
                std::hint::spin_loop();
            }
        }
        let mut both = [first, Starter::new(&g, "second")];
        let began = Instant::now();
        let (out, code) = wait_until("one of them leaves", PATIENCE, || {
            let mut gone = both.iter_mut().enumerate();
            gone.find_map(|(i, one)| Some((i, one.child.try_wait().unwrap()?)))
        });
        slowest = slowest.max(began.elapsed());
        assert_eq!(code.code(), Some(4), "round {round}: {}", both[out].said());
        assert!(began.elapsed() < Duration::from_secs(5), "round {round}");
        let stays = &both[1 - out];
        wait_until("the other runs", PATIENCE, || stays.runs().then_some(()));
        let said = both[out].said();
        let holder = format!("process {} since", stays.child.id());
        assert!(said.contains(&holder), "{holder} is not named: {said}");
        assert!(!both[out].runs(), "round {round}: both ran");
        assert_eq!(both[1 - out].child.try_wait().unwrap(), None, "it lives");
        // Each ends without a word, and the next two find nothing in their way.
    }
    eprintln!("  {rounds} rounds: the second left after {slowest:.1?} at most");
    g.once().ok();
}
