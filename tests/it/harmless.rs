//! Nothing that a stranger writes acts on a terminal, and JSON gives it back exactly.

mod words;

use crate::kit::{Gatepost, PATIENCE, all_files, soon};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};
use words::{assert_harmless, packs};

/// RFC 2047, so that every character arrives.
fn word(text: &str) -> String {
    let pieces: Vec<char> = text.chars().collect();
    let pieces = pieces.chunks(9).map(|c| c.iter().collect::<String>());
    let one = |piece: String| format!("=?utf-8?B?{}?=", base64(piece.as_bytes()));
    pieces.map(one).collect::<Vec<_>>().join("\n ")
}

pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextet = |group: &[u8], i: usize| {
        let all = group.iter().fold(0u32, |n, b| n << 8 | u32::from(*b));
        let all = all << (8 * (3 - group.len()));
        char::from(LETTERS[(all >> (18 - 6 * i)) as usize & 63])
    };
    let quad = |group: &[u8]| -> String {
        let letters: String = (0..=group.len()).map(|i| sextet(group, i)).collect();
        format!("{letters:=<4}")
    };
    bytes.chunks(3).map(quad).collect()
}

/// RFC 2231.
fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// A mail that has the text in its name, subject, file name and body, and in header
/// fields whose values a rule may quote as its reason.
fn hostile_mail(from: &str, to: &str, id: &str, text: &str, extra: &str) -> String {
    let (name, file, body) = (word(text), percent(text), base64(text.as_bytes()));
    format!(
        "From: {name} <{from}>\nTo: {to}\nSubject: {name}\nMessage-ID: <{id}>\n{extra}MIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: base64\n\n{body}\n--b\nContent-Type: application/octet-stream\n\
         Content-Disposition: attachment; filename*=utf-8''{file}\n\nx\n--b--\n"
    )
}

/// A delivery report, which goes to the tray.
fn bounce(from: &str, id: &str, text: &str) -> String {
    let name = word(text);
    format!(
        "From: {name} <{from}>\nSubject: {name}\nMessage-ID: <{id}>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n\
         It failed.\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--\n"
    )
}

/// A store with every hostile text in it: as reports, as held ones, in the tray, with
/// an evaluation that cites the subject.
fn full() -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), "harmless");
    let mut all = Vec::new();
    for (i, text) in packs().iter().enumerate() {
        let from = g.reporter(&format!("h{i}"));
        let raw = text.replace(['\r', '\n', '\0'], " ");
        let odd = format!(
            "Auto-Submitted: {raw}\nList-Id: {raw}\nPrecedence: {raw}\nAuthentication-Results: {raw}\n\
             Authentication-Results: localhost; dmarc={raw}; dkim=pass ({raw}) header.d={raw}\n\
             Reply-To: {raw} <eve@example.net>\nReturn-Path: <{raw}>\nIn-Reply-To: <{raw}@x>\n\
             References: {raw}\nX-Failed-Recipients: {raw}\nX-Loop: {raw}\nDate: {raw}\n"
        );
        all.push((
            from.clone(),
            hostile_mail(&from, &g.address, &format!("a{i}@x"), text, ""),
        ));
        all.push((
            from.clone(),
            hostile_mail(&from, &g.address, &format!("{raw}@x"), text, &odd),
        ));
        let bounce = bounce(&from, &format!("c{i}@x"), text);
        all.push((from, bounce));
    }
    let long = "x".repeat(100_000) + "\u{1b}[2J";
    let from = g.reporter("long");
    all.push((
        from.clone(),
        hostile_mail(&from, &g.address, "long@x", &long, ""),
    ));
    // Halves of surrogate pairs and other bytes that are no UTF-8.
    let broken = b"From: \xed\xa0\x80\xc0\x9b\xff <broken@example.net>\nSubject: \xed\xa0\x80\x9b2J\xc2\nContent-Type: text/\xed; name=\"\xed\xbf\xbf\x1b[2J\"\n\n\xed\xa0\x80\x9b2J \xff end\n";
    let strange = "From: \"\u{1b}[2J\" <\"a\u{1b}[2J\u{202e}\"@example.net>\nSubject: \u{1b}]0;raw\u{7} \u{9b}2J\nMessage-ID: <\u{1b}[2J@x>\n\nbody \u{1b}[2J\n".to_owned();
    all.push((from, strange));
    for (from, mail) in &all {
        g.office.deliver(from, &g.address, mail.as_bytes());
    }
    g.office.deliver("broken@example.net", &g.address, broken);
    wait_until("all of them lie in the mailbox", PATIENCE, || {
        (g.office.inbox(&g.address).len() == all.len() + 1).then_some(())
    });
    let said = g.run(&["run", "--once", "--level", "trace"]);
    assert_harmless("the log", &said.err);
    said.ok();
    let date = soon();
    let answer = [
        "accepted",
        "--expected",
        &date,
        "--plan",
        "Mend it.",
        "--yes",
    ];
    for n in 1..=4 {
        g.run(&[&["evaluate", &n.to_string()][..], &answer].concat())
            .ok();
    }
    let said = g.run(&["run", "--once", "--log", "json", "--level", "trace"]);
    assert_harmless("the log as JSON", &said.err);
    said.ok();
    // A note is typed by us, and may hold what was copied from a report.
    for (i, text) in packs().iter().enumerate() {
        let typed = text.replace('\0', "");
        g.run(&["note", &(i % 4 + 1).to_string(), &typed]).ok();
    }
    g
}

