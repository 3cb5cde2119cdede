//! Which parts of a mail people read.
//!
//! Each part of a multipart gives its text, in order: a gateway or a list adds its own part
//! behind a report, and must not stand in its place. A multipart/alternative says the same
//! several times and is read once: in its plain form, where that says what the HTML says. Two
//! things tell that it does not:
//! - it is a stub ("see the HTML form"): it has few words, and the other form has many more, or
//!   names a host that it does not name;
//! - much of what the HTML [says](said) is not in it. Then the HTML is read, and behind a plain
//!   form that says something else, if it is no stub.
//!
//! A text that is not read and is no other form of one that is, is a part like any file: it is
//! listed. Nothing is decided by this choice. Its cost is bounded: the beginnings of two forms
//! are weighed against each other, a mail's together up to a length; a form that goes on behind
//! what was weighed is listed.

mod said;

use super::walk::{Found, Leaf};
use super::{decode, decoded, html};
use said::Said;
use std::collections::BTreeSet;
use std::ops::Range;

/// A plain form with fewer words may be a stub.
const STUB: usize = 20;
/// The other form then has so many times its words.
const TIMES: usize = 3;
/// One of fewer words is a stub where the other form says far more.
const LONG_STUB: usize = 60;
const TIMES_LONG: usize = 8;
/// A part that is longer, as it is written, is no stub.
const STUB_BYTES: usize = 16 << 10;
/// So much of the forms of a mail, as it is written, is weighed.
const WEIGHED: usize = 2 << 20;
/// Hosts of a text that are looked for in another.
const HOSTS: usize = 50;
/// So much of two texts is compared.
const COMPARED: usize = 64 << 10;
/// And of two forms.
const COMPARED_FORMS: usize = 256 << 10;

/// The parts that are read, by their numbers.
#[derive(Default)]
pub(super) struct Reading {
    /// In order.
    pub(super) read: Vec<usize>,
    /// Other forms of them: neither read nor listed.
    pub(super) others: Vec<usize>,
}

/// What people read of a mail, of which the `chosen` leaves say something.
pub(super) fn reading(found: &Found<'_>, chosen: &[usize]) -> Reading {
    if chosen.is_empty() {
        return Reading::default();
    }
    let all = 0..found.leaves.len();
    // Some programs name the body like a file: where nothing else says anything, a file is it.
    for files_too in [false, true] {
        let mut choice = Choice {
            found,
            files_too,
            others: Vec::new(),
            left: WEIGHED,
            longer: Vec::new(),
        };
        let read = choice.texts(all.clone(), 0);
        let says = |n: &usize| chosen.contains(n) || !choice.shown(&[*n]).trim().is_empty();
        if read.iter().any(says) {
            let others = choice.others;
            return Reading { read, others };
        }
    }
    Reading {
        read: chosen.to_vec(),
        others: Vec::new(),
    }
}

/// What a person sees of these parts.
pub(super) fn shown(found: &Found<'_>, read: &[usize]) -> String {
    let (mut shown, behind) = shown_in_two(found, read);
    shown.push_str(&behind);
    shown
}

/// The same: up to the last part in HTML, and what stands behind it, as a footer does. All of
/// it is the first where none is in HTML.
pub(super) fn shown_in_two(found: &Found<'_>, read: &[usize]) -> (String, String) {
    let leaves: Vec<&Leaf<'_>> = read.iter().filter_map(|n| found.leaves.get(*n)).collect();
    let last = leaves
        .iter()
        .rposition(|leaf| leaf.media.kind == "text/html");
    let (mut first, mut behind) = (String::new(), String::new());
    for (n, leaf) in leaves.iter().enumerate() {
        let text = match last.is_some_and(|last| n > last) {
            true => &mut behind,
            false => &mut first,
        };
        if n > 0 {
            text.push('\n');
        }
        match leaf.media.kind.as_str() {
            "text/html" => text.push_str(&html::words(&decoded(leaf))),
            _ => text.push_str(&decoded(leaf)),
        }
    }
    (first, behind)
}

struct Choice<'f, 'a> {
    found: &'f Found<'a>,
    /// Files that are text and no attachments are read.
    files_too: bool,
    others: Vec<usize>,
    /// So much may still be weighed.
    left: usize,
    /// Not all of these was.
    longer: Vec<usize>,
}

