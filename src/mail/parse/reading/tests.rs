//! What people read of mails as programs put them together.

mod forms;
mod own;

use super::*;
use crate::mail::Mail;
use crate::mail::parse::{contents, for_reading, parse};

const DISCLAIMER: &str = "This electronic message and any files transmitted with it are \
    confidential and intended solely for the use of the individual or entity to whom they are \
    addressed. If you have received this message in error please notify the sender immediately \
    and delete it. Any review, copying or distribution of it is prohibited. The sender accepts \
    no liability for damage caused by any virus transmitted by this message. Registered office \
    of the company is in London.";

fn part(kind: &str, body: &str) -> String {
    format!("Content-Type: {kind}\n\n{body}")
}

fn plain(body: &str) -> String {
    part("text/plain; charset=utf-8", body)
}

fn html(body: &str) -> String {
    part("text/html; charset=utf-8", body)
}

fn file(name: &str, kind: &str, body: &str) -> String {
    format!(
        "Content-Type: {kind}; name={name}\nContent-Disposition: inline; filename={name}\n\n{body}"
    )
}

fn multi(kind: &str, parts: &[String]) -> String {
    // Longer outside than inside, and so no two are the same.
    let b = format!("b{}", parts.iter().map(String::len).sum::<usize>());
    let parts: Vec<String> = parts.iter().map(|p| format!("--{b}\n{p}\n")).collect();
    let parts = parts.concat();
    format!("Content-Type: multipart/{kind}; boundary={b}\n\n{parts}--{b}--\n")
}

fn mail(entity: &str) -> Mail {
    let bytes = format!("From: mia@example.net\nSubject: a report\n{entity}");
    let mail = for_reading(bytes.as_bytes(), true);
    let listed = contents(bytes.as_bytes()).unwrap_or_default();
    let listed: Vec<_> = listed.into_iter().map(|(part, _)| part).collect();
    assert_eq!(mail.attachments, listed, "{entity}");
    // Intake reads the same parts, and decides by the same text.
    let taken = parse(bytes.as_bytes(), true);
    assert_eq!(
        (&taken.text, &taken.attachments),
        (&mail.text, &mail.attachments)
    );
    assert_eq!(taken.read_apart, mail.read_apart, "{entity}");
    if taken.read_apart.is_some() {
        assert_eq!(taken.page, mail.page, "{entity}");
    }
    mail
}

/// What is read, and the types of the parts that are listed.
fn check(entity: &str, read: &str, listed: &[&str]) {
    let mail = mail(entity);
    let lines: Vec<&str> = mail.to_read().raw().lines().map(str::trim_end).collect();
    assert_eq!(lines.join("\n").trim(), read, "{entity}");
    let kinds: Vec<&str> = mail.attachments.iter().map(|a| a.kind.as_str()).collect();
    assert_eq!(kinds, listed, "{entity}");
}

const REPORT: &str =
    "<p>The export at https://example.org/body shows all accounts of all users.</p>";
const WORDS: &str = "The export at https://example.org/body shows all accounts of all users.";
const FOOTER: &str = "-- \nThis message was scanned by Gateway.";
const SCANNED: &str = "--\nThis message was scanned by Gateway.";

