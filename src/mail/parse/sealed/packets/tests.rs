//! What GnuPG, Sequoia and the RFC begin a message with, and what is none.

use super::super::super::decode::Encoding;
use super::*;
use proptest::prelude::*;

/// To a key, by GnuPG.
const TO_A_KEY: &str = "hF4DZPLDSozy22YSAQdAOIOTpA58UWpk7+HysAM27I5ledDPgIFoGFTmmflSCWcwrsku8BsHpP/ybokx0DQ7dodvkrdrIQrVfGVmhZgXTGDA6fg+PVDgPLv2FYvkpKDg0kQBv0CW711Q9ZnGrUhDn3tOpYkf4smlOtldEm/NqXsj/X941HJ9PW3uZakXDh/QneP3DklGEDde3taN+cPxO7HIu9dKlw==";
/// With a password.
const WITH_A_PASSWORD: &str = "jA0ECQMCDBVn9bl6tRz/0j4B9eLjeaKjkma/dWv6IOYOwff19tdOC8o7t5tLH9G8IVPbdcazeao8LFFKomR7gew60zthY/y2nl2Oaa8r5A==";

/// Messages, each of another kind.
const MESSAGES: [&str; 8] = [
    TO_A_KEY,
    WITH_A_PASSWORD,
    // To a key, and with a password too.
    "hF4DZPLDSozy22YSAQdAV66jnzoWTifOxS+YN3fK4WAhn0H1t3yDUvZ++5oE1xQw/YSOdtFSQ+DoDE/cff2necE5rGZMDuW9J212Q3piwlf71J9BOMU9ea9oU2HalLuAjC4ECQMCCnxNTd1/Yx3/dltLgs6x2eXYKKZzK7q4I/SU0hrOW7i4fTIBCBolZVhH0kQBfDZ/DUyYNHfKZjqUz9eMw18lMtTjoyn/iQ8pr+VV8PKoG+CKUjwtZC2ULcYFppiL72xXhogPPzwkHcAj1L6TpeeZkg==",
    // As PGP did, without a seal of its own.
    "hF4DZPLDSozy22YSAQdAtsn8cpawYn+nlhBN/Ibbz44Waznc3DW7BM10Ojrt8RMwzY9SPpqP7Ds6bm15+OvA9PYAWVDuX6rlZaOEknbd1M5feq9Ob12AGy82RAMjhV8YyS19z01Q9ib5FSP5TbTlpo3swtI6APteqW4+2isTcM3qHngMN6MxEwGMa5DoayE=",
    // By Sequoia, whose headers are all of the new form.
    "wV4DZPLDSozy22YSAQdAtX8G7R5Na8fUPlsAbZ6Ru/kuPD5Zn/4qCk+SCGjUV0EwH/k+kcdTZHYjyoHKSjN9rYX+mWcWu1Iv5oyLqJcT+vZ6KS+aw4z3wWDR2G2X1ShI0j0BaZt7diUzgY1yt8+WqITo9lbAnNR1G/Zb0dGyi91h4ODw9kXSr0WKxTYz0+GgOqKbKgSyJQ47XQ9WJX8V",
    // RFC 9580, appendices A.8, A.9 and A.12: keys of version 6, AEAD, Argon2.
    "wV0GIQYSyD8ecG9jCP4VGkF3Q6HwM3kOk+mXhIjR2zeNqZMIhRmHzxjV8bU/gXzOWgBM85PMiVi93AZfJfhK9QmxfdNnZBjeo1VDeVZheQHgaVf7yopqR6W1FT6NOrfSaQIHAgZhZBZTW+CwcW1g4FKlbExAf56zaw76/prQoN+bAzxpohup69LA7JW/Vp0lyZnuSj3hcFj0DfqLTGgr4/u717J+sPWbtQBfgMfG9AOIwwrUBqsFE9zW+f1zdlYobhF30A+IitsxxA==",
    "w0AGHgcBCwMIpa5XnR/F2Cv/aSJPkZmTs1Bvo7WaanPP+MXvxfQcV/tU4cImgV14KPX5LEVOtl6+AKtZhsaObnxV0mkCBwEGn/kOOzIZZPOkKRPI3MZhkyUBUifvt+rqpJ8EwuZ0F11KPSJu1q/LnKmsEiwUcOEcY9TAqyQcapOK1Iv5mlqZuQu6gyXeYQR1QCWKt5Wala0FHdqW6xVDHf719eIlXKeCYVRuM5o=",
    "wycEBwScUvg8J/leUNU1RA7N/zE2AQQVnlL8rSLPP5VlQsunlO+ECxHSPgGYGKY+YJz4u6F+DDlDBOr5NRQXt/KJIf4m4mOlKyC/uqLbpnLJZMnTq3o79GxBTdIdOzhHXfA3pqV4mTzF",
];

