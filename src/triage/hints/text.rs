//! A text as words.

/// Characters that show nothing and part no word.
const UNSEEN: [char; 7] = [
    '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{34f}',
];

/// The words of a text: runs of letters and digits, small, with their places.
pub(super) struct Words<'a> {
    text: &'a str,
    words: Vec<Word>,
}

struct Word {
    small: String,
    from: usize,
    to: usize,
    sentence: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let (mut words, mut sentence) = (Vec::new(), 0);
        let mut word: Option<Word> = None;
        let mut ends = Ends::default();
        for (at, c) in text.char_indices() {
            if UNSEEN.contains(&c) {
                continue;
            }
            if c.is_alphanumeric() {
                sentence += usize::from(word.is_none() && ends.has_ended());
                ends = Ends::default();
                let word = word.get_or_insert_with(|| Word {
                    small: String::new(),
                    from: at,
                    to: at,
                    sentence,
                });
                word.small.extend(c.to_lowercase());
                word.to = at + c.len_utf8();
            } else {
                words.extend(word.take());
                ends.see(c);
            }
        }
        words.extend(word);
        Self { text, words }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.words.len()
    }

    /// The word there, in small letters.
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(|word| word.small.as_str())
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.small.as_str())
    }

    /// The sentence in which the word there stands.
    pub(super) fn sentence(&self, at: usize) -> Option<usize> {
        self.words.get(at).map(|word| word.sentence)
    }

    /// The words from one to another, as they are written.
    pub(super) fn written(&self, from: usize, to: usize) -> &'a str {
        let place = |at: usize| self.words.get(at);
        let span = place(from).zip(place(to));
        span.and_then(|(first, last)| self.text.get(first.from..last.to))
            .unwrap_or_default()
    }
}

/// What stands between two words.
#[derive(Default)]
struct Ends {
    /// A full stop, and white space behind it.
    stop: bool,
    stopped: bool,
    lines: usize,
}

impl Ends {
    fn see(&mut self, c: char) {
        self.stopped |= self.stop && c.is_whitespace();
        self.stop = matches!(c, '.' | '!' | '?' | ';') || (self.stop && !c.is_whitespace());
        self.lines += usize::from(c == '\n');
    }

    /// A sentence, or a paragraph.
    fn has_ended(&self) -> bool {
        self.stopped || self.lines > 1
    }
}
