//! Which parts of a mail people read.
//!
//! Each part of a multipart gives its text, in order: a gateway or a list adds its own part
//! behind a report, and must not stand in its place. A multipart/alternative says the same
//! several times and is read once: in its plain form, where that says what the HTML says. Three
//! things tell that it does not:
//! - it is a stub ("see the HTML form"): it has few words, and the other form has many more, or
//!   names a host that it does not name;
//! - much of what the HTML [says](said) is not in it;
//! - the HTML has a row of words [of its own](own), as a sentence is, or a shorter one where the
//!   plain form has something else.
//!
//! Then the HTML is read, and behind a plain form that says something else, if it is no stub.
//!
//! A text that is not read and is no other form of one that is, is a part like any file: it is
//! listed. So is a form that may say something of its own: nothing but words here and there is
//! left out unsaid. Nothing is decided by this choice. Its cost is bounded: the beginnings of
//! two forms are weighed against each other, a mail's together up to a length; a form that goes
//! on behind what was weighed is listed.

mod own;
mod pages;
mod said;
mod stub;
mod weigh;

use super::walk::{Found, Leaf};
use super::{decoded, html};
use own::Beyond;
use said::Said;
use std::collections::BTreeSet;
use std::ops::Range;
use stub::{LONG_STUB, count, is_host, is_stub, is_unspaced, names_more};
use weigh::Weighing;

/// A part that is longer, as it is written, is no stub.
const STUB_BYTES: usize = 16 << 10;
/// Of so many words, one that says "HTML" says that there is that form; of more, with one of
/// these beside it.
const TOLD: usize = 11;
const TELLS: [&str; 12] = [
    "message",
    "mail",
    "email",
    "program",
    "client",
    "view",
    "viewer",
    "nachricht",
    "programm",
    "correo",
    "messagerie",
    "messaggio",
];
/// A plain form of so many words says nothing of its own.
const A_WORD: usize = 2;

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
            others: BTreeSet::new(),
            listed: BTreeSet::new(),
            weighing: Weighing::of(found),
        };
        let read = choice.texts(all.clone(), 0);
        let says = |n: &usize| chosen.contains(n) || !choice.shown(&[*n]).trim().is_empty();
        if read.iter().any(says) {
            let others = choice.others.into_iter().collect();
            return Reading { read, others };
        }
    }
    Reading {
        read: chosen.to_vec(),
        others: Vec::new(),
    }
}

/// Whether a form that is neither read nor listed has a word that is not read.
pub(super) fn leaves_words(found: &Found<'_>, reading: &Reading) -> bool {
    let mut weighing = Weighing::of(found);
    let words = weighing.said(&reading.read);
    let words = Said::of(&words);
    let is_longer = reading.read.iter().any(|n| weighing.is_longer(*n));
    let mut others = reading.others.iter();
    let mut says_more = |n: &usize| {
        let form = weighing.said(&[*n]);
        weighing.is_longer(*n) || Said::of(&form).beyond(&words) > Beyond::Nothing
    };
    others.any(|n| is_longer || says_more(n))
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
    others: BTreeSet<usize>,
    /// Forms that are neither, as one knows already.
    listed: BTreeSet<usize>,
    weighing: Weighing<'f, 'a>,
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
        let (html, plain) = (self.weighing.said(&[n]), self.weighing.said(&[plain]));
        let is_new = Said::of(&html).beyond(&Said::of(&plain)) == Beyond::Much;
        let known: BTreeSet<&str> = bare_words(&plain).collect();
        let said: BTreeSet<&str> = bare_words(&html).collect();
        let new = said.difference(&known).count();
        !is_new && !self.weighing.is_longer(n) && !said.is_empty() && new * 10 <= said.len()
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
            self.weigh_others(leaves, &read);
        }
        read
    }

    /// Of the leaves that are not read, tells those that are other forms of what is.
    fn weigh_others(&mut self, leaves: Range<usize>, read: &[usize]) {
        let is_open = |n: &usize| {
            let is_told = read.contains(n) || self.others.contains(n) || self.listed.contains(n);
            !is_told && self.is_form(*n)
        };
        let open: Vec<usize> = leaves.filter(is_open).collect();
        if open.is_empty() {
            return;
        }
        let words = self.weighing.said(read);
        let words = Said::of(&words);
        for n in open {
            let form = self.weighing.said(&[n]);
            let form = Said::of(&form);
            let beyond = form.beyond(&words);
            let replaces = || beyond == Beyond::Words && words.beyond(&form) >= Beyond::Few;
            self.leave(&[n], beyond >= Beyond::Few || replaces());
        }
    }

    /// These are not read: they are listed, or are other forms of what is.
    fn leave(&mut self, form: &[usize], is_listed: bool) {
        for n in form.iter().copied() {
            match is_listed || self.weighing.is_longer(n) {
                true => self.listed.insert(n),
                false => self.others.insert(n),
            };
        }
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
        let (text, shown) = (self.weighing.said(plain), self.weighing.said(html));
        let both = || plain.iter().chain(html).copied().collect();
        let few = count(&text, LONG_STUB);
        let is_few = few < LONG_STUB && self.is_short(plain);
        let is_stub = is_few && is_stub(few, &text, &shown);
        if is_stub && names_more(&text, &shown) {
            return both();
        }
        let (words, page) = (Said::of(&text), Said::of(&shown));
        let (more, lacks) = (page.beyond(&words), words.beyond(&page));
        let is_more = more == Beyond::Much || (more == Beyond::Few && lacks >= Beyond::Few);
        if !(is_stub || is_more) {
            let replaces = more == Beyond::Words && lacks >= Beyond::Few;
            self.leave(html, more == Beyond::Few || replaces);
            return plain.to_vec();
        }
        // It says that there is another form.
        let speaks = || few <= TOLD || TELLS.iter().any(|word| words.has(word));
        let is_told = words.has("html") && !page.has("html") && speaks();
        let is_own = lacks == Beyond::Much && few > A_WORD && !is_told;
        if is_own || !(is_stub || words.stands_in(&page)) {
            return both();
        }
        let is_left = lacks >= Beyond::Few && few > A_WORD && !(is_told && is_few);
        self.leave(plain, is_left);
        html.to_vec()
    }

    fn is_short(&self, read: &[usize]) -> bool {
        let leaves = read.iter().filter_map(|n| self.leaf(*n));
        leaves.map(|leaf| leaf.body.len()).sum::<usize>() <= STUB_BYTES
    }

    /// A text that may say what is read in another way.
    fn is_form(&self, n: usize) -> bool {
        let is_text = |leaf: &Leaf<'_>| leaf.media.kind.starts_with("text/");
        self.leaf(n).is_some_and(is_text) && self.is_inline(n) && self.is_unnamed(n)
    }
}

fn bare_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests;
