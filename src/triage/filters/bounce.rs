//! A report that a letter was not delivered.
//!
//! By structure where there is one (RFC 3464 in RFC 6522; `X-Failed-Recipients` of Exim).
//! Older mail servers wrote prose: an empty return path (RFC 5321 section 4.5.5)
//! together with a bounce's wording, or a mailer's own name on a mail that cites a
//! letter of ours. An empty return path is written `<>`; a missing one says nothing,
//! since forwarders drop it.
//!
//! What it must not take: an absence note, which has an empty return path too and
//! cites what it answers (RFC 3834), and a receipt (RFC 8098), which gives our letter
//! back. Both say that the letter arrived.

use super::Filter;
use crate::mail::{Author, Mail, keyword};
use crate::triage::{CitedWhat, Kind, Known, Seen};

pub(super) const BOUNCE: Filter = Filter {
    name: "bounce",
    kind: Kind::Bounce,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let mail = seen.mail;
    let signs = [
        (
            is_delivery_report(mail),
            "it is a delivery report by structure",
        ),
        (
            mail.headers.first("x-failed-recipients").is_some(),
            "it bears X-Failed-Recipients",
        ),
        (
            mail.has_null_return_path() && sounds_like_one(mail),
            "its return path is empty, and it is worded like a bounce",
        ),
        (
            gives_a_mail_of_ours_back(mail, seen.known),
            "it cites a letter or a mail of ours and comes from a mail server",
        ),
    ];
    signs
        .into_iter()
        .find_map(|(seen, because)| seen.then(|| because.to_owned()))
}

/// A `report-type` must be there (RFC 6522 section 3); bounces forget it, and nothing else does.
fn is_delivery_report(mail: &Mail) -> bool {
    let shape = &mail.shape;
    let is_of_delivery = shape
        .report_type
        .as_deref()
        .is_none_or(|t| t == "delivery-status");
    shape.content_type == "multipart/report" && (is_of_delivery || shape.has_delivery_status)
}

fn sounds_like_one(mail: &Mail) -> bool {
    let subject = mail.subject.raw().to_lowercase();
    is_from_a_mailer(mail) || SUBJECTS.iter().any(|words| subject.contains(words))
}

fn gives_a_mail_of_ours_back(mail: &Mail, known: &Known) -> bool {
    let cites_ours = known
        .cited
        .iter()
        .chain(&known.returned)
        .any(|c| matches!(c.what, CitedWhat::Letter | CitedWhat::Team));
    let is_other_report =
        mail.shape.content_type == "multipart/report" && !is_delivery_report(mail);
    let answers = mail
        .headers
        .all("auto-submitted")
        .any(|value| keyword(value) != "no");
    cites_ours
        && !is_other_report
        && (is_from_a_mailer(mail) || mail.has_null_return_path() && !answers)
}

fn is_from_a_mailer(mail: &Mail) -> bool {
    let (local, name) = match &mail.author {
        Author::One { address, name } => {
            (address.local().to_lowercase(), name.raw().to_lowercase())
        }
        Author::Several => return false,
        // Some write `From: MAILER-DAEMON (Mail Delivery System)`, which is no address.
        Author::Unusable => (
            String::new(),
            mail.headers
                .first("from")
                .unwrap_or_default()
                .to_lowercase(),
        ),
    };
    matches!(local.as_str(), "mailer-daemon" | "postmaster")
        || NAMES.iter().any(|words| name.contains(words))
}

const NAMES: [&str; 3] = ["mailer-daemon", "mail delivery sub", "mail delivery sys"];

/// Subjects of bounces, in lower case, by the mail servers that still write them.
const SUBJECTS: [&str; 20] = [
    "undeliverable",
    "undelivered mail",
    "undeliverable mail",
    "delivery status notification",
    "delivery failure",
    "delivery notification",
    "delivery report",
    "delivery problem",
    "delivery has failed",
    "mail delivery",
    "message delivery",
    "failure notice",
    "failed mail",
    "returned mail",
    "returned to sender",
    "could not be delivered",
    "non-delivery",
    "nondeliverable",
    "unzustellbar",
    "non remis",
];
