//! Reporters of duplicates who have not been told what the first report has come to.

use super::*;
use crate::ticket::{Field, Outcome};

#[test]
fn the_morning_digest_names_the_command_that_tells_the_reporter_of_a_duplicate() {
    let mut world = World::under(
        "[[promise]]\nname = \"respond\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"answered\"\nwithin = \"3 business days\"\n",
    );
    let first = world.report(at("2027-05-04 10:00"));
    let second = world.report_of(at("2027-05-04 11:00"), "another subject");
    for ticket in [first, second] {
        world.fact(ticket, at("2027-05-04 12:00"), What::Answered);
    }
    world.fact(
        second,
        at("2027-05-04 12:00"),
        What::Set {
            field: Field::See,
            value: Some(first.to_string()),
            was: None,
        },
    );
    let outcome = Outcome::Duplicate;
    world.fact(second, at("2027-05-04 12:00"), What::Evaluated { outcome });
    assert_eq!(world.told("2027-05-05", &["09:00", "12:00"]), "");
    // The team wrote the date to the first reporter from its own mail program.
    let on = date(2027, 6, 17);
    world.fact(first, at("2027-05-05 12:30"), What::Dated { on });
    assert_eq!(world.told("2027-05-05", &["13:00", "17:00"]), "");
    for closed in [false, true] {
        if closed {
            world.fact(second, at("2027-05-06 15:00"), What::Closed);
        }
        let day = if closed { 7 } else { 6 };
        let letters = world.tick_letters(at(&format!("2027-05-0{day} 09:00")));
        assert_eq!(letters.len(), 2, "anna and ben: {letters:?}");
        let text = letters[0]
            .body
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(
            text.contains("0002 ") && text.contains("gatepost reply 2 --expected 2027-06-17"),
            "{}",
            letters[0].body
        );
    }
    world.fact(second, at("2027-05-07 10:00"), What::Dated { on });
    assert_eq!(
        world
            .told("2027-05-10", &["10:00"])
            .matches("trouble")
            .count(),
        0
    );
}
