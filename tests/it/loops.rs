//! Machines that answer machines: each loop ends, and by how many letters. The senders are
//! not authenticated, and the caps are those of a config that says nothing of them.

use crate::dice::number;
use crate::flood::{all_taken, count, pour};
use crate::kit::{Gatepost, PATIENCE, header, report};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use crate::ways::with;

const WAITING: &str = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";

/// What of our letters a machine leaves when it sends them back.
enum Keeps {
    All,
    Thread,
    Nothing,
}

/// A letter of ours, as a machine at `from` sends it back.
fn echo(letter: &str, from: &str, to: &str, n: usize, keeps: &Keeps) -> Vec<u8> {
    let (_, body) = letter.split_once("\n\n").unwrap();
    let names: &[&str] = match keeps {
        Keeps::All => &[
            "Message-ID",
            "In-Reply-To",
            "References",
            "Auto-Submitted",
            "Precedence",
            "X-Auto-Response-Suppress",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        ],
        Keeps::Thread => &["References", "MIME-Version", "Content-Type"],
        Keeps::Nothing => &[],
    };
    let mut head = format!("From: <{from}>\nTo: <{to}>\nSubject: Re: your message {n}\n");
    for name in names {
        if let Some(value) = header(letter, name) {
            head += &format!("{name}: {value}\n");
        }
    }
    if !names.contains(&"Message-ID") {
        head += &format!("Message-ID: <echo{n}.{from}>\n");
    }
    format!("{head}\n{body}\necho {n}\n").into_bytes()
}

#[test]
fn an_echo_of_an_hour_gets_four_letters() {
    let rounds = number("GATEPOST_ECHO", 10);
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    for (hour, keeps) in (11..).zip([Keeps::All, Keeps::Thread, Keeps::Nothing]) {
        let story = match keeps {
            Keeps::All => "echo-all",
            Keeps::Thread => "echo-thread",
            Keeps::Nothing => "echo-nothing",
        };
        let g = Gatepost::ready(&office, story);
        let robot = g.reporter("robot");
        g.report_from(&robot, &format!("{story}@example.net"));
        let mut n = 0;
        for round in 0..rounds {
            let second = round * 3540 / rounds.max(1);
            let (minute, second) = (second / 60, second % 60);
            office.clock(&format!("2026-11-23 {hour}:{minute:02}:{second:02}"));
            g.once().ok();
            let sent = count(
                &g,
                "SELECT count(*) FROM letters WHERE kind = 'acknowledgement' AND state = 'sent'",
            );
            let letters = g.wait_for_mail(&robot, sent);
            // It answers what is new, and the last one whenever there is nothing new.
            let new = letters.len().max(n + 1);
            for letter in letters.iter().cycle().take(new).skip(n.min(new - 1)) {
                n += 1;
                g.arrives(&robot, &echo(letter, &robot, &g.address, n, &keeps));
            }
        }
        g.once().ok();
        let letters = g.mail_of(&robot).len();
        eprintln!("echo ({story}): {n} mails came back, {letters} letters");
        assert!((1..=4).contains(&letters), "{story}: {letters} letters");
        assert_eq!(count(&g, WAITING), 0);
        let came =
            "SELECT count(*) FROM mails m JOIN folders f ON f.id = m.folder WHERE f.role = 'inbox'";
        assert_eq!(count(&g, came), n + 1);
    }
}

#[test]
fn two_gateposts_that_face_each_other_write_two_letters() {
    let rounds = number("GATEPOST_ROUNDS", 4);
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let (one, other) = (
        Gatepost::ready(&office, "facing-one"),
        Gatepost::ready(&office, "facing-other"),
    );
    // Somebody writes to each in the other's name.
    one.report_from(&other.address, "facing-one@example.net");
    other.report_from(&one.address, "facing-other@example.net");
    let sent =
        "SELECT count(*) FROM letters WHERE kind NOT IN ('reminder', 'digest') AND state = 'sent'";
    for _ in 0..rounds {
        for (g, peer) in [(&one, &other), (&other, &one)] {
            g.once().ok();
            let arrived = || peer.office.inbox(&peer.address).len();
            let wanted = 1 + count(g, sent);
            wait_until("their letters arrive", PATIENCE, || {
                (arrived() >= wanted).then_some(())
            });
        }
    }
    let letters = count(&one, sent) + count(&other, sent);
    eprintln!("two gateposts: {letters} letters after {rounds} rounds");
    assert_eq!(letters, 2);
    for g in [&one, &other] {
        assert_eq!(count(g, WAITING), 0);
        assert_eq!(g.office.inbox(&g.address).len(), 2, "nothing goes on");
    }
}

/// How many of these senders get a receipt within the hour, over a restart.
fn receipts(story: &str, senders: &[String]) -> usize {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let sink = Sink::start(|_| false);
    let mut g = Gatepost::new(&office, story);
    g.write_config(&with(&g.config(), "[smtp]", &sink.config()));
    g.run(&["init"]).ok();
    let mails: Vec<(String, Vec<u8>)> = senders
        .iter()
        .enumerate()
        .map(|(n, from)| {
            let id = format!("{story}{n}@example.net");
            let mail = report(from, &g.address, &id, "Overflow in the parser", "", &id);
            (from.clone(), mail)
        })
        .collect();
    let (first, rest) = mails.split_at(mails.len() / 2);
    let mut taken = 0;
    for part in [first, rest] {
        g.start();
        pour(&g, part);
        taken += part.len();
        all_taken(&g, taken);
        wait_until("all letters have left", PATIENCE, || {
            (count(&g, WAITING) == 0).then_some(())
        });
        g.signal("-KILL");
    }
    let held = count(&g, "SELECT count(*) FROM letters WHERE state = 'held'");
    let team = |to: &str| to.ends_with("@example.com");
    let letters = sink.kept().iter().filter(|k| !team(&k.to)).count();
    eprintln!(
        "{} senders ({story}): {letters} letters, {held} held",
        senders.len()
    );
    assert_eq!(letters + held, senders.len());
    letters
}

#[test]
fn the_senders_of_one_domain_get_twenty_and_those_of_many_sixty() {
    let of_domain: Vec<String> = (0..number("GATEPOST_SENDERS", 60))
        .map(|n| format!("sender{n}@example.net"))
        .collect();
    assert_eq!(receipts("domain", &of_domain), 20);
    let domains: Vec<String> = (0..number("GATEPOST_DOMAINS", 150))
        .map(|n| format!("mia@d{n}.example"))
        .collect();
    assert_eq!(receipts("domains", &domains), 60);
}
