//! What one e-mail says.
//!
//! [`parse`](parse::parse) turns bytes into a [`Mail`]. It never fails: what is wrong with a mail is
//! recorded as a [`Defect`], because a report that is badly written is still a
//! report. Nothing here decides anything: that is [`crate::triage`]'s work.

mod address;
pub mod auth;
mod compose;
mod counted;
mod digest;
mod foreign;
mod headers;
mod list;
pub mod parse;
mod sealed;
#[cfg(test)]
pub(crate) mod tests;
pub mod text;
mod wrap;

pub use address::{Address, Author};
pub use compose::{
    Armoured, ComposeError, Enclosed, Marks, Outgoing, compose, compose_encrypted, entity, loop_tag,
};
pub use counted::counted_as;
pub use digest::{ContentDigest, Digester, fingerprint};
pub use foreign::{
    Foreign, acting, acts, escaped, harmless, is_plain, name_acts, pieces, spaced, unjoined,
};
pub use headers::{Headers, MessageId, keyword};
pub use list::{OurList, Undone, undone};
pub use sealed::{Encryption, Sealed, Signature, clear_text};
pub use wrap::{wrapped, wrapped_by};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a mail says, in our own terms. Everything in it was written by a stranger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its Message-ID, when there is exactly one and it is well formed.
    pub message_id: Option<MessageId>,
    /// The well-formed ids of In-Reply-To, in order; at most 20.
    pub in_reply_to: Vec<MessageId>,
    /// The well-formed ids of References, in order: the first and the last 99.
    pub references: Vec<MessageId>,
    /// Who wrote it, by From.
    pub author: Author,
    /// Addresses of Reply-To, at most 20; shown to people, never written to by gatepost.
    pub reply_to: Vec<Address>,
    /// Addresses of To, Cc and Bcc (which copies in the folder for sent mail bear), at most
    /// 1,000.
    pub recipients: Vec<Address>,
    /// The decoded subject.
    pub subject: Foreign,
    /// The `Date` header. Never an input to a deadline.
    pub date: Option<Timestamp>,
    /// The header fields of the top level, of its first 256 KiB.
    pub headers: Headers,
    /// What the MIME structure is.
    pub shape: Shape,
    /// Message-IDs of the mails that it gives back, as parts or in prose; at most 20.
    pub returned_ids: Vec<MessageId>,
    /// The readable text: the plain parts that are no attachments, one after the other
    /// (mail programs put pictures between them), else the text of the HTML part.
    pub text: Foreign,
    /// What a person would see, where HTML is read: of a mail that was read
    /// [for reading](parse::for_reading), and of one that is [read apart](Self::read_apart).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Foreign>,
    /// People read other parts than those of [`Self::text`]: a report in HTML, and not the
    /// footer alone that a list put behind it as plain text. The first so many bytes of the
    /// page are all of it but such a footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_apart: Option<usize>,
    /// Parts that are not what people read, at most 200. The other form of an alternative of
    /// which one is read is none.
    pub attachments: Vec<Attachment>,
    /// What the bytes of all its parts come to, in each of their forms and with what is
    /// attached: where two mails have one number, nothing stands in one that does not stand in
    /// the other. None where not all was seen, and of a mail that was read
    /// [for reading](parse::for_reading).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<u64>,
    /// In which shape it is encrypted, and what signature it bears.
    pub sealed: Sealed,
    /// What was wrong with it.
    pub defects: Vec<Defect>,
    /// A ticket begins with it: what it quotes was not seen here, but for letters of ours. Known
    /// of a mail on record.
    #[serde(skip)]
    pub opens: bool,
}

impl Mail {
    /// Every Message-ID that this mail cites as its parent or ancestor, nearest
    /// first and without repetition: In-Reply-To, then References from the last.
    pub fn cites(&self) -> Vec<&MessageId> {
        let mut ids: Vec<&MessageId> = Vec::new();
        for id in self.in_reply_to.iter().chain(self.references.iter().rev()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The text that people read. What decides something reads [`Self::text`].
    pub fn to_read(&self) -> &Foreign {
        self.page.as_ref().unwrap_or(&self.text)
    }

    /// It, or a part of it, is encrypted, in whatever shape.
    pub fn is_encrypted(&self) -> bool {
        self.sealed.encrypted.is_some()
    }

    /// The mail server that delivered it wrote `Return-Path: <>` (RFC 5321 section
    /// 4.5.5). False where there is no such field: forwarders drop it.
    pub fn has_null_return_path(&self) -> bool {
        let path = self.headers.first("return-path");
        path.is_some_and(|path| path.chars().filter(|c| !c.is_whitespace()).eq("<>".chars()))
    }
}

/// The MIME structure as far as judging needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Type and subtype in lower case, such as `multipart/report`; of the report, where one
    /// stands first in a multipart/mixed.
    pub content_type: String,
    /// The `report-type` parameter of a multipart/report, in lower case.
    pub report_type: Option<String>,
    /// The parts that tell who made the mail, each once.
    pub holds: Vec<Part>,
    /// It reports on a delivery, and nothing failed: each recipient has the mail or waits for it.
    pub is_no_failure: bool,
}

impl Shape {
    /// A part of this kind is there.
    pub fn has(&self, part: Part) -> bool {
        self.holds.contains(&part)
    }
}

/// A part that tells who made the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// `message/delivery-status` (RFC 3464) or its global form.
    DeliveryStatus,
    /// `message/disposition-notification` (RFC 8098) or its global form.
    Disposition,
    /// `message/feedback-report` (RFC 5965).
    Feedback,
    /// `application/tlsrpt+json` or `+gzip` (RFC 8460).
    TlsReport,
    /// A file named as an aggregate report of DMARC (RFC 7489).
    Aggregate,
    /// `text/calendar` with a method (RFC 6047), shown and not attached.
    Invitation,
    /// A mail, or the header of one.
    Returned,
}

/// A part of a mail that is not its readable text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file name that the sender gave it. Never a path to write to.
    pub name: Foreign,
    /// Type and subtype in lower case.
    pub kind: String,
    /// Size after decoding, in bytes.
    pub bytes: u64,
}

/// Something wrong with a mail, found while reading it. None stops the intake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Defect {
    /// No header field at all, or no line that is one.
    NoHeaders,
    /// No usable From field.
    NoFrom,
    /// More than one From field.
    SeveralFrom,
    /// No Message-ID.
    NoMessageId,
    /// More than one Message-ID field.
    SeveralMessageId,
    /// A Message-ID that is not `<left@right>` of at most 250 printable bytes.
    MalformedMessageId,
    /// Only the beginning of the mail was given to the parser.
    Truncated,
    /// More parts than are listed.
    TooManyParts,
    /// The parser gave up; only raw bytes are there.
    Unreadable,
    /// NUL bytes in the header.
    NulInHeader,
}

impl Defect {
    /// The word that is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoHeaders => "no-headers",
            Self::NoFrom => "no-from",
            Self::SeveralFrom => "several-from",
            Self::NoMessageId => "no-message-id",
            Self::SeveralMessageId => "several-message-ids",
            Self::MalformedMessageId => "malformed-message-id",
            Self::Truncated => "truncated",
            Self::TooManyParts => "too-many-parts",
            Self::Unreadable => "unreadable",
            Self::NulInHeader => "nul-in-header",
        }
    }
}
