//! A store of an older schema under a newer gatepost: its rows stay, a copy of it stays, and
//! whenever a migration is killed the store is the old one or the new one.

use crate::daemon::Systemd;
use crate::dice::{Dice, rounds};
use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use crate::rig::integrity;
use rusqlite::Connection;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// What an older gatepost made, and a row in each of its tables.
const OLD: [(&str, &str); 4] = [
    (
        include_str!("../../src/store/schema/0001.sql"),
        include_str!("../../src/store/schema/0001.rows.sql"),
    ),
    (
        include_str!("../../src/store/schema/0002.sql"),
        include_str!("../../src/store/schema/0002.rows.sql"),
    ),
    (
        include_str!("../../src/store/schema/0003.sql"),
        include_str!("../../src/store/schema/0003.rows.sql"),
    ),
    (
        include_str!("../../src/store/schema/0004.sql"),
        include_str!("../../src/store/schema/0004.rows.sql"),
    ),
];
/// So many mails that a migration takes a while.
const MAILS: u32 = 30_000;
const MORE: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
     INSERT INTO marks (mark, mail) SELECT 'text ' || i, 1 FROM n";

/// A store of that version, alone in a folder.
fn old_store(path: &Path, version: usize) {
    let _ = fs::remove_dir_all(path.parent().unwrap());
    fs::create_dir(path.parent().unwrap()).unwrap();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(path.parent().unwrap(), 0o700);
    let store = Connection::open(path).unwrap();
    for (schema, rows) in OLD.iter().take(version) {
        store.execute_batch(schema).unwrap();
        store.execute_batch(rows).unwrap();
    }
    if version == 3 {
        store.execute(MORE, [MAILS]).unwrap();
    }
    store
        .pragma_update(None, "user_version", version as i64)
        .unwrap();
    store
        .pragma_update(None, "application_id", 0x6761_7465)
        .unwrap();
    mode(path, 0o600);
}

fn version(path: &Path) -> i64 {
    let store = Connection::open(path).unwrap();
    let version = store.pragma_query_value(None, "user_version", |r| r.get(0));
    version.unwrap()
}

/// The copy that is made before a store of that version changes.
fn copy_of(store: &Path, version: usize) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(format!(".schema-{version}"));
    name.into()
}

/// How many letters wait in the outbox.
fn letters(g: &Gatepost) -> usize {
    g.run(&["outbox", "--json"])
        .json()
        .as_array()
        .unwrap()
        .len()
}

#[test]
fn a_store_of_each_older_schema_is_copied_and_brought_up() {
    let g = Gatepost::new(PostOffice::shared(), "older");
    let path = g.path("store/gatepost.db");
    for old in 1..=OLD.len() {
        old_store(&path, old);
        assert_eq!(letters(&g), 1, "its letter is there");
        assert!(version(&path) > OLD.len() as i64);
        assert_eq!(integrity(&path), "ok");
        let store = Connection::open(&path).unwrap();
        let policy = include_str!("../../config/policies/neon.toml");
        store
            .execute("UPDATE policies SET text = ?1", [policy])
            .unwrap();
        drop(store);
        let found = g.run(&["list", "mia@example.net"]).ok();
        says(
            &found,
            &["0001", "in sender of mail 1: \"[mia@example.net]\""],
        );
        let copy = copy_of(&path, old);
        assert_eq!(
            (version(&copy), integrity(&copy).as_str()),
            (old as i64, "ok")
        );
        let mode = fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // Put back, it is a copy like any other.
        fs::remove_file(&path).unwrap();
        fs::rename(copy, &path).unwrap();
        let refused = g.once().code_in(&[2]);
        assert!(refused.contains("is a copy"), "{refused}");
    }
}

