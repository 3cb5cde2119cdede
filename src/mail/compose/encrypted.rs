//! A letter as PGP/MIME (RFC 3156): what is encrypted is a MIME entity with the text and the
//! file; what leaves holds the message that a program made of it, and no word of the text.
//!
//! The subject is a header, and stays readable.

use super::{ComposeError, Enclosed, Outgoing, boundary, head, lines, opaque, refused, written};
use crate::mail::parse;
use crate::mail::sealed::{MESSAGE, MESSAGE_END};
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{Attachment as Part, Body, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// An OpenPGP message in armour, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Armoured(String);

impl Armoured {
    /// Takes what a program printed; `None` where it is something else: binary, with words
    /// around it, a plain text, or a message that is signed and not encrypted.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.trim();
        let inside = text.strip_prefix(MESSAGE)?.strip_prefix("-----")?;
        let inside = inside.strip_suffix("-----")?.strip_suffix(MESSAGE_END)?;
        let plain = |line: &str| line.len() <= 200 && !line.starts_with('-') && line.is_ascii();
        let whole = inside.lines().all(plain) && parse::is_encrypted(text);
        whole.then(|| {
            Self(format!(
                "{}\r\n",
                text.lines().collect::<Vec<_>>().join("\r\n")
            ))
        })
    }
}

/// What is to be encrypted: the text of a letter, and the file that goes with it.
pub fn entity(body: &str, enclosed: Option<&Enclosed>) -> Vec<u8> {
    let text = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .body(lines(body));
    let Some(enclosed) = enclosed else {
        return text.formatted();
    };
    // Of the words themselves, so that no line of them is one.
    let mut hash = Sha256::new();
    hash.update(body);
    hash.update(&enclosed.bytes);
    let digest = hash.finalize();
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let file = Part::new(enclosed.name.clone()).body(enclosed.bytes.clone(), opaque());
    let both = MultiPart::mixed().boundary(hex.concat());
    both.singlepart(text).singlepart(file).formatted()
}

/// Writes the letter with the message in the place of its text and its file.
///
/// # Errors
///
/// As [`super::compose`].
pub fn compose_encrypted(letter: &Outgoing, message: &Armoured) -> Result<Vec<u8>, ComposeError> {
    let part = |kind: &str| {
        let kind = ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN);
        SinglePart::builder().header(kind)
    };
    let raw = |text: &str| {
        let encoding = ContentTransferEncoding::SevenBit;
        Body::dangerous_pre_encoded(text.as_bytes().to_vec(), encoding)
    };
    let version = part("application/pgp-encrypted").body(raw("Version: 1\r\n"));
    let data = part("application/octet-stream; name=\"encrypted.asc\"")
        .header(ContentDisposition::inline_with_name("encrypted.asc"))
        .body(raw(&message.0));
    let both = MultiPart::encrypted("application/pgp-encrypted".to_owned())
        .boundary(boundary(letter))
        .singlepart(version)
        .singlepart(data);
    let message = head(letter)?.multipart(both).map_err(refused)?;
    Ok(written(&message))
}

#[cfg(test)]
mod tests {
    use super::super::tests::letter;
    use super::*;
    use crate::mail::parse::{ciphers, contents, parse};
    use crate::mail::{Encryption, Marks};

    const BY_GNUPG: &[u8] = include_bytes!("../../../tests/mail/pgp-inline-by-gnupg.eml");

    fn by_gnupg() -> String {
        let text = String::from_utf8(BY_GNUPG.to_vec()).unwrap();
        let at = text.find(MESSAGE).unwrap();
        let end = text.find("\n\nMia").unwrap();
        text.get(at..end).unwrap().to_owned()
    }

    #[test]
    fn only_an_encrypted_message_is_taken() {
        let message = by_gnupg();
        assert!(Armoured::new(message.as_bytes()).is_some());
        assert!(Armoured::new(message.replace('\n', "\r\n").as_bytes()).is_some());
        let twice = format!("{message}\n{message}");
        let signed = "-----BEGIN PGP MESSAGE-----\n\nowGbwMvMwMW40aTEdaXYtgeMpy2TGLKZG06FZKQq5OSnZ+YpFCSmpyqUJGanFisk\n-----END PGP MESSAGE-----\n";
        for other in [
            "",
            "Hello Mia,\n",
            &format!("Hello\n{message}"),
            &format!("{message}\nHello"),
            &twice,
            signed,
            "-----BEGIN PGP MESSAGE-----\n\nHello Mia, the hole is open.\n-----END PGP MESSAGE-----",
            "-----BEGIN PGP MESSAGE-----\n-----END PGP MESSAGE-----",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ\n-----END PGP PUBLIC KEY BLOCK-----",
        ] {
            assert_eq!(Armoured::new(other.as_bytes()), None, "{other}");
        }
        assert_eq!(Armoured::new(&[0x85, 1, 2]), None);
    }

    #[test]
    fn a_letter_leaves_as_pgp_mime_and_none_of_its_words_with_it() {
        let message = Armoured::new(by_gnupg().as_bytes()).unwrap();
        let letter = letter(Marks::ByPerson);
        let bytes = compose_encrypted(&letter, &message).unwrap();
        assert_eq!(compose_encrypted(&letter, &message).unwrap(), bytes);
        let mail = parse(&bytes, true);
        assert_eq!(mail.sealed.encrypted, Some(Encryption::PgpMime));
        assert_eq!(mail.shape.content_type, "multipart/encrypted");
        assert_eq!(mail.subject.raw(), letter.subject);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains("thank you") && text.contains("Version: 1\r\n"));
        assert!(
            text.contains("protocol=\"application/pgp-encrypted\""),
            "{text}"
        );
        assert!(
            text.split("\r\n")
                .all(|line| line.len() <= 200 && !line.contains('\n'))
        );
        let all = ciphers(&bytes).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].bytes.trim_ascii(), message.0.trim().as_bytes());
    }

    #[test]
    fn what_is_encrypted_is_the_text_with_its_file() {
        let text = parse(&entity("Grüße\n\nfrom us\n", None), true);
        assert_eq!(
            text.text.raw().trim().replace("\r\n", "\n"),
            "Grüße\n\nfrom us"
        );
        let file = Enclosed::new("fix.diff", b"--x\r\n".to_vec()).unwrap();
        let bytes = entity("a\n--b\n", Some(&file));
        assert_eq!(
            parse(&bytes, true).text.raw().trim().replace("\r\n", "\n"),
            "a\n--b"
        );
        let parts = contents(&bytes).unwrap();
        assert_eq!((parts.len(), parts[0].1.as_slice()), (1, &b"--x\r\n"[..]));
        assert_eq!(parts[0].0.name.raw(), "fix.diff");
    }
}
