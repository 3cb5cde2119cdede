//! Tickets whose first mail lay among junk, or cannot be read here.

use super::{NOW, at, board, printed};
use crate::store::Tx;

#[test]
fn what_lies_among_junk_is_taken_out_or_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    let came = |tx: &Tx| {
        board::junk_mail(tx, &here);
        Ok(tx.junk()?.pop().unwrap())
    };
    let (row, mail, _) = store.write(at(NOW), came).unwrap();
    let (n, mail) = (row.number.0, mail.unwrap().id);
    assert_ne!(n, mail, "their numbers tell them apart");
    let text = printed(&here, &mut store, 80, &[&format!("show {n}")]);
    let next: Vec<&str> = text.lines().filter(|l| l.starts_with("next ")).collect();
    let ways = [
        format!("next gatepost adopt {mail}   (if it is a report)"),
        format!("next gatepost close {n}   (if it is none: no letter)"),
    ];
    assert_eq!(next, ways);
}

#[test]
fn what_is_said_of_a_sealed_mail_fits_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    let came = |tx: &Tx| {
        board::sealed_mail(tx, &here);
        Ok(())
    };
    store.write(at(NOW), came).unwrap();
    let text = printed(&here, &mut store, 80, &["show 16"]);
    assert!(text.contains("\n!    mail 1 is encrypted (S/MIME): gatepost show 16 --raw 1 >"));
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
