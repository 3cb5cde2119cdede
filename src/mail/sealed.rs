//! How a mail is encrypted, and which signature it bears.
//!
//! Both are told by form alone. Nothing here opens a mail or checks a signature, and no
//! word of it says that one holds.

use super::Foreign;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The forms in which a mail keeps its words from us, or vouches for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// How it, or a part of it, is encrypted.
    pub encrypted: Option<Encryption>,
    /// What signature it bears, checked by nobody.
    pub signed: Option<Signature>,
}

/// How a mail, or a part of it, is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// PGP/MIME (RFC 3156), also where a server took its frame away.
    PgpMime,
    /// An OpenPGP message written into the text.
    PgpInline,
    /// An OpenPGP message as a file.
    PgpAttached,
    /// S/MIME (RFC 8551).
    Smime,
    /// age, in the text or as a file.
    Age,
}

impl Encryption {
    /// As people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::PgpMime => "PGP/MIME",
            Self::PgpInline => "PGP, inline",
            Self::PgpAttached => "PGP, attached",
            Self::Smime => "S/MIME",
            Self::Age => "age",
        }
    }
}

/// What signature a mail bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// PGP/MIME (RFC 3156).
    PgpMime,
    /// A text in the frame of a cleartext signature (RFC 9580 section 7).
    PgpInline,
    /// A detached signature as a file.
    PgpAttached,
    /// S/MIME beside the text.
    Smime,
    /// S/MIME around the text.
    SmimeOpaque,
}

impl Signature {
    /// As people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::PgpMime => "PGP/MIME",
            Self::PgpInline => "PGP, inline",
            Self::PgpAttached => "PGP, attached",
            Self::Smime => "S/MIME",
            Self::SmimeOpaque => "S/MIME, opaque",
        }
    }
}

/// What stands before and behind the words of a mark.
const HYPHENS: &str = "-----";
/// How all armour begins.
const BEGIN: &str = "-----BEGIN ";
const OF_PGP: &str = "-----BEGIN PGP ";
/// The first words of a message in armour, its number in a row (`, PART 1/2`) left out.
pub(super) const MESSAGE: &str = "-----BEGIN PGP MESSAGE";
/// Its last line.
pub(super) const MESSAGE_END: &str = "-----END PGP MESSAGE";
/// The first line of a text in the frame of a cleartext signature.
pub(super) const CLEARSIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
/// The first line of a signature.
pub(super) const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const SIGNATURE_END: &str = "-----END PGP SIGNATURE";
/// What is taken out of a text, and how it ends; what stands in the frame of a signature is not.
const ARMOURS: [(&str, &str); 7] = [
    (MESSAGE, MESSAGE_END),
    (CLEARSIGNED, ""),
    (SIGNATURE, SIGNATURE_END),
    // A key is no secret, and nothing to read.
    (OF_PGP, "-----END PGP "),
    ("-----BEGIN PKCS7-----", "-----END PKCS7"),
    ("-----BEGIN CMS-----", "-----END CMS"),
    (
        "-----BEGIN AGE ENCRYPTED FILE-----",
        "-----END AGE ENCRYPTED FILE",
    ),
];

/// The text without its messages and signatures in armour: what can be read without a key.
pub fn clear_text(text: &Foreign) -> Foreign {
    if !text.raw().contains("BEGIN") {
        return text.clone();
    }
    let raw = with_plain_marks(text.raw());
    let (mut clear, mut rest) = (String::new(), raw.as_ref());
    // Nothing is kept yet of the line that the rest begins in.
    let mut is_blank = true;
    while let Some(at) = rest.find(BEGIN) {
        let (before, from) = rest.split_at(at);
        clear.push_str(before);
        let line = before.rsplit_once('\n').map(|(_, line)| line);
        is_blank = (is_blank || line.is_some()) && line.unwrap_or(before).trim().is_empty();
        let mut armours = ARMOURS.into_iter().filter(|_| is_blank);
        rest = match armours.find(|(first, _)| from.starts_with(first)) {
            Some((_, "")) => framed(from),
            Some((_, last)) => behind(from, last),
            // Within a line they are words of the text's, and so is all else that begins so.
            None => {
                clear.push_str(BEGIN);
                is_blank = false;
                from.strip_prefix(BEGIN).unwrap_or_default()
            }
        };
    }
    clear.push_str(rest);
    Foreign::new(clear)
}

