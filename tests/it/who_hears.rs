//! Who hears of a promise: the owner, the second line from a step on, somebody at night;
//! `check` and `explain` say it before and after.

use crate::kit::{Gatepost, header};
use crate::post_office::PostOffice;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Friday 30 April 2027, 16:40 in London; Monday 3 May is a holiday.
const FRIDAY: &str = "2027-04-30 15:40";

/// Puts a third person into the team: dan, the second line.
fn with_dan(g: &Gatepost, config: &str) -> String {
    let dan = g.anna.replace("anna-", "dan-");
    let table =
        format!("[[team]]\nname = \"dan\"\naddress = \"{dan}\"\nsecond_line = true\n\n[[mailbox]]");
    g.write_config(&config.replacen("[[mailbox]]", &table, 1));
    dan
}

fn subjects(g: &Gatepost, user: &str) -> Vec<String> {
    let all = g.mail_of(user);
    all.iter().map(|m| header(m, "Subject").unwrap()).collect()
}

#[test]
fn the_second_line_hears_from_three_hours_before_and_explain_names_it() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::new(&office, "second-line");
    let check = |g: &Gatepost| g.run(&["check", "--offline"]).ok();
    let alone = check(&g);
    let warning = "! no second line in [team]: nobody is told if all 2 are silent";
    assert!(alone.contains(warning), "{alone}");
    let dan = with_dan(&g, &g.config());
    let read_back = check(&g);
    assert!(!read_back.contains("no second line"), "{read_back}");
    assert!(
        read_back.contains("+ 2nd line from \"3 hours before\" on"),
        "{read_back}"
    );
    assert!(
        read_back.contains("anna, ben, dan (2nd line)"),
        "{read_back}"
    );
    g.run(&["init"]).ok();
    g.report_from(&g.reporter("mia"), "s@example.net");
    g.once().ok();
    g.wait_for_mail(&g.anna, 1);
    let next = "next: Wed 5 09:00 all, Thu 6 14:00 all + 2nd line";
    let explained = g.run(&["explain", "1"]).ok();
    assert!(explained.contains("Fri 30 16:40 all"), "{explained}");
    let one_line = explained.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(next), "{explained}");
    office.clock("2027-05-06 13:00");
    g.once().ok();
    let heard = g.wait_for_mail(&dan, 1);
    assert_eq!(heard.len(), 1, "{:?}", subjects(&g, &dan));
    assert!(
        subjects(&g, &dan)[0].contains("evaluation, date due Thu 6 May 17:00"),
        "{heard:?}"
    );
    let told = g.run(&["explain", "1", "--json"]).json();
    let told = told["deadlines"][0]["told"].as_array().unwrap().clone();
    assert_eq!(told.last().unwrap()["whom"], "all + 2nd line", "{told:?}");
}

/// Answered within two hours at any hour; told when it is due.
const AT_NIGHT: &str = r#"
name = "ours"
version = "2026-09-11"
url = "https://example.org/security"

[[promise]]
name = "help"
page = "We answer within two hours."
from = "received"
needs = ["answered"]
within = "2 hours"
any_hour = true
remind = ["at once", "when due"]

[[promise]]
name = "owner"
page = "There is always a contact."
from = "received"
needs = ["owned"]
remind = ["1 business day after", "daily after"]
"#;

#[test]
fn by_night_too_a_deadline_that_knows_no_hours_is_told_and_what_has_no_time_waits() {
    // Sunday 2 May, 03:10 in London.
    let office = PostOffice::own(Some("2027-05-02 02:10"));
    let mut g = Gatepost::new(&office, "night");
    fs::write(g.path("ours.toml"), AT_NIGHT).unwrap();
    fs::set_permissions(g.path("ours.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    g.write_config(&g.config().replace("\"neon\"", "\"ours.toml\""));
    g.run(&["init"]).ok();
    g.start();
    g.report_from(&g.reporter("mia"), "n@example.net");
    g.wait_for_mail(&g.anna, 1);
    let listed = g.list()[0]["deadlines"].as_array().unwrap().clone();
    assert!(
        listed
            .iter()
            .any(|d| d["promise"] == "owner" && d["due_at"].is_null()),
        "{listed:?}"
    );
    let night = g.run(&["explain", "1"]).ok();
    assert!(night.contains("never: the page gives no time"), "{night}");
    // The wall clock passes the deadline while timers stand still.
    office.clock("2027-05-02 04:11");
    g.wait_for_mail(&g.anna, 2);
    assert!(
        subjects(&g, &g.anna)[1].contains("answer due now"),
        "{:?}",
        subjects(&g, &g.anna)
    );
    // The first business day after it is Tuesday 4 May.
    office.clock("2027-05-04 08:00:01");
    let digest = g.wait_for_mail(&g.anna, 3).remove(2);
    assert!(
        digest.contains("Tue 4 May") && digest.contains("LATE"),
        "{digest}"
    );
    assert_eq!(g.signal("-TERM"), Some(0));
    g.run(&["list"]).ok();
    g.run(&["show", "1"]).ok();
}
