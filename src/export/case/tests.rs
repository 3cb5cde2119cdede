//! What the texts of a case say, and that nothing in them acts.

use super::*;
use crate::mail::acts;
use crate::ticket::{ChainHash, Columns, digest_of};
use serde_json::Value;

/// What must not come out as it went in, and a pile of lines.
const TROUBLE: &str = "a\u{1b}[2J\u{9b}31m\u{202e}gpj.exe\0\r\nBcc: x\u{2028}\u{e0041}\n  # forged\n=cmd|'/C calc'!A0 <script>";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A fact that is what its hash says.
fn link(n: i64, before: &ChainHash, data: &str) -> Link {
    let data_digest = digest_of(data);
    let columns = Columns {
        n,
        ticket: 1,
        at: "2027-04-30T15:40:00.000Z".to_owned(),
        written_at: "2027-04-30T15:40:01.000Z".to_owned(),
        fact: "remarked".to_owned(),
        by: "anna".to_owned(),
        letter: None,
        mail: None,
    };
    Link {
        hash: columns.hash(before, &data_digest),
        columns,
        data: Some(data.to_owned()),
        data_digest,
        before: before.clone(),
    }
}

fn line(link: Link, said: &str) -> Line {
    Line {
        link,
        said: Some(Foreign::new(said)),
        via: None,
        counts: true,
    }
}

fn mail(n: usize, words: &str) -> Mail {
    Mail {
        n,
        id: 70 + n as i64,
        received_at: at("2027-04-30T23:40:00Z"),
        from: Some(words.to_owned()),
        subject: Foreign::new(words),
        message_id: Some(words.to_owned()),
        judged: words.to_owned(),
        authentication: words.to_owned(),
        folder: words.to_owned(),
        size: 10,
        kept: 10,
        defects: words.to_owned(),
    }
}

fn letter(n: usize, words: &str) -> Letter {
    Letter {
        n,
        id: 50 + n as i64,
        kind: "reply",
        state: "sent",
        sent: true,
        queued_at: Some(at("2027-05-01T08:00:00Z")),
        from: "security@example.org".to_owned(),
        to: "mia@example.net".to_owned(),
        subject: Foreign::new(words),
        body: Foreign::new(words),
        message_id: Some(words.to_owned()),
        by: words.to_owned(),
        created_at: at("2027-05-01T08:00:00Z"),
        offers: 1,
        attempts: 0,
        settled_at: Some(at("2027-05-01T08:00:02Z")),
        answer: Some(Foreign::new(words)),
        last_error: None,
        held_because: None,
    }
}

/// Two mails, two letters and two facts, with these words wherever a stranger may put any.
fn with_case(words: &str, look: impl FnOnce(&mut Case)) {
    let zone = TimeZone::get("Europe/London").unwrap();
    let subject = Foreign::new(words);
    let data = serde_json::to_string(&serde_json::json!({"fact": "remarked", "text": words}));
    let first = link(1, &ChainHash::start(), &data.unwrap());
    let second = link(2, &first.hash, "{\"fact\":\"remarked\",\"text\":\"x\"}");
    let held = Letter {
        state: "held",
        sent: false,
        queued_at: None,
        settled_at: None,
        message_id: None,
        answer: None,
        last_error: Some(Foreign::new(words)),
        held_because: Some(Foreign::new(words)),
        ..letter(4, words)
    };
    look(&mut Case {
        reference: "SEC-2027-0001",
        name: "amber-heron",
        subject: &subject,
        opened_at: at("2027-04-30T15:40:00Z"),
        zone: &zone,
        made_at: at("2027-05-04T08:02:00Z"),
        made_by: "anna",
        policy: Policy {
            name: "neon",
            version: "2024-12-04".to_owned(),
            url: "https://example.org/security",
            digest: "d1",
        },
        record: Record {
            facts: 2,
            head: second.hash.0.clone(),
            short: second.hash.short(),
            fault: None,
        },
        notes: vec![words.to_owned()],
        mails: vec![mail(1, words), mail(2, words)],
        letters: vec![letter(3, words), held],
        reminders: vec![Reminder {
            id: 60,
            kind: "digest",
            state: "sent",
            sent: true,
            who: words.to_owned(),
            to: "anna@example.org".to_owned(),
            of: vec![("respond".to_owned(), words.to_owned())],
            message_id: Some(words.to_owned()),
            created_at: at("2027-05-04T08:00:00Z"),
            settled_at: Some(at("2027-05-04T08:00:02Z")),
            answer: Some(Foreign::new(words)),
            last_error: Some(Foreign::new(words)),
        }],
        facts: vec![line(first, words), line(second, "x")],
    });
}

