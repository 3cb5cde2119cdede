//! Lines of text, written as tags ask for them.

use super::LONGEST;
use super::line::{SetApart, ends_paragraph};
use std::borrow::Cow;

/// Quotes are marked to this depth.
const DEPTH: usize = 5;
/// Lists are set in to this depth.
const LISTS: usize = 4;
/// So much of a link's target is shown.
const TARGET: usize = 2_000;

/// What was written, and what stands before the next letter.
#[derive(Default)]
pub(super) struct Page {
    out: String,
    /// Line ends that come before the next letter.
    ends: usize,
    /// Spaces that come before it.
    spaces: usize,
    /// A space before it is one with the last.
    after_space: bool,
    /// Each open `blockquote`, and whether it is a quote.
    quotes: Vec<bool>,
    depth: usize,
    code: usize,
    /// The next number of each open list, if it counts.
    lists: Vec<Option<u32>>,
    item: Option<String>,
    /// Line ends around the paragraph that is open.
    around: usize,
    link: Option<Link>,
    /// It was said from where links count that name no host.
    has_base: bool,
    hidden: Option<Hidden>,
    set_apart: SetApart,
    /// The last line is a rule.
    below_rule: bool,
}

struct Link {
    target: String,
    /// Where its words begin.
    from: Option<usize>,
}

/// An element that hides what is in it.
struct Hidden {
    name: String,
    /// Elements of the same name that are open within it.
    within: usize,
    has_words: bool,
}

