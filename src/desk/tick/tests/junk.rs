//! What lies among junk: a line a day, and nothing else.

use super::*;

impl World {
    /// A report that was found among junk, with a held letter.
    fn junked(&mut self, when: &str, looks: bool) -> TicketNo {
        let ticket = self.report(at(when));
        self.fact(ticket, at(when), What::Junked { looks });
        self.held(ticket, when);
        ticket
    }
}

#[test]
fn junk_is_a_line_of_the_morning_digest_and_nothing_else() {
    let mut world = World::new();
    world.set_up("2027-04-20 10:00");
    let first = world.junked("2027-04-28 10:00", false);
    let second = world.junked("2027-04-28 11:00", true);
    let read = |world: &mut World, when: &str| world.anna_reads(when).join("\n");
    assert_eq!(read(&mut world, "2027-04-28 11:30"), "", "not one by one");
    let morning = read(&mut world, "2027-04-29 09:00");
    let line = format!(
        "JUNK   2 new: list --junk\n       like a report: {}\n",
        second.0
    );
    assert!(morning.contains(&line), "{morning}");
    assert!(!morning.contains("HELD"), "{morning}");
    assert_eq!(read(&mut world, "2027-04-29 16:00"), "", "once a day");
    // Its time passes, and nobody is told of it either.
    assert_eq!(read(&mut world, "2027-04-30 09:00"), "");
    assert_eq!(
        read(&mut world, "2027-05-05 12:00").matches("JUNK").count(),
        0
    );
    let late = world.write(at("2027-05-06 10:00"), |tx, _| tx.passed_deadlines(9));
    assert_eq!(late, []);
    // Taken out, it is late and said at once, with what is held.
    world.fact(first, at("2027-05-06 10:01"), What::Adopted);
    let said = read(&mut world, "2027-05-06 10:02");
    assert!(said.contains("LATE") && said.contains("HELD"), "{said}");
    let late = world.write(at("2027-05-06 10:03"), |tx, _| tx.passed_deadlines(9));
    assert!(!late.is_empty() && late.iter().all(|(t, ..)| *t == first));
}
