//! How answers look: each command on one sample desk, at one moment.

mod board;
mod cells;
mod found;
mod unheard;
mod waiting;

use super::args::{Args, Command, List, Show};
use super::verbs::Manner;
use super::{Here, facts, list, output, record, show};
use crate::config::sample;
use crate::desk::record::{ByHand, Change, Credit, Letter, assign, note, open, retract, set};
use crate::desk::{self};
use crate::mail::{Address, Foreign};
use crate::store::{NewFact, Store, Tx};
use crate::ticket::{By, Field, Outcome, Planned, TicketNo, WaitsFor, What};
use clap::Parser;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::Value;
use std::collections::BTreeSet;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Tuesday 4 May 2027, 09:02 in London.
pub const NOW: &str = "2027-05-04T08:02:00Z";

/// Where everything stands on that morning: a report by mail with a clash and notes, one
/// by telephone that is late, one of a stranger with hostile words.
pub fn desk(look: impl FnOnce(&Here, &mut Store)) {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let mut store = Store::create(&config.store).unwrap();
    let here = Here {
        config,
        who: Some("anna".to_owned()),
    };
    let mut then = |when: &str, work: &dyn Fn(&Tx)| {
        store
            .write(at(when), |tx| {
                work(tx);
                Ok(())
            })
            .unwrap();
    };
    let config = &here.config;
    let mia = Address::parse("mia@example.net").unwrap();
    then("2027-04-30T15:40:00Z", &|tx| {
        let eml = include_bytes!("../../tests/mail/alternative.eml");
        report(
            tx,
            &here,
            "Your server can be made to fetch any URL",
            Some(&mia),
            Some(eml),
        );
    });
    then("2027-04-20T09:00:00Z", &|tx| {
        report(tx, &here, "CSRF on invite form", Some(&mia), None);
        assign(tx, config, TicketNo(2), Some("ben"), "ben").unwrap();
    });
    then("2027-05-03T10:00:00Z", &|tx| {
        report(tx, &here, "Bug \u{1b}[2Jbounty\u{202e}?", None, None);
    });
    then("2027-05-04T07:30:00Z", &|tx| {
        let t = TicketNo(1);
        assign(tx, config, t, Some("anna"), "anna").unwrap();
        let text = "asked the platform team for logs\nthey answer tomorrow";
        note(tx, config, t, text, false, "anna").unwrap();
        note(tx, config, t, "anna, access log, was it used", true, "anna").unwrap();
        let changes = [
            Change::Text(Field::Title, Some("SSRF in webhook import".to_owned())),
            Change::Text(Field::Severity, Some("high".to_owned())),
            Change::Text(Field::Link, Some("https://example.net/soon".to_owned())),
            Change::Planned(Planned::ReporterPublication, Some(date(2027, 7, 1))),
            Change::Waiting(Some(WaitsFor::Others)),
            Change::Credit(Credit::Named("fox in the box".to_owned())),
        ];
        set(tx, config, t, &changes, "anna").unwrap();
        let dated = What::Dated {
            on: date(2027, 7, 9),
        };
        let outcome = Outcome::Accepted;
        for what in [What::Answered, What::Evaluated { outcome }, dated] {
            let fact = NewFact {
                at: tx.now(),
                what,
                by: By::Person("anna".to_owned()),
                letter: None,
                mail: None,
                via: Some("signal".to_owned()),
            };
            tx.add_fact(t, &fact).unwrap();
        }
        desk::refresh(tx, config, t).unwrap();
        note(tx, config, t, "for another ticket", false, "ben").unwrap();
        let last = tx.ticket(t).unwrap().unwrap().last_fact;
        retract(tx, config, t, last, "the wrong ticket", "ben").unwrap();
    });
    look(&here, &mut store);
}

fn report(tx: &Tx, here: &Here, subject: &str, from: Option<&Address>, eml: Option<&[u8]>) {
    let by_hand = ByHand {
        from,
        subject: &Foreign::new(subject),
        via: if eml.is_some() { "file" } else { "phone" },
        at: tx.now(),
        letter: eml.map(|bytes| Letter::read(bytes).unwrap()),
        acknowledge: false,
        who: "anna",
    };
    open(tx, &here.config, &by_hand).unwrap();
}

fn command(words: &str) -> Command {
    let words = ["gatepost"].into_iter().chain(words.split(' '));
    Args::parse_from(words).command
}

