//! The state of a ticket, by its facts.

use super::*;
use crate::ticket::By;

fn facts(whats: &[(What, Option<i64>)]) -> Vec<Fact> {
    whats
        .iter()
        .enumerate()
        .map(|(i, (what, letter))| Fact {
            n: i as i64 + 1,
            at: Timestamp::from_second(i as i64 * 60).unwrap_or_default(),
            what: what.clone(),
            by: By::Gatepost,
            letter: *letter,
            mail: None,
            via: None,
        })
        .collect()
}

#[test]
fn an_undelivered_letter_opens_again_what_it_had_met() {
    let evaluated = (
        What::Evaluated {
            outcome: Outcome::Accepted,
        },
        Some(7),
    );
    let bounced = (
        What::Undelivered {
            letter: Some(7),
            mail: None,
            why: "550".into(),
        },
        Some(7),
    );
    let met = facts(&[(What::Received, None), evaluated.clone()]);
    assert_eq!(Ticket::fold(&met).stage, Stage::Evaluated);
    let open = facts(&[(What::Received, None), evaluated, bounced]);
    assert_eq!(Ticket::fold(&open).stage, Stage::New);
    assert_eq!(Ticket::fold(&open).last_fact, 3);
    assert!(Ticket::fold(&open).unreachable);
    let mut again = open;
    again.push(Fact {
        n: 4,
        what: What::Evaluated {
            outcome: Outcome::Accepted,
        },
        letter: Some(7),
        ..again[0].clone()
    });
    assert_eq!(
        Ticket::fold(&again).stage,
        Stage::Evaluated,
        "sent once more"
    );
}

#[test]
fn an_interim_answer_is_no_evaluation_and_an_answer_ends_the_chase() {
    let interim = (
        What::Evaluated {
            outcome: Outcome::Investigating,
        },
        None,
    );
    let t = Ticket::fold(&facts(&[
        (What::Received, None),
        (What::ReporterWrote, None),
        interim,
    ]));
    assert_eq!((t.stage, t.chased), (Stage::New, 1));
    let t = Ticket::fold(&facts(&[
        (What::ReporterWrote, None),
        (What::Answered, None),
    ]));
    assert_eq!(t.chased, 0);
}

#[test]
fn what_was_said_before_answers_and_replaces_nothing_that_came_since() {
    let dated = |day| What::Dated {
        on: jiff::civil::date(2027, 6, day),
    };
    let mut list = facts(&[
        (What::ReporterWrote, None),
        (dated(9), None),
        (What::ReporterWrote, None),
        (What::Answered, None),
        (dated(8), None),
    ]);
    for late in &mut list[3..] {
        late.at = Timestamp::from_second(30).unwrap();
    }
    let t = Ticket::fold(&list);
    assert_eq!(
        (t.chased, t.expected),
        (1, Some(jiff::civil::date(2027, 6, 9)))
    );
    let until = |month| What::Planned {
        event: Planned::Embargo,
        on: jiff::civil::date(2027, month, 1),
    };
    let mut list = facts(&[(until(9), Some(7)), (until(7), None), (until(8), None)]);
    (list[1].at, list[1].via) = (Timestamp::from_second(-30).unwrap(), Some("phone".into()));
    let holds = |list| Ticket::fold(list).planned.into_values().next();
    assert_eq!(holds(&list[..2]), Some(jiff::civil::date(2027, 9, 1)));
    assert_eq!(holds(&list), Some(jiff::civil::date(2027, 8, 1)));
}

#[test]
fn a_letter_that_crossed_with_a_mail_answers_only_what_its_writer_knew() {
    let crossed = What::Crossed { letter: 7, seen: 1 };
    let chased = |crossed: &[(What, Option<i64>)]| {
        let told = [(What::Answered, Some(7))];
        let wrote = [(What::ReporterWrote, None), (What::ReporterWrote, None)];
        Ticket::fold(&facts(&[wrote.as_slice(), crossed, &told].concat())).chased
    };
    assert_eq!((chased(&[]), chased(&[(crossed, Some(7))])), (0, 1));
}

#[test]
fn a_retracted_fact_counts_for_nothing() {
    let t = Ticket::fold(&facts(&[
        (What::Owned { who: "anna".into() }, None),
        (What::Closed, None),
        (
            What::Retracted {
                fact: 2,
                why: "the wrong one".into(),
            },
            None,
        ),
    ]));
    assert_eq!((t.stage, t.owner.as_deref()), (Stage::New, Some("anna")));
}

