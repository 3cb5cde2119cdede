//! Whether words about credit are a wish, by what stands before them. A wish is a sentence
//! that is nothing else: who says more than a wish may deny it in words that nobody listed,
//! and then a person reads it.

/// So much of what stands before is looked at, and so much of it for the head of a list.
const REACH: usize = 400;
const LIST: usize = 2_000;

/// What turns a wish round.
const NOT: &str = "not no never nor neither cannot without refrain than hate unless avoid stop nobody none \
    nothing dont n/a refuse decline object against forbid forbids forbidden oppose dislike \
    reject nicht kein keine keinen niemals jamais pas nunca";

/// Behind one that turns it round: what is not hindered.
const NO_MORE: &str = "mind hesitate only problem forget fail objection objections issue issues";

/// Of these a wish is made, beside [`WANTING`].
const PLAIN: &str = "i i'd i'm i'll we we'd we're we'll me us my our you would should will could can may \
    might must shall do be being am are have need to for in on at of by with as a an the \
    this that it your any all case if so but just and or also then ever still simply always \
    publicly officially personally here hall fame advisory advisories acknowledgement \
    acknowledgements acknowledgment acknowledgments credit credits report reports cve page \
    website changelog release notes thanks thank hello hi team possible course feel free \
    though very really truly quite much";

/// Who says one of these wishes.
const WANTING: &str = "please pls plz kindly want wanted wish like love prefer happy glad pleased delighted \
    honoured honored grateful thankful appreciate appreciated ask asking hope hoping rather \
    better best great nice awesome cool welcome agree fine ok okay";

/// Who says it of themselves.
const OURSELVES: &str = "i i'd i'll i'm me us we we'd we're please";

/// What a clause begins with that has a wish of its own: `there is no bounty, so ...`.
const ANEW: &str = "so but please then just kindly i i'd we we'd would you";

/// A line that ends in one of these goes on in the next.
const GOES_ON: &str = "i we me us my our you would should will could can may might must shall do be being have \
    need to for in on at of by with as a an the this that your any if so but just and or \
    also then ever always publicly please kindly want wish like love prefer rather ask hope \
    whether when because from into how why what who which sure think believe doubt until \
    after before about under circumstances";

/// Before the words about credit: what was told of, and is no wish.
const TOLD: &str = "am is are was were been get gets got";

/// What says no more than something that is plain.
const SAME: [(&str, &str); 12] = [
    ("i request ", "i ask "),
    ("we request ", "we ask "),
    ("kindly request ", "kindly ask "),
    ("request that you ", "ask that you "),
    ("look forward to ", "hope for "),
    ("please make sure ", "please "),
    ("please be sure to ", "please "),
    ("please remember to ", "please "),
    ("please note that ", ""),
    ("you're welcome to ", "you are welcome to "),
    ("you have my permission to ", "you may "),
    ("i give you permission to ", "you may "),
];

/// How words about credit are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// As a wish.
    Wish,
    /// As the opposite of one: `I do not want to be `, `please don't `.
    Denied,
    /// Somebody speaks of themselves, and who knows what they wish.
    Unclear,
    /// Nobody wishes anything.
    Told,
}

/// How the words say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// `credit me as`: somebody is to do it.
    Asked,
    /// `credited as`: it happens to somebody.
    Passive,
    /// `like to be credited`: they are a wish themselves.
    Whole,
    /// `credit goes to`: whoever says it.
    Said,
}

/// What stands before the words.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// The clause in which they stand, up to them, in small words.
    clause: Vec<String>,
    /// A clause before it, of the same sentence, denies something.
    denies: bool,
    /// One denies, and is not over: `do not, ever,`.
    is_open: bool,
    /// The line above the list in which they stand denies something.
    heading_denies: bool,
    /// A clause before it is more than a wish.
    says_more: bool,
    /// One asks for a word before anything is done.
    asks_first: bool,
    /// Somebody speaks of themselves.
    ours: bool,
}

impl Before {
    /// Reads it: `line` up to `at`, and the text `above`; `label`: the words begin a line of
    /// their own.
    pub(super) fn read(above: &str, line: &str, at: usize, label: bool) -> Self {
        let next = line.get(at..).and_then(|rest| rest.chars().next());
        let large = label || next.is_some_and(char::is_uppercase);
        let (all, heading) = joined(above, line.get(..at).unwrap_or_default(), large);
        let mut all = sentence(&all, large);
        for (words, plain) in SAME {
            if all.contains(words) {
                all = all.replace(words, plain);
            }
        }
        let clauses = clauses(&all);
        let (last, before) = clauses
            .split_last()
            .map_or((&[][..], &[][..]), |(l, b)| (l, b));
        let turned = |clause: &&Vec<String>| has_not(&clause.join(" "));
        let is_open = |clause: &Vec<String>| {
            let plain = |word: &String| is_wish(word) || is_not(word);
            clause.iter().all(plain) || adverbial(clause)
        };
        Self {
            clause: last.to_vec(),
            denies: before.iter().any(|clause| turned(&clause)),
            is_open: before.iter().filter(turned).any(is_open),
            says_more: !before.iter().flatten().all(|word| is_wish(word)),
            asks_first: before.iter().any(|clause| asks_first(clause)),
            heading_denies: has_not(&sentence(&heading, true)),
            ours: clauses.iter().flatten().any(|word| among(OURSELVES, word)),
        }
    }

