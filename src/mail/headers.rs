//! Header fields of the top level, and Message-IDs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The fields of a header in order: names in lower case, values unfolded and trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Takes fields in the order of the mail.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// All values of `name` (lower case), topmost first.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The topmost value of `name` (lower case).
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A well-formed Message-ID (RFC 5322 section 3.6.4), kept without its brackets.
///
/// At most 248 bytes, printable ASCII without space, brackets and quotes, with an `@`
/// inside: fit to be cited in a header that we write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// The longest id that is cited, brackets left out.
    pub const MAX: usize = 248;

    /// Checks one id, with or without its brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        let printable = inner.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"(),;\\".contains(&b));
        let (left, right) = inner.split_once('@')?;
        let whole = !left.is_empty() && !right.is_empty();
        (printable && whole && inner.len() <= Self::MAX).then(|| Self(inner.to_owned()))
    }

    /// All well-formed ids in a field such as References, in order.
    pub fn parse_all(field: &str) -> Vec<Self> {
        field.split('<').skip(1).filter_map(|rest| rest.split_once('>')).filter_map(|(id, _)| Self::parse(id)).collect()
    }

    /// The id without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_we_cite_and_ids_that_we_do_not() {
        assert!(MessageId::parse("<a.b@c>").is_some());
        let long = format!("<{}@c>", "a".repeat(300));
        for bad in ["", "<>", "<a>", "<a b@c>", "<a@>", "<a@c\r\nX: y>", "<a<b@c>", "<\u{fc}@c>", long.as_str()] {
            assert!(MessageId::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn references_are_read_around_rubbish() {
        let ids = MessageId::parse_all("<a@b> (comment) junk <c d> <e@f><g@h>");
        assert_eq!(ids.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["a@b", "e@f", "g@h"]);
    }
}
