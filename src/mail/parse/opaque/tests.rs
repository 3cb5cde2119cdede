//! Shells of S/MIME as OpenSSL writes them, cut short, and made up.

use super::*;

/// A value with its tag and its length.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], &length[..], value].concat()
}

/// The same without a length.
fn open(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], value, &[0, 0]].concat()
}

fn oid(rest: &[u8]) -> Vec<u8> {
    let value = [&PKCS[..], rest].concat();
    [&[OID, u8::try_from(value.len()).unwrap()], &value[..]].concat()
}

type Wrap = fn(u8, &[u8]) -> Vec<u8>;

fn signed(wrap: Wrap, content: &[u8]) -> Vec<u8> {
    let inner = wrap(SEQUENCE, &[oid(&[7, 1]), wrap(CONTENT, content)].concat());
    let fields = [tlv(2, &[1]), tlv(0x31, &[]), inner, tlv(0x31, b"x")].concat();
    let data = wrap(SEQUENCE, &fields);
    wrap(SEQUENCE, &[oid(&[7, 2]), wrap(CONTENT, &data)].concat())
}

#[test]
fn the_mail_inside_is_found_whole_or_in_pieces() {
    for wrap in [tlv as Wrap, open] {
        let whole = signed(wrap, &tlv(OCTETS, b"a mail"));
        assert_eq!(signed_mail(&whole).as_deref(), Some(&b"a mail"[..]));
        let pieces = [tlv(OCTETS, b"a "), tlv(OCTETS, b"mail")].concat();
        let pieces = signed(wrap, &wrap(OCTETS_IN_PIECES, &pieces));
        assert_eq!(signed_mail(&pieces).as_deref(), Some(&b"a mail"[..]));
        assert_eq!(kind(&pieces), Some(Kind::Signed));
    }
}

#[test]
fn other_content_is_told_apart() {
    for (rest, wanted) in [
        (&[7, 3][..], Some(Kind::Enveloped)),
        (&[7, 6], Some(Kind::Enveloped)),
        (&[9, 16, 1, 23], Some(Kind::Enveloped)),
        (&[7, 1], Some(Kind::Else)),
        (&[9, 16, 1, 9], Some(Kind::Else)),
    ] {
        let bytes = tlv(SEQUENCE, &[oid(rest), tlv(CONTENT, b"x")].concat());
        assert_eq!(
            (kind(&bytes), signed_mail(&bytes)),
            (wanted, None),
            "{rest:?}"
        );
    }
    for bytes in [
        &b""[..],
        b"-----BEGIN PKCS7-----",
        b"\x30",
        b"\x30\x80",
        b"\x30\x80\x06\x01\x2a",
    ] {
        assert_eq!(kind(bytes), None, "{bytes:?}");
    }
}

#[test]
fn what_is_cut_short_or_made_up_ends_without_a_panic() {
    for wrap in [tlv as Wrap, open] {
        let whole = signed(wrap, &tlv(OCTETS, b"a mail"));
        for cut in 0..whole.len() {
            let _ = signed_mail(&whole[..cut]);
        }
        for at in 0..whole.len() {
            for byte in [0, 0x1f, 0x24, 0x7f, 0x80, 0x88, 0xff] {
                let mut other = whole.clone();
                other[at] = byte;
                let _ = signed_mail(&other);
            }
        }
    }
    // A signature without its mail, and strings in pieces without end.
    let bare = tlv(SEQUENCE, &oid(&[7, 1]));
    let fields = [tlv(2, &[1]), tlv(0x31, &[]), bare].concat();
    let data = tlv(CONTENT, &tlv(SEQUENCE, &fields));
    assert_eq!(
        signed_mail(&tlv(SEQUENCE, &[oid(&[7, 2]), data].concat())),
        None
    );
    let deep = [OCTETS_IN_PIECES, 0x80].repeat(100_000);
    assert_eq!(signed_mail(&signed(open, &deep)), None);
}

#[test]
fn a_file_that_is_signed_stays_a_file() {
    use crate::mail::parse::{contents, parse};
    let mail = |kind: &str, content: &[u8]| {
        let head = format!(
            "From: mia@example.net\nContent-Type: {kind}\nContent-Disposition: attachment\nContent-Transfer-Encoding: binary\n\n"
        );
        [head.as_bytes(), &signed(tlv, &tlv(OCTETS, content))].concat()
    };
    let request = &b"POST /login HTTP/1.1\nContent-Type: text/plain\n\nThe rest."[..];
    for kind in [
        "application/octet-stream; name=\"report.pdf.p7m\"",
        "application/pkcs7-mime; name=smime.p7m",
    ] {
        for content in [&b"%PDF-1.4 /Type /Catalog"[..], b"", request, b"a: b\n\nc"] {
            let bytes = mail(kind, content);
            let read = parse(&bytes, true);
            assert_eq!((read.text.raw(), read.attachments.len()), ("", 1), "{kind}");
            assert_eq!(contents(&bytes).unwrap().len(), 1);
        }
        for content in [
            &b"Content-Type: text/plain\n\nHello"[..],
            b"MIME-Version: 1.0\n\nHello",
        ] {
            let read = parse(&mail(kind, content), true);
            assert_eq!((read.text.raw(), read.attachments.len()), ("Hello", 0));
        }
    }
}

#[test]
fn a_text_in_a_shell_that_stays_closed_is_not_every_text() {
    use crate::mail::parse::every_text;
    let content = b"Content-Type: text/plain\n\nAssessment: accepted";
    let shell = [
        &b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: binary\n\n"[..],
        &signed(tlv, &tlv(OCTETS, content)),
    ]
    .concat();
    let of_all = |bytes: &[u8]| every_text(bytes).map(|all| all.len());
    assert_eq!(of_all(&shell), Some(2));
    for (head, wanted) in [
        ("mixed; boundary=b\n\n--b\n", None),
        ("mixed; boundary=x\n\n--x\n\nHello\n--b\n", Some(2)),
    ] {
        let whole = format!("Content-Type: multipart/{head}");
        assert_eq!(
            of_all(&[whole.as_bytes(), &shell, b"\n--b--\n"].concat()),
            wanted
        );
    }
}
