//! Whether a text holds one of many phrases, in one walk over it.
//!
//! Every mail of a stranger is searched for well over a hundred phrases. They are kept by
//! their first two bytes; most places of a text begin none.

use std::collections::HashMap;

/// Phrases of two bytes and more.
pub(super) struct Phrases {
    begin: Vec<bool>,
    by_start: HashMap<[u8; 2], Vec<&'static [u8]>>,
}

impl Phrases {
    pub(super) fn new(phrases: impl Iterator<Item = &'static str>) -> Self {
        let mut kept = Self {
            begin: vec![false; 1 << 16],
            by_start: HashMap::new(),
        };
        for phrase in phrases {
            if let Some(start) = phrase.as_bytes().first_chunk::<2>() {
                if let Some(begins) = kept.begin.get_mut(usize::from(u16::from_be_bytes(*start))) {
                    *begins = true;
                }
                let same = kept.by_start.entry(*start).or_default();
                same.push(phrase.as_bytes());
            }
        }
        kept
    }

    /// One of them stands in the text.
    pub(super) fn any_in(&self, text: &str) -> bool {
        let mut rest = text.as_bytes();
        while let Some(start) = rest.first_chunk::<2>() {
            let at = usize::from(u16::from_be_bytes(*start));
            if self.begin.get(at).is_some_and(|begins| *begins)
                && let Some(same) = self.by_start.get(start)
                && same.iter().any(|phrase| rest.starts_with(phrase))
            {
                return true;
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_wherever_it_stands() {
        let phrases = Phrases::new(["not here", "no", "退信"].into_iter());
        for text in ["no", "is not here", "it is no", "您的邮件被退信了", "nno"] {
            assert!(phrases.any_in(text), "{text}");
        }
        for text in ["", "n", "is nt here", "退", "on"] {
            assert!(!phrases.any_in(text), "{text}");
        }
    }
}