#[test]
fn what_people_set_holds_until_it_is_set_anew_and_a_reporter_who_writes_ends_the_waiting() {
    let set = |value: Option<&str>| What::Set {
        field: Field::Title,
        value: value.map(str::to_owned),
        was: None,
    };
    let waits = |on| What::Waiting { on: Some(on) };
    let t = Ticket::fold(&facts(&[
        (set(Some("one")), None),
        (set(Some("two")), None),
        (waits(WaitsFor::Reporter), None),
    ]));
    let title = t.set.get(&Field::Title).map(String::as_str);
    assert_eq!(
        (title, t.waits_for),
        (Some("two"), Some(WaitsFor::Reporter))
    );
    let t = Ticket::fold(&facts(&[
        (set(Some("one")), None),
        (set(None), None),
        (waits(WaitsFor::Reporter), None),
        (What::ReporterWrote, None),
    ]));
    assert_eq!((t.set.len(), t.waits_for), (0, None));
    let t = Ticket::fold(&facts(&[
        (waits(WaitsFor::Others), None),
        (What::ReporterWrote, None),
    ]));
    assert_eq!(t.waits_for, Some(WaitsFor::Others));
}

#[test]
fn an_evaluation_ends_the_waiting_for_the_reporter() {
    let waits = |on| (What::Waiting { on: Some(on) }, None);
    let until = Date::constant(2027, 6, 4);
    let evaluated = |outcome| (What::Evaluated { outcome }, None);
    let check = |story: &[(What, Option<i64>)], wanted: (Option<WaitsFor>, Option<Date>)| {
        let t = Ticket::fold(&facts(story));
        assert_eq!((t.waits_for, t.last_call), wanted, "{story:?}");
        assert_eq!(t.waits_for.is_some(), t.waits_since.is_some());
    };
    let called = [
        waits(WaitsFor::Reporter),
        (What::LastCalled { until }, None),
        evaluated(Outcome::Accepted),
    ];
    check(&called, (None, None));
    let interim = [&called[..2], &[evaluated(Outcome::Investigating)]].concat();
    check(&interim, (Some(WaitsFor::Reporter), Some(until)));
    let others = [waits(WaitsFor::Others), evaluated(Outcome::Accepted)];
    check(&others, (Some(WaitsFor::Others), None));
    // It was told before we asked, and is written down now.
    let mut before = facts(&[waits(WaitsFor::Reporter), evaluated(Outcome::Accepted)]);
    before[0].at = Timestamp::from_second(90).unwrap();
    let asked_since = Ticket::fold(&before).waits_for;
    assert_eq!(asked_since, Some(WaitsFor::Reporter));
}

#[test]
fn what_was_found_among_junk_waits_until_a_person_has_to_do_with_it() {
    let junked = || (What::Junked { looks: false }, None);
    let stage = |more: &[(What, By)]| {
        let whats: Vec<_> = [(What::Received, None), junked()]
            .into_iter()
            .chain(more.iter().map(|(what, _)| (what.clone(), None)))
            .collect();
        let mut facts = facts(&whats);
        for (fact, (_, by)) in facts.iter_mut().skip(2).zip(more) {
            fact.by = by.clone();
        }
        let t = Ticket::fold(&facts);
        (t.stage, t.closed_as_junk)
    };
    let (anna, us) = (By::Person("anna".to_owned()), By::Gatepost);
    let note = What::Remarked {
        text: "seen".to_owned(),
    };
    let owned = What::Owned {
        who: "anna".to_owned(),
    };
    for (more, expected) in [
        (vec![], (Stage::Junk, false)),
        (
            vec![(What::ReporterWrote, us.clone())],
            (Stage::Junk, false),
        ),
        (vec![(note, anna.clone())], (Stage::Junk, false)),
        (vec![(What::Adopted, us.clone())], (Stage::New, false)),
        (vec![(owned, anna.clone())], (Stage::New, false)),
        (vec![(What::Answered, us.clone())], (Stage::New, false)),
        (vec![(What::Closed, anna.clone())], (Stage::Closed, true)),
        (
            vec![(What::Adopted, us.clone()), (What::Closed, anna.clone())],
            (Stage::Closed, false),
        ),
        (
            vec![(What::Closed, anna), (What::Reopened, us)],
            (Stage::New, false),
        ),
    ] {
        assert_eq!(stage(&more), expected, "{more:?}");
    }
}

#[test]
fn a_mail_of_the_teams_own_that_came_back_is_no_answer() {
    let mut facts = facts(&[(What::ReporterWrote, None), (What::Answered, None)]);
    facts[1].mail = Some(5);
    assert_eq!(Ticket::fold(&facts).chased, 0);
    facts.push(Fact {
        n: 3,
        what: What::Undelivered {
            letter: None,
            mail: Some(5),
            why: "a bounce came back".into(),
        },
        mail: Some(6),
        ..facts[1].clone()
    });
    let t = Ticket::fold(&facts);
    assert_eq!((t.chased, t.unreachable), (1, true));
}

#[test]
fn what_an_older_gatepost_wrote_of_a_letter_is_read() {
    let old = r#"{"fact":"undelivered","letter":7,"why":"550"}"#;
    let what: What = serde_json::from_str(old).unwrap();
    let expected = What::Undelivered {
        letter: Some(7),
        mail: None,
        why: "550".into(),
    };
    assert_eq!(what, expected);
}
