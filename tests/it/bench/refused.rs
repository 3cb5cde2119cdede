//! What a server refuses for good is tried once and stands where people see it; and one bad
//! address in the team keeps nothing from the others.

use super::scene::Scene;
use super::{later, oracle, passes, reports, seconds_since};
use crate::faults::says;
use crate::kit::PATIENCE;
use crate::post_office::wait_until;
use crate::sink::{At, Does};
use std::time::{Duration, Instant};

/// Where a letter can be refused, and how.
const REFUSALS: [(&str, &str); 3] = [
    ("RCPT", "550 5.1.1 nobody of that name"),
    ("DATA", "554 5.6.0 no such letters here"),
    (".", "552 5.2.2 their mailbox is full"),
];

/// Whoever this is for is met like that at this step, and nobody else.
fn meets(
    to: &str,
    step: &'static str,
    does: &Does,
) -> impl Fn(&At<'_>) -> Does + Send + Sync + 'static {
    let (to, does) = (to.to_owned(), does.clone());
    move |at| {
        if at.verb == step && at.to == to {
            does.clone()
        } else {
            Does::Usual
        }
    }
}

#[test]
fn o4_refused() {
    let mut scene = Scene::fast("o4");
    let mut refused = Vec::new();
    for (n, (step, says)) in REFUSALS.into_iter().enumerate() {
        let round = format!("no{n}");
        let from = scene.g.reporter(&format!("{round}n0"));
        scene.sink.does(meets(&from, step, &Does::Says(says)));
        assert_eq!(reports(&scene.g, &round, 1), [from.as_str()]);
        scene.a_report_comes(&format!("yes{n}"));
        wait_until(&format!("refused at {step}"), PATIENCE, || {
            let all = scene.g.list();
            let its = all
                .iter()
                .find(|t| t["reporter"]["address"] == from.as_str())?;
            (its["acknowledgement"] == "refused").then_some(())
        });
        // Whoever tried again would be let in from now on.
        scene.sink.does(|_| Does::Usual);
        refused.push((from, says));
        passes(&mut scene.g, Duration::from_secs(3600));
    }
    scene.a_report_comes("after");
    let outbox = scene.g.run(&["outbox", "--json"]).json();
    let all: Vec<_> = outbox
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| l["state"] == "refused")
        .collect();
    assert_eq!(all.len(), refused.len(), "{outbox}");
    let shown = scene.g.run(&["outbox"]).ok();
    for (to, why) in &refused {
        let its = all.iter().find(|l| l["to"] == to.as_str()).unwrap();
        assert_eq!(its["attempts"], 1, "{its}");
        says(&its.to_string(), &[why]);
        says(&shown, &[to, why.get(..20).unwrap()]);
        let named = scene.sink.commands();
        let named = named
            .iter()
            .filter(|c| c.contains(&format!("<{to}>")))
            .count();
        assert_eq!(named, 1, "{to} was tried again");
        assert!(!scene.sink.kept().iter().any(|k| k.to == *to));
    }
    let health = scene.g.run(&["health"]);
    assert_eq!(health.code, 3, "{}", health.out);
    says(
        &health.out,
        &["3 letters were refused", "gatepost outbox shows them"],
    );
    let anna = scene.g.anna.clone();
    wait_until("the team is told of each", PATIENCE, || {
        let kept = scene.sink.kept();
        let mut letters = kept.iter().filter(|k| k.to == anna);
        let told = letters.any(|k| {
            let text = String::from_utf8_lossy(&k.bytes);
            let look = text
                .split_once("LOOK")
                .and_then(|(_, rest)| rest.split_once("\nTHU"));
            let names = |(look, _): (&str, &str)| {
                let each = ["0002 ", "0004 ", "0006 "].iter().all(|n| look.contains(n));
                each && look.matches("refused it").count() == refused.len()
            };
            look.is_some_and(names)
        });
        told.then_some(())
    });
    let answered = scene.reporters.clone();
    scene
        .reporters
        .extend(refused.into_iter().map(|(to, _)| to));
    oracle::accounted(&scene.g, &scene.reporters);
    let receipts = oracle::one_receipt_each(&scene.g, &answered, &scene.sink.kept());
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
    assert_eq!(scene.g.signal("-TERM"), Some(0));
}

/// What the server can do at the one bad address.
const BAD: [(&str, Does); 4] = [
    ("never", Does::Says("550 5.1.1 nobody of that name")),
    ("not now", Does::Says("451 4.3.0 come again")),
    ("silent", Does::Silent),
    ("closes", Does::Closes),
];

#[test]
fn o7_one_bad_address() {
    let mut scene = Scene::fast("o7");
    let bad = scene.g.anna.clone();
    let others = scene.g.anna.replace("anna-", "ben-");
    // Tickets of a quarter of an hour are one letter.
    let team_hears = |scene: &mut Scene, number: usize, to: &str| {
        passes(&mut scene.g, Duration::from_secs(900));
        wait_until(&format!("{to} hears of {number}"), PATIENCE, || {
            names(scene, to, number).then_some(())
        });
    };
    team_hears(&mut scene, 1, &bad);
    for (n, (name, does)) in BAD.into_iter().enumerate() {
        let (newest, tried) = (newest(&scene, &bad), tries(&scene, &bad));
        scene.sink.does(meets(&bad, "RCPT", &does));
        let began = Instant::now();
        scene.a_report_comes(&format!("r{n}"));
        let answered = seconds_since(began);
        team_hears(&mut scene, n + 2, &others);
        eprintln!(
            "  {name}: answered after {answered} s, told after {} s",
            seconds_since(began)
        );
        assert!(!names(&scene, &bad, n + 2), "{name}");
        wait_until(&format!("{name}: tried, and kept"), PATIENCE, || {
            let outbox = scene.g.run(&["outbox", "--json"]).json();
            let mut all = outbox.as_array().unwrap().iter();
            let state = if name == "never" { "refused" } else { "queued" };
            let kept = all.any(|l| {
                let ours = l["to"] == bad.as_str() && l["id"].as_i64() > newest;
                ours && l["state"] == state
            });
            (kept && tries(&scene, &bad) > tried).then_some(())
        });
        wait_until("nothing waits for the others", PATIENCE, || {
            let outbox = scene.g.run(&["outbox", "--json"]).json();
            let mut waiting = outbox.as_array().unwrap().iter();
            waiting.all(|l| l["to"] != others.as_str()).then_some(())
        });
    }
    let receipts = scene.ends();
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
}

