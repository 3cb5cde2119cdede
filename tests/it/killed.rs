//! `kill -9` at any moment loses no mail, opens no ticket twice, and sends no letter in two
//! versions; and what gatepost writes is its owner's alone, whatever the umask.

use crate::kit::{Gatepost, PATIENCE, header};
use crate::post_office::{PostOffice, wait_until};
use std::collections::HashSet;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

const MAILS: usize = 30;
const KILLS: usize = 5;

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nothing_and_doubles_no_ticket() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let mut g = Gatepost::ready(&office, "killed");
    // The caps would hold most receipts of one domain.
    let caps = "[acknowledge]\nper_domain = 1000\nper_hour = 1000\n";
    g.write_config(&format!("{}{caps}", g.config()));
    let reporters: Vec<String> = (0..MAILS).map(|i| g.reporter(&format!("r{i}"))).collect();
    let mut waiting = reporters.iter().enumerate();
    for _ in 0..KILLS {
        g.start();
        for (i, from) in waiting.by_ref().take(MAILS / KILLS) {
            g.report_from(from, &format!("kill{i}@example.net"));
        }
        at_a_random_moment(&g);
        g.signal("-KILL");
    }
    // A letter that was leaving waits a minute before it leaves once more, and one that
    // the relay put off waits longer.
    for later in ["10:20", "10:40", "11:00"] {
        office.clock(&format!("2026-11-23 {later}"));
        g.once();
    }
    let outbox = g.run(&["outbox"]).ok();
    assert!(outbox.contains("Nothing waits"), "{outbox}");
    every_mail_is_accounted_for(&g, &reporters);
    for from in &reporters {
        let versions: HashSet<String> = g
            .wait_for_mail(from, 1)
            .iter()
            .map(|m| without_trace(m))
            .collect();
        assert_eq!(versions.len(), 1, "{from} got one letter in two versions");
    }
}

/// Returns when the daemon has written some lines more, however many, of its log.
fn at_a_random_moment(g: &Gatepost) {
    let lines = RandomState::new().hash_one(g.pid()) % 40;
    let began = Instant::now();
    wait_until("the daemon works", PATIENCE, || {
        let written = g.log().lines().count() as u64;
        (written >= lines || began.elapsed() > Duration::from_secs(1)).then_some(())
    });
}

fn every_mail_is_accounted_for(g: &Gatepost, reporters: &[String]) {
    let tickets = g.list();
    let authors: HashSet<&str> = tickets
        .iter()
        .map(|t| t["reporter"]["address"].as_str().unwrap())
        .collect();
    assert_eq!((tickets.len(), authors.len()), (MAILS, MAILS));
    assert!(reporters.iter().all(|r| authors.contains(r.as_str())));
    for t in &tickets {
        assert_eq!(t["acknowledgement"], "sent", "{t}");
        assert_eq!(
            t["messages"], 1,
            "no mail was set aside or taken twice: {t}"
        );
    }
    let audit = g.run(&["audit"]).ok();
    assert!(audit.contains("chain unbroken"), "{audit}");
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    let whole: String = store
        .query_row("PRAGMA integrity_check", [], |r| r.get(0))
        .unwrap();
    assert_eq!(whole, "ok");
}

/// A message as gatepost sent it: without what servers put in front.
fn without_trace(message: &str) -> String {
    let own = message.find("\nFrom:").unwrap();
    assert!(header(message, "Message-ID").is_some());
    message[own..].to_owned()
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
    let child = command_loose(&g, &["run"]).spawn();
    let mut child = child.unwrap();
    wait_until("the journal lies there", PATIENCE, || {
        g.path("store/gatepost.db-wal").exists().then_some(())
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
