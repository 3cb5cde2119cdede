//! What holds whatever a stranger writes: the properties of `fuzz/properties`, here for input
//! that is made up in seconds, and for what fuzzing has found. `tests/soak/fuzz` looks longer.

mod scripts;

#[path = "../../fuzz/properties/imap.rs"]
mod imap;
#[path = "../../fuzz/properties/mail.rs"]
mod mail;
#[path = "../../fuzz/properties/peer.rs"]
mod peer;
#[path = "../../fuzz/properties/results.rs"]
mod results;
#[path = "../../fuzz/properties/settings.rs"]
mod settings;
#[path = "../../fuzz/properties/smtp.rs"]
mod smtp;

use proptest::prelude::*;
use proptest::sample::select;
use scripts::{IMAP, IMAP_BEGUN, IMAP_ENDS, RESULTS, SMTP, SMTP_BEGUN, SMTP_ENDS};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(project().join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = paths.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = paths.into_iter().filter(|path| path.is_file());
    files
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

/// The mails of `tests/mail`.
pub fn samples() -> Vec<Vec<u8>> {
    let all: Vec<Vec<u8>> = files("tests/mail").into_iter().map(|(_, b)| b).collect();
    assert!(all.len() > 20, "tests/mail is there");
    all
}

/// Bytes that a test shows as text when it fails.
#[derive(Clone)]
pub struct Input(pub Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// One change to the bytes of a file.
#[derive(Clone, Debug)]
pub enum Change {
    Cut(usize),
    Drop(usize, usize),
    Put(usize, Vec<u8>),
    Twice(usize, usize),
}

const IN_MAIL: &[&[u8]] = &[
    b"\r\n",
    b"\n\n",
    b"--b",
    b"--b--",
    b"\0",
    b"=?utf-8?q?",
    b"?=",
    b"\xff\xfe",
    b"\"",
    b"(",
    b"<",
    b">",
    b";",
    b":",
    b"@",
    b",",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"From: ",
    b"\nFrom: eve@example.com\n",
    b"\nAuto-Submitted: auto-replied\n",
    b"\nList-Id: <a.example>\n",
    b"\nReturn-Path: <>\n",
    b"\nIn-Reply-To: <7@example.org>\n",
    b"Content-Type: ",
    b"multipart/mixed; boundary=",
    b"charset=utf-7",
    b"base64",
    b"=",
    b"\xc3",
    b"&#x110000;",
];

const IN_SETTINGS: &[&[u8]] = &[
    b"\n",
    b"\"",
    b"[",
    b"]",
    b"[[",
    b"{",
    b"}",
    b"=",
    b",",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"1 s",
    b"10 business days",
    b"\n[smtp]\n",
    b"\n[[team]]\n",
    b"'''",
    b"\\u202e",
    b"\x1b[2J",
    b"\xff",
    b"\nBEGIN:VEVENT\n",
    b"\nEND:VEVENT\n",
    b"\nRRULE:FREQ=YEARLY\n",
    b"\nDTSTART:20270503\n",
    b"{{",
    b"}}",
    b"{% for x in ",
    b"%}",
];

/// One change, which may put one of these words somewhere.
pub fn change(words: &'static [&'static [u8]]) -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<usize>().prop_map(Change::Cut),
        (any::<usize>(), 0..40usize).prop_map(|(at, n)| Change::Drop(at, n)),
        (any::<usize>(), select(words)).prop_map(|(at, word)| Change::Put(at, word.to_vec())),
        (any::<usize>(), prop::collection::vec(any::<u8>(), 1..4))
            .prop_map(|(at, bytes)| Change::Put(at, bytes)),
        (any::<usize>(), 0..400usize).prop_map(|(at, n)| Change::Twice(at, n)),
    ]
}

pub fn changed(mut file: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for change in changes {
        let (Change::Cut(at) | Change::Drop(at, _) | Change::Put(at, _) | Change::Twice(at, _)) =
            change;
        let at = at % (file.len() + 1);
        let end = |n: usize| (at + n).min(file.len());
        match change {
            Change::Cut(_) => file.truncate(at),
            Change::Drop(_, n) => drop(file.drain(at..end(n))),
            Change::Put(_, bytes) => drop(file.splice(at..at, bytes)),
            Change::Twice(_, n) => file.extend_from_within(at..end(n)),
        }
    }
    file
}

