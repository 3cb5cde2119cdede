//! What the cells of `list` say, and what they leave to the title.

use super::{NOW, at, board, list, list_of, show, show_of};
use crate::cli::{Here, output};
use crate::desk;
use crate::store::{NewFact, Store, Tx};
use crate::ticket::{By, Outcome, TicketNo, What};

/// Under attack; its promises count hours.
const ATTACK: TicketNo = TicketNo(13);

fn happens(here: &Here, store: &mut Store, when: &str, ticket: TicketNo, what: What) {
    let by = match what {
        What::ReporterWrote => By::Gatepost,
        _ => By::Person("anna".to_owned()),
    };
    let work = |tx: &Tx| {
        tx.add_fact(ticket, &NewFact::new(tx.now(), what, by))?;
        desk::refresh(tx, &here.config, ticket)
    };
    store.write(at(when), work).unwrap();
}

fn listed(here: &Here, store: &mut Store, when: &str, words: &str) -> String {
    let wanted = list_of(words);
    let work = || store.read(at(when), |tx| list::answer(here, tx, &wanted));
    let (done, text) = output::captured(work);
    done.unwrap();
    text
}

fn row(text: &str, number: &str) -> String {
    let row = text.lines().find(|line| line.starts_with(number));
    row.unwrap_or_default().to_owned()
}

#[test]
fn what_counts_hours_says_its_hour_and_is_the_first_of_what_is_late() {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    let (here, store) = (&here, &mut store);
    let wrote = "2027-05-04T07:50:00Z";
    happens(here, store, wrote, ATTACK, What::ReporterWrote);
    let text = listed(here, store, NOW, "list");
    let today = row(&text, "0013");
    assert!(today.contains("today 10:50, in 108 min  "), "{text}");

    let text = listed(here, store, "2027-05-04T12:00:00Z", "list");
    // One wide cell leaves the titles of all rows their room.
    let heading = text.lines().find(|line| line.contains("TITLE")).unwrap();
    assert!(heading.find("TITLE").unwrap() <= 62, "{text}");
    assert!(text.contains("\n      CHASED 1x\n"), "{text}");
    let mut rows = text.lines().skip_while(|line| !line.contains("TITLE"));
    let first = rows.nth(1).unwrap();
    assert!(
        first.starts_with("0013  LATE since Tue 4 May 10:50  "),
        "{text}"
    );
    assert!(text.contains("0002  LATE since Mon 5 Apr  "), "{text}");

    happens(here, store, "2027-05-04T12:30:00Z", ATTACK, What::Answered);
    let later = "2027-05-04T13:00:00Z";
    let text = listed(here, store, later, "list");
    let next = row(&text, "0013");
    assert!(next.contains("  in 42 h   Thu  6 May 08:50  "), "{text}");
    let work = |tx: &Tx| show::answer(here, tx, &show_of("show 13"));
    let (done, text) = output::captured(|| store.read(at(later), work));
    done.unwrap();
    assert!(text.contains("Thu  6 May 08:50, in 42 h  "), "{text}");
}

#[test]
fn what_asks_for_nothing_says_how_far_it_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    let (here, store) = (&here, &mut store);
    let outcome = Outcome::Spam;
    happens(here, store, NOW, TicketNo(6), What::Evaluated { outcome });
    happens(here, store, NOW, TicketNo(6), What::Closed);
    happens(here, store, NOW, TicketNo(2), What::Closed);
    for words in ["list --all", "list --all CSRF tokens bounty"] {
        let text = listed(here, store, NOW, words);
        for (number, cell) in [("0006", "closed, spam  "), ("0002", "closed  ")] {
            assert!(row(&text, number).contains(cell), "{text}");
        }
    }
}

#[test]
fn words_that_begin_so_are_told_of_where_whole_ones_were_found() {
    let folder = tempfile::tempdir().unwrap();
    let (here, mut store) = board::board(folder.path());
    let mut foot = |words: &str| {
        let text = listed(&here, &mut store, NOW, words);
        let (_, foot) = text.split_once(" found").unwrap_or_default();
        foot.to_owned()
    };
    let more = "\n  1 more ticket with words that begin so: gatepost list 'token*'\n";
    assert_eq!(foot("list token"), more);
    for all in [
        "list token*",
        "list \"token\"",
        "list toke",
        "list token --owner ben",
    ] {
        assert!(!foot(all).contains("more"), "{all}");
    }
}
