//! The classes of a report: by which watched addresses it came.

use crate::config::{Config, MailboxConfig};
use crate::mail::{Address, Mail};
use std::cell::LazyCell;
use std::collections::BTreeSet;

/// The class whose reporter's mailbox may be read by the attacker.
pub const ATTACK: &str = "attack";

/// Where mail servers write into which mailbox a mail was put.
const PUT: &str = "delivered-to";
/// Where they write to which address it was sent.
const SENT: [&str; 2] = ["x-original-to", "envelope-to"];
/// Where each server on the way may write for whom it took it (RFC 5321 section 4.4): most do
/// where it is for one alone.
const PASSED: &str = "received";

/// The classes that a mail gives its report, and what they mean for one that has some.
#[derive(Debug, PartialEq, Eq)]
pub struct Classes {
    /// Those that it gives.
    pub given: BTreeSet<String>,
    /// It came by a way on which every promise holds as for any report: classes of
    /// addresses that release from some of them no longer hold.
    pub binds: bool,
}

/// The classes of a mail: that of its mailbox, and those of the watched addresses that it
/// names. Anybody can name an address, so an address only ever adds promises: its class
/// releases from some only where the mail came by no other way.
pub fn classes(config: &Config, mailbox: &MailboxConfig, mail: &Mail) -> Classes {
    let written = |name: &str| -> Vec<Address> {
        let values = mail.headers.all(name);
        let each = values.flat_map(|value| value.split(','));
        each.filter_map(|one| Address::parse(one.trim().trim_matches(['<', '>'])))
            .collect()
    };
    let put = written(PUT);
    let sent: Vec<Address> = SENT.iter().flat_map(|name| written(name)).collect();
    let passed = LazyCell::new(|| passed(mail));
    let is_shown = |address: &Address| {
        let mut shown = put.iter().chain(&sent);
        shown.any(|one| one == address) || passed.contains(address)
    };
    let is_named = |address: &Address| mail.recipients.contains(address) || is_shown(address);
    // Servers write where it was put, too: whatever way it came, that is the mailbox's own.
    // But what was sent to the mailbox itself, if only as a blind copy, came by that way too;
    // and where no server says that it went to the alias, nobody knows that it was not.
    let put_there = |address: &Address| {
        let mut aliases = mailbox.aliases.iter().map(|alias| &alias.address);
        *address == mailbox.address
            && !sent.contains(address)
            && !mail.recipients.contains(address)
            && aliases.any(|alias| mail.recipients.contains(alias) && is_shown(alias))
    };
    let watched = config.mailboxes.iter().flat_map(MailboxConfig::addresses);
    let mut ways: Vec<Option<&str>> = watched
        .filter(|(address, _)| is_named(address) && !put_there(address))
        .map(|(_, class)| class)
        .collect();
    // It was not sent to an address of this mailbox, and is there all the same.
    if !mailbox.addresses().any(|(address, _)| is_named(address)) {
        ways.push(mailbox.class.as_deref());
    }
    let released = config.policy.released();
    let releases = |class: &&str| released.contains(*class);
    let binds = ways
        .iter()
        .any(|way| way.as_ref().is_none_or(|class| !releases(class)));
    let all = ways.into_iter().flatten().chain(mailbox.class.as_deref());
    let given = all
        .filter(|class| !(binds && releases(class)))
        .map(str::to_owned)
        .collect();
    Classes { given, binds }
}

