//! What a mail is, where it belongs, and whether gatepost may answer it.
//!
//! Three independent answers, each with its reason. Two laws: no rule drops a mail
//! (a rule silences our reply, it never stops the intake), and silence is visible (an
//! acknowledgement that a rule stopped is held, with the reason).

mod alike;
pub mod extract;
mod filters;
pub mod hints;
pub mod junk;
mod labelled;
pub mod likeness;
mod lookalike;
mod place;
mod platform;
mod reply;
pub mod search;
mod subject;
mod words;

pub use crate::mail::auth::Authenticated;
pub use alike::{alike, alike_in_content};
pub use filters::{CATALOGUE, Filter};
pub use labelled::{Labelled, Labels};
pub use lookalike::marks;
pub use place::Before;
pub use platform::{Around, Platform, Sender, report_of};
pub use reply::{is_by_age, is_over_a_cap};
pub use subject::{Named, references_in};

use crate::mail::{Address, Mail, MessageId};
use crate::ticket::TicketNo;
use jiff::{SignedDuration, Timestamp};

/// An answer and its reason, which is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because<T> {
    /// The answer.
    pub is: T,
    /// The reason, in our words: no text of the mail.
    pub because: String,
}

impl<T> Because<T> {
    fn new(is: T, because: impl Into<String>) -> Self {
        Self {
            is,
            because: because.into(),
        }
    }
}

/// What judging a mail gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it is.
    pub kind: Because<Kind>,
    /// Where it belongs.
    pub place: Because<Place>,
    /// Whether it is acknowledged.
    pub reply: Because<Reply>,
    /// The conversation from before gatepost that its new ticket continues.
    pub continues: Option<i64>,
}

/// What a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A letter of ours that came back into the mailbox.
    Own,
    /// A report that a letter was not delivered.
    Bounce,
    /// A report that a program makes for programs: a receipt of reading, a report on
    /// abuse or on the delivery of mail, an invitation.
    Machine,
    /// From a platform for reports that the config names.
    Platform,
    /// From the team, and proven.
    Team,
    /// Says that it is from the team, or from a watched address, without proof.
    UnprovenTeam,
    /// Written by a program in answer to something.
    Automatic,
    /// Sent to many.
    List,
    /// From an address that programs write from.
    AutomaticSender,
    /// Of a person whose mail program asks for no automatic answer.
    Suppressed,
    /// Everything else.
    Person,
}

/// Where a mail belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// It continues this ticket.
    Joins(TicketNo),
    /// It belongs to this ticket, and is nothing that the reporter said to us.
    Internal(TicketNo),
    /// It belongs to no ticket, and is nothing that a reporter said: it lies in the tray.
    InternalInTray,
    /// The same content is on this ticket already.
    Copy(TicketNo),
    /// The same content lies in the tray already.
    CopyInTray,
    /// A new ticket that says it belongs to this one, and may not.
    Claims(TicketNo),
    /// A new ticket.
    New,
    /// No ticket: it lies where people see it.
    Tray,
    /// No ticket: what the team wrote to somebody who has none.
    Aside,
}

/// Whether a mail is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// At once.
    Acknowledge,
    /// An acknowledgement is prepared; a person releases it.
    Held,
    /// Never.
    None,
}

/// How a mail came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The folder that it was found in.
    pub folder: Role,
    /// What the mail server says of who wrote it.
    pub authenticated: Authenticated,
    /// When it reached the mailbox.
    pub received_at: Timestamp,
}

/// What a folder is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Mail arrives there.
    #[default]
    Inbox,
    /// Mail that a filter of the server takes for junk.
    Junk,
    /// Mail that the team sent from its own mail programs.
    Sent,
}

/// What the record knows that bears on a mail.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The mail's Message-ID is one of our letters.
    pub own: Option<OwnLetter>,
    /// The same content digest is on record.
    pub copy: Option<Where>,
    /// What the ids that it cites (see [`Mail::cites`]) are, nearest first; unknown ids left out.
    pub cited: Vec<Cited>,
    /// What the ids in its returned parts are.
    pub returned: Vec<Cited>,
    /// The tickets whose references stand in its subject, in their order.
    pub named: Vec<Named>,
    /// The conversation from before gatepost that it cites, and which is on no ticket.
    pub before: Option<Before>,
    /// It was there before gatepost, and was asked for since, for this ticket.
    pub asked_for: Option<TicketNo>,
    /// Each copy on record says that it is from the team, without proof.
    pub copy_is_unproven: bool,
    /// The ticket of an earlier mail that cites this one: a reply that came before its root.
    pub cited_by: Option<Cited>,
    /// Mail of the team that was set aside cites this one: the answer was seen first.
    pub answered: bool,
    /// For mail that says it is ours: the open tickets of those to whom it went.
    pub reached: Vec<TicketNo>,
    /// The ticket of an earlier mail about the same report of a platform.
    pub same_report: Option<TicketNo>,
    /// Acknowledgements of late of mail that is not proven, for the caps.
    pub sent: Sent,
    /// Those of mail that is: a pot of its own, which no stranger can use up.
    pub sent_proven: Sent,
}

