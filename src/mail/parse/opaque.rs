//! The outer shell of S/MIME: which kind of CMS content it is (RFC 5652), and the mail inside
//! signed data, which is not encrypted at all.
//!
//! Reads as much BER as that needs: definite and indefinite lengths, strings in pieces.
//! Nothing is checked, and nothing is believed but where the bytes stand.

/// What a CMS content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Encrypted, with or without a seal of its own.
    Enveloped,
    /// Signed.
    Signed,
    /// Something else.
    Else,
}

/// 1.2.840.113549.1, the arc of PKCS.
const PKCS: [u8; 7] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01];
const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const CONTENT: u8 = 0xa0;
/// Strings in pieces of pieces are not followed deeper.
const DEPTH: usize = 4;

/// What it is, by its beginning; `None` where it is no CMS.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let (kind, _) = content(bytes)?;
    Some(kind)
}

/// The mail inside signed data; `None` where it is something else, or the signature of
/// something that lies elsewhere.
pub(super) fn signed_mail(bytes: &[u8]) -> Option<Vec<u8>> {
    let (Kind::Signed, signed) = content(bytes)? else {
        return None;
    };
    // SignedData: version, digestAlgorithms, encapContentInfo (RFC 5652 section 5.1).
    let mut fields = Reader(Tlv::expect(signed, SEQUENCE)?.value);
    fields.next()?;
    fields.next()?;
    let mut inner = Reader(fields.next().filter(|t| t.tag == SEQUENCE)?.value);
    inner.next().filter(|t| t.tag == OID)?;
    let content = inner.next().filter(|t| t.tag == CONTENT)?;
    let mut mail = Vec::new();
    octets(content.value, 0, &mut mail)?;
    Some(mail)
}

/// The kind of a ContentInfo, and its content.
fn content(bytes: &[u8]) -> Option<(Kind, &[u8])> {
    let mut info = Reader(Tlv::expect(bytes, SEQUENCE)?.value);
    let oid = info.next().filter(|t| t.tag == OID)?;
    let kind = match oid.value.strip_prefix(&PKCS)? {
        // id-signedData.
        [7, 2] => Kind::Signed,
        // id-envelopedData, id-encryptedData, id-ct-authEnvelopedData.
        [7, 3 | 6] | [9, 16, 1, 23] => Kind::Enveloped,
        _ => Kind::Else,
    };
    let content = info.next().filter(|t| t.tag == CONTENT);
    Some((kind, content.map_or(&[], |content| content.value)))
}

/// The bytes of a string, whole or in pieces.
fn octets(bytes: &[u8], depth: usize, out: &mut Vec<u8>) -> Option<()> {
    if depth > DEPTH {
        return None;
    }
    for piece in Reader(bytes) {
        match piece.tag {
            OCTETS => out.extend_from_slice(piece.value),
            OCTETS_IN_PIECES => octets(piece.value, depth + 1, out)?,
            _ => return None,
        }
    }
    Some(())
}

/// A tag with its value. What is longer than the bytes that there are ends with them.
struct Tlv<'a> {
    tag: u8,
    value: &'a [u8],
}

impl<'a> Tlv<'a> {
    fn expect(bytes: &'a [u8], tag: u8) -> Option<Self> {
        Reader(bytes).next().filter(|tlv| tlv.tag == tag)
    }
}

/// Reads one value after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Iterator for Reader<'a> {
    type Item = Tlv<'a>;

    fn next(&mut self) -> Option<Tlv<'a>> {
        let (tag, header, length) = header(self.0)?;
        // The end of what has no length.
        if tag == 0 {
            return None;
        }
        let from = self.0.get(header..)?;
        let (length, end) = match length {
            Some(length) => (length.min(from.len()), 0),
            None => match extent(from) {
                Some(length) => (length, 2),
                None => (from.len(), 0),
            },
        };
        let (value, rest) = from.split_at_checked(length)?;
        self.0 = rest.get(end..).unwrap_or_default();
        Some(Tlv { tag, value })
    }
}

/// The tag, the length of tag and length, and the length of the value; `None` for the last
/// says that it goes on to its end mark.
fn header(bytes: &[u8]) -> Option<(u8, usize, Option<usize>)> {
    let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
    // No tag of several bytes stands in what is read here.
    if tag & 0x1f == 0x1f {
        return None;
    }
    match first {
        0x80 => Some((tag, 2, None)),
        short if short < 0x80 => Some((tag, 2, Some(usize::from(short)))),
        long => {
            let count = usize::from(long & 0x7f);
            let digits = bytes.get(2..2 + count).filter(|_| count <= 8)?;
            let length = digits.iter().try_fold(0_usize, |sum, b| {
                sum.checked_mul(256)?.checked_add(usize::from(*b))
            })?;
            Some((tag, 2 + count, Some(length)))
        }
    }
}

/// How long a value without a length is, its end mark left out. One pass, whatever is
/// nested: only depths are counted.
fn extent(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut open) = (0_usize, 1_usize);
    loop {
        let (tag, header, length) = header(bytes.get(at..)?)?;
        match (tag, length) {
            (0, Some(0)) => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
                at += header;
            }
            (_, None) => {
                open += 1;
                at += header;
            }
            (_, Some(length)) => at = at.checked_add(header)?.checked_add(length)?,
        }
    }
}

#[cfg(test)]
mod tests;
