//! What a server refuses for good is tried once and stands where people see it; and one bad
//! address in the team keeps nothing from the others.

use super::scene::Scene;
use super::{oracle, passes, reports};
use crate::faults::says;
use crate::kit::PATIENCE;
use crate::post_office::wait_until;
use crate::sink::{At, Does};
use std::time::Duration;

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
        says(&shown, &[to, why]);
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
        let told = |n: usize| {
            let reference = format!("SEC-2026-000{n}");
            kept.iter().filter(|k| k.to == anna).any(|k| {
                let text = String::from_utf8_lossy(&k.bytes);
                text.contains("refused") && text.contains(&reference)
            })
        };
        [2, 4, 6].into_iter().all(told).then_some(())
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
    for (n, (name, does)) in BAD.into_iter().enumerate() {
        let mut scene = Scene::fast(&format!("o7-{n}"));
        let bad = scene.g.anna.clone();
        let others = scene.g.anna.replace("anna-", "ben-");
        let told = |scene: &Scene, to: &str| {
            let kept = scene.sink.kept();
            kept.iter().filter(|k| k.to == to).count()
        };
        wait_until("the first report is told", PATIENCE, || {
            (told(&scene, &others) > 0 && told(&scene, &bad) > 0).then_some(())
        });
        let before = (told(&scene, &bad), told(&scene, &others));
        scene.sink.does(meets(&bad, "RCPT", &does));
        for round in 0..2 {
            scene.a_report_comes(&format!("r{round}"));
            wait_until(&format!("{name}: the others are told"), PATIENCE, || {
                let kept = scene.sink.kept();
                let reference = format!("SEC-2026-000{}", round + 2);
                let names =
                    |k: &&crate::sink::Kept| String::from_utf8_lossy(&k.bytes).contains(&reference);
                kept.iter()
                    .filter(|k| k.to == others)
                    .any(|k| names(&k))
                    .then_some(())
            });
        }
        assert_eq!(told(&scene, &bad), before.0, "{name}");
        let outbox = scene.g.run(&["outbox"]).ok();
        says(&outbox, &[&bad]);
        eprintln!(
            "  {name}: {} letters to the others",
            told(&scene, &others) - before.1
        );
        scene.sink.does(|_| Does::Usual);
        let receipts = scene.ends();
        assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
    }
}
