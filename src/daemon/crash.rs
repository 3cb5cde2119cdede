//! Crashes: a process dies at step 0, 1, 2, … until it survives the scenario, and a
//! fresh one finishes the work. Whenever it died, nothing is lost, nobody is answered
//! who must not be, and a duplicate is the same message twice.
//!
//! A step is a call to the mailbox, a piece of a mail, a moment just before or just
//! after a commit, a command that the mail server hears, a message that it is about to
//! take, has taken, has said to have taken, a copy that is filed. Death is an error from
//! everything.
//!
//! Known fault: the file outlives the process as SQLite closed it, not as a kill or a
//! power loss leaves it.

mod world;

use super::receive::apart::Reader;
use super::receive::{Memory, receive};
use super::record::Record;
use super::{TROUBLE, filing, prepare, turns};
use crate::config::MailboxConfig;
use crate::desk::account::account;
use crate::mail::parse::parse;
use crate::store::{Letter, LetterKind, LetterState, Tx};
use anyhow::{Result, anyhow};
use jiff::{SignedDuration, Timestamp};
use std::ops::RangeInclusive;
use std::sync::Arc;
use world::{Fate, Life, Taken, UIDVALIDITY, World};

const MIA: &str = "mia@example.net";
const AWAY: &str = "ravi@example.net";
const TEAM: [&str; 2] = ["anna@example.com", "ben@example.com"];

const MAILS: [(&str, &str); 3] = [
    (
        "2026-11-23T11:50:00Z",
        "From: Mia <mia@example.net>\nTo: security@example.org\nSubject: Login without a password\n\
         Message-ID: <first@example.net>\nDate: Mon, 23 Nov 2026 11:50:00 +0000\n\n\
         An empty password opens every account of https://app.example.org.\n",
    ),
    (
        "2026-11-23T11:52:00Z",
        "From: Ravi <ravi@example.net>\nTo: security@example.org\nSubject: Out of office\n\
         Message-ID: <away@example.net>\nDate: Mon, 23 Nov 2026 11:52:00 +0000\n\
         Auto-Submitted: auto-replied\n\nBack next week.\n",
    ),
    (
        "2026-11-23T11:55:00Z",
        "From: Mia <mia@example.net>\nTo: security@example.org\nSubject: Re: Login without a password\n\
         Message-ID: <second@example.net>\nDate: Mon, 23 Nov 2026 11:55:00 +0000\n\
         In-Reply-To: <first@example.net>\nReferences: <first@example.net>\n\n\
         It is worse: the name may be empty too.\n",
    ),
];

/// Of all pairs of deaths, one in so many is tried.
const SAMPLE: usize = 7;

/// Minutes after noon of a Monday in London, when the team is at work.
fn at<const MINUTES: i64>() -> Timestamp {
    let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    noon + SignedDuration::from_mins(MINUTES)
}

/// A process begins.
fn begin(world: &World, life: &Life, clock: fn() -> Timestamp) -> Result<Record> {
    let mut store = world.store();
    let of_store = life.clone();
    store.on_commit(Box::new(move || of_store.step()));
    prepare(store, &world.config, clock)
}

/// It takes its turns.
async fn take_turns(world: &Arc<World>, life: &Life, record: &Record) -> Result<()> {
    let pass = async |mailbox: &MailboxConfig| {
        let mut server = world.mailbox(life);
        let reader = Reader::Test(|head, whole| Ok(parse(head, whole)));
        let mut memory = Memory::reading_by(reader);
        let pass = receive(record, &world.config, mailbox, &mut server, &mut memory).await?;
        Ok(pass.taken)
    };
    turns(record, &world.config, pass, async |_| {
        world.relay(life).await
    })
    .await?;
    for mailbox in &world.config.mailboxes {
        let filed = filing::file(record, &world.config, mailbox, async |_| {
            Ok(world.mailbox(life))
        });
        filed.await.map_err(|why| anyhow!("{why:?}"))?;
    }
    Ok(())
}

/// A process from its beginning until it dies, or has nothing left to do; true when it died.
async fn live(world: &Arc<World>, fate: Fate, clock: fn() -> Timestamp) -> bool {
    let life = Life::new(fate);
    let lived = async {
        let record = begin(world, &life, clock)?;
        take_turns(world, &life, &record).await?;
        take_turns(world, &life, &record).await
    };
    let lived = lived.await;
    assert_eq!(lived.is_err(), life.is_marked(), "{lived:?}");
    life.is_marked()
}

/// What is on record at the end.
struct End {
    /// Every letter, and how many copies of it the mail server took.
    letters: Vec<(Letter, usize)>,
    /// The facts of each ticket, by name.
    facts: Vec<Vec<String>>,
    /// What the team was told.
    told: Vec<String>,
    /// Mails that were taken in without being read.
    unreadable: usize,
}

impl End {
    fn to(&self, address: &str) -> Vec<(LetterKind, LetterState)> {
        let all = self.letters.iter().map(|(letter, _)| letter);
        let to = all.filter(|l| l.recipient.to_string() == address);
        to.map(|l| (l.kind, l.state)).collect()
    }

