//! What a person looks for. Any text is a question.

use super::fold::{LONGEST, is_of_pairs, tokens};
use super::{Words, beginning, heavy};
use std::ops::Range;

/// Words that are looked for: whoever pastes a page looks for its beginning.
const AT_MOST: usize = 16;

/// What is looked for: words, and in quotes words that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
    /// Some of it is not looked for: too many words, or too long ones.
    pub is_cut: bool,
}

/// Words that stand side by side, mostly one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    tokens: Vec<String>,
    /// The last is the beginning of a word.
    begins: bool,
}

/// Where in a text something stands that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many of the things stand in that text.
    pub terms: usize,
    /// Where the first of them does, in bytes.
    pub at: Range<usize>,
}

/// A question to the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// This word.
    Word(String),
    /// A word that begins so.
    Begins(String),
    /// All of these; there is one at least.
    All(Vec<Self>),
    /// One of these; there is one at least.
    Any(Vec<Self>),
}

impl Ask {
    /// As FTS5 reads it: every word in quotes, and none has a quote in it.
    pub fn text(&self) -> String {
        let group = |asks: &[Self], between: &str| {
            let asks: Vec<String> = asks.iter().map(Self::text).collect();
            format!("({})", asks.join(between))
        };
        match self {
            Self::Word(word) => format!("\"{word}\""),
            Self::Begins(word) => format!("\"{word}\"*"),
            Self::All(asks) => group(asks, " AND "),
            Self::Any(asks) => group(asks, " OR "),
        }
    }

    /// Whether these words answer it, as the index would.
    pub fn holds(&self, words: &Words) -> bool {
        match self {
            Self::Word(word) => words.0.contains(word),
            Self::Begins(word) => {
                let mut behind = words.0.range(word.clone()..);
                behind.next().is_some_and(|w| w.starts_with(word.as_str()))
            }
            Self::All(asks) => asks.iter().all(|ask| ask.holds(words)),
            Self::Any(asks) => asks.iter().any(|ask| ask.holds(words)),
        }
    }
}

impl Term {
    /// What is written together, or one word; none where there is none in it.
    fn of(text: &str, begins: bool, is_cut: &mut bool) -> Option<Self> {
        let mut found = Vec::new();
        tokens(text, |token, _| match token.chars().count() <= LONGEST {
            true => found.push(token.to_owned()),
            false => *is_cut = true,
        });
        *is_cut |= found.len() > AT_MOST;
        found.truncate(AT_MOST);
        // One character alone stands in the index as the beginning of its pairs.
        let alone =
            matches!(found.as_slice(), [one] if is_of_pairs(one) && one.chars().count() == 1);
        (!found.is_empty()).then_some(Self {
            begins: begins || alone,
            tokens: found,
        })
    }

    /// `wide`: what begins so will do.
    fn ask(&self, wide: bool, is_heavy: bool) -> Ask {
        let of = |word: &String| if is_heavy { heavy(word) } else { word.clone() };
        let last = self.tokens.len().saturating_sub(1);
        let begins = |word: String, written: &str| {
            let long = written.chars().count() >= SHORTEST || is_of_pairs(written);
            if self.begins || (wide && long) {
                Ask::Begins(word)
            } else {
                Ask::Word(word)
            }
        };
        let parts = self
            .tokens
            .iter()
            .enumerate()
            .map(|(i, token)| match i == last {
                true => begins(of(token), token),
                false => Ask::Word(of(token)),
            });
        let parts = Ask::All(parts.collect());
        if is_heavy && self.tokens.len() > 1 {
            let joined = self.tokens.join("_");
            return Ask::Any(vec![begins(heavy(&joined), &joined), parts]);
        }
        parts
    }

    /// Pairs of one run share a character: it is the same one.
    fn overlaps(&self, window: &[(String, Range<usize>)]) -> bool {
        let shares = |one: &String, next: &String| {
            is_of_pairs(one) && is_of_pairs(next) && one.chars().last() == next.chars().next()
        };
        let wanted = self.tokens.windows(2).zip(window.windows(2));
        wanted
            .into_iter()
            .all(|(wanted, found)| match (wanted, found) {
                ([one, next], [(_, one_at), (_, next_at)]) => {
                    !shares(one, next) || next_at.start < one_at.end
                }
                _ => true,
            })
    }

