//! An address that looks like ours, and a name that holds another address: people see it
//! wherever they see who wrote, and nothing else comes of it.

use crate::kit::{Gatepost, report};
use crate::post_office::PostOffice;
use serde_json::Value;

/// The marks of a ticket, by its reporter's address.
fn marks(list: &[Value], from: &str) -> Value {
    let theirs = |t: &&Value| t["reporter"]["address"] == from;
    let ticket = list.iter().find(theirs);
    let ticket = ticket.unwrap_or_else(|| panic!("no ticket of {from} in {list:?}"));
    ticket["reporter"]["marks"].clone()
}

#[test]
fn who_looks_like_us_is_marked_in_the_list_the_thread_the_tray_and_json() {
    let g = Gatepost::ready(PostOffice::shared(), "likeness");
    let mia = g.reporter("mia");
    let like = "anna@example-security.test";
    let mixed = "a@xn--exmple-4nf.test";
    let named = g.reporter("named");
    let mail = |from: &str, id: &str| {
        report(
            from,
            &g.address,
            id,
            "XSS in search",
            "",
            "See https://example.org/.",
        )
    };
    let say = |from: &str, to: &str, eml: Vec<u8>| {
        let text = String::from_utf8(eml).unwrap().replace("Mia O.", to);
        g.arrives(from, text.as_bytes());
    };
    say(&mia, "Mia O.", mail(&mia, "l1@example.net"));
    say(like, "Anna", mail(like, "l2@example.net"));
    say(mixed, "Anna", mail(mixed, "l3@example.net"));
    say(
        &named,
        "\"anna@example.org\"",
        mail(&named, "l4@example.net"),
    );
    // It goes to the tray.
    let bounce = include_str!("../mail/bounce-delivery-report.eml");
    let from = bounce.lines().find(|l| l.starts_with("From:")).unwrap();
    let bounce = bounce.replace(from, "From: mailer-daemon@example.test");
    g.arrives("", bounce.as_bytes());
    g.once();

    let list = g.list();
    let looks = "looks like example.org";
    assert_eq!(marks(&list, &mia), serde_json::json!([]));
    assert_eq!(marks(&list, like), serde_json::json!([looks]));
    assert_eq!(
        marks(&list, mixed),
        serde_json::json!([looks, "mixed scripts"])
    );
    assert_eq!(
        marks(&list, &named),
        serde_json::json!(["address in the name"])
    );

    // The server forbids letters to those domains, and is not believed so soon; a wide terminal
    // has room for the mark of that, too.
    let shown = g.command(&["list", "--all"]).env("COLUMNS", "120").output();
    let shown = String::from_utf8(shown.unwrap().stdout).unwrap();
    for (mark, times) in [(looks, 2), ("address in the name", 1)] {
        let found = shown.matches(&format!("  [{mark}] \"")).count();
        assert_eq!(found, times, "{mark}: {shown}");
    }
    assert_eq!(shown.matches('[').count(), 3, "{shown}");
    for t in &list {
        let show = g.run(&["show", t["ref"].as_str().unwrap()]).ok();
        let from = t["reporter"]["address"].as_str().unwrap();
        // Above the thread, and at the mail.
        let marked = show.matches(&format!("{from} [")).count();
        let is_marked = t["reporter"]["marks"] != serde_json::json!([]);
        assert_eq!(marked, if is_marked { 2 } else { 0 }, "{show}");
        let thread = &g.show(t["ref"].as_str().unwrap())["thread"][0];
        assert_eq!(
            (&thread["from"], &thread["marks"]),
            (&t["reporter"]["address"], &t["reporter"]["marks"])
        );
        assert!(
            ["sent", "queued", "refused", "unknown"]
                .contains(&t["acknowledgement"].as_str().unwrap()),
            "a mark holds nothing: {t}"
        );
    }
    // Before a person writes there.
    let like = list
        .iter()
        .find(|t| t["reporter"]["address"] == like)
        .unwrap();
    let reference = like["ref"].as_str().unwrap();
    let soon = crate::kit::soon();
    let letter = [
        "accepted",
        "--expected",
        &soon,
        "--plan",
        "Mend it.",
        "--dry-run",
    ];
    let letter = g
        .run(&[&["evaluate", reference][..], &letter].concat())
        .ok();
    let warning = "! it goes to anna@example-security.test [looks like example.org]";
    assert!(letter.contains(warning), "{letter}");
    let tray = g.run(&["adopt"]).ok();
    assert!(
        tray.contains("mailer-daemon@example.test [looks like example.org]"),
        "{tray}"
    );
    let tray = g.run(&["adopt", "--json"]).json();
    assert_eq!(tray["tray"][0]["marks"], serde_json::json!([looks]));
}
