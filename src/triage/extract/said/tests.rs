//! Reports with what they name, and laws that hold for any text.

#![allow(clippy::print_stdout, reason = "figures for whoever asks for them")]

mod passed_on;

use super::*;
use crate::mail::{Encryption, Sealed, tests::costs};
use crate::triage::extract::{Lacks, lacks};
use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;

fn mail(text: &str) -> Mail {
    Mail {
        text: Foreign::new(text),
        ..Mail::default()
    }
}

fn said(mails: &[Heard]) -> Said {
    let mut reader = Reader::default();
    mails.iter().for_each(|heard| reader.hear(heard));
    reader.said()
}

fn of(text: &str) -> Said {
    let mail = mail(text);
    said(&[Heard {
        n: 1,
        mail: &mail,
        whole: false,
    }])
}

/// `kind value` of each thing.
fn lines(said: &Said) -> Vec<String> {
    let word = |f: &Found| {
        let kind = serde_json::to_value(f.kind).unwrap();
        format!("{} {}", kind.as_str().unwrap(), f.value.raw())
    };
    said.found.iter().map(word).collect()
}

#[test]
fn what_realistic_reports_name_is_found_and_nothing_else() {
    let (mut right, mut wrong, mut lost) = (0, Vec::new(), Vec::new());
    let all = include_str!("reports.txt");
    let reports = all.split("== ").skip(1);
    let mut count = 0;
    for report in reports {
        count += 1;
        let (name, body) = report.split_once('\n').unwrap();
        let text: Vec<&str> = body.lines().filter(|l| !l.starts_with("-> ")).collect();
        let wanted: Vec<&str> = body.lines().filter_map(|l| l.strip_prefix("-> ")).collect();
        let found = lines(&of(&text.join("\n")));
        for line in &found {
            if wanted.contains(&line.as_str()) {
                right += 1;
            } else {
                wrong.push(format!("{name}: {line}"));
            }
        }
        let missed = wanted.iter().filter(|w| !found.contains(&(**w).to_owned()));
        lost.extend(missed.map(|w| format!("{name}: {w}")));
    }
    println!(
        "{count} reports: {right} right, {} wrong, {} lost",
        wrong.len(),
        lost.len()
    );
    assert!(
        wrong.is_empty() && lost.is_empty(),
        "wrong {wrong:#?}\nlost {lost:#?}"
    );
    assert!(count > 40 && right > 70, "{count} {right}");
}

/// Run by `tests/soak/extract FOLDER`: what the mails of a folder name, a line each.
#[test]
fn what_the_mails_of_a_folder_name() {
    let folder = std::env::var("GATEPOST_EXTRACT").unwrap_or("tests/mail".to_owned());
    let mut count = 0;
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&folder)).unwrap().collect();
    files.sort_by_key(|f| f.as_ref().unwrap().path());
    for file in files {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|e| e != "eml") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let mail = crate::mail::parse::parse(&bytes, true);
        let heard = [Heard {
            n: 1,
            mail: &mail,
            whole: false,
        }];
        let said = said(&heard);
        count += 1;
        let name = path.file_stem().unwrap().display();
        for (line, found) in lines(&said).iter().zip(&said.found) {
            println!("{name}\t{line}\t{}", found.shown.line());
            assert!(
                found.shown.raw().is_empty() || stands(&mail, found),
                "{name} {line}"
            );
        }
    }
    assert!(count > 0, "no mail in {folder}");
}

/// It stands in its line, letter for letter.
fn stands(mail: &Mail, found: &Found) -> bool {
    let new = newly_written(mail);
    let line = match found.line {
        0 => mail.subject.raw(),
        n => new.raw().lines().nth(n - 1).unwrap_or_default(),
    };
    !found.shown.raw().is_empty() && line.contains(found.shown.raw())
}

