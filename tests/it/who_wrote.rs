//! What the mail server found about who wrote a mail: whom it answers, and what it shows.

use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;

/// A gatepost that believes mx.example.org, with this mode.
fn believes<'o>(story: &str, mode: &str) -> Gatepost<'o> {
    let g = Gatepost::new(PostOffice::shared(), story);
    let id = "authserv_id = \"mx.example.org\"\nname = ";
    let config = g.config_with("[[mailbox]]", "name = ", id);
    g.write_config(&format!("{config}\n[acknowledge]\nmode = \"{mode}\"\n"));
    g.run(&["init"]).ok();
    g
}

/// Reports by these people, each with trace fields of its own, are taken in.
fn reports(g: &Gatepost, all: &[(&str, String)]) {
    for (name, trace) in all {
        let from = g.reporter(name);
        let id = format!("{name}@example.net");
        let mail = report(&from, &g.address, &id, name, "", "It is open.");
        g.arrives(&from, &[trace.as_bytes(), &mail].concat());
    }
    wait_until("all are taken in", PATIENCE, || {
        g.once().ok();
        (g.list().len() == all.len()).then_some(())
    });
}

/// State and reason of the acknowledgement, and the standing of the reporter.
fn answered(g: &Gatepost, name: &str) -> (String, String, String) {
    let list = g.list();
    let ticket = list.iter().find(|t| t["subject"] == name).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    (
        text(&ticket["acknowledgement"]),
        text(&ticket["held_because"]),
        text(&ticket["reporter"]["authentication"]),
    )
}

fn check(g: &Gatepost, name: &str, state: &str, because: &str, standing: &str) {
    let expected = (state.to_owned(), because.to_owned(), standing.to_owned());
    assert_eq!(answered(g, name), expected, "{name}");
}

const RECEIVED: &str = "Received: from mail.example.com by mx.example.org with ESMTP id 1; Sun, 22 Nov 2026 09:30:02 +0000\n";
const FAILED: &str = "its authentication failed: somebody else may have written it";

fn found(results: &str) -> String {
    format!("Authentication-Results: {results}\n")
}

#[test]
fn a_mail_that_failed_is_held_and_a_forged_pass_changes_nothing() {
    let g = believes("failed", "not-fail");
    let (fail, pass) = (
        found("mx.example.org; dmarc=fail"),
        found("mx.example.org; dmarc=pass"),
    );
    reports(
        &g,
        &[
            ("failed", format!("{fail}{RECEIVED}")),
            ("forged", format!("{fail}{RECEIVED}{pass}")),
            ("healed", format!("{pass}{fail}{RECEIVED}")),
            ("plain", RECEIVED.to_owned()),
        ],
    );
    for name in ["failed", "forged", "healed"] {
        check(&g, name, "held", FAILED, "fail");
    }
    g.wait_for_mail(&g.reporter("plain"), 1);
    check(&g, "plain", "sent", "-", "none");
    for name in ["failed", "forged", "healed"] {
        assert_eq!(g.mail_of(&g.reporter(name)), [""; 0], "{name}");
    }
    let shown = g.run(&["show", "1"]).ok();
    assert!(
        shown.contains("AUTHENTICATION FAILED (dmarc=fail)"),
        "{shown}"
    );
    let first = &g.show("1")["thread"][0]["authentication"];
    assert_eq!(
        (&first["is"], &first["because"]),
        (&"fail".into(), &"dmarc=fail".into())
    );
}

#[test]
fn in_the_mode_pass_only_who_is_vouched_for_is_answered() {
    let g = believes("passed", "pass");
    let pass = found("mx.example.org; dmarc=pass");
    let stranger = found("mail.example.com; none");
    reports(
        &g,
        &[
            ("passed", format!("{pass}{RECEIVED}")),
            ("forged", format!("{stranger}{pass}{RECEIVED}")),
            (
                "sender",
                format!("{}{RECEIVED}", found("mx.example.org; spf=pass")),
            ),
        ],
    );
    g.wait_for_mail(&g.reporter("passed"), 1);
    check(&g, "passed", "sent", "-", "pass");
    for name in ["forged", "sender"] {
        check(&g, name, "held", "nothing proves who wrote it", "none");
        assert_eq!(g.mail_of(&g.reporter(name)), [""; 0], "{name}");
    }
    let check = g.run(&["check", "--offline"]).ok();
    assert!(
        check.contains("believes Authentication-Results of mx.example.org"),
        "{check}"
    );
}
