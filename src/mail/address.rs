//! One mail address, and who wrote a mail.
//!
//! An [`Address`] that exists is fit to be shown, stored and put into an envelope:
//! its constructor refuses what could act on a terminal or on the wire. Display
//! names are [`Foreign`] and never leave with it.
//!
//! An internationalised domain is kept in its ASCII form (`xn--…`, RFC 5890): that is
//! what the wire wants, it makes both spellings one address, and a Cyrillic `а` in
//! a domain cannot pass for a Latin one. A local part beyond ASCII stays as it is
//! (RFC 6532); only relays with SMTPUTF8 take it.

use super::foreign::{Foreign, acts};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A checked address, `local@domain`. Equality ignores the case of ASCII letters.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: String,
    domain: String,
}

impl Address {
    /// The longest address in bytes: a path of 256 with its brackets (RFC 5321 section
    /// 4.5.3.1.3).
    const MAX: usize = 254;

    /// Checks `text` (RFC 5321 sizes: local part 64, the whole 254 bytes with its domain in
    /// ASCII; RFC 6532 letters are let through in the local part; a quoted local part
    /// is refused). ASCII white space around it is no part of it. `None` for everything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.trim_ascii().rsplit_once('@')?;
        let domain = ascii_domain(domain)?;
        let fits = (1..=64).contains(&local.len())
            && (3..=Self::MAX).contains(&(local.len() + 1 + domain.len()));
        (fits && local_is_plain(local) && domain_is_plain(&domain)).then(|| Self {
            local: local.to_owned(),
            domain,
        })
    }

    /// The part before the `@`, as written.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part behind the `@`, in ASCII and in lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The same in its own letters (RFC 5890's U-labels): for comparing looks, never shown.
    pub fn domain_in_letters(&self) -> String {
        idna::domain_to_unicode(&self.domain).0
    }

    /// Both are one address, but for a detail behind `+` (RFC 5233): `mia+work@` is `mia@`.
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        let name = |a: &Self| match a.local.split_once('+') {
            Some((name, _)) if !name.is_empty() => name.to_ascii_lowercase(),
            Some(_) | None => a.local.to_ascii_lowercase(),
        };
        self.domain == other.domain && name(self) == name(other)
    }

    /// The form under which addresses are compared and counted: lower case.
    pub fn key(&self) -> String {
        format!("{}@{}", self.local.to_ascii_lowercase(), self.domain)
    }
}

/// RFC 5322 dot-atom, with RFC 6532 letters. No beginning of an encoded word: it has no
/// place here (RFC 2047 section 5), and who decodes it all the same reads another address.
fn local_is_plain(local: &str) -> bool {
    !local.contains("=?")
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom.chars().all(|c| {
                    c.is_ascii_alphanumeric()
                        || "!#$%&'*+-/=?^_`{|}~".contains(c)
                        || (!c.is_ascii() && visible(c))
                })
        })
}

/// The domain in lower case and without its final dot; letters beyond ASCII by IDNA
/// (UTS 46). `None` when IDNA refuses it.
fn ascii_domain(domain: &str) -> Option<String> {
    let domain = match domain.strip_suffix('.') {
        // A literal has no dot behind it.
        Some(name) if !name.ends_with(']') => name,
        Some(_) | None => domain,
    };
    if domain.is_ascii() {
        return Some(domain.to_ascii_lowercase());
    }
    // IDNA drops some invisible characters; two addresses must not become one that way.
    domain
        .chars()
        .all(visible)
        .then(|| idna::domain_to_ascii(domain).ok())
        .flatten()
}

fn domain_is_plain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        return literal_is_plain(literal);
    }
    let is_alphanumeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    domain.split('.').all(|label| {
        label.len() <= 63
            && is_alphanumeric(label.chars().next())
            && is_alphanumeric(label.chars().next_back())
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    })
}

/// RFC 5321 section 4.1.3: an IPv4 address, or an IPv6 address behind its tag.
fn literal_is_plain(literal: &str) -> bool {
    match literal.strip_prefix("ipv6:") {
        Some(six) => six.parse::<Ipv6Addr>().is_ok(),
        None => literal.parse::<Ipv4Addr>().is_ok(),
    }
}

fn visible(c: char) -> bool {
    !acts(c) && !c.is_whitespace()
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.domain == other.domain && self.local.eq_ignore_ascii_case(&other.local)
    }
}

impl Eq for Address {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl TryFrom<String> for Address {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| "not a mail address of the form name@domain".to_owned())
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

/// Who wrote a mail, by its From field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// The one true address, with the name that it gave itself (may be empty).
    One {
        /// The address.
        address: Address,
        /// The display name.
        name: Foreign,
    },
    /// Several addresses or several From fields: nobody is the author for sure.
    Several,
    /// No usable address.
    #[default]
    Unusable,
}

