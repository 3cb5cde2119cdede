//! The example that is in the binary is sound, and complete.

use super::*;
use crate::config::raw::{
    Raw, RawAcknowledge, RawAlarm, RawCalendar, RawCredits, RawKey, RawLabels, RawList, RawMailbox,
    RawMember, RawOpenPgp, RawOrganisation, RawPlatform, RawSecurityTxt, RawSmtp,
};
use serde::Deserialize;

#[test]
fn the_example_is_sound_once_it_is_filled_in() {
    let folder = folder(&filled());
    let config = load(&folder).unwrap();
    let mailbox = &config.mailboxes[0];
    assert_eq!(
        config.organisation.team_name,
        "The security team of Example"
    );
    assert_eq!(
        (config.reference.as_str(), config.policy.name.as_str()),
        ("SEC", "neon")
    );
    assert_eq!(
        (mailbox.folders.as_slice(), mailbox.size_limit),
        (&["INBOX".to_owned()][..], 52_428_800)
    );
    assert_eq!((mailbox.server.port, config.smtp.server.port), (993, 465));
    let account = config.smtp.account.as_ref().unwrap();
    assert_eq!(
        (mailbox.account.user.as_str(), account.user.as_str()),
        ("security@example.org", "security@example.org")
    );
    assert_eq!(
        mailbox.account.secret.to_string(),
        folder.path().join("imap.password").display().to_string()
    );
    assert_eq!(
        (mailbox.server.tls, account.auth),
        (Tls::Implicit, Auth::Password)
    );
    assert_eq!(
        (mailbox.poll.as_secs(), config.smtp.grace.as_secs()),
        (60, 60)
    );
    let caps = Sent {
        to_address: 4,
        to_domain: 20,
        in_all: 60,
    };
    let caps_proven = Sent {
        to_domain: u32::MAX,
        ..caps
    };
    let acknowledge = Acknowledge {
        mode: AckMode::NotFail,
        stale_after: SignedDuration::from_hours(72),
        caps,
        caps_proven,
    };
    assert_eq!(
        (config.acknowledge, config.smtp.envelope_sender),
        (acknowledge, EnvelopeSender::Mailbox)
    );
    assert_eq!(config.store, Path::new("/var/lib/gatepost/gatepost.db"));
    assert_eq!(config.house().acknowledge, AckMode::NotFail);
}

#[test]
fn the_example_is_refused_until_it_is_filled_in() {
    let error = load(&folder(EXAMPLE)).unwrap_err();
    assert_eq!(error.matches("is not filled in").count(), 8, "{error}");
    assert_eq!(
        error
            .lines()
            .filter(|line| line.starts_with("gatepost.toml:"))
            .count(),
        8,
        "{error}"
    );
}

