//! An IMAP server that means ill: it costs little memory, ends no process, and brings no
//! ticket of what was not asked for.

use super::fault::{Act, Fault, Way, When};
use super::scene::Scene;
use crate::dice::rounds;
use crate::kit::{Gatepost, report};
use std::fs;
use std::sync::Arc;

const MEBIBYTE: usize = 1 << 20;

fn sees(text: &str) -> When {
    When::Sees(text.to_owned())
}

fn flood(piece: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static, count: usize) -> Act {
    Act::Flood(Arc::new(piece), count)
}

/// The same piece again and again.
fn pour(piece: &'static [u8], count: usize) -> Act {
    flood(move |_| piece.to_vec(), count)
}

/// A line for each number.
fn lines(line: impl Fn(usize) -> String + Send + Sync + 'static, count: usize) -> Act {
    // A hundred at once: as fast as a server can.
    let many = move |n: usize| (n * 100..n * 100 + 100).map(&line).collect::<String>();
    flood(move |n| many(n).into_bytes(), count / 100)
}

fn says(text: impl Into<Vec<u8>>) -> Act {
    Act::Answer(text.into())
}

/// A text that nobody asked for.
fn foisted(g: &Gatepost, head: &str) -> Vec<u8> {
    let eve = g.reporter("eve");
    let mail = report(&eve, &g.address, "foisted@evil.example", "foisted", "", "x");
    let mail = String::from_utf8(mail).unwrap().replace('\n', "\r\n");
    let size = mail.len();
    format!("* 1 FETCH ({head} {{{size}}}\r\n{mail})\r\n").into_bytes()
}

/// What is done to a connection that stands, when it asks for mail with this UID.
fn attacks(g: &Gatepost, uid: usize) -> Vec<(&'static str, &'static str, Vec<Act>)> {
    let (list, sizes, texts) = ("UID FETCH", "RFC822.SIZE INTERNALDATE)", "BODY.PEEK[]");
    let many = 200_000 * rounds(1);
    let nested = "(".repeat(60_000);
    let asked = format!("UID {uid} ");
    let huge = format!("* 1 FETCH ({asked}BODY[]<0> {{4294967295}}\r\n");
    let larger = format!("* 1 FETCH ({asked}BODY[]<0> {{18446744073709551617}}\r\n");
    let wrong = |section: &str| vec![says(foisted(g, &format!("{asked}{section}")))];
    vec![
        ("endless line", list, vec![pour(&[b'x'; MEBIBYTE], 512)]),
        (
            "endless line of a FETCH",
            texts,
            vec![says("* 1 FETCH ("), pour(&[b'('; MEBIBYTE], 512)],
        ),
        (
            "literal of 4 GB",
            texts,
            vec![says(huge), pour(&[b'x'; MEBIBYTE], 512)],
        ),
        (
            "literal beyond 64 bits",
            texts,
            vec![says(larger), pour(&[b'x'; MEBIBYTE], 512)],
        ),
        (
            "flood of OK",
            list,
            vec![lines(|_| "* OK still here\r\n".to_owned(), many)],
        ),
        (
            "flood of EXISTS",
            sizes,
            vec![lines(|n| format!("* {n} EXISTS\r\n"), many)],
        ),
        (
            "flood of flags",
            texts,
            vec![lines(|n| format!("* {n} FETCH (FLAGS (\\Seen))\r\n"), many)],
        ),
        (
            "flood of sizes",
            sizes,
            vec![lines(
                |n| format!("* 1 FETCH (UID {n} RFC822.SIZE 4294967295)\r\n"),
                many,
            )],
        ),
        (
            "EXISTS lies",
            list,
            vec![says(
                "* 4294967295 EXISTS\r\n* 0 EXISTS\r\n* 99999999999999999999 EXISTS\r\n",
            )],
        ),
        (
            "UIDs out of order, twice, too large",
            list,
            vec![says(
                "* 9 FETCH (UID 4294967295)\r\n* 1 FETCH (UID 7)\r\n* 7 FETCH (UID 1)\r\n* 1 FETCH (UID 7)\r\n* 1 FETCH (UID 0)\r\n* 1 FETCH (UID 99999999999)\r\n",
            )],
        ),
        (
            "UIDs that are not there",
            list,
            vec![lines(|n| format!("* 1 FETCH (UID {})\r\n", n + 1000), many)],
        ),
        (
            "expunged more than there is",
            list,
            vec![lines(|_| "* 1 EXPUNGE\r\n".to_owned(), 10_000)],
        ),
        (
            "nested BODYSTRUCTURE",
            texts,
            vec![says(format!(
                "* 1 FETCH ({asked}BODYSTRUCTURE {nested}\r\n"
            ))],
        ),
        (
            "nested LIST",
            texts,
            vec![says(format!("* LIST {nested}\r\n"))],
        ),
        (
            "text of another UID",
            texts,
            vec![says(foisted(g, "UID 424242 BODY[]<0>"))],
        ),
        (
            "text without a UID",
            texts,
            vec![says(foisted(g, "BODY[]<0>"))],
        ),
        ("text from the middle", texts, wrong("BODY[]<4096>")),
        ("a part for the whole", texts, wrong("BODY[1]")),
        ("the header for the whole", texts, wrong("BODY[HEADER]")),
        ("RFC822 for BODY", texts, wrong("RFC822")),
        (
            "texts to the listing",
            list,
            vec![says(foisted(g, "UID 424243 BODY[]<0>"))],
        ),
        ("another's tag", texts, vec![says("A9999 OK done\r\n")]),
        ("continuation", texts, vec![says("+ go on\r\n")]),
        ("nothing but NUL", list, vec![says(vec![0; 100_000])]),
    ]
}

