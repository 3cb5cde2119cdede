//! From the bytes of a part to text: transfer encoding (RFC 2045 section 6), charset,
//! HTML.
//!
//! Nothing here fails: what cannot be decoded is shown as it stands, because half a
//! report is better than none.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use std::borrow::Cow;

/// How the bytes of a part are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    /// Reads a Content-Transfer-Encoding in lower case; an unknown one is none.
    pub(super) fn named(word: &str) -> Self {
        match word {
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            _ => Self::Identity,
        }
    }

    /// The decoded bytes, or the bytes as they stand where they cannot be decoded.
    pub(super) fn decode(self, body: &[u8]) -> Cow<'_, [u8]> {
        let decoded = match self {
            Self::Identity => None,
            Self::Base64 => base64_decode(&base64_letters(body)),
            Self::QuotedPrintable => quoted_printable_decode(body),
        };
        decoded.map_or(Cow::Borrowed(body), Cow::Owned)
    }

    /// The decoded beginning of a body: that of its first `most` bytes.
    pub(super) fn decode_beginning(self, body: &[u8], most: usize) -> Cow<'_, [u8]> {
        let begins = body.get(..most).unwrap_or(body);
        match self {
            Self::Base64 if begins.len() < body.len() => {
                let letters = base64_letters(begins);
                let whole = letters.len() / 4 * 4;
                let whole = letters.get(..whole).unwrap_or_default();
                Cow::Owned(base64_decode(whole).unwrap_or_default())
            }
            Self::Identity | Self::Base64 | Self::QuotedPrintable => self.decode(begins),
        }
    }

    /// How many bytes [`Self::decode`] gives. Attachments are most of all mail, and only
    /// their size is told: base64 as programs write it is counted, not decoded.
    pub(super) fn decoded_len(self, body: &[u8]) -> u64 {
        let counted = match self {
            Self::Identity => Some(body.len()),
            Self::Base64 => regular_base64_len(body),
            Self::QuotedPrintable => None,
        };
        counted.unwrap_or_else(|| self.decode(body).len()) as u64
    }
}

/// 1 for each byte that is a letter of base64: a table, because this is asked for most bytes
/// of all mail.
#[expect(clippy::indexing_slicing, reason = "it is made by the compiler")]
const BASE64: [u8; 256] = {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut table, mut n) = ([0; 256], 0);
    while n < letters.len() {
        table[letters[n] as usize] = 1;
        n += 1;
    }
    table
};

/// The decoded size of base64 that is whole, with its padding at the end alone.
fn regular_base64_len(body: &[u8]) -> Option<usize> {
    let text = body.trim_ascii_end();
    let bare = text.strip_suffix(b"=").unwrap_or(text);
    let bare = bare.strip_suffix(b"=").unwrap_or(bare);
    let is_letter = |b: &u8| BASE64.get(usize::from(*b)).copied().unwrap_or_default();
    let letters: usize = bare.iter().map(|b| usize::from(is_letter(b))).sum();
    let padding = text.len() - bare.len();
    let is_whole = (letters + padding).is_multiple_of(4) && !bare.contains(&b'=');
    is_whole.then(|| letters * 3 / 4)
}

/// RFC 2045 section 6.8: everything that is not of the alphabet is to be ignored.
fn base64_letters(body: &[u8]) -> Vec<u8> {
    body.iter()
        .copied()
        .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        .collect()
}

/// Bytes as text. What says that it is ASCII or says nothing is UTF-8 when it can be:
/// mail programs often forget to say so.
pub(super) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    let charset = charset.unwrap_or("us-ascii");
    let vague = ["us-ascii", "ascii", "utf-8", "utf8"]
        .iter()
        .any(|c| charset.eq_ignore_ascii_case(c));
    let decoder = charset_decoder(charset.as_bytes()).filter(|_| !vague);
    match (decoder, std::str::from_utf8(bytes)) {
        (Some(decode), _) => decode(bytes),
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) if charset.to_ascii_lowercase().starts_with("utf") => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        (None, Err(_)) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// The words of an HTML part; scripts, styles and targets of links are left out.
pub(super) fn html(text: &str) -> String {
    html_to_text(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_what_would_be_decoded() {
        for body in [
            "",
            "QQ==",
            "QUI=",
            "QUJD",
            "QUJD\r\nQUJD\r\nQQ==\r\n",
            "Q U J D",
            "QUJD!QUJD",
            "QQ",
            "QUI",
            "Q",
            "QUJDQ",
            "QQ==QQ==",
            "QQ=",
            "Q===",
            "====",
            "=",
            "QUJD==",
            "QU=JD===",
            "a=3Db=\r\nc",
        ] {
            for encoding in [
                Encoding::Identity,
                Encoding::Base64,
                Encoding::QuotedPrintable,
            ] {
                assert_eq!(
                    encoding.decoded_len(body.as_bytes()),
                    encoding.decode(body.as_bytes()).len() as u64,
                    "{encoding:?} {body:?}"
                );
            }
        }
    }

    #[test]
    fn what_can_be_decoded_is_and_what_cannot_stays() {
        for (encoding, written, read) in [
            ("base64", "aGVs\r\nbG8=\r\n", "hello"),
            ("base64", "aGVs*bG8", "hello"),
            ("quoted-printable", "gr=C3=BC=\r\nn", "grün"),
            ("8bit", "as it is", "as it is"),
            ("x-unknown", "as it is", "as it is"),
        ] {
            assert_eq!(
                Encoding::named(encoding).decode(written.as_bytes()),
                read.as_bytes(),
                "{written:?}"
            );
        }
    }

    #[test]
    fn a_charset_is_believed_unless_it_is_vague() {
        for (bytes, charset, read) in [
            (&b"gr\xc3\xbcn"[..], None, "grün"),
            (b"gr\xc3\xbcn", Some("us-ascii"), "grün"),
            (b"gr\xfcn", None, "grün"),
            (b"gr\xfcn", Some("ISO-8859-1"), "grün"),
            (b"\xd0\xd2\xc9", Some("koi8-r"), "при"),
            (b"a\xffb", Some("UTF-8"), "a\u{fffd}b"),
            (b"plain", Some("no-such-charset"), "plain"),
            (b"", Some(""), ""),
        ] {
            assert_eq!(text(bytes, charset), read, "{charset:?}");
        }
    }
}
