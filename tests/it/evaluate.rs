//! A person evaluates: the letter, the promise that it keeps, and what stops it.

use crate::kit::{Gatepost, PATIENCE, body, header, report, soon};
use crate::post_office::{PostOffice, REFUSED, wait_until};
use serde_json::Value;

fn with_one_report(story: &str) -> (Gatepost<'static>, String) {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let mia = g.reporter("mia");
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "e1@example.net",
            "Re: SSRF in import",
            "",
            "https://example.org/x",
        ),
    );
    g.once().ok();
    (g, mia)
}

fn deadline(g: &Gatepost, promise: &str) -> Value {
    let all = g.show("1")["deadlines"].as_array().unwrap().clone();
    all.into_iter()
        .rfind(|d| d["promise"] == promise)
        .unwrap_or(Value::Null)
}

#[test]
fn the_promise_is_met_by_the_servers_250_and_not_before() {
    let (g, mia) = with_one_report("met");
    let shown = g
        .run(&[
            "evaluate",
            "1",
            "accepted",
            "--expected",
            &soon(),
            "--plan",
            "Block private ranges.",
            "--yes",
        ])
        .ok();
    assert!(
        shown.contains("Assessment: accepted") && shown.contains("Queued."),
        "{shown}"
    );
    assert_eq!(
        deadline(&g, "respond")["standing"],
        "on-time",
        "queued is not sent"
    );
    assert_eq!(g.fact_names("1").last().unwrap(), "decided");
    g.once().ok();
    let letter = g.wait_for_mail(&mia, 2).remove(1);
    assert_eq!(deadline(&g, "respond")["standing"], "kept");
    assert_eq!(deadline(&g, "inform")["standing"], "on-time");
    assert_eq!(deadline(&g, "resolve")["missing"][0], "resolved");
    assert_eq!(
        header(&letter, "Subject").unwrap(),
        format!(
            "Re: SSRF in import [{}]",
            g.show("1")["ref"].as_str().unwrap()
        )
    );
    assert_eq!(header(&letter, "In-Reply-To").unwrap(), "<e1@example.net>");
    assert!(
        header(&letter, "References")
            .unwrap()
            .contains("<e1@example.net>")
    );
    assert!(
        header(&letter, "Auto-Submitted").is_none(),
        "a person wrote it"
    );
    let text = body(&letter);
    assert!(
        text.contains("Block private ranges.") && text.contains("Anna, for"),
        "{text}"
    );
    assert!(
        text.contains(&format!("  Expected resolution: {}", soon())),
        "{text}"
    );
    let facts = g.show("1")["facts"].as_array().unwrap().clone();
    assert!(
        facts
            .iter()
            .any(|f| f["fact"] == "evaluated" && f["by"] == "anna")
    );
    g.run(&["audit"]).ok();
}

#[test]
fn one_part_only_is_half_kept_until_the_other_is_out() {
    let (g, mia) = with_one_report("half");
    g.run(&["evaluate", "1", "accepted", "--yes"]).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    let respond = deadline(&g, "respond");
    assert_eq!(respond["standing"], "half-kept");
    assert_eq!(
        respond["missing"],
        serde_json::json!(["dated or date-not-due"])
    );
    assert!(g.run(&["list"]).ok().contains("half kept"));
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    g.once().ok();
    assert_eq!(deadline(&g, "respond")["standing"], "kept");
}

#[test]
fn an_interim_answer_keeps_nothing_and_a_final_one_closes() {
    let (g, mia) = with_one_report("final");
    g.run(&["evaluate", "1", "investigating", "--yes"]).ok();
    g.once().ok();
    assert_eq!(
        deadline(&g, "respond")["missing"].as_array().unwrap().len(),
        2
    );
    g.run(&[
        "evaluate",
        "1",
        "not-a-vulnerability",
        "--plan",
        "It is documented.",
        "--yes",
    ])
    .ok();
    g.once().ok();
    g.wait_for_mail(&mia, 3);
    assert_eq!(deadline(&g, "respond")["standing"], "kept");
    assert_eq!(g.show("1")["stage"], "closed");
    assert_eq!(
        g.run(&["list", "--json"]).json().as_array().unwrap().len(),
        0
    );
    g.run(&["audit"]).ok();
}

#[test]
fn spam_closes_silently() {
    let (g, mia) = with_one_report("spam");
    g.run(&["evaluate", "1", "spam", "--yes"]).ok();
    g.once().ok();
    assert_eq!(g.show("1")["stage"], "closed");
    assert_eq!(g.mail_of(&mia).len(), 1, "the receipt and nothing more");
}

