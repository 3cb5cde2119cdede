//! What lasts: troubles, the tray, and the digest that comes when nothing is to be said.

use super::*;
use crate::mail::MessageId;
use crate::mail::auth::Standing;
use crate::store::{Go, LetterKind, LetterState, NewLetter, NewMail, Raw, RawBytes, Sighting};

impl World {
    /// Set up on this day.
    pub(super) fn set_up(&mut self, when: &str) {
        self.write(at(when), |tx, _| {
            tx.add_folder("security", "INBOX", 7, &[]).map(|_| ())
        });
    }

    /// A letter to a reporter that is held.
    pub(super) fn held(&mut self, ticket: TicketNo, when: &str) -> i64 {
        self.write(at(when), |tx, config| {
            tx.add_letter(&NewLetter {
                ticket: Some(ticket),
                kind: LetterKind::Acknowledgement,
                sender: &config.mailboxes[0].address,
                recipient: &Address::parse("mia@example.net").unwrap(),
                by: By::Gatepost,
                facts: &[],
                subject: "s",
                body: "b",
                go: Go::Held("too many in an hour"),
            })
        })
    }

    /// A digest to ben that the server refused.
    fn refused_to_ben(&mut self, when: &str) {
        self.refused_to(1, when);
    }

    /// A digest to anna that the server refused.
    fn refused_to_anna(&mut self, when: &str) {
        self.refused_to(0, when);
    }

    fn refused_to(&mut self, member: usize, when: &str) {
        self.write(at(when), |tx, config| {
            let id = MessageId::fresh([7 + member as u8; 16], "example.org");
            let letter = tx.add_letter(&NewLetter {
                ticket: None,
                kind: LetterKind::Digest,
                sender: &config.mailboxes[0].address,
                recipient: &config.team[member].address,
                by: By::Gatepost,
                facts: &[],
                subject: "s",
                body: "b",
                go: Go::Queued(&id, b"x", tx.now()),
            })?;
            tx.move_letter(letter, LetterState::Queued, LetterState::Refused)
        });
    }

    /// The bodies of the digests that this moment writes to anna.
    pub(super) fn anna_reads(&mut self, when: &str) -> Vec<String> {
        let letters = self.tick_letters(at(when)).into_iter();
        let of_anna = letters.filter(|l| l.recipient.local() == "anna");
        of_anna.map(|l| l.body).collect()
    }
}

/// A mail of nobody that came just now.
fn blank<'a>(tx: &Tx, nobody: &'a Foreign, raw: &'a RawBytes) -> anyhow::Result<NewMail<'a>> {
    Ok(NewMail {
        seen: Sighting {
            folder: tx.add_folder("security", "INBOX", 7, &[])?,
            uidvalidity: 7,
            uid: 1,
            received_at: tx.now(),
            size: 9,
        },
        digest: "d",
        message_id: None,
        cites: &[],
        author: None,
        author_name: nobody,
        subject: nobody,
        kind: ("person", ""),
        place: ("new", ""),
        reply: ("none", ""),
        authentication: Standing::none(""),
        defects: "",
        ticket: None,
        raw,
    })
}

#[test]
fn a_held_letter_is_told_at_once_and_each_business_morning_while_it_lasts() {
    let mut world = World::new();
    let ticket = world.report(at("2027-04-28 10:00"));
    world.tick(at("2027-04-28 10:00"));
    world.fact(ticket, at("2027-04-28 10:30"), What::Closed);
    let letter = world.held(ticket, "2027-04-28 11:00");
    world.write(at("2027-04-28 11:00"), |tx, _| tx.set_meta("x", "y"));
    let told = |world: &mut World, when: &str| world.anna_reads(when).len();
    assert_eq!(told(&mut world, "2027-04-28 11:00"), 1);
    assert_eq!(told(&mut world, "2027-04-28 16:00"), 0);
    assert_eq!(told(&mut world, "2027-04-28 18:00"), 0);
    assert_eq!(told(&mut world, "2027-04-29 08:59"), 0);
    assert_eq!(told(&mut world, "2027-04-29 09:00"), 1);
    assert_eq!(told(&mut world, "2027-04-29 12:00"), 0);
    assert_eq!(told(&mut world, "2027-05-01 12:00"), 0);
    assert_eq!(told(&mut world, "2027-05-04 10:00"), 1);
    world.write(at("2027-05-04 11:00"), |tx, _| {
        tx.move_letter(letter, LetterState::Held, LetterState::Dropped)
    });
    assert_eq!(told(&mut world, "2027-05-05 09:00"), 0);
}

