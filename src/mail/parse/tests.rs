//! Whole mails: one lesson a file of `tests/mail`, and what no mail may do.

mod authors;
mod reports;

use super::*;
use crate::mail::{MessageId, Part, tests::costs, text::new_in, text::steady};
use std::path::PathBuf;
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name).with_extension("eml")).unwrap()
}

/// What a reader sees first: author, words, defects.
fn check(name: &str, author: &str, words: &str, defects: &[Defect]) {
    let mail = parse(&sample(name), true);
    assert_eq!(
        mail.author
            .address()
            .map_or("-".to_owned(), ToString::to_string),
        author,
        "{name}"
    );
    assert!(
        mail.text.raw().contains(words),
        "{name}: {}",
        mail.text.raw()
    );
    assert_eq!(mail.defects, defects, "{name}");
}

const MIA: &str = "mia@example.net";

#[test]
fn words_are_read_whatever_they_are_wrapped_in() {
    for (name, words) in [
        (
            "plain",
            "Grüße,\r\n\r\nthe login page takes any token, even an empty one, and says = ok.",
        ),
        ("html-only", "The login page takes any token."),
        ("alternative", "The plain form."),
        (
            "text-around-a-picture",
            "First this request.\nThen that one.",
        ),
        ("latin1-unsaid", "Grüße"),
        ("koi8-r", "П\u{430}роль"),
        ("empty-body", ""),
        ("line-feeds-only", "the login page at"),
        ("boundary-never-comes", "the login page at"),
        ("bounce-forwarded-by-a-person", "Look at what"),
    ] {
        check(name, MIA, words, &[]);
    }
    let html = parse(&sample("html-only"), true);
    assert!(!html.text.raw().contains("alert") && !html.text.raw().contains("color"));
    let read = for_reading(&sample("html-only"), true);
    let shown = read.to_read().raw();
    assert!(shown.contains("[script: alert(1)]") && !shown.contains("color"));
    assert_eq!((html.page, &html.text), (None, &read.text));
    assert_eq!(for_reading(&sample("plain"), true).page, None);
    assert_eq!(parse(&sample("koi8-r"), true).subject.raw(), "Дыр\u{430}");
}

#[test]
fn what_is_wrong_is_recorded_and_stops_nothing() {
    let token = "takes any token";
    check(
        "no-headers",
        "-",
        token,
        &[Defect::NoHeaders, Defect::NoFrom, Defect::NoMessageId],
    );
    check("two-from-fields", "-", token, &[Defect::SeveralFrom]);
    check("two-authors", "-", token, &[]);
    check("group-of-one", MIA, token, &[]);
    check("name-of-another", MIA, token, &[]);
    check("address-in-two-pieces", "-", token, &[Defect::NoFrom]);
    check("domain-beyond-ascii", "mia@xn--exmple-cua.net", token, &[]);
    check("no-message-id", MIA, token, &[Defect::NoMessageId]);
    check("two-message-ids", MIA, token, &[Defect::SeveralMessageId]);
    check("nul-in-header", MIA, token, &[Defect::NulInHeader]);
    assert_eq!(
        parse(&sample("two-authors"), true).author,
        crate::mail::Author::Several
    );
    assert_eq!(
        parse(&sample("two-from-fields"), true).author,
        crate::mail::Author::Several
    );
}

#[test]
fn a_part_of_a_mail_says_that_it_is_one() {
    let whole = sample("alternative");
    let cut = parse(whole.get(..400).unwrap(), false);
    assert_eq!(
        (cut.defects, cut.author.address().map(ToString::to_string)),
        (vec![Defect::Truncated], Some(MIA.into()))
    );
}

#[test]
fn an_attached_mail_without_a_name_is_called_by_its_subject() {
    let named = |head: &str, attached: &str| {
        let mail = format!(
            "{MIXED}--b\n\nfyi\n--b\nContent-Type: message/rfc822{head}\n\n{attached}\n--b--\n"
        );
        let mail = parse(mail.as_bytes(), true);
        mail.attachments
            .into_iter()
            .map(|a| a.name.raw().to_owned())
            .collect::<Vec<_>>()
    };
    let subject =
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from\n the importer\nFrom: c@example.net\n\nRCE";
    assert_eq!(named("", subject), ["Grüße from the importer.eml"]);
    assert_eq!(named("; name=a.eml", subject), ["a.eml"]);
    assert_eq!(named("", "From: c@example.net\n\nRCE"), [""]);
    let long = format!("Subject: {}\n\nRCE", "x".repeat(9_000));
    let name = format!("{}.eml", "x".repeat(NAME_CHARS));
    assert_eq!(named("", &long), [name]);
}

