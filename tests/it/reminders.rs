//! The team is told: at once, before, when due, and each morning after; once each.
//! The servers and gatepost share a clock that the tests move.

use crate::kit::{Gatepost, PATIENCE, body, header, report};
use crate::post_office::{PostOffice, wait_until};

/// Friday 30 April 2027, 16:40 in London; Monday 3 May is a holiday.
const FRIDAY: &str = "2027-04-30 15:40";

fn subjects(g: &Gatepost, user: &str) -> Vec<String> {
    g.mail_of(user)
        .iter()
        .map(|m| header(m, "Subject").unwrap())
        .collect()
}

/// One report on Friday, taken in.
fn with_one_report<'o>(office: &'o PostOffice, story: &str) -> Gatepost<'o> {
    let g = Gatepost::ready(office, story);
    let mia = g.reporter("mia");
    office.deliver(
        &mia,
        &g.address,
        &report(
            &mia,
            &g.address,
            "f@example.net",
            "SSRF canary-subject",
            "",
            "canary-body https://example.org/x",
        ),
    );
    wait_until("the report is there", PATIENCE, || {
        (!office.inbox(&g.address).is_empty()).then_some(())
    });
    g.once().ok();
    g
}

#[test]
fn each_step_is_told_once_and_at_its_time() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = with_one_report(&office, "steps");
    let told = |when: &str, count: usize| {
        office.clock(when);
        g.once().ok();
        g.once().ok();
        wait_until(&format!("{count} letters by {when}"), PATIENCE, || {
            (g.mail_of(&g.anna).len() >= count).then_some(())
        });
        assert_eq!(
            g.mail_of(&g.anna).len(),
            count,
            "{when}: {:?}",
            subjects(&g, &g.anna)
        );
    };
    told("2027-04-30 15:41", 1);
    let first = g.mail_of(&g.anna).remove(0);
    assert_eq!(header(&first, "Auto-Submitted").unwrap(), "auto-generated");
    assert!(
        header(&first, "Subject").unwrap().contains("0001"),
        "{first}"
    );
    told("2027-05-01 12:00", 1);
    told("2027-05-04 16:59", 1);
    told("2027-05-05 07:59", 1);
    told("2027-05-05 08:00", 2);
    told("2027-05-06 12:59", 2);
    told("2027-05-06 13:00", 3);
    assert_eq!(g.list()[0]["deadlines"][0]["standing"], "approaching");
    told("2027-05-06 15:59", 3);
    told("2027-05-06 16:00", 4);
    told("2027-05-06 16:30", 4);
    assert_eq!(g.list()[0]["deadlines"][0]["standing"], "overdue");
    told("2027-05-07 07:59", 4);
    told("2027-05-07 08:00", 5);
    told("2027-05-08 12:00", 5);
    told("2027-05-10 08:00", 6);
    assert_eq!(
        g.mail_of(&g.anna.replace("anna-", "ben-")).len(),
        6,
        "ben is told as anna is"
    );
    for letter in g.mail_of(&g.anna) {
        let all = format!(
            "{}\n{}",
            letter.split("\n\n").next().unwrap(),
            body(&letter)
        );
        for canary in ["canary-subject", "canary-body", "Mia", "mia-"] {
            assert!(!all.contains(canary), "{canary} in a reminder: {all}");
        }
        assert!(
            body(&letter).lines().all(|l| l.chars().count() <= 76),
            "{all}"
        );
    }
    let explained = g.run(&["explain", "1"]).ok();
    assert!(
        explained.contains("Mon  3 May        Early May bank holiday"),
        "{explained}"
    );
    assert!(
        explained.contains("Thu  6 May        day 3, closes 17:00 +01:00"),
        "{explained}"
    );
    assert!(g.run(&["list"]).ok().contains("LATE since Thu 6 May"));
}

