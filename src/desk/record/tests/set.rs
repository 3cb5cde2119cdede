//! Properties, dates, classes, addresses.

use super::*;
use crate::mail::Address;
use crate::ticket::{Field, Planned, WaitsFor};
use jiff::civil::date;

#[test]
fn many_changes_are_one_and_the_row_follows() {
    story(|tx, config, t| {
        let changes = [
            Change::Text(Field::Title, Some("SSRF in webhook import".to_owned())),
            Change::Text(Field::Severity, Some("high".to_owned())),
            Change::Waiting(Some(WaitsFor::Reporter)),
            Change::Planned(Planned::ReporterPublication, Some(date(2027, 7, 1))),
            Change::Classes(vec!["attack".to_owned()]),
        ];
        assert_eq!(set(tx, config, t, &changes, "anna").unwrap().len(), 5);
        assert_eq!(
            set(tx, config, t, &changes, "anna").unwrap().len(),
            0,
            "so already"
        );
        let row = tx.ticket(t).unwrap().unwrap();
        assert_eq!(row.title.as_deref(), Some("SSRF in webhook import"));
        assert_eq!(row.severity.as_deref(), Some("high"));
        assert_eq!(row.waiting.as_deref(), Some("reporter"));
        assert_eq!(row.they_publish, Some(date(2027, 7, 1)));
        assert_eq!(row.classes, ["attack"]);
        let empty = [
            Change::Text(Field::Title, None),
            Change::Waiting(None),
            Change::Planned(Planned::ReporterPublication, None),
            Change::Classes(Vec::new()),
        ];
        assert_eq!(set(tx, config, t, &empty, "anna").unwrap().len(), 4);
        let row = tx.ticket(t).unwrap().unwrap();
        assert_eq!(
            (row.title, row.waiting, row.they_publish),
            (None, None, None)
        );
        assert!(row.classes.is_empty());
    });
}

#[test]
fn a_date_that_is_set_twice_and_taken_back_is_gone() {
    story(|tx, config, t| {
        let planned = |on| [Change::Planned(Planned::Publication, on)];
        for day in [10, 12] {
            set(tx, config, t, &planned(Some(date(2027, 7, day))), "anna").unwrap();
        }
        set(tx, config, t, &planned(None), "anna").unwrap();
        assert!(file(tx, config, t).unwrap().ticket.planned.is_empty());
        let past = set(tx, config, t, &planned(Some(date(2027, 5, 3))), "anna");
        assert!(past.unwrap_err().to_string().contains("in the past"));
        let far = set(tx, config, t, &planned(Some(date(2029, 5, 5))), "anna");
        assert!(far.unwrap_err().to_string().contains("two years"));
    });
}

#[test]
fn a_day_that_was_told_moves_back_to_what_was_told_and_nowhere_else() {
    story(|tx, config, t| {
        let plan = |on, letter| NewFact {
            at: tx.now(),
            what: What::Planned {
                event: Planned::Publication,
                on,
            },
            by: By::Person("anna".to_owned()),
            letter,
            mail: None,
            via: None,
        };
        let (told, dropped) = (date(2027, 7, 13), date(2027, 8, 3));
        tx.add_fact(t, &plan(told, Some(7))).unwrap();
        tx.add_fact(t, &plan(dropped, None)).unwrap();
        let on = |on| {
            set(
                tx,
                config,
                t,
                &[Change::Planned(Planned::Publication, on)],
                "anna",
            )
        };
        for other in [None, Some(date(2027, 7, 14))] {
            let why = on(other).unwrap_err().to_string();
            assert!(why.contains("was told 2027-07-13"), "{why}");
        }
        assert_eq!(on(Some(told)).unwrap().len(), 1);
    });
}

#[test]
fn a_class_that_the_policy_does_not_know_is_refused() {
    story(|tx, config, t| {
        let change = [Change::Classes(vec!["product".to_owned()])];
        let why = set(tx, config, t, &change, "anna").unwrap_err();
        assert!(why.to_string().contains("it knows attack"), "{why}");
        assert!(why.is::<Unfit>());
    });
}

