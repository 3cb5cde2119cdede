//! The ways in: STARTTLS, in clear within the machine, with a token; and where the secret
//! comes from.

mod secrets;

use crate::faults::says;
use crate::harmless::base64;
use crate::kit::{Answer, Gatepost, PATIENCE};
use crate::post_office::{PASSWORD, PostOffice, TOKEN_KEY, wait_until};
use crate::starttls::{Script, liar};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::TcpStream;

/// The config with these lines in the place of port, password and roots of one table.
pub fn with(config: &str, table: &str, lines: &str) -> String {
    let (before, behind) = config.split_once(table).unwrap();
    let end = behind.find("\n[").unwrap();
    let (own, rest) = behind.split_at(end);
    let replaced = ["port = ", "password_file = ", "roots = "];
    let kept: Vec<&str> = own
        .lines()
        .filter(|l| !replaced.iter().any(|key| l.starts_with(key)))
        .collect();
    format!("{before}{table}{}\n{lines}\n{rest}", kept.join("\n"))
}

/// A gatepost whose servers have these lines, with its store made.
fn gatepost<'o>(office: &'o PostOffice, story: &str, imap: &str, smtp: &str) -> Gatepost<'o> {
    let g = Gatepost::new(office, story);
    g.write_config(&with(
        &with(&g.config(), "[[mailbox]]", imap),
        "[smtp]",
        smtp,
    ));
    g
}

/// A report comes in and is answered.
fn works(g: &Gatepost, n: usize) {
    let mia = g.reporter(&format!("mia{n}"));
    g.report_from(&mia, &format!("way{n}@example.net"));
    g.once().ok();
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
}

