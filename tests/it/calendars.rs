//! Holiday files: whose days move a deadline, what each command says of them, and which
//! are refused.

use crate::faults::says;
use crate::kit::{Gatepost, body};
use crate::post_office::PostOffice;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

/// The config, which names `team.ics` and shows deadlines in Kolkata too.
fn config(g: &Gatepost) -> String {
    let keys = "holiday_files = [\"team.ics\"]\nalso_show = [\"Asia/Kolkata\"]\nhours = ";
    g.config_with("[calendar]", "hours = ", keys)
}

fn write_events(g: &Gatepost, mode: u32, events: &[String]) {
    let events: String = events
        .iter()
        .map(|lines| format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n"))
        .collect();
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR");
    g.write_secret("team.ics", &text, mode);
}

fn all_day(day: Date, name: &str) -> String {
    let day = day.strftime("%Y%m%d");
    format!("DTSTART;VALUE=DATE:{day}\r\nSUMMARY:{name}")
}

/// The second day from Monday to Friday after today: it lies within three business days
/// of a report of now.
fn second_business_day() -> Date {
    let today = jiff::Zoned::now()
        .with_time_zone(jiff::tz::TimeZone::UTC)
        .date();
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    (1..)
        .map(|n| today.saturating_add(n.days()))
        .filter(|day| !weekend.contains(&day.weekday()))
        .nth(1)
        .unwrap()
}

#[test]
fn a_day_off_of_a_file_moves_a_deadline_and_no_later_file_moves_it_again() {
    let g = Gatepost::ready(PostOffice::shared(), "calendar");
    let far = "2098-06-02".parse().unwrap();
    let outing = second_business_day();
    let yearly = "DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New Year".to_owned();
    let timed = "DTSTART:20270503T090000Z\r\nSUMMARY:Standup".to_owned();
    write_events(&g, 0o600, &[all_day(outing, "Works outing"), yearly, timed]);
    g.write_config(&config(&g));
    let mia = g.reporter("mia");
    g.report_from(&mia, "calendar@example.net");
    g.once().ok();
    let explained = g.run(&["explain", "1"]).ok();
    says(
        &explained,
        &["Works outing (team.ics)", "+05:30 Asia/Kolkata"],
    );
    let letter = body(&g.wait_for_mail(&mia, 1)[0]).replace('\n', " ");
    says(&letter, &["is a public holiday here (Works outing)"]);
    assert!(
        !letter.contains("team.ics") && !letter.contains("Kolkata"),
        "{letter}"
    );
    let told = g.run(&["check", "--offline"]).ok();
    says(
        &told,
        &[
            "calendar  Europe/London, Mon-Fri 09:00-17:00; next days",
            "team.ics never ends",
            "+05:30 Asia/Kolkata",
            "! the holiday file team.ics has one event with a time of day",
        ],
    );
    assert!(!told.contains("stays due"), "{told}");

    let due =
        |g: &Gatepost| g.run(&["explain", "1", "--json"]).json()["deadlines"][0]["due_at"].clone();
    let promised = due(&g);
    write_events(&g, 0o600, &[all_day(far, "Far away")]);
    let told = g.run(&["check", "--offline"]).ok();
    says(
        &told,
        &[
            "team.ics ends Jun 2098",
            "-0001 respond stays due ",
            "; by the calendar of now it would be ",
        ],
    );
    g.once().ok();
    assert_eq!(due(&g), promised);
    says(&g.run(&["explain", "1"]).ok(), &["Works outing (team.ics)"]);
}

#[test]
fn thirty_days_before_a_file_ends_check_warns_and_nothing_is_wrong() {
    let g = Gatepost::new(PostOffice::shared(), "calendar-end");
    let soon = second_business_day();
    write_events(&g, 0o600, &[all_day(soon, "The last")]);
    g.write_config(&config(&g));
    let ends = soon.strftime("! the holiday file team.ics ends on %a %-d %b %Y: put the next");
    says(&g.run(&["check", "--offline"]).ok(), &[&ends.to_string()]);
    assert!(!g.path("store").exists(), "it makes no store");
}

#[test]
fn a_hostile_file_is_refused_before_anything_starts() {
    let g = Gatepost::new(PostOffice::shared(), "calendar-hostile");
    g.write_config(&config(&g));
    let day: Date = "2027-05-03".parse().unwrap();
    let refused = |wanted: &[&str]| {
        for args in [&["check"][..], &["init"], &["run", "--once"]] {
            let err = g.run(args).code_in(&[2]);
            says(&err, wanted);
        }
        assert!(!g.path("store").exists(), "nothing was begun");
    };
    refused(&["team.ics: cannot be read"]);
    write_events(&g, 0o602, &[all_day(day, "May")]);
    refused(&[
        "team.ics: may be written by others (mode 0602)",
        "chmod go-w",
    ]);
    fs::set_permissions(g.path("team.ics"), fs::Permissions::from_mode(0o600)).unwrap();
    let daily = all_day(day, "May\u{1b}[2J") + "\r\nRRULE:FREQ=DAILY";
    write_events(&g, 0o600, &[daily]);
    refused(&["team.ics:6: the event \"May\\u{1b}[2J\" has the rule FREQ=DAILY: it is not yearly"]);
    let days: Vec<String> = (0..20)
        .map(|n| all_day(day.saturating_add(n.days()), "x"))
        .collect();
    write_events(&g, 0o600, &days);
    refused(&["team.ics: more than 16 days off in a row from 2027-05-01 on"]);
    g.write_secret(
        "team.ics",
        &format!("BEGIN:VCALENDAR\n{}", "BEGIN:A\n".repeat(120_000)),
        0o600,
    );
    refused(&["team.ics:5: is nested too deep"]);
}

/// An event with these lines, behind one that is fine.
fn behind_one(lines: &str) -> Vec<String> {
    let fine = all_day("2027-05-03".parse().unwrap(), "May");
    vec![fine, lines.to_owned()]
}

/// Days off from a day on: of each so many, so many.
fn some_off(from: &str, days: i64, of: i64, off: i64) -> Vec<String> {
    let from: Date = from.parse().unwrap();
    let taken = (0..days).filter(|n| n % of < off);
    taken
        .map(|n| all_day(from.saturating_add(n.days()), "x"))
        .collect()
}

#[test]
fn a_calendar_that_would_hide_a_deadline_is_refused_at_once() {
    let g = Gatepost::new(PostOffice::shared(), "calendar-bombs");
    g.write_config(&config(&g));
    let day = "DTSTART;VALUE=DATE:20270503";
    let rule = |rule: &str| behind_one(&format!("{day}\r\nRRULE:{rule}"));
    let other = |line: &str| behind_one(&format!("{day}\r\n{line}"));
    let yearly = "DTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY".to_owned();
    let long = vec![format!("{day}\r\nDESCRIPTION:{}", "x".repeat(1 << 20))];
    let many = (0..5001).map(|_| format!("{day}\r\nSUMMARY:x")).collect();
    let last = "DTSTART;VALUE=DATE:99991231".to_owned();
    let joined = [
        "20270401\r\nDTEND;VALUE=DATE:20270409",
        "20270409\r\nDTEND;VALUE=DATE:20270418",
    ];
    let joined = joined.map(|days| format!("DTSTART;VALUE=DATE:{days}"));
    let zoned = "DTSTART;TZID=Mars/Base:20270503T090000".to_owned();
    for (events, wanted) in [
        (long, "team.ics: is longer than 1 MiB"),
        (many, "there are more than 5000 events"),
        (vec![yearly; 1001], "the events take more than 100000 days"),
        (
            some_off("2027-01-04", 365, 2, 1),
            "business days in the year from",
        ),
        (
            some_off("2034-01-02", 365, 7, 3),
            "business days in the year from 2034-",
        ),
        (
            some_off("2031-06-02", 17, 1, 1),
            "more than 16 days off in a row from 2031-05-31",
        ),
        (
            joined.to_vec(),
            "more than 16 days off in a row from 2027-04-01",
        ),
        (vec![last], "holds no day off"),
        (vec![zoned], "holds no day off"),
        (
            behind_one("DTSTART;VALUE=DATE:20270503\r\nDTEND;VALUE=DATE:99991231"),
            "days",
        ),
        (
            behind_one("DTSTART;VALUE=DATE:20270503\r\nDURATION:P65535W"),
            "lasts 458745 days",
        ),
        (
            behind_one("DTSTART;VALUE=DATE:20271301"),
            "has a DTSTART that is no day",
        ),
        (
            behind_one("DTSTART;VALUE=DATE:-0001010"),
            "has a DTSTART that is no day",
        ),
        (behind_one("SUMMARY:never"), "has no DTSTART"),
        (rule("FREQ=SECONDLY;COUNT=1000000000"), "it is not yearly"),
        (rule("FREQ=DAILY;UNTIL=99991231"), "it is not yearly"),
        (
            rule("FREQ=YEARLY;COUNT=99999999999999999999"),
            "COUNT=99999999999999999999",
        ),
        (rule("FREQ=YEARLY;BYMONTH=5;BYDAY=MO"), "BYDAY=MO"),
        (
            rule("FREQ=YEARLY;BYMONTH=5;BYDAY=1MO,2MO,3MO"),
            "BYDAY=1MO,2MO,3MO",
        ),
        (rule("FREQ=YEARLY;BYMONTH=1,2,3,4,5"), "BYMONTH=1,2,3,4,5"),
        (rule("FREQ=YEARLY;BYYEARDAY=1,2,3"), "BYYEARDAY"),
        (rule("FREQ=YEARLY;INTERVAL=0"), "INTERVAL=0"),
        (rule("FREQ=YEARLY;BYSECOND=0"), "BYSECOND"),
        (
            other("RECURRENCE-ID;VALUE=DATE:20270503"),
            "has a RECURRENCE-ID",
        ),
        (other("RDATE;VALUE=DATE:20270504,20270505"), "has RDATE"),
        (other("EXRULE:FREQ=YEARLY"), "has EXRULE"),
        (
            other("EXDATE;VALUE=DATE:some"),
            "has an EXDATE that is no day",
        ),
        (other("DTSTART;VALUE=DATE:20270504"), "has DTSTART twice"),
    ] {
        write_events(&g, 0o600, &events);
        let began = Instant::now();
        let err = g.run(&["check", "--offline"]).code_in(&[2]);
        let took = began.elapsed();
        says(&err, &["team.ics", wanted]);
        assert!(took < Duration::from_secs(5), "{wanted}: {took:?}");
    }
    // A pipe into which nobody writes is no file that is waited for.
    fs::remove_file(g.path("team.ics")).unwrap();
    let made = Command::new("mkfifo").arg(g.path("team.ics")).status();
    assert!(made.unwrap().success());
    let err = g.run(&["check", "--offline"]).code_in(&[2]);
    says(&err, &["team.ics: is not a file"]);
}
