//! What a report says stays in the store: no log, no other file, no process listing and no
//! letter of gatepost holds a word of it, and no password is anywhere.

use crate::kit::{Gatepost, PATIENCE, all_files, body, header};
use crate::post_office::{PASSWORD, PostOffice, wait_until};
use std::fs;
use std::process::{Command, Stdio};

/// One word for each place of a mail that a stranger fills.
fn canaries() -> Vec<String> {
    (0..40).map(|n| format!("canary-{n:02}")).collect()
}

/// A report with a canary in each place; its address is `canary-address…`.
fn report_with_canaries(g: &Gatepost, id: &str) -> Vec<u8> {
    let (from, to) = (g.reporter("canary-address"), &g.address);
    let mail = format!(
        "From: canary-00 <{from}> (canary-01)\nTo: canary-02 <{to}>\nSubject: canary-03\n\
         Message-ID: <{id}>\nReferences: <canary-root@example.net>\n\
         Date: Mon, 23 Nov 2026 10:00:00 +0000 (canary-04)\n\
         Cc: canary-05 <canary-06@example.net>\nReply-To: canary-07 <canary-08@example.net>\n\
         Sender: canary-09@example.net\nResent-From: canary-10@example.net\n\
         Resent-To: canary-11@example.net\nComments: canary-12\nKeywords: canary-13\n\
         Organization: canary-14\nX-Mailer: canary-15\nUser-Agent: canary-16\n\
         Received: from canary-17 by canary-17\nDKIM-Signature: v=1; d=canary-18\n\
         Authentication-Results: canary-19; dmarc=pass\nARC-Seal: i=1; d=canary-20\n\
         X-Spam-Status: canary-21\nThread-Topic: canary-22\nThread-Index: canary-23\n\
         Return-Receipt-To: canary-24@example.net\n\
         Disposition-Notification-To: canary-25@example.net\nErrors-To: canary-26@example.net\n\
         Content-Language: canary-27\nContent-Description: canary-28\nX-Priority: canary-29\n\
         MIME-Version: 1.0 (canary-30)\nContent-Type: multipart/mixed; boundary=canary-31\n\n\
         canary-32\n--canary-31\nContent-Type: text/plain; charset=utf-8; name=canary-33\n\n\
         canary-34 at https://example.org/canary-35\n--canary-31\n\
         Content-Type: application/octet-stream; x=canary-36\nContent-ID: <canary-37@example.net>\n\
         Content-Disposition: attachment; filename=canary-38.bin\n\ncanary-39\n--canary-31--\n"
    );
    for canary in canaries() {
        assert!(mail.contains(&canary), "{canary} sits nowhere");
    }
    mail.into_bytes()
}

fn deliver(g: &Gatepost, id: &str) {
    let mail = report_with_canaries(g, id);
    g.office
        .deliver(&g.reporter("canary-address"), &g.address, &mail);
}

/// Asserts that none of the words is in the text.
fn lacks(what: &str, text: &str, words: &[&str]) {
    for word in words {
        let line = text.lines().find(|l| l.contains(word));
        assert_eq!(line, None, "{word} is in {what}");
    }
}

/// The forms in which a password travels: as it is, and as AUTH sends it.
fn password_forms(g: &Gatepost) -> Vec<String> {
    let plain = format!("\0{}\0{PASSWORD}", g.address);
    let encode = |text: &str| crate::harmless::base64(text.as_bytes());
    vec![PASSWORD.to_owned(), encode(PASSWORD), encode(&plain)]
}

#[test]
fn no_log_no_file_and_no_listing_holds_a_word_of_a_report_or_the_password() {
    for form in ["text", "json"] {
        let g = Gatepost::ready(PostOffice::shared(), "leaks");
        let log = logged_run(&g, form, "trace");
        assert!(log.contains("DEBUG"), "the level reached the log: {log}");
        let passwords = password_forms(&g);
        let canaries = canaries();
        let mut words: Vec<&str> = canaries.iter().map(String::as_str).collect();
        words.extend(passwords.iter().map(String::as_str));
        lacks("the log", &log, &words);
        for (path, bytes) in all_files(g.dir.path()) {
            let text = String::from_utf8_lossy(&bytes);
            let name = path
                .strip_prefix(g.dir.path())
                .unwrap()
                .display()
                .to_string();
            if name == "password" {
                continue;
            }
            lacks(&name, &text, &words[canaries.len()..]);
            if !name.starts_with("store/") {
                lacks(&name, &text, &words);
            }
        }
        let log = logged_run(&g, form, "info");
        assert!(log.contains("taken in"), "{log}");
        lacks("the log at info", &log, &["canary"]);
    }
}

