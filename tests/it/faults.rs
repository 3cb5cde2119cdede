//! What a person breaks between gatepost and its servers is named, and costs no mail.

use crate::kit::{Answer, Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::time::{Duration, Instant};

/// Asserts that all of it was said.
pub fn says(text: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(text.contains(words), "{words:?} is not in: {text}");
    }
}

/// `check` answers "no" with these words in its red lines, `run --once` fails with them.
fn both_say(g: &Gatepost, wanted: &[&str]) {
    let Answer { code, out, .. } = g.run(&["check"]);
    assert_eq!(code, 3, "{out}");
    let red: String = out.lines().skip_while(|l| !l.starts_with("!!")).collect();
    says(&red, wanted);
    says(&g.once().code_in(&[1]), wanted);
}

#[test]
fn a_wrong_imap_password_is_named_and_the_mail_waits_for_the_right_one() {
    let g = Gatepost::ready(PostOffice::shared(), "imap-password");
    let mia = g.reporter("mia");
    g.report_from(&mia, "pw1@example.net");
    g.write_secret("password", "not-the-word", 0o600);
    let wanted = [
        "mailbox security",
        "refused the login",
        "localhost:",
        "password is read from",
    ];
    both_say(&g, &wanted);
    says(&g.run(&["audit"]).code_in(&[1]), &wanted);
    says(
        &g.run(&["list"]).ok(),
        &["!! mailbox security cannot be read since"],
    );
    assert!(g.list().is_empty());
    g.write_secret("password", crate::post_office::PASSWORD, 0o600);
    g.once().ok();
    assert_eq!(g.list().len(), 1);
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    assert!(!g.run(&["list"]).ok().contains("!!"), "it works again");
}

#[test]
fn a_wrong_smtp_password_keeps_the_letter_and_the_right_one_lets_it_leave() {
    let g = Gatepost::ready(PostOffice::shared(), "smtp-password");
    let mia = g.reporter("mia");
    let own = "password_file = \"smtp-password\"";
    g.write_config(&g.config_with("[smtp]", "password_file = \"password\"", own));
    g.write_secret("smtp-password", "not-the-word", 0o600);
    g.report_from(&mia, "pw2@example.net");
    both_say(
        &g,
        &[
            "smtp: localhost:",
            "refused the user name or the password",
            "535",
        ],
    );
    let t = &g.list()[0];
    assert_eq!(
        t["acknowledgement"], "queued",
        "535 is no word about a letter"
    );
    says(&g.run(&["list"]).ok(), &["!! SMTP does not work since"]);
    g.write_secret("smtp-password", crate::post_office::PASSWORD, 0o600);
    g.once().ok();
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    assert_eq!(g.fact_names("1"), ["received", "acknowledged"]);
    assert!(!g.run(&["list"]).ok().contains("!!"), "it works again");
}

