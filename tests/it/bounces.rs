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

#[test]
fn a_bounce_in_prose_finds_its_letter_and_a_forged_one_changes_nothing() {
    let g = Gatepost::ready(PostOffice::shared(), "prose");
    let mia = g.reporter("mia");
    g.report_from(&mia, "p1@example.net");
    wait_until("it is taken in", PATIENCE, || {
        g.once().ok();
        (!g.list().is_empty()).then_some(())
    });
    let receipt = g.wait_for_mail(&mia, 1);
    let id = header(receipt.last().unwrap(), "Message-ID").unwrap();
    let before = g.fact_names("1");
    assert!(before.contains(&"acknowledged".to_owned()));
    let prose =
        String::from_utf8_lossy(include_bytes!("../mail/bounce-below-a-line.eml")).into_owned();
    let late =
        String::from_utf8_lossy(include_bytes!("../mail/bounce-late-not-failed.eml")).into_owned();

    // As it stands in the file it cites a letter that was never ours.
    g.arrives("", prose.as_bytes());
    wait_until("the forged one lies in the tray", PATIENCE, || {
        g.once().ok();
        g.run(&["adopt"]).out.contains("Your mail").then_some(())
    });
    assert_eq!(g.fact_names("1"), before);

    let cited = header_of_returned(&late);
    let late = late.replace(&cited, id.trim_matches(['<', '>']));
    g.arrives("", late.as_bytes());
    wait_until("the delay is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"noted".to_owned())
            .then_some(())
    });
    assert!(!g.fact_names("1").contains(&"undelivered".to_owned()));

    let true_one = prose.replace(&cited, id.trim_matches(['<', '>']));
    g.arrives("", true_one.as_bytes());
    wait_until("the bounce is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"undelivered".to_owned())
            .then_some(())
    });
    assert_eq!(g.list().len(), 1, "a bounce opens no ticket");
    assert_eq!(g.mail_of(&mia).len(), 1, "a bounce is not answered");
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
