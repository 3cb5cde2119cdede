//! No field of a mail, of a letter or of the config brings a header, a recipient or an SMTP
//! command of its own: what goes over the wire is looked at byte by byte.

use crate::kit::{Gatepost, PATIENCE, body, header, soon};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::{Kept, Sink};
use std::fs;

/// What begins a header, a recipient, a command or a message of its own, where it is let.
const BREAKERS: [&str; 8] = [
    "x\r\nBcc: eve@evil.example\r\n\r\nsecond",
    "x\nBcc: eve@evil.example",
    "x\rBcc: eve@evil.example",
    "x\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\n",
    "x\0Bcc: eve@evil.example",
    "x\u{85}Bcc: eve@evil.example\u{2028}RCPT TO:<eve@evil.example>",
    "x\r\n.\r\n..\r\n.x",
    "x=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=",
];

/// The names of header fields that letters have.
const FIELDS: [&str; 15] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Precedence",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

/// One encoded word a piece (RFC 2047), so that the decoded text holds what must not act.
fn word(text: &str) -> String {
    let pieces: Vec<char> = text.chars().collect();
    let one = |piece: &[char]| {
        let piece: String = piece.iter().collect();
        let piece = crate::harmless::base64(piece.as_bytes());
        format!("=?utf-8?B?{piece}?=")
    };
    pieces.chunks(9).map(one).collect::<Vec<_>>().join("\n ")
}

/// A gatepost whose letters go to the sink, without caps.
fn at(sink: &Sink) -> Gatepost<'static> {
    let g = Gatepost::new(PostOffice::shared(), "wire");
    let caps = "[acknowledge]\nper_domain = 10000\nper_hour = 10000\n";
    let config = g.config();
    let (before, behind) = config.split_once("[smtp]").unwrap();
    let rest = behind.split_once("grace").unwrap().1;
    let smtp = format!(
        "[smtp]\nhost = \"localhost\"\nuser = \"{}\"\n{}\ngrace",
        g.address,
        sink.config()
    );
    g.write_config(&format!("{before}{smtp}{rest}{caps}"));
    g.run(&["init"]).ok();
    g
}

/// Posts mails with every breaker in every field; gives the true addresses of their authors.
fn reports(g: &Gatepost) -> Vec<String> {
    let mut authors = Vec::new();
    for (i, breaker) in BREAKERS.iter().enumerate() {
        let (author, encoded) = (g.reporter(&format!("w{i}")), word(breaker));
        let raw = breaker.replace("\r\n", "\r").replace('\n', "\r");
        let id = raw.replace(['\r', '\0', ' '], "");
        let mail = format!(
            "From: {encoded} <{author}>\nTo: {encoded} <{}>\nCc: eve@evil.example, {encoded} <eve2@evil.example>\n\
             Reply-To: {encoded} <eve3@evil.example>\nSender: eve4@evil.example\nSubject: {encoded}\n\
             Message-ID: <{id}{i}@example.net>\nIn-Reply-To: <{raw}@x>\nReferences: <{raw}@x> <fine{i}@example.net>\n\
             Errors-To: eve5@evil.example\nDisposition-Notification-To: eve6@evil.example\n\
             X-Raw: {raw}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: base64\n\n{}\n",
            g.address,
            crate::harmless::base64(breaker.as_bytes()),
        );
        g.arrives(&author, mail.as_bytes());
        authors.push(author);
    }
    authors
}

/// Every command is one that we mean, and every recipient one of ours.
fn assert_commands(sink: &Sink, known: &[String]) {
    for command in sink.commands() {
        let verb = command.split([' ', ':']).next().unwrap();
        let verbs = [
            "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT",
        ];
        assert!(verbs.contains(&verb), "{command:?}");
        assert!(
            command.bytes().all(|b| b.is_ascii_graphic() || b == b' '),
            "{command:?}"
        );
        if let Some(to) = command.strip_prefix("RCPT TO:<") {
            let to = to.strip_suffix('>').unwrap();
            assert!(known.iter().any(|k| k == to), "{command:?}");
        }
        if command.starts_with("MAIL") {
            assert!(
                command.starts_with("MAIL FROM:<security-wire-"),
                "{command:?}"
            );
        }
    }
}

/// The header has the fields of ours, each once, and every line of it is a field or folded.
fn assert_header(letter: &Kept) {
    let text = String::from_utf8(letter.bytes.clone()).unwrap();
    assert!(
        !text.replace("\r\n", "").contains(['\r', '\n', '\0']),
        "{text:?}"
    );
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let mut seen = Vec::new();
    for line in head.split("\r\n").filter(|l| !l.starts_with([' ', '\t'])) {
        let name = line.split(':').next().unwrap();
        assert!(FIELDS.contains(&name), "{line:?} in {head}");
        assert!(!seen.contains(&name), "{name} twice in {head}");
        seen.push(name);
    }
    let to = text.replace("\r\n", "\n");
    let to = header(&to, "To").unwrap();
    assert_eq!(
        to.trim_matches(['<', '>']),
        letter.to,
        "the header names its one reader"
    );
}

