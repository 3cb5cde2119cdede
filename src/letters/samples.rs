//! Sample data with which every template is tried before it is taken. Together the
//! samples of a letter take every branch that a template can ask for.

mod team;

pub(super) use team::{digests, reminders};

use super::{
    AckView, Answer, ClosingView, Count, DayOff, EvaluationView, Hand, Key, Missing, NewDate,
    Organisation, Promised, PublishedView, ReplyView, ResolvedView,
};
use crate::mail::Foreign;
use crate::ticket::{CodeName, Outcome, Reference, TicketNo};
use crate::triage::Labels;
use jiff::Zoned;
use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, offset};
use std::sync::LazyLock;

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::new("SEC", 2027, TicketNo(19)));
static SUBJECT: LazyLock<Foreign> =
    LazyLock::new(|| Foreign::new("Your server can be made to fetch any URL"));

pub(super) fn organisation() -> Organisation {
    Organisation {
        name: "Example".to_owned(),
        page: "https://example.org/security".to_owned(),
        team_name: "The security team of Example".to_owned(),
        key: Some(Key {
            url: "https://example.org/security.asc".to_owned(),
            fingerprint: "7A35 90D1 0F2B 4C6E 8A91 B3D5 E7F9 0123 4567 89AB".to_owned(),
        }),
        signal: true,
        safe_harbour: true,
        bounty: Some("https://example.org/bounty".to_owned()),
        support: Some("help@example.org".to_owned()),
        labels: Labels::default(),
    }
}

pub(super) fn acknowledgements(organisation: &Organisation) -> Vec<AckView<'_>> {
    let view = |answer, missing| AckView {
        reference: &REFERENCE,
        arrived: at(date(2027, 4, 30), 16, 40),
        by_hand: false,
        answer,
        missing,
        undescribed: false,
        organisation,
    };
    let answer = |promised, count| {
        Some(Answer {
            by: at(date(2027, 5, 6), 17, 0),
            promised,
            count,
        })
    };
    let three = |off| {
        Some(Count {
            business_days: 3,
            off,
        })
    };
    let may = DayOff {
        on: date(2027, 5, 3),
        name: "Early May bank holiday".to_owned(),
    };
    let next = DayOff {
        on: date(2027, 5, 4),
        name: "Company day".to_owned(),
    };
    vec![
        view(
            answer(Promised::EvaluationAndDate, three(vec![may.clone()])),
            Missing::System,
        ),
        view(
            answer(Promised::Evaluation, three(Vec::new())),
            Missing::NotReadable,
        ),
        view(
            answer(Promised::Evaluation, three(vec![may.clone(), next])),
            Missing::Nothing,
        ),
        view(
            answer(Promised::Answer, three(vec![may; 7])),
            Missing::Nothing,
        ),
        view(answer(Promised::Answer, None), Missing::Nothing),
        view(None, Missing::Nothing),
        undescribed(view(answer(Promised::Answer, None), Missing::System)),
        undescribed(view(answer(Promised::Answer, None), Missing::Nothing)),
        AckView {
            by_hand: true,
            ..view(
                answer(Promised::EvaluationAndDate, three(Vec::new())),
                Missing::Nothing,
            )
        },
    ]
}

fn undescribed(view: AckView<'_>) -> AckView<'_> {
    AckView {
        undescribed: true,
        ..view
    }
}

pub(super) fn evaluations(organisation: &Organisation) -> Vec<EvaluationView<'_>> {
    let view = |outcome: Outcome, whole: bool| EvaluationView {
        reference: &REFERENCE,
        subject: &SUBJECT,
        outcome,
        expected: (whole && !outcome.is_final() && !outcome.is_interim())
            .then_some(date(2027, 6, 17)),
        plan: if whole { plan(outcome) } else { "" },
        next_update: whole.then_some(date(2027, 5, 20)),
        earlier: None,
        resolved: false,
        writer: "anna",
        ask_credit: whole && !outcome.is_final(),
        organisation,
    };
    let with_letter = Outcome::ALL
        .into_iter()
        .filter(|outcome| *outcome != Outcome::Spam);
    let again = EvaluationView {
        earlier: Some(date(2027, 5, 6)),
        ..view(Outcome::NotAVulnerability, true)
    };
    let resolved = EvaluationView {
        expected: None,
        next_update: None,
        plan: "",
        resolved: true,
        ask_credit: false,
        ..view(Outcome::Duplicate, true)
    };
    with_letter
        .flat_map(|outcome| [view(outcome, true), view(outcome, false)])
        .chain([again, resolved])
        .collect()
}

/// What a person could write.
fn plan(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => {
            "block private ranges at once on our own servers, then rework the fetcher and release 4.3."
        }
        Outcome::Duplicate => "The fetcher is being reworked for release 4.3.",
        Outcome::OutOfScope => {
            "The page belongs to the maker of our forum; their address is security@example.net."
        }
        Outcome::NotAVulnerability => {
            "The list is public on purpose: it holds what our status page shows."
        }
        Outcome::NotReproducible => "On 4.2.1 the request in your third step is answered with 403.",
        Outcome::Investigating => "We are building the set-up that you describe.",
        Outcome::NeedsInformation => {
            "Which version did you test, and was the account an administrator's?"
        }
        Outcome::Spam => "",
    }
}