/// What stands behind `# ` in the example is the default, or may be taken as it is.
#[test]
fn the_example_is_sound_with_every_key_in_use() {
    // Of the four places of a password one may be named.
    let others = ["password_command", "password_env", "password_credential"];
    let used: Vec<String> = filled()
        .lines()
        .map(uncommented)
        .filter(|line| !others.iter().any(|key| line.starts_with(key)))
        .collect();
    let text = used
        .join("\n")
        .replace("holidays = []\n", "")
        .replace("half_days = []", "")
        // The policy of the example has no promise of a class.
        .replace(", class = \"attack\" }", " }")
        .replace("class = \"attack\"\n", "")
        .replace("class = \"platform\"\n", "")
        .replace("roots = \"our-ca.pem\"", "")
        .replace("/usr/local/bin/page-oncall", "/bin/sh")
        .replace("/usr/bin/gpgsm", "/bin/sh")
        .replace("/usr/bin/gpg", "/bin/sh");
    let folder = folder(&text);
    super::languages::letters(&folder, &[]);
    put(&folder, "uk.ics", UK);
    let config = load(&folder).unwrap();
    assert_eq!(config.team.len(), 2);
    let openpgp = config.openpgp.as_ref().unwrap();
    assert_eq!(openpgp.timeout.as_secs(), 60);
    assert!(openpgp.decrypt.is_some() && openpgp.decrypt_smime.is_some());
    assert_eq!(openpgp.encrypt_to("<>").unwrap().len(), 10);
    let alarm = config.alarm.as_ref().unwrap();
    assert_eq!(
        (alarm.timeout.as_secs(), alarm.repeat.as_secs(), alarm.alive),
        (30, 900, true)
    );
    let watched: Vec<String> = config
        .house()
        .watched
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        watched,
        [
            "security@example.org",
            "security@example.net",
            "shield@example.org"
        ]
    );
    assert_eq!(
        config.organisation.key.unwrap().fingerprint,
        "7A35 90D1 0F2B 4C6E 8A91 B3D5 E7F9 0123 4567 89AB"
    );
    assert_eq!(
        config
            .calendar
            .holidays_from(date(2027, 5, 3))
            .collect::<Vec<_>>(),
        [
            (date(2027, 5, 3), "Early May bank holiday"),
            (date(2027, 5, 31), "public holiday"),
            (date(2027, 8, 30), "Summer bank holiday"),
        ]
    );
    assert_eq!(config.calendar.also_shown().len(), 2);
    assert_eq!((config.lists.len(), config.platforms.len()), (1, 1));
    assert_eq!(config.mailboxes[0].authserv_ids, ["mx.example.org"]);
    let text = config.security_txt.unwrap();
    assert_eq!((text.days, text.credits), (180, false));
    assert_eq!(
        text.file,
        folder.path().join("site/.well-known/security.txt")
    );
    assert_eq!(text.fields.languages, ["en", "de"]);
    assert_eq!(
        config.credits.unwrap().file,
        folder.path().join("site/thanks.md")
    );
}

/// Prose begins with a capital letter or goes on in small ones; TOML has a sign in it.
fn uncommented(line: &str) -> String {
    let Some(rest) = line.strip_prefix("# ") else {
        return line.to_owned();
    };
    let key = rest.split(" = ").next().unwrap_or_default();
    let is_key = rest.contains(" = ") && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_toml =
        is_key || rest.starts_with('[') || rest.starts_with(']') || rest.starts_with("    ");
    if is_toml {
        rest.to_owned()
    } else {
        line.to_owned()
    }
}

#[test]
fn every_key_is_in_the_example() {
    fn keys<T: for<'d> Deserialize<'d> + std::fmt::Debug>() -> Vec<String> {
        let message = toml::from_str::<T>("no-such-key = 1")
            .unwrap_err()
            .message()
            .to_owned();
        message
            .split('`')
            .skip(3)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }
    let tables = [
        "organisation",
        "team",
        "mailbox",
        "smtp",
        "calendar",
        "acknowledge",
        "labels",
        "alarm",
        "openpgp",
        "list",
        "platform",
        "credits",
        "security_txt",
    ];
    let all = [
        keys::<Raw>(),
        keys::<RawOrganisation>(),
        keys::<RawKey>(),
        keys::<RawMember>(),
        keys::<RawMailbox>(),
        keys::<RawSmtp>(),
        keys::<RawCalendar>(),
        keys::<RawAcknowledge>(),
        keys::<RawLabels>(),
        keys::<RawAlarm>(),
        keys::<RawOpenPgp>(),
        keys::<RawList>(),
        keys::<RawPlatform>(),
        keys::<RawSecurityTxt>(),
    ];
    assert!(all.iter().all(|keys| keys.len() >= 2), "{all:?}");
    assert_eq!(
        toml::from_str::<RawCredits>("no-such-key = 1")
            .unwrap_err()
            .message(),
        "unknown field `no-such-key`, expected `file`"
    );
    for key in all.concat() {
        let there = tables.contains(&key.as_str()) && EXAMPLE.contains(&format!("[{key}]"));
        assert!(there || EXAMPLE.contains(&format!("{key} = ")), "{key}");
    }
}
