//! What the parts of a mail tell of who made it, and which mails they give back.
//!
//! Reports that programs write for programs are known by the types of their parts
//! (RFC 6522 and its kin), DMARC's by the name of a file (RFC 7489 section 7.2.1.1). What a
//! bounce gives back may be a part, a part of a part, or prose below a line: from all of
//! them the Message-IDs are taken, at most [`IDS`].

use super::walk::{self, Found, Leaf};
use super::{field, head, words};
use crate::mail::parse::media::Media;
use crate::mail::{MessageId, Part, Shape, keyword};

/// Ids taken from what a mail gives back.
const IDS: usize = 20;
/// A bounce of a bounce of a bounce is opened, and no more.
const DEPTH: usize = 3;

/// The shape of a mail whose top level says `top`.
pub(super) fn shape(found: &Found<'_>, top: &Media) -> Shape {
    // Lists put a footer behind a report, and so a multipart/mixed around it.
    let (content_type, report_type) = match &found.report {
        Some(report_type) => ("multipart/report".to_owned(), report_type.clone()),
        None => (top.kind.clone(), top.report_type.clone()),
    };
    let mut holds: Vec<Part> = found.leaves.iter().filter_map(part).collect();
    holds.sort_unstable();
    holds.dedup();
    Shape {
        content_type,
        report_type,
        holds,
        is_no_failure: is_no_failure(found),
    }
}

fn part(leaf: &Leaf<'_>) -> Option<Part> {
    match leaf.media.kind.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => Some(Part::DeliveryStatus),
        "message/disposition-notification" | "message/global-disposition-notification" => {
            Some(Part::Disposition)
        }
        "message/feedback-report" => Some(Part::Feedback),
        "application/tlsrpt+json" | "application/tlsrpt+gzip" => Some(Part::TlsReport),
        "text/calendar" => is_invitation(leaf).then_some(Part::Invitation),
        _ if gives_back(leaf) => Some(Part::Returned),
        _ => is_aggregate(leaf.media.file_name.raw()).then_some(Part::Aggregate),
    }
}

fn gives_back(leaf: &Leaf<'_>) -> bool {
    matches!(
        leaf.media.kind.as_str(),
        "message/rfc822"
            | "text/rfc822-headers"
            | "message/rfc822-headers"
            | "message/global"
            | "message/global-headers"
    )
}

/// RFC 6047 section 2.4: an invitation names its method. A calendar that a person attaches
/// is a file.
fn is_invitation(leaf: &Leaf<'_>) -> bool {
    let says_so = || {
        let text = words(leaf);
        text.lines().take(40).any(|line| {
            line.get(..7)
                .is_some_and(|name| name.eq_ignore_ascii_case("method:"))
        })
    };
    !leaf.media.is_attachment
        && (leaf.media.method.is_some() || leaf.alternative.is_some() && says_so())
}

/// `receiver!domain!begin!end.xml.gz`, with or without an id before the ending.
fn is_aggregate(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let Some(stem) = [".xml.gz", ".xml.zip", ".xml", ".zip", ".gz"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
    else {
        return false;
    };
    let is_instant = |s: &&str| s.len() >= 9 && s.bytes().all(|b| b.is_ascii_digit());
    let pieces: Vec<&str> = stem.split('!').collect();
    (4..=5).contains(&pieces.len()) && pieces.iter().skip(2).take(2).all(is_instant)
}

/// Every recipient's action (RFC 3464 section 2.3.3) says that the mail arrived or waits.
fn is_no_failure(found: &Found<'_>) -> bool {
    let statuses = found
        .leaves
        .iter()
        .filter(|leaf| part(leaf) == Some(Part::DeliveryStatus));
    let actions: Vec<String> = statuses
        .flat_map(|leaf| {
            let text = words(leaf);
            let value = |line: &str| value_of(line, "action").map(keyword);
            text.lines().filter_map(value).collect::<Vec<_>>()
        })
        .collect();
    let is_none =
        |a: &String| matches!(a.as_str(), "delayed" | "delivered" | "relayed" | "expanded");
    !actions.is_empty() && actions.iter().all(is_none)
}

/// The value of a field that stands alone on this line.
fn value_of<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (left, right) = line.split_once(':')?;
    left.trim().eq_ignore_ascii_case(name).then(|| right.trim())
}

/// Message-IDs of the mails that it gives back, outermost first; `text` is its readable text.
pub(super) fn returned(found: &Found<'_>, text: &str) -> Vec<MessageId> {
    let mut ids = Vec::new();
    returned_parts(found, 0, &mut ids);
    for leaf in &found.leaves {
        let names_one = matches!(
            part(leaf),
            Some(Part::DeliveryStatus | Part::Disposition | Part::Feedback)
        );
        let is_file_of_text = leaf.media.kind == "text/plain" && leaf.media.is_attachment;
        if ids.len() < IDS && (names_one || is_file_of_text) {
            in_prose(&words(leaf), &mut ids);
        }
    }
    in_prose(text, &mut ids);
    ids.truncate(IDS);
    ids
}

fn returned_parts(found: &Found<'_>, depth: usize, ids: &mut Vec<MessageId>) {
    for leaf in found.leaves.iter().filter(|leaf| gives_back(leaf)) {
        if ids.len() >= IDS {
            return;
        }
        let bytes = leaf.media.encoding.decode(leaf.body);
        let head = head::split(&bytes);
        push(ids, field::message_id(&head.headers).ok());
        if depth + 1 < DEPTH {
            let inner = walk::leaves(Media::of(&head.headers, "text/plain"), head.body);
            returned_parts(&inner, depth + 1, ids);
        }
    }
}

/// The ids of header fields in a text, quoted or not.
fn in_prose(text: &str, ids: &mut Vec<MessageId>) {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if ids.len() >= IDS {
            return;
        }
        let bare = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>' || c == '|');
        let names = ["message-id", "original-message-id", "x-original-message-id"];
        let Some(value) = names.iter().find_map(|name| value_of(bare, name)) else {
            continue;
        };
        // A long id is folded onto the next line.
        let value = if value.is_empty() {
            lines.peek().copied().unwrap_or_default()
        } else {
            value
        };
        push(ids, MessageId::parse_all(value).into_iter().next());
    }
}

fn push(ids: &mut Vec<MessageId>, id: Option<MessageId>) {
    if let Some(id) = id.filter(|id| !ids.contains(id)) {
        ids.push(id);
    }
}

#[cfg(test)]
mod tests;
