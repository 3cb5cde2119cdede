//! From text to the raw types, with every fault of it and not only the first.
//!
//! serde stops at the first fault. So what was at fault is taken out of the parsed
//! table, and the rest is read again, until nothing is at fault any more: the raw
//! types stay the one place that knows which keys there are.

use super::fault::{Fault, Source, is_secret, nearest};
use crate::mail::Foreign;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// More faults than anybody reads.
const ENOUGH: usize = 100;

/// What is no TOML is told up to here: behind a quote that is missing all is at fault.
const FIRST: usize = 5;

/// What could be read of `source`, and what was at fault. `None` when it is no TOML at all.
pub(super) fn read<'s, T: Deserialize<'s>>(source: &'s Source) -> (Option<T>, Vec<Fault>) {
    let (mut table, errors) = DeTable::parse_recoverable(&source.text);
    if !errors.is_empty() {
        return (
            None,
            errors
                .iter()
                .take(FIRST)
                .map(|error| syntax(source, error))
                .collect(),
        );
    }
    let mut faults = Vec::new();
    loop {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(raw) => return (Some(raw), faults),
            Err(error) => error,
        };
        let at = error.span().unwrap_or_default();
        let key = prune(table.get_mut(), &at);
        faults.push(fault(source, &at, key.as_deref(), error.message()));
        if key.is_none() || faults.len() >= ENOUGH {
            return (None, faults);
        }
    }
}

fn syntax(source: &Source, error: &toml::de::Error) -> Fault {
    let advice = "this is not TOML; text stands in \"quotes\", a list in [brackets]";
    source.fault(&error.span().unwrap_or_default(), error.message(), advice)
}

fn fault(source: &Source, at: &Range<usize>, key: Option<&str>, message: &str) -> Fault {
    let key = Foreign::new(key.unwrap_or("?")).cut(40);
    let key = key.as_str();
    if message.starts_with("unknown field") {
        return unknown_key(source, at, key, message);
    }
    // The message quotes the value; only what was expected is told.
    let expected = match message
        .rsplit_once("expected ")
        .map(|(_, expected)| expected)
    {
        Some("a string") => "text in \"quotes\"",
        Some("a boolean") => "true or false",
        Some("a sequence") => "a list in [brackets], or [[double brackets]] for tables",
        Some("i64" | "u64") => "a whole number",
        Some(_) | None => "a table",
    };
    source.fault(
        at,
        format!("`{key}` has the wrong kind of value"),
        format!("it takes {expected}"),
    )
}

fn unknown_key(source: &Source, at: &Range<usize>, key: &str, message: &str) -> Fault {
    if is_secret(key) {
        let advice =
            "put it into a file of its own (mode 0600) and name that file with `password_file`";
        return source.fault(
            at,
            format!("`{key}`: secrets are never written here"),
            advice,
        );
    }
    // serde: unknown field `a`, expected one of `b`, `c`
    let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
    let advice = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", known.join(", ")),
    };
    source.fault(at, format!("there is no key `{key}` here"), advice)
}

/// Takes the entry out whose key or value stands at `at`; gives its key.
fn prune(table: &mut DeTable<'_>, at: &Range<usize>) -> Option<String> {
    let found = table
        .iter()
        .find(|(key, value)| key.span() == *at || value.span() == *at)
        .map(|(key, _)| key.clone());
    if let Some(key) = found {
        table.remove(&key);
        return Some(key.into_inner().into_owned());
    }
    table
        .iter_mut()
        .find_map(|(key, value)| prune_value(key.get_ref(), value, at))
}

fn prune_value(key: &str, value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> Option<String> {
    match value.get_mut() {
        DeValue::Table(table) => prune(table, at),
        DeValue::Array(items) => {
            if items.iter().any(|item| item.span() == *at) {
                *items = items
                    .iter()
                    .filter(|item| item.span() != *at)
                    .cloned()
                    .collect();
                return Some(key.to_owned());
            }
            items.iter_mut().find_map(|item| prune_value(key, item, at))
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    }
}
