//! Mails that are built to cost: each is a ticket, costs little CPU and memory, and the report
//! behind it is there as if nothing had been.

use crate::dice::number;
use crate::flood::{all_taken, count};
use crate::intake::{all_accounted, laid};
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use std::fs;
use std::time::{Duration, Instant};

/// The most CPU time that one may take, in seconds.
const CPU: f64 = 5.0;
/// The most memory that the daemon may have at any moment, in KiB.
const MEMORY: u64 = 256 << 10;
/// The report behind one is there after this time.
const NEXT: Duration = Duration::from_secs(60);

/// A bomb: its name, and what stands behind From, To, Subject and Message-ID.
type Bomb = (&'static str, fn(usize) -> Vec<u8>);

const BOMBS: [Bomb; 11] = [
    ("1,000,000 parts", |n| {
        body("multipart/mixed; boundary=b", "--b\n\nx\n", n)
    }),
    ("1,000,000 parts with a type", |n| {
        let part = "--b\nContent-Type: text/html; name=\"a\"\n\n<p>\n";
        body("multipart/mixed; boundary=b", part, n)
    }),
    ("10,000 deep", |n| deep(n / 100, "multipart/mixed")),
    ("10,000 alternatives deep", |n| {
        deep(n / 100, "multipart/alternative")
    }),
    ("10,000 mails in mails", |n| {
        let inner = "Content-Type: message/rfc822\n\n";
        inner.repeat(n / 100).into_bytes()
    }),
    ("500,000 header lines", |n| {
        lines(n / 2, |n| format!("X-Line-{n}: {n}\n"))
    }),
    ("500,000 folded lines", |n| {
        let folded = lines(n / 2, |_| " folded\n".to_owned());
        [b"X-Long: x\n", folded.as_slice()].concat()
    }),
    ("a header of 64 MiB", |n| {
        let field = format!("X-Field: {}\n", "y".repeat(900));
        field
            .repeat((n << 26) / 1_000_000 / field.len())
            .into_bytes()
    }),
    ("1,000,000 encoded words", |n| {
        let words = " =?utf-8?q?=41?=\n".repeat(n);
        format!("Comments: x\n{words}").into_bytes()
    }),
    ("1,000,000 encoded words in a name", |n| {
        let words = "=?utf-8?b?QQ==?= ".repeat(n);
        format!("Reply-To: {words}<eve@example.net>\n").into_bytes()
    }),
    ("1,000,000 addresses and ids", |n| {
        let ids = " <a@b.example>\n".repeat(n / 2);
        let addresses = " a@b.example,\n".repeat(n / 2);
        format!("References:\n{ids}Cc:\n{addresses}").into_bytes()
    }),
];

fn body(kind: &str, unit: &str, n: usize) -> Vec<u8> {
    let head = format!("Content-Type: {kind}\n\n");
    [head.into_bytes(), unit.repeat(n).into_bytes()].concat()
}

fn lines(n: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    (0..n).flat_map(|n| line(n).into_bytes()).collect()
}

fn deep(n: usize, kind: &str) -> Vec<u8> {
    lines(n, |n| {
        format!("Content-Type: {kind}; boundary=b{n}\n\n--b{n}\n")
    })
}

/// CPU time of a process so far, in seconds: its own, and that of its children that ended.
fn cpu(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind = stat.rsplit(") ").next().unwrap();
    let fields: Vec<f64> = behind
        .split(' ')
        .map(|f| f.parse().unwrap_or(0.0))
        .collect();
    // utime, stime, cutime and cstime, in hundredths.
    fields[11..15].iter().sum::<f64>() / 100.0
}

/// The most memory that it had, in KiB.
fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn a_mail_that_is_built_to_cost_costs_little_and_holds_up_nobody() {
    // 1,000,000 of each in the long run.
    let units = number("GATEPOST_UNITS", 200_000);
    let mut g = Gatepost::new(PostOffice::shared(), "bombs");
    let large = "name = \"security\"\nsize_limit = \"128 MiB\"";
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", large));
    g.run(&["init"]).ok();
    g.start();
    let pid = g.pid();
    for (n, (name, bomb)) in BOMBS.iter().enumerate() {
        let (eve, mia) = (
            g.reporter(&format!("eve{n}")),
            g.reporter(&format!("mia{n}")),
        );
        let head = format!(
            "From: <{eve}>\nTo: {}\nSubject: bomb {n}\nMessage-ID: <bomb{n}-{}>\n",
            g.address, g.address
        );
        let mail = [head.into_bytes(), bomb(units)].concat();
        let (size, before) = (mail.len(), cpu(pid));
        laid(&g, [mail], "");
        let id = format!("behind{n}-{}", g.address);
        let next = report(
            &mia,
            &g.address,
            &id,
            "SSRF",
            "",
            "See https://example.org/.",
        );
        let began = Instant::now();
        laid(&g, [next], "");
        all_taken(&g, 2 * n + 2);
        let took = began.elapsed();
        wait_until("its receipt has left", PATIENCE, || {
            let sent = format!(
                "SELECT count(*) FROM letters WHERE recipient = '{mia}' AND state = 'sent'"
            );
            (count(&g, &sent) == 1).then_some(())
        });
        let (spent, peak) = (cpu(pid) - before, peak(pid));
        eprintln!(
            "{name:35} {:>6.1} MB  {spent:5.2} s CPU  {:4} MiB  next after {took:.1?}",
            size as f64 / 1e6,
            peak >> 10
        );
        assert!(spent <= CPU, "{name}: {spent} s");
        assert!(peak <= MEMORY, "{name}: {peak} KiB");
        assert!(took <= NEXT, "{name}: {took:?}");
    }
    assert_eq!(g.pid(), pid);
    assert_eq!(g.signal("-TERM"), Some(0), "it ran to the end");
    assert!(!g.log().contains("internal error"));
    all_accounted(&g, 2 * BOMBS.len());
    let list = g.list();
    assert_eq!(list.len(), 2 * BOMBS.len(), "a ticket each");
    let unreadable = "SELECT count(*) FROM mails WHERE defects LIKE '%unreadable%'";
    assert_eq!(count(&g, unreadable), 0);
}
