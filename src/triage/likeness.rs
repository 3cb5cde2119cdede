//! By what two reports look alike: their text, and what they name.
//!
//! A suggestion for people, never more: it decides nothing, and nothing is merged by it. A
//! stranger can make a report look like any other by copying it, and gains nothing.
//!
//! The text comes down to its words, small, without marks. The digest of all of them is
//! the same for the same text. Of the digests of every five words in a row the eight
//! smallest are kept: of two texts that share most of their runs of words, most of these
//! eight are the same, wherever the difference lies. Footers and legal notices are in none of
//! these runs.

use super::{alike, extract};
use crate::mail::{Foreign, Mail, text};
use std::collections::BTreeSet;

/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 64 << 10;
/// A text of fewer words says too little to be the same by chance.
const WORDS_AT_LEAST: usize = 8;
/// Words in a row.
const RUN: usize = 5;
/// Runs kept of a text.
const RUNS: usize = 8;
/// Names of one sign kept of a mail.
const NAMES: usize = 8;

/// Runs that two texts share at least, to be called alike.
pub const RUNS_ALIKE: usize = 4;

/// What a mark is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// The whole text.
    Text,
    /// A run of words.
    Run,
    /// CVE and GHSA.
    Identifier,
    /// A page on a host.
    Page,
    /// A host.
    Host,
    /// The subject.
    Subject,
}

/// One mark of a mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// What it is of.
    pub sign: Sign,
    /// Its value: plain ASCII without spaces.
    pub value: String,
}

impl Sign {
    const ALL: [Self; 6] = [
        Self::Text,
        Self::Run,
        Self::Identifier,
        Self::Page,
        Self::Host,
        Self::Subject,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Run => "run",
            Self::Identifier => "id",
            Self::Page => "page",
            Self::Host => "host",
            Self::Subject => "subject",
        }
    }

    /// Many reports bear it for no reason of their own: where it is common, it says nothing.
    pub fn is_weak(self) -> bool {
        match self {
            Self::Text | Self::Identifier => false,
            Self::Run | Self::Page | Self::Host | Self::Subject => true,
        }
    }
}

impl Mark {
    /// As it is stored.
    pub fn key(&self) -> String {
        format!("{} {}", self.sign.word(), self.value)
    }

    /// Reads it back; `None` for what this version does not know.
    pub fn read(key: &str) -> Option<Self> {
        let (word, value) = key.split_once(' ')?;
        let sign = Sign::ALL.into_iter().find(|sign| sign.word() == word)?;
        let value = value.to_owned();
        Some(Self { sign, value })
    }
}

/// The marks of a mail: of its text, of what is new in an answer, and of its subject. An encrypted text has
/// none.
pub fn marks(mail: &Mail) -> Vec<Mark> {
    let mut marks = BTreeSet::new();
    let mut add = |sign, value: String| {
        marks.insert(Mark { sign, value });
    };
    if let Some(subject) = alike::key(&mail.subject) {
        add(Sign::Subject, hex(together(&words(&subject))));
    }
    if !mail.is_encrypted() {
        let reported = |above| mail.to_read().raw().get(..above).map(Foreign::new);
        let apart = mail.read_apart.and_then(reported);
        let read = apart.as_ref().unwrap_or(&mail.text);
        // Below what looks like a signature a first report goes on.
        let new = match text::Occasion::of(mail) {
            occasion @ text::Occasion::First => text::written(read, occasion),
            text::Occasion::Answer => text::steady::newly_written(read),
        };
        let new = beginning(new.raw());
        let words = words(new);
        if words.len() >= WORDS_AT_LEAST {
            add(Sign::Text, hex(together(&words)));
        }
        // What a list or a company puts below the mails of all is in no run and no place.
        let own = text::bare::without_footers(new);
        for run in smallest_runs(&self::words(&own)) {
            add(Sign::Run, hex(run));
        }
        let (hosts, pages) = extract::places(&own);
        let names = [
            (Sign::Identifier, extract::identifiers(new)),
            (Sign::Page, pages),
            (Sign::Host, hosts),
        ];
        for (sign, names) in names {
            names
                .into_iter()
                .take(NAMES)
                .for_each(|name| add(sign, name));
        }
    }
    marks.into_iter().collect()
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The words of a text in which no digit stands, small and in their order: to see what one
/// report says and another does not. What numbers say, the extraction knows.
pub fn plain_words(text: &Foreign) -> impl Iterator<Item = String> {
    let words = text.raw().split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty() && !word.contains(char::is_numeric));
    words.map(str::to_lowercase)
}

