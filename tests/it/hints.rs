//! A report that reads like what the page leaves out is told as a hint, and nothing else
//! comes of it: a person evaluates.

use crate::kit::{Gatepost, body, report};
use crate::post_office::PostOffice;
use serde_json::{Value, json};

/// Four reports: a usual one, a question that quotes one, a grave one, one of two things.
const REPORTS: [(&str, &str, &str); 4] = [
    (
        "mia",
        "Bug bounty?",
        "Hi team, your domain has this record: \"v=spf1 mx ~all\".\nIt should be -all. Do you have a bounty?",
    ),
    (
        "ravi",
        "A question",
        "Hello, I have a question about this mail that you sent to me.\n\n> The SPF record is missing.\n> v=spf1\n",
    ),
    (
        "lena",
        "SPF record missing",
        "The SPF record is missing, but see https://example.org/db.sql: it is a dump of your database.",
    ),
    (
        "tom",
        "Report",
        "Your terms page can be framed, there is clickjacking. There is a broken link in the footer.",
    ),
];

fn with_reports(story: &str) -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), story);
    g.write_config(&g.config().replace("policy = \"neon\"", "policy = \"novu\""));
    for (n, (name, subject, text)) in REPORTS.iter().enumerate() {
        let from = g.reporter(name);
        let id = format!("h{n}-{}", g.address);
        g.arrives(&from, &report(&from, &g.address, &id, subject, "", text));
        g.once().ok();
    }
    g
}

fn rules(g: &Gatepost, reference: &str) -> Vec<Value> {
    let hints = g.show(reference)["hints"].as_array().unwrap().clone();
    hints.iter().map(|hint| hint["rule"].clone()).collect()
}

#[test]
fn a_hint_is_shown_and_gives_its_letter_to_who_asks_for_it() {
    let g = with_reports("hints");
    let shown = g.run(&["show", "1"]).ok();
    for wanted in [
        "hint spf-record (\"v=spf1\")",
        "the page leaves out: Email spoofing.",
        "gatepost evaluate 1 out-of-scope --letter hint",
    ] {
        assert!(shown.contains(wanted), "{shown}\nlacks {wanted}");
    }
    assert_eq!(
        g.show("1")["hints"],
        json!([{ "rule": "spf-record", "matched": "v=spf1", "mail": 1, "in_subject": false,
                 "page": "Email spoofing.", "letter": "email-spoofing" }])
    );
    let listed = g.run(&["list", "--like", "1"]).ok();
    assert!(listed.contains("hint spf-record (\"v=spf1\")"), "{listed}");
    let facts = g.fact_names("1");
    let letter = ["evaluate", "1", "out-of-scope", "--letter", "hint"];
    let shown = g.run(&[&letter[..], &["--dry-run"]].concat()).ok();
    assert!(shown.contains("mail that claims to be from us"), "{shown}");
    assert_eq!(
        g.fact_names("1"),
        facts,
        "nothing comes of a hint by itself"
    );

    g.run(&[&letter[..], &["--yes"]].concat()).ok();
    g.once().ok();
    let sent = g.wait_for_mail(&g.reporter("mia"), 2).remove(1);
    assert!(body(&sent).contains("Assessment: out-of-scope"), "{sent}");
    let shown = g.run(&["show", "1"]).ok();
    assert!(!shown.contains("--letter hint"), "it is evaluated: {shown}");
}

#[test]
fn what_only_another_form_of_the_text_says_silences_a_hint() {
    let g = Gatepost::ready(PostOffice::shared(), "hintforms");
    g.write_config(&g.config().replace("policy = \"neon\"", "policy = \"novu\""));
    let text = "Hi team, your domain has this record: \"v=spf1 mx ~all\".\nIt should be -all.";
    let sentence = "<p>And the admin console runs any command of a guest as root.</p>";
    let picture = "<img src='cid:1' alt='logo'>";
    for (n, more) in [picture, "<p>Also RCE.</p>", sentence]
        .into_iter()
        .enumerate()
    {
        let from = g.reporter(&format!("form{n}"));
        let id = format!("f{n}-{}", g.address);
        let part = |kind: &str, text: &str| format!("--b\nContent-Type: text/{kind}\n\n{text}\n");
        let page = format!("<p>{text}</p>{more}");
        let forms = format!("{}{}--b--", part("plain", text), part("html", &page));
        let mail = report(&from, &g.address, &id, "Your mail", "", &forms);
        let mail = String::from_utf8(mail).unwrap().replace(
            "text/plain; charset=utf-8",
            "multipart/alternative; boundary=b",
        );
        g.arrives(&from, mail.as_bytes());
        g.once().ok();
    }
    assert_eq!(rules(&g, "1"), ["spf-record"]);
    for reference in ["2", "3"] {
        assert_eq!(rules(&g, reference), [Value::Null; 0], "{reference}");
    }
    let shown = g.run(&["show", "3"]).ok();
    assert!(shown.contains("the admin console runs"), "{shown}");
}

#[test]
fn what_is_quoted_or_grave_gives_none_and_no_letter() {
    let g = with_reports("nohints");
    for reference in ["2", "3"] {
        assert_eq!(rules(&g, reference), [Value::Null; 0], "{reference}");
        let shown = g.run(&["show", reference]).ok();
        assert!(shown.contains("\nhint none"), "{shown}");
        let letter = ["evaluate", reference, "out-of-scope", "--letter", "hint"];
        let refused = g.run(&[&letter[..], &["--yes"]].concat()).code_in(&[2]);
        assert!(refused.contains("there is no hint"), "{refused}");
    }
    assert_eq!(rules(&g, "4"), ["clickjacking", "dead-links"]);
    let letter = ["evaluate", "4", "out-of-scope", "--letter", "hint", "--yes"];
    let refused = g.run(&letter).code_in(&[2]);
    let each = "clickjacking --letter clickjacking; dead-links --letter dead-links";
    assert!(refused.contains(each), "{refused}");

    // A person knows better.
    g.run(&["set", "1", "severity=high"]).ok();
    assert_eq!(rules(&g, "1"), [Value::Null; 0]);
    let config = std::fs::read_to_string(g.path("gatepost.toml")).unwrap();
    let checked = || g.run(&["check", "--offline", "--json"]).json()["hints"].clone();
    let told = checked();
    let text = g.run(&["check", "--offline"]).ok();
    let named: Vec<&str> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["rule"].as_str().unwrap())
        .collect();
    assert!(named.len() > 2, "{told}");
    assert!(
        text.contains(&format!("hints     {}", named.join(", "))),
        "{named:?} {text}"
    );
    let spf =
        json!({ "rule": "spf-record", "page": "Email spoofing.", "letter": "email-spoofing" });
    assert!(told.as_array().unwrap().contains(&spf), "{told}");
    g.write_config(&format!("hints = \"none\"\n{config}"));
    assert_eq!(checked(), json!([]));
    assert_eq!(g.show("4")["hints"], Value::Null);
    assert!(!g.run(&["show", "4"]).ok().contains("\nhint "));
}
