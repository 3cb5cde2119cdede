//! Who is answered, and why somebody is not.

use super::*;
use crate::mail::{Foreign, Headers, Mail};
use crate::ticket::TicketNo;
use crate::triage::{House, Known, Role, Sent, Way};
use jiff::Timestamp;

fn way() -> Way {
    Way {
        folder: Role::Inbox,
        authenticated: Authenticated::None,
        received_at: Timestamp::UNIX_EPOCH,
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn house() -> House {
    House {
        watched: vec![address("security@example.org")],
        team: vec![address("anna@example.org")],
        acknowledge: AckMode::NotFail,
        stale_after: SignedDuration::from_hours(72),
        caps: Sent {
            to_address: 4,
            to_domain: 20,
            in_all: 60,
        },
        caps_proven: Sent {
            to_address: 4,
            to_domain: u32::MAX,
            in_all: 60,
        },
        platforms: vec![],
    }
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

fn answer(mail: &Mail, sent: Sent, house: &House, hours: i64) -> (Reply, String) {
    let known = Known {
        sent,
        ..Known::default()
    };
    let way = way();
    let seen = Seen {
        mail,
        known: &known,
        house,
        way: &way,
    };
    let reply = reply(
        &seen,
        Kind::Person,
        Place::New,
        SignedDuration::from_hours(hours),
    );
    (reply.is, reply.because)
}

#[test]
fn only_a_person_who_opens_a_ticket_is_answered() {
    let ticket = TicketNo(1);
    let places = [
        Place::Joins(ticket),
        Place::Internal(ticket),
        Place::Copy(ticket),
        Place::CopyInTray,
        Place::Claims(ticket),
        Place::New,
        Place::Tray,
    ];
    for kind in [
        Kind::Own,
        Kind::Bounce,
        Kind::Machine,
        Kind::Platform,
        Kind::Team,
        Kind::UnprovenTeam,
        Kind::Automatic,
        Kind::Suppressed,
        Kind::Person,
    ] {
        for place in places {
            let expected = match (place, kind) {
                (Place::Claims(_), _)
                | (
                    Place::New,
                    Kind::Team | Kind::UnprovenTeam | Kind::Automatic | Kind::Suppressed,
                ) => Reply::Held,
                (Place::New, Kind::Person) => Reply::Acknowledge,
                _ => Reply::None,
            };
            let (mail, known, house, way) =
                (from("mia@example.net"), Known::default(), house(), way());
            let seen = Seen {
                mail: &mail,
                known: &known,
                house: &house,
                way: &way,
            };
            let said = reply(&seen, kind, place, SignedDuration::ZERO);
            assert_eq!(said.is, expected, "{kind:?} at {place:?}");
            assert!(!said.because.is_empty());
        }
    }
}

#[test]
fn every_hold_has_its_reason() {
    let mia = || from("mia@example.net");
    let null = Mail {
        headers: Headers::new(vec![("return-path".into(), "< >".into())]),
        ..mia()
    };
    let sent = |to_address, to_domain, in_all| Sent {
        to_address,
        to_domain,
        in_all,
    };
    for (mail, sent, hours, reason) in [
        (mia(), sent(3, 19, 59), 72, None),
        (
            Mail {
                author: Author::Several,
                ..Mail::default()
            },
            sent(0, 0, 0),
            0,
            Some("it has more than one author"),
        ),
        (
            Mail::default(),
            sent(0, 0, 0),
            0,
            Some("it has no usable address"),
        ),
        (
            from("Security@example.org"),
            sent(0, 0, 0),
            0,
            Some("the answer would come back to us"),
        ),
        (
            from("security+more@example.org"),
            sent(0, 0, 0),
            0,
            Some("the answer would come back to us"),
        ),
        (
            from("Anna+x@example.org"),
            sent(0, 0, 0),
            0,
            Some("the answer would come back to us"),
        ),
        (null, sent(0, 0, 0), 0, Some("its return path is empty")),
        (
            mia(),
            sent(4, 4, 4),
            0,
            Some("this address has had its acknowledgements of the day"),
        ),
        (
            mia(),
            sent(0, 20, 20),
            0,
            Some("this domain has had its acknowledgements of the day"),
        ),
        (
            mia(),
            sent(0, 0, 60),
            0,
            Some("the acknowledgements of the hour are used up"),
        ),
        (
            mia(),
            sent(0, 0, 0),
            73,
            Some("it was received over 72 hours ago"),
        ),
    ] {
        let (is, because) = answer(&mail, sent, &house(), hours);
        match reason {
            None => assert_eq!(is, Reply::Acknowledge, "{because}"),
            Some(reason) => assert_eq!((is, because.as_str()), (Reply::Held, reason)),
        }
    }
}

#[test]
fn who_is_answered_without_a_person() {
    use {AckMode::*, Authenticated as A};
    let mail = from("mia@example.net");
    let failed = Some("its authentication failed: somebody else may have written it");
    let unproven = Some("nothing proves who wrote it");
    let off = Some("acknowledgements are switched off");
    for (acknowledge, authenticated, because) in [
        (NotFail, A::Pass, None),
        (NotFail, A::None, None),
        (NotFail, A::Fail, failed),
        (Pass, A::Pass, None),
        (Pass, A::None, unproven),
        (Pass, A::Fail, failed),
        (Off, A::Pass, off),
    ] {
        let (known, way) = (
            Known::default(),
            Way {
                authenticated,
                ..way()
            },
        );
        let house = House {
            acknowledge,
            ..house()
        };
        let seen = Seen {
            mail: &mail,
            known: &known,
            house: &house,
            way: &way,
        };
        let said = reply(&seen, Kind::Person, Place::New, SignedDuration::ZERO);
        match because {
            None => assert_eq!(said.is, Reply::Acknowledge, "{said:?}"),
            Some(because) => {
                assert_eq!((said.is, said.because.as_str()), (Reply::Held, because))
            }
        }
    }
}

#[test]
fn the_switch_holds_everything() {
    let off = House {
        acknowledge: AckMode::Off,
        ..house()
    };
    let (is, because) = answer(&from("mia@example.net"), Sent::default(), &off, 0);
    assert_eq!(
        (is, because.as_str()),
        (Reply::Held, "acknowledgements are switched off")
    );
}

#[test]
fn proven_mail_has_a_pot_of_its_own_in_which_a_domain_has_no_cap() {
    let full = Sent {
        to_address: 99,
        to_domain: 99,
        in_all: 99,
    };
    let sent = |to_address, in_all| Sent {
        to_address,
        to_domain: 99,
        in_all,
    };
    let (mail, house) = (from("mia@example.net"), house());
    let check = |authenticated, known: Known, reason: Option<&str>| {
        let way = Way {
            authenticated,
            ..way()
        };
        let seen = Seen {
            mail: &mail,
            known: &known,
            house: &house,
            way: &way,
        };
        let held = hold(&seen, SignedDuration::ZERO);
        assert_eq!(held.as_deref(), reason, "{authenticated:?}");
        assert!(held.is_none_or(|why| is_over_a_cap(&why)));
    };
    let known = |sent, sent_proven| Known {
        sent,
        sent_proven,
        ..Known::default()
    };
    check(Authenticated::Pass, known(full, sent(3, 59)), None);
    check(Authenticated::None, known(Sent::default(), full), None);
    check(
        Authenticated::Pass,
        known(Sent::default(), sent(4, 4)),
        Some(OF_ADDRESS),
    );
    check(
        Authenticated::Pass,
        known(Sent::default(), sent(0, 60)),
        Some(OF_HOUR),
    );
}
