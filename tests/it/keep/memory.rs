//! A machine with little memory, and a mailbox that is full after an outage: the daemon has
//! to live and to take all of it in.
//!
//! The bound is on data (`ulimit -d`), which it cannot pass and live; what it had in memory at
//! any moment, its code too, is measured beside that.

use super::{LARGEST, bounded, gatepost, incompressible, peak, plain, receipts, told};
use crate::dice::number;
use crate::flood::all_taken;
use crate::intake::{all_accounted, laid};
use crate::kit::PATIENCE;
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use std::time::{Duration, Instant};

/// What it may have for ten large mails, and for one, in MiB.
const MEMORY: [usize; 2] = [160, 120];

#[test]
fn f11_little_memory_and_much_mail() {
    let mails = number("GATEPOST_BACKLOG", 300);
    let large = number("GATEPOST_LARGE", 1);
    let memory = (MEMORY[usize::from(large == 1)] as u64) << 10;
    let sink = Sink::start(|_| false);
    let g = gatepost(PostOffice::shared(), "f11", &sink, "");
    g.run(&["init"]).ok();
    let every = mails.div_ceil(large + 1);
    let mut all = Vec::new();
    for n in 0..mails {
        let from = g.reporter(&format!("r{n}"));
        let mut mail = plain(&g, &from);
        if n > 0 && n.is_multiple_of(every) {
            mail.extend(incompressible(LARGEST - mail.len(), n as u64));
        }
        laid(&g, [mail], "");
        all.push(from);
    }
    let began = Instant::now();
    let mut daemon = bounded(&g, memory);
    all_taken(&g, mails);
    let took = began.elapsed();
    let store = g.path("store/gatepost.db");
    wait_until("all has left", Duration::from_secs(600), || {
        let waits = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
        (told(&store, waits) == 0).then_some(())
    });
    let most = peak(daemon.0.id()).unwrap();
    assert!(daemon.0.try_wait().unwrap().is_none(), "it lives");
    drop(daemon);
    let whole = "SELECT count(*) FROM mails WHERE kept = size AND kept > 40000000";
    assert_eq!(told(&store, whole), large, "each is fetched whole");
    all_accounted(&g, mails);
    assert_eq!(receipts(&sink).len(), mails, "each is answered, once");
    let unread = "SELECT count(*) FROM mails WHERE defects LIKE '%unreadable%'";
    assert_eq!(told(&store, unread), 0);
    assert!(most <= memory, "it had {most} KiB");
    assert_eq!(g.list().len(), all.len());
    wait_until("nobody holds the store", PATIENCE, || {
        (g.once().code == 0).then_some(())
    });
    eprintln!(
        "  {mails} mails, {large} of them of 50 MiB: taken in within {took:.0?}, {} MiB at most",
        most >> 10
    );
}
