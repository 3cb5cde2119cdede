//! `evaluate --like` on a desk of mails that look alike: who goes along, and who never does.

mod odd;

use super::*;
use crate::cli::args::{Args, Command};
use crate::cli::{list, output};
use crate::config::{Config, sample};
use crate::desk::act;
use crate::desk::ingest::{Arrival, ingest};
use crate::mail::parse::parse;
use crate::mail::{Digester, Foreign};
use crate::store::{FolderId, LetterState, Raw, Sighting, Store};
use crate::ticket::TicketNo;
use crate::triage::Role;
use clap::Parser;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

const BEG: &str = "Hi team, your domain has this record: \"v=spf1 mx ~all\".\nIt should be -all. Do you have a bounty?";
const PLAIN: &str = "Content-Type: text/plain; charset=utf-8\n";

/// A mail: who wrote it, more of its head, its text.
type Came<'a> = (&'a str, &'a str, &'a str);

/// A desk, its folder, and how many mails it has.
struct Desk {
    here: Here,
    store: Store,
    inbox: FolderId,
    mails: u32,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new(mails: &[Came]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = sample::small(dir.path()).file;
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("policy = \"neon\"", "policy = \"novu\"");
        std::fs::write(&file, text).unwrap();
        let config = Config::load(&file).unwrap();
        let mut store = Store::create(&config.store).unwrap();
        let inbox = store
            .write(wall::now(), |tx| tx.add_folder("security", "INBOX", 7, &[]))
            .unwrap();
        let here = Here {
            config,
            who: Some("anna".to_owned()),
        };
        let mut desk = Self {
            here,
            store,
            inbox,
            mails: 0,
            _dir: dir,
        };
        mails.iter().for_each(|came| desk.arrives(came));
        desk
    }

    /// Another policy from now on.
    fn policy(&mut self, text: &str) {
        let file = self.here.config.file.clone();
        let policy = file.with_file_name("policy.toml");
        std::fs::write(&policy, text).unwrap();
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&policy, mode).unwrap();
        let config = std::fs::read_to_string(&file).unwrap();
        let config = config.replace("policy = \"novu\"", "policy = \"policy.toml\"");
        std::fs::write(&file, config).unwrap();
        self.here.config = Config::load(&file).unwrap();
    }

    fn then<T>(&mut self, work: impl FnOnce(&Tx, &Config) -> Result<T>) -> T {
        let config = &self.here.config;
        self.store
            .write(wall::now(), |tx| work(tx, config))
            .unwrap()
    }

    fn arrives(&mut self, (who, head, text): &Came) {
        self.mails += 1;
        let n = self.mails;
        let form = if head.contains("Content-Type") {
            ""
        } else {
            PLAIN
        };
        let end = if who.contains('<') { ">" } else { "" };
        let eml = format!(
            "From: {who}@example.net{end}\nTo: security@example.org\nSubject: Bug bounty?\nMessage-ID: <{n}@example.net>\nMIME-Version: 1.0\n{head}{form}\n{text}\n"
        );
        let mail = parse(eml.as_bytes(), true);
        let mut digester = Digester::new();
        digester.update(eml.as_bytes());
        let digest = digester.finish(&mail);
        let mut raw = Raw::new();
        raw.push(eml.as_bytes()).unwrap();
        let raw = raw.finish().unwrap();
        let folder = self.inbox;
        self.then(|tx, config| {
            let arrival = Arrival {
                mailbox: &config.mailboxes[0],
                seen: Sighting {
                    folder,
                    uidvalidity: 7,
                    uid: n,
                    received_at: wall::now(),
                    size: eml.len() as u64,
                },
                our_clock: false,
                may_be_old: false,
                row: None,
                refused: None,
                folder: Role::Inbox,
                mail: &mail,
                digest: &digest,
                raw: &raw,
            };
            ingest(tx, config, &arrival).map(drop)
        });
    }

    /// What `evaluate` answers: what it printed, or why not.
    fn run(&self, words: &str) -> Result<String, String> {
        let wanted = wanted(words);
        let (done, text) = output::captured(|| evaluate(&self.here, &wanted));
        done.map(|_| text).map_err(|why| why.to_string())
    }

    fn json(&self, words: &str) -> Value {
        let text = self.run(&format!("{words} --json")).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"))
    }

    fn facts(&mut self, n: i64) -> Vec<String> {
        let facts = self.then(|tx, _| tx.facts_of(TicketNo(n)));
        facts.iter().map(|f| f.what.name().to_string()).collect()
    }
}

