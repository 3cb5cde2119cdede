//! A report of somebody who cannot be written to: what it is called, and what really ends it.

use super::{at, desk, list, list_of, show, show_of};
use crate::cli::{Here, output};
use crate::desk::act::{Decision, Evaluation, How, close, decide};
use crate::store::{LetterKind, Store, Tx};
use crate::ticket::{Outcome, TicketNo};

/// It was taken down by telephone, and has no address.
const REPORT: TicketNo = TicketNo(3);
/// Before it is due, and after.
const EARLY: &str = "2027-05-04T08:02:00Z";
const PAST: &str = "2027-05-10T08:02:00Z";

fn look(here: &Here, store: &mut Store, when: &str) -> (String, String) {
    let mut print = |work: &dyn Fn(&Tx) -> anyhow::Result<()>| {
        let (done, text) = output::captured(|| store.read(at(when), work));
        done.unwrap();
        text
    };
    let listed = print(&|tx| list::answer(here, tx, &list_of("list --owner nobody")));
    let line = listed.lines().find(|line| line.starts_with("0003"));
    let line = line.unwrap_or_default().to_owned();
    let shown = print(&|tx| show::answer(here, tx, &show_of("show 3")));
    (line, shown)
}

fn evaluate(here: &Here, store: &mut Store, outcome: Outcome) {
    let work = |tx: &Tx| {
        let evaluation = Evaluation {
            outcome,
            expected: None,
            of: None,
            keep_open: true,
        };
        let decision = evaluation.on(decision(tx)?);
        decide(tx, &here.config, &decision, How::Silently).map(drop)
    };
    store.write(at(EARLY), work).unwrap();
}

fn decision(tx: &Tx) -> anyhow::Result<Decision> {
    let last = tx.ticket(REPORT)?.unwrap().last_fact;
    Ok(Decision::new(REPORT, "anna", last, LetterKind::Evaluation))
}

/// The commands that `show` gives.
fn next(text: &str) -> Vec<&str> {
    let steps = text.lines().filter_map(|line| line.strip_prefix("next "));
    steps
        .map(|step| step.split("   ").next().unwrap_or_default())
        .collect()
}

#[test]
fn what_nobody_can_be_told_is_never_late_and_ends_with_the_ticket() {
    desk(|here, store| {
        let (line, shown) = look(here, store, EARLY);
        assert!(line.contains("Thu  6 May  evaluate  "), "{line}");
        let due = "\nDUE  respond  cannot be kept: nobody to write to  Thu  6 May 17:00, in 2 bd\n";
        assert!(shown.contains(due), "{shown}");
        let ways = [
            "gatepost evaluate 3 accepted --expected DATE",
            "gatepost set 3 reporter=ADDRESS",
        ];
        assert_eq!(next(&shown), ways);

        evaluate(here, store, Outcome::Accepted);
        let (line, shown) = look(here, store, PAST);
        assert!(line.starts_with("0003  cannot be kept  fix  "), "{line}");
        let due = "cannot be kept: nobody to write to  was due Thu 6 May 17:00\n";
        assert!(shown.contains(due) && !shown.contains("LATE"), "{shown}");
        let ways = ["gatepost resolve 3", "gatepost close 3 --silent"];
        assert_eq!(next(&shown), ways);

        evaluate(here, store, Outcome::OutOfScope);
        let (line, shown) = look(here, store, PAST);
        assert!(line.starts_with("0003  cannot be kept  close  "), "{line}");
        assert_eq!(next(&shown), ["gatepost close 3 --silent"]);

        // It does what it says.
        let ends = |tx: &Tx| {
            let ends = close("", decision(tx)?);
            decide(tx, &here.config, &ends, How::Silently).map(drop)
        };
        store.write(at(PAST), ends).unwrap();
        let (line, shown) = look(here, store, PAST);
        assert_eq!((line.as_str(), next(&shown).len()), ("", 0), "{shown}");
        assert!(!shown.contains("DUE"), "{shown}");
    });
}
