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
    if signs.greets() || is_of_the_reporter(seen) {
        return None;
    }
    let wording = signs.wording();
    let built = || signs.has_structure() && !signs.speaks_of_itself();
    let is_automatic = || signs.is_said_to_be_automatic() && !signs.speaks_of_itself();
    let is_like_one = if signs.subject() {
        wording || built()
    } else {
        wording && (is_automatic() || built())
    };
    is_like_one.then(|| "it is worded like a bounce".to_owned())
}