/// The digests of the words: letters and digits, small; all else parts words.
fn words(text: &str) -> Vec<u64> {
    let (mut words, mut word) = (Vec::new(), None);
    for c in text.chars() {
        if c.is_alphanumeric() {
            let so_far = word.unwrap_or(START);
            word = Some(if c.is_ascii() {
                step(so_far, u64::from(c.to_ascii_lowercase()))
            } else {
                c.to_lowercase().map(u64::from).fold(so_far, step)
            });
        } else {
            words.extend(word.take());
        }
    }
    words.extend(word);
    words
}

/// The smallest digests of words in a row, in a text that has enough of them.
fn smallest_runs(words: &[u64]) -> BTreeSet<u64> {
    let mut smallest = BTreeSet::new();
    if words.len() < RUN * 4 {
        return smallest;
    }
    for run in words.windows(RUN).map(together) {
        let is_small = smallest.len() < RUNS || smallest.last().is_some_and(|last| run < *last);
        if is_small && smallest.insert(run) && smallest.len() > RUNS {
            smallest.pop_last();
        }
    }
    smallest
}

/// Where a digest begins.
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, over whole characters and words in place of bytes. Digests stay the same for
/// ever, because they are stored; they need not withstand anybody.
fn step(digest: u64, next: u64) -> u64 {
    (digest ^ next).wrapping_mul(0x0100_0000_01b3)
}