#[test]
fn a_mail_that_cannot_be_read_is_told_of_until_somebody_evaluates_it() {
    let mut world = World::new();
    let ticket = world.report(at("2027-04-28 10:00"));
    world.tick(at("2027-04-28 10:00"));
    world.write(at("2027-04-28 12:00"), |tx, _| {
        let (nobody, raw) = (Foreign::new(""), Raw::new().finish()?);
        let mail = NewMail {
            reply: ("none", "it cannot be read"),
            defects: "unreadable",
            ticket: Some(ticket),
            ..blank(tx, &nobody, &raw)?
        };
        tx.add_mail(&mail).map(|_| ())
    });
    let read = world.anna_reads("2027-04-28 12:00");
    assert!(read[0].contains("a mail of it cannot be read"), "{read:?}");
    assert_eq!(world.anna_reads("2027-04-28 16:00"), [""; 0]);
    world.tick(at("2027-04-29 09:00"));
    assert_eq!(world.anna_reads("2027-04-30 09:00").len(), 1);
    for what in [
        What::Evaluated {
            outcome: crate::ticket::Outcome::Accepted,
        },
        What::DateNotDue,
    ] {
        world.fact(ticket, at("2027-04-30 10:00"), what);
    }
    // Tuesday's is the first of a week.
    world.tick(at("2027-05-04 09:00"));
    assert_eq!(world.anna_reads("2027-05-05 09:00"), [""; 0]);
}

#[test]
fn a_reporter_who_cannot_be_reached_is_told_of_until_a_letter_arrives() {
    let mut world = World::new();
    let ticket = world.report(at("2027-04-28 10:00"));
    world.tick(at("2027-04-28 10:00"));
    let undelivered = What::Undelivered {
        letter: Some(9),
        mail: None,
        why: "550".into(),
    };
    world.fact(ticket, at("2027-04-28 12:00"), undelivered);
    let read = world.anna_reads("2027-04-28 12:00");
    assert!(
        read[0].contains("the reporter cannot be reached"),
        "{read:?}"
    );
    assert_eq!(world.anna_reads("2027-04-28 12:20"), [""; 0]);
    // Friday's digest has no other reason.
    world.tick(at("2027-04-29 09:00"));
    assert_eq!(world.anna_reads("2027-04-30 09:00").len(), 1);
    world.fact(ticket, at("2027-04-30 10:00"), What::Answered);
    let evaluated = What::Evaluated {
        outcome: crate::ticket::Outcome::Accepted,
    };
    world.fact(ticket, at("2027-04-30 10:00"), evaluated);
    world.fact(ticket, at("2027-04-30 10:00"), What::DateNotDue);
    assert_eq!(world.anna_reads("2027-05-04 09:00"), [""; 0]);
}

#[test]
fn a_refused_letter_to_the_team_is_told_to_the_others_and_starts_no_loop() {
    let mut world = World::new();
    world.refused_to_ben("2027-04-27 12:00");
    let mut days = Vec::new();
    for day in 28..=30 {
        for hour in ["09:00", "13:00", "16:59"] {
            let when = format!("2027-04-{day} {hour}");
            for letter in world.tick_letters(at(&when)) {
                assert!(
                    letter.body.contains("WARN   a letter to ben was refused"),
                    "{}",
                    letter.body
                );
                days.push(format!("{day} {hour} {}", letter.recipient.local()));
                if letter.recipient.local() == "ben" {
                    world.refused_to_ben(&when);
                }
            }
        }
    }
    assert_eq!(
        days,
        [
            "28 09:00 anna",
            "28 09:00 dan",
            "29 09:00 anna",
            "29 09:00 dan",
            "30 09:00 anna",
            "30 09:00 dan"
        ]
    );
}

