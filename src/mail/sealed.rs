//! How a mail is encrypted, and which signature it bears.
//!
//! Both are told by form alone. Nothing here opens a mail or checks a signature, and no
//! word of it says that one holds.

use super::Foreign;
use serde::{Deserialize, Serialize};

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
    // HTML keeps the words of the marks together so.
    let raw = text.raw().replace('\u{a0}', " ");
    let (mut clear, mut rest) = (String::new(), raw.as_str());
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
        let began = std::time::Instant::now();
        let text = "-----BEGIN PGP MESSAGE-----\n-----BEGIN PGP SIGNED MESSAGE-----\n";
        clear_text(&Foreign::new(text.repeat(100_000)));
        let frames = "-----BEGIN PGP SIGNED MESSAGE-----\nx\r\n\r\n".repeat(100_000);
        clear_text(&Foreign::new(frames));
        clear_text(&Foreign::new("x -----BEGIN PGP ".repeat(300_000)));
        assert!(began.elapsed().as_secs() < 5);
    }
}
