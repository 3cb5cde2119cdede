//! Header fields of the top level, and Message-IDs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The fields of a header in order: names in lower case, values unfolded and trimmed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Takes fields in the order of the mail.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// All values of `name` (lower case), topmost first.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The topmost value of `name` (lower case).
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The names of all fields, in lower case, topmost first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// All fields, names in lower case, topmost first.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
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

/// What they say is a stranger's, and is not printed by accident.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Headers({} fields)", self.0.len())
    }
}

/// The keyword of a structured field such as `Auto-Submitted` (RFC 3834 section 5), in
/// lower case: without comments, which nest (RFC 5322 section 3.2.2), and without the
/// parameters behind the first `;`.
pub fn keyword(value: &str) -> String {
    let (mut depth, mut escaped, mut bare) = (0_usize, false, String::new());
    for c in value.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if depth > 0 => escaped = true,
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ';' if depth == 0 => break,
            _ if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare.trim().to_ascii_lowercase()
}

/// A well-formed Message-ID (RFC 5322 section 3.6.4), kept without its brackets.
///
/// At most 248 bytes, printable ASCII without space, brackets and quotes, with an `@`
/// inside: fit to be cited in a header that we write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

impl MessageId {
    /// The longest id that is cited, brackets left out.
    pub const MAX: usize = 248;

    /// Checks one id, with or without its brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text
            .strip_prefix('<')
            .and_then(|t| t.strip_suffix('>'))
            .unwrap_or(text);
        let printable = inner
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>\"(),;\\".contains(&b));
        let (left, right) = inner.split_once('@')?;
        let whole = !left.is_empty() && !right.is_empty();
        (printable && whole && inner.len() <= Self::MAX).then(|| Self(inner.to_owned()))
    }

    /// A new id of ours at `domain`: 128 bits that nobody guesses, given by the caller.
    /// Whoever cites it has seen the letter that bears it.
    pub fn fresh(random: [u8; 16], domain: &str) -> Self {
        let left: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        // A domain that does not fit an id costs its readability, never the id.
        Self::parse(&format!("{left}@{domain}"))
            .unwrap_or_else(|| Self(format!("{left}@gatepost.invalid")))
    }

    /// All well-formed ids in a field such as References, in order.
    pub fn parse_all(field: &str) -> Vec<Self> {
        field
            .split('<')
            .skip(1)
            .filter_map(|rest| rest.split_once('>'))
            .filter_map(|(id, _)| Self::parse(id))
            .collect()
    }

    /// The id without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MessageId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| "not a Message-ID of the form left@right".to_owned())
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.0
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
    fn an_id_that_is_read_back_is_checked() {
        let read = |text: &str| serde_json::from_str::<MessageId>(text);
        let id = MessageId::parse("<a@b>").unwrap();
        let written = serde_json::to_string(&id).unwrap();
        assert_eq!((written.as_str(), read(&written).unwrap()), ("\"a@b\"", id));
        for bad in [r#""a""#, r#""a@b\r\nBcc: c@d""#, r#""a @b""#, r#""""#] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_that_we_cite_and_ids_that_we_do_not() {
        assert!(MessageId::parse("<a.b@c>").is_some());
        let long = format!("<{}@c>", "a".repeat(300));
        for bad in [
            "",
            "<>",
            "<a>",
            "<a b@c>",
            "<a@>",
            "<a@c\r\nX: y>",
            "<a<b@c>",
            "<\u{fc}@c>",
            long.as_str(),
        ] {
            assert!(MessageId::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_fresh_id_is_well_formed_whatever_the_domain() {
        let long = "a".repeat(250);
        for (domain, id) in [
            (
                "example.org",
                "00000000000000000000000000000000@example.org",
            ),
            (
                "b\r\nX: y",
                "00000000000000000000000000000000@gatepost.invalid",
            ),
            (&long, "00000000000000000000000000000000@gatepost.invalid"),
        ] {
            assert_eq!(MessageId::fresh([0; 16], domain).as_str(), id);
        }
        assert_ne!(
            MessageId::fresh([1; 16], "a"),
            MessageId::fresh([2; 16], "a")
        );
    }

    #[test]
    fn a_keyword_stands_outside_comments_and_before_parameters() {
        for (value, word) in [
            ("no", "no"),
            (" No (person)", "no"),
            ("(a (nested) one \\) still) NO", "no"),
            ("auto-replied; owner-email=\"a@b\"", "auto-replied"),
            ("auto(x)-generated", "auto-generated"),
            ("", ""),
            ("(unclosed no", ""),
        ] {
            assert_eq!(keyword(value), word, "{value:?}");
        }
    }

    #[test]
    fn references_are_read_around_rubbish() {
        let ids = MessageId::parse_all("<a@b> (comment) junk <c d> <e@f><g@h>");
        assert_eq!(
            ids.iter().map(MessageId::as_str).collect::<Vec<_>>(),
            ["a@b", "e@f", "g@h"]
        );
    }
}
