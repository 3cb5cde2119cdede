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
    // `noreply+123` is no-reply, whatever it tags.
    let base = local.split('+').next().unwrap_or(local);
    let words: Vec<&str> = base
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let whole = words.concat();
    let is_word = [
        "mailerdaemon",
        "maildaemon",
        "mdaemon",
        "postmaster",
        "bounce",
        "bounces",
        "nobody",
    ];
    is_word.contains(&whole.as_str())
        || asks_for_no_reply(&words)
        || ["bounce-", "bounces-", "owner-"]
            .iter()
            .any(|begins| base.starts_with(begins))
        || ["-request", "-bounces"]
            .iter()
            .any(|ends| base.ends_with(ends))
}

/// `no-reply`, `no_reply`, `do.not.reply`, `alerts-noreply`, in some languages.
fn asks_for_no_reply(words: &[&str]) -> bool {
    let spelled: [&[&str]; 10] = [
        &["no", "reply"],
        &["do", "not", "reply"],
        &["dont", "reply"],
        &["not", "reply"],
        &["no", "responder"],
        &["nao", "responda"],
        &["ne", "pas", "repondre"],
        &["nicht", "antworten"],
        &["keine", "antwort"],
        &["non", "rispondere"],
    ];
    spelled.iter().any(|spelling| {
        let joined = spelling.concat();
        words.iter().any(|word| word.starts_with(&joined))
            || words.windows(spelling.len()).any(|w| w == *spelling)
    })
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
            "tlsrpt-noreply",
            "do_not_reply",
            "DoNotReply2",
            "ne-pas-repondre",
            "mail_daemon",
            "bounces",
            "bounces-17",
            "owner-announce",
            "announce-request",
            "list-bounces",
            "nobody",
        ] {
            assert!(is_a_programs(&program.to_lowercase()), "{program}");
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
            "casino-reply",
            "noreen",
            "piano.replyer",
        ] {
            assert!(!is_a_programs(person), "{person}");
        }
    }
}
