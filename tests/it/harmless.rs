//! Nothing that a stranger writes acts on a terminal, and JSON gives it back exactly.

use crate::kit::{Gatepost, PATIENCE, soon};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::process::{Command, Stdio};

/// What must never come out as it went in: escape sequences, C1, bidi, zero-width, tags,
/// line ends and NUL in one line, and length.
const HOSTILE: [&str; 12] = [
    "esc \u{1b}]0;owned\u{7} \u{1b}[2J end",
    "c1 \u{9b}2J \u{85} \u{9d}0;owned\u{9c} end",
    "bidi \u{202e}gpj.exe \u{2066}x\u{2069} end",
    "zero\u{200b}width\u{feff}\u{2060}\u{00ad} end",
    "line\r\nBcc: eve@example.net\r\n\r\nsecond end",
    "feed\nSEC-2026-0001 closed\u{2028}third\u{2029} end",
    "nul \0 bell \u{7} back \u{8}\u{8}\u{8} del \u{7f} end",
    "tags \u{e0041}\u{e007f} \u{fe0f} end",
    "tab\there \u{b}\u{c} end",
    "quote \" back \\ brace {{ x }} percent %s %n $(id) `id` end",
    "combining e\u{301}\u{301}\u{301} \u{1160}\u{3164} end",
    "mark \u{fff9}x\u{fffb} \u{061c}\u{200e}\u{200f} end",
];

/// True for a character that acts instead of being seen. Written anew here: the test does
/// not ask the code that it tests.
fn acts(c: char) -> bool {
    let n = u32::from(c);
    n < 0x20
        || (0x7f..0xa0).contains(&n)
        || [0xad, 0x61c, 0x1160, 0x3164, 0xfeff].contains(&n)
        || (0x200b..=0x200f).contains(&n)
        || (0x2028..=0x202e).contains(&n)
        || (0x2060..=0x206f).contains(&n)
        || (0xfe00..=0xfe0f).contains(&n)
        || (0xfff0..=0xfffb).contains(&n)
        || (0xe0000..=0xe0fff).contains(&n)
}

fn assert_harmless(what: &str, text: &str) {
    let found = text.chars().find(|c| acts(*c) && *c != '\n');
    let around = text.lines().find(|l| l.chars().any(acts)).unwrap_or("");
    assert_eq!(found, None, "{what}: {around:?}");
}

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
    for (i, text) in HOSTILE.iter().enumerate() {
        let from = g.reporter(&format!("h{i}"));
        let raw = text.replace(['\r', '\n', '\0'], " ");
        let odd = format!("Auto-Submitted: {raw}\nList-Id: {raw}\nPrecedence: {raw}\n");
        all.push((
            from.clone(),
            hostile_mail(&from, &g.address, &format!("a{i}@x"), text, ""),
        ));
        all.push((
            from.clone(),
            hostile_mail(&from, &g.address, &format!("b{i}@x"), text, &odd),
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
    let strange = "From: \"\u{1b}[2J\" <\"a\u{1b}[2J\u{202e}\"@example.net>\nSubject: \u{1b}]0;raw\u{7} \u{9b}2J\nMessage-ID: <\u{1b}[2J@x>\n\nbody \u{1b}[2J\n".to_owned();
    all.push((from, strange));
    for (from, mail) in &all {
        g.office.deliver(from, &g.address, mail.as_bytes());
    }
    wait_until("all of them lie in the mailbox", PATIENCE, || {
        (g.office.inbox(&g.address).len() == all.len()).then_some(())
    });
    g.once().ok();
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
    g.once().ok();
    // A note is typed by us, and may hold what was copied from a report.
    for (i, text) in HOSTILE.iter().enumerate() {
        if !text.contains('\0') {
            g.run(&["note", &(i % 4 + 1).to_string(), text]).ok();
        }
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
        let ways = [
            "",
            " --log",
            " --text 1",
            " --text 2",
            " --text 3",
            " --quotes",
            " --text 1 --quotes",
        ];
        all.extend(ways.map(|way| line(&format!("show {reference}{way}"))));
        all.push(line(&format!("explain {reference}")));
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
fn nothing_acts_in_a_pipe_and_json_gives_the_exact_text() {
    let g = full();
    for args in looks(&g) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let said = g.run(&args);
        assert!([0, 2].contains(&said.code), "{args:?}: {}", said.err);
        assert_harmless(&format!("{args:?}"), &said.out);
        assert_harmless(&format!("{args:?}"), &said.err);
        let documents = [
            "list", "outbox", "adopt", "audit", "explain", "away", "assign", "set", "note",
        ];
        if documents.contains(&args[0]) || (args[0] == "show" && args.len() == 2) {
            let json = g.run(&[&args[..], &["--json"]].concat()).ok();
            assert_harmless(&format!("{args:?} --json"), &json);
            serde_json::from_str::<Value>(&json).unwrap();
        }
    }
    json_is_exact(&g);
}

fn json_is_exact(g: &Gatepost) {
    let show = |t: &Value| g.show(t["ref"].as_str().unwrap());
    let shown: Vec<Value> = g.list().iter().map(show).collect();
    let tray = g.run(&["adopt", "--json"]).json();
    for (i, text) in HOSTILE.iter().enumerate() {
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

#[test]
fn nothing_acts_on_a_terminal() {
    let g = full();
    for args in looks(&g) {
        let inner = g.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
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