#[test]
fn who_is_not_reached_is_told_of_no_other() {
    let mut world = World::new();
    world.refused_to_ben("2027-04-27 12:00");
    world.refused_to_anna("2027-04-27 12:01");
    let told = world.tick(at("2027-04-28 09:00"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("dan: "), "{told:?}");
}

#[test]
fn what_a_program_answers_to_a_digest_asks_for_no_digest() {
    let told = |kind: &str, place: &str| {
        let mut world = World::new();
        world.write(at("2027-04-27 12:00"), |tx, _| {
            let (nobody, raw) = (Foreign::new(""), Raw::new().finish()?);
            let mail = NewMail {
                kind: (kind, ""),
                place: (place, ""),
                ..blank(tx, &nobody, &raw)?
            };
            tx.add_mail(&mail).map(|_| ())
        });
        world.tick(at("2027-04-28 09:00")).len()
    };
    assert_eq!(told("bounce", "tray"), 2, "the first line");
    assert_eq!(told("person", "internal"), 2);
    assert_eq!(told("unproven-team", "internal"), 2);
    assert_eq!(told("own", "tray"), 0, "a digest that came round");
    for kind in ["bounce", "automatic", "automatic-sender", "list"] {
        assert_eq!(told(kind, "internal"), 0, "{kind}");
    }
}

#[test]
fn the_first_digest_of_a_week_comes_even_when_it_is_empty() {
    let mut world = World::new();
    assert_eq!(
        world.told("2027-04-26", &["09:00"]),
        "",
        "nothing is set up"
    );
    world.set_up("2027-04-26 10:00");
    assert_eq!(
        world.told("2027-04-26", &["10:01", "16:00"]),
        "",
        "set up today"
    );
    assert_eq!(world.told("2027-04-27", &["09:00"]), "");
    // Monday 3 May is a holiday; the machine slept until the afternoon of Tuesday.
    assert_eq!(world.told("2027-05-03", &["12:00"]), "");
    let of_week = "anna: Tue 4 May: nothing today|ben: Tue 4 May: nothing today|dan: Tue 4 May: nothing today";
    let wanted = of_week.split('|').map(|letter| format!("15:00 {letter}"));
    assert_eq!(
        world.told("2027-05-04", &["15:00", "16:00"]),
        wanted.collect::<Vec<_>>().join("\n")
    );
    assert_eq!(world.told("2027-05-05", &["09:00"]), "");
    world.away("anna", "ben", date(2027, 5, 10));
    let monday = world.told("2027-05-10", &["09:00"]);
    assert!(
        monday.contains("ben: ") && !monday.contains("anna: "),
        "{monday}"
    );
}

#[test]
fn a_digest_says_that_the_dates_clash() {
    let mut world = World::new();
    let ticket = world.report(at("2027-04-28 10:00"));
    let planned = What::Planned {
        event: crate::ticket::Planned::ReporterPublication,
        on: date(2027, 7, 1),
    };
    world.fact(
        ticket,
        at("2027-04-28 11:00"),
        What::Dated {
            on: date(2027, 7, 9),
        },
    );
    world.fact(ticket, at("2027-04-28 11:00"), planned);
    world.tick(at("2027-04-28 11:00"));
    let read = world.anna_reads("2027-04-30 09:00").remove(0);
    assert!(read.contains("CLASH  0001"), "{read}");
    let said: String = read.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("they publish Thu 1 Jul, we fix Fri 9 Jul"),
        "{read}"
    );
}

