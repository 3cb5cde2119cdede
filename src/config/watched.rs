//! The addresses of a mailbox beside its own, and the classes of reports that come by them.
//!
//! A class is a word of the policy: promises that bear it hold for reports of that class
//! alone. A class that no promise bears would change nothing, and is refused.

use super::check::Check;
use super::raw::{Raw, RawMailbox, Text};
use super::{Alias, values};
use crate::mail::Address;
use crate::promise::Policy;
use std::ops::Range;
use toml::{Spanned, Value};

/// The class in `class`, which may be left out. `None` when at fault.
pub(super) fn class(check: &mut Check<'_>, text: &Text) -> Option<Option<String>> {
    check.parsed_or("class", text, None, |text| word(text).map(Some))
}

fn word(text: &str) -> Result<String, String> {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if plain && text.len() <= 32 {
        Ok(text.to_owned())
    } else {
        Err("a class is one word of at most 32 small letters, digits and `-`".to_owned())
    }
}

/// The further addresses of a mailbox. `None` when at fault.
pub(super) fn aliases(check: &mut Check<'_>, raw: &[Spanned<Value>]) -> Option<Vec<Alias>> {
    let all: Vec<Option<Alias>> = raw.iter().map(|one| alias(check, one)).collect();
    all.into_iter().collect()
}

fn alias(check: &mut Check<'_>, raw: &Spanned<Value>) -> Option<Alias> {
    let at = raw.span();
    let Some((address, class)) = parts(raw.get_ref()) else {
        return check.fault(
            &at,
            "`aliases` holds what is no address",
            "write \"security@example.net\", or { address = \"shield@example.org\", class = \"attack\" }",
        );
    };
    let spanned = |text: &str| Spanned::new(at.clone(), text.to_owned());
    let address = check.plain("aliases", &spanned(address))?;
    let address = check.parsed("aliases", &address, values::address);
    let class = self::class(check, &class.map(spanned));
    Some(Alias {
        address: address?,
        class: class?,
    })
}

/// The address and the class of an alias, as they are written.
fn parts(value: &Value) -> Option<(&str, Option<&str>)> {
    if let Value::Table(table) = value {
        let known = |key: &String| ["address", "class"].contains(&key.as_str());
        let class = match table.get("class") {
            Some(class) => Some(class.as_str()?),
            None => None,
        };
        let address = table.get("address")?.as_str()?;
        return table.keys().all(known).then_some((address, class));
    }
    Some((value.as_str()?, None))
}

/// The authserv-ids of a mailbox: one text, or a list. `None` when at fault.
pub(super) fn authserv_ids(
    check: &mut Check<'_>,
    raw: Option<&Spanned<Value>>,
) -> Option<Vec<String>> {
    let Some(raw) = raw else {
        return Some(Vec::new());
    };
    let one = |value: &Value| value.as_str().filter(|text| is_id(text)).map(str::to_owned);
    let ids: Option<Vec<String>> = match raw.get_ref().as_array() {
        Some(several) => several.iter().map(one).collect(),
        None => one(raw.get_ref()).map(|id| vec![id]),
    };
    ids.or_else(|| {
        check.fault(
            &raw.span(),
            "`authserv_id` is not one that a mail server writes",
            "it is the first word of its Authentication-Results, up to the `;`, like \"mx.example.org\"; or a list of such",
        )
    })
}

fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"();=\"\\".contains(c);
    (1..=255).contains(&text.len()) && text.chars().all(plain)
}

/// Every address that a mailbox is written with, with its place; those that are none are
/// told elsewhere.
pub(super) fn addresses(raw: &RawMailbox) -> Vec<(Range<usize>, Address)> {
    let own = raw.address.iter().map(|a| (a.span(), a.get_ref().as_str()));
    let aliases = raw
        .aliases
        .iter()
        .filter_map(|a| Some((a.span(), parts(a.get_ref())?.0)));
    own.chain(aliases)
        .filter_map(|(at, text)| Some((at, Address::parse(text)?)))
        .collect()
}

/// No address is watched twice.
pub(super) fn each_once(check: &mut Check<'_>, raw: &[Spanned<RawMailbox>]) {
    let mut seen: Vec<Address> = Vec::new();
    for (at, address) in raw.iter().flat_map(|one| addresses(one.get_ref())) {
        if seen.contains(&address) {
            let what = format!("{address} is watched already");
            let _: Option<()> = check.fault(&at, what, "each address stands in one mailbox, once");
        }
        seen.push(address);
    }
}

/// Each class is one of the policy's.
pub(super) fn known_classes(check: &mut Check<'_>, raw: &Raw, policy: &Policy) -> Option<()> {
    let of_mailboxes = raw
        .mailbox
        .iter()
        .map(Spanned::get_ref)
        .flat_map(|mailbox| {
            let own = mailbox
                .class
                .iter()
                .map(|c| (c.span(), c.get_ref().as_str()));
            let aliases = mailbox
                .aliases
                .iter()
                .filter_map(|a| Some((a.span(), parts(a.get_ref())?.1?)));
            own.chain(aliases)
        });
    let platforms = raw.platform.iter().map(Spanned::get_ref);
    let of_platforms =
        platforms.flat_map(|p| p.class.iter().map(|c| (c.span(), c.get_ref().as_str())));
    let all: Vec<(Range<usize>, &str)> = of_mailboxes.chain(of_platforms).collect();
    let known = policy.classes();
    let mut sound = Some(());
    for (at, class) in all {
        if !known.contains(class) {
            let there = if known.is_empty() {
                "it knows none".to_owned()
            } else {
                format!("it knows {}", Vec::from_iter(known.clone()).join(", "))
            };
            sound = check.fault(
                &at,
                format!("no promise of the policy is of the class {class:?}"),
                format!(
                    "{there}; give a promise of it `class = \"...\"`, or leave the class out here"
                ),
            );
        }
    }
    sound
}
