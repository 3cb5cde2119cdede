//! The command channel: what cannot wait for mail, or is about mail, is told, repeated and
//! cleared; and nothing of a report goes that way.

mod attack;

use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, REFUSED, wait_until};
pub use attack::shielded;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Makes the pager: a script of `lines` that finds its folder in `$here`.
pub fn write_pager(g: &Gatepost, lines: &str) {
    let page = g.path("page");
    let here = g.dir.path().display();
    // In one step, for it may run now.
    let new = g.path("page.new");
    fs::write(&new, format!("#!/bin/sh\nhere='{here}'\n{lines}\n")).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o700)).unwrap();
    fs::rename(new, page).unwrap();
}

/// A pager that writes down what it gets.
pub const TAKES: &str = "cat >> \"$here/paged\"";

/// The section of the config that names it.
pub fn section(g: &Gatepost, more: &str) -> String {
    let page = g.path("page");
    format!("\n[alarm]\ncommand = [\"{}\"]\n{more}\n", page.display())
}

pub fn with_pager(g: &Gatepost) {
    write_pager(g, TAKES);
    let config = g.config() + &section(g, "alive = false");
    g.write_config(&config);
}

/// What the pager got: event and key. That the clock was set is left out: stories set it.
pub fn paged(g: &Gatepost) -> Vec<(String, String)> {
    let text = |v: &Value, key: &str| v[key].as_str().unwrap().to_owned();
    messages(g)
        .iter()
        .map(|v| (text(v, "event"), text(v, "key")))
        .collect()
}

pub fn messages(g: &Gatepost) -> Vec<Value> {
    let text = fs::read_to_string(g.path("paged")).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|v: &Value| v["key"] != "health/clock")
        .collect()
}

pub fn wait_for_page(g: &Gatepost, n: usize) -> Vec<(String, String)> {
    wait_until(&format!("the pager gets {n} messages"), PATIENCE, || {
        Some(paged(g)).filter(|paged| paged.len() >= n)
    })
}

fn raise(key: &str) -> (String, String) {
    ("raise".to_owned(), key.to_owned())
}

fn clear(key: &str) -> (String, String) {
    ("clear".to_owned(), key.to_owned())
}

#[test]
fn check_tries_the_command_and_shows_how_it_ended() {
    let g = Gatepost::ready(PostOffice::shared(), "check-alarm");
    let out = g.run(&["check", "--offline"]).ok();
    says(&out, &["alarm     none", "! no way that is not mail"]);
    with_pager(&g);
    let page = g.path("page").display().to_string();
    let out = g.run(&["check", "--offline"]).ok();
    says(&out, &[&format!("alarm     command {page}   not tried")]);
    assert_eq!(paged(&g), []);
    let out = g.run(&["check", "--test"]).ok();
    says(&out, &[&format!("alarm     command {page}   exit 0")]);
    assert_eq!(paged(&g), [("test".to_owned(), "test".to_owned())]);
    let told = &messages(&g)[0];
    let keys: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["at", "event", "key", "text"]);
    write_pager(&g, "echo nobody; exit 3");
    let answer = g.run(&["check", "--test", "--offline"]);
    assert_eq!(answer.code, 3);
    says(
        &answer.out,
        &[
            "FAILED",
            &format!("!! alarm: {page} ended with exit status: 3"),
        ],
    );
    fs::set_permissions(g.path("page"), fs::Permissions::from_mode(0o777)).unwrap();
    let err = g.run(&["check"]).code_in(&[2]);
    says(&err, &["page: may be written by others", "chmod go-w"]);
}

