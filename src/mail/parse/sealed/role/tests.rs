//! Files that keep their words to themselves under any name, and files that only seem to.

use crate::mail::parse::{ciphers, parse};
use crate::mail::{Encryption, Foreign};

const LINE: &str = "hQEMA0000000000000AQgAabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd";

fn armour(name: &str, data: &str) -> String {
    format!("-----BEGIN {name}-----\n\n{data}\n-----END {name}-----\n")
}

fn message() -> String {
    armour("PGP MESSAGE", LINE)
}

/// A file as a mail attaches it.
struct File {
    kind: &'static str,
    name: &'static str,
    encoding: &'static str,
    body: Vec<u8>,
}

fn file(kind: &'static str, name: &'static str, body: impl Into<Vec<u8>>) -> File {
    File {
        kind,
        name,
        encoding: "8bit",
        body: body.into(),
    }
}

fn text(body: impl Into<Vec<u8>>) -> File {
    file("text/plain", "report.txt", body)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        let letter = |n: u32| char::from(LETTERS[(bits >> (18 - 6 * n) & 63) as usize]);
        let letters = (0..=three.len() as u32).map(letter);
        out.extend(letters.chain("=".repeat(3 - three.len()).chars()));
        if out.len() % 77 == 76 {
            out.push('\n');
        }
    }
    out
}

impl File {
    fn in_base64(mut self) -> Self {
        self.body = base64(&self.body).into_bytes();
        self.encoding = "base64";
        self
    }
}

fn mail(files: &[File]) -> Vec<u8> {
    let head = "From: mia@example.net\nSubject: a report\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello, see the file.\n";
    let mut mail = head.as_bytes().to_vec();
    for File {
        kind,
        name,
        encoding,
        body,
    } in files
    {
        let head = format!(
            "--b\nContent-Type: {kind}; name={name}\nContent-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: {encoding}\n\n"
        );
        mail.extend_from_slice(head.as_bytes());
        mail.extend_from_slice(body);
        mail.push(b'\n');
    }
    mail.extend_from_slice(b"--b--\n");
    mail
}

/// What is said of a mail with this file, and what is taken out.
fn check(file: File, wanted: &[(Encryption, &[u8])]) {
    let (name, bytes) = (file.name, mail(&[file]));
    let shown = String::from_utf8_lossy(&bytes);
    let shown = shown.get(..shown.len().min(900)).unwrap_or_default();
    let shape = wanted.first().map(|(shape, _)| *shape);
    assert_eq!(parse(&bytes, true).sealed.encrypted, shape, "{shown}");
    let all = ciphers(&bytes).unwrap();
    let taken: Vec<_> = all
        .iter()
        .map(|one| (one.shape, one.bytes.as_slice()))
        .collect();
    assert_eq!(taken, wanted, "{shown}");
    assert!(all.iter().all(|one| one.name == Foreign::new(name)));
}

fn is_attached(file: File) {
    check(file, &[(Encryption::PgpAttached, message().as_bytes())]);
}

#[test]
fn an_armour_below_other_words_of_a_file_is_known() {
    let words = "These are the words of a report, and nothing of them is a secret.\n";
    for lines in [1, 10, 300] {
        let whole = format!("{}\n{}\nRegards, Mia\n", words.repeat(lines), message());
        is_attached(text(whole.clone()));
        is_attached(text(whole.clone()).in_base64());
        is_attached(text(whole.replace('\n', "\r\n")));
        for (kind, name) in [
            ("application/octet-stream", "report.bin"),
            ("application/octet-stream", "report"),
            ("text/markdown", "report.md"),
            ("text/x-log", "server.log"),
            ("application/json", "report.json"),
            ("application/pgp-keys", "key.asc"),
            ("application/octet-stream", "report.eml"),
            ("image/png", "screen.png"),
        ] {
            is_attached(file(kind, name, whole.clone()));
        }
        let page = whole.replace('\n', "<br>");
        is_attached(file("text/html", "report.html", page));
        is_attached(text(format!("\x1b[1m$\x07 {whole}")));
    }
    let key = armour("PGP PUBLIC KEY BLOCK", LINE);
    is_attached(file("application/pgp-keys", "both.asc", key + &message()));
}

#[test]
fn the_shell_of_windows_writes_two_bytes_a_letter() {
    let text_of = |whole: &str, order: fn(u16) -> [u8; 2]| {
        let marked = format!("\u{feff}{whole}");
        let units = marked.encode_utf16();
        units.flat_map(order).collect::<Vec<u8>>()
    };
    for order in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        for whole in [message(), format!("Hello,\r\n\r\n{}", message())] {
            let bytes = text_of(&whole, order);
            is_attached(text(bytes.clone()).in_base64());
            is_attached(file("application/octet-stream", "report.asc", bytes).in_base64());
        }
    }
    let marked = format!("\u{feff}{}", message());
    is_attached(file("application/octet-stream", "report.asc", marked));
    let without_a_mark: Vec<u8> = message()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let kind = "text/plain; charset=utf-16le";
    is_attached(file(kind, "report.txt", without_a_mark).in_base64());
}

