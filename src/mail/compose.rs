//! Writes a letter as the bytes of a mail.
//!
//! The same [`Outgoing`] gives the same bytes: a letter that is sent twice is one
//! message twice. Everything that could act, in a header or on a screen, is taken out
//! here, whoever wrote it: no field of a letter can bring a header of its own.
//!
//! The recipient is named by address only: a display name is text of a stranger.
//! Lines of the body are not wrapped here; what is longer than mail permits is encoded.
//! An attachment makes a multipart/mixed whose boundary comes from the Message-ID.

mod encrypted;

use super::{Address, MessageId, spaced};
pub use encrypted::{Armoured, compose_encrypted, entity};
use jiff::Timestamp;
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Attachment as Part, Mailbox, MessageBuilder, MultiPart, SinglePart};
use std::fmt;
use std::time::SystemTime;

/// A subject is cut to this many characters.
const SUBJECT: usize = 200;
/// At most so many ids are cited: the root and the nearest (RFC 5322 section 3.6.4
/// would have all, and some threads have hundreds).
const REFERENCES: usize = 20;

/// A letter, ready to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The watched mailbox.
    pub from: Address,
    /// The name of the organisation.
    pub from_name: String,
    /// The one recipient.
    pub to: Address,
    /// The subject; may quote a stranger's.
    pub subject: String,
    /// Plain text with `\n` between its lines.
    pub body: String,
    /// Its id, fixed before it is sent.
    pub message_id: MessageId,
    /// Its `Date` field, written in UTC; years 1970 to 9999.
    pub date: Timestamp,
    /// What it answers.
    pub in_reply_to: Option<MessageId>,
    /// The thread that it belongs to, root first.
    pub references: Vec<MessageId>,
    /// What it says of who wrote it.
    pub marks: Marks,
    /// The value of our own `X-Loop` field.
    pub loop_tag: String,
    /// A file that goes with it.
    pub enclosed: Option<Enclosed>,
}

/// A file that goes with a letter, as opaque bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    name: String,
    bytes: Vec<u8>,
}

impl Enclosed {
    /// The largest file, in bytes: what most servers still take once it is encoded.
    pub const BYTES_AT_MOST: usize = 10 << 20;
    /// The longest name, in characters.
    const NAME_AT_MOST: usize = 80;

    /// Takes a file; `None` when it is larger than [`Self::BYTES_AT_MOST`]. Of its name
    /// only the last part stays, and only letters, digits, `.`, `_` and `-` of ASCII, with
    /// no dot in front.
    pub fn new(name: &str, bytes: Vec<u8>) -> Option<Self> {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        };
        let plain: String = last.trim_start_matches('.').chars().map(plain).collect();
        let skipped = plain.len().saturating_sub(Self::NAME_AT_MOST);
        let name: String = plain.chars().skip(skipped).collect();
        let name = if name.is_empty() {
            "attachment".to_owned()
        } else {
            name
        };
        (bytes.len() <= Self::BYTES_AT_MOST).then_some(Self { name, bytes })
    }

    /// Its harmless name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// What a letter says of who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// gatepost answers a mail (RFC 3834): nobody's program should answer back.
    Acknowledgement,
    /// gatepost speaks of its own accord.
    Reminder,
    /// A person wrote it.
    ByPerson,
}

impl Marks {
    /// The header fields that say so.
    fn fields(self) -> &'static [(HeaderName, &'static str)] {
        const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
        const PRECEDENCE: HeaderName = HeaderName::new_from_ascii_str("Precedence");
        const SUPPRESS: HeaderName = HeaderName::new_from_ascii_str("X-Auto-Response-Suppress");
        const ACKNOWLEDGEMENT: &[(HeaderName, &str)] = &[
            (AUTO_SUBMITTED, "auto-replied"),
            (PRECEDENCE, "auto_reply"),
            (SUPPRESS, "All"),
        ];
        const REMINDER: &[(HeaderName, &str)] =
            &[(AUTO_SUBMITTED, "auto-generated"), (SUPPRESS, "All")];
        match self {
            Self::Acknowledgement => ACKNOWLEDGEMENT,
            Self::Reminder => REMINDER,
            Self::ByPerson => &[],
        }
    }
}

/// The value of `X-Loop` in the letters that are sent from this address.
pub fn loop_tag(from: &Address) -> String {
    format!("gatepost {from}")
}

/// Why a letter cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComposeError {
    /// A date outside the years 1970 to 9999.
    Date(Timestamp),
    /// Anything else, in the library's words.
    Refused(String),
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "the date {date} cannot be written into a letter"),
            Self::Refused(why) => write!(f, "the letter cannot be written: {why}"),
        }
    }
}

