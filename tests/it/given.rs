//! Names that people agreed to give: asked once, given out through one door, taken back;
//! security.txt; the calendar of deadlines.

use crate::faults::says;
use crate::kit::{Gatepost, body, soon};
use crate::post_office::PostOffice;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;

const PAGE: &str = include_str!("../pages/thanks.md");

/// A gatepost with a page of thanks and a security.txt, and one report.
pub fn with_one_report(story: &str) -> (Gatepost<'static>, String) {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let more = "\n[credits]\nfile = \"site/thanks.md\"\n\n[security_txt]\nfile = \"site/security.txt\"\ncredits = true\ncanonical = [\"https://example.org/.well-known/security.txt\"]\n";
    g.write_config(&(g.config() + more));
    fs::create_dir(g.path("site")).unwrap();
    fs::write(g.path("site/thanks.md"), PAGE).unwrap();
    let mia = g.reporter("mia");
    g.report_from(&mia, "c1@example.net");
    g.once().ok();
    (g, mia)
}

pub fn page(g: &Gatepost, name: &str) -> String {
    fs::read_to_string(g.path(name)).unwrap()
}

pub fn warned(g: &Gatepost) -> Vec<String> {
    // No daemon runs: it is ill for that, and says the rest all the same.
    let said = g.run(&["health", "--json"]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let all = document["warnings"].as_array().unwrap().clone();
    let of = |w: &Value| w["reason"].as_str().unwrap().to_owned();
    all.iter().map(of).filter(|r| r != "calendar").collect()
}

/// The report is accepted and resolved, and both letters are out.
pub fn resolve(g: &Gatepost, mia: &str) {
    let accept = ["evaluate", "1", "accepted", "--expected", &soon(), "--yes"];
    g.run(&accept).ok();
    g.once().ok();
    g.wait_for_mail(mia, 2);
    g.run(&["resolve", "1", "--yes"]).ok();
    g.once().ok();
    g.wait_for_mail(mia, 3);
}

#[test]
fn credit_is_asked_for_once_and_an_open_question_is_shown() {
    let (g, mia) = with_one_report("asked");
    assert_eq!(
        g.show("1")["credit"],
        json!({"state": "unasked", "name": null})
    );
    resolve(&g, &mia);
    let letters: Vec<String> = g.mail_of(&mia).iter().map(|m| body(m)).collect();
    let asks = |text: &String| text.contains("May we name you");
    assert_eq!(
        letters.iter().filter(|l| asks(l)).count(),
        1,
        "{letters:#?}"
    );
    let again = [
        "evaluate",
        "1",
        "accepted",
        "--expected",
        &soon(),
        "--dry-run",
    ];
    let again = g.run(&again).ok();
    assert!(!asks(&again), "{again}");
    says(
        &g.run(&["show", "1"]).ok(),
        &["credit: asked, no answer recorded"],
    );
    assert_eq!(g.show("1")["credit"]["state"], "asked");
    g.run(&["set", "1", "credit=anonymous"]).ok();
    assert_eq!(g.show("1")["credit"]["state"], "anonymous");
    g.run(&["export", "credits"]).ok();
    assert_eq!(page(&g, "site/thanks.md"), PAGE, "nobody agreed");
}

#[test]
fn a_name_goes_out_through_one_door_and_is_owed_when_it_is_taken_back() {
    let (g, mia) = with_one_report("withdrawn");
    g.run(&["set", "1", "credit=fox [in] the <box>"]).ok();
    let early = g.run(&["export", "credits", "--json"]).json();
    assert_eq!(early["changed"], false);
    assert_eq!(early["waiting"][0]["why"], "not resolved yet");
    resolve(&g, &mia);

    let dry = g.run(&["export", "credits", "--dry-run"]).ok();
    says(&dry, &["would change", "fox \\[in\\] the &#60;box&#62;"]);
    assert_eq!(page(&g, "site/thanks.md"), PAGE);
    assert_eq!(g.show("1")["given_out"], json!([]));

    let done = g.run(&["export", "credits", "--json"]).json();
    let line = done["stands"][0]["line"].as_u64().unwrap();
    let thanks = page(&g, "site/thanks.md");
    let written = thanks.lines().nth(line as usize - 1).unwrap();
    assert_eq!(written, "* fox \\[in\\] the &#60;box&#62;");
    assert_eq!(thanks.replace(&format!("{written}\n"), ""), PAGE);
    says(&g.run(&["export", "credits"]).ok(), &["nothing to change"]);
    g.run(&["export", "security-txt"]).ok();
    let text = page(&g, "site/security.txt");
    says(
        &text,
        &[
            "# - fox [in] the <box>\n",
            "Contact: mailto:security-",
            "Expires: ",
        ],
    );
    g.run(&["export", "elsewhere", "1", "advisory", "draft", "12"])
        .ok();
    let kim = g.reporter("kim");
    g.report_from(&kim, "c2@example.net");
    g.once().ok();
    fs::write(g.path("words"), "fox [in] the <box> found it first.").unwrap();
    let words = g.path("words").display().to_string();
    g.run(&["reply", "2", "--message", &words, "--yes"]).ok();
    g.once().ok();
    g.wait_for_mail(&kim, 2);
    assert_eq!(warned(&g), [""; 0]);
    assert!(g.fact_names("1").contains(&"credited".to_owned()));
    let shown = g.run(&["show", "1"]).ok();
    let (list, text) = (
        format!("named in thanks.md line {line} since "),
        "named in security.txt line ",
    );
    says(&shown, &[&list, text, "named in advisory draft 12 since "]);

    let said = g.run(&["set", "1", "credit=withdrawn"]).ok();
    says(
        &said,
        &[
            "was given out 4 times",
            &format!("thanks.md line {line}"),
            "run: gatepost export credits",
            "security.txt line",
            "run: gatepost export security-txt",
            "advisory draft 12",
            "outside our reach",
            "sent to somebody else",
        ],
    );
    assert_eq!(warned(&g), ["names"]);
    says(
        &g.run(&["show", "1"]).ok(),
        &["credit: withdrawn", "ours to change"],
    );

    g.run(&["export", "credits"]).ok();
    assert_eq!(page(&g, "site/thanks.md"), PAGE);
    assert_eq!(warned(&g), ["names"], "security.txt has it still");
    g.run(&["export", "security-txt"]).ok();
    assert!(!page(&g, "site/security.txt").contains("fox"));
    assert_eq!(warned(&g), [""; 0]);
    let shown = g.run(&["show", "1"]).ok();
    assert!(!shown.contains("ours to change"), "{shown}");
    assert!(!shown.contains("named in"), "{shown}");
    says(&shown, &["beyond our reach: advisory draft 12"]);
    let ledger = g.show("1")["given_out"].as_array().unwrap().clone();
    let gone = ledger.iter().filter(|g| g["gone"] == true).count();
    assert_eq!((ledger.len(), gone), (5, 2), "{ledger:#?}");
    g.run(&["audit", "--offline"]).ok();
}

#[test]
fn what_stands_beside_the_two_lines_is_owed_until_a_person_takes_it_out() {
    let (g, mia) = with_one_report("beside");
    g.run(&["set", "1", "credit=fox in the box"]).ok();
    resolve(&g, &mia);
    g.run(&["export", "credits"]).ok();
    let more = page(&g, "site/thanks.md") + "Above all to *fox in the box*.\n";
    fs::write(g.path("site/thanks.md"), &more).unwrap();
    g.run(&["set", "1", "credit=withdrawn"]).ok();
    let said = g.run(&["export", "credits"]).ok();
    says(&said, &["* fox in the box", "take it out by hand"]);
    assert_eq!(warned(&g), ["names"]);
    let free = page(&g, "site/thanks.md").replace("Above all to *fox in the box*.\n", "");
    fs::write(g.path("site/thanks.md"), free).unwrap();
    g.run(&["export", "credits"]).ok();
    assert_eq!(warned(&g), [""; 0]);
}

#[test]
fn a_page_that_is_none_of_ours_is_left_alone() {
    let (g, _) = with_one_report("pages");
    let other = g.path("other");
    fs::write(&other, PAGE).unwrap();
    fs::write(g.path("plain.md"), "# Thanks\n").unwrap();
    symlink(&other, g.path("link.md")).unwrap();
    let file = |name: &str| g.path(name).display().to_string();
    for (args, wanted) in [
        (
            vec!["export", "credits", "--file", &file("plain.md")],
            vec!["gatepost:credits:begin", "hint"],
        ),
        (
            vec!["export", "credits", "--file", &file("link.md")],
            vec!["it is a link"],
        ),
        (
            vec!["export", "credits", "--file", &file("none.md")],
            vec!["there is no", "hint"],
        ),
        (
            vec!["export", "elsewhere", "1", "x"],
            vec!["no name that may be given out"],
        ),
    ] {
        let why = g.run(&args).code_in(&[1, 2]);
        says(&why, &wanted);
    }
    assert_eq!(page(&g, "plain.md"), "# Thanks\n");
    assert_eq!(page(&g, "other"), PAGE);
    says(
        &g.run(&["help", "export", "credits"]).ok(),
        &["gatepost:credits:begin", "--dry-run"],
    );
    says(
        &g.run(&["help", "export"]).ok(),
        &["security-txt", "calendar", "Examples"],
    );
}

#[test]
fn security_txt_is_written_judged_and_never_edited_under_a_signature() {
    let (g, _) = with_one_report("security-txt");
    says(
        &g.run(&["check", "--offline"]).ok(),
        &["security.txt is not there"],
    );
    let done = g.run(&["export", "security-txt", "--json"]).json();
    assert_eq!(
        (&done["changed"], &done["faults"]),
        (&true.into(), &json!([]))
    );
    let text = page(&g, "site/security.txt");
    says(
        &g.run(&["export", "security-txt", "--check"]).ok(),
        &["valid (RFC 9116)"],
    );
    says(
        &g.run(&["export", "security-txt"]).ok(),
        &["nothing to change"],
    );
    assert_eq!(page(&g, "site/security.txt"), text);

    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    );
    fs::write(g.path("site/security.txt"), &signed).unwrap();
    says(
        &g.run(&["export", "security-txt"]).ok(),
        &["nothing to change"],
    );
    let said = g.run(&["export", "security-txt", "--renew"]).ok();
    says(
        &said,
        &["would break the signature", "gpg --clearsign", ".unsigned"],
    );
    assert_eq!(page(&g, "site/security.txt"), signed);
    says(
        &page(&g, "site/security.txt.unsigned"),
        &["Contact: ", "Expires: "],
    );

    fs::write(g.path("site/security.txt"), "Contact: us\nExpires: soon\n").unwrap();
    let bad = g.run(&["export", "security-txt", "--check"]);
    assert_eq!(bad.code, 3);
    says(&bad.out, &["line 1: Contact", "line 2: Expires"]);
    says(&g.run(&["check", "--offline"]).ok(), &["line 1: Contact"]);
    let why = g.run(&["export", "security-txt"]).code_in(&[1]);
    says(&why, &["was not made by gatepost", "--replace"]);
    g.run(&["export", "security-txt", "--replace"]).ok();
    says(&page(&g, "site/security.txt"), &["# Made by `gatepost"]);
}

#[test]
fn the_calendar_holds_the_open_deadlines_and_nothing_of_a_report() {
    let (g, mia) = with_one_report("calendar");
    g.run(&["assign", "1", "ben"]).ok();
    let text = g.run(&["export", "calendar"]).ok();
    says(
        &text,
        &[
            "BEGIN:VCALENDAR\r\n",
            "SUMMARY:SEC-",
            ": respond (ben)",
            "-respond-1@",
            "DTSTART:",
            "END:VCALENDAR\r\n",
        ],
    );
    for word in ["XSS", "Mia", mia.as_str(), "search"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let due = g.show("1")["deadlines"][0]["due_at"].clone();
    assert_eq!(
        g.run(&["export", "calendar", "--json"]).json()[0]["due_at"],
        due
    );
    let file = g.path("deadlines.ics");
    g.run(&[
        "export",
        "calendar",
        "--mine",
        "--file",
        file.to_str().unwrap(),
    ])
    .ok();
    let mine = page(&g, "deadlines.ics");
    assert!(
        mine.starts_with("BEGIN:VCALENDAR") && !mine.contains("VEVENT"),
        "{mine}"
    );
}
