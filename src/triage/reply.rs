//! Whether a mail is acknowledged.
//!
//! An acknowledgement answers a person's first mail and nothing else. Where a rule is in
//! doubt, it is *held*: a person sees it, with the reason, and releases it. Where it could
//! only do harm, there is none. A rule here never keeps a mail from its ticket.
//!
//! Reasons are ours: no byte of the mail is in them.

use super::{AckMode, Authenticated, Because, Kind, Place, Reply, Role, Seen};
use crate::mail::Author;
use jiff::SignedDuration;

/// The answer to a mail of this kind at this place. `age` is the time since it reached
/// the mailbox.
pub(super) fn reply(seen: &Seen, kind: Kind, place: Place, age: SignedDuration) -> Because<Reply> {
    match place {
        Place::Joins(_) => Because::new(Reply::None, "it continues a ticket"),
        Place::Internal(_) => Because::new(Reply::None, "it is a matter of the team"),
        Place::Copy(_) | Place::CopyInTray => {
            Because::new(Reply::None, "the same mail was taken in before")
        }
        Place::Tray => Because::new(Reply::None, "it is on no ticket"),
        Place::Aside => Because::new(Reply::None, "we wrote it"),
        Place::Claims(_) => Because::new(Reply::Held, "it cites a ticket of somebody else"),
        Place::New if seen.known.before.is_some() => Because::new(
            Reply::None,
            "it cites a conversation from before gatepost: no receipt fits into that",
        ),
        Place::New => opening(seen, kind, age),
    }
}

/// The answer to a mail that opens a ticket.
fn opening(seen: &Seen, kind: Kind, age: SignedDuration) -> Because<Reply> {
    match kind {
        Kind::Own => Because::new(Reply::None, "it is a letter of ours"),
        Kind::Bounce => Because::new(Reply::None, "it is a bounce"),
        Kind::Machine => Because::new(Reply::None, "it is a report that a program makes"),
        Kind::Platform => Because::new(Reply::None, "the platform answers its reporters"),
        Kind::Team => Because::new(
            Reply::Held,
            "the team wrote it: nobody knows the reporter yet",
        ),
        Kind::UnprovenTeam => Because::new(Reply::Held, "nothing proves that the team wrote it"),
        Kind::Automatic => Because::new(Reply::Held, "a program wrote it"),
        Kind::List => Because::new(Reply::Held, "it was sent to many"),
        Kind::AutomaticSender => Because::new(Reply::Held, "programs write from its address"),
        Kind::Suppressed => {
            Because::new(Reply::Held, "its mail program asks for no automatic answer")
        }
        Kind::Person => match hold(seen, age) {
            Some(why) => Because::new(Reply::Held, why),
            None => Because::new(Reply::Acknowledge, "a person opened a ticket"),
        },
    }
}

/// What the team has to do with it.
fn of_ours(seen: &Seen) -> [(bool, &'static str); 3] {
    let author = seen.mail.author.address();
    [
        (
            seen.known.answered,
            "the team has answered it already, from its own mail program",
        ),
        (
            seen.was_sent(),
            "it lies in the folder for sent mail: it may be our own",
        ),
        (
            author.is_some_and(|a| seen.house.watched.contains(a)),
            "the answer would come back to us",
        ),
    ]
}

/// Why the acknowledgement of a person's mail waits for a person of ours.
fn hold(seen: &Seen, age: SignedDuration) -> Option<String> {
    let Seen {
        mail,
        known,
        house,
        way,
    } = *seen;
    let over = |cap: fn(&super::Sent) -> u32| cap(&known.sent) >= cap(&house.caps);
    let holds = [
        (
            house.acknowledge == AckMode::Off,
            "acknowledgements are switched off",
        ),
        (
            way.authenticated == Authenticated::Fail,
            "its authentication failed: somebody else may have written it",
        ),
        (
            house.acknowledge == AckMode::Pass && way.authenticated == Authenticated::None,
            "nothing proves who wrote it",
        ),
        (way.folder == Role::Junk, "it was found among junk"),
        (
            mail.author == Author::Several,
            "it has more than one author",
        ),
        (mail.author == Author::Unusable, "it has no usable address"),
        // RFC 3834 section 2: nobody answers what came from nowhere.
        (mail.has_null_return_path(), "its return path is empty"),
        (
            over(|sent| sent.to_address),
            "this address has had its acknowledgements of the day",
        ),
        (
            over(|sent| sent.to_domain),
            "this domain has had its acknowledgements of the day",
        ),
        (
            over(|sent| sent.in_all),
            "the acknowledgements of the hour are used up",
        ),
    ];
    let said = of_ours(seen)
        .into_iter()
        .chain(holds)
        .find_map(|(holds, why)| holds.then(|| why.to_owned()));
    said.or_else(|| {
        (age > house.stale_after).then(|| {
            format!(
                "it was received over {} hours ago",
                house.stale_after.as_hours()
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Address, Foreign, Headers, Mail};
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
}
