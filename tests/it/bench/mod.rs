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

mod attacks;
mod door;
pub mod fault;
mod hostile;
mod idle;
mod imap;
mod killed;
pub mod oracle;
mod papers;
mod people;
pub mod proxy;
mod refused;
mod scene;
mod smtp;
mod tls;
mod trust;

use crate::dice::number;
use crate::kit::{Gatepost, report};
use crate::outage::append_to;
use crate::post_office::PostOffice;
use crate::sink::Sink;
use crate::ways::with;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How many of gatepost's seconds a second has under [`fast`].
pub fn speed() -> u32 {
    u32::try_from(number("GATEPOST_SPEED", 20)).unwrap()
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
    let caps = "[acknowledge]\nper_domain = 10000\nper_hour = 10000\n";
    let config = with(&with(&g.config(), "[[mailbox]]", imap), "[smtp]", smtp);
    g.write_config(&format!("{config}{caps}"));
    g
}

/// The clock of a gatepost that lives [`speed`] times as fast as everybody else, its timers
/// too, from the post office's time on.
pub struct Clock {
    began: Instant,
    /// Seconds from the real time to that at which it began.
    offset: i64,
    library: String,
}

impl Clock {
    /// A process that starts now has this in its environment. `file` is read by it all along.
    pub fn environment(&self, file: &Path) -> Vec<(String, String)> {
        self.write(file, Duration::ZERO);
        let own = |name: &str, value: String| (name.to_owned(), value);
        vec![
            own("LD_PRELOAD", self.library.clone()),
            own("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
            // Threads that all read the file at each question for the time read it while another
            // does, and see the real time for a moment. Where that is the later one, timers go
            // off that were set for hours ahead, for as long. Now it is read about once a second.
            own("FAKETIME_CACHE_DURATION", "1".to_owned()),
            own("NO_FAKE_STAT", "1".to_owned()),
        ]
    }

    /// Of a process that started `ago`: the library counts from its start.
    fn write(&self, file: &Path, ago: Duration) {
        let ahead = self.began.elapsed().saturating_sub(ago) * (speed() - 1);
        let new = file.with_extension("new");
        let offset = self.offset + ahead.as_secs() as i64;
        fs::write(&new, format!("{offset:+} x{}\n", speed())).unwrap();
        fs::rename(new, file).unwrap();
    }
}

/// From its next command on gatepost is fast.
pub fn fast(g: &mut Gatepost<'_>) {
    let env = g.office.faketime_env();
    let of = |name: &str| env.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let clock = of("FAKETIME_TIMESTAMP_FILE").unwrap();
    let offset = fs::read_to_string(&clock).unwrap().trim().parse().unwrap();
    let library = of("LD_PRELOAD").unwrap();
    g.clock = Some(Clock {
        began: Instant::now(),
        offset,
        library,
    });
}

/// So much time passes at once for a gatepost that is fast: in its daemon the timers go off
/// that were set for in between.
pub fn passes(g: &mut Gatepost<'_>, long: Duration) {
    let (file, started) = (g.path("clock"), g.started().unwrap());
    let clock = g.clock.as_mut().unwrap();
    clock.offset += long.as_secs() as i64;
    clock.write(&file, started.elapsed());
}

/// So much later its next command begins, of a gatepost that is fast and does not run.
pub fn later(g: &mut Gatepost<'_>, long: Duration) {
    g.clock.as_mut().unwrap().offset += long.as_secs() as i64;
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

/// Two seconds of the machine's own, which gatepost's clock counts as so many.
pub fn slack() -> u64 {
    u64::from(2 * speed())
}

/// Whether the server keeps a letter to each of them.
pub fn all_have_one(sink: &Sink, reporters: &[String]) -> bool {
    let kept = sink.kept();
    let has = |from: &String| kept.iter().any(|k| k.to == *from);
    reporters.iter().all(has)
}