/// A text in which armour begins and ends with spaces and hyphens: a web page keeps the words of
/// a mark together with other spaces, and programs make dashes of hyphens in a row.
pub(super) fn with_plain_marks(text: &str) -> Cow<'_, str> {
    let is_dash = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}');
    if !text.contains(|c| c == '\u{a0}' || is_dash(c)) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('\u{a0}', " ");
    let (mut plain, mut rest) = (String::with_capacity(spaced.len()), spaced.as_str());
    let is_stroke = |c: char| c == '-' || is_dash(c);
    while let Some((before, from)) = rest.find(is_stroke).map(|at| rest.split_at(at)) {
        let behind = from.trim_start_matches(is_stroke);
        let strokes = from.get(..from.len() - behind.len()).unwrap_or_default();
        let is_mark = ["BEGIN ", "END "]
            .iter()
            .any(|word| behind.starts_with(word));
        plain.push_str(before);
        plain.push_str(match is_mark && strokes.contains(is_dash) {
            true => HYPHENS,
            false => strokes,
        });
        rest = behind;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// What stands behind the fields of a frame, which go on to an empty line.
fn framed(text: &str) -> &str {
    let fields = text.split_inclusive('\n');
    let fields = fields.take_while(|line| !line.trim().is_empty());
    text.get(fields.map(str::len).sum()..).unwrap_or_default()
}

/// What stands behind the line that begins so; nothing where there is none.
fn behind<'t>(text: &'t str, last: &str) -> &'t str {
    let Some((_, end)) = text.split_once(last) else {
        return "";
    };
    end.trim_start_matches(|c: char| c != '-' && c != '\n')
        .trim_start_matches('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::tests::costs;

    fn check(text: &str, clear: &str) {
        let seen = clear_text(&Foreign::new(text));
        assert_eq!(seen.raw().trim(), clear, "{text:?}");
    }

    #[test]
    fn what_can_be_read_is_all_but_the_armour() {
        check("no armour\nat all", "no armour\nat all");
        check(
            "Hello,\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----\nMia",
            "Hello,\n\nMia",
        );
        check(
            "a\n-----BEGIN PGP MESSAGE-----\nhQ\n-----END PGP MESSAGE-----\nb\n-----BEGIN PGP MESSAGE, PART 1/2-----\nhQ",
            "a\n\nb",
        );
        check(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nThe login.\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n",
            "The login.",
        );
        check(
            "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\nThe login.\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ",
            "The login.",
        );
        check(
            "My key:\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ\n-----END PGP PUBLIC KEY BLOCK-----\nBye",
            "My key:\n\nBye",
        );
        check(
            "a\n-----BEGIN\u{a0}PGP\u{a0}MESSAGE-----\nhQ\n-----END\u{a0}PGP\u{a0}MESSAGE-----",
            "a",
        );
        check("-----BEGIN PGP ", "");
        for name in ["PKCS7", "CMS", "AGE ENCRYPTED FILE"] {
            let text = format!("Hello,\n-----BEGIN {name}-----\nMIAG\n-----END {name}-----\nMia");
            check(&text, "Hello,\n\nMia");
        }
        let certificate = "a\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\nb";
        check(certificate, certificate);
        let prose = "The file begins -----BEGIN PGP PUBLIC KEY BLOCK----- and ends nowhere.\nMia";
        check(prose, prose);
        check(
            "See -----BEGIN PGP MESSAGE-----:\n -----BEGIN PGP MESSAGE-----\nhQ\n-----END PGP MESSAGE-----\nb",
            "See -----BEGIN PGP MESSAGE-----:\n \nb",
        );
    }

    #[test]
    fn armour_without_an_end_costs_no_more_than_its_length() {
        for (piece, times) in [
            (
                "-----BEGIN PGP MESSAGE-----\n-----BEGIN PGP SIGNED MESSAGE-----\n",
                100_000,
            ),
            ("-----BEGIN PGP SIGNED MESSAGE-----\nx\r\n\r\n", 100_000),
            ("x -----BEGIN PGP ", 300_000),
        ] {
            let text = Foreign::new(piece.repeat(times));
            let (_, cost) = costs(|| clear_text(&text));
            assert!(cost.as_secs() < 5, "{piece:?}: {cost:?}");
        }
    }
}
