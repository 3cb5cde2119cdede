//! What makes two reports alike, and what does not.

use super::*;
use crate::mail::parse::parse;
use crate::mail::{Encryption, Sealed};

const REPORT: &str = "Hello team, the import takes a webhook address and fetches it from \
    inside of your network, so that anybody with a free account reads the metadata service. \
    Steps: open the settings, add a webhook, give http://192.0.2.1/ as its address, press \
    the button that tests it, and look at the answer that is shown below the form.";

fn of(text: &str) -> Vec<Mark> {
    marks(&Mail {
        text: Foreign::new(text),
        ..Mail::default()
    })
}

fn shared(one: &str, other: &str, sign: Sign) -> usize {
    let other = of(other);
    let same = of(one).into_iter().filter(|m| m.sign == sign);
    same.filter(|m| other.contains(m)).count()
}

#[test]
fn the_same_text_is_the_same_however_it_is_wrapped_and_marked() {
    let wrapped = REPORT
        .replace(' ', "\r\n")
        .to_uppercase()
        .replace(',', " ;");
    assert_eq!(shared(REPORT, &wrapped, Sign::Text), 1);
    let quoted = format!(
        "{REPORT}\n\nOn Mon, 3 May 2027 at 10:00, Anna <anna@example.org> wrote:\n> we have your report\n"
    );
    let to_anna = marks(&parse(
        format!("To: anna@example.org\n\n{quoted}").as_bytes(),
        true,
    ));
    let text = |marks: Vec<Mark>| marks.into_iter().find(|m| m.sign == Sign::Text);
    assert_eq!(text(to_anna), text(of(REPORT)));
    assert_eq!(shared(REPORT, &quoted, Sign::Run), RUNS);
    assert_eq!(shared("a short one", "a short one", Sign::Text), 0);
}

#[test]
fn a_text_with_other_words_around_it_is_alike_and_another_is_not() {
    let changed = REPORT.replace("Hello team", "Dear madam or sir") + " Kind regards, Kim";
    assert_eq!(shared(REPORT, &changed, Sign::Text), 0);
    assert!(shared(REPORT, &changed, Sign::Run) >= RUNS_ALIKE);
    let other = "Your password form takes passwords of one letter only. I found that when I \
        opened an account for my own shop; the page says that eight letters are needed, and \
        the server does not look at them again. A report of the same kind was in the news.";
    assert_eq!(shared(REPORT, other, Sign::Run), 0);
}

