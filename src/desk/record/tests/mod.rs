//! What people set down, on one report of a Friday; the record agrees with itself after
//! each story.

mod open;
mod set;

use super::*;
use crate::config::sample;
use crate::desk::{File, account, file};
use crate::mail::{Address, Foreign};
use crate::store::Store;
use crate::ticket::{Outcome, Planned, Stage};
use jiff::civil::date;
use std::path::Path;

/// Tuesday 4 May 2027, 09:02 in London.
const NOW: &str = "2027-05-04T08:02:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A policy that knows a class, a fact of its own, and what is exploited.
fn config(folder: &Path) -> Config {
    let mut config = sample::small(folder);
    let text = config.policy.text.clone()
        + r#"
[[fact]]
name = "fix-available"

[[promise]]
name   = "warn"
page   = "We warn the authority."
from   = "exploited"
needs  = ["fix-available"]
within = "24 hours"
remind = ["at once"]
"#;
    config.policy = crate::config::read_policy(&text).unwrap();
    config
}

/// The first promise holds for a class as well: a form that the engine knows.
fn with_class(mut config: Config) -> Config {
    let mut promise = config.policy.promises[0].clone();
    promise.name = "attack".to_owned();
    promise.class = Some("attack".to_owned());
    config.policy.promises.push(promise);
    config
}

fn by_hand<'a>(subject: &'a Foreign, from: Option<&'a Address>, at: Timestamp) -> ByHand<'a> {
    ByHand {
        from,
        subject,
        via: "phone",
        at,
        letter: None,
        acknowledge: false,
        who: "anna",
    }
}

/// A store with one report of Friday 16:40, and a story on it; the record agrees with
/// itself at the end.
fn story(work: impl FnOnce(&Tx, &Config, TicketNo)) {
    let dir = tempfile::tempdir().unwrap();
    let config = with_class(config(dir.path()));
    let mut store = Store::create(&config.store).unwrap();
    let (subject, mia) = (Foreign::new("SSRF"), address("mia@example.net"));
    store
        .write(at(NOW), |tx| {
            let report = by_hand(&subject, Some(&mia), at("2027-04-30T15:40:00Z"));
            let ticket = open(tx, &config, &report)?;
            work(tx, &config, ticket);
            assert_eq!(account::account(tx, &config)?.differences, []);
            Ok(())
        })
        .unwrap();
}

fn names(file: &File) -> Vec<String> {
    file.facts
        .iter()
        .map(|f| f.what.name().to_string())
        .collect()
}

fn running(file: &File) -> Vec<&str> {
    let open = file.duties.iter().filter(|d| d.stored.open);
    open.map(|d| d.promise.name.as_str()).collect()
}

#[test]
fn somebody_is_responsible_until_nobody_is() {
    story(|tx, config, t| {
        assert!(assign(tx, config, t, Some("ben"), "anna").unwrap());
        assert!(
            !assign(tx, config, t, Some("ben"), "anna").unwrap(),
            "so already"
        );
        assert!(assign(tx, config, t, None, "anna").unwrap());
        let file = file(tx, config, t).unwrap();
        assert_eq!(
            (file.row.owner.as_deref(), file.ticket.owner.as_deref()),
            (None, None)
        );
        assert_eq!(names(&file), ["received", "owned", "disowned"]);
        assert_eq!(file.facts[1].by.name(), "anna");
    });
}

#[test]
fn a_note_has_words_and_a_look_at_data_is_a_fact_of_its_own() {
    story(|tx, config, t| {
        note(tx, config, t, " asked the platform team ", false, "anna").unwrap();
        note(
            tx,
            config,
            t,
            "anna, access log, to see whether it was used",
            true,
            "anna",
        )
        .unwrap();
        assert!(note(tx, config, t, " \n", false, "anna").is_err());
        assert!(note(tx, config, t, &"x".repeat(20_001), false, "anna").is_err());
        let file = file(tx, config, t).unwrap();
        assert_eq!(names(&file), ["received", "remarked", "data-accessed"]);
        let text = "asked the platform team".to_owned();
        assert_eq!(file.facts[1].what, What::Remarked { text });
    });
}

