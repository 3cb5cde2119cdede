//! What one form of a text says that the other does not: told by its words and the hosts that
//! it names, not by how long it is.
//!
//! The plain form that a program makes of its HTML has the words of it, but for a few, and in
//! their order. A target of a link is no word: its host counts. A script without spaces has a
//! word in each two letters that stand side by side. What is said of a picture, and the line
//! above a quote that says who wrote it, are left out: they differ. Linear in the length of the
//! texts, but for the sets.

use super::own::{Beyond, Order};
use super::pages::Pages;
use super::{is_host, is_unspaced};
use std::collections::{BTreeSet, HashSet};
use std::iter::Peekable;
use std::str::Lines;

/// One form lacks much of another if it has not so many of its words, and that is more than
/// so many of a hundred; or of more words, a smaller share.
const LACKS: [(usize, usize); 2] = [(5, 40), (20, 5)];
/// A text stands in another if no more of its words, of a hundred, are not there.
const STANDS: usize = 20;

/// Gateways lead links over these hosts, and name in them where they lead.
const GATEWAYS: [&str; 7] = [
    "safelinks.protection.outlook.com",
    "safelinks.protection.office365.us",
    "urldefense.com",
    "urldefense.proofpoint.com",
    "mimecast.com",
    "mimecastprotect.com",
    "linkprotect.cudasvc.com",
];
/// So much of a URL tells where it leads.
const WAY: usize = 2000;
/// What programs write for programs names these.
const OF_PROGRAMS: [&str; 2] = ["schema.org", "w3.org"];
/// Names of pictures look like hosts.
const PICTURES: [&str; 8] = [
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".heic",
];

/// What a plain form says of a picture begins so, and ends within so many bytes.
const PICTURE: [&str; 2] = ["[image:", "[cid:"];
const OF_PICTURE: usize = 200;
/// Targets that name a person, of which the words are no words of the text.
const PERSONS: [&str; 2] = ["<mailto:", "<tel:"];
/// Who wrote a quote stands in a line of so many bytes.
const INTRODUCTION: usize = 200;

/// In small letters, without pictures and what nobody sees, and with the marks of a URL that
/// stands in another.
pub(super) fn folded(text: &str) -> String {
    let unseen = |c: &char| {
        matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
    };
    let mut small = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !unseen(c)) {
        match c.is_ascii() {
            true => small.push(c.to_ascii_lowercase()),
            false => small.extend(c.to_lowercase()),
        }
    }
    let marks = [("%3a", ":"), ("%2f", "/"), ("-3a__", "://")];
    let small = marks.into_iter().fold(small, |text, (written, mark)| {
        match text.contains(written) {
            true => text.replace(written, mark),
            false => text,
        }
    });
    match small.contains('[') {
        true => without_pictures(&small),
        false => small,
    }
}

fn without_pictures(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let is_picture = PICTURE.iter().any(|begins| from.starts_with(begins));
        let end = || from.bytes().take(OF_PICTURE).position(|b| b == b']');
        let end = is_picture.then(end).flatten();
        out.push_str(if end.is_some() { " " } else { "[" });
        rest = from.get(end.unwrap_or(0) + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What a [`folded`] text says.
#[derive(Default)]
pub(super) struct Said<'t> {
    words: HashSet<&'t str>,
    /// They, as they follow each other; numbers of one or two digits are none here, for lists
    /// have them.
    order: Order<'t>,
    /// Where its URLs lead.
    targets: Vec<Target<'t>>,
    /// The pages that it names, with a scheme or without.
    pages: Pages<'t>,
    /// Hosts that stand among the words.
    bare: BTreeSet<&'t str>,
    /// All that look like hosts, and what they are parts of.
    names: BTreeSet<&'t str>,
}

struct Target<'t> {
    host: &'t str,
    rest: &'t str,
    /// It stands in another, written in whatever way.
    is_inner: bool,
}

