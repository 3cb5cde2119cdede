//! Every kind at every place.

mod ours;

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
    placed_by(&way, mail, known, kind)
}

fn placed_by(way: &Way, mail: &Mail, known: &Known, kind: Kind) -> Place {
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
        way,
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
