//! In which of its shapes a mail is encrypted or signed, and what there is to decrypt.
//!
//! The shapes: PGP/MIME (RFC 3156), also as Exchange leaves it, a multipart/mixed with the
//! same parts; an OpenPGP message in the text, also in HTML (`armour`); one as a file, or in
//! one, whatever its name is (`role`); S/MIME (RFC 8551), whose enveloped and signed data
//! bear one type and are told apart by what they begin with; age. An armour that is quoted was written by somebody else, and a key is
//! neither encrypted nor a signature. A mail that forwards an encrypted one as a part is
//! encrypted as that one is, unless it is a report of a delivery.
//!
//! Known faults: a quote without a mark is taken for what they wrote; a message that is
//! signed and not encrypted, without a frame of clear text, is taken for encrypted: nobody
//! can read it without a program either; an armour deep in a long file, and what stands in an
//! archive, are not seen.

mod armour;
mod packets;
mod role;

use super::walk::{Found, Leaf};
use super::{head, leaves, opened, readable};
use crate::mail::Foreign;
use crate::mail::sealed::{Encryption, Sealed, Signature};
pub(super) use armour::is_encrypted;
pub(super) use role::is_shell;
use role::{LOOKED_THROUGH, Role, Roles};

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
    let mut roles = Roles::default();
    for (n, leaf) in found.leaves.iter().enumerate() {
        let role = match chosen.contains(&n) {
            true => Role::Other,
            false => roles.role(leaf),
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
        let look = |f: &Found<'_>, c: &[usize], t: &str| sealed_at(f, c, t, depth + 1).encrypted;
        mails.find_map(|leaf| within(leaf, LOOKED_THROUGH, look)?)
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

/// Looks into a mail that is a part of another, or into the first bytes, `most` as they are
/// written, of a file that is one.
fn within<T>(
    leaf: &Leaf<'_>,
    most: usize,
    look: impl FnOnce(&Found<'_>, &[usize], &str) -> T,
) -> Option<T> {
    let encoding = leaf.media.encoding;
    let body = match leaf.media.kind.as_str() {
        "message/rfc822" | "message/global" => encoding.decode(leaf.body),
        _ if role::begins_as_mail(leaf) => encoding.decode_beginning(leaf.body, most),
        _ => return None,
    };
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

const ATTACHED: Role = Role::Encrypted(Encryption::PgpAttached);

/// What there is to decrypt, in order.
pub(super) fn ciphers(found: &Found<'_>, chosen: &[usize], text: &str) -> Vec<Cipher> {
    ciphers_at(found, chosen, text, 0)
}

fn ciphers_at(found: &Found<'_>, chosen: &[usize], text: &str, depth: usize) -> Vec<Cipher> {
    let is_mark = |leaf: &Leaf<'_>| leaf.media.kind == "application/pgp-encrypted";
    let framed = found.has_encrypted || found.leaves.iter().any(is_mark);
    let (mut all, mut roles) = (Vec::new(), Roles::default());
    for (n, leaf) in found.leaves.iter().enumerate() {
        if chosen.contains(&n) {
            continue;
        }
        let shape = match roles.role(leaf) {
            // Some programs give this type to the message itself.
            Role::Encrypted(Encryption::PgpMime) if roles.holds(leaf) != ATTACHED => continue,
            ATTACHED if framed => Encryption::PgpMime,
            // RFC 3156 section 4: it is the second part, whatever stands in it.
            _ if framed && leaf.media.kind == "application/octet-stream" => Encryption::PgpMime,
            Role::Encrypted(shape) => shape,
            Role::Signed(_) | Role::Other => continue,
        };
        all.extend(role::ciphers(leaf, shape));
    }
    all.extend(armour::ciphers(&armour::texts(found, chosen, text)));
    if all.is_empty() && forwards(found, depth) {
        let mails = found.leaves.iter();
        let look = |f: &Found<'_>, c: &[usize], t: &str| ciphers_at(f, c, t, depth + 1);
        let inner = mails.filter_map(|leaf| within(leaf, usize::MAX, look));
        all.extend(inner.flatten());
    }
    all
}

/// Whether a part is signed with S/MIME around a text that was not opened.
pub(super) fn hides_text(found: &Found<'_>) -> bool {
    let shells = found.leaves.iter().filter(|leaf| is_shell(&leaf.media));
    let mut roles = shells.map(|leaf| Roles::default().role(leaf));
    roles.any(|role| role == Role::Signed(Signature::SmimeOpaque))
}

#[cfg(test)]
mod tests;
