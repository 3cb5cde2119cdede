//! What the board says of each ticket is what `list` says.

use super::*;
use crate::cli::{args, list};
use crate::config::read_policy;
use crate::desk::record::{Change, Letter, set};
use crate::ticket::{Planned, WaitsFor};

/// A class that presses.
const ATTACK: &str = r#"
[[promise]]
name = "shield"
class = "attack"
page = "Under attack: within two hours."
from = "reporter-wrote"
needs = ["answered"]
within = "2 hours"
any_hour = true
remind = ["when due"]
"#;

fn attacked() -> Desk {
    let mut desk = Desk::new();
    let policy = &mut desk.here.config.policy;
    *policy = read_policy(&format!("{}{ATTACK}", policy.text)).unwrap();
    // 1: their date comes before ours. 2: silent for three weeks. 3: nobody to write to.
    let april = "2027-04-30T09:00:00Z";
    let clash = desk.report(april, "SSRF in webhook import", true);
    let dated = What::Dated {
        on: date(2027, 7, 9),
    };
    let accepted = What::Evaluated {
        outcome: Outcome::Accepted,
    };
    desk.happens(april, clash, &[What::Answered, accepted, dated]);
    let theirs = Change::Planned(Planned::ReporterPublication, Some(date(2027, 7, 1)));
    desk.change(april, clash, &[theirs]);
    let silent = desk.report(april, "CSRF on invite form", true);
    desk.change(april, silent, &[Change::Waiting(Some(WaitsFor::Reporter))]);
    desk.report("2027-05-03T09:00:00Z", "Bug", false);
    // 4: encrypted, and of a class. 5, 6: word for word the same.
    let came = "2027-05-18T09:00:00Z";
    let sealed = include_bytes!("../../../../tests/mail/pgp-mime-by-gnupg.eml");
    let sealed = desk.file(came, "...", Letter::read(sealed).unwrap());
    let worst = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".to_owned();
    let classes = Change::Classes(vec!["attack".to_owned()]);
    let severity = Change::Text(Field::Severity, Some(worst));
    desk.change(came, sealed, &[classes, severity]);
    for n in 1..=2 {
        let text = "Hello sir, do you pay a bounty for a missing SPF record?";
        let eml = format!("Message-ID: <{n}@example.net>\nSubject: Bug bounty?\n\n{text}\n");
        let letter = Letter::read(eml.as_bytes()).unwrap();
        desk.file(came, "Bug bounty?", letter);
    }
    desk
}

impl Desk {
    fn change(&mut self, when: &str, ticket: TicketNo, all: &[Change]) {
        let config = &self.here.config;
        let change = |tx: &Tx| set(tx, config, ticket, all, "anna").map(drop);
        self.store.write(at(when), change).unwrap();
    }

    /// A report that was handed over, with what stands in it.
    fn file(&mut self, when: &str, subject: &str, letter: Letter) -> TicketNo {
        let kim = Address::parse("kim@example.net");
        let config = &self.here.config;
        let open = |tx: &Tx| {
            let by_hand = ByHand {
                from: kim.as_ref(),
                subject: &Foreign::new(subject),
                via: "file",
                at: tx.now(),
                letter: Some(letter),
                acknowledge: false,
                who: "anna",
            };
            open(tx, config, &by_hand)
        };
        self.store.write(at(when), open).unwrap()
    }
}

/// What stands on each line of the board, tags and runs of spaces left out.
fn lines(page: &str) -> Vec<String> {
    let (_, table) = page.split_once("<tbody>").unwrap();
    let (table, _) = table.split_once("</tbody>").unwrap();
    let words = |row: &str| {
        let parts = row.split('<').filter_map(|part| part.split_once('>'));
        let words: Vec<&str> = parts
            .flat_map(|(_, text)| text.split_whitespace())
            .collect();
        words.join(" ")
    };
    table.split("<tr").skip(1).map(words).collect()
}

#[test]
fn the_board_says_of_each_ticket_what_list_says_in_its_order() {
    let mut desk = attacked();
    let then = at("2027-05-20T08:00:00Z");
    let here = &desk.here;
    let (page, listed) = desk
        .store
        .read(then, |tx| {
            let span = Span::read(&wanted("2027-Q2"), &here.config.calendar, then)?;
            let counted = Counted::read(here, tx, span, span.days.first)?;
            let plain = args::List::default();
            let (done, listed) = output::captured(|| list::answer(here, tx, &plain));
            done?;
            Ok((page::page(&counted, tx)?, listed))
        })
        .unwrap();
    assert_eq!(page.1, 6, "open tickets");
    let lines = lines(&page.0);
    let numbers = lines.iter().filter_map(|line| line.get(9..13));
    let listed = listed.lines().filter(|line| line.starts_with("000"));
    let listed: Vec<&str> = listed.filter_map(|line| line.get(..4)).collect();
    assert_eq!(numbers.collect::<Vec<_>>(), listed);
    assert_eq!(
        lines,
        [
            "SEC-2027-0002 russet-dove LATE since Wed 5 May evaluate, date SILENT: last call? nobody \u{201c}CSRF on invite form\u{201d}",
            "SEC-2027-0003 cobalt-curlew cannot be kept evaluate nobody \u{201c}Bug\u{201d}",
            "SEC-2027-0001 green-egret LATE since Fri 14 May update CLASH they publish Thu 1 Jul, we fix Fri 9 Jul nobody \u{201c}SSRF in webhook import\u{201d}",
            "SEC-2027-0004 linen-crane in 1 bd Fri 21 May evaluate, date nobody critical (10.0) [attack] encrypted (PGP/MIME)",
            "SEC-2027-0005 amber-buzzard in 1 bd Fri 21 May evaluate, date nobody \u{201c}Bug bounty?\u{201d} +1 alike, 10:00-10:00 (gatepost list --like 0005)",
        ]
    );
}