#[test]
fn attachments_are_listed_and_the_other_form_is_none() {
    let listed = |name| {
        let mail = parse(&sample(name), true);
        mail.attachments
            .into_iter()
            .map(|a| (a.name.raw().to_owned(), a.kind, a.bytes))
            .collect::<Vec<_>>()
    };
    let attachment = |name: &str, kind: &str, bytes| (name.to_owned(), kind.to_owned(), bytes);
    assert_eq!(listed("plain"), []);
    assert_eq!(
        listed("alternative"),
        [attachment("poc.zip", "application/zip", 22)]
    );
    assert_eq!(
        listed("text-around-a-picture"),
        [attachment("shot.png", "image/png", 8)]
    );
    assert_eq!(listed("bounce-forwarded-by-a-person").len(), 1);
    let names = listed("hostile-names");
    assert_eq!(
        names.first(),
        Some(&attachment("../../\u{202e}yp.exe", "text/x-python", 4))
    );
    assert_eq!(
        names.get(1).map(|a| a.1.as_str()),
        Some("application/octet-stream")
    );
}

#[test]
fn a_text_that_is_empty_is_no_attachment_however_it_is_coded() {
    let listed = |coding: &str, body: &str| {
        let text = format!("Content-Transfer-Encoding: {coding}\n\n{body}");
        let beside = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n{text}\n--b\nContent-Type: image/png\n\nx\n--b--\n"
        );
        let of = |mail: &str| parse(mail.as_bytes(), true).attachments.len();
        (of(&text), of(&beside))
    };
    for (coding, body) in [
        ("7bit", " \n"),
        ("base64", "Cg==\n"),
        ("base64", "DQoNCg==\n"),
        ("quoted-printable", "=20=0A"),
    ] {
        assert_eq!(listed(coding, body), (0, 1), "{coding} {body:?}");
    }
    let nothing = "Content-Transfer-Encoding: base64\n\n!!!!";
    let mail = parse(nothing.as_bytes(), true);
    assert!(mail.attachments.len() == 1 || mail.text.raw().contains("!!"));
    let long = format!(
        "Content-Transfer-Encoding: quoted-printable\n\n{}x",
        "=20\n".repeat(40)
    );
    let mail = parse(long.as_bytes(), true);
    assert!(mail.attachments.len() == 1 || mail.text.raw().contains('x'));
}

#[test]
fn encrypted_mail_is_known_by_its_form() {
    for (name, encrypted) in [
        ("pgp-mime", true),
        ("pgp-inline", true),
        ("smime", true),
        ("plain", false),
        ("alternative", false),
    ] {
        assert_eq!(
            parse(&sample(name), true).is_encrypted(),
            encrypted,
            "{name}"
        );
    }
}

#[test]
fn a_reply_cites_its_parent_once_and_shows_what_is_new() {
    let reply = parse(&sample("reply-to-a-letter"), true);
    let cites: Vec<&str> = reply.cites().into_iter().map(MessageId::as_str).collect();
    assert_eq!(
        cites,
        [
            "0123456789abcdef0123456789abcdef@example.org",
            "plain@mail.example.net"
        ]
    );
    assert_eq!(
        new_in(&reply).raw(),
        "It also works with a token of a friend."
    );
}

/// Marks of the page stand in no text by which something is decided: a reporter could break
/// a labelled line in two with them, and a bounce would say other words.
#[test]
fn what_is_decided_by_reads_html_as_bare_words() {
    let body = "<blockquote>Assessment: <img alt=''>acc<span hidden>e</span>pted</blockquote>\
        <a href='https://a.example/'>returned</a><hr>";
    let bytes = format!("Content-Type: text/html\n\n{body}");
    let mail = for_reading(bytes.as_bytes(), true);
    let texts = every_text(bytes.as_bytes()).unwrap_or_default();
    assert_eq!(mail.text.raw().trim(), "Assessment: acceptedreturned");
    assert_eq!(texts.last(), Some(&mail.text));
    let shown = "> Assessment: [image]acc[hidden: e]pted\n\n[returned] <https://a.example/>";
    assert!(
        mail.to_read().raw().starts_with(shown),
        "{:?}",
        mail.to_read().raw()
    );
    let link = b"Content-Type: text/html\n\n<a href='https://a.example/'></a>";
    let only_link = for_reading(link, true);
    assert_eq!(only_link.to_read().raw(), "<https://a.example/>");
    assert!(parse(link, true).text.is_blank());
}

