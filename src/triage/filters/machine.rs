//! A report that a program makes for programs, by its structure: a receipt of reading
//! (RFC 8098), a report on abuse (RFC 5965), on the transport of mail (RFC 8460), an
//! aggregate report of DMARC (RFC 7489), an invitation (RFC 6047).
//!
//! What a person attaches of these is a person's mail: a receipt or a report counts where
//! it is the mail, an aggregate report only under the subject that its standard asks for.

use super::Filter;
use crate::mail::{Mail, Part};
use crate::triage::{Kind, Seen};

pub(super) const MACHINE: Filter = Filter {
    name: "machine",
    kind: Kind::Machine,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let mail = seen.mail;
    let is_report = |part, word| {
        let shape = &mail.shape;
        shape.content_type == "multipart/report"
            && (shape.has(part) || shape.report_type.as_deref() == Some(word))
    };
    let found = [
        (
            is_report(Part::Disposition, "disposition-notification"),
            "it is a receipt by structure",
        ),
        (
            is_report(Part::Feedback, "feedback-report"),
            "it is a report on abuse by structure",
        ),
        (
            is_report(Part::TlsReport, "tlsrpt"),
            "it is a report on the transport of mail by structure",
        ),
        (is_aggregate(mail), "it is an aggregate report of DMARC"),
        (
            mail.shape.has(Part::Invitation),
            "it is an invitation by structure",
        ),
    ];
    found
        .into_iter()
        .find_map(|(seen, because)| seen.then(|| because.to_owned()))
}

/// `Report Domain: … Submitter: … Report-ID: …`, and the one file that it speaks of.
fn is_aggregate(mail: &Mail) -> bool {
    let subject = mail.subject.raw().to_lowercase();
    // Some put `[Preview]` before it.
    let bare = match subject.trim().strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(_, rest)| rest.trim()),
        None => subject.trim(),
    };
    bare.starts_with("report domain:")
        && bare.contains("submitter:")
        && bare.contains("report-id:")
        && mail.shape.has(Part::Aggregate)
}
