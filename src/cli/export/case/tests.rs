//! A case of each report of the sample desk.

use super::*;
use crate::cli::looks::{self, NOW, at};
use crate::desk;
use crate::mail::acts;
use crate::store::NewFact;
use crate::ticket::{By, Field, Outcome, TicketNo, What};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Every file of a case, by name.
type Files = BTreeMap<String, Vec<u8>>;

fn files(below: &Path) -> Files {
    let mut all = Files::new();
    for entry in fs::read_dir(below).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let inside = files(&entry.path()).into_iter();
            all.extend(inside.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            all.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    all
}

fn wanted(reference: &str, to: &Path) -> CaseOf {
    CaseOf {
        reference: reference.to_owned(),
        to: to.to_owned(),
        json: false,
    }
}

/// The case of a report of the sample desk, and what else `look` asks that desk.
fn made_of(reference: &str, look: impl FnOnce(&Here, &Tx, &Files)) {
    let dir = tempfile::tempdir().unwrap();
    let wanted = wanted(reference, &dir.path().join("case"));
    looks::desk(|here, store| {
        let seen = store.read(at(NOW), |tx| {
            let (_, folder, lacking) = made(here, tx, &wanted, "anna")?;
            assert_eq!(lacking, [""; 0]);
            let all = files(&wanted.to);
            let names: Vec<_> = folder.written.iter().map(|f| &f.name).collect();
            assert_eq!(all.len(), names.len(), "{names:?}");
            look(here, tx, &all);
            Ok(())
        });
        seen.unwrap();
    });
}

fn text<'f>(all: &'f Files, name: &str) -> &'f str {
    std::str::from_utf8(all.get(name).unwrap()).unwrap()
}

