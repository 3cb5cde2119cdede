//! The words of a rule, in a form that a person writes without signs to learn by heart.

use super::text::Words;

/// `a + b`: no farther apart than this many words, the two included.
const WINDOW: usize = 12;

/// A phrase has at most so many words.
const MOST_WORDS: usize = 8;

/// A `*` needs so many letters before it.
const STEM: usize = 3;

/// `missing + spf record`: words in this order, and other such within the same sentence.
/// `takeover*` is each word that begins so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    parts: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Whole(String),
    Stem(String),
}

impl Piece {
    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == whole,
            Self::Stem(stem) => word.starts_with(stem.as_str()),
        }
    }
}

impl Phrase {
    /// Reads one.
    ///
    /// # Errors
    /// What would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<Vec<Piece>> = text.split('+').map(pieces).collect::<Result<_, _>>()?;
        if parts.iter().any(Vec::is_empty) {
            let what =
                "write words, like \"no spf record\", or words apart, like \"spf + missing\"";
            return Err(what.to_owned());
        }
        if parts.iter().map(Vec::len).sum::<usize>() > MOST_WORDS {
            return Err(format!(
                "write at most {MOST_WORDS} words; each phrase is one of many"
            ));
        }
        Ok(Self { parts })
    }

    /// It has this word.
    pub(super) fn has(&self, word: &str) -> bool {
        self.parts.iter().flatten().any(|piece| piece.fits(word))
    }

    /// The first place where it stands whole within the first `most` words, from the first
    /// of its words to the last.
    pub(super) fn find(&self, words: &Words<'_>, most: usize) -> Option<(usize, usize)> {
        let fits = |span: &(usize, usize)| span.1 < most;
        let (first, rest) = self.parts.split_first()?;
        places(first, words).filter(fits).find_map(|span| {
            rest.iter().try_fold(span, |(from, to), part| {
                let near = |at: &(usize, usize)| {
                    let whole = (from.min(at.0), to.max(at.1));
                    let apart = whole.1 - whole.0 < WINDOW && (at.1 < from || at.0 > to);
                    apart && words.sentence(at.0) == words.sentence(from)
                };
                let found = near_places(part, words, from).filter(fits).find(near)?;
                Some((from.min(found.0), to.max(found.1)))
            })
        })
    }

    /// Each place of its words, where it stands whole: of parts each its own.
    pub(super) fn all(&self, words: &Words<'_>) -> Vec<(usize, usize)> {
        if self.find(words, usize::MAX).is_none() {
            return Vec::new();
        }
        let parts = self.parts.iter();
        parts.flat_map(|part| places(part, words)).collect()
    }
}

/// The words of a part. What parts words in a text parts them here too.
fn pieces(part: &str) -> Result<Vec<Piece>, String> {
    let mut all = Vec::new();
    for word in part.split_whitespace() {
        let (stem, is_stem) = match word.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (word, false),
        };
        if stem.contains('*') || !stem.contains(char::is_alphanumeric) {
            return Err("a `*` stands at the end of a word, like \"takeover*\"".to_owned());
        }
        let words = Words::of(stem);
        let last = words.count().saturating_sub(1);
        for (n, word) in words.all().enumerate() {
            let is_stem = is_stem && n == last;
            if is_stem && word.chars().count() < STEM {
                return Err(format!("write at least {STEM} letters before a `*`"));
            }
            all.push(if is_stem {
                Piece::Stem(word.to_owned())
            } else {
                Piece::Whole(word.to_owned())
            });
        }
    }
    Ok(all)
}

/// Where these words stand one after the other, in one sentence.
fn places<'w>(
    part: &'w [Piece],
    words: &'w Words<'_>,
) -> impl Iterator<Item = (usize, usize)> + 'w {
    (0..words.count()).filter_map(move |at| stands(part, words, at))
}

/// The same around a word.
fn near_places<'w>(
    part: &'w [Piece],
    words: &'w Words<'_>,
    around: usize,
) -> impl Iterator<Item = (usize, usize)> + 'w {
    let from = around.saturating_sub(WINDOW);
    (from..around.saturating_add(WINDOW)).filter_map(move |at| stands(part, words, at))
}

fn stands(part: &[Piece], words: &Words<'_>, at: usize) -> Option<(usize, usize)> {
    let last = at + part.len().checked_sub(1)?;
    let mut pieces = part.iter().zip(at..);
    let fits = pieces.all(|(piece, n)| words.word(n).is_some_and(|word| piece.fits(word)));
    let one_sentence = words.sentence(at) == words.sentence(last);
    (fits && one_sentence).then_some((at, last))
}
