//! The name behind words that one should follow.

/// No name begins so.
const PRONOUNS: [&str; 22] = [
    "me",
    "you",
    "us",
    "the",
    "a",
    "an",
    "follows",
    "well",
    "below",
    "discoverer",
    "finder",
    "such",
    "it",
    "this",
    "that",
    "above",
    "stated",
    "mentioned",
    "myself",
    "usual",
    "before",
    "author",
];

/// Behind a name.
const STOPS: [&str; 34] = [
    ", ",
    "; ",
    " (",
    ")",
    "! ",
    "? ",
    "\t",
    " if ",
    " when ",
    " after ",
    " before ",
    " once ",
    " until ",
    " unless ",
    " only",
    " without ",
    " in your ",
    " in any ",
    " in case ",
    " in the adv",
    " in the rel",
    " in the ack",
    " in the hall",
    " and ",
    " for ",
    " on ",
    " would ",
    " is ",
    " because ",
    " please",
    " but ",
    " so ",
    " - ",
    " <",
];

/// The name at the beginning of a text: to the end of its sentence, without quotes.
pub(super) fn name(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().and_then(|c| match c {
        '"' => Some('"'),
        '\'' => Some('\''),
        '\u{201c}' => Some('\u{201d}'),
        '`' => Some('`'),
        _ => None,
    });
    let name = match quote {
        Some(close) => {
            let inner = text.get(text.chars().next()?.len_utf8()..)?;
            inner.split(close).next()?
        }
        None => {
            let mut end = text.len();
            end = end.min(sentence_end(text).unwrap_or(end));
            for stop in STOPS {
                end = end.min(text.find(stop).unwrap_or(end));
            }
            let name = text.get(..end)?.trim_end_matches(['!', '?', ',', ';', ' ']);
            match name.strip_suffix('.').is_some_and(is_initial) {
                true => name,
                false => name.trim_end_matches(['.', '!', '?', ',', ';', ' ']),
            }
        }
    };
    let name = name.trim();
    let begins = name.starts_with(|c: char| c.is_alphanumeric() || c == '@');
    let first = name.split_whitespace().next()?.to_ascii_lowercase();
    let is_name = begins && (first == "anonymous" || !PRONOUNS.contains(&first.as_str()));
    let is_figure = !first.contains(char::is_alphabetic);
    (is_name && !is_figure && name.chars().count() <= 60 && name.len() >= 2).then_some(name)
}

/// Where the sentence ends: not at the point of an initial that more of it follows.
fn sentence_end(text: &str) -> Option<usize> {
    let mut stops = text.match_indices(". ");
    let stop = stops.find(|(at, _)| {
        let head = text.get(..*at).unwrap_or_default();
        let next = text.get(at + 2..).and_then(|rest| rest.chars().next());
        let goes_on =
            head.split(' ').all(is_initial_or_point) || next.is_some_and(char::is_lowercase);
        !(is_initial(head) && goes_on)
    });
    stop.map(|(at, _)| at + 1)
}

fn is_initial_or_point(word: &str) -> bool {
    is_initial(word.trim_end_matches('.'))
}

/// It ends in a word of one large letter.
fn is_initial(head: &str) -> bool {
    let last = head.rsplit([' ', '.']).next().unwrap_or_default();
    let mut letters = last.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

/// Who says so is not to be named.
pub(super) fn is_nobody(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "anonymous",
        "anonymously",
        "an anonymous",
        "anon",
        "none",
        "nobody",
        "n/a",
        "no one",
    ]
    .iter()
    .any(|n| name == *n || (n.starts_with("an") && name.starts_with("anonymous ")))
}

/// What stands in the place of a name.
pub(super) fn is_secret(name: &str) -> bool {
    let words = [
        "withheld",
        "private",
        "confidential",
        "undisclosed",
        "secret",
        "hidden",
        "tbd",
        "tba",
    ];
    let name = name.to_ascii_lowercase();
    words
        .iter()
        .any(|word| name.split_whitespace().next() == Some(word))
}

/// What an account is, and no person.
pub(super) fn is_role(name: &str) -> bool {
    let words = [
        "admin",
        "administrator",
        "root",
        "superuser",
        "user",
        "guest",
        "member",
        "owner",
        "customer",
        "premium",
        "moderator",
    ];
    words.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// Words that each begin as names do, quoted or two at least; and nothing of money behind them.
pub(super) fn is_of_person(name: &str, rest: &str) -> bool {
    const JOINING: [&str; 8] = ["of", "from", "at", "de", "van", "von", "der", "la"];
    let begins = |word: &str| {
        let mut letters = word.chars();
        let large = letters.next().is_some_and(char::is_uppercase);
        large && letters.all(|c| c.is_alphabetic() || ".-'".contains(c)) && !word.ends_with("'s")
    };
    let many = name.split(' ').filter(|word| begins(word)).count();
    let is_whole = name
        .split(' ')
        .all(|word| begins(word) || JOINING.contains(&word));
    let sentence = rest.split(". ").next().unwrap_or_default().to_lowercase();
    let money = ["account", "card", "wallet", "balance", "customer", "refund"];
    let is_money = money.iter().any(|word| sentence.contains(word));
    let is_money =
        is_money || sentence.contains(|c: char| c.is_numeric() || "$\u{20ac}\u{a3}".contains(c));
    begins(name.split(' ').next().unwrap_or_default()) && many >= 2 && is_whole && !is_money
}