    /// Where it stands first in a text, by the tokens of that.
    fn find(&self, text: &[(String, Range<usize>)], wide: bool) -> Option<Range<usize>> {
        let last = self.tokens.len().saturating_sub(1);
        let is = |i: usize, token: &str, wanted: &String| match i == last && (self.begins || wide) {
            true => token.starts_with(wanted.as_str()),
            false => token == wanted,
        };
        let at = text.windows(self.tokens.len()).find(|window| {
            let mut pairs = window.iter().zip(&self.tokens).enumerate();
            pairs.all(|(i, ((token, _), wanted))| is(i, token, wanted)) && self.overlaps(window)
        })?;
        Some(at.first()?.1.start..at.last()?.1.end)
    }
}

/// The tokens of a text, and where they stand.
type Tokens = Vec<(String, Range<usize>)>;

fn tokens_of(text: &str) -> Tokens {
    let mut all = Tokens::new();
    tokens(beginning(text), |token, at| {
        all.push((token.to_owned(), at))
    });
    all
}

/// Fewer characters begin too many words.
const SHORTEST: usize = 3;

impl Query {
    /// Reads it. No text is wrong; one without a letter or a digit asks for nothing.
    pub fn read(text: &str) -> Self {
        let (mut terms, mut is_cut) = (Vec::<Term>::new(), false);
        // Every other piece stands in quotes.
        let mut pieces = text.split(['"', '\u{201c}', '\u{201d}', '\u{201e}']);
        let mut add = |term: Option<Term>, is_cut: &mut bool| match term {
            Some(term) if terms.len() < AT_MOST && !terms.contains(&term) => terms.push(term),
            Some(term) if !terms.contains(&term) => *is_cut = true,
            Some(_) | None => {}
        };
        while let Some(plain) = pieces.next() {
            for word in plain.split_whitespace() {
                let term = Term::of(word, word.ends_with('*'), &mut is_cut);
                add(term, &mut is_cut);
            }
            if let Some(quoted) = pieces.next() {
                let term = Term::of(quoted, false, &mut is_cut);
                add(term, &mut is_cut);
            }
        }
        Self { terms, is_cut }
    }

    /// It asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// How many things it asks for.
    pub fn count(&self) -> usize {
        self.terms.len()
    }

    /// Some of it has to stand side by side, which the index does not know.
    pub fn has_rows(&self) -> bool {
        self.terms.iter().any(|term| term.tokens.len() > 1)
    }

    /// All of it, the best way first: in places of weight; some of it there; anywhere. None
    /// where nothing is asked for.
    pub fn all(&self, wide: bool) -> Vec<Ask> {
        let (plain, heavy) = (self.each(wide), self.each_heavy(wide));
        match plain.len() {
            0 => Vec::new(),
            1 => vec![Ask::All(heavy), Ask::All(plain)],
            _ => {
                let some = vec![Ask::All(plain.clone()), Ask::Any(heavy.clone())];
                vec![Ask::All(heavy), Ask::All(some), Ask::All(plain)]
            }
        }
    }

    /// Each thing alone.
    pub fn each(&self, wide: bool) -> Vec<Ask> {
        self.terms.iter().map(|t| t.ask(wide, false)).collect()
    }

    fn each_heavy(&self, wide: bool) -> Vec<Ask> {
        self.terms.iter().map(|t| t.ask(wide, true)).collect()
    }

    /// How many things stand in one of these texts.
    pub fn count_in(&self, texts: &[&str], wide: bool) -> usize {
        let texts: Vec<Tokens> = texts.iter().map(|text| tokens_of(text)).collect();
        let stands = |term: &&Term| texts.iter().any(|text| term.find(text, wide).is_some());
        self.terms.iter().filter(stands).count()
    }

    /// Where in a text it stands, if any of it does.
    pub fn find(&self, text: &str, wide: bool) -> Option<Place> {
        let all = tokens_of(text);
        let found = self.terms.iter().filter_map(|term| term.find(&all, wide));
        let found: Vec<Range<usize>> = found.collect();
        let at = found.iter().min_by_key(|at| at.start)?.clone();
        let terms = found.len();
        Some(Place { terms, at })
    }
}
