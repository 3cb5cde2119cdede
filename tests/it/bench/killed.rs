//! The daemon dies at the very moment that something passes on the wire, and the next one
//! goes on: no mail lost, no ticket twice, and a letter twice at most.

use super::fault::{Act, Fault, Way, When};
use super::proxy::Proxy;
use super::{fast, led_to, office, oracle, reports};
use crate::dice::rounds;
use crate::kit::PATIENCE;
use crate::post_office::wait_until;
use crate::sink::Sink;
use std::process::Command;
use std::sync::Arc;

/// Where it dies: at the mailbox or at the relay, in which way of the bytes, after what.
const MOMENTS: [(&str, Way, &str); 12] = [
    ("imap", Way::In, "EXAMINE \"INBOX\""),
    ("imap", Way::In, "RFC822.SIZE INTERNALDATE)"),
    ("imap", Way::In, "BODY.PEEK[]"),
    ("imap", Way::Out, "XSS in sea"),
    ("imap", Way::Out, "https://exa"),
    ("smtp", Way::Out, "220 sink"),
    ("smtp", Way::In, "AUTH"),
    ("smtp", Way::In, "RCPT TO:"),
    ("smtp", Way::In, "DATA\r\n"),
    ("smtp", Way::In, "Subject:"),
    ("smtp", Way::In, "\r\n.\r\n"),
    ("smtp", Way::Out, "250 kept\r\n"),
];

#[test]
fn d1_killed_at_a_word() {
    let (imap, sink) = (Proxy::before(office().imap), Sink::start(|_| false));
    let smtp = Proxy::before(sink.port);
    let mut g = led_to(office(), "d1-word", &imap.config(), &smtp.config());
    g.run(&["init"]).ok();
    // What was leaving waits a minute before it leaves once more.
    fast(&mut g);
    let mut reporters = Vec::new();
    for round in 0..rounds(1) {
        for (n, (server, way, word)) in MOMENTS.into_iter().enumerate() {
            let proxy = if server == "imap" { &imap } else { &smtp };
            reporters.extend(reports(&g, &format!("r{round}m{n}"), 2));
            let happened = proxy.happened();
            // The daemon that is about to start is told of through a file, of this moment alone:
            // who is late to kill would read the number of the next one.
            let pid = g.path(&format!("pid-{round}-{n}"));
            let kill = Act::Call(Arc::new({
                let pid = pid.clone();
                move || {
                    let pid = wait_until("it has a number", PATIENCE, || {
                        let pid = std::fs::read_to_string(&pid).ok()?;
                        pid.ends_with('\n').then_some(pid)
                    });
                    // The story kills it as well, once it hears of the moment: either may be first.
                    let kill = Command::new("kill").args(["-KILL", pid.trim()]).output();
                    assert!(kill.is_ok());
                }
            }));
            proxy.fault(Fault::new(way, When::Sees(word.to_owned()), kill).times(1));
            g.start();
            std::fs::write(&pid, format!("{}\n", g.pid())).unwrap();
            wait_until(&format!("it dies at {word:?}"), PATIENCE, || {
                (proxy.happened() > happened).then_some(())
            });
            g.signal("-KILL");
        }
    }
    g.start();
    wait_until("every receipt has come to an end", 2 * PATIENCE, || {
        let tickets = g.list();
        let ended = |t: &&serde_json::Value| {
            t["acknowledgement"] != "queued" && t["acknowledgement"] != "offered"
        };
        (tickets.iter().filter(ended).count() == reporters.len()).then_some(())
    });
    oracle::accounted(&g, &reporters);
    let receipts = oracle::one_receipt_each(&g, &reporters, &sink.kept());
    eprintln!("  {} reports: {receipts:?}", reporters.len());
    // A death doubles one receipt at most, and of one that met two nobody knows the end. Which
    // letter it meets is not ours to choose: the daemon goes on until the signal reaches it.
    let deaths = MOMENTS.len() * rounds(1);
    assert!(receipts.doubled <= deaths, "{receipts:?}");
    assert!(2 * receipts.unknown <= deaths, "{receipts:?}");
    oracle::only_looked(&imap.text(Way::In));
    assert_eq!(g.signal("-TERM"), Some(0));
}
