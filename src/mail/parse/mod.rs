//! Turns bytes into a [`Mail`]. Never fails, never panics, and is done in bounded time.
//!
//! Everything here was written by a stranger. What is wrong with it becomes a
//! [`Defect`] of the mail and never an error: the raw bytes are kept elsewhere, and a
//! person can still read them.
//!
//! `mail-parser` decodes single values and single parts; it is named in this folder and
//! nowhere else. The cutting into fields and parts is ours, so that its cost has a
//! bound (see `walk.rs`) and so that two readings of a broken header cannot differ
//! (see `head.rs`). Where the decoder panics all the same, the mail is *unreadable*:
//! its header fields are there and nothing else.
//!
//! What is signed with S/MIME around the text (`opaque.rs`) is read as the mail inside it.
//!
//! Known faults: TNEF, uuencode and the text of forwarded mails are not opened: they are
//! listed. In [`Mail::text`], by which things are decided, the targets of links in an HTML
//! part are left out.

mod decode;
mod field;
mod head;
mod html;
mod mailbox;
mod media;
mod opaque;
mod reading;
mod sealed;
mod shape;
mod walk;
mod whole;

use super::sealed::{Sealed, Signature};
use super::{Address, Attachment, Author, Defect, Foreign, Mail};
use head::Head;
use media::Media;
use reading::Reading;
pub use sealed::Cipher;
use std::panic::{AssertUnwindSafe, catch_unwind};
use walk::{Found, Leaf};
pub use whole::every_page;

/// What to do with the bytes beyond this many: keep them, and do not give them to [`parse`].
pub const PARSED_AT_MOST: usize = 8 * 1024 * 1024;

/// The subject of an attached mail is looked for in so many bytes, and so many letters of it
/// are its name.
const NAMED_BY: usize = 16 * 1024;
const NAME_CHARS: usize = 60;

/// Reads a mail. `bytes` are its beginning, at most [`PARSED_AT_MOST`]; `whole` says
/// whether they are all of it.
pub fn parse(bytes: &[u8], whole: bool) -> Mail {
    parsed(bytes, whole, false)
}

/// The same, and what a person would see of an HTML part as the [page](Mail::page) of the
/// mail. Intake needs none, but where people read [other parts](Mail::read_apart).
pub fn for_reading(bytes: &[u8], whole: bool) -> Mail {
    parsed(bytes, whole, true)
}

fn parsed(bytes: &[u8], whole: bool, to_read: bool) -> Mail {
    let whole = whole && bytes.len() <= PARSED_AT_MOST;
    let head = head::split(bytes.get(..PARSED_AT_MOST).unwrap_or(bytes));
    let mut mail = catch_unwind(AssertUnwindSafe(|| read(&head, to_read)))
        .unwrap_or_else(|_| unreadable(&head));
    let found = [
        (head.headers.is_empty(), Defect::NoHeaders),
        (head.nul, Defect::NulInHeader),
        (!whole || head.cut, Defect::Truncated),
    ];
    mail.defects.extend(
        found
            .into_iter()
            .filter_map(|(is, defect)| is.then_some(defect)),
    );
    if head.cut {
        // A second From may stand in what was not read.
        mail.author = Author::Unusable;
    }
    mail.parts = mail.parts.filter(|_| whole && !head.cut);
    mail.defects.sort_unstable();
    mail.headers = head.headers;
    mail
}

/// The attachments of a mail with their decoded bytes, in the order in which [`parse`]
/// lists them, also of a mail that is larger than what it reads. `None` where the decoder
/// gives up.
pub fn contents(bytes: &[u8]) -> Option<Vec<(Attachment, Vec<u8>)>> {
    taken_apart(bytes, |_, found, _| {
        let (_, chosen) = readable(found);
        let reading = reading::reading(found, &chosen);
        let decoded = |leaf: &Leaf<'_>| leaf.media.encoding.decode(leaf.body).into_owned();
        attached(found, &reading)
            .map(|leaf| (attachment(leaf), decoded(leaf)))
            .collect()
    })
}

