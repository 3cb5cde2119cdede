//! What a part of a mail is: encrypted, a signature, or neither.
//!
//! Its type and its name tell, where they say something of it; else its beginning: an
//! armour, the packets of an OpenPGP message (`packets`), the shell of S/MIME. A file that
//! begins as a text may hold an armour below other words, on lines of its own: it is looked
//! through, the files of a mail together up to a length.

use super::Cipher;
use super::armour::{self, BEGUN, MESSAGES, flattened};
use super::packets::{self, first_packet};
use crate::mail::parse::media::Media;
use crate::mail::parse::walk::Leaf;
use crate::mail::parse::{decode, is_entity, opaque};
use crate::mail::sealed::{Encryption, MESSAGE, SIGNATURE, Signature, with_plain_marks};

/// So many bytes of a part tell what it is.
const LOOKED_AT: usize = 4096;
/// Of one whose name says nothing, so many tell whether to look further.
const BEGINNING: usize = 160;
/// So much of the files of a mail that begin as a text, as it is written, is looked through:
/// of each, half of what is left.
pub(super) const LOOKED_THROUGH: usize = 1 << 20;

/// In so much of a mail that is a file its header ends, or tells enough.
const HEADER: usize = 64 << 10;
/// How a file of age begins, where it is not in armour.
const AGE: &[u8] = b"age-encryption.org/v1";

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Encrypted(Encryption),
    Signed(Signature),
    Other,
}

/// Tells it of the parts of one mail.
pub(super) struct Roles {
    /// So much may still be looked through.
    left: usize,
}

impl Default for Roles {
    fn default() -> Self {
        let left = LOOKED_THROUGH;
        Self { left }
    }
}

impl Roles {
    /// By its type, its name and its beginning.
    pub(super) fn role(&mut self, leaf: &Leaf<'_>) -> Role {
        let of_smime = match leaf.media.kind.as_str() {
            "application/pgp-encrypted" => return Role::Encrypted(Encryption::PgpMime),
            "application/pgp-signature" => return Role::Signed(Signature::PgpMime),
            "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
                return Role::Signed(Signature::Smime);
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => return smime(leaf, true),
            _ if is_shell(&leaf.media) => smime(leaf, false),
            _ => Role::Other,
        };
        match of_smime {
            Role::Other => self.holds(leaf),
            known => known,
        }
    }

    /// What stands in it, whatever its type says.
    pub(super) fn holds(&mut self, leaf: &Leaf<'_>) -> Role {
        if is_named(&leaf.media) {
            return self.named(leaf);
        }
        if !is_file(&leaf.media) {
            return Role::Other;
        }
        let begins = leaf.media.encoding.decode_beginning(leaf.body, BEGINNING);
        let shape = match () {
            () if packets::may_be_message(&begins) => {
                let begins = leaf.media.encoding.decode_beginning(leaf.body, LOOKED_AT);
                let is_cut = leaf.body.len() > LOOKED_AT;
                packets::is_message(&begins, is_cut).then_some(Encryption::PgpAttached)
            }
            () if opaque::kind(&begins) == Some(opaque::Kind::Enveloped) => Some(Encryption::Smime),
            () if begins.starts_with(AGE) => Some(Encryption::Age),
            () => self.below_words(leaf, &begins),
        };
        shape.map_or(Role::Other, Role::Encrypted)
    }

    /// What stands in a file that is named as one of OpenPGP.
    fn named(&mut self, leaf: &Leaf<'_>) -> Role {
        let begins = leaf.media.encoding.decode_beginning(leaf.body, LOOKED_AT);
        let text = String::from_utf8_lossy(&begins);
        let armour = text.find("-----BEGIN PGP ").and_then(|at| text.get(at..));
        let begins_with = |mark| armour.is_some_and(|armour| armour.starts_with(mark));
        if begins_with(MESSAGE) {
            return Role::Encrypted(Encryption::PgpAttached);
        }
        match (self.below_words(leaf, &begins), armour) {
            (Some(shape), _) => Role::Encrypted(shape),
            (None, Some(_)) if begins_with(SIGNATURE) => Role::Signed(Signature::PgpAttached),
            (None, Some(_)) => Role::Other,
            (None, None) => first_packet(&begins),
        }
    }

    /// In which shape something in armour is encrypted in a file that `begins` as a text does.
    fn below_words(&mut self, leaf: &Leaf<'_>, begins: &[u8]) -> Option<Encryption> {
        if !is_text(begins, &leaf.media) {
            return None;
        }
        let most = (self.left / 2).max(LOOKED_AT).min(leaf.body.len());
        self.left = self.left.saturating_sub(most);
        let begins = leaf.media.encoding.decode_beginning(leaf.body, most);
        let text = text(&begins, &leaf.media);
        let first = armour::in_file(&text).next()?;
        Some(match first.shape {
            Encryption::PgpInline => Encryption::PgpAttached,
            other => other,
        })
    }
}