    /// How many letters were taken twice.
    fn twins(&self) -> usize {
        let twice = self.letters.iter().filter(|(_, copies)| *copies == 2);
        twice.count()
    }

    fn states(&self) -> Vec<LetterState> {
        self.letters.iter().map(|(l, _)| l.state).collect()
    }
}

/// Looks at what is there at the end, and holds it against the laws that stand after any
/// number of deaths.
fn laws(world: &World) -> End {
    let taken = world.taken();
    let end = world.store().read(at::<20>(), |tx| {
        let account = account(tx, &world.config)?;
        assert_eq!(account.differences, []);
        let lost = tx.without_row(world.inbox, UIDVALIDITY, &[1, 2, 3])?;
        assert_eq!(lost, Vec::<u32>::new(), "each mail has a row");
        let mut mails = tx.tray()?.len();
        for ticket in tx.tickets(true)? {
            mails += tx.mails_of(ticket.number)?.len();
        }
        assert_eq!(mails, 3, "and only one");
        assert_eq!(tx.meta(TROUBLE)?, None, "the way is not broken");
        end(tx, &taken)
    });
    let end = end.unwrap();
    let copies: usize = end.letters.iter().map(|(_, copies)| copies).sum();
    assert_eq!(copies, taken.len(), "only what is on record, byte for byte");
    assert_eq!(world.too_early(), 0, "nothing leaves before its commit");
    assert_eq!(
        world.filed(),
        to_reporters(&end, &taken),
        "one copy of each"
    );
    end
}

/// The bytes of each letter to a reporter that is on record as sent.
fn to_reporters(end: &End, taken: &[Taken]) -> Vec<Vec<u8>> {
    let letters = end.letters.iter().map(|(letter, _)| letter);
    let sent = letters.filter(|l| !l.kind.is_internal() && l.state == LetterState::Sent);
    let bytes = |letter: &Letter| {
        let to = letter.recipient.to_string();
        let taken = taken.iter().find(|taken| taken.to == to);
        taken.unwrap().bytes.clone()
    };
    sent.map(bytes).collect()
}

fn end(tx: &Tx, taken: &[Taken]) -> Result<End> {
    let (mut facts, mut unreadable) = (Vec::new(), 0);
    for ticket in tx.tickets(true)? {
        let deadlines = tx.deadlines_of(ticket.number)?;
        assert!(deadlines.iter().any(|d| d.open), "its clock runs");
        let of_ticket = tx.facts_of(ticket.number)?;
        facts.push(
            of_ticket
                .iter()
                .map(|f| f.what.name().to_string())
                .collect(),
        );
        let mails = tx.mails_of(ticket.number)?;
        unreadable += mails.iter().filter(|m| m.defects == "unreadable").count();
    }
    let told = tx.told("remind/")?.into_iter();
    Ok(End {
        letters: letters(tx, taken)?,
        facts,
        told: told.map(|(key, _, _)| key).collect(),
        unreadable,
    })
}

/// Every letter, and how many copies of its very bytes were taken for its recipient.
fn letters(tx: &Tx, taken: &[Taken]) -> Result<Vec<(Letter, usize)>> {
    let mut found = Vec::new();
    while let Some(letter) = tx.letter(found.len() as i64 + 1)? {
        let copy = Taken {
            to: letter.recipient.to_string(),
            bytes: tx.letter_bytes(letter.id).unwrap_or_default(),
        };
        let copies = taken.iter().filter(|t| **t == copy).count();
        let (kind, to) = (letter.kind.word(), &letter.recipient);
        match letter.state {
            LetterState::Sent => assert!((1..=2).contains(&copies), "{copies} of {kind} to {to}"),
            // Twice on its way, and nobody knows: a person has to say.
            LetterState::Unknown => assert!(letter.offers == 2 && copies <= 2, "{kind} to {to}"),
            LetterState::Held => assert_eq!((copy.to.as_str(), copies), (AWAY, 0)),
            // What waited for one of the team became one digest.
            LetterState::Superseded => assert!(kind == "digest" || kind == "reminder"),
            stuck => panic!("{kind} to {to} is stuck: {}", stuck.word()),
        }
        found.push((letter, copies));
    }
    Ok(found)
}