#[test]
fn letters_go_to_the_new_reporter_and_never_to_ourselves() {
    story(|tx, config, t| {
        let kim = address("kim@example.net");
        set(
            tx,
            config,
            t,
            &[Change::Reporter(Some(kim.clone()))],
            "anna",
        )
        .unwrap();
        let row = tx.ticket(t).unwrap().unwrap();
        assert_eq!(row.reporter, Some(kim.clone()));
        let mut people = tx.people(t).unwrap();
        people.sort_by_key(Address::key);
        assert_eq!(people, [kim.clone(), address("mia@example.net")]);
        let was = file(tx, config, t).unwrap().facts.pop().map(|f| f.what);
        let told = What::Set {
            field: Field::Reporter,
            value: Some("kim@example.net".to_owned()),
            was: Some("mia@example.net".to_owned()),
        };
        assert_eq!(was, Some(told));
        for ours in ["security@example.org", "BEN@example.com"] {
            for change in [Change::Reporter, Change::CoFinder] {
                let why = set(tx, config, t, &[change(Some(address(ours)))], "anna");
                assert!(why.unwrap_err().to_string().contains("is ours"), "{ours}");
            }
        }
        set(tx, config, t, &[Change::Reporter(None)], "anna").unwrap();
        assert_eq!(tx.ticket(t).unwrap().unwrap().reporter, None);
    });
}

#[test]
fn who_found_it_too_joins_the_ticket_until_that_is_taken_back() {
    story(|tx, config, t| {
        let (kim, mia) = (address("kim@example.net"), address("mia@example.net"));
        set(
            tx,
            config,
            t,
            &[Change::CoFinder(Some(kim.clone()))],
            "anna",
        )
        .unwrap();
        assert!(tx.people(t).unwrap().contains(&kim));
        set(tx, config, t, &[Change::CoFinder(None)], "anna").unwrap();
        assert!(!tx.people(t).unwrap().contains(&kim));
        set(
            tx,
            config,
            t,
            &[Change::CoFinder(Some(mia.clone()))],
            "anna",
        )
        .unwrap();
        set(tx, config, t, &[Change::CoFinder(None)], "anna").unwrap();
        assert_eq!(tx.people(t).unwrap(), [mia], "the reporter stays");
    });
}

#[test]
fn a_name_is_given_or_not_and_the_last_word_counts() {
    story(|tx, config, t| {
        let credit = |c: Credit| {
            set(tx, config, t, &[Change::Credit(c)], "anna").unwrap();
            let ticket = file(tx, config, t).unwrap().ticket;
            (
                ticket.set.get(&Field::Credit).cloned(),
                ticket.credit_declined,
            )
        };
        let fox = || Credit::Named("fox in the box".to_owned());
        let named = (Some("fox in the box".to_owned()), false);
        assert_eq!(credit(fox()), named);
        assert_eq!(credit(Credit::Declined), (None, true));
        assert_eq!(credit(Credit::Declined), (None, true));
        assert_eq!(credit(fox()), named);
        assert_eq!(credit(Credit::Unasked), (None, false));
    });
}

#[test]
fn another_ticket_is_named_by_its_reference_and_never_itself() {
    story(|tx, config, t| {
        let see = |n| set(tx, config, t, &[Change::See(Some(TicketNo(n)))], "anna");
        assert!(see(1).unwrap_err().to_string().contains("itself"));
        assert!(see(9).unwrap_err().to_string().contains("no ticket 0009"));
        let subject = Foreign::new("XSS");
        open(tx, config, &by_hand(&subject, None, at(NOW))).unwrap();
        see(2).unwrap();
        let ticket = file(tx, config, t).unwrap().ticket;
        assert_eq!(ticket.set.get(&Field::See).unwrap(), "SEC-2027-0002");
    });
}

#[test]
fn what_is_exploited_starts_its_clocks_and_ends_them_when_that_was_wrong() {
    story(|tx, config, t| {
        let before = file(tx, config, t).unwrap();
        let found = starts(tx, config, &before, &What::Exploited, at(NOW)).unwrap();
        let due = at("2027-05-05T08:02:00Z");
        let found: Vec<_> = found
            .iter()
            .map(|s| (s.promise.as_str(), s.due_at))
            .collect();
        assert_eq!(found, [("warn", Some(due))]);
        let future = [Change::Exploited(Some(at("2027-05-04T09:00:00Z")))];
        assert!(set(tx, config, t, &future, "anna").is_err());
        set(tx, config, t, &[Change::Exploited(Some(at(NOW)))], "anna").unwrap();
        assert_eq!(running(&file(tx, config, t).unwrap()), ["respond", "warn"]);
        set(tx, config, t, &[Change::Exploited(None)], "anna").unwrap();
        let after = file(tx, config, t).unwrap();
        assert!(!after.ticket.exploited);
        assert_eq!(running(&after), ["respond"]);
    });
}
