//! Whether a mail is acknowledged.
//!
//! An acknowledgement answers a person's first mail and nothing else. Where a rule is in
//! doubt, it is *held*: a person sees it, with the reason, and releases it. Where it could
//! only do harm, there is none. A rule here never keeps a mail from its ticket.
//!
//! Reasons are ours: no byte of the mail is in them.

use super::{AckMode, Authenticated, Because, Kind, Place, Reply, Role, Seen, Sent};
use crate::mail::{Address, Author};
use jiff::SignedDuration;

const OF_ADDRESS: &str = "this address has had its acknowledgements of the day";
const OF_DOMAIN: &str = "this domain has had its acknowledgements of the day";
const OF_HOUR: &str = "the acknowledgements of the hour are used up";
const RECEIVED_OVER: &str = "it was received over ";

/// Whether a reason, as it was given, is that a cap was reached.
pub fn is_over_a_cap(because: &str) -> bool {
    [OF_ADDRESS, OF_DOMAIN, OF_HOUR].contains(&because)
}

/// Whether a reason, as it was given, is that the mail was received long ago.
pub fn is_by_age(because: &str) -> bool {
    because.starts_with(RECEIVED_OVER)
}

/// The answer to a mail of this kind at this place. `age` is the time since it reached
/// the mailbox.
pub(super) fn reply(seen: &Seen, kind: Kind, place: Place, age: SignedDuration) -> Because<Reply> {
    match place {
        Place::Joins(_) => Because::new(Reply::None, "it continues a ticket"),
        Place::Internal(_) | Place::InternalInTray => {
            Because::new(Reply::None, "it is a matter of the team")
        }
        Place::Copy(_) | Place::CopyInTray => {
            Because::new(Reply::None, "the same mail was taken in before")
        }
        Place::Tray => Because::new(Reply::None, "it is on no ticket"),
        Place::Aside => Because::new(Reply::None, "we wrote it"),
        Place::Claims(_) => Because::new(Reply::Held, "it cites a ticket of somebody else"),
        Place::New if seen.known.before.is_some() => Because::new(
            Reply::None,
            "it cites a conversation from before gatepost: no receipt fits into that",
        ),
        Place::New => opening(seen, kind, age),
    }
}

/// The answer to a mail that opens a ticket.
fn opening(seen: &Seen, kind: Kind, age: SignedDuration) -> Because<Reply> {
    match kind {
        Kind::Own => Because::new(Reply::None, "it is a letter of ours"),
        Kind::Bounce => Because::new(Reply::None, "it is a bounce"),
        Kind::Machine => Because::new(Reply::None, "it is a report that a program makes"),
        Kind::Platform => Because::new(Reply::None, "the platform answers its reporters"),
        Kind::Team => Because::new(
            Reply::Held,
            "the team wrote it: nobody knows the reporter yet",
        ),
        Kind::UnprovenTeam => Because::new(Reply::Held, "nothing proves that the team wrote it"),
        Kind::Automatic => Because::new(Reply::Held, "a program wrote it"),
        Kind::List => Because::new(Reply::Held, "it was sent to many"),
        Kind::AutomaticSender => Because::new(Reply::Held, "programs write from its address"),
        Kind::Suppressed => {
            Because::new(Reply::Held, "its mail program asks for no automatic answer")
        }
        Kind::Person => match hold(seen, age) {
            Some(why) => Because::new(Reply::Held, why),
            None => Because::new(Reply::Acknowledge, "a person opened a ticket"),
        },
    }
}

/// What the team has to do with it.
fn of_ours(seen: &Seen) -> [(bool, &'static str); 3] {
    let author = seen.mail.author.address();
    [
        (
            seen.known.answered,
            "the team has answered it already, from its own mail program",
        ),
        (
            seen.was_sent(),
            "it lies in the folder for sent mail: it may be our own",
        ),
        (
            author.is_some_and(|a| seen.house.comes_to_us(a)),
            "the answer would come back to us",
        ),
    ]
}

/// Why the acknowledgement of a person's mail waits for a person of ours.
fn hold(seen: &Seen, age: SignedDuration) -> Option<String> {
    let Seen {
        mail, house, way, ..
    } = *seen;
    let holds = [
        (
            house.acknowledge == AckMode::Off,
            "acknowledgements are switched off",
        ),
        (
            way.authenticated == Authenticated::Fail,
            "its authentication failed: somebody else may have written it",
        ),
        (
            house.acknowledge == AckMode::Pass && way.authenticated == Authenticated::None,
            "nothing proves who wrote it",
        ),
        (way.folder == Role::Junk, "it was found among junk"),
        (
            mail.author == Author::Several,
            "it has more than one author",
        ),
        (mail.author == Author::Unusable, "it has no usable address"),
        // RFC 3834 section 2: nobody answers what came from nowhere.
        (mail.has_null_return_path(), "its return path is empty"),
        // The same section: somebody else's conversation, which came here by a blind copy
        // or a redirection.
        (
            is_of_others(seen),
            "it answers a mail that we do not know, and was not sent to us",
        ),
    ];
    of_ours(seen)
        .into_iter()
        .chain(holds)
        .find_map(|(holds, why)| holds.then(|| why.to_owned()))
        .or_else(|| over_a_cap(seen))
        .or_else(|| {
            (age > house.stale_after)
                .then(|| format!("{RECEIVED_OVER}{} hours ago", house.stale_after.as_hours()))
        })
}

/// Which cap the acknowledgement would break.
fn over_a_cap(seen: &Seen) -> Option<String> {
    let Seen {
        known, house, way, ..
    } = *seen;
    let (sent, caps) = match way.authenticated {
        Authenticated::Pass => (&known.sent_proven, &house.caps_proven),
        Authenticated::None | Authenticated::Fail => (&known.sent, &house.caps),
    };
    let over = |cap: fn(&Sent) -> u32| cap(sent) >= cap(caps);
    let caps = [
        (over(|sent| sent.to_address), OF_ADDRESS),
        (over(|sent| sent.to_domain), OF_DOMAIN),
        (over(|sent| sent.in_all), OF_HOUR),
    ];
    caps.into_iter()
        .find_map(|(over, why)| over.then(|| why.to_owned()))
}

/// A reply to what is not on record, to recipients of whom none is watched.
fn is_of_others(seen: &Seen) -> bool {
    let Seen {
        mail, known, house, ..
    } = *seen;
    let is_ours = |to: &Address| {
        let local = to.local().split('+').next().unwrap_or_default();
        house
            .watched
            .iter()
            .any(|w| w.domain() == to.domain() && w.local().eq_ignore_ascii_case(local))
    };
    !mail.in_reply_to.is_empty()
        && known.cited.is_empty()
        && !mail.recipients.is_empty()
        && !mail.recipients.iter().any(is_ours)
}

#[cfg(test)]
mod tests;