fn bytes(base64: &str) -> Vec<u8> {
    Encoding::Base64.decode(base64.as_bytes()).into_owned()
}

/// A session key to a public one of this algorithm, and data behind it.
fn made(algorithm: u8, fields: &[u8], data: &[u8]) -> Vec<u8> {
    let mut key = vec![3, 1, 2, 3, 4, 5, 6, 7, 8, algorithm];
    key.extend(fields);
    let length = u16::try_from(key.len()).unwrap().to_be_bytes();
    [&[0x85][..], &length, &key, data].concat()
}

/// The beginning of data in pieces.
const DATA: [u8; 4] = [0xd2, 0xed, 1, 0];

fn check(bytes: &[u8], is: bool) {
    assert!(may_be_message(bytes) || !is);
    assert_eq!(is_message(bytes, false), is, "{bytes:02x?}");
}

#[test]
fn what_programs_write_is_a_message() {
    for message in MESSAGES {
        check(&bytes(message), true);
    }
    // A marker before it.
    let message = bytes(TO_A_KEY);
    check(&[b"\xca\x03PGP".as_slice(), &message].concat(), true);
    check(&[b"\xca\x03PGQ".as_slice(), &message].concat(), false);
    let rsa = [&[0x0b, 0xfe][..], &[7; 384]].concat();
    let elgamal = [rsa.as_slice(), &rsa].concat();
    let sized = |skipped: usize| [&vec![7; skipped][..], &[41], &[7; 41]].concat();
    for (algorithm, fields) in [
        (1, rsa),
        (16, elgamal),
        (25, sized(32)),
        (26, sized(56)),
        (35, sized(32 + 1088)),
        (36, sized(56 + 1568)),
        (8, vec![7; 1200]),
    ] {
        check(&made(algorithm, &fields, &DATA), true);
        check(&made(algorithm, &fields, &[0xd4, 0xed, 1, 9, 2, 16]), true);
        for data in [
            &[][..],
            &[0xd2],
            &[0xd2, 0xed, 3],
            &[0xd2, 0xe1, 1],
            &[0xd2, 5, 1, 0, 0, 0, 0],
            &[0xd4, 0xed, 1, 9, 9, 16],
            &[0xcb, 20],
            b"else",
        ] {
            check(&made(algorithm, &fields, data), false);
        }
        let short = fields.split_last().unwrap().1;
        check(&made(algorithm, short, &DATA), algorithm == 8);
        check(&made(99, &fields, &DATA), false);
    }
}

#[test]
fn of_many_session_keys_the_first_tell() {
    let message = bytes(TO_A_KEY);
    let many = message.get(..96).unwrap().repeat(40);
    let cut = many.get(..3000).unwrap();
    assert!(is_message(cut, true));
    assert!(!is_message(cut, false));
    // A first one that is no longer there says nothing.
    assert!(!is_message(many.get(..90).unwrap(), true));
    assert!(!is_message(&[], true));
}

#[test]
fn what_is_not_encrypted_is_none() {
    for other in [
        // A signature, what is signed around a text, with and without its shell, a key.
        "iIYEABYIAC4WIQRAX6kk1v8ukGFWlDRu3VEP5DmI9gUCawPbSBAcZWNjQGV4YW1wbGUub3JnAAoJEG7dUQ/kOYj2iH8BAIP3QOVWgKVSFPqdMVp0mrKIhuc3KKS/0KgzRPyyV2t/AP9r0XhLBhQuT6xjS6e+nvfPuFshzpiPrJ5B12PoaaXEAA==",
        "owGbwMvMwCGWdzeQ/4llxzfGNfxJbBmZeiUVJdnMtz0yMrk62lgYxDgY9MQUWRziV6pc+683ITFsiglMAysTSJ2ATGpyskNqRWJuQU6qXn5ROgMXpwBMSUc9I0Pzd4enYQ1Lg0R+zTWMKpm1qaPtubnGkv0XVhi7/NkUnl3P8D/7YoU3m4ie/5pk7+X75n0/vyNa8dyM/jXzHK8nv8hceoQBAA==",
        "kA0DAAgWbt1RD+Q5iPYBrA9iBmhpLnR4dGsD20hoaQqIhgQAFggALhYhBEBfqSTW/y6QYVaUNG7dUQ/kOYj2BQJrA9tIEBxlY2NAZXhhbXBsZS5vcmcACgkQbt1RD+Q5iPaIfwEAg/dA5VaApVIU+p0xWnSasoiG5zcopL/QqDNE/LJXa38A/2vReEsGFC5PrGNLp76e98+4WyHOmI+snkHXY+hppcQA",
        "mDMEawPZKBYJKwYBBAHaRw8BAQdAI9ZD04crwJCc1xo11YnBDI7rFcLFGAeR0KbJA9qYRBm0FWVjYyA8ZWNjQGV4YW1wbGUub3JnPoiQBBMWCAA4FiEEQF+p",
    ] {
        check(&bytes(other), false);
    }
    // The data without a session key: two bytes, as any file may have them.
    check(&DATA, false);
}

