//! Mails with faults made at random, through a real Dovecot and the running daemon: each is
//! accounted for, nothing restarts, and the mail behind them is answered.

use crate::dice::number;
use crate::flood::{all_taken, count};
use crate::intake::{all_accounted, laid};
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use crate::strangers::changed_mail;
use crate::ways::with;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::time::Instant;

/// So many, always the same for the same seed.
fn mutated(seed: usize, mails: usize) -> Vec<Vec<u8>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(seed as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mail = changed_mail();
    let one = |_| mail.new_tree(&mut runner).unwrap().current().0;
    // An empty file is no message to a server.
    (0..mails)
        .map(one)
        .map(|mail| {
            if mail.is_empty() {
                b"\n".to_vec()
            } else {
                mail
            }
        })
        .collect()
}

#[test]
fn mails_with_any_fault_are_all_accounted_for_and_nothing_restarts() {
    let mails = number("GATEPOST_MUTATED", 200);
    let seed = number("GATEPOST_SEED", 1);
    let sink = Sink::start(|_| false);
    let mut g = Gatepost::new(PostOffice::shared(), "mutated");
    g.write_config(&with(&g.config(), "[smtp]", &sink.config()));
    g.run(&["init"]).ok();
    g.start();
    let pid = g.pid();
    let began = Instant::now();
    laid(&g, mutated(seed, mails), "");
    all_taken(&g, mails);
    let took = began.elapsed();

    let noor = g.reporter("noor");
    let text = "See https://example.org/invoices.";
    let plain = report(&noor, &g.address, "behind@example.net", "SSRF", "", text);
    laid(&g, [plain], "");
    all_taken(&g, mails + 1);
    wait_until("what may leave has left", PATIENCE, || {
        let queued = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
        (count(&g, queued) == 0).then_some(())
    });
    assert_eq!(g.pid(), pid);
    assert_eq!(g.signal("-TERM"), Some(0), "it ran to the end");
    let log = g.log();
    for trouble in ["internal error", "panicked", "unreadable"] {
        let line = log.lines().find(|line| line.contains(trouble));
        assert_eq!(line, None, "seed {seed}");
    }
    all_accounted(&g, mails + 1);
    let list = g.list();
    let behind = list
        .iter()
        .filter(|t| t["reporter"]["address"] == noor.as_str());
    assert_eq!(behind.count(), 1, "the mail behind them has its ticket");
    let unreadable = "SELECT count(*) FROM mails WHERE defects LIKE '%unreadable%'";
    assert_eq!(count(&g, unreadable), 0, "seed {seed}");
    // Whoever got an answer is one address, and a stranger's.
    let mut receipts = 0;
    for kept in sink.kept() {
        let (to, team) = (&kept.to, [&g.anna, &g.anna.replace("anna-", "ben-")]);
        let letter = String::from_utf8_lossy(&kept.bytes);
        let receipt = letter.contains("Auto-Submitted: auto-replied");
        receipts += usize::from(receipt);
        assert!(
            !receipt || (!team.contains(&to) && *to != g.address),
            "{to}"
        );
        assert!(
            to.matches('@').count() == 1 && !to.contains(char::is_whitespace),
            "{to:?}"
        );
    }
    eprintln!(
        "{mails} mutated mails (seed {seed}): all accounted for in {took:.1?}, {} tickets, {receipts} receipts, 0 restarts",
        list.len()
    );
}