impl std::error::Error for ComposeError {}

/// Writes the letter: lines end in CRLF, the text is `text/plain; charset=utf-8`.
///
/// # Errors
///
/// A date that cannot be written. Nothing in the texts is an error, and no address.
pub fn compose(letter: &Outgoing) -> Result<Vec<u8>, ComposeError> {
    let message = head(letter)?;
    let message = match &letter.enclosed {
        None => message
            .header(ContentType::TEXT_PLAIN)
            .body(lines(&letter.body)),
        Some(enclosed) => message.multipart(mixed(letter, enclosed)),
    };
    Ok(written(&message.map_err(refused)?))
}

/// All of its header fields but those that say what is in it.
fn head(letter: &Outgoing) -> Result<MessageBuilder, ComposeError> {
    let (from, to) = (address(&letter.from), address(&letter.to));
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(refused)?;
    let name = Some(one_line(&letter.from_name)).filter(|name| !name.is_empty());
    let mut message = Message::builder()
        // Given, so that the library does not read it back from the fields.
        .envelope(envelope)
        .from(Mailbox::new(name, from))
        .to(Mailbox::new(None, to))
        .subject(cut(&one_line(&letter.subject)))
        .date(date(letter.date)?)
        .message_id(Some(letter.message_id.to_string()));
    message = thread(message, letter);
    for (name, value) in letter.marks.fields() {
        message = message.raw_header(HeaderValue::new(name.clone(), (*value).to_owned()));
    }
    Ok(message
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("X-Loop"),
            one_line(&letter.loop_tag),
        ))
        .header(MIME_VERSION_1_0))
}

fn written(message: &Message) -> Vec<u8> {
    let mut bytes = message.formatted();
    // Base64 comes without the last one.
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// An [`Address`] is checked, and the library's own check refuses some that are right: those
/// with a sign in the local part that is no letter, such as many words of Hindi have.
fn address(address: &Address) -> lettre::Address {
    lettre::Address::new_dangerous(address.local(), address.domain())
}

fn refused(why: impl fmt::Display) -> ComposeError {
    ComposeError::Refused(why.to_string())
}

/// The library panics on a date before 1970 or after 9999.
fn date(date: Timestamp) -> Result<SystemTime, ComposeError> {
    let is_writable = date >= Timestamp::UNIX_EPOCH && date.as_second() < 253_402_300_800;
    is_writable
        .then(|| SystemTime::from(date))
        .ok_or(ComposeError::Date(date))
}

fn thread(message: MessageBuilder, letter: &Outgoing) -> MessageBuilder {
    let message = match &letter.in_reply_to {
        Some(id) => message.in_reply_to(id.to_string()),
        None => message,
    };
    let surplus = letter.references.len().saturating_sub(REFERENCES);
    let (root, nearest) = (
        letter.references.first(),
        letter.references.iter().skip(1 + surplus),
    );
    let ids: Vec<String> = root
        .into_iter()
        .chain(nearest)
        .map(ToString::to_string)
        .collect();
    if ids.is_empty() {
        message
    } else {
        message.references(ids.join(" "))
    }
}

fn boundary(letter: &Outgoing) -> String {
    let id = letter.message_id.as_str().chars();
    id.filter(char::is_ascii_alphanumeric).take(60).collect()
}

fn opaque() -> ContentType {
    ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN)
}

fn mixed(letter: &Outgoing, enclosed: &Enclosed) -> MultiPart {
    let text = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .body(lines(&letter.body));
    let file = Part::new(enclosed.name.clone()).body(enclosed.bytes.clone(), opaque());
    MultiPart::mixed()
        .boundary(boundary(letter))
        .singlepart(text)
        .singlepart(file)
}

/// One line without anything that acts, and without the beginning of an encoded word
/// (RFC 2047): what stands here is text, and is not decoded a second time.
fn one_line(text: &str) -> String {
    spaced(text).replace("=?", "= ?").trim().to_owned()
}

fn cut(subject: &str) -> String {
    let cut: String = subject.chars().take(SUBJECT).collect();
    cut.trim_end().to_owned()
}

/// The body with one `\n` behind each line and no control but the tab. Characters that
/// join or direct letters stay: people write them.
fn lines(body: &str) -> String {
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let visible: String = body
        .chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                ' '
            } else {
                c
            }
        })
        .collect();
    format!("{}\n", visible.trim_end())
}

#[cfg(test)]
mod tests;
