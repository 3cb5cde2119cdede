//! What a part says of itself: type, encoding, whether it is an attachment, file name.

use super::decode::Encoding;
use crate::mail::{Foreign, Headers, keyword};
use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

/// The Content-* fields of a mail or a part (RFC 2045, RFC 2183), in our own terms.
pub(super) struct Media {
    /// `type/subtype` in lower case, of the letters that RFC 6838 allows.
    pub(super) kind: String,
    pub(super) boundary: Option<String>,
    pub(super) charset: Option<String>,
    /// `report-type` (RFC 6522), in lower case.
    pub(super) report_type: Option<String>,
    /// `smime-type` (RFC 8551), in lower case.
    pub(super) smime_type: Option<String>,
    /// `method` of a calendar (RFC 6047).
    pub(super) method: Option<String>,
    pub(super) encoding: Encoding,
    /// The sender says that it is to be saved and not to be shown.
    pub(super) is_attachment: bool,
    pub(super) file_name: Foreign,
}

impl Media {
    /// Reads them. `default` is the type of a part that names none.
    pub(super) fn of(headers: &Headers, default: &str) -> Self {
        let content = structured(headers, "content-type");
        let disposition = structured(headers, "content-disposition");
        let said = |name| {
            content
                .as_ref()
                .and_then(|c| c.attribute(name))
                .map(str::to_owned)
        };
        let lower = |name| said(name).map(|value| value.trim().to_ascii_lowercase());
        let file_name = disposition
            .as_ref()
            .and_then(|d| d.attribute("filename"))
            .map(str::to_owned);
        Self {
            kind: content.as_ref().map_or_else(|| default.to_owned(), kind),
            boundary: said("boundary").filter(|b| (1..=200).contains(&b.len())),
            charset: said("charset"),
            report_type: lower("report-type"),
            smime_type: lower("smime-type"),
            method: lower("method"),
            encoding: Encoding::named(&keyword(
                headers
                    .first("content-transfer-encoding")
                    .unwrap_or_default(),
            )),
            is_attachment: disposition
                .as_ref()
                .is_some_and(|d| d.ctype().eq_ignore_ascii_case("attachment")),
            file_name: Foreign::new(file_name.or_else(|| said("name")).unwrap_or_default()),
        }
    }
}

fn structured(headers: &Headers, name: &str) -> Option<ContentType<'static>> {
    let line = format!("{}\n", headers.first(name)?);
    match MessageStream::new(line.as_bytes()).parse_content_type() {
        HeaderValue::ContentType(content) => HeaderValue::ContentType(content)
            .into_owned()
            .into_content_type(),
        _ => None,
    }
}

/// A bare `text` is what programs older than MIME write; every other type that cannot
/// be read is bytes (RFC 2045 section 5.2).
fn kind(content: &ContentType<'_>) -> String {
    let main = content.ctype().trim().to_ascii_lowercase();
    let sub = content
        .subtype()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match (is_token(&main), is_token(&sub)) {
        (true, true) => format!("{main}/{sub}"),
        (true, false) if main == "text" => "text/plain".to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// A restricted name of RFC 6838 section 4.2.
fn is_token(name: &str) -> bool {
    (1..=127).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(fields: &[(&str, &str)]) -> Media {
        Media::of(
            &Headers::new(
                fields
                    .iter()
                    .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                    .collect(),
            ),
            "text/plain",
        )
    }

    #[test]
    fn a_type_is_a_type_or_bytes() {
        for (written, kind) in [
            ("Text/HTML; charset=utf-8", "text/html"),
            (
                "multipart/report; report-type=delivery-status",
                "multipart/report",
            ),
            ("text", "text/plain"),
            ("nonsense", "application/octet-stream"),
            ("a\u{1b}[31m/b", "application/octet-stream"),
            ("message/rfc822 (comment)", "message/rfc822"),
        ] {
            assert_eq!(
                media(&[("content-type", written)]).kind,
                kind,
                "{written:?}"
            );
        }
        assert_eq!(media(&[]).kind, "text/plain");
    }

    #[test]
    fn parameters_are_read_in_any_case() {
        let m = media(&[(
            "content-type",
            "multipart/Report; Report-Type=\"Delivery-Status\"; BOUNDARY=\"a b\"",
        )]);
        assert_eq!(m.report_type.as_deref(), Some("delivery-status"));
        assert_eq!(m.boundary.as_deref(), Some("a b"));
    }

    #[test]
    fn a_file_name_is_decoded_and_stays_foreign() {
        let m = media(&[(
            "content-disposition",
            "ATTACHMENT; filename*=utf-8''..%2F%E2%80%AEtxt.exe",
        )]);
        assert!(m.is_attachment);
        assert_eq!(m.file_name.raw(), "../\u{202e}txt.exe");
        let m = media(&[
            ("content-type", "text/plain; name=poc.py"),
            ("content-disposition", "inline"),
        ]);
        assert_eq!((m.file_name.raw(), m.is_attachment), ("poc.py", false));
    }

    #[test]
    fn an_encoding_may_bear_a_comment() {
        assert_eq!(
            media(&[("content-transfer-encoding", "BASE64 (of course)")]).encoding,
            Encoding::Base64
        );
    }
}
