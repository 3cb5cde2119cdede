//! What must hold whatever went wrong, judged from outside: by what was said on the wire,
//! what the sink keeps, and what the commands say as JSON.

use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::wait_until;
use crate::sink::Kept;
use serde_json::Value;
use std::collections::HashSet;

/// Every mail of these reporters, one each, has its row and one ticket, there is no ticket
/// more, and the audit finds no difference.
pub fn accounted(g: &Gatepost, reporters: &[String]) {
    let tickets = g.list();
    let author = |t: &Value| t["reporter"]["address"].as_str().unwrap().to_owned();
    let authors: Vec<String> = tickets.iter().map(author).collect();
    for from in reporters {
        let theirs = authors.iter().filter(|a| *a == from).count();
        assert_eq!(theirs, 1, "tickets of {from}, of {} in all", authors.len());
    }
    assert_eq!(tickets.len(), reporters.len(), "{authors:?}");
    for t in &tickets {
        assert_eq!(t["messages"], 1, "a mail was taken twice: {t}");
    }
    let audit = g.run(&["audit", "--json"]).json();
    assert_eq!(audit["differences"], serde_json::json!([]), "{audit}");
    let folders = audit["folders"].as_array().unwrap();
    assert!(!folders.is_empty(), "{audit}");
    // A copy that has just been filed in Sent may not be read yet.
    for folder in folders.iter().filter(|f| f["folder"] == "INBOX") {
        assert_eq!(folder["on_server"], folder["with_row"], "{audit}");
    }
}

/// What became of the receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipts {
    /// How many the server keeps twice.
    pub doubled: usize,
    /// How many stand in the outbox until a person says.
    pub unknown: usize,
}

/// Every reporter's receipt is one message, however often it left: twice at most, and byte
/// for byte the same. Of one that is said to be sent the server keeps a copy, and no receipt
/// is anything but sent, or of an end that nobody can know.
pub fn one_receipt_each(g: &Gatepost, reporters: &[String], kept: &[Kept]) -> Receipts {
    let tickets = wait_until("every receipt has come to an end", PATIENCE, || {
        let waits =
            |t: &Value| t["acknowledgement"] == "queued" || t["acknowledgement"] == "offered";
        Some(g.list()).filter(|all| !all.iter().any(waits))
    });
    let (mut doubled, mut unknown) = (0, 0);
    for from in reporters {
        let copies: Vec<&Kept> = kept.iter().filter(|k| k.to == *from).collect();
        let versions: HashSet<&[u8]> = copies.iter().map(|k| k.bytes.as_slice()).collect();
        assert!(
            versions.len() <= 1,
            "{from} got {} versions",
            versions.len()
        );
        assert!(copies.len() <= 2, "{from} got {} copies", copies.len());
        doubled += copies.len().saturating_sub(1);
        let ticket = tickets
            .iter()
            .find(|t| t["reporter"]["address"] == from.as_str());
        match ticket.unwrap()["acknowledgement"].as_str().unwrap() {
            "sent" => assert!(!copies.is_empty(), "{from} got nothing, and it says sent"),
            "unknown" => unknown += 1,
            other => panic!("the receipt for {from} is {other}"),
        }
    }
    Receipts { doubled, unknown }
}

/// Words of IMAP that change a mailbox, or open it for changing.
const CHANGES: [&str; 9] = [
    "STORE", "EXPUNGE", "CLOSE", "MOVE", "SELECT", "COPY", "DELETE", "RENAME", "CREATE",
];

/// What gatepost said to the IMAP server reads and changes nothing; copies of sent letters
/// may be added. It asks by UID alone, and texts by PEEK.
pub fn only_looked(said: &str) {
    for line in said.lines() {
        let mut words = line.split_whitespace();
        let tag = words.next().unwrap_or_default();
        let Some(first) = words.next().filter(|_| is_tag(tag)) else {
            continue;
        };
        let uid = first.eq_ignore_ascii_case("UID");
        let verb = if uid {
            words.next().unwrap_or_default()
        } else {
            first
        };
        let changes = CHANGES.iter().any(|w| verb.eq_ignore_ascii_case(w));
        assert!(!changes, "{line:?} changes the mailbox");
        let by_number = ["FETCH", "SEARCH"]
            .iter()
            .any(|w| first.eq_ignore_ascii_case(w));
        assert!(!by_number, "{line:?} asks by number");
        assert!(!line.contains("BODY["), "{line:?} marks a mail as seen");
    }
}

/// `A0001`: what goes on after it is a command; other lines are of a letter that is added.
fn is_tag(word: &str) -> bool {
    let digits = word.strip_prefix(|c: char| c.is_ascii_uppercase());
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}
