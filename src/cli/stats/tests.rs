//! What the answers of one sample quarter look like.

use super::*;
use crate::cli::args::{Args, Command};
use crate::config::sample;
use crate::desk::record::{ByHand, open};
use crate::desk::{self};
use crate::mail::{Address, Foreign};
use crate::promise::tally::Days;
use crate::store::{NewFact, Store};
use crate::ticket::{By, Field, Outcome, What};
use clap::Parser;
use jiff::civil::date;

mod bars;
mod left_out;
mod marks;
mod under;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Thursday 10 June 2027, 12:00 in London.
const NOW: &str = "2027-06-10T11:00:00Z";

/// Subjects that would act if they could.
fn hostile() -> [String; 6] {
    [
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "=cmd|'/C calc'!A0".to_owned(),
        "ok\u{202e}lmth\u{1b}[2J".to_owned(),
        "]]></style><style>*{display:none}".to_owned(),
        "W".repeat(300),
    ]
}

struct Desk {
    here: Here,
    store: Store,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        Self {
            store: Store::create(&config.store).unwrap(),
            here: Here { config, who: None },
            _dir: dir,
        }
    }

    /// A report that was told; letters reach its reporter only where there is one.
    fn report(&mut self, when: &str, subject: &str, reachable: bool) -> TicketNo {
        let mia = Address::parse("mia@example.net").unwrap();
        let config = &self.here.config;
        let open = |tx: &Tx| {
            let by_hand = ByHand {
                from: reachable.then_some(&mia),
                subject: &Foreign::new(subject),
                via: "phone",
                at: tx.now(),
                letter: None,
                acknowledge: false,
                who: "anna",
            };
            open(tx, config, &by_hand)
        };
        self.store.write(at(when), open).unwrap()
    }

    fn happens(&mut self, when: &str, ticket: TicketNo, all: &[What]) {
        let config = &self.here.config;
        let add = |tx: &Tx| {
            for what in all {
                let fact = NewFact {
                    at: tx.now(),
                    what: what.clone(),
                    by: By::Person("anna".to_owned()),
                    letter: None,
                    mail: None,
                    via: Some("signal".to_owned()),
                };
                tx.add_fact(ticket, &fact)?;
            }
            desk::refresh(tx, config, ticket).map(drop)
        };
        self.store.write(at(when), add).unwrap();
    }

    fn counted<T>(&mut self, words: &str, look: impl FnOnce(&Counted, &Tx) -> T) -> T {
        let history = |days: Days| days.history(date(2027, 6, 10))[0].first;
        self.counted_from(words, history, look)
    }

    /// With what was due from a day on that hangs on the span.
    fn counted_from<T>(
        &mut self,
        words: &str,
        first: impl FnOnce(Days) -> Date,
        look: impl FnOnce(&Counted, &Tx) -> T,
    ) -> T {
        let here = &self.here;
        let asked = wanted(words);
        let span = Span::read(&asked, &here.config.calendar, at(NOW)).unwrap();
        let counted = |tx: &Tx| {
            let counted = Counted::read(here, tx, span, first(span.days))?;
            Ok(look(&counted, tx))
        };
        self.store.read(at(NOW), counted).unwrap()
    }
}

fn wanted(words: &str) -> Stats {
    let words = ["gatepost", "stats"]
        .into_iter()
        .chain(words.split_whitespace());
    match Args::try_parse_from(words).map(|args| args.command) {
        Ok(Command::Stats(wanted)) => wanted,
        Ok(_) => panic!("no stats"),
        Err(why) => panic!("{why}"),
    }
}

