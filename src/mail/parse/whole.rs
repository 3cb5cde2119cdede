//! All that stands in a mail, whether people are shown it or not.

use super::walk::{Found, Leaf};
use super::{decoded, html, taken_apart};
use crate::mail::Foreign;
use sha2::{Digest, Sha256};

/// What a person would see of every part in HTML, with the targets of links: also of those that
/// are attachments, or another form of what is read. `None` where the decoder
/// gives up.
pub fn every_page(bytes: &[u8]) -> Option<Vec<Foreign>> {
    taken_apart(bytes, |_, found, _| {
        let pages = found.leaves.iter();
        let pages = pages.filter(|leaf| leaf.media.kind == "text/html");
        let seen = |leaf: &Leaf<'_>| Foreign::new(html::words(&decoded(leaf)));
        pages.map(seen).collect()
    })
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

#[cfg(test)]
mod tests {
    use super::super::{for_reading, parse};
    use super::*;

    fn mail(boundary: &str, parts: &[&str]) -> Vec<u8> {
        let parts: String = parts
            .iter()
            .map(|part| format!("--{boundary}\nContent-Type: {part}\n"))
            .collect();
        let head = format!("Content-Type: multipart/mixed; boundary={boundary}");
        format!("Subject: hole\n{head}\n\n{parts}--{boundary}--\n").into_bytes()
    }

    const PLAIN: &str = "text/plain\n\nLook here.";
    const PAGE: &str = "text/html\n\n<p>Look <a href=\"https://example.org/a\">here</a>.</p>";
    const FILE: &str = "text/html; name=a.html\nContent-Disposition: attachment\n\n\
        <a href=\"https://example.net/b\">more</a>";

    #[test]
    fn every_page_has_its_links_also_where_none_is_read() {
        let pages = every_page(&mail("b", &[PLAIN, PAGE, FILE])).unwrap();
        let [page, file] = pages.as_slice() else {
            panic!("{pages:?}");
        };
        assert!(page.raw().contains("https://example.org/a"), "{page:?}");
        assert!(file.raw().contains("https://example.net/b"), "{file:?}");
        assert_eq!(every_page(&mail("b", &[PLAIN])), Some(Vec::new()));
    }

    #[test]
    fn mails_of_the_same_parts_have_one_number_and_all_others_another() {
        let of = |boundary: &str, parts: &[&str]| parse(&mail(boundary, parts), true).parts;
        let one = of("one", &[PLAIN, PAGE, FILE]);
        assert!(one.is_some());
        assert_eq!(one, of("other", &[PLAIN, PAGE, FILE]));
        let renamed = FILE.replace("a.html", "b.html");
        let shown = FILE.replace("attachment", "inline");
        let encoded = PLAIN.replace(
            "plain\n",
            "plain\nContent-Transfer-Encoding: quoted-printable\n",
        );
        let charset = PLAIN.replace("plain", "plain; charset=utf-16");
        for parts in [
            vec![PLAIN, PAGE],
            vec![PAGE, PLAIN, FILE],
            vec![PLAIN, &PAGE.replace("/a", "/b"), FILE],
            vec![PLAIN, PAGE, &renamed],
            vec![PLAIN, PAGE, &shown],
            vec![&encoded, PAGE, FILE],
            vec![&charset, PAGE, FILE],
        ] {
            assert_ne!(of("one", &parts), one, "{parts:?}");
        }
        let bytes = mail("one", &[PLAIN]);
        assert!(parse(&bytes, true).parts.is_some());
        assert_eq!(parse(&bytes, false).parts, None, "not all of it");
        assert_eq!(for_reading(&bytes, true).parts, None);
        assert_eq!(of("one", &[PLAIN; 201]), None, "more than are read");
    }
}
