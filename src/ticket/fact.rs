//! A fact: something that happened to a report, when, and who says so.
//!
//! Names are the words that a policy uses in `from` and `needs`, that scripts read
//! and that the store keeps: never rename one.

use super::field::{Field, Planned, WaitsFor};
use super::outcome::Outcome;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What happened. The data of each is what the store keeps as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum What {
    /// The report reached the mailbox.
    Received,
    /// The same mail came again.
    CopyReceived,
    /// The reporter wrote again.
    ReporterWrote,
    /// Mail that belongs to the ticket and counts for nothing (a reply to a reminder,
    /// an unproven mail of the team, automatic mail).
    Noted {
        /// Why it counts for nothing.
        why: String,
    },
    /// The acknowledgement was accepted by the SMTP server.
    Acknowledged,
    /// A person decided; the letter that says so is on its way.
    Decided {
        /// The outcome of the evaluation.
        outcome: Outcome,
        /// The date by which a resolution is expected.
        expected: Option<Date>,
    },
    /// The evaluation reached the reporter.
    Evaluated {
        /// What it said.
        outcome: Outcome,
    },
    /// A date for the resolution reached the reporter.
    Dated {
        /// The local date.
        on: Date,
    },
    /// The outcome is final and needs no date.
    DateNotDue,
    /// A date was set for something else than the resolution.
    Planned {
        /// For what.
        event: Planned,
        /// The local date.
        on: Date,
    },
    /// A letter or mail by a person of the team reached the reporter.
    Answered,
    /// A letter left although the reporter had written since it was queued: it answers
    /// nothing of that.
    Crossed {
        /// The letter's number in the outbox.
        letter: i64,
        /// The number of the last fact that its writer saw.
        seen: i64,
    },
    /// A person is responsible.
    Owned {
        /// The name of the team's member.
        who: String,
    },
    /// Nobody is responsible any more.
    Disowned,
    /// The problem is resolved.
    Resolved,
    /// A security update was posted.
    UpdatePosted,
    /// It was published.
    Published,
    /// The reporter was thanked.
    Thanked,
    /// The reporter was credited.
    Credited,
    /// The reporter does not want to be named.
    CreditDeclined,
    /// The vulnerability is known to be exploited.
    Exploited,
    /// A letter, or a mail of the team's own, did not reach the reporter: what it had met is
    /// open again.
    Undelivered {
        /// The letter's number in the outbox.
        letter: Option<i64>,
        /// The mail's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mail: Option<i64>,
        /// What the server said.
        why: String,
    },
    /// An earlier fact was wrong.
    Retracted {
        /// The number of that fact.
        #[serde(rename = "retracts")]
        fact: i64,
        /// Why.
        why: String,
    },
    /// It belongs to this class: the promises of that class start here.
    Classed {
        /// The class, as the config names it.
        class: String,
    },
    /// It does not belong to this class: a person said so.
    Unclassed {
        /// The class.
        class: String,
    },
    /// A person decided on another date; the letter that says so is on its way.
    DateDecided {
        /// The local date.
        on: Date,
        /// Why it moves.
        because: String,
    },
    /// A person set a property of the ticket.
    Set {
        /// Which.
        field: Field,
        /// To what; none takes it away.
        value: Option<String>,
        /// What stood there before, where no fact says it: the address of the mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<String>,
    },
    /// It waits for somebody else; none: it goes on.
    Waiting {
        /// For whom.
        on: Option<WaitsFor>,
    },
    /// The reporter, from whom we wait for something, was told until when we wait.
    LastCalled {
        /// The local day.
        until: Date,
    },
    /// A person wrote a note.
    Remarked {
        /// The note.
        text: String,
    },
    /// Somebody looked at personal or proprietary data for the investigation.
    DataAccessed {
        /// Who, what, why.
        text: String,
    },
    /// It was found among junk, and waits aside.
    Junked {
        /// It looks like a report all the same.
        looks: bool,
    },
    /// It is no junk.
    Adopted,
    /// Nothing more is owed.
    Closed,
    /// It goes on.
    Reopened,
    /// A fact that only the policy knows.
    Declared {
        /// Its name in the policy.
        name: String,
    },
}

