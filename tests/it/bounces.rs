//! A bounce of our letter: the promise that the letter had met is open again.

use crate::kit::{Gatepost, PATIENCE, header, report, soon};
use crate::post_office::{PostOffice, wait_until};

#[test]
fn a_bounce_of_our_letter_opens_again_what_it_had_met() {
    let g = Gatepost::ready(PostOffice::shared(), "bounced");
    let mia = g.reporter("mia");
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "b1@example.net",
            "XSS",
            "",
            "https://example.org/",
        ),
    );
    wait_until("it is taken in", PATIENCE, || {
        g.once().ok();
        (!g.list().is_empty()).then_some(())
    });
    g.run(&[
        "evaluate",
        "1",
        "accepted",
        "--expected",
        "2099-01-05",
        "--plan",
        "Fix it.",
        "--yes",
    ])
    .code_in(&[1, 2]);
    g.run(&[
        "evaluate",
        "1",
        "accepted",
        "--expected",
        &soon(),
        "--plan",
        "Fix it.",
        "--yes",
    ])
    .ok();
    g.once().ok();
    let letters = g.wait_for_mail(&mia, 2);
    let id = header(letters.last().unwrap(), "Message-ID").unwrap();
    assert!(g.fact_names("1").contains(&"evaluated".to_owned()));
    let bounce =
        String::from_utf8_lossy(include_bytes!("../mail/bounce-delivery-report.eml")).into_owned();
    let cited = header_of_returned(&bounce);
    g.arrives(
        "",
        bounce
            .replace(&cited, id.trim_matches(['<', '>']))
            .as_bytes(),
    );
    wait_until("the bounce is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"undelivered".to_owned())
            .then_some(())
    });
    let t = &g.list()[0];
    assert_eq!(t["stage"], "new", "the evaluation did not arrive");
    let respond = t["deadlines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["promise"] == "respond")
        .unwrap()
        .clone();
    assert_eq!(respond["standing"], "on-time");
    assert_eq!(respond["missing"].as_array().unwrap().len(), 2);
    assert_eq!(g.list().len(), 1, "a bounce opens no ticket");
}

/// The Message-ID of the mail that a bounce returns: its last one.
fn header_of_returned(bounce: &str) -> String {
    let line = bounce
        .lines()
        .rfind(|l| l.to_ascii_lowercase().starts_with("message-id:"))
        .unwrap();
    line.split('<')
        .nth(1)
        .unwrap()
        .split('>')
        .next()
        .unwrap()
        .to_owned()
}
