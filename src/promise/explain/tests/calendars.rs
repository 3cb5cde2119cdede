//! Holiday files, half days and other zones in an explanation.

use super::*;
use crate::promise::{Hours, read_holidays};
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Monday 3 May from a file, Thursday 6 May a half day, shown in four zones more.
fn shown() -> Calendar {
    let uk = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Early May bank holiday\nDTSTART;VALUE=DATE:20270503\nEND:VEVENT\nEND:VCALENDAR\n";
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    let hours = Hours::parse("09:00-17:00").unwrap();
    let plain = Calendar::new("Europe/London", &weekend, hours, BTreeMap::new()).unwrap();
    plain
        .with_half_days([(date(2027, 5, 6), time(13, 0, 0, 0))].into())
        .unwrap()
        .with_file(read_holidays("uk.ics", uk.as_bytes()).unwrap())
        .unwrap()
        .with_also_shown(&[
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Kiritimati",
        ])
        .unwrap()
}

#[test]
fn a_file_is_named_a_half_day_is_told_and_other_zones_are_shown() {
    let runs = runs(&respond(), &received("2027-04-30 16:40"), &shown());
    let run = runs.last().unwrap();
    let deadline = deadline(&respond(), run, &shown());
    let told = Told::default();
    let explained = explain(&respond(), run, deadline.as_ref(), &shown(), ARRIVED, &told);
    insta::assert_snapshot!(explained.text(Dates::Short), @r#"
    respond   "We will respond to your report within three business days with an
              evaluation and expected resolution date."
      from    Fri 30 Apr 16:40  arrived (the IMAP server's clock)
              Sat  1 May        weekend
              Sun  2 May        weekend
              Mon  3 May        Early May bank holiday (uk.ics)
              Tue  4 May        day 1
              Wed  5 May        day 2
              Thu  6 May        day 3, half day, closes 13:00 +01:00
      due     Thu  6 May 13:00 +01:00 (12:00 UTC)
              Thu  6 May 08:00 -04:00 America/New_York
              Thu  6 May 17:45 +05:45 Asia/Kathmandu
              Thu  6 May 22:30 +10:30 Australia/Lord_Howe
              Fri  7 May 02:00 +14:00 Pacific/Kiritimati
      needs   [ ] evaluation   [ ] expected date
    "#);
    let json = serde_json::to_value(&explained).unwrap();
    let part = |pointer: &str| json.pointer(pointer).cloned().unwrap();
    assert_eq!(part("/count/3/file"), "uk.ics");
    assert_eq!(part("/count/6/half_day"), "13:00:00");
    assert_eq!(json.get("also"), None);
}

#[test]
fn a_long_name_is_broken_within_80_columns() {
    let name = "A holiday ".repeat(6);
    let text = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{name}\nDTSTART:20270503\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    let file = read_holidays("a-rather-long-name-of-a-file.ics", text.as_bytes()).unwrap();
    let calendar = calendar_without_days().with_file(file).unwrap();
    let runs = runs(&respond(), &received("2027-04-30 16:40"), &calendar);
    let deadline = deadline(&respond(), &runs[0], &calendar);
    let explained = explain(
        &respond(),
        &runs[0],
        deadline.as_ref(),
        &calendar,
        ARRIVED,
        &Told::default(),
    );
    let text = explained.text(Dates::Short);
    assert!(
        text.contains("(a-rather-long-name-of-a-file.ics)"),
        "{text}"
    );
    assert!(
        text.lines()
            .all(|line| line.len() <= 80 && line.trim_end() == line),
        "{text}"
    );
}

fn calendar_without_days() -> Calendar {
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    let hours = Hours::parse("09:00-17:00").unwrap();
    Calendar::new("Europe/London", &weekend, hours, BTreeMap::new()).unwrap()
}

/// Mondays and Fridays at 17:00 in London, in zones of unlike kinds around the changes
/// of the clock there and here. The local times were counted by another library.
#[test]
fn an_instant_is_shown_as_the_clocks_there_show_it() {
    for (at_london, wanted) in [
        (
            "2027-03-12 17:00",
            [
                "Fri 12 Mar 12:00 -05:00 America/New_York",
                "Fri 12 Mar 22:30 +05:30 Asia/Kolkata",
                "Sat 13 Mar 04:00 +11:00 Australia/Lord_Howe",
                "Fri 12 Mar 14:00 -03:00 America/Santiago",
                "Sat 13 Mar 07:00 +14:00 Pacific/Kiritimati",
                "Fri 12 Mar 06:00 -11:00 Pacific/Pago_Pago",
                "Fri 12 Mar 19:00 +02:00 Africa/Cairo",
                "Sat 13 Mar 06:45 +13:45 Pacific/Chatham",
            ],
        ),
        (
            "2027-03-15 17:00",
            [
                "Mon 15 Mar 13:00 -04:00 America/New_York",
                "Mon 15 Mar 22:30 +05:30 Asia/Kolkata",
                "Tue 16 Mar 04:00 +11:00 Australia/Lord_Howe",
                "Mon 15 Mar 14:00 -03:00 America/Santiago",
                "Tue 16 Mar 07:00 +14:00 Pacific/Kiritimati",
                "Mon 15 Mar 06:00 -11:00 Pacific/Pago_Pago",
                "Mon 15 Mar 19:00 +02:00 Africa/Cairo",
                "Tue 16 Mar 06:45 +13:45 Pacific/Chatham",
            ],
        ),
        (
            "2027-04-05 17:00",
            [
                "Mon  5 Apr 12:00 -04:00 America/New_York",
                "Mon  5 Apr 21:30 +05:30 Asia/Kolkata",
                "Tue  6 Apr 02:30 +10:30 Australia/Lord_Howe",
                "Mon  5 Apr 12:00 -04:00 America/Santiago",
                "Tue  6 Apr 06:00 +14:00 Pacific/Kiritimati",
                "Mon  5 Apr 05:00 -11:00 Pacific/Pago_Pago",
                "Mon  5 Apr 18:00 +02:00 Africa/Cairo",
                "Tue  6 Apr 04:45 +12:45 Pacific/Chatham",
            ],
        ),
        (
            "2027-09-06 17:00",
            [
                "Mon  6 Sep 12:00 -04:00 America/New_York",
                "Mon  6 Sep 21:30 +05:30 Asia/Kolkata",
                "Tue  7 Sep 02:30 +10:30 Australia/Lord_Howe",
                "Mon  6 Sep 13:00 -03:00 America/Santiago",
                "Tue  7 Sep 06:00 +14:00 Pacific/Kiritimati",
                "Mon  6 Sep 05:00 -11:00 Pacific/Pago_Pago",
                "Mon  6 Sep 19:00 +03:00 Africa/Cairo",
                "Tue  7 Sep 04:45 +12:45 Pacific/Chatham",
            ],
        ),
        (
            "2027-11-08 17:00",
            [
                "Mon  8 Nov 12:00 -05:00 America/New_York",
                "Mon  8 Nov 22:30 +05:30 Asia/Kolkata",
                "Tue  9 Nov 04:00 +11:00 Australia/Lord_Howe",
                "Mon  8 Nov 14:00 -03:00 America/Santiago",
                "Tue  9 Nov 07:00 +14:00 Pacific/Kiritimati",
                "Mon  8 Nov 06:00 -11:00 Pacific/Pago_Pago",
                "Mon  8 Nov 19:00 +02:00 Africa/Cairo",
                "Tue  9 Nov 06:45 +13:45 Pacific/Chatham",
            ],
        ),
    ] {
        for line in wanted {
            let zone = TimeZone::get(line.rsplit(' ').next().unwrap()).unwrap();
            assert_eq!(elsewhere(at(at_london), &zone, Dates::Short), line);
        }
    }
}
