//! What is remembered comes out as a reason, and goes when it is over.

use super::*;
use crate::config::sample;
use crate::store::Store;

struct Record {
    config: Config,
    store: Store,
    _dir: tempfile::TempDir,
}

impl Record {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let mut store = Store::create(&config.store).unwrap();
        let folder = |tx: &Tx| tx.add_folder("security", "INBOX", 7, &[]);
        store.write(at(0), folder).unwrap();
        Self {
            config,
            store,
            _dir: dir,
        }
    }

    fn does(&mut self, minute: i64, work: impl FnOnce(&Tx) -> Result<()>) {
        self.store.write(at(minute), work).unwrap();
    }

    /// The words of what is wrong in this minute.
    fn words(&mut self, minute: i64) -> Vec<&'static str> {
        let look = |tx: &Tx| Ok(judge(&known(tx, &self.config)?, tx.now()));
        let reasons = self.store.read(at(minute), look).unwrap();
        reasons.iter().map(|r| r.kind.word()).collect()
    }
}

fn at(minute: i64) -> Timestamp {
    let noon: Timestamp = "2027-05-04T12:00:00Z".parse().unwrap();
    noon + SignedDuration::from_mins(minute)
}

#[test]
fn a_clock_that_was_put_right_ends_what_was_said_of_the_servers() {
    // The server is an hour ahead; the clock is moved by so many minutes; what is wrong then.
    for (by, wanted) in [
        (60, None),
        (56, None),
        (
            40,
            Some("the mail server's clock is ahead of ours by 20 min"),
        ),
        (
            4,
            Some("the mail server's clock is ahead of ours by 56 min"),
        ),
        (90, Some("our clock was set forwards by 1h 30m")),
        (
            -30,
            Some("the mail server's clock is ahead of ours by 90 min"),
        ),
    ] {
        let mut record = Record::new();
        record.does(0, |tx| compare_clocks(tx, at(60)));
        assert_eq!(record.words(0), ["clock"]);
        let moved = SignedDuration::from_mins(by);
        record.does(1, |tx| match by {
            0.. => clock_was_set_forwards(tx, moved),
            _ => clock_was_put_back(tx, moved.abs()),
        });
        let look = |tx: &Tx| Ok(judge(&known(tx, &record.config)?, tx.now()));
        let reasons = record.store.read(at(1), look).unwrap();
        let text = reasons.first().map(|r| r.text.as_str());
        let same = match (text, wanted) {
            (Some(text), Some(wanted)) => text.starts_with(wanted),
            (text, wanted) => text == wanted,
        };
        assert!(same, "{by}: {text:?}");
    }
}

#[test]
fn a_servers_clock_is_told_until_a_day_after_nobody_watched_ours() {
    let mut record = Record::new();
    let clock = |record: &mut Record, minute| record.words(minute).contains(&"clock");
    record.does(0, clock_was_unwatched);
    record.does(0, |tx| compare_clocks(tx, at(60)));
    // Nobody moved it, and no mail came for a week.
    assert!(clock(&mut record, 10_080));
    record.does(600, clock_was_unwatched);
    record.does(660, |tx| compare_clocks(tx, at(720)));
    assert!(clock(&mut record, 10_080));
    for start in [700, 800] {
        record.does(start, clock_was_unwatched);
    }
    assert!(clock(&mut record, 2139));
    assert!(!clock(&mut record, 2140));
}

#[test]
fn a_policy_that_lost_its_promises_is_told_where_none_is_open_too() {
    let mut record = Record::new();
    let whole = record.config.policy.clone();
    let cut = whole.text.split("[[promise]]").next().unwrap().to_owned();
    let cut = read_policy(&cut).unwrap();
    assert!(cut.promises.is_empty() && cut.name == whole.name);
    let told = |record: &mut Record| record.words(0).contains(&"promises");
    record.config.policy = cut.clone();
    record.does(0, |tx| tx.keep_policy(&cut));
    assert!(!told(&mut record), "it never promised anything");
    record.does(0, |tx| tx.keep_policy(&whole));
    assert!(told(&mut record));
    record.config.policy.name = "another".to_owned();
    assert!(!told(&mut record));
    record.config.policy = whole;
    assert!(!told(&mut record));
}

#[test]
fn a_server_whose_clock_is_ahead_is_told_until_a_mail_says_otherwise() {
    let mut record = Record::new();
    for (minute, received, wanted) in [
        (0, 5, &[][..]),
        (1, 7, &["clock"]),
        // A mail that lay there for a day says nothing of the clock.
        (2, -1440, &["clock"]),
        (3, 8, &[]),
        (4, 50, &["clock"]),
    ] {
        record.does(minute, |tx| compare_clocks(tx, at(received)));
        assert_eq!(record.words(minute), wanted, "{minute}");
    }
}

#[test]
fn a_clock_that_was_put_back_is_told_for_a_day() {
    let mut record = Record::new();
    record.does(0, |tx| {
        clock_was_put_back(tx, SignedDuration::from_hours(1))
    });
    assert_eq!(record.words(1), ["clock"]);
    let looks = |tx: &Tx| tx.looked(tx.folder("security", "INBOX")?.unwrap().id);
    record.does(1439, looks);
    assert_eq!(record.words(1439), ["clock"]);
    assert_eq!(record.words(1441), Vec::<&str>::new());
    // What the record was written at says the same, also of a clock that was put back
    // while nobody looked.
    record.does(1500, looks);
    assert_eq!(record.words(1494), ["clock"]);
    assert_eq!(record.words(1496), Vec::<&str>::new());
}

#[test]
fn a_clock_that_was_set_forwards_is_told_until_a_mail_says_that_it_is_right() {
    let mut record = Record::new();
    let forwards = |tx: &Tx| clock_was_set_forwards(tx, SignedDuration::from_hours(1));
    record.does(0, |tx| {
        clock_was_set_forwards(tx, SignedDuration::from_secs(299))
    });
    assert_eq!(record.words(1), Vec::<&str>::new());
    record.does(0, forwards);
    for (received, wanted) in [(-1440, &["clock"][..]), (-59, &["clock"]), (0, &[])] {
        record.does(1, |tx| compare_clocks(tx, at(received)));
        assert_eq!(record.words(2), wanted, "{received}");
    }
    record.does(0, forwards);
    record.does(1439, |tx| {
        tx.looked(tx.folder("security", "INBOX")?.unwrap().id)
    });
    assert_eq!(record.words(1439), ["clock"]);
    assert_eq!(record.words(1441), Vec::<&str>::new());
    // Put back again: that is told, and no more.
    record.does(1442, forwards);
    record.does(1443, |tx| {
        clock_was_put_back(tx, SignedDuration::from_hours(1))
    });
    assert_eq!(record.words(1444), ["clock"]);
    record.does(2883, |tx| {
        tx.looked(tx.folder("security", "INBOX")?.unwrap().id)
    });
    assert_eq!(record.words(2884), Vec::<&str>::new());
}

#[test]
fn an_audit_is_remembered_with_its_first_difference_alone() {
    let mut record = Record::new();
    record.does(0, |tx| remember_failed_audit(tx, "disk image is malformed"));
    assert_eq!(record.words(0), ["audit"]);
    let well = Account {
        facts: 3,
        head: "7f3a".to_owned(),
        differences: Vec::new(),
    };
    record.does(1, |tx| remember_audit(tx, &well));
    assert_eq!(record.words(1), Vec::<&str>::new());
}
