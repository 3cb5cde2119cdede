//! One mail a lesson: which filter knows it, and what happens to it then.

mod bounces;
mod order;
mod people;

mod sent;

use super::*;
use crate::mail::Mail;
use crate::mail::{Address, MessageId, parse::parse};
use crate::ticket::TicketNo;
use crate::triage::{
    AckMode, Authenticated, Cited, CitedWhat, House, Known, OwnLetter, Place, Reply, Role, Sent,
    Way, judge,
};
use jiff::{SignedDuration, Timestamp};

/// The letter that `tests/mail` cites, on ticket 1, which is Mia's.
const LETTER: &str = "0123456789abcdef0123456789abcdef@example.org";

/// One that we sent from `reports@example.org`, which was the watched address then.
const FORMER: &str = "fedcba9876543210fedcba9876543210@example.org";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn sample(name: &str) -> Mail {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    parse(&std::fs::read(path).unwrap(), true)
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
        caps_proven: Sent::default(),
        platforms: vec![],
    }
}

fn known(mail: &Mail) -> Known {
    let is_letter = |id: &&MessageId| id.as_str() == LETTER;
    let own = |id: &MessageId| {
        let from = match id.as_str() {
            LETTER => "security@example.org",
            FORMER => "reports@example.org",
            _ => return None,
        };
        Some(OwnLetter {
            from: address(from),
            ticket: Some(TicketNo(1)),
        })
    };
    let cited = |id: &MessageId| Cited {
        id: id.clone(),
        what: CitedWhat::Letter,
        ticket: Some(TicketNo(1)),
        people: vec![address("mia@example.net")],
    };
    Known {
        own: mail.message_id.as_ref().and_then(own),
        cited: mail
            .cites()
            .into_iter()
            .filter(is_letter)
            .map(cited)
            .collect(),
        returned: mail
            .returned_ids
            .iter()
            .filter(is_letter)
            .map(cited)
            .collect(),
        ..Known::default()
    }
}

/// Just arrived, and nothing says who wrote it.
fn way() -> Way {
    Way {
        folder: Role::Inbox,
        authenticated: Authenticated::None,
        received_at: Timestamp::UNIX_EPOCH,
    }
}

/// The names of all filters that match, whatever their order.
fn matching(mail: &Mail) -> Vec<&'static str> {
    let (known, house, way) = (known(mail), house(), way());
    let seen = Seen {
        mail,
        known: &known,
        house: &house,
        way: &way,
    };
    CATALOGUE
        .iter()
        .filter(|f| (f.matches)(&seen).is_some())
        .map(|f| f.name)
        .collect()
}

const JOINS: Place = Place::Joins(TicketNo(1));

#[test]
fn each_mail_gets_its_kind_its_place_and_its_reply() {
    for (name, kind, place, reply) in [
        ("own-letter", Kind::Own, JOINS, Reply::None),
        (
            "own-letter-of-a-former-address",
            Kind::Own,
            JOINS,
            Reply::None,
        ),
        ("bounce-delivery-report", Kind::Bounce, JOINS, Reply::None),
        ("delivery-delayed", Kind::Bounce, JOINS, Reply::None),
        (
            "bounce-failed-recipients",
            Kind::Bounce,
            Place::Tray,
            Reply::None,
        ),
        ("bounce-in-prose", Kind::Bounce, Place::Tray, Reply::None),
        (
            "bounce-that-cites-a-letter",
            Kind::Bounce,
            JOINS,
            Reply::None,
        ),
        (
            "says-it-is-the-team",
            Kind::UnprovenTeam,
            Place::New,
            Reply::Held,
        ),
        ("says-it-is-us", Kind::UnprovenTeam, Place::New, Reply::Held),
        ("absence-note", Kind::Automatic, JOINS, Reply::None),
        (
            "generated-by-a-program",
            Kind::Automatic,
            Place::New,
            Reply::Held,
        ),
        ("broken-folding", Kind::Automatic, Place::New, Reply::Held),
        ("from-a-list", Kind::List, Place::New, Reply::Held),
        (
            "from-no-reply",
            Kind::AutomaticSender,
            Place::New,
            Reply::Held,
        ),
        ("bounce-below-a-line", Kind::Bounce, JOINS, Reply::None),
        ("bounce-by-a-gateway", Kind::Bounce, JOINS, Reply::None),
        (
            "bounce-by-a-postmaster",
            Kind::Bounce,
            Place::Tray,
            Reply::None,
        ),
        ("bounce-late-not-failed", Kind::Bounce, JOINS, Reply::None),
        ("like-a-bounce", Kind::Automatic, Place::New, Reply::Held),
        (
            "postmaster-in-person",
            Kind::AutomaticSender,
            Place::New,
            Reply::Held,
        ),
        (
            "receipt",
            Kind::Machine,
            Place::Internal(TicketNo(1)),
            Reply::None,
        ),
        ("report-of-abuse", Kind::Machine, Place::Tray, Reply::None),
        (
            "report-on-transport",
            Kind::Machine,
            Place::Tray,
            Reply::None,
        ),
        ("report-of-dmarc", Kind::Machine, Place::Tray, Reply::None),
        ("invitation", Kind::Machine, Place::Tray, Reply::None),
        (
            "dmarc-report-of-a-person",
            Kind::Person,
            Place::New,
            Reply::Acknowledge,
        ),
        (
            "calendar-of-a-person",
            Kind::Person,
            Place::New,
            Reply::Acknowledge,
        ),
        (
            "by-an-old-autoresponder",
            Kind::Automatic,
            Place::New,
            Reply::Held,
        ),
        (
            "asks-for-no-answer",
            Kind::Suppressed,
            Place::New,
            Reply::Held,
        ),
        (
            "answers-what-we-do-not-know",
            Kind::Person,
            Place::New,
            Reply::Held,
        ),
        ("reply-to-a-letter", Kind::Person, JOINS, Reply::None),
        (
            "own-letter-id-from-a-stranger",
            Kind::Person,
            Place::New,
            Reply::Acknowledge,
        ),
        (
            "person-says-no",
            Kind::Person,
            Place::New,
            Reply::Acknowledge,
        ),
        (
            "bounce-forwarded-by-a-person",
            Kind::Person,
            Place::New,
            Reply::Acknowledge,
        ),
        ("plain", Kind::Person, Place::New, Reply::Acknowledge),
        ("empty-body", Kind::Person, Place::New, Reply::Acknowledge),
        (
            "no-message-id",
            Kind::Person,
            Place::New,
            Reply::Acknowledge,
        ),
        ("group-of-one", Kind::Person, Place::New, Reply::Acknowledge),
        ("pgp-mime", Kind::Person, Place::New, Reply::Acknowledge),
        (
            "person-with-null-return-path",
            Kind::Person,
            Place::New,
            Reply::Held,
        ),
        ("two-authors", Kind::Person, Place::New, Reply::Held),
        ("two-from-fields", Kind::Person, Place::New, Reply::Held),
        (
            "address-in-two-pieces",
            Kind::Person,
            Place::New,
            Reply::Held,
        ),
        ("no-headers", Kind::Person, Place::New, Reply::Held),
    ] {
        let mail = sample(name);
        let now = Timestamp::UNIX_EPOCH;
        let verdict = judge(&mail, &known(&mail), &house(), &way(), now);
        assert_eq!(
            (verdict.kind.is, verdict.place.is, verdict.reply.is),
            (kind, place, reply),
            "{name}: {verdict:?}"
        );
    }
}

