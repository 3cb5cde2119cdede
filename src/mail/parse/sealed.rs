//! In which of its shapes a mail is encrypted or signed, and what there is to decrypt.
//!
//! The shapes: PGP/MIME (RFC 3156), also as Exchange leaves it, a multipart/mixed with the
//! same parts; an OpenPGP message in the text, also in HTML; one as a file; S/MIME
//! (RFC 8551), whose enveloped and signed data bear one type and are told apart by what
//! they begin with. An armour that is quoted was written by somebody else, and a key is
//! neither encrypted nor a signature.
//!
//! Known faults: a quote without a mark is taken for what they wrote; a message that is
//! signed and not encrypted, without a frame of clear text, is taken for encrypted: nobody
//! can read it without a program either.

use super::decode::Encoding;
use super::media::Media;
use super::walk::{Found, Leaf};
use super::{decode, opaque, page};
use crate::mail::Foreign;
use crate::mail::sealed::{
    CLEARSIGNED, Encryption, MESSAGE, MESSAGE_END, SIGNATURE, Sealed, Signature,
};

/// So many bytes of a part tell what it is.
const LOOKED_AT: usize = 4096;
/// So many whether it begins as a message.
const BEGINS: usize = 200;
/// Messages of one text that are taken out of it.
const MESSAGES: usize = 20;

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
    let texts = texts(found, chosen, text);
    let inline = |first| texts.iter().any(|text| written(text, first).is_some());
    let (mut encrypted, mut signed) = (None, None);
    let of_frame = found.has_encrypted.then_some(Encryption::PgpMime);
    let in_text = inline(MESSAGE).then_some(Encryption::PgpInline);
    let text_signed = inline(CLEARSIGNED).then_some(Signature::PgpInline);
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
    Sealed {
        encrypted: of_frame.or(first(in_text, encrypted)),
        signed: signed.or(text_signed),
    }
}

/// The shape that says more of the whole mail.
fn first(a: Option<Encryption>, b: Option<Encryption>) -> Option<Encryption> {
    let rank = |shape: &Encryption| match shape {
        Encryption::PgpMime => 0,
        Encryption::Smime => 1,
        Encryption::PgpInline => 2,
        Encryption::PgpAttached => 3,
    };
    a.into_iter().chain(b).min_by_key(rank)
}

/// What there is to decrypt, in order.
pub(super) fn ciphers(found: &Found<'_>, chosen: &[usize], text: &str) -> Vec<Cipher> {
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
    let texts = texts(found, chosen, text);
    all.extend(texts.iter().flat_map(|t| messages(t)).map(|armour| Cipher {
        shape: Encryption::PgpInline,
        name: Foreign::default(),
        bytes: armour.into_bytes(),
    }));
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

/// What stands in a file of OpenPGP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pgp {
    Message,
    Signature,
    Else,
}