/// What of a mail a key opens, in order, also of a mail that is larger than what [`parse`]
/// reads. `None` where the decoder gives up.
pub fn ciphers(bytes: &[u8]) -> Option<Vec<Cipher>> {
    taken_apart(bytes, |_, found, _| {
        let (text, chosen) = readable(found);
        sealed::ciphers(found, &chosen, &text)
    })
}

/// How a mail is encrypted and signed, also one that is larger than what [`parse`] reads.
/// Nothing where the decoder gives up.
pub fn sealed(bytes: &[u8]) -> Sealed {
    let sealed = taken_apart(bytes, |_, found, in_shell| {
        let (text, chosen) = readable(found);
        sealed_as(found, &chosen, &text, in_shell)
    });
    sealed.unwrap_or_default()
}

/// What a question to the parts of a mail gives; it is told whether they stand in the shell of
/// a signature. `None` where the decoder gives up.
fn taken_apart<T>(bytes: &[u8], ask: impl FnOnce(&Head<'_>, &Found<'_>, bool) -> T) -> Option<T> {
    let head = head::split(bytes);
    let answer = || {
        let inner = opened(&head);
        let found = leaves(&head, inner.as_deref());
        ask(&head, &found, inner.is_some())
    };
    catch_unwind(AssertUnwindSafe(answer)).ok()
}

/// Whether what stands in armour begins as what is encrypted does: the armour alone does not
/// say so.
pub(super) fn is_encrypted(armour: &str) -> bool {
    sealed::is_encrypted(armour)
}

/// Every text in a mail: its subject and all parts that are text, in each of their forms,
/// also those that are attachments. `None` where the decoder gives up, or did not see all.
pub fn every_text(bytes: &[u8]) -> Option<Vec<Foreign>> {
    let all = taken_apart(bytes, |head, found, _| {
        let texts = found.leaves.iter();
        let texts = texts.filter(|leaf| leaf.media.kind.starts_with("text/"));
        let texts = texts.map(|leaf| Foreign::new(words(leaf)));
        let all = std::iter::once(field::subject(&head.headers)).chain(texts);
        let hidden = found.has_more || sealed::hides_text(found);
        (!hidden).then(|| all.collect())
    });
    all.flatten()
}

/// Whether another form of the text, which is neither read nor listed, has words that are not
/// read. `None` where the decoder gives up.
pub fn leaves_words(bytes: &[u8]) -> Option<bool> {
    taken_apart(bytes, |_, found, _| {
        let (_, chosen) = readable(found);
        reading::leaves_words(found, &reading::reading(found, &chosen))
    })
}

/// Who wrote the mail that this one forwards: by the first mail that is attached, else by
/// the first header of a mail in its text. What it says there, anybody may have written.
pub fn forwarded_author(bytes: &[u8], text: &Foreign) -> Option<Address> {
    let attached = taken_apart(bytes, |_, found, _| {
        let mut leaves = found.leaves.iter();
        let leaf = leaves.find(|leaf| leaf.media.kind == "message/rfc822")?;
        let body = leaf.media.encoding.decode(leaf.body);
        let inner = head::split(&body);
        field::author(&inner.headers).0.address().cloned()
    });
    attached
        .flatten()
        .or_else(|| in_line(super::text::steady::forwarded_author(text)?))
}

