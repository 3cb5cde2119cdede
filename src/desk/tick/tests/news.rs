//! What a letter calls new.

use super::*;

/// The promise of a business day from this fact on until that one, told at once.
fn promise(name: &str, from: &str, needs: &str) -> String {
    format!(
        "[[promise]]\nname = \"{name}\"\npage = \"p\"\nfrom = \"{from}\"\nneeds = \"{needs}\"\n\
         within = \"1 business day\"\nremind = [\"at once\"]\n"
    )
}

#[test]
fn a_report_is_new_once_however_many_promises_it_starts_and_none_is_by_a_later_one() {
    let promises = [
        promise("reply", "received", "answered"),
        promise("look", "received", "evaluated"),
        promise("contact", "evaluated", "owned"),
    ];
    let mut world = World::under(&promises.concat());
    let both = [0, 1].map(|_| world.report(at("2027-04-28 10:00")));
    let told = world.tick(at("2027-04-28 10:00"));
    assert!(told[0].contains("2 new"), "{told:?}");
    for ticket in both {
        let outcome = crate::ticket::Outcome::Accepted;
        world.fact(ticket, at("2027-04-28 11:00"), What::Evaluated { outcome });
    }
    let told = world.tick(at("2027-04-28 11:00"));
    assert!(told.len() == 2 && !told[0].contains("new"), "{told:?}");
}