/// A quarter that a person can count by hand.
fn desk() -> Desk {
    let mut desk = Desk::new();
    let [script, img, formula, bidi, style, long] = hostile();
    let accepted = What::Evaluated {
        outcome: Outcome::Accepted,
    };
    let dated = |month, day| What::Dated {
        on: date(2027, month, day),
    };
    // 1: due on the last day of March, and kept: the quarter before.
    let one = desk.report("2027-03-26T10:00:00Z", "in March", true);
    desk.happens(
        "2027-03-31T15:00:00Z",
        one,
        &[What::Answered, accepted.clone(), dated(4, 30)],
    );
    desk.happens("2027-04-29T10:00:00Z", one, &[What::Resolved]);
    // 2: kept on day 2 at 13:00; its date moved in time, and was met.
    let two = desk.report("2027-04-05T09:00:00Z", &script, true);
    desk.happens(
        "2027-04-07T12:00:00Z",
        two,
        &[What::Answered, accepted.clone(), dated(5, 12)],
    );
    desk.happens("2027-05-11T10:00:00Z", two, &[What::Answered, dated(5, 28)]);
    desk.happens("2027-05-26T10:00:00Z", two, &[What::Resolved]);
    // 3: two days late.
    let three = desk.report("2027-04-12T09:00:00Z", &formula, true);
    let end = [
        What::Answered,
        accepted.clone(),
        What::DateNotDue,
        What::Closed,
    ];
    desk.happens("2027-04-19T16:00:00Z", three, &end);
    // 4: spam. 5: adopted.
    let four = desk.report("2027-04-13T09:00:00Z", "buy", true);
    let spam = What::Decided {
        outcome: Outcome::Spam,
        expected: None,
    };
    desk.happens("2027-04-30T09:00:00Z", four, &[spam, What::Closed]);
    let five = desk.report("2027-04-14T09:00:00Z", "from the tray", true);
    desk.happens("2027-05-14T09:00:00Z", five, &[What::Adopted]);
    // 6: half kept, and open since. 7: nobody to write to. 8: closed in time, unmet.
    let six = desk.report("2027-06-01T09:00:00Z", &bidi, true);
    desk.happens("2027-06-02T09:00:00Z", six, std::slice::from_ref(&accepted));
    desk.report("2027-06-02T09:00:00Z", &img, false);
    let eight = desk.report("2027-06-03T09:00:00Z", &style, true);
    desk.happens("2027-06-04T09:00:00Z", eight, &[What::Closed]);
    // 9: due on Monday. 10: they wrote again, and nobody has answered that.
    desk.report("2027-06-09T09:00:00Z", &long, true);
    let ten = desk.report("2027-05-03T10:00:00Z", "plain", true);
    desk.happens(
        "2027-05-04T10:00:00Z",
        ten,
        &[What::Answered, accepted, dated(7, 30)],
    );
    desk.happens("2027-05-05T10:00:00Z", ten, &[What::ReporterWrote]);
    let title = What::Set {
        field: Field::Title,
        value: Some("<b>ours</b> & bold".to_owned()),
        was: None,
    };
    desk.happens("2027-06-09T11:00:00Z", ten, &[title]);
    desk
}