fn recorded(
    tx: &Tx,
    config: &Config,
    t: TicketNo,
    name: &str,
    when: &str,
    force: Option<&str>,
) -> Result<Option<i64>> {
    let at = at(when);
    declared(tx, config, t, Happened { name, at, force }, "anna")
}

#[test]
fn an_update_waits_for_the_end_of_an_embargo_or_for_a_reason() {
    story(|tx, config, t| {
        let record = |name, when, force| recorded(tx, config, t, name, when, force);
        let posted = |force| record("update-posted", NOW, force);
        let until = What::Planned {
            event: Planned::Embargo,
            on: date(2027, 5, 5),
        };
        add(tx, t, until, "anna").unwrap();
        let names_now = || names(&file(tx, config, t).unwrap());
        for force in [None, Some(" ")] {
            let why = posted(force).unwrap_err().to_string();
            assert!(why.contains("until 2027-05-05"), "{why}");
            for way_out in ["embargo=", "--force REASON"] {
                assert!(why.contains(way_out), "{why}");
            }
        }
        assert_eq!(names_now(), ["received", "planned"], "nothing was written");
        let why = record("thanked", NOW, Some("x")).unwrap_err().to_string();
        assert!(why.contains("update-posted alone"), "{why}");
        assert!(record("thanked", NOW, None).unwrap().is_some());
        assert!(posted(Some("it leaked")).unwrap().is_some());
        let facts = file(tx, config, t).unwrap().facts;
        let text = "posted all the same: it leaked".to_owned();
        assert_eq!(facts[3].what, What::Remarked { text });
        assert_eq!(facts[4].what, What::UpdatePosted);
    });
    for (on, taken_back) in [(date(2027, 5, 4), false), (date(2027, 5, 5), true)] {
        story(|tx, config, t| {
            let event = Planned::Embargo;
            let fact = add(tx, t, What::Planned { event, on }, "anna").unwrap();
            let why = String::new();
            let over = What::Retracted { fact, why };
            taken_back.then(|| add(tx, t, over, "anna").unwrap());
            // What was posted before the day of its end broke it, also when that is told later.
            let early = recorded(tx, config, t, "update-posted", "2027-05-03T12:00:00Z", None);
            assert_eq!(early.is_ok(), taken_back);
            let now = recorded(tx, config, t, "update-posted", NOW, None).unwrap();
            assert_eq!(now.is_some(), !taken_back, "on that day it is free");
        });
    }
}

#[test]
fn only_what_the_policy_declares_is_recorded() {
    story(|tx, config, t| {
        let record = |name: &str, when: &str| recorded(tx, config, t, name, when, None);
        let why = record("evaluated", NOW).unwrap_err().to_string();
        assert!(
            why.contains("it declares embargo-over, fix-available"),
            "{why}"
        );
        assert!(
            record("fix-available", "2027-05-04T08:03:00Z").is_err(),
            "the future"
        );
        assert!(
            record("fix-available", "2027-04-30T15:00:00Z").is_err(),
            "before receipt"
        );
        record("fix-available", "2027-05-03T08:00:00Z").unwrap();
        let last = file(tx, config, t).unwrap().facts.pop().unwrap();
        assert_eq!(
            (last.what.name().as_str(), last.at),
            ("fix-available", at("2027-05-03T08:00:00Z"))
        );
    });
}

