//! A store that is missing, open to others, damaged or from the future is refused and
//! left as it is: nothing is lost, nothing is made anew.

use crate::dice::{Dice, rounds};
use crate::faults::says;
use crate::kit::{AT_ONCE, Gatepost};
use crate::post_office::PostOffice;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

const STORE: &str = "store/gatepost.db";

/// Every command that needs the store fails at once with these words, and `init` with
/// code 1 or 2; afterwards the store's folder holds what it held before.
fn refused(g: &Gatepost, wanted: &[&str]) {
    let before = fingerprint(&g.path("store"));
    for args in [
        &["run"][..],
        &["run", "--once"],
        &["list"],
        &["adopt"],
        &["audit"],
    ] {
        let began = Instant::now();
        let err = g.run(args).code_in(&[1]);
        assert!(began.elapsed() < AT_ONCE, "{args:?}");
        says(&err, wanted);
    }
    g.run(&["init"]).code_in(&[1, 2]);
    assert_eq!(
        fingerprint(&g.path("store")),
        before,
        "the store was touched"
    );
}

/// Names and bytes of what lies in a folder, or of a file; not of the lock, in which stands who
/// tried last.
fn fingerprint(path: &Path) -> Vec<(String, Vec<u8>)> {
    if path.is_file() {
        return vec![(String::new(), fs::read(path).unwrap())];
    }
    let mut all: Vec<_> = fs::read_dir(path)
        .into_iter()
        .flatten()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_none_or(|end| end != "lock"))
        .map(|p| (p.display().to_string(), fs::read(&p).unwrap()))
        .collect();
    all.sort();
    all
}

/// A store with one ticket in it, its letter sent, and no daemon.
fn with_a_ticket(story: &str) -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), story);
    g.report_from(&g.reporter("mia"), "st@example.net");
    g.once().ok();
    assert_eq!(g.list().len(), 1);
    g
}

fn sql(g: &Gatepost, text: &str) {
    let store = rusqlite::Connection::open(g.path(STORE)).unwrap();
    store.execute_batch(text).unwrap();
}

#[test]
fn a_missing_store_is_an_error_and_never_a_fresh_start() {
    let g = with_a_ticket("missing");
    fs::rename(g.path("store"), g.path("away")).unwrap();
    for args in [&["run"][..], &["run", "--once"], &["list"], &["audit"]] {
        let err = g.run(args).code_in(&[1]);
        says(
            &err,
            &["there is no store at", STORE, "hint:", "look for it"],
        );
    }
    assert!(!g.path("store").exists());
    fs::rename(g.path("away"), g.path("store")).unwrap();
    g.once().ok();
    assert_eq!(g.list().len(), 1);
}

#[test]
fn init_changes_nothing_where_a_store_is() {
    let g = with_a_ticket("twice");
    let before = fingerprint(&g.path("store"));
    let err = g.run(&["init"]).code_in(&[2]);
    says(
        &err,
        &["there is a store at", "nothing was changed", "hint:"],
    );
    assert_eq!(fingerprint(&g.path("store")), before);
}

#[test]
fn an_init_that_fails_leaves_no_half_of_a_store() {
    let g = Gatepost::new(PostOffice::shared(), "half");
    g.write_secret("password", "not-the-word", 0o600);
    says(&g.run(&["init"]).code_in(&[1]), &["refused the login"]);
    assert!(!g.path("store").exists());
    g.write_secret("password", crate::post_office::PASSWORD, 0o600);
    g.run(&["init"]).ok();
}

