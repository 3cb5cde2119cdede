//! The pages that a form of a text names: a host, and what stands behind it.
//!
//! One form has a page as the target of a link, another as words, where a program may wrap a long
//! one and a sentence may end behind it.

use std::collections::{BTreeMap, BTreeSet};

/// So many that sort near a page are compared with it.
const NEAR: usize = 8;
/// A page that goes on elsewhere, wrapped, has so many bytes with its host.
const WRAPPED: usize = 40;

#[derive(Default)]
pub(super) struct Pages<'t>(BTreeMap<&'t str, BTreeSet<&'t str>>);

impl<'t> Pages<'t> {
    /// `rest` is what stands behind the host.
    pub(super) fn add(&mut self, host: &'t str, rest: &'t str) {
        if let Some(page) = page(rest) {
            self.0.entry(bare(host)).or_default().insert(page);
        }
    }

    /// Whether it is named here. What is no deeper than its host is no page.
    pub(super) fn have(&self, host: &str, rest: &str) -> bool {
        let Some(page) = page(rest) else {
            return true;
        };
        let Some(known) = self.0.get(bare(host)) else {
            return false;
        };
        let goes_on = |begin: &str, other: &str| {
            host.len() + begin.len() >= WRAPPED && other.starts_with(begin)
        };
        let longer = known.range(page..).next();
        let mut shorter = known.range(..page).rev().take(NEAR);
        longer.is_some_and(|known| *known == page || goes_on(page, known))
            || shorter.any(|known| goes_on(known, page))
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// What is of a page, without the end of a sentence or of brackets; none where there is nothing.
fn page(rest: &str) -> Option<&str> {
    let is_end = |c: char| !c.is_alphanumeric() && !"=&%_-+~".contains(c);
    Some(rest.trim_end_matches(is_end)).filter(|page| !page.is_empty())
}
