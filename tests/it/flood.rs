//! A flood of mail that looks alike, with two real reports in its midst, one under the
//! flood's own subject: everything is a ticket, the team gets two letters at most, and each
//! report stands alone in the list.

use crate::dice::number;
use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use crate::ways::with;
use std::thread;
use std::time::{Duration, Instant};

const REAL: &str = "SSRF in the webhook of the invoice form";
const HIDDEN: &str = "Bug bounty 987654";

/// Posts these mails in order, over four connections at a time.
pub fn pour(g: &Gatepost, mails: &[(String, Vec<u8>)]) {
    let share = mails.len().div_ceil(4).max(1);
    thread::scope(|threads| {
        for part in mails.chunks(share) {
            threads.spawn(move || {
                for (from, mail) in part {
                    g.office.deliver(from, &g.address, mail);
                }
            });
        }
    });
}

pub fn count(g: &Gatepost, sql: &str) -> usize {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    let patience = Duration::from_secs(30);
    store.busy_timeout(patience).unwrap();
    let count: i64 = store.query_row(sql, [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

/// Waits, as long as some come in, until so many mails are accounted for.
pub fn all_taken(g: &Gatepost, mails: usize) {
    let mut last = (0, Instant::now());
    wait_until("every mail has its row", Duration::from_secs(3600), || {
        let rows = count(
            g,
            "SELECT count(*) FROM mails m JOIN folders f ON f.id = m.folder WHERE f.role = 'inbox'",
        );
        if rows > last.0 {
            last = (rows, Instant::now());
        }
        assert!(
            last.1.elapsed() < PATIENCE,
            "{rows} of {mails}, and no more; {} lie in the mailbox",
            g.office.inbox(&g.address).len()
        );
        (rows >= mails).then_some(())
    });
}

#[test]
fn a_real_report_in_a_flood_stands_alone_and_the_team_gets_two_letters() {
    let flood = number("GATEPOST_FLOOD", 300);
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let sink = Sink::start(|_| false);
    let mut g = Gatepost::new(&office, "flood");
    g.write_config(&with(&g.config(), "[smtp]", &sink.config()));
    g.run(&["init"]).ok();
    let mut mails: Vec<(String, Vec<u8>)> = (0..flood)
        .map(|n| {
            let from = format!("s{n}@d{}.example.net", n % 50);
            let id = format!("flood{n}@example.net");
            let text = format!("Dear team, I have found {n} bugs, where is my bounty?");
            let mail = report(
                &from,
                &g.address,
                &id,
                &format!("Bug bounty {n}"),
                "",
                &text,
            );
            (from, mail)
        })
        .collect();
    let mia = g.reporter("mia");
    let text = "The webhook fetches http://169.254.169.254/: see https://example.org/hook.";
    let real = report(&mia, &g.address, "real@example.net", REAL, "", text);
    mails.insert(flood / 2, (mia, real));
    // And one under a subject of the flood's own.
    let noor = g.reporter("noor");
    let hidden = report(&noor, &g.address, "hidden@example.net", HIDDEN, "", text);
    mails.insert(flood / 3, (noor, hidden));
    let began = Instant::now();
    g.start();
    pour(&g, &mails);
    all_taken(&g, flood + 2);
    let took = began.elapsed();
    // What was gathered is told, and nothing more on that day.
    for later in ["10:40", "12:00", "15:00"] {
        office.clock(&format!("2026-11-23 {later}"));
        wait_until("the clock's turn has seen it", PATIENCE, || {
            let waits = "SELECT count(*) FROM deadlines WHERE open = 1 AND next_at <= '2026-11-23T";
            let waits = format!("{waits}{later}:00.000Z'");
            (count(&g, &waits) == 0).then_some(())
        });
        wait_until("all letters have left", PATIENCE, || {
            let queued = "SELECT count(*) FROM letters WHERE state IN ('queued', 'offered')";
            (count(&g, queued) == 0).then_some(())
        });
    }
    g.signal("-TERM");
    let tickets = count(&g, "SELECT count(*) FROM tickets");
    assert_eq!(tickets, flood + 2, "every mail is a ticket");
    let kept = sink.kept();
    let to = |address: &str| kept.iter().filter(|k| k.to == address).count();
    let (anna, ben) = (to(&g.anna), to(&g.anna.replace("anna-", "ben-")));
    let receipts = kept.len() - anna - ben;
    let hers = kept.iter().filter(|k| k.to == g.anna);
    let hers: Vec<_> = hers.map(|k| String::from_utf8_lossy(&k.bytes)).collect();
    let subjects: Vec<&str> = hers
        .iter()
        .flat_map(|letter| letter.lines())
        .filter(|line| line.starts_with("Subject: ") || line.starts_with("Date: "))
        .collect();
    let asked = Instant::now();
    let list = g.run(&["list"]).ok();
    let answered = asked.elapsed();
    eprintln!(
        "{flood} mails and one report: all accounted for in {took:.0?}, {receipts} receipts, \
         {anna} letters to one of the team and {ben} to the other, list in {answered:.2?}:\n{list}{subjects:#?}"
    );
    assert!(
        (1..=2).contains(&anna) && (1..=2).contains(&ben),
        "{anna} {ben}"
    );
    assert!(receipts <= 60, "{receipts} receipts");
    let heaps: Vec<&str> = list.lines().filter(|l| l.contains(" alike, ")).collect();
    assert!((1..=4).contains(&heaps.len()), "{list}");
    let alone: Vec<&str> = list.lines().filter(|l| l.contains("SSRF in the")).collect();
    assert!(alone.len() == 1 && !alone[0].contains("alike"), "{list}");
    let own: Vec<&str> = list.lines().filter(|l| l.contains(HIDDEN)).collect();
    assert!(own.len() == 1 && !own[0].contains("alike"), "{list}");
    let example = list.lines().filter(|l| l.contains("\"Bug bounty "));
    assert_eq!(example.count(), heaps.len() + 1, "{list}");
    assert!(list.lines().count() < 15, "{list}");
    says(&list, &["a cap was reached", &format!("\n{tickets} open ")]);
    if !cfg!(debug_assertions) {
        assert!(answered < Duration::from_secs(1), "{answered:?}");
    }
    let one = alone[0].split_whitespace().next().unwrap();
    let like = g.run(&["list", "--like", one]).ok();
    says(&like, &["1 ticket alike, of 1 sender", "SSRF in the"]);
    let number = heaps[0].split("--like ").nth(1).unwrap();
    let number = number.trim_end_matches(')');
    let like = g.run(&["list", "--like", number]).ok();
    says(
        &like,
        &[&format!("{flood} tickets alike, of {flood} senders")],
    );
    assert_eq!(g.list().len(), flood + 2, "scripts get each of them");
}
