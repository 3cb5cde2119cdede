//! The words of reports, without who wrote them: two that differ in that alone say the same.

use crate::mail::{Address, Foreign};
use crate::triage::likeness::{as_written, every_word};
use std::collections::BTreeSet;

/// A name of more words says something else than who it is.
const WORDS_OF_A_NAME: usize = 3;
/// What stands for the name of the reporter, wherever a text has it. No word is written so.
const NAME: &str = "(name)";

/// The words of each text, where the name of who wrote it is one like any other, and no
/// difference at either end; so is their address. A name begins large: "your admin" is none,
/// whoever writes it. What is too long for a name is a text.
pub(super) fn in_words(
    texts: &[Foreign],
    names: [&Foreign; 2],
    by: Option<&Address>,
) -> Vec<Vec<String>> {
    let names = names.map(|name| every_word(name).collect::<Vec<_>>());
    let (names, others): (Vec<_>, Vec<_>) = names
        .into_iter()
        .partition(|name| name.len() <= WORDS_OF_A_NAME);
    let words = |text: Option<&str>| every_word(&Foreign::new(text.unwrap_or_default())).collect();
    let names = Names {
        all: names.into_iter().flatten().collect(),
        local: words(by.map(Address::local)),
        address: words(by.map(Address::to_string).as_deref()),
    };
    let texts = texts.iter().map(|text| {
        let mut words = names.within(text);
        words.dedup_by(|one, before| one == NAME && before == NAME);
        words.pop_if(|last| last == NAME);
        let is_first = words.first().is_some_and(|first| first == NAME);
        words.split_off(usize::from(is_first))
    });
    let mut all: Vec<Vec<String>> = Vec::new();
    for text in texts.chain(others) {
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// The words of those who wrote: of their names, and of the two parts of their address.
struct Names {
    all: BTreeSet<String>,
    local: Vec<String>,
    address: Vec<String>,
}

impl Names {
    /// The words of a text, with [`NAME`] where one of these begins large or the address stands. A
    /// word of what stands before its `@` is a name at the end alone.
    fn within(&self, text: &Foreign) -> Vec<String> {
        let small: Vec<String> = every_word(text).collect();
        let large: Vec<bool> = as_written(text)
            .map(|word| !word.starts_with(char::is_lowercase))
            .collect();
        let is_signed = |(word, is_large): (&String, &bool)| {
            *is_large && (self.all.contains(word) || self.local.contains(word))
        };
        let signed = small
            .iter()
            .zip(&large)
            .rev()
            .take_while(|word| is_signed(*word));
        let end = small.len() - signed.count();
        let (mut words, mut at) = (Vec::new(), 0);
        while let Some((is_large, rest)) = large.get(at).zip(small.get(at..end)) {
            let Some(word) = rest.first() else { break };
            let is_address = !self.address.is_empty() && rest.starts_with(&self.address);
            let is_name = is_address || (*is_large && self.all.contains(word));
            at += if is_address { self.address.len() } else { 1 };
            words.push(if is_name {
                NAME.to_owned()
            } else {
                word.clone()
            });
        }
        words
    }
}