#[test]
fn a_daemon_takes_a_new_password_without_a_restart() {
    let mut g = Gatepost::ready(PostOffice::shared(), "new-password");
    let mia = g.reporter("mia");
    g.write_secret("password", "", 0o600);
    g.start();
    wait_until("the daemon says what it lacks", PATIENCE, || {
        g.log().contains("holds no secret").then_some(())
    });
    g.report_from(&mia, "pw3@example.net");
    g.write_secret("password", crate::post_office::PASSWORD, 0o600);
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn a_folder_that_is_not_there_is_named_and_the_others_are_read() {
    for folders in [r#"["Archive", "INBOX"]"#, r#"["INBOX", "Archive"]"#] {
        let g = Gatepost::ready(PostOffice::shared(), "no-folder");
        let mia = g.reporter("mia");
        let folders = format!("name = \"security\"\nfolders = {folders}");
        g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", &folders));
        g.report_from(&mia, "nf@example.net");
        both_say(&g, &["mailbox security", "there is no folder \"Archive\""]);
        assert_eq!(g.list().len(), 1, "the report in INBOX is taken in");
        assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
        says(
            &g.run(&["list"]).ok(),
            &["!! mailbox security", "no folder \"Archive\""],
        );
        let init = g.run(&["init", "--folder", "Archive"]).code_in(&[1]);
        says(&init, &["there is no folder \"Archive\""]);
        let unwatched = g.run(&["init", "--folder", "Nowhere"]).code_in(&[2]);
        says(&unwatched, &["\"Nowhere\"", "hint: add it to `folders`"]);
    }
}

#[test]
fn a_folder_that_is_renamed_is_in_the_way_of_no_audit_and_of_no_restoring() {
    let g = Gatepost::new(PostOffice::shared(), "renamed");
    g.run(&["check"]);
    let maildir = g.office.maildir(&g.address);
    let (owner, archive) = (fs::metadata(&maildir).unwrap(), maildir.join(".Archive"));
    for folder in [
        archive.clone(),
        archive.join("cur"),
        archive.join("new"),
        archive.join("tmp"),
    ] {
        fs::create_dir(&folder).unwrap();
        chown(&folder, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
    let folders = "name = \"security\"\nfolders = [\"INBOX\", \"Archive\"]";
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", folders));
    g.run(&["init"]).ok();
    let copy = g.path("store/copy.db");
    g.run(&["backup", copy.to_str().unwrap()]).ok();
    g.report_from(&g.reporter("mia"), "renamed@example.net");
    fs::rename(&archive, archive.with_file_name(".Old")).unwrap();
    let audit = g.run(&["audit"]);
    assert_eq!(audit.code, 3);
    let wanted = [
        "Archive of security cannot be compared",
        "no folder \"Archive\"",
    ];
    says(&audit.out, &wanted);
    says(
        &audit.out,
        &["security INBOX: 1 mails on the server, 0 rows"],
    );
    for name in ["gatepost.db", "gatepost.db-wal", "gatepost.db-shm"] {
        fs::remove_file(g.path("store").join(name)).ok();
    }
    fs::rename(&copy, g.path("store/gatepost.db")).unwrap();
    let refused = g.once().code_in(&[2]);
    says(&refused, &wanted);
    says(&refused, &["1 mails on the server are not in it"]);
    let restored = g.run(&["run", "--once", "--restored"]).code_in(&[1]);
    says(&restored, &["no folder \"Archive\""]);
    assert_eq!(g.list().len(), 1);
    // And when the config does not name it any more, nobody speaks of it.
    g.write_config(&g.config());
    g.once().ok();
    says(
        &g.run(&["audit"]).ok(),
        &["1 mails on the server, 1 rows   ok"],
    );
}

#[test]
fn a_folder_without_a_baseline_is_said_and_not_read() {
    let g = Gatepost::new(PostOffice::shared(), "no-baseline");
    // As a store is that an older gatepost made, which watched INBOX alone.
    let alone = "name = \"security\"\nwatch_junk = false\nwatch_sent = false";
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", alone));
    g.run(&["init"]).ok();
    g.write_config(&g.config());
    let said = g.once();
    for folder in ["Junk", "Sent"] {
        says(
            &said.err,
            &["has no baseline", "gatepost init --folder", folder],
        );
    }
    g.run(&["health"]).code_in(&[3]);
    for folder in ["Junk", "Sent"] {
        let ill = g.run(&["health"]).out;
        says(&ill, &[&format!("gatepost init --folder \"{folder}\"")]);
        g.run(&["init", "--folder", folder]).ok();
    }
    assert_eq!(g.once().err, "");
    assert!(!g.run(&["health"]).out.contains("init --folder"));
}

#[test]
fn a_certificate_that_ended_is_refused_and_said() {
    let g = Gatepost::ready(PostOffice::shared(), "expired");
    let (good, ended) = (g.office.imaps, g.office.imaps_expired);
    let port = |n: u16| format!("port = {n}");
    g.write_config(&g.config_with("[[mailbox]]", &port(good), &port(ended)));
    g.report_from(&g.reporter("mia"), "cert1@example.net");
    let wanted = [
        "mailbox security",
        &format!("localhost:{ended}"),
        "has expired: renew it",
    ];
    both_say(&g, &wanted);
    assert!(g.list().is_empty());
    g.write_config(&g.config());
    g.once().ok();
    assert_eq!(g.list().len(), 1);
}

#[test]
fn a_certificate_of_an_issuer_that_nobody_trusts_is_refused_and_said() {
    let g = Gatepost::ready(PostOffice::shared(), "issuer");
    let roots = format!("roots = \"{}\"\n", g.office.ca().display());
    let wanted = [
        "localhost:",
        "an issuer that is not trusted here",
        "`roots`",
    ];
    g.write_config(&g.config_with("[[mailbox]]", &roots, ""));
    both_say(&g, &wanted);
    g.write_config(&g.config_with("[smtp]", &roots, ""));
    g.report_from(&g.reporter("mia"), "cert2@example.net");
    both_say(&g, &wanted);
    assert_eq!(g.list()[0]["acknowledgement"], "queued");
    g.write_config(&g.config_with("[smtp]", &roots, "roots = \"nowhere.pem\"\n"));
    says(&g.once().code_in(&[2]), &["nowhere.pem: cannot be read"]);
}

#[test]
fn a_second_daemon_names_the_first_and_leaves_and_a_dead_one_is_in_nobodys_way() {
    let mut g = Gatepost::ready(PostOffice::shared(), "two-daemons");
    g.start();
    let holder = format!("process {} since", g.pid());
    for args in [&["run"][..], &["run", "--once"]] {
        let began = Instant::now();
        let err = g.run(args).code_in(&[4]);
        assert!(began.elapsed() < Duration::from_secs(5));
        says(
            &err,
            &["another gatepost runs on this store", &holder, "hint:"],
        );
    }
    g.run(&["list"]).ok();
    g.signal("-KILL");
    g.once().ok();
    g.start();
    assert_eq!(g.signal("-TERM"), Some(0));
}
