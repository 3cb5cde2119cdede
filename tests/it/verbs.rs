//! What people set down without a letter: owner, notes, properties, reports that came
//! another way, absences; and how all of that is seen.

use crate::dice::{number, rounds};
use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::fs;
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
    ] {
        let answer = g.run(args);
        assert_eq!(answer.code, 2, "{args:?}: {}{}", answer.out, answer.err);
        says(&answer.err, wanted);
    }
    assert_eq!(g.show("1"), before);
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

#[test]
fn who_is_away_is_listed_with_a_cover_until_they_are_back() {
    let (g, _) = with_one_report("away");
    g.run(&["assign", "1", "ben"]).ok();
    let said = g.run(&["away", "ben", "2026-01-01..2099-01-01", "--cover", "anna"]);
    says(&said.code_in(&[2]), &["more than a year"]);
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let days = format!(
        "{}..{}",
        today.yesterday().unwrap(),
        today.tomorrow().unwrap()
    );
    let said = g.run(&["away", "Ben", &days, "--cover", "me"]).ok();
    says(
        &said,
        &[
            "Open tickets of ben: 1: 0001",
            "Reminders go to anna",
            "Letters: none.",
        ],
    );
    let listed = g.run(&["away", "--json"]).json();
    assert_eq!(
        (&listed[0]["who"], &listed[0]["now"]),
        (&"ben".into(), &true.into())
    );
    says(&g.run(&["away"]).ok(), &["ben", "cover anna", "now"]);
    g.run(&["away", "--back", "ben"]).ok();
    assert_eq!(g.run(&["away", "--json"]).json(), Value::Array(vec![]));
}

#[test]
fn attachments_are_saved_under_harmless_names_and_nothing_is_overwritten() {
    let g = Gatepost::ready(PostOffice::shared(), "save");
    let mia = g.reporter("mia");
    let names = [
        "../../escape.py",
        "/tmp/absolute",
        ".bashrc",
        "poc.py",
        "poc.py",
    ];
    let part = |name: &str| {
        format!(
            "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\n\
             Content-Transfer-Encoding: base64\n\ncGF5bG9hZAA=\n"
        )
    };
    let parts: String = names.iter().map(|n| part(n)).collect();
    let mail = format!(
        "From: {mia}\nTo: {}\nSubject: XSS\nMessage-ID: <s1@example.net>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhttps://example.org/\n{parts}--b--\n",
        g.address
    );
    g.arrives(&mia, mail.as_bytes());
    g.once().ok();
    let folder = g.path("case");
    let save = ["show", "1", "--save", folder.to_str().unwrap()];
    let files = || {
        let all = fs::read_dir(&folder)
            .unwrap()
            .map(|f| f.unwrap().file_name());
        let mut all: Vec<String> = all.map(|f| f.into_string().unwrap()).collect();
        all.sort();
        all
    };
    says(
        &g.run(&save).ok(),
        &["5 attachments written", "\"../../escape.py\""],
    );
    let once = [
        "1-absolute",
        "1-bashrc",
        "1-escape.py",
        "1-poc-2.py",
        "1-poc.py",
    ];
    assert_eq!(files(), once);
    assert_eq!(fs::read(folder.join("1-poc.py")).unwrap(), b"payload\0");
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    fs::write(folder.join("1-poc.py"), "mine").unwrap();
    g.run(&save).ok();
    assert_eq!(files().len(), 10);
    assert_eq!(fs::read(folder.join("1-poc.py")).unwrap(), b"mine");
    assert!(!g.path("escape.py").exists());
}

#[test]
fn quotes_are_folded_and_are_one_option_away() {
    let g = Gatepost::ready(PostOffice::shared(), "quotes");
    let mia = g.reporter("mia");
    let text =
        "It works on /x too.\n\nOn Monday, ben wrote:\n> We could not repeat it.\n> Sorry.\n";
    g.arrives(
        &mia,
        &report(&mia, &g.address, "q1@example.net", "XSS", "", text),
    );
    g.once().ok();
    let folded = g.run(&["show", "1", "--text", "1"]).ok();
    says(
        &folded,
        &["It works on /x too.", "[3 lines folded", "--quotes"],
    );
    assert!(!folded.contains("Sorry"), "{folded}");
    let whole = g.run(&["show", "1", "--text", "1", "--quotes"]).ok();
    assert!(
        whole.contains("> Sorry.") && !whole.contains("folded"),
        "{whole}"
    );
    assert!(
        g.run(&["show", "1", "--quotes"])
            .ok()
            .contains("   | > Sorry.")
    );
}

#[test]
fn four_people_write_while_mail_comes_in_and_nobody_finds_the_store_locked() {
    let mut g = Gatepost::ready(PostOffice::shared(), "locked");
    let mia = g.reporter("mia");
    g.report_from(&mia, "l0@example.net");
    g.once().ok();
    g.start();
    let (rounds, mails) = (rounds(15), number("GATEPOST_MAILS", 20));
    let writer = |n: usize| {
        let g = &g;
        move || {
            for round in 0..rounds {
                let note = format!("writer {n} round {round}");
                let severity = ["low", "high"][round % 2];
                let severity = format!("severity={severity}");
                let verbs = [
                    vec!["note", "1", &note],
                    vec!["set", "1", &severity],
                    vec![
                        "assign",
                        "1",
                        if (n + round).is_multiple_of(2) {
                            "anna"
                        } else {
                            "ben"
                        },
                    ],
                ];
                let answer = g.run(&verbs[round % 3]);
                assert_eq!(answer.code, 0, "{note}: {}", answer.err);
            }
        }
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|n| scope.spawn(writer(n))).collect();
        for n in 1..=mails {
            let id = format!("l{n}@example.net");
            g.office.deliver(
                &mia,
                &g.address,
                &report(&mia, &g.address, &id, "XSS", "", "https://example.org/"),
            );
        }
        writers.into_iter().for_each(|w| w.join().unwrap());
    });
    wait_until("all mails have their tickets", PATIENCE, || {
        (g.list().len() == mails + 1).then_some(())
    });
    let notes = g
        .fact_names("1")
        .iter()
        .filter(|f| *f == "remarked")
        .count();
    assert_eq!(notes, 4 * rounds.div_ceil(3));
    assert!(!g.log().contains("locked"), "{}", g.log());
    g.signal("-TERM");
    g.run(&["audit"]).ok();
}