#[test]
fn no_field_of_a_mail_or_a_letter_brings_a_header_or_a_command_of_its_own() {
    let sink = Sink::start(|_| false);
    let g = at(&sink);
    let authors = reports(&g);
    let known: Vec<String> = [
        authors.clone(),
        vec![g.anna.clone(), g.anna.replace("anna", "ben")],
    ]
    .concat();
    g.once().ok();
    let acknowledged = sink.kept();
    for author in &authors {
        let theirs = acknowledged.iter().filter(|k| k.to == *author).count();
        assert_eq!(theirs, 1, "one receipt for {author}");
    }
    let date = soon();
    for (i, breaker) in BREAKERS.iter().enumerate() {
        // An argument holds no NUL.
        let typed = breaker.replace('\0', "");
        let n = (i + 1).to_string();
        let decided = [
            "evaluate",
            &n,
            "accepted",
            "--expected",
            &date,
            "--plan",
            &typed,
            "--yes",
        ];
        g.run(&decided).ok();
    }
    wait_until("every evaluation has left", PATIENCE, || {
        g.once().ok();
        (sink.kept().len() >= acknowledged.len() + BREAKERS.len()).then_some(())
    });
    let letters = sink.kept();
    letters.iter().for_each(assert_header);
    assert_commands(&sink, &known);
    let answered = sink.commands().iter().filter(|c| *c == "DATA").count();
    assert_eq!(answered, letters.len(), "as many messages as were given");
    // Lines of dots come through: the plan of the seventh has `.`, `..` and `.x`.
    let dots = letters.iter().rfind(|k| k.to == authors[6]).unwrap();
    let text = String::from_utf8(dots.bytes.clone())
        .unwrap()
        .replace("\r\n", "\n");
    for line in [".", "..", ".x"] {
        let found = body(&text).lines().any(|l| l.trim() == line);
        assert!(found, "{line:?} is missing in {text}");
    }
}

#[test]
fn no_value_of_the_config_with_a_line_end_or_a_control_is_taken() {
    let g = Gatepost::new(PostOffice::shared(), "wire-config");
    let config = g.config();
    g.run(&["check", "--offline"]).ok();
    let keys = [
        ("[organisation]", "name"),
        ("[organisation]", "page"),
        ("[organisation]", "team_name"),
        ("[organisation]", "bounty"),
        ("[[team]]", "name"),
        ("[[team]]", "address"),
        ("[[mailbox]]", "name"),
        ("[[mailbox]]", "address"),
        ("[[mailbox]]", "host"),
        ("[[mailbox]]", "user"),
        ("[[mailbox]]", "class"),
        ("[[mailbox]]", "sent_folder"),
        ("[[mailbox]]", "folders"),
        ("[[mailbox]]", "aliases"),
        ("[smtp]", "host"),
        ("[smtp]", "user"),
        ("store = ", "reference"),
    ];
    for (section, key) in keys {
        for escape in [
            "\\r\\nRCPT TO:<eve@evil.example>",
            "\\nBcc: x",
            "\\rx",
            "\\u0000x",
            "\\u0085x",
            "\\u202ex",
        ] {
            let value = format!("\"a{escape}\"");
            let list = ["folders", "aliases"].contains(&key);
            let value = if list { format!("[{value}]") } else { value };
            fs::write(
                g.path("gatepost.toml"),
                with_value(&config, section, key, &value),
            )
            .unwrap();
            let said = g.run(&["check", "--offline"]);
            assert_eq!(
                said.code, 2,
                "{section} {key} = {value}: {}{}",
                said.out, said.err
            );
        }
    }
}

/// The config with one value set in the first table of that name.
fn with_value(config: &str, section: &str, key: &str, value: &str) -> String {
    let (before, behind) = config.split_once(section).unwrap();
    if section.ends_with("= ") {
        return format!("{before}{key} = {value}\n{section}{behind}");
    }
    let end = behind.find("\n[").unwrap_or(behind.len());
    let (table, rest) = behind.split_at(end);
    let others = table
        .lines()
        .filter(|l| !l.starts_with(&format!("{key} =")));
    let others: Vec<&str> = others.collect();
    format!(
        "{before}{section}\n{key} = {value}{}{rest}",
        others.join("\n")
    )
}
