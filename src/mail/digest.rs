//! Recognises the same mail when it comes again.
//!
//! A mail that reaches us by two addresses, or again after a mailbox was rebuilt, has
//! other trace headers and the same content. The digest is over what people wrote:
//! author, date, subject, Message-ID, and the raw bytes of the body. All other header
//! fields are left out, unless nothing in the header could be read or the body never
//! begins: then the whole counts, so that two pieces of rubbish are two mails.

use super::parse::parse;
use super::{Author, Mail};
use sha2::{Digest, Sha256};

/// SHA-256 over the content of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentDigest([u8; 32]);

impl ContentDigest {
    /// 64 lower-case hex digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// Takes a mail in as it streams past; holds none of it.
#[derive(Clone, Debug, Default)]
pub struct Digester {
    head: Sha256,
    body: Sha256,
    line: Line,
}

/// By what a message is known again when its server numbers the folder anew: SHA-256, in
/// hex, over its size and its From, Date, Subject and Message-ID as they stand. `fields`
/// is a header that holds these four. None when it holds none of them.
pub fn fingerprint(fields: &[u8], size: u64) -> Option<String> {
    const NAMES: [&str; 4] = ["from", "date", "subject", "message-id"];
    let headers = parse(fields, true).headers;
    let mut sha = Sha256::new();
    let mut put = |part: &[u8]| {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    };
    put(b"gatepost fingerprint 1");
    put(&size.to_be_bytes());
    let mut found = false;
    for name in NAMES {
        for value in headers.all(name) {
            found = true;
            put(name.as_bytes());
            put(value.as_bytes());
        }
    }
    found.then(|| hex(&sha.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |n: u8| DIGITS.get(usize::from(n)).copied().unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Where in the header the last piece ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    /// At the beginning of a line.
    #[default]
    Empty,
    /// Behind a CR at the beginning of a line.
    Cr,
    /// Inside a line.
    Text,
    /// Behind the first empty line.
    Body,
}

impl Digester {
    /// Before the first byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes, in pieces of any size.
    pub fn update(&mut self, piece: &[u8]) {
        let head_bytes = piece
            .iter()
            .take_while(|byte| self.line.takes(**byte))
            .count();
        let (head, body) = piece.split_at_checked(head_bytes).unwrap_or((piece, b""));
        self.head.update(head);
        self.body.update(body);
    }

    /// The digest, with what was read from the same mail.
    pub fn finish(self, mail: &Mail) -> ContentDigest {
        let mut sha = Sha256::new();
        let mut put = |part: &[u8]| {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part);
        };
        put(b"gatepost content 1");
        put(author(mail).as_bytes());
        put(mail
            .date
            .map_or_else(|| raw(mail, "date"), |d| d.to_string())
            .as_bytes());
        put(mail.subject.raw().as_bytes());
        put(mail
            .message_id
            .as_ref()
            .map_or_else(|| raw(mail, "message-id"), ToString::to_string)
            .as_bytes());
        put(&self.body.finalize());
        if mail.headers.is_empty() || self.line != Line::Body {
            put(&self.head.finalize());
        }
        ContentDigest(sha.finalize().into())
    }
}

impl Line {
    /// Steps over one byte; `false` when it is of the body.
    fn takes(&mut self, byte: u8) -> bool {
        let next = match (*self, byte) {
            (Self::Body, _) => return false,
            (Self::Empty | Self::Cr, b'\n') => Self::Body,
            (Self::Text, b'\n') => Self::Empty,
            (Self::Empty, b'\r') => Self::Cr,
            (Self::Empty | Self::Cr | Self::Text, _) => Self::Text,
        };
        *self = next;
        true
    }
}

fn author(mail: &Mail) -> String {
    match &mail.author {
        Author::One { address, name } => format!("{}\n{}", address.key(), name.raw()),
        Author::Several | Author::Unusable => raw(mail, "from"),
    }
}

fn raw(mail: &Mail, name: &str) -> String {
    mail.headers.all(name).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(mail: &str) -> ContentDigest {
        let mut digester = Digester::new();
        digester.update(mail.as_bytes());
        digester.finish(&parse(mail.as_bytes(), true))
    }

    const MAIL: &str = "From: Kim <kim@example.net>\r\nSubject: hole\r\nMessage-ID: <1@example.net>\r\nDate: Sun, 22 Nov 2026 09:30:00 +0100\r\n\r\nbody\r\n\r\nmore";

    #[test]
    fn trace_headers_and_folding_make_no_other_mail() {
        let traced = format!(
            "Received: from here\r\nDelivered-To: b@c\r\n{}",
            MAIL.replace("Subject: hole", "subject:\r\n =?utf-8?q?hole?=")
        );
        assert_eq!(digest(MAIL), digest(&traced));
        assert_eq!(digest(MAIL).hex().len(), 64);
    }

    #[test]
    fn what_a_person_wrote_makes_another_mail() {
        for (from, to) in [
            ("kim@", "kin@"),
            ("Kim ", "Jim "),
            ("hole", "holes"),
            ("<1@", "<2@"),
            ("09:30:00", "09:30:01"),
            ("more", "more\r\n"),
            ("body\r\n", "body\n"),
        ] {
            assert_ne!(digest(MAIL), digest(&MAIL.replace(from, to)), "{from:?}");
        }
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        assert_ne!(
            digest("Subject: ab\nMessage-ID: <c@d>\n\n"),
            digest("Subject: a\nMessage-ID: <bc@d>\n\n")
        );
        assert_ne!(digest("From: a@b, c@d\n\nx"), digest("From: a@b, e@d\n\nx"));
    }

    #[test]
    fn two_pieces_of_rubbish_are_two_mails() {
        assert_ne!(digest("rubbish one"), digest("rubbish two"));
        assert_ne!(digest("rubbish one\n\nend"), digest("rubbish two\n\nend"));
        assert_ne!(digest("X: 1"), digest("X: 2"));
        assert_ne!(digest(""), digest("\n"));
    }

    #[test]
    fn the_size_of_the_pieces_is_nothing() {
        for mail in [
            MAIL,
            "\r\nbody",
            "\nbody",
            "A: b\n\nbody",
            "A: b\r\n\r\r\nbody",
            "A: b\r\n\r\n",
            "rubbish",
            "",
        ] {
            for size in 1..mail.len().max(2) {
                let mut digester = Digester::new();
                mail.as_bytes()
                    .chunks(size)
                    .for_each(|piece| digester.update(piece));
                assert_eq!(
                    digester.finish(&parse(mail.as_bytes(), true)),
                    digest(mail),
                    "{mail:?} in {size}"
                );
            }
        }
    }

    #[test]
    fn a_fingerprint_is_of_four_fields_and_the_size() {
        const HEAD: &str = "From: Kim <kim@example.net>\r\nDate: today\r\nSubject: a\r\n hole\r\nMessage-ID: <1@b>\r\n\r\n";
        let of = |head: &str, size| fingerprint(head.as_bytes(), size);
        assert_eq!(of(HEAD, 9).unwrap().len(), 64);
        let traced = format!("Received: here\r\n{}", HEAD.replace("\r\n hole", " hole"));
        assert_eq!(of(HEAD, 9), of(&traced, 9));
        for (from, to) in [
            ("kim@", "kin@"),
            ("today", "now"),
            ("hole", "holes"),
            ("<1@b>", "<2@b>"),
            ("Subject: a\r\n hole\r\n", ""),
            ("Date:", "X:"),
        ] {
            assert_ne!(of(HEAD, 9), of(&HEAD.replace(from, to), 9), "{from:?}");
        }
        assert_ne!(of(HEAD, 9), of(HEAD, 10));
        assert_eq!(of("\r\n", 9), None);
        assert_eq!(of("X: y\r\n\r\n", 9), None);
    }
}
