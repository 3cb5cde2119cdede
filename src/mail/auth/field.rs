//! One `Authentication-Results` field, after the grammar of RFC 8601 section 2.2.
//!
//! Lenient where servers are: values hold `/`, `+` and `=` without quotes. A piece that is
//! no result is passed over. Never fails, and its cost is linear in the length of the
//! field: comments are counted, not followed.

use std::iter::Peekable;
use std::str::Chars;

/// One field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// The authserv-id: who says so.
    pub(super) id: String,
    /// What was found, in the order of the field.
    pub(super) results: Vec<Found>,
}

/// What one method found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// `dkim`, `dmarc` and others, in lower case.
    pub(super) method: String,
    /// `pass`, `fail` and others, in lower case.
    pub(super) result: String,
    /// The domain that signed.
    pub(super) header_d: Option<String>,
    /// For whom it signed: `@domain` or `local@domain`.
    pub(super) header_i: Option<String>,
    /// The domain of From that was looked at.
    pub(super) header_from: Option<String>,
}

/// Reads a field. `None` where it begins with no authserv-id.
pub(super) fn read(value: &str) -> Option<Field> {
    let mut pieces = pieces(value).into_iter();
    let first = pieces.next()?;
    let mut pairs = Pairs::of(&first);
    let (id, equals) = pairs.next()?;
    if id.is_empty() || equals.is_some() {
        return None;
    }
    let version = pairs.next();
    let known = match &version {
        None => true,
        Some((version, None)) => version == "1",
        Some((_, Some(_))) => return None,
    };
    // Another version may mean anything (section 2.2): whose it is, it still says.
    let results = pieces.filter_map(|piece| found(&piece)).collect();
    Some(Field {
        id,
        results: if known { results } else { Vec::new() },
    })
}

/// `method=result`, or `method/1=result`, and properties.
fn found(piece: &[Letter]) -> Option<Found> {
    let mut pairs = Pairs::of(piece);
    let (method, result) = pairs.next()?;
    let (name, version) = method.split_once('/').unwrap_or((&method, "1"));
    if version.trim() != "1" {
        return None;
    }
    let mut found = Found {
        method: name.trim().to_ascii_lowercase(),
        result: result?.to_ascii_lowercase(),
        ..Found::default()
    };
    for (key, value) in pairs {
        let place = match key.to_ascii_lowercase().as_str() {
            "header.d" => &mut found.header_d,
            "header.i" => &mut found.header_i,
            "header.from" => &mut found.header_from,
            _ => continue,
        };
        // A property that is there twice names nobody for sure.
        *place = match place {
            None => value,
            Some(_) => Some(String::new()),
        };
    }
    Some(found)
}

/// A character, and whether quotes make it mean nothing but itself.
type Letter = (char, bool);

/// Cuts at each `;`. Comments (RFC 5322 section 3.2.2, they nest) become a space; quotes
/// are taken off.
fn pieces(value: &str) -> Vec<Vec<Letter>> {
    let mut pieces = vec![Vec::new()];
    let mut rest = value.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ';' => pieces.push(Vec::new()),
            '(' => {
                skip_comment(&mut rest);
                put(&mut pieces, (' ', false));
            }
            '"' => {
                while let Some(letter) = quoted(&mut rest) {
                    put(&mut pieces, (letter, true));
                }
            }
            c => put(&mut pieces, (c, false)),
        }
    }
    pieces
}

fn put(pieces: &mut [Vec<Letter>], letter: Letter) {
    if let Some(piece) = pieces.last_mut() {
        piece.push(letter);
    }
}

/// The next letter within quotes; `None` behind the last.
fn quoted(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    match rest.next()? {
        '"' => None,
        '\\' => rest.next(),
        c => Some(c),
    }
}

/// Passes over the rest of a comment; one that is never closed goes on to the end.
fn skip_comment(rest: &mut Peekable<Chars<'_>>) {
    let mut depth = 1_usize;
    while depth > 0 {
        match rest.next() {
            None => return,
            Some('\\') => drop(rest.next()),
            Some('(') => depth += 1,
            Some(')') => depth -= 1,
            Some(_) => {}
        }
    }
}

/// The words of a piece, each with what stands behind its `=`.
struct Pairs<'p> {
    rest: Peekable<std::slice::Iter<'p, Letter>>,
}

impl<'p> Pairs<'p> {
    fn of(piece: &'p [Letter]) -> Self {
        Self {
            rest: piece.iter().peekable(),
        }
    }

    fn skip_space(&mut self) {
        while self
            .rest
            .next_if(|(c, quoted)| c.is_whitespace() && !quoted)
            .is_some()
        {}
    }

    /// Up to white space, and for a key up to its `=`.
    fn word(&mut self, is_key: bool) -> String {
        let is_of_it =
            |(c, quoted): &&Letter| *quoted || !(c.is_whitespace() || (is_key && *c == '='));
        let mut word = String::new();
        while let Some((c, _)) = self.rest.next_if(is_of_it) {
            word.push(*c);
        }
        word
    }
}

impl Iterator for Pairs<'_> {
    type Item = (String, Option<String>);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_space();
        self.rest.peek()?;
        let key = self.word(true);
        self.skip_space();
        if self
            .rest
            .next_if(|letter| **letter == ('=', false))
            .is_none()
        {
            return Some((key, None));
        }
        self.skip_space();
        Some((key, Some(self.word(false))))
    }
}
