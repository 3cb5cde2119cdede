//! Clocks that lie, jump, stop and wake: mails with any `Date`, a wall clock that is set to
//! and fro, a machine that sleeps through a deadline, a calendar that knows too little.

mod slept;

use crate::dice::{Dice, number, rounds};
use crate::faults::says;
use crate::intake::laid;
use crate::kit::{Gatepost, PATIENCE, header};
use crate::post_office::{PostOffice, wait_until};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// Friday 30 April 2027, 16:40 in London; Monday 3 May is a holiday.
const FRIDAY: &str = "2027-04-30 15:40";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The first run of `respond`, as `explain` has it.
fn respond(g: &Gatepost, reference: &str) -> serde_json::Value {
    let explained = g.run(&["explain", reference, "--json"]).json();
    let all = explained["deadlines"].as_array().unwrap().clone();
    all.into_iter().find(|d| d["promise"] == "respond").unwrap()
}

fn is_told(g: &Gatepost, reason: &str) -> bool {
    let health: serde_json::Value =
        serde_json::from_str(&g.run(&["health", "--json"]).out).unwrap();
    let mut reasons = health["reasons"].as_array().unwrap().iter();
    reasons.any(|r| r["reason"] == reason)
}

#[test]
fn the_date_of_a_mail_decides_nothing() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "dates-of-mails");
    let dates: [&[u8]; 14] = [
        b"",
        b"Date: Mon, 1 Jan 2001 00:00:00 +0000\n",
        b"Date: Thu, 1 Jan 1970 00:00:00 +0000\n",
        b"Date: Tue, 4 May 2027 12:00:00 +0100\n",
        b"Date: Fri, 31 Dec 9999 23:59:59 +0000\n",
        b"Date: Fri, 99 Foo 99999999999999999999 25:61:61 +9999\n",
        b"Date:\n",
        b"Date: yesterday\n",
        b"Date: Sat, 1 Jan -2000 00:00:00 -2359\n",
        b"Date: Mon, 1 Jan 2001 00:00:00 +0000\nDate: Mon, 7 Jun 2027 00:00:00 +0000\n",
        b"Date: Mon, 7 Jun 2027 00:00:00 +0000\nDate: Mon, 7 Jun 2027 00:00:00 +0000\n",
        b"Date: \xff\xfe\x00\x1b[2J\n",
        b"Resent-Date: Mon, 1 Jan 2001 00:00:00 +0000\nDelivery-Date: 1\n",
        b"Received: from x by y; Mon, 1 Jan 2001 00:00:00 +0000\nDate: Mon, 1 Jan 01 00:00 EST\n",
    ];
    let reporters: Vec<String> = (0..dates.len())
        .map(|n| g.reporter(&format!("r{n}")))
        .collect();
    // Laid into the mailbox: a relay may add the date that is missing.
    g.once().ok();
    let mails = reporters.iter().zip(dates).map(|(from, date)| {
        let (to, head) = (&g.address, "MIME-Version: 1.0");
        let text = format!(
            "From: <{from}>\nTo: {to}\nSubject: hole\nMessage-ID: <{from}>\n{head}\n\nSee https://example.org/{from}.\n"
        );
        [date, text.as_bytes()].concat()
    });
    laid(&g, mails, "");
    g.once().ok();
    let tickets = g.list();
    assert_eq!(tickets.len(), dates.len());
    for ticket in &tickets {
        assert_eq!(ticket["acknowledgement"], "sent", "{ticket}");
        let promised = respond(&g, ticket["ref"].as_str().unwrap());
        assert_eq!(promised["due_at"], "2027-05-06T16:00:00Z", "{ticket}");
        let started = at(promised["started_at"].as_str().unwrap());
        let late = started.duration_since(at("2027-04-30T15:40:00Z"));
        assert!(late.as_secs() < 120, "{started}: {ticket}");
    }
    for from in &reporters {
        assert_eq!(g.mail_of(from).len(), 1, "{from}");
    }
    assert!(!is_told(&g, "clock"), "no mail says what time it is");
}

/// The moments at which the team is to be told of the report of Friday, if nobody does
/// anything about it.
fn moments(received: Timestamp) -> Vec<Timestamp> {
    let london = TimeZone::get("Europe/London").unwrap();
    let mut all = vec![
        received,
        at("2027-05-05T08:00:00Z"),
        at("2027-05-06T13:00:00Z"),
        at("2027-05-06T16:00:00Z"),
    ];
    let first: Date = "2027-05-07".parse().unwrap();
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    let mornings = first
        .series(1.day())
        .take(1_500)
        .filter(|day| !weekend.contains(&day.weekday()));
    all.extend(mornings.map(|day| {
        let nine = day.at(9, 0, 0, 0).to_zoned(london.clone()).unwrap();
        nine.timestamp()
    }));
    all
}