    /// Nothing stands before them in their sentence but such words.
    pub(super) fn is_only(&self, words: &[&str]) -> bool {
        let only = |word: &String| words.contains(&word.as_str());
        !self.denies && !self.heading_denies && self.clause.iter().all(only)
    }

    /// What they go on from denies something.
    pub(super) fn is_denied(&self) -> bool {
        self.heading_denies || has_not(&self.clause.join(" "))
    }

    /// How the words are meant.
    pub(super) fn meant(&self, voice: Voice) -> Meant {
        let unclear = match self.ours || voice == Voice::Asked {
            true => Meant::Unclear,
            false => Meant::Told,
        };
        let last = self.clause.last().map(String::as_str).unwrap_or_default();
        if voice == Voice::Passive && among(TOLD, last) {
            return Meant::Told;
        }
        let (words, spared) = without_pairs(&self.clause);
        let has = |any: &str| words.iter().any(|word| among(any, word));
        if self.heading_denies || !words.iter().all(|word| is_wish(word) || is_not(word)) {
            return unclear;
        }
        let wants = has(WANTING) || spared || voice == Voice::Whole;
        let we = has("i i'd i'm i'll we we'd we're we'll");
        match words.iter().filter(|word| is_not(word)).count() {
            0 => {
                let anew = words.first().is_some_and(|word| among(ANEW, word));
                if self.is_open || self.asks_first || self.denies && !anew {
                    return unclear;
                }
                let bare = matches!(words.as_slice(), [] | ["to", "be"]);
                // `Can I be `.
                let asks = matches!(words.as_slice(), ["can" | "could" | "may", "i" | "we", ..]);
                match voice {
                    Voice::Passive if bare && self.says_more => unclear,
                    Voice::Said => Meant::Wish,
                    Voice::Asked if wants || !(we || has("if")) => Meant::Wish,
                    Voice::Passive | Voice::Whole if has("you") && !we => Meant::Told,
                    Voice::Passive if wants || bare || asks => Meant::Wish,
                    Voice::Whole => Meant::Wish,
                    Voice::Asked | Voice::Passive => unclear,
                }
            }
            1 => {
                let verb = has("hate refuse decline object oppose dislike");
                let bid = has("must should may shall");
                let said = match voice {
                    Voice::Asked => wants || bid || !(we || has("you if")),
                    Voice::Passive => wants || verb,
                    Voice::Whole => !has("you") || we,
                    Voice::Said => false,
                };
                if said { Meant::Denied } else { unclear }
            }
            _ => unclear,
        }
    }
}

/// The line up to the words with the lines that it goes on from, and what stands above its
/// list, or above it and ends with a colon.
fn joined(above: &str, head: &str, large: bool) -> (String, String) {
    let (mut in_list, head) = item(head);
    let (mut all, mut heading) = (head.to_owned(), None::<String>);
    let mut gap = false;
    for line in ending(above, LIST).lines().rev() {
        let trimmed = line.trim();
        let (is_item, rest) = item(line);
        if let Some(heading) = &mut heading {
            if trimmed.is_empty() || trimmed.starts_with('>') || is_item {
                break;
            }
            heading.insert_str(0, &format!("{trimmed} "));
            continue;
        }
        let is_within = is_item || line.starts_with([' ', '\t']) && !trimmed.ends_with(':');
        if trimmed.is_empty() {
            gap = true;
        } else if trimmed.starts_with('>') {
            break;
        } else if in_list && is_within {
        } else if in_list || trimmed.ends_with(':') {
            heading = Some(trimmed.to_owned());
        } else if gap || all.len() > REACH || is_over(rest, &all, large) {
            break;
        } else {
            all.insert_str(0, &format!("{} ", rest.trim()));
            in_list = is_item;
        }
    }
    (all, heading.unwrap_or_default())
}

/// A line without the mark of an item, and whether it had one.
pub(super) fn item(line: &str) -> (bool, &str) {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let counted = (number.len() < line.len()).then_some(number);
    let counted = counted.and_then(|rest| rest.strip_prefix(['.', ')']));
    let marked = line.strip_prefix(['-', '*', '\u{2022}', '+']);
    match marked
        .or(counted)
        .filter(|rest| rest.starts_with([' ', '\t']))
    {
        Some(rest) => (true, rest),
        None => (false, line),
    }
}

