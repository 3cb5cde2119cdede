//! Whether a wish to be named is a wish, by what stands before it in its sentence.

/// So much of what stands before is looked at.
const REACH: usize = 400;

/// What turns a wish round.
const NOT: [&str; 18] = [
    "not", "no", "never", "nor", "neither", "cannot", "without", "refrain", "than", "hate",
    "unless", "avoid", "stop", "nobody", "none", "nothing", "dont", "n/a",
];

/// Who says it of themselves.
const OURSELVES: [&str; 10] = [
    "i", "i'd", "i'll", "i'm", "me", "us", "we", "we'd", "my", "please",
];

/// What a clause begins with that has a wish of its own: `there is no bounty, so ...`.
const ANEW: [&str; 6] = ["so", "but", "please", "then", "i", "i'd"];

/// The sentence up to a place of a line; `above` is the text before the line. In small letters.
pub(super) fn sentence(above: &str, head: &str) -> String {
    let lines: Vec<&str> = ending(above).lines().map(str::trim).collect();
    // An empty line, and a quote, end what was said.
    let ends = |line: &&str| line.is_empty() || line.starts_with(['>', '-', '*']);
    let last = lines.rsplit(ends).next().unwrap_or_default();
    let mut all: String = last.iter().flat_map(|line| [*line, " "]).collect();
    all.push_str(ending(head));
    let all = all.to_lowercase().replace('\u{2019}', "'");
    let stops = [". ", "! ", "? ", ": ", "; "];
    let begin = stops.iter().filter_map(|stop| all.rfind(stop)).max();
    all.get(begin.map_or(0, |at| at + 2)..)
        .unwrap_or_default()
        .to_owned()
}

/// Whether a wish is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    No,
    /// Something in its sentence is denied, and who knows what.
    Perhaps,
    /// `I do not want to be `, `please don't `.
    Yes,
}

/// So near before a wish a word turns it round.
const NEAR: usize = 7;

/// Whether it is denied by what stands before it.
pub(super) fn denied(sentence: &str) -> Denied {
    let last = sentence.rsplit(',').next().unwrap_or_default();
    let near: Vec<&str> = words(last).collect();
    let near = near.rsplit(|word| matches!(*word, "and" | "but" | "just"));
    let near = near.into_iter().next().unwrap_or_default();
    let near = near.iter().skip(near.len().saturating_sub(NEAR));
    if has_not(&near.copied().collect::<Vec<_>>().join(" ")) {
        return Denied::Yes;
    }
    match in_its_sentence(sentence) {
        true => Denied::Perhaps,
        false => Denied::No,
    }
}

fn in_its_sentence(sentence: &str) -> bool {
    let last = sentence.rsplit(',').next().unwrap_or_default();
    let begins = words(last).next();
    let anew = last.len() < sentence.len() && begins.is_some_and(|word| ANEW.contains(&word));
    has_not(if anew { last } else { sentence })
}

/// A word that denies; `do not mind` and `not only` are none.
pub(super) fn has_not(text: &str) -> bool {
    let all: Vec<&str> = words(text).collect();
    let no_more = [
        "mind",
        "hesitate",
        "only",
        "problem",
        "forget",
        "fail",
        "objection",
        "objections",
    ];
    all.iter().enumerate().any(|(n, word)| {
        let next = all.get(n + 1).copied().unwrap_or_default();
        let is = NOT.contains(word) || word.ends_with("n't") || (*word, next) == ("instead", "of");
        is && !no_more.contains(&next)
    })
}

/// Somebody speaks of themselves.
pub(super) fn of_ourselves(sentence: &str) -> bool {
    words(sentence).any(|word| OURSELVES.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let of_word = |c: char| c.is_alphanumeric() || c == '\'' || c == '/';
    text.split(move |c| !of_word(c)).filter(|w| !w.is_empty())
}

/// The end of a text.
fn ending(text: &str) -> &str {
    let mut from = text.len().saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}