#[test]
fn a_digest_tells_what_looks_alike_as_one_and_says_that_the_days_off_end() {
    let mut world = World::new();
    let reports = [40; 12].map(|minute| world.report(at(&format!("2027-04-30 16:{minute}"))));
    let class = "attack".to_owned();
    world.fact(reports[1], at("2027-04-30 16:45"), What::Classed { class });
    world.tick(at("2027-04-30 16:55"));
    let read = world.anna_reads("2027-05-05 09:00").remove(0);
    assert!(read.contains("0001 and 10 alike     NOBODY"), "{read}");
    assert!(read.contains("0002 "), "of another class: {read}");
    assert!(!read.contains("0003"), "{read}");
    let said: String = read.split_whitespace().collect::<Vec<_>>().join(" ");
    let ended =
        "WARN the last holiday that is known was Mon 3 May 2027: add those after it to `holidays`";
    assert!(said.contains(ended), "{read}");
    world.own(reports[2], "2027-05-05 10:00", "ben");
    let read = world.anna_reads("2027-05-07 09:00").remove(0);
    let both = read.contains("and 9 alike") && read.contains("0003 ");
    assert!(both, "one of them has an owner: {read}");
}

#[test]
fn a_promise_without_a_time_is_nagged_of_and_never_late() {
    let mut world = World::under(
        "[[promise]]\nname = \"soon\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"evaluated\"\n\
         remind = [\"2 business days after\", \"daily after\"]\n",
    );
    let ticket = world.report(at(FRIDAY));
    assert_eq!(world.told("2027-05-04", &["09:00", "12:00"]), "");
    let told = |letters: Vec<Letter>| letters[0].body.clone();
    let body = told(world.tick_letters(at("2027-05-05 09:00")));
    assert!(
        body.contains("OPEN   0001") && body.contains("since Fri 30 Apr"),
        "{body}"
    );
    assert_eq!(world.tick(at("2027-05-06 09:00")).len(), 2);
    let evaluated = What::Evaluated {
        outcome: crate::ticket::Outcome::Accepted,
    };
    world.fact(ticket, at("2027-05-06 10:00"), evaluated);
    assert_eq!(world.told("2027-05-07", &["09:00"]), "");
    let file = world.write(at("2027-05-07 10:00"), |tx, config| {
        file(tx, config, ticket)
    });
    assert_eq!(file.duties[0].state.standing.word(), "kept");
    assert!(!file.duties[0].state.was_late && file.row.due_at.is_none());
}

#[test]
fn tickets_that_cannot_be_read_are_named_and_silence_no_other() {
    let mut world = World::new();
    world.set_up("2027-04-20 10:00");
    let ours = world.config.policy.clone();
    world.config.policy.digest = "old".to_owned();
    world.config.policy.text = "this is no policy".to_owned();
    world.keep_policy();
    world.report(at("2027-04-28 10:00"));
    world.config.policy = ours;
    for _ in 0..4 {
        world.report(at("2027-04-28 10:00"));
    }
    let undelivered = What::Undelivered {
        letter: Some(1),
        mail: None,
        why: "550".to_owned(),
    };
    world.fact(TicketNo(3), at("2027-04-28 10:01"), undelivered);
    world.write(at("2027-04-28 10:02"), |tx, _| {
        tx.spoil(
            "UPDATE deadlines SET count = 'x' WHERE ticket = 2;
             UPDATE facts SET data = 'x' WHERE ticket = 3;
             UPDATE deadlines SET due_at = 'x' WHERE ticket = 4",
        )
    });
    let monday = at("2027-05-04 09:00");
    let ticked = world.write(monday, tick);
    assert_eq!(ticked.broken.len(), 4, "{:?}", ticked.broken);
    let letters = world.write(monday, |tx, _| tx.unsettled_letters());
    let to_anna = |l: &&Letter| l.recipient.local() == "anna";
    let read = &letters.iter().rfind(to_anna).unwrap().body;
    for ticket in ["0001", "0002", "0003", "0004", "0005"] {
        assert!(read.contains(ticket), "{ticket} is not in {read}");
    }
    let said: String = read.split_whitespace().collect::<Vec<_>>().join(" ");
    let broken = said.split("LOOK").nth(1).unwrap_or_default();
    for ticket in ["0001", "0002", "0003", "0004", "its file cannot be read"] {
        assert!(broken.contains(ticket), "{ticket} is not in {read}");
    }
    assert!(!broken.contains("0005"), "{read}");
    let waiting = letters.len();
    world.write(monday, tick);
    let after = world.write(monday, |tx, _| tx.unsettled_letters());
    assert_eq!(after.len(), waiting, "it is told once a day");
}
