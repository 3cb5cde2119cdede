//! The rules that ship, on texts of our own: usual reports of what pages leave out, and grave
//! ones that use the same words.

use super::super::hints::shipped;
use crate::mail::parse::parse;
use crate::mail::{Foreign, text};
use crate::triage::hints::{Rules, Said, hints};
use std::path::Path;
use std::{env, fs};

/// A text and the rules that should match; none for a grave report and for what is none.
struct Row<'t> {
    wanted: Vec<&'t str>,
    subject: &'t str,
    text: &'t str,
}

/// `= rule rule | subject`, the text below it, then an empty line.
fn rows(table: &str) -> Vec<Row<'_>> {
    let all = table.strip_prefix("= ").unwrap().split("\n= ");
    let read = all.map(|row| {
        let (head, text) = row.split_once('\n').unwrap();
        let (wanted, subject) = head.split_once(" | ").unwrap();
        let wanted = wanted.split(' ').filter(|rule| *rule != "none").collect();
        Row {
            wanted,
            subject,
            text,
        }
    });
    read.collect()
}

fn hinted(rules: &Rules, subject: &str, text: &str) -> Vec<String> {
    let (subject, text) = (Foreign::new(subject), Foreign::new(text));
    let said = Said {
        n: 1,
        subject: &subject,
        new: &text,
        whole: &text,
        attachments: &[],
    };
    let found = hints(rules, &[said]).into_iter();
    found.map(|hint| hint.rule).collect()
}

/// Grave reports that got a hint, and how many there are; usual ones that got theirs, and how
/// many there are. What a usual one gets is one of its own.
fn figures(name: &str, table: &str) -> ((usize, usize), (usize, usize)) {
    let rules = shipped().unwrap();
    let (mut grave, mut usual) = ((0, 0), (0, 0));
    for row in rows(table) {
        let found = hinted(&rules, row.subject, row.text);
        let others = found
            .iter()
            .any(|rule| !row.wanted.contains(&rule.as_str()));
        let count = if row.wanted.is_empty() {
            if others {
                println!("{name}: {found:?} on the grave {:?}", row.subject);
            }
            grave.0 += usize::from(others);
            &mut grave.1
        } else {
            assert!(!others, "{found:?} on {:?}", row.subject);
            if found.is_empty() {
                println!("{name}: nothing on the usual {:?}", row.subject);
            }
            usual.0 += usize::from(!found.is_empty());
            &mut usual.1
        };
        *count += 1;
    }
    println!(
        "{name}: {} of {} grave reports got a hint, {} of {} usual ones theirs",
        grave.0, grave.1, usual.0, usual.1
    );
    (grave, usual)
}

#[test]
fn no_grave_report_gets_a_hint_and_most_usual_ones_get_theirs() {
    let (grave, usual) = figures("table", include_str!("../../../tests/hints/table.txt"));
    assert!(grave.1 >= 40 && usual.1 >= 35, "{grave:?}, {usual:?}");
    assert_eq!(grave.0, 0);
    assert!(usual.0 * 100 >= usual.1 * 85, "{usual:?}");
}

/// All files of mail below a folder.
fn mails(below: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            mails(&path, found);
        } else if path.extension().is_some_and(|e| e == "eml") {
            found.push(fs::read(&path).unwrap());
        }
    }
}

/// The mails that ship as samples, or with GATEPOST_MAILS those of a folder: none of them
/// reports one of these things.
#[test]
fn mail_that_is_no_such_report_gets_no_hint() {
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail");
    let folder = env::var("GATEPOST_MAILS").unwrap_or_else(|_| ours.to_owned());
    let (rules, mut all) = (shipped().unwrap(), Vec::new());
    mails(Path::new(&folder), &mut all);
    let mut found = 0;
    for bytes in &all {
        let mail = parse(bytes, true);
        let new = text::newly_written(&mail.text);
        let hints = hints(
            &rules,
            &[Said {
                n: 1,
                subject: &mail.subject,
                new: &new,
                whole: &mail.text,
                attachments: &mail.attachments,
            }],
        );
        for hint in &hints {
            println!("{}: {:?} in {:?}", hint.rule, hint.matched, mail.subject);
        }
        found += usize::from(!hints.is_empty());
    }
    println!("{found} of {} mails got a hint", all.len());
    assert!(all.len() > 20 && found == 0, "{found} of {}", all.len());
}
