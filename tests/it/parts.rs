//! A report in HTML, with what lists and gateways add to it as a part of its own, or with a
//! plain form that says nothing: people see it, and a letter in clear is asked about.

use crate::kit::{Gatepost, body, report};
use crate::post_office::PostOffice;

const FOOTER: &str = "_______________________________________________\nsecurity mailing list of \
    Example, see the pages of the list for how it is used and by whom it is read\n";
const KINDS: [&str; 2] = ["plain", "html"];

/// A mail of two parts.
fn mail(from: &str, to: &str, id: &str, multipart: &str, parts: [(&str, &str); 2]) -> Vec<u8> {
    let whole = report(from, to, id, "Vulnerability found", "", "BODY");
    let whole = String::from_utf8(whole).unwrap();
    let one = |(kind, text): (&str, &str)| {
        assert!(KINDS.contains(&kind));
        format!("--b\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n")
    };
    let parts = parts.map(one).concat();
    whole
        .replace(
            "text/plain; charset=utf-8",
            &format!("multipart/{multipart}; boundary=b"),
        )
        .replace("BODY", &format!("{parts}--b--"))
        .into_bytes()
}

#[test]
fn a_report_in_html_is_seen_beside_what_a_list_adds_to_it() {
    let g = Gatepost::ready(PostOffice::shared(), "parts");
    let sql = "<p>SQL injection at https://example.org/one gives all orders of all users.</p>";
    let rce =
        "<p>Remote code execution in the image service, https://example.org/two, as root.</p>";
    let stub = "Please view in HTML";
    let (mia, kim, lee) = (g.reporter("mia"), g.reporter("kim"), g.reporter("lee"));
    for (from, id, multipart, parts) in [
        (
            &mia,
            "p1@example.net",
            "mixed",
            [("html", sql), ("plain", FOOTER)],
        ),
        (
            &kim,
            "p2@example.net",
            "mixed",
            [("html", rce), ("plain", FOOTER)],
        ),
        (
            &lee,
            "p3@example.net",
            "alternative",
            [("plain", stub), ("html", rce)],
        ),
    ] {
        g.arrives(from, &mail(from, &g.address, id, multipart, parts));
    }
    g.once().ok();
    g.once().ok();
    for reporter in ["mia", "kim", "lee"] {
        let letters = g.wait_for_mail(&g.reporter(reporter), 1);
        let receipt = body(&letters[0]);
        assert!(!receipt.contains("To help us"), "{receipt}");
    }
    let of = |address: &str| {
        let list = g.list();
        let ticket = list.iter().find(|t| t["reporter"]["address"] == address);
        ticket.unwrap()["ref"].as_str().unwrap().to_owned()
    };
    for (from, says, host) in [
        (&mia, "SQL injection", "https://example.org/one"),
        (&kim, "Remote code execution", "https://example.org/two"),
        (&lee, "Remote code execution", "https://example.org/two"),
    ] {
        let shown = g.show(&of(from));
        let text = shown["thread"][0]["new_text"].as_str().unwrap();
        assert!(text.contains(says), "{shown}");
        assert_eq!(shown["extracted"]["urls"][0], host, "{shown}");
        assert_eq!(shown["thread"][0]["attachments"], serde_json::json!([]));
    }
    // The first two have a subject and a footer alone in common.
    let listed = g.run(&["list"]).ok();
    let number = |from: &str| of(from).rsplit('-').next().unwrap().to_owned();
    for from in [&mia, &kim] {
        assert!(listed.contains(&number(from)), "{listed}");
    }
    let shown = g.show(&of(&kim));
    let alike = |from: &str| {
        let all = shown["alike"].as_array().unwrap();
        let found = all.iter().find(|one| one["ref"] == of(from).as_str());
        found
            .map(|one| one["because"].to_string())
            .unwrap_or_default()
    };
    assert!(!alike(&mia).contains("text"), "{shown}");
    assert!(alike(&lee).contains("the same text"), "{shown}");
}

#[test]
fn a_secret_in_html_beside_a_footer_is_answered_in_clear_only_when_that_is_said() {
    let g = Gatepost::ready(PostOffice::shared(), "partsealed");
    let mia = g.reporter("mia");
    let data = "hQEMA0000000000000AQgAabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd";
    let armour = format!(
        "<p>See: -----BEGIN PGP MESSAGE-----<br><br>{data}<br>=abcd<br>-----END PGP MESSAGE-----</p>"
    );
    let parts = [("html", armour.as_str()), ("plain", FOOTER)];
    let mail = mail(&mia, &g.address, "p4@example.net", "mixed", parts);
    g.arrives(&mia, &mail);
    g.once().ok();
    assert_eq!(
        g.show("1")["thread"][0]["sealed"]["encrypted"],
        "pgp-inline"
    );
    std::fs::write(g.path("text"), "The hole is closed.\n").unwrap();
    let text = g.path("text").to_str().unwrap().to_owned();
    let reply = ["reply", "1", "--message", &text, "--yes"];
    assert!(g.run(&reply).code_in(&[2]).contains("--in-clear"));
    g.run(&[&reply[..], &["--in-clear"]].concat()).ok();
}
