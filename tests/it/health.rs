//! `health` tells every way in which gatepost can fail to keep its promises, beside a
//! daemon that runs and on a store that does not work.

use crate::alarms::{wait_for_page, with_pager};
use crate::faults::says;
use crate::kit::{AT_ONCE, Gatepost, PATIENCE};
use crate::post_office::{PostOffice, REFUSED, wait_until};
use serde_json::Value;
use std::fs;
use std::time::Instant;

/// What `health` answers, and that both its forms agree.
fn ask(g: &Gatepost) -> Value {
    let (plain, json) = (g.run(&["health"]), g.run(&["health", "--json"]));
    let health: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(plain.code, json.code);
    assert_eq!(
        json.code,
        if health["ok"] == true { 0 } else { 3 },
        "{}",
        json.out
    );
    for reason in health["reasons"].as_array().unwrap() {
        for words in ["text", "hint"] {
            says(&plain.out, &[reason[words].as_str().unwrap()]);
        }
    }
    health
}

/// The reasons but that no daemon runs.
fn reasons(g: &Gatepost) -> Vec<String> {
    let health = ask(g);
    let words = health["reasons"].as_array().unwrap().iter();
    let words = words.map(|r| r["reason"].as_str().unwrap().to_owned());
    words.filter(|word| word != "no-daemon").collect()
}

fn sql(g: &Gatepost, text: &str) {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    store.busy_timeout(PATIENCE).unwrap();
    store.execute_batch(text).unwrap();
}

#[test]
fn a_daemon_that_works_is_well_and_one_that_does_not_run_is_told() {
    let mut g = Gatepost::ready(PostOffice::shared(), "well");
    let health = ask(&g);
    assert_eq!(health["ok"], false);
    assert_eq!(health["reasons"][0]["reason"], "no-daemon");
    g.start();
    wait_until("it is well", PATIENCE, || {
        (g.run(&["health"]).code == 0).then_some(())
    });
    let health = ask(&g);
    assert_eq!(health["ok"], true);
    assert_eq!(health["since"], Value::Null);
    assert!(health["looked_at"].is_string());
    says(&g.run(&["health"]).ok(), &["All is well; looked "]);
    wait_until("the record was audited", PATIENCE, || {
        g.log().contains("the record was audited").then_some(())
    });
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn a_mailbox_that_is_not_read_is_told_within_fifteen_minutes() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "no-pass");
    g.once().ok();
    g.write_secret("password", "not-the-word", 0o600);
    office.clock("2026-11-23 10:12");
    g.once().code_in(&[1]);
    assert_eq!(reasons(&g), Vec::<String>::new());
    office.clock("2026-11-23 10:15");
    let health = ask(&g);
    assert_eq!(health["reasons"][1]["reason"], "no-pass");
    assert_eq!(health["reasons"][1]["mailbox"], "security");
    let text = health["reasons"][1]["text"].as_str().unwrap();
    says(text, &["INBOX of mailbox security", "refused the login"]);
    assert!(
        health["since"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-23T10:0")
    );
}

#[test]
fn letters_that_do_not_arrive_are_told() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "letters");
    g.report_from(REFUSED, "refused@example.net");
    g.once().ok();
    assert_eq!(reasons(&g), ["letters"]);
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    g.run(&["outbox", "drop", &letter]).ok();
    assert_eq!(reasons(&g), Vec::<String>::new());
    g.report_from(&g.reporter("mia"), "waits@example.net");
    office.stop_smtp();
    g.once().code_in(&[1]);
    assert_eq!(reasons(&g), Vec::<String>::new());
    office.clock("2026-11-23 10:59");
    assert!(!reasons(&g).contains(&"outbox".to_owned()));
    office.clock("2026-11-23 11:05");
    let found = reasons(&g);
    assert!(
        found.contains(&"outbox".to_owned()) && found.contains(&"smtp".to_owned()),
        "{found:?}"
    );
}

