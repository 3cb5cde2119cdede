//! Finding reports by words: what of a text goes into the index, and what a person looks for.
//!
//! The index knows which words stand in a mail, a note or a letter, and not where: that
//! keeps it at a tenth of the text. A word in a place of weight (a subject, an address, an
//! identifier, a note) is there once more, behind `_`; what is written without a space in
//! such a place is there as one (`_cve_2026_1234`), so that whoever looks for it gets it
//! first. Whether words stand side by side is seen when the text is read again to show it.
//!
//! What is found: whole words in any case and with or without their marks, each part of what
//! is written together (`example` in `mia@example.net`), any two characters in a row where a
//! script has no spaces. What is not: a piece from within a word, a word of more than 64
//! characters.

mod ask;
mod fold;

pub use ask::{Ask, Place, Query};

use fold::{LONGEST, ends_of_pairs, tokens};
use std::collections::BTreeSet;

/// Words of one text that are kept: more than that has no text, but data.
const WORDS: usize = 10_000;
/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 128 << 10;
/// Parts of what is written together.
const PARTS: usize = 8;

/// Words of one mail, note or letter, as they are indexed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(BTreeSet<String>);

impl Words {
    /// Adds a text.
    pub fn add(&mut self, text: &str) {
        let text = beginning(text);
        tokens(text, |token, _| self.put(token.to_owned()));
        ends_of_pairs(text, |c| self.put(c.to_string()));
    }

    /// Adds a text of weight.
    pub fn add_heavy(&mut self, text: &str) {
        let text = beginning(text);
        self.add(text);
        for word in text.split_whitespace() {
            let mut parts = Vec::new();
            tokens(word, |token, _| parts.push(token.to_owned()));
            for part in &parts {
                self.put(heavy(part));
            }
            if (2..=PARTS).contains(&parts.len()) {
                self.put(heavy(&parts.join("_")));
            }
        }
    }

    fn put(&mut self, word: String) {
        // What is joined is longer than its parts may be.
        if word.chars().count() <= LONGEST * 3 && self.0.len() < WORDS {
            self.0.insert(word);
        }
    }

    /// As the index takes them: parted by spaces.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(String::as_str).collect();
        words.join(" ")
    }
}

/// A word as it stands in a place of weight.
fn heavy(word: &str) -> String {
    format!("_{word}")
}

/// What of a text is looked at.
pub fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
