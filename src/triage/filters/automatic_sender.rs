//! An address that programs write from: the local parts that RFC 2142 and custom keep for
//! mail systems and lists. Only the local part counts, never a display name.

use super::Filter;
use crate::triage::{Kind, Seen};

pub(super) const AUTOMATIC_SENDER: Filter = Filter {
    name: "automatic-sender",
    kind: Kind::AutomaticSender,
    matches,
};

fn matches(seen: &Seen) -> Option<String> {
    let local = seen.mail.author.address()?.local().to_ascii_lowercase();
    is_a_programs(&local).then(|| "its address is one that programs write from".to_owned())
}

fn is_a_programs(local: &str) -> bool {
    // `no-reply`, `no_reply`, `noreply+123`, `do.not.reply`: the same word.
    let base = local.split('+').next().unwrap_or(local);
    let word: String = base.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let is_word = [
        "mailerdaemon",
        "postmaster",
        "noreply",
        "donotreply",
        "bounce",
        "bounces",
        "nobody",
    ];
    let begins = ["noreply", "donotreply", "bounce-", "bounces-", "owner-"];
    is_word.contains(&word.as_str())
        || begins
            .iter()
            .any(|b| base.starts_with(b) || (!b.ends_with('-') && word.starts_with(b)))
        || base.ends_with("-request")
        || base.ends_with("-bounces")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_people() {
        for program in [
            "mailer-daemon",
            "postmaster",
            "no-reply",
            "no_reply",
            "noreply+42",
            "do.not.reply",
            "noreply-ci",
            "bounces",
            "bounces-17",
            "owner-announce",
            "announce-request",
            "list-bounces",
            "nobody",
        ] {
            assert!(is_a_programs(program), "{program}");
        }
        for person in [
            "mia",
            "norah",
            "security",
            "bouncer",
            "owner",
            "request",
            "nobody.knows",
            "reply",
        ] {
            assert!(!is_a_programs(person), "{person}");
        }
    }
}
