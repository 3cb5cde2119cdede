//! A machine that slept, and a calendar that knows no holidays.

use super::*;

/// A promise of four hours at any hour and one of a business day; both tell when they are due.
const TWO_PROMISES: &str = r#"
name = "drill"
version = "2027-01-01"
url = "https://example.org/security"

[[promise]]
name = "quick"
page = "We look at it within four hours."
from = "received"
needs = ["answered"]
within = "4 hours"
any_hour = true
remind = ["when due"]

[[promise]]
name = "respond"
page = "We answer within a business day."
from = "received"
needs = ["answered"]
within = "1 business day"
remind = ["when due"]
"#;

#[test]
fn what_fell_due_while_the_machine_slept_is_told_within_a_minute_of_its_waking() {
    let office = PostOffice::own(Some(FRIDAY));
    let mut g = Gatepost::new(&office, "sleeps");
    fs::write(g.path("drill.toml"), TWO_PROMISES).unwrap();
    g.write_config(&g.config().replace("\"neon\"", "\"drill.toml\""));
    g.run(&["init"]).ok();
    g.start();
    let mia = g.reporter("mia");
    g.report_from(&mia, "sleeps@example.net");
    g.wait_for_mail(&mia, 1);
    // By night, for a promise of any hour; and just behind the close of business.
    for (n, when, promise) in [
        (1, "2027-04-30 19:45:00", "quick"),
        (2, "2027-05-04 16:00:01", "respond"),
    ] {
        kill(&g, "-STOP");
        office.clock(when);
        kill(&g, "-CONT");
        let woke = Instant::now();
        let letter = g.wait_for_mail(&g.anna, n).remove(n - 1);
        assert!(woke.elapsed() < Duration::from_secs(60));
        says(&letter, &["0001", promise]);
    }
    assert_eq!(g.signal("-TERM"), Some(0));
    assert_eq!(g.mail_of(&g.anna).len(), 2);
}

#[test]
fn a_calendar_without_holidays_makes_deadlines_earlier_and_is_warned_of() {
    let office = PostOffice::own(Some(FRIDAY));
    let due = |story: &str, holidays: &str| {
        let g = Gatepost::new(&office, story);
        let config = g.config();
        let (before, _) = config.split_once("holidays = ").unwrap();
        g.write_config(&format!("{before}holidays = {holidays}\n"));
        let checked = g.run(&["check", "--offline"]).ok();
        g.run(&["init"]).ok();
        let mia = g.reporter("mia");
        g.report_from(&mia, &format!("{story}@example.net"));
        let ran = g.once();
        assert_eq!(ran.code, 0, "{}", ran.err);
        let health = g.run(&["health", "--json"]).out;
        (respond(&g, "1")["due_at"].clone(), checked, ran.err, health)
    };
    let (with, checked, _, health) = due("holidays", "[\"2027-05-03\", \"2099-12-25\"]");
    assert_eq!(with, "2027-05-06T16:00:00Z");
    assert!(!checked.contains("holiday from today on"), "{checked}");
    assert!(!health.contains("\"calendar\""), "{health}");
    // A day early is a day of grace lost, and never a promise broken unseen.
    for (story, holidays) in [("none", "[]"), ("over", "[\"2027-04-02\"]")] {
        let (without, checked, log, health) = due(story, holidays);
        assert_eq!(without, "2027-05-05T16:00:00Z", "{holidays}");
        says(&checked, &["no holiday from today on"]);
        says(&log, &["no holiday from today on"]);
        says(&health, &["\"calendar\""]);
    }
}
