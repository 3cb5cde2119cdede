//! All that stands in a mail, whether people are shown it or not.

use super::walk::{Found, Leaf};
use super::{decoded, head, html, leaves, opened};
use crate::mail::Foreign;
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a person would see of every part in HTML, with the targets of links and pictures: also
/// of those that are attachments, or another form of what is read. `None` where the decoder
/// gives up.
pub fn every_page(bytes: &[u8]) -> Option<Vec<Foreign>> {
    let head = head::split(bytes);
    let taken_apart = || {
        let inner = opened(&head);
        let found = leaves(&head, inner.as_deref());
        let pages = found.leaves.iter();
        let pages = pages.filter(|leaf| leaf.media.kind == "text/html");
        let seen = |leaf: &Leaf<'_>| Foreign::new(html::words(&decoded(leaf)));
        pages.map(seen).collect()
    };
    catch_unwind(AssertUnwindSafe(taken_apart)).ok()
}

/// What all parts come to, as they came: what each is, its name, its bytes. Boundaries are
/// left out, which are other ones in each mail, and so is the space around a part. `None`
/// where there are more parts than were read.
pub(super) fn digest(found: &Found<'_>) -> Option<u64> {
    let mut sha = Sha256::new();
    let mut put = |part: &[u8]| {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    };
    for leaf in &found.leaves {
        let media = &leaf.media;
        put(media.kind.as_bytes());
        put(media.charset.as_deref().unwrap_or_default().as_bytes());
        put(media.file_name.raw().as_bytes());
        put(&[media.encoding as u8, u8::from(media.is_attachment)]);
        put(leaf.body.trim_ascii());
    }
    let sum: [u8; 32] = sha.finalize().into();
    let number = sum.first_chunk().map(|first| u64::from_be_bytes(*first));
    number.filter(|_| !found.has_more)
}
