//! security.txt (RFC 9116): written from the config, and judged where it lies.

mod judge;
mod read;

pub use judge::{Fault, judge, value};
pub use read::{Field, Signed, Text, read};

use super::{marked, name};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first line of every file that is written here.
pub const MADE: &str =
    "# Made by `gatepost export security-txt`: change the config of gatepost, not this file.";

/// What a file says of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// How to reach us, the preferred way first; at least one.
    pub contact: Vec<String>,
    /// Where our key lies.
    pub encryption: Vec<String>,
    /// Where we thank people.
    pub acknowledgments: Vec<String>,
    /// What we read, as language tags.
    pub languages: Vec<String>,
    /// Where this very file lies.
    pub canonical: Vec<String>,
    /// Our page.
    pub policy: Vec<String>,
    /// Where we look for people.
    pub hiring: Vec<String>,
}

/// The text of a file, unsigned; the names that cannot be written, and why, are left out
/// of it.
pub fn write(
    fields: &Fields,
    expires: Timestamp,
    thanks: &[String],
) -> (String, Vec<(String, &'static str)>) {
    let mut text = format!("{MADE}\n");
    let mut field = |name: &str, values: &[String]| {
        for value in values {
            text.push_str(&format!("{name}: {value}\n"));
        }
    };
    field("Contact", &fields.contact);
    field("Expires", &[moment(expires)]);
    field("Encryption", &fields.encryption);
    field("Acknowledgments", &fields.acknowledgments);
    let languages = fields.languages.join(", ");
    field(
        "Preferred-Languages",
        &Vec::from_iter((!languages.is_empty()).then_some(languages)),
    );
    field("Canonical", &fields.canonical);
    field("Policy", &fields.policy);
    field("Hiring", &fields.hiring);
    let (mut lines, mut refused) = (Vec::new(), Vec::new());
    for one in thanks {
        match name::comment(one) {
            Ok(name) => lines.push(format!("# - {name}\n")),
            Err(why) => refused.push((one.clone(), why)),
        }
    }
    if !lines.is_empty() {
        text.push_str(&format!(
            "\n# {}\n# They reported vulnerabilities to us, and we thank them:\n{}# {}\n",
            marked::BEGIN,
            lines.concat(),
            marked::END
        ));
    }
    (text, refused)
}

fn moment(at: Timestamp) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    utc.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// When a file written at `now` ends: whole days, at midnight.
pub fn expires(now: Timestamp, days: u16) -> Timestamp {
    let day = now.to_zoned(TimeZone::UTC).date();
    let last = day.saturating_add(jiff::Span::new().days(i64::from(days)));
    last.to_zoned(TimeZone::UTC)
        .map_or(now, |at| at.timestamp())
}

/// Whether two texts differ in nothing but the moment at which they end.
pub fn same_but_for_the_end(one: &str, other: &str) -> bool {
    let without = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim_end).filter(|l| !is_expires(l));
        lines.map(str::to_owned).collect()
    };
    without(one) == without(other)
}

fn is_expires(line: &str) -> bool {
    line.get(..8)
        .is_some_and(|name| name.eq_ignore_ascii_case("expires:"))
}

/// The line of a text on which somebody is thanked by name, from 1.
pub fn line_of(text: &str, wanted: &str) -> Option<usize> {
    lines_with(text, wanted).first().copied()
}

/// Every line of a text that thanks somebody by this name, from 1. The fields of a file
/// are ours, whatever they are called.
pub fn lines_with(text: &str, wanted: &str) -> Vec<usize> {
    let lines = text.lines().enumerate();
    let with = lines.filter(|(_, line)| super::named::is_comment_of(line, wanted));
    with.map(|(i, _)| i + 1).collect()
}

#[cfg(test)]
mod tests;