/// A text that is shown is none, and a mail is opened.
fn is_file(media: &Media) -> bool {
    let is_text = media.kind.starts_with("text/");
    (media.is_attachment || !is_text) && !media.kind.starts_with("message/")
}

/// Whether it is a file that a mail was saved to.
pub(super) fn begins_as_mail(leaf: &Leaf<'_>) -> bool {
    let begins = |most| leaf.media.encoding.decode_beginning(leaf.body, most);
    let first = begins(BEGINNING);
    let name = first.split(|b| *b == b':').next().unwrap_or_default();
    let is_field = name.len() < first.len() && name.iter().all(u8::is_ascii_graphic);
    is_file(&leaf.media) && is_field && is_entity(&begins(HEADER))
}

/// What there is to decrypt in a part that is encrypted in this shape: the part, or what stands
/// in it in armour. Programs read one message of a file, and no mark of an encoding before it.
pub(super) fn ciphers(leaf: &Leaf<'_>, shape: Encryption) -> Vec<Cipher> {
    let bytes = leaf.media.encoding.decode(leaf.body);
    let cipher = |shape, bytes| Cipher {
        shape,
        name: leaf.media.file_name.clone(),
        bytes,
    };
    let text = is_text(bytes.get(..BEGINNING).unwrap_or(&bytes), &leaf.media)
        .then(|| text(&bytes, &leaf.media));
    let armours = text.iter().flat_map(|text| armour::in_file(text));
    let of = |found: Encryption| match found {
        Encryption::PgpInline => shape,
        other => other,
    };
    let armours = armours.filter_map(|one| Some(cipher(of(one.shape), one.written()?)));
    let all: Vec<Cipher> = armours.take(MESSAGES).collect();
    let is_alone = bytes.trim_ascii_start().starts_with(MESSAGE.as_bytes()) && all.len() == 1;
    match all.is_empty() || is_alone {
        true => vec![cipher(shape, bytes.into_owned())],
        false => all,
    }
}

/// Whether a file that begins so is a text, also one that a terminal wrote.
fn is_text(begins: &[u8], media: &Media) -> bool {
    let is_wide = |mark: &[u8; 2]| begins.starts_with(mark);
    let stands_in_none = |b: &u8| matches!(b, 0..=6 | 14..=26 | 28..=31);
    let is_binary = begins.starts_with(b"%PDF-") || begins.iter().any(stands_in_none);
    [LITTLE, BIG].iter().any(is_wide) || is_wide_by_name(media) || !is_binary
}

/// How a text in UTF-16 begins.
const LITTLE: [u8; 2] = [0xff, 0xfe];
const BIG: [u8; 2] = [0xfe, 0xff];

fn is_wide_by_name(media: &Media) -> bool {
    let charset = media.charset.as_deref().unwrap_or_default();
    charset.to_ascii_lowercase().starts_with("utf-16")
}

/// A file as the lines of a text: HTML with its elements as ends of lines, and UTF-16 as the
/// shell of Windows writes it.
fn text(bytes: &[u8], media: &Media) -> String {
    let wide = |number: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2).skip(1);
        let units: Vec<u16> = pairs
            .filter_map(|pair| Some(number(pair.try_into().ok()?)))
            .collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        _ if bytes.starts_with(&LITTLE) => wide(u16::from_le_bytes),
        _ if bytes.starts_with(&BIG) => wide(u16::from_be_bytes),
        _ if is_wide_by_name(media) => decode::text(bytes, media.charset.as_deref()),
        _ => String::from_utf8_lossy(bytes)
            .trim_start_matches('\u{feff}')
            .to_owned(),
    };
    if !text.contains(BEGUN) {
        return text;
    }
    let text = match media.kind.as_str() {
        "text/html" => flattened(&text),
        _ => text,
    };
    with_plain_marks(&text).into_owned()
}

/// It may be S/MIME around a mail: by its type, or by its name where a server knew no better.
pub(in crate::mail::parse) fn is_shell(media: &Media) -> bool {
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

/// Its name or its type is one of files of OpenPGP.
pub(super) fn is_named(media: &Media) -> bool {
    ends(media, &[".asc", ".gpg", ".pgp", ".sig"]) || media.kind.starts_with("application/pgp")
}

fn ends(media: &Media, endings: &[&str]) -> bool {
    let name = media.file_name.raw().trim().to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests;