/// Mails in the name of domains that the relay forbids letters to keep no receipt waiting.
#[test]
fn o7_forbidden_domains() {
    const GOOD: usize = 150;
    let mut scene = Scene::fast("o7-forbidden");
    scene.sink.does(|at| match at.verb {
        "CONNECT" => Does::Says("421 4.3.2 come again"),
        _ => Does::Usual,
    });
    let forged = |n: usize| {
        let from = scene.g.reporter(&format!("no{n}"));
        from.replace("example.net", &format!("d{}.forbidden.example", n / 2))
    };
    let forged: Vec<String> = (0..12).map(forged).collect();
    for (n, from) in forged.iter().enumerate() {
        scene.g.report_from(from, &format!("no{n}.{from}"));
    }
    let tickets = |scene: &Scene, count: usize| {
        wait_until("every mail is a ticket", PATIENCE, || {
            (scene.g.list().len() == count).then_some(())
        });
    };
    tickets(&scene, 1 + forged.len());
    scene.reporters.extend(reports(&scene.g, "yes", GOOD));
    tickets(&scene, 1 + forged.len() + GOOD);
    let rests = |scene: &Scene| scene.g.log().matches("cannot send; every").count();
    let before = rests(&scene);
    scene.sink.does(|at| {
        let forbidden = at.verb == "RCPT" && at.to.ends_with("forbidden.example");
        if forbidden {
            Does::Says("554 5.7.1 Relay access denied")
        } else {
            Does::Usual
        }
    });
    let healed = Instant::now();
    scene.all_are_answered();
    let took = seconds_since(healed);
    // The turn that still met the outage may be told of late.
    let rested = rests(&scene) - before;
    eprintln!("  {GOOD} left {took} s after it, behind {rested} rests");
    assert!(rested <= 1, "{rested} rests");
    let states = |scene: &Scene| -> Vec<String> {
        let all = scene.g.list();
        let its = |from: &String| all.iter().find(|t| t["reporter"]["address"] == **from);
        let of = |from| its(from).unwrap()["acknowledgement"].as_str().unwrap();
        forged.iter().map(|from| of(from).to_owned()).collect()
    };
    // One that passes may be what is left of a quota: they wait, and it is said why.
    assert_eq!(states(&scene), ["queued"; 12]);
    let outbox = scene.g.command(&["outbox"]).env("COLUMNS", "200").output();
    says(
        &String::from_utf8(outbox.unwrap().stdout).unwrap(),
        &["forbidden, again", "554 5.7.1", "only if that goes on"],
    );
    assert_eq!(scene.g.signal("-TERM"), Some(0));
    // A turn meets ten of them at most.
    for _ in 0..10 {
        later(&mut scene.g, Duration::from_secs(20 * 60));
        scene.g.once();
        if states(&scene) == ["refused"; 12] {
            break;
        }
    }
    assert_eq!(states(&scene), ["refused"; 12]);
    assert!(
        forged
            .iter()
            .all(|to| (3..=10).contains(&tries(&scene, to)))
    );
    for from in [&forged[0], &forged[11]] {
        let all = scene.g.list();
        let its = all.iter().find(|t| t["reporter"]["address"] == **from);
        let reference = its.unwrap()["ref"].as_str().unwrap();
        assert_eq!(scene.g.fact_names(reference), ["received", "undelivered"]);
    }
    let list = scene.g.run(&["list"]).ok();
    assert!(!list.contains("!! SMTP"), "{list}");
    let receipts = oracle::one_receipt_each(&scene.g, &scene.reporters, &scene.sink.kept());
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
    scene.reporters.extend(forged);
    oracle::accounted(&scene.g, &scene.reporters);
}

/// The last letter to this person that has not left.
fn newest(scene: &Scene, to: &str) -> Option<i64> {
    let outbox = scene.g.run(&["outbox", "--json"]).json();
    let all = outbox.as_array().unwrap().iter();
    let theirs = all.filter(|l| l["to"] == to);
    theirs.filter_map(|l| l["id"].as_i64()).max()
}

/// How often the server was asked for this person.
fn tries(scene: &Scene, to: &str) -> usize {
    let asked = format!("RCPT TO:<{to}>");
    let commands = scene.sink.commands();
    commands.iter().filter(|c| c.contains(&asked)).count()
}

/// A letter to this person has left that names the ticket.
fn names(scene: &Scene, to: &str, number: usize) -> bool {
    let reference = format!("SEC-2026-000{number}");
    let kept = scene.sink.kept();
    kept.iter()
        .any(|k| k.to == to && String::from_utf8_lossy(&k.bytes).contains(&reference))
}
