//! What waits for the index of words, as it comes and anew.

use super::*;
use crate::desk::record::{ByHand, note, open};
use crate::store::Document;
use crate::triage::search::Words;

/// What waits.
fn waits(tx: &Tx) -> Vec<Document> {
    tx.unindexed(99).unwrap()
}

fn by_hand(subject: &Foreign) -> ByHand<'_> {
    ByHand {
        from: None,
        subject,
        via: "phone",
        at: noon(),
        letter: None,
        acknowledge: false,
        who: "anna",
    }
}

#[test]
fn an_index_made_anew_knows_what_it_knew() {
    let mut desk = Desk::with_a_conversation();
    let config = desk.config.clone();
    let adopt = |tx: &Tx| adopt_conversation(tx, &config, 1, "anna");
    desk.store.write(noon(), adopt).unwrap();
    // A mail joins the ticket that none opened.
    desk.arrives_as(900, &sample("from-before"));
    let (told, of_code) = (Foreign::new("told by telephone"), Foreign::new("Door code"));
    let said = by_hand(&told);
    let kim = Address::parse("kim@example.net");
    let written = ByHand {
        from: kim.as_ref(),
        letter: Some(Letter::said("the code is in a photo").unwrap()),
        ..by_hand(&of_code)
    };
    let told = desk.store.write(noon(), |tx| {
        open(tx, &config, &said)?;
        open(tx, &config, &written)?;
        note(tx, &config, T1, "quartz", false, "ben")?;
        let before = waits(tx);
        let none = Words::default();
        before.iter().try_for_each(|one| tx.index(*one, &none))?;
        assert_eq!(waits(tx), []);
        tx.index_anew()?;
        Ok((before, waits(tx)))
    });
    let (before, anew) = told.unwrap();
    for ticket in [T1, T2, TicketNo(T2.0 + 1)] {
        assert!(before.contains(&Document::Ticket(ticket.0)), "{before:?}");
    }
    assert!(before.iter().any(|one| matches!(one, Document::Mail(_))));
    assert_eq!(anew, before);
}
