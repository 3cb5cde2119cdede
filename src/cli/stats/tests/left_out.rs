//! What stands in no figure, and what is no excuse.

use super::*;
use crate::promise::tally::Fate;

#[test]
fn what_is_no_report_and_what_was_adopted_is_counted_beside() {
    let mut desk = Desk::new();
    let june = |day: i8| format!("2027-06-{day:02}T09:00:00Z");
    let junked = What::Junked { looks: false };
    let tickets: Vec<TicketNo> = (1..=5)
        .map(|day| desk.report(&june(day), "among junk", true))
        .collect();
    let [report, aside, closed, out, tray] = tickets[..] else {
        panic!("five tickets");
    };
    desk.happens(&june(5), aside, std::slice::from_ref(&junked));
    desk.happens(&june(5), closed, &[junked.clone(), What::Closed]);
    desk.happens(&june(5), out, &[junked, What::Adopted]);
    // Out of the tray: a person says that it was received, and no way on which.
    let taken_up = |tx: &Tx| {
        let fact = NewFact {
            at: tx.now(),
            what: What::Received,
            by: By::Person("anna".to_owned()),
            letter: None,
            mail: Some(1),
            via: None,
        };
        tx.add_fact(tray, &fact)
    };
    desk.store.write(at(&june(5)), taken_up).unwrap();
    let (received, left_out, judged) = desk.counted("2027-06", |counted, _| {
        let tally = &counted.tally;
        (tally.received.clone(), tally.left_out, tally.judged.clone())
    });
    assert_eq!(
        (received.reports, received.not_reports, received.adopted),
        (1, 2, 2)
    );
    assert_eq!((left_out.not_reports, left_out.adopted), (2, 2));
    assert!(judged.iter().all(|one| one.ticket == report) && judged.len() == 1);
}

#[test]
fn what_begins_after_a_ticket_was_adopted_counts() {
    let mut desk = Desk::new();
    let ticket = desk.report("2027-06-01T09:00:00Z", "from the tray", true);
    desk.happens("2027-06-03T09:00:00Z", ticket, &[What::Adopted]);
    let dated = What::Dated {
        on: date(2027, 6, 8),
    };
    desk.happens("2027-06-04T09:00:00Z", ticket, &[What::Answered, dated]);
    desk.happens("2027-06-07T09:00:00Z", ticket, &[What::Resolved]);
    let (judged, left_out) = desk.counted("2027-06", |counted, _| {
        (counted.tally.judged.clone(), counted.tally.left_out)
    });
    let kept: Vec<(&str, Fate)> = judged
        .iter()
        .filter(|one| one.due_at.is_some())
        .map(|one| (one.promise.as_str(), one.fate))
        .collect();
    assert_eq!(kept, [("inform", Fate::Void), ("resolve", Fate::Kept)]);
    assert_eq!(left_out.adopted, 1, "respond began before");
}

#[test]
fn a_reporter_who_is_removed_later_excuses_nothing() {
    let mut desk = Desk::new();
    let late = desk.report("2027-06-01T09:00:00Z", "nobody answered", true);
    let found = desk.report("2027-06-01T09:00:00Z", "by telephone", false);
    let cannot = desk.report("2027-06-01T09:00:00Z", "by nobody", false);
    let change = |desk: &mut Desk, ticket, to: Option<&str>, was: Option<&str>| {
        let address = to.and_then(Address::parse);
        let set = |tx: &Tx| tx.set_reporter(ticket, address.as_ref());
        desk.store.write(at("2027-06-08T09:00:00Z"), set).unwrap();
        let what = What::Set {
            field: Field::Reporter,
            value: to.map(str::to_owned),
            was: was.map(str::to_owned),
        };
        desk.happens("2027-06-08T09:00:00Z", ticket, &[what]);
    };
    change(&mut desk, late, None, Some("mia@example.net"));
    change(&mut desk, found, Some("mia@example.net"), None);
    let judged = desk.counted("2027-06", |counted, _| counted.tally.judged.clone());
    let fate = |ticket| {
        let mut of_it = judged.iter().filter(|one| one.ticket == ticket);
        of_it.find(|one| one.promise == "respond").unwrap().fate
    };
    // Who is found later can be told, and `list` says that nobody did.
    assert_eq!((fate(late), fate(found)), (Fate::Late, Fate::Late));
    assert_eq!(fate(cannot), Fate::Cannot);
}

#[test]
fn what_was_late_stays_late_when_it_is_closed() {
    let mut desk = Desk::new();
    let reports = [
        "closed",
        "gone again",
        "both",
        "known after it ended",
        "never known",
    ];
    let tickets = reports.map(|subject| desk.report("2027-06-01T09:00:00Z", subject, false));
    let [closed, gone, both, after, never] = tickets;
    let change = |desk: &mut Desk, when: &str, ticket, to: Option<&str>, was: Option<&str>| {
        let address = to.and_then(Address::parse);
        let set = |tx: &Tx| tx.set_reporter(ticket, address.as_ref());
        desk.store.write(at(when), set).unwrap();
        let what = What::Set {
            field: Field::Reporter,
            value: to.map(str::to_owned),
            was: was.map(str::to_owned),
        };
        desk.happens(when, ticket, &[what]);
    };
    let (known, removed, end) = (
        "2027-06-07T09:00:00Z",
        "2027-06-08T09:00:00Z",
        "2027-06-09T09:00:00Z",
    );
    let mia = Some("mia@example.net");
    for ticket in [closed, gone, both] {
        change(&mut desk, known, ticket, mia, None);
    }
    for ticket in [gone, both] {
        change(&mut desk, removed, ticket, None, mia);
    }
    for ticket in [closed, both, after, never] {
        desk.happens(end, ticket, &[What::Closed]);
    }
    change(&mut desk, "2027-06-09T10:00:00Z", after, mia, None);
    let judged = desk.counted("2027-06", |counted, _| counted.tally.judged.clone());
    let fates = tickets.map(|ticket| {
        let mut of_it = judged.iter().filter(|one| one.ticket == ticket);
        of_it.find(|one| one.promise == "respond").unwrap().fate
    });
    let [late, cannot] = [Fate::Late, Fate::Cannot];
    assert_eq!(fates, [late, late, late, cannot, cannot]);
}
