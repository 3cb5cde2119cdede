//! What one form of a text says in words of its own, in a row: a sentence that a program did not
//! make of the other form.
//!
//! A word is in both forms where three in a row, of which it is one, stand in both in this
//! order: so neither another order of the paragraphs nor a word more here and there makes words
//! that stand by themselves. Linear in the length of the texts.

use super::is_unspaced;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

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

/// Words in their order.
#[derive(Default)]
pub(super) struct Order<'t> {
    words: Vec<&'t str>,
    /// The digest of each of them with those beside it.
    threes: Vec<u64>,
}

impl<'t> Order<'t> {
    pub(super) fn push(&mut self, word: &'t str) {
        self.words.push(word);
    }

    /// Behind the last word. Each is hashed once: two forms are compared both ways.
    pub(super) fn close(&mut self) {
        // One for the process: two forms are compared. Nobody outside knows it.
        static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let digests: Vec<u64> = self.words.iter().map(|word| KEYS.hash_one(word)).collect();
        let word = |n: Option<usize>| n.and_then(|n| digests.get(n)).copied().unwrap_or_default();
        let three = |at: usize| {
            let (before, behind) = (word(at.checked_sub(1)), word(Some(at + 1)));
            before.rotate_left(21) ^ word(Some(at)).rotate_left(42) ^ behind
        };
        self.threes = (0..digests.len()).map(three).collect();
    }

    /// What this form says that the other does not, which has these words.
    pub(super) fn beyond(&self, than: &Self, known: &HashSet<&str>) -> Beyond {
        if self.threes == than.threes {
            return Beyond::Nothing;
        }
        let other: HashSet<u64> = than.threes.iter().copied().collect();
        let both: Vec<bool> = self.threes.iter().map(|n| other.contains(n)).collect();
        let is_both = |at: usize| both.get(at).copied().unwrap_or_default();
        let (mut most, mut row, mut new) = (Beyond::Nothing, 0, 0);
        for (at, word) in self.words.iter().enumerate() {
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
}
