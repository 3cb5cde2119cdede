//! How a ticket is called: number, reference, code name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a ticket. Numbers run on over the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketNo(pub i64);

impl fmt::Display for TicketNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// The full reference, `SEC-2026-0042`: prefix, year of receipt (decoration), number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

impl Reference {
    /// Forms it.
    pub fn new(prefix: &str, year: i16, number: TicketNo) -> Self {
        Self(format!("{prefix}-{year:04}-{number}"))
    }

    /// Takes a reference that was formed before.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Two words that name a ticket without saying anything about it; fit to be said in a
/// chat or on a telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeName(String);

impl CodeName {
    /// The name of a ticket: a walk through all pairs that meets none twice; from
    /// number 4,097 on a figure is added.
    pub fn of(number: TicketNo) -> Self {
        let pairs = (COLOURS.len() * CREATURES.len()) as i64;
        let turn = number.0.max(0) / pairs;
        // 1,597 shares no divisor with 4,096, so the step meets every pair once.
        let step = (number.0.rem_euclid(pairs) * 1597 + 211).rem_euclid(pairs) as usize;
        let colour = COLOURS
            .get(step / CREATURES.len())
            .copied()
            .unwrap_or("grey");
        let creature = CREATURES
            .get(step % CREATURES.len())
            .copied()
            .unwrap_or("gull");
        Self(if turn == 0 {
            format!("{colour}-{creature}")
        } else {
            format!("{colour}-{creature}-{}", turn + 1)
        })
    }

    /// Takes a name that was given before.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person typed to name a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// By number or full reference.
    Number(TicketNo),
    /// By code name.
    Name(CodeName),
}

impl Wanted {
    /// Reads `42`, `0042`, `#42`, `SEC-2026-0042`, `[SEC-2026-0042]` as subjects have it, or
    /// `amber-heron`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let text = bare.or(text.strip_prefix('#')).unwrap_or(text);
        let tail = text.rsplit('-').next()?;
        let digits =
            |t: &str| !t.is_empty() && t.len() <= 12 && t.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.split('-');
        let (first, year) = (parts.next()?, parts.next());
        let is_reference = year.is_some_and(digits)
            && parts.next().is_some_and(digits)
            && parts.next().is_none()
            && !first.is_empty();
        if digits(text) || is_reference {
            return tail.parse().ok().map(|n| Self::Number(TicketNo(n)));
        }
        let word = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric());
        let lower = text.to_ascii_lowercase();
        (lower.contains('-') && lower.split('-').all(word)).then_some(Self::Name(CodeName(lower)))
    }
}

const COLOURS: [&str; 64] = [
    "amber", "ash", "azure", "beige", "black", "blond", "blue", "brass", "bronze", "brown",
    "cedar", "chalk", "cherry", "clay", "cobalt", "copper", "coral", "cream", "crimson", "dusk",
    "ebony", "fawn", "flax", "flint", "frost", "garnet", "gold", "granite", "green", "hazel",
    "honey", "indigo", "iron", "ivory", "jade", "jet", "lemon", "lilac", "lime", "linen", "maple",
    "mint", "moss", "ochre", "olive", "opal", "pearl", "pewter", "pine", "plum", "quartz", "rose",
    "ruby", "russet", "rusty", "saffron", "sand", "sepia", "silver", "slate", "tawny", "teal",
    "umber", "violet",
];

const CREATURES: [&str; 64] = [
    "auk",
    "avocet",
    "bittern",
    "bunting",
    "buzzard",
    "coot",
    "cormorant",
    "crane",
    "crow",
    "cuckoo",
    "curlew",
    "dipper",
    "diver",
    "dove",
    "dunlin",
    "eagle",
    "egret",
    "eider",
    "falcon",
    "finch",
    "gannet",
    "goose",
    "grebe",
    "grouse",
    "gull",
    "harrier",
    "hawk",
    "heron",
    "hobby",
    "hoopoe",
    "ibis",
    "jackdaw",
    "jay",
    "kestrel",
    "kite",
    "knot",
    "lapwing",
    "lark",
    "linnet",
    "magpie",
    "martin",
    "merlin",
    "nightjar",
    "oriole",
    "osprey",
    "otter",
    "owl",
    "petrel",
    "pipit",
    "plover",
    "puffin",
    "quail",
    "rail",
    "raven",
    "robin",
    "rook",
    "shrike",
    "skua",
    "snipe",
    "starling",
    "stork",
    "swift",
    "tern",
    "wren",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_tickets_share_a_name() {
        let names: BTreeSet<String> = (1..=10_000)
            .map(|n| CodeName::of(TicketNo(n)).to_string())
            .collect();
        assert_eq!(names.len(), 10_000);
    }

    #[test]
    fn a_ticket_answers_to_all_its_names() {
        let number = |n| Some(Wanted::Number(TicketNo(n)));
        for (typed, wanted) in [
            ("42", number(42)),
            ("0042", number(42)),
            ("#42", number(42)),
            ("[SEC-2026-0042]", number(42)),
            ("SEC-2026-0042", number(42)),
            ("sec-2026-12345", number(12345)),
            (
                "Amber-Heron",
                Some(Wanted::Name(CodeName("amber-heron".into()))),
            ),
            (
                "amber-heron-2",
                Some(Wanted::Name(CodeName("amber-heron-2".into()))),
            ),
            ("", None),
            ("amber", None),
            ("a b", None),
            ("-1", None),
            ("#", None),
            ("##42", None),
            ("[42", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(Wanted::parse(typed), wanted, "{typed:?}");
        }
    }

    #[test]
    fn a_reference_reads_as_it_is_written() {
        let reference = Reference::new("SEC", 2026, TicketNo(42));
        assert_eq!(reference.as_str(), "SEC-2026-0042");
        assert_eq!(
            Wanted::parse(reference.as_str()),
            Some(Wanted::Number(TicketNo(42)))
        );
    }
}
