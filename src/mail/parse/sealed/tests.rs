//! One mail a shape, made with GnuPG and OpenSSL, and what is none.

use super::armour::{MESSAGES, flattened, messages};
use super::*;
use crate::mail::parse::{PARSED_AT_MOST, ciphers, contents, parse};
use crate::mail::sealed::{MESSAGE, MESSAGE_END};
use crate::mail::tests::costs;
use crate::mail::{Mail, clear_text};

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn shapes(mail: &Mail) -> (&'static str, &'static str) {
    let sealed = mail.sealed;
    (
        sealed.encrypted.map_or("-", Encryption::words),
        sealed.signed.map_or("-", Signature::words),
    )
}

#[test]
fn each_shape_is_known() {
    for (name, encrypted, signed) in [
        ("pgp-mime", "PGP/MIME", "-"),
        ("pgp-mime-by-gnupg", "PGP/MIME", "-"),
        ("pgp-mime-through-exchange", "PGP/MIME", "-"),
        ("pgp-inline", "PGP, inline", "-"),
        ("pgp-inline-by-gnupg", "PGP, inline", "-"),
        ("pgp-inline-in-html", "PGP, inline", "-"),
        ("pgp-attached-armour", "PGP, attached", "-"),
        ("pgp-attached-binary", "PGP, attached", "-"),
        ("pgp-attached-below-words", "PGP, attached", "-"),
        ("pgp-attached-in-any-file", "PGP, attached", "-"),
        ("smime", "S/MIME", "-"),
        ("smime-enveloped", "S/MIME", "-"),
        ("smime-auth-enveloped", "S/MIME", "-"),
        ("smime-as-a-file", "S/MIME", "-"),
        ("smime-in-any-file", "S/MIME", "-"),
        ("pgp-signed-mime", "-", "PGP/MIME"),
        ("pgp-clearsigned", "-", "PGP, inline"),
        ("pgp-signature-attached", "-", "PGP, attached"),
        ("smime-signed", "-", "S/MIME"),
        ("smime-opaque", "-", "S/MIME, opaque"),
        ("smime-opaque-in-pieces", "-", "S/MIME, opaque"),
        ("pgp-key-attached", "-", "-"),
        ("pgp-quoted", "-", "-"),
        ("pgp-quoted-in-html", "-", "-"),
        ("plain", "-", "-"),
        ("alternative", "-", "-"),
    ] {
        let mail = parse(&sample(name), true);
        assert_eq!(shapes(&mail), (encrypted, signed), "{name}");
    }
}

#[test]
fn signed_words_are_read_and_clear_words_beside_a_secret_too() {
    for name in [
        "pgp-signed-mime",
        "pgp-clearsigned",
        "smime-signed",
        "smime-opaque",
        "smime-opaque-in-pieces",
    ] {
        let text = clear_text(&parse(&sample(name), true).text);
        let words = "The login page takes any token, even an empty one.";
        assert_eq!(text.raw().trim(), words, "{name}");
    }
    let mail = parse(&sample("pgp-attached-armour"), true);
    assert_eq!(mail.text.raw().trim(), "Hello, the report is in the file.");
    let mail = parse(&sample("pgp-inline-by-gnupg"), true);
    let clear = clear_text(&mail.text);
    assert!(clear.raw().starts_with("Hello, this is for your eyes:"));
    assert!(!clear.raw().contains("hQGMA") && clear.raw().trim_end().ends_with("Mia"));
    // Signed data is read as the mail inside it, and that has no attachment.
    assert_eq!(contents(&sample("smime-opaque")).unwrap(), []);
}

/// What GnuPG wrote into the sample.
fn armour_of(name: &str) -> String {
    let text = String::from_utf8(sample(name)).unwrap();
    let at = text.find(MESSAGE).unwrap();
    let end = text.find("-----END PGP MESSAGE-----\n").unwrap();
    text.get(at..end + 26).unwrap().to_owned()
}

