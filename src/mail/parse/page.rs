//! What a person would see of a mail: its plain text, and the HTML that no plain text stands
//! for. What decides something reads the plain text, where there is any.

use super::walk::{Found, Leaf};
use super::{decoded, html, numbered, words};
use crate::mail::Foreign;
use std::collections::BTreeSet;

/// A plain form of fewer words may only say that there is another.
const STUB: usize = 20;
/// A plain form of so many bytes has more words than that.
const LONG: usize = 1_000;
/// The page says so many words that such a form has not.
const NEW: usize = 5;
/// So many addresses are looked for in the plain text.
const ADDRESSES: usize = 50;

/// Where the readable text was taken from HTML, or there is none, what a person would see: then
/// links and pictures may be all there is. Where it was taken from plain parts, and a part in
/// HTML says what none of them does, all of these in order: a list or a gateway adds its footer
/// as a plain part, and a program says in a few words that it writes in HTML.
pub(super) fn page(found: &Found<'_>, chosen: &[usize]) -> Option<Foreign> {
    let is_plain = |n: &usize| {
        found
            .leaves
            .get(*n)
            .is_some_and(|l| l.media.kind != "text/html")
    };
    let pages: Vec<String> = match chosen.iter().any(is_plain) {
        false => {
            let read = |n: &usize| chosen.is_empty() || chosen.contains(n);
            let leaves = numbered(found).filter(|(n, leaf)| read(n) && is_page(leaf));
            leaves.map(|(_, l)| html::words(&decoded(l))).collect()
        }
        true => {
            let all = says(found, chosen, |leaf| html::words(&decoded(leaf)))?;
            all.into_iter().map(|(_, words)| words).collect()
        }
    };
    let page = Foreign::new(pages.join("\n"));
    (!page.is_blank()).then_some(page)
}

fn is_page(leaf: &Leaf<'_>) -> bool {
    leaf.media.kind == "text/html" && !leaf.media.is_attachment
}

/// The plain parts, and the pages that say more, in order, and which of them is a page; `None`
/// where no page does.
fn says(
    found: &Found<'_>,
    chosen: &[usize],
    read: impl Fn(&Leaf<'_>) -> String,
) -> Option<Vec<(bool, String)>> {
    let pages = unread(found, chosen);
    if pages.is_empty() {
        return None;
    }
    let plain: String = chosen
        .iter()
        .filter_map(|n| found.leaves.get(*n))
        .flat_map(|leaf| [words(leaf), " ".to_owned()])
        .collect();
    let mut says_more = false;
    let parts = numbered(found).filter_map(|(n, leaf)| {
        if chosen.contains(&n) {
            return Some((false, words(leaf)));
        }
        let page = pages.contains(&n).then(|| read(leaf))?;
        let has_form = chosen.iter().any(|n| is_form(found, *n, leaf));
        let more = has_more(&page, &plain, if has_form { NEW } else { 1 });
        says_more |= more;
        more.then_some((true, page))
    });
    let parts = parts
        .filter(|(_, words)| !words.trim().is_empty())
        .collect();
    says_more.then_some(parts)
}

/// The words of those pages of which the plain parts say less.
pub(super) fn words_beside(found: &Found<'_>, chosen: &[usize]) -> Foreign {
    let is_plain = |n: &usize| {
        found
            .leaves
            .get(*n)
            .is_some_and(|l| l.media.kind != "text/html")
    };
    let parts = match chosen.iter().any(is_plain) && has_pages(found) {
        true => says(found, chosen, words).unwrap_or_default(),
        false => Vec::new(),
    };
    let pages = parts.into_iter().filter(|(is_page, _)| *is_page);
    let pages: Vec<String> = pages.map(|(_, words)| words).collect();
    Foreign::new(pages.join("\n"))
}

fn has_pages(found: &Found<'_>) -> bool {
    found.leaves.iter().any(is_page)
}

/// The pages of which no plain part is the other form, or only one of a few words.
pub(super) fn unread(found: &Found<'_>, chosen: &[usize]) -> Vec<usize> {
    let is_for = |n: &usize, page: &Leaf<'_>| {
        let leaf = found.leaves.get(*n).filter(|_| is_form(found, *n, page));
        let is_long = |leaf: &Leaf<'_>| words(leaf).split_whitespace().nth(STUB).is_some();
        leaf.is_some_and(|leaf| leaf.body.len() > LONG || is_long(leaf))
    };
    let is_unread = |n: usize, page: &Leaf<'_>| {
        let named = page.alternative.is_none() && !page.media.file_name.is_blank();
        let is_other = chosen.iter().any(|n| is_for(n, page));
        is_page(page) && !chosen.contains(&n) && !named && !is_other
    };
    let all = numbered(found).filter(|(n, page)| is_unread(*n, page));
    all.map(|(n, _)| n).collect()
}

/// A plain part is the other form of a page.
fn is_form(found: &Found<'_>, n: usize, page: &Leaf<'_>) -> bool {
    let leaf = found
        .leaves
        .get(n)
        .filter(|leaf| !leaf.body.trim_ascii().is_empty());
    leaf.is_some_and(|l| l.alternative.is_some() && l.alternative == page.alternative)
}

/// A page says more than the plain text: every fifth of its words, and so many, or an address, is
/// not there. Pictures are no words.
fn has_more(page: &str, plain: &str, at_least: usize) -> bool {
    let known: BTreeSet<&str> = plain.split_whitespace().collect();
    let (mut count, mut new, mut in_picture) = (0, 0, false);
    let mut addresses = 0;
    for word in page.split_whitespace() {
        in_picture |= word == "[image:";
        if in_picture {
            in_picture = !word.ends_with(']');
            continue;
        }
        let is_known = known.contains(word);
        let address = word.trim_matches(['<', '>']);
        if !is_known && word.contains("://") && addresses < ADDRESSES {
            addresses += 1;
            if !plain.contains(address) {
                return true;
            }
        }
        count += 1;
        new += usize::from(!is_known);
    }
    new >= at_least && new * 5 > count
}
