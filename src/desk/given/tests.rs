//! A name that is agreed to, given out, and taken back.

use super::*;
use crate::config;
use crate::desk::record::{ByHand, Change, open, set};
use crate::desk::{account, file, health, post, record};
use crate::mail::{Address, Foreign};
use crate::store::Store;

const PAGE: Place = Place {
    way: Way::Credits,
    path: "/site/thanks.md",
};

/// A store with one report; the record agrees with itself at the end.
fn story(work: impl FnOnce(&Tx, &Config, TicketNo)) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config::sample::small(dir.path());
    // Without the promise that nags of the credit by itself.
    config.policy.promises.retain(|p| p.name != "credit");
    let mut store = Store::create(&config.store).unwrap();
    let (subject, mia) = (
        Foreign::new("SSRF"),
        Address::parse("mia@example.net").unwrap(),
    );
    let report = ByHand {
        from: Some(&mia),
        subject: &subject,
        via: "phone",
        at: "2027-04-30T15:40:00Z".parse().unwrap(),
        letter: None,
        acknowledge: false,
        who: "anna",
    };
    let now = "2027-05-04T08:02:00Z".parse().unwrap();
    let done = store.write(now, |tx| {
        let ticket = open(tx, &config, &report)?;
        work(tx, &config, ticket);
        assert_eq!(account::account(tx, &config)?.differences, []);
        Ok(())
    });
    done.unwrap();
}

fn credit(tx: &Tx, config: &Config, t: TicketNo, credit: record::Credit) {
    set(tx, config, t, &[Change::Credit(credit)], "anna").unwrap();
}

fn named(name: &str) -> record::Credit {
    record::Credit::Named(name.to_owned())
}

fn happened(tx: &Tx, config: &Config, t: TicketNo, what: What) {
    let fact = NewFact::new(tx.now(), what, By::Person("anna".to_owned()));
    tx.add_fact(t, &fact).unwrap();
    refresh(tx, config, t).unwrap();
}

/// Writes the names that are due into the page, on the lines that are given.
fn exported(tx: &Tx, config: &Config, stands: &[(&str, usize)], left: &[&str]) {
    let stands: Vec<_> = stands.iter().map(|(n, l)| ((*n).to_owned(), *l)).collect();
    give(tx, config, &PAGE, &thanks(tx).unwrap(), &stands, "anna").unwrap();
    let there = |name: &str| {
        let mut all = stands
            .iter()
            .map(|(n, _)| n.as_str())
            .chain(left.iter().copied());
        match all.any(|n| export::same(n, name)) {
            true => Stands::There,
            false => Stands::Not,
        }
    };
    given(tx, config, &PAGE, &there, "anna").unwrap();
}

#[test]
fn only_who_agreed_is_thanked_and_only_once_it_is_resolved() {
    story(|tx, config, t| {
        assert_eq!(thanks(tx).unwrap(), Thanks::default());
        credit(tx, config, t, named("fox"));
        let waits = |why| vec![(tx.ticket(t).unwrap().unwrap().reference, why)];
        assert_eq!(thanks(tx).unwrap().waiting, waits("not resolved yet"));
        happened(tx, config, t, What::Resolved);
        assert_eq!(thanks(tx).unwrap().names(), ["fox"]);
        let consent = |value: &str| {
            let change = Change::Text(Field::Consent, Some(value.to_owned()));
            set(tx, config, t, &[change], "anna").unwrap();
        };
        consent("no: they said so on the telephone");
        assert_eq!(thanks(tx).unwrap().waiting, waits("consent=no"));
        consent("yes");
        happened(tx, config, t, What::Closed);
        assert_eq!(thanks(tx).unwrap().names(), ["fox"], "a closed one too");
        happened(tx, config, t, What::Reopened);
        assert_eq!(thanks(tx).unwrap().names(), [""; 0], "it goes on");
        credit(tx, config, t, record::Credit::Declined);
        assert_eq!(thanks(tx).unwrap(), Thanks::default());
    });
}

