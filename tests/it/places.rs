//! Where mails belong: conversations from before gatepost, references in a subject, mail
//! after closing, and reports that a colleague forwards.

use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;

/// A gatepost that believes mx.example.org; what `before` posts is its baseline.
fn believes<'o>(story: &str, before: impl Fn(&Gatepost)) -> Gatepost<'o> {
    let g = Gatepost::new(PostOffice::shared(), story);
    let id = "authserv_id = \"mx.example.org\"\nname = ";
    g.write_config(&g.config_with("[[mailbox]]", "name = ", id));
    before(&g);
    g.run(&["init"]).ok();
    g
}

fn writes(g: &Gatepost, from: &str, id: &str, subject: &str, extra: &str) {
    let mail = report(
        from,
        &g.address,
        id,
        subject,
        extra,
        &format!("Text of {id}."),
    );
    g.arrives(from, &mail);
}

fn passed() -> &'static str {
    "Authentication-Results: mx.example.org; dmarc=pass\nReceived: from mail.example.com by mx.example.org with ESMTP id 1; Sun, 22 Nov 2026 09:30:02 +0000\n"
}

/// Reads until there are so many tickets.
fn tickets(g: &Gatepost, count: usize) -> Vec<Value> {
    wait_until("all are taken in", PATIENCE, || {
        g.once().ok();
        Some(g.list()).filter(|all| all.len() == count)
    })
}

/// The tickets that are open.
fn open(g: &Gatepost) -> Vec<Value> {
    let list = g.run(&["list", "--json"]).json();
    list.as_array().unwrap().clone()
}

fn texts(shown: &Value) -> Vec<String> {
    let thread = shown["thread"].as_array().unwrap().iter();
    let text = |m: &Value| m["new_text"].as_str().unwrap().trim().to_owned();
    thread.map(text).collect()
}

#[test]
fn conversations_from_before_are_listed_adopted_and_continued() {
    let g = believes("before", |g| {
        let (mia, ben) = (g.reporter("mia"), g.reporter("ben"));
        writes(g, &mia, "b1@example.net", "Old token", "");
        let anna = g.anna.clone();
        writes(
            g,
            &anna,
            "b2@example.com",
            "Re: Old token",
            "In-Reply-To: <b1@example.net>\n",
        );
        writes(
            g,
            &mia,
            "b3@example.net",
            "Re: Old token",
            "References: <b1@example.net> <b2@example.com>\n",
        );
        writes(g, &ben, "b4@example.net", "Old cookie", "");
    });
    let (mia, ben, eve) = (g.reporter("mia"), g.reporter("ben"), g.reporter("eve"));
    let old = g.run(&["adopt", "--json"]).json()["conversations"].clone();
    let old = old.as_array().unwrap();
    let seen: Vec<_> = old
        .iter()
        .map(|c| (c["mails"].as_u64(), c["last_by"].as_str()))
        .collect();
    assert_eq!(seen.len(), 2, "{old:?}");
    assert!(seen.contains(&(Some(3), Some(mia.as_str()))), "{seen:?}");
    assert!(seen.contains(&(Some(1), Some(ben.as_str()))), "{seen:?}");
    let listed = g.run(&["adopt"]).ok();
    assert!(listed.contains("Old cookie"), "{listed}");

    // Ben's is adopted: a ticket whose clock runs from its receipt, and no letter.
    let bens = old.iter().find(|c| c["last_by"] == ben.as_str()).unwrap();
    let number = bens["conversation"].as_str().unwrap();
    let offered = g.run(&["complete-values", "--", "adopt", ""]).ok();
    let all = old.iter().map(|c| c["conversation"].as_str().unwrap());
    assert_eq!(offered.lines().collect::<Vec<_>>(), all.collect::<Vec<_>>());
    g.run(&["adopt", number]).ok();
    g.run(&["adopt", number]).code_in(&[1]);
    let shown = g.show("1");
    assert_eq!(shown["received_at"], bens["first_at"]);
    assert_eq!(shown["reporter"]["address"], ben.as_str());
    tickets(&g, 1);
    assert_eq!(texts(&g.show("1")), ["Text of b4@example.net."]);

    // A stranger who cites the other gets a ticket of their own, and none of the thread.
    writes(
        &g,
        &eve,
        "e1@example.net",
        "Re: Old token",
        "In-Reply-To: <b3@example.net>\n",
    );
    tickets(&g, 2);
    g.once().ok();
    assert_eq!(texts(&g.show("2")), ["Text of e1@example.net."]);

    // Mia writes again: a ticket with that thread.
    writes(
        &g,
        &mia,
        "b5@example.net",
        "Re: Old token",
        "In-Reply-To: <b2@example.com>\n",
    );
    tickets(&g, 3);
    let whole = wait_until("the old mails are in the thread", PATIENCE, || {
        g.once().ok();
        Some(texts(&g.show("3"))).filter(|t| t.len() == 4)
    });
    for id in [
        "b1@example.net",
        "b2@example.com",
        "b3@example.net",
        "b5@example.net",
    ] {
        assert!(whole.contains(&format!("Text of {id}.")), "{whole:?}");
    }
    let shown = g.run(&["show", "3"]).ok();
    assert!(shown.contains("continues from before gatepost"), "{shown}");
    let to_come = serde_json::json!({"to_come": 0});
    assert_eq!(g.show("3")["continues"], to_come);
    for who in [&mia, &ben, &eve] {
        assert_eq!(g.mail_of(who), [""; 0], "nobody of these is answered");
    }
    tickets(&g, 3);
    g.run(&["audit"]).ok();
}