#[test]
fn a_store_that_others_may_open_is_refused() {
    let g = with_a_ticket("open");
    let mode = |name: &str, mode| {
        fs::set_permissions(g.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(STORE, 0o644);
    refused(
        &g,
        &[
            "the store's file",
            "open to others (mode 644)",
            "hint: chmod 600",
        ],
    );
    mode(STORE, 0o600);
    mode("store", 0o755);
    refused(
        &g,
        &[
            "the store's folder",
            "open to others (mode 755)",
            "hint: chmod 700",
        ],
    );
    mode("store", 0o700);
    assert_eq!(g.list().len(), 1);
}

#[test]
fn a_store_from_the_future_is_refused_untouched() {
    let g = with_a_ticket("future");
    let store = rusqlite::Connection::open(g.path(STORE)).unwrap();
    let version = store.pragma_query_value(None, "user_version", |r| r.get::<_, i64>(0));
    drop(store);
    sql(&g, "PRAGMA journal_mode = DELETE; PRAGMA user_version = 99");
    refused(
        &g,
        &[
            STORE,
            "newer gatepost (schema 99",
            "nothing was changed",
            "hint:",
        ],
    );
    sql(&g, &format!("PRAGMA user_version = {}", version.unwrap()));
    assert_eq!(g.list().len(), 1);
}

#[test]
fn a_strange_database_is_refused_untouched() {
    let g = with_a_ticket("strange");
    sql(
        &g,
        "PRAGMA journal_mode = DELETE; PRAGMA application_id = 7",
    );
    let wanted = [STORE, "not one of gatepost's", "nothing was changed"];
    refused(&g, &wanted);
    fs::remove_file(g.path(STORE)).unwrap();
    sql(&g, "CREATE TABLE somebodys (thing TEXT)");
    fs::set_permissions(g.path(STORE), fs::Permissions::from_mode(0o600)).unwrap();
    refused(&g, &wanted);
}

#[test]
fn a_damaged_store_is_refused_with_advice_and_kept() {
    let g = with_a_ticket("damaged");
    let whole = fs::read(g.path(STORE)).unwrap();
    let mut no_database = whole.clone();
    no_database[..64].fill(b'#');
    let nonsense = b"this was a store, before somebody's editor".to_vec();
    for bytes in [no_database, nonsense] {
        fs::write(g.path(STORE), &bytes).unwrap();
        refused(
            &g,
            &[
                STORE,
                "damaged, or no gatepost store",
                "hint: move the file",
            ],
        );
    }
    fs::write(g.path(STORE), b"").unwrap();
    refused(&g, &[STORE, "hint:"]);
    // What is left of the store beside it.
    let wal = g.path("store/gatepost.db-wal");
    fs::write(&wal, [b'#'; 5000]).unwrap();
    refused(&g, &[STORE, "it is empty, and", "keep them"]);
    fs::remove_file(&wal).unwrap();
    fs::write(g.path(STORE), &whole).unwrap();
    assert_eq!(g.list().len(), 1);
}

#[test]
fn a_damaged_page_is_found_by_the_audit() {
    let g = with_a_ticket("page");
    let mut bytes = fs::read(g.path(STORE)).unwrap();
    // Page 1 has the schema; behind it every page that holds rows is overwritten.
    let pages = bytes.len() / 4096;
    for page in 2..pages {
        bytes[page * 4096..page * 4096 + 64].fill(b'#');
    }
    fs::write(g.path(STORE), &bytes).unwrap();
    let audit = g.run(&["audit", "--offline"]);
    assert!([1, 3].contains(&audit.code), "{}", audit.out);
    let said = format!("{}{}", audit.out, audit.err);
    assert!(
        said.contains("damaged") || said.contains("malformed"),
        "{said}"
    );
    assert_eq!(fs::read(g.path(STORE)).unwrap(), bytes, "kept as it is");
}

#[test]
fn a_damaged_page_of_the_index_is_in_the_way_of_nothing_and_mended() {
    let g = with_a_ticket("wordspage");
    let page = "SELECT rootpage FROM sqlite_schema WHERE name = 'words_data'";
    let store = rusqlite::Connection::open(g.path(STORE)).unwrap();
    let page: i64 = store.query_row(page, [], |r| r.get(0)).unwrap();
    drop(store);
    let mut bytes = fs::read(g.path(STORE)).unwrap();
    let at = (usize::try_from(page).unwrap() - 1) * 4096;
    bytes[at..at + 4096].fill(b'#');
    fs::write(g.path(STORE), &bytes).unwrap();
    let told = g.run(&["audit"]);
    assert_eq!(told.code, 3, "{}", told.err);
    says(
        &told.out,
        &["the index of words is damaged", "audit --repair"],
    );
    assert!(!told.out.contains("the file is damaged"), "{}", told.out);
    let found = g.run(&["list", "xss"]).code_in(&[1]);
    says(&found, &["the index of words is damaged"]);
    // A report comes in all the same.
    g.report_from(&g.reporter("kim"), "st2@example.net");
    g.once().ok();
    assert_eq!(g.list().len(), 2);
    let copy = g.path("store/copy.db").display().to_string();
    let copied = g.run(&["backup", &copy]).ok();
    says(&copied, &["in the copy it is empty", "audit --repair"]);
    let mended = g.run(&["audit", "--repair"]).ok();
    says(
        &mended,
        &["the index of words was damaged", "chain unbroken"],
    );
    let whole = g.run(&["audit"]).ok();
    assert!(!whole.contains("damaged"), "{whole}");
    g.once().ok();
    let found = g.run(&["list", "xss"]).ok();
    says(&found, &["0001", "0002"]);
    let copy = g.path("store/copy2.db").display().to_string();
    let copied = g.run(&["backup", &copy]).ok();
    assert!(!copied.contains("index"), "{copied}");
}

#[test]
fn a_file_in_place_of_the_folder_is_said_in_time() {
    let g = Gatepost::new(PostOffice::shared(), "no-folder");
    fs::write(g.path("store"), "a file").unwrap();
    for args in [&["init"][..], &["run"], &["list"]] {
        let began = Instant::now();
        let err = g.run(args).code_in(&[1]);
        assert!(began.elapsed() < AT_ONCE);
        says(&err, &[&g.path("store").display().to_string()]);
    }
    assert_eq!(fs::read(g.path("store")).unwrap(), b"a file");
}

/// One way in which a file comes to harm, and what was done to it, for a person who reads
/// that this test failed.
fn harmed(whole: &[u8], dice: &mut Dice) -> (Vec<u8>, String) {
    let mut bytes = whole.to_vec();
    let len = bytes.len() as u64;
    let at = dice.below(len) as usize;
    let what = match dice.below(5) {
        0 => {
            bytes[at] ^= 1 << dice.below(8);
            format!("a bit at {at} is another")
        }
        1 => {
            let end = (at + 1 + dice.below(5000) as usize).min(bytes.len());
            bytes[at..end].fill(0);
            format!("{at} to {end} are zero")
        }
        2 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        3 => {
            bytes[..100].fill(0);
            "the header is zero".to_owned()
        }
        _ => {
            let page = at / 4096 * 4096;
            let from = dice.below(len / 4096) as usize * 4096;
            bytes.copy_within(from..from + 4096, page);
            format!("the page at {from} lies at {page} too")
        }
    };
    (bytes, what)
}

#[test]
fn whatever_becomes_of_the_file_it_is_never_made_anew_and_no_command_crashes() {
    let mut dice = Dice::thrown("harm");
    let g = with_a_ticket("harm");
    let whole = fs::read(g.path(STORE)).unwrap();
    for _ in 0..rounds(12) {
        let (bytes, what) = harmed(&whole, &mut dice);
        fs::write(g.path(STORE), &bytes).unwrap();
        for args in [
            &["list"][..],
            &["show", "1"],
            &["audit", "--offline"],
            &["health"],
            &["run", "--once"],
        ] {
            let answer = g.run(args);
            let said = format!("{what}, {args:?}: {}{}", answer.out, answer.err);
            // What harm did to the mark of a copy makes it one: `run` checks it, and asks before it
            // goes on.
            let asks = "is a copy, and nothing was done";
            let checks = "checking the store, which is a copy";
            let is_copy = answer.code == 2 && [asks, checks].iter().any(|w| said.contains(w));
            // Where its row is gone, at least nobody says that all is well.
            let is_gone = answer.code == 2 && said.contains("there is no ticket 1");
            let known = is_copy || is_gone || [0, 1, 3].contains(&answer.code);
            assert!(known, "{} {said}", answer.code);
            if is_gone {
                assert_ne!(g.run(&["audit", "--offline"]).code, 0, "{said}");
            }
            assert!(
                !said.contains("panicked") && !said.contains("internal error"),
                "{said}"
            );
            if said.contains("malformed") || said.contains("not a database") {
                let advice = ["hint:", "backup", "audit --repair"];
                assert!(advice.iter().any(|way| said.contains(way)), "{said}");
            }
        }
        // The report is in it, or it says that it is damaged; and nobody has begun anew.
        let list = g.run(&["list", "--all", "--json"]);
        if list.code == 0 && !list.out.contains("SEC-") {
            let audit = g.run(&["audit", "--offline"]);
            assert_ne!(audit.code, 0, "{what}: {}", audit.out);
        }
        for name in ["gatepost.db-wal", "gatepost.db-shm"] {
            fs::remove_file(g.path("store").join(name)).ok();
        }
    }
    fs::write(g.path(STORE), &whole).unwrap();
    assert_eq!(g.list().len(), 1);
}
