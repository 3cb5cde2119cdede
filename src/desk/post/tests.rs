//! A receipt and whom it goes to: whoever can be read can be answered, and no receipt stands
//! between a report and its ticket.

use crate::config::sample;
use crate::desk::ingest::{Arrival, ingest};
use crate::desk::record::Letter;
use crate::mail::Address;
use crate::store::{self, LetterState, Sighting, Store};
use crate::ticket::TicketNo;
use crate::triage::Role;
use jiff::Timestamp;

/// A report from this address, taken in at this time: its ticket, and its receipt.
fn taken(from: &str, now: &str) -> (Option<TicketNo>, store::Letter) {
    let dir = tempfile::tempdir().unwrap();
    let config = sample::small(dir.path());
    let now: Timestamp = now.parse().unwrap();
    let mut store = Store::create(&config.store).unwrap();
    let bytes = format!("From: Mia <{from}>\nSubject: s\nMessage-ID: <1@example.net>\n\nXSS.\n");
    let letter = Letter::read(bytes.as_bytes()).unwrap();
    let ticket = store.write(now, |tx| {
        let folder = tx.add_folder("security", "INBOX", 7, &[])?;
        let arrival = Arrival {
            mailbox: &config.mailboxes[0],
            seen: Sighting {
                folder,
                uidvalidity: 7,
                uid: 1,
                received_at: now,
                size: bytes.len() as u64,
            },
            our_clock: false,
            may_be_old: false,
            folder: Role::Inbox,
            row: None,
            refused: None,
            mail: &letter.mail,
            digest: &letter.digest,
            raw: &letter.raw,
        };
        Ok(ingest(tx, &config, &arrival)?.ticket)
    });
    let letters = store.read(now, |tx| tx.unsettled_letters()).unwrap();
    let receipt = letters.into_iter().next().unwrap();
    (ticket.unwrap(), receipt)
}

#[test]
fn whoever_can_be_read_is_answered() {
    for from in [
        "mia@example.net",
        "j\u{f6}rg@example.net",
        "ann\u{a6}@example.com",
        "\u{1f600}@example.net",
        "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}@example.net",
    ] {
        let (ticket, receipt) = taken(from, "2026-11-23T12:00:00Z");
        assert!(ticket.is_some(), "{from}");
        assert_eq!(receipt.state, LetterState::Queued, "{from}");
        assert_eq!(Some(receipt.recipient), Address::parse(from));
    }
}

/// The clock of a machine without a battery: before 1970 no date of a letter can be written.
#[test]
fn a_receipt_that_cannot_be_written_waits_and_its_report_has_a_ticket() {
    let (ticket, receipt) = taken("mia@example.net", "1969-12-31T12:00:00Z");
    assert!(ticket.is_some());
    assert_eq!(receipt.state, LetterState::Held);
    let because = receipt.held_because.unwrap_or_default();
    assert!(because.contains("cannot be written"), "{because}");
}
