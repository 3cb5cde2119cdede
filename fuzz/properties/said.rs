//! What is told of the words of a mail: what it names, what the page leaves out of it, and
//! that each of its words finds it.

use gatepost::config::Config;
use gatepost::mail::parse::for_reading;
use gatepost::mail::text::steady::{self, above_first_quote};
use gatepost::mail::text::{Occasion, new_in, written};
use gatepost::mail::{Foreign, Mail, clear_text};
use gatepost::triage::extract::{EACH, Heard, Reader, Said, lacks, newly_written};
use gatepost::triage::hints::{self, Hint, Rules, hints};
use gatepost::triage::search::{Query, Words};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::OnceLock;

/// All of it, of a mail as people read it. Panics where something does not hold.
pub fn holds(mail: &Mail) {
    for whole in [false, true] {
        names_what_stands_there(mail, whole);
    }
    let _ = lacks(mail);
    is_hinted_at_by_its_words(mail);
    let clear = clear_text(mail.to_read());
    assert!(clear.raw().len() <= mail.to_read().raw().len());
    for text in [&mail.subject, &clear] {
        is_found_by_each_word(text.raw());
        is_a_question(text.raw());
    }
}

/// The mail that people read is the one that is judged, but for the page of its HTML, which
/// who judges it makes only where people read other parts than what decides.
pub fn is_shown_as_it_is_judged(mail: &Mail, bytes: &[u8]) {
    let mut shown = for_reading(bytes, true);
    is_new_in_order(&shown);
    holds(&shown);
    assert!(!new_in(&shown).is_blank() || shown.to_read().is_blank());
    assert!(shown.page.as_ref().is_none_or(|page| !page.is_blank()));
    assert!(mail.text.is_blank() || !shown.to_read().is_blank());
    assert_eq!(mail.page.is_some(), mail.read_apart.is_some());
    if mail.page.is_none() {
        shown.page = None;
    }
    // Only intake asks for it.
    assert_eq!(shown.parts, None);
    shown.parts = mail.parts;
    assert_eq!(&shown, mail);
}

/// On no occasion is a text all quote, and each line of what is new stands in it, in order.
pub fn is_new_in_order(mail: &Mail) {
    let whole = mail.to_read().raw();
    let stands_in_order = |new: &mut dyn Iterator<Item = &str>| {
        let mut lines = whole.lines();
        new.filter(|line| !line.trim().is_empty())
            .all(|line| lines.any(|l| l.trim_end() == line.trim_end()))
    };
    for occasion in [Occasion::Answer, Occasion::First] {
        let new = written(mail.to_read(), occasion);
        assert!(
            mail.to_read().is_blank() || !new.is_blank(),
            "all of a text is taken for a quote: {occasion:?}"
        );
        assert!(
            stands_in_order(&mut new.raw().lines()),
            "a line that nobody wrote: {occasion:?}"
        );
    }
    let above = above_first_quote(&mail.text);
    let begins = above.iter().zip(mail.text.raw().lines());
    assert!(begins.into_iter().all(|(line, wrote)| *line == wrote));
}

/// What is shown of a mail stands in it, letter for letter.
fn names_what_stands_there(mail: &Mail, whole: bool) {
    let heard = Heard { n: 7, mail, whole };
    let mut reader = Reader::default();
    reader.hear(&heard);
    let Said { found, credit, .. } = reader.said();
    let text = match whole {
        true => mail.to_read().clone(),
        false => newly_written(mail),
    };
    let lines: Vec<&str> = text.raw().lines().collect();
    for one in &found {
        let line = match one.line.checked_sub(1) {
            None => mail.subject.raw(),
            Some(at) => lines.get(at).copied().unwrap_or_default(),
        };
        let shown = one.shown.raw();
        assert!(!shown.is_empty() && line.contains(shown), "{one:?}");
        assert!(one.mail == 7 && !one.value.raw().is_empty(), "{one:?}");
    }
    assert!(found.len() <= 12 * EACH && credit.len() <= EACH);
}

