//! Worded and built like a bounce, by nobody who is known to write them.
//!
//! A gateway that signs with a name of its own, or a person who pasted a bounce and wrote
//! nothing else: neither can be told from the other. So it opens a ticket, where a person
//! reads it, and it is not answered. A greeting, or a writer who speaks of himself, makes it
//! a person's.

use super::Filter;
use super::bounce::{Signs, is_of_the_reporter};
use crate::triage::{Kind, Seen};

pub(super) const LIKE_A_BOUNCE: Filter = Filter {
    name: "like-a-bounce",
    kind: Kind::Automatic,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let signs = Signs::of(seen.mail);
    let built = signs.has_structure() && !signs.speaks_of_itself;
    let with_subject = signs.subject && (signs.wording || built);
    let is_automatic = signs.is_said_to_be_automatic && !signs.speaks_of_itself;
    let without = signs.wording && (built || is_automatic);
    (!signs.greets && !is_of_the_reporter(seen) && (with_subject || without))
        .then(|| "it is worded like a bounce".to_owned())
}