impl What {
    /// The name by which policies, scripts and the store know it.
    pub fn name(&self) -> FactName {
        FactName::new(match self {
            Self::Received => "received",
            Self::CopyReceived => "copy-received",
            Self::ReporterWrote => "reporter-wrote",
            Self::Noted { .. } => "noted",
            Self::Acknowledged => "acknowledged",
            Self::Decided { .. } => "decided",
            Self::Evaluated { .. } => "evaluated",
            Self::Dated { .. } => "dated",
            Self::DateNotDue => "date-not-due",
            Self::Planned { .. } => "planned",
            Self::Answered => "answered",
            Self::Crossed { .. } => "crossed",
            Self::Owned { .. } => "owned",
            Self::Disowned => "disowned",
            Self::Resolved => "resolved",
            Self::UpdatePosted => "update-posted",
            Self::Published => "published",
            Self::Thanked => "thanked",
            Self::Credited => "credited",
            Self::CreditDeclined => "credit-declined",
            Self::Exploited => "exploited",
            Self::Undelivered { .. } => "undelivered",
            Self::Retracted { .. } => "retracted",
            Self::Classed { .. } => "classed",
            Self::Unclassed { .. } => "unclassed",
            Self::DateDecided { .. } => "date-decided",
            Self::Set { .. } => "set",
            Self::Waiting { .. } => "waiting",
            Self::LastCalled { .. } => "last-called",
            Self::Remarked { .. } => "remarked",
            Self::DataAccessed { .. } => "data-accessed",
            Self::Junked { .. } => "junked",
            Self::Adopted => "adopted",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Declared { name } => name,
        })
    }

    /// Whether it meets a promise only at or after the promise's start, or whenever
    /// it holds.
    pub fn act(&self) -> Act {
        self.name().act()
    }
}

/// The name of a fact, built in or declared by a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactName(String);

impl FactName {
    /// The names of all facts that are built in and that a policy may use, in the
    /// order of a report's life.
    pub const BUILT_IN: [&str; 19] = [
        "received",
        "acknowledged",
        "reporter-wrote",
        "evaluated",
        "dated",
        "date-not-due",
        "answered",
        "owned",
        "disowned",
        "resolved",
        "update-posted",
        "published",
        "thanked",
        "credited",
        "credit-declined",
        "exploited",
        "undelivered",
        "closed",
        "reopened",
    ];

    /// Takes a name as it is.
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Acts count from a promise's start on; conditions count whenever they hold.
    /// Declared facts are acts.
    pub fn act(&self) -> Act {
        match self.0.as_str() {
            "owned" | "resolved" | "update-posted" | "published" | "thanked" | "credited"
            | "credit-declined" => Act::Condition,
            _ => Act::Act,
        }
    }
}

impl fmt::Display for FactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a fact meets a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Only at or after the promise's start.
    Act,
    /// Whenever it holds.
    Condition,
}

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// gatepost itself: what a server told it.
    Gatepost,
    /// A person of the team, by the name in the config.
    Person(String),
}

impl By {
    /// The name that is stored and shown.
    pub fn name(&self) -> &str {
        match self {
            Self::Gatepost => "gatepost",
            Self::Person(name) => name,
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Self {
        if name == "gatepost" {
            Self::Gatepost
        } else {
            Self::Person(name.to_owned())
        }
    }
}

/// One fact of one ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its number in the record, counted over all tickets.
    pub n: i64,
    /// When it happened (not: when it was written down).
    pub at: Timestamp,
    /// What happened.
    pub what: What,
    /// Who says so.
    pub by: By,
    /// The letter that carried it, by its number in the outbox.
    pub letter: Option<i64>,
    /// The mail that carried it, by its number.
    pub mail: Option<i64>,
    /// The way that was neither: `signal`, `phone`, as the person said; or how gatepost knows
    /// it of the mail: [`INFERRED`], [`LABELLED`].
    pub via: Option<String>,
}

impl Fact {
    /// What nobody said and no mail carried: a fact that is supposed, to see what follows.
    pub fn supposed(n: i64, at: Timestamp, what: What) -> Self {
        Self {
            n,
            at,
            what,
            by: By::Gatepost,
            letter: None,
            mail: None,
            via: None,
        }
    }

    /// One after the other, a second apart.
    #[cfg(test)]
    pub(crate) fn each_second(whats: &[What]) -> Vec<Self> {
        let at = |n| Timestamp::from_second(n).unwrap();
        let each = (1..).zip(whats);
        each.map(|(n, what)| Self::supposed(n, at(n), what.clone()))
            .collect()
    }
}

/// The mail cites nothing: whom it reached says that it is about this ticket. With a space:
/// nobody can type it as a way.
pub const INFERRED: &str = "inferred ticket";

/// A labelled line of the mail says so.
pub const LABELLED: &str = "labelled line";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_tag_is_the_name() {
        let what = What::Dated {
            on: jiff::civil::date(2026, 12, 4),
        };
        let json = serde_json::to_value(&what).unwrap_or_default();
        assert_eq!(
            json,
            serde_json::json!({"fact": "dated", "on": "2026-12-04"})
        );
        assert_eq!(what.name().as_str(), "dated");
    }
}
