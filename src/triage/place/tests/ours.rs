//! Where the team's own mail belongs, and that of programs.

use super::*;

/// Mail of the team in the folder for sent mail and in INBOX.
fn check_team(cites: bool, known: &Known, sent: Place, inbox: Place) {
    let mut mail = from("anna@example.org");
    let id = MessageId::fresh([9; 16], "example.net");
    mail.in_reply_to = cites.then_some(id).into_iter().collect();
    for (folder, place) in [(Role::Sent, sent), (Role::Inbox, inbox)] {
        let said = placed_in(folder, &mail, known, Kind::Team);
        assert_eq!(said, place, "{folder:?}, cites {cites}, {known:?}");
    }
}

#[test]
fn the_teams_own_mail_joins_what_it_cites_or_plainly_means() {
    let joins = Place::Joins(T1);
    let cited = |what| Known {
        cited: vec![cites(what, Some(1))],
        reached: vec![TicketNo(2)],
        ..Known::default()
    };
    for what in [CitedWhat::Letter, CitedWhat::Team, CitedWhat::Mail] {
        check_team(true, &cited(what), joins, joins);
    }
    let reached = |tickets: &[i64]| Known {
        reached: tickets.iter().copied().map(TicketNo).collect(),
        ..Known::default()
    };
    check_team(false, &reached(&[1]), joins, joins);
    // It may be about what it cites, which is not on record.
    check_team(true, &reached(&[1]), Place::Aside, Place::Tray);
    check_team(false, &reached(&[1, 2]), Place::Aside, Place::Tray);
    check_team(false, &reached(&[]), Place::Aside, Place::New);
    check_team(true, &reached(&[]), Place::Aside, Place::New);
}

#[test]
fn a_copy_that_proves_nothing_does_not_hide_the_answer() {
    let known = |copy, copy_is_unproven| Known {
        copy: Some(copy),
        copy_is_unproven,
        cited: vec![cites(CitedWhat::Mail, Some(1))],
        ..Known::default()
    };
    let (on_2, joins) = (Where::Ticket(TicketNo(2)), Place::Joins(T1));
    check_team(true, &known(on_2, true), joins, joins);
    check_team(true, &known(Where::Tray, true), joins, joins);
    let copy = Place::Copy(TicketNo(2));
    check_team(true, &known(on_2, false), copy, copy);
    let unproven = placed(
        &from("anna@example.org"),
        &known(on_2, true),
        Kind::UnprovenTeam,
    );
    assert_eq!(unproven, copy);
}

#[test]
fn what_we_sent_in_bcc_to_ourselves_is_aside_and_what_is_for_us_is_not() {
    let known = Known {
        copy: Some(Where::Aside),
        ..Known::default()
    };
    let to = |recipient: &str| Mail {
        recipients: vec![address(recipient)],
        ..from("anna@example.org")
    };
    for kind in [Kind::Team, Kind::UnprovenTeam] {
        let outside = placed(&to("kim@example.com"), &known, kind);
        assert_eq!(outside, Place::Aside, "{kind:?}");
        let for_us = placed(&to("security@example.org"), &known, kind);
        assert_eq!(for_us, Place::New, "{kind:?}");
    }
    let stranger = placed(&from("mia@example.net"), &known, Kind::Person);
    assert_eq!(stranger, Place::New);
}

#[test]
fn nothing_that_we_sent_waits_in_the_tray() {
    for kind in [Kind::Own, Kind::Machine, Kind::Bounce] {
        let known = Known {
            own: Some(OwnLetter {
                from: address("security@example.org"),
                ticket: None,
            }),
            ..Known::default()
        };
        let sent = |author: &str| placed_in(Role::Sent, &from(author), &known, kind);
        assert_eq!(sent("security@example.org"), Place::Aside, "{kind:?}");
        assert_eq!(sent("mia@example.net"), Place::Tray, "{kind:?}");
    }
}

#[test]
fn a_program_that_cites_a_mail_is_one_of_the_tickets_people_or_joins_nothing() {
    let by = |what| Known {
        cited: vec![cites(what, Some(1))],
        ..Known::default()
    };
    let (mail, letter) = (by(CitedWhat::Mail), by(CitedWhat::Letter));
    for (kind, joins, not) in [
        (Kind::Automatic, Place::Joins(T1), Place::Claims(T1)),
        (Kind::Machine, Place::Internal(T1), Place::Tray),
    ] {
        check(kind, "mia+x@example.net", &mail, joins);
        check(kind, "eve@example.com", &letter, joins);
        check(kind, "eve@example.com", &mail, not);
    }
    let team = by(CitedWhat::Team);
    check(
        Kind::Bounce,
        "mailer-daemon@example.net",
        &letter,
        Place::Joins(T1),
    );
    check(
        Kind::Bounce,
        "mailer-daemon@example.net",
        &team,
        Place::Joins(T1),
    );
    check(Kind::Bounce, "mia@example.net", &mail, Place::Tray);
}

#[test]
fn the_teams_own_mail_joins_the_one_ticket_that_its_subject_names() {
    let named = |n| crate::triage::Named {
        ticket: TicketNo(n),
        people: vec![address("mia@example.net")],
    };
    let one = Known {
        named: vec![named(1)],
        ..Known::default()
    };
    let two = Known {
        named: vec![named(1), named(2)],
        ..Known::default()
    };
    check(Kind::Team, "anna@example.org", &one, Place::Joins(T1));
    check(Kind::Team, "anna@example.org", &two, Place::New);
    check(
        Kind::UnprovenTeam,
        "anna@example.org",
        &one,
        Place::Claims(T1),
    );
}

/// Many people write from one address there: whoever files a report may name another's.
#[test]
fn a_reference_in_the_subject_of_what_a_program_sends_is_anybodys() {
    let named = crate::triage::Named {
        ticket: T1,
        people: vec![address("mia@example.net")],
    };
    let known = Known {
        named: vec![named],
        ..Known::default()
    };
    let proven = |kind| {
        let way = Way {
            folder: Role::Inbox,
            authenticated: Authenticated::Pass,
            received_at: Timestamp::UNIX_EPOCH,
        };
        placed_by(&way, &from("mia@example.net"), &known, kind)
    };
    assert_eq!(proven(Kind::Person), Place::Joins(T1));
    assert_eq!(proven(Kind::Platform), Place::New);
    for kind in [Kind::List, Kind::AutomaticSender] {
        assert_eq!(proven(kind), Place::Claims(T1), "{kind:?}");
    }
    assert!(!matches!(proven(Kind::Automatic), Place::Joins(_)));
}