#[test]
fn a_subject_joins_with_proof_and_guesses_follow_up_on_nothing() {
    let g = believes("guesses", |_| {});
    let (mia, eve) = (g.reporter("mia"), g.reporter("eve"));
    writes(&g, &mia, "r1@example.net", "Token", passed());
    tickets(&g, 1);
    g.wait_for_mail(&mia, 1);
    let reference = g.show("1")["ref"].as_str().unwrap().to_owned();
    writes(
        &g,
        &mia,
        "r2@example.net",
        &format!("News [{reference}]"),
        passed(),
    );
    wait_until("it is on the ticket", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"reporter-wrote".to_owned())
            .then_some(())
    });
    assert_eq!(g.show("1")["chased"], 1);
    let facts = g.fact_names("1");
    let cites = "In-Reply-To: <r1@example.net>\n";
    writes(&g, &mia, "g1@example.net", &format!("[{reference}]"), "");
    writes(
        &g,
        &eve,
        "g2@example.net",
        &format!("[{reference}]"),
        &format!("{}{cites}", passed()),
    );
    writes(
        &g,
        &eve,
        "g3@example.net",
        "Away",
        &format!("Auto-Submitted: auto-replied\n{cites}"),
    );
    let tagged = format!("[#1] JIRA-7 X{reference} heap");
    writes(&g, &mia, "g4@example.net", &tagged, passed());
    let all = tickets(&g, 5);
    assert_eq!(g.fact_names("1"), facts, "nothing happened to the first");
    let state = |n: &str| g.show(n)["acknowledgement"].as_str().unwrap().to_owned();
    for held in ["2", "3", "4"] {
        assert_eq!(state(held), "held", "{held}");
    }
    assert!(
        all.iter().any(|t| t["subject"] == tagged.as_str()),
        "its tags are kept"
    );
    g.wait_for_mail(&mia, 2);
}

#[test]
fn who_writes_after_closing_is_heard_and_a_program_is_not() {
    let g = believes("closed", |_| {});
    let mia = g.reporter("mia");
    writes(&g, &mia, "c1@example.net", "Token", "");
    tickets(&g, 1);
    g.run(&["close", "1", "--silent", "--yes"]).ok();
    assert_eq!(open(&g).len(), 0);
    let cites = "In-Reply-To: <c1@example.net>\n";
    writes(
        &g,
        &mia,
        "c2@example.net",
        "Away",
        &format!("Auto-Submitted: auto-replied\n{cites}"),
    );
    wait_until("it is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"noted".to_owned())
            .then_some(())
    });
    assert_eq!(open(&g).len(), 0, "a program opens nothing");
    writes(&g, &mia, "c3@example.net", "Re: Token", cites);
    let list = wait_until("it is listed again", PATIENCE, || {
        g.once().ok();
        Some(open(&g)).filter(|l| l.len() == 1)
    });
    assert_eq!(list[0]["chased"], 1);
    let due = list[0]["deadlines"].as_array().unwrap();
    assert!(due.iter().any(|d| d["promise"] == "respond"), "{due:?}");
    let shown = g.run(&["show", "1"]).ok();
    assert!(shown.contains("wrote after closing"), "{shown}");
}

#[test]
fn the_reporter_of_a_forwarded_report_is_proposed_set_and_answered() {
    let g = believes("forwards", |_| {});
    let (mia, anna) = (g.reporter("mia"), g.anna.clone());
    let eml = format!(
        "{}From: Anna <{anna}>\nTo: {}\nSubject: Fwd: Token\nMessage-ID: <f1@example.com>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=part\n\n--part\n\nThis came to me.\n\n--part\nContent-Type: message/rfc822\n\nFrom: Mia <{mia}>\nTo: {anna}\nSubject: Token\nMessage-ID: <f0@example.net>\n\nSee https://example.org/start.\n\n--part--\n",
        passed(),
        g.address
    );
    g.arrives(&anna, eml.as_bytes());
    tickets(&g, 1);
    let shown = g.run(&["show", "1"]).ok();
    let command = format!("gatepost set 1 reporter={mia}");
    assert!(shown.contains("forwarded by anna"), "{shown}");
    let said = g.show("1")["forwarded"].clone();
    assert_eq!(said, serde_json::json!({"by": "anna", "proven": true}));
    assert_eq!(g.list()[0]["forwarded"], said);
    assert!(shown.contains(&command), "{shown}");
    assert_eq!(
        g.show("1")["reporter"]["address"],
        Value::Null,
        "proposed, not taken"
    );
    g.run(&["set", "1", &format!("reporter={mia}")]).ok();
    assert_eq!(g.show("1")["acknowledgement"], "held");
    let held = g.run(&["outbox", "--json"]).json();
    let number = held[0]["id"].as_i64().unwrap().to_string();
    g.run(&["outbox", "release", &number]).ok();
    g.once().ok();
    let receipt = g.wait_for_mail(&mia, 1).remove(0);
    assert!(!receipt.contains("f1@example.com"), "our own id: {receipt}");
}
