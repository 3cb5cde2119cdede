//! Mails that end the process that reads them, each time: here it may have less memory than
//! they take. Each is set aside after three deaths at most, everybody else is answered, and
//! a person is told of it and takes it in by hand.

use super::{LARGEST, bounded, gatepost, incompressible, plain, receipts, told};
use crate::bench::oracle::one_receipt_each;
use crate::dice::{Dice, number};
use crate::intake::{all_accounted, laid};
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use serde_json::Value;
use std::fs;

/// Enough for any mail but those, in KiB of data: idle it has 8 MiB.
const DATA: u64 = 48 << 10;

/// Its eight megabytes say three times as much in UTF-8, and are taken for a page.
fn too_much(g: &Gatepost, from: &str) -> Vec<u8> {
    let head = format!(
        "From: <{from}>\nTo: {}\nSubject: XSS in search\nMessage-ID: <{from}>\nMIME-Version: 1.0\nContent-Type: text/html; charset=windows-1252\nContent-Transfer-Encoding: 8bit\n\n",
        g.address
    );
    let line = [&[0x80; 70][..], b"\n"].concat();
    [head.into_bytes(), line.repeat(7 << 14)].concat()
}

/// So many mails have their row, and every letter has left.
fn settled(g: &Gatepost, mails: usize) -> bool {
    let store = g.path("store/gatepost.db");
    let inbox =
        "SELECT count(*) FROM mails m JOIN folders f ON f.id = m.folder WHERE f.role = 'inbox'";
    let waits = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
    told(&store, inbox) == mails && told(&store, waits) == 0
}

/// Starts it again and again, as a service manager does, until every mail has its row; gives
/// how often it died.
fn deaths(g: &Gatepost, mails: usize, at_most: usize) -> usize {
    for deaths in 0..=at_most {
        let mut daemon = bounded(g, DATA);
        let ended = wait_until("it dies or has done all", 4 * PATIENCE, || {
            if let Some(code) = daemon.0.try_wait().unwrap() {
                return Some(Some(code));
            }
            settled(g, mails).then_some(None)
        });
        let Some(code) = ended else {
            return deaths;
        };
        let said = fs::read_to_string(g.path("log")).unwrap();
        assert!(said.contains("memory allocation of"), "{code}: {said}");
    }
    panic!("it died more than {at_most} times");
}

/// Each has a receipt, and nobody else; a death between the 250 and its record may double one.
fn answered(g: &Gatepost, sink: &Sink, who: &[String], deaths: usize) {
    let all = receipts(sink);
    assert!(who.iter().all(|from| all.contains(from)), "{all:?}");
    assert!(all.iter().all(|to| who.contains(to)), "{all:?}");
    let receipts = one_receipt_each(g, who, &sink.kept());
    assert!(receipts.doubled <= deaths, "{receipts:?}, {deaths} deaths");
}