fn wanted(words: &str) -> Evaluate {
    let words = ["gatepost", "evaluate"].into_iter().chain(words.split(' '));
    match Args::try_parse_from(words).unwrap().command {
        Command::Evaluate(wanted) => wanted,
        _ => panic!("no evaluate"),
    }
}

/// The numbers of those that go along, and those that do not with the reason.
fn divided(answer: &Value) -> (Vec<i64>, Vec<(i64, String)>) {
    let number = |one: &Value| -> i64 {
        let reference = one["ref"].as_str().unwrap();
        reference.rsplit('-').next().unwrap().parse().unwrap()
    };
    let with = answer["alike"].as_array().unwrap().iter().map(number);
    let without = answer["not_taken"].as_array().unwrap().iter();
    let because = |one: &Value| (number(one), one["because"].as_str().unwrap().to_owned());
    (with.collect(), without.map(because).collect())
}

const OUT: &str = "1 --like out-of-scope --dry-run";
const HINT: &str = "1 --like out-of-scope --letter hint --dry-run";

#[test]
fn each_letter_is_the_one_that_it_would_be_alone() {
    let mut desk = Desk::new(&[("mia", "", BEG), ("ravi", "", BEG), ("lena", "", BEG)]);
    let alone: Vec<Value> = [1, 2, 3]
        .map(|n| desk.json(&format!("{n} out-of-scope --letter hint --dry-run")))
        .into();
    let done = desk.json("1 --like out-of-scope --letter hint --yes");
    let together = [&done, &done["alike"][0], &done["alike"][1]];
    for (n, (alone, one)) in (1..).zip(alone.iter().zip(together)) {
        for field in ["ref", "to", "subject", "text"] {
            assert_eq!(alone[field], one[field], "{n} {field}");
        }
        assert_eq!(one["state"], "queued");
        let letters = desk.then(|tx, _| tx.letters_of(TicketNo(n)));
        let letter = letters.last().unwrap();
        assert_eq!(one["letter"], letter.id);
        assert_eq!(one["to"], letter.recipient.to_string());
        assert_eq!(desk.facts(n), ["received", "decided"]);
        let bytes = desk.then(|tx, _| tx.letter_bytes(letter.id));
        let bytes = String::from_utf8(bytes).unwrap();
        assert!(
            bytes.contains(&format!("In-Reply-To: <{n}@example.net>")),
            "{bytes}"
        );
    }
    let again = desk.run("1 --like out-of-scope --yes").unwrap_err();
    assert!(
        again.contains("0001 cannot stand for others: it was evaluated already"),
        "{again}"
    );
    assert_eq!(desk.then(|tx, _| tx.check_chain()).1, None);
}

#[test]
fn what_came_since_the_look_stops_that_one_and_of_the_first_all() {
    let all = [("mia", "", BEG), ("ravi", "", BEG), ("lena", "", BEG)];
    for (changed, evaluated) in [(2, vec![1, 3]), (1, vec![])] {
        let mut desk = Desk::new(&all);
        let wanted = wanted("1 --like out-of-scope --yes");
        let here = Here {
            config: desk.here.config.clone(),
            who: desk.here.who.clone(),
        };
        let (sitting, plan) = look(&here, &wanted).unwrap();
        let cites = format!("In-Reply-To: <{changed}@example.net>\n");
        let who = all[changed - 1].0;
        desk.arrives(&(who, &cites, "Look at https://example.org/db"));
        let (done, text) = output::captured(|| sitting.finish(plan));
        match done {
            Ok(code) => {
                assert_eq!((changed, code), (2, ExitCode::FAILURE));
                let said = "0002 is left out: while you wrote: reporter-wrote";
                assert!(text.contains(said), "{text}");
            }
            Err(why) => {
                assert_eq!(changed, 1);
                assert!(why.to_string().contains("while you wrote"), "{why}");
            }
        }
        let decided = [1, 2, 3].into_iter();
        let decided = decided.filter(|n| desk.facts(*n).contains(&"decided".to_owned()));
        assert_eq!(decided.collect::<Vec<_>>(), evaluated);
        let letters = desk.then(|tx, _| tx.unsettled_letters());
        let by_people = letters.iter().filter(|l| l.by.name() == "anna");
        assert_eq!(by_people.count(), evaluated.len());
    }
}

