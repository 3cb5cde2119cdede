//! What is encrypted in shapes that servers and forms make of it, and words about it.

use super::*;
use crate::mail::parse::{ciphers, parse};

const LINE: &str = "hQEMA0000000000000AQgAabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd";
const END: &str = "-----END PGP MESSAGE-----";

/// An armour whose lines are joined by `with`.
fn armoured(with: &str) -> String {
    ["-----BEGIN PGP MESSAGE-----", "", LINE, "=abcd", END].join(with)
}

fn check(entity: &str, shape: Option<Encryption>) {
    let bytes = format!("From: mia@example.net\nSubject: a report\n{entity}");
    let mail = parse(bytes.as_bytes(), true);
    assert_eq!(mail.sealed.encrypted, shape, "{entity}");
    // Whatever is said to be encrypted can be taken out, once.
    let taken = ciphers(bytes.as_bytes()).unwrap();
    let shapes: Vec<_> = taken.iter().map(|one| one.shape).collect();
    assert_eq!(shapes, Vec::from_iter(shape), "{entity}");
}

fn plain(text: &str) -> String {
    format!("Content-Type: text/plain\n\n{text}")
}

fn html(text: &str) -> String {
    format!("Content-Type: text/html\n\n{text}")
}

fn multi(kind: &str, parts: &[String]) -> String {
    let b = format!("b{}", parts.iter().map(String::len).sum::<usize>());
    let parts: Vec<String> = parts.iter().map(|p| format!("--{b}\n{p}\n")).collect();
    let parts = parts.concat();
    format!("Content-Type: multipart/{kind}; boundary={b}\n\n{parts}--{b}--\n")
}

#[test]
fn an_armour_is_known_wherever_it_stands_in_its_line() {
    let inline = Some(Encryption::PgpInline);
    let (lines, joined) = (armoured("\n"), armoured(" "));
    for text in [
        lines.clone(),
        joined.clone(),
        format!("See: {lines}"),
        format!("See: {joined} Regards, Mia"),
        format!("Message: {}", armoured("\r\n")),
        format!("- {lines}"),
        format!("Hello,\n\tBody={joined}"),
        format!("[{lines}]"),
        format!("Comment: see the policy\n\n  {lines}"),
        armoured("\n    "),
        // Cut short by a form, or by the limit of a server.
        format!("-----BEGIN PGP MESSAGE-----\n\n{LINE}\n{LINE}"),
        format!("-----BEGIN PGP MESSAGE-----\nVersion: BCPG\n\n{LINE}\n"),
    ] {
        check(&plain(&text), inline);
    }
    for text in [
        format!("See: {}", armoured("<br>")),
        format!("<p>See: {}</p>", armoured("</p><p>")),
        format!("<td>Message</td><td>{}</td>", armoured("<br />\n")),
        armoured("<br>").replace(' ', "&nbsp;"),
        armoured("<br>").replace(' ', "&#160;"),
        armoured("<br>").replace(' ', "\u{a0}"),
        format!("<pre>{lines}</pre>"),
    ] {
        check(&html(&text), inline);
    }
}

#[test]
fn words_about_one_are_none() {
    let key = format!(
        "My key:\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{LINE}\n-----END PGP PUBLIC KEY BLOCK-----"
    );
    let signature =
        format!("Hi\n-----BEGIN PGP SIGNATURE-----\n\n{LINE}\n-----END PGP SIGNATURE-----");
    let quoted: String = armoured("\n").lines().map(|l| format!("> {l}\n")).collect();
    for text in [
        "Your parser fails at -----BEGIN PGP MESSAGE----- in a line.".to_owned(),
        "The file has to begin with\n-----BEGIN PGP MESSAGE-----\nand to end with the other mark."
            .to_owned(),
        "It is cut between -----BEGIN PGP MESSAGE----- and -----END PGP MESSAGE-----.".to_owned(),
        format!("-----BEGIN PGP MESSAGE-----\n[...]\n{END}"),
        format!("I send -----BEGIN PGP MESSAGE----- without an end, then {LINE} as a token."),
        "Sent: -----BEGIN PGP MESSAGE-----\nhQEMA\n-----END PGP MESSAGE-----".to_owned(),
        key,
        signature,
        quoted.clone(),
        format!("On Monday, Kim wrote:\n{quoted}"),
        format!("Kim> {}", armoured(" ")),
        format!("-----BEGIN CERTIFICATE-----\n{LINE}\n-----END CERTIFICATE-----"),
        format!("-----BEGIN RSA PRIVATE KEY-----\n{LINE}\n-----END RSA PRIVATE KEY-----"),
        // Signed and not encrypted.
        "-----BEGIN PKCS7-----\nMAsGCSqGSIb3DQEHAg==\n-----END PKCS7-----".to_owned(),
    ] {
        check(&plain(&text), None);
    }
    check(
        &html(&format!("<blockquote>{}</blockquote>", armoured("<br>"))),
        None,
    );
    check(
        &html("<p>It begins -----BEGIN PGP MESSAGE-----, see the RFC.</p>"),
        None,
    );
}

