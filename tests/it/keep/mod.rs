//! What is kept whatever becomes of it: the record that is put back, the mail that ends the
//! process that reads it, a machine with little memory, a mailbox that is old, numbered anew
//! or added later. Short forms here; `tests/soak/faults keep` runs the long ones.

mod added;
mod day;
mod first_day;
mod killer;
mod large;
mod memory;
mod one;
mod renumbered;
mod restored;

use crate::dice::Dice;
use crate::kit::{Gatepost, report};
use crate::post_office::PostOffice;
use crate::power::CAPS;
use crate::sink::Sink;
use crate::ways::with;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A gatepost whose letters a sink keeps, with `lines` in its mailbox's table and no caps on
/// receipts. Its store is not made yet.
fn gatepost<'o>(office: &'o PostOffice, story: &str, sink: &Sink, lines: &str) -> Gatepost<'o> {
    let g = Gatepost::new(office, story);
    let config = with(&g.config(), "[smtp]", &sink.config());
    let config = config.replace(
        "name = \"security\"",
        &format!("name = \"security\"\n{lines}"),
    );
    g.write_config(&format!("{config}{CAPS}"));
    g
}

/// The report of one reporter.
fn plain(g: &Gatepost, from: &str) -> Vec<u8> {
    let text = format!("{from} found https://example.org/search.");
    report(from, &g.address, from, "XSS in search", "", &text)
}

/// The size limit of a mailbox is this by default, in bytes: what is fetched whole.
const LARGEST: usize = 50 << 20;

/// So much random text, as base64 is: the end of each line is two bytes at the server, and with
/// those it is no larger.
fn incompressible(bytes: usize, seed: u64) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut dice = Dice(seed);
    let mut text = Vec::with_capacity(bytes);
    while text.len() < bytes - bytes / 60 {
        let some = dice.next().to_be_bytes();
        text.extend(some.map(|b| ALPHABET[usize::from(b % 64)]));
        if text.len() % 77 < 8 {
            text.push(b'\n');
        }
    }
    text
}

/// To whom receipts were sent, one entry each.
fn receipts(sink: &Sink) -> Vec<String> {
    let is = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.contains("Auto-Submitted: auto-replied")
    };
    let kept = sink.kept().into_iter().filter(|k| is(&k.bytes));
    kept.map(|k| k.to).collect()
}

/// Asserts that each of them got one receipt.
fn one_each(sink: &Sink, reporters: &[String]) {
    let all = receipts(sink);
    for from in reporters {
        let n = all.iter().filter(|to| *to == from).count();
        assert_eq!(n, 1, "receipts to {from}");
    }
}

/// A number that a store tells, whichever file it is.
fn told(store: &Path, sql: &str) -> usize {
    let store = Connection::open(store).unwrap();
    store.busy_timeout(crate::kit::PATIENCE).unwrap();
    let n: i64 = store.query_row(sql, [], |row| row.get(0)).unwrap();
    usize::try_from(n).unwrap()
}

/// The most memory that a process had at any moment, in KiB.
fn peak(pid: u32) -> Option<u64> {
    of_status(pid, "VmHWM:")
}

/// What the system says of the memory of a process, in KiB.
fn of_status(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with(name))?;
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A daemon under a bound; ended when it is dropped.
struct Bounded(Child);

impl Drop for Bounded {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts the daemon with at most so many KiB of data, its processes apart as well; its log
/// goes to the usual file.
fn bounded(g: &Gatepost, data: u64) -> Bounded {
    let inner = g.command(&["run"]);
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "ulimit -c 0; ulimit -d \"$0\"; exec \"$@\"",
        &data.to_string(),
    ]);
    shell.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let log = fs::File::create(g.path("log")).unwrap();
    let child = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    Bounded(child.spawn().unwrap())
}
