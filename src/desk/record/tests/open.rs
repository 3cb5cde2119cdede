//! Reports that came another way, and absences.

use super::*;
use crate::desk::outbox;
use crate::store::{Away, Document, Go, LetterKind, NewLetter};
use crate::ticket::By;
use crate::triage::search::Words;
use jiff::civil::date;

#[test]
fn a_report_by_telephone_has_its_clock_and_no_letter() {
    story(|tx, config, t| {
        let file = file(tx, config, t).unwrap();
        let received = &file.facts[0];
        assert_eq!(
            (received.by.name(), received.via.as_deref()),
            ("anna", Some("phone"))
        );
        assert_eq!(file.row.opened_at, at("2027-04-30T15:40:00Z"));
        assert_eq!(running(&file), ["respond"]);
        assert!(tx.letters_of(t).unwrap().is_empty());
        let subject = Foreign::new("later");
        let future = open(
            tx,
            config,
            &by_hand(&subject, None, at("2027-05-04T09:00:00Z")),
        );
        assert!(future.unwrap_err().to_string().contains("future"));
        let ours = address("security@example.org");
        let ours = open(tx, config, &by_hand(&subject, Some(&ours), at(NOW)));
        assert!(ours.unwrap_err().to_string().contains("is ours"));
    });
}

#[test]
fn a_mail_as_a_file_is_kept_once_and_in_no_folder_of_a_server() {
    story(|tx, config, _| {
        let eml = b"From: Mia <mia@example.net>\r\nSubject: XSS\r\nMessage-ID: <a@b>\r\n\r\nhttps://example.org/\r\n";
        let (subject, mia) = (Foreign::new("XSS"), address("mia@example.net"));
        let given = || ByHand {
            letter: Some(Letter::read(eml).unwrap()),
            via: "file",
            acknowledge: true,
            ..by_hand(&subject, Some(&mia), at(NOW))
        };
        let ticket = open(tx, config, &given()).unwrap();
        let mails = tx.mails_of(ticket).unwrap();
        assert_eq!(mails.len(), 1);
        let mut kept = Vec::new();
        tx.raw(mails[0].id, |piece| {
            kept.extend_from_slice(piece);
            Ok(())
        })
        .unwrap();
        assert_eq!(kept, eml);
        let row = tx.ticket(ticket).unwrap().unwrap();
        assert_eq!(row.reporter_name, Foreign::new("Mia"));
        assert!(
            tx.folders().unwrap().is_empty(),
            "nothing to ask a server about"
        );
        let letters = tx.letters_of(ticket).unwrap();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].kind, LetterKind::Acknowledgement);
        let text = &letters[0].body;
        assert!(
            text.contains("your report reached us on") && !text.contains("your mail"),
            "{text}"
        );
        let again = open(tx, config, &given()).unwrap_err().to_string();
        assert!(
            again.contains("on record already, on ticket 0002"),
            "{again}"
        );
        let nobody = ByHand {
            acknowledge: true,
            ..by_hand(&subject, None, at(NOW))
        };
        assert!(
            open(tx, config, &nobody)
                .unwrap_err()
                .to_string()
                .contains("nobody")
        );
    });
}

#[test]
fn an_absence_has_days_and_a_cover_who_is_there() {
    story(|tx, config, _| {
        let add = |who: &str, first: i8, last: i8, cover: &str| {
            let absence = Away {
                who: who.to_owned(),
                first: date(2027, 5, first),
                last: date(2027, 5, last),
                cover: cover.to_owned(),
            };
            away(tx, config, &absence, "anna").map_err(|why| why.to_string())
        };
        assert_eq!(add("anna", 10, 21, "ben"), Ok(()));
        for (who, first, last, cover, why) in [
            ("anna", 21, 10, "ben", "lies before"),
            ("anna", 1, 3, "ben", "is over"),
            ("anna", 24, 25, "anna", "cannot cover"),
            ("anna", 21, 22, "ben", "away 2027-05-10..2027-05-21 already"),
            ("carla", 20, 25, "anna", "anna is away"),
            ("ben", 12, 13, "carla", "ben covers for anna"),
        ] {
            let said = add(who, first, last, cover).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        assert_eq!(add("ben", 22, 23, "anna"), Ok(()));
    });
}

#[test]
fn a_held_receipt_goes_to_who_is_the_reporter_when_it_is_released() {
    story(|tx, config, _| {
        let eml = b"From: Mia <mia@example.net>\r\nSubject: XSS\r\n\r\nhttps://example.org/\r\n";
        let (subject, mia) = (Foreign::new("XSS"), address("mia@example.net"));
        let report = ByHand {
            letter: Some(Letter::read(eml).unwrap()),
            via: "file",
            ..by_hand(&subject, Some(&mia), at(NOW))
        };
        let ticket = open(tx, config, &report).unwrap();
        let held = tx.add_letter(&NewLetter {
            ticket: Some(ticket),
            kind: LetterKind::Acknowledgement,
            sender: &config.mailboxes[0].address,
            recipient: &mia,
            by: By::Gatepost,
            facts: &[],
            subject: "s",
            body: "b",
            go: Go::Held("too many in an hour"),
        });
        let held = held.unwrap();
        let reporter = |to: Option<Address>| {
            set(tx, config, ticket, &[Change::Reporter(to)], "anna").unwrap();
        };
        reporter(None);
        let nobody = outbox::release(tx, config, held, "anna").unwrap_err();
        assert!(nobody.to_string().contains("reporter=ADDRESS"), "{nobody}");
        let kim = address("kim@example.com");
        reporter(Some(kim.clone()));
        outbox::release(tx, config, held, "anna").unwrap();
        assert_eq!(tx.letter(held).unwrap().unwrap().recipient, kim);
        let bytes = String::from_utf8(tx.letter_bytes(held).unwrap()).unwrap();
        assert!(bytes.contains("kim@example.com") && !bytes.contains("mia@example.net"));
    });
}

#[test]
fn who_reports_is_found_where_their_mail_is_anothers() {
    let eml = |id: &str| {
        format!(
            "From: Ravi <ravi@example.net>\r\nSubject: XSS\r\nMessage-ID: <{id}@b>\r\n\r\n{id}\r\n"
        )
    };
    story(|tx, config, _| {
        let subject = Foreign::new("XSS");
        let waits = |id: &str, from: &str| {
            let from = address(from);
            let given = ByHand {
                letter: Some(Letter::read(eml(id).as_bytes()).unwrap()),
                via: "file",
                ..by_hand(&subject, Some(&from), at(NOW))
            };
            let ticket = open(tx, config, &given).unwrap();
            let document = Document::Ticket(ticket.0);
            let at_once = tx.is_unindexed(document).unwrap();
            tx.index(document, &Words::default()).unwrap();
            assert!(!tx.is_unindexed(document).unwrap());
            tx.index_anew().unwrap();
            (at_once, tx.is_unindexed(document).unwrap())
        };
        assert_eq!(waits("a", "mia@example.net"), (true, true));
        // Their mail says it.
        assert_eq!(waits("b", "ravi@example.net"), (false, false));
    });
}