impl Author {
    /// The one true address, if there is one.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::One { address, .. } => Some(address),
            Self::Several | Self::Unusable => None,
        }
    }

    /// The name that the author gave, if it is not blank.
    pub fn name(&self) -> Option<&Foreign> {
        match self {
            Self::One { name, .. } if !name.is_blank() => Some(name),
            Self::One { .. } | Self::Several | Self::Unusable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_is_the_same_address(local in "[ -~\\PC]{1,12}", domain in "[a-z0-9.\\-\\[\\]\u{e4}\u{430}\u{3002}\\PC]{1,24}") {
            if let Some(address) = Address::parse(&format!("{local}@{domain}")) {
                let shown = address.to_string();
                prop_assert_eq!(Address::parse(&shown), Some(address.clone()));
                prop_assert_eq!(Address::parse(&shown.to_ascii_uppercase()), Some(address.clone()));
                prop_assert_eq!(Address::parse(&address.key()), Some(address));
                prop_assert!(shown.len() <= Address::MAX && !shown.chars().any(|c| !visible(c)));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = Address::parse(&text);
        }
    }

    #[test]
    fn what_is_too_long_is_none() {
        let of =
            |local: usize, domain: &str| Address::parse(&format!("{}@{domain}", "a".repeat(local)));
        let long = |n: usize| vec!["b".repeat(60); n].join(".");
        assert!(of(64, "b.example").is_some() && of(65, "b.example").is_none());
        assert!(of(1, &"b".repeat(63)).is_some() && of(1, &"b".repeat(64)).is_none());
        assert!(of(10, &long(4)).is_some() && of(11, &long(4)).is_none());
        assert!(of(10, "b").is_some() && of(0, "b").is_none());
    }

    #[test]
    fn both_spellings_of_a_domain_are_one_and_its_letters_are_known() {
        for (a, b) in [
            ("k@ex\u{e4}mple.de", "K@XN--EXMPLE-CUA.DE."),
            ("k@ex\u{e4}mple\u{3002}de", "k@xn--exmple-cua.de"),
            ("k@EXA\u{308}MPLE.de", "k@xn--exmple-cua.de"),
        ] {
            assert!(Address::parse(a).is_some());
            assert_eq!(Address::parse(a), Address::parse(b), "{a}");
        }
        let letters = Address::parse("k@xn--exmple-cua.de").map(|a| a.domain_in_letters());
        assert_eq!(letters.as_deref(), Some("ex\u{e4}mple.de"));
    }

    #[test]
    fn addresses_that_are_fit_for_an_envelope_and_those_that_are_not() {
        for good in [
            "a@b",
            "Kim.Lee+x@Example.NET",
            "o'neil@example.org",
            "jörg@exämple.de",
            "u@[127.0.0.1]",
            "u@[IPv6:::1]",
            "a@b.",
        ] {
            assert!(Address::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "a@b c",
            "a\r\nRCPT@b",
            "a@b\0",
            "\"a b\"@c",
            "a..b@c",
            ".a@b",
            "a@-b",
            "a@_b",
            "a@b_.c",
            "a@b..c",
            "a>@b",
            "a\u{202e}@b",
            "a,b@c",
            "a@b>c",
            "a@[b]",
            "a@[1.2.3.4",
            "a@b\u{200b}ä",
            " @b",
            "a@b@c",
            "a @b",
            "a@ b",
            "a@\u{202e}ä",
            "=?utf-8?q?a?=@b",
            "a@b..",
            "a@.",
            "a@[1.2.3.4].",
            "a@1.2.3.4]",
            "\u{a0}a@b",
            "a@b\u{a0}",
        ] {
            assert!(Address::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn case_does_not_make_another_address() {
        assert_eq!(Address::parse("A@B.c"), Address::parse("a@b.C"));
    }

    #[test]
    fn a_detail_does_not_make_another_mailbox() {
        let same = |a: &str, b: &str| {
            let (a, b) = (Address::parse(a).unwrap(), Address::parse(b).unwrap());
            a.is_same_mailbox(&b) && b.is_same_mailbox(&a)
        };
        assert!(same("mia+a@example.net", "Mia+b+c@example.net"));
        assert!(same("mia@example.net", "mia+@example.net"));
        assert!(!same("mia+a@example.net", "mia+a@example.com"));
        assert!(!same("mia@example.net", "miab@example.net"));
        assert!(!same("+a@example.net", "+b@example.net"));
    }

    #[test]
    fn a_domain_beyond_ascii_has_one_form_and_cannot_pass_for_another() {
        let shown = |text| Address::parse(text).map(|a| a.to_string());
        assert_eq!(
            shown("a@EXÄMPLE.de").as_deref(),
            Some("a@xn--exmple-cua.de")
        );
        assert_eq!(
            Address::parse("a@exämple.de"),
            Address::parse("a@xn--exmple-cua.de")
        );
        assert_ne!(
            Address::parse("a@\u{430}pple.com"),
            Address::parse("a@apple.com")
        );
    }
}
