//! The fault bench: what can go wrong between gatepost and its servers, made to go wrong.
//!
//! Between gatepost and a real Dovecot stands a [`proxy`] that does what a fault asks for,
//! and in the place of the relay a [`crate::sink`] that answers what it is told. The
//! [`oracle`] judges from outside: by what both sides said, what the sink keeps, and what
//! the commands say as JSON. Chance comes from [`Dice`], which print their seed.
//! `tests/soak/faults` runs all of it, with more rounds; the short forms are in `tests/run`.
//!
//! Time-outs of minutes are met in seconds: [`fast`] has gatepost live twenty times as fast
//! as everybody else, its timers and its clock alike. GATEPOST_SPEED says another number;
//! with 1, time is what it is.

mod imap;
pub mod oracle;
pub mod proxy;

use crate::kit::{Gatepost, report};
use crate::outage::append_to;
use crate::post_office::PostOffice;
use crate::ways::with;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// How many of gatepost's seconds a second has under [`fast`].
pub fn speed() -> u32 {
    u32::try_from(crate::flood::number("GATEPOST_SPEED", 20)).unwrap()
}

/// Rounds of a scenario: few here, as many as asked for in `tests/soak/faults`.
pub fn rounds(usual: usize) -> usize {
    crate::flood::number("GATEPOST_ROUNDS", usual)
}

/// A source of chance that repeats itself for the same seed (splitmix64).
pub struct Dice(u64);

impl Dice {
    /// From GATEPOST_SEED, or by chance; the seed is printed, to be seen when a test fails.
    pub fn thrown(scenario: &str) -> Self {
        let wanted = std::env::var("GATEPOST_SEED").ok();
        let by_chance = || RandomState::new().hash_one(scenario) % 1_000_000;
        let seed = wanted.map_or_else(by_chance, |s| s.parse().expect("a seed is a number"));
        eprintln!("{scenario}: seed {seed}");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 on and below this.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// The post office of the bench, whose clock can be moved and made fast for gatepost.
pub fn office() -> &'static PostOffice {
    static OFFICE: OnceLock<PostOffice> = OnceLock::new();
    OFFICE.get_or_init(|| PostOffice::own(Some("2026-11-23 10:00")))
}

/// A gatepost whose servers are what these lines lead to (`port = …` and the like), without
/// caps on receipts. Its store is not made yet.
pub fn led_to<'o>(office: &'o PostOffice, story: &str, imap: &str, smtp: &str) -> Gatepost<'o> {
    let g = Gatepost::new(office, story);
    let caps = "[acknowledge]\nper_address = 10000\nper_domain = 10000\nper_hour = 10000\n";
    let config = with(&with(&g.config(), "[[mailbox]]", imap), "[smtp]", smtp);
    g.write_config(&format!("{config}{caps}"));
    g
}

/// From its next command on gatepost's clock and its timers run [`speed`] times as fast,
/// beginning at the post office's time.
pub fn fast(g: &mut Gatepost<'_>) {
    let env = g.office.faketime_env();
    let of = |name: &str| env.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let clock = of("FAKETIME_TIMESTAMP_FILE").unwrap();
    let offset: i64 = fs::read_to_string(&clock).unwrap().trim().parse().unwrap();
    // The moment from which the library counts is kept in the memory that all share, which
    // was made with this file.
    let begun = fs::metadata(g.office.ca().with_file_name("faketime.env")).unwrap();
    let since = SystemTime::now().duration_since(begun.modified().unwrap()).unwrap();
    let ahead = (since * (speed() - 1)).as_secs() as i64;
    let file = g.path("clock");
    fs::write(&file, format!("{:+} x{}\n", offset - ahead, speed())).unwrap();
    g.environment = vec![
        ("FAKETIME_TIMESTAMP_FILE".to_owned(), file.display().to_string()),
        ("FAKETIME_DONT_FAKE_MONOTONIC".to_owned(), "0".to_owned()),
    ];
}

/// As long as these seconds of gatepost's, when it is fast.
pub fn seconds(of_gatepost: u32) -> Duration {
    Duration::from_secs(of_gatepost.into()) / speed()
}

/// How many of its seconds have passed since then.
pub fn seconds_since(then: Instant) -> u64 {
    (then.elapsed() * speed()).as_secs()
}

/// Puts reports of so many reporters into the mailbox, by the way that no proxy stands in;
/// gives who they are.
pub fn reports(g: &Gatepost, round: &str, count: usize) -> Vec<String> {
    let one = |n: usize| {
        let from = g.reporter(&format!("{round}n{n}"));
        let text = format!("Report {round} {n} on https://example.org/search.");
        let id = format!("{round}.{n}.{}", g.address);
        let mail = report(&from, &g.address, &id, "XSS in search", "", &text);
        append_to(g.office, &g.address, "INBOX", &mail);
        from
    };
    (0..count).map(one).collect()
}