/// The one address in such a line; also in the brackets that some mail programs write.
fn in_line(value: &str) -> Option<Address> {
    let around = |c: char| c.is_whitespace() || "<>[]();,\"'".contains(c);
    let words = value.split(around).map(|w| w.trim_start_matches("mailto:"));
    let mut found: Vec<Address> = words.filter_map(Address::parse).collect();
    found.dedup();
    match found.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The one address in a value that is written like From.
pub(super) fn author_in(value: &str) -> Author {
    catch_unwind(|| field::author_in(value).0).unwrap_or_default()
}

fn unreadable(head: &Head<'_>) -> Mail {
    Mail {
        message_id: field::message_id(&head.headers).ok(),
        defects: vec![Defect::Unreadable],
        ..Mail::default()
    }
}

fn read(head: &Head<'_>, to_read: bool) -> Mail {
    let headers = &head.headers;
    let (author, no_author) = field::author(headers);
    let message_id = field::message_id(headers);
    let inner = opened(head);
    let found = leaves(head, inner.as_deref());
    let shape = shape::shape(&found, &Media::of(headers, "text/plain"));
    let (text, chosen) = readable(&found);
    let sealed = sealed_as(&found, &chosen, &text, inner.is_some());
    let too_many = found.has_more.then_some(Defect::TooManyParts);
    let reading = reading::reading(&found, &chosen);
    let is_apart = reading.read != chosen;
    let shown = (to_read || is_apart).then(|| page(&found, &reading, is_apart));
    let (page, above) = shown.flatten().unzip();
    Mail {
        in_reply_to: field::in_reply_to(headers),
        references: field::references(headers),
        author,
        reply_to: field::reply_to(headers),
        recipients: field::recipients(headers),
        subject: field::subject(headers),
        date: field::date(headers),
        returned_ids: shape::returned(&found, &text),
        shape,
        sealed,
        page,
        read_apart: above.filter(|_| is_apart),
        text: Foreign::new(text),
        attachments: attached(&found, &reading).map(attachment).collect(),
        parts: (!to_read).then(|| whole::digest(&found)).flatten(),
        defects: [no_author, message_id.as_ref().err().copied(), too_many]
            .into_iter()
            .flatten()
            .collect(),
        message_id: message_id.ok(),
        ..Mail::default()
    }
}

/// The readable text, and the numbers of the leaves that it was taken from.
fn readable(found: &Found<'_>) -> (String, Vec<usize>) {
    let choices: [fn(&Leaf<'_>) -> bool; 3] = [
        |leaf| leaf.media.kind == "text/plain" && leaf.media.file_name.raw().is_empty(),
        // Some programs name the body like a file.
        |leaf| leaf.media.kind == "text/plain",
        |leaf| leaf.media.kind == "text/html",
    ];
    for is_it in choices {
        let chosen: Vec<usize> = numbered(found)
            .filter(|(_, l)| is_it(l) && !l.media.is_attachment)
            .map(|(n, _)| n)
            .collect();
        let texts: Vec<String> = numbered(found)
            .filter(|(n, _)| chosen.contains(n))
            .map(|(_, l)| words(l))
            .collect();
        let text = texts.join("\n");
        if !text.trim().is_empty() {
            return (text, chosen);
        }
    }
    (String::new(), Vec::new())
}

fn numbered<'f, 'a>(found: &'f Found<'a>) -> impl Iterator<Item = (usize, &'f Leaf<'a>)> {
    found.leaves.iter().enumerate()
}

fn decoded(leaf: &Leaf<'_>) -> String {
    decode::text(
        &leaf.media.encoding.decode(leaf.body),
        leaf.media.charset.as_deref(),
    )
}

fn words(leaf: &Leaf<'_>) -> String {
    let text = decoded(leaf);
    if leaf.media.kind == "text/html" {
        decode::html(&text)
    } else {
        text
    }
}

/// What a person would see, where HTML is read, or other parts than those of the text; where
/// there is no text, links and pictures of HTML may be all there is. And how long it is up to
/// the end of the last part in HTML.
fn page(found: &Found<'_>, reading: &Reading, is_apart: bool) -> Option<(Foreign, usize)> {
    let is_html = |leaf: &Leaf<'_>| leaf.media.kind == "text/html" && !leaf.media.is_attachment;
    let html = numbered(found).filter(|(_, leaf)| is_html(leaf));
    let mut html = html.map(|(n, _)| n);
    let read = match reading.read.as_slice() {
        [] => html.collect(),
        read if is_apart || html.any(|n| read.contains(&n)) => read.to_vec(),
        _ => Vec::new(),
    };
    let (mut page, behind) = reading::shown_in_two(found, &read);
    let above = page.len();
    page.push_str(&behind);
    let page = Foreign::new(page);
    (!page.is_blank()).then_some((page, above))
}

/// A text without a word is no longer than this.
const EMPTY: usize = 100;

/// Everything but what is read and its other forms.
fn attached<'f, 'a>(
    found: &'f Found<'a>,
    reading: &'f Reading,
) -> impl Iterator<Item = &'f Leaf<'a>> {
    // A line that is coded is longer than an empty one.
    let says_nothing = |l: &Leaf<'_>| {
        let decoded = l.media.encoding.decode_beginning(l.body, EMPTY);
        // What is no base64 at all is decoded to nothing.
        l.body.len() <= EMPTY && !decoded.is_empty() && decoded.trim_ascii().is_empty()
    };
    let is_empty_text = move |l: &Leaf<'_>| {
        let is_plain = l.media.kind == "text/plain" && l.media.file_name.is_blank();
        is_plain && (l.body.trim_ascii().is_empty() || says_nothing(l))
    };
    let is_shown = |n: &usize| reading.read.contains(n) || reading.others.contains(n);
    numbered(found)
        .filter(move |(n, leaf)| !is_shown(n) && !is_empty_text(leaf))
        .map(|(_, leaf)| leaf)
}