/// Nothing shows that anything happened, but for one letter that may have been said twice.
/// The team has heard it all in one letter each, or in two when the mails came to be read
/// in two passes.
fn all_is_done(end: &End, to_each: RangeInclusive<usize>) {
    use LetterState::{Held, Sent};
    assert!(end.twins() <= 1, "one fault, and two letters twice");
    assert_eq!(end.to(MIA), [(LetterKind::Acknowledgement, Sent)]);
    assert_eq!(end.to(AWAY), [(LetterKind::Acknowledgement, Held)]);
    for member in TEAM {
        let heard = end.to(member);
        assert!(to_each.contains(&heard.len()), "{heard:?}");
        assert!(heard.iter().all(|(_, state)| *state == Sent), "{heard:?}");
    }
    assert_eq!(
        end.told.len(),
        2 * 3,
        "two tickets and a held letter, to each"
    );
    let hers = ["received", "reporter-wrote", "acknowledged"];
    // A mail that failed once comes after the others, so that either ticket may be first.
    let mut tickets = end.facts.clone();
    tickets.sort_by_key(|facts| std::cmp::Reverse(facts.len()));
    tickets[0].sort_by_key(|fact| hers.iter().position(|h| h == fact));
    assert_eq!(tickets[0], hers);
    assert_eq!(tickets[1..], [["received"]]);
    assert_eq!(end.unreadable, 0);
}

/// What may be missing after two deaths: a letter that both of them met on its way.
fn no_more_is_missing(end: &End) {
    use LetterState::{Held, Sent, Unknown};
    let unknown = end.letters.iter().filter(|(l, _)| l.state == Unknown);
    assert!(unknown.count() <= 1, "two deaths, and two letters");
    let (acknowledged, told) = match end.states().as_slice() {
        [Sent, Held, Sent | Unknown, Sent | Unknown] => (Some("acknowledged"), 2 * 3),
        // Silence is visible: each of the team is told of it, in a letter of its own.
        [Unknown, Held, Sent, Sent, Sent, Sent] => (None, 2 * 4),
        states => panic!("{states:?}"),
    };
    assert_eq!(end.told.len(), told);
    let hers = ["received", "reporter-wrote"]
        .into_iter()
        .chain(acknowledged);
    assert_eq!(end.facts, [hers.collect(), vec!["received"]]);
}

/// Names the fates when a law is broken.
struct Fates(Vec<Fate>);

impl Drop for Fates {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!("{:?}", self.0));
        }
    }
}

#[expect(clippy::print_stderr, reason = "a test tells what it covered")]
fn say(text: &str) {
    eprintln!("{text}");
}

#[tokio::test]
async fn whenever_it_dies_nothing_is_lost_and_nothing_is_said_otherwise() {
    let mut twins = 0;
    for step in 0.. {
        let world = World::new(&MAILS);
        let _fates = Fates(vec![Fate::Dies(step)]);
        let died = live(&world, Fate::Dies(step), at::<0>).await;
        if died {
            // In the same minute: no letter has to wait because a process died.
            live(&world, Fate::Lives, at::<0>).await;
        }
        let end = laws(&world);
        all_is_done(&end, 1..=1);
        twins += end.twins();
        if !died {
            say(&format!("{step} steps; {twins} letters left twice"));
            assert!(step >= 30, "the scenario is only {step} steps");
            // Three letters, each taken and not answered, answered and not recorded.
            assert!(twins >= 6, "{twins} letters left twice");
            return;
        }
    }
}

/// A process that goes on finds what it left behind as one that begins does.
#[tokio::test]
async fn whatever_fails_once_is_made_good_by_the_same_process() {
    for step in 0.. {
        let world = World::new(&MAILS);
        let _fates = Fates(vec![Fate::Stumbles(step)]);
        let life = Life::new(Fate::Stumbles(step));
        let record = begin(&world, &life, at::<0>)
            .or_else(|_| begin(&world, &life, at::<0>))
            .unwrap();
        for clock in [at::<0>, at::<5>, at::<10>] {
            // What failed is looked at below.
            let _ = take_turns(&world, &life, &record.at(clock)).await;
        }
        all_is_done(&laws(&world), 1..=2);
        if !life.is_marked() {
            assert!(step >= 30, "the scenario is only {step} steps");
            return;
        }
    }
}

#[tokio::test]
async fn whenever_it_dies_twice_a_person_knows_of_what_may_be_missing() {
    let (mut pairs, mut unknown, mut apart) = (0, 0, 0);
    for first in 0.. {
        for second in (first % SAMPLE..).step_by(SAMPLE) {
            let world = World::new(&MAILS);
            let fates = [Fate::Dies(first), Fate::Dies(second)];
            let _fates = Fates(fates.to_vec());
            if !live(&world, fates[0], at::<0>).await {
                say(&format!(
                    "{pairs} pairs; {unknown} letters unknown, {apart} mails read apart"
                ));
                assert!(
                    pairs >= 50 && unknown >= 1 && apart >= 1,
                    "{pairs} pairs, {unknown} unknown, {apart} read apart"
                );
                return;
            }
            let died = live(&world, fates[1], at::<5>).await;
            // Two ends while one and the same mail was read: a process of its own reads it.
            let suspect = (1..=3).filter(|uid| world.attempts(*uid) == 2).count();
            live(&world, Fate::Lives, at::<10>).await;
            let end = laws(&world);
            assert_eq!(end.unreadable, 0);
            no_more_is_missing(&end);
            pairs += 1;
            apart += suspect;
            unknown += end
                .states()
                .iter()
                .filter(|s| **s == LetterState::Unknown)
                .count();
            if !died {
                break;
            }
        }
    }
}
