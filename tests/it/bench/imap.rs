//! The IMAP server in every kind of trouble: gatepost stays alive, asks seldom, has lost
//! nothing, and goes on soon after the trouble is over.

use super::fault::{Act, Fault, Way, When};
use super::proxy::Proxy;
use super::scene::Scene;
use super::{oracle, reports, seconds, seconds_since, slack};
use crate::dice::{Dice, rounds};
use crate::kit::PATIENCE;
use crate::post_office::wait_until;
use std::time::Instant;

/// The server says this at the end of what we wait for: the connection that stands meets the
/// fault as well.
const NEWS: &str = " EXISTS";

fn sees(text: &str) -> When {
    When::Sees(text.to_owned())
}

/// Breaks the connection that stands, and does this to those that follow.
fn on_new(proxy: &Proxy, acts: impl IntoIterator<Item = Act>) {
    proxy.fault(Fault::new(Way::Out, sees(NEWS), Act::Reset).times(1));
    for act in acts {
        proxy.on(Way::Out, When::Connected, act);
    }
}

/// A trouble lasts so many seconds at least: who never paused would be seen.
const A_WHILE: u64 = 60;

impl Scene {
    fn troubles(&self) -> usize {
        self.g.log().matches("cannot read the mailbox").count()
    }

    /// Two reports come in while `trouble` lasts, which is so long at least, and until
    /// gatepost has met it so often; then it is well again within so many seconds of
    /// gatepost's.
    fn outlives(
        &mut self,
        round: usize,
        (often, lasts): (usize, u64),
        limit: u64,
        trouble: impl Fn(&Proxy),
    ) {
        let (before, began) = (self.troubles(), Instant::now());
        let connections = self.proxy.connections().len();
        trouble(&self.proxy);
        self.reporters
            .extend(reports(&self.g, &format!("during{round}"), 2));
        let limit_of_it = PATIENCE + seconds(lasts as u32);
        wait_until("gatepost meets the trouble", limit_of_it, || {
            let met = self.troubles() >= before + often;
            (met && seconds_since(began) >= lasts).then_some(())
        });
        let tries = self.proxy.connections().len() - connections;
        // Where nothing listens no connection comes about.
        let tries = tries.max(self.troubles() - before);
        let lasted = seconds_since(began);
        // 2, 2, 4, 8, 16, 32 and then 60 s, each a fifth shorter at most.
        let most = 9 + lasted / 48;
        assert!(tries as u64 <= most, "{tries} connections in {lasted} s");
        self.proxy.heal();
        let healed = Instant::now();
        self.all_are_answered();
        let took = seconds_since(healed);
        eprintln!("  {often} failures in {lasted} s, {tries} connections; well after {took} s");
        assert!(took <= limit + slack(), "well again after {took} s");
    }
}

/// The same trouble in so many rounds, of one daemon.
fn in_rounds(story: &str, often: usize, limit: u64, trouble: impl Fn(&Proxy, &mut Dice)) {
    let mut dice = Dice::thrown(story);
    let mut scene = Scene::fast(story);
    for round in 0..rounds(1) {
        let now = dice.next();
        scene.outlives(round, (often, A_WHILE), limit, |proxy| {
            trouble(proxy, &mut Dice(now))
        });
    }
    scene.ends();
}

#[test]
fn f1_refused() {
    in_rounds("f1-refused", 4, 120, |proxy, _| {
        on_new(proxy, []);
        proxy.refuse(true);
    });
}

#[test]
fn f1_silent() {
    in_rounds("f1-silent", 2, 120, |proxy, _| on_new(proxy, [Act::Hole]));
}

#[test]
fn f1_a_byte_a_second() {
    in_rounds("f1-slow", 2, 120, |proxy, _| {
        on_new(proxy, [Act::Trickle(seconds(1))]);
    });
}

#[test]
fn f1_half_open() {
    in_rounds("f1-half-open", 2, 120, |proxy, _| {
        on_new(proxy, []);
        proxy.on(Way::In, sees("LOGIN"), Act::HalfOpen);
    });
}

#[test]
fn f1_reset_in_a_literal() {
    in_rounds("f1-reset", 2, 120, |proxy, _| {
        proxy.on(Way::Out, sees("XSS in sea"), Act::Reset);
        proxy.on(Way::Out, sees("https://exa"), Act::Reset);
    });
}

