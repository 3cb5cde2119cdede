//! In which of its shapes a mail is encrypted or signed, and what there is to decrypt.
//!
//! The shapes: PGP/MIME (RFC 3156), also as Exchange leaves it, a multipart/mixed with the
//! same parts; an OpenPGP message in the text, also in HTML (`armour`); one as a file; S/MIME
//! (RFC 8551), whose enveloped and signed data bear one type and are told apart by what
//! they begin with; age. An armour that is quoted was written by somebody else, and a key is
//! neither encrypted nor a signature. A mail that forwards an encrypted one as a part is
//! encrypted as that one is, unless it is a report of a delivery.
//!
//! Known faults: a quote without a mark is taken for what they wrote; a message that is
//! signed and not encrypted, without a frame of clear text, is taken for encrypted: nobody
//! can read it without a program either.

mod armour;

use super::media::Media;
use super::walk::{Found, Leaf};
use super::{head, leaves, opaque, opened, readable};
use crate::mail::Foreign;
use crate::mail::sealed::{Encryption, MESSAGE, SIGNATURE, Sealed, Signature};
pub(super) use armour::is_encrypted;

/// So many bytes of a part tell what it is.
const LOOKED_AT: usize = 4096;
/// Of one whose name says nothing.
const BEGINNING: usize = 160;
/// A mail in a mail in a mail is opened, and no more.
const DEPTH: usize = 3;

/// Something that a key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cipher {
    /// Its shape.
    pub shape: Encryption,
    /// The name of the file, where it is one.
    pub name: Foreign,
    /// What a program decrypts.
    pub bytes: Vec<u8>,
}

/// The shapes of a mail of which `chosen` leaves give the readable text.
pub(super) fn sealed(found: &Found<'_>, chosen: &[usize], text: &str) -> Sealed {
    sealed_at(found, chosen, text, 0)
}

fn sealed_at(found: &Found<'_>, chosen: &[usize], text: &str, depth: usize) -> Sealed {
    let texts = armour::texts(found, chosen, text);
    let (mut encrypted, mut signed) = (None, None);
    let of_frame = found.has_encrypted.then_some(Encryption::PgpMime);
    let is_framed = texts.iter().any(|text| armour::is_framed(text));
    let text_signed = is_framed.then_some(Signature::PgpInline);
    for (n, leaf) in found.leaves.iter().enumerate() {
        let role = match chosen.contains(&n) {
            true => Role::Other,
            false => role(leaf),
        };
        match role {
            Role::Encrypted(shape) => encrypted = first(encrypted, Some(shape)),
            Role::Signed(shape) => signed = signed.or(Some(shape)),
            Role::Other => {}
        }
    }
    let own = of_frame.or(first(armour::encrypted(&texts), encrypted));
    let forwarded = || {
        let mut mails = found.leaves.iter().filter(|_| forwards(found, depth));
        mails.find_map(|leaf| within(leaf, |f, c, t| sealed_at(f, c, t, depth + 1).encrypted)?)
    };
    Sealed {
        encrypted: own.or_else(forwarded),
        signed: signed.or(text_signed),
    }
}

/// Whether the mails in it are forwarded by a person. What a report of a delivery gives back
/// may be a letter of ours.
fn forwards(found: &Found<'_>, depth: usize) -> bool {
    depth < DEPTH && found.report.is_none()
}

/// Looks into a mail that is a part of another.
fn within<T>(leaf: &Leaf<'_>, look: impl FnOnce(&Found<'_>, &[usize], &str) -> T) -> Option<T> {
    let is_mail = ["message/rfc822", "message/global"].contains(&leaf.media.kind.as_str());
    let body = is_mail.then(|| leaf.media.encoding.decode(leaf.body))?;
    let head = head::split(&body);
    let inner = opened(&head);
    let found = leaves(&head, inner.as_deref());
    let (text, chosen) = readable(&found);
    Some(look(&found, &chosen, &text))
}

/// The shape that says more of the whole mail.
fn first(a: Option<Encryption>, b: Option<Encryption>) -> Option<Encryption> {
    let rank = |shape: &Encryption| match shape {
        Encryption::PgpMime => 0,
        Encryption::Smime => 1,
        Encryption::PgpInline => 2,
        Encryption::PgpAttached => 3,
        Encryption::Age => 4,
    };
    a.into_iter().chain(b).min_by_key(rank)
}

/// What there is to decrypt, in order.
pub(super) fn ciphers(found: &Found<'_>, chosen: &[usize], text: &str) -> Vec<Cipher> {
    ciphers_at(found, chosen, text, 0)
}

fn ciphers_at(found: &Found<'_>, chosen: &[usize], text: &str, depth: usize) -> Vec<Cipher> {
    let is_mark = |leaf: &Leaf<'_>| leaf.media.kind == "application/pgp-encrypted";
    let framed = found.has_encrypted || found.leaves.iter().any(is_mark);
    let mut all = Vec::new();
    for (n, leaf) in found.leaves.iter().enumerate() {
        if chosen.contains(&n) {
            continue;
        }
        let holds = holds(leaf);
        let shape = match role(leaf) {
            _ if framed && holds == Some(Pgp::Message) => Encryption::PgpMime,
            // RFC 3156 section 4: it is the second part, whatever stands in it.
            _ if framed && leaf.media.kind == "application/octet-stream" => Encryption::PgpMime,
            Role::Encrypted(Encryption::PgpMime) => continue,
            Role::Encrypted(shape) => shape,
            Role::Signed(_) | Role::Other => continue,
        };
        all.push(Cipher {
            shape,
            name: leaf.media.file_name.clone(),
            bytes: leaf.media.encoding.decode(leaf.body).into_owned(),
        });
    }
    all.extend(armour::ciphers(&armour::texts(found, chosen, text)));
    if all.is_empty() && forwards(found, depth) {
        let mails = found.leaves.iter();
        let inner = mails.filter_map(|leaf| within(leaf, |f, c, t| ciphers_at(f, c, t, depth + 1)));
        all.extend(inner.flatten());
    }
    all
}

