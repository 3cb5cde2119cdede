//! The packets that begin an OpenPGP message in binary (RFC 9580 section 4.2).
//!
//! A file of no telling name is one where session keys come first and what they open comes
//! behind them, and where each length, version and algorithm is one that there is (sections
//! 5.1, 5.2 and 5.13): no other usual kind of file begins so, and of random ones not one in
//! 2^32. What LibrePGP writes and what PGP wrote is known too.

use super::role::Role;
use crate::mail::sealed::{Encryption, Signature};

/// How long a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    /// So many bytes.
    Known(usize),
    /// In pieces, the first of so many bytes; or up to the end of the file.
    Open(usize),
}

/// What the first byte says, for a file that is named as one of OpenPGP: what is encrypted
/// begins with a session key, or without one with the data; PGP writes a marker before it.
pub(super) fn first_packet(bytes: &[u8]) -> Role {
    let behind = MARKERS
        .iter()
        .find_map(|marker| bytes.strip_prefix(*marker));
    match behind
        .unwrap_or(bytes)
        .first()
        .and_then(|first| tag(*first))
    {
        Some(1 | 3 | 9 | 18 | 20) => Role::Encrypted(Encryption::PgpAttached),
        Some(2) => Role::Signed(Signature::PgpAttached),
        Some(_) | None => Role::Other,
    }
}

/// A marker (section 5.8), with its header in each of the two forms.
const MARKERS: [&[u8]; 2] = [b"\xa8\x03PGP", b"\xca\x03PGP"];

/// Whether a file that begins so may be a message: it is worth a longer look.
pub(super) fn may_be_message(bytes: &[u8]) -> bool {
    let tag = bytes.first().and_then(|first| tag(*first));
    matches!(tag, Some(1 | 3 | 10))
}

/// Whether a file that begins with these bytes, and goes on where they are `cut`, is a message
/// that is encrypted.
pub(super) fn is_message(bytes: &[u8], cut: bool) -> bool {
    let (mut rest, mut keys) = (bytes, 0_usize);
    loop {
        let Some((tag, length, behind)) = packet(rest) else {
            return rest.len() < HEADER && cut && keys > 0;
        };
        if matches!(tag, 9 | 18 | 20) {
            return keys > 0 && is_data(tag, length, behind);
        }
        let Length::Known(length) = length else {
            return false;
        };
        let Some((body, next)) = behind.split_at_checked(length) else {
            return cut && keys > 0 && matches!(tag, 1 | 3);
        };
        match tag {
            1 if is_public_key_session(body).is_some() => keys += 1,
            3 if is_password_session(body).is_some() => keys += 1,
            // Marker and padding.
            10 if body == b"PGP" => {}
            21 if keys > 0 => {}
            _ => return false,
        }
        rest = next;
    }
}

/// The longest header of a packet.
const HEADER: usize = 6;

fn tag(first: u8) -> Option<u8> {
    match first {
        0xc0.. => Some(first & 0x3f),
        0x80.. => Some((first >> 2) & 0x0f),
        _ => None,
    }
}

/// The tag and length of the first packet, and what stands behind its header.
fn packet(bytes: &[u8]) -> Option<(u8, Length, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let tag = tag(*first)?;
    let number = |from: usize, digits: usize| {
        let digits = rest.get(from..from + digits)?;
        Some(digits.iter().fold(0, |n, d| n << 8 | usize::from(*d)))
    };
    let (length, header) = match (first & 0x40, first & 3, *rest.first()?) {
        (0, 0, _) => (Length::Known(number(0, 1)?), 1),
        (0, 1, _) => (Length::Known(number(0, 2)?), 2),
        (0, 2, _) => (Length::Known(number(0, 4)?), 4),
        (0, ..) => (Length::Open(rest.len()), 0),
        (_, _, 255) => (Length::Known(number(1, 4)?), 5),
        (_, _, piece @ 224..) => (Length::Open(1 << (piece & 0x1f)), 1),
        (_, _, 192..) => (Length::Known(number(0, 2)? - (192 << 8) + 192), 2),
        (_, _, one) => (Length::Known(usize::from(one)), 1),
    };
    Some((tag, length, rest.get(header..)?))
}

