//! The first day of a mailbox that is years old: nobody who wrote before gets a letter.

use super::{gatepost, one_each, peak, plain, told};
use crate::dice::number;
use crate::intake::laid;
use crate::kit::PATIENCE;
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// What `init` and `run` may take for 10,000 mails, and the memory of each, in KiB.
const TIME: Duration = Duration::from_secs(600);
const MEMORY: u64 = 128 << 10;

#[test]
fn a7_first_start_on_old_mails() {
    let mails = number("GATEPOST_BACKLOG", 1_000);
    let sink = Sink::start(|_| false);
    let mut g = gatepost(PostOffice::shared(), "a7", &sink, "");
    g.run(&["check"]);
    let old: Vec<String> = (0..mails).map(|n| g.reporter(&format!("old{n}"))).collect();
    // 20 KB each, some of them much larger.
    let filled = |n: usize, from: &String| {
        let lines = if n.is_multiple_of(100) { 20_000 } else { 400 };
        let line = "The quick brown fox jumps over the lazy dog again.\n";
        [plain(&g, from), line.repeat(lines).into_bytes()].concat()
    };
    laid(
        &g,
        old.iter().enumerate().map(|(n, from)| filled(n, from)),
        "",
    );

    let began = Instant::now();
    let mut init = g.command(&["init"]).stdout(Stdio::null()).spawn().unwrap();
    let mut most = 0;
    let code = wait_until("init ends", TIME, || {
        most = most.max(peak(init.id()).unwrap_or(0));
        init.try_wait().unwrap()
    });
    let took = began.elapsed();
    assert!(code.success());
    assert!(most > 0 && most <= MEMORY, "init had {most} KiB");

    g.start();
    let store = g.path("store/gatepost.db");
    let mia = [g.reporter("mia")];
    laid(&g, [plain(&g, &mia[0])], "");
    wait_until("the new one is answered", TIME, || {
        (!super::receipts(&sink).is_empty()).then_some(())
    });
    one_each(&sink, &mia);
    let ran = began.elapsed();
    wait_until("all has left", PATIENCE, || {
        let waits = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
        (told(&store, waits) == 0).then_some(())
    });
    let memory = peak(g.pid()).unwrap();
    assert_eq!(g.signal("-TERM"), Some(0));
    assert!(ran <= TIME, "{ran:?}");
    assert!(memory <= MEMORY, "the daemon had {memory} KiB");
    assert_eq!(g.list().len(), 1, "no ticket for what is old");
    let team = [g.anna.clone(), g.anna.replace("anna-", "ben-")];
    for letter in sink.kept() {
        let whom = &letter.to;
        assert!(
            *whom == mia[0] || team.contains(whom),
            "{whom} got a letter"
        );
        let text = String::from_utf8_lossy(&letter.bytes);
        assert!(!text.contains("old"), "it speaks of what is old: {text}");
    }
    assert_eq!(
        told(&store, "SELECT count(*) FROM letters WHERE state = 'held'"),
        0
    );
    g.run(&["audit"]).ok();
    eprintln!(
        "  {mails} old mails: init {took:.1?} and {} MiB, the first receipt {ran:.1?} after its \
         beginning, the daemon {} MiB, 0 letters to them",
        most >> 10,
        memory >> 10
    );
}