fn list_of(words: &str) -> List {
    let Command::List(wanted) = command(words) else {
        panic!("{words}");
    };
    wanted
}

fn show_of(words: &str) -> Show {
    let Command::Show(wanted) = command(words) else {
        panic!("{words}");
    };
    wanted
}

/// What a reading command prints.
fn looked(work: impl FnOnce(&Here, &Tx) -> anyhow::Result<()>) -> String {
    let mut printed = String::new();
    desk(|here, store| {
        let (done, text) = output::captured(|| store.read(at(NOW), |tx| work(here, tx)));
        done.unwrap();
        printed = text;
    });
    printed
}

fn listed(words: &str) -> String {
    let wanted = list_of(words);
    looked(|here, tx| list::answer(here, tx, &wanted))
}

fn shown(words: &str) -> String {
    let wanted = show_of(words);
    looked(|here, tx| show::answer(here, tx, &wanted))
}

#[test]
fn list_looks_like_this() {
    let all = [
        "list",
        "list --mine",
        "list --owner nobody --sort received",
        "list --due 2d",
    ];
    let all = all.map(|words| format!("$ gatepost {words}\n{}", listed(words)));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn show_looks_like_this() {
    let all = [
        "show 1",
        "show 2",
        "show 3",
        "show 1 --log",
        "show 1 --text 1",
        "show 1 --quotes",
    ];
    let all = all.map(|words| format!("$ gatepost {words}\n{}", shown(words)));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn every_line_fits_eighty_columns_but_for_what_people_typed() {
    for words in ["list", "list --all", "show 2", "show 3"] {
        let text = if words.starts_with("list") {
            listed(words)
        } else {
            shown(words)
        };
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{words}: {line}");
        }
    }
}

#[test]
fn log_looks_like_this_and_holds_nothing_of_a_report() {
    let print = |json| {
        looked(|here, tx| {
            let lines = tx.log(0, None, None, 100)?;
            lines.iter().try_for_each(|l| facts::print(here, json, l))
        })
    };
    let (text, json) = (print(false), print(true));
    for word in [
        "SSRF",
        "fetch",
        "bounty",
        "mia",
        "example.net",
        "platform",
        "fox",
        "CSRF",
    ] {
        assert!(!text.contains(word) && !json.contains(word), "{word}");
    }
    assert_eq!(json.lines().count(), text.lines().count());
    insta::assert_snapshot!(format!(
        "{text}\n{}",
        json.lines().take(2).collect::<Vec<_>>().join("\n")
    ));
}

#[test]
fn what_a_verb_wrote_looks_like_this() {
    let mut printed = String::new();
    desk(|here, store| {
        let manner = Manner {
            dry_run: false,
            json: false,
        };
        let mut verb = |work: &dyn Fn(&Tx) -> anyhow::Result<()>| {
            let done = output::captured(|| {
                store.write(at(NOW), |tx| {
                    let before = desk::file(tx, &here.config, TicketNo(1))?;
                    work(tx)?;
                    let after = desk::file(tx, &here.config, TicketNo(1))?;
                    record::answer(here, &manner, Some(&before), &after)
                })
            });
            done.0.unwrap();
            printed.push_str(&done.1);
            printed.push('\n');
        };
        let (config, t) = (&here.config, TicketNo(1));
        verb(&|tx| assign(tx, config, t, None, "anna").map(drop));
        verb(&|tx| assign(tx, config, t, None, "anna").map(drop));
        verb(&|tx| {
            let changes = [Change::Text(Field::Severity, Some("low".to_owned()))];
            set(tx, config, t, &changes, "anna").map(drop)
        });
        verb(&|tx| {
            let facts = tx.facts_of(t)?;
            let evaluated = |w: &What| matches!(w, What::Evaluated { .. });
            let fact = facts.iter().find(|f| evaluated(&f.what)).unwrap().n;
            retract(tx, config, t, fact, "the wrong ticket", "anna").map(drop)
        });
    });
    insta::assert_snapshot!(printed);
}

/// What reading commands print on the board, at a width.
fn on_the_board(width: usize, all: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    printed(&here, &mut store, width, all)
}

fn printed(here: &Here, store: &mut Store, width: usize, all: &[&str]) -> String {
    let mut print = |words: &&str| {
        let work = |tx: &Tx| match command(words) {
            Command::List(wanted) => list::answer(here, tx, &wanted),
            Command::Show(wanted) => show::answer(here, tx, &wanted),
            _ => panic!("{words}"),
        };
        let work = || output::captured(|| store.read(at(NOW), work));
        let (done, text) = output::on_columns(width, work);
        done.unwrap();
        format!("$ gatepost {words}\n{text}")
    };
    let all: Vec<String> = all.iter().map(&mut print).collect();
    all.join("\n")
}

#[test]
fn a_board_looks_like_this_at_every_width() {
    for width in [80, 120, 200] {
        let text = on_the_board(width, &["list", "show 5", "show 2", "show 11", "show 13"]);
        insta::assert_snapshot!(format!("board_at_{width}"), text);
    }
}

#[test]
fn no_line_is_wider_than_the_terminal_whatever_strangers_write() {
    let shows: Vec<String> = (1..=15).map(|n| format!("show {n}")).collect();
    let mut all: Vec<&str> = shows.iter().map(String::as_str).collect();
    all.extend([
        "list",
        "list --all",
        "list --sort severity",
        "list --owner ben",
    ]);
    all.extend(["list --like 7", "list --owner dan --late"]);
    for width in [80, 97, 120, 200] {
        for line in on_the_board(width, &all).lines() {
            // By another measure than that of the gate: the wide letters of the board. A
            // selector makes the symbol before it wide, and is as much as one column.
            let letters = |c| matches!(c, '\u{2e80}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}');
            let wide = |c| letters(c) && c != '\u{fe0f}';
            let wide: usize = line.chars().map(|c| 1 + usize::from(wide(c))).sum();
            assert!(wide <= width, "{wide} of {width}: {line}");
        }
    }
}

#[test]
fn what_is_due_and_the_next_command_stand_in_the_first_five_lines() {
    for n in [1, 3, 4, 5, 6, 9, 12, 14] {
        let text = on_the_board(80, &[&format!("show {n}")]);
        let first: Vec<&str> = text.lines().skip(1).take(5).collect();
        for word in ["DUE  ", "next gatepost "] {
            assert!(first.iter().any(|l| l.starts_with(word)), "{word}: {text}");
        }
        assert!(text.lines().count() < 24, "{text}");
    }
}

#[test]
fn a_list_of_nothing_says_so_and_names_no_command() {
    let text = on_the_board(80, &["list --owner dan --late"]);
    assert!(text.ends_with("\nnone of 15 open is such\n"), "{text}");
    assert!(!text.contains("TITLE") && !text.contains("next"), "{text}");
}

/// What the list asks once for all tickets, and what it leaves out before it opens a file.
#[test]
fn what_is_asked_for_is_what_the_whole_list_says_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    let old = |tx: &Tx| {
        board::old_mail(tx, &here);
        Ok(())
    };
    store.write(at(NOW), old).unwrap();
    let mut list = |words: &str| printed(&here, &mut store, 200, &[words]);
    let lines = list("list");
    let mut refs = |words: &str, which: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        let text = list(words);
        let (_, json) = text.split_once('\n').unwrap();
        let all: Vec<Value> = serde_json::from_str(json).unwrap();
        let those = all.iter().filter(|t| which(t));
        those.map(|t| t["ref"].to_string()).collect()
    };
    let mut check = |words: &str, which: &dyn Fn(&Value) -> bool| {
        let (asked, told) = (refs(words, &|_| true), refs("list --json --all", which));
        assert_eq!(asked, told, "{words}");
        assert!(!asked.is_empty(), "{words}");
    };
    let open = |t: &Value| t["stage"] != "closed";
    for owner in ["anna", "ben", "dan"] {
        let words = format!("list --json --owner {owner}");
        check(&words, &|t| open(t) && t["owner"] == owner);
    }
    check("list --json --mine", &|t| open(t) && t["owner"] == "anna");
    check("list --json --owner nobody", &|t| {
        open(t) && t["owner"].is_null()
    });
    check("list --json --held", &|t| {
        open(t) && t["acknowledgement"] == "held"
    });
    let late = |t: &Value| {
        let deadlines = t["deadlines"].as_array().unwrap();
        deadlines
            .iter()
            .any(|d| d["standing"] == "overdue" && d["late"] == true)
    };
    check("list --json --late", &|t| open(t) && late(t));
    let held = |t: &Value| t["acknowledgement"] == "held";
    let marked = lines.lines().filter(|l| l.contains(" HELD ")).count();
    assert_eq!(marked, refs("list --json", &held).len(), "{lines}");
}