#[test]
fn after_ten_days_down_with_fifty_due_everybody_gets_one_letter() {
    let office = PostOffice::own(Some(FRIDAY));
    let mut g = with_one_report(&office, "down");
    for i in 1..50 {
        let from = g.reporter(&format!("r{i}"));
        let id = format!("d{i}@example.net");
        let text = "https://example.org/y";
        office.deliver(
            &from,
            &g.address,
            &report(&from, &g.address, &id, "more", "", text),
        );
    }
    wait_until("the reports are there", PATIENCE, || {
        (office.inbox(&g.address).len() == 50).then_some(())
    });
    g.once().ok();
    assert_eq!(
        g.wait_for_mail(&g.anna, 1).len(),
        1,
        "further news are gathered"
    );
    office.clock("2027-04-30 15:59");
    g.once().ok();
    let gathered = g.wait_for_mail(&g.anna, 2).remove(1);
    assert!(
        header(&gathered, "Subject").unwrap().contains("49 new"),
        "{gathered}"
    );
    office.clock("2027-05-10 09:30");
    g.start();
    g.wait_for_mail(&g.anna, 3);
    g.wait_for_mail(&g.anna.replace("anna-", "ben-"), 3);
    assert_eq!(g.signal("-TERM"), Some(0));
    g.once().ok();
    let letters = g.mail_of(&g.anna);
    assert_eq!(letters.len(), 3, "{:?}", subjects(&g, &g.anna));
    let digest = body(&letters[2]);
    let subject = header(&letters[2], "Subject").unwrap();
    assert!(subject.contains("50 late"), "{subject}: {digest}");
    assert!(
        digest.lines().all(|l| l.chars().count() <= 40),
        "it is read on a telephone: {digest}"
    );
    assert!(
        digest.contains("LATE   0001") && digest.contains("0002 and 48 alike"),
        "{digest}"
    );
    assert!(digest.contains("Record "), "{digest}");
}

#[test]
fn the_running_daemon_notices_that_the_clock_has_moved() {
    let office = PostOffice::own(Some(FRIDAY));
    let mut g = Gatepost::ready(&office, "moved");
    g.start();
    let mia = g.reporter("mia");
    office.deliver(
        &mia,
        &g.address,
        &report(
            &mia,
            &g.address,
            "m@example.net",
            "XSS",
            "",
            "https://example.org/x",
        ),
    );
    g.wait_for_mail(&mia, 1);
    g.wait_for_mail(&g.anna, 1);
    office.clock("2027-05-05 08:00:01");
    g.wait_for_mail(&g.anna, 2);
    assert_eq!(g.signal("-TERM"), Some(0));
    assert_eq!(g.mail_of(&mia).len(), 1);
}

#[test]
fn a_held_receipt_and_the_tray_are_told_of_until_somebody_looks() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "held");
    let away = g.reporter("away");
    let note = report(
        &away,
        &g.address,
        "o@example.net",
        "away",
        "Auto-Submitted: auto-replied\n",
        "Back on Monday.",
    );
    office.deliver(&away, &g.address, &note);
    office.deliver(
        "",
        &g.address,
        include_bytes!("../mail/bounce-delivery-report.eml"),
    );
    wait_until("both are there", PATIENCE, || {
        (office.inbox(&g.address).len() == 2).then_some(())
    });
    g.once().ok();
    let first = g.wait_for_mail(&g.anna, 1).remove(0);
    assert!(body(&first).contains("HELD"), "{first}");
    office.clock("2027-05-04 08:00");
    g.once().ok();
    let second = g.wait_for_mail(&g.anna, 2).remove(1);
    assert!(
        body(&second).contains("HELD") && body(&second).contains("TRAY"),
        "{second}"
    );
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    g.run(&["outbox", "drop", &letter]).ok();
    office.clock("2027-05-05 07:00");
    g.once().ok();
    assert_eq!(
        g.mail_of(&g.anna).len(),
        2,
        "nothing is held now, and nothing is due: {:?}",
        subjects(&g, &g.anna)
    );
    assert_eq!(g.mail_of(&away).len(), 0);
}
