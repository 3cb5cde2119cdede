//! Walks the MIME structure of a mail (RFC 2046) to its leaves.
//!
//! The walk is ours and not the parser's, because it must end early: a mail of a
//! million parts, or ten thousand deep, costs what one of [`LEAVES`] parts or
//! [`DEPTH`] levels costs. Nothing is copied, and a mail inside a mail is a leaf.
//!
//! Readers forgive: a multipart whose boundary never comes is text, and a missing last
//! boundary ends with the mail.

use super::head;
use super::media::Media;

/// At most so many leaves are read.
pub(super) const LEAVES: usize = 200;
/// A multipart below this level is a leaf.
const DEPTH: usize = 10;

/// A part without parts.
pub(super) struct Leaf<'a> {
    pub(super) media: Media,
    pub(super) body: &'a [u8],
    /// It is, or is within, one form of this `multipart/alternative`, the outermost; they are
    /// counted from 1.
    pub(super) alternative: Option<usize>,
}

/// What a walk found.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) leaves: Vec<Leaf<'a>>,
    /// A `multipart/encrypted` (RFC 1847) was among the parts.
    pub(super) has_encrypted: bool,
    /// A `multipart/report` stands before all else, with this `report-type`.
    pub(super) report: Option<Option<String>>,
    /// There are more parts than were read.
    pub(super) has_more: bool,
    alternatives: usize,
}

/// All leaves of a part, in order.
pub(super) fn leaves(media: Media, body: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    found.visit(
        Leaf {
            media,
            body,
            alternative: None,
        },
        0,
    );
    found
}

impl<'a> Found<'a> {
    fn visit(&mut self, mut part: Leaf<'a>, depth: usize) {
        if self.leaves.len() >= LEAVES {
            self.has_more = true;
            return;
        }
        let is_multipart = part.media.kind.starts_with("multipart/");
        let pieces = part
            .media
            .boundary
            .as_deref()
            .filter(|_| is_multipart)
            .and_then(|b| Pieces::of(part.body, b));
        match pieces {
            Some(pieces) if depth < DEPTH => {
                self.open(&part.media, part.alternative, pieces, depth)
            }
            Some(_) => self.leaves.push(part),
            None => {
                if is_multipart {
                    part.media.kind = "text/plain".to_owned();
                }
                self.leaves.push(part);
            }
        }
    }

    fn open(&mut self, media: &Media, within: Option<usize>, pieces: Pieces<'a, '_>, depth: usize) {
        self.has_encrypted |= media.kind == "multipart/encrypted";
        if media.kind == "multipart/report" && self.leaves.is_empty() && self.report.is_none() {
            self.report = Some(media.report_type.clone());
        }
        let alternative = within.or_else(|| {
            let is = media.kind == "multipart/alternative";
            self.alternatives += usize::from(is);
            is.then_some(self.alternatives)
        });
        // RFC 2046 section 5.1.5: a digest is of mails.
        let default = if media.kind == "multipart/digest" {
            "message/rfc822"
        } else {
            "text/plain"
        };
        for piece in pieces {
            let head = head::split(piece);
            let part = Leaf {
                media: Media::of(&head.headers, default),
                body: head.body,
                alternative,
            };
            self.visit(part, depth + 1);
            if self.has_more {
                return;
            }
        }
    }
}

/// What stands between the boundaries of a multipart; preamble and epilogue left out.
struct Pieces<'a, 'b> {
    rest: Option<&'a [u8]>,
    boundary: &'b str,
}

impl<'a, 'b> Pieces<'a, 'b> {
    /// `None` when the boundary never comes.
    fn of(body: &'a [u8], boundary: &'b str) -> Option<Self> {
        let first = delimiter(body, boundary)?;
        Some(Self {
            rest: (!first.is_last).then_some(first.behind),
            boundary,
        })
    }
}

impl<'a> Iterator for Pieces<'a, '_> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        let Some(next) = delimiter(rest, self.boundary) else {
            return Some(rest).filter(|r| !r.is_empty());
        };
        self.rest = (!next.is_last).then_some(next.behind);
        Some(next.before)
    }
}