impl Page {
    /// So much is written, and stands before the next letter, that nobody reads more.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() + self.ends + self.spaces > LONGEST
    }

    /// Says that more is not written.
    pub(super) fn cut(&mut self) {
        self.ends = self.ends.min(2);
        self.spaces = 0;
        self.marked("cut", "the rest of this part is in the raw mail");
    }

    /// The words.
    pub(super) fn done(mut self) -> String {
        self.link(None);
        self.end_hidden();
        self.out
    }

    fn is_line_start(&self) -> bool {
        self.ends > 0 || self.out.is_empty()
    }

    /// Appends text of the part, in which spaces are one. False where the page was full.
    pub(super) fn text(&mut self, text: &str) -> bool {
        for c in text.chars() {
            if self.is_full() {
                return false;
            }
            match c {
                '\r' => {}
                '\n' if self.code > 0 => self.end_line(),
                ' ' | '\t' if self.code > 0 => self.spaces += if c == '\t' { 4 } else { 1 },
                '\u{a0}' => self.hard_space(),
                c if c.is_ascii_whitespace() => self.space(),
                // Nobody sees that they are there, where nobody sees anything.
                c if self.hidden.is_some() && crate::mail::acts(c) => {}
                c => self.letter(c),
            }
        }
        true
    }

    fn space(&mut self) {
        let is_first = self.is_line_start() && self.spaces == 0;
        if !is_first && !self.after_space {
            self.spaces += 1;
            self.after_space = true;
        }
    }

    /// An element begins or ends whose words stand apart.
    pub(super) fn apart(&mut self) {
        if self.spaces == 0 {
            self.space();
        }
    }

    /// An element of a line begins: its words run on, unless its style sets them apart.
    pub(super) fn run_on(&mut self, name: &str, runs: bool) {
        if self.set_apart.begins(name, !runs) {
            self.apart();
        }
    }

    /// It ends, if it is one.
    pub(super) fn run_off(&mut self, name: &str) {
        if self.set_apart.ends(name) {
            self.apart();
        }
    }

    /// Where something leads that is not fetched.
    pub(super) fn target(&mut self, what: &str, target: &str) {
        let target = clean(target);
        if !target.is_empty() {
            self.apart();
            self.marked(what, &target);
            self.apart();
        }
    }

    fn hard_space(&mut self) {
        self.spaces += 1;
        self.after_space = false;
    }

    fn end_line(&mut self) {
        self.ends += 1;
        self.spaces = 0;
        self.after_space = false;
    }

    fn letter(&mut self, c: char) {
        if self.spaces > 0 || self.is_line_start() || self.has_to_open() {
            self.before_letter();
        }
        self.after_space = false;
        self.out.push(c);
    }

    fn has_to_open(&self) -> bool {
        let link = self.link.as_ref().is_some_and(|link| link.from.is_none());
        link || self.hidden.as_ref().is_some_and(|h| !h.has_words)
    }

    /// Writes what stands before a letter.
    fn before_letter(&mut self) {
        if self.is_line_start() {
            if !self.out.is_empty() {
                self.out.extend(std::iter::repeat_n('\n', self.ends));
            }
            self.ends = 0;
            self.out
                .extend(std::iter::repeat_n("> ", self.depth.min(DEPTH)));
            if let Some(item) = self.item.take() {
                self.out.push_str(&item);
            }
        }
        self.out.extend(std::iter::repeat_n(' ', self.spaces));
        self.spaces = 0;
        self.below_rule = false;
        if let Some(hidden) = self.hidden.as_mut().filter(|hidden| !hidden.has_words) {
            hidden.has_words = true;
            self.out.push_str("[hidden: ");
        }
        if let Some(link) = self.link.as_mut() {
            link.from.get_or_insert(self.out.len());
        }
    }

    fn verbatim(&mut self, text: &str) {
        self.before_letter();
        self.after_space = false;
        self.out.push_str(text);
    }

    /// A line ends; two are at most an empty line.
    pub(super) fn line_end(&mut self) {
        let most = if self.code > 0 { usize::MAX } else { 2 };
        let ends = self.ends.saturating_add(1).min(most.max(self.ends));
        self.spaces = 0;
        self.after_space = false;
        self.ends = ends;
    }

    /// A block begins or ends: so many line ends at least. Hard spaces alone are a line.
    pub(super) fn block(&mut self, ends: usize) {
        let is_empty_line = self.is_line_start() && self.spaces > 0;
        if is_empty_line {
            self.ends = self.ends.max(2);
        }
        self.spaces = 0;
        self.after_space = false;
        self.ends = self.ends.max(ends);
    }

    /// A paragraph begins: so many line ends before and behind it.
    pub(super) fn paragraph(&mut self, ends: usize) {
        self.around = ends;
        self.block(ends);
    }

    pub(super) fn paragraph_end(&mut self) {
        self.block(self.around.max(1));
    }

    pub(super) fn rule(&mut self) {
        if self.below_rule {
            return;
        }
        self.block(2);
        self.verbatim("__________");
        self.block(1);
        self.below_rule = true;
    }

    /// What is only set in is no quote.
    pub(super) fn quote(&mut self, is_quote: bool) {
        self.block(2);
        self.quotes.push(is_quote);
        self.depth += usize::from(is_quote);
    }

    pub(super) fn quote_end(&mut self) {
        self.block(2);
        let was_quote = self.quotes.pop() == Some(true);
        self.depth -= usize::from(was_quote);
    }

    pub(super) fn code(&mut self, by: isize) {
        self.block(1);
        self.code = self.code.saturating_add_signed(by);
    }

    pub(super) fn list(&mut self, first: Option<u32>) {
        self.block(1);
        self.lists.push(first);
    }

    pub(super) fn list_end(&mut self) {
        self.lists.pop();
        self.block(if self.lists.is_empty() { 2 } else { 1 });
    }

    pub(super) fn item(&mut self) {
        self.block(1);
        let set_in = "  ".repeat(self.lists.len().saturating_sub(1).min(LISTS));
        self.item = Some(match self.lists.last_mut() {
            Some(Some(number)) => {
                let item = format!("{set_in}{number}. ");
                *number = number.saturating_add(1);
                item
            }
            _ => format!("{set_in}- "),
        });
    }

    /// Cells of a row stand apart.
    pub(super) fn cell(&mut self) {
        if !self.is_line_start() {
            self.spaces = 2;
        }
    }

    /// What cannot be shown is named: `[image: words]`.
    pub(super) fn marked(&mut self, what: &str, words: &str) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        match (what, words.is_empty()) {
            ("script", true) => {}
            (_, true) => self.verbatim(&format!("[{what}]")),
            (_, false) => self.verbatim(&format!("[{what}: {words}]")),
        }
    }

    /// A link ends, and another may begin.
    pub(super) fn link(&mut self, target: Option<Cow<'_, str>>) {
        if let Some(Link { target, from }) = self.link.take() {
            let from = from.unwrap_or(self.out.len());
            let words = self.out.get(from..).unwrap_or_default();
            if words.trim().is_empty() {
                self.verbatim(&format!("<{target}>"));
            } else if !says(words, &target) {
                let has_brackets = words.starts_with('[') && words.ends_with(']');
                if !has_brackets {
                    self.out.insert(from, '[');
                    self.out.push(']');
                }
                self.out.push_str(&format!(" <{target}>"));
            }
        }
        let target = target.map(|target| clean(&target));
        self.link = target
            .filter(|target| !target.is_empty() && !target.starts_with('#'))
            .map(|target| Link { target, from: None });
    }

    /// From where links count that name no host: the first of them. Apple Mail writes one
    /// that leads nowhere.
    pub(super) fn base(&mut self, target: &str) {
        let target = clean(target);
        if self.has_base || target.is_empty() {
            return;
        }
        self.has_base = true;
        if !target.starts_with("x-msg:") {
            self.block(1);
            self.marked("base", &target);
            self.block(1);
        }
    }

    /// An element begins.
    pub(super) fn enter(&mut self, name: &str, hides: bool) {
        const EMPTY: [&str; 14] = [
            "br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "embed",
            "param", "source", "track",
        ];
        self.end_hidden_paragraph(name);
        match self.hidden.as_mut() {
            Some(hidden) if hidden.name == name => hidden.within += 1,
            Some(_) => {}
            None if hides && !EMPTY.contains(&name) => {
                self.hidden = Some(Hidden {
                    name: name.to_owned(),
                    within: 0,
                    has_words: false,
                });
            }
            None => {}
        }
    }

    /// An element ends.
    pub(super) fn leave(&mut self, name: &str) {
        self.end_hidden_paragraph(name);
        match self.hidden.as_mut().filter(|hidden| hidden.name == name) {
            Some(hidden) if hidden.within > 0 => hidden.within -= 1,
            Some(_) => self.end_hidden(),
            None => {}
        }
    }

    /// A paragraph needs no end of its own: a block that begins or ends ends it.
    fn end_hidden_paragraph(&mut self, name: &str) {
        let is_paragraph = self.hidden.as_ref().is_some_and(|h| h.name == "p");
        if is_paragraph && ends_paragraph(name) {
            self.end_hidden();
        }
    }

    fn end_hidden(&mut self) {
        if self.hidden.take().is_some_and(|hidden| hidden.has_words) {
            self.out.push(']');
        }
    }
}

/// A target on one line, of a length that can be read.
fn clean(target: &str) -> String {
    let seen = target
        .trim_matches(|c| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n' | '\t'));
    let mut clean: String = seen.take(TARGET + 1).collect();
    if clean.chars().count() > TARGET {
        clean.pop();
        clean.push('~');
    }
    clean
}

/// The words of a link are its target, but for the scheme where they have none.
fn says(words: &str, target: &str) -> bool {
    let (words, target) = (words.trim(), target.trim_end_matches('/'));
    let words = words.trim_end_matches('/');
    let bare = ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .find_map(|scheme| target.strip_prefix(scheme));
    words == target || bare.is_some_and(|bare| bare == words)
}