#[test]
fn what_stands_in_the_record_is_told_until_somebody_has_seen_to_it() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "record");
    let mia = g.reporter("mia");
    g.report_from(&mia, "late@example.net");
    g.once().ok();
    assert_eq!(reasons(&g), Vec::<String>::new());
    sql(&g, "UPDATE mails SET defects = 'unreadable'");
    assert_eq!(reasons(&g), ["unreadable"]);
    sql(&g, "UPDATE mails SET defects = ''");
    office.clock("2026-11-26 16:59");
    g.once().ok();
    assert_eq!(reasons(&g), Vec::<String>::new());
    office.clock("2026-11-26 17:01");
    assert!(reasons(&g).contains(&"overdue".to_owned()));
    says(
        &g.run(&["health"]).out,
        &["SEC-2026-0001 respond is late", "list --late"],
    );
    sql(&g, "UPDATE tickets SET stage = 'closed'");
    assert_eq!(g.run(&["audit", "--offline"]).code, 3);
    assert!(reasons(&g).contains(&"audit".to_owned()));
    sql(&g, "UPDATE tickets SET stage = 'new'");
    g.run(&["audit", "--offline"]).ok();
    assert!(!reasons(&g).contains(&"audit".to_owned()));
}

#[test]
fn clocks_folders_and_holidays_that_do_not_fit_are_told() {
    let office = PostOffice::own(Some("2027-04-10 10:00"));
    let g = Gatepost::ready(&office, "clocks");
    sql(
        &g,
        "UPDATE folders SET looked_at = '2098-01-01T00:00:00.000Z'",
    );
    assert_eq!(reasons(&g), ["clock"]);
    g.once().ok();
    assert_eq!(reasons(&g), Vec::<String>::new());
    let folders = "name = \"security\"\nfolders = [\"INBOX\", \"Shield\"]";
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", folders));
    assert_eq!(reasons(&g), ["no-baseline"]);
    says(
        &g.run(&["health"]).out,
        &["gatepost init --folder \"Shield\""],
    );
    g.write_config(&g.config());
    assert_eq!(ask(&g)["warnings"], Value::Array(Vec::new()));
    g.write_config(&g.config().replace(", \"2099-12-25\"", ""));
    let health = ask(&g);
    assert_eq!(health["warnings"][0]["reason"], "calendar");
    assert_eq!(reasons(&g), Vec::<String>::new(), "a warning is no illness");
}

#[test]
fn a_store_that_cannot_be_read_is_a_reason_and_no_crash() {
    let g = Gatepost::ready(PostOffice::shared(), "no-store");
    let whole = fs::read(g.path("store/gatepost.db")).unwrap();
    for bytes in [&b"somebody's notes"[..], b""] {
        fs::write(g.path("store/gatepost.db"), bytes).unwrap();
        let began = Instant::now();
        assert_eq!(reasons(&g), ["store"]);
        assert!(began.elapsed() < AT_ONCE);
    }
    let away = g.path("away.db");
    fs::rename(g.path("store/gatepost.db"), &away).unwrap();
    assert_eq!(reasons(&g), ["store"]);
    says(
        &g.run(&["health"]).out,
        &["there is no store at", "gatepost init"],
    );
    fs::rename(&away, g.path("store/gatepost.db")).unwrap();
    fs::write(g.path("store/gatepost.db"), whole).unwrap();
    assert_eq!(reasons(&g), Vec::<String>::new());
}

#[test]
fn the_daemon_tells_the_command_what_health_tells_and_when_it_is_over() {
    let mut g = Gatepost::ready(PostOffice::shared(), "told");
    with_pager(&g);
    g.start();
    g.report_from(REFUSED, "told@example.net");
    let raise = ("raise".to_owned(), "health/letters".to_owned());
    assert_eq!(wait_for_page(&g, 1), [raise]);
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    g.run(&["outbox", "drop", &letter]).ok();
    assert_eq!(
        wait_for_page(&g, 2)[1],
        ("clear".to_owned(), "health/letters".to_owned())
    );
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn a_store_that_breaks_under_the_daemon_is_told_to_the_command_directly() {
    let mut g = Gatepost::ready(PostOffice::shared(), "breaks");
    with_pager(&g);
    g.start();
    wait_until("it is well", PATIENCE, || {
        (g.run(&["health"]).code == 0).then_some(())
    });
    sql(&g, "ALTER TABLE alarms RENAME TO alarms_away");
    let raise = ("raise".to_owned(), "health/store".to_owned());
    assert_eq!(wait_for_page(&g, 1), [raise]);
    // A config that is read anew does not forget that it was told.
    g.reload();
    wait_until("the config is read anew", PATIENCE, || {
        g.log().contains("the config was read anew").then_some(())
    });
    sql(&g, "ALTER TABLE alarms_away RENAME TO alarms");
    assert_eq!(
        wait_for_page(&g, 2)[1],
        ("clear".to_owned(), "health/store".to_owned())
    );
    assert_eq!(g.signal("-TERM"), Some(0));
}
