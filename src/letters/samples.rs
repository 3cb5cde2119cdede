//! Sample data with which every template is tried before it is taken. Together the
//! samples of a letter take every branch that a template can ask for.

use super::digest::Junk;
use super::{
    AckView, Answer, ClosingView, Count, DayOff, DigestEntry, DigestView, EvaluationView, Hand,
    Key, Looked, Matter, Missing, NewDate, Organisation, Promised, PublishedView, RecordHead,
    ReminderView, ReplyView, ResolvedView,
};
use crate::mail::Foreign;
use crate::promise::{Span, Standing, Step};
use crate::ticket::{ChainHash, CodeName, Outcome, Reference, TicketNo};
use crate::triage::Labels;
use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Zoned};
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
            answer(Promised::Evaluation, three(vec![may.clone(), may.clone()])),
            Missing::Nothing,
        ),
        view(
            answer(Promised::Answer, three(vec![may; 7])),
            Missing::Nothing,
        ),
        view(answer(Promised::Answer, None), Missing::Nothing),
        view(None, Missing::Nothing),
        AckView {
            by_hand: true,
            ..view(
                answer(Promised::EvaluationAndDate, three(Vec::new())),
                Missing::Nothing,
            )
        },
    ]
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
        hand: hand(organisation, text),
        date,
        ask,
        signal: None,
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

pub(super) fn signals(organisation: &Organisation) -> Vec<ReplyView<'_>> {
    let view = |text| ReplyView {
        hand: hand(organisation, text),
        date: None,
        ask: false,
        signal: Some("+44 7700 900123"),
    };
    vec![view(""), view("Anna answers there from 9 to 17.")]
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
    let view = |text, planned, link, resolved| PublishedView {
        hand: hand(organisation, text),
        planned,
        link,
        resolved,
    };
    vec![
        view("", Some(date(2027, 7, 13)), None, true),
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

pub(super) fn reminders() -> Vec<ReminderView> {
    let view = |step, due: bool, soft| ReminderView {
        number: TicketNo(19),
        reference: REFERENCE.clone(),
        code_name: name("amber-heron"),
        age: SignedDuration::from_hours(1),
        promise: "respond".to_owned(),
        soft,
        step,
        due: due.then(|| at(date(2027, 5, 6), 17, 0)),
        standing: Standing::OnTime,
        missing: if due {
            texts(&["evaluated", "dated or date-not-due"])
        } else {
            Vec::new()
        },
        command: "gatepost show 19".to_owned(),
    };
    let steps = [
        Step::AtOnce,
        Step::Before(Span::Hours(3)),
        Step::WhenDue,
        Step::DailyAfter,
    ];
    let with_deadline = steps.into_iter().map(|step| view(step, true, false));
    with_deadline
        .chain([
            view(Step::DailyAfter, true, true),
            view(Step::DailyAfter, false, true),
        ])
        .collect()
}

/// An entry of a ticket.
fn entry(number: i64, code_name: &str, owner: Option<&str>, matter: Matter) -> DigestEntry {
    DigestEntry {
        number: TicketNo(number),
        code_name: name(code_name),
        owner: owner.map(str::to_owned),
        alike: None,
        matter,
    }
}

/// One entry of each kind that a digest knows.
fn entries() -> Vec<DigestEntry> {
    let due = |day, missing: &[&str], half_kept| Matter::Due {
        at: at(day, 17, 0),
        missing: texts(missing),
        half_kept,
        soft: false,
    };
    let (april, today, thursday) = (date(2027, 4, 30), date(2027, 5, 4), date(2027, 5, 6));
    let held = Matter::Held {
        because: "it was received more than 72 hours ago".to_owned(),
    };
    let trouble = Matter::Trouble {
        what: "a letter was refused".to_owned(),
    };
    let read = Matter::Read {
        what: "ben wrote: accepted, 2027-06-17".to_owned(),
    };
    let clash = Matter::Clash {
        theirs: date(2027, 7, 1),
        ours: date(2027, 7, 9),
        what: "fix",
    };
    let stale = Matter::Stale {
        since: at(april, 16, 40),
        missing: texts(&["owned"]),
    };
    let alike = |number, code_name| DigestEntry {
        alike: Some(TicketNo(20)),
        ..entry(
            number,
            code_name,
            None,
            due(thursday, &["evaluated"], false),
        )
    };
    let missing_date = due(today, &["dated or date-not-due"], true);
    vec![
        entry(
            19,
            "amber-heron",
            None,
            due(thursday, &["evaluated"], false),
        ),
        alike(20, "saffron-cormorant"),
        alike(21, "moss-tern"),
        entry(18, "lilac-owl", None, held),
        entry(16, "ivory-crane", Some("carla"), missing_date),
        entry(
            7,
            "umber-finch",
            Some("ben"),
            due(april, &["answered"], false),
        ),
        entry(11, "plum-wagtail", Some("anna"), clash),
        entry(9, "teal-dipper", None, stale),
        entry(4, "jet-swift", Some("dan"), trouble),
        entry(3, "rusty-wren", Some("anna"), Matter::Chased { times: 2 }),
        entry(19, "amber-heron", Some("anna"), read),
    ]
}

pub(super) fn digests() -> Vec<DigestView> {
    let view = |entries, tray, looked, waiting| DigestView {
        new: 0,
        now: at(date(2027, 5, 4), 9, 0),
        reader: "ben".to_owned(),
        entries,
        tray,
        junk: Junk::default(),
        looked,
        waiting,
        warnings: Vec::new(),
        record: RecordHead {
            fact: 1204,
            hash: ChainHash("7f3a91c2".repeat(8)),
        },
    };
    let mut warned = view(Vec::new(), 1, Looked::Ago(SignedDuration::from_hours(3)), 2);
    warned.warnings = vec!["a letter to carla was refused".to_owned()];
    warned.junk = Junk {
        new: 12,
        like_reports: vec![TicketNo(41), TicketNo(44)],
    };
    vec![
        view(entries(), 2, Looked::Ago(SignedDuration::from_secs(9)), 0),
        view(Vec::new(), 0, Looked::Never, 1),
        warned,
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