#[test]
fn nothing_is_sent_by_somebody_unknown_unasked_or_after_news() {
    let (g, mia) = with_one_report("refused");
    let unknown = g
        .command(&[])
        .args(["--as", "eve", "evaluate", "1", "accepted", "--yes"])
        .output()
        .unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        g.run(&["evaluate", "1", "accepted"])
            .code_in(&[2])
            .contains("--yes"),
        "no terminal: an error, never a hang"
    );
    assert!(
        g.run(&[
            "evaluate",
            "1",
            "accepted",
            "--expected",
            "2001-01-01",
            "--yes"
        ])
        .code_in(&[2])
        .contains("past")
    );
    assert!(
        g.run(&[
            "evaluate",
            "1",
            "out-of-scope",
            "--expected",
            &soon(),
            "--yes"
        ])
        .code_in(&[2])
        .contains("final")
    );
    assert!(
        g.run(&["evaluate", "99", "accepted", "--yes"])
            .code_in(&[2])
            .contains("no ticket")
    );
    let seen = g.show("1")["facts"].as_array().unwrap().last().unwrap()["n"].to_string();
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "e2@example.net",
            "Re: SSRF",
            "In-Reply-To: <e1@example.net>\n",
            "news",
        ),
    );
    g.once().ok();
    let said = g
        .run(&[
            "evaluate", "1", "accepted", "--yes", "--after", &seen, "--plan", "my words",
        ])
        .code_in(&[1]);
    assert!(
        said.contains("reporter-wrote") && said.contains("--after") && said.contains("drafts"),
        "{said}"
    );
    assert!(
        std::fs::read_to_string(g.path("store/drafts/1-anna.txt"))
            .unwrap()
            .contains("my words")
    );
    g.once().ok();
    assert_eq!(g.mail_of(&mia).len(), 1);
    assert!(
        g.run(&["evaluate", "1", "accepted", "--dry-run"])
            .ok()
            .contains("Assessment")
    );
    assert_eq!(
        g.fact_names("1").last().unwrap(),
        "reporter-wrote",
        "nothing was decided"
    );
}

#[test]
fn what_waits_can_be_taken_back_and_what_is_asked_for_leaves_now() {
    let (g, mia) = with_one_report("grace");
    g.write_config(&g.config().replace("grace = \"0 s\"", "grace = \"1 h\""));
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    g.once().ok();
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    g.run(&["outbox", "drop", &letter]).ok();
    assert_eq!(g.mail_of(&mia).len(), 1, "it waited, and was taken back");
    let said = g
        .run(&[
            "evaluate",
            "1",
            "accepted",
            "--expected",
            &soon(),
            "--yes",
            "--send",
        ])
        .ok();
    assert!(said.contains("Sent."), "{said}");
    g.wait_for_mail(&mia, 2);
}

#[test]
fn who_writes_after_closing_opens_the_ticket_again_with_its_clock() {
    let (g, mia) = with_one_report("reopen");
    g.run(&["evaluate", "1", "not-reproducible", "--yes"]).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    assert_eq!(g.show("1")["stage"], "closed");
    let exploit = report(
        &mia,
        &g.address,
        "e9@example.net",
        "Re: SSRF",
        "In-Reply-To: <e1@example.net>\n",
        "Here is a working one: https://example.org/y",
    );
    g.arrives(&mia, &exploit);
    g.once().ok();
    let open = g.run(&["list", "--json"]).json();
    assert_eq!(open.as_array().unwrap().len(), 1, "it is listed again");
    assert_eq!(deadline(&g, "respond")["standing"], "on-time");
    assert_eq!(
        deadline(&g, "respond")["missing"].as_array().unwrap().len(),
        2
    );
    assert!(g.run(&["show", "1"]).ok().contains("wrote after closing"));
    assert_eq!(g.mail_of(&mia).len(), 2, "one receipt a ticket, ever");
    g.run(&["audit"]).ok();
}

#[test]
fn a_letter_that_the_server_refused_was_not_sent() {
    let g = Gatepost::ready(PostOffice::shared(), "unsent");
    g.arrives(
        REFUSED,
        &report(
            REFUSED,
            &g.address,
            "u1@example.net",
            "XSS",
            "",
            "https://example.org/",
        ),
    );
    wait_until("it is taken in", PATIENCE, || {
        g.once();
        (!g.list().is_empty()).then_some(())
    });
    let said = g.run(&[
        "evaluate",
        "1",
        "accepted",
        "--expected",
        &soon(),
        "--yes",
        "--send",
    ]);
    assert!(!said.out.contains("Sent."), "{}", said.out);
    let why = said.code_in(&[1]);
    assert!(why.contains("refused") && why.contains("550"), "{why}");
    assert!(g.run(&["list"]).ok().contains("UNREACHABLE"));
    assert_eq!(
        deadline(&g, "respond")["missing"].as_array().unwrap().len(),
        2,
        "the promise is not kept"
    );
}

#[test]
fn the_date_of_an_interim_answer_is_no_expected_resolution() {
    let (g, mia) = with_one_report("interim");
    g.run(&[
        "evaluate",
        "1",
        "investigating",
        "--expected",
        &soon(),
        "--yes",
    ])
    .ok();
    g.once().ok();
    let letter = body(&g.wait_for_mail(&mia, 2)[1]);
    assert!(!letter.contains("Expected resolution"), "{letter}");
    let day: jiff::civil::Date = soon().parse().unwrap();
    let day = day
        .strftime("You hear from us again by %A %-d %B %Y.")
        .to_string();
    assert!(letter.replace('\n', " ").contains(&day), "{letter}");
    assert!(!g.fact_names("1").contains(&"dated".to_owned()));
    assert_eq!(deadline(&g, "respond")["standing"], "on-time");
    assert_eq!(deadline(&g, "resolve"), Value::Null);
}
