//! Folders for junk and for sent mail.

use super::*;
use crate::store::BaselineMessage;
use crate::ticket::{Stage, Ticket, TicketNo, What};

/// INBOX and a folder for junk, as they are found; only INBOX is in the config.
fn found(inbox: &[Message], junk: &[Message]) -> Scene {
    let mut s = scene(&[("INBOX", inbox), ("Spam", junk)]);
    s.mailbox.folders = vec!["INBOX".to_owned()];
    s
}

impl Scene {
    async fn staged(&self, n: i64) -> (Stage, Vec<String>) {
        let facts = self.record.read(move |tx| tx.facts_of(TicketNo(n))).await;
        let facts = facts.unwrap();
        let names = facts.iter().map(|f| f.what.name().to_string()).collect();
        (Ticket::fold(&facts).stage, names)
    }

    /// A person moves a message to INBOX, where it gets this number.
    fn moves(&mut self, uid: u32, to: u32) {
        let spam = &mut self.server.folders.get_mut("Spam").unwrap().1;
        let at = spam.iter().position(|m| m.uid == uid).unwrap();
        let message = Message {
            uid: to,
            ..spam.remove(at)
        };
        self.server
            .folders
            .get_mut("INBOX")
            .unwrap()
            .1
            .push(message);
    }

    async fn watch(&self) -> Vec<String> {
        let all = self.record.read(|tx| {
            let read = tx.folders()?.into_iter().map(|f| (f.name, f.role));
            let unread = tx
                .unread()?
                .into_iter()
                .map(|f| (format!("!{}", f.name), f.role));
            Ok(read.chain(unread).collect::<Vec<_>>())
        });
        let word = |(name, role): (String, crate::triage::Role)| format!("{name} {}", role.word());
        all.await.unwrap().into_iter().map(word).collect()
    }
}

#[tokio::test]
async fn what_is_found_among_junk_waits_until_a_person_moves_it() {
    let mut s = found(
        &[report(1, Fault::None)],
        &[report(2, Fault::None), report(3, Fault::None)],
    );
    assert_eq!(s.taken().await, 3);
    assert_eq!(s.watch().await, ["INBOX inbox", "Spam junk"]);
    let junked = vec!["received".to_owned(), "junked".to_owned()];
    assert_eq!(s.staged(1).await.0, Stage::New);
    assert_eq!(s.staged(2).await, (Stage::Junk, junked));
    let looked_at = async |s: &Scene| {
        let due = s.record.read(|tx| tx.deadlines_to_look_at()).await.unwrap();
        due.into_keys().map(|t| t.0).collect::<Vec<_>>()
    };
    assert_eq!(looked_at(&s).await, [1], "nobody is told of the others");
    let due = s
        .record
        .read(|tx| Ok(tx.ticket(TicketNo(2))?.unwrap().due_at));
    let due = due.await.unwrap();
    assert!(due.is_some(), "its deadline is stored");
    // One is closed among junk; then both are moved.
    let close = |tx: &Tx| {
        let closed = crate::store::NewFact::new(
            tx.now(),
            What::Closed,
            crate::ticket::By::Person("anna".to_owned()),
        );
        tx.add_fact(TicketNo(3), &closed).map(|_| ())
    };
    s.record.write(close).await.unwrap();
    s.moves(2, 4);
    s.moves(3, 5);
    assert_eq!(s.taken().await, 2, "a row for each place");
    let (stage, facts) = s.staged(2).await;
    assert_eq!(
        (stage, facts[2..].join(" ")),
        (Stage::New, "copy-received adopted".to_owned())
    );
    let (stage, facts) = s.staged(3).await;
    assert_eq!(stage, Stage::New);
    assert_eq!(facts[3..].join(" "), "copy-received reopened received");
    assert_eq!(looked_at(&s).await, [1, 2, 3]);
    let after = s
        .record
        .read(|tx| Ok(tx.ticket(TicketNo(2))?.unwrap().due_at));
    assert_eq!(after.await.unwrap(), due, "its clock ran from receipt");
}

#[tokio::test]
async fn a_mail_that_is_moved_to_junk_stays_what_it_was() {
    let mut s = found(&[report(1, Fault::None)], &[]);
    s.taken().await;
    let inbox = &mut s.server.folders.get_mut("INBOX").unwrap().1;
    let message = inbox.remove(0);
    s.server.folders.get_mut("Spam").unwrap().1.push(message);
    s.taken().await;
    assert_eq!(s.staged(1).await.0, Stage::New);
}

#[tokio::test]
async fn a_reply_where_mail_arrives_takes_its_ticket_out_of_junk_and_one_in_junk_does_not() {
    let reply = |uid: u32| {
        let text = format!(
            "From: Mia <mia2@example.net>\r\nSubject: again\r\nMessage-ID: <r{uid}@example.net>\r\nIn-Reply-To: <2@example.net>\r\n\r\nagain {uid}\r\n"
        );
        Message {
            bytes: text.into_bytes(),
            ..report(uid, Fault::None)
        }
    };
    let mut s = found(&[], &[report(2, Fault::None), reply(3)]);
    s.taken().await;
    assert_eq!(s.staged(1).await.0, Stage::Junk);
    let inbox = &mut s.server.folders.get_mut("INBOX").unwrap().1;
    inbox.push(reply(4));
    s.taken().await;
    let (stage, facts) = s.staged(1).await;
    assert_eq!(stage, Stage::New);
    assert_eq!(
        facts[2..].join(" "),
        "reporter-wrote reporter-wrote adopted"
    );
}

#[tokio::test]
async fn a_folder_that_appears_later_is_not_read_before_its_baseline_and_one_that_goes_is_let_go() {
    let mut s = scene(&[("INBOX", &[report(1, Fault::None)])]);
    s.taken().await;
    s.server
        .folders
        .insert("Junk".to_owned(), (7, vec![report(2, Fault::None)]));
    assert_eq!(s.taken().await, 0, "nobody has asked for its folders since");
    let want = sweep_wanted(&s.mailbox.name);
    s.record
        .write(move |tx| tx.set_meta(&want, ""))
        .await
        .unwrap();
    assert_eq!(s.taken().await, 0);
    assert_eq!(s.watch().await, ["INBOX inbox", "!Junk junk"]);
    let add = |tx: &Tx| {
        tx.add_folder("security", "Junk", 7, &[BaselineMessage::from(2)])?;
        tx.set_watched(
            "security",
            &[
                ("INBOX".to_owned(), crate::triage::Role::Inbox),
                ("Junk".to_owned(), crate::triage::Role::Junk),
            ],
        )
    };
    s.record.write(add).await.unwrap();
    let junk = &mut s.server.folders.get_mut("Junk").unwrap().1;
    junk.push(report(3, Fault::None));
    assert_eq!(s.taken().await, 1, "old mail stays old");
    s.server.folders.remove("Junk");
    s.memory = Memory::default();
    assert_eq!(s.taken().await, 0);
    assert_eq!(s.watch().await, ["INBOX inbox"]);
}
