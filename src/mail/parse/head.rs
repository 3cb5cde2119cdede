//! Cuts a mail, or a part of one, into header fields and body (RFC 5322 section 2.1).
//!
//! Readers of mail disagree about broken headers, and a field that one of them sees
//! and another does not is how a machine passes for a person. So this is lenient: a
//! line that is no field is taken for a badly folded continuation, and the header goes
//! on to the first empty line. Names are strict: `Fr om:` is not From.
//!
//! Bounded: fields are taken from the first [`LIMIT`] bytes of a header.

use crate::mail::Headers;

/// Fields that begin behind this many bytes of one header are left out.
pub(super) const LIMIT: usize = 256 * 1024;

/// A mail or part, cut in two.
pub(super) struct Head<'a> {
    pub(super) headers: Headers,
    pub(super) body: &'a [u8],
    /// The header was longer than [`LIMIT`].
    pub(super) cut: bool,
    /// A NUL byte stands in the header.
    pub(super) nul: bool,
}

/// Cuts at the first empty line. Where no field stands before it, all is body.
pub(super) fn split(bytes: &[u8]) -> Head<'_> {
    let at = body_at(bytes);
    let (head, body) = bytes.split_at_checked(at).unwrap_or((bytes, b""));
    let read = head.get(..LIMIT).unwrap_or(head);
    let fields = fields(read);
    let body = if fields.is_empty() && !is_blank(head) {
        bytes
    } else {
        body
    };
    Head {
        headers: Headers::new(fields),
        body,
        cut: head.len() > read.len(),
        nul: read.contains(&0),
    }
}

/// The offset behind the first empty line; without one, everything is header.
fn body_at(bytes: &[u8]) -> usize {
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        if is_blank(line) {
            break;
        }
    }
    at
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// The fields in order, names in lower case, values unfolded and trimmed.
fn fields(head: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    for line in head.split_inclusive(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match field(line) {
            Some((name, value)) => fields.push((name, value.to_vec())),
            None => carry_on(fields.last_mut(), line),
        }
    }
    fields
        .into_iter()
        .map(|(name, value)| (name, text(value.trim_ascii())))
        .collect()
}

/// RFC 5322 section 2.2.3: a folded line goes on with its white space. A line that is
/// neither field nor folded gets one, so that no words run together.
fn carry_on(field: Option<&mut (String, Vec<u8>)>, line: &[u8]) {
    let Some((_, value)) = field else { return };
    if !line.starts_with(b" ") && !line.starts_with(b"\t") {
        value.push(b' ');
    }
    value.extend_from_slice(line);
}

/// A name of printable characters, white space that RFC 5322 section 4.5 forgives, a colon.
fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|b| *b == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let folded = name.first().is_some_and(u8::is_ascii_whitespace);
    let name = std::str::from_utf8(name.trim_ascii_end()).ok()?;
    let well_formed = !folded && !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
    well_formed.then(|| {
        (
            name.to_ascii_lowercase(),
            value.strip_prefix(b":").unwrap_or(value),
        )
    })
}

/// Bytes of a header as text: UTF-8 (RFC 6532), else one character a byte. Loses nothing.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &str, expected: &[(&str, &str)], body: &str) {
        let head = split(mail.as_bytes());
        let expected = expected
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        assert_eq!(head.headers, Headers::new(expected), "{mail:?}");
        assert_eq!(head.body, body.as_bytes(), "{mail:?}");
    }

    #[test]
    fn a_mail_is_fields_an_empty_line_and_a_body() {
        check(
            "A: 1\r\nb:2\r\n\r\nbody\r\n",
            &[("a", "1"), ("b", "2")],
            "body\r\n",
        );
        check("A: 1\n\nbody\n\nmore", &[("a", "1")], "body\n\nmore");
        check(
            "A: one\r\n\ttwo\r\n  three\r\n\r\n",
            &[("a", "one\ttwo  three")],
            "",
        );
        check("\r\nonly a body", &[], "only a body");
        check("A : 1\n", &[("a", "1")], "");
    }

    #[test]
    fn a_broken_header_hides_no_field_behind_it() {
        check(
            "A: 1\nbroken folding\nAuto-Submitted: x\n\n",
            &[("a", "1 broken folding"), ("auto-submitted", "x")],
            "",
        );
        check("From joe Mon Jan  1\nA: 1\n\nb", &[("a", "1")], "b");
        check("A: 1\nFr om: x\n\n", &[("a", "1 Fr om: x")], "");
    }

    #[test]
    fn without_a_field_all_is_body() {
        check(
            "just some words\n\nand more",
            &[],
            "just some words\n\nand more",
        );
        check("", &[], "");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_kept_one_by_one() {
        assert_eq!(
            split(b"Subject: gr\xfc\xdfe\n\n").headers.first("subject"),
            Some("grüße")
        );
    }

    #[test]
    fn a_huge_header_is_read_to_its_limit() {
        let mail = format!("A: 1\n{}\nbody", "B: 2\n".repeat(100_000));
        let head = split(mail.as_bytes());
        assert!(head.cut && head.headers.len() < LIMIT / 4);
        assert_eq!(head.body, b"body");
    }
}
