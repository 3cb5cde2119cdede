//! Sent to many: the fields of a mailing list (RFC 2369, RFC 2919), `Mailing-List`, and
//! `Precedence` with a word for bulk.
//!
//! A list that the config names as a way to us has left nothing of this in the mail that is
//! judged ([`crate::mail::undone`]).

use super::Filter;
use crate::mail::keyword;
use crate::triage::{Kind, Seen};

pub(super) const LIST: Filter = Filter {
    name: "list",
    kind: Kind::List,
    matches,
};

const BULK: [&str; 4] = ["bulk", "junk", "list", "auto_reply"];

fn matches(seen: &Seen) -> Option<String> {
    let of_a_list = |name: &str| name.starts_with("list-") || name == "mailing-list";
    let mail = seen.mail;
    if mail.headers.names().any(of_a_list) {
        return Some("it bears the fields of a mailing list".to_owned());
    }
    let bulk = mail
        .headers
        .all("precedence")
        .any(|value| BULK.contains(&keyword(value).as_str()));
    bulk.then(|| "Precedence says that it was sent in bulk".to_owned())
}