/// Without sums: they change with every word.
fn masked(text: &str) -> String {
    let long = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    let line = |line: &str| -> String {
        let words = line.split(' ').map(|w| if long(w) { "SUM" } else { w });
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_case_looks_like_this() {
    made_of("1", |_, _, all| {
        let shown = [
            "README.txt",
            "facts.txt",
            "letters.txt",
            "thread.txt",
            "explain.txt",
        ];
        let shown = shown.map(|name| format!("== {name}\n{}", masked(text(all, name))));
        insta::assert_snapshot!(shown.join("\n"));
    });
}

#[test]
fn mails_are_as_they_came_and_texts_are_those_of_the_commands() {
    made_of("green-egret", |here, tx, all| {
        let eml = include_bytes!("../../../../tests/mail/alternative.eml");
        let mail = all.iter().find(|(name, _)| name.starts_with("mails/01-"));
        assert_eq!(mail.unwrap().1, eml);
        let file = explain::find(tx, here, "1").unwrap();
        let document = explain::Document::of(tx, here, &file).unwrap();
        let (_, printed) = output::captured(|| document.print(tx, Dates::Full));
        assert_eq!(text(all, "explain.txt"), printed);
        let policy = tx.policy_text(&file.row.policy).unwrap();
        assert_eq!(text(all, "policy.toml"), policy);
        let sum = Sha256::digest(policy.as_bytes());
        let sum: String = sum.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(sum, file.row.policy, "its digest is its sum");
        let thread = Thread::of(tx, &file).unwrap();
        let (_, printed) = output::captured(|| thread.print(here, tx, true));
        let kept = text(all, "thread.txt");
        let (heading, kept) = kept.split_once("\n\n").unwrap();
        assert!(
            heading.starts_with("SEC-2027-0001 green-egret: "),
            "{heading}"
        );
        assert!(heading.ends_with("in Europe/London."), "{heading}");
        // But for the year and the zone, which a terminal has no room for.
        let words = |text: &str| -> String {
            let short = text.replace(" 2027 ", " ").replace(" +01:00", "");
            short.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(kept), words(&printed));
        let moments = |text: &str, what| text.matches(what).count();
        assert_eq!(
            moments(kept, " 2027 "),
            moments(&printed, " Apr ") + moments(&printed, " May ")
        );
        assert!(text(all, "facts.txt").contains("data access: anna, access log"));
    });
}

#[test]
fn the_chain_of_the_facts_can_be_recomputed() {
    made_of("1", |_, tx, all| {
        let json: serde_json::Value = serde_json::from_str(text(all, "facts.json")).unwrap();
        let facts = json["facts"].as_array().unwrap();
        assert!(facts.len() > 10, "{json:#}");
        assert!(facts.iter().all(|f| f["holds"] == true), "{json:#}");
        let (last, head) = tx.chain_head().unwrap();
        assert_eq!(
            (&json["record"]["facts"], &json["record"]["head"]),
            (&last.into(), &head.0.into())
        );
        let void = facts.iter().filter(|f| f["counts"] == false).count();
        assert_eq!(void, 1, "the note that was taken back");
    });
}

#[test]
fn each_file_has_its_sum_and_nothing_in_a_text_acts() {
    for reference in ["1", "2", "3"] {
        made_of(reference, |_, _, all| {
            let sums = text(all, "SHA256SUMS");
            assert_eq!(sums.lines().count(), all.len() - 1, "{sums}");
            for line in sums.lines() {
                let (sum, name) = line.split_once("  ").unwrap();
                let found = Sha256::digest(all.get(name).unwrap());
                let found: String = found.iter().map(|b| format!("{b:02x}")).collect();
                assert_eq!(sum, found, "{name}");
            }
            let ours = |name: &&String| !name.contains('/');
            for name in all.keys().filter(ours) {
                let found = text(all, name).chars().find(|c| acts(*c) && *c != '\n');
                assert_eq!(found, None, "{name}");
            }
        });
    }
}

#[test]
fn a_report_by_telephone_has_no_mail_and_a_case_all_the_same() {
    made_of("2", |_, _, all| {
        assert!(all.keys().all(|name| !name.starts_with("mails/")));
        assert!(text(all, "README.txt").contains("did not come by mail"));
        assert!(text(all, "facts.txt").contains("anna said so, by way of phone"));
    });
}

#[test]
fn tickets_that_belong_to_it_are_named_and_left_out() {
    looks::desk(|here, store| {
        let said = store.write(at(NOW), |tx| {
            for what in [
                What::Set {
                    field: Field::See,
                    value: Some("0001".to_owned()),
                    was: None,
                },
                What::Evaluated {
                    outcome: Outcome::Duplicate,
                },
            ] {
                let fact = NewFact {
                    at: tx.now(),
                    what,
                    by: By::Person("anna".to_owned()),
                    letter: None,
                    mail: None,
                    via: Some("phone".to_owned()),
                };
                tx.add_fact(TicketNo(2), &fact)?;
            }
            desk::refresh(tx, &here.config, TicketNo(2))?;
            let of = |reference| notes(tx, &explain::find(tx, here, reference)?);
            Ok((of("1")?, of("2")?, of("3")?))
        });
        let (first, second, third) = said.unwrap();
        assert!(
            first[0].ends_with("repeats it, and has a case of its own"),
            "{first:?}"
        );
        assert!(first[0].starts_with("SEC-2027-0002 "), "{first:?}");
        assert!(
            second[0].starts_with("it repeats SEC-2027-0001 "),
            "{second:?}"
        );
        assert_eq!((first.len(), second.len(), third.len()), (1, 1, 0));
    });
}

#[test]
fn the_same_moment_gives_the_same_case() {
    let (mut first, mut second) = (Files::new(), Files::new());
    made_of("1", |_, _, all| first = all.clone());
    made_of("1", |_, _, all| second = all.clone());
    assert_eq!(first, second);
}

#[test]
fn a_mail_whose_bytes_are_damaged_makes_no_case() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = wanted("1", &dir.path().join("case"));
    looks::desk(|here, store| {
        let why = store.read(at(NOW), |tx| {
            let file = explain::find(tx, here, "1")?;
            let thread = Thread::of(tx, &file)?;
            let (_, row) = thread.mails().next().unwrap();
            let short = MailRow {
                kept: row.kept + 1,
                ..row.clone()
            };
            let mut folder = NewFolder::beside(&wanted.to)?;
            let why = folder.file("mails/x.eml", "", |out| raw(tx, &short, out));
            let why = why.err().unwrap();
            Ok(format!("{:#}", folder.given_up(why)))
        });
        let why = why.unwrap();
        assert!(why.contains("says that it keeps"), "{why}");
    });
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn nobody_of_the_team_makes_none() {
    looks::desk(|here, _| {
        let stranger = Here {
            config: here.config.clone(),
            who: Some("eve".to_owned()),
        };
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("case");
        let why = case(&stranger, &wanted("1", &to)).unwrap_err().to_string();
        assert!(why.contains("nobody of the team"), "{why}");
        assert!(!to.exists());
    });
}