impl Choice<'_, '_> {
    fn leaf(&self, n: usize) -> Option<&Leaf<'_>> {
        self.found.leaves.get(n)
    }

    fn is_kind(&self, n: usize, kind: &str) -> bool {
        self.leaf(n).is_some_and(|leaf| leaf.media.kind == kind)
    }

    fn shown(&self, read: &[usize]) -> String {
        shown(self.found, read)
    }

    /// The texts among these leaves, which stand in `depth` multiparts together.
    fn texts(&mut self, leaves: Range<usize>, depth: usize) -> Vec<usize> {
        let (mut read, mut at) = (Vec::new(), leaves.start);
        while at < leaves.end {
            let place = |n: usize| self.leaf(n)?.places.get(depth).copied();
            let Some(here) = place(at) else {
                if self.is_body(at) && !self.repeats(at, &read) {
                    read.push(at);
                }
                at += 1;
                continue;
            };
            let is_in = |n: &usize| place(*n).is_some_and(|p| p.multipart == here.multipart);
            let end = at + (at..leaves.end).take_while(is_in).count();
            read.extend(match here.is_alternative {
                true => self.one_form(at..end, depth),
                false => self.texts(at..end, depth + 1),
            });
            at = end;
        }
        read
    }

    /// A text that is shown. What has a name is a file, unless it is a form of the text.
    fn is_body(&self, n: usize) -> bool {
        let kinds = ["text/plain", "text/html"];
        let is_text = kinds.iter().any(|kind| self.is_kind(n, kind));
        is_text && (self.files_too || self.is_unnamed(n)) && self.is_inline(n)
    }

    fn is_inline(&self, n: usize) -> bool {
        self.leaf(n).is_some_and(|leaf| !leaf.media.is_attachment)
    }

    /// It bears no name, or one as a form of the text.
    fn is_unnamed(&self, n: usize) -> bool {
        self.leaf(n).is_some_and(|leaf| {
            let is_form = leaf.places.last().is_some_and(|place| place.is_alternative);
            is_form || leaf.media.file_name.is_blank()
        })
    }

    /// HTML whose words the plain text before it has: some programs put both forms of a text
    /// side by side.
    fn repeats(&mut self, n: usize, read: &[usize]) -> bool {
        let before = read
            .last()
            .filter(|last| self.is_kind(**last, "text/plain"));
        let Some(plain) = before.copied().filter(|_| self.is_kind(n, "text/html")) else {
            return false;
        };
        let longer = self.longer.len();
        let (html, plain) = (self.weighed(&[n]), self.weighed(&[plain]));
        let is_whole = !self.longer.split_off(longer).contains(&n);
        let known: BTreeSet<&str> = bare_words(&plain).collect();
        let said: BTreeSet<&str> = bare_words(&html).collect();
        let new = said.difference(&known).count();
        is_whole && !said.is_empty() && new * 10 <= said.len()
    }

    /// One form of an alternative, which has these leaves.
    fn one_form(&mut self, leaves: Range<usize>, depth: usize) -> Vec<usize> {
        let part = |n: usize| Some(self.leaf(n)?.places.get(depth)?.part);
        let (mut forms, mut at) = (Vec::new(), leaves.start);
        while at < leaves.end {
            let end = at
                + (at..leaves.end)
                    .take_while(|n| part(*n) == part(at))
                    .count();
            forms.push(at..end);
            at = end;
        }
        let forms: Vec<(Range<usize>, Vec<usize>)> = forms
            .into_iter()
            .map(|form| (form.clone(), self.texts(form, depth + 1)))
            .collect();
        let has_html = |read: &[usize]| read.iter().any(|n| self.is_kind(*n, "text/html"));
        let mut texts = forms.iter().map(|(_, read)| read);
        let plain = texts.find(|read| !has_html(read) && read.iter().any(|n| self.says(*n)));
        let html = forms.iter().map(|(_, read)| read).rfind(|r| has_html(r));
        let read = match (plain, html) {
            (Some(plain), Some(html)) => self.better(plain, html),
            (one, other) => one.or(other).cloned().unwrap_or_default(),
        };
        if !read.is_empty() {
            let is_weighed = |n: &usize| !read.contains(n) && !self.longer.contains(n);
            let others = leaves.filter(|n| is_weighed(n) && self.is_other_form(*n, &read));
            let others: Vec<usize> = others.collect();
            self.others.extend(others);
        }
        read
    }

    fn says(&self, n: usize) -> bool {
        let Some(leaf) = self.leaf(n) else {
            return false;
        };
        let begins = leaf.media.encoding.decode_beginning(leaf.body, STUB_BYTES);
        // A byte that is no space may be a part of one: then the text tells.
        let is_plain = |b: &u8| b.is_ascii_graphic();
        begins.iter().any(is_plain) || !decoded(leaf).trim().is_empty()
    }

    /// The plain form, or that of HTML; both, where each says what the other does not.
    fn better(&mut self, plain: &[usize], html: &[usize]) -> Vec<usize> {
        let (words, page) = (self.weighed(plain), self.weighed(html));
        let both = || plain.iter().chain(html).copied().collect();
        let few = count(&words, LONG_STUB);
        if few < LONG_STUB && self.is_short(plain) && is_stub(few, &words, &page) {
            return match names_more(&words, &page) {
                true => both(),
                false => html.to_vec(),
            };
        }
        let (words, page) = (said::folded(&words), said::folded(&page));
        let (words, page) = (Said::of(&words), Said::of(&page));
        match () {
            () if !page.says_more(&words) => plain.to_vec(),
            () if words.stands_in(&page) => html.to_vec(),
            () => both(),
        }
    }

    /// The beginning of what a person sees of these parts.
    fn weighed(&mut self, read: &[usize]) -> String {
        let mut text = String::new();
        for n in read {
            let Some(leaf) = self.found.leaves.get(*n) else {
                continue;
            };
            let most = self.left.min(leaf.body.len());
            self.left -= most;
            let begins = leaf.media.encoding.decode_beginning(leaf.body, most);
            let begins = decode::text(&begins, leaf.media.charset.as_deref());
            let shown = match leaf.media.kind.as_str() {
                "text/html" => html::words(&begins),
                _ => begins,
            };
            let room = COMPARED_FORMS.saturating_sub(text.len());
            if most < leaf.body.len() || shown.len() > room {
                self.longer.push(*n);
            }
            text.push_str(beginning(&shown, room));
            text.push('\n');
        }
        text
    }

    fn is_short(&self, read: &[usize]) -> bool {
        let leaves = read.iter().filter_map(|n| self.leaf(*n));
        leaves.map(|leaf| leaf.body.len()).sum::<usize>() <= STUB_BYTES
    }

    /// A text that says what is read in another way. One in a language of marks that nobody
    /// reads here may say more than a stub.
    fn is_other_form(&self, n: usize, read: &[usize]) -> bool {
        let Some(leaf) = self.leaf(n) else {
            return false;
        };
        let kind = leaf.media.kind.as_str();
        let is_text = kind.starts_with("text/") && self.is_inline(n) && self.is_unnamed(n);
        let is_known = ["text/plain", "text/html"].contains(&kind);
        let says_more = || {
            let (words, other) = (self.shown(read), decoded(leaf));
            is_stub(count(&words, LONG_STUB), &words, &other)
        };
        let says_more = || self.is_short(read) && says_more();
        is_text && (is_known || !says_more())
    }
}

