//! What is compared of the texts of a mail: their beginnings, as other forms of them say it.

use super::super::walk::{Found, Leaf};
use super::super::{decode, html};
use super::said;
use std::collections::BTreeSet;

/// So much of the texts of a mail, as it is written, is weighed.
pub(super) const WEIGHED: usize = 2 << 20;
/// So much of two forms is compared.
pub(super) const COMPARED_FORMS: usize = 256 << 10;

pub(super) struct Weighing<'f, 'a> {
    found: &'f Found<'a>,
    /// So much may still be weighed.
    left: usize,
    /// Not all of these was.
    longer: BTreeSet<usize>,
}

impl<'f, 'a> Weighing<'f, 'a> {
    pub(super) fn of(found: &'f Found<'a>) -> Self {
        Self {
            found,
            left: WEIGHED,
            longer: BTreeSet::new(),
        }
    }

    /// Whether a part goes on behind what was weighed of it.
    pub(super) fn is_longer(&self, n: usize) -> bool {
        self.longer.contains(&n)
    }

    /// The beginning of what these parts say, [folded](said::folded).
    pub(super) fn said(&mut self, read: &[usize]) -> String {
        let mut text = String::new();
        for n in read {
            let Some(leaf) = self.found.leaves.get(*n) else {
                continue;
            };
            let most = self.left.min(leaf.body.len());
            self.left -= most;
            let begins = leaf.media.encoding.decode_beginning(leaf.body, most);
            let said = words(leaf, &begins);
            let room = COMPARED_FORMS.saturating_sub(text.len());
            if most < leaf.body.len() || said.len() > room {
                self.longer.insert(*n);
            }
            text.push_str(beginning(&said, room));
            text.push('\n');
        }
        said::folded(&text)
    }
}

/// What such bytes of a part say.
fn words(leaf: &Leaf<'_>, bytes: &[u8]) -> String {
    let text = decode::text(bytes, leaf.media.charset.as_deref());
    match leaf.media.kind.as_str() {
        "text/html" | "text/x-amp-html" | "text/watch-html" | "text/enriched" => html::said(&text),
        "text/calendar" => entry(&text),
        _ => text,
    }
}

/// What an entry of a calendar says to people.
fn entry(calendar: &str) -> String {
    const SAYS: [&str; 4] = ["SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"];
    let unfolded = calendar.replace("\r\n", "\n");
    let unfolded = unfolded.replace("\n ", "").replace("\n\t", "");
    let said = unfolded.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.split(';').next().unwrap_or_default();
        let is_said = SAYS.iter().any(|says| name.eq_ignore_ascii_case(says));
        is_said.then(|| value.replace("\\n", "\n").replace("\\N", "\n"))
    });
    said.collect::<Vec<String>>().join("\n")
}

/// So many bytes of a text, or fewer.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