/// Where the clock goes next: minutes, a day or a month to either side, before the store
/// was there, to where the hour changes, to just before or behind a reminder. Never into
/// the last minute before one: the clock goes on while somebody looks.
fn jump(dice: &mut Dice, now: Timestamp, moments: &[Timestamp]) -> Timestamp {
    let minutes = |n: i64| now + SignedDuration::from_mins(n);
    let days = |n: i64| now + SignedDuration::from_hours(24 * n);
    let some = dice.below(90) as i64 + 2;
    let next = match dice.below(10) {
        0 => minutes(some),
        1 => minutes(-some),
        2 => days(-1),
        3 => days(1 + some % 4),
        4 => days(31),
        5 => at("2027-02-01T12:00:00Z") + SignedDuration::from_hours(some),
        6 => {
            let over: [&str; 4] = [
                "2027-10-31T00:58:00Z",
                "2027-10-31T01:02:00Z",
                "2027-11-01T08:02:00Z",
                "2027-11-01T09:02:00Z",
            ];
            at(dice.pick::<&str>(&over))
        }
        7 => *dice.pick(&moments[..12]) - SignedDuration::from_secs(110),
        _ => *dice.pick(&moments[..12]),
    };
    // A century away there is no certificate, and no table of moments.
    let next = next.min(at("2029-12-01T12:00:00Z"));
    let second = next.as_second().rem_euclid(3600);
    let safe = if second >= 3540 { second - 3500 } else { 0 };
    let second = next.as_second() - safe;
    Timestamp::from_second(second - second.rem_euclid(60) + 10).unwrap()
}

/// What was said when: of all that has fallen by then the latest, unless it was said or
/// covered before.
struct Said {
    moments: Vec<Timestamp>,
    said: BTreeSet<Timestamp>,
    looks: Vec<Timestamp>,
}

impl Said {
    fn look(&mut self, now: Timestamp) {
        let past: Vec<Timestamp> = self
            .moments
            .iter()
            .copied()
            .take_while(|m| *m <= now)
            .collect();
        if let Some(latest) = past.last()
            && !self.said.contains(latest)
        {
            self.looks.push(now);
            self.said.extend(past);
        }
    }

    /// Each was told once, at the look that found it.
    fn agrees(&self, g: &Gatepost, what: &str) {
        let told = respond(g, "1")["told"].as_array().unwrap().clone();
        let told: Vec<Timestamp> = told.iter().map(|t| at(t["at"].as_str().unwrap())).collect();
        let mut looks = self.looks.clone();
        looks.sort();
        let near =
            |(a, b): (&Timestamp, &Timestamp)| (0..50).contains(&a.duration_since(*b).as_secs());
        assert!(
            told.len() == looks.len() && told.iter().zip(&looks).all(near),
            "{what}: told {told:#?}, looked {looks:#?}"
        );
    }
}

/// Whether a letter to the team is of this moment, and may name the first ticket.
fn is_of(letter: &str, said: Timestamp) -> bool {
    let date = header(letter, "Date").unwrap();
    let date = jiff::fmt::rfc2822::parse(&date).unwrap().timestamp();
    let names = letter.contains("0001") || letter.contains(" more: gatepost list");
    names && date.duration_since(said).abs().as_secs() < 50
}

/// All that anna and the reporters got: no letter twice, and one for each that was told.
fn letters_agree(g: &Gatepost, reporters: &[String]) {
    let told = respond(g, "1")["told"].as_array().unwrap().clone();
    for name in ["anna-", "ben-"] {
        let user = g.anna.replace("anna-", name);
        for told in &told {
            let said = at(told["at"].as_str().unwrap());
            wait_until(
                &format!("{name} has the letter of {said}"),
                PATIENCE,
                || {
                    let letters = g.mail_of(&user);
                    letters.iter().any(|l| is_of(l, said)).then_some(())
                },
            );
        }
        let letters = g.mail_of(&user);
        let ids: BTreeSet<String> = letters
            .iter()
            .filter_map(|l| header(l, "Message-ID"))
            .collect();
        assert_eq!(ids.len(), letters.len(), "a letter came twice to {user}");
    }
    for from in reporters {
        assert!(g.mail_of(from).len() <= 1, "{from} got two receipts");
    }
    let tickets = g.list();
    assert_eq!(
        tickets.len(),
        reporters.len(),
        "a report is lost or doubled"
    );
    g.run(&["audit"]).ok();
}

