//! How soon a mail is a ticket, and which of the ways found it: the server's word in an IDLE,
//! its word in another answer, or the poll.

use super::fault::Way;
use super::proxy::Proxy;
use super::{led_to, office};
use crate::dice::rounds;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::wait_until;
use crate::sink::Sink;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    InIdle,
    InAnother,
    ByPoll,
}

/// How each mail was found whose text was fetched, by what both sides said, in its order.
fn found(said: &[(Way, Vec<u8>)]) -> Vec<Found> {
    let (mut all, mut idles, mut told) = (Vec::new(), false, Found::ByPoll);
    for (way, bytes) in said {
        let text = String::from_utf8_lossy(bytes);
        match way {
            Way::In if text.contains(" IDLE\r\n") => idles = true,
            Way::In if text.contains("DONE\r\n") => idles = false,
            Way::In if text.contains("BODY.PEEK[]") => {
                all.push(told);
                told = Found::ByPoll;
            }
            Way::Out if text.contains(" EXISTS\r\n") && idles => told = Found::InIdle,
            Way::Out if text.contains(" EXISTS\r\n") && told == Found::ByPoll => {
                told = Found::InAnother;
            }
            Way::In | Way::Out => {}
        }
    }
    all
}

/// It waits in an IDLE that the server has agreed to.
fn idles(proxy: &Proxy) -> bool {
    let said = proxy.said();
    let last = said.iter().rposition(|(way, _)| *way == Way::In);
    last.is_some_and(|at| {
        said[at].1.ends_with(b" IDLE\r\n") && said[at..].iter().any(|(_, b)| b.starts_with(b"+"))
    })
}

fn tickets(g: &Gatepost) -> usize {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    let count = store.query_row("SELECT count(*) FROM tickets", [], |row| {
        row.get::<_, i64>(0)
    });
    count.unwrap() as usize
}

#[test]
fn d12_idle() {
    let (proxy, sink) = (Proxy::before(office().imap), Sink::start(|_| false));
    // Whoever files copies speaks over a connection of its own, and the shortest of the two
    // limits of an IDLE is five minutes: longer than anybody waits here.
    let imap = format!("{}\npoll = \"1 h\"\ncopy_to_sent = false", proxy.config());
    let mut g = led_to(office(), "d12-idle", &imap, &sink.config());
    g.run(&["init"]).ok();
    g.start();
    let mut took = Vec::new();
    for n in 0..40 * rounds(1) {
        // One half comes when it waits, the other whatever it does.
        if n % 2 == 0 {
            wait_until("it waits", PATIENCE, || idles(&proxy).then_some(()));
        }
        let from = g.reporter(&format!("n{n}"));
        let id = format!("idle{n}.{}", g.address);
        g.arrives(
            &from,
            &report(&from, &g.address, &id, "XSS", "", &format!("Report {n}.")),
        );
        let lies = Instant::now();
        wait_until("it is a ticket", PATIENCE, || {
            (tickets(&g) > n).then_some(())
        });
        took.push(lies.elapsed());
    }
    let found = found(&proxy.said());
    let count = |way| found.iter().filter(|f| **f == way).count();
    took.sort();
    let (median, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    eprintln!(
        "  {} mails: a ticket after {median:?} at the median, {p99:?} at 99 %; {} were told in an IDLE, {} in another answer",
        took.len(),
        count(Found::InIdle),
        count(Found::InAnother)
    );
    assert_eq!(found.len(), took.len(), "as many texts were fetched");
    assert_eq!(count(Found::ByPoll), 0, "{found:?}");
    let when_it_waited = found.iter().step_by(2).all(|f| *f == Found::InIdle);
    assert!(when_it_waited, "{found:?}");
    // The bar has the machine to itself, with more rounds.
    let (half, most) = if rounds(1) == 1 { (20, 40) } else { (2, 10) };
    assert!(
        median <= Duration::from_secs(half) && p99 <= Duration::from_secs(most),
        "{took:?}"
    );
    assert_eq!(g.signal("-TERM"), Some(0));
}