/// For whom the servers on the way took a mail, as far as they say.
fn passed(mail: &Mail) -> Vec<Address> {
    let mut found = Vec::new();
    for value in mail.headers.all(PASSED) {
        let mut words = value.split_whitespace();
        while words.by_ref().any(|word| word.eq_ignore_ascii_case("for")) {
            let word = words.next().unwrap_or_default();
            let address = word.trim_end_matches([';', ',']).trim_matches(['<', '>']);
            found.extend(Address::parse(address));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Alias, sample};
    use crate::mail::parse::parse;

    #[test]
    fn a_class_comes_with_an_address_or_with_a_mailbox() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        config.mailboxes[0].aliases = [("shield", Some("attack")), ("help", None)]
            .map(|(name, class)| Alias {
                address: Address::parse(&format!("{name}@example.org")).unwrap(),
                class: class.map(str::to_owned),
            })
            .into();
        let check = |config: &Config, header: &str, expected: &[&str]| {
            let mail = parse(format!("{header}\r\n\r\nx").as_bytes(), true);
            let found = classes(config, &config.mailboxes[0], &mail).given;
            assert_eq!(Vec::from_iter(found), expected, "{header}");
        };
        for header in [
            "To: security@example.org, Shield <SHIELD@example.org>",
            "Cc: shield@example.org",
            "Delivered-To: a@b\r\nDelivered-To: shield@example.org",
            "X-Original-To: <shield@example.org>",
            "Envelope-To: a@b, shield@example.org",
            "To: a@b\r\nReceived: from a (b [192.0.2.1])\r\n\tby c with ESMTPS id 1 for <shield@example.org>; Tue, 4 May 2027 09:00:00 +0000",
            "To: a@b\r\nReceived: by c FOR shield@example.org;\r\n Tue, 4 May 2027 09:00:00 +0000",
        ] {
            check(&config, header, &["attack"]);
        }
        for header in [
            "To: security@example.org",
            "To: help@example.org",
            "To: shield@example.net",
            "Subject: shield@example.org",
            "Received: by shield@example.org for you",
            "Received: by x for",
        ] {
            check(&config, header, &[]);
        }
        config.mailboxes[0].class = Some("loud".to_owned());
        check(&config, "To: x@y", &["loud"]);
        check(&config, "To: shield@example.org", &["attack", "loud"]);
    }

    #[test]
    fn a_class_that_releases_holds_only_for_what_came_by_no_other_way() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        config.policy.promises[0].except = vec!["support".to_owned()];
        config.mailboxes[0].aliases = [("help", "support"), ("shield", "attack")]
            .map(|(name, class)| Alias {
                address: Address::parse(&format!("{name}@example.org")).unwrap(),
                class: Some(class.to_owned()),
            })
            .into();
        let check = |header: &str, expected: &[&str], binds: bool| {
            let mail = parse(format!("{header}\r\n\r\nx").as_bytes(), true);
            let found = classes(&config, &config.mailboxes[0], &mail);
            let given: Vec<&str> = found.given.iter().map(String::as_str).collect();
            assert_eq!(
                (given.as_slice(), found.binds),
                (expected, binds),
                "{header}"
            );
        };
        check("To: help@example.org", &["support"], false);
        check("To: help@example.org, x@example.net", &["support"], false);
        check(
            "To: help@example.org\r\nCc: security@example.org",
            &[],
            true,
        );
        check(
            "To: help@example.org, shield@example.org",
            &["attack"],
            true,
        );
        check("To: security@example.org", &[], true);
        check("To: x@example.net", &[], true);
        let put = "Delivered-To: security@example.org\r\nTo: x@example.net";
        check(put, &[], true);
        // A blind copy to the mailbox itself would look like this.
        let put = "Delivered-To: security@example.org\r\nTo: help@example.org";
        check(put, &[], true);
        let took = |who: &str| {
            format!(
                "Received: by mx.example.org with SMTP id 1 for <{who}>;\r\n\tTue, 4 May 2027 09:00:00 +0000"
            )
        };
        let (help, own) = (took("help@example.org"), took("security@example.org"));
        check(&format!("{help}\r\n{put}"), &["support"], false);
        check(&format!("{own}\r\n{help}\r\n{put}"), &["support"], false);
        check(
            &format!("Delivered-To: help@example.org\r\n{put}"),
            &["support"],
            false,
        );
        check(&format!("{own}\r\n{put}"), &[], true);
        check(&format!("{}\r\n{put}", took("help@example.net")), &[], true);
        check(
            &format!("{help}\r\nTo: help@example.org"),
            &["support"],
            false,
        );
        check(&format!("{help}\r\nTo: security@example.org"), &[], true);
        let sent = "X-Original-To: help@example.org\r\nDelivered-To: security@example.org\r\nTo: help@example.org";
        check(sent, &["support"], false);
        // A blind copy to the mailbox itself.
        for header in ["X-Original-To", "Envelope-To"] {
            let sent = "security@example.org\r\nDelivered-To: security@example.org\r\nTo: help@example.org";
            check(&format!("{header}: {sent}"), &[], true);
        }
    }
}