/// How usual files begin.
const FORMATS: [&[u8]; 30] = [
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"PK\x03\x04\x14\0\0\0\x08\0",
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    b"\x7fELF\x02\x01\x01\0",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"\0\0\0\x20ftypisom\0\0\x02\0",
    b"MZ\x90\0\x03\0\0\0",
    b"GIF89a",
    b"RIFF\x24\x08\0\0WAVEfmt ",
    b"BZh91AY&SY",
    b"\xfd7zXZ\0\0\x04",
    b"7z\xbc\xaf\x27\x1c\0\x04",
    b"\x28\xb5\x2f\xfd\x04",
    b"Rar!\x1a\x07\x01\0",
    b"\xca\xfe\xba\xbe\0\0\0\x34",
    b"\xcf\xfa\xed\xfe\x07\0\0\x01",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xd4\xc3\xb2\xa1\x02\0\x04\0",
    b"\x0a\x0d\x0d\x0a\x1c\0\0\0",
    b"SQLite format 3\0",
    b"\x1aE\xdf\xa3\x9fB\x86\x81",
    b"\0asm\x01\0\0\0",
    b"OggS\0\x02\0\0",
    b"ID3\x04\0\0\0\0",
    b"II*\0\x08\0\0\0",
    b"\x30\x82\x03\x0a\x02\x01\x03\x30\x82",
    b"\x84\0\0\0\x03\0\0\0",
    b"\x85\x01\x8c\x03",
    b"\xc1\x5e\x03",
];

#[test]
fn no_usual_file_and_no_random_one_is_a_message() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()
    };
    let mut tail = [0; 512];
    for _ in 0..2_000 {
        tail.chunks_exact_mut(8)
            .for_each(|eight| eight.copy_from_slice(&random()));
        assert!(!is_message(&tail, true), "{tail:02x?}");
        for begin in FORMATS {
            let file = [begin, tail.as_slice()].concat();
            assert!(!is_message(&file, true), "{begin:02x?}");
        }
    }
}

proptest! {
    /// The length of the first packet, and its version.
    #[test]
    fn a_length_that_does_not_fit_is_none(which in 0..MESSAGES.len(), n in 1_usize..3, other: u8) {
        let mut message = bytes(MESSAGES[which]);
        // To version 3 stands what stands to version 2.
        prop_assume!(message[n] != other && (n, other) != (2, 2));
        message[n] = other;
        prop_assert!(!is_message(&message, false), "{:02x?}", message.get(..3));
    }

    #[test]
    fn no_bytes_make_it_fail(begin in 0..MESSAGES.len(), keep in 0_usize..120, tail: Vec<u8>, cut: bool) {
        let message = bytes(MESSAGES[begin]);
        let kept = message.get(..keep.min(message.len())).unwrap();
        is_message(&[kept, &tail].concat(), cut);
    }
}

#[test]
fn behind_a_marker_stands_what_counts() {
    for marker in MARKERS {
        let begins = |with: &[u8]| first_packet(&[marker, with].concat());
        let encrypted = Role::Encrypted(Encryption::PgpAttached);
        assert_eq!(begins(&[0xc1, 0xc0]), encrypted);
        assert_eq!(begins(&[0xc3]), encrypted);
        assert_eq!(begins(&[0xc6]), Role::Other);
        assert_eq!(begins(&[]), Role::Other);
    }
    let armour = "-----BEGIN PGP MESSAGE-----\n\nqANQR1DBwE4D\n-----END PGP MESSAGE-----\n";
    assert!(crate::mail::parse::is_encrypted(armour));
    let other = armour.replace("1DBwE4D", "1DGwE4D");
    assert!(!crate::mail::parse::is_encrypted(&other));
}