#[test]
fn a_relay_that_is_down_is_raised_repeated_and_cleared_once_and_no_report_is_told() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let mut g = Gatepost::ready(&office, "raise-smtp");
    with_pager(&g);
    let mia = g.reporter("mia");
    g.report_from(&mia, "raise@example.net");
    office.stop_smtp();
    g.start();
    wait_until("the letter waits", PATIENCE, || {
        g.run(&["list"])
            .ok()
            .contains("!! SMTP does not work")
            .then_some(())
    });
    assert_eq!(paged(&g), [], "ten minutes may pass");
    office.clock("2026-11-23 10:11");
    assert_eq!(wait_for_page(&g, 1), [raise("smtp")]);
    let answer = g.run(&["health"]);
    assert_eq!(answer.code, 3);
    says(
        &answer.out,
        &["!! the SMTP server takes no letter", "gatepost check"],
    );
    office.clock("2026-11-23 10:27");
    assert_eq!(wait_for_page(&g, 2), [raise("smtp"), raise("smtp")]);
    office.start_smtp();
    assert_eq!(wait_for_page(&g, 3)[2], clear("smtp"));
    g.wait_for_mail(&mia, 1);
    assert_eq!(g.signal("-TERM"), Some(0));
    assert_eq!(paged(&g).len(), 3);
    let all = fs::read_to_string(g.path("paged")).unwrap();
    for secret in [mia.as_str(), g.address.as_str(), "XSS", "example.org"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

const RINGING: &str = r#"
name = "ringing"
version = "2026-01-01"
url = "https://example.org/security"

[[promise]]
name = "respond"
page = "We answer within two hours, at any hour."
from = "received"
needs = ["evaluated"]
within = "2 hours"
any_hour = true
remind = ["at once", "1 hour before"]
"#;

#[test]
fn a_promise_of_any_hour_rings_on_a_sunday_night_until_it_is_kept() {
    let office = PostOffice::own(Some("2026-11-22 02:10"));
    let mut g = Gatepost::new(&office, "ringing");
    with_pager(&g);
    fs::write(g.path("ringing.toml"), RINGING).unwrap();
    fs::set_permissions(g.path("ringing.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    let config = g
        .config()
        .replace("policy = \"neon\"", "policy = \"ringing.toml\"");
    g.write_config(&(config + &section(&g, "alive = false")));
    g.run(&["init"]).ok();
    g.start();
    g.report_from(&g.reporter("mia"), "ring@example.net");
    let key = "SEC-2026-0001/respond";
    assert_eq!(wait_for_page(&g, 1), [raise(key)]);
    let (told, show) = (messages(&g).remove(0), g.show("1"));
    let name = show["name"].as_str().unwrap();
    let text = told["text"].as_str().unwrap();
    says(text, &[&format!("{name}: evaluation by 04:1"), "+00:00"]);
    office.clock("2026-11-22 03:15");
    assert_eq!(wait_for_page(&g, 2)[1], raise(key), "an hour before");
    let args = [
        "evaluate",
        "1",
        "not-a-vulnerability",
        "--plan",
        "As meant.",
        "--yes",
    ];
    g.run(&args).ok();
    let all = wait_until("the alarm is cleared", PATIENCE, || {
        Some(paged(&g)).filter(|p| p.last() == Some(&clear(key)))
    });
    assert_eq!(all.iter().filter(|p| **p == clear(key)).count(), 1);
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn a_command_that_fails_is_seen_and_is_told_again_until_it_takes_it() {
    let g = &mut Gatepost::ready(PostOffice::shared(), "failing-pager");
    write_pager(g, "cat > /dev/null; echo no >> \"$here/refused\"; exit 1");
    g.write_config(&(g.config() + &section(g, "alive = false")));
    g.start();
    g.report_from(REFUSED, "pager@example.net");
    wait_until("lists say that the command fails", PATIENCE, || {
        let list = g.run(&["list"]).ok();
        list.contains("!! the alarm command does not work since")
            .then_some(())
    });
    let health = g.run(&["health", "--json"]);
    assert_eq!(health.code, 3);
    let health: Value = serde_json::from_str(&health.out).unwrap();
    let reasons = health["reasons"].as_array().unwrap();
    let alarm = reasons.iter().find(|r| r["reason"] == "alarm").unwrap();
    says(
        alarm["text"].as_str().unwrap(),
        &["does not take what it is told", "exit status: 1"],
    );
    write_pager(g, TAKES);
    let letters = raise("health/letters");
    wait_until("the command is told and works", PATIENCE, || {
        let list = g.run(&["list"]).ok();
        (!list.contains("!! the alarm") && paged(g).contains(&letters)).then_some(())
    });
    assert_eq!(paged(g).iter().filter(|p| **p == letters).count(), 1);
    // The back-off holds: it was not asked each second.
    let refused = fs::read_to_string(g.path("refused")).unwrap();
    assert!(refused.lines().count() <= 4, "{refused}");
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn that_it_lives_is_told_once_a_day_when_the_day_opens() {
    let office = PostOffice::own(Some("2026-11-22 08:00"));
    let g = Gatepost::ready(&office, "alive");
    write_pager(&g, TAKES);
    g.write_config(&(g.config() + &section(&g, "")));
    for (when, told) in [
        ("2026-11-22 08:59", 0),
        ("2026-11-22 09:01", 1),
        ("2026-11-22 16:00", 1),
        ("2026-11-23 08:59", 1),
        ("2026-11-23 09:01", 2),
    ] {
        office.clock(when);
        g.once().ok();
        assert_eq!(paged(&g).len(), told, "{when}");
    }
    assert!(paged(&g).iter().all(|(event, _)| event == "alive"));
}