#[test]
fn a_migration_that_is_killed_leaves_the_old_store_or_the_new_one() {
    let mut dice = Dice::thrown("migration");
    let g = Gatepost::new(PostOffice::shared(), "migration");
    let path = g.path("store/gatepost.db");
    let (mut old, mut new) = (0, 0);
    old_store(&path, 3);
    let began = Instant::now();
    assert_eq!(letters(&g), 1);
    // Some are too late, so that the new one is met as well.
    let whole = began.elapsed().as_micros() as u64 * 5 / 4;
    old_store(&path, 3);
    for _ in 0..rounds(10) {
        let mut command = g.command(&["outbox"]);
        let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        let until = Instant::now() + Duration::from_micros(dice.below(whole));
        while Instant::now() < until {
            thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(integrity(&path), "ok");
        if version(&path) == 3 {
            old += 1;
            let store = Connection::open(&path).unwrap();
            let marks = store.query_row("SELECT count(*) FROM marks", [], |r| r.get(0));
            assert_eq!(marks, Ok(MAILS + 1));
        } else {
            new += 1;
            let copy = copy_of(&path, 3);
            assert_eq!((version(&copy), integrity(&copy).as_str()), (3, "ok"));
            old_store(&path, 3);
        }
    }
    eprintln!("{old} times old, {new} times new");
    assert_eq!(letters(&g), 1);
    assert!(version(&path) > 3);
}

/// Has the lock of a store, as a process that wrote this about itself.
fn held(store: &Path, holder: &str) -> fs::File {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    let mut lock = fs::File::create(name).unwrap();
    lock.try_lock().unwrap();
    writeln!(lock, "{holder}").unwrap();
    lock
}

#[test]
fn a_store_on_which_an_older_daemon_runs_is_left_to_it() {
    let g = Gatepost::new(PostOffice::shared(), "older-daemon");
    let path = g.path("store/gatepost.db");
    old_store(&path, 3);
    let before = fs::read(&path).unwrap();
    let holder = "process 4242 since 2027-01-04 09:00 UTC";
    let lock = held(&path, holder);
    for args in [
        &["list"][..],
        &["outbox"],
        &["backup", g.path("store/copy.db").to_str().unwrap()],
    ] {
        let wanted = [
            "older gatepost (schema 3, this one writes",
            holder,
            "nothing was changed",
            "hint: restart that one",
        ];
        says(&g.run(args).code_in(&[1]), &wanted);
    }
    let ill = g.run(&["health"]);
    assert_eq!(ill.code, 3);
    says(&ill.out, &["older gatepost", "restart that one"]);
    for args in [&["run"][..], &["run", "--once"], &["run", "--restored"]] {
        let began = Instant::now();
        says(&g.run(args).code_in(&[4]), &[holder, "hint:"]);
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    assert!(fs::read(&path).unwrap() == before, "the store was changed");
    assert!(!copy_of(&path, 3).exists());
    drop(lock);
    assert_eq!(letters(&g), 1);
    assert!(version(&path) > 3);
    // The lock was let go again.
    g.run(&["health"]);
    held(&path, holder);
}

#[test]
fn who_finds_a_store_that_is_being_brought_up_waits_and_then_says_so() {
    let g = Gatepost::new(PostOffice::shared(), "brought-up");
    let path = g.path("store/gatepost.db");
    old_store(&path, 3);
    let holder = "a command, process 4242, which brings the store to a newer schema";
    let lock = held(&path, holder);
    let lists = |args: &[&str]| {
        let mut command = g.command(args);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let mut waits: Vec<_> = (0..3).map(|_| lists(&["outbox"])).collect();
    let looks = |pid: u32| {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
        let is_lock =
            |of: PathBuf| fs::read_link(of).is_ok_and(|to| to.ends_with("gatepost.db.lock"));
        open.flatten().any(|of| is_lock(of.path()))
    };
    wait_until("all look at the lock", PATIENCE, || {
        waits.iter().all(|w| looks(w.id())).then_some(())
    });
    assert!(waits.iter_mut().all(|w| w.try_wait().unwrap().is_none()));
    drop(lock);
    for mut one in waits {
        assert_eq!(one.wait().unwrap().code(), Some(0));
    }
    assert_eq!(version(&copy_of(&path, 3)), 3);

    old_store(&path, 3);
    let lock = held(&path, holder);
    let wanted = ["busy with the store", holder, "hint: try again"];
    // Nobody has to restart what ends by itself: no code 4.
    for args in [&["outbox"][..], &["run", "--once"]] {
        says(&g.run(args).code_in(&[1]), &wanted);
    }
    assert!(g.run(&["health"]).out.contains("no daemon runs"));
    assert_eq!(version(&path), 3);

    // A command that does something else ends by itself too.
    drop(lock);
    g.run(&["outbox"]).ok();
    let holder = "a command, process 4242, which sends letters";
    let _lock = held(&path, holder);
    let wanted = ["busy with the store", holder, "hint: try again"];
    says(&g.run(&["run"]).code_in(&[1]), &wanted);
}

#[test]
fn the_service_manager_hears_how_far_a_migration_has_come() {
    let g = Gatepost::new(PostOffice::shared(), "extended");
    let path = g.path("store/gatepost.db");
    old_store(&path, 3);
    // More pages than are copied at once.
    let old = Connection::open(&path).unwrap();
    old.execute("DELETE FROM marks", []).unwrap();
    old.execute(MORE, [MAILS * 6]).unwrap();
    drop(old);
    let mut systemd = Systemd::listens(&g);
    let run = g
        .command(&["run", "--once"])
        .env("NOTIFY_SOCKET", g.path("notify"))
        .output()
        .unwrap();
    assert!(version(&path) > 3);
    let copying = "copying the store before its migration: ";
    let said = systemd.hears(&format!("STATUS={copying}"));
    says(&said, &[" pages", "EXTEND_TIMEOUT_USEC=300000000"]);
    let said = systemd.hears("STATUS=checking the copy");
    says(&said, &["EXTEND_TIMEOUT_USEC="]);
    let said = systemd.hears("STATUS=migrating the store");
    says(&said, &["EXTEND_TIMEOUT_USEC="]);
    let log = String::from_utf8(run.stderr).unwrap();
    says(&log, &[copying, "migrating the store"]);
}
