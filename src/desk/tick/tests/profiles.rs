//! Each built-in profile with the clock moved through weeks: when each promise starts, who is
//! told of it when, and how it ends, as rows.

mod table;

use super::*;
use crate::desk::record::{ByHand, open};
use crate::ticket::{Outcome, Planned, WaitsFor};
use jiff::civil::Date;
use table::Table;

const ACCEPTED: What = What::Evaluated {
    outcome: Outcome::Accepted,
};

fn dated(on: Date) -> What {
    What::Dated { on }
}

fn planned(event: Planned, on: Date) -> What {
    What::Planned { event, on }
}

fn owned(who: &str) -> What {
    What::Owned { who: who.into() }
}

#[test]
fn neon_from_receipt_to_credit_with_a_date_that_is_missed() {
    let mut t = Table::new("neon", FRIDAY, None);
    t.at("2027-04-30 16:41", &[What::Acknowledged]);
    // Half kept on the third day, and late with the rest.
    t.at("2027-05-06 11:00", &[What::Answered, ACCEPTED]);
    t.at(
        "2027-05-07 11:30",
        &[owned("ben"), What::Answered, dated(date(2027, 5, 21))],
    );
    t.at("2027-05-10 12:00", &[What::ReporterWrote]);
    t.at("2027-05-14 12:00", &[What::Answered]);
    // Told too late that the date moves.
    t.at(
        "2027-05-24 10:00",
        &[What::Answered, dated(date(2027, 6, 5))],
    );
    t.at(
        "2027-06-02 10:00",
        &[planned(Planned::Publication, date(2027, 6, 12))],
    );
    t.at(
        "2027-06-03 10:00",
        &[What::Resolved, What::Answered, What::Thanked],
    );
    t.at("2027-06-15 10:00", &[What::UpdatePosted, What::Published]);
    t.at("2027-06-16 10:00", &[What::Credited]);
    t.until("2027-06-17 10:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn novu_and_a_reporter_who_publishes_before_we_do() {
    let mut t = Table::new("novu", FRIDAY, None);
    t.at(
        "2027-05-04 15:00",
        &[
            owned("anna"),
            What::Answered,
            ACCEPTED,
            dated(date(2027, 5, 14)),
        ],
    );
    t.at(
        "2027-05-05 10:00",
        &[planned(Planned::ReporterPublication, date(2027, 5, 29))],
    );
    t.at("2027-05-13 10:00", &[What::Resolved, What::Answered]);
    t.at("2027-06-01 10:00", &[What::UpdatePosted, What::Published]);
    t.at("2027-06-04 10:00", &[What::CreditDeclined]);
    t.until("2027-06-07 12:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn novu_somebody_who_wants_to_scan() {
    let mut t = Table::new("novu", "2027-05-04 10:00", Some("sandbox-request"));
    t.until("2027-05-12 10:00");
    t.at("2027-05-12 11:00", &[What::Answered]);
    t.until("2027-05-28 11:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn hey_a_customer_under_attack_on_a_sunday_night() {
    let mut t = Table::new("hey", "2027-05-02 02:10", Some("attack"));
    t.at("2027-05-02 02:10", &[What::Acknowledged]);
    t.at("2027-05-02 04:20", &[What::Answered]);
    t.until("2027-05-04 12:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn hey_a_report_by_mail_that_nobody_takes() {
    let mut t = Table::new("hey", FRIDAY, None);
    // The receipt is held until somebody releases it.
    t.at("2027-05-05 10:00", &[What::Acknowledged]);
    t.at("2027-05-07 10:00", &[What::Answered, ACCEPTED]);
    t.at("2027-05-10 10:00", &[owned("ben")]);
    t.at(
        "2027-05-10 11:00",
        &[What::Waiting {
            on: Some(WaitsFor::Others),
        }],
    );
    t.at(
        "2027-05-11 10:00",
        &[planned(Planned::Embargo, date(2027, 5, 22))],
    );
    t.at("2027-05-12 10:00", &[What::Disowned]);
    t.at("2027-05-13 10:00", &[owned("anna")]);
    t.at(
        "2027-05-19 10:00",
        &[What::Resolved, What::Answered, What::Thanked],
    );
    t.at("2027-05-21 10:00", &[What::UpdatePosted, What::Published]);
    t.at("2027-05-26 10:00", &[What::Credited]);
    t.until("2027-05-27 10:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn hey_the_platform_and_support() {
    let mut t = Table::new("hey", FRIDAY, Some("platform"));
    t.until("2027-05-04 10:00");
    t.at("2027-05-04 11:00", &[What::Answered]);
    let platform = t.rows;
    let mut t = Table::new("hey", "2027-05-04 10:00", Some("support"));
    t.at("2027-05-04 10:01", &[What::Acknowledged]);
    t.at("2027-05-10 10:00", &[What::Answered, What::Closed]);
    insta::assert_snapshot!(format!("{platform}\n{}", t.rows));
}

#[test]
fn cisa_when_the_receipt_is_refused() {
    let mut t = Table::new("cisa", FRIDAY, None);
    t.until("2027-05-07 09:30");
    t.at("2027-05-07 10:00", &[What::Answered]);
    t.at(
        "2027-05-11 10:00",
        &[ACCEPTED, What::Answered, dated(date(2027, 5, 23))],
    );
    t.at(
        "2027-05-20 10:00",
        &[What::Answered, dated(date(2027, 5, 28))],
    );
    t.at("2027-05-27 10:00", &[What::Resolved, What::Answered]);
    t.until("2027-05-28 18:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn scorecard_three_and_three_days() {
    let mut t = Table::new("scorecard", FRIDAY, None);
    t.at("2027-05-05 12:00", &[What::Answered]);
    t.at("2027-05-06 12:00", &[owned("ben")]);
    t.at("2027-05-12 10:00", &[ACCEPTED, What::Answered]);
    t.at("2027-05-20 10:00", &[What::Resolved, What::Answered]);
    t.until("2027-06-04 10:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn disclose_io_72_real_hours_over_a_weekend_with_a_holiday() {
    let mut t = Table::new("disclose-io", FRIDAY, None);
    t.until("2027-05-04 09:30");
    t.at("2027-05-04 10:00", &[What::Answered]);
    t.at("2027-05-11 10:00", &[ACCEPTED, What::Answered]);
    t.at("2027-05-12 10:00", &[What::Resolved]);
    t.at("2027-05-21 10:00", &[What::Credited]);
    t.until("2027-05-24 10:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn cra_three_clocks_of_what_is_exploited() {
    let declared = |name: &str| What::Declared { name: name.into() };
    let mut t = Table::new("cra", FRIDAY, None);
    t.at("2027-05-01 22:00", &[What::Exploited]);
    t.at("2027-05-02 21:45", &[declared("early-warning")]);
    t.at("2027-05-04 22:15", &[declared("notification")]);
    t.at("2027-05-05 09:30", &[ACCEPTED, What::Answered]);
    t.at("2027-05-07 12:00", &[declared("fix-available")]);
    t.at("2027-05-08 12:00", &[What::Resolved]);
    t.at("2027-05-18 12:00", &[What::UpdatePosted, What::Published]);
    t.at("2027-05-22 12:00", &[declared("final-report")]);
    t.until("2027-05-24 10:00");
    insta::assert_snapshot!(t.rows);
}

#[test]
fn what_the_receipt_of_each_profile_says_of_what_comes_next() {
    let check = |profile: &str, wanted: &str| {
        let mut table = Table::new(profile, FRIDAY, None);
        let mia = Address::parse("mia@example.net").unwrap();
        let subject = Foreign::new("hole");
        let body = table.world.write(at(FRIDAY), |tx, config| {
            let by_hand = ByHand {
                from: Some(&mia),
                subject: &subject,
                via: "phone",
                at: at(FRIDAY),
                letter: None,
                acknowledge: true,
                who: "anna",
            };
            let ticket = open(tx, config, &by_hand)?;
            Ok(tx.letters_of(ticket)?.remove(0).body)
        });
        let said = body.lines().find(|line| line.contains("hear from us by"));
        let said = said.map_or("", |line| line.trim_start_matches("  You hear from us by"));
        let what = body
            .lines()
            .find(|line| line.starts_with("By then"))
            .unwrap_or("");
        assert_eq!(
            format!("{} {what}", said.trim()),
            wanted,
            "{profile}: {body}"
        );
    };
    let thursday = "Thursday 6 May 2027, 17:00 (UTC+1)";
    let both = "By then you will have our evaluation and the date by which we expect the";
    check("neon", &format!("{thursday} {both}"));
    check("novu", &format!("{thursday} {both}"));
    check("hey", " ");
    check("cisa", " ");
    let answer = "By then you will have an answer.";
    check(
        "scorecard",
        &format!("{thursday} {answer} That is three business days; Monday 3 May"),
    );
    check(
        "disclose-io",
        &format!("Monday 3 May 2027, 16:40 (UTC+1) {answer}"),
    );
    check("cra", " ");
}

#[test]
fn a_later_page_moves_no_deadline_of_an_older_report() {
    let mut t = Table::new("neon", FRIDAY, None);
    let due = |world: &mut World| {
        let now = at("2027-05-04 10:00");
        world.write(now, |tx, config| {
            let file = file(tx, config, TicketNo(1))?;
            refresh(tx, config, TicketNo(1))?;
            let of = |d: &crate::desk::Duty| (d.stored.promise.clone(), d.due_at());
            Ok((
                file.row.policy.clone(),
                file.duties.iter().map(of).collect::<Vec<_>>(),
            ))
        })
    };
    let before = due(&mut t.world);
    let text = t
        .world
        .config
        .policy
        .text
        .replace("\"3 business days\"", "\"1 business day\"");
    let text = text
        .replace("2024-12-04\"    ", "2027-05-03\"    ")
        .replace(
            "\"1 business day before\", \"3 hours before\"",
            "\"3 hours before\"",
        );
    t.world.config.policy = read_policy(&text).unwrap();
    t.world.keep_policy();
    assert_eq!(due(&mut t.world), before);
    let newer = t.world.report(at("2027-05-04 10:00"));
    let due = t.world.write(at("2027-05-04 10:00"), |tx, config| {
        Ok(file(tx, config, newer)?.duties[0].due_at())
    });
    assert_eq!(due, Some(at("2027-05-05 17:00")));
}
