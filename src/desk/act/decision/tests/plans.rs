//! A day that a letter tells, and another that is planned while it is under way or after it
//! was refused.

use super::*;
use crate::desk::record;
use crate::ticket::Planned;

#[test]
fn no_day_is_planned_while_a_letter_is_under_way_that_tells_another() {
    on_desk(|tx, config, ticket| {
        let until = |day| Reply {
            embargo: Some(date(2027, 7, day)),
            because: "agreed".into(),
            ..Reply::default()
        };
        let decide = |day| {
            queue(
                tx,
                config,
                &until(day).on(blank(tx, ticket, LetterKind::Reply)),
            )
        };
        let set = |on| {
            let change = record::Change::Planned(Planned::Embargo, on);
            record::set(tx, config, ticket, &[change], "anna").map(|facts| facts.len())
        };
        let letter = decide(13)?;
        let another = Some(date(2027, 8, 20));
        for refused in [set(another), set(None), decide(20).map(|_| 0)] {
            let why = refused.unwrap_err().to_string();
            let says = format!("letter {letter}, under way, tells them 2027-07-13");
            assert!(why.contains(&says), "{why}");
        }
        assert_eq!(set(Some(date(2027, 7, 13)))?, 0, "that day it is");
        tx.move_letter(letter, LetterState::Queued, LetterState::Refused)?;
        assert_eq!(set(another)?, 1);
        // Sent again it is told, and the newer day holds.
        tx.move_letter(letter, LetterState::Refused, LetterState::Queued)?;
        send(tx, config, letter)?;
        let file = file(tx, config, ticket)?;
        let told = act::last_told(&file.facts, Planned::Embargo);
        assert_eq!(told, Some(date(2027, 7, 13)));
        assert_eq!(file.ticket.planned.get(&Planned::Embargo), another.as_ref());
        Ok(())
    });
}