impl<'t> Said<'t> {
    pub(super) fn of(folded: &'t str) -> Self {
        let mut said = Self::default();
        for name in names(folded) {
            let points = name.match_indices('.').map(|(at, _)| at + 1);
            let ends = points.filter_map(|at| name.get(at..));
            said.names.extend(ends.filter(|end| end.contains('.')));
            said.names.insert(name);
        }
        let mut lines = folded.lines().peekable();
        while let Some(line) = lines.next() {
            let next = |lines: &mut Peekable<Lines<'t>>| {
                while lines.next_if(|next| next.trim().is_empty()).is_some() {}
                lines
                    .peek()
                    .is_some_and(|next| next.trim_start().starts_with('>'))
            };
            if !(introduces(line) && next(&mut lines)) {
                said.line(line);
            }
        }
        said.order.close();
        said
    }

    fn line(&mut self, line: &'t str) {
        let mut before = "";
        for run in line.split_whitespace() {
            let is_behind = before.ends_with(']') && run.starts_with('<');
            match is_behind && !run.contains("://") {
                true => self.target(run),
                false => self.piece(run),
            }
            before = run;
        }
    }

    /// Words with the address of a person between them.
    fn piece(&mut self, run: &'t str) {
        let person = || PERSONS.iter().find_map(|begins| run.find(begins));
        let person = run.contains('<').then(person).flatten();
        match person.and_then(|at| run.split_at_checked(at)) {
            Some((words, target)) => {
                self.read(words);
                self.target(target);
            }
            None => self.read(run),
        }
    }

    /// Where a link leads that is no URL, and words behind it.
    fn target(&mut self, run: &'t str) {
        let (target, behind) = run.split_once('>').unwrap_or((run, ""));
        self.hosts(target);
        self.read(behind);
    }

    /// Words with URLs between them.
    fn read(&mut self, mut run: &'t str) {
        let next = |run: &'t str| run.contains(':').then(|| run.split_once("://")).flatten();
        while let Some((before, url)) = next(run) {
            let of_scheme = |c: char| c.is_ascii_alphanumeric() || c == '+';
            self.take_words(before.trim_end_matches(of_scheme));
            let ends = |c: char| matches!(c, '<' | '>' | '"' | ']') || is_unspaced(c);
            let (url, behind) = url.split_at(url.find(ends).unwrap_or(url.len()));
            self.lead(url);
            run = behind;
        }
        self.take_words(run);
    }

    /// A URL without its scheme, and those that stand in it.
    fn lead(&mut self, url: &'t str) {
        let (mut next, mut is_inner) = (Some(url), false);
        while let Some(url) = next {
            next = url.split_once("://").map(|(_, inner)| inner);
            let end = url.find(['/', '?', '#', '\\', '&']).unwrap_or(url.len());
            let (place, rest) = url.split_at(end);
            let place = place.rsplit('@').next().unwrap_or_default();
            let host = names(place).next().unwrap_or_default();
            if is_host(host) {
                self.targets.push(Target {
                    host,
                    rest,
                    is_inner,
                });
                self.pages.add(host, rest);
            }
            is_inner = true;
        }
    }

    fn take_words(&mut self, run: &'t str) {
        let of_word = |c: char| c.is_alphanumeric() || is_unspaced(c);
        for word in run.split(|c| !of_word(c)).filter(|word| !word.is_empty()) {
            self.word(word);
        }
        self.hosts(run);
    }

    fn hosts(&mut self, run: &'t str) {
        if !run.contains('.') {
            return;
        }
        let host = run.find('/').map(|at| run.split_at(at));
        let host = host.map(|(before, rest)| (names(before).last().unwrap_or_default(), rest));
        if let Some((host, rest)) = host.filter(|(host, _)| is_host(host)) {
            self.pages.add(host, rest);
        }
        let is_picture = |name: &str| PICTURES.iter().any(|end| name.ends_with(end));
        let hosts = names(run).filter(|name| is_host(name) && !is_picture(name));
        self.bare.extend(hosts);
    }

    /// A word as spaces make it; of a script without spaces, each two letters.
    fn word(&mut self, word: &'t str) {
        if word.is_ascii() || !word.chars().any(is_unspaced) {
            self.one(word);
            return;
        }
        let spaced = word.split(is_unspaced).filter(|part| !part.is_empty());
        spaced.for_each(|part| self.one(part));
        let mut before = None;
        for (at, letter) in word.char_indices().filter(|(_, c)| is_unspaced(*c)) {
            let behind = at + letter.len_utf8();
            let next = word.get(behind..).and_then(|rest| rest.chars().next());
            let next = next.filter(|c| is_unspaced(*c)).map(char::len_utf8);
            // The last of several is in what stands before it.
            if next.is_some() || before != Some(at) {
                let two = word.get(at..behind + next.unwrap_or(0));
                two.into_iter().for_each(|two| self.one(two));
            }
            before = Some(behind);
        }
    }

    fn one(&mut self, word: &'t str) {
        self.words.insert(word);
        let is_of_list = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
        if !is_of_list {
            self.order.push(word);
        }
    }

    /// How much it says that the other does not.
    pub(super) fn beyond(&self, than: &Self) -> Beyond {
        let (new, all) = (self.words_beyond(than), self.words.len());
        let much = |(least, share): (usize, usize)| new >= least && new * 100 > all * share;
        let is_other = new > 0 && new == all;
        if is_other || LACKS.into_iter().any(much) || self.names_more(than) {
            return Beyond::Much;
        }
        self.order.beyond(&than.order, &than.words)
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether nearly all of it is in the other.
    pub(super) fn stands_in(&self, other: &Self) -> bool {
        self.words_beyond(other) * 100 <= self.words.len() * STANDS && !self.names_more(other)
    }

    fn words_beyond(&self, than: &Self) -> usize {
        self.words.difference(&than.words).count()
    }

    /// Whether it names a host that the other does not, or leads to a page that is not named
    /// there: programs leave out where words lead.
    fn names_more(&self, than: &Self) -> bool {
        let leads = |target: &&Target<'_>| {
            let has_page = || target.is_inner || than.pages.have(target.host, target.rest);
            let is_known = than.knows(target.host) && has_page();
            !is_known && !target.leads_into(than)
        };
        // Of two sentences without a space between them, both ends are words.
        let is_new = |host: &&&str| {
            let of_words = |label: &str| than.words.contains(label);
            !than.knows(host) && !host.split('.').all(of_words)
        };
        self.targets.iter().any(|target| leads(&target))
            || self.bare.iter().any(|host| is_new(&host))
    }

    fn knows(&self, host: &str) -> bool {
        let host = host.strip_prefix("www.").unwrap_or(host);
        OF_PROGRAMS.contains(&host) || self.names.contains(host)
    }
}

