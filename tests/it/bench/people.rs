//! People work in the mailbox while gatepost reads it: they move, delete and expunge. What
//! stays is a ticket of its own author and text, whatever went away around it.

use super::fault::{Act, Fault, Way, When};
use super::proxy::Proxy;
use super::{all_have_one, led_to, office, oracle, reports};
use crate::dice::{Dice, rounds};
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::wait_until;
use crate::servers::Program;
use crate::sink::Sink;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

struct Scene {
    g: Gatepost<'static>,
    proxy: Proxy,
    sink: Sink,
}

impl Scene {
    fn new(story: &str) -> Self {
        let (proxy, sink) = (Proxy::before(office().imap), Sink::start(|_| false));
        let g = led_to(office(), story, &proxy.config(), &sink.config());
        g.run(&["init"]).ok();
        Self { g, proxy, sink }
    }

    fn person(&self) -> Program {
        let mut program = Program::new(office().imap, &self.g.address);
        program.ask("SELECT INBOX");
        program
    }

    /// Every ticket has the author and the text of one report, each at most once; those
    /// that still lie in the mailbox all have one.
    fn nothing_is_misattributed(&self, reporters: &[String]) -> usize {
        let mut authors = BTreeSet::new();
        for ticket in self.g.list() {
            let author = ticket["reporter"]["address"].as_str().unwrap().to_owned();
            assert!(reporters.contains(&author), "{author} wrote nothing");
            let reference = ticket["ref"].as_str().unwrap();
            let raw = self.g.run(&["show", reference, "--raw", "1"]).ok();
            assert!(raw.contains(&format!("<{author}>")), "{reference}: {raw}");
            let (round, n) = numbers(&author);
            let text = format!("Report {round} {n} on ");
            assert!(raw.contains(&text), "{author}: {raw}");
            assert!(authors.insert(author), "{reference} is a second ticket");
        }
        let there = office().inbox(&self.g.address);
        for mail in &there {
            let text = String::from_utf8_lossy(mail);
            let known = authors.iter().any(|a| text.contains(&format!("<{a}>")));
            assert!(known, "no ticket for {text}");
        }
        let audit = self.g.run(&["audit", "--json"]).json();
        assert_eq!(audit["differences"], serde_json::json!([]), "{audit}");
        there.len()
    }
}

/// `mia7n3-…` wrote report 3 of round `mia7`.
fn numbers(author: &str) -> (&str, &str) {
    let (name, _) = author.split_once('-').unwrap();
    name.rsplit_once('n').unwrap()
}

/// Moves, marks or expunges one of the newest mails.
fn tidies(person: &mut Program, dice: &mut Dice) {
    let there = person.ask("UID SEARCH ALL");
    let found = there.lines().find_map(|l| l.strip_prefix("* SEARCH"));
    let uids: Vec<&str> = found.unwrap_or_default().split_whitespace().collect();
    if uids.is_empty() {
        return;
    }
    let uid = *dice.pick(&uids[uids.len().saturating_sub(5)..]);
    match dice.below(3) {
        0 => person.ask(&format!("UID MOVE {uid} Done")),
        1 => person.ask(&format!("UID STORE {uid} +FLAGS (\\Deleted \\Seen)")),
        _ => person.ask("EXPUNGE"),
    };
}

#[test]
fn d9_somebody_tidies_up() {
    let dice = Dice::thrown("d9");
    let mut scene = Scene::new("d9");
    let mut person = scene.person();
    person.ask("CREATE Done");
    // Whenever a text is asked for, and whenever one has come but for its end.
    let person = Arc::new(Mutex::new((person, dice)));
    let tidies = Act::Meanwhile(Arc::new(move || {
        let (person, dice) = &mut *person.lock().unwrap();
        tidies(person, dice);
    }));
    for (way, word) in [(Way::In, "BODY.PEEK[]"), (Way::Out, "https://exa")] {
        scene
            .proxy
            .on(way, When::Sees(word.to_owned()), tidies.clone());
    }
    scene.g.start();
    let mut reporters = Vec::new();
    for round in 0..6 * rounds(1) {
        reporters.extend(reports(&scene.g, &format!("r{round}"), 5));
    }
    let all_read = |scene: &Scene| {
        let text = office().inbox(&scene.g.address);
        let known = scene.g.list();
        let known: Vec<&str> = known
            .iter()
            .map(|t| t["reporter"]["address"].as_str().unwrap())
            .collect();
        text.iter().all(|m| {
            let m = String::from_utf8_lossy(m);
            known.iter().any(|a| m.contains(&format!("<{a}>")))
        })
    };
    wait_until("what is left is read", PATIENCE, || {
        all_read(&scene).then_some(())
    });
    let left = scene.nothing_is_misattributed(&reporters);
    let tickets = scene.g.list().len();
    let gone = tickets - left;
    eprintln!(
        "  {} reports, {left} left, {tickets} tickets, {gone} without a mail",
        reporters.len()
    );
    assert!(gone >= 3 * rounds(1), "hardly anything raced");
    oracle::only_looked(&scene.proxy.text(Way::In));
    assert_eq!(scene.g.signal("-TERM"), Some(0));
}

/// Between two commands of gatepost all of these are expunged.
fn expunged_between(story: &str, word: &str, count: usize, stay: usize) {
    let mut scene = Scene::new(story);
    let reporters = reports(&scene.g, "storm", count);
    let address = scene.g.address.clone();
    let staying = &reporters[count - stay..];
    let storm = move || {
        let mut person = Program::new(office().imap, &address);
        person.ask("SELECT INBOX");
        // The last ones stay: who counted on the order would take them for the first.
        let away = count - stay;
        person.ask(&format!("STORE 1:{away} +FLAGS.SILENT (\\Deleted)"));
        person.ask("EXPUNGE");
    };
    let storm = Act::Meanwhile(Arc::new(storm));
    scene
        .proxy
        .fault(Fault::new(Way::In, When::Sees(word.to_owned()), storm).times(1));
    scene.g.start();
    wait_until("what stays is answered", PATIENCE, || {
        all_have_one(&scene.sink, staying).then_some(())
    });
    let left = scene.nothing_is_misattributed(&reporters);
    assert_eq!(left, stay);
    for from in staying {
        let copies = scene.sink.kept().iter().filter(|k| k.to == *from).count();
        assert_eq!(copies, 1, "{from}");
    }
    assert_eq!(scene.g.signal("-TERM"), Some(0));
}

#[test]
fn d9_gone_between_listing_and_fetching() {
    expunged_between("d9-gone", "RFC822.SIZE INTERNALDATE)", 6, 4);
}

#[test]
fn d9_storm_of_expunges() {
    expunged_between("d9-storm", "BODY.PEEK[]", 300, 3);
}
