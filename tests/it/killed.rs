//! `kill -9` at any moment loses no mail, opens no ticket twice, and sends no letter in two
//! versions; and what gatepost writes is its owner's alone, whatever the umask.

use crate::bench::oracle::{self, Receipts};
use crate::dice::number;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::{Kept, Sink};
use crate::ways::with;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

/// Each twentieth letter or so is kept by the mail server, and gatepost is not told.
fn drops(n: usize) -> bool {
    (n * 7 + 3).is_multiple_of(20)
}

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nothing_and_doubles_no_ticket() {
    let (mails, kills) = (number("GATEPOST_MAILS", 300), number("GATEPOST_KILLS", 50));
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let sink = Sink::start(drops);
    let mut g = Gatepost::new(&office, "killed");
    // The caps would hold most receipts of one domain.
    let caps = "[acknowledge]\nper_domain = 10000\nper_hour = 10000\n";
    g.write_config(&format!(
        "{}{caps}",
        with(&g.config(), "[smtp]", &sink.config())
    ));
    g.run(&["init"]).ok();
    let reporters: Vec<String> = (0..mails).map(|i| g.reporter(&format!("r{i}"))).collect();
    let mut waiting = reporters.iter().enumerate();
    for _ in 0..kills {
        for (i, from) in waiting.by_ref().take(mails.div_ceil(kills)) {
            let id = format!("kill{i}@example.net");
            let text = format!("Report {i} on https://example.org/search.");
            let mail = report(from, &g.address, &id, "XSS in search", "", &text);
            g.office.deliver(from, &g.address, &mail);
        }
        g.start();
        at_a_random_moment(&g);
        g.signal("-KILL");
        assert_eq!(integrity(&g), "ok");
    }
    wait_until("all mails lie in the mailbox", PATIENCE, || {
        (office.inbox(&g.address).len() >= mails).then_some(())
    });
    // A letter that was leaving waits a minute before it leaves once more, and one that
    // the relay put off waits longer.
    for later in ["10:20", "10:40", "11:00", "11:20"] {
        office.clock(&format!("2026-11-23 {later}"));
        g.once();
    }
    oracle::accounted(&g, &reporters);
    each_letter_is_one_message(&g, &reporters, &sink.kept(), kills);
}

/// Returns after a moment that nobody chose: so many lines of the log, or so long.
fn at_a_random_moment(g: &Gatepost) {
    let dice = RandomState::new().hash_one(g.pid());
    let (lines, at_most) = (dice % 60, Duration::from_millis(dice / 60 % 900));
    let began = Instant::now();
    wait_until("the daemon works", PATIENCE, || {
        let written = g.log().lines().count() as u64;
        (written >= lines || began.elapsed() > at_most).then_some(())
    });
}

fn integrity(g: &Gatepost) -> String {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    store
        .query_row("PRAGMA integrity_check", [], |r| r.get(0))
        .unwrap()
}

/// Once more for each death or each 250 that did not arrive, at most; what may have been
/// kept or not is shown.
pub fn each_letter_is_one_message(g: &Gatepost, reporters: &[String], kept: &[Kept], kills: usize) {
    let unheard = kept.iter().filter(|k| !k.answered).count();
    let Receipts { doubled, unknown } = oracle::one_receipt_each(g, reporters, kept);
    eprintln!(
        "{} reports, {kills} kills: {} messages, {unheard} without an answer, {doubled} doubled, {unknown} unknown",
        reporters.len(),
        kept.len()
    );
    assert!(
        doubled <= kills + unheard,
        "{doubled} doubles of {kills} kills and {unheard} silences"
    );
    // Two deaths just before its bytes left, or two answers that did not arrive: it stands
    // in the outbox until a person says.
    assert!(unknown * 2 <= kills + unheard, "{unknown} unknown");
}

#[test]
fn files_are_their_owners_alone_under_any_umask() {
    let g = Gatepost::new(PostOffice::shared(), "umask");
    loose(&g, &["init"]);
    g.report_from(&g.reporter("mia"), "umask@example.net");
    loose(&g, &["run", "--once"]);
    // What a person wrote is kept as a draft when something came in between.
    let stale = [
        "evaluate", "1", "accepted", "--plan", "Mend it.", "--after", "0", "--yes",
    ];
    loose(&g, &stale);
    let mut seen = Vec::new();
    check_modes(&g.path("store"), &mut seen);
    for name in ["gatepost.db", "gatepost.db.lock", "1-anna.txt"] {
        assert!(seen.iter().any(|s| s == name), "{name} is not in {seen:?}");
    }
    // While a process has the store open, its journal lies beside it.
    let log = fs::File::create(g.path("log")).unwrap();
    let child = command_loose(&g, &["run"]).stderr(log).spawn();
    let mut child = child.unwrap();
    // Before it runs it looks whether the store is a copy, and closes it again.
    wait_until("the journal lies there to stay", PATIENCE, || {
        let runs = g.log().contains("gatepost runs");
        (runs && g.path("store/gatepost.db-wal").exists()).then_some(())
    });
    check_modes(&g.path("store"), &mut seen);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(seen.iter().any(|s| s == "gatepost.db-shm"), "{seen:?}");
}

fn loose(g: &Gatepost, args: &[&str]) {
    command_loose(g, args).output().unwrap();
}

/// The command under a umask that forbids nothing.
fn command_loose(g: &Gatepost, args: &[&str]) -> Command {
    let inner = g.command(args);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" \"$@\""]);
    shell.arg(inner.get_program()).args(inner.get_args());
    shell
}

/// 0700 for folders, 0600 for files; the names go to `seen`.
fn check_modes(path: &std::path::Path, seen: &mut Vec<String>) {
    let meta = fs::metadata(path).unwrap();
    let mode = meta.permissions().mode() & 0o7777;
    let wanted = if meta.is_dir() { 0o700 } else { 0o600 };
    assert_eq!(mode, wanted, "{} has mode {mode:o}", path.display());
    seen.push(path.file_name().unwrap().to_string_lossy().into_owned());
    if meta.is_dir() {
        let entries = fs::read_dir(path).unwrap();
        entries.for_each(|e| check_modes(&e.unwrap().path(), seen));
    }
}
