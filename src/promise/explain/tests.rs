//! How an explanation reads, as a snapshot.

mod calendars;

use super::*;
use crate::promise::samples::{at, facts, london, promise, respond};
use crate::promise::{DateKind, Span, deadline, runs};
use crate::ticket::{Fact, Outcome, What};
use jiff::civil::date;

const ARRIVED: &str = "arrived (the IMAP server's clock)";

fn explained(promise: &Promise, facts: &[Fact], told: &Told) -> Explained {
    let runs = runs(promise, facts, &london());
    let run = runs.last().unwrap();
    let deadline = deadline(promise, run, &london());
    explain(
        promise,
        run,
        deadline.as_ref(),
        &london(),
        ARRIVED,
        &Told {
            runs: &runs,
            ..told.clone()
        },
    )
}

fn received(local: &str) -> Vec<Fact> {
    facts(&[(local, What::Received)])
}

#[test]
fn business_days_around_a_bank_holiday() {
    let reminded = |local: &str, whom: &str| Reminded {
        at: at(local),
        whom: whom.into(),
    };
    let told = Told {
        reporter: Some(at("2027-04-30 16:40:01")),
        team: vec![reminded("2027-04-30 16:40", "all")],
        next: vec![
            reminded("2027-05-05 09:00", "all"),
            reminded("2027-05-06 14:00", "all + 2nd line"),
        ],
        ..Told::default()
    };
    insta::assert_snapshot!(explained(&respond(), &received("2027-04-30 16:40"), &told).text(Dates::Short), @r#"
    respond   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Fri 30 Apr 16:40  arrived (the IMAP server's clock)
              Sat  1 May        weekend
              Sun  2 May        weekend
              Mon  3 May        Early May bank holiday
              Tue  4 May        day 1
              Wed  5 May        day 2
              Thu  6 May        day 3, closes 17:00 +01:00
      due     Thu  6 May 17:00 +01:00 (16:00 UTC), told to the reporter Fri 16:40
      needs   [ ] evaluation   [ ] expected date
      told    Fri 30 16:40 all   next: Wed 5 09:00 all, Thu 6 14:00 all + 2nd line
    "#);
}

#[test]
fn a_kept_promise() {
    let kept = facts(&[
        ("2027-04-28 10:00", What::Received),
        (
            "2027-04-29 11:30",
            What::Evaluated {
                outcome: Outcome::Accepted,
            },
        ),
        (
            "2027-05-06 09:12",
            What::Dated {
                on: date(2027, 6, 17),
            },
        ),
    ]);
    insta::assert_snapshot!(explained(&respond(), &kept, &Told::default()).text(Dates::Short), @r#"
    respond   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Wed 28 Apr 10:00  arrived (the IMAP server's clock)
              Thu 29 Apr        day 1
              Fri 30 Apr        day 2
              Sat  1 May        weekend
              Sun  2 May        weekend
              Mon  3 May        Early May bank holiday
              Tue  4 May        day 3, closes 17:00 +01:00
      due     Tue  4 May 17:00 +01:00 (16:00 UTC)
      needs   [x] evaluation Thu 29 Apr 11:30   [x] expected date Thu 6 May 09:12
      ended   Thu  6 May 09:12  kept, late
    "#);
}

#[test]
fn a_date_that_moved_twice() {
    let resolve = Promise {
        by: Some(DateKind::Expected),
        ..promise("resolve", &[], &["resolved"], None)
    };
    let dated = facts(&[
        (
            "2027-05-05 14:06",
            What::Dated {
                on: date(2027, 6, 17),
            },
        ),
        (
            "2027-06-09 10:00",
            What::Dated {
                on: date(2027, 6, 25),
            },
        ),
        (
            "2027-06-28 10:00",
            What::Dated {
                on: date(2027, 7, 11),
            },
        ),
    ]);
    insta::assert_snapshot!(explained(&resolve, &dated, &Told::default()).text(Dates::Short), @r#"
    resolve   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Mon 28 Jun 10:00  arrived (the IMAP server's clock)
              Fri  9 Jul        closes 17:00 +01:00
              Sat 10 Jul        weekend
              Sun 11 Jul        weekend, the date given
      due     Fri  9 Jul 17:00 +01:00 (16:00 UTC)
      moved   2 moves: 17 Jun -> 25 Jun -> 11 Jul
              17 Jun -> 25 Jun  told Wed  9 Jun, 6 bd before it was due   moved
              25 Jun -> 11 Jul  told Mon 28 Jun, 1 bd after it was due    missed
      needs   [ ] resolution
    "#);
}

#[test]
fn what_is_kept_for_years_has_its_dates_in_full() {
    let resolve = Promise {
        by: Some(DateKind::Expected),
        ..promise("resolve", &[], &["resolved"], None)
    };
    let dated = |on| What::Dated { on };
    let dated = facts(&[
        ("2027-12-20 14:06", dated(date(2027, 12, 30))),
        ("2027-12-29 10:00", dated(date(2028, 1, 4))),
    ]);
    let reminded = |local: &str| Reminded {
        at: at(local),
        whom: "all".to_owned(),
    };
    let told = Told {
        reporter: Some(at("2027-12-29 10:00:01")),
        team: vec![reminded("2027-12-30 09:00")],
        next: vec![reminded("2028-01-04 09:00")],
        ..Told::default()
    };
    let explained = explained(&resolve, &dated, &told);
    let text = explained.text(Dates::Full);
    insta::assert_snapshot!(text, @r#"
    resolve   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Wed 29 Dec 2027 10:00 +00:00  arrived (the IMAP server's clock)
              Tue  4 Jan 2028   the date given, closes 17:00 +00:00
      due     Tue  4 Jan 2028 17:00 +00:00 (17:00 UTC), told to the reporter Wed 29
              Dec 2027 10:00 +00:00
      moved   1 move: 30 Dec 2027 -> 4 Jan 2028
              30 Dec 2027 -> 4 Jan 2028, told Wed 29 Dec 2027, 1 bd before it was
              due, moved
      needs   [ ] resolution
      told    Thu 30 Dec 2027 09:00 +00:00 all
      next    Tue  4 Jan 2028 09:00 +00:00 all
    "#);
    let words: Vec<&str> = text.split_whitespace().collect();
    let with_year = |pair: &[&str]| {
        let is_month = ["Dec", "Jan"].contains(&pair[0]);
        !is_month || pair[1].starts_with("202")
    };
    assert!(words.windows(2).all(with_year), "{text}");
}

#[test]
fn what_is_overdue_and_open_is_late_by_now() {
    let late = |now: &str, facts: &[Fact]| {
        let told = Told {
            now: at(now),
            ..Told::default()
        };
        explained(&respond(), facts, &told).was_late
    };
    let open = received("2027-04-30 16:40");
    assert!(!late("2027-05-06 17:00", &open), "due to the minute");
    assert!(late("2027-05-06 17:00:01", &open));
    let mut met = open.clone();
    met.extend(facts(&[
        (
            "2027-05-04 10:00",
            What::Evaluated {
                outcome: Outcome::Accepted,
            },
        ),
        ("2027-05-04 10:00", What::DateNotDue),
    ]));
    assert!(!late("2027-06-01 10:00", &met), "kept in time");
}

#[test]
fn days_that_end_on_a_holiday() {
    let days = Promise {
        within: Some(Span::Days(4)),
        ..respond()
    };
    insta::assert_snapshot!(explained(&days, &received("2027-04-29 16:40"), &Told::default()).text(Dates::Short), @r#"
    respond   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Thu 29 Apr 16:40  arrived (the IMAP server's clock)
              Fri 30 Apr        day 1, closes 17:00 +01:00
              Sat  1 May        day 2, weekend
              Sun  2 May        day 3, weekend
              Mon  3 May        day 4, Early May bank holiday
      due     Fri 30 Apr 17:00 +01:00 (16:00 UTC)
      needs   [ ] evaluation   [ ] expected date
    "#);
}

#[test]
fn real_hours_over_the_end_of_the_day() {
    let hours = Promise {
        within: Some(Span::Hours(72)),
        name: "a-name-that-is-rather-long".into(),
        ..respond()
    };
    let told = Told {
        reporter: Some(at("2027-12-31 23:41")),
        ..Told::default()
    };
    insta::assert_snapshot!(explained(&hours, &received("2027-12-30 23:40"), &told).text(Dates::Short), @r#"
    a-name-that-is-rather-long
              "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Thu 30 Dec 23:40  arrived (the IMAP server's clock)
      due     Sun  2 Jan 2028 23:40 +00:00 (23:40 UTC), 72 hours by day and night,
              told to the reporter Fri 31 Dec 23:41
      needs   [ ] evaluation   [ ] expected date
    "#);
}

#[test]
fn a_long_count_shows_its_ends_and_its_holidays() {
    let long = Promise {
        within: Some(Span::BusinessDays(40)),
        ..respond()
    };
    insta::assert_snapshot!(explained(&long, &received("2027-04-12 10:00"), &Told::default()).text(Dates::Short), @r#"
    respond   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Mon 12 Apr 10:00  arrived (the IMAP server's clock)
              Tue 13 Apr        day 1
              Wed 14 Apr        day 2
              Thu 15 Apr        day 3
              Fri 16 Apr        day 4
              Sat 17 Apr        weekend
              Sun 18 Apr        weekend
              Mon 19 Apr        day 5
              ...
              Mon  3 May        Early May bank holiday
              ...
              Wed  2 Jun        day 36
              Thu  3 Jun        day 37
              Fri  4 Jun        day 38
              Sat  5 Jun        weekend
              Sun  6 Jun        weekend
              Mon  7 Jun        day 39
              Tue  8 Jun        day 40, closes 17:00 +01:00
      due     Tue  8 Jun 17:00 +01:00 (16:00 UTC)
      needs   [ ] evaluation   [ ] expected date
    "#);
}

#[test]
fn a_promise_without_a_time() {
    let close_out = promise(
        "close-out",
        &["resolved"],
        &["update-posted", "thanked"],
        None,
    );
    let facts = facts(&[
        ("2027-05-04 10:00", What::Resolved),
        ("2027-05-04 12:00", What::Thanked),
        ("2027-05-09 12:00", What::Closed),
    ]);
    insta::assert_snapshot!(explained(&close_out, &facts, &Told::default()).text(Dates::Short), @r#"
    close-out "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Tue  4 May 10:00  arrived (the IMAP server's clock)
      due     never: the page gives no time
      needs   [ ] update posted   [x] thanks Tue 4 May 12:00
      ended   Sun  9 May 12:00  over without being met
    "#);
}

#[test]
fn scripts_get_instants_in_utc() {
    let value = serde_json::to_value(explained(
        &respond(),
        &received("2027-04-30 16:40"),
        &Told::default(),
    ))
    .unwrap();
    let part = |pointer: &str| value.pointer(pointer).cloned().unwrap();
    assert_eq!(part("/due_at"), "2027-05-06T16:00:00Z");
    assert_eq!(part("/zone"), "Europe/London");
    assert_eq!(part("/reporter_told_at"), serde_json::Value::Null);
    assert_eq!(
        part("/needs/1/facts"),
        serde_json::json!(["dated", "date-not-due"])
    );
    assert_eq!(
        part("/count/3"),
        serde_json::json!({"date": "2027-05-03", "kind": {"holiday": "Early May bank holiday"}, "day": null})
    );
    assert_eq!(value.get("local"), None);
}

#[test]
fn no_line_is_wider_than_80_columns() {
    let promise = Promise {
        page: "word ".repeat(60),
        ..respond()
    };
    let many = Reminded {
        at: at("2027-04-30 16:40"),
        whom: "all + 2nd line".into(),
    };
    let told = Told {
        team: vec![many.clone(); 9],
        next: vec![many; 9],
        reporter: Some(at("2027-05-04 10:00")),
        ..Told::default()
    };
    for line in explained(&promise, &received("2027-04-30 16:40"), &told)
        .text(Dates::Short)
        .lines()
    {
        assert!(
            line.chars().count() <= 80 && line.trim_end() == line,
            "{line:?}"
        );
    }
}

#[test]
fn a_move_says_which_it_is_and_how_it_counts() {
    let check = |told_at: &str, nth, wanted: &str| {
        let (from, to) = (date(2027, 6, 17), date(2027, 6, 25));
        assert_eq!(
            Move::new(from, to, at(told_at), &london()).words(nth),
            wanted
        );
    };
    check(
        "2027-06-09 10:00",
        1,
        "17 Jun -> 25 Jun, 1st move, 6 bd before it was due (counts as moved)",
    );
    check(
        "2027-06-17 17:00",
        22,
        "17 Jun -> 25 Jun, 22nd move, before it was due (counts as moved)",
    );
    check(
        "2027-06-17 17:01",
        13,
        "17 Jun -> 25 Jun, 13th move, after it was due (counts as missed)",
    );
    check(
        "2027-06-18 09:00",
        3,
        "17 Jun -> 25 Jun, 3rd move, 1 bd after it was due (counts as missed)",
    );
}