#[test]
fn f1_garbage() {
    in_rounds("f1-garbage", 4, 120, |proxy, dice| {
        let bytes: Vec<u8> = (0..4096).map(|_| dice.next() as u8).collect();
        on_new(proxy, []);
        proxy.on(
            Way::Out,
            When::After(dice.below(3000) as usize),
            Act::Inject(bytes),
        );
    });
}

/// Who files copies asks for them so many seconds after the first refusal.
const FILING_ASKS: [u64; 6] = [0, 60, 180, 420, 900, 1860];

#[test]
fn f1_login_refused() {
    let mut scene = Scene::fast("f1-login");
    scene.proxy.on(
        Way::Out,
        sees("A0001 OK"),
        Act::Replace(b"A0001 NO [AUTHENTICATIONFAILED]".to_vec()),
    );
    // A letter whose copy is to be filed, which takes a login of its own.
    let began = Instant::now();
    std::fs::write(scene.g.path("words"), "It is looked at.\n").unwrap();
    let words = scene.g.path("words").display().to_string();
    scene
        .g
        .run(&["reply", "1", "--message", &words, "--yes"])
        .ok();
    wait_until("its copy is wanted, and refused", PATIENCE, || {
        let letters = scene.g.show("1")["letters"].clone();
        let wanted = letters.as_array().unwrap().iter();
        let wanted = wanted.filter(|l| l["copy"] == "wanted").count();
        (wanted > 0 && scene.proxy.happened() > 0).then_some(())
    });
    // An hour, or as long as one login more takes.
    let (often, lasts) = if rounds(1) > 1 { (13, 3600) } else { (2, 280) };
    scene.outlives(0, (often, lasts), 300, |proxy| on_new(proxy, []));
    // One thing that happened was the reset.
    let refused = scene.proxy.happened() - 1;
    let lasted = seconds_since(began);
    let filing = FILING_ASKS.iter().filter(|at| **at <= lasted).count() as u64;
    let most = 1 + lasted / 280 + filing;
    eprintln!("  {refused} logins were refused, of {most} at most, in {lasted} s");
    assert!(refused as u64 <= most, "{refused} of {most} in {lasted} s");
    assert!(lasts < 3600 || refused <= 20, "{refused} in an hour");
    // Who got that letter has two.
    let one = scene.reporters.remove(0);
    let mut kept = scene.sink.kept();
    kept.retain(|k| k.to != one);
    let receipts = oracle::one_receipt_each(&scene.g, &scene.reporters, &kept);
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
    oracle::only_looked(&scene.proxy.text(Way::In));
    scene.reporters.push(one);
    oracle::accounted(&scene.g, &scene.reporters);
    assert_eq!(scene.g.signal("-TERM"), Some(0));
}

#[test]
fn f1_folder_missing() {
    in_rounds("f1-folder", 2, 120, |proxy, _| {
        on_new(proxy, []);
        let other = Act::Replace(b"EXAMINE \"NOBOX\"".to_vec());
        proxy.on(Way::In, sees("EXAMINE \"INBOX\""), other);
    });
}

#[test]
fn f1_bye() {
    in_rounds("f1-bye", 4, 120, |proxy, _| {
        let bye = Act::Inject(b"* BYE shutting down\r\n".to_vec());
        proxy.fault(Fault::new(Way::Out, sees(NEWS), bye.clone()).then(Act::Close));
        proxy.fault(Fault::new(Way::Out, When::Connected, bye).then(Act::Close));
    });
}

#[test]
fn d12_black_hole() {
    let mut dice = Dice::thrown("d12");
    let mut scene = Scene::fast("d12");
    for round in 0..rounds(1) {
        // It may lie in the IDLE for a while already, which can only be sooner.
        let waited = dice.below(30);
        let began = Instant::now();
        wait_until("some of the IDLE is over", PATIENCE, || {
            (seconds_since(began) >= waited).then_some(())
        });
        scene.proxy.hole();
        let fell = Instant::now();
        scene
            .reporters
            .extend(reports(&scene.g, &format!("hole{round}"), 1));
        scene.all_are_answered();
        let took = seconds_since(fell);
        eprintln!("  a ticket {took} s after the connection fell silent");
        assert!(took <= 360 + slack(), "a ticket after {took} s");
    }
    scene.ends();
}

#[test]
fn late_answers() {
    in_rounds("late", 0, 120, |proxy, dice| {
        let late = Act::Delay(seconds(1 + dice.below(40) as u32));
        proxy.on(Way::Out, sees("FETCH"), late);
    });
}
