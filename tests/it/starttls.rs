//! Attacks on the words before TLS: whoever is on the way hears no password, and gatepost
//! never goes on in clear.

use crate::faults::says;
use crate::harmless::base64;
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PASSWORD, PostOffice, wait_until};
use crate::ways::with;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What is answered to a line that holds a word; `$` is the line's own first word.
pub type Script = &'static [(&'static str, &'static str)];

/// Somebody on the way, and all that they heard.
pub struct Liar {
    pub port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

pub fn liar(greeting: &'static str, script: Script) -> Liar {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    // It ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = lie(stream, greeting, script, &hears);
        }
    });
    Liar { port, heard }
}

fn lie(
    mut stream: TcpStream,
    greeting: &str,
    script: Script,
    heard: &Mutex<Vec<u8>>,
) -> std::io::Result<()> {
    stream.write_all(greeting.as_bytes())?;
    let mut piece = [0; 4096];
    loop {
        // A command comes whole; what is no command any more comes as it may.
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        heard.lock().unwrap().extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&piece[..count]).into_owned();
        let word = text.split(' ').next().unwrap_or_default();
        // The first byte of a handshake is no tag, and would begin a handshake of ours.
        let tag = if word.starts_with('\x16') { "*" } else { word };
        // Whoever goes on in clear is welcome to all.
        let (_, reply) = script
            .iter()
            .find(|(word, _)| text.contains(word))
            .unwrap_or(&("", "$ OK yes\r\n"));
        stream.write_all(reply.replace('$', tag).as_bytes())?;
    }
}

const OFFER: (&str, &str) = ("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n$ OK\r\n");
const BARE: (&str, &str) = (
    "CAPABILITY",
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$ OK\r\n",
);
const EHLO: (&str, &str) = (
    "EHLO",
    "250-mail\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n",
);
const BARE_EHLO: (&str, &str) = ("EHLO", "250-mail\r\n250 AUTH PLAIN LOGIN\r\n");

/// Each attack on IMAP: the greeting, the answers, and what is said of it.
const IMAP: [(&str, Script, &str); 9] = [
    ("* PREAUTH welcome anna\r\n", &[OFFER], "(PREAUTH)"),
    ("* OK hello\r\n", &[BARE], "does not offer STARTTLS"),
    (
        "* OK [CAPABILITY STARTTLS] hello\r\n",
        &[BARE],
        "does not offer STARTTLS",
    ),
    (
        "* OK hello\r\n",
        &[OFFER, ("STARTTLS", "$ NO not now\r\n")],
        "refuses STARTTLS",
    ),
    (
        "* OK hello\r\n",
        &[OFFER, ("STARTTLS", "$ BAD what\r\n")],
        "refuses STARTTLS",
    ),
    (
        "* OK hello\r\n",
        &[
            OFFER,
            (
                "STARTTLS",
                "$ OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
            ),
        ],
        "went on in clear",
    ),
    (
        "* OK hello\r\n",
        &[OFFER, ("STARTTLS", "$ OK go\r\nA0001 OK you are in\r\n")],
        "went on in clear",
    ),
    (
        "* OK hello\r\n",
        &[OFFER, ("STARTTLS", "$ OK go\r\n")],
        "does not speak TLS",
    ),
    (
        "220 mail ESMTP\r\n",
        &[],
        "does not greet as IMAP servers do",
    ),
];

/// The same for SMTP.
const SMTP: [(&str, Script, &str); 7] = [
    ("220 mail\r\n", &[BARE_EHLO], "does not offer STARTTLS"),
    (
        "220 mail\r\n",
        &[("EHLO", "250 STARTTLS\r\n")],
        "does not offer STARTTLS",
    ),
    (
        "220 mail\r\n",
        &[EHLO, ("STARTTLS", "454 not now\r\n")],
        "refuses STARTTLS",
    ),
    (
        "220 mail\r\n",
        &[EHLO, ("STARTTLS", "250 no need\r\n")],
        "refuses STARTTLS",
    ),
    (
        "220 mail\r\n",
        &[
            EHLO,
            ("STARTTLS", "220 go\r\n250-mail\r\n250 AUTH PLAIN\r\n"),
        ],
        "went on in clear",
    ),
    (
        "220 mail\r\n",
        &[EHLO, ("STARTTLS", "220 go\r\n235 welcome\r\n")],
        "went on in clear",
    ),
    (
        "220 mail\r\n",
        &[EHLO, ("STARTTLS", "220 go\r\n")],
        "does not speak TLS",
    ),
];

/// `check` fails with this word, and the password was said in no form.
fn attacked(g: &Gatepost, table: &str, tls: &str, liar: &Liar, word: &str) {
    let ca = g.office.ca().display().to_string();
    let lines = format!(
        "port = {}\n{tls}\nroots = \"{ca}\"\npassword_file = \"password\"",
        liar.port
    );
    g.write_config(&with(&g.config(), table, &lines));
    let said = g.run(&["check"]);
    assert_eq!(said.code, 3, "{}", said.out);
    says(&said.out, &[word, &format!("localhost:{}", liar.port)]);
    let heard = || String::from_utf8_lossy(&liar.heard.lock().unwrap()).into_owned();
    if !word.contains("PREAUTH") && !word.contains("greet") {
        wait_until("the liar hears something", PATIENCE, || {
            (!heard().is_empty()).then_some(())
        });
    }
    let heard = heard();
    let sent = base64(format!("\0{}\0{PASSWORD}", g.address).as_bytes());
    for form in [
        PASSWORD,
        &base64(PASSWORD.as_bytes()),
        &sent,
        "LOGIN",
        "AUTH ",
    ] {
        assert!(!heard.contains(form), "{form} was heard: {heard}");
    }
}

#[test]
fn whoever_is_on_the_way_before_starttls_hears_no_password() {
    let g = Gatepost::new(PostOffice::shared(), "attacked");
    for (table, attacks) in [("[[mailbox]]", &IMAP[..]), ("[smtp]", &SMTP[..])] {
        for (greeting, script, word) in attacks {
            attacked(
                &g,
                table,
                "tls = \"starttls\"",
                &liar(greeting, script),
                word,
            );
        }
        // A server in clear where TLS should begin with the first byte.
        let (greeting, script, _) = attacks[1];
        attacked(&g, table, "", &liar(greeting, script), "does not speak TLS");
    }
}

#[test]
fn a_real_server_without_starttls_is_left() {
    let office = PostOffice::shared();
    let g = Gatepost::new(office, "bare");
    let ca = office.ca().display().to_string();
    let lines = format!(
        "port = {}\ntls = \"starttls\"\nroots = \"{ca}\"\npassword_file = \"password\"",
        office.smtp
    );
    g.write_config(&with(&g.config(), "[smtp]", &lines));
    let said = g.run(&["check"]);
    assert_eq!(said.code, 3, "{}", said.out);
    says(
        &said.out,
        &["smtp: localhost:", "does not offer STARTTLS here"],
    );
}