impl Target<'_> {
    /// Whether it leads, by a gateway, to where the other text leads.
    fn leads_into(&self, than: &Said<'_>) -> bool {
        let is_at = |gateway: &&str| {
            let before = self.host.strip_suffix(*gateway);
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let end = self.rest.char_indices().nth(WAY).map(|(at, _)| at);
        let rest = end
            .and_then(|end| self.rest.get(..end))
            .unwrap_or(self.rest);
        let mut to = names(rest).filter(|name| is_host(name));
        GATEWAYS.iter().any(is_at) && to.any(|host| than.knows(host))
    }
}

/// A line that may say who wrote the quote below it, and when.
fn introduces(line: &str) -> bool {
    let line = line.trim_end();
    let is_short = line.len() <= INTRODUCTION && line.ends_with(':') && !line.contains("://");
    let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    is_short
        && line
            .split(|c: char| !c.is_ascii_digit())
            .any(|run| digits(run) == 4)
}

/// What may be a host in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let of_host = |c: char| (c.is_alphanumeric() && !is_unspaced(c)) || c == '.' || c == '-';
    let names = text.split(move |c| !of_host(c));
    let names = names.map(|name| name.trim_matches(['.', '-']));
    names.filter(|name| name.contains('.') && name.len() <= 253)
}
