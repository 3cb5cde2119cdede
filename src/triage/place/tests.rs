//! Every kind at every place.

use super::*;
use crate::mail::{Address, Author, Foreign, Mail, MessageId};
use crate::triage::{AckMode, House, OwnLetter, Role, Sent, Way};
use jiff::{SignedDuration, Timestamp};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn from(text: &str) -> Mail {
    Mail {
        author: Author::One {
            address: address(text),
            name: Foreign::default(),
        },
        ..Mail::default()
    }
}

fn cites(what: CitedWhat, ticket: Option<i64>) -> Cited {
    let people = vec![address("mia@example.net")];
    Cited {
        id: MessageId::fresh([1; 16], "example.org"),
        what,
        ticket: ticket.map(TicketNo),
        people,
    }
}

fn placed(mail: &Mail, known: &Known, kind: Kind) -> Place {
    placed_in(Role::Inbox, mail, known, kind)
}

fn placed_in(folder: Role, mail: &Mail, known: &Known, kind: Kind) -> Place {
    let way = Way {
        folder,
        authenticated: Authenticated::None,
        received_at: Timestamp::UNIX_EPOCH,
    };
    let house = House {
        watched: vec![address("security@example.org")],
        team: vec![address("anna@example.org")],
        acknowledge: AckMode::NotFail,
        stale_after: SignedDuration::ZERO,
        caps: Sent::default(),
        caps_proven: Sent::default(),
        platforms: vec![],
    };
    let seen = Seen {
        mail,
        known,
        house: &house,
        way: &way,
    };
    super::place(&seen, kind).is
}

fn check(kind: Kind, author: &str, known: &Known, place: Place) {
    let said = placed(&from(author), known, kind);
    assert_eq!(said, place, "{kind:?} of {author}, {known:?}");
}

const ALL: [Kind; 11] = [
    Kind::Own,
    Kind::Bounce,
    Kind::Machine,
    Kind::Platform,
    Kind::Team,
    Kind::UnprovenTeam,
    Kind::Automatic,
    Kind::List,
    Kind::AutomaticSender,
    Kind::Suppressed,
    Kind::Person,
];
const T1: TicketNo = TicketNo(1);

#[test]
fn who_cites_nothing_is_new_and_a_bounce_of_nothing_lies_in_the_tray() {
    for kind in ALL {
        let place = if matches!(kind, Kind::Own | Kind::Bounce | Kind::Machine) {
            Place::Tray
        } else {
            Place::New
        };
        check(kind, "mia@example.net", &Known::default(), place);
    }
}

#[test]
fn who_cites_a_ticket_joins_by_kind_and_by_author() {
    for what in [CitedWhat::Letter, CitedWhat::Mail] {
        let known = Known {
            cited: vec![cites(what, None), cites(what, Some(1))],
            ..Known::default()
        };
        for (kind, author, place) in [
            (Kind::UnprovenTeam, "anna@example.org", Place::Internal(T1)),
            (Kind::Automatic, "mia@example.net", Place::Joins(T1)),
            (Kind::Person, "MIA@example.net", Place::Joins(T1)),
            (Kind::Person, "eve@example.com", Place::Claims(T1)),
        ] {
            check(kind, author, &known, place);
        }
    }
}

#[test]
fn a_bounce_joins_by_a_letter_of_ours_alone() {
    let letter = |ticket| cites(CitedWhat::Letter, Some(ticket));
    for (cited, returned, place) in [
        (vec![letter(1)], vec![], Place::Joins(T1)),
        (vec![letter(2)], vec![letter(1)], Place::Joins(T1)),
        (
            vec![cites(CitedWhat::Mail, Some(2)), letter(1)],
            vec![],
            Place::Joins(T1),
        ),
        (vec![cites(CitedWhat::Mail, Some(1))], vec![], Place::Tray),
        (vec![], vec![cites(CitedWhat::Mail, Some(1))], Place::Tray),
    ] {
        let known = Known {
            cited,
            returned,
            ..Known::default()
        };
        check(Kind::Bounce, "mailer-daemon@example.net", &known, place);
    }
}

#[test]
fn a_person_joins_the_nearest_ticket_that_is_theirs() {
    let other = Cited {
        people: vec![address("ben@example.com")],
        ..cites(CitedWhat::Letter, Some(2))
    };
    let known = Known {
        cited: vec![
            other,
            cites(CitedWhat::Mail, Some(1)),
            cites(CitedWhat::Mail, Some(3)),
        ],
        ..Known::default()
    };
    check(Kind::Person, "mia@example.net", &known, Place::Joins(T1));
    check(
        Kind::Person,
        "eve@example.com",
        &known,
        Place::Claims(TicketNo(2)),
    );
}

#[test]
fn a_mail_without_one_author_joins_nothing() {
    let known = Known {
        cited: vec![cites(CitedWhat::Letter, Some(1))],
        ..Known::default()
    };
    let mail = Mail {
        author: Author::Several,
        ..Mail::default()
    };
    assert_eq!(placed(&mail, &known, Kind::Person), Place::Claims(T1));
}

#[test]
fn whatever_cites_a_reminder_is_internal() {
    for kind in [
        Kind::Bounce,
        Kind::UnprovenTeam,
        Kind::Automatic,
        Kind::Person,
    ] {
        let cited = vec![
            cites(CitedWhat::Letter, Some(2)),
            cites(CitedWhat::Reminder, Some(1)),
        ];
        check(
            kind,
            "eve@example.com",
            &Known {
                cited,
                ..Known::default()
            },
            Place::Internal(T1),
        );
        let returned = vec![cites(CitedWhat::Reminder, None)];
        check(
            kind,
            "mia@example.net",
            &Known {
                returned,
                ..Known::default()
            },
            Place::InternalInTray,
        );
    }
}

#[test]
fn a_copy_is_a_copy_whatever_it_cites() {
    let cited = vec![cites(CitedWhat::Reminder, Some(2))];
    for kind in [
        Kind::Bounce,
        Kind::UnprovenTeam,
        Kind::Automatic,
        Kind::Person,
    ] {
        let known = Known {
            copy: Some(Where::Ticket(T1)),
            cited: cited.clone(),
            ..Known::default()
        };
        check(kind, "mia@example.net", &known, Place::Copy(T1));
        check(
            kind,
            "mia@example.net",
            &Known {
                copy: Some(Where::Tray),
                ..known
            },
            Place::CopyInTray,
        );
    }
}

#[test]
fn our_own_letter_joins_its_ticket() {
    let letter = |ticket| Known {
        own: Some(OwnLetter {
            from: address("security@example.org"),
            ticket,
        }),
        ..Known::default()
    };
    check(
        Kind::Own,
        "security@example.org",
        &letter(Some(T1)),
        Place::Joins(T1),
    );
    check(
        Kind::Own,
        "security@example.org",
        &letter(None),
        Place::Tray,
    );
}

#[test]
fn a_root_joins_the_reply_that_came_first() {
    let known = Known {
        cited_by: Some(cites(CitedWhat::Mail, Some(1))),
        ..Known::default()
    };
    check(Kind::Person, "mia@example.net", &known, Place::Joins(T1));
    check(Kind::Person, "eve@example.com", &known, Place::New);
    check(Kind::Automatic, "mia@example.net", &known, Place::New);
}

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
