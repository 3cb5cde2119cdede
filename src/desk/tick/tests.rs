//! The clock against a record in a temporary folder: who is told what, and when.

mod duplicates;
mod flood;
mod junk;
mod lasting;
mod names;
mod news;
mod outage;
mod profiles;
mod silent;
mod waiting;

use super::*;
use crate::config::{read_policy, sample};
use crate::desk::{file, refresh};
use crate::mail::{Address, Foreign};
use crate::store::{Away, Letter, NewFact, NewTicket, Store};
use crate::ticket::{By, What};
use jiff::Zoned;
use jiff::civil::date;

/// Friday 30 April 2027 in London; Monday 3 May is a holiday here.
const FRIDAY: &str = "2027-04-30 16:40";

/// anna and ben are the first line, dan is the second.
struct World {
    _folder: tempfile::TempDir,
    config: Config,
    store: Store,
}

fn at(local: &str) -> Timestamp {
    let zoned: Zoned = format!("{}[Europe/London]", local.replace(' ', "T"))
        .parse()
        .unwrap();
    zoned.timestamp()
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = sample::small(folder.path());
        let mut dan = config.team[0].clone();
        dan.name = "dan".into();
        dan.address = Address::parse("dan@example.com").unwrap();
        dan.second_line = true;
        config.team.push(dan);
        let holidays = [(date(2027, 5, 3), "Early May bank holiday".to_owned())];
        let hours = crate::promise::Hours::parse("09:00-17:00").unwrap();
        use jiff::civil::Weekday::{Saturday, Sunday};
        let weekend = [Saturday, Sunday];
        config.calendar =
            crate::promise::Calendar::new("Europe/London", &weekend, hours, holidays.into())
                .unwrap();
        let store = Store::create(&config.store).unwrap();
        let mut world = Self {
            _folder: folder,
            config,
            store,
        };
        world.keep_policy();
        world
    }

    /// With a policy of these promises.
    fn under(promises: &str) -> Self {
        let mut world = Self::new();
        let head = "name = \"ours\"\nversion = 2026-09-11\nurl = \"https://example.org\"\n";
        world.config.policy = read_policy(&format!("{head}{promises}")).unwrap();
        world.keep_policy();
        world
    }

    fn keep_policy(&mut self) {
        let (store, policy) = (&mut self.store, &self.config.policy);
        let kept = store.write(at("2027-04-01 10:00"), |tx| tx.keep_policy(policy));
        kept.unwrap();
    }

    fn write<T>(&mut self, when: Timestamp, work: impl FnOnce(&Tx, &Config) -> Result<T>) -> T {
        let config = &self.config;
        self.store.write(when, |tx| work(tx, config)).unwrap()
    }

    /// A report that came in at this moment.
    fn report(&mut self, when: Timestamp) -> TicketNo {
        self.report_of(when, "canary-subject")
    }

    fn report_of(&mut self, when: Timestamp, subject: &str) -> TicketNo {
        let number = self.write(when, |tx, config| {
            tx.open_ticket(&NewTicket {
                prefix: "SEC",
                year: 2027,
                mailbox: "security",
                policy: &config.policy.digest,
                opened_at: when,
                subject: &Foreign::new(subject),
                reporter: Address::parse("mia@example.net").as_ref(),
                reporter_name: &Foreign::new("canary-name"),
                claims: None,
            })
        });
        self.fact(number, when, What::Received);
        number
    }

    fn fact(&mut self, ticket: TicketNo, when: Timestamp, what: What) -> i64 {
        self.write(when, |tx, config| {
            let fact = NewFact::new(when, what, By::Gatepost);
            let n = tx.add_fact(ticket, &fact)?;
            refresh(tx, config, ticket)?;
            Ok(n)
        })
    }

    fn own(&mut self, ticket: TicketNo, when: &str, who: &str) {
        self.fact(ticket, at(when), What::Owned { who: who.into() });
    }

    fn away(&mut self, who: &str, cover: &str, first: jiff::civil::Date) {
        let away = Away {
            who: who.into(),
            first,
            last: date(2027, 5, 31),
            cover: cover.into(),
        };
        self.write(at(FRIDAY), |tx, _| tx.add_away(&away, "anna"));
    }

    /// One look at the clock; the letters that it wrote, as `who: subject`.
    fn tick(&mut self, when: Timestamp) -> Vec<String> {
        let short = |letter: &Letter| {
            let subject = letter.subject.trim_start_matches("gatepost ");
            format!("{}: {subject}", letter.recipient.local())
        };
        self.tick_letters(when).iter().map(short).collect()
    }

    fn tick_letters(&mut self, when: Timestamp) -> Vec<Letter> {
        self.write(when, |tx, config| {
            let before = tx.unsettled_letters()?.len();
            let ticked = tick(tx, config)?;
            assert_eq!(ticked.broken, [""; 0]);
            let letters = tx.unsettled_letters()?.split_off(before);
            assert_eq!(ticked.letters, letters.len());
            Ok(letters)
        })
    }

    /// Looks at each of these moments of the local day, and joins what was written.
    fn told(&mut self, day: &str, hours: &[&str]) -> String {
        let mut told = Vec::new();
        for hour in hours {
            let now = at(&format!("{day} {hour}"));
            let letters = self.tick(now);
            assert_eq!(self.tick(now), [""; 0], "the same moment twice");
            told.extend(letters.iter().map(|letter| format!("{hour} {letter}")));
        }
        told.join("\n")
    }
}