#[test]
fn what_a_program_gets_is_what_gnupg_wrote() {
    let one = |name: &str| {
        let mut all = ciphers(&sample(name)).unwrap();
        assert_eq!(all.len(), 1, "{name}");
        all.remove(0)
    };
    let text = |name| String::from_utf8(one(name).bytes).unwrap();
    let inline = armour_of("pgp-inline-by-gnupg");
    assert_eq!(text("pgp-inline-by-gnupg"), inline);
    assert_eq!(text("pgp-inline-in-html"), inline);
    let framed = armour_of("pgp-mime-by-gnupg");
    assert_eq!(text("pgp-mime-by-gnupg").trim(), framed.trim());
    assert_eq!(text("pgp-mime-through-exchange"), framed);
    assert_eq!(one("pgp-mime-through-exchange").shape, Encryption::PgpMime);
    let file = one("pgp-attached-binary");
    assert_eq!((file.bytes[0], file.name.raw()), (0x85, "report.GPG"));
    assert!(text("pgp-attached-armour").starts_with(MESSAGE));
    let file = one("pgp-attached-in-any-file");
    assert_eq!((file.bytes[0], file.name.raw()), (0x85, "report.bin"));
    let below = one("pgp-attached-below-words");
    assert_eq!(below.name.raw(), "report.txt");
    let below = String::from_utf8(below.bytes).unwrap();
    let ends = "-----BEGIN PGP MESSAGE-----\n\nhQGMA0XwS";
    assert!(
        !below.contains("Hello")
            && !below.contains("Regards")
            && below.starts_with(ends.get(..30).unwrap())
    );
    for name in [
        "smime-enveloped",
        "smime-auth-enveloped",
        "smime-as-a-file",
        "smime-in-any-file",
    ] {
        let cipher = one(name);
        assert_eq!((cipher.shape, cipher.bytes[0]), (Encryption::Smime, 0x30));
    }
    for name in [
        "plain",
        "pgp-quoted",
        "pgp-quoted-in-html",
        "pgp-clearsigned",
        "smime-opaque",
    ] {
        assert_eq!(ciphers(&sample(name)).unwrap(), [], "{name}");
    }
}

#[test]
fn a_message_is_put_together_from_what_programs_made_of_it() {
    let check = |text: &str, data: &[&str]| {
        let wanted: Vec<String> = data
            .iter()
            .map(|d| format!("{MESSAGE}-----\n\n{d}\n{MESSAGE_END}-----\n"))
            .collect();
        assert_eq!(messages(text), wanted, "{text:?}");
    };
    let line = "hQEMA".repeat(12);
    check(
        &format!(
            "  {MESSAGE}-----\n  Version: GnuPG v2\n  Comment: a b\n\n  {line}\n  ab+/\n  =4HlC\n  {MESSAGE_END}-----\n"
        ),
        &[&format!("{line}\nab+/\n=4HlC")],
    );
    check(
        &format!("{MESSAGE}----- Version: GnuPG v2 {line} ab+/ =4HlC {MESSAGE_END}-----"),
        &[&format!("{line}\nab+/\n=4HlC")],
    );
    check(
        &format!(
            "{MESSAGE}, PART 1/2-----\nhQ\n{MESSAGE_END}, PART 1/2-----\n{MESSAGE}-----\n{line}"
        ),
        &["hQ", &line],
    );
    check(
        &format!("> {MESSAGE}-----\n> hQ\n> {MESSAGE_END}-----"),
        &[],
    );
    check(&format!("They write {MESSAGE}----- there."), &[]);
    check(&format!("{MESSAGE}-----\n{MESSAGE_END}-----"), &[]);
    // Where one begins, the one before it has ended.
    check(
        &format!("{MESSAGE}-----\n{line}\n{MESSAGE}-----\n{line}\nab\n"),
        &[&line, &format!("{line}\nab")],
    );
    let whole = format!("{MESSAGE}-----\nhQ\n{MESSAGE_END}-----\n");
    assert_eq!(messages(&whole.repeat(50)).len(), MESSAGES);
}