/// Whether a text of so few words stands for another that says more.
fn is_stub(few: usize, words: &str, page: &str) -> bool {
    let many = count(page, LONG_STUB * TIMES_LONG);
    (few < STUB && many >= few * TIMES && many > few)
        || (few < LONG_STUB && many >= few * TIMES_LONG && many > few)
        || (few < STUB && names_more(page, words))
}

/// How many words a text has, up to `enough`. A script without spaces has a word in two
/// letters.
fn count(text: &str, enough: usize) -> usize {
    let mut count = 0;
    for word in text.split_whitespace() {
        if count >= enough {
            break;
        }
        let letters = word.chars().filter(|c| is_unspaced(*c)).count();
        let spaced = word.chars().any(|c| c.is_alphanumeric() && !is_unspaced(c));
        count += usize::from(spaced) + letters.div_ceil(2);
    }
    count
}

/// Letters of Thai, Lao, Khmer, Burmese, Chinese and Japanese.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff
        | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Whether a text names a host that the other does not have.
fn names_more(text: &str, than: &str) -> bool {
    let than = beginning(than, COMPARED).to_lowercase();
    let of_host = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    let names = beginning(text, COMPARED).split(|c| !of_host(c));
    let names = names.map(|name| name.trim_matches(['.', '-']));
    let mut hosts = names.filter(|name| is_host(name)).take(HOSTS);
    hosts.any(|host| !than.contains(&host.to_lowercase()))
}

/// Labels with points between them, the last of letters; or four numbers.
fn is_host(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    let is_name = last.chars().all(char::is_alphabetic) && last.chars().count() >= 2;
    let is_number = |label: &&str| label.parse::<u8>().is_ok();
    let is_ip = labels.len() == 4 && labels.iter().all(is_number);
    labels.len() >= 2 && name.len() <= 253 && !labels.contains(&"") && (is_name || is_ip)
}

fn bare_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
