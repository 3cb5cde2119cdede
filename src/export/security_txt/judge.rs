//! What is wrong with a file by RFC 9116, and what would be better.

use super::read::{Field, Signed, Text};
use crate::mail::{Address, Foreign};
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// The longest file that readers have to take.
const LONGEST: usize = 32 * 1024;
/// The RFC recommends that a file does not last longer.
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);
/// The fields that the RFC knows, and one that is registered since.
const KNOWN: [&str; 9] = [
    "Contact",
    "Expires",
    "Encryption",
    "Acknowledgments",
    "Preferred-Languages",
    "Canonical",
    "Policy",
    "Hiring",
    "CSAF",
];

/// Something that is wrong, or could be better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the line, from 1, where it is about one.
    pub line: Option<usize>,
    /// The file is not valid by it; else it is advice.
    pub is_wrong: bool,
    /// What is the matter, and what to do.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.what)
    }
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, line: impl Into<Option<usize>>, is_wrong: bool, what: impl Into<String>) {
        self.0.push(Fault {
            line: line.into(),
            is_wrong,
            what: what.into(),
        });
    }
}

/// What is wrong with it at this moment, in the order of its lines; and when it ends.
pub fn judge(text: &Text, now: Timestamp) -> (Vec<Fault>, Option<Timestamp>) {
    let mut faults = Faults::default();
    if text.has_mark {
        faults.add(
            1,
            true,
            "it begins with a byte order mark: save it as UTF-8 without one",
        );
    }
    if let Signed::Broken(line) = text.signed {
        faults.add(
            line,
            true,
            "its signature does not cover the whole file, or is cut off: sign it anew",
        );
    }
    for line in &text.strange {
        faults.add(
            *line,
            true,
            "this is no field (`Name: value`), and no comment (`# ...`)",
        );
    }
    for field in &text.fields {
        one(field, &mut faults);
    }
    let expires = whole(text, now, &mut faults);
    faults.0.sort_by_key(|f| (f.line.is_none(), f.line));
    (faults.0, expires)
}

/// The fields of this name.
fn of<'t>(text: &'t Text, name: &str) -> Vec<&'t Field> {
    let fields = text.fields.iter();
    fields
        .filter(|f| f.name.eq_ignore_ascii_case(name))
        .collect()
}

/// What the file as a whole lacks; gives when it ends.
fn whole(text: &Text, now: Timestamp, faults: &mut Faults) -> Option<Timestamp> {
    if of(text, "Contact").is_empty() {
        faults.add(None, true, "it has no Contact: there is at least one");
    }
    for name in ["Expires", "Preferred-Languages"] {
        for second in of(text, name).iter().skip(1) {
            faults.add(
                second.line,
                true,
                format!("a second {name}: there is at most one"),
            );
        }
    }
    if text.signed == Signed::Yes && of(text, "Canonical").is_empty() {
        faults.add(
            None,
            false,
            "it is signed and has no Canonical: name the address at which it lies",
        );
    }
    if text.text.len() > LONGEST {
        faults.add(
            None,
            false,
            "it is longer than 32 KiB: not everybody reads it to its end",
        );
    }
    let Some(field) = of(text, "Expires").first().copied() else {
        faults.add(None, true, "it has no Expires: there is exactly one");
        return None;
    };
    let Some(at) = instant(field.value.trim()) else {
        faults.add(
            field.line,
            true,
            "Expires is no moment of RFC 3339: write it like 2027-12-31T00:00:00Z",
        );
        return None;
    };
    if at <= now {
        faults.add(
            field.line,
            true,
            "it has expired: nobody need believe it any more",
        );
    } else if at.duration_since(now) > YEAR {
        faults.add(
            field.line,
            false,
            "it ends in more than a year: less is recommended",
        );
    }
    Some(at)
}

/// A moment with its date, a `T`, seconds and an offset.
fn instant(text: &str) -> Option<Timestamp> {
    let zoned = text.ends_with(['Z', 'z'])
        || text
            .get(text.len().checked_sub(6)?..)
            .is_some_and(|offset| {
                offset.starts_with(['+', '-']) && offset.as_bytes().get(3) == Some(&b':')
            });
    let seconds = text.as_bytes().get(16) == Some(&b':');
    let t = matches!(text.as_bytes().get(10), Some(b'T' | b't'));
    (zoned && seconds && t && !text.contains('['))
        .then(|| text.parse().ok())
        .flatten()
}