/// A line `--boundary` or `--boundary--`, and what lies around it.
struct Delimiter<'a> {
    /// Without the line end, which belongs to the delimiter (RFC 2046 section 5.1.1).
    before: &'a [u8],
    behind: &'a [u8],
    is_last: bool,
}

fn delimiter<'a>(bytes: &'a [u8], boundary: &str) -> Option<Delimiter<'a>> {
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if let Some(is_last) = is_delimiter(line, boundary) {
            let (before, from) = bytes.split_at_checked(at)?;
            let behind = from.get(line.len()..)?;
            let before = before.strip_suffix(b"\n").unwrap_or(before);
            let before = before.strip_suffix(b"\r").unwrap_or(before);
            return Some(Delimiter {
                before,
                behind,
                is_last,
            });
        }
        at += line.len();
    }
    None
}

/// `Some(true)` for the last one. Only white space may follow: a boundary that begins
/// like another is another.
fn is_delimiter(line: &[u8], boundary: &str) -> Option<bool> {
    let rest = line
        .strip_prefix(b"--")?
        .strip_prefix(boundary.as_bytes())?;
    match rest.trim_ascii_end() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &str, expected: &[(&str, &str)]) {
        let head = head::split(mail.as_bytes());
        let found = leaves(Media::of(&head.headers, "text/plain"), head.body);
        let seen: Vec<(&str, String)> = found
            .leaves
            .iter()
            .map(|l| {
                (
                    l.media.kind.as_str(),
                    String::from_utf8_lossy(l.body).into_owned(),
                )
            })
            .collect();
        let expected: Vec<(&str, String)> = expected
            .iter()
            .map(|(k, b)| (*k, (*b).to_owned()))
            .collect();
        assert_eq!(seen, expected, "{mail:?}");
    }

    const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";

    #[test]
    fn parts_lie_between_boundaries() {
        check("\nplain", &[("text/plain", "plain")]);
        let parts = format!(
            "{MIXED}preamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: image/png\r\n\r\ntwo\r\n--b--\r\nepilogue"
        );
        check(&parts, &[("text/plain", "one"), ("image/png", "two")]);
    }

    #[test]
    fn broken_boundaries_lose_nothing() {
        check(
            &format!("{MIXED}no boundary at all"),
            &[("text/plain", "no boundary at all")],
        );
        check(
            &format!("{MIXED}--b\n\none\n--b\n\nno end"),
            &[("text/plain", "one"), ("text/plain", "no end")],
        );
        check(
            &format!("{MIXED}--b\n\none\n--bb\nstill one\n--b--"),
            &[("text/plain", "one\n--bb\nstill one")],
        );
        check(
            "Content-Type: multipart/mixed\n\nno name",
            &[("text/plain", "no name")],
        );
        check(
            &format!("{MIXED}--b\nno empty line\n--b--"),
            &[("text/plain", "no empty line")],
        );
    }

    #[test]
    fn an_outer_boundary_ends_an_inner_part() {
        let inner = "Content-Type: multipart/alternative; boundary=i\n\n--i\n\nplain\n--i\nContent-Type: text/html\n\nhtml\n";
        check(
            &format!("{MIXED}--b\n{inner}--b\n\nlast\n--b--"),
            &[
                ("text/plain", "plain"),
                ("text/html", "html"),
                ("text/plain", "last"),
            ],
        );
    }

    #[test]
    fn a_mail_in_a_mail_is_one_leaf() {
        check(
            "Content-Type: message/rfc822\n\nA: 1\n\nb",
            &[("message/rfc822", "A: 1\n\nb")],
        );
        check(
            "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: 1\n--b--",
            &[("message/rfc822", "A: 1")],
        );
    }

    #[test]
    fn bombs_are_read_to_a_limit() {
        let wide = format!("{MIXED}{}", "--b\n\nx\n".repeat(1_000_000));
        let head = head::split(wide.as_bytes());
        let found = leaves(Media::of(&head.headers, "text/plain"), head.body);
        assert_eq!((found.leaves.len(), found.has_more), (LEAVES, true));

        let deep: String = (0..10_000)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        let head = head::split(deep.as_bytes());
        let found = leaves(Media::of(&head.headers, "text/plain"), head.body);
        assert_eq!((found.leaves.len(), found.has_more), (1, false));
    }
}