#[test]
fn what_the_team_wrote_is_the_teams_once_it_is_proven() {
    for name in ["says-it-is-the-team", "says-it-is-us"] {
        let mail = sample(name);
        for (authenticated, kind) in [
            (Authenticated::Pass, Kind::Team),
            (Authenticated::None, Kind::UnprovenTeam),
            (Authenticated::Fail, Kind::UnprovenTeam),
        ] {
            let way = Way {
                authenticated,
                ..way()
            };
            let now = Timestamp::UNIX_EPOCH;
            let verdict = judge(&mail, &known(&mail), &house(), &way, now);
            assert_eq!(
                (verdict.kind.is, verdict.reply.is),
                (kind, Reply::Held),
                "{name}"
            );
        }
    }
}

#[test]
fn each_filter_alone_catches_a_mail() {
    for (name, filter) in [
        ("own-letter-of-a-former-address", "own"),
        ("bounce-failed-recipients", "bounce"),
        ("report-of-abuse", "machine"),
        ("report-on-transport", "machine"),
        ("report-of-dmarc", "machine"),
        ("invitation", "machine"),
        ("says-it-is-the-team", "unproven-team"),
        ("generated-by-a-program", "automatic"),
        ("absence-note", "automatic"),
        ("from-a-list", "list"),
        ("by-an-old-autoresponder", "automatic"),
        ("like-a-bounce", "like-a-bounce"),
        ("from-no-reply", "automatic-sender"),
        ("asks-for-no-answer", "suppressed"),
    ] {
        assert_eq!(matching(&sample(name)), [filter], "{name}");
    }
}

#[test]
fn what_is_found_among_junk_is_held_for_that_alone() {
    let mail = sample("found-among-junk");
    assert_eq!(matching(&mail), [""; 0]);
    for (folder, reply, because) in [
        (Role::Inbox, Reply::Acknowledge, "a person opened a ticket"),
        (Role::Junk, Reply::Held, "it was found among junk"),
    ] {
        let way = Way { folder, ..way() };
        let verdict = judge(&mail, &known(&mail), &house(), &way, way.received_at);
        assert_eq!(
            (verdict.kind.is, verdict.place.is),
            (Kind::Person, Place::New)
        );
        let said = verdict.reply;
        assert_eq!((said.is, said.because.as_str()), (reply, because));
    }
}

#[test]
fn the_order_decides_where_several_match() {
    for name in ["bounce-in-prose", "bounce-that-cites-a-letter"] {
        assert_eq!(
            matching(&sample(name)),
            ["bounce", "automatic-sender"],
            "{name}"
        );
    }
    assert_eq!(
        matching(&sample("own-letter")),
        ["own", "unproven-team", "automatic"]
    );
    assert_eq!(
        matching(&sample("bounce-delivery-report")),
        ["bounce", "automatic", "like-a-bounce", "automatic-sender"]
    );
}

#[test]
fn without_one_true_address_the_receipt_is_held() {
    for (name, reply) in [
        ("comma-without-quotes", Reply::Acknowledge),
        ("name-with-hidden-address", Reply::Acknowledge),
        ("domain-beyond-ascii", Reply::Acknowledge),
        ("quoted-local-part", Reply::Held),
        ("obsolete-route", Reply::Held),
        ("comment-in-the-address", Reply::Held),
        ("encoded-word-in-the-address", Reply::Held),
        ("words-behind-the-address", Reply::Held),
        ("bare-return-in-from", Reply::Held),
        ("over-long-address", Reply::Held),
        ("nul-in-the-address", Reply::Held),
        ("two-in-a-group", Reply::Held),
    ] {
        let mail = sample(name);
        let now = Timestamp::UNIX_EPOCH;
        let verdict = judge(&mail, &known(&mail), &house(), &way(), now);
        let found = (verdict.kind.is, verdict.place.is, verdict.reply.is);
        assert_eq!(
            found,
            (Kind::Person, Place::New, reply),
            "{name}: {verdict:?}"
        );
    }
}
