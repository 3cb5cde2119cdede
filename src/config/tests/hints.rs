//! The rules that ship, on texts of our own: usual reports of what pages leave out, and grave
//! ones that use the same words.

// Figures are printed for who asks for them.
#![allow(clippy::print_stdout)]

use super::super::hints::shipped;
use crate::mail::Foreign;
use crate::mail::parse::parse;
use crate::mail::text::steady;
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
    assert!(usual.0 * 100 >= usual.1 * 45, "{usual:?}");
}

#[test]
fn the_two_commonest_sentences_get_their_hint_and_grave_ones_like_them_none() {
    let rules = shipped().unwrap();
    for (text, wanted) in [
        (
            "Hello, your domain has no SPF record. Attackers can send mail in your name.",
            true,
        ),
        (
            "Hello, there is no SPF record \"v=spf1\", anyone can send spoofed mail.",
            true,
        ),
        (
            "Your domain has no SPF record. Your desk takes mail in and opens an order.",
            false,
        ),
        (
            "Your domain has no SPF record. Attackers send mail in your name, and mail in the tray is opened.",
            false,
        ),
        (
            "There is no SPF record, anyone can read the mail of your users.",
            false,
        ),
        (
            "There is no SPF record, anyone's mail can be opened.",
            false,
        ),
    ] {
        let found = hinted(&rules, "SPF", text);
        assert_eq!(found.contains(&"spf-record".to_owned()), wanted, "{text}");
        assert!(wanted || found.is_empty(), "{found:?} on {text}");
    }
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
        let new = steady::newly_written(&mail.text);
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
    assert!(!all.is_empty() && found == 0, "{found} of {}", all.len());
}

/// Each was written after the rules were, and tried once before they were mended by it.
#[test]
fn texts_that_the_rules_were_not_written_by_fare_no_worse() {
    for (name, texts, many) in [
        (
            "held out 1",
            include_str!("../../../tests/hints/held-out.txt"),
            30,
        ),
        (
            "held out 2",
            include_str!("../../../tests/hints/held-out-2.txt"),
            30,
        ),
        (
            "held out 3",
            include_str!("../../../tests/hints/held-out-3.txt"),
            30,
        ),
        (
            "held out 4",
            include_str!("../../../tests/hints/held-out-4.txt"),
            30,
        ),
        (
            "held out 5",
            include_str!("../../../tests/hints/held-out-5.txt"),
            15,
        ),
    ] {
        let (grave, usual) = figures(name, texts);
        assert_eq!(grave, (0, many), "{name}");
        assert!(usual.0 * 100 >= usual.1 * 50, "{usual:?}");
    }
}

/// A policy with these lines at its end; what is wrong with it, or the names of its rules.
fn policy(lines: &str) -> Result<Vec<String>, String> {
    let page = "name = \"ours\"\nversion = 2026-09-11\nurl = \"https://example.org\"\n\
                [[promise]]\nname = \"r\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"evaluated\"\nwithin = \"3 business days\"\n";
    let dir = super::folder(&super::filled().replace("\"neon\"", "\"our.toml\""));
    fs::write(dir.path().join("our.toml"), format!("{page}{lines}")).unwrap();
    match super::load(&dir) {
        Ok(config) => Ok(config.hints.rules.into_iter().map(|r| r.name).collect()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn what_is_wrong_with_a_hint_is_told() {
    let own = "[[hint]]\nname = \"own\"\nwords = [\"old version\"]\n";
    for (lines, wanted) in [
        (
            "[[hint]]\nname = \"self-xs\"\n",
            "did you mean \"self-xss\", which ships?",
        ),
        (
            "[[hint]]\nname = \"nothing-like-it\"\n",
            "`words` is missing",
        ),
        ("[[hint]]\nwords = [\"spf\"]\n", "`name` is missing"),
        (
            "[[hint]]\nname = \"Own\"\nwords = [\"spf\"]\n",
            "small letters, digits and -",
        ),
        ("[[hint]]\nname = \"own\"\nwords = []\n", "`words` is empty"),
        (
            "[[hint]]\nname = \"own\"\nwords = [\"\"]\n",
            "`words` is empty",
        ),
        (
            "[[hint]]\nname = \"own\"\nwords = [\"a*b\"]\n",
            "at the end of a word",
        ),
        (&format!("{own}unles = [\"x\"]\n"), "did you mean `unless`?"),
        (
            &format!("{own}{own}"),
            "another table has this `name` already",
        ),
        (
            &format!("{own}despite = [\"old\"]\n"),
            "`despite` holds what silences no rule",
        ),
        (
            &format!("{own}letter = \"none-such\"\n"),
            "there is no such letter",
        ),
        ("[hints]\nunles = []\n", "did you mean `unless`?"),
    ] {
        let error = policy(lines).expect_err(lines);
        assert!(error.contains(wanted), "{error}\nlacks\n{wanted}");
    }
    assert_eq!(policy(own).unwrap(), ["own"]);
    assert_eq!(
        policy("[[hint]]\nname = \"self-xss\"\n").unwrap(),
        ["self-xss"]
    );
    assert_eq!(policy("").unwrap(), [""; 0]);
}

#[test]
fn the_config_says_which_are_asked() {
    let asked = |hints: &str, policy: &str| {
        let text = super::filled().replace("\"neon\"", &format!("{policy:?}"));
        let dir = super::folder(&format!("hints = {hints:?}\n{text}"));
        super::load(&dir).map(|config| config.hints.rules.len())
    };
    let all = shipped().unwrap().rules.len();
    for (hints, policy, wanted) in [
        ("policy", "neon", 0),
        ("policy", "novu", 10),
        ("common", "neon", all),
        ("common", "novu", all),
        ("none", "novu", 0),
    ] {
        assert_eq!(asked(hints, policy).unwrap(), wanted, "{hints} {policy}");
    }
    let error = asked("comon", "novu").unwrap_err().to_string();
    assert!(error.contains("did you mean \"common\"?"), "{error}");
}