#[test]
fn a_name_that_is_taken_back_is_owed_until_our_files_are_free_of_it() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        exported(tx, config, &[("fox", 41)], &[]);
        exported(tx, config, &[("fox", 41)], &[]);
        assert_eq!(
            tx.given_of(t).unwrap().len(),
            1,
            "what is known is not said again"
        );
        let credited = |t| {
            let facts = tx.facts_of(t).unwrap();
            facts.iter().filter(|f| f.what == What::Credited).count()
        };
        assert_eq!(credited(t), 1);
        assert_eq!(tx.unwanted().unwrap(), []);
        tx.give_out(&Given {
            way: Way::Elsewhere,
            place: "advisory 12".to_owned(),
            line: None,
            ..tx.given_of(t).unwrap()[0].clone()
        })
        .unwrap();
        credit(tx, config, t, record::Credit::Declined);
        let reach_now = reach(tx, t, None).unwrap();
        assert_eq!(reach_now.len(), 1);
        assert_eq!(
            (reach_now[0].ours[0].line, reach_now[0].beyond.len()),
            (Some(41), 1)
        );
        exported(tx, config, &[], &["fox"]);
        assert_eq!(tx.unwanted().unwrap().len(), 1, "it stands there still");
        exported(tx, config, &[], &[]);
        assert_eq!(tx.unwanted().unwrap(), []);
        assert_eq!(unwanted(tx).unwrap(), ["fox"], "it may come back");
        let all: Vec<bool> = tx.given_of(t).unwrap().iter().map(|g| g.gone).collect();
        assert_eq!(all, [false, false, true], "all of it stays on record");
        assert!(reach(tx, t, None).unwrap()[0].ours.is_empty());
    });
}

#[test]
fn a_name_that_is_taken_back_while_it_is_written_is_owed() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        let stands = [("fox".to_owned(), 41)];
        give(tx, config, &PAGE, &thanks(tx).unwrap(), &stands, "anna").unwrap();
        credit(tx, config, t, record::Credit::Declined);
        given(tx, config, &PAGE, &|_| Stands::There, "anna").unwrap();
        assert_eq!(tx.unwanted().unwrap().len(), 1);
        let facts = tx.facts_of(t).unwrap();
        assert!(facts.iter().all(|f| f.what != What::Credited));
        given(tx, config, &PAGE, &|_| Stands::Not, "anna").unwrap();
        assert_eq!(tx.unwanted().unwrap(), []);
    });
}

#[test]
fn a_withdrawn_name_that_comes_back_is_found() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        exported(tx, config, &[("fox", 41)], &[]);
        credit(tx, config, t, record::Credit::Declined);
        exported(tx, config, &[], &[]);
        assert_eq!(tx.unwanted().unwrap(), []);
        exported(tx, config, &[("Fox", 7)], &[]);
        let again = tx.unwanted().unwrap();
        let again: Vec<_> = again.iter().map(|g| (g.name.as_str(), g.line)).collect();
        assert_eq!(again, [("fox", Some(7))]);
    });
}

#[test]
fn a_credit_elsewhere_does_not_bring_a_name_into_our_files_before_the_fix() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        let advisory = Given {
            ticket: t,
            name: "fox".to_owned(),
            way: Way::Elsewhere,
            place: "advisory 12".to_owned(),
            line: None,
            gone: false,
            at: tx.now(),
            by: "anna".to_owned(),
        };
        elsewhere(tx, config, &advisory).unwrap();
        assert_eq!(thanks(tx).unwrap().names(), [""; 0]);
        happened(tx, config, t, What::Resolved);
        assert_eq!(thanks(tx).unwrap().names(), ["fox"]);
    });
}

#[test]
fn the_spellings_of_a_name_that_were_given_out_are_known() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        exported(tx, config, &[("fox", 41)], &[]);
        credit(tx, config, t, named("Fox"));
        let once = [("fox".to_owned(), "Fox".to_owned())];
        assert_eq!(thanks(tx).unwrap().respelled(), once);
        exported(tx, config, &[("Fox", 41)], &[]);
        assert_eq!(tx.unwanted().unwrap(), []);
    });
}

#[test]
fn another_name_in_its_place_takes_the_first_one_back() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        exported(tx, config, &[("fox", 41)], &[]);
        credit(tx, config, t, named("owl"));
        assert_eq!(unwanted(tx).unwrap(), ["fox"]);
        exported(tx, config, &[("owl", 41)], &[]);
        assert_eq!(tx.unwanted().unwrap(), []);
        assert_eq!(tx.standing().unwrap()[0].name, "owl");
    });
}

#[test]
fn somebody_else_of_that_name_may_stand_there() {
    story(|tx, config, t| {
        let (subject, mia) = (
            Foreign::new("XSS"),
            Address::parse("kim@example.net").unwrap(),
        );
        let second = ByHand {
            from: Some(&mia),
            subject: &subject,
            via: "phone",
            at: "2027-05-01T15:40:00Z".parse().unwrap(),
            letter: None,
            acknowledge: false,
            who: "anna",
        };
        let other = open(tx, config, &second).unwrap();
        for ticket in [t, other] {
            credit(tx, config, ticket, named("fox"));
            happened(tx, config, ticket, What::Resolved);
        }
        assert_eq!(thanks(tx).unwrap().names(), ["fox"]);
        exported(tx, config, &[("fox", 41)], &[]);
        credit(tx, config, t, record::Credit::Declined);
        assert_eq!(tx.unwanted().unwrap().len(), 1);
        exported(tx, config, &[("fox", 41)], &[]);
        assert_eq!(tx.unwanted().unwrap(), []);
        let standing: Vec<_> = tx.standing().unwrap().iter().map(|g| g.ticket).collect();
        assert_eq!(standing, [other]);
    });
}