#[test]
fn a_footer_as_a_part_of_its_own_stands_behind_the_report() {
    let both = format!("{WORDS}\n{SCANNED}");
    let picture = || part("image/png", "x");
    let forms = |plain: &str| multi("alternative", &[self::plain(plain), html(REPORT)]);
    for body in [
        html(REPORT),
        multi("alternative", &[html(REPORT)]),
        forms(""),
        forms("\n \n"),
        forms("\u{a0}\n"),
        multi("mixed", &[html(REPORT)]),
        multi("signed", &[html(REPORT)]),
        multi(
            "mixed",
            &[multi("alternative", &[multi("related", &[html(REPORT)])])],
        ),
    ] {
        check(&multi("mixed", &[body.clone(), plain(FOOTER)]), &both, &[]);
        let twice = multi(
            "mixed",
            &[multi("mixed", &[body, plain(FOOTER)]), plain("list")],
        );
        check(&twice, &format!("{both}\nlist"), &[]);
    }
    let related = multi("related", &[html(REPORT), picture()]);
    check(
        &multi("mixed", &[related, plain(FOOTER)]),
        &both,
        &["image/png"],
    );
    // A banner above it, and one of HTML below a plain report.
    let banner = multi("mixed", &[plain("[External mail]"), html(REPORT)]);
    check(&banner, &format!("[External mail]\n{WORDS}"), &[]);
    let below = multi("mixed", &[plain(WORDS), html("<p>Checked by Gateway.</p>")]);
    check(&below, &format!("{WORDS}\nChecked by Gateway."), &[]);
    let signed = multi(
        "signed",
        &[html(REPORT), part("application/pgp-signature", "x")],
    );
    check(
        &multi("mixed", &[signed, plain(FOOTER)]),
        &both,
        &["application/pgp-signature"],
    );
    // The footer is an attachment: a file.
    let attached = format!("Content-Disposition: attachment\n{}", plain(FOOTER));
    check(
        &multi("mixed", &[html(REPORT), attached]),
        WORDS,
        &["text/plain"],
    );
}

#[test]
fn of_two_forms_the_plain_one_is_read_where_it_says_something() {
    let full = "The export of example.org shows all accounts of all users to guests, who need \
        no password for it: see the steps below.";
    let marked = "<b>The export of example.org</b> shows all accounts of all users to guests, \
        who need no password for it: see the steps below.<br>-- <br>Kim Lee";
    let forms = multi("alternative", &[plain(full), html(marked)]);
    check(&forms, full, &[]);
    check(
        &multi("mixed", &[forms, plain(FOOTER)]),
        &format!("{full}\n{SCANNED}"),
        &[],
    );
    for short in ["Still open.", "https://example.org/a is open", "Ja, danke!"] {
        let marked = format!("<div>{short}</div><div><br></div>");
        check(
            &multi("alternative", &[plain(short), html(&marked)]),
            short,
            &[],
        );
    }
}

#[test]
fn a_stub_stands_for_the_other_form() {
    for stub in [
        "Please view in HTML",
        "See the HTML form of this mail.",
        "Your mail program cannot show HTML.",
        "This message is in HTML. Use a program that can show it.",
        "--",
        "[image: logo]",
        "Dies ist eine HTML-Nachricht.",
        "请使用支持HTML的邮件客户端查看",
        "Report",
    ] {
        for forms in [
            multi("alternative", &[plain(stub), html(REPORT)]),
            multi(
                "alternative",
                &[plain(stub), multi("related", &[html(REPORT)])],
            ),
            multi(
                "mixed",
                &[multi("alternative", &[plain(stub), html(REPORT)])],
            ),
        ] {
            check(&forms, WORDS, &[]);
        }
    }
    // A host that only one form names, or each.
    let link = "<p>The true place is <a href='https://evil.example/x'>here</a>, please look.</p>";
    let shown = "The true place is [here] <https://evil.example/x>, please look.";
    let stub = "The true place is here, please look.";
    check(
        &multi("alternative", &[plain(stub), html(link)]),
        shown,
        &[],
    );
    let other = "Look at good.example";
    let both = format!("{other}\n{shown}");
    check(
        &multi("alternative", &[plain(other), html(link)]),
        &both,
        &[],
    );
    // A longer one, for far more.
    let stub = "This message was written in HTML, which your program does not show, or you have \
        asked it not to. To read it, open it in another program, or ask who wrote it.";
    let long = "word ".repeat(300);
    check(
        &multi("alternative", &[plain(stub), html(&long)]),
        long.trim(),
        &[],
    );
}

