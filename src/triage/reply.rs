//! Whether a mail is acknowledged.
//!
//! An acknowledgement answers a person's first mail and nothing else. Where a rule is in
//! doubt, it is *held*: a person sees it, with the reason, and releases it. Where it could
//! only do harm, there is none. A rule here never keeps a mail from its ticket.
//!
//! Reasons are ours: no byte of the mail is in them.

use super::{Authenticated, Because, Kind, Place, Reply, Seen, Sent};
use crate::mail::Author;
use jiff::SignedDuration;

const OF_ADDRESS: &str = "this address has had its acknowledgements of the day";
const OF_DOMAIN: &str = "this domain has had its acknowledgements of the day";
const OF_HOUR: &str = "the acknowledgements of the hour are used up";
const RECEIVED_OVER: &str = "it was received over ";

/// Whether a reason, as it was given, is that a cap was reached.
pub fn is_over_a_cap(because: &str) -> bool {
    [OF_ADDRESS, OF_DOMAIN, OF_HOUR].contains(&because)
}

/// Whether a reason, as it was given, is that the mail was received long ago.
pub fn is_by_age(because: &str) -> bool {
    because.starts_with(RECEIVED_OVER)
}

/// The answer to a mail of this kind at this place. `age` is the time since it reached
/// the mailbox.
pub(super) fn reply(seen: &Seen, kind: Kind, place: Place, age: SignedDuration) -> Because<Reply> {
    match place {
        Place::Joins(_) => Because::new(Reply::None, "it continues a ticket"),
        Place::Internal(_) | Place::InternalInTray => {
            Because::new(Reply::None, "it is a matter of the team")
        }
        Place::Copy(_) | Place::CopyInTray => {
            Because::new(Reply::None, "the same mail was taken in before")
        }
        Place::Tray => Because::new(Reply::None, "it is on no ticket"),
        Place::Claims(_) => Because::new(Reply::Held, "it cites a ticket of somebody else"),
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

/// Why the acknowledgement of a person's mail waits for a person of ours.
fn hold(seen: &Seen, age: SignedDuration) -> Option<String> {
    let Seen {
        mail,
        known,
        house,
        way,
    } = *seen;
    let (sent, caps) = match way.authenticated {
        Authenticated::Pass => (&known.sent_proven, &house.caps_proven),
        Authenticated::None | Authenticated::Fail => (&known.sent, &house.caps),
    };
    let over = |cap: fn(&Sent) -> u32| cap(sent) >= cap(caps);
    let holds = [
        (!house.acknowledge, "acknowledgements are switched off"),
        (
            mail.author == Author::Several,
            "it has more than one author",
        ),
        (mail.author == Author::Unusable, "it has no usable address"),
        (
            mail.author
                .address()
                .is_some_and(|a| house.watched.contains(a)),
            "the answer would come back to us",
        ),
        // RFC 3834 section 2: nobody answers what came from nowhere.
        (mail.has_null_return_path(), "its return path is empty"),
        (over(|sent| sent.to_address), OF_ADDRESS),
        (over(|sent| sent.to_domain), OF_DOMAIN),
        (over(|sent| sent.in_all), OF_HOUR),
    ];
    let said = holds
        .into_iter()
        .find_map(|(holds, why)| holds.then(|| why.to_owned()));
    said.or_else(|| {
        (age > house.stale_after)
            .then(|| format!("{RECEIVED_OVER}{} hours ago", house.stale_after.as_hours()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Address, Foreign, Headers, Mail};
    use crate::ticket::TicketNo;
    use crate::triage::{House, Known, Role, Way};
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
            acknowledge: true,
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

    #[test]
    fn the_switch_holds_everything() {
        let off = House {
            acknowledge: false,
            ..house()
        };
        let (is, because) = answer(&from("mia@example.net"), Sent::default(), &off, 0);
        assert_eq!(
            (is, because.as_str()),
            (Reply::Held, "acknowledgements are switched off")
        );
    }
}
