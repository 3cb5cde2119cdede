//! What one form of a text says in words of its own, in a row: a sentence that a program did not
//! make of the other form.
//!
//! A word is in both forms where three in a row, of which it is one, stand in both in this
//! order: so neither another order of the paragraphs nor a word more here and there makes words
//! that stand by themselves. Linear in the length of the texts.

use super::is_unspaced;
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Words in a row that say something; halves, for of a script without spaces each two letters
/// are a word.
const MUCH: usize = 10;
/// Or may say something.
const FEW: usize = 6;
/// So many of them, in halves, are nowhere in the other form.
const NEW: usize = 6;
/// A row of words that are all in the other form elsewhere may say something too.
const KNOWN: usize = 16;

/// How much a form says that the other does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beyond {
    /// Nothing.
    Nothing,
    /// Words here and there.
    Words,
    /// A few in a row.
    Few,
    /// So many in a row that they are a sentence, or much altogether.
    Much,
}

/// By the words of two forms in their order, and those that the other has.
pub(super) fn beyond(said: &[&str], than: &[&str], known: &BTreeSet<&str>) -> Beyond {
    let hashes = RandomState::new();
    let threes = |words: &[&str], at: usize| {
        let word = |n: Option<usize>| n.and_then(|n| words.get(n)).copied().unwrap_or_default();
        hashes.hash_one([word(at.checked_sub(1)), word(Some(at)), word(Some(at + 1))])
    };
    let other: HashSet<u64> = (0..than.len()).map(|at| threes(than, at)).collect();
    let both: Vec<bool> = (0..said.len())
        .map(|at| other.contains(&threes(said, at)))
        .collect();
    let is_both = |at: usize| both.get(at).copied().unwrap_or_default();
    let (mut most, mut row, mut new) = (Beyond::Nothing, 0, 0);
    for (at, word) in said.iter().enumerate() {
        if is_both(at) || is_both(at + 1) || at.checked_sub(1).is_some_and(is_both) {
            (row, new) = (0, 0);
            continue;
        }
        let weight = if word.contains(is_unspaced) { 1 } else { 2 };
        let is_new = word.contains(char::is_alphabetic) && !known.contains(word);
        row += weight;
        new += if is_new { weight } else { 0 };
        most = most.max(match () {
            () if new >= NEW && row >= MUCH => Beyond::Much,
            () if (new >= NEW && row >= FEW) || row >= KNOWN => Beyond::Few,
            () if new > 0 => Beyond::Words,
            () => Beyond::Nothing,
        });
    }
    most
}