#[test]
fn what_is_neither_read_nor_another_form_is_listed() {
    // Apple Mail puts files between the pieces of the text.
    let pieces = multi(
        "mixed",
        &[
            html("one"),
            file("log.txt", "text/plain", "log"),
            html("two"),
        ],
    );
    check(
        &multi("alternative", &[plain("one\ntwo"), pieces.clone()]),
        "one\ntwo",
        &["text/plain"],
    );
    check(&pieces, "one\ntwo", &["text/plain"]);
    // A file of code beside a text of HTML, and a page beside a plain text.
    let code = file("poc.py", "text/plain", "import os");
    check(
        &multi("mixed", &[html(REPORT), code.clone()]),
        WORDS,
        &["text/plain"],
    );
    let page = file("poc.html", "text/html", "<script>alert(1)</script>");
    check(
        &multi("mixed", &[plain("see it"), page.clone()]),
        "see it",
        &["text/html"],
    );
    check(
        &multi("mixed", &[html("see it"), page]),
        "see it",
        &["text/html"],
    );
    // Nothing else is there: a file is the text.
    check(&code, "import os", &[]);
    check(
        &multi("mixed", &[html("<div></div>"), code]),
        "import os",
        &[],
    );
    // Both forms, not as forms: once.
    let twice = multi("mixed", &[plain(WORDS), html(REPORT)]);
    check(&twice, WORDS, &["text/html"]);
    // A form that nobody reads here, and that says more than the one that is read.
    let markdown = part(
        "text/markdown",
        "# The report\n\nAll accounts of all users are shown.",
    );
    let forms = |plain| multi("alternative", &[plain, markdown.clone()]);
    check(&forms(plain("The plain")), "The plain", &["text/markdown"]);
    check(
        &forms(plain("The report: all accounts of all users are shown.")),
        "The report: all accounts of all users are shown.",
        &[],
    );
    // No form of this one is read: it is no other form of the footer.
    check(
        &multi(
            "mixed",
            &[
                multi("alternative", std::slice::from_ref(&markdown)),
                plain("list"),
            ],
        ),
        "list",
        &["text/markdown"],
    );
    let only = multi("alternative", &[plain(""), markdown]);
    check(&only, "", &["text/markdown"]);
    let link = "<a href='https://a.example/'></a>";
    check(&html(link), "<https://a.example/>", &["text/html"]);
}

#[test]
fn what_decides_reads_the_same_text_as_before() {
    let mixed = mail(&multi("mixed", &[html(REPORT), plain(FOOTER)]));
    assert_eq!(mixed.read_apart, Some(WORDS.len()));
    assert_eq!(mixed.text.raw(), FOOTER);
    let forms = mail(&multi(
        "alternative",
        &[plain("Please view in HTML"), html(REPORT)],
    ));
    assert_eq!(forms.text.raw(), "Please view in HTML");
    for as_before in [
        plain(WORDS),
        html(REPORT),
        multi("alternative", &[plain(WORDS), html(REPORT)]),
    ] {
        assert!(mail(&as_before).read_apart.is_none(), "{as_before}");
    }
}

#[test]
fn hosts_are_told_from_words() {
    for (text, is) in [
        ("example.org", true),
        ("192.0.2.1", true),
        ("a.b.c", false),
        ("3.14", false),
        ("e.g", false),
        ("пример.рф", true),
        ("a..example", false),
        ("end", false),
    ] {
        assert_eq!(is_host(text), is, "{text}");
    }
    assert!(names_more("see https://EVIL.example/x", "see it"));
    assert!(!names_more(
        "see https://EVIL.example/x",
        "at evil.Example."
    ));
}

#[test]
fn a_calendar_that_says_more_than_what_is_read_is_listed() {
    let calendar = part(
        "text/calendar; charset=utf-8",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:guests see all invoices at https://example.org/cal and \
         may change them, without any login, by the number in the address\nEND:VEVENT\nEND:VCALENDAR",
    );
    let of = |said: &str| multi("alternative", &[plain(said), calendar.clone()]);
    check(&of("Invitation"), "Invitation", &["text/calendar"]);
    let long = "Guests see all invoices at https://example.org/cal and may change them, without any \
                login, by the number in the address, as the calendar entry of this mail says too.";
    check(&of(long), long, &[]);
}