#[test]
fn a_thing_has_its_mail_its_line_and_its_letters() {
    let first = mail("Hello\n\nhxxps://example[.]org/a and 192.0.2[.]1\nCVE-2026-1234");
    let mut second = mail("> CVE-2026-9999\n\ncve\u{2011}2026\u{2011}1234 and CVE-2026-5678");
    second.subject = Foreign::new("Re: it");
    let heard = |n, mail| Heard {
        n,
        mail,
        whole: false,
    };
    let said = said(&[heard(1, &first), heard(3, &second)]);
    let places: Vec<_> = said
        .found
        .iter()
        .map(|f| (f.value.raw(), f.shown.raw(), f.mail, f.line))
        .collect();
    assert_eq!(
        places,
        [
            ("https://example.org/a", "hxxps://example[.]org/a", 1, 3),
            ("example.org", "example[.]org", 1, 3),
            ("192.0.2.1", "192.0.2[.]1", 1, 3),
            ("CVE-2026-1234", "CVE-2026-1234", 1, 4),
            ("CVE-2026-5678", "CVE-2026-5678", 3, 1),
        ]
    );
}

#[test]
fn what_a_terminal_would_obey_is_no_part_of_a_name() {
    let red = of("https://\u{1b}[31mred.example/a");
    assert_eq!(lines(&red), ["host red.example", "url red.example/a"]);
    let kim = of("Credit me as Kim\u{1b}]0;x\u{7} Lee");
    assert_eq!(lines(&kim), ["credit Kim Lee"]);
}

#[test]
fn what_nobody_sees_is_not_at_the_end_of_a_name() {
    let marked = of(
        "ב-\u{200e}https://example.org/x\u{200f}. \u{202b}תודה\u{202c} 192.0.2.1\u{200b}\u{2060}",
    );
    let both = |f: &Found| (f.value.raw().to_owned(), f.shown.raw().to_owned());
    let found: Vec<_> = marked.found.iter().map(both).collect();
    let wanted = ["https://example.org/x", "example.org", "192.0.2.1"];
    assert_eq!(found, wanted.map(|one| (one.to_owned(), one.to_owned())));
    // Within a name it stays: it is shown as written.
    let within = of("https://example.org/\u{645}\u{6cc}\u{200c}\u{62e}");
    let first = within.found.first().unwrap();
    assert_eq!(
        first.shown.raw(),
        "https://example.org/\u{645}\u{6cc}\u{200c}\u{62e}"
    );
}

#[test]
fn a_claim_is_held_against_the_vector_of_its_mail() {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U";
    for (claim, differs) in [("9.8", false), ("7.8", false), ("10.0", true)] {
        let said = of(&format!("CVSS score: {claim}\n{vector}"));
        let [cvss] = said.cvss.as_slice() else {
            panic!("{:?}", said.cvss);
        };
        assert_eq!(cvss.differs(), differs, "{claim}");
        assert_eq!(cvss.score.as_ref().unwrap().tenths, 98);
    }
    let alone = of("CVSS 9.1").cvss;
    assert!(alone[0].vector.is_none() && alone[0].claimed == Some(91) && !alone[0].differs());
}

#[test]
fn what_is_there_is_not_asked_for() {
    let long = "The form at the top of the page accepts any token and shows all orders.";
    for (text, system, description) in [
        (long, true, false),
        ("Hello,\n\nhttps://example.org/login\n\nThanks", false, true),
        ("Hi team", true, true),
        ("", true, true),
        (
            "on example.org, the form accepts any token and shows all orders",
            false,
            false,
        ),
        (
            "您好，贵站的登录页面存在SQL注入漏洞，可以读取所有用户的数据",
            true,
            false,
        ),
        ("see attached", true, true),
        // Taken for a signature, and it is all that there is.
        (
            "Hello,\n\n-- \nhttps://example.org/acc/17 shows the orders of account 17 to all\nlogin is not needed",
            false,
            false,
        ),
    ] {
        let lacks = lacks(&mail(text));
        assert_eq!(
            lacks,
            Lacks {
                system,
                description
            },
            "{text:?}"
        );
    }
    let mut other = mail("see attached");
    other.subject = Foreign::new("Injection at https://example.org/");
    other.attachments.push(crate::mail::Attachment {
        name: Foreign::new("poc.py"),
        kind: "text/x-python".to_owned(),
        bytes: 3,
    });
    assert_eq!(lacks(&other), Lacks::default());
    other.subject = Foreign::default();
    assert!(lacks(&other).system);
    other.attachments[0].kind = "application/pdf".to_owned();
    assert_eq!(lacks(&other), Lacks::default());
    let sealed = Mail {
        sealed: Sealed {
            encrypted: Some(Encryption::PgpMime),
            signed: None,
        },
        ..mail("")
    };
    assert_eq!(lacks(&sealed), Lacks::default());
}