/// Runs the daemon at this level, with its temporary files and its home in the test's
/// folder, while a report comes in and is answered; gives its log.
fn logged_run(g: &Gatepost, form: &str, level: &str) -> String {
    let before = g.list().len();
    let log = fs::File::create(g.path("log")).unwrap();
    let mut child = g
        .command(&["run", "--log", form, "--level", level])
        .current_dir(g.dir.path())
        .env("TMPDIR", g.dir.path())
        .env("HOME", g.dir.path())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    deliver(g, &format!("leak{before}@example.net"));
    wait_until("the report is answered", PATIENCE, || {
        let tickets = g.list();
        let done = tickets.len() > before && tickets.iter().all(|t| t["acknowledgement"] == "sent");
        done.then_some(())
    });
    let listing = ["cmdline", "environ"].map(|file| {
        let bytes = fs::read(format!("/proc/{}/{file}", child.id())).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    assert!(listing[0].contains("gatepost"));
    lacks(
        "the process listing",
        &listing.concat(),
        &["canary", PASSWORD],
    );
    let id = child.id().to_string();
    assert!(Command::new("kill").arg(id).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    g.log()
}

#[test]
fn a_refused_password_is_in_no_word_of_ours() {
    let g = Gatepost::ready(PostOffice::shared(), "refused-password");
    g.write_secret("password", "canary-password", 0o600);
    for args in [
        &["check"][..],
        &["run", "--once", "--level", "trace"],
        &["audit"],
    ] {
        let said = g.run(args);
        assert_ne!(said.code, 0);
        let all = format!("{}{}", said.out, said.err);
        lacks(
            "what is said",
            &all,
            &["canary", &crate::harmless::base64(b"canary-password")],
        );
    }
    lacks("the list", &g.run(&["list"]).ok(), &["canary"]);
}

#[test]
fn no_letter_holds_a_word_of_a_report() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "letters");
    deliver(&g, "canary-id@example.net");
    wait_until("it lies in the mailbox", PATIENCE, || {
        (office.inbox(&g.address).len() == 1).then_some(())
    });
    g.once().ok();
    // Past the deadline of Thursday 17:00, and the digest of the next morning.
    for later in ["2026-11-25 17:00", "2026-11-26 17:30", "2026-11-27 09:05"] {
        office.clock(later);
        g.once().ok();
    }
    let reporter = g.reporter("canary-address");
    let receipt = g.wait_for_mail(&reporter, 1).remove(0);
    only_threads(&receipt);
    let reminders = g.wait_for_mail(&g.anna, 3);
    for letter in &reminders {
        let text = format!("{letter}\n{}", body(letter));
        lacks("a letter to the team", &text, &["canary"]);
        assert!(text.contains("0001"), "it is about the ticket: {text}");
    }
}

/// The receipt may name its reader and cite their Message-ID, and nothing else.
fn only_threads(receipt: &str) {
    const ALLOWED: [&str; 6] = [
        "To",
        "In-Reply-To",
        "References",
        "Delivered-To",
        "Received",
        "X-Original-To",
    ];
    let unfolded = receipt.replace("\n ", " ").replace("\n\t", " ");
    let head = unfolded.split("\n\n").next().unwrap();
    for line in head.lines() {
        let name = line.split(':').next().unwrap();
        if !ALLOWED.iter().any(|a| a.eq_ignore_ascii_case(name)) {
            lacks("the receipt", line, &["canary"]);
        }
    }
    assert_eq!(
        header(receipt, "In-Reply-To").unwrap(),
        "<canary-id@example.net>"
    );
    lacks("the receipt's text", &body(receipt), &["canary"]);
}
