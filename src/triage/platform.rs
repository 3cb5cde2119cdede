//! A platform for reports that the config names, and the report that a mail of it is about.
//!
//! Only mail that our mail server vouches for is a platform's. The id of its report is
//! read by a pattern of plain text with one `*`; there is nothing in it that could run
//! long. An id holds letters, digits, `.`, `_` and `-` and no more.

use super::{Authenticated, House, Way};
use crate::mail::{Address, Mail};
use std::fmt;

/// A platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// A word: what the record calls it.
    pub name: String,
    /// Whose mail is its mail.
    pub from: Sender,
    /// The field in which the id of a report stands, in lower case.
    pub field: String,
    /// What stands around the id there.
    pub id: Around,
    /// The class of reports that come by it.
    pub class: Option<String>,
}

/// Whose mail is a platform's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// This address.
    Address(Address),
    /// Every address at this domain, in the form that addresses have theirs; those below
    /// it may be somebody else's.
    Domain(String),
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::Domain(domain) => f.write_str(domain),
        }
    }
}

/// What stands before an id and behind it: a pattern such as `Report #*:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    before: String,
    behind: String,
}

/// The longest id that is read, in characters.
const LONGEST: usize = 64;

impl Around {
    /// Reads a pattern: text with one `*`. A `*` alone takes the first word.
    pub fn parse(pattern: &str) -> Option<Self> {
        let (before, behind) = pattern.split_once('*')?;
        (!behind.contains('*')).then(|| Self {
            before: before.to_ascii_lowercase(),
            behind: behind.to_ascii_lowercase(),
        })
    }

    /// The first id in a text, as it is written there. Capital letters around it do not matter.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        // ASCII letters alone change, so that both have the same offsets.
        let lower = text.to_ascii_lowercase();
        let begins = lower
            .match_indices(&self.before)
            .map(|(at, found)| at + found.len());
        begins.take(1000).find_map(|at| {
            let rest = text.get(at..)?;
            let is_of_it = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let longest = rest
                .find(|c| !is_of_it(c))
                .unwrap_or(rest.len())
                .min(LONGEST + 1);
            // What stands behind may begin like an id: `*.` ends at the full stop.
            let ends_at = |end: &usize| {
                let behind = lower.get(at + end..);
                behind.is_some_and(|b| b.starts_with(&self.behind))
            };
            let end = (1..=longest)
                .rev()
                .find(ends_at)
                .filter(|end| *end <= LONGEST)?;
            rest.get(..end)
        })
    }
}

impl Platform {
    /// Whether a mail says that it is from it.
    pub fn wrote(&self, mail: &Mail) -> bool {
        mail.author
            .address()
            .is_some_and(|author| match &self.from {
                Sender::Address(address) => author == address,
                Sender::Domain(domain) => author.domain() == domain,
            })
    }

    /// The id of the report that a mail of it is about; in lower case, since some write
    /// one id in two ways.
    fn report(&self, mail: &Mail) -> Option<String> {
        let found = match self.field.as_str() {
            "subject" => self.id.find(mail.subject.raw()),
            name => mail.headers.all(name).find_map(|value| self.id.find(value)),
        };
        found.map(str::to_ascii_lowercase)
    }
}

/// The platform that a mail is from, if our mail server vouches for it.
pub(super) fn platform<'h>(house: &'h House, way: &Way, mail: &Mail) -> Option<&'h Platform> {
    let mut platforms = house.platforms.iter();
    platforms
        .find(|platform| platform.wrote(mail))
        .filter(|_| way.authenticated == Authenticated::Pass)
}

/// The name of the platform that a mail is from, and the id of the report that it is about.
pub fn report_of<'h>(house: &'h House, way: &Way, mail: &Mail) -> Option<(&'h str, String)> {
    let platform = platform(house, way, mail)?;
    Some((&platform.name, platform.report(mail)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_by_what_stands_around_it() {
        let long = format!("#{}", "7".repeat(65));
        for (pattern, text, id) in [
            ("#*", "Report #123 was opened", Some("123")),
            ("report #*:", "New REPORT #a-1.b_C: XSS", Some("a-1.b_C")),
            ("[*]", "Re: [urgent matter] [H1-77] XSS", Some("H1-77")),
            ("*", "abc-1", Some("abc-1")),
            ("*.", "abc-1.", Some("abc-1")),
            ("id=*", "id= 5", None),
            ("#*:", "#123 x: #9: y", Some("9")),
            ("#*", "Report # 123", None),
            ("#*", &long, None),
            ("#*", "#\u{661}\u{662}", None),
            ("#*", "grüße #12", Some("12")),
            ("İ#*", "İ#12", Some("12")),
        ] {
            let around = Around::parse(pattern).unwrap();
            assert_eq!(around.find(text), id, "{pattern} in {text}");
        }
        for bad in ["", "#", "**", "a*b*"] {
            assert_eq!(Around::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_hostile_text_costs_little() {
        let around = Around::parse("#*#x").unwrap();
        assert_eq!(around.find(&"#1".repeat(500_000)), None);
    }
}
