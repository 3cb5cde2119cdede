//! The classes of a report: by which watched addresses it came.

use crate::config::{Config, MailboxConfig};
use crate::mail::{Address, Mail};
use std::collections::BTreeSet;

/// The class whose reporter's mailbox may be read by the attacker.
pub const ATTACK: &str = "attack";

/// Where mail servers write which address a mail was delivered to.
const DELIVERED: [&str; 3] = ["delivered-to", "x-original-to", "envelope-to"];

/// The classes of a mail: that of its mailbox, and those of the watched addresses that it
/// names. Anybody can name an address: a class only ever adds promises.
pub fn classes(config: &Config, mailbox: &MailboxConfig, mail: &Mail) -> BTreeSet<String> {
    let delivered = DELIVERED.iter().flat_map(|name| mail.headers.all(name));
    let delivered = delivered
        .flat_map(|value| value.split(','))
        .filter_map(|one| Address::parse(one.trim().trim_matches(['<', '>'])));
    let named: Vec<Address> = delivered.chain(mail.recipients.iter().cloned()).collect();
    let watched = config.mailboxes.iter().flat_map(MailboxConfig::addresses);
    let of_addresses = watched
        .filter(|(address, class)| class.is_some() && named.contains(address))
        .filter_map(|(_, class)| class.map(str::to_owned));
    mailbox.class.iter().cloned().chain(of_addresses).collect()
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
            let found = classes(config, &config.mailboxes[0], &mail);
            assert_eq!(Vec::from_iter(found), expected, "{header}");
        };
        for header in [
            "To: security@example.org, Shield <SHIELD@example.org>",
            "Cc: shield@example.org",
            "Delivered-To: a@b\r\nDelivered-To: shield@example.org",
            "X-Original-To: <shield@example.org>",
            "Envelope-To: a@b, shield@example.org",
        ] {
            check(&config, header, &["attack"]);
        }
        for header in [
            "To: security@example.org",
            "To: help@example.org",
            "To: shield@example.net",
            "Subject: shield@example.org",
        ] {
            check(&config, header, &[]);
        }
        config.mailboxes[0].class = Some("loud".to_owned());
        check(&config, "To: x@y", &["loud"]);
        check(&config, "To: shield@example.org", &["attack", "loud"]);
    }
}