#[test]
fn it_is_known_in_any_part_that_is_a_text() {
    let inline = Some(Encryption::PgpInline);
    let secret = || html(&format!("<pre>{}</pre>", armoured("\n")));
    let footer = || plain("-- \nlist footer of the security list");
    for entity in [
        multi("mixed", &[secret(), footer()]),
        multi("mixed", &[multi("alternative", &[secret()]), footer()]),
        multi(
            "mixed",
            &[multi("alternative", &[plain(""), secret()]), footer()],
        ),
        multi("alternative", &[plain("Encrypted mail"), secret()]),
        multi(
            "alternative",
            &[plain(&"Some long words about it. ".repeat(20)), secret()],
        ),
        multi("mixed", &[footer(), plain(&armoured("\n"))]),
        multi(
            "related",
            &[secret(), "Content-Type: image/png\n\nx".to_owned()],
        ),
        multi("alternative", &[plain(&armoured("\n")), secret()]),
    ] {
        check(&entity, inline);
    }
    let attached = |kind: &str, name: &str, body: &str| {
        let file = format!(
            "Content-Type: {kind}\nContent-Disposition: attachment; filename={name}\n\n{body}"
        );
        multi("mixed", &[plain("report"), file])
    };
    let octets = "application/octet-stream";
    let pgp = Some(Encryption::PgpAttached);
    check(&attached(octets, "noname", &armoured("\n")), pgp);
    check(&attached("text/plain", "message.txt", &armoured("\n")), pgp);
    check(
        &attached(octets, "report.dat", &format!("\n{}", armoured("\r\n"))),
        pgp,
    );
    let age = "age-encryption.org/v1\n-> X25519 abc\n--- x\n";
    check(
        &attached(octets, "report.pdf.age", age),
        Some(Encryption::Age),
    );
    // A file that speaks of one.
    check(
        &attached(
            "text/plain",
            "log.txt",
            &format!("at 10:00 {}", armoured("\n")),
        ),
        None,
    );
    check(
        &attached(octets, "tool.py", "print('-----BEGIN PGP MESSAGE-----')"),
        None,
    );
}

#[test]
fn other_armour_is_known() {
    let of = |name: &str, data: &str| {
        plain(&format!(
            "Hello,\n-----BEGIN {name}-----\n{data}\n-----END {name}-----\n"
        ))
    };
    let age = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBhYmM=";
    check(&of("AGE ENCRYPTED FILE", age), Some(Encryption::Age));
    // Enveloped data (RFC 5652 section 6).
    for name in ["PKCS7", "CMS"] {
        check(&of(name, "MAsGCSqGSIb3DQEHAw=="), Some(Encryption::Smime));
    }
}

#[test]
fn a_forwarded_mail_is_encrypted_as_it_is() {
    let data = format!(
        "Content-Type: application/octet-stream\n\n{}",
        armoured("\n")
    );
    let mark = "Content-Type: application/pgp-encrypted\n\nVersion: 1\n".to_owned();
    let inner = |entity: &str| {
        format!("Content-Type: message/rfc822\n\nFrom: kim@example.com\nSubject: x\n{entity}")
    };
    let forward = |mail: String| multi("mixed", &[plain("I forward this report."), mail]);
    let framed = inner(&multi("encrypted", &[mark, data]));
    check(&forward(framed.clone()), Some(Encryption::PgpMime));
    check(&framed, Some(Encryption::PgpMime));
    check(&forward(forward(framed.clone())), Some(Encryption::PgpMime));
    let inline = inner(&plain(&armoured("\n")));
    check(&forward(inline.clone()), Some(Encryption::PgpInline));
    check(
        &forward(inner(&forward(inline.clone()))),
        Some(Encryption::PgpInline),
    );
    check(&forward(inner(&plain("in clear"))), None);
    // A letter of ours that came back says nothing of theirs.
    check(
        &multi(
            "report; report-type=delivery-status",
            &[plain("no such user"), inline],
        ),
        None,
    );
}