#[test]
fn a_quarter_reads_like_this() {
    let mut desk = desk();
    let mut print = |words: &str, late| {
        let printed = desk.counted(words, |counted, _| {
            output::captured(|| text::print(counted, late)).1
        });
        for line in printed.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let late = if late { " --late" } else { "" };
        format!("$ gatepost stats {words}{late}\n{printed}")
    };
    let all = [
        print("", false),
        print("2027-Q2", true),
        print("2027-Q1", false),
        print("--since 2027-06-04 --until 2027-06-07", false),
        print("2026", false),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn programs_get_figures_and_nothing_of_a_report() {
    let (csv, late, prometheus, json) = desk().counted("2027-Q2", |counted, _| {
        let json = output::captured(|| output::json(&document::Document::new(counted)).unwrap()).1;
        let late = figures::late_csv(counted);
        (
            figures::csv(counted),
            late,
            figures::prometheus(counted),
            json,
        )
    });
    for text in [&csv, &late, &prometheus, &json] {
        for word in [
            "script",
            "onerror",
            "cmd",
            "WWW",
            "mia",
            "example.net",
            "plain",
            "ours",
        ] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    assert_eq!(csv.matches('\n').count(), csv.matches("\r\n").count());
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let promises = value["promises"].as_array().unwrap();
    for one in promises {
        let fates = ["kept", "moved", "late", "passed", "open", "void", "cannot"];
        let sum: u64 = fates.iter().map(|fate| one[fate].as_u64().unwrap()).sum();
        assert_eq!(Some(sum), one["due"].as_u64(), "{one}");
    }
    let all = [
        csv.replace("\r\n", "\n"),
        late.replace("\r\n", "\n"),
        prometheus,
        json,
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_page_reads_like_this() {
    let page = desk().counted("2027-Q2", |counted, tx| page::page(counted, tx).unwrap());
    assert_eq!(page.1, 7, "open tickets");
    let (head, body) = page.0.split_once("</head>").unwrap();
    assert!(head.starts_with(board::BEGINNING));
    for word in [
        "<script",
        "<img",
        "onerror=alert(1)>",
        "\u{202e}",
        "\u{1b}",
        "*{display",
    ] {
        assert!(!body.contains(word), "{word}");
    }
    assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    insta::assert_snapshot!(body);
}

#[test]
fn history_changes_no_figure_of_the_span() {
    let mut desk = desk();
    let figures = |counted: &Counted, _: &Tx| {
        let (rows, tally) = (counted.rows.clone(), &counted.tally);
        let judged = tally.judged.len();
        (judged, (rows, tally.received.clone(), tally.left_out))
    };
    let (more, with) = desk.counted("2027-Q2", figures);
    let (fewer, alone) = desk.counted_from("2027-Q2", |days| days.first, figures);
    assert!(
        more > fewer,
        "{more} were read with the history, {fewer} without"
    );
    assert_eq!(with, alone);
}

#[test]
fn spans_as_people_type_them() {
    let desk = Desk::new();
    let calendar = &desk.here.config.calendar;
    let read = |words: &str| Span::read(&wanted(words), calendar, at(NOW));
    for (words, said) in [
        ("", "2027-Q2, 1 Apr to 30 Jun 2027"),
        ("2027-05", "2027-05, 1 May to 31 May 2027"),
        ("2026", "2026, 1 Jan to 31 Dec 2026"),
        ("--since 2027-04-02", "2 Apr to 10 Jun 2027"),
        (
            "--since 2026-12-01 --until 2027-01-31",
            "1 Dec 2026 to 31 Jan 2027",
        ),
        (
            "--since 2027-04-01 --until 2027-06-30",
            "2027-Q2, 1 Apr to 30 Jun 2027",
        ),
    ] {
        assert_eq!(read(words).unwrap().words(), said, "{words:?}");
    }
    let since = |since: &str| {
        let asked = Stats {
            since: Some(since.to_owned()),
            ..wanted("")
        };
        Span::read(&asked, calendar, at(NOW)).map(|span| span.days.first)
    };
    assert_eq!(since("11 Jun").unwrap(), date(2026, 6, 11));
    assert_eq!(since("10 Jun").unwrap(), date(2027, 6, 10));
    assert_eq!(since("3 May 2025").unwrap(), date(2025, 5, 3));
    for words in [
        "soon",
        "2027-Q5",
        "--since soon",
        "--since 2027-05-02 --until 2027-05-01",
    ] {
        let why = read(words).unwrap_err().to_string();
        assert!(why.contains("hint:"), "{why}");
    }
    // The quarter begins in summer time and ends in it; the first one begins in winter time.
    let moments = |words: &str| read(words).unwrap().moments(calendar);
    assert_eq!(
        moments("2027-Q2"),
        (at("2027-03-31T23:00:00Z"), at("2027-06-30T23:00:00Z"))
    );
    assert_eq!(
        moments("2027-Q1"),
        (at("2027-01-01T00:00:00Z"), at("2027-03-31T23:00:00Z"))
    );
}