/// A report of Friday, taken in; and what is to be said of it.
fn friday(g: &Gatepost) -> (Vec<String>, Said) {
    let mia = g.reporter("mia");
    g.report_from(&mia, "friday@example.net");
    g.once().ok();
    g.wait_for_mail(&g.anna, 1);
    let started = at(respond(g, "1")["started_at"].as_str().unwrap());
    let mut said = Said {
        moments: moments(started),
        said: BTreeSet::new(),
        looks: Vec::new(),
    };
    said.look(at(respond(g, "1")["told"][0]["at"].as_str().unwrap()));
    (vec![mia], said)
}

#[test]
fn whoever_looks_at_a_clock_that_jumps_is_told_of_each_step_once() {
    let rounds = rounds(1);
    let office = PostOffice::own(Some(FRIDAY));
    let mut dice = Dice::usual();
    let told: usize = (0..rounds)
        .map(|n| twenty_jumps(&mut dice, &office, n))
        .sum();
    eprintln!("{} jumps, {told} times told", 20 * rounds);
    assert!(told > 2 * rounds, "the dice met too little");
}

/// One report, and twenty looks at a clock that jumps. Gives how often it was told of.
fn twenty_jumps(dice: &mut Dice, office: &PostOffice, round: usize) -> usize {
    let g = Gatepost::ready(office, &format!("jumps-{round}"));
    let (mut reporters, mut said) = friday(&g);
    let mut now = at("2027-04-30T15:58:00Z");
    let mut newest = now;
    for n in 1..=20 {
        now = jump(dice, now, &said.moments);
        g.set_clock(now);
        if newest.duration_since(now).as_mins() > 6 {
            assert!(is_told(&g, "clock"), "jump {n} to {now}, from {newest}");
        }
        if n % 5 == 0 {
            let from = g.reporter(&format!("r{n}"));
            g.report_from(&from, &format!("jump{n}@example.net"));
            reporters.push(from);
        }
        g.once().ok();
        newest = now;
        said.look(now);
        said.agrees(&g, &format!("jump {n} to {now}"));
        g.once().ok();
    }
    letters_agree(&g, &reporters);
    said.looks.len()
}

/// Sets the clock of a daemon, and waits until it has looked at it.
fn set_and_noticed(g: &Gatepost, before: Timestamp, now: Timestamp, what: &str) {
    let heard = g.log().len();
    g.set_clock(now);
    let noticed = if now < before {
        "was put back"
    } else {
        "jumped forwards"
    };
    wait_until(&format!("{what} was noticed"), PATIENCE, || {
        let log = g.log();
        let (_, behind) = log.get(heard..)?.split_once(noticed)?;
        behind.contains("looked at the clock").then_some(())
    });
}

#[test]
fn a_daemon_whose_clock_jumps_tells_each_step_once_and_that_the_clock_is_off() {
    let jumps = number("GATEPOST_JUMPS", 3);
    let office = PostOffice::own(Some(FRIDAY));
    let mut g = Gatepost::ready(&office, "jumping-daemon");
    let (mut reporters, mut said) = friday(&g);
    let mut now = at("2027-04-30T15:41:10Z");
    g.set_clock(now);
    g.start();
    let mut dice = Dice::usual();
    for n in 1..=jumps {
        let before = now;
        while now.duration_since(before).as_mins().abs() < 6 {
            now = jump(&mut dice, before, &said.moments);
        }
        let what = format!("jump {n} to {now}");
        set_and_noticed(&g, before, now, &what);
        wait_until(&format!("{what}: health tells it"), PATIENCE, || {
            is_told(&g, "clock").then_some(())
        });
        said.look(now);
        said.agrees(&g, &what);
        let from = g.reporter(&format!("r{n}"));
        g.report_from(&from, &format!("jump{n}@example.net"));
        reporters.push(from);
        wait_until(&format!("{what}: the report is a ticket"), PATIENCE, || {
            (g.list().len() == reporters.len()).then_some(())
        });
        said.agrees(&g, &what);
    }
    // A letter may wait a little for the time from which the clock was put back.
    let before = now;
    now += SignedDuration::from_hours(3);
    set_and_noticed(&g, before, now, "three hours later");
    said.look(now);
    wait_until("every letter to the team has left", PATIENCE, || {
        let waiting = g.run(&["outbox", "--json"]).json();
        let mut waiting = waiting.as_array().unwrap().iter();
        waiting.all(|l| l["state"] != "queued").then_some(())
    });
    said.agrees(&g, "three hours later");
    assert_eq!(g.signal("-TERM"), Some(0));
    letters_agree(&g, &reporters);
}

fn kill(g: &Gatepost, signal: &str) {
    let pid = g.pid().to_string();
    let done = Command::new("kill").args([signal, &pid]).status();
    assert!(done.unwrap().success());
}
