//! The documents that scripts read. Stable: fields are added, never renamed or removed.
//! Instants are RFC 3339 in UTC; what is absent is null, never missing.

mod decided;
mod done;
mod extracted;
pub mod found;
mod hint;
mod kin;
mod tray;

pub use decided::{Decided, Followed, NotTaken};
pub use done::Done;
use extracted::Extracted;
pub use hint::HintLine;
pub use kin::{Kin, Like};
pub use tray::Desk;

use super::export::CreditLine;
use super::show::{Next, Proposal};
use super::words::via;
use crate::desk::{Duty, File};
use crate::mail::{Foreign, Sealed};
use crate::store::{Filing, Letter, LetterState, Listing};
use crate::ticket::{Fact, Turn};
use crate::triage::extract::{Lacks, Said};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One ticket of `list --json`.
#[derive(Serialize)]
pub struct Ticket {
    r#ref: String,
    name: String,
    class: Option<String>,
    classes: Vec<String>,
    stage: String,
    title: Option<String>,
    subject: Foreign,
    reporter: Reporter,
    owner: Option<String>,
    outcome: Option<&'static str>,
    severity: Option<String>,
    received_at: String,
    acknowledgement: String,
    held_because: Option<String>,
    deadlines: Vec<Deadline>,
    waiting: Option<String>,
    clash: Option<Clash>,
    chased: u32,
    messages: u32,
    forwarded: Option<Forwarded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#match: Option<found::Match>,
}

/// The team forwarded the report.
#[derive(Serialize)]
pub struct Forwarded {
    /// Who did: a name of the team's, or an address.
    pub by: String,
    /// It is proven.
    pub proven: bool,
}

/// The ticket continues a conversation from before gatepost.
#[derive(Serialize)]
pub struct Continues {
    /// Old mails that are asked for and not in the thread yet.
    pub to_come: u32,
}

/// Of two dates the one comes first that has to come last.
#[derive(Serialize)]
struct Clash {
    /// What comes too early, and when.
    early: &'static str,
    on: String,
    /// The same date, where it is the reporter's.
    theirs: Option<String>,
    /// The date that has to come before it, and of what.
    ours: String,
    what: &'static str,
}

#[derive(Serialize)]
struct Reporter {
    address: Option<String>,
    name: Option<Foreign>,
    authentication: Option<String>,
    marks: Vec<String>,
}

/// One deadline of a ticket.
#[derive(Serialize)]
pub struct Deadline {
    promise: String,
    due_at: Option<String>,
    standing: &'static str,
    missing: Vec<String>,
    late: bool,
}

impl From<&Duty> for Deadline {
    fn from(duty: &Duty) -> Self {
        Self {
            promise: duty.promise.name.clone(),
            due_at: duty.due_at().map(|at| at.to_string()),
            standing: duty.state.standing.word(),
            missing: duty.state.missing.clone(),
            late: duty.state.was_late && !duty.promise.soft,
        }
    }
}

impl Ticket {
    /// Forms it.
    pub fn new(
        file: &File,
        listing: &Listing,
        marks: Vec<String>,
        forwarded: Option<Forwarded>,
    ) -> Self {
        let row = &file.row;
        let (acknowledgement, held_because) = match &listing.acknowledgement {
            // "offered" is a moment within queued that scripts need not know.
            Some((state, because)) => (
                if state == "offered" {
                    "queued".to_owned()
                } else {
                    state.clone()
                },
                because.clone(),
            ),
            None => ("none".to_owned(), None),
        };
        Self {
            r#ref: row.reference.to_string(),
            name: row.name.to_string(),
            class: row.classes.first().cloned(),
            classes: row.classes.clone(),
            stage: row.stage.clone(),
            title: row.title.clone(),
            subject: row.subject.clone(),
            reporter: Reporter {
                address: row.reporter.as_ref().map(ToString::to_string),
                name: (!row.reporter_name.is_blank()).then(|| row.reporter_name.clone()),
                authentication: listing.authentication.as_ref().map(|(is, _)| is.clone()),
                marks,
            },
            owner: row.owner.clone(),
            outcome: row.outcome.map(|o| o.word()),
            severity: row.severity.clone(),
            received_at: row.opened_at.to_string(),
            acknowledgement,
            held_because,
            deadlines: file.duties.iter().map(Deadline::from).collect(),
            waiting: row.waiting.clone(),
            clash: file.ticket.clash().map(|clash| Clash {
                early: clash.early.word(),
                on: clash.on.to_string(),
                theirs: (clash.early == Turn::TheyPublish).then(|| clash.on.to_string()),
                ours: clash.after.to_string(),
                what: clash.late.word(),
            }),
            chased: row.chased,
            messages: listing.messages,
            forwarded,
            r#match: None,
        }
    }
}

/// The whole of `show --json`.
#[derive(Serialize)]
pub struct Whole {
    #[serde(flatten)]
    ticket: Ticket,
    continues: Option<Continues>,
    history: Option<History>,
    #[serde(flatten)]
    kin: Kin,
    set: BTreeMap<&'static str, String>,
    planned: BTreeMap<&'static str, String>,
    facts: Vec<FactLine>,
    thread: Vec<Message>,
    extracted: Extracted,
    hints: Option<Vec<HintLine>>,
    letters: Vec<LetterLine>,
    proposals: Vec<Proposal>,
    next: Vec<Next>,
    #[serde(flatten)]
    credit: CreditLine,
}