#[test]
fn the_owner_hears_alone_and_the_second_line_when_it_escalates() {
    let mut world = World::new();
    let ticket = world.report(at(FRIDAY));
    let name = format!("0001 {}", crate::ticket::CodeName::of(ticket));
    let told = world.told("2027-04-30", &["16:40"]);
    assert_eq!(
        told,
        format!(
            "16:40 anna: {name}: new, answer by Thu 6 May 17:00\n16:40 ben: {name}: new, answer by Thu 6 May 17:00"
        )
    );
    world.own(ticket, "2027-05-04 10:00", "ben");
    assert_eq!(
        world.told("2027-05-05", &["08:59", "09:00", "16:59"]),
        "09:00 ben: Wed 5 May: next Thu 6 May"
    );
    assert_eq!(
        world.told("2027-05-06", &["13:59", "14:00", "17:00"]),
        format!(
            "14:00 ben: {name}: evaluation, date due Thu 6 May 17:00\n14:00 dan: {name}: evaluation, date due Thu 6 May 17:00\n\
             17:00 ben: {name}: evaluation, date due now\n17:00 dan: {name}: evaluation, date due now"
        )
    );
    assert_eq!(
        world.told("2027-05-07", &["09:00"]),
        "09:00 ben: Fri 7 May: 1 late\n09:00 dan: Fri 7 May: 1 late"
    );
}

