//! Whom gatepost trusts, and where it says something in clear: as the config says, and not
//! at all where that would leave the machine.

use super::attacks::{honest, says_in_clear};
use super::door::{Door, Manner, Speech, Then};
use super::papers::{other_root, root};
use super::tls::{leaked, within};
use super::{led_to, office};
use crate::harmless::base64;
use crate::kit::Gatepost;
use crate::post_office::PASSWORD;
use crate::sink::Sink;
use std::fs;
use std::process::Command;

/// A gatepost whose two servers are behind these doors, and who never ran.
fn before(
    story: &str,
    imap: &Door,
    smtp: &Door,
    lines: impl Fn(u16) -> String,
) -> Gatepost<'static> {
    let g = led_to(office(), story, &lines(imap.port), &lines(smtp.port));
    fs::write(g.path("root.pem"), root()).unwrap();
    fs::write(g.path("other.pem"), other_root()).unwrap();
    g
}

fn doors(manner: impl Fn(Speech) -> Manner) -> [Door; 2] {
    let sink = Sink::start(|_| false);
    [(office().imap, Speech::Imap), (sink.port, Speech::Smtp)]
        .map(|(port, speech)| Door::before(port, speech, manner(speech)))
}

/// The roots that are pinned are the only ones; without them those of the system count.
#[test]
fn x19_whom_it_trusts() {
    let cases = [
        ("other.pem", Some("root.pem"), true),
        ("root.pem", Some("other.pem"), false),
        ("root.pem", None, true),
        ("other.pem", None, false),
    ];
    for (system, pinned, trusts) in cases {
        let [imap, smtp] = doors(|speech| honest(speech, false));
        let g = before("x19-trust", &imap, &smtp, |port| {
            let roots = pinned.map(|file| format!("roots = \"{file}\"\n"));
            format!(
                "port = {port}\n{}password_file = \"password\"",
                roots.unwrap_or_default()
            )
        });
        let mut check = g.command(&["check"]);
        let said = check.env("SSL_CERT_FILE", g.path(system)).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let refused = said.matches("an issuer that is not trusted here").count();
        assert_eq!(
            refused,
            if trusts { 0 } else { 2 },
            "{system}, {pinned:?}: {said}"
        );
        for door in [imap, smtp] {
            let inside: String = door.calls().iter().map(within).collect();
            assert_eq!(inside.is_empty(), !trusts, "{system}, {pinned:?}: {inside}");
        }
    }
}

/// What the judge would say if it heard a password: with the one word in the config that
/// allows it, it does.
#[test]
fn x19_the_judge_hears_a_login_in_clear() {
    let greetings = [
        (Speech::Imap, "* OK hello\r\n"),
        (Speech::Smtp, "220 mail\r\n"),
    ];
    let [imap, smtp] = doors(|speech| {
        let (_, greeting) = greetings.iter().find(|(s, _)| *s == speech).unwrap();
        let offers = [
            ("EHLO", "250-mail\r\n250 AUTH PLAIN\r\n"),
            ("AUTH", "235 yes\r\n"),
        ];
        says_in_clear(greeting, &offers, Then::Clear)
    });
    let g = before("x19-judge", &imap, &smtp, |port| {
        format!("port = {port}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"")
    });
    g.run(&["check"]);
    let sent = base64(format!("\0{}\0{PASSWORD}", g.address).as_bytes());
    for (door, secret) in [(&imap, PASSWORD), (&smtp, sent.as_str())] {
        let heard: Vec<String> = door.calls().iter().flat_map(|c| leaked(&g, c)).collect();
        assert!(heard.iter().any(|h| h == secret), "{heard:?}");
        assert!(
            heard
                .iter()
                .any(|h| h.contains("LOGIN") || h.contains("AUTH")),
            "{heard:?}"
        );
    }
}

/// A name of this machine that leads to another one: nothing is said there in clear.
#[test]
fn x19_localhost_that_is_elsewhere() {
    let [imap, smtp] = doors(|_| says_in_clear("* OK hello\r\n", &[], Then::Clear));
    let g = before("x19-elsewhere", &imap, &smtp, |port| {
        format!("port = {port}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"")
    });
    let config = fs::read_to_string(g.path("gatepost.toml")).unwrap();
    g.write_config(&config.replace("host = \"localhost\"", "host = \"mail.localhost\""));
    fs::write(g.path("hosts"), "192.0.2.7 mail.localhost\n").unwrap();
    // With a table of hosts of its own, and a network on which nobody could be reached.
    let inner = g.command(&["check"]);
    let mut outer = Command::new("unshare");
    outer.args([
        "--mount",
        "--net",
        "sh",
        "-c",
        "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
    ]);
    outer
        .arg(g.path("hosts"))
        .arg(inner.get_program())
        .args(inner.get_args());
    let said = outer.output().unwrap();
    let said = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
    let wanted = "192.0.2.7: is not this machine, and nothing is said in clear to another";
    assert_eq!(said.matches(wanted).count(), 2, "{said}");
}