/// The reports of this address up to this one, it included.
#[derive(Serialize)]
pub struct History {
    /// How many.
    pub reports: u32,
    /// How many of them were accepted.
    pub accepted: u32,
}

#[derive(Serialize)]
struct FactLine {
    n: i64,
    at: String,
    fact: String,
    by: String,
    via: Option<String>,
    data: Value,
}

impl From<&Fact> for FactLine {
    fn from(f: &Fact) -> Self {
        Self {
            n: f.n,
            at: f.at.to_string(),
            fact: f.what.name().to_string(),
            by: f.by.name().to_owned(),
            via: via(f.letter, f.mail, f.via.as_deref()),
            data: serde_json::to_value(&f.what).unwrap_or(Value::Null),
        }
    }
}

/// One mail of a thread.
#[derive(Serialize)]
pub struct Message {
    /// Its number in the thread, from 1.
    pub n: usize,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// The address that it came from, and what is to be said of it.
    pub from: Option<String>,
    /// See [`crate::triage::marks`].
    pub marks: Vec<String>,
    /// `in` or `out`.
    pub direction: &'static str,
    /// What it is.
    pub kind: String,
    /// Where it belongs.
    pub place: String,
    /// Why it belongs there.
    pub because: String,
    /// Whether our mail server vouches for its author; null for letters of ours.
    pub authentication: Option<Authentication>,
    /// When it reached the mailbox.
    pub received_at: String,
    /// Its text without quotes.
    pub new_text: Foreign,
    /// It, or a part of it, is encrypted.
    pub encrypted: bool,
    /// In which shape, and what signature it bears, checked by nobody.
    pub sealed: Sealed,
    /// Its attachments.
    pub attachments: Vec<Part>,
}

/// Whether our mail server vouches for who wrote a mail.
#[derive(Serialize)]
pub struct Authentication {
    /// `pass`, `none` or `fail`.
    pub is: String,
    /// How we know.
    pub because: String,
}

/// One attachment.
#[derive(Serialize)]
pub struct Part {
    /// The name that the sender gave it.
    pub name: Foreign,
    /// Its type.
    pub r#type: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// One letter of the outbox.
#[derive(Serialize)]
pub struct LetterLine {
    id: i64,
    ticket: Option<i64>,
    kind: &'static str,
    to: String,
    subject: Foreign,
    by: String,
    state: &'static str,
    held_because: Option<String>,
    attempts: u32,
    offers: u32,
    message_id: Option<String>,
    created_at: String,
    not_before: String,
    put_off_since: Option<String>,
    sent_at: Option<String>,
    last_error: Option<String>,
    reply: Option<String>,
    copy: Option<&'static str>,
}

impl From<&Letter> for LetterLine {
    fn from(letter: &Letter) -> Self {
        Self {
            id: letter.id,
            ticket: letter.ticket.map(|t| t.0),
            kind: letter.kind.word(),
            to: letter.recipient.to_string(),
            subject: Foreign::new(letter.subject.clone()),
            by: letter.by.name().to_owned(),
            state: letter.state.word(),
            held_because: letter.held_because.clone(),
            attempts: letter.attempts,
            offers: letter.offers,
            message_id: letter.message_id.as_ref().map(ToString::to_string),
            created_at: letter.created_at.to_string(),
            not_before: letter.not_before.to_string(),
            put_off_since: letter.put_off_since.map(|at| at.to_string()),
            sent_at: letter
                .settled_at
                .filter(|_| letter.state == LetterState::Sent)
                .map(|at| at.to_string()),
            last_error: letter.last_error.clone(),
            reply: letter.answer.clone(),
            copy: letter.filing.map(Filing::word),
        }
    }
}

impl Whole {
    /// Forms it.
    pub fn new(
        file: &File,
        ticket: Ticket,
        (continues, history): (Option<Continues>, Option<History>),
        kin: Kin,
        thread: Vec<Message>,
        letters: &[Letter],
        (proposals, next): (Vec<Proposal>, Vec<Next>),
    ) -> Self {
        let (set, planned) = (&file.ticket.set, &file.ticket.planned);
        let theirs = || thread.iter().filter(|m| m.direction == "in");
        Self {
            ticket,
            continues,
            history,
            kin,
            set: set.iter().map(|(f, v)| (f.word(), v.clone())).collect(),
            planned: planned
                .iter()
                .map(|(p, on)| (p.word(), on.to_string()))
                .collect(),
            facts: file.facts.iter().map(FactLine::from).collect(),
            extracted: Extracted::of_sealed(
                theirs().any(|m| m.encrypted),
                theirs().find_map(|m| m.sealed.signed),
            ),
            hints: None,
            thread,
            proposals,
            next,
            letters: letters.iter().map(LetterLine::from).collect(),
            credit: CreditLine::default(),
        }
    }

    /// The same with what the reporter's mails name, and what none of them does.
    pub fn saying(self, said: Said, lacks: Lacks) -> Self {
        let extracted = self.extracted.with(said, lacks);
        Self { extracted, ..self }
    }

    /// The same with what is known of the credit, and what it reads like.
    pub fn with(self, credit: CreditLine, hints: Option<Vec<HintLine>>) -> Self {
        Self {
            credit,
            hints,
            ..self
        }
    }
}