/// Whether a sentence is over with this line: the next begins large, and this one does not
/// end amid a wish.
pub(super) fn is_over(line: &str, next: &str, large: bool) -> bool {
    let first = next.trim_start().chars().next();
    let anew = first.map_or(large, char::is_uppercase);
    let line = line.trim_end();
    let small = line.to_lowercase();
    let last = words(&small).next_back().unwrap_or_default();
    let goes_on = line.ends_with(',') || is_not(last) || among(GOES_ON, last);
    anew && (!goes_on || small.ends_with("thank you"))
}

/// The last sentence of a text, in small letters; `large`: what follows it begins so.
fn sentence(all: &str, large: bool) -> String {
    let all = ending(all, REACH);
    let mut stops = all.char_indices().filter_map(|(at, c)| {
        let rest = all.get(at + 1..).filter(|_| matches!(c, '.' | '!' | '?'))?;
        let next = rest.strip_prefix(' ')?.trim_start().chars().next();
        next.map_or(large, |c| !c.is_lowercase()).then_some(at + 1)
    });
    let all = all.get(stops.next_back().unwrap_or_default()..);
    all.unwrap_or_default()
        .to_lowercase()
        .replace('\u{2019}', "'")
}

/// The clauses of a sentence, each in words; the last one may have none.
fn clauses(sentence: &str) -> Vec<Vec<String>> {
    let begin = sentence.trim_start();
    // `I am a student and would like to be`.
    let ours = ["i ", "i'm ", "we ", "we're "]
        .iter()
        .any(|we| begin.starts_with(we));
    let and = if ours { ", and would " } else { " and would " };
    let parted = sentence
        .replace(" and would ", and)
        .replace(" but ", ", but ")
        .replace(" so ", ", so ")
        .replace(" - ", ", ")
        .replace(" -- ", ", ")
        .replace(". ", ", ");
    let ends = |c: char| ",:;()!?\u{2013}\u{2014}".contains(c);
    let all = parted.split(ends).flat_map(|clause| {
        let (condition, rest) = conditional(words(clause).map(str::to_owned).collect());
        condition.into_iter().chain([rest])
    });
    all.collect()
}

/// `if you publish this I would like`: the condition, and the clause that has a subject of its
/// own again.
fn conditional(clause: Vec<String>) -> (Option<Vec<String>>, Vec<String>) {
    let begins = ["if", "when", "once", "after", "as", "since", "because"];
    let anew = ["i", "i'd", "we", "we'd", "please"];
    let is = |word: &String, any: &[&str]| any.contains(&word.as_str());
    let at = clause.iter().rposition(|word| is(word, &anew));
    match at.filter(|_| clause.first().is_some_and(|word| is(word, &begins))) {
        Some(at) => (
            clause.get(..at).map(<[_]>::to_vec),
            clause.into_iter().skip(at).collect(),
        ),
        None => (None, clause),
    }
}

/// A clause without those words that together turn nothing round, and whether it had any.
fn without_pairs(clause: &[String]) -> (Vec<&str>, bool) {
    let (mut left, mut spared) = (Vec::new(), false);
    let mut words = clause.iter().map(String::as_str).peekable();
    while let Some(word) = words.next() {
        if is_not(word) && words.next_if(|next| among(NO_MORE, next)).is_some() {
            spared = true;
        } else {
            left.push(word);
        }
    }
    (left, spared)
}

/// `ask me first`.
fn asks_first(clause: &[String]) -> bool {
    let has = |any: &str| clause.iter().any(|word| among(any, word));
    has("first") && has("ask tell contact check confirm wait let write")
}

/// `under no circumstances`: it belongs to what follows.
fn adverbial(clause: &[String]) -> bool {
    let mut pairs = clause.iter().zip(clause.iter().skip(1));
    pairs.any(|(word, next)| {
        next == "no" && ["under", "in", "at", "by", "on", "for"].contains(&word.as_str())
    })
}

/// Whether a word is one of these, which spaces part.
fn among(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}

fn is_wish(word: &str) -> bool {
    among(PLAIN, word) || among(WANTING, word)
}

fn is_not(word: &str) -> bool {
    among(NOT, word) || word.ends_with("n't")
}

/// A word that denies; `do not mind` and `not only` are none.
pub(super) fn has_not(text: &str) -> bool {
    let all: Vec<&str> = words(text).collect();
    all.iter().enumerate().any(|(n, word)| {
        let next = all.get(n + 1).copied().unwrap_or_default();
        (is_not(word) || (*word, next) == ("instead", "of")) && !among(NO_MORE, next)
    })
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let of_word = |c: char| c.is_alphanumeric() || c == '\'' || c == '/';
    text.split(move |c| !of_word(c)).filter(|w| !w.is_empty())
}

/// The end of a text.
fn ending(text: &str, most: usize) -> &str {
    let mut from = text.len().saturating_sub(most);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}
