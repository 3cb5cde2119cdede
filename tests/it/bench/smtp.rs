//! The relay in every kind of trouble: nothing leaves twice in two versions, everything
//! that did not leave stays queued, and leaves soon after the trouble is over.

use super::fault::Way;
use super::proxy::Proxy;
use super::{
    all_have_one, fast, led_to, office, oracle, passes, reports, seconds, seconds_since, slack,
};
use crate::alarms::{TAKES, paged, section, write_pager};
use crate::dice::{Dice, rounds};
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::wait_until;
use crate::sink::{At, Does, Sink, greylists};
use std::time::{Duration, Instant};

/// The steps of a letter, up to the one from which on its bytes may have been taken.
const STEPS: [&str; 6] = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"];

/// A trouble lasts so many seconds at least: who never paused would be seen.
const A_WHILE: u64 = 60;

struct Scene {
    g: Gatepost<'static>,
    imap: Proxy,
    proxy: Proxy,
    sink: Sink,
    reporters: Vec<String>,
}

impl Scene {
    /// A daemon that has sent a receipt, with a pager.
    fn new(story: &str) -> Self {
        let (imap, sink) = (Proxy::before(office().imap), Sink::start(|_| false));
        let proxy = Proxy::before(sink.port);
        let mut g = led_to(office(), story, &imap.config(), &proxy.config());
        write_pager(&g, TAKES);
        let config = std::fs::read_to_string(g.path("gatepost.toml")).unwrap();
        g.write_config(&(config + &section(&g, "alive = false")));
        g.run(&["init"]).ok();
        fast(&mut g);
        let reporters = reports(&g, "before", 1);
        g.start();
        let scene = Self {
            g,
            imap,
            proxy,
            sink,
            reporters,
        };
        scene.all_are_answered();
        scene
    }

    fn receipts(&self) -> usize {
        let kept = self.sink.kept();
        kept.iter()
            .filter(|k| self.reporters.contains(&k.to))
            .count()
    }

    fn all_are_answered(&self) {
        wait_until("every report is answered", PATIENCE, || {
            all_have_one(&self.sink, &self.reporters).then_some(())
        });
    }

    fn come(&mut self, round: &str, count: usize) {
        self.reporters.extend(reports(&self.g, round, count));
        wait_until("every report is a ticket", PATIENCE, || {
            (self.g.list().len() == self.reporters.len()).then_some(())
        });
    }