/// The digest of parts in a row, its bits mixed once more so that the smallest ones are a
/// fair sample.
fn together(parts: &[u64]) -> u64 {
    let fnv = parts.iter().copied().fold(START, step);
    let mixed = (fnv ^ (fnv >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;
    use crate::mail::{Encryption, Sealed};

    const REPORT: &str = "Hello team, the import takes a webhook address and fetches it from \
        inside of your network, so that anybody with a free account reads the metadata service. \
        Steps: open the settings, add a webhook, give http://192.0.2.1/ as its address, press \
        the button that tests it, and look at the answer that is shown below the form.";

    fn of(text: &str) -> Vec<Mark> {
        marks(&Mail {
            text: Foreign::new(text),
            ..Mail::default()
        })
    }

    fn shared(one: &str, other: &str, sign: Sign) -> usize {
        let other = of(other);
        let same = of(one).into_iter().filter(|m| m.sign == sign);
        same.filter(|m| other.contains(m)).count()
    }

    #[test]
    fn the_same_text_is_the_same_however_it_is_wrapped_and_marked() {
        let wrapped = REPORT
            .replace(' ', "\r\n")
            .to_uppercase()
            .replace(',', " ;");
        assert_eq!(shared(REPORT, &wrapped, Sign::Text), 1);
        let quoted = format!(
            "{REPORT}\n\nOn Mon, 3 May 2027 at 10:00, Anna <anna@example.org> wrote:\n> we have your report\n"
        );
        assert_eq!(shared(REPORT, &quoted, Sign::Text), 1);
        assert_eq!(shared("a short one", "a short one", Sign::Text), 0);
    }

    #[test]
    fn a_text_with_other_words_around_it_is_alike_and_another_is_not() {
        let changed = REPORT.replace("Hello team", "Dear madam or sir") + " Kind regards, Kim";
        assert_eq!(shared(REPORT, &changed, Sign::Text), 0);
        assert!(shared(REPORT, &changed, Sign::Run) >= RUNS_ALIKE);
        let other = "Your password form takes passwords of one letter only. I found that when I \
            opened an account for my own shop; the page says that eight letters are needed, and \
            the server does not look at them again. A report of the same kind was in the news.";
        assert_eq!(shared(REPORT, other, Sign::Run), 0);
    }

    #[test]
    fn a_first_report_is_marked_by_what_stands_below_strokes_too() {
        let said = "I have found one vulnerability in your shop, and the steps and the details \
            of it are below the line for you to read.";
        let of = |below: &str| of(&format!("{said}\n\n-- \n{below}\n"));
        let (one, two) = (
            of("No rate limit on the contact form."),
            of("Anybody runs code as root by https://img.example.org/up."),
        );
        let texts = |marks: &[Mark]| -> Vec<Mark> {
            let all = marks.iter().filter(|m| m.sign == Sign::Text);
            all.cloned().collect()
        };
        assert_ne!(texts(&one), texts(&two));
        assert!(
            two.iter().any(|m| m.value == "img.example.org/up"),
            "{two:?}"
        );
    }

    /// A list or a gateway puts its footer behind the reports of all, as a part of its own.
    #[test]
    fn two_reports_above_one_footer_are_two() {
        let footer = "You have this mail because you are on the list of the security team. \
            To leave it, write to the list with the word that is in the welcome letter.";
        let part = |kind: &str, text: &str| format!("--b\nContent-Type: text/{kind}\n\n{text}\n");
        let of = |parts: String| {
            let eml = format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n");
            marks(&parse(eml.as_bytes(), true))
        };
        let through = |report: &str| of(part("html", report) + &part("plain", footer));
        let other = "<p>The service for pictures runs what is in their names, as root: take a \
            name with <b>$(id)</b>, send it to https://example.org/two and look at the log.</p>";
        let short = |n: usize| through(&format!("<p>SSRF at https://example.org/{n} as root.</p>"));
        let (one, two) = (through(REPORT), through(other));
        let same = |one: &[Mark], two: &[Mark], sign| {
            one.iter()
                .filter(|m| m.sign == sign && two.contains(m))
                .count()
        };
        assert_eq!(same(&one, &two, Sign::Text), 0);
        assert!(same(&one, &two, Sign::Run) < RUNS_ALIKE);
        assert!(two.iter().any(|m| m.value == "example.org/two"), "{two:?}");
        assert_eq!(same(&short(1), &short(2), Sign::Run), 0);
        // The same report by another way.
        let direct = of(part("html", REPORT));
        assert!(same(&one, &direct, Sign::Run) >= RUNS_ALIKE);
        assert_eq!(same(&one, &through(REPORT), Sign::Text), 1);
    }

    /// The usual mail of a list is all plain, and companies put theirs into the text.
    #[test]
    fn two_reports_above_one_plain_footer_or_disclaimer_are_two() {
        let list = "_____________\nsecurity mailing list -- security@lists.example.org\nTo unsubscribe send an email to security-leave@lists.example.org\nAll mails of this list are confidential to the members of the security team and of the board\n";
        let company = "This electronic message and any files transmitted with it are confidential and intended solely for the use of the individual or entity to whom they are addressed. If you have received this message in error please notify the sender immediately and delete it. Any review, copying or distribution of it is prohibited. The sender accepts no liability for damage caused by any virus transmitted by this message. Registered office of the company is in London.\n";
        let short = [
            "SQL injection at https://example.org/one shows all rows.",
            "Remote code execution in the image service, as root, /two.",
        ];
        let long = [
            REPORT,
            "The service for pictures runs what is in their names, as root: take a name with \
             $(id), send it to https://example.org/two and look at the log of the service.",
        ];
        for below in [list, company] {
            let part = |text: &str| format!("--b\nContent-Type: text/plain\n\n{text}\n");
            let parts = |report: &str| {
                let parts = part(report) + &part(below);
                let head = "List-Id: <security.lists.example.org>\n\
                    Content-Type: multipart/mixed; boundary=b";
                marks(&parse(format!("{head}\n\n{parts}--b--\n").as_bytes(), true))
            };
            let joined = |report: &str| of(&format!("{report}\n\n{below}"));
            let runs = |one: &[Mark], two: &[Mark]| {
                let mut same = one.iter().filter(|m| two.contains(m));
                assert!(!same.any(|m| m.sign == Sign::Page), "{one:?}");
                one.iter()
                    .filter(|m| m.sign == Sign::Run && two.contains(m))
                    .count()
            };
            for [one, two] in [short, long] {
                assert_eq!(runs(&parts(one), &parts(two)), 0, "{one}");
                assert_eq!(runs(&joined(one), &joined(two)), 0, "{one}");
            }
            // The same report by another way.
            assert_eq!(runs(&parts(REPORT), &of(REPORT)), RUNS);
            assert_eq!(runs(&joined(REPORT), &of(REPORT)), RUNS);
        }
    }

    #[test]
    fn plain_words_are_those_without_digits_in_any_case() {
        let of = |text: &str| plain_words(&Foreign::new(text)).collect::<Vec<_>>();
        assert_eq!(
            of("I found 12 \u{dc}BER-bugs in v2, 3rd!"),
            ["i", "found", "\u{fc}ber", "bugs", "in"]
        );
        assert_eq!(of(" 1. ?!"), [""; 0]);
    }

    #[test]
    fn marks_are_few_plain_and_read_back() {
        let many: String = (0..500)
            .map(|n| format!("https://h{n}.example/p{n}\u{202e}\u{1b}[31m CVE-2026-{n:05} \u{e4} "))
            .collect();
        let marks = of(&many);
        assert!(marks.len() <= 2 + RUNS + 3 * NAMES, "{}", marks.len());
        for mark in &marks {
            assert!(mark.value.chars().all(|c| c.is_ascii_graphic()), "{mark:?}");
            assert_eq!(Mark::read(&mark.key()).as_ref(), Some(mark));
        }
        assert_eq!(Mark::read("nothing-of-ours x"), None);
        let encrypted = Mail {
            text: Foreign::new(REPORT),
            sealed: Sealed {
                encrypted: Some(Encryption::PgpMime),
                signed: None,
            },
            ..Mail::default()
        };
        assert_eq!(super::marks(&encrypted), []);
    }
}