#[test]
fn every_message_of_a_file_is_taken_out() {
    let one = message();
    let other = armour("PGP MESSAGE", &LINE.replace('0', "1"));
    let age = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBhYmM=";
    let both = [
        (Encryption::PgpAttached, one.as_bytes()),
        (Encryption::PgpAttached, other.as_bytes()),
    ];
    check(text(format!("{one}{other}")), &both);
    check(
        file("text/plain", "two.asc", format!("{one}{other}")),
        &both,
    );
    let all = format!("{one}{}", armour("AGE ENCRYPTED FILE", age));
    check(
        text(all),
        &[
            both[0],
            (Encryption::Age, b"age-encryption.org/v1\n-> X25519 abc"),
        ],
    );
    // One alone stays as it is, with its fields.
    let fields = one.replace("-----\n\n", "-----\nVersion: BCPG\n\n");
    let fields = fields.trim_end();
    check(
        text(fields),
        &[(Encryption::PgpAttached, fields.as_bytes())],
    );
}

#[test]
fn a_mail_that_was_saved_to_a_file_is_opened() {
    let der = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80".as_slice();
    let head = "MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n";
    let saved = format!("{head}{}\n", base64(der));
    let long = "Received: from a.example by b.example\n".repeat(400);
    for saved in [saved.clone(), format!("{long}{saved}")] {
        for (kind, name) in [
            ("application/octet-stream", "report.enc"),
            ("text/plain", "mail.eml"),
        ] {
            let bytes = mail(&[file(kind, name, saved.clone()).in_base64()]);
            let sealed = parse(&bytes, true).sealed;
            assert_eq!(sealed.encrypted, Some(Encryption::Smime), "{name}");
            let all = ciphers(&bytes).unwrap();
            assert_eq!((all.len(), all[0].bytes.as_slice()), (1, der));
        }
    }
    check(text(format!("As they say:\n{saved}")), &[]);
    check(
        text("Host: a.example\nContent-Type: text/plain\n\nbody\n"),
        &[],
    );
}

#[test]
fn what_is_enveloped_is_known_in_any_file() {
    let der = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80".as_slice();
    let auth =
        b"\x30\x82\x01\xef\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17\xa0\x82".as_slice();
    let signed = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80".as_slice();
    let octets = "application/octet-stream";
    for name in ["report.bin", "report.p7m", "report"] {
        for der in [der, auth] {
            let smime = [(Encryption::Smime, der)];
            check(file(octets, name, der).in_base64(), &smime);
            for mark in ["CMS", "PKCS7"] {
                let pem = armour(mark, &base64(der));
                check(file(octets, name, pem.clone()), &smime);
                check(text(format!("Hello,\n\n{pem}")), &smime);
            }
        }
        check(text(armour("CMS", &base64(signed))), &[]);
    }
    check(file(octets, "report.bin", signed).in_base64(), &[]);
}

#[test]
fn words_about_one_in_a_file_are_none() {
    let one = message();
    let each = |before: &str| {
        let lines = one.lines().map(|line| format!("{before}{line}\n"));
        format!("Hello,\n{}", lines.collect::<String>())
    };
    for body in [
        each("> "),
        each("+"),
        each("| "),
        each("# "),
        format!("let armour = \"{one}\";"),
        "Hello,\n-----BEGIN PGP MESSAGE-----\n[...]\n-----END PGP MESSAGE-----\n".to_owned(),
        format!("Hello,\n{}", armour("PGP PUBLIC KEY BLOCK", LINE)),
        format!("Hello,\n{}", armour("PGP SIGNATURE", LINE)),
        format!("Hello,\n{}", armour("CERTIFICATE", LINE)),
    ] {
        check(text(body.clone()), &[]);
        check(file("text/x-diff", "fix.patch", body), &[]);
    }
    // A file that is none of a text's.
    let mut binary = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n".to_vec();
    binary.extend_from_slice(one.as_bytes());
    check(file("image/png", "screen.png", binary), &[]);
}

#[test]
fn so_much_is_looked_through_and_of_each_file_some() {
    let after =
        |bytes: usize| format!("{}\n{}", "A line of a log.\n".repeat(bytes / 17), message());
    is_attached(text(after(400_000)));
    check(text(after(600_000)), &[]);
    // One that is long leaves room for others, and many leave a little.
    let long = || text("A line of a log.\n".repeat(100_000));
    let check = |files: usize, before: usize, is: bool| {
        let mut all: Vec<File> = (0..files).map(|_| long()).collect();
        all.push(text(after(before)));
        let sealed = parse(&mail(&all), true).sealed;
        assert_eq!(sealed.encrypted.is_some(), is, "{files} {before}");
    };
    check(1, 200_000, true);
    check(2, 100_000, true);
    check(2, 300_000, false);
    check(4, 3_000, true);
}
