//! Other IMAP servers: Courier, which tells no UIDNEXT, idles not and cannot move, and
//! Cyrus, which shows what it can do, and what its folders are for, after the login only.

use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{Other, PASSWORD, PostOffice};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// A person's mail program.
pub struct Program(BufReader<TcpStream>);

impl Program {
    pub fn new(port: u16, user: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut this = Self(BufReader::new(stream));
        this.ask(&format!("LOGIN {user} {PASSWORD}"));
        this
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        let read = self.0.read_until(b'\n', &mut line).unwrap();
        assert!(read > 0, "the server closed the connection");
        String::from_utf8_lossy(&line).into_owned()
    }

    /// The whole answer, which must be an OK.
    pub fn ask(&mut self, command: &str) -> String {
        write!(self.0.get_mut(), "x {command}\r\n").unwrap();
        self.answer(command)
    }

    fn answer(&mut self, command: &str) -> String {
        let mut said = String::new();
        loop {
            let line = self.line();
            said.push_str(&line);
            if line.starts_with("x ") {
                assert!(line.starts_with("x OK"), "{command}: {said}");
                return said;
            }
        }
    }

    /// Puts a mail into a folder, received now.
    fn put(&mut self, folder: &str, eml: &[u8]) {
        let eml = String::from_utf8(eml.to_vec()).unwrap();
        let eml = eml.replace("\r\n", "\n").replace('\n', "\r\n");
        write!(self.0.get_mut(), "x APPEND {folder} {{{}}}\r\n", eml.len()).unwrap();
        while !self.line().starts_with('+') {}
        write!(self.0.get_mut(), "{eml}\r\n").unwrap();
        self.answer("APPEND");
    }

    /// Moves all of a folder to another, as programs do that know no MOVE.
    fn moves(&mut self, from: &str, to: &str) {
        self.ask(&format!("SELECT {from}"));
        self.ask(&format!("COPY 1:* {to}"));
        self.ask("STORE 1:* +FLAGS (\\Deleted)");
        self.ask("CLOSE");
    }
}

/// Mail comes from this server, and leaves by the post office.
fn on<'o>(office: &'o PostOffice, port: u16, user: Option<&str>) -> Gatepost<'o> {
    let g = Gatepost::new(office, "servers");
    let user = user.unwrap_or(&g.address);
    let (imaps, ca) = (office.imaps, office.ca());
    let there = format!(
        "port = {imaps}\nuser = \"{}\"\npassword_file = \"password\"\nroots = \"{}\"",
        g.address,
        ca.display()
    );
    let here = format!(
        "port = {port}\nuser = \"{user}\"\npassword_file = \"password\"\ntls = \"plain-to-loopback\"\npoll = \"5 s\""
    );
    g.write_config(&g.config_with("[[mailbox]]", &there, &here));
    g
}

fn mail(g: &Gatepost, from: &str, id: &str, body: &str) -> Vec<u8> {
    report(from, &g.address, id, &format!("about {id}"), "", body)
}

fn junk(g: &Gatepost) -> Vec<Value> {
    let all = g.run(&["list", "--junk", "--json"]).json();
    all.as_array().unwrap().clone()
}

/// What `list` shows.
fn open(g: &Gatepost) -> usize {
    let all = g.run(&["list", "--json"]).json();
    all.as_array().unwrap().len()
}

fn stages(g: &Gatepost) -> Vec<String> {
    let all = g.list().into_iter();
    let stage = |t: Value| format!("{} {}", t["ref"], t["stage"]).replace('"', "");
    let mut all: Vec<String> = all.map(stage).collect();
    all.sort();
    all
}