#[test]
fn the_digest_and_health_tell_of_a_withdrawn_name_though_the_ticket_is_closed() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        exported(tx, config, &[("fox", 41)], &[]);
        happened(tx, config, t, What::Closed);
        let told = || {
            let board = post::board(tx, config).unwrap();
            let id = post::digest(
                tx,
                config,
                &config.team[0],
                &board,
                &post::Beside::default(),
            )
            .unwrap();
            let body = tx.letter(id).unwrap().unwrap().body;
            let health = health::judge(&health::known(tx, config).unwrap(), tx.now());
            let names = health.iter().any(|r| r.kind == health::Kind::Names);
            (body, names)
        };
        let (digest, ill) = told();
        assert!(!digest.contains("NAME") && !ill, "{digest}");
        credit(tx, config, t, record::Credit::Declined);
        let (digest, ill) = told();
        assert!(digest.contains("NAME   0001") && ill, "{digest}");
        assert!(
            digest.contains("withdrawn, stands in thanks.md"),
            "{digest}"
        );
        assert!(!digest.contains("fox"), "{digest}");
        assert!(digest.lines().all(|l| l.chars().count() <= 40), "{digest}");
        exported(tx, config, &[], &[]);
        let (digest, ill) = told();
        assert!(!digest.contains("NAME") && !ill, "{digest}");
    });
}

#[test]
fn the_end_of_security_txt_is_told_a_month_before() {
    story(|tx, config, _| {
        let text = config::SecurityTxt {
            file: "/site/security.txt".into(),
            fields: export::security_txt::Fields {
                contact: vec!["mailto:security@example.org".to_owned()],
                encryption: vec![],
                acknowledgments: vec![],
                languages: vec![],
                canonical: vec![],
                policy: vec![],
                hiring: vec![],
            },
            days: 180,
            credits: false,
        };
        let with = Config {
            security_txt: Some(text),
            ..config.clone()
        };
        let told = |config: &Config, days: i64| {
            let end = tx.now() + jiff::SignedDuration::from_hours(24 * days);
            security_txt_ends(tx, end).unwrap();
            let health = health::judge(&health::known(tx, config).unwrap(), tx.now());
            let text = health
                .into_iter()
                .find(|r| r.kind == health::Kind::SecurityTxt);
            text.map(|reason| reason.text)
        };
        assert_eq!(told(config, 3), None, "the config has none any more");
        assert_eq!(told(&with, 31), None);
        assert_eq!(
            told(&with, 29).as_deref(),
            Some("security.txt expires in 29 days")
        );
        assert_eq!(told(&with, -1).as_deref(), Some("security.txt has expired"));
    });
}

#[test]
fn what_was_given_out_cannot_be_rewritten() {
    story(|tx, config, t| {
        credit(tx, config, t, named("fox"));
        happened(tx, config, t, What::Resolved);
        exported(tx, config, &[("fox", 41)], &[]);
        for sql in ["UPDATE given_out SET line = 1", "DELETE FROM given_out"] {
            let why = tx.spoil(sql).unwrap_err().to_string();
            assert!(why.contains("stays on record"), "{why}");
        }
    });
}

#[test]
fn a_resolved_report_without_credit_is_told_each_morning() {
    story(|tx, config, t| {
        let told = || matter(&file(tx, config, t).unwrap(), config);
        happened(tx, config, t, What::Resolved);
        assert_eq!(told(), None, "nothing was accepted");
        let outcome = Outcome::Accepted;
        happened(tx, config, t, What::Evaluated { outcome });
        assert_eq!(told(), Some("credit: nobody has asked"));
        credit(tx, config, t, named("fox"));
        assert_eq!(told(), None, "no file of ours names anybody");
        let config = &Config {
            credits: Some(crate::config::Credits {
                file: "/site/thanks.md".into(),
            }),
            ..config.clone()
        };
        let told = || matter(&file(tx, config, t).unwrap(), config);
        assert_eq!(told(), Some("credit: agreed, not written yet"));
        exported(tx, config, &[("fox", 41)], &[]);
        assert_eq!(told(), None);
        credit(tx, config, t, record::Credit::Declined);
        assert_eq!(told(), None);
    });
}
