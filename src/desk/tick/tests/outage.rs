//! Reminders that an outage kept from the team, and the one digest that tells of them.

use super::*;
use crate::desk::settle::fold_waiting;
use crate::store::LetterState;

const PROMISES: &str = "[[promise]]\nname = \"update\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"answered\"\n\
     within = \"1 business day\"\nremind = [\"daily after\"]\n\
     [[promise]]\nname = \"fix\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"resolved\"\n\
     within = \"5 business days\"\nremind = [\"2 business days before\"]\n";

#[test]
fn what_was_told_of_a_second_duty_is_told_by_the_digest_after_the_outage() {
    let mut world = World::under(PROMISES);
    world.report(at("2027-04-28 10:00"));
    let told = |letters: &[Letter], what: &str| letters[0].body.contains(what);
    let tuesday = world.tick_letters(at("2027-05-04 09:00"));
    assert!(told(&tuesday, "THU 6"), "{}", tuesday[0].body);
    let wednesday = world.tick_letters(at("2027-05-05 09:00"));
    assert!(!told(&wednesday, "THU 6"), "{}", wednesday[0].body);
    let after = world.write(at("2027-05-05 12:00"), |tx, config| {
        fold_waiting(tx, config)?;
        tx.unsettled_letters()
    });
    let queued = |l: &&Letter| l.state == LetterState::Queued;
    let after: Vec<Letter> = after.iter().filter(queued).cloned().collect();
    assert_eq!(after.len(), 2, "one for each of the first line");
    for letter in &after {
        let body = &letter.body;
        assert!(
            body.contains("THU 6") && body.contains("\n0 letters waiting"),
            "{body}"
        );
    }
}