fn one(field: &Field, faults: &mut Faults) {
    let line = field.line;
    let Some(known) = KNOWN.iter().find(|k| field.name.eq_ignore_ascii_case(k)) else {
        return unknown(field, faults);
    };
    let Some(value) = field.value.strip_prefix(' ').map(str::trim) else {
        return faults.add(
            line,
            true,
            format!("behind `{known}:` stands a space, then its value"),
        );
    };
    if value.is_empty() {
        return faults.add(line, true, format!("{known} is empty"));
    }
    if let Some(why) = self::value(known, value) {
        faults.add(line, true, format!("{known}: {why}"));
    }
}

/// What is wrong with the value of a field of this name; of `Expires` nothing is told here.
pub fn value(field: &str, value: &str) -> Option<String> {
    match field {
        "Expires" => None,
        "Preferred-Languages" => languages(value),
        "Contact" => contact(value),
        "Encryption" => encryption(value),
        _ => address(value).err(),
    }
}

fn unknown(field: &Field, faults: &mut Faults) {
    let typed = field.name.to_lowercase();
    let near = KNOWN
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&typed, &k.to_lowercase()), k))
        .min();
    let shown = Foreign::new(field.name.as_str()).cut(40);
    match near {
        Some((n, known)) if n <= 2 => faults.add(
            field.line,
            true,
            format!("there is no field {shown}: it is {known}"),
        ),
        Some(_) | None => faults.add(
            field.line,
            false,
            format!("the RFC knows no field {shown}: readers pass over it"),
        ),
    }
}

/// A URI; one of the web is https.
fn address(value: &str) -> Result<&str, String> {
    let scheme = value.split_once(':').map(|(scheme, _)| scheme);
    let scheme = scheme.filter(|s| {
        s.starts_with(|c: char| c.is_ascii_alphabetic())
            && s.chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let plain = value
        .chars()
        .all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c));
    let rest = value.split_once(':').map_or("", |(_, rest)| rest);
    match scheme.map(str::to_ascii_lowercase).as_deref() {
        None => {
            Err("it is no address: write it whole, like https://example.org/security".to_owned())
        }
        _ if !plain => {
            Err("an address holds no spaces, no signs such as < and >, and ASCII alone".to_owned())
        }
        Some("http") => Err("addresses of the web begin with https://".to_owned()),
        Some("https") if !rest.starts_with("//") || rest.len() < 3 => {
            Err("behind https: stands // and a host".to_owned())
        }
        Some(_) if rest.is_empty() => Err("it is no address".to_owned()),
        Some(_) => Ok(rest),
    }
}

fn contact(value: &str) -> Option<String> {
    if !value.contains(':') && Address::parse(value).is_some() {
        return Some(format!("write mailto:{value}"));
    }
    let rest = match address(value) {
        Ok(rest) => rest,
        Err(why) => return Some(why),
    };
    let is = |scheme: &str| {
        value
            .get(..scheme.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(scheme))
    };
    let mail = rest.split('?').next().unwrap_or_default();
    let number = |c: char| c.is_ascii_digit() || "+-.()".contains(c);
    if is("mailto:") && Address::parse(mail).is_none() {
        Some("behind mailto: stands a mail address".to_owned())
    } else if is("tel:")
        && !rest
            .split(';')
            .next()
            .is_some_and(|n| !n.is_empty() && n.chars().all(number))
    {
        Some("behind tel: stands a number, like +1-201-555-0123".to_owned())
    } else {
        None
    }
}

fn encryption(value: &str) -> Option<String> {
    if value.starts_with("-----BEGIN") {
        return Some("a key does not stand here: name where it lies".to_owned());
    }
    address(value).err()
}

fn languages(value: &str) -> Option<String> {
    let tag = |tag: &str| {
        let mut parts = tag.trim().split('-');
        let first = parts.next().is_some_and(|p| {
            (2..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphabetic())
        });
        first
            && parts
                .all(|p| (1..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    (!value.split(',').all(tag))
        .then(|| "write language tags with commas between, like en, de-CH".to_owned())
}