#[test]
fn starttls_and_clear_within_the_machine_are_ways_in() {
    let office = PostOffice::shared();
    let ca = office.ca().display().to_string();
    let upgraded = |port| {
        format!("port = {port}\ntls = \"starttls\"\nroots = \"{ca}\"\npassword_file = \"password\"")
    };
    let clear =
        |port| format!("port = {port}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"");
    for (imap, smtp, shown) in [
        (
            upgraded(office.imap),
            upgraded(office.submission),
            "TLS by STARTTLS; password from /",
        ),
        (
            clear(office.imap),
            clear(office.smtp),
            "in clear, within this machine; password from /",
        ),
    ] {
        let g = gatepost(office, "ways", &imap, &smtp);
        g.run(&["init"]).ok();
        works(&g, 1);
        let said = g.run(&["check"]).ok();
        assert_eq!(said.matches(shown).count(), 2, "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
    }
}

#[test]
fn a_relay_that_wants_no_login_is_spoken_to_without_one() {
    let office = PostOffice::shared();
    let g = Gatepost::new(office, "no-login");
    let (config, user) = (g.config(), format!("user = \"{}\"\n", g.address));
    let (before, smtp) = config.split_once("[smtp]").unwrap();
    let config = format!("{before}[smtp]{}", smtp.replacen(&user, "", 1));
    let open = |lines: &str| with(&config, "[smtp]", &format!("{lines}\nauth = \"none\""));
    g.write_config(&open(&format!(
        "port = {}\ntls = \"plain-to-loopback\"",
        office.smtp
    )));
    g.run(&["init"]).ok();
    works(&g, 1);
    let said = g.run(&["check"]).ok();
    says(
        &said,
        &[
            "it answers, nothing sent",
            "in clear, within this machine; nobody logs in",
        ],
    );
    // One that wants a login all the same costs no letter: it says so at another step.
    let ca = office.ca().display().to_string();
    g.write_config(&open(&format!("port = {}\nroots = \"{ca}\"", office.smtps)));
    g.report_from(&g.reporter("noor"), "way2@example.net");
    g.once();
    let outbox = g.run(&["outbox", "--json"]).json();
    let states: Vec<&str> = outbox
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["state"].as_str().unwrap())
        .collect();
    assert!(
        !states.is_empty() && states.iter().all(|s| *s == "queued"),
        "{outbox}"
    );
    let beside = open("port = 25\npassword_file = \"password\"");
    g.write_config(&beside);
    let err = g.run(&["check"]).code_in(&[2]);
    says(
        &err,
        &["`password_file` means nothing with auth = \"none\""],
    );
}

#[test]
fn in_clear_is_refused_for_any_other_machine() {
    let office = PostOffice::shared();
    let g = Gatepost::new(office, "clear");
    let clear = format!(
        "port = {}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"",
        office.imap
    );
    let config = with(&g.config(), "[[mailbox]]", &clear);
    for host in ["imap.example.org", "10.0.0.1", "localhost.example.org"] {
        g.write_config(&config.replacen("host = \"localhost\"", &format!("host = \"{host}\""), 1));
        let err = g.run(&["check"]).code_in(&[2]);
        says(
            &err,
            &["would leave this machine", "tls = \"plain-to-loopback\""],
        );
    }
}

/// Makes a folder by IMAP.
pub fn create(g: &Gatepost, folder: &str) {
    let mut imap = TcpStream::connect(("127.0.0.1", g.office.imap)).unwrap();
    imap.set_read_timeout(Some(PATIENCE)).unwrap();
    let (user, command) = (&g.address, format!("b CREATE {folder}\r\nc LOGOUT\r\n"));
    write!(imap, "a LOGIN {user} {PASSWORD}\r\n{command}").unwrap();
    let mut said = String::new();
    imap.read_to_string(&mut said).unwrap();
    assert!(said.contains("b OK"), "{said}");
}

#[test]
fn a_folder_that_is_closed_to_us_is_a_missing_permission_and_the_others_are_read() {
    for folders in [r#"["Closed", "INBOX"]"#, r#"["INBOX", "Closed"]"#] {
        let g = Gatepost::ready(PostOffice::shared(), "closed");
        create(&g, "Closed");
        let both = format!("name = \"security\"\nfolders = {folders}");
        g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", &both));
        let mia = g.reporter("mia");
        g.report_from(&mia, "closed@example.net");
        let wanted = [
            "mailbox security: a permission is missing",
            "EXAMINE \"Closed\": [NOPERM]",
            "hint: give this user the IMAP rights `lr`",
        ];
        let said = g.run(&["check"]);
        assert_eq!(said.code, 3, "{}", said.out);
        says(&said.out, &wanted);
        says(&g.once().code_in(&[1]), &wanted);
        assert_eq!(g.list().len(), 1, "the report in INBOX is taken in");
        assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    }
}

#[test]
fn a_folder_that_is_closed_to_us_keeps_no_report_waiting() {
    let mut g = Gatepost::ready(PostOffice::shared(), "closed-daemon");
    create(&g, "Closed");
    let both = "name = \"security\"\nfolders = [\"INBOX\", \"Closed\"]";
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", both));
    g.start();
    wait_until("the folder is missed", PATIENCE, || {
        let log = g.log();
        log.contains("a permission is missing").then_some(())
    });
    // A missing right is asked for again only after five minutes.
    let mia = g.reporter("mia");
    g.report_from(&mia, "closed-daemon@example.net");
    g.wait_for_mail(&mia, 1);
    let logins = g.log().matches("logged in to IMAP").count();
    assert_eq!(logins, 1, "the connection is waited on");
    says(&g.run(&["list"]).ok(), &["!! mailbox security", "Closed"]);
}

/// As Microsoft 365 does with an application that nobody has given a mailbox.
const LETS_IN_AND_NO_FURTHER: Script = &[
    ("LOGIN", "$ OK AUTHENTICATE completed.\r\n"),
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\n$ OK\r\n"),
    ("", "$ BAD User is authenticated but not connected.\r\n"),
];

#[test]
fn a_login_without_a_mailbox_is_a_missing_permission_and_tried_seldom() {
    let office = PostOffice::shared();
    let mut g = Gatepost::ready(office, "connected");
    let server = liar("* OK ready\r\n", LETS_IN_AND_NO_FURTHER);
    let lines = format!(
        "port = {}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"",
        server.port
    );
    g.write_config(&with(&g.config(), "[[mailbox]]", &lines));
    let wanted = [
        "a permission is missing",
        "User is authenticated but not connected.",
        "Add-MailboxPermission",
    ];
    let said = g.run(&["check"]);
    assert_eq!(said.code, 3, "{}", said.out);
    says(&said.out, &wanted);
    g.start();
    wait_until("the daemon says how long it waits", PATIENCE, || {
        let log = g.log();
        let line = log.lines().find(|l| l.contains("cannot read the mailbox"));
        line.map(|line| says(line, &["a permission is missing", "pause=280"]))
    });
    // The log hears of it first.
    wait_until("list says it in red", PATIENCE, || {
        let list = g.run(&["list"]).ok();
        let red = "!! mailbox security cannot be read since";
        list.contains(red).then_some(())
    });
}

#[test]
fn a_daemon_asks_the_command_anew_at_each_login() {
    let office = PostOffice::shared();
    let ca = office.ca().display().to_string();
    let mut g = Gatepost::ready(office, "anew");
    let asked = g.path("smtp-secret").display().to_string();
    let smtp = format!(
        "port = {}\nroots = \"{ca}\"\npassword_command = [\"cat\", \"{asked}\"]",
        office.smtps
    );
    g.write_config(&with(&g.config(), "[smtp]", &smtp));
    g.start();
    let mia = g.reporter("mia");
    g.report_from(&mia, "anew1@example.net");
    wait_until("the daemon says that the command fails", PATIENCE, || {
        let log = g.log();
        (log.contains("the command cat: failed") && log.contains("No such file")).then_some(())
    });
    g.write_secret("smtp-secret", PASSWORD, 0o600);
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);

    // Each drained outbox ends a connection: the next letter is a login of its own.
    g.write_secret("smtp-secret", "not-the-word", 0o600);
    let ida = g.reporter("ida");
    g.report_from(&ida, "anew2@example.net");
    wait_until("the daemon says that it is refused", PATIENCE, || {
        let log = g.log();
        let refused = log
            .lines()
            .find(|l| l.contains("refused the user name or the password"));
        refused.map(|line| says(line, &["535"]))
    });
    assert!(!g.log().contains("not-the-word"));
    assert_eq!(g.signal("-TERM"), Some(0));

    g.write_secret("smtp-secret", PASSWORD, 0o600);
    g.once().ok();
    assert_eq!(g.wait_for_mail(&ida, 1).len(), 1);
}
