//! What people set down without a letter: owner, notes, properties, reports that came
//! another way, absences; and how all of that is seen.

mod aside;

use crate::dice::{number, rounds};
use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

fn with_one_report(story: &str) -> (Gatepost<'static>, String) {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let mia = g.reporter("mia");
    g.report_from(&mia, "v1@example.net");
    g.once().ok();
    (g, mia)
}

#[test]
fn what_a_team_does_in_a_morning_is_on_record_and_agrees_with_itself() {
    let (g, mia) = with_one_report("morning");
    g.run(&["assign", "1"]).ok();
    assert_eq!(g.list()[0]["owner"], "anna");
    g.run(&["assign", "1", "ben"]).ok();
    assert_eq!(
        g.run(&["list", "--mine", "--json"]).json(),
        Value::Array(vec![])
    );
    assert_eq!(
        g.run(&["list", "--owner", "ben", "--json"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    g.run(&["note", "1", "asked", "the", "platform", "team"])
        .ok();
    g.run(&[
        "note",
        "1",
        "--data-access",
        "anna, access log, was it used",
    ])
    .ok();
    let set = [
        "set",
        "1",
        "title=XSS in search box",
        "severity=high",
        "they-publish=2099-07-01",
    ];
    let said = g.run(&set).code_in(&[2]);
    says(&said, &["more than two years"]);
    assert!(g.show("1")["title"].is_null(), "all of it or nothing");
    let said = g.run(&[
        "set",
        "1",
        "title=XSS in search box",
        "severity=high",
        "waiting=others",
    ]);
    says(
        &said.ok(),
        &[
            "title XSS in search box",
            "severity high",
            "waiting for others",
        ],
    );
    let shown = g.run(&["show", "1"]).ok();
    says(
        &shown,
        &[
            "XSS in search box   owner ben   severity high",
            "note: asked the platform team",
            "data access: anna, access log",
            "WAIT for others",
            "1st report from here",
        ],
    );
    let listed = g.run(&["list"]).ok();
    says(&listed, &["waits: others", "XSS in "]);
    assert!(!listed.contains("\"XSS"), "ours stands without quotes");
    let show = g.show("1");
    assert_eq!(show["set"]["severity"], "high");
    assert_eq!(
        show["history"],
        serde_json::json!({"reports": 1, "accepted": 0})
    );
    assert_eq!(
        g.mail_of(&mia).len(),
        1,
        "the receipt: none of this is a letter"
    );
    g.run(&["audit"]).ok();
}

#[test]
fn a_dry_run_writes_nothing_and_a_wrong_word_says_what_is_right() {
    let (g, _) = with_one_report("dry");
    let before = g.show("1");
    for verb in [
        &["assign", "1"][..],
        &["note", "1", "x"],
        &[
            "set",
            "1",
            "title=x",
            "exploited=yes",
            "reporter=kim@example.net",
        ],
        &["open", "--subject", "x"],
        &["away", "ben", "2099-01-01..2099-01-02", "--cover", "anna"],
    ] {
        let said = g.run(&[verb, &["--dry-run"]].concat());
        assert_eq!(said.code, 0, "{verb:?}: {}", said.err);
        assert!(!said.out.is_empty(), "{verb:?}");
    }
    assert_eq!(g.show("1"), before);
    assert_eq!(g.list().len(), 1);
    assert_eq!(g.run(&["away", "--json"]).json(), Value::Array(vec![]));
    for (args, wanted) in [
        (&["set", "1", "titel=x"][..], &["no key", "title?"][..]),
        (&["set", "1", "title"], &["no KEY=VALUE"]),
        (&["set", "1", "severity=awful"], &["severity is none, low"]),
        (&["set", "1", "class=attack"], &["knows no class"]),
        (&["set", "1", "reporter=nobody"], &["an address"]),
        (&["set", "1", "see=99"], &["a ticket that is there"]),
        (&["set", "1", "embargo=soon"], &["is no date"]),
        (&["set", "1", "link=http://example.org"], &["https://"]),
        (&["set", "1", "exploited=yes"], &["--yes sets it"]),
        (
            &["assign", "1", "eve"],
            &["nobody of the team", "anna, ben"],
        ),
        (
            &["record", "1", "evaluated"],
            &["declares no fact", "embargo-over"],
        ),
        (&["reopen", "1"], &["is open", "--retract"]),
        (
            &["reopen", "1", "--retract", "1", "--because", "x"],
            &["a server told us"],
        ),
        (
            &["open", "--subject", "x", "--via", "A B"],
            &["phone or signal"],
        ),
        (
            &["open", "--subject", "x", "--at", "2099-01-01 09:00"],
            &["future"],
        ),
        (&["away", "--back", "anna"], &["is not away"]),
        (&["list", "--due", "soon"], &["is no span"]),
        (
            &["list", "--class", "nonsense"],
            &["there is no class \"nonsense\"", "hint: "],
        ),
        (
            &["list", "x", "--class", "nonsense"],
            &["there is no class"],
        ),
        (
            &["stats", "0001"],
            &["\"0001\" is no span", "gatepost explain REF"],
        ),
    ] {
        let answer = g.run(args);
        assert_eq!(answer.code, 2, "{args:?}: {}{}", answer.out, answer.err);
        says(&answer.err, wanted);
    }
    assert_eq!(g.show("1"), before);
}

#[test]
fn words_that_are_no_utf8_are_a_question_too() {
    let (g, _) = with_one_report("bytes");
    for (bytes, same) in [(&b"\xff"[..], "\u{fffd}"), (b"XSS \xff", "XSS \u{fffd}")] {
        let mut list = g.command(&["list"]);
        let done = list.arg(OsStr::from_bytes(bytes)).output().unwrap();
        let wanted = g.run(&["list", same]);
        let said = String::from_utf8(done.stdout).unwrap();
        let err = String::from_utf8(done.stderr).unwrap();
        assert_eq!((done.status.code(), &err), (Some(wanted.code), &wanted.err));
        assert_eq!(said.lines().last(), wanted.out.lines().last(), "{said}");
        assert!(!err.contains("UTF-8"), "{err}");
    }
}

#[test]
fn a_decision_that_was_wrong_is_taken_back_and_its_clocks_run_again() {
    let (g, mia) = with_one_report("wrong");
    g.run(&["evaluate", "1", "not-reproducible", "--yes"]).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    assert_eq!(g.show("1")["stage"], "closed");
    let facts = g.show("1")["facts"].as_array().unwrap().clone();
    let evaluated = facts.iter().find(|f| f["fact"] == "evaluated").unwrap()["n"].to_string();
    let log = g.run(&["show", "1", "--log"]).ok();
    assert!(
        log.contains(&format!("{evaluated:<5} ")),
        "the number can be typed: {log}"
    );
    let said = g.run(&[
        "reopen",
        "1",
        "--retract",
        &evaluated,
        "--because",
        "the wrong ticket",
    ]);
    says(&said.ok(), &["took back fact", "respond runs, due"]);
    assert_eq!(g.show("1")["stage"], "new");
    assert_eq!(
        g.show("1")["deadlines"][0]["missing"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert!(
        g.run(&["show", "1", "--log"])
            .ok()
            .contains("COUNTS NO LONGER")
    );
    g.run(&["evaluate", "1", "spam", "--yes"]).ok();
    says(
        &g.run(&["reopen", "1", "--because", "it is none"]).ok(),
        &["reopened"],
    );
    assert_eq!(g.list()[0]["stage"], "new");
    g.run(&["audit"]).ok();
}

#[test]
fn a_report_that_came_another_way_is_a_ticket_and_no_server_is_asked_for_it() {
    let (g, _) = with_one_report("phone");
    let kim = g.reporter("kim");
    let open = [
        "open",
        "--from",
        &kim,
        "--subject",
        "SSRF in import",
        "--via",
        "phone",
        "--at",
        "00:00",
        "--message",
        "-",
    ];
    let mut child = g.command(&open);
    child.stdin(fs::File::open("/dev/null").unwrap());
    let said = String::from_utf8(child.output().unwrap().stdout).unwrap();
    says(
        &said,
        &[
            "SEC-",
            "received",
            "respond runs, due",
            "No letter is sent.",
        ],
    );
    let show = g.show("2");
    assert_eq!(show["facts"][0]["via"], "phone");
    assert_eq!(show["facts"][0]["by"], "anna");
    assert_eq!(show["acknowledgement"], "none");
    let eml = report(
        &kim,
        &g.address,
        "f1@example.net",
        "By file",
        "",
        "https://example.org/y",
    );
    fs::write(g.path("report.eml"), &eml).unwrap();
    let path = g.path("report.eml").display().to_string();
    let said = g.run(&["open", "--file", &path]).ok();
    says(&said, &["Its From says", &format!("reporter={kim}")]);
    assert!(g.show("3")["reporter"]["address"].is_null());
    assert_eq!(g.show("3")["subject"], "By file");
    assert_eq!(g.run(&["show", "3", "--raw", "1"]).ok().into_bytes(), eml);
    says(
        &g.run(&["open", "--file", &path]).code_in(&[2]),
        &["on record already"],
    );
    let other = String::from_utf8(eml).unwrap().replace("f1@", "f2@");
    fs::write(g.path("report.eml"), other).unwrap();
    let from = ["open", "--file", &path, "--from", &kim, "--acknowledge"];
    says(&g.run(&from).ok(), &["The receipt is queued."]);
    g.once().ok();
    let receipt = g.wait_for_mail(&kim, 1).remove(0);
    says(&crate::kit::body(&receipt), &["your report reached us on"]);
    let audit = g.run(&["audit", "--json"]).json();
    assert_eq!(audit["differences"], Value::Array(vec![]));
    let folders: Vec<&str> = audit["folders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["folder"].as_str().unwrap())
        .collect();
    assert_eq!(folders, ["INBOX", "Junk", "Sent"], "what is watched alone");
    assert!(g.run(&["list"]).ok().contains("looked"));
}

#[test]
fn letters_go_to_the_reporter_that_a_person_set_and_their_mail_joins() {
    let (g, mia) = with_one_report("whom");
    let kim = g.reporter("kim");
    g.run(&["set", "1", &format!("reporter={kim}")]).ok();
    let said = g.run(&["evaluate", "1", "accepted", "--dry-run"]).ok();
    says(&said, &[&format!("To {kim}")]);
    let ours = format!("reporter={}", g.address);
    says(&g.run(&["set", "1", &ours]).code_in(&[2]), &["is ours"]);
    let id = g.show("1")["thread"][0]["message_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let extra = format!("In-Reply-To: {id}\n");
    g.arrives(
        &kim,
        &report(
            &kim,
            &g.address,
            "w2@example.net",
            "Re: XSS",
            &extra,
            "more",
        ),
    );
    g.once().ok();
    assert_eq!(g.list().len(), 1, "it joins");
    assert_eq!(g.fact_names("1").last().unwrap(), "reporter-wrote");
    assert_eq!(g.mail_of(&mia).len(), 1);
    g.run(&["audit"]).ok();
}
