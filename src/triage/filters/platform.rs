//! From a platform for reports that the config names. It answers its reporters itself.
//!
//! Its name in From is not enough: our mail server must vouch for it.

use super::Filter;
use crate::triage::{Kind, Seen, platform};

pub(super) const PLATFORM: Filter = Filter {
    name: "platform",
    kind: Kind::Platform,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let platform = platform::platform(seen.house, seen.way, seen.mail)?;
    Some(format!(
        "it is from {}, a platform of the config, and our mail server vouches for it",
        platform.name
    ))
}
