//! Letters read back as what they were, and no text becomes more than text.

use super::*;
use crate::mail::parse::parse;
use proptest::prelude::*;

pub(super) fn letter(marks: Marks) -> Outgoing {
    let address = |text| Address::parse(text).unwrap();
    Outgoing {
        from: address("security@example.org"),
        from_name: "Example Inc.".into(),
        to: address("mia@example.net"),
        subject: "We have your report [SEC-2026-0042]".into(),
        body: "Hello,\n\nthank you.\n.\n-- \nExample".into(),
        message_id: MessageId::fresh([7; 16], "example.org"),
        date: "2026-11-22T08:30:00Z".parse().unwrap(),
        in_reply_to: MessageId::parse("<1@example.net>"),
        references: MessageId::parse_all("<0@example.net> <1@example.net>"),
        marks,
        loop_tag: "security@example.org".into(),
        enclosed: None,
    }
}

#[test]
fn a_file_goes_with_a_letter_byte_for_byte_and_its_name_is_harmless() {
    let check = |name: &str, wanted: &str| {
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let enclosed = Enclosed::new(name, bytes.clone()).unwrap();
        let letter = Outgoing {
            enclosed: Some(enclosed),
            ..letter(Marks::ByPerson)
        };
        let composed = compose(&letter).unwrap();
        assert_eq!(
            compose(&letter).unwrap(),
            composed,
            "twice the same message"
        );
        let mail = parse(&composed, true);
        assert_eq!(
            mail.text.raw().trim_end().replace("\r\n", "\n"),
            "Hello,\n\nthank you.\n.\n-- \nExample"
        );
        let part = mail.attachments.first().unwrap();
        assert_eq!((part.name.raw(), part.bytes), (wanted, 5000));
        assert_eq!(part.kind, "application/octet-stream");
        let text = String::from_utf8(composed).unwrap();
        let (_, encoded) = text.split_once("base64\r\n\r\n").unwrap();
        let encoded = encoded.split("\r\n--").next().unwrap();
        assert_eq!(from_base64(encoded), bytes);
    };
    check("patch.diff", "patch.diff");
    check("../../etc/pass wd\r\nBcc: x", "pass_wd__Bcc__x");
    check("C:\\x\\..hidden\u{202e}.exe", "hidden_.exe");
    check("/", "attachment");
    check(
        &format!("{}.txt", "n".repeat(500)),
        &format!("{}.txt", "n".repeat(76)),
    );
    let too_large = vec![0; Enclosed::BYTES_AT_MOST + 1];
    assert_eq!(Enclosed::new("x", too_large), None);
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for digit in text.chars().filter_map(|c| DIGITS.find(c)) {
        held = held << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}

fn fields(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap();
    head.split("\r\n")
        .filter(|l| !l.starts_with([' ', '\t']))
        .map(|l| l.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_letter_is_these_bytes() {
    let bytes = compose(&letter(Marks::Acknowledgement)).unwrap();
    let expected = "From: \"Example Inc.\" <security@example.org>\r\nTo: mia@example.net\r\n\
        Subject: We have your report [SEC-2026-0042]\r\nDate: Sun, 22 Nov 2026 08:30:00 +0000\r\n\
        Message-ID: <07070707070707070707070707070707@example.org>\r\nIn-Reply-To: <1@example.net>\r\n\
        References: <0@example.net> <1@example.net>\r\nAuto-Submitted: auto-replied\r\nPrecedence: auto_reply\r\n\
        X-Auto-Response-Suppress: All\r\nX-Loop: security@example.org\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\
        Hello,\r\n\r\nthank you.\r\n.\r\n-- \r\nExample\r\n";
    assert_eq!(String::from_utf8_lossy(&bytes), expected);
    assert_eq!(compose(&letter(Marks::Acknowledgement)).unwrap(), bytes);
}

#[test]
fn a_letter_says_who_wrote_it() {
    let said = |marks| {
        let mail = parse(&compose(&letter(marks)).unwrap(), true);
        ["auto-submitted", "precedence", "x-auto-response-suppress"]
            .map(|n| mail.headers.first(n).map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        said(Marks::Acknowledgement),
        [some("auto-replied"), some("auto_reply"), some("All")]
    );
    assert_eq!(
        said(Marks::Reminder),
        [some("auto-generated"), None, some("All")]
    );
    assert_eq!(said(Marks::ByPerson), [None, None, None]);
}

#[test]
fn a_subject_is_one_visible_line_and_is_not_decoded_twice() {
    let subject = |text: &str| {
        let bytes = compose(&Outgoing {
            subject: text.into(),
            ..letter(Marks::ByPerson)
        })
        .unwrap();
        parse(&bytes, true).subject.raw().to_owned()
    };
    assert_eq!(
        subject("Re: a\r\nBcc: b@c.example\u{202e}"),
        "Re: a  Bcc: b@c.example"
    );
    assert_eq!(subject("=?utf-8?q?a=0D=0ABcc?="), "= ?utf-8?q?a=0D=0ABcc?=");
    assert_eq!(subject("grüße 漢"), "grüße 漢");
    assert_eq!(subject(&"x".repeat(5_000)).len(), SUBJECT);
}

#[test]
fn a_long_thread_keeps_its_root_and_its_end() {
    let references = (0..500)
        .filter_map(|n| MessageId::parse(&format!("{n}@a")))
        .collect();
    let bytes = compose(&Outgoing {
        references,
        ..letter(Marks::ByPerson)
    })
    .unwrap();
    let kept = parse(&bytes, true).references;
    assert_eq!(
        (
            kept.len(),
            kept[0].as_str(),
            kept[1].as_str(),
            kept[19].as_str()
        ),
        (20, "0@a", "481@a", "499@a")
    );
}

#[test]
fn a_date_that_cannot_be_written_is_an_error() {
    let composed = |date| {
        compose(&Outgoing {
            date,
            ..letter(Marks::ByPerson)
        })
    };
    for date in [
        Timestamp::MIN,
        Timestamp::UNIX_EPOCH - jiff::SignedDuration::from_nanos(1),
    ] {
        assert_eq!(composed(date), Err(ComposeError::Date(date)));
    }
    for date in [Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        assert!(composed(date).is_ok(), "{date}");
    }
}

/// Texts made of what forges headers, ends messages and breaks lines.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = [
        "\r\n",
        "\n",
        "\r",
        "\0",
        "Bcc: x@y.example",
        ".",
        "\r\n.\r\n",
        "=?utf-8?q?",
        "?=",
        "\u{1b}",
        "\u{85}",
        "\u{2028}",
        "ü",
        "\"",
        "\\",
        "<",
        ">",
        "(",
        ",",
        ":",
        " ",
        "\t",
        "a",
        "long-word-",
        "😀",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|p| p.concat())
}

proptest! {
    #[test]
    fn no_text_brings_a_header_of_its_own(subject in hostile(), from_name in hostile(), body in hostile(), loop_tag in hostile()) {
        let plain = letter(Marks::Acknowledgement);
        let hostile = Outgoing { subject, from_name, body, loop_tag, ..plain.clone() };
        let bytes = compose(&hostile).unwrap();
        prop_assert_eq!(fields(&bytes), fields(&compose(&plain).unwrap()));
        prop_assert!(bytes.split(|b| *b == b'\n').all(|l| l.len() <= 998 && (l.is_empty() || l.ends_with(b"\r"))));
        prop_assert!(!bytes.iter().any(|b| *b < 9 || matches!(b, 11 | 12 | 14..=31 | 127)));
        let back = parse(&bytes, true);
        prop_assert_eq!(back.author.address(), Some(&plain.from));
        prop_assert_eq!(back.recipients, vec![plain.to]);
    }

    #[test]
    fn every_address_can_be_written_to(text in "[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,20}@[a-z0-9_-]{1,8}(\\.[a-z0-9_-]{1,8}){0,3}") {
        if let Some(to) = Address::parse(&text) {
            let bytes = compose(&Outgoing { to: to.clone(), ..letter(Marks::ByPerson) }).unwrap();
            prop_assert_eq!(parse(&bytes, true).recipients, vec![to]);
        }
    }
}

#[test]
fn addresses_of_every_kind_can_be_written_to() {
    for text in [
        "jörg@exämple.de",
        "u@[127.0.0.1]",
        "u@[IPv6:::1]",
        "u@localhost",
        "o'neil@a_b.example",
        "ann\u{a6}@example.com",
        "\u{1f600}@example.net",
        "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}@example.net",
    ] {
        let to = Address::parse(text).unwrap();
        let written = compose(&Outgoing {
            to: to.clone(),
            ..letter(Marks::ByPerson)
        });
        assert_eq!(parse(&written.unwrap(), true).recipients, [to]);
    }
}
