//! What a report says: seen in `show` and its JSON, asked for in the receipt where it is not
//! there, and never acted upon.

use crate::kit::{Gatepost, body, report};
use crate::post_office::PostOffice;
use serde_json::json;

const VECTOR: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

#[test]
fn show_says_what_the_report_names_and_where() {
    let g = Gatepost::ready(PostOffice::shared(), "says");
    let mia = g.reporter("mia");
    let text = format!(
        "Hello,\n\nPOST /hooks/import on hxxps://app[.]example[.]org fetches 192.0.2[.]7 (CWE-918).\n\
         Version 4.2.1, CVSS score 10.0\n{VECTOR}\n\
         Please credit me as Fox\u{1b}[31m in the Box.\n\n-- \nMia, https://signature.example\n"
    );
    let mail = report(&mia, &g.address, "s1@example.net", "SSRF", "", &text);
    g.arrives(&mia, &mail);
    g.once().ok();
    let shown = g.run(&["show", "1"]).ok();
    for part in [
        "\"hxxps://app[.]example[.]org\"",
        "192.0.2.7",
        "path /hooks/import",
        "CWE-918 (server-side request forgery)",
        "version 4.2.1",
        &format!("{VECTOR} is 9.8 critical, they say 10.0"),
        "gatepost set 1 credit=\"Fox in the Box\"",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    assert!(
        !shown.contains("missing:") && !shown.contains('\u{1b}'),
        "{shown}"
    );
    let document = g.show("1");
    let extracted = &document["extracted"];
    assert_eq!(extracted["urls"], json!(["https://app.example.org"]));
    assert_eq!(extracted["missing"], json!([]));
    assert_eq!(
        extracted["cvss"],
        json!([{"vector": VECTOR, "score": 9.8, "severity": "critical", "claimed": 10.0}])
    );
    assert_eq!(
        extracted["found"][1],
        json!({"kind": "url", "value": "https://app.example.org",
            "shown": "hxxps://app[.]example[.]org", "mail": 1, "line": 3})
    );
    let proposals = document["proposals"].as_array().unwrap();
    assert!(
        proposals
            .iter()
            .any(|p| p["command"] == "gatepost set 1 credit=\"Fox in the Box\"")
    );
    assert_eq!(
        document["credit"]["state"], "unasked",
        "a wish sets nothing"
    );
    let receipt = body(&g.wait_for_mail(&mia, 1)[0]);
    assert!(!receipt.contains("To help us"), "{receipt}");

    g.run(&["set", "1", &format!("severity={VECTOR}")]).ok();
    let shown = g.run(&["show", "1"]).ok();
    assert!(shown.contains("severity critical (9.8)"), "{shown}");
}

#[test]
fn what_is_missing_is_asked_for_and_not_quoted() {
    let g = Gatepost::ready(PostOffice::shared(), "lacks");
    for (name, subject, text, asked, missing) in [
        (
            "mia",
            "Hello",
            "Hi team\n",
            "neither the address (URL or IP) of the affected system nor a description",
            json!(["URL or IP", "description"]),
        ),
        (
            "kim",
            "Report",
            "Hi,\n\nhttps://example.org/pay\n",
            "a description of the problem was not in your mail",
            json!(["description"]),
        ),
        (
            "ravi",
            "Injection at shop.example.org",
            "The search form takes any quote, and the database answers with all orders.\n",
            "",
            json!([]),
        ),
    ] {
        let who = g.reporter(name);
        let mail = report(
            &who,
            &g.address,
            &format!("{name}@x.example"),
            subject,
            "",
            text,
        );
        g.arrives(&who, &mail);
        g.once().ok();
        let receipt = body(&g.wait_for_mail(&who, 1)[0]).replace('\n', " ");
        assert_eq!(
            receipt.contains("To help us"),
            !asked.is_empty(),
            "{receipt}"
        );
        assert!(receipt.contains(asked), "{receipt}");
        assert!(!receipt.contains("example.org/pay"), "{receipt}");
        let all = g.list();
        let last = all
            .iter()
            .map(|t| t["ref"].as_str().unwrap())
            .max()
            .unwrap();
        assert_eq!(g.show(last)["extracted"]["missing"], missing);
        let shown = g.run(&["show", last]).ok();
        assert_eq!(shown.contains("missing:"), !asked.is_empty(), "{shown}");
    }
}

#[test]
fn a_wish_is_shown_where_the_report_names_nothing() {
    let g = Gatepost::ready(PostOffice::shared(), "wishes");
    let mia = g.reporter("mia");
    for (n, text, because, command) in [
        (
            "1",
            "I don't need a reward. Please credit me as Kim Lee.",
            "Mail 1 reads as if they would like to be named \"Kim Lee\". If so:",
            "gatepost set 1 credit=\"Kim Lee\"",
        ),
        (
            "2",
            "Please don't publish my name.",
            "Mail 1 reads as if they would rather not be named. If so:",
            "gatepost set 2 credit=anonymous",
        ),
        (
            "3",
            "I would lose my job if you credit me as Kim Lee.",
            "Mail 1 speaks of credit, and not plainly of what they wish. Read it before you name anybody:",
            "gatepost show 3 --text 1",
        ),
    ] {
        let id = format!("wish{n}@example.net");
        let text = format!("Hello,\n\n{text}\n");
        let mail = report(&mia, &g.address, &id, "A report", "", &text);
        let file = g.path("report.eml");
        std::fs::write(&file, mail).unwrap();
        g.run(&[
            "open",
            "--file",
            &file.display().to_string(),
            "--from",
            &mia,
        ])
        .ok();
        let shown = g.run(&["show", n]).ok();
        let wanted = format!("?    {because}\n     {command}\n");
        assert!(shown.contains(&wanted), "{wanted}{shown}");
        let proposals = g.show(n)["proposals"].as_array().unwrap().clone();
        assert!(proposals.iter().any(|p| p["command"] == command));
    }
    let set = g.show("3")["credit"]["state"].clone();
    assert_eq!(set, "unasked");
}