#[test]
fn a_close_out_of_three_parts_is_recorded_by_hand_each_once() {
    story(|tx, config, t| {
        let record = |name: &str| recorded(tx, config, t, name, NOW, None);
        for name in ["update-posted", "thanked"] {
            assert!(record(name).unwrap().is_some(), "{name}");
            assert_eq!(record(name).unwrap(), None, "{name} is so already");
        }
        let why = record("credited").unwrap_err().to_string();
        assert!(why.contains("has not said how to be named"), "{why}");
        let credit = |credit| set(tx, config, t, &[Change::Credit(credit)], "anna").unwrap();
        credit(Credit::Declined);
        let why = record("credited").unwrap_err().to_string();
        assert!(why.contains("does not want to be named"), "{why}");
        credit(Credit::Named("Mia R.".to_owned()));
        let consent = |value: &str| {
            let change = Change::Text(Field::Consent, Some(value.to_owned()));
            set(tx, config, t, &[change], "anna").unwrap();
        };
        consent("no");
        let why = record("credited").unwrap_err().to_string();
        assert!(why.contains("consent=no"), "{why}");
        consent("yes");
        assert!(record("credited").unwrap().is_some());
        // A second fix is owed a second update; thanks and credit hold on.
        add(tx, t, What::Closed, "anna").unwrap();
        reopen(tx, config, t, None, "anna").unwrap();
        assert!(record("update-posted").unwrap().is_some());
        assert_eq!(record("thanked").unwrap(), None);
    });
}

/// A final evaluation, as its letter makes it true.
fn evaluated(tx: &Tx, config: &Config, t: TicketNo) {
    let outcome = Outcome::NotReproducible;
    let facts = [
        What::Answered,
        What::Evaluated { outcome },
        What::DateNotDue,
        What::Closed,
    ];
    for what in facts {
        let fact = NewFact {
            at: tx.now(),
            what,
            by: By::Person("anna".to_owned()),
            letter: Some(7),
            mail: None,
            via: None,
        };
        tx.add_fact(t, &fact).unwrap();
    }
    refresh(tx, config, t).unwrap();
}

#[test]
fn what_an_evaluation_had_met_is_open_again_when_it_was_wrong() {
    story(|tx, config, t| {
        evaluated(tx, config, t);
        let file_now = || file(tx, config, t).unwrap();
        assert_eq!(file_now().ticket.stage, Stage::Closed);
        let gone = retract(tx, config, t, 3, "the wrong ticket", "ben").unwrap();
        assert_eq!(
            gone,
            [3, 4, 5],
            "with the date that was not due, and the end"
        );
        let after = file_now();
        assert_eq!(
            (after.ticket.stage, after.ticket.outcome),
            (Stage::New, None)
        );
        assert_eq!(running(&after), ["respond", "inform"]);
        let respond = after
            .duties
            .iter()
            .find(|d| d.promise.name == "respond")
            .unwrap();
        assert_eq!(respond.state.missing.len(), 2);
        let again = retract(tx, config, t, 3, "twice", "ben").unwrap_err();
        assert!(
            again.to_string().contains("no fact 3 that counts"),
            "{again}"
        );
    });
}

#[test]
fn what_a_server_told_us_is_not_ours_to_take_back() {
    story(|tx, config, t| {
        let kim = address("kim@example.net");
        set(tx, config, t, &[Change::Reporter(Some(kim))], "anna").unwrap();
        assign(tx, config, t, Some("ben"), "anna").unwrap();
        let why = |n| {
            retract(tx, config, t, n, "x", "anna")
                .unwrap_err()
                .to_string()
        };
        assert!(why(1).contains("what a server told us"), "{}", why(1));
        assert!(why(2).contains("set it anew"), "{}", why(2));
        assert!(why(99).contains("no fact 99"));
        retract(tx, config, t, 3, "it is carla", "anna").unwrap();
        assert!(why(4).contains("what is right instead"), "{}", why(4));
        assert_eq!(file(tx, config, t).unwrap().ticket.owner, None);
    });
}

#[test]
fn only_what_is_closed_is_opened_again() {
    story(|tx, config, t| {
        assert!(
            reopen(tx, config, t, None, "anna")
                .unwrap_err()
                .to_string()
                .contains("is open")
        );
        evaluated(tx, config, t);
        reopen(tx, config, t, Some("it works on 4.3"), "anna").unwrap();
        let after = file(tx, config, t).unwrap();
        assert_eq!(after.ticket.stage, Stage::New);
        assert_eq!(names(&after)[5..], ["remarked", "reopened"]);
    });
}