fn hand<'a>(organisation: &'a Organisation, text: &'a str) -> Hand<'a> {
    Hand {
        reference: &REFERENCE,
        subject: &SUBJECT,
        text,
        writer: "anna",
        organisation,
    }
}

pub(super) fn replies(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    let view = |text, date, ask| ReplyView {
        date,
        ask,
        ..reply(organisation, text)
    };
    let moved = |was, missed, because| {
        Some(NewDate {
            on: date(2027, 6, 25),
            was,
            missed,
            because,
        })
    };
    let was = Some(date(2027, 6, 17));
    let because = "while we reworked the fetcher, we found two more ways around it";
    vec![
        view(
            "We have a first build with the fix. It is being tested.",
            None,
            false,
        ),
        view("Which version did you test?", None, true),
        view("", moved(None, false, ""), false),
        view("", moved(was, false, because), false),
        view(
            "The two others are resolved already.",
            moved(was, true, because),
            false,
        ),
    ]
}

/// Replies that name the end of an embargo.
pub(super) fn embargoes(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    let view = |text, was, because| ReplyView {
        embargo: Some(NewDate {
            on: date(2027, 7, 13),
            was,
            missed: false,
            because,
        }),
        ..reply(organisation, text)
    };
    let was = Some(date(2027, 7, 1));
    vec![
        view("", None, ""),
        view("", was, "the maker of the library needs more time"),
        view("All of them have the fix now.", was, ""),
    ]
}

pub(super) fn signals(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    let view = |text| ReplyView {
        signal: Some("+44 7700 900123"),
        ..reply(organisation, text)
    };
    vec![view(""), view("Anna answers there from 9 to 17.")]
}

pub(super) fn last_calls(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    let view = |text| ReplyView {
        ask: true,
        until: Some(date(2027, 5, 31)),
        ..reply(organisation, text)
    };
    vec![view(""), view("We asked which version you had tested.")]
}

pub(super) fn supports(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    vec![reply(organisation, "They can set a new password for you.")]
}

pub(super) fn handovers(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    let view = |owner, holds, text| ReplyView {
        owner: Some(owner),
        holds,
        ..reply(organisation, text)
    };
    vec![
        view("ben", Some(date(2027, 6, 17)), ""),
        view("anna", None, "Ben is away until the end of May."),
    ]
}

/// A reply of which nothing is known yet.
fn reply<'a>(organisation: &'a Organisation, text: &'a str) -> ReplyView<'a> {
    ReplyView {
        hand: hand(organisation, text),
        date: None,
        embargo: None,
        ask: false,
        signal: None,
        until: None,
        owner: None,
        holds: None,
    }
}

pub(super) fn resolved(organisation: &Organisation) -> Vec<ResolvedView<'_>> {
    let note = "Version 4.3 refuses addresses of private networks; our own servers run it.";
    let view = |text, publication, is_public, ask_credit| ResolvedView {
        hand: hand(organisation, text),
        publication,
        is_public,
        ask_credit,
    };
    vec![
        view(note, Some(date(2027, 7, 13)), false, true),
        view("", None, false, false),
        view(note, None, true, false),
    ]
}

pub(super) fn published(organisation: &Organisation) -> Vec<PublishedView<'_>> {
    let was = Some(date(2027, 7, 6));
    let day = |was, missed, because| {
        Some(NewDate {
            on: date(2027, 7, 13),
            was,
            missed,
            because,
        })
    };
    let view = |text, planned, link, resolved| PublishedView {
        hand: hand(organisation, text),
        planned,
        link,
        resolved,
    };
    vec![
        view("", day(None, false, ""), None, true),
        view("", day(was, false, "the release moves"), None, true),
        view(
            "We are sorry for the delay.",
            day(was, true, ""),
            None,
            true,
        ),
        view("", None, Some("https://example.org/adv/12"), true),
        view("It was already spoken of in public.", None, None, false),
    ]
}

pub(super) fn closings(organisation: &Organisation) -> Vec<ClosingView<'_>> {
    let view = |text, unanswered, resolved| ClosingView {
        hand: hand(organisation, text),
        unanswered,
        resolved,
    };
    vec![
        view("", true, false),
        view("", false, true),
        view("Version 3 is no longer maintained.", false, false),
    ]
}

fn at(day: Date, hour: i8, minute: i8) -> Zoned {
    let zone = TimeZone::fixed(offset(1));
    day.at(hour, minute, 0, 0)
        .to_zoned(zone)
        .unwrap_or_default()
}

fn name(text: &str) -> CodeName {
    CodeName::stored(text.to_owned())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