/// What a part is, by its type, its name and its beginning.
enum Role {
    Encrypted(Encryption),
    Signed(Signature),
    Other,
}

fn role(leaf: &Leaf<'_>) -> Role {
    match leaf.media.kind.as_str() {
        "application/pgp-encrypted" => Role::Encrypted(Encryption::PgpMime),
        "application/pgp-signature" => Role::Signed(Signature::PgpMime),
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            Role::Signed(Signature::Smime)
        }
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => smime(leaf, true),
        _ if is_shell(&leaf.media) => smime(leaf, false),
        "text/html" => Role::Other,
        _ => match holds(leaf) {
            Some(Pgp::Message) => Role::Encrypted(Encryption::PgpAttached),
            Some(Pgp::Age) => Role::Encrypted(Encryption::Age),
            Some(Pgp::Signature) => Role::Signed(Signature::PgpAttached),
            Some(Pgp::Else) | None => Role::Other,
        },
    }
}

/// Whether a part is signed with S/MIME around a text that was not opened.
pub(super) fn hides_text(found: &Found<'_>) -> bool {
    let is_shell = |leaf| matches!(role(leaf), Role::Signed(Signature::SmimeOpaque));
    found.leaves.iter().any(is_shell)
}

/// It may be S/MIME around a mail: by its type, or by its name where a server knew no better.
pub(super) fn is_shell(media: &Media) -> bool {
    match media.kind.as_str() {
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => true,
        "application/octet-stream" => ends(media, &[".p7m"]),
        _ => false,
    }
}

/// By what it begins with, else by what it says of itself; else, where its type is that of
/// S/MIME, it is taken for encrypted.
fn smime(leaf: &Leaf<'_>, by_type: bool) -> Role {
    let begins = leaf.media.encoding.decode_beginning(leaf.body, LOOKED_AT);
    match (opaque::kind(&begins), leaf.media.smime_type.as_deref()) {
        (Some(opaque::Kind::Enveloped), _) => Role::Encrypted(Encryption::Smime),
        // A list of certificates is signed data without a signature.
        (_, Some("certs-only")) => Role::Other,
        (Some(opaque::Kind::Signed), _) | (None, Some("signed-data")) => {
            Role::Signed(Signature::SmimeOpaque)
        }
        (Some(opaque::Kind::Else), _) | (None, Some("compressed-data")) => Role::Other,
        (None, _) if by_type => Role::Encrypted(Encryption::Smime),
        (None, _) => Role::Other,
    }
}

fn ends(media: &Media, endings: &[&str]) -> bool {
    let name = media.file_name.raw().trim().to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// What stands in a file of OpenPGP, or of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pgp {
    Message,
    Age,
    Signature,
    Else,
}

/// What a part that is named as a file of OpenPGP holds, or one that begins as a message does;
/// `None` for all else.
fn holds(leaf: &Leaf<'_>) -> Option<Pgp> {
    let named = ends(&leaf.media, &[".asc", ".gpg", ".pgp", ".sig"])
        || leaf.media.kind.starts_with("application/pgp");
    if !named {
        return begins(leaf);
    }
    let begins = leaf.media.encoding.decode_beginning(leaf.body, LOOKED_AT);
    let text = String::from_utf8_lossy(&begins);
    let armour = text.find("-----BEGIN PGP ").and_then(|at| text.get(at..));
    Some(match armour {
        Some(armour) if armour.starts_with(MESSAGE) => Pgp::Message,
        Some(armour) if armour.starts_with(SIGNATURE) => Pgp::Signature,
        Some(_) => Pgp::Else,
        None => packet(&begins),
    })
}

/// What a file begins as, whatever its name is. A text that is shown is none.
fn begins(leaf: &Leaf<'_>) -> Option<Pgp> {
    if leaf.media.kind.starts_with("text/") && !leaf.media.is_attachment {
        return None;
    }
    let begins = leaf.media.encoding.decode_beginning(leaf.body, BEGINNING);
    let text = String::from_utf8_lossy(&begins);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let age = ["-----BEGIN AGE ENCRYPTED FILE", "age-encryption.org/v1"];
    match text {
        _ if text.starts_with(MESSAGE) => Some(Pgp::Message),
        _ if age.iter().any(|first| text.starts_with(first)) => Some(Pgp::Age),
        _ => None,
    }
}

/// The first packet of a binary file (RFC 9580 section 4.2): what is encrypted begins with
/// a session key, or without one with the data.
fn packet(bytes: &[u8]) -> Pgp {
    let tag = match bytes.first() {
        Some(first) if first & 0xc0 == 0xc0 => first & 0x3f,
        Some(first) if first & 0x80 == 0x80 => (first >> 2) & 0x0f,
        Some(_) | None => return Pgp::Else,
    };
    match tag {
        1 | 3 | 9 | 18 | 20 => Pgp::Message,
        2 => Pgp::Signature,
        _ => Pgp::Else,
    }
}

#[cfg(test)]
mod tests;
