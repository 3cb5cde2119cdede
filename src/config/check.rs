//! What the checks of all sections share: a list of faults that grows, and the small
//! steps from a raw value to a checked one.
//!
//! A check never stops at a fault: it writes it down, gives `None`, and goes on.

use super::fault::{ConfigError, Fault, Source, nearest};
use super::raw::{Number, Text};
use crate::mail::acts;
use jiff::civil::Date;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use toml::{Spanned, Value};

/// The place of what belongs to no table.
pub(super) const WHOLE: Range<usize> = 0..0;

/// The faults of one file.
pub(super) struct Check<'s> {
    source: &'s Source,
    pub(super) faults: Vec<Fault>,
    /// Some of the file could not be read: what is missing may stand there.
    partial: bool,
}

impl<'s> Check<'s> {
    pub(super) fn new(source: &'s Source, faults: Vec<Fault>) -> Self {
        Self {
            source,
            partial: !faults.is_empty(),
            faults,
        }
    }

    /// What was checked, if nothing was at fault.
    pub(super) fn end<T>(self, checked: Option<T>) -> Result<T, ConfigError> {
        match checked {
            Some(checked) if self.faults.is_empty() => Ok(checked),
            Some(_) | None => Err(ConfigError::new(self.faults)),
        }
    }

    /// Writes a fault down.
    pub(super) fn fault<T>(
        &mut self,
        at: &Range<usize>,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(self.source.fault(at, what, advice));
        None
    }

    /// Something that must be there is not. `table` is [`WHOLE`] for what belongs to no table.
    pub(super) fn missing<T>(
        &mut self,
        table: &Range<usize>,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Option<T> {
        if self.partial {
            return None;
        }
        if table.is_empty() {
            self.faults
                .push(Fault::of_file(&self.source.path, what, advice));
            return None;
        }
        self.fault(table, what, advice)
    }

    /// What comes of another file that this one names, whose faults are its own.
    pub(super) fn of_file<T>(&mut self, checked: Result<T, impl Into<ConfigError>>) -> Option<T> {
        checked
            .map_err(|error| self.faults.extend(error.into().into_faults()))
            .ok()
    }

    /// No two tables may have the same text under `key`; capital letters do not make another.
    pub(super) fn unique<'r>(&mut self, key: &str, texts: impl Iterator<Item = &'r Text>) {
        let mut seen: Vec<String> = Vec::new();
        for text in texts.flatten() {
            let lower = text.get_ref().trim().to_lowercase();
            if seen.contains(&lower) {
                self.faults.push(self.source.fault(
                    &text.span(),
                    format!("another table has this `{key}` already"),
                    "each needs its own",
                ));
            }
            seen.push(lower);
        }
    }

    /// The whole file, as it was read.
    pub(super) fn text(&self) -> &str {
        &self.source.text
    }

    /// A path, from the folder of this file.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.source
            .path
            .parent()
            .unwrap_or(Path::new(""))
            .join(path)
    }

    /// A text that must be there.
    pub(super) fn needed(
        &mut self,
        table: &Range<usize>,
        key: &str,
        text: &Text,
    ) -> Option<Spanned<String>> {
        match text {
            Some(text) => self.plain(key, text),
            None => self.missing(table, format!("`{key}` is missing"), ""),
        }
    }

    /// A text that may be left out. `Err` when it is at fault.
    pub(super) fn optional(
        &mut self,
        key: &str,
        text: &Text,
    ) -> Result<Option<Spanned<String>>, AtFault> {
        text.as_ref()
            .map(|text| self.plain(key, text).ok_or(AtFault))
            .transpose()
    }

    /// Refuses a text that nobody filled in, and one that could begin a line of its own
    /// in a header or a command.
    pub(super) fn plain(&mut self, key: &str, text: &Spanned<String>) -> Option<Spanned<String>> {
        let trimmed = text.get_ref().trim();
        if trimmed.contains("FILL IN") {
            return self.fault(
                &text.span(),
                format!("`{key}` is not filled in"),
                "write your own in place of FILL IN",
            );
        }
        if trimmed.is_empty() {
            return self.fault(
                &text.span(),
                format!("`{key}` is empty"),
                "fill it in, or leave the line out",
            );
        }
        if trimmed.chars().any(acts) || trimmed.len() > 1000 {
            return self.fault(
                &text.span(),
                format!(
                    "`{key}` holds a line end, a control or an invisible character, or is too long"
                ),
                "",
            );
        }
        Some(Spanned::new(text.span(), trimmed.to_owned()))
    }

    /// Reads a text with `parse`, whose error says what would be right.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        text: &Spanned<String>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(text.get_ref()) {
            Ok(value) => Some(value),
            Err(advice) => self.fault(&text.span(), format!("`{key}` cannot be read"), advice),
        }
    }

    /// Reads a text with `parse`, or takes `default` where there is none.
    pub(super) fn parsed_or<T>(
        &mut self,
        key: &str,
        text: &Text,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match self.optional(key, text).ok()? {
            Some(text) => self.parsed(key, &text, parse),
            None => Some(default),
        }
    }

    /// A whole number within bounds, or `default`.
    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        key: &str,
        number: &Number,
        bounds: RangeInclusive<i64>,
        default: T,
    ) -> Option<T> {
        let Some(number) = number else {
            return Some(default);
        };
        let within = bounds
            .contains(number.get_ref())
            .then(|| T::try_from(*number.get_ref()).ok())
            .flatten();
        if within.is_none() {
            let what = format!("`{key}` is out of bounds");
            return self.fault(
                &number.span(),
                what,
                format!("it is {} to {}", bounds.start(), bounds.end()),
            );
        }
        within
    }

    /// One of a few words, or `default`.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &str,
        text: &Text,
        words: &[(&str, T)],
        default: T,
    ) -> Option<T> {
        let known = || words.iter().map(|(word, _)| *word);
        self.parsed_or(key, text, default, |text| {
            let found = words
                .iter()
                .find(|(word, _)| *word == text)
                .map(|(_, value)| *value);
            found.ok_or_else(|| match nearest(text, known()) {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!(
                    "it is {}",
                    known()
                        .map(|word| format!("{word:?}"))
                        .collect::<Vec<_>>()
                        .join(" or ")
                ),
            })
        })
    }

    /// A day: `2027-05-03`, with or without quotes.
    pub(super) fn date(&mut self, key: &str, at: &Range<usize>, value: &Value) -> Option<Date> {
        let date = match value {
            Value::String(text) => text.trim().parse().ok(),
            Value::Datetime(moment) if moment.time.is_none() => moment.to_string().parse().ok(),
            Value::Datetime(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Array(_)
            | Value::Table(_) => None,
        };
        date.or_else(|| {
            self.fault(
                at,
                format!("`{key}` holds what is no day"),
                "write days like \"2027-05-03\"",
            )
        })
    }
}

/// A fault was written down.
#[derive(Debug)]
pub(super) struct AtFault;