#[test]
fn who_takes_a_ticket_over_hears_of_it_at_once() {
    let mut world = World::new();
    let ticket = world.report(at(FRIDAY));
    world.tick(at(FRIDAY));
    world.own(ticket, "2027-05-04 10:00", "ben");
    assert_eq!(
        world.told("2027-05-04", &["10:00", "10:01"]),
        "",
        "he has heard"
    );
    world.own(ticket, "2027-05-04 10:30", "dan");
    let told = world.told("2027-05-04", &["10:30", "12:00"]);
    assert!(told.starts_with("10:30 dan: 0001 "), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn who_is_away_is_covered_and_nobody_is_woken_to_take_over() {
    let mut world = World::new();
    let ticket = world.report(at(FRIDAY));
    world.own(ticket, FRIDAY, "anna");
    assert_eq!(world.tick(at(FRIDAY)).len(), 1);
    world.away("anna", "ben", date(2027, 5, 5));
    // ben takes over on Wednesday: what anna was told before he hears in the morning.
    world.write(at(FRIDAY), |tx, _| tx.look_at_all());
    let nights = ["00:30", "03:00", "08:59"];
    assert_eq!(world.told("2027-05-05", &nights), "");
    assert_eq!(
        world.told("2027-05-05", &["09:00"]),
        "09:00 ben: Wed 5 May: next Thu 6 May"
    );
    world.config.team[1].name = "somebody".into();
    assert!(
        world
            .told("2027-05-06", &["14:00"])
            .contains("14:00 anna: ")
    );
}

#[test]
fn what_knows_no_hours_goes_alone_and_by_night() {
    let mut world = World::under(
        "[[promise]]\nname = \"help\"\npage = \"p\"\nclass = \"attack\"\nfrom = \"received\"\nneeds = \"answered\"\n\
         within = \"2 hours\"\nany_hour = true\nto = \"team\"\nescalate = \"30 minutes before\"\n\
         remind = [\"at once\", \"30 minutes before\", \"when due\", \"30 minutes after\"]\n",
    );
    let sunday = at("2027-05-02 02:10");
    for class in ["attack", "attack", "support"] {
        let ticket = world.report(sunday);
        let class = class.to_owned();
        world.fact(ticket, sunday, What::Classed { class });
    }
    let count = |letters: Vec<String>, who: &str| {
        let is_digest = |letter: &String| letter.contains(" May: ");
        assert!(!letters.iter().any(is_digest), "{letters:?}");
        letters.iter().filter(|l| l.starts_with(who)).count()
    };
    let mut tick = |when: &str| {
        let letters = world.tick(at(when));
        ["anna", "ben", "dan"].map(|who| count(letters.clone(), who))
    };
    assert_eq!(tick("2027-05-02 02:10"), [2, 2, 0]);
    assert_eq!(tick("2027-05-02 02:11"), [0, 0, 0]);
    assert_eq!(tick("2027-05-02 03:40"), [2, 2, 2]);
    assert_eq!(tick("2027-05-02 04:10"), [2, 2, 2]);
    assert_eq!(tick("2027-05-02 04:40"), [2, 2, 2]);
    let late = at("2027-05-02 05:40");
    let to_fold = world.write(late, |tx, _| crate::desk::settle::to_fold(tx));
    assert!(to_fold.is_empty(), "not after an outage either");
}

#[test]
fn after_ten_days_down_everybody_gets_one_letter_for_fifty_tickets() {
    let mut world = World::new();
    for _ in 0..50 {
        world.report(at(FRIDAY));
    }
    let letters = world.tick_letters(at("2027-05-10 10:30"));
    let who: Vec<&str> = letters.iter().map(|l| l.recipient.local()).collect();
    assert_eq!(who, ["anna", "ben", "dan"]);
    for letter in &letters {
        assert_eq!(letter.subject, "gatepost Mon 10 May: 50 late");
        assert!(
            letter.body.contains("LATE   0001 and 49 alike"),
            "{}",
            letter.body
        );
        assert!(letter.body.lines().all(|line| line.chars().count() <= 40));
        assert!(!letter.body.contains("canary") && !letter.body.contains("mia"));
    }
    assert_eq!(world.tick(at("2027-05-10 10:30:15")), [""; 0]);
}

#[test]
fn a_flood_of_reports_is_no_flood_of_letters() {
    let mut world = World::new();
    let start = at("2027-04-29 10:00");
    let mut letters = Vec::new();
    // Looked at every 15 seconds for an hour, 10 reports each for the first 10 minutes.
    for step in 0..240 {
        let now = start + SignedDuration::from_secs(step * 15);
        for _ in 0..if step < 40 { 10 } else { 0 } {
            world.report(now);
        }
        letters.extend(world.tick_letters(now));
    }
    let of_anna: Vec<&Letter> = letters
        .iter()
        .filter(|l| l.recipient.local() == "anna")
        .collect();
    assert_eq!(of_anna.len(), 2);
    assert!(
        of_anna[0].subject.contains("10 new"),
        "{}",
        of_anna[0].subject
    );
    assert!(
        of_anna[1].subject.contains("390 new"),
        "{}",
        of_anna[1].subject
    );
}

#[test]
fn a_second_report_is_told_at_once_and_a_third_waits_a_little() {
    let mut world = World::new();
    let mut anna = |hour: &str, reports: usize| {
        let now = at(&format!("2027-04-29 {hour}"));
        for _ in 0..reports {
            world.report(now);
        }
        let letters = world.tick(now);
        letters.iter().filter(|l| l.starts_with("anna")).count()
    };
    assert_eq!(
        [anna("10:00", 1), anna("10:01", 1), anna("10:02", 1)],
        [1, 1, 0]
    );
    assert_eq!(
        [anna("10:14", 0), anna("10:15", 0), anna("10:16", 1)],
        [0, 1, 1]
    );
    // The clock is put back: nothing is kept waiting.
    assert_eq!(anna("09:30", 1), 1);
}

#[test]
fn twenty_jumps_of_the_clock_say_each_reminder_once() {
    for seed in 0..20_i64 {
        let mut world = World::new();
        world.config.team.truncate(1);
        world.report(at(FRIDAY));
        let mut said = BTreeSet::new();
        let mut days = 0;
        for jump in 0..20 {
            let now = at(FRIDAY) + SignedDuration::from_mins(days * 1440 + seed * 37);
            days = (days + (seed * 7 + jump * 5) % 17 - 6).max(0);
            for letter in world.tick_letters(now) {
                let again = !said.insert(letter.subject.clone());
                assert!(!again, "{seed}: {:?} after {said:?}", letter.subject);
            }
            assert_eq!(world.tick(now), [""; 0]);
        }
        let steps = world.write(at(FRIDAY), |tx, _| tx.told("remind/SEC-2027-0001/"));
        assert!(steps.len() >= 4, "{seed}: {steps:?}");
    }
}