/// What is encrypted: with a version, and where that is one with AEAD, with its fields.
fn is_data(tag: u8, length: Length, behind: &[u8]) -> bool {
    // A block, two bytes of it again, and something.
    let fits = match length {
        Length::Known(length) => length > 18,
        Length::Open(piece) => piece >= 512 || tag == 9,
    };
    let is_aead = |fields: &[u8]| match fields {
        [cipher, aead, chunk, ..] => is_cipher(*cipher) && is_aead(*aead) && *chunk <= 56,
        _ => true,
    };
    fits && match (tag, behind.split_first()) {
        (9, _) | (18, None | Some((1, _))) => true,
        (18, Some((2, fields))) | (20, Some((1, fields))) => is_aead(fields),
        _ => false,
    }
}

fn is_cipher(id: u8) -> bool {
    matches!(id, 1..=4 | 7..=13)
}

fn is_aead(id: u8) -> bool {
    (1..=3).contains(&id)
}

/// A session key for a public one; its fields fill it.
fn is_public_key_session(body: &[u8]) -> Option<()> {
    let fields = match body {
        [2 | 3, fields @ ..] => fields.get(8..)?,
        // No recipient; the fingerprint of a key of version 4, 5 or 6.
        [6, 0, fields @ ..] => fields,
        [6, length @ 21, 4, fields @ ..] | [6, length @ 33, 5 | 6, fields @ ..] => {
            fields.get(usize::from(*length) - 1..)?
        }
        _ => return None,
    };
    let (algorithm, fields) = fields.split_first()?;
    let sized = |from: usize| {
        let (length, key) = fields.get(from..)?.split_first()?;
        (key.len() == usize::from(*length) && !key.is_empty()).then_some(())
    };
    let none = |rest: &[u8]| rest.is_empty().then_some(());
    match algorithm {
        // RSA, Elgamal.
        1 | 2 => none(behind_number(fields)?),
        16 | 20 => none(behind_number(behind_number(fields)?)?),
        // ECDH, X25519, X448.
        18 => sized(fields.len() - behind_number(fields)?.len()),
        25 => sized(32),
        26 => sized(56),
        // ML-KEM beside X25519 and X448; Kyber as LibrePGP has it.
        35 => sized(32 + 1088),
        36 => sized(56 + 1568),
        8 => (fields.len() > 768).then_some(()),
        _ => None,
    }
}

/// What stands behind a number of many digits.
fn behind_number(bytes: &[u8]) -> Option<&[u8]> {
    let [high, low, digits @ ..] = bytes else {
        return None;
    };
    let bits = usize::from(u16::from_be_bytes([*high, *low]));
    digits.get(bits.div_ceil(8)..).filter(|_| bits > 0)
}

/// A session key for a password: of 16, 24 or 32 bytes, where it is not the password's own,
/// and with AEAD behind a nonce and before a seal.
fn is_password_session(body: &[u8]) -> Option<()> {
    let (key, around) = match body {
        [4, cipher, s2k @ ..] if is_cipher(*cipher) => {
            let key = behind_s2k(s2k)?;
            if key.is_empty() {
                return Some(());
            }
            (key, 1)
        }
        [5, cipher, aead, s2k @ ..] | [6, _, cipher, aead, _, s2k @ ..] if is_cipher(*cipher) => {
            let nonce = match aead {
                1 => 16,
                2 => 15,
                3 => 12,
                _ => return None,
            };
            (behind_s2k(s2k)?, nonce + 16)
        }
        _ => return None,
    };
    let key = key.len().checked_sub(around)?;
    matches!(key, 16 | 24 | 32).then_some(())
}

/// What stands behind how a password becomes a key (section 3.7).
fn behind_s2k(bytes: &[u8]) -> Option<&[u8]> {
    let is_hash = |id: u8| matches!(id, 1..=3 | 8..=14);
    match bytes {
        [0, hash, ..] if is_hash(*hash) => bytes.get(2..),
        [1, hash, ..] if is_hash(*hash) => bytes.get(10..),
        [3, hash, ..] if is_hash(*hash) => bytes.get(11..),
        [4, ..] => bytes.get(20..),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
