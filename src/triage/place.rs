//! Where a mail belongs: on a ticket that it may join, on a new one, or in the tray.
//!
//! Whoever knows the Message-ID of a letter of ours has seen the letter: its id is 128
//! random bits. Whoever knows the id of a *mail* may have guessed it or read it
//! elsewhere. So citing is not enough for a person to join: the author must be one of
//! the ticket's people. Everybody else who cites a ticket gets a new one that says so.
//! Nothing here loses a mail: every arm ends on a ticket or in the tray.
//!
//! References in the subject are not read: nothing proves yet who wrote them.

use super::{Because, Cited, CitedWhat, Kind, Known, Place, Seen, Where};
use crate::mail::Mail;
use crate::ticket::TicketNo;

/// The place of a mail of this kind.
pub(super) fn place(seen: &Seen, kind: Kind) -> Because<Place> {
    let known = seen.known;
    if kind == Kind::Own {
        return own(known);
    }
    copy(known)
        .or_else(|| internal(known))
        .unwrap_or_else(|| by_kind(seen.mail, known, kind))
}

fn own(known: &Known) -> Because<Place> {
    match known.own.as_ref().and_then(|letter| letter.ticket) {
        Some(ticket) => Because::new(Place::Joins(ticket), "the letter belongs to this ticket"),
        None => Because::new(Place::Tray, "the letter belongs to no ticket"),
    }
}

fn copy(known: &Known) -> Option<Because<Place>> {
    known.copy.map(|copy| match copy {
        Where::Ticket(ticket) => Because::new(
            Place::Copy(ticket),
            "the same content is on this ticket already",
        ),
        Where::Tray => Because::new(
            Place::CopyInTray,
            "the same content lies in the tray already",
        ),
    })
}

/// Reminders go to the team only: whatever cites one is a matter of ours, from whomever.
fn internal(known: &Known) -> Option<Because<Place>> {
    let reminder = cited(known).find(|c| c.what == CitedWhat::Reminder)?;
    Some(match reminder.ticket {
        Some(ticket) => Because::new(Place::Internal(ticket), "it cites a reminder to the team"),
        None => Because::new(Place::InternalInTray, "it cites a digest to the team"),
    })
}

fn by_kind(mail: &Mail, known: &Known, kind: Kind) -> Because<Place> {
    match kind {
        Kind::Own => own(known),
        Kind::Bounce => match given_back(known) {
            Some(ticket) => Because::new(
                Place::Joins(ticket),
                "it gives back a letter of this ticket",
            ),
            None => Because::new(Place::Tray, "it gives back nothing that we know"),
        },
        Kind::Machine => match cited_ticket(known) {
            Some(ticket) => Because::new(Place::Internal(ticket), "it tells of this ticket's mail"),
            None => Because::new(Place::Tray, "it tells of no ticket"),
        },
        Kind::Team => match cited_ticket(known) {
            Some(ticket) => Because::new(Place::Joins(ticket), "it cites this ticket"),
            None => Because::new(Place::New, "it cites no ticket"),
        },
        Kind::UnprovenTeam => match cited_ticket(known) {
            Some(ticket) => Because::new(
                Place::Internal(ticket),
                "it cites this ticket, and counts for nothing until it is proven",
            ),
            None => Because::new(Place::New, "it cites no ticket"),
        },
        Kind::Automatic => match cited_ticket(known) {
            Some(ticket) => Because::new(Place::Joins(ticket), "it cites this ticket"),
            None => Because::new(Place::New, "it cites no ticket"),
        },
        Kind::Platform | Kind::List | Kind::AutomaticSender | Kind::Suppressed | Kind::Person => {
            person(mail, known)
        }
    }
}

fn person(mail: &Mail, known: &Known) -> Because<Place> {
    let is_of = |cited: &&Cited| {
        mail.author
            .address()
            .is_some_and(|author| cited.people.contains(author))
    };
    let joins = |cited: &Cited| cited.ticket.map(Place::Joins);
    if let Some(place) = cited(known).filter(is_of).find_map(joins) {
        return Because::new(
            place,
            "it cites this ticket, and its author is one of the ticket's people",
        );
    }
    if let Some(ticket) = cited_ticket(known) {
        return Because::new(
            Place::Claims(ticket),
            "it cites this ticket, and its author is none of the ticket's people",
        );
    }
    if let Some(place) = known.cited_by.iter().filter(is_of).find_map(joins) {
        return Because::new(place, "a reply to it came first");
    }
    Because::new(Place::New, "it cites no ticket")
}

/// What a mail cites, nearest first, and then what a report gives back.
fn cited(known: &Known) -> impl Iterator<Item = &Cited> {
    known.cited.iter().chain(&known.returned)
}

fn cited_ticket(known: &Known) -> Option<TicketNo> {
    cited(known).find_map(|c| c.ticket)
}

/// The ticket of the letter that a report gives back, or else cites. The id of a mail that
/// is no letter of ours proves nothing: anybody may have read it, and written a report.
fn given_back(known: &Known) -> Option<TicketNo> {
    let mut both = known.returned.iter().chain(&known.cited);
    both.find(|c| c.what == CitedWhat::Letter)?.ticket
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Address, Author, Foreign, MessageId};
    use crate::triage::{Authenticated, House, OwnLetter, Role, Sent, Way};
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
        let way = Way {
            folder: Role::Inbox,
            authenticated: Authenticated::None,
            received_at: Timestamp::UNIX_EPOCH,
        };
        let house = House {
            watched: vec![],
            team: vec![],
            acknowledge: true,
            stale_after: SignedDuration::ZERO,
            caps: Sent::default(),
            caps_proven: Sent::default(),
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
                (Kind::Automatic, "helpdesk@example.net", Place::Joins(T1)),
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
}
