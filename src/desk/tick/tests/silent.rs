//! A reporter who was asked and does not write: the owner is told of the last call and, when
//! that has passed, of the end; each business morning, and nobody else.

use super::*;
use crate::ticket::WaitsFor;

const ASKED: What = What::Waiting {
    on: Some(WaitsFor::Reporter),
};

impl World {
    /// A report of anna's that waits for its reporter since Friday 7 May.
    fn asked(&mut self) -> TicketNo {
        let ticket = self.report(at(FRIDAY));
        let answered = [
            What::Evaluated {
                outcome: crate::ticket::Outcome::NotReproducible,
            },
            What::DateNotDue,
            What::Owned { who: "anna".into() },
        ];
        for what in answered {
            self.fact(ticket, at("2027-05-04 10:00"), what);
        }
        self.fact(ticket, at("2027-05-07 10:00"), ASKED);
        ticket
    }

    /// To whom a digest of this moment goes that tells of silence, and its row.
    fn silent(&mut self, when: &str) -> Vec<String> {
        let letters = self.tick_letters(at(when)).into_iter();
        let row = |letter: Letter| {
            let (_, row) = letter.body.split_once("SILENT")?;
            let row: Vec<&str> = row.lines().take(3).map(str::trim).collect();
            Some(format!("{}: {}", letter.recipient, row.join(" ")))
        };
        letters.filter_map(row).collect()
    }
}

#[test]
fn a_last_call_is_proposed_to_the_owner_and_then_the_end() {
    let mut world = World::new();
    let ticket = world.asked();
    // The tenth business day after Friday 7 May is Friday 21 May.
    for quiet in ["2027-05-20 09:00", "2027-05-20 17:00", "2027-05-21 08:59"] {
        assert_eq!(world.silent(quiet), [""; 0], "{quiet}");
    }
    let told = world.silent("2027-05-21 09:00");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("anna@"), "{told:?}");
    let row = "anna since Fri 7 May: last call?";
    let said = told[0].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(row), "{said}");
    assert_eq!(world.silent("2027-05-21 15:00"), [""; 0], "once a day");
    assert_eq!(world.silent("2027-05-24 09:00").len(), 1, "and daily");
    let until = date(2027, 6, 4);
    world.fact(ticket, at("2027-05-24 10:00"), ASKED);
    world.fact(ticket, at("2027-05-24 10:00"), What::LastCalled { until });
    for quiet in ["2027-05-25 09:00", "2027-06-04 16:59"] {
        assert_eq!(world.silent(quiet), [""; 0], "{quiet}");
    }
    let told = world.silent("2027-06-07 09:00");
    let said = told
        .concat()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(said.contains("last call unanswered: close?"), "{said}");
    world.fact(ticket, at("2027-06-07 10:00"), What::ReporterWrote);
    assert_eq!(world.silent("2027-06-08 09:00"), [""; 0], "they wrote");
}

#[test]
fn the_cover_is_told_of_silence_and_where_nobody_owns_it_the_first_line() {
    let mut world = World::new();
    let ticket = world.asked();
    world.write(at("2027-05-20 10:00"), |tx, _| {
        let away = Away {
            who: "anna".into(),
            cover: "ben".into(),
            first: date(2027, 5, 21),
            last: date(2027, 5, 21),
        };
        tx.add_away(&away, "anna").map(drop)
    });
    let told = world.silent("2027-05-21 09:00");
    assert!(told.len() == 1 && told[0].starts_with("ben@"), "{told:?}");
    world.fact(ticket, at("2027-05-21 10:00"), What::Disowned);
    assert_eq!(world.silent("2027-05-24 09:00").len(), 2, "anna and ben");
}
