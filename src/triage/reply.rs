//! Whether a mail is acknowledged.
//!
//! An acknowledgement answers a person's first mail and nothing else. Where a rule is in
//! doubt, it is *held*: a person sees it, with the reason, and releases it. Where it could
//! only do harm, there is none. A rule here never keeps a mail from its ticket.
//!
//! Reasons are ours: no byte of the mail is in them.

use super::{Because, House, Kind, Known, Place, Reply};
use crate::mail::{Author, Mail};
use jiff::SignedDuration;

/// The answer to a mail of this kind at this place. `age` is the time since it reached
/// the mailbox.
pub(super) fn reply(
    mail: &Mail,
    known: &Known,
    house: &House,
    kind: Kind,
    place: Place,
    age: SignedDuration,
) -> Because<Reply> {
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
        Place::New => opening(mail, known, house, kind, age),
    }
}

/// The answer to a mail that opens a ticket.
fn opening(
    mail: &Mail,
    known: &Known,
    house: &House,
    kind: Kind,
    age: SignedDuration,
) -> Because<Reply> {
    match kind {
        Kind::Own => Because::new(Reply::None, "it is a letter of ours"),
        Kind::Bounce => Because::new(Reply::None, "it is a bounce"),
        Kind::UnprovenTeam => Because::new(Reply::Held, "nothing proves that the team wrote it"),
        Kind::Automatic => Because::new(Reply::Held, "a program wrote it"),
        Kind::List => Because::new(Reply::Held, "it was sent to many"),
        Kind::AutomaticSender => Because::new(Reply::Held, "programs write from its address"),
        Kind::Person => match hold(mail, known, house, age) {
            Some(why) => Because::new(Reply::Held, why),
            None => Because::new(Reply::Acknowledge, "a person opened a ticket"),
        },
    }
}

/// Why the acknowledgement of a person's mail waits for a person of ours.
fn hold(mail: &Mail, known: &Known, house: &House, age: SignedDuration) -> Option<String> {
    let over = |cap: fn(&super::Sent) -> u32| cap(&known.sent) >= cap(&house.caps);
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
    let said = holds
        .into_iter()
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
    use crate::mail::{Address, Foreign, Headers};
    use crate::ticket::TicketNo;
    use crate::triage::Sent;

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
        let reply = reply(
            mail,
            &known,
            house,
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
            Kind::UnprovenTeam,
            Kind::Automatic,
            Kind::Person,
        ] {
            for place in places {
                let expected = match (place, kind) {
                    (Place::Claims(_), _) | (Place::New, Kind::UnprovenTeam | Kind::Automatic) => {
                        Reply::Held
                    }
                    (Place::New, Kind::Person) => Reply::Acknowledge,
                    _ => Reply::None,
                };
                let said = reply(
                    &from("mia@example.net"),
                    &Known::default(),
                    &house(),
                    kind,
                    place,
                    SignedDuration::ZERO,
                );
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
