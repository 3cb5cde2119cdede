//! The ways in: STARTTLS, in clear within the machine, with a token; and where the secret
//! comes from.

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

/// HMAC (RFC 2104) with SHA-256, for a key of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> {
        let byte = |i: usize| key.get(i).copied().unwrap_or(0) ^ with;
        (0..64).map(byte).collect()
    };
    let inner = Sha256::digest([pad(0x36).as_slice(), text].concat());
    Sha256::digest([pad(0x5c).as_slice(), &inner].concat()).to_vec()
}

/// A JSON web token (RFC 7519) for this address; `expires` in seconds since 1970.
fn token(address: &str, expires: u64) -> String {
    let part = |bytes: &[u8]| {
        let url = base64(bytes).replace('+', "-").replace('/', "_");
        url.trim_end_matches('=').to_owned()
    };
    let claims = format!("{{\"sub\":\"{address}\",\"email\":\"{address}\",\"exp\":{expires}}}");
    let head = part(br#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{head}.{}", part(claims.as_bytes()));
    let signature = hmac(TOKEN_KEY.as_bytes(), signed.as_bytes());
    format!("{signed}.{}", part(&signature))
}

#[test]
fn a_token_opens_both_servers_and_one_that_ended_is_refused_and_in_no_word() {
    let (office, by_token) = (
        PostOffice::shared(),
        "auth = \"xoauth2\"\npassword_file = \"token\"",
    );
    let ca = office.ca().display().to_string();
    let imap = format!("port = {}\nroots = \"{ca}\"\n{by_token}", office.imaps);
    let smtp = format!(
        "port = {}\nroots = \"{ca}\"\ntls = \"starttls\"\n{by_token}",
        office.submission
    );
    let g = gatepost(office, "token", &imap, &smtp);
    let good = token(&g.address, 4_102_444_800);
    g.write_secret("token", &good, 0o600);
    g.run(&["init"]).ok();
    works(&g, 1);
    let said = g.run(&["check"]).ok();
    says(
        &said,
        &[
            "TLS from the first byte; token from /",
            "TLS by STARTTLS; token from /",
        ],
    );
    assert!(!said.contains(&good), "{said}");

    let ended = token(&g.address, 1_100_000_000);
    g.write_secret("token", &ended, 0o600);
    g.report_from(&g.reporter("mia2"), "token2@example.net");
    let wanted = [
        "refused the login: [AUTHENTICATIONFAILED]",
        "the token is read from /",
    ];
    for args in [
        &["check"][..],
        &["run", "--once", "--level", "trace"],
        &["audit"],
    ] {
        let Answer { code, out, err } = g.run(args);
        assert!(code != 0, "{out}{err}");
        let all = format!("{out}{err}");
        says(&all, &wanted);
        if args[0] == "check" {
            says(
                &all,
                &[
                    "smtp: localhost:",
                    "refused the user name or the token: 535",
                ],
            );
        }
        let sent = format!("user={}\u{1}auth=Bearer {ended}\u{1}\u{1}", g.address);
        for form in [
            ended.as_str(),
            &base64(sent.as_bytes()),
            &base64(ended.as_bytes()),
        ] {
            assert!(!all.contains(form), "{all}");
        }
    }
    says(
        &g.run(&["list"]).ok(),
        &["!! mailbox security cannot be read since"],
    );
    g.write_secret("token", &good, 0o600);
    g.once().ok();
    assert_eq!(g.wait_for_mail(&g.reporter("mia2"), 1).len(), 1);
    assert!(!g.run(&["list"]).ok().contains("!!"), "it works again");
}

#[test]
fn the_secret_comes_from_any_of_its_four_places_and_is_seen_nowhere() {
    let office = PostOffice::shared();
    let ca = office.ca().display().to_string();
    for (place, source) in [
        ("password_file = \"password\"", "password from /"),
        (
            "password_command = [\"cat\", \"PATH/password\"]",
            "password from the command cat",
        ),
        ("password_command = [\"./ask\", \"x y\"]", "/ask"),
        (
            "password_env = \"LETTER_BOX\"",
            "password from the environment variable LETTER_BOX",
        ),
        (
            "password_credential = \"password\"",
            "password from the systemd credential password",
        ),
    ] {
        let g = Gatepost::new(office, "places");
        let folder = g.dir.path().display().to_string();
        let lines = |port| {
            format!(
                "port = {port}\nroots = \"{ca}\"\n{}",
                place.replace("PATH", &folder)
            )
        };
        let imap = with(&g.config(), "[[mailbox]]", &lines(office.imaps));
        g.write_config(&with(&imap, "[smtp]", &lines(office.smtps)));
        g.write_secret(
            "ask",
            "#!/bin/sh\ncd \"${0%/*}\" && cat password && echo \"more of $1\"",
            0o700,
        );
        let run = |args: &[&str]| {
            let mut command = g.command(args);
            command
                .env("LETTER_BOX", PASSWORD)
                .env("CREDENTIALS_DIRECTORY", &folder);
            let output = command.output().unwrap();
            let text = |bytes| String::from_utf8(bytes).unwrap();
            let (out, err) = (text(output.stdout), text(output.stderr));
            assert!(output.status.success(), "{place}: {out}{err}");
            format!("{out}{err}")
        };
        run(&["init"]);
        let said = run(&["check"]);
        assert!(said.contains(source), "{said}");
        let mia = g.reporter("mia");
        g.report_from(&mia, "place@example.net");
        let log = run(&["run", "--once", "--level", "trace"]);
        assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
        for text in [said, log] {
            let sent = base64(format!("\0{}\0{PASSWORD}", g.address).as_bytes());
            assert!(!text.contains(PASSWORD) && !text.contains(&sent), "{text}");
        }
    }
}

#[test]
fn a_secret_that_no_place_gives_is_told_with_its_place_and_its_remedy() {
    let office = PostOffice::shared();
    let lines = |secret: &str| {
        let ca = office.ca().display().to_string();
        format!("port = {}\nroots = \"{ca}\"\n{secret}", office.imaps)
    };
    for (place, wanted) in [
        (
            "password_env = \"GATEPOST_NOWHERE\"",
            ["GATEPOST_NOWHERE: is not set", "`password_env` names it"],
        ),
        (
            "password_credential = \"imap\"",
            ["$CREDENTIALS_DIRECTORY is not set", "LoadCredential=imap:"],
        ),
        (
            "password_command = [\"false\", \"hunter2\"]",
            [
                "the command false: failed (exit status: 1)",
                "`password_command`",
            ],
        ),
        (
            "password_command = [\"sh\", \"-c\", \"echo hunter2; echo 'no agent' >&2; exit 7\"]",
            ["failed (exit status: 7): no agent", "`password_command`"],
        ),
        (
            "password_command = [\"gatepost-nowhere\", \"hunter2\"]",
            [
                "the command gatepost-nowhere: cannot be started",
                "`password_command`",
            ],
        ),
    ] {
        let g = Gatepost::new(office, "no-place");
        g.write_config(&with(&g.config(), "[[mailbox]]", &lines(place)));
        for args in [&["check"][..], &["init"]] {
            let Answer { code, out, err } = g.run(args);
            let all = format!("{out}{err}");
            assert!(code == 1 || code == 3, "{all}");
            says(&all, &["the password cannot be used: "]);
            says(&all, &wanted);
            assert!(
                !all.contains("hunter2") && !all.contains("server refused"),
                "{all}"
            );
        }
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
    says(
        &g.run(&["list"]).ok(),
        &["!! mailbox security cannot be read since"],
    );
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
