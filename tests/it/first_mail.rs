//! The way of one mail: from the mailbox to a ticket and back to the reporter.

use crate::kit::{Gatepost, PATIENCE, body, header, report};
use crate::post_office::{PostOffice, wait_until};
use std::fs;

#[test]
fn a_report_becomes_a_ticket_and_its_reporter_gets_one_receipt() {
    let mut g = Gatepost::ready(PostOffice::shared(), "first");
    let mia = g.reporter("mia");
    g.start();
    let sent = report(
        &mia,
        &g.address,
        "r1@example.net",
        "XSS in search",
        "",
        "Open https://example.org/search?q=<script>.",
    );
    g.arrives(&mia, &sent);
    let got = g.wait_for_mail(&mia, 1);
    let tickets = g.list();
    assert_eq!(tickets.len(), 1);
    let t = &tickets[0];
    assert_eq!(t["stage"], "new");
    assert_eq!(t["reporter"]["address"], mia.as_str());
    assert_eq!(t["subject"], "XSS in search");
    let reference = t["ref"].as_str().unwrap();
    assert_eq!(
        header(&got[0], "Subject").unwrap(),
        format!("[{reference}] We have your report")
    );
    assert_eq!(header(&got[0], "To").unwrap().trim_matches(['<', '>']), mia);
    assert_eq!(header(&got[0], "Auto-Submitted").unwrap(), "auto-replied");
    assert_eq!(header(&got[0], "Precedence").unwrap(), "auto_reply");
    assert_eq!(header(&got[0], "X-Auto-Response-Suppress").unwrap(), "All");
    assert_eq!(header(&got[0], "In-Reply-To").unwrap(), "<r1@example.net>");
    assert_eq!(header(&got[0], "References").unwrap(), "<r1@example.net>");
    assert_eq!(
        header(&got[0], "Return-Path").unwrap(),
        format!("<{}>", g.address)
    );
    let text = body(&got[0]);
    assert!(text.contains(reference) && text.contains("17:00"), "{text}");
    assert!(
        !text.contains("XSS") && !text.contains("<script") && !text.contains("Mia"),
        "no byte of the sender's choosing: {text}"
    );
    wait_until("the receipt is on record", PATIENCE, || {
        (g.list()[0]["acknowledgement"] == "sent").then_some(())
    });
    assert_eq!(g.fact_names("1"), ["received", "acknowledged"]);
    assert_eq!(t["deadlines"][0]["promise"], "respond");
    assert_eq!(
        t["deadlines"][0]["standing"], "on-time",
        "a receipt is no answer, and the Date header of 2001 is no input"
    );
    assert_eq!(g.signal("-TERM"), Some(0));
    assert_eq!(g.mail_of(&mia).len(), 1);
}

#[test]
fn raw_bytes_come_back_and_the_mailbox_is_as_it_was() {
    let g = Gatepost::ready(PostOffice::shared(), "raw");
    let mia = g.reporter("mia");
    let mut sent = report(&mia, &g.address, "raw@example.net", "bytes", "", "line");
    sent.extend_from_slice(b"8-bit \xe9\xff, dots:\n.\n..\nlong: ");
    sent.extend(std::iter::repeat_n(b'x', 900));
    sent.push(b'\n');
    g.arrives(&mia, &sent);
    let stored = wait_until("it is delivered", PATIENCE, || {
        g.office.inbox(&g.address).pop()
    });
    g.once().ok();
    let raw = g
        .command(&["show", "1", "--raw", "1"])
        .output()
        .unwrap()
        .stdout;
    assert_eq!(
        raw.iter().filter(|b| **b == b'\n').count(),
        raw.windows(2).filter(|w| w == b"\r\n").count(),
        "as IMAP gives it: CRLF"
    );
    let unix: Vec<u8> = String::from_utf8_lossy(&raw)
        .replace("\r\n", "\n")
        .into_bytes();
    assert_eq!(
        unix,
        String::from_utf8_lossy(&stored)
            .replace("\r\n", "\n")
            .into_bytes()
    );
    assert!(
        raw.windows(4).any(|w| w == b"\xe9\xff, "),
        "8-bit bytes are as they were"
    );
    let maildir = g
        .office
        .ca()
        .parent()
        .unwrap()
        .join("mail")
        .join(&g.address);
    let seen: Vec<String> = ["cur", "new"]
        .iter()
        .filter_map(|d| fs::read_dir(maildir.join(d)).ok())
        .flatten()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| {
            n.rsplit(":2,")
                .next()
                .is_some_and(|flags| n.contains(":2,") && !flags.is_empty())
        })
        .collect();
    assert!(seen.is_empty(), "a flag was set on the server: {seen:?}");
}

#[test]
fn mails_that_are_read_already_or_were_there_before_are_told_apart_by_rows_alone() {
    let g = Gatepost::new(PostOffice::shared(), "baseline");
    let mia = g.reporter("mia");
    for i in 0..5 {
        let old = report(
            &mia,
            &g.address,
            &format!("old{i}@example.net"),
            "old",
            "",
            "was here before",
        );
        g.arrives(&mia, &old);
    }
    assert!(g.run(&["init"]).ok().contains("5 mails are the baseline"));
    g.once().ok();
    assert_eq!(g.list().len(), 0);
    assert_eq!(g.mail_of(&mia).len(), 0, "no letter for the baseline");
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "new@example.net",
            "new",
            "",
            "https://example.org/x",
        ),
    );
    g.once().ok();
    g.once().ok();
    assert_eq!(g.list().len(), 1);
    assert_eq!(g.mail_of(&mia).len(), 1);
    let audit = g.run(&["audit"]).ok();
    assert!(
        audit.contains("6 mails on the server, 6 rows   ok"),
        "{audit}"
    );
}