/// One of our letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnLetter {
    /// The address that it was sent from.
    pub from: Address,
    /// Its ticket; a digest has none.
    pub ticket: Option<TicketNo>,
}

/// Where something on record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// On a ticket.
    Ticket(TicketNo),
    /// In the tray.
    Tray,
    /// Aside: the team wrote it to somebody who has no ticket.
    Aside,
}

/// A cited Message-ID that is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The id.
    pub id: MessageId,
    /// What it is.
    pub what: CitedWhat,
    /// Its ticket.
    pub ticket: Option<TicketNo>,
    /// The addresses of people on that ticket.
    pub people: Vec<Address>,
}

/// What a cited Message-ID is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitedWhat {
    /// A letter to a reporter.
    Letter,
    /// A reminder or digest to the team.
    Reminder,
    /// A mail that the team wrote itself, proven.
    Team,
    /// Any other mail that was taken in.
    Mail,
}

/// Acknowledgements that went out lately, or wait to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// To this author's address in the last 24 hours; its forms count as one.
    pub to_address: u32,
    /// To this author's domain in the last 24 hours.
    pub to_domain: u32,
    /// In all in the last hour.
    pub in_all: u32,
}

/// What the config says that bears on judging.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The watched addresses.
    pub watched: Vec<Address>,
    /// The team's addresses.
    pub team: Vec<Address>,
    /// Whose reports are acknowledged without a person.
    pub acknowledge: AckMode,
    /// Mail that was received longer ago is not acknowledged without a person.
    pub stale_after: SignedDuration,
    /// The caps on acknowledgements of mail that is not proven.
    pub caps: Sent,
    /// The caps on those of mail that is. A domain has none: one house of mail may serve
    /// half of all reporters.
    pub caps_proven: Sent,
    /// The platforms whose reports come by mail.
    pub platforms: Vec<Platform>,
}

/// Whose reports are acknowledged without a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AckMode {
    /// Only where our mail server vouches for who wrote it.
    Pass,
    /// Unless our mail server says that somebody else wrote it.
    #[default]
    NotFail,
    /// Nobody's: each is held.
    Off,
}

/// Judges one mail, which came this way, at the moment `now`.
pub fn judge(mail: &Mail, known: &Known, house: &House, way: &Way, now: Timestamp) -> Verdict {
    let seen = Seen {
        mail,
        known,
        house,
        way,
    };
    let kind = filters::kind(&seen);
    let place = place::place(&seen, kind.is);
    let reply = reply::reply(
        &seen,
        kind.is,
        place.is,
        now.duration_since(way.received_at),
    );
    let continues = place::continues(&seen).filter(|_| place.is == Place::New);
    Verdict {
        kind,
        place,
        reply,
        continues,
    }
}

/// All that bears on a mail.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What it says.
    pub mail: &'a Mail,
    /// What is on record.
    pub known: &'a Known,
    /// What the config says.
    pub house: &'a House,
    /// How it came.
    pub way: &'a Way,
}

impl Seen<'_> {
    /// It was sent from here: it lies in the folder for sent mail and bears no sign of a
    /// delivery. What a rule of the server filed there was delivered.
    pub fn was_sent(&self) -> bool {
        was_sent(self.mail, self.way.folder)
    }
}

impl House {
    /// Whose this address is, if it is one of ours.
    pub fn whose(&self, address: &Address) -> Option<&'static str> {
        if self.watched.contains(address) {
            Some("a watched address")
        } else if self.team.contains(address) {
            Some("a team address")
        } else {
            None
        }
    }

    /// A letter to it would come to a watched mailbox or to the team: it is one of ours, with a
    /// detail (`security+x@`) or without.
    pub fn comes_to_us(&self, address: &Address) -> bool {
        let mut ours = self.watched.iter().chain(&self.team);
        ours.any(|own| own.is_same_mailbox(address))
    }
}

/// As [`Seen::was_sent`].
pub fn was_sent(mail: &Mail, folder: Role) -> bool {
    const OF_A_DELIVERY: [&str; 3] = ["return-path", "delivered-to", "authentication-results"];
    let bears = |name: &&str| mail.headers.first(name).is_some();
    folder == Role::Sent && !OF_A_DELIVERY.iter().any(bears)
}

/// Why a mail of the team answers nobody: a program wrote it (an absence note), or it is a
/// draft.
pub fn answers_nobody(mail: &Mail) -> Option<String> {
    // What mail programs write into a draft, and take out when it is sent.
    const OF_A_DRAFT: [&str; 2] = ["x-mozilla-draft-info", "x-apple-auto-saved"];
    let is_draft = OF_A_DRAFT
        .iter()
        .any(|name| mail.headers.first(name).is_some());
    if is_draft {
        return Some("it is a draft".to_owned());
    }
    filters::by_a_program(mail)
}
