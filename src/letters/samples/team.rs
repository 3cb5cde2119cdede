//! Samples of what goes to the team.

use super::{REFERENCE, at, name, texts};
use crate::letters::{DigestEntry, DigestView, Junk, Looked, Matter, RecordHead, ReminderView};
use crate::promise::{Span, Standing, Step};
use crate::ticket::{ChainHash, Clash, TicketNo, Turn};
use jiff::SignedDuration;
use jiff::civil::date;

pub(in crate::letters) fn reminders() -> Vec<ReminderView> {
    let view = |step, due: bool, soft| ReminderView {
        class: None,
        is_first_word: true,
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
            ReminderView {
                class: Some("attack".to_owned()),
                ..view(Step::Before(Span::Minutes(30)), true, false)
            },
            // The owner of a report that is there already.
            ReminderView {
                is_first_word: false,
                missing: texts(&["owned"]),
                ..view(Step::AtOnce, false, false)
            },
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

/// What nobody looks after, what nobody can read, and who does not answer.
fn neglected() -> Vec<DigestEntry> {
    let without = |missing: &str| Matter::Stale {
        since: at(date(2027, 4, 30), 16, 40),
        missing: texts(&[missing]),
    };
    let silent = |called| Matter::Silent {
        since: date(2027, 4, 20),
        called,
        goes_on: false,
    };
    let uncredited = without("credited or credit-declined");
    vec![
        entry(8, "slate-otter", None, without("owned")),
        entry(6, "sable-plover", Some("dan"), uncredited),
        entry(5, "ochre-heron", Some("dan"), silent(false)),
        entry(2, "olive-lapwing", Some("carla"), silent(true)),
        entry(22, "umber-tern", None, Matter::Unreadable),
    ]
}

/// One entry of each other kind that a digest knows.
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
        mail: 1,
        what: "ben wrote: accepted, 2027-06-17".to_owned(),
    };
    let clash = Matter::Clash(Clash {
        early: Turn::TheyPublish,
        on: date(2027, 7, 1),
        late: Turn::Fix,
        after: date(2027, 7, 9),
    });
    let stale = Matter::Stale {
        since: at(april, 16, 40),
        missing: texts(&["resolved"]),
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

pub(in crate::letters) fn digests() -> Vec<DigestView> {
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
        view(
            [entries(), neglected()].concat(),
            2,
            Looked::Ago(SignedDuration::from_secs(9)),
            0,
        ),
        view(Vec::new(), 0, Looked::Never, 1),
        warned,
    ]
}