#[test]
fn much_of_a_kind_is_counted_and_left_out() {
    let many: Vec<String> = (1000..1200).map(|n| format!("CVE-2026-{n}")).collect();
    let said = of(&many.join(" "));
    assert_eq!((said.found.len(), said.left_out), (EACH, 200 - EACH));
    let cut = of(&format!("{}\nCVE-2026-1234", "a\n".repeat(LINES)));
    assert!(cut.cut && cut.found.is_empty());
}

/// Linear: twice the text takes no four times as long. Measured in things looked at would be
/// better; a bound that only a quadratic reader misses has to do.
#[test]
fn hostile_lines_end_soon() {
    for piece in [
        "(",
        "[.]",
        "http://",
        "https://a)",
        "a@",
        "1.",
        "::",
        "AV:",
        "CVSS ",
        "cwe-",
        "/a",
        "a.b ",
        "1.2.3 ",
        "credit me as ",
        "0x",
        "ABCD ",
        "\u{3000}",
    ] {
        let text = piece.repeat((LINE * 2) / piece.len());
        let (said, cost) = costs(|| of(&text));
        assert!(cost.as_secs() < 5, "{piece:?}: {cost:?}");
        assert!(said.found.len() <= EACH * 12);
    }
}

/// What is looked at around a wish or a number has an end: a line that is eight times as long
/// costs some eight times as much.
#[test]
fn a_long_line_of_wishes_costs_what_its_length_costs() {
    for piece in [
        "1.2.3 of \u{e4} ",
        "Je y y y y y y y y y y y y y y, ",
        "credit me as Al, ",
    ] {
        let cost = |bytes: usize| {
            let line = piece.repeat(bytes / piece.len()) + "\n";
            costs(|| (0..16).for_each(|_| drop(of(&line)))).1
        };
        let (short, long) = (cost(LINE / 8), cost(LINE));
        // The clock of a thread counts hundredths of a second.
        let most = (short + Duration::from_millis(20)) * 12;
        assert!(long < most, "{piece:?}: {short:?}, {long:?}");
    }
}

/// Text in which things are likely: pieces of them, one after the other.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "http",
        "hxxps",
        "://",
        "[.]",
        "(dot)",
        "[:]",
        "example",
        ".org",
        ".",
        "/",
        "@",
        "[at]",
        "192.0.2",
        "1.2.3",
        "v",
        "version ",
        "CVE-2026-",
        "1234",
        "GHSA-abcd-2345-wxyz",
        "CWE ",
        "79",
        "CVSS:3.1/",
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "Au:N",
        " ",
        "\n",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "2001:db8::",
        "::1",
        ":",
        "credit me as ",
        "Mia",
        "anonymous ",
        "I ",
        "PGP ",
        "7A35 90D1 0F2B 4C6E 8A91 B3D5 E7F9 0123 4567 89AB",
        "\u{ff41}\u{ff0e}\u{ff42}",
        "\u{200b}",
        "\u{202e}",
        "é",
        "漢",
        "\u{3002}",
        "-",
        "rc1",
        "'",
        "\"",
        "\r",
        "\t",
        "\u{0}",
        "\u{2011}",
        "\u{2019}",
        "xn--a",
        "CVSS ",
        "9.8",
        "score ",
        "ﬀ",
        "İ",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|p| p.concat())
}

proptest! {
    #[test]
    fn what_is_shown_stands_in_the_text(text in prop_oneof![any::<String>(), pieces()]) {
        let mail = mail(&text);
        let said = of(&text);
        for found in &said.found {
            prop_assert!(stands(&mail, found), "{:?} {:?}", found.kind, found.shown.raw());
            prop_assert!(found.shown.raw().len() <= LINE);
        }
        prop_assert!(said.found.len() <= EACH * 12);
        let _ = lacks(&mail);
    }
}
