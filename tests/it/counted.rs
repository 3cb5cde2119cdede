//! What the real binary says of deadlines and reminders, on calendars of many kinds, is what
//! an independent reference says (bars T1 and T6): `tests/reference/ladders.py` is asked of
//! each, in another language and upon other data of zones.

use crate::deadlines::{Case, ask_reference};
use crate::dice::{Dice, number};
use crate::kit::Gatepost;
use crate::post_office::PostOffice;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};
use std::fs;

/// `3 business days`.
fn words(n: u64, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// A promise as the policy and the reference read it: it has a time, or goes by a date.
fn promise(dice: &mut Dice, name: &str, by: Option<&str>) -> Value {
    let (unit, n, hours) = match dice.below(6) {
        0..3 => ("business day", 1 + dice.below(9), 24),
        3 => ("day", 3 + dice.below(20), 24),
        4 => ("hour", 1 + dice.below(100), 1),
        _ => ("minute", 30 + dice.below(600), 0),
    };
    let length = if by.is_some() { 24 * 30 } else { n * hours };
    let mut steps: Vec<String> = Vec::new();
    for _ in 0..1 + dice.below(6) {
        let step = match dice.below(9) {
            0 => "at once".to_owned(),
            1 => "when due".to_owned(),
            2 | 3 if length >= 24 => {
                let most = (length / 24).min(6);
                let unit = if dice.one_in(2) {
                    "business day"
                } else {
                    "day"
                };
                format!("{} before", words(1 + dice.below(most), unit))
            }
            4 | 5 if length >= 1 => {
                format!("{} before", words(1 + dice.below(length.min(30)), "hour"))
            }
            6 => format!("{} before", words(1 + dice.below(30), "minute")),
            7 => format!("{} after", words(1 + dice.below(4), "business day")),
            _ => format!("{} after", words(1 + dice.below(40), "hour")),
        };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    let mut promise = json!({"name": name, "remind": steps, "any_hour": dice.one_in(4)});
    match by {
        Some(by) => promise["by"] = json!(by),
        None => promise["within"] = json!(words(n, unit)),
    }
    promise
}

/// The policy of these promises. A JSON list of texts is a list in TOML too.
fn policy(promises: &[Value]) -> String {
    let head = "name = \"drill\"\nversion = \"2000-01-01\"\nurl = \"https://example.org/\"\n";
    let promises = promises.iter().map(|p| {
        let (time, from) = match p.get("by") {
            Some(by) => (format!("by = {by}"), ""),
            None => (format!("within = {}", p["within"]), "from = \"received\"\n"),
        };
        format!(
            "[[promise]]\nname = {}\npage = \"We keep it.\"\n{from}needs = [\"answered\"]\n{time}\nremind = {}\nany_hour = {}\n",
            p["name"], p["remind"], p["any_hour"]
        )
    });
    promises.fold(head.to_owned(), |all, one| all + &one)
}

/// The section `[calendar]` of a case.
fn calendar(case: &Value) -> String {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let weekend = case["weekend"].as_array().unwrap().iter();
    let weekend: Vec<&str> = weekend
        .map(|day| DAYS[day.as_u64().unwrap() as usize])
        .collect();
    let half_days = case["half_days"].as_object().unwrap().iter();
    let half_days: Vec<String> = half_days
        .map(|(day, closes)| format!("{{ date = \"{day}\", closes = {closes} }}"))
        .collect();
    let clock = |key: &str| case[key].as_str().unwrap().to_owned();
    format!(
        "[calendar]\nzone = {}\nhours = \"{}-{}\"\nweekend = {}\nholidays = {}\nhalf_days = [{}]\n",
        case["zone"],
        clock("open"),
        clock("close"),
        json!(weekend),
        case["holidays"],
        half_days.join(", ")
    )
}

/// Opens some tickets on one calendar. Gives what was asked, and what gatepost answered.
fn round(dice: &mut Dice, office: &PostOffice, n: usize) -> Vec<(Value, Value)> {
    let drawn = std::iter::repeat_with(|| Case::random(dice))
        .flatten()
        .next()
        .unwrap();
    let mut case = drawn.asked();
    // The calendar alone is asked for.
    case.as_object_mut().unwrap().remove("date");
    case["open"] = json!(drawn.hours.0.strftime("%H:%M").to_string());
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut promises: Vec<Value> = names.iter().map(|name| promise(dice, name, None)).collect();
    promises.push(promise(dice, "embargo", Some("embargo")));
    promises.push(promise(dice, "they-publish", Some("reporter-publication")));
    let g = Gatepost::new(office, &format!("counted-{n}"));
    let config = g
        .config()
        .replace("policy = \"neon\"", "policy = \"drill.toml\"");
    let (config, _) = config.split_once("[calendar]").unwrap();
    g.write_config(&format!("{config}{}", calendar(&case)));
    fs::write(g.path("drill.toml"), policy(&promises)).unwrap();
    let mut starts: Vec<Timestamp> = (0..3)
        .map(|_| drawn.start + SignedDuration::from_mins(dice.below(60 * 24 * 12) as i64))
        .chain([drawn.start])
        .collect();
    starts.sort();
    g.set_clock(starts[0] - SignedDuration::from_hours(1));
    g.run(&["init"]).ok();
    let zone = TimeZone::get(drawn.zone).unwrap();
    let mut all = Vec::new();
    for (ticket, start) in (1..).zip(&starts) {
        g.set_clock(*start + SignedDuration::from_secs(1));
        let (from, ticket) = (start.to_string(), i32::to_string(&ticket));
        g.run(&["open", "--subject", "hole", "--via", "phone", "--at", &from])
            .ok();
        let today = start.to_zoned(zone.clone()).date();
        let mut dates = Vec::new();
        for key in ["embargo", "they-publish"] {
            let on = today
                .saturating_add((1 + dice.below(40) as i64).days())
                .to_string();
            g.run(&["set", &ticket, &format!("{key}={on}")]).ok();
            dates.push((key, on));
        }
        // The moment at which it was asked lies between the two.
        let explained = g.run(&["explain", &ticket, "--json"]).json();
        let now = start.as_second() + 60;
        for promise in &promises {
            let mut found = explained["deadlines"].as_array().unwrap().iter();
            let found = found.find(|d| d["promise"] == promise["name"]).unwrap();
            let started: Timestamp = found["started_at"].as_str().unwrap().parse().unwrap();
            let on = dates
                .iter()
                .find(|(key, _)| promise["name"] == *key)
                .map(|(_, on)| on);
            assert!(on.is_some() || started == *start, "{promise}: {found}");
            let asked = json!({"case": case, "promise": promise, "start": started.as_second(), "on": on, "now": now});
            all.push((asked, found.clone()));
        }
    }
    all
}

#[test]
fn deadlines_and_reminders_on_any_calendar_are_those_of_the_reference() {
    let office = PostOffice::own(Some("2027-04-30 15:40"));
    let (rounds, mut dice) = (number("GATEPOST_CALENDARS", 6), Dice::usual());
    let all: Vec<(Value, Value)> = (0..rounds)
        .flat_map(|n| round(&mut dice, &office, n))
        .collect();
    let answers = ask_reference("ladders.py", all.iter().map(|(asked, _)| asked.clone()));
    assert_eq!(answers.len(), all.len());
    let mut reminders = 0;
    for ((asked, found), answer) in all.iter().zip(&answers) {
        let second = |text: &Value| {
            text.as_str()
                .unwrap()
                .parse::<Timestamp>()
                .unwrap()
                .as_second()
        };
        assert_eq!(answer["due"], second(&found["due_at"]), "{asked}");
        let now = asked["now"].as_i64().unwrap();
        let next = found["next"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| second(&r["at"]));
        let next: Vec<i64> = next.filter(|at| *at > now).collect();
        assert_eq!(answer["moments"], json!(next), "{asked}");
        reminders += next.len();
    }
    eprintln!("{} deadlines, {reminders} reminders", all.len());
    assert!(
        reminders > all.len(),
        "the dice met too little: {reminders}"
    );
}