/// What is done to a new connection before it can ask for mail.
fn welcomes() -> Vec<(&'static str, Fault)> {
    let out = |act: Act| Fault::new(Way::Out, When::Connected, act);
    let to = |word: &str, act: Act| Fault::new(Way::In, sees(word), act);
    let many = 20_000 * rounds(1);
    let folders = |n: usize| format!("* LIST (\\HasNoChildren) \"/\" \"folder{n}\"\r\n");
    vec![
        ("endless greeting", out(pour(&[b'x'; MEBIBYTE], 512))),
        (
            "greeting with a literal",
            out(says("* OK {4294967295}\r\n")),
        ),
        (
            "flood before the greeting",
            out(lines(|_| "* NO\r\n".to_owned(), 100_000)),
        ),
        (
            "flood of capabilities",
            to(
                "CAPABILITY",
                lines(|n| format!("* CAPABILITY X{n}\r\n"), many),
            ),
        ),
        (
            "endless capability",
            to("CAPABILITY", pour(&[b'C'; MEBIBYTE], 512)),
        ),
        ("flood of folders", to("LIST", lines(folders, many))),
        (
            "folder name of 4 GB",
            to("LIST", says("* LIST () \"/\" {4294967295}\r\n")),
        ),
        (
            "no UIDVALIDITY to be had",
            to("EXAMINE", says("* OK [UIDVALIDITY 99999999999] x\r\n")),
        ),
    ]
}

/// The most memory that the process ever had, in MiB.
fn peak(g: &Gatepost) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", g.pid())).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<usize>().unwrap() / 1024
}

impl Scene {
    /// A report comes in in the midst of it.
    fn bears(&mut self, n: usize, name: &str, faults: Vec<Fault>) {
        let happened = self.proxy.happened();
        let wanted: usize = faults.iter().map(|f| f.acts.len()).sum();
        for fault in faults {
            self.proxy.fault(fault.times(1));
        }
        self.a_report_comes(&format!("a{n}"));
        let done = self.proxy.happened() - happened;
        assert_eq!(done, wanted, "{name} did not happen");
        let peak = peak(&self.g);
        eprintln!("  {name}: {peak} MiB at most so far");
        assert!(peak <= 256, "{name}: {peak} MiB");
        assert_eq!(self.g.list().len(), self.reporters.len(), "{name}");
    }
}

fn ends(scene: Scene) {
    let receipts = scene.ends();
    assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
}

#[test]
fn x18_answers() {
    let mut scene = Scene::new("x18-answers");
    let count = attacks(&scene.g, 0).len();
    for n in 0..count {
        let (name, word, acts) = attacks(&scene.g, scene.reporters.len() + 1).swap_remove(n);
        let mut acts = acts.into_iter();
        let fault = Fault::new(Way::In, sees(word), acts.next().unwrap());
        scene.bears(n, name, vec![acts.fold(fault, Fault::then)]);
    }
    ends(scene);
}

#[test]
fn x18_welcomes() {
    let mut scene = Scene::new("x18-welcomes");
    for (n, (name, fault)) in welcomes().into_iter().enumerate() {
        let reset = Fault::new(Way::Out, sees(" EXISTS"), Act::Reset);
        scene.bears(n, name, vec![reset, fault]);
    }
    ends(scene);
}