    /// Three reports come in while the relay does this, until gatepost has met it twice:
    /// their receipts stay queued, and leave within so many seconds of gatepost's after it.
    fn outlives(
        &mut self,
        round: &str,
        limit: u64,
        does: impl Fn(&At<'_>) -> Does + Send + Sync + 'static,
    ) {
        let (before, began) = (self.receipts(), Instant::now());
        let (connections, troubles) = (self.sink.connections().len(), self.troubles());
        self.sink.does(does);
        self.come(round, 3);
        wait_until("gatepost meets the trouble twice", PATIENCE, || {
            let met = self.troubles() >= troubles + 2;
            (met && seconds_since(began) >= A_WHILE).then_some(())
        });
        let waiting = self.g.run(&["outbox", "--json"]).json();
        let waiting = waiting.as_array().unwrap();
        let receipts = waiting.iter().filter(|l| l["kind"] == "acknowledgement");
        let states: Vec<&str> = receipts.map(|l| l["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["queued"; 3], "{waiting:?}");
        assert_eq!(self.receipts(), before);
        let list = self.g.run(&["list"]).ok();
        assert!(list.contains("!! SMTP does not work since"), "{list}");
        let tries = self.sink.connections().len() - connections;
        let lasted = seconds_since(began);
        assert!(
            tries as u64 <= 4 + lasted / 10,
            "{tries} connections in {lasted} s"
        );
        self.sink.does(|_| Does::Usual);
        let healed = Instant::now();
        self.all_are_answered();
        let took = seconds_since(healed);
        eprintln!("  {round}: {tries} connections in {lasted} s; all left {took} s after it");
        assert!(took <= limit + slack(), "{round}: they left after {took} s");
        wait_until("the red line is gone", PATIENCE, || {
            let list = self.g.run(&["list"]).ok();
            (!list.contains("!! SMTP")).then_some(())
        });
    }

    fn nothing_waits(&self) {
        wait_until("nothing waits", PATIENCE, || {
            let waiting = self.g.run(&["outbox", "--json"]).json();
            waiting.as_array().unwrap().is_empty().then_some(())
        });
    }

    fn troubles(&self) -> usize {
        self.g
            .log()
            .matches("cannot send; every letter waits")
            .count()
    }

    /// The relay's alarm was raised and is over, so often.
    fn alarmed(&self, times: usize) {
        let wanted = ["raise", "clear"].repeat(times);
        wait_until("the alarm is raised and cleared", PATIENCE, || {
            let paged = paged(&self.g);
            let events: Vec<&str> = paged
                .iter()
                .filter(|p| p.1 == "smtp")
                .map(|p| p.0.as_str())
                .collect();
            (events == wanted).then_some(())
        });
    }

    fn ends(mut self) -> oracle::Receipts {
        oracle::accounted(&self.g, &self.reporters);
        let receipts = oracle::one_receipt_each(&self.g, &self.reporters, &self.sink.kept());
        oracle::only_looked(&self.imap.text(Way::In));
        assert_eq!(self.g.signal("-TERM"), Some(0), "it is alive");
        receipts
    }
}

/// The same trouble at every step; at one of them, whichever it is, where there is one round.
fn at_every_step(story: &str, what: &Does) {
    let (mut scene, mut dice) = (Scene::new(story), Dice::thrown(story));
    let one = [*dice.pick(&STEPS)];
    let steps = if rounds(1) == 1 { &one[..] } else { &STEPS[..] };
    for round in 0..rounds(1) {
        for &step in steps {
            let does = what.clone();
            let name = format!("{step}{round}").to_lowercase();
            scene.outlives(&name, 120, move |at| {
                if at.verb == step {
                    does.clone()
                } else {
                    Does::Usual
                }
            });
        }
    }
    let receipts = scene.ends();
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
}

#[test]
fn f2_silent() {
    at_every_step("f2-silent", &Does::Silent);
}

#[test]
fn f2_closes() {
    at_every_step("f2-closes", &Does::Closes);
}

#[test]
fn f2_shuts_down() {
    at_every_step("f2-421", &Does::Says("421 4.3.2 shutting down"));
}

#[test]
fn f2_garbage() {
    at_every_step("f2-garbage", &Does::Says("\u{1b}[2J250 \0garbage"));
}

#[test]
fn f2_refused() {
    let mut scene = Scene::new("f2-refused");
    scene.proxy.refuse(true);
    let began = Instant::now();
    scene.come("refused", 3);
    wait_until("gatepost meets the trouble", PATIENCE, || {
        let met = scene.troubles() >= 3;
        (met && seconds_since(began) >= A_WHILE).then_some(())
    });
    let (tries, lasted) = (scene.troubles() as u64, seconds_since(began));
    assert!(tries <= 4 + lasted / 10, "{tries} tries in {lasted} s");
    scene.proxy.heal();
    let healed = Instant::now();
    scene.all_are_answered();
    let took = seconds_since(healed);
    assert!(took <= 120 + slack(), "they left after {took} s");
    scene.ends();
}

/// The server refuses us, not a letter: everything waits, and the team is told.
fn refuses_us(story: &str, step: &'static str, says: &'static str) {
    let mut scene = Scene::new(story);
    for round in 0..rounds(1) {
        scene.outlives(&format!("no{round}"), 300, move |at| {
            if at.verb == step {
                Does::Says(says)
            } else {
                Does::Usual
            }
        });
        scene.alarmed(round + 1);
    }
    scene.ends();
}

#[test]
fn f2_password_refused() {
    refuses_us("f2-535", "AUTH", "535 5.7.8 authentication failed");
}

#[test]
fn f2_banner_554() {
    refuses_us("f2-554", "CONNECT", "554 5.7.1 go away");
}

#[test]
fn f2_sender_refused() {
    refuses_us("f2-sender", "MAIL", "553 5.7.1 not your address");
}

#[test]
fn f2_account_blocked() {
    refuses_us(
        "f2-blocked",
        "RCPT",
        "554 5.7.1 sending is blocked for this account",
    );
}

#[test]
fn o1_no_answer_ever() {
    let mut scene = Scene::new("o1");
    scene.sink.does(|at| {
        if at.verb == "." {
            Does::Closes
        } else {
            Does::Usual
        }
    });
    let count = 3 * rounds(1);
    scene.come("o1", count);
    let unknown = |g: &Gatepost| {
        let all = g.list();
        all.iter()
            .filter(|t| t["acknowledgement"] == "unknown")
            .count()
    };
    wait_until("nobody knows their end", PATIENCE, || {
        (unknown(&scene.g) == count).then_some(())
    });
    // However long it goes on, and when it is over: nothing leaves a third time.
    passes(&mut scene.g, Duration::from_secs(6 * 3600));
    scene.sink.does(|_| Does::Usual);
    scene.come("after", 1);
    scene.all_are_answered();
    let receipts = scene.ends();
    assert_eq!((receipts.doubled, receipts.unknown), (count, count));
}

#[test]
fn o3_greylisting() {
    let mut scene = Scene::new("o3");
    let connections = scene.sink.connections().len();
    let long = if rounds(1) == 1 { 300 } else { 900 };
    scene.sink.does(greylists(seconds(long)));
    let began = Instant::now();
    scene.come("grey", 2);
    scene.all_are_answered();
    let tries = scene.sink.connections().len() - connections;
    let lasted = seconds_since(began);
    eprintln!("  {tries} connections in {lasted} s");
    assert!(
        lasted >= u64::from(long) && tries < 20,
        "{tries} connections in {lasted} s"
    );
    // 60 s, 120 s and so on, from try to try.
    let most = 2 + (long / 60).ilog2();
    for to in scene.reporters.iter().filter(|r| r.starts_with("grey")) {
        let named = scene.sink.commands();
        let tries = named
            .iter()
            .filter(|c| c.contains(&format!("<{to}>")))
            .count();
        assert!(
            tries <= most as usize,
            "{tries} tries for {to} in {lasted} s"
        );
    }
    let receipts = scene.ends();
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
}

#[test]
fn o5_a_day_without_smtp() {
    let mut scene = Scene::new("o5");
    let mut dice = Dice::thrown("o5");
    // The team has been told of the first report.
    scene.nothing_waits();
    let before = scene.sink.kept().len();
    scene.proxy.refuse(true);
    let steps = 48;
    let mut arrivals: Vec<usize> = (0..2 * rounds(1))
        .map(|_| dice.below(steps as u64) as usize)
        .collect();
    // Where nothing waits, nothing is tried.
    arrivals.push(0);
    for step in 0..steps {
        let now = arrivals.iter().filter(|a| **a == step).count();
        if now > 0 {
            scene.come(&format!("h{step}"), now);
        }
        let troubles = scene.troubles();
        passes(&mut scene.g, Duration::from_secs(1800));
        wait_until("it tries again", PATIENCE, || {
            (scene.troubles() > troubles).then_some(())
        });
    }
    scene.proxy.heal();
    let healed = Instant::now();
    scene.all_are_answered();
    scene.nothing_waits();
    let took = seconds_since(healed);
    let kept = scene.sink.kept().split_off(before);
    let team = kept.iter().filter(|k| k.to.ends_with("@example.com"));
    let mut team: Vec<&str> = team.map(|k| k.to.as_str()).collect();
    team.sort_unstable();
    eprintln!("  all left {took} s after it; letters to the team: {team:?}");
    assert!(took <= 300 + slack(), "all left after {took} s");
    let ben = scene.g.anna.replace("anna-", "ben-");
    assert_eq!(team, [scene.g.anna.as_str(), &ben], "one digest each");
    let receipts = scene.ends();
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
}