fn written(about: &str) -> Vec<Written> {
    vec![Written {
        name: "attachments/01-poc.py".to_owned(),
        bytes: 4,
        sha256: "ab".repeat(32),
        about: about.to_owned(),
    }]
}

#[test]
fn nothing_in_its_texts_acts_and_no_line_is_forged() {
    with_case(TROUBLE, |case| {
        let texts = [
            case.facts_text(),
            case.letters_text(),
            case.reminders_text(),
            case.readme("1.0", &written(TROUBLE)),
            case.letters[1].unsent(),
        ];
        for text in texts {
            let found = text.chars().find(|c| acts(*c) && *c != '\n');
            assert_eq!(found, None, "{text}");
            assert!(text.contains("\\u{202e}gpj.exe"), "it is shown: {text}");
            let forged = |l: &&str| l.starts_with("Bcc:") || l.starts_with("  # forged");
            let body = text.starts_with("NOT SENT");
            assert_eq!(text.lines().find(forged).is_some(), body, "{text}");
        }
        let json = serde_json::to_value(case.facts_document()).unwrap();
        assert_eq!(json["facts"][0]["data"]["text"], TROUBLE, "the exact text");
        let json = serde_json::to_value(case.letters_document()).unwrap();
        assert_eq!(json[0]["reply"], TROUBLE);
        let json = serde_json::to_value(case.reminders_document()).unwrap();
        assert_eq!(json[0]["reply"], TROUBLE);
    });
}

#[test]
fn files_have_the_numbers_of_show_and_say_what_was_not_sent() {
    with_case("x", |case| {
        let (mails, letters) = (&case.mails, &case.letters);
        let none = Mail {
            kept: 0,
            ..mail(2, "x")
        };
        assert_eq!(
            [&mails[0], &mails[1], &none].map(|m| case.mail_file(m)),
            [
                // Local: it is the first of May in London.
                Some("mails/01-2027-05-01.eml".to_owned()),
                Some("mails/02-2027-05-01.eml".to_owned()),
                None
            ]
        );
        let dropped = Letter {
            state: "dropped",
            sent: false,
            ..letter(5, "x")
        };
        assert_eq!(
            [&letters[0], &letters[1], &dropped].map(|l| case.letter_file(l)),
            [
                "letters/03-reply.eml",
                "letters/04-reply-held.txt",
                "letters/05-reply-dropped.eml"
            ]
        );
        case.mails.extend((5..=102).map(|n| mail(n, "x")));
        assert_eq!([1, 99, 102].map(|n| case.number(n)), ["001", "099", "102"]);
    });
}

#[test]
fn a_refusal_is_no_putting_off() {
    with_case("x", |case| {
        for (state, offers, attempts, wanted) in [
            ("sent", 1, 0, "offered     once"),
            ("sent", 1, 2, "offered     once, put off 2 times"),
            ("queued", 0, 1, "offered     never, put off once"),
            ("refused", 0, 1, "tried       once, refused"),
            (
                "refused",
                0,
                3,
                "tried       3 times, put off 2 times, refused",
            ),
            ("refused", 1, 1, "offered     once, refused"),
        ] {
            case.letters = vec![Letter {
                state,
                offers,
                attempts,
                ..letter(3, "x")
            }];
            let text = case.letters_text();
            assert!(text.contains(&format!("\n      {wanted}\n")), "{text}");
        }
    });
}