/// Every way to look at what is there.
fn looks(g: &Gatepost) -> Vec<Vec<String>> {
    let line = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut all: Vec<_> = [
        "list",
        "list --all",
        "list --held",
        "outbox",
        "adopt",
        "audit",
    ]
    .map(line)
    .to_vec();
    for t in g.list() {
        let reference = t["ref"].as_str().unwrap();
        let ways = ["", " --log", " --text 1", " --text 2", " --quotes"];
        all.extend(ways.map(|way| line(&format!("show {reference}{way}"))));
        all.push(line(&format!("explain {reference}")));
        let folder = g.path("cases").join(reference).display().to_string();
        all.push(line(&format!("export case {reference} --to {folder}")));
    }
    let saved = g.path("saved").display().to_string();
    all.push(line(&format!("show 1 --save {saved}")));
    for verb in [
        "evaluate 5 accepted --plan x --dry-run",
        "log",
        "log 1",
        "list --all --sort severity",
        "list --owner nobody",
        "away",
        "complete-refs",
        "complete-values -- show 1",
        "health",
        "log --json",
        "check --letters",
        "assign 5 ben --dry-run",
        "set 5 reporter=kim@example.net co-finder=lee@example.net title=x --dry-run",
        "reopen 1 --retract 1 --because x --dry-run",
        "note 5 x --dry-run",
    ] {
        all.push(line(verb));
    }
    all
}

#[test]
fn nothing_acts_in_a_pipe_or_on_a_terminal_and_json_gives_the_exact_text() {
    let g = full();
    fs::create_dir(g.path("cases")).unwrap();
    for args in looks(&g) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        in_a_pipe(&g, &args);
        on_a_terminal(&g, &args);
    }
    json_is_exact(&g);
    raw_bytes_go_to_no_terminal(&g);
    cases_are_harmless(&g);
}

/// The texts of every case; the mails and their attachments are as they came.
fn cases_are_harmless(g: &Gatepost) {
    let mut seen = 0;
    for (path, bytes) in all_files(&g.path("cases")) {
        let theirs = ["mails", "attachments", "letters"];
        let inside = path.parent().unwrap().file_name().unwrap();
        if theirs.iter().all(|folder| inside != *folder) {
            assert_harmless(
                &path.display().to_string(),
                &String::from_utf8(bytes).unwrap(),
            );
            seen += 1;
        }
    }
    assert!(seen > 10 * g.list().len() - 10, "{seen}");
}

fn in_a_pipe(g: &Gatepost, args: &[&str]) {
    let said = g.run(args);
    assert!([0, 2, 3].contains(&said.code), "{args:?}: {}", said.err);
    assert_harmless(&format!("{args:?}"), &said.out);
    assert_harmless(&format!("{args:?}"), &said.err);
    if !args.contains(&"--text") {
        let forged = "\nSEC-2026-0001 closed";
        assert!(!said.out.contains(forged), "{args:?}: a line of a stranger");
    }
    let documents = [
        "list", "outbox", "adopt", "audit", "explain", "away", "assign", "set", "note", "health",
    ];
    if documents.contains(&args[0]) || (args[0] == "show" && args.len() == 2) {
        let json = g.run(&[args, &["--json"]].concat()).out;
        assert_harmless(&format!("{args:?} --json"), &json);
        serde_json::from_str::<Value>(&json).unwrap();
    }
}

fn json_is_exact(g: &Gatepost) {
    let show = |t: &Value| g.show(t["ref"].as_str().unwrap());
    let shown: Vec<Value> = g.list().iter().map(show).collect();
    let tray = g.run(&["adopt", "--json"]).json();
    for (i, text) in packs().iter().enumerate() {
        let id = format!("<a{i}@x>");
        let theirs = |whole: &&Value| whole["thread"][0]["message_id"] == id.as_str();
        let whole = shown.iter().find(theirs).unwrap();
        let mail = &whole["thread"][0];
        // The lines of a body end in CR LF on the wire and in LF here.
        assert_eq!(mail["new_text"], text.replace("\r\n", "\n"), "the body");
        assert_eq!(mail["attachments"][0]["name"], *text, "the file name");
        assert_eq!(whole["subject"], *text, "the subject");
        assert_eq!(whole["reporter"]["name"], *text, "the name");
        let bounced = tray["tray"].as_array().unwrap();
        assert!(bounced.iter().any(|m| m["subject"] == *text), "the tray");
    }
}

fn on_a_terminal(g: &Gatepost, args: &[&str]) {
    let inner = g.command(args);
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    let words: Vec<String> = words
        .map(|w| format!("'{}'", w.to_str().unwrap()))
        .collect();
    let output = Command::new("script")
        .args(["-q", "-c", &words.join(" "), "/dev/null"])
        .env("TERM", "xterm")
        .env("PAGER", "cat")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .expect("script, of the package bsdutils");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.is_empty(), "{args:?}");
    // Ours: bold, red, and their end; how far long work has come. A terminal's line end is CR LF.
    let mut text = text.replace("\r\n", "\n");
    for ours in ["\u{1b}[1m", "\u{1b}[31m", "\u{1b}[0m", "\r\u{1b}[K"] {
        text = text.replace(ours, "");
    }
    assert_harmless(&format!("{args:?} on a terminal"), &text);
}

fn raw_bytes_go_to_no_terminal(g: &Gatepost) {
    let raw = g.command(&["show", "1", "--raw", "1"]);
    let words: Vec<_> = std::iter::once(raw.get_program())
        .chain(raw.get_args())
        .collect();
    let words: Vec<String> = words
        .iter()
        .map(|w| format!("'{}'", w.to_str().unwrap()))
        .collect();
    let output = Command::new("script")
        .args(["-qec", &words.join(" "), "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(2),
        "raw bytes do not go to a terminal"
    );
}