/// Few, in the words of one of the mails; and none once the same person writes of something
/// grave. A usual report comes before it, for most mails have no hint by themselves.
fn is_hinted_at_by_its_words(mail: &Mail) {
    let new = steady::newly_written(mail.to_read());
    let theirs = |n| hints::Said {
        n,
        subject: &mail.subject,
        new: &new,
        whole: mail.to_read(),
        attachments: &mail.attachments,
    };
    let subject = Foreign::new("Bug bounty?");
    let (usual, grave) = (Foreign::new(USUAL), Foreign::new(GRAVE));
    let ours = |n, text| hints::Said {
        n,
        subject: &subject,
        new: text,
        whole: text,
        attachments: &[],
    };
    for said in [vec![theirs(1)], vec![ours(1, &usual), theirs(2)]] {
        let found = hints(rules(), &said);
        assert!(found.len() <= 3, "{found:?}");
        for hint in &found {
            let one = said.iter().find(|one| one.n == hint.mail);
            let text = one.map(|one| {
                if hint.in_subject {
                    one.subject
                } else {
                    one.new
                }
            });
            let matched = hint.matched.raw();
            let stands = text.is_some_and(|text| text.raw().contains(matched));
            assert!(stands && !matched.is_empty(), "{hint:?}");
        }
    }
    let nothing: Vec<Hint> = Vec::new();
    for said in [
        [ours(1, &grave), ours(2, &usual), theirs(3)],
        [ours(1, &usual), theirs(2), ours(3, &grave)],
    ] {
        assert_eq!(hints(rules(), &said), nothing);
    }
}

const USUAL: &str = "Hi team, your domain has this record: \"v=spf1 mx ~all\".\nIt should be -all.";
const GRAVE: &str = "I went on with it, and it leads to the takeover of any account.";

/// Those that ship.
fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap_or_else(|why| panic!("no folder: {why}"));
        for (name, text) in [("gatepost.toml", CONFIG), ("password", "letter-box\n")] {
            let path = folder.path().join(name);
            let written = fs::write(&path, text)
                .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o600)));
            written.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        }
        let config = Config::load(&folder.path().join("gatepost.toml"));
        let config = config.unwrap_or_else(|why| panic!("no rules: {why}"));
        assert!(!config.hints.rules.is_empty());
        config.hints
    })
}

const CONFIG: &str = r#"
store = "gatepost.db"
policy = "neon"
hints = "common"
[organisation]
name = "Example"
page = "https://example.org/security"
[[team]]
name = "anna"
address = "anna@example.com"
[[mailbox]]
name = "security"
address = "security@example.org"
host = "imap.example.org"
password_file = "password"
[smtp]
host = "smtp.example.org"
password_file = "password"
[calendar]
zone = "Europe/London"
hours = "09:00-17:00"
"#;

/// More are not tried: whoever has so many has them in a row.
const TRIED: usize = 300;

/// Every word that is indexed is found by itself, in places of weight too.
fn is_found_by_each_word(text: &str) {
    let mut words = Words::default();
    words.add_heavy(text);
    let indexed = words.text();
    let all: Vec<&str> = indexed.split(' ').filter(|word| !word.is_empty()).collect();
    for word in all.iter().step_by(1 + all.len() / TRIED) {
        let query = Query::read(&word.trim_start_matches('_').replace('_', "-"));
        if query.is_cut {
            // It is longer than a word is.
            continue;
        }
        let asks = query.all(false);
        let ask = if word.starts_with('_') {
            asks.first()
        } else {
            asks.last()
        };
        assert!(ask.is_some_and(|ask| ask.holds(&words)), "{word:?}");
    }
}

/// Whatever it is: the index takes it, and the text itself answers it.
fn is_a_question(text: &str) {
    let mut words = Words::default();
    words.add(text);
    let query = Query::read(text);
    for wide in [false, true] {
        let asks = query.all(wide);
        assert_eq!(asks.is_empty(), query.is_empty());
        for ask in asks.iter().chain(&query.each(wide)) {
            let said = ask.text();
            let mut quoted = said.split('"').skip(1).step_by(2);
            assert_eq!(said.matches('"').count() % 2, 0, "{said}");
            let is_word = |c: char| c == '_' || !c.is_ascii() || c.is_ascii_alphanumeric();
            assert!(
                quoted.all(|word| !word.is_empty() && word.chars().all(is_word)),
                "{said}"
            );
        }
        if let Some(place) = query.find(text, wide) {
            assert!(text.get(place.at).is_some_and(|found| !found.is_empty()));
            assert!((1..=query.count()).contains(&place.terms));
        }
        // A longer text has words that are not looked at.
        if !query.is_cut && text.len() <= 10_000 {
            assert!(asks.last().is_none_or(|ask| ask.holds(&words)), "{text:?}");
            assert_eq!(query.count_in(&[text], wide), query.count(), "{text:?}");
        }
    }
}
