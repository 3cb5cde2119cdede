//! A question to the reporter, from the command to their answer: our rhythm of letters rests.

use super::*;
use crate::desk::act::{Decision, How, Reply, Writing, decide};
use crate::desk::settle::{Ended, offer, settle};
use crate::promise::Standing;
use crate::store::LetterKind;
use crate::ticket::{Outcome, WaitsFor};

impl World {
    /// anna's question is decided, and the server takes its letter at once.
    fn asks(&mut self, ticket: TicketNo, when: &str) {
        let ask = Reply {
            ask: true,
            ..Reply::default()
        };
        let letter = crate::letters::Letter {
            subject: "Re: canary-subject".into(),
            body: "Which version?\n".into(),
        };
        self.write(at(when), |tx, config| {
            let seen = tx.facts_of(ticket)?.last().unwrap().n;
            let decision = ask.on(Decision::new(ticket, "anna", seen, LetterKind::Reply));
            let writing = Writing {
                letter: &letter,
                enclosed: None,
                encrypted: None,
                grace: SignedDuration::ZERO,
            };
            let letter = decide(tx, config, &decision, How::Letter(&writing))?.unwrap();
            assert!(offer(tx, letter)?);
            settle(tx, config, letter, &Ended::Sent("250 ok".into()))
        });
    }

    /// When each run of the promise to inform is due, how it stands, and whether it was late.
    fn inform(&mut self, ticket: TicketNo, when: &str) -> Vec<(Option<Timestamp>, Standing, bool)> {
        self.write(at(when), |tx, config| {
            let duties = file(tx, config, ticket)?.duties.into_iter();
            let of_it = duties.filter(|d| d.promise.name == "inform");
            Ok(of_it
                .map(|d| (d.due_at(), d.state.standing, d.state.was_late))
                .collect())
        })
    }

    fn waits_for(&mut self, ticket: TicketNo) -> Option<WaitsFor> {
        let now = at("2027-05-20 10:00");
        self.write(now, |tx, config| {
            Ok(file(tx, config, ticket)?.ticket.waits_for)
        })
    }
}

#[test]
fn a_question_to_the_reporter_rests_our_letters_until_they_write() {
    let mut world = World::new();
    let ticket = world.report(at(FRIDAY));
    let known = [
        What::Evaluated {
            outcome: Outcome::Accepted,
        },
        What::DateNotDue,
        What::Owned { who: "anna".into() },
    ];
    for what in known {
        world.fact(ticket, at("2027-05-04 09:30"), what);
    }
    world.asks(ticket, "2027-05-04 10:00");
    // Ten business days after the answer: Tuesday 18 May.
    for day in ["2027-05-17", "2027-05-18", "2027-05-19"] {
        let letters = world.told(day, &["09:00", "17:00"]);
        assert!(
            !letters.contains("inform") && !letters.contains("late"),
            "{letters}"
        );
    }
    let rests = world.inform(ticket, "2027-05-20 09:59");
    assert_eq!(
        rests,
        [(Some(at("2027-05-18 17:00")), Standing::Waiting, false)]
    );
    assert_eq!(world.waits_for(ticket), Some(WaitsFor::Reporter));
    world.fact(ticket, at("2027-05-20 10:00"), What::ReporterWrote);
    assert_eq!(world.waits_for(ticket), None);
    let inform = world.inform(ticket, "2027-06-02 08:59");
    let (then, anew) = (at("2027-05-18 17:00"), at("2027-06-03 17:00"));
    assert_eq!(
        inform,
        [
            (Some(then), Standing::Void, false),
            (Some(anew), Standing::OnTime, false)
        ]
    );
    let letters = world.tick_letters(at("2027-06-02 09:00"));
    assert!(letters[0].body.contains("THU 3"), "{}", letters[0].body);
}