fn attachment(leaf: &Leaf<'_>) -> Attachment {
    let name = &leaf.media.file_name;
    let is_nameless_mail = name.is_blank() && leaf.media.kind == "message/rfc822";
    let subject = is_nameless_mail.then(|| subject_within(leaf)).flatten();
    Attachment {
        name: subject.unwrap_or_else(|| name.clone()),
        kind: leaf.media.kind.clone(),
        bytes: leaf.media.encoding.decoded_len(leaf.body),
    }
}

/// The name that a mail program gives a mail without one when it saves it: its subject.
fn subject_within(leaf: &Leaf<'_>) -> Option<Foreign> {
    let mail = leaf.media.encoding.decode_beginning(leaf.body, NAMED_BY);
    let subject = field::subject(&head::split(&mail).headers);
    let words: String = subject.raw().chars().take(NAME_CHARS).collect();
    (!subject.is_blank()).then(|| Foreign::new(format!("{}.eml", words.trim())))
}

/// What stands in the shell of S/MIME that is signed and not encrypted: a mail. Any file can
/// be signed so; it stays the file that it is.
fn opened(head: &Head<'_>) -> Option<Vec<u8>> {
    let media = Media::of(&head.headers, "text/plain");
    let is_shell = sealed::is_shell(&media);
    let signed = || opaque::signed_mail(&media.encoding.decode(head.body));
    is_shell.then(signed)?.filter(|inner| is_entity(inner))
}

/// Whether it begins with a field, and has those of MIME (RFC 8551 section 3.1).
fn is_entity(bytes: &[u8]) -> bool {
    let name = bytes.split(|b| *b == b':').next().unwrap_or_default();
    let begins = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    let headers = head::split(bytes).headers;
    let of_mime = |name: &&str| headers.first(name).is_some();
    begins && ["content-type", "mime-version"].iter().any(of_mime)
}

/// The leaves of a mail, or of the mail in its shell.
fn leaves<'a>(head: &Head<'a>, inner: Option<&'a [u8]>) -> Found<'a> {
    match inner {
        Some(bytes) => {
            let inner = head::split(bytes);
            walk::leaves(Media::of(&inner.headers, "text/plain"), inner.body)
        }
        None => walk::leaves(Media::of(&head.headers, "text/plain"), head.body),
    }
}

fn sealed_as(found: &Found<'_>, chosen: &[usize], text: &str, in_shell: bool) -> Sealed {
    let sealed = sealed::sealed(found, chosen, text);
    let around = in_shell.then_some(Signature::SmimeOpaque);
    Sealed {
        signed: around.or(sealed.signed),
        ..sealed
    }
}

#[cfg(test)]
mod tests;