/// Who asks for three reports with one sentence has three reports.
#[test]
fn what_is_passed_on_tells_two_reports_apart_and_the_words_above_it_do_not() {
    let cover = "Hello dear security team of the company, I sent this to your support desk some \
        weeks ago and nobody has answered me since then, so please have a look at it:";
    let other = "The page https://www.example.org/about has no X-Frame-Options header, so that \
        anybody can frame it on a page of their own and have guests click there.";
    let on = "On Mon, 2 Nov 2026 at 10:00, Kim Doe <kim@example.net> wrote:";
    let from = "From: Kim Doe <kim@example.net>\nSent: Monday, 2 November 2026 10:00\nTo: Jo\nSubject: x\n";
    let marked = |cover: &str, report: &str| format!("{cover}\n\n{on}\n> {report}\n");
    let below = |cover: &str, report: &str| format!("Hi,\n\n{on}\n> {report}\n\n{cover}\n");
    let headed = |cover: &str, report: &str| format!("{cover}\n\n{from}\n{report}\n");
    let ruled = |cover: &str, report: &str| {
        format!("{cover}\n\n-----Original Message-----\n{from}\n{report}\n")
    };
    let answer = "Subject: Re: x\nIn-Reply-To: <1@example.net>";
    let direct = of(REPORT);
    type Way<'w> = &'w dyn Fn(&str, &str) -> String;
    let ways: [(&str, Way<'_>); 6] = [
        ("Subject: Fwd: x", &marked),
        ("Subject: x", &below),
        (answer, &marked),
        (answer, &below),
        (answer, &headed),
        (answer, &ruled),
    ];
    let of = |header: &str, text: &str| {
        marks(&parse(
            format!("To: security@example.org\n{header}\n\n{text}").as_bytes(),
            true,
        ))
    };
    for (header, way) in ways {
        let one = of(header, &way(cover, REPORT));
        let same = |other: &[Mark], sign| {
            let all = one.iter().filter(|m| m.sign == sign && other.contains(m));
            all.count()
        };
        let two = of(header, &way(cover, other));
        assert_eq!(same(&two, Sign::Text), 0, "{header}");
        assert_eq!(same(&two, Sign::Run), 0, "{header}");
        assert!(
            two.iter().any(|m| m.value == "example.org/about"),
            "{two:?}"
        );
        let short = of(header, &way(cover, "Root at /x, as any guest may."));
        assert_eq!(same(&short, Sign::Text), 0, "{header}");
        // The same one again, and above it other words, or none.
        assert_eq!(same(&one, Sign::Text), 1);
        let again = of(
            header,
            &way("Dear all, I had this from a friend of mine:", REPORT),
        );
        assert!(same(&again, Sign::Run) >= RUNS_ALIKE, "{header}");
        assert!(same(&direct, Sign::Run) >= RUNS_ALIKE, "{header}");
    }
    // What we wrote is no report, and tells which one is meant.
    let us = "Us <security@example.org>";
    for by in [
        format!("On Mon, 2 Nov 2026, {us} wrote:"),
        from.replace("Kim Doe <kim@example.net>", us),
    ] {
        let of = |ours: &str| of(answer, &format!("{cover}\n\n{by}\n> {ours}\n"));
        let (one, two) = (of(REPORT), of(other));
        let told = |m: &Mark| matches!(m.sign, Sign::Run | Sign::Page | Sign::Host);
        assert!(!two.iter().any(told), "{by} {two:?}");
        let is_text = |m: &&Mark| m.sign == Sign::Text;
        assert!(one.iter().any(|m| m.sign == Sign::Text));
        assert_eq!(
            one.iter()
                .filter(is_text)
                .filter(|m| two.contains(m))
                .count(),
            0
        );
    }
}

#[test]
fn a_first_report_is_marked_by_what_stands_below_strokes_too() {
    let said = "I have found one vulnerability in your shop, and the steps and the details \
        of it are below the line for you to read.";
    let of = |below: &str| of(&format!("{said}\n\n-- \n{below}\n"));
    let (one, two) = (
        of("No rate limit on the contact form."),
        of("Anybody runs code as root by https://img.example.org/up."),
    );
    let texts = |marks: &[Mark]| -> Vec<Mark> {
        let all = marks.iter().filter(|m| m.sign == Sign::Text);
        all.cloned().collect()
    };
    assert_ne!(texts(&one), texts(&two));
    assert!(
        two.iter().any(|m| m.value == "img.example.org/up"),
        "{two:?}"
    );
}

/// A list or a gateway puts its footer behind the reports of all, as a part of its own.
#[test]
fn two_reports_above_one_footer_are_two() {
    let footer = "You have this mail because you are on the list of the security team. \
        To leave it, write to the list with the word that is in the welcome letter.";
    let part = |kind: &str, text: &str| format!("--b\nContent-Type: text/{kind}\n\n{text}\n");
    let of = |parts: String| {
        let eml = format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n");
        marks(&parse(eml.as_bytes(), true))
    };
    let through = |report: &str| of(part("html", report) + &part("plain", footer));
    let other = "<p>The service for pictures runs what is in their names, as root: take a \
        name with <b>$(id)</b>, send it to https://example.org/two and look at the log.</p>";
    let short = |n: usize| through(&format!("<p>SSRF at https://example.org/{n} as root.</p>"));
    let (one, two) = (through(REPORT), through(other));
    let same = |one: &[Mark], two: &[Mark], sign| {
        one.iter()
            .filter(|m| m.sign == sign && two.contains(m))
            .count()
    };
    assert_eq!(same(&one, &two, Sign::Text), 0);
    assert!(same(&one, &two, Sign::Run) < RUNS_ALIKE);
    assert!(two.iter().any(|m| m.value == "example.org/two"), "{two:?}");
    assert_eq!(same(&short(1), &short(2), Sign::Run), 0);
    // The same report by another way.
    let direct = of(part("html", REPORT));
    assert!(same(&one, &direct, Sign::Run) >= RUNS_ALIKE);
    assert_eq!(same(&one, &through(REPORT), Sign::Text), 1);
}

/// The usual mail of a list is all plain, and companies put theirs into the text.
#[test]
fn two_reports_above_one_plain_footer_or_disclaimer_are_two() {
    let list = "_____________\nsecurity mailing list -- security@lists.example.org\nTo unsubscribe send an email to security-leave@lists.example.org\nAll mails of this list are confidential to the members of the security team and of the board\n";
    let company = "This electronic message and any files transmitted with it are confidential and intended solely for the use of the individual or entity to whom they are addressed. If you have received this message in error please notify the sender immediately and delete it. Any review, copying or distribution of it is prohibited. The sender accepts no liability for damage caused by any virus transmitted by this message. Registered office of the company is in London.\n";
    let short = [
        "SQL injection at https://example.org/one shows all rows.",
        "Remote code execution in the image service, as root, /two.",
    ];
    let long = [
        REPORT,
        "The service for pictures runs what is in their names, as root: take a name with \
         $(id), send it to https://example.org/two and look at the log of the service.",
    ];
    for below in [list, company] {
        let part = |text: &str| format!("--b\nContent-Type: text/plain\n\n{text}\n");
        let parts = |report: &str| {
            let parts = part(report) + &part(below);
            let head = "List-Id: <security.lists.example.org>\n\
                Content-Type: multipart/mixed; boundary=b";
            marks(&parse(format!("{head}\n\n{parts}--b--\n").as_bytes(), true))
        };
        let joined = |report: &str| of(&format!("{report}\n\n{below}"));
        let runs = |one: &[Mark], two: &[Mark]| {
            let mut same = one.iter().filter(|m| two.contains(m));
            assert!(!same.any(|m| m.sign == Sign::Page), "{one:?}");
            one.iter()
                .filter(|m| m.sign == Sign::Run && two.contains(m))
                .count()
        };
        for [one, two] in [short, long] {
            assert_eq!(runs(&parts(one), &parts(two)), 0, "{one}");
            assert_eq!(runs(&joined(one), &joined(two)), 0, "{one}");
        }
        // The same report by another way.
        assert_eq!(runs(&parts(REPORT), &of(REPORT)), RUNS);
        assert_eq!(runs(&joined(REPORT), &of(REPORT)), RUNS);
    }
}

#[test]
fn every_word_is_small_and_in_its_place() {
    let of = |text: &str| every_word(&Foreign::new(text)).collect::<Vec<_>>();
    assert_eq!(
        of("I found 12 \u{dc}BER-bugs in v2, 3rd!"),
        ["i", "found", "12", "\u{fc}ber", "bugs", "in", "v2", "3rd"]
    );
    assert_eq!(of(" -. ?!"), [""; 0]);
}

#[test]
fn marks_are_few_plain_and_read_back() {
    let many: String = (0..500)
        .map(|n| format!("https://h{n}.example/p{n}\u{202e}\u{1b}[31m CVE-2026-{n:05} \u{e4} "))
        .collect();
    let marks = of(&many);
    assert!(marks.len() <= 3 + RUNS + 3 * NAMES, "{}", marks.len());
    for mark in &marks {
        assert!(mark.value.chars().all(|c| c.is_ascii_graphic()), "{mark:?}");
        assert_eq!(Mark::read(&mark.key()).as_ref(), Some(mark));
    }
    assert_eq!(Mark::read("nothing-of-ours x"), None);
    let encrypted = Mail {
        text: Foreign::new(REPORT),
        sealed: Sealed {
            encrypted: Some(Encryption::PgpMime),
            signed: None,
        },
        ..Mail::default()
    };
    let unknown = Mark {
        sign: Sign::More,
        value: UNKNOWN.to_owned(),
    };
    assert_eq!(super::marks(&encrypted), [unknown]);
}

#[test]
fn a_later_mail_is_marked_by_what_it_names_anew() {
    let later = |text: &str| {
        let mail = format!(
            "From: mia@example.net\nSubject: Re: XSS\nIn-Reply-To: <1@example.org>\n\n{text}"
        );
        let marks = marks_of_later(&parse(mail.as_bytes(), true)).into_iter();
        let named = marks.filter(|mark| !mark.sign.is_for_lists());
        named.map(|mark| mark.key()).collect::<Vec<_>>()
    };
    let asks = "Hi team, is there any update on this report? Please let me know. Thanks";
    assert_eq!(later(asks), [""; 0]);
    let quote = "On Mon, 23 Nov 2026 at 10:00, Example Security <security@example.org> wrote:\n> We have your report. What we promise: https://example.org/security\n";
    assert_eq!(later(&format!("{asks}\n\n{quote}")), [""; 0]);
    let names = "It is CVE-2026-1234, at https://example.org/hook.";
    let named = ["id CVE-2026-1234", "page example.org/hook"];
    assert_eq!(later(&format!("{names}\n\n{quote}")), named);
}