#[test]
fn an_armour_with_the_spaces_and_dashes_of_a_web_page_is_one() {
    let mail = String::from_utf8(sample("pgp-inline")).unwrap();
    let mail = mail.replace("\r\n", "\n");
    let head = "Content-Type: text/plain; charset=utf-8\nFrom: mia@example.net";
    let (_, body) = mail.split_once("\n\n").unwrap();
    let plain = format!("{head}\n\n{body}");
    let page = |body: &str| format!("{head}\n\n<p>{body}</p>").replace("text/plain", "text/html");
    for (hyphens, space) in [
        ("-----", "\u{a0}"),
        ("\u{2014}\u{2013}", " "),
        ("\u{2014}\u{2014}-", "\u{a0}"),
        ("\u{2013}\u{2013}-", " "),
    ] {
        let written = |text: &str| {
            let marks = ["BEGIN PGP MESSAGE", "END PGP MESSAGE"];
            let plain = |words: &str| format!("-----{words}-----");
            let other = |words: &str| format!("{hyphens}{}{hyphens}", words.replace(' ', space));
            marks.iter().fold(text.to_owned(), |text, words| {
                text.replace(&plain(words), &other(words))
            })
        };
        for mail in [written(&plain), written(&page(body))] {
            let read = parse(mail.as_bytes(), true);
            assert_eq!(shapes(&read).0, "PGP, inline", "{mail}");
            let [one, other] = [&plain, &mail].map(|mail| ciphers(mail.as_bytes()).unwrap());
            let bytes = |all: &[Cipher]| all.iter().map(|c| c.bytes.clone()).collect::<Vec<_>>();
            assert_eq!(bytes(&one), bytes(&other), "{mail}");
        }
        let said = clear_text(&parse(written(&plain).as_bytes(), true).text);
        assert_eq!(
            said,
            clear_text(&parse(plain.as_bytes(), true).text),
            "{said:?}"
        );
    }
    // A sentence with a dash is none.
    for text in [
        "It says \u{2014}BEGIN PGP MESSAGE\u{2014} there.",
        "\u{2014} END to end",
    ] {
        let mail = format!("{head}\n\n{text}");
        let mail = parse(mail.as_bytes(), true);
        assert_eq!(shapes(&mail), ("-", "-"), "{text}");
    }
}

#[test]
fn html_is_flattened_to_its_lines() {
    for (html, flat) in [
        ("a<br>b", "a\nb"),
        ("a&nbsp;b&#43;&#x2F;&#61;&amp;&", "a b+/=&amp;&"),
        ("<blockquote class=x>a\nb</blockquote>c", "\n>a\n>b\nc"),
        ("a < b", "a < b"),
        ("&#99999999;x", "&#99999999;x"),
        ("", ""),
    ] {
        assert_eq!(flattened(html), flat, "{html:?}");
    }
}

#[test]
fn hostile_mail_costs_what_its_length_costs() {
    let of = |kind: &str, piece: &str| {
        let body = piece.repeat(PARSED_AT_MOST / 2 / piece.len());
        let mail = format!("From: mia@example.net\nContent-Type: {kind}\n\n{body}");
        let (_, cost) = costs(|| (parse(mail.as_bytes(), true), ciphers(mail.as_bytes())));
        // Far above what each takes, and far below what a quadratic step would.
        assert!(cost.as_secs() < 8, "{kind} {piece:?}: {cost:?}");
    };
    of("text/html", "PGP <");
    of("text/html", "PGP &#");
    of("text/html", "<blockquote>PGP\n");
    of("text/plain", &format!("{MESSAGE}\n"));
    of("text/plain", &format!("{MESSAGE}-----\n{MESSAGE_END}\n"));
    of("text/plain", &format!("  {MESSAGE}-----"));
    of(
        "text/plain",
        &format!("x {MESSAGE}----- {}", "hQEMA".repeat(9)),
    );
    of(
        "text/plain",
        "-----BEGIN PKCS7-----\nMIAG\n-----END PKCS7-----\n",
    );
    of("text/plain", "\u{2014}\u{2013}BEGIN PGP MESSAGE\u{2014} ");
    of("message/rfc822", "-----BEGIN PGP MESSAGE-----\nMIAG\n");
    of("message/rfc822", "Content-Type: message/rfc822\n\n");
    of(
        "application/pkcs7-mime; smime-type=signed-data",
        "\x30\u{80}",
    );
    of("application/x-pkcs7-mime; name=smime.p7m", "0\x7f");
    let octets = "application/octet-stream";
    of(octets, "-----BEGIN PKCS7-----\nMIAG\n");
    of(octets, "-----BEGIN PGP MESSAGE-----\nMIAG\n");
    of(
        octets,
        "MIME-Version: 1.0\nContent-Type: text/html\n\n<p>\n",
    );
    of("text/html\nContent-Disposition: attachment", "<br>BEGIN\n");
    let parts = "--b\nContent-Type: application/octet-stream\n\nMIME-Version: 1.0\n\nx\n";
    of("multipart/mixed; boundary=b", parts);
    let parts = "--b\nContent-Type: application/pgp-keys\n\nx\n";
    of("multipart/mixed; boundary=b", parts);
}
