//! Whether our own mail server vouches for who wrote a mail (RFC 8601).
//!
//! gatepost looks nothing up and checks no signature: the mail server did, and wrote down
//! what it found in `Authentication-Results`. Anybody can write such a field, so only the
//! topmost run of them counts, and only those with the authserv-id that the config
//! names. A field by somebody else ends the run, and so does another trace field: what
//! stands below was there before our server had the mail. All of it rests on a server
//! that takes out forged fields with its own id (RFC 8601 section 5).
//!
//! What it says is stored and shown. It silences a reply and keeps a forged mail from
//! somebody else's ticket; it never drops a report.
//!
//! Only `dmarc` and `dkim` are read. SPF proves who handed the mail over and nothing
//! of From; all other methods, also those that nobody knows yet, are passed over.

mod field;

use super::{Address, Headers};
use field::{Field, Found};

/// Whether the domain of From stands for the mail, as our mail server found it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Authenticated {
    /// It does.
    Pass,
    /// Nothing says so.
    #[default]
    None,
    /// It does not.
    Fail,
}

impl Authenticated {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::None => "none",
            Self::Fail => "fail",
        }
    }
}

/// What our mail server found, and how we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The answer.
    pub is: Authenticated,
    /// The reason, in our words: no text of the mail.
    pub because: &'static str,
}

impl Standing {
    /// Nothing is known, for this reason.
    pub fn none(because: &'static str) -> Self {
        Self {
            is: Authenticated::None,
            because,
        }
    }
}

/// Reads it. `ids` are the authserv-ids of our own server; `from` is the one true
/// address in From.
///
/// A result of `dmarc` decides. Where there is none, or it is `none` (the domain asks for
/// no DMARC, RFC 7489 section 11.2), a signature of the domain of From does. Of several
/// results of a method the worst counts.
pub fn standing(headers: &Headers, ids: &[String], from: Option<&Address>) -> Standing {
    if ids.is_empty() {
        return Standing::none("no authserv_id in the config");
    }
    let results: Vec<Found> = run(headers, ids).flat_map(|field| field.results).collect();
    if results.is_empty() {
        return Standing::none("no result of our mail server");
    }
    let dmarc = results.iter().filter_map(|found| dmarc(found, from)).max();
    let (is, because) = match dmarc {
        Some(Dmarc::Fail) => (Authenticated::Fail, "dmarc=fail"),
        Some(Dmarc::NoResult) => (Authenticated::None, "dmarc came to no result"),
        Some(Dmarc::OfAnother) => (
            Authenticated::None,
            "dmarc=pass, but not for the domain of From",
        ),
        Some(Dmarc::Pass) => (Authenticated::Pass, "dmarc=pass"),
        Some(Dmarc::NotAsked) | None if is_signed(&results, from) => {
            (Authenticated::Pass, "dkim=pass for the domain of From")
        }
        Some(Dmarc::NotAsked) | None => (
            Authenticated::None,
            "no dmarc=pass, and no dkim=pass for the domain of From",
        ),
    };
    Standing { is, because }
}

/// Fields that a mail server writes when it takes a mail (RFC 5322 section 3.6.7, and by
/// custom). What stands below one was there before.
const TRACE: [&str; 4] = ["received", "x-received", "return-path", "delivered-to"];

/// The topmost run of fields with an id of ours.
fn run<'h>(headers: &'h Headers, ids: &'h [String]) -> impl Iterator<Item = Field> + 'h {
    let is_one = |name: &str| name == "authentication-results";
    let is_ours = |field: &Field| ids.iter().any(|id| id.eq_ignore_ascii_case(&field.id));
    headers
        .fields()
        .skip_while(move |(name, _)| !is_one(name))
        .take_while(|(name, _)| !TRACE.contains(name))
        .filter(move |(name, _)| is_one(name))
        .map_while(move |(_, value)| field::read(value).filter(is_ours))
}

/// What one result of DMARC says, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Dmarc {
    Pass,
    NotAsked,
    OfAnother,
    NoResult,
    Fail,
}

fn dmarc(found: &Found, from: Option<&Address>) -> Option<Dmarc> {
    // It names the domain that it looked at; where the two of us read From differently,
    // its word is not about our author.
    let of_from = |name: &String| domain(name).as_deref() == from.map(Address::domain);
    (found.method == "dmarc").then(|| match found.result.as_str() {
        "pass" if from.is_none() => Dmarc::OfAnother,
        "pass" if found.header_from.as_ref().is_none_or(of_from) => Dmarc::Pass,
        "pass" => Dmarc::OfAnother,
        "none" => Dmarc::NotAsked,
        "fail" => Dmarc::Fail,
        _ => Dmarc::NoResult,
    })
}

/// Every signature holds, and one is of the domain of From.
fn is_signed(results: &[Found], from: Option<&Address>) -> bool {
    let mut signatures = results.iter().filter(|found| found.method == "dkim");
    let signer = |found: &Found| {
        let named = found.header_d.as_ref().or(found.header_i.as_ref());
        named.and_then(|name| domain(name))
    };
    let aligned = |found: &Found| {
        let signer = signer(found);
        signer.is_some_and(|signer| from.is_some_and(|from| stands_for(&signer, from.domain())))
    };
    let hold = signatures.clone().all(|found| found.result == "pass");
    hold && signatures.any(aligned)
}

/// Whether a signature of `signer` speaks for mail from `domain`: the same name, or one
/// that `domain` lies below.
///
/// DMARC's relaxed alignment (RFC 7489 section 3.1.1) compares organisational domains,
/// and those need a list of public suffixes. Without one, this way alone is safe: a key
/// is published in the signer's own zone, and who holds that zone has handed out all
/// below it. The other way is not: behind `mallory.example.co` anybody could sign for
/// `example.co`, were that a suffix under which strangers get names. So a signature by
/// `mail.example.org` does not count for `example.org`, and one by a top-level domain
/// counts for nothing but itself.
fn stands_for(signer: &str, domain: &str) -> bool {
    let above = || {
        domain
            .strip_suffix(signer)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    domain == signer || (signer.contains('.') && above())
}

/// The domain of a property, which is `domain`, `@domain` or `local@domain`, in the form
/// in which addresses have theirs.
fn domain(property: &str) -> Option<String> {
    let name = property.rsplit('@').next().unwrap_or(property);
    Address::parse(&format!("x@{name}")).map(|address| address.domain().to_owned())
}

#[cfg(test)]
mod tests;
