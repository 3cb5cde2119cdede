//! Nothing that a stranger writes acts on a terminal, and JSON gives it back exactly.

use crate::kit::{Gatepost, PATIENCE, soon};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::process::{Command, Stdio};

/// What must never come out as it went in: whole lines of trouble.
const HOSTILE: [&str; 20] = [
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
    "'; DROP TABLE tickets; -- % _ * \" OR 1=1 end",
    "=cmd|' /C calc'!A1 +1 -1 @SUM(1) end",
    "<script>alert(1)</script> &lt; &#x1b; ]]> end",
    "\\u001b[2J \\x1b[2J \\033[2J \\e[2J %1b end",
    "emoji \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{2764}\u{fe0f} end",
    "right \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{627}\u{644}\u{633} end",
    "\u{1b}%G\u{1b}(0\u{e}lqqqk\u{f}\u{1b}(B end",
    "../../etc/passwd C:\\con a/b\\c ~/.ssh end",
];

/// Sequences that terminals obey, without the escape in front.
const SEQUENCES: [&str; 44] = [
    "c",
    "7",
    "8",
    "D",
    "E",
    "H",
    "M",
    "Z",
    "=",
    ">",
    "#8",
    "[2J",
    "[3J",
    "[H",
    "[1;1H",
    "[31m",
    "[8m",
    "[5n",
    "[6n",
    "[c",
    "[>c",
    "[21t",
    "[?25l",
    "[?47h",
    "[?1049h",
    "[?1000h",
    "[?2004h",
    "[20h",
    "[4i",
    "[5i",
    "[!p",
    "[100A",
    "[1;2r",
    "[999b",
    "]0;owned\u{7}",
    "]2;owned\u{1b}\\",
    "]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}",
    "]52;c;ZXZpbA==\u{7}",
    "]50;x\u{7}",
    "]1337;File=x:AA==\u{7}",
    "P$q\"p\u{1b}\\",
    "_Gx\u{1b}\\",
    "^x\u{1b}\\",
    "Xx\u{1b}\\",
];

/// Characters that act alone, but for C0 and C1.
const ACTING: [std::ops::RangeInclusive<u32>; 22] = [
    0xad..=0xad,
    0x34f..=0x34f,
    0x61c..=0x61c,
    0x115f..=0x1160,
    0x17b4..=0x17b5,
    0x180b..=0x180f,
    0x200b..=0x200f,
    0x2028..=0x202e,
    0x2060..=0x206f,
    0x2800..=0x2800,
    0x3164..=0x3164,
    0xfdd0..=0xfdef,
    0xfe00..=0xfe0f,
    0xfeff..=0xfeff,
    0xffa0..=0xffa0,
    0xfff0..=0xfffb,
    0xfffe..=0xffff,
    0x13430..=0x1345f,
    0x1bca0..=0x1bca3,
    0x1d173..=0x1d17a,
    0x1fffe..=0x1ffff,
    0xe0000..=0xe007f,
];

/// All of them, over three hundred, each a string of its own.
fn hostile() -> Vec<String> {
    let mut all: Vec<String> = HOSTILE.iter().map(|s| (*s).to_owned()).collect();
    all.extend(SEQUENCES.iter().map(|s| format!("seq \u{1b}{s} end")));
    let controls = (0..0x20).chain(0x7f..0xa0);
    let step = |from: u32| if from > 0xffff { 2 } else { 1 };
    let alone = ACTING.iter().cloned();
    let alone = alone.flat_map(|range| range.clone().step_by(step(*range.start())));
    let one = |n: u32| format!("one x{}y end", char::from_u32(n).unwrap());
    all.extend(controls.chain(alone).map(one));
    // Piles of marks, which no terminal obeys and every reader suffers from.
    for mark in [
        '\u{301}', '\u{336}', '\u{489}', '\u{20dd}', '\u{e47}', '\u{5b0}',
    ] {
        all.push(format!("pile a{} end", mark.to_string().repeat(200)));
    }
    assert!(all.len() >= 300, "{}", all.len());
    all
}

/// The same, twenty in one field: as much is looked at, in fewer mails.
fn packs() -> Vec<String> {
    hostile().chunks(20).map(|pack| pack.join(" | ")).collect()
}

/// True for a character that acts instead of being seen. Written anew here: the test does
/// not ask the code that it tests.
fn acts(c: char) -> bool {
    let n = u32::from(c);
    n < 0x20
        || (0x7f..0xa0).contains(&n)
        || (0xe0000..=0xe0fff).contains(&n)
        || ACTING.iter().any(|range| range.contains(&n))
}

/// Nothing acts, no pile of marks stands on a letter, and nothing is called proven that
/// nobody proved.
fn assert_harmless(what: &str, text: &str) {
    let found = text.chars().find(|c| acts(*c) && *c != '\n');
    let around = text.lines().find(|l| l.chars().any(acts)).unwrap_or("");
    assert_eq!(found, None, "{what}: {around:?}");
    for mark in [
        "\u{301}", "\u{336}", "\u{489}", "\u{20dd}", "\u{e47}", "\u{5b0}",
    ] {
        assert!(
            !text.contains(&mark.repeat(20)),
            "{what}: a pile of {mark:?}"
        );
    }
    let lower = text.to_lowercase().replace("\"signed\": null", "");
    for claim in ["signed", "verified"] {
        let claims = lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| w == claim);
        assert!(!claims, "{what} says {claim}");
    }
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
    for args in looks(&g) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        in_a_pipe(&g, &args);
        on_a_terminal(&g, &args);
    }
    json_is_exact(&g);
    raw_bytes_go_to_no_terminal(&g);
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
