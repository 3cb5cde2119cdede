//! Roles of folders, by what servers list.

use super::*;
use crate::config::sample;

/// `*Name` is marked as junk, `+Name` as for sent mail.
fn listed(separator: &str, names: &[&str]) -> Vec<There> {
    let there = |name: &&str| {
        let (marked, name) = match name.split_at(1) {
            ("*", rest) => (Some(Role::Junk), rest),
            ("+", rest) => (Some(Role::Sent), rest),
            _ => (None, *name),
        };
        There {
            name: name.to_owned(),
            separator: (!separator.is_empty()).then(|| separator.to_owned()),
            marked,
        }
    };
    names.iter().map(there).collect()
}

fn check(separator: &str, names: &[&str], junk: &[&str], sent: &[&str]) {
    let there = listed(separator, names);
    let found = [Role::Junk, Role::Sent].map(|role| of_role(role, &there));
    assert_eq!(found, [junk, sent], "{separator:?} {names:?}");
}

#[test]
fn what_the_server_marks_counts_and_a_name_only_where_it_marks_nothing() {
    check(
        "/",
        &["INBOX", "*Dust", "Junk", "+Out"],
        &["Dust"],
        &["Out"],
    );
    check(
        "/",
        &["*Junk", "*Spam", "Sent"],
        &["Junk", "Spam"],
        &["Sent"],
    );
    // What is marked as something else is not taken by its name.
    check("/", &["+Spam", "INBOX"], &[], &["Spam"]);
}

#[test]
fn usual_names_are_known_at_the_top_and_below_inbox() {
    check("/", &["INBOX", "Archive"], &[], &[]);
    check(
        ".",
        &["INBOX.Junk", "INBOX.Sent"],
        &["INBOX.Junk"],
        &["INBOX.Sent"],
    );
    check(
        "/",
        &["inbox/spam", "SENT ITEMS"],
        &["inbox/spam"],
        &["SENT ITEMS"],
    );
    check("\\", &["INBOX\\Bulk Mail"], &["INBOX\\Bulk Mail"], &[]);
    check(
        "",
        &["Junk E-mail", "Gesendet"],
        &["Junk E-mail"],
        &["Gesendet"],
    );
    check(".", &["Spam", "Junk"], &["Junk", "Spam"], &[]);
    check(
        "/",
        &["Sent/2026", "Lists/Junk", "INBOX/a/Spam", "Unsent"],
        &[],
        &[],
    );
    // The separator of another server is a letter of the name.
    check("/", &["INBOX.Junk"], &[], &[]);
}

#[test]
fn names_in_modified_utf_7_are_read() {
    check("/", &["Unerw&APw-nscht"], &["Unerw&APw-nscht"], &[]);
    check("/", &["Envoy&AOk-s"], &[], &["Envoy&AOk-s"]);
    check("/", &["&V4NXPpCuTvY-"], &["&V4NXPpCuTvY-"], &[]);
    check("/", &["Skr\u{e4}ppost"], &["Skr\u{e4}ppost"], &[]);
    for (name, expected) in [
        ("R&-D", "R&D"),
        ("&AOk", "&AOk"),
        ("&A-", "&A-"),
        ("&2D0-", "&2D0-"),
        ("&2D3cwQ-", "\u{1f4c1}"),
        ("plain", "plain"),
    ] {
        assert_eq!(readable(name), expected, "{name}");
    }
}

#[test]
fn the_config_names_a_folder_or_switches_it_off() {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let there = listed("/", &["INBOX", "*Junk", "Sent", "Team"]);
    let watch = |change: fn(&mut MailboxConfig)| {
        let mut mailbox = config.mailboxes[0].clone();
        change(&mut mailbox);
        let all = watched(&mailbox, &there);
        let word = |w: &Watched| format!("{} {}", w.name, w.role.word());
        all.iter().map(word).collect::<Vec<_>>().join(", ")
    };
    for (change, expected) in [
        (
            (|_| {}) as fn(&mut MailboxConfig),
            "INBOX inbox, Junk junk, Sent sent",
        ),
        (|m| m.watch_junk = false, "INBOX inbox, Sent sent"),
        (|m| m.watch_sent = false, "INBOX inbox, Junk junk"),
        (
            |m| {
                m.junk_folder = Some("Dust".to_owned());
                m.sent_folder = Some("Team".to_owned());
            },
            "INBOX inbox, Dust junk, Team sent",
        ),
        // Listed among those where mail arrives, it is still for junk; unless that is off.
        (
            |m| m.folders = vec!["Junk".to_owned(), "inbox".to_owned()],
            "inbox inbox, Junk junk, Sent sent",
        ),
        (
            |m| {
                m.folders = vec!["Junk".to_owned()];
                m.watch_junk = false;
            },
            "Junk inbox, Sent sent",
        ),
    ] {
        assert_eq!(watch(change), expected);
    }
}
