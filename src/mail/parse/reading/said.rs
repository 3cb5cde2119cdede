//! What one form of a text says that the other does not: told by its words and the hosts that
//! it names, not by how long it is.
//!
//! The plain form that a program makes of its HTML has the words of it, but for a few. A
//! target of a link is no word: its host counts. A script without spaces has a word in each
//! two letters that stand side by side. Linear in the length of the texts, but for the sets.

use super::{is_host, is_unspaced};
use std::collections::BTreeSet;

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

/// In small letters, without what nobody sees, and with the marks of a URL that stands in
/// another.
pub(super) fn folded(text: &str) -> String {
    let unseen = |c: &char| {
        matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
    };
    let seen = text.chars().filter(|c| !unseen(c));
    let small: String = seen.flat_map(char::to_lowercase).collect();
    let small = small.replace("%3a", ":").replace("%2f", "/");
    small.replace("-3a__", "://")
}

/// What a [`folded`] text says.
#[derive(Default)]
pub(super) struct Said<'t> {
    words: BTreeSet<&'t str>,
    /// Where its URLs lead.
    targets: Vec<Target<'t>>,
    /// Hosts that stand among the words.
    bare: BTreeSet<&'t str>,
    /// All that look like hosts, and what they are parts of.
    names: BTreeSet<&'t str>,
}

struct Target<'t> {
    host: &'t str,
    rest: &'t str,
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
        for run in folded.split_whitespace() {
            said.read(run);
        }
        said
    }

    /// Words with URLs between them.
    fn read(&mut self, mut run: &'t str) {
        while let Some((before, url)) = run.split_once("://") {
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
        let mut next = Some(url);
        while let Some(url) = next {
            next = url.split_once("://").map(|(_, inner)| inner);
            let end = url.find(['/', '?', '#', '\\', '&']).unwrap_or(url.len());
            let (place, rest) = url.split_at(end);
            let place = place.rsplit('@').next().unwrap_or_default();
            let host = names(place).next().unwrap_or_default();
            if is_host(host) {
                self.targets.push(Target { host, rest });
            }
        }
    }

    fn take_words(&mut self, run: &'t str) {
        let of_word = |c: char| c.is_alphanumeric() || is_unspaced(c);
        for word in run.split(|c| !of_word(c)).filter(|word| !word.is_empty()) {
            self.word(word);
        }
        let is_picture = |name: &str| PICTURES.iter().any(|end| name.ends_with(end));
        let hosts = names(run).filter(|name| is_host(name) && !is_picture(name));
        self.bare.extend(hosts);
    }

    /// A word as spaces make it; of a script without spaces, each two letters.
    fn word(&mut self, word: &'t str) {
        if !word.chars().any(is_unspaced) {
            self.words.insert(word);
            return;
        }
        let spaced = word.split(is_unspaced).filter(|part| !part.is_empty());
        self.words.extend(spaced);
        let mut before = None;
        for (at, letter) in word.char_indices().filter(|(_, c)| is_unspaced(*c)) {
            let behind = at + letter.len_utf8();
            let next = word.get(behind..).and_then(|rest| rest.chars().next());
            let next = next.filter(|c| is_unspaced(*c)).map(char::len_utf8);
            // The last of several is in what stands before it.
            if next.is_some() || before != Some(at) {
                let two = word.get(at..behind + next.unwrap_or(0));
                self.words.extend(two);
            }
            before = Some(behind);
        }
    }

    /// Whether it has much that the other has not.
    pub(super) fn says_more(&self, than: &Self) -> bool {
        let (new, all) = (self.words_beyond(than), self.words.len());
        let much = |(least, share): (usize, usize)| new >= least && new * 100 > all * share;
        (new > 0 && new == all) || LACKS.into_iter().any(much) || self.names_more(than)
    }

    /// Whether nearly all of it is in the other.
    pub(super) fn stands_in(&self, other: &Self) -> bool {
        self.words_beyond(other) * 100 <= self.words.len() * STANDS && !self.names_more(other)
    }

    fn words_beyond(&self, than: &Self) -> usize {
        self.words.difference(&than.words).count()
    }

    /// Whether it names a host that the other does not.
    fn names_more(&self, than: &Self) -> bool {
        let leads = |target: &&Target<'_>| !than.knows(target.host) && !target.leads_into(than);
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

/// What may be a host in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let of_host = |c: char| (c.is_alphanumeric() && !is_unspaced(c)) || c == '.' || c == '-';
    let names = text.split(move |c| !of_host(c));
    let names = names.map(|name| name.trim_matches(['.', '-']));
    names.filter(|name| name.contains('.') && name.len() <= 253)
}