#[test]
fn a_follow_up_joins_a_copy_is_known_and_a_stranger_only_claims() {
    let g = Gatepost::ready(PostOffice::shared(), "thread");
    let (mia, eve) = (g.reporter("mia"), g.reporter("eve"));
    let first = report(
        &mia,
        &g.address,
        "t1@example.net",
        "SSRF",
        "",
        "See https://example.org/hook.",
    );
    g.arrives(&mia, &first);
    wait_until("it is delivered", PATIENCE, || {
        g.office.inbox(&g.address).pop()
    });
    g.once().ok();
    let receipt = g.wait_for_mail(&mia, 1).pop().unwrap();
    let our_id = header(&receipt, "Message-ID").unwrap();
    let answer = |from: &str, id: &str, cites: &str| {
        report(
            from,
            &g.address,
            id,
            "Re: SSRF",
            &format!("In-Reply-To: {cites}\n"),
            "more",
        )
    };
    g.arrives(&mia, &answer(&mia, "t2@example.net", "<t1@example.net>"));
    g.arrives(&mia, &answer(&mia, "t3@example.net", &our_id));
    g.arrives(&mia, &first);
    g.arrives(&eve, &answer(&eve, "t4@example.net", &our_id));
    g.once().ok();
    let places = |n: &str| -> Vec<String> {
        let thread = g.show(n)["thread"].as_array().unwrap().clone();
        let mut places: Vec<String> = thread
            .iter()
            .filter(|m| m["direction"] == "in")
            .map(|m| m["place"].as_str().unwrap().to_owned())
            .collect();
        places.sort();
        places
    };
    assert_eq!(places("1"), ["copy", "joins", "joins", "new"]);
    assert_eq!(places("2"), ["claims"]);
    assert_eq!(g.list().len(), 2);
    let eves = g
        .list()
        .into_iter()
        .find(|t| t["reporter"]["address"] == eve.as_str())
        .unwrap();
    assert_eq!(eves["acknowledgement"], "held");
    assert_eq!(g.show("1")["chased"], 2);
    assert_eq!(g.mail_of(&mia).len(), 1, "one receipt a ticket, ever");
    assert_eq!(g.mail_of(&eve).len(), 0);
}

#[test]
fn machines_are_kept_and_never_answered() {
    let g = Gatepost::ready(PostOffice::shared(), "machines");
    let (out_of_office, daemon) = (g.reporter("away"), g.reporter("mailer-daemon"));
    let away = report(
        &out_of_office,
        &g.address,
        "a1@example.net",
        "Out of office",
        "Auto-Submitted: auto-replied (vacation)\n",
        "Back on Monday.",
    );
    g.arrives(&out_of_office, &away);
    let bounce = include_bytes!("../mail/bounce-delivery-report.eml");
    g.arrives("", bounce);
    g.once().ok();
    g.once().ok();
    let tickets = g.list();
    assert_eq!(tickets.len(), 1, "the bounce opened none");
    assert_eq!(tickets[0]["acknowledgement"], "held");
    assert!(
        tickets[0]["held_because"]
            .as_str()
            .unwrap()
            .contains("Auto-Submitted")
            || !tickets[0]["held_because"].as_str().unwrap().is_empty()
    );
    let tray = g.run(&["adopt", "--json"]).json();
    assert_eq!(tray["tray"].as_array().unwrap().len(), 1);
    assert_eq!(tray["tray"][0]["kind"], "bounce");
    assert_eq!(
        g.mail_of(&out_of_office).len() + g.mail_of(&daemon).len(),
        0
    );
    let mail = tray["tray"][0]["mail"].to_string();
    assert!(g.run(&["adopt", &mail]).ok().contains("SEC-"));
    assert_eq!(g.list().len(), 2);
    assert_eq!(
        g.run(&["adopt", "--json"]).json()["tray"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert!(g.run(&["adopt", &mail]).err.contains("already"));
}

#[test]
fn a_person_releases_what_a_rule_held() {
    let g = Gatepost::ready(PostOffice::shared(), "release");
    let mia = g.reporter("mia");
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "h1@example.net",
            "auto?",
            "Auto-Submitted: auto-generated\n",
            "https://example.org/",
        ),
    );
    g.once().ok();
    wait_until("it is held", PATIENCE, || {
        g.once().ok();
        g.list()
            .first()
            .filter(|t| t["acknowledgement"] == "held")
            .map(drop)
    });
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    g.run(&["outbox", "release", &letter]).ok();
    g.once().ok();
    let got = g.wait_for_mail(&mia, 1);
    assert!(
        header(&got[0], "Subject")
            .unwrap()
            .contains("We have your report")
    );
    assert_eq!(g.list()[0]["acknowledgement"], "sent");
    assert!(
        g.run(&["outbox", "release", &letter])
            .err
            .contains("not held")
    );
}