/// From the first mail to its receipt, and what becomes of reports among junk.
fn a_mailbox_is_watched(g: &mut Gatepost, port: u16, user: &str, dust: &str) {
    let mia = g.reporter("mia");
    let mut program = Program::new(port, user);
    program.put("INBOX", &mail(g, &mia, "old1@example.net", "from before"));
    program.put(dust, &mail(g, &mia, "old2@example.net", "from before"));
    let said = g.run(&["init"]).ok();
    assert!(said.contains("2 mails are the baseline"), "{said}");
    assert!(said.contains(dust) && said.contains("   junk"), "{said}");
    assert!(said.contains("sent by the team"), "{said}");
    // A report, a report among junk, and junk.
    program.put("INBOX", &mail(g, &mia, "r1@example.net", "a hole"));
    let hole = "An attacker can exploit this vulnerability.";
    program.put(dust, &mail(g, &mia, "r2@example.net", hole));
    program.put(dust, &mail(g, &mia, "j1@example.net", "cheap watches"));
    program.put(dust, &mail(g, &mia, "j2@example.net", "cheap boats"));
    g.once().ok();
    assert_eq!(open(g), 1);
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    let found = junk(g);
    assert_eq!(found.len(), 3);
    for ticket in &found {
        assert_eq!(ticket["stage"], "junk");
        assert_eq!(ticket["acknowledgement"], "held");
        assert_eq!(ticket["held_because"], "it was found among junk");
        assert_ne!(ticket["deadlines"], serde_json::json!([]), "its clock runs");
    }
    assert!(!g.run(&["health"]).out.contains("init --folder"));
    // One by the command, two closed at once, and one that a person moves.
    let mail_of = |g: &Gatepost, subject: &str| {
        let all = g.run(&["adopt", "--json"]).json();
        let mails = all["junk"].as_array().unwrap().clone();
        let one = mails.into_iter().find(|m| m["subject"] == subject);
        one.unwrap()["mail"].to_string()
    };
    let report = mail_of(g, "about r2@example.net");
    let said = g.run(&["adopt", &report]).ok();
    assert!(said.contains("gatepost outbox release"), "{said}");
    g.run(&["adopt", &report]).code_in(&[1]);
    assert_eq!((open(g), junk(g).len()), (2, 2));
    program.put(dust, &mail(g, &mia, "r3@example.net", "moved later"));
    g.once().ok();
    let first = found
        .iter()
        .map(|t| t["ref"].as_str().unwrap())
        .min()
        .unwrap();
    let range = format!("{first}..{}", junk(g).len() + 10);
    let moved = junk(g).pop().unwrap()["ref"].as_str().unwrap().to_owned();
    assert_eq!(moved, "SEC-2026-0005".replace("2026", &moved[4..8]));
    g.run(&["close", "1", &moved]).code_in(&[2]);
    assert_eq!(
        junk(g).len(),
        3,
        "an ordinary ticket is not closed among others"
    );
    let two: Vec<String> = junk(g)
        .iter()
        .filter_map(|t| t["ref"].as_str().map(str::to_owned))
        .filter(|r| *r != moved)
        .collect();
    g.run(&["close", &two[0], &two[1]]).ok();
    assert_eq!(junk(g).len(), 1);
    program.moves(dust, "INBOX");
    g.once().ok();
    assert_eq!(junk(g).len(), 0, "{range}");
    // The ones that were closed among junk are reports now that nobody has looked at, and
    // one lay there before gatepost and is new here.
    assert_eq!(stages(g).len(), 6, "{:?}", stages(g));
    assert!(stages(g).iter().all(|s| s.ends_with(" new")));
    let receipts = g.wait_for_mail(&mia, 2).len();
    assert_eq!(receipts, 2, "what was held stays held");
    g.run(&["audit"]).ok();
    // A daemon sees what comes, with or without IDLE.
    g.start();
    program.put("INBOX", &mail(g, &mia, "r4@example.net", "another hole"));
    g.wait_for_mail(&mia, 3);
    assert_eq!(g.signal("-TERM"), Some(0));
    assert_eq!(open(g), 7);
}

#[test]
fn courier_is_watched() {
    let server = Other::start("courier");
    let mut g = on(PostOffice::shared(), server.imap, Some(Other::USER));
    a_mailbox_is_watched(&mut g, server.imap, Other::USER, "INBOX.Junk");
    // It forgets its numbers: nothing is taken in anew, and what is new is.
    let numbers = server.dir.join("courier/Maildir/courierimapuiddb");
    fs::remove_file(numbers).unwrap();
    let mia = g.reporter("mia");
    let mut program = Program::new(server.imap, Other::USER);
    program.put("INBOX", &mail(&g, &mia, "r5@example.net", "one more"));
    g.once().ok();
    assert_eq!(open(&g), 8);
    g.run(&["audit"]).ok();
}

#[test]
fn cyrus_is_watched() {
    let server = Other::start("cyrus");
    let mut g = on(PostOffice::shared(), server.imap, Some(Other::USER));
    a_mailbox_is_watched(&mut g, server.imap, Other::USER, "INBOX.Dust");
}

#[test]
fn dovecot_is_watched() {
    let office = PostOffice::shared();
    let mut g = on(office, office.imap, None);
    let user = g.address.clone();
    a_mailbox_is_watched(&mut g, office.imap, &user, "Junk");
}
