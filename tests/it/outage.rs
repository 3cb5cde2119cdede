//! A relay that is down, a letter that is refused, a daemon that is asked to stop: each
//! letter leaves once, or stands where people see it.

use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, body, report};
use crate::post_office::{PASSWORD, PostOffice, REFUSED, wait_until};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Puts a mail into a mailbox by IMAP: the way in that is open while SMTP is down.
fn append(office: &PostOffice, user: &str, eml: &[u8]) {
    append_to(office, user, "INBOX", eml);
}

/// Puts a mail into a folder by IMAP, as a mail program does with what it sent.
pub fn append_to(office: &PostOffice, user: &str, folder: &str, eml: &[u8]) {
    let stream = TcpStream::connect(("127.0.0.1", office.imap)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut imap = BufReader::new(stream);
    let until = |imap: &mut BufReader<TcpStream>, begin: &str| {
        let mut line = String::new();
        while !line.starts_with(begin) {
            line.clear();
            assert!(
                imap.read_line(&mut line).unwrap() > 0,
                "closed before {begin}"
            );
        }
        assert!(!line.contains(" NO ") && !line.contains(" BAD "), "{line}");
    };
    until(&mut imap, "* OK");
    write!(imap.get_mut(), "a LOGIN {user} {PASSWORD}\r\n").unwrap();
    until(&mut imap, "a ");
    write!(imap.get_mut(), "b APPEND {folder} {{{}}}\r\n", eml.len()).unwrap();
    until(&mut imap, "+");
    imap.get_mut().write_all(eml).unwrap();
    imap.get_mut().write_all(b"\r\nc LOGOUT\r\n").unwrap();
    until(&mut imap, "b ");
}

fn states(g: &Gatepost) -> Vec<String> {
    let tickets = g.list();
    let state = |t: &serde_json::Value| t["acknowledgement"].as_str().unwrap().to_owned();
    tickets.iter().map(state).collect()
}

#[test]
fn while_smtp_is_down_tickets_open_letters_wait_and_each_leaves_once_when_it_is_back() {
    let office = PostOffice::own(None);
    let mut g = Gatepost::ready(&office, "smtp-down");
    let reporters = ["mia", "noor", "olu"].map(|name| g.reporter(name));
    g.start();
    office.stop_smtp();
    for (i, from) in reporters.iter().enumerate() {
        let id = format!("down{i}@example.net");
        let text = "https://example.org/";
        append(
            &office,
            &g.address,
            &report(from, &g.address, &id, "XSS", "", text),
        );
    }
    wait_until("three tickets are open", PATIENCE, || {
        (states(&g) == ["queued"; 3]).then_some(())
    });
    wait_until("list says it in red", PATIENCE, || {
        let list = g.run(&["list"]).ok();
        let red = list
            .lines()
            .any(|l| l.starts_with("!! SMTP does not work since"));
        (red && list.contains("nothing listens on this port")).then_some(())
    });
    g.run(&["audit"]).ok();
    says(&g.run(&["show", "1"]).ok(), &["receipt queued"]);
    assert_eq!(g.run(&["outbox", "--json"]).json()[0]["attempts"], 0);
    office.start_smtp();
    wait_until("every letter has left", PATIENCE, || {
        (states(&g) == ["sent"; 3]).then_some(())
    });
    for from in &reporters {
        assert_eq!(g.wait_for_mail(from, 1).len(), 1, "{from}");
    }
    // That the relay works is known when the last letter of the turn has left.
    wait_until("the red line is gone", PATIENCE, || {
        let list = g.run(&["list"]).ok();
        (!list.contains("!!")).then_some(())
    });
    says(&g.run(&["outbox"]).ok(), &["Nothing waits"]);
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn a_refused_letter_is_seen_recorded_and_not_tried_again() {
    let g = Gatepost::ready(PostOffice::shared(), "refused");
    let mia = g.reporter("mia");
    g.report_from(REFUSED, "no1@example.net");
    g.report_from(&mia, "no2@example.net");
    for _ in 0..2 {
        g.once().ok();
    }
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1, "others are unaffected");
    let outbox = g.run(&["outbox", "--json"]).json();
    assert_eq!(outbox.as_array().unwrap().len(), 1);
    assert_eq!(outbox[0]["state"], "refused");
    assert_eq!(outbox[0]["attempts"], 1, "5xx is final");
    says(&g.run(&["outbox"]).ok(), &["refused", REFUSED, "550"]);
    says(&g.run(&["show", "1"]).ok(), &["receipt refused", "550"]);
    assert_eq!(g.fact_names("1"), ["received", "undelivered"]);
    assert_eq!(g.fact_names("2"), ["received", "acknowledged"]);
    let respond = &g.show("1")["deadlines"][0];
    assert_eq!(respond["promise"], "respond");
    assert_eq!(respond["standing"], "on-time", "the duty stays");
    let list = g.run(&["list"]).ok();
    assert!(!list.contains("!! SMTP"), "the relay works: {list}");
}

#[test]
fn one_bad_address_in_the_team_keeps_nothing_from_the_others() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "bad-team");
    let ben = g.anna.replace("anna-", "ben-");
    g.write_config(&g.config_with("[[team]]", &ben, REFUSED));
    for (i, name) in ["mia", "noor"].iter().enumerate() {
        g.report_from(&g.reporter(name), &format!("bad{i}@example.net"));
        g.once().ok();
    }
    let got = g.wait_for_mail(&g.anna, 2);
    for n in ["SEC-2026-0001", "SEC-2026-0002"] {
        assert!(
            got.iter().any(|m| m.contains(n)),
            "anna was not told of {n}"
        );
    }
    for name in ["mia", "noor"] {
        assert_eq!(g.wait_for_mail(&g.reporter(name), 1).len(), 1);
    }
    let outbox = g.run(&["outbox", "--json"]).json();
    let outbox = outbox.as_array().unwrap();
    assert!(!outbox.is_empty());
    for letter in outbox {
        assert_eq!(
            (&letter["state"], &letter["to"]),
            (&"refused".into(), &REFUSED.into())
        );
    }
    assert_eq!(g.fact_names("1"), ["received", "acknowledged"]);
    let list = g.run(&["list"]).ok();
    let told: Vec<&str> = list.lines().filter(|l| l.starts_with("!!")).collect();
    let [told] = told.as_slice() else {
        panic!("one red line for one address: {list}");
    };
    says(
        told,
        &[
            "the mail server refused the",
            REFUSED,
            "550",
            "gatepost outbox",
        ],
    );
    let all: Vec<String> = outbox.iter().map(|l| l["id"].to_string()).collect();
    let drop: Vec<&str> = ["outbox", "drop"]
        .into_iter()
        .chain(all.iter().map(String::as_str))
        .collect();
    g.run(&drop).ok();
    assert!(
        !g.run(&["list"]).ok().contains("!!"),
        "a person has seen it"
    );
}

