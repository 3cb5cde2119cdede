//! The values of header fields, in our own types.
//!
//! `mail-parser` decodes one value at a time; which field counts, and what happens when
//! there are two, is decided here. Addresses are read in [`super::mailbox`].

use super::mailbox::{Entry, entries};
use crate::mail::{Address, Author, Defect, Foreign, Headers, MessageId};
use jiff::Timestamp;
use mail_parser::DateTime;
use mail_parser::parsers::MessageStream;

const RECIPIENTS: usize = 1_000;
const REPLY_TO: usize = 20;
const IN_REPLY_TO: usize = 20;
const REFERENCES: usize = 100;

/// The author by From (RFC 5322 section 3.6.2): exactly one field with exactly one
/// address, those in groups counted (RFC 6854).
pub(super) fn author(headers: &Headers) -> (Author, Option<Defect>) {
    let mut fields = headers.all("from");
    match (fields.next(), fields.next()) {
        (None, _) => (Author::Unusable, Some(Defect::NoFrom)),
        (Some(field), None) => author_in(field),
        (Some(_), Some(_)) => (Author::Several, Some(Defect::SeveralFrom)),
    }
}

/// The same of one field.
pub(super) fn author_in(field: &str) -> (Author, Option<Defect>) {
    let unusable = (Author::Unusable, Some(Defect::NoFrom));
    let (mut words, mut one) = (Vec::new(), None);
    for entry in entries(field, RECIPIENTS) {
        match entry {
            Entry::Mailbox { .. } if one.is_some() => return (Author::Several, None),
            Entry::Mailbox { name, address } => one = Some((name, address)),
            // `Lee, Kim <kim@example.net>`: a comma that wants quotes.
            Entry::Words(text) if one.is_none() => words.push(text),
            Entry::Words(_) | Entry::Broken => return unusable,
        }
    }
    let Some((name, address)) = one else {
        return unusable;
    };
    words.push(name);
    let name = Foreign::new(decoded(&words.join(", ")));
    (Author::One { address, name }, None)
}

/// The usable addresses of To, Cc and Bcc.
pub(super) fn recipients(headers: &Headers) -> Vec<Address> {
    let fields = ["to", "cc", "bcc"].into_iter();
    addresses(fields.flat_map(|name| headers.all(name)), RECIPIENTS)
}

/// The usable addresses of Reply-To.
pub(super) fn reply_to(headers: &Headers) -> Vec<Address> {
    addresses(headers.all("reply-to"), REPLY_TO)
}

fn addresses<'a>(fields: impl Iterator<Item = &'a str>, at_most: usize) -> Vec<Address> {
    let address = |entry| match entry {
        Entry::Mailbox { address, .. } => Some(address),
        Entry::Words(_) | Entry::Broken => None,
    };
    fields
        .flat_map(|f| entries(f, at_most))
        .filter_map(address)
        .take(at_most)
        .collect()
}

/// A name with its encoded words decoded (RFC 2047).
fn decoded(name: &str) -> String {
    if !name.contains("=?") {
        return name.to_owned();
    }
    let line = format!("{name}\n");
    let value = MessageStream::new(line.as_bytes()).parse_unstructured();
    value.as_text().unwrap_or_default().to_owned()
}

/// The subject, its encoded words decoded (RFC 2047).
pub(super) fn subject(headers: &Headers) -> Foreign {
    let line = format!("{}\n", headers.first("subject").unwrap_or_default());
    let value = MessageStream::new(line.as_bytes()).parse_unstructured();
    Foreign::new(value.as_text().unwrap_or_default())
}

/// The Date field as an instant.
pub(super) fn date(headers: &Headers) -> Option<Timestamp> {
    let date = DateTime::parse_rfc822(headers.first("date")?).filter(DateTime::is_valid)?;
    Timestamp::from_second(date.to_timestamp()).ok()
}

/// The Message-ID, when there is one field with one well-formed id.
pub(super) fn message_id(headers: &Headers) -> Result<MessageId, Defect> {
    let mut fields = headers.all("message-id");
    match (fields.next(), fields.next()) {
        (None, _) => Err(Defect::NoMessageId),
        (Some(_), Some(_)) => Err(Defect::SeveralMessageId),
        (Some(field), None) => one_id(field).ok_or(Defect::MalformedMessageId),
    }
}

/// Some programs leave the brackets out, some put a comment behind them.
fn one_id(field: &str) -> Option<MessageId> {
    match MessageId::parse_all(field).as_slice() {
        [id] => Some(id.clone()),
        _ => MessageId::parse(field),
    }
}

/// The ids of In-Reply-To.
pub(super) fn in_reply_to(headers: &Headers) -> Vec<MessageId> {
    headers
        .all("in-reply-to")
        .flat_map(MessageId::parse_all)
        .take(IN_REPLY_TO)
        .collect()
}