/// What a part holds that is named as a file of OpenPGP, or begins as a message; `None` where it
/// is none.
fn holds(leaf: &Leaf<'_>) -> Option<Pgp> {
    let named = ends(&leaf.media, &[".asc", ".gpg", ".pgp", ".sig"])
        || leaf.media.kind.starts_with("application/pgp");
    if !named {
        // By no name: what begins as a message in armour is one.
        let begins = leaf.media.encoding.decode_beginning(leaf.body, BEGINS);
        let is = begins.trim_ascii_start().starts_with(MESSAGE.as_bytes());
        return is.then_some(Pgp::Message);
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

/// Whether the first message in this text begins with what is encrypted.
pub(super) fn is_encrypted(text: &str) -> bool {
    let messages = messages(text);
    let data = messages.first().and_then(|armour| armour.lines().nth(2));
    let begins = data.and_then(|line| line.get(..4));
    begins.is_some_and(|four| packet(&Encoding::Base64.decode(four.as_bytes())) == Pgp::Message)
}

/// The texts in which an armour may stand: those of HTML as they are written, for its lines
/// are lost in words made of it.
fn texts(found: &Found<'_>, chosen: &[usize], text: &str) -> Vec<String> {
    let beside = armoured_pages(found, chosen);
    if !text.contains("PGP") && beside.is_empty() {
        return Vec::new();
    }
    let of_html = |n: &usize| {
        let leaf = found.leaves.get(*n)?;
        let charset = leaf.media.charset.as_deref();
        let html = || decode::text(&leaf.media.encoding.decode(leaf.body), charset);
        (leaf.media.kind == "text/html").then(|| flattened(&html()))
    };
    let mut html: Vec<String> = chosen.iter().filter_map(of_html).collect();
    if html.is_empty() {
        html.push(text.to_owned());
    }
    html.extend(beside.iter().filter_map(of_html));
    html
}

/// The pages that no plain text stands for, and in which an armour may stand.
fn armoured_pages(found: &Found<'_>, chosen: &[usize]) -> Vec<usize> {
    let may_have = |n: &usize| {
        let leaf = found.leaves.get(*n);
        leaf.is_some_and(|leaf| {
            let is_plain = leaf.media.encoding != Encoding::Base64;
            !is_plain || leaf.body.windows(3).any(|word| word == b"PGP")
        })
    };
    let pages = page::unread(found, chosen).into_iter();
    pages.filter(may_have).collect()
}

/// Where a line begins with these words, behind nothing but space.
fn written(text: &str, words: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indented = line.len() - line.trim_start().len();
        if line.trim_start().starts_with(words) {
            return Some(at + indented);
        }
        at += line.len();
    }
    None
}

/// Every message in armour, written anew: what came through HTML, indentation or a program
/// that joins lines has lost their ends.
fn messages(text: &str) -> Vec<String> {
    let (mut all, mut rest) = (Vec::new(), text);
    while let Some(from) = written(rest, MESSAGE).and_then(|at| rest.get(at..)) {
        if all.len() == MESSAGES {
            break;
        }
        let inside = from.get(MESSAGE.len()..).unwrap_or_default();
        let end = inside.find(MESSAGE_END).unwrap_or(inside.len());
        let (inside, behind) = inside.split_at_checked(end).unwrap_or((inside, ""));
        // The rest of the first line: dashes, or the number of a part.
        let inside = inside
            .split_once("-----")
            .map_or(inside, |(_, inside)| inside);
        all.extend(armour(inside));
        rest = behind;
    }
    all
}

fn armour(inside: &str) -> Option<String> {
    let is_field = |line: &str| {
        line.split_once(": ")
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_alphabetic()))
    };
    let lines = inside.lines().map(str::trim);
    let data: Vec<&str> = lines
        .filter(|line| !is_field(line))
        .flat_map(str::split_whitespace)
        .filter(|word| is_base64(word))
        .collect();
    // On one line with its fields: they are short, and lines of data are not.
    let short = |word: &&str| word.len() < 40 || !is_base64(word);
    let data = if data.is_empty() {
        let words = inside.split_whitespace().skip_while(short);
        words.filter(|word| is_base64(word)).collect()
    } else {
        data
    };
    let message = || {
        format!(
            "-----BEGIN PGP MESSAGE-----\n\n{}\n-----END PGP MESSAGE-----\n",
            data.join("\n")
        )
    };
    (!data.is_empty()).then(message)
}

fn is_base64(word: &str) -> bool {
    word.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

/// HTML with a line end for each of its elements and `>` before each line that it quotes.
fn flattened(html: &str) -> String {
    let (mut out, mut rest, mut quotes) = (String::new(), html, 0_u32);
    while let Some(at) = rest.find(['<', '&', '\n']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let skipped = match from.as_bytes().first() {
            Some(b'<') => match from.find('>') {
                Some(end) => {
                    let tag = from.get(1..end).unwrap_or_default().to_ascii_lowercase();
                    if tag.starts_with("blockquote") {
                        quotes += 1;
                    } else if tag.starts_with("/blockquote") {
                        quotes = quotes.saturating_sub(1);
                    }
                    end + 1
                }
                // No element ends any more.
                None => {
                    rest = from;
                    break;
                }
            },
            Some(b'&') => {
                let (c, len) = entity(from);
                out.push(c);
                rest = from.get(len..).unwrap_or_default();
                continue;
            }
            _ => 1,
        };
        out.push('\n');
        if quotes > 0 {
            out.push('>');
        }
        rest = from.get(skipped..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character that `&…;` stands for and its length; the sign itself where it is none of
/// those that stand in an armour.
fn entity(from: &str) -> (char, usize) {
    let end = from.bytes().take(10).position(|b| b == b';');
    let Some(name) = end.and_then(|end| from.get(1..end)) else {
        return ('&', 1);
    };
    let of = |digits: &str, radix| {
        u32::from_str_radix(digits, radix)
            .ok()
            .and_then(char::from_u32)
    };
    let c = match name {
        "nbsp" => Some(' '),
        "plus" => Some('+'),
        "equals" => Some('='),
        "sol" => Some('/'),
        "hyphen" | "dash" => Some('-'),
        _ => match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(hex) => of(hex, 16),
                None => of(number, 10),
            },
            None => None,
        },
    };
    c.map_or(('&', 1), |c| (c, name.len() + 2))
}

#[cfg(test)]
mod tests;