/// A mail built to cost much: `head`, then `unit` again and again up to the size that
/// the parser is given at most, or to a quarter of it.
struct Bomb(&'static str, &'static str, &'static str);

const BOMBS: [Bomb; 47] = [
    Bomb("parts", MIXED, "--b\n\n"),
    Bomb(
        "parts with a header",
        MIXED,
        "--b\nA:\nContent-Type: text/x;a=b\n\n",
    ),
    Bomb(
        "one boundary at all depths",
        "",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    ),
    Bomb("mails in mails", "", "Content-Type: message/rfc822\n\n"),
    Bomb(
        "encoded mails",
        REPORT,
        "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nLS1iCg==\n",
    ),
    Bomb("header fields", "", "a:\n"),
    Bomb("one header field", "Subject: ", "x"),
    Bomb("folded lines", "Subject: x\n", " y\n"),
    Bomb("encoded words", "Subject: ", "=?utf-8?q?=41?= "),
    Bomb("open encoded words", "Subject: ", "=?utf-8?q?"),
    Bomb("encoded words in a name", "From: ", "=?utf-8?b?QQ==?= "),
    Bomb("authors", "From: ", "a@b,"),
    Bomb("open brackets", "From: ", "<(\""),
    Bomb("recipients", "To: ", "a@b.example,"),
    Bomb("references", "References: ", "<a@b>"),
    Bomb("parameters", "Content-Type: text/plain; ", "a=\"b\";"),
    Bomb(
        "numbered parameters",
        "Content-Disposition: attachment; ",
        "filename*1=a;",
    ),
    Bomb("tags", HTML, "<div>"),
    Bomb("open tags", HTML, "<"),
    Bomb("entities", HTML, "&amp;"),
    Bomb("open entities", HTML, "&"),
    Bomb("tags with open quotes", HTML, "<a b=\""),
    Bomb("quotes in tags", HTML, "<a b=\">\""),
    Bomb("attributes", HTML, "<a x=y "),
    Bomb("links", HTML, "<a href=x>y"),
    Bomb("open comments", HTML, "<!--"),
    Bomb("comments", HTML, "<!--x--!>"),
    Bomb("comments of nothing", HTML, "<!-->"),
    Bomb("hidden paragraphs", HTML, "<p hidden>x<table>"),
    Bomb("open scripts", HTML, "<script>"),
    Bomb("what is hidden", HTML, "<p hidden>x"),
    Bomb("quotes within quotes", HTML, "<blockquote>x"),
    Bomb("lists within lists", HTML, "<ol><li>x"),
    Bomb("signatures", "\n", "-- \nx\n"),
    Bomb("notices", "\n", "this message\n\n"),
    Bomb("telephones", "\n", "Sent with x\n\n"),
    Bomb("footers", "\n", "---\nunsubscribe\n"),
    Bomb("quotes", "\n", "> "),
    Bomb("rules", "\n", "------\n"),
    Bomb("introductions", "\n", "a@b 2026 wrote:x\n"),
    Bomb("quoted headers", "\n", "From: a\n"),
    Bomb("soft line ends", QUOTED_PRINTABLE, "=\n"),
    Bomb("empty lines", "", "\n"),
    Bomb("nothing", "", "\0"),
    Bomb(
        "stubs",
        FORMS,
        "--b\n\nsee a.example\n--b\nContent-Type: text/html\n\n<p>b\n",
    ),
    Bomb("a stub for much", STUB, "b.example <p>"),
    Bomb(
        "forms that nobody reads",
        FORMS,
        "--b\nContent-Type: text/x\n\na b c d e f g h\n",
    ),
];

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";
const REPORT: &str = "Content-Type: multipart/report; boundary=b\n\n";
const FORMS: &str = "Content-Type: multipart/alternative; boundary=b\n\n";
const STUB: &str = "Content-Type: multipart/alternative; boundary=b\n\n--b\n\na.example,c.example,d.example,e.example,f.example\n--b\nContent-Type: text/html\n\n";
const HTML: &str = "Content-Type: text/html\n\n";
const QUOTED_PRINTABLE: &str = "Content-Transfer-Encoding: quoted-printable\n\n";

impl Bomb {
    fn bytes(&self) -> Vec<u8> {
        let mut mail = self.1.as_bytes().to_vec();
        // A text is read several times; a part of it shows a quadratic step as well.
        let is_text = [HTML, STUB, "\n"].contains(&self.1);
        let most = PARSED_AT_MOST / if is_text { 4 } else { 1 };
        while mail.len() < most {
            mail.extend_from_slice(self.2.as_bytes());
        }
        mail.truncate(most);
        mail
    }
}

#[test]
fn no_mail_costs_more_than_moments() {
    for bomb in BOMBS {
        let bytes = bomb.bytes();
        let ((mail, shown, marked), took) = costs(|| {
            let mail = for_reading(&bytes, true);
            let (shown, marked) = (new_in(&mail), steady::newly_written(&mail.text));
            (mail, shown, marked)
        });
        // Far above what each takes, and far below what a quadratic step would.
        assert!(took < Duration::from_secs(4), "{} took {took:?}", bomb.0);
        let (attachments, recipients, cited) = (
            mail.attachments.len(),
            mail.recipients.len(),
            mail.cites().len(),
        );
        assert!(
            attachments <= 200 && recipients <= 1_000 && cited <= 120,
            "{}",
            bomb.0
        );
        assert!(
            !mail.defects.contains(&Defect::Unreadable),
            "{}: {shown:?} {marked:?}",
            bomb.0
        );
    }
}