/// The ids of References: the root and the nearest, so that a list of fifty thousand
/// costs no more than one of a hundred.
pub(super) fn references(headers: &Headers) -> Vec<MessageId> {
    let mut ids: Vec<MessageId> = headers
        .all("references")
        .flat_map(MessageId::parse_all)
        .collect();
    let surplus = ids.len().saturating_sub(REFERENCES);
    if surplus > 0 {
        ids.drain(1..=surplus);
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        Headers::new(
            fields
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn the_one_true_address_or_none() {
        let one = |from| {
            author(&headers(&[("from", from)]))
                .0
                .address()
                .map(ToString::to_string)
        };
        for (from, address) in [
            ("kim@example.net", "kim@example.net"),
            ("Kim Lee <kim@example.net>", "kim@example.net"),
            (
                "\"security@example.org\" <kim@example.net>",
                "kim@example.net",
            ),
            ("Lee, Kim <kim@example.net>", "kim@example.net"),
            ("kim@example.net (Kim Lee)", "kim@example.net"),
            ("security@example.org <kim@example.net>", "kim@example.net"),
            (
                "=?utf-8?q?security=40example.org?= <kim@example.net>",
                "kim@example.net",
            ),
            ("Reporters: kim@example.net;", "kim@example.net"),
            ("Kim <kim@exämple.net>", "kim@xn--exmple-cua.net"),
        ] {
            assert_eq!(one(from).as_deref(), Some(address), "{from:?}");
        }
        for from in [
            "",
            "Kim Lee",
            "undisclosed:;",
            "<>",
            "a@b.example, c@d.example",
            "Group: a@b.example, c@d.example;",
            "<a@b.example> <c@d.example>",
            "<a@b.ex><ample>",
            "a@b.example c@d.example",
            "=?utf-8?q?a=40b.example?= (x)",
            "\"kim lee\"@example.net",
            "kim@example.net\0.org",
            "<@relay.example:kim@example.net>",
        ] {
            assert_eq!(one(from), None, "{from:?}");
        }
    }

    #[test]
    fn two_from_fields_are_nobody() {
        let two = headers(&[("from", "a@b.example"), ("from", "c@d.example")]);
        assert_eq!(author(&two), (Author::Several, Some(Defect::SeveralFrom)));
    }

    #[test]
    fn a_message_id_is_one_or_a_defect() {
        let read =
            |fields: &[(&str, &str)]| message_id(&headers(fields)).map(|id| id.as_str().to_owned());
        assert_eq!(
            read(&[("message-id", "<a@b> (added by c)")]),
            Ok("a@b".into())
        );
        assert_eq!(read(&[("message-id", "a@b")]), Ok("a@b".into()));
        assert_eq!(
            read(&[("message-id", "<a b>")]),
            Err(Defect::MalformedMessageId)
        );
        assert_eq!(
            read(&[("message-id", "<a@b> <c@d>")]),
            Err(Defect::MalformedMessageId)
        );
        assert_eq!(
            read(&[("message-id", "<a@b>"), ("message-id", "<c@d>")]),
            Err(Defect::SeveralMessageId)
        );
        assert_eq!(read(&[]), Err(Defect::NoMessageId));
    }

    #[test]
    fn a_long_list_of_references_keeps_its_root_and_its_end() {
        let list = |n: usize| (0..n).map(|i| format!("<{i}@a>")).collect::<String>();
        let read = |n| references(&headers(&[("references", &list(n))]));
        for (n, kept) in [(0, 0), (1, 1), (100, 100), (101, 100), (5_000, 100)] {
            assert_eq!(read(n).len(), kept, "{n}");
        }
        let ids = read(5_000);
        let at = |i: usize| ids.get(i).map(MessageId::as_str);
        assert_eq!(
            (at(0), at(1), at(99)),
            (Some("0@a"), Some("4901@a"), Some("4999@a"))
        );
    }

    #[test]
    fn a_subject_is_decoded_and_a_date_is_an_instant() {
        let h = headers(&[
            ("subject", "=?utf-8?q?gr=C3=BC=C3=9Fe?= from me"),
            ("date", "Sun, 22 Nov 2026 09:30:00 +0100"),
        ]);
        assert_eq!(subject(&h).raw(), "grüße from me");
        assert_eq!(
            date(&h).map(|d| d.to_string()).as_deref(),
            Some("2026-11-22T08:30:00Z")
        );
        assert_eq!(date(&headers(&[("date", "soon")])), None);
        assert_eq!(
            date(&headers(&[("date", "31 Feb 2026 99:99:99 +9999")])),
            None
        );
    }
}