#[test]
fn spam_closes_those_too_whose_receipts_are_held_and_writes_nothing() {
    let mut desk = Desk::new(&[("mia", "", BEG), ("ravi", "", BEG), ("mia", "", BEG)]);
    desk.then(|tx, _| {
        let held = tx.letters_of(TicketNo(2))?;
        tx.move_letter(held[0].id, LetterState::Queued, LetterState::Held)
    });
    let done = desk.json("1 spam --like --yes");
    assert_eq!(divided(&done), (vec![2, 3], vec![]));
    for one in [&done, &done["alike"][0], &done["alike"][1]] {
        assert_eq!(
            (&one["letter"], &one["to"], &one["state"]),
            (&Value::Null, &Value::Null, &"recorded".into())
        );
    }
    for n in 1..=3 {
        assert_eq!(desk.facts(n), ["received", "decided", "closed"]);
    }
}

#[test]
fn duplicates_follow_the_first_report_which_is_none_itself() {
    let mut desk = Desk::new(&[("mia", "", BEG), ("ravi", "", BEG), ("lena", "", BEG)]);
    let done = desk.json("2 duplicate --of 1 --like --yes");
    let (with, without) = divided(&done);
    assert_eq!(with, [3]);
    let itself = (1, "0001 is no duplicate of itself".to_owned());
    assert_eq!(without, [itself]);
    let followers = desk.then(|tx, _| act::followers(tx, TicketNo(1)));
    assert_eq!(followers, [TicketNo(2), TicketNo(3)]);
}

#[test]
fn what_is_said_to_one_is_refused_with_what_to_do() {
    let desk = Desk::new(&[("mia", "", BEG), ("ravi", "", BEG)]);
    for (words, why) in [
        (
            "1 --like accepted",
            "evaluate OTHER duplicate --of 1 --like",
        ),
        ("1 --like investigating", "each by itself"),
        ("1 --like needs-information", "each by itself"),
        ("1 --like duplicate", "hint: --of REF"),
        ("1 --like out-of-scope --encrypt", "encrypts nothing"),
        ("1 --like out-of-scope --draft", "--message FILE"),
        ("1 --like out-of-scope --said-in 1", "without --like"),
        (
            "1 --like duplicate --of 2 --expected 2027-12-01",
            "without --like",
        ),
    ] {
        let said = desk.run(&format!("{words} --yes")).unwrap_err();
        assert!(said.contains(why), "{words}: {said}");
    }
    for words in ["1 out-of-scope --like", "--like 1 out-of-scope", OUT] {
        let wanted = wanted(words);
        let read = (
            wanted.reference.as_str(),
            wanted.outcome.as_str(),
            wanted.like,
        );
        assert_eq!(read, ("1", "out-of-scope", true), "{words}");
    }
}

#[test]
fn those_that_are_taken_are_those_that_list_tells_alike() {
    let desk = Desk::new(&[
        ("mia", "", BEG),
        ("ravi", "", BEG),
        (
            "lena",
            "",
            "See https://example.org/a, the form there takes what it likes.",
        ),
        ("tom", "", BEG),
    ]);
    let mut store = desk.here.store().unwrap();
    let (like, near) = store
        .read(wall::now(), |tx| {
            let one = tx.ticket(TicketNo(1))?.unwrap();
            list::kindred(tx, &desk.here, &one)
        })
        .unwrap();
    assert_eq!(like, [TicketNo(2), TicketNo(4)]);
    assert_eq!(near, [TicketNo(3)]);
    assert_eq!(divided(&desk.json(OUT)).0, [2, 4]);
    let subject = Foreign::new("Bug bounty?");
    let rows = store.read(wall::now(), |tx| tx.tickets(false)).unwrap();
    assert!(rows.iter().all(|row| row.subject == subject));
}

#[test]
fn one_look_looks_like_this() {
    let url = format!("{BEG}\nhttps://example.org/db");
    let desk = Desk::new(&[
        ("mia", "", BEG),
        ("ravi", "", BEG),
        ("lena", "", &url),
        ("tom", "", BEG),
    ]);
    let shown = desk.run(HINT).unwrap();
    let year = desk.here.config.calendar.local_date(wall::now()).year();
    let year = year.to_string();
    let day = |text: String| -> String {
        let lines = text.lines().map(|line| match line.split_once("mail of ") {
            Some((before, _)) => format!("{before}mail of DAY:"),
            None => line.replace(&year, "YEAR"),
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(day(shown));
}
