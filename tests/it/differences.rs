//! What `audit` finds when somebody has written into the record with another program: each
//! kind of difference is named, with a way out, and what can be written anew is.

use crate::kit::Gatepost;
use crate::post_office::PostOffice;
use rusqlite::Connection;
use serde_json::Value;
use std::fs;

const STORE: &str = "store/gatepost.db";

/// A store with two tickets, one of them evaluated by a letter.
fn with_work(story: &str) -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), story);
    for name in ["mia", "ravi"] {
        g.report_from(&g.reporter(name), &format!("{name}-differs@example.net"));
    }
    g.once().ok();
    let evaluate = [
        "evaluate",
        "1",
        "accepted",
        "--plan",
        "Mend it.",
        "--expected",
        &crate::kit::soon(),
        "--yes",
    ];
    g.run(&evaluate).ok();
    g.once().ok();
    // Takes in the copies of what it sent.
    g.once().ok();
    g.run(&["audit"]).ok();
    g
}

fn sql(g: &Gatepost, text: &str) {
    let store = Connection::open(g.path(STORE)).unwrap();
    store
        .execute_batch(&format!("PRAGMA foreign_keys = OFF; {text}"))
        .unwrap_or_else(|why| panic!("{text}: {why}"));
}

/// What the audit says: differences, and what to do about each.
fn found(g: &Gatepost) -> Vec<(String, String)> {
    let plain = g.run(&["audit", "--offline"]);
    let answer = g.run(&["audit", "--offline", "--json"]);
    assert_eq!(
        (plain.code, answer.code),
        (3, 3),
        "{}{}",
        answer.out,
        answer.err
    );
    let audit: Value = serde_json::from_str(&answer.out).unwrap();
    let words = |key: &str| -> Vec<String> {
        let all = audit[key].as_array().unwrap().iter();
        all.map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<_> = words("differences")
        .into_iter()
        .zip(words("hints"))
        .collect();
    for (what, hint) in &all {
        assert!(!hint.is_empty(), "{what} has no way out");
        assert!(
            plain.out.contains(what) && plain.out.contains(hint),
            "{}",
            plain.out
        );
    }
    all
}

/// What is written into the record, what the audit says to it, and whether it can be
/// written anew.
const WRITTEN: [(&str, &str, bool); 12] = [
    (
        "UPDATE tickets SET stage = 'closed' WHERE id = 1",
        "the row says other than its facts",
        true,
    ),
    (
        "UPDATE tickets SET owner = 'zoe' WHERE id = 2",
        "the row says other than its facts",
        true,
    ),
    (
        "UPDATE tickets SET due_at = NULL WHERE id = 2",
        "the row shows another deadline than its own",
        true,
    ),
    (
        "UPDATE deadlines SET open = 0 WHERE ticket = 2 AND promise = 'respond'",
        "respond is ended in the row and open by the facts",
        true,
    ),
    (
        "DELETE FROM deadlines WHERE ticket = 2 AND promise = 'respond'",
        "respond was started by fact",
        true,
    ),
    (
        "INSERT INTO deadlines SELECT 2, 'respond', 1, started_at, due_at, approaching_at, count, 1, '' FROM deadlines WHERE ticket = 2 AND promise = 'respond'",
        "no fact has started it",
        true,
    ),
    (
        "UPDATE deadlines SET due_at = '2031-01-01T00:00:00.000Z' WHERE ticket = 2 AND promise = 'respond'",
        "due on another day than its own count says",
        false,
    ),
    (
        "UPDATE letters SET state = 'queued' WHERE kind = 'evaluation'",
        "says that it left",
        false,
    ),
    (
        "UPDATE letters SET bytes = NULL WHERE kind = 'evaluation'",
        "has lost its bytes",
        false,
    ),
    (
        "DELETE FROM bodies WHERE mail = 1",
        "mail 1 has lost its ticket or its bytes",
        false,
    ),
    (
        "UPDATE mails SET ticket = 77 WHERE id = 1",
        "point to rows of tickets that are not there",
        false,
    ),
    (
        "UPDATE tickets SET opened_at = 'yesterday' WHERE id = 2",
        "ticket 0002 cannot be read",
        false,
    ),
];

#[test]
fn every_difference_is_named_with_a_way_out() {
    let g = with_work("differences");
    let whole = fs::read(g.path(STORE)).unwrap();
    let mut missed = Vec::new();
    for (written, wanted, anew) in WRITTEN {
        sql(&g, written);
        let found = found(&g);
        if !found.iter().any(|(what, _)| what.contains(wanted)) {
            missed.push(format!("{written}: {found:?}"));
        }
        if anew {
            let repaired = g.run(&["audit", "--repair"]).ok();
            assert!(
                repaired.contains("was written anew from its facts"),
                "{repaired}"
            );
            g.run(&["audit"]).ok();
        }
        fs::write(g.path(STORE), &whole).unwrap();
    }
    assert_eq!(missed, Vec::<String>::new());
}

#[test]
fn facts_that_were_changed_are_found_and_never_written_anew() {
    let g = with_work("facts-changed");
    let whole = fs::read(g.path(STORE)).unwrap();
    for (written, wanted) in [
        (
            "UPDATE facts SET by = 'zoe' WHERE n = 2",
            "the chain breaks at fact 2",
        ),
        ("DELETE FROM facts WHERE n = 3", "fact 3 is missing"),
        (
            "UPDATE facts SET data = '{}' WHERE n = (SELECT max(n) FROM facts)",
            "was changed",
        ),
        // A chain that was made to fit again: the letter tells.
        (
            "DELETE FROM facts WHERE n >= (SELECT min(n) FROM facts WHERE letter = (SELECT id FROM letters WHERE kind = 'evaluation'))",
            "is sent, and no fact says",
        ),
    ] {
        sql(
            &g,
            &format!(
                "DROP TRIGGER IF EXISTS facts_are_not_rewritten; DROP TRIGGER IF EXISTS facts_are_not_deleted; {written}"
            ),
        );
        let told = found(&g);
        assert!(
            told.iter().any(|(what, _)| what.contains(wanted)),
            "{written}: {told:?}"
        );
        g.run(&["audit", "--repair"]).code_in(&[1, 3]);
        assert!(
            found(&g).iter().any(|(what, _)| what.contains(wanted)),
            "{written}"
        );
        fs::write(g.path(STORE), &whole).unwrap();
    }
}