#[test]
fn a_fact_is_known_by_a_file_or_by_who_said_so() {
    let known = |change: &dyn Fn(&mut Line)| {
        let mut said = String::new();
        with_case("x", |case| {
            change(&mut case.facts[1]);
            let json = serde_json::to_value(case.facts_document()).unwrap();
            said = json["facts"][1]["known_by"].as_str().unwrap().to_owned();
            assert!(case.facts_text().contains(&said), "{said}");
        });
        said
    };
    assert_eq!(known(&|_| {}), "anna recorded it");
    let gatepost = known(&|l| l.link.columns.by = "gatepost".to_owned());
    assert_eq!(gatepost, "gatepost itself");
    assert_eq!(
        known(&|l| l.link.columns.letter = Some(53)),
        "letters/03-reply.eml"
    );
    let beyond = known(&|l| l.link.columns.letter = Some(9));
    assert_eq!(
        beyond,
        "letter 9 of the outbox, which is not in this thread"
    );
    assert_eq!(
        known(&|l| {
            l.link.columns.mail = Some(71);
            l.via = Some("labelled line".to_owned());
        }),
        "mails/01-2027-05-01.eml, labelled line"
    );
    let said = known(&|l| l.via = Some("signal".to_owned()));
    assert_eq!(said, "anna said so, by way of signal");
}

#[test]
fn what_was_erased_stays_marked_and_what_was_changed_shows() {
    let holds = |case: &Case| -> Vec<Value> {
        let json = serde_json::to_value(case.facts_document()).unwrap();
        let all = json["facts"].as_array().unwrap().iter();
        all.map(|f| f["holds"].clone()).collect()
    };
    with_case("x", |case| {
        assert_eq!(holds(case), [true, true]);
        let erased = &mut case.facts[0];
        (erased.link.data, erased.said) = (None, None);
        assert_eq!(holds(case), [true, true], "the digest stays");
        let text = case.facts_text();
        assert!(
            text.contains("remarked (what it said was erased)"),
            "{text}"
        );
        let json = serde_json::to_value(case.facts_document()).unwrap();
        let (first, second) = (&json["facts"][0], &json["facts"][1]);
        assert_eq!(
            (&first["erased"], &first["stored"]),
            (&true.into(), &Value::Null)
        );
        assert_eq!(first["hash"], second["before"]);
        for change in [
            (|l: &mut Link| l.columns.at = "2027-04-29T15:40:00.000Z".to_owned()) as fn(&mut Link),
            |l| l.columns.by = "ben".to_owned(),
            |l| l.columns.mail = Some(3),
            |l| l.data = Some("{}".to_owned()),
            |l| l.before = ChainHash::start(),
        ] {
            let good = case.facts[1].link.clone();
            change(&mut case.facts[1].link);
            assert_eq!(holds(case), [true, false]);
            assert!(case.facts_text().contains("WRONG"));
            case.facts[1].link = good;
        }
    });
}

#[test]
fn the_index_says_what_is_not_whole() {
    with_case("x", |case| {
        let text = case.readme("1.0", &written("was \"poc.py\", text/plain"));
        assert!(
            text.contains("The chain of all facts is unbroken."),
            "{text}"
        );
        assert!(
            text.contains("01-poc.py   was \"poc.py\", text/plain"),
            "{text}"
        );
        assert!(!text.contains("NOT WHOLE"), "{text}");
        case.record.fault = Some("fact 2 is missing".to_owned());
        case.mails[0].kept = 4;
        case.mails[1].kept = 0;
        let text = case.readme("1.0", &[]);
        for says in [
            "THE RECORD IS NOT WHOLE: fact 2 is missing.",
            "4 of 10 bytes are kept",
            "NO FILE: no byte of it is kept",
            "its server did not give it",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        case.mails.clear();
        let text = case.readme("1.0", &[]);
        assert!(text.contains("did not come by mail"), "{text}");
    });
}

#[test]
fn sums_are_as_sha256sum_reads_them() {
    let line = format!("{}  attachments/01-poc.py\n", "ab".repeat(32));
    assert_eq!(sums(&written("x")), line);
}