/// A mail of `tests/mail` with a few faults more.
pub fn changed_mail() -> impl Strategy<Value = Input> {
    let changes = prop::collection::vec(change(IN_MAIL), 1..12);
    (select(samples()), changes).prop_map(|(mail, changes)| Input(changed(mail, changes)))
}

/// A file that the operator writes, with its letter in front, and a few faults.
fn changed_setting() -> impl Strategy<Value = Input> {
    let own = |name: &str| fs::read(project().join(name)).unwrap();
    let lettered = |letter: &[u8], file: &[u8]| [letter, file].concat();
    let mut all = vec![lettered(b"c", &own("config/gatepost.example.toml"))];
    for (path, policy) in files("config/policies") {
        if path.extension().is_some_and(|e| e == "toml") {
            all.push(lettered(b"p", &policy));
        }
    }
    for (path, letter) in files("config/letters/en") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        all.push(lettered(b"l", &[name.as_bytes(), b"\n", &letter].concat()));
    }
    for letter in [b"h", b"i"] {
        all.push(lettered(letter, HOLIDAYS.as_bytes()));
    }
    let changes = prop::collection::vec(change(IN_SETTINGS), 0..8);
    (select(all), changes).prop_map(|(file, changes)| {
        let (letter, file) = file.split_first().unwrap();
        Input([&[*letter], changed(file.to_vec(), changes).as_slice()].concat())
    })
}

const HOLIDAYS: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270503\n\
    SUMMARY:Early May bank holiday\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271225\n\
    RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25\nSUMMARY:Christmas\nEND:VEVENT\nEND:VCALENDAR\n";

/// Some of these words between two ends that make an answer of them; answers to a few lines.
fn script(
    begun: &'static str,
    ends: &'static [(&'static str, &'static str)],
    words: &'static [&'static str],
) -> impl Strategy<Value = Input> {
    let words = prop::collection::vec(select(words), 0..5);
    let one = (select(ends), words)
        .prop_map(|((begin, end), words)| format!("{begin}{}{end}", words.concat()));
    let answer = prop::collection::vec(one, 0..5).prop_map(|lines| lines.concat());
    (any::<u8>(), prop::collection::vec(answer, 1..12)).prop_map(move |(choice, answers)| {
        let script = format!("{begun}{}", answers.join("\u{1e}"));
        Input([&[choice], script.as_bytes()].concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_mail_with_any_fault_is_read_judged_and_answered_alone(mail in changed_mail()) {
        mail::holds(&mail.0);
    }

    #[test]
    fn no_field_stands_for_an_author_but_our_servers_own(
        words in prop::collection::vec(select(RESULTS), 0..40), any in ".*",
    ) {
        results::holds(words.concat().as_bytes());
        results::holds(any.as_bytes());
    }
}

proptest! {
    #[test]
    fn no_imap_server_ends_more_than_its_connection(
        begun in script(IMAP_BEGUN, IMAP_ENDS, IMAP), any in script("", IMAP_ENDS, IMAP),
    ) {
        imap::holds(&begun.0);
        imap::holds(&any.0);
    }

    #[test]
    fn no_smtp_server_gets_a_letter_that_is_not_recorded(
        begun in script(SMTP_BEGUN, SMTP_ENDS, SMTP), any in script("", SMTP_ENDS, SMTP),
    ) {
        smtp::holds(&begun.0);
        smtp::holds(&any.0);
    }

    #[test]
    fn no_file_of_the_operator_is_more_than_refused(file in changed_setting()) {
        let folder = tempfile::tempdir().unwrap();
        settings::holds(&file.0, folder.path());
    }
}

/// What made a property fail once, as small as it could be made.
#[test]
fn what_was_found_holds_now() {
    let folder = tempfile::tempdir().unwrap();
    for (target, holds) in [
        ("mail", mail::holds as fn(&[u8])),
        ("results", results::holds),
        ("imap", imap::holds),
        ("smtp", smtp::holds),
    ] {
        for (path, bytes) in found(target) {
            eprintln!("{}", path.display());
            holds(&bytes);
        }
    }
    for (path, bytes) in found("settings") {
        eprintln!("{}", path.display());
        settings::holds(&bytes, folder.path());
    }
}

fn found(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = format!("fuzz/found/{target}");
    if project().join(&folder).is_dir() {
        files(&folder)
    } else {
        Vec::new()
    }
}
