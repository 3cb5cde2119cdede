//! Sample calendars, promises and facts for the tests of this room.

use super::{Calendar, Hours, OneOf, Policy, Promise, Span, Step};
use crate::ticket::{By, Fact, FactName, What};
use jiff::civil::{Date, Weekday, date};
use jiff::{Timestamp, Zoned};

/// Europe/London, Mon-Fri 09:00-17:00, with the bank holiday of May 2027.
pub fn london() -> Calendar {
    calendar(
        "Europe/London",
        &[Weekday::Saturday, Weekday::Sunday],
        "09:00-17:00",
        &[(date(2027, 5, 3), "Early May bank holiday")],
    )
}

pub fn calendar(
    zone: &str,
    weekend: &[Weekday],
    hours: &str,
    holidays: &[(Date, &str)],
) -> Calendar {
    let holidays = holidays
        .iter()
        .map(|(day, name)| (*day, (*name).to_owned()))
        .collect();
    Calendar::new(zone, weekend, Hours::parse(hours).unwrap(), holidays).unwrap()
}

/// `2027-04-30 16:40`, local time in London.
pub fn at(local: &str) -> Timestamp {
    let zoned: Zoned = format!("{}[Europe/London]", local.replace(' ', "T"))
        .parse()
        .unwrap();
    zoned.timestamp()
}

pub fn any_of(names: &[&str]) -> OneOf {
    OneOf(names.iter().map(|name| FactName::new(name)).collect())
}

/// The first promise of the neon page.
pub fn respond() -> Promise {
    Promise {
        name: "respond".into(),
        page: "We will respond to your report within three business days with an evaluation and expected resolution date.".into(),
        from: vec![any_of(&["received"])],
        needs: vec![any_of(&["evaluated"]), any_of(&["dated", "date-not-due"])],
        within: Some(Span::BusinessDays(3)),
        by: None,
        repeat: false,
        ends: vec![],
        soft: false,
        others_count: false,
        any_hour: false,
        class: None,
        except: vec![],
        remind: vec![
            Step::AtOnce,
            Step::Before(Span::BusinessDays(1)),
            Step::Before(Span::Hours(3)),
            Step::WhenDue,
            Step::DailyAfter,
        ],
        to: vec![],
        escalate: None,
    }
}

/// A promise of one kind: what starts it, what meets it, how long it may take.
pub fn promise(name: &str, from: &[&str], needs: &[&str], within: Option<Span>) -> Promise {
    Promise {
        name: name.into(),
        from: from.iter().map(|name| any_of(&[name])).collect(),
        needs: needs.iter().map(|name| any_of(&[name])).collect(),
        within,
        remind: vec![],
        ..respond()
    }
}

pub fn policy(promises: &[Promise]) -> Policy {
    Policy {
        name: "neon".into(),
        version: date(2024, 12, 4),
        url: "https://example.org/security".into(),
        promises: promises.to_vec(),
        declared: vec![],
        digest: "0".repeat(64),
        text: String::new(),
    }
}

/// Facts numbered in the order given.
pub fn facts(list: &[(&str, What)]) -> Vec<Fact> {
    let numbered = list.iter().zip(1..);
    numbered
        .map(|((local, what), n)| Fact {
            n,
            at: at(local),
            what: what.clone(),
            by: By::Gatepost,
            letter: None,
            mail: None,
            via: None,
        })
        .collect()
}