#[test]
fn f10_mails_that_end_the_process_are_set_aside() {
    let mails = number("GATEPOST_AMONG", 40);
    let killers = number("GATEPOST_KILLERS", 2);
    let mut dice = Dice::thrown("f10");
    let sink = Sink::start(|_| false);
    let g = gatepost(PostOffice::shared(), "f10", &sink, "");
    g.run(&["init"]).ok();
    let mut places: Vec<usize> = Vec::new();
    while places.len() < killers {
        let place = dice.below(mails as u64) as usize;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let all: Vec<String> = (0..mails).map(|n| g.reporter(&format!("r{n}"))).collect();
    let (mut ends, mut others) = (Vec::new(), Vec::new());
    for (n, from) in all.iter().enumerate() {
        let kills = places.contains(&n);
        let mail = if kills {
            too_much(&g, from)
        } else {
            plain(&g, from)
        };
        laid(&g, [mail], "");
        if kills { &mut ends } else { &mut others }.push(from.clone());
    }
    let deaths = deaths(&g, mails, 3 * killers);
    eprintln!("  {mails} mails, {killers} that end it at {places:?}: {deaths} deaths");
    assert!(deaths >= 2, "they end nothing: {deaths} deaths");

    all_accounted(&g, mails);
    answered(&g, &sink, &others, deaths);
    let tickets = g.list();
    assert_eq!(tickets.len(), mails);
    let known = |t: &&Value| t["reporter"]["address"].is_string();
    let aside: Vec<&Value> = tickets.iter().filter(|t| !known(t)).collect();
    assert_eq!(aside.len(), killers, "those and no other are set aside");
    let health = g.run(&["health"]).out;
    let counted = if killers == 1 {
        "1 mail could"
    } else {
        "mails could"
    };
    assert!(
        health.contains(&format!("{counted} not be read")),
        "{health}"
    );
    for ticket in aside {
        by_hand(&g, ticket["ref"].as_str().unwrap(), &ends);
    }
    let health = g.run(&["health"]).out;
    assert!(!health.contains("could not be read"), "{health}");
    g.run(&["audit"]).ok();
}

/// What `show` says is enough to take it in: its bytes are there, and who wrote it is set.
fn by_hand(g: &Gatepost, reference: &str, ends: &[String]) {
    let shown = g.run(&["show", reference]).ok();
    for said in ["defects: unreadable", "--raw 1", "reporter=ADDRESS"] {
        assert!(shown.contains(said), "{said:?} is not in {shown}");
    }
    // Its clock runs; nobody can be answered as long as nobody knows whom.
    let standing = |g: &Gatepost| g.show(reference)["deadlines"][0]["standing"].clone();
    assert_eq!(standing(g), "cannot");
    let raw = g
        .command(&["show", reference, "--raw", "1"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&raw.stdout);
    let from = ends.iter().find(|from| text.contains(from.as_str()));
    let from = from.unwrap_or_else(|| panic!("{reference} is none of them"));
    assert!(raw.stdout.len() > 8_000_000, "all of it is kept");
    g.run(&["set", reference, &format!("reporter={from}")]).ok();
    g.run(&["assign", reference, "anna"]).ok();
    assert_eq!(standing(g), "on-time");
    let ticket = g.show(reference);
    assert_eq!(ticket["reporter"]["address"], from.as_str());
    assert_eq!(ticket["owner"], "anna");
}

#[test]
fn f10_of_a_mail_that_ends_the_process_while_it_comes_the_beginning_is_taken() {
    let sink = Sink::start(|_| false);
    let g = gatepost(PostOffice::shared(), "f10-comes", &sink, "");
    g.run(&["init"]).ok();
    let all: Vec<String> = (0..6).map(|n| g.reporter(&format!("r{n}"))).collect();
    for (n, from) in all.iter().enumerate() {
        // It has no room in that memory, however it is packed: it ends the process while it comes.
        let mut mail = plain(&g, from);
        if n == 2 {
            mail.extend(incompressible(LARGEST - mail.len(), 2));
        }
        laid(&g, [mail], "");
    }
    let deaths = deaths(&g, all.len(), 3);
    eprintln!("  {deaths} deaths while a mail of 50 MiB came");
    assert!(deaths > 0, "it came");
    all_accounted(&g, all.len());
    // Its beginning says who wrote it, so it is answered as the others are.
    answered(&g, &sink, &all, deaths);
    let tickets = g.list();
    let is_its = |t: &&Value| t["reporter"]["address"] == all[2].as_str();
    let its = tickets.iter().find(is_its).unwrap();
    let reference = its["ref"].as_str().unwrap();
    let shown = g.run(&["show", reference]).ok();
    assert!(shown.contains("262144 of"), "{shown}");
    let raw = g.run(&["show", reference, "--raw", "1"]).ok();
    assert_eq!(raw.len(), 256 << 10);
    g.run(&["audit"]).ok();
    // Who is asked to end is ended by no mail: nothing is counted against any.
    let counted = "SELECT count(*) FROM attempts WHERE count > 0";
    assert_eq!(told(&g.path("store/gatepost.db"), counted), 0);
}
