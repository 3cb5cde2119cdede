//! A date that was given is a promise: it moves when the reporter is told in time, and is
//! missed when not. A ticket lives under the policy that it began under.

use crate::kit::{Gatepost, PATIENCE, body, report};
use crate::post_office::{PostOffice, wait_until};

/// Friday 30 April 2027, 16:40 in London; Monday 3 May is a holiday.
const FRIDAY: &str = "2027-04-30 15:40";

fn report_of(g: &Gatepost, office: &PostOffice, name: &str) -> String {
    let from = g.reporter(name);
    let before = office.inbox(&g.address).len();
    let id = format!("{name}@example.net");
    let mail = report(&from, &g.address, &id, "SSRF", "", "https://example.org/x");
    office.deliver(&from, &g.address, &mail);
    wait_until("the report is there", PATIENCE, || {
        (office.inbox(&g.address).len() > before).then_some(())
    });
    g.once().ok();
    from
}

fn due(g: &Gatepost, reference: &str, promise: &str) -> (String, String) {
    let all = g.show(reference)["deadlines"].as_array().unwrap().clone();
    let last = all.iter().rfind(|d| d["promise"] == promise).unwrap();
    let text = |key: &str| last[key].as_str().unwrap().to_owned();
    (text("due_at"), text("standing"))
}

#[test]
fn a_date_moves_when_it_is_told_in_time_and_is_missed_when_not() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "moves");
    let mia = report_of(&g, &office, "mia");
    office.clock("2027-05-04 09:00");
    g.run(&["evaluate", "1", "accepted", "--expected", "17 Jun", "--yes"])
        .ok();
    g.once().ok();
    assert_eq!(due(&g, "1", "resolve").0, "2027-06-17T16:00:00Z");

    office.clock("2027-06-09 09:00");
    let to = |date: &'static str| ["reply", "1", "--expected", date, "--yes"];
    let why = g.run(&to("25 Jun")).code_in(&[2]);
    assert!(why.contains("a date that moves has a reason"), "{why}");
    let why = g.run(&to("17 Jun")).code_in(&[2]);
    assert!(why.contains("told 2027-06-17 already"), "{why}");
    let because = ["--because", "rework found two more"];
    let moved = g.run(&[&to("25 Jun")[..], &because].concat()).ok();
    let first = "date moved: 17 Jun -> 25 Jun, 1st move, 6 bd before it was due (counts as moved)";
    assert!(moved.contains(first), "{moved}");
    assert_eq!(
        due(&g, "1", "resolve").0,
        "2027-06-17T16:00:00Z",
        "not told yet"
    );
    g.once().ok();
    assert_eq!(due(&g, "1", "resolve").0, "2027-06-25T16:00:00Z");
    let letter = body(&g.wait_for_mail(&mia, 3)[2]);
    assert!(
        letter.contains("  Expected resolution: 2027-06-25\n"),
        "{letter}"
    );
    assert!(letter.contains("rework found two more."), "{letter}");

    office.clock("2027-06-28 09:00");
    let missed = g.run(&[&to("9 Jul")[..], &because].concat()).ok();
    let second = "date moved: 25 Jun -> 9 Jul, 2nd move, 1 bd after it was due (counts as missed)";
    assert!(missed.contains(second), "{missed}");
    g.once().ok();
    let letter = body(&g.wait_for_mail(&mia, 4)[3]);
    assert!(letter.contains("We are sorry."), "{letter}");
    let explained = g.run(&["explain", "1"]).ok();
    assert_eq!(
        explained.matches("\nresolve ").count(),
        1,
        "one block: {explained}"
    );
    for line in [
        "  due     Fri  9 Jul 17:00 +01:00",
        "  moved   2 moves: 17 Jun -> 25 Jun -> 9 Jul",
        "17 Jun -> 25 Jun  told Wed  9 Jun, 6 bd before it was due   moved",
        "25 Jun ->  9 Jul  told Mon 28 Jun, 1 bd after it was due    missed",
    ] {
        assert!(explained.contains(line), "{line}\n{explained}");
    }

    // Said on the telephone in time, and written down when it was late already.
    office.clock("2027-07-12 09:00");
    let said = ["--said-at", "8 Jul 15:00", "--via", "phone"];
    let told = [&to("16 Jul")[..], &because, &said].concat();
    g.run(&told).ok();
    let explained = g.run(&["explain", "1"]).ok();
    let line = " 9 Jul -> 16 Jul  told Thu  8 Jul, 1 bd before it was due   moved";
    assert!(explained.contains(line), "{explained}");
    assert_eq!(g.mail_of(&mia).len(), 4);
    g.run(&["audit"]).ok();
}

#[test]
fn a_ticket_keeps_the_policy_that_it_began_under() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "policies");
    let mia = report_of(&g, &office, "mia");
    let respond = due(&g, "1", "respond").0;
    assert_eq!(respond, "2027-05-06T16:00:00Z");
    let neon = g.run(&["help", "policy", "neon"]).ok();
    let faster = neon
        .replace("version = \"2024-12-04\"", "version = \"2027-05-01\"")
        .replace(
            "within = \"3 business days\"",
            "within = \"1 business day\"",
        )
        .replace(
            "within = \"10 business days\"",
            "within = \"2 business days\"",
        );
    std::fs::write(g.path("faster.toml"), faster).unwrap();
    g.write_config(
        &g.config()
            .replace("policy = \"neon\"", "policy = \"faster.toml\""),
    );

    let ravi = report_of(&g, &office, "ravi");
    assert_eq!(
        due(&g, "2", "respond").0,
        "2027-05-04T16:00:00Z",
        "the new one"
    );
    assert_eq!(due(&g, "1", "respond").0, respond, "as it was promised");
    let explained = g.run(&["explain", "1"]).ok();
    assert!(explained.contains("of 2024-12-04"), "{explained}");
    assert!(g.run(&["explain", "2"]).ok().contains("of 2027-05-01"));

    // What starts later starts under the old policy too, and letters quote that one.
    office.clock("2027-05-04 09:00");
    for reference in ["1", "2"] {
        g.run(&[
            "evaluate",
            reference,
            "accepted",
            "--expected",
            "17 Jun",
            "--yes",
        ])
        .ok();
    }
    g.once().ok();
    assert_eq!(due(&g, "1", "inform").0, "2027-05-18T16:00:00Z");
    assert_eq!(due(&g, "2", "inform").0, "2027-05-06T16:00:00Z");
    let hears = |who: &str| body(&g.wait_for_mail(who, 2)[1]);
    assert!(
        hears(&mia).contains("by Tuesday 18 May 2027 at the latest"),
        "{}",
        hears(&mia)
    );
    assert!(
        hears(&ravi).contains("by Thursday 6 May 2027 at the latest"),
        "{}",
        hears(&ravi)
    );
    g.run(&["audit"]).ok();
}
