//! A report that a letter was not delivered.
//!
//! By structure where there is one (RFC 3464 in RFC 6522; `X-Failed-Recipients`). Older
//! mail servers wrote prose, and no single sign of it is safe: people quote bounces, are
//! postmasters, and report faults of mail servers. So signs add up (see `signs.rs`): who
//! signs it decides how many are asked for.
//!
//! - A *mailer* (`mailer-daemon` in its spellings): one sign, or an empty return path.
//! - A *system* (postmaster, a mail system by its name, no usable address): its subject, its
//!   text and a machine's structure. With a letter of ours or an empty return path, its words.
//! - Anybody else: words, and beside them a letter of ours that it gives back, or an empty
//!   return path and one sign more.
//!
//! Less than that is no bounce: `like_a_bounce.rs` holds it.
//!
//! An empty return path is written `<>`; a missing one says nothing, since forwarders drop
//! it, and some blank it: the reporter's own address there is a person's.
//!
//! What it must not take: an absence note, which has an empty return path too and
//! cites what it answers (RFC 3834), and a receipt (RFC 8098), which gives our letter
//! back. Both say that the letter arrived.

mod signs;
mod words;

pub(super) use signs::{Signer, Signs};

use super::Filter;
use crate::mail::{Mail, Part, keyword};
use crate::triage::{Cited, CitedWhat, Kind, Seen};

pub(super) const BOUNCE: Filter = Filter {
    name: "bounce",
    kind: Kind::Bounce,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let mail = seen.mail;
    let by_structure = [
        (
            is_delivery_report(mail),
            "it is a delivery report by structure",
        ),
        (
            mail.headers.first("x-failed-recipients").is_some(),
            "it bears X-Failed-Recipients",
        ),
    ];
    by_structure
        .into_iter()
        .find_map(|(seen, because)| seen.then_some(because))
        .or_else(|| by_signs(seen))
        .map(str::to_owned)
}

/// A `report-type` must be there (RFC 6522 section 3); bounces forget it, and nothing else does.
fn is_delivery_report(mail: &Mail) -> bool {
    let shape = &mail.shape;
    let is_of_delivery = shape
        .report_type
        .as_deref()
        .map_or(!is_other_report(mail), |t| t == "delivery-status");
    shape.content_type == "multipart/report" && (is_of_delivery || shape.has(Part::DeliveryStatus))
}

/// A receipt, a report on abuse or on the transport of mail.
fn is_other_report(mail: &Mail) -> bool {
    let shape = &mail.shape;
    let of_another_type = shape
        .report_type
        .as_deref()
        .is_some_and(|t| t != "delivery-status");
    let others = [Part::Disposition, Part::Feedback, Part::TlsReport];
    shape.content_type == "multipart/report"
        && (of_another_type || others.iter().any(|part| shape.has(*part)))
}

fn by_signs(seen: &Seen) -> Option<&'static str> {
    let mail = seen.mail;
    if is_other_report(mail) {
        return None;
    }
    let signs = Signs::of(mail);
    let null = mail.has_null_return_path();
    let (cites, returns) = letters_of_ours(seen);
    if signs.signer == Signer::Other && !null && !returns {
        return None;
    }
    let says = signs.says() && !signs.greets();
    let is_nobodys = signs.subject() || signs.wording() && !signs.speaks_of_itself();
    let is_of_the_reporter = is_of_the_reporter(seen);
    let found = [
        (
            signs.signer == Signer::Mailer && (cites || returns),
            "it cites a letter of ours and comes from a mail server",
        ),
        (
            signs.signer == Signer::System && says && (cites || returns) && !is_of_the_reporter,
            "it cites a letter of ours, is worded like a bounce and comes from a mail server",
        ),
        (
            says && returns && !is_of_the_reporter,
            "it gives a letter of ours back, and is worded like a bounce",
        ),
        (
            (cites || returns) && null && !answers(mail) && !is_of_the_reporter,
            "it cites a letter of ours, and its return path is empty",
        ),
        (
            signs.signer == Signer::Mailer && (null || signs.any()),
            "a mail server wrote it, and it looks like a bounce",
        ),
        (
            signs.signer == Signer::System
                && says
                && (null || signs.count() == 3 && !signs.speaks_of_itself()),
            "it is worded and built like a bounce, and comes from a mail server",
        ),
        (
            null && says
                && is_nobodys
                && signs.count() >= 2
                && !answers(mail)
                && !is_of_the_reporter,
            "its return path is empty, and it is worded like a bounce",
        ),
    ];
    found
        .into_iter()
        .find_map(|(seen, because)| seen.then_some(because))
}

/// Whether it cites a letter to a reporter, or a mail of the team's own, as what it answers;
/// and whether it gives one back.
fn letters_of_ours(seen: &Seen) -> (bool, bool) {
    let any = |cited: &[Cited]| {
        cited.iter().any(|c| {
            matches!(
                c.what,
                CitedWhat::Letter | CitedWhat::Reminder | CitedWhat::Team
            )
        })
    };
    (any(&seen.known.cited), any(&seen.known.returned))
}

/// A bounce never comes from the one who did not get the letter.
pub(super) fn is_of_the_reporter(seen: &Seen) -> bool {
    let author = seen.mail.author.address();
    let mut cited = seen.known.cited.iter().chain(&seen.known.returned);
    author.is_some_and(|author| cited.any(|c| c.people.contains(author)))
}

fn answers(mail: &Mail) -> bool {
    mail.headers
        .all("auto-submitted")
        .any(|value| keyword(value) != "no")
}
