//! A name that was taken back and stands in a file of ours.

use super::*;
use crate::store::{Given, Way};

#[test]
fn a_name_that_was_taken_back_is_told_of_each_morning_until_our_files_are_free_of_it() {
    let mut world = World::new();
    let ticket = world.report(at("2027-04-27 10:00"));
    world.tick(at("2027-04-27 10:00"));
    world.fact(ticket, at("2027-04-27 10:30"), What::Closed);
    assert_eq!(world.anna_reads("2027-04-28 09:00"), [""; 0]);
    let stands = |gone| Given {
        ticket,
        name: "fox".to_owned(),
        way: Way::Credits,
        place: "/site/thanks.md".to_owned(),
        line: None,
        gone,
        at: at("2027-04-28 10:00"),
        by: "anna".to_owned(),
    };
    world.write(at("2027-04-28 10:00"), |tx, _| tx.give_out(&stands(false)));
    for day in ["2027-04-29", "2027-04-30"] {
        let read = world.anna_reads(&format!("{day} 09:00"));
        assert!(
            read[0].contains("withdrawn, stands in thanks.md"),
            "{read:?}"
        );
        assert_eq!(world.anna_reads(&format!("{day} 16:00")), [""; 0]);
    }
    world.write(at("2027-04-30 16:30"), |tx, _| tx.give_out(&stands(true)));
    // Tuesday's is the first of a week.
    world.tick(at("2027-05-04 09:00"));
    assert_eq!(world.anna_reads("2027-05-05 09:00"), [""; 0]);
}