#[test]
fn after_a_day_without_smtp_all_leaves_at_once_and_the_team_gets_one_digest() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "day-down");
    let ben = g.anna.replace("anna-", "ben-");
    office.stop_smtp();
    let reporters = ["mia", "noor", "olu"].map(|name| g.reporter(name));
    let hours = ["23 11:00", "23 14:00", "24 09:30"];
    for (i, (from, at)) in reporters.iter().zip(hours).enumerate() {
        office.clock(&format!("2026-11-{at}"));
        let mail = report(
            from,
            &g.address,
            &format!("day{i}@example.net"),
            ["XSS", "CSRF", "SSRF"][i],
            "",
            "x",
        );
        append(&office, &g.address, &mail);
        says(&g.once().code_in(&[1]), &["smtp: "]);
    }
    let waiting = g.run(&["outbox", "--json"]).json();
    let waiting = waiting.as_array().unwrap();
    let to_anna = waiting.iter().filter(|l| l["to"] == g.anna.as_str());
    assert!(to_anna.count() >= 2, "reminders pile up: {waiting:?}");
    assert!(
        waiting
            .iter()
            .all(|l| l["state"] == "queued" && l["attempts"] == 0)
    );
    office.start_smtp();
    office.clock("2026-11-24 10:00");
    g.once().ok();
    for from in &reporters {
        assert_eq!(g.wait_for_mail(from, 1).len(), 1, "{from}");
    }
    for member in [&g.anna, &ben] {
        let got = g.wait_for_mail(member, 1);
        assert_eq!(got.len(), 1, "{got:?}");
        says(&body(&got[0]), &["0001 ", "0002 ", "0003 "]);
    }
    says(&g.run(&["outbox"]).ok(), &["Nothing waits"]);
    assert!(!g.run(&["list"]).ok().contains("!! SMTP"));
}

#[test]
fn a_daemon_that_is_asked_to_stop_is_gone_in_time() {
    let mut g = Gatepost::ready(PostOffice::shared(), "term");
    g.start();
    let mia = g.reporter("mia");
    for i in 0..10 {
        g.report_from(&mia, &format!("term{i}@example.net"));
    }
    stops(&mut g, "in the middle of its work");
    while g.list().len() < 10 {
        g.once().ok();
    }
    g.run(&["audit"]).ok();
}

#[test]
fn a_daemon_whose_servers_are_silent_is_gone_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = format!("port = {}", silent.local_addr().unwrap().port());
    let mut g = Gatepost::ready(PostOffice::shared(), "silent");
    let (imaps, smtps) = (g.office.imaps, g.office.smtps);
    g.report_from(&g.reporter("mia"), "silent@example.net");
    let port = |n: u16| format!("port = {n}");
    g.write_config(&g.config_with("[smtp]", &port(smtps), &silent_port));
    g.start();
    wait_until("the letter waits", PATIENCE, || {
        (states(&g) == ["queued"]).then_some(())
    });
    let _smtp = silent.accept().unwrap();
    stops(&mut g, "with a relay that says nothing");
    g.write_config(&g.config_with("[[mailbox]]", &port(imaps), &silent_port));
    g.start();
    let _imap = silent.accept().unwrap();
    stops(&mut g, "with a mailbox that says nothing");
}

/// SIGTERM ends the daemon within 10 s, with code 0, whatever it does.
fn stops(g: &mut Gatepost, what: &str) {
    let began = Instant::now();
    assert_eq!(g.signal("-TERM"), Some(0), "{what}");
    assert!(began.elapsed() < Duration::from_secs(10), "{what}");
}
