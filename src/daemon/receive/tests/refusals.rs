//! Mails that the server lists and does not give, or gives in part: whose fault it is.

use super::*;
use crate::desk::act::adopt_conversation;
use crate::store::{BaselineHead, NewFact};
use crate::ticket::{By, Stage, Ticket, TicketNo, What};

/// One report with this fault, refused for the first time so long ago and twice in all.
fn refused(fault: Fault, first: i64, others: &[Message]) -> Scene {
    let mut all = vec![report(1, fault)];
    all.extend_from_slice(others);
    let s = scene(&[("INBOX", &all)]);
    s.refused_earlier(first, 1);
    s.refused_earlier(10, 1);
    s
}

impl Scene {
    /// Of the second folder.
    fn refused_there(&self, uid: u32) {
        for minutes in [370, 10] {
            let count = |tx: &Tx| tx.count_refusal(FolderId(2), 7, uid).map(|r| r.count);
            self.earlier(minutes, count);
        }
    }

    async fn refusals(&self, uid: u32) -> u32 {
        let all = |tx: &Tx| tx.histories(FolderId(1), 7);
        let all = self.record.read(all).await.unwrap();
        all.get(&uid).map_or(0, |history| history.refusals)
    }

    async fn raw(&self, mail: i64) -> Vec<u8> {
        self.record.read(move |tx| tx.whole(mail)).await.unwrap()
    }
}

#[tokio::test]
async fn a_mail_is_given_up_when_others_are_given_or_after_six_hours() {
    let other = [report(2, Fault::None)];
    for (fault, first, others, given_up) in [
        (Fault::Refused, 350, &other[..0], false),
        (Fault::Refused, 370, &other[..0], true),
        (Fault::Refused, 20, &other[..], true),
        (Fault::Vanishes, 350, &other[..0], false),
        (Fault::Vanishes, 370, &other[..0], true),
        (Fault::Vanishes, 20, &other[..], true),
        (Fault::Crumbs(0), 20, &other[..], true),
        (Fault::Unavailable, 350, &other[..], false),
        (Fault::Unavailable, 370, &other[..], true),
        (Fault::Unavailable, 1_430, &other[..0], false),
        (Fault::Unavailable, 1_450, &other[..0], true),
    ] {
        let mut s = refused(fault, first, others);
        let told = s.pass().await;
        assert_eq!(told.is_ok(), given_up, "{fault:?} {first}: {told:?}");
        let mails = s.mails().await;
        assert_eq!(mails.len(), others.len() + usize::from(given_up));
        let unread: Vec<_> = mails.iter().filter(|m| is_unreadable(m)).collect();
        assert_eq!(unread.len(), usize::from(given_up), "{fault:?} {first}");
        assert!(unread.iter().all(|m| m.ticket.is_some() && m.kept == 0));
    }
}

#[tokio::test]
async fn a_server_that_is_out_of_order_counts_against_no_mail() {
    let mut s = refused(Fault::Unavailable, 300, &[report(2, Fault::None)]);
    for _ in 0..3 {
        assert!(s.pass().await.unwrap_err().is_passing());
        assert_eq!(s.refusals(1).await, 2);
    }
    assert_eq!(s.subjects().await, ["report 2"]);
    let all = &mut s.server.folders.get_mut("INBOX").unwrap().1;
    all[0].fault = Fault::None;
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.subjects().await, ["report 2", "report 1"]);
}

#[tokio::test]
async fn a_store_that_is_full_counts_against_no_mail() {
    let mut large = report(1, Fault::None);
    large.bytes.resize(5_000_000, b'x');
    let mut s = scene(&[("INBOX", std::slice::from_ref(&large))]);
    let forged = |tx: &Tx| {
        let at = wall::now() - HOUR * 7;
        tx.set_meta("refused/1/7/1", &format!("5 {at:.3} {at:.3}"))?;
        tx.refuse_staging()
    };
    s.record.write(forged).await.unwrap();
    for _ in 0..2 {
        assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
        assert_eq!((s.mails().await.len(), s.refusals(1).await), (0, 5));
    }
}

#[tokio::test]
async fn of_a_mail_that_is_given_up_what_came_is_kept() {
    for (fault, count) in [(Fault::Breaks(150), 5), (Fault::RefusedFrom(150), 2)] {
        let mut message = report(1, fault);
        message.bytes.resize(1_000, b'x');
        let mut s = scene(&[("INBOX", std::slice::from_ref(&message))]);
        let forged = move |tx: &Tx| {
            let at = wall::now() - HOUR * 7;
            tx.set_meta("refused/1/7/1", &format!("{count} {at:.3} {at:.3}"))
        };
        s.record.write(forged).await.unwrap();
        // A break ends the pass all the same.
        assert_eq!(s.pass().await.is_ok(), count == 2);
        let mail = &s.mails().await[0];
        assert_eq!((mail.kept, mail.size), (150, 1_000));
        assert!(mail.defects.contains("truncated") && mail.ticket.is_some());
        assert_eq!(mail.subject.raw(), "report 1");
        assert_eq!(s.raw(mail.id).await, message.bytes[..150]);
    }
}

#[tokio::test]
async fn a_mail_over_the_limit_of_which_all_is_kept_is_whole() {
    for (size, truncated) in [(200_000, false), (262_144, false), (300_000, true)] {
        let mut message = report(1, Fault::None);
        message.bytes.resize(size, b'x');
        let mut s = scene(&[("INBOX", std::slice::from_ref(&message))]);
        s.mailbox.size_limit = 64 << 10;
        assert_eq!(s.taken().await, 1);
        let mail = &s.mails().await[0];
        assert_eq!(mail.kept, size.min(256 << 10) as u64);
        assert_eq!(mail.defects.contains("truncated"), truncated, "{size}");
    }
}

#[tokio::test]
async fn a_short_answer_is_not_the_end_of_a_mail() {
    for others in [&[][..], &[report(2, Fault::None)]] {
        let mut messages = vec![report(1, Fault::Crumbs(50))];
        messages.extend_from_slice(others);
        let mut s = scene(&[("INBOX", &messages)]);
        assert_eq!(s.taken().await, messages.len());
        let mails = s.mails().await;
        let mail = mails.iter().find(|m| m.subject.raw() == "report 1");
        let mail = mail.unwrap();
        assert_eq!(mail.kept, messages[0].bytes.len() as u64);
        assert!(!mail.defects.contains("truncated"));
        assert_eq!(s.raw(mail.id).await, messages[0].bytes);
    }
}

#[tokio::test]
async fn mails_of_which_no_byte_comes_are_no_copies_of_one_another() {
    let mut s = refused(
        Fault::Crumbs(0),
        370,
        &[report(2, Fault::Crumbs(0)), report(3, Fault::None)],
    );
    s.refused_earlier(370, 2);
    s.refused_earlier(10, 2);
    assert_eq!(s.taken().await, 3);
    let tickets: BTreeSet<_> = s.mails().await.iter().map(|m| m.ticket).collect();
    assert_eq!(tickets.len(), 3);
    assert!(tickets.iter().all(Option::is_some));
}

#[tokio::test]
async fn a_mail_that_others_read_and_that_still_ends_us_is_not_read_from_the_sixth_attempt_on() {
    let reads: fn(&[u8], bool) -> Result<Mail, Ended> = |head, whole| Ok(parse(head, whole));
    for (attempts, unreadable) in [(2, false), (3, false), (4, false), (5, true)] {
        let mut s = scene(&[("INBOX", &[report(1, Fault::None)])]);
        s.memory = reading_by(reads);
        for _ in 0..attempts {
            s.earlier(20, |tx| tx.count_attempt(FolderId(1), 7, 1));
        }
        assert_eq!(s.taken().await, 1);
        let mail = &s.mails().await[0];
        assert_eq!(is_unreadable(mail), unreadable, "{attempts} before");
    }
}

impl Scene {
    fn heal(&mut self, fault: Fault) {
        let all = self.server.folders.values_mut();
        let all = all.flat_map(|(_, messages)| messages);
        all.for_each(|message| message.fault = fault);
    }

    /// Somebody wants a sweep.
    async fn sweep(&mut self) -> Result<Pass, Trouble> {
        let key = sweep_wanted(&self.mailbox.name);
        let wanted = move |tx: &Tx| tx.set_meta(&key, "1");
        self.record.write(wanted).await.unwrap();
        self.pass().await
    }

    /// Everything that is known of the one ticket: reporter, facts, receipts.
    async fn ticket(&self) -> (Option<String>, Vec<String>, Vec<&'static str>) {
        let all = |tx: &Tx| {
            let tickets = tx.tickets(true)?;
            assert_eq!(tickets.len(), 1);
            let (row, facts) = (&tickets[0], tx.facts_of(tickets[0].number)?);
            let letters = tx.letters_of(row.number)?;
            Ok((
                row.reporter.as_ref().map(ToString::to_string),
                facts.iter().map(|f| f.what.name().to_string()).collect(),
                letters.iter().map(|l| l.state.word()).collect(),
            ))
        };
        self.record.read(all).await.unwrap()
    }
}

#[tokio::test]
async fn a_mail_that_comes_after_all_makes_its_ticket_what_it_would_have_been() {
    for (fault, first) in [(Fault::Unavailable, 1_450), (Fault::Refused, 370)] {
        let mut s = refused(fault, first, &[]);
        assert_eq!(s.taken().await, 1);
        let unread = (
            None,
            vec!["received".to_owned(), "noted".to_owned()],
            vec![],
        );
        assert_eq!(s.ticket().await, unread, "{fault:?}");
        assert_eq!(s.sweep().await.unwrap().taken, 0, "it is still not given");
        assert_eq!(s.ticket().await, unread);
        s.heal(Fault::None);
        assert_eq!(s.taken().await, 0, "it was asked for lately");
        assert_eq!(s.sweep().await.unwrap().taken, 1);
        let mails = s.mails().await;
        assert_eq!((mails.len(), mails[0].subject.raw()), (1, "report 1"));
        assert!(!is_unreadable(&mails[0]) && mails[0].kept == mails[0].size);
        assert_eq!(s.raw(1).await, report(1, Fault::None).bytes);
        let (reporter, facts, receipts) = s.ticket().await;
        assert_eq!(reporter.as_deref(), Some("mia1@example.net"));
        assert_eq!(facts, ["received", "noted", "noted"]);
        assert_eq!(receipts, ["queued"]);
        assert_eq!(s.sweep().await.unwrap().taken, 0);
    }
}

#[tokio::test]
async fn an_unread_mail_that_somebody_has_seen_to_gets_no_receipt_by_itself() {
    let mut s = refused(Fault::Refused, 370, &[]);
    assert_eq!(s.taken().await, 1);
    let seen_to = |tx: &Tx| {
        let fact = NewFact {
            at: tx.now(),
            letter: None,
            what: What::Noted {
                why: "asked by phone".to_owned(),
            },
            by: By::Person("anna".to_owned()),
            mail: None,
            via: None,
        };
        tx.add_fact(tx.tickets(true)?[0].number, &fact)
    };
    s.record.write(seen_to).await.unwrap();
    s.heal(Fault::None);
    assert_eq!(s.sweep().await.unwrap().taken, 1);
    assert_eq!(s.ticket().await.2, ["held"]);
}

#[tokio::test]
async fn an_unread_mail_whose_ticket_was_closed_opens_it_again() {
    let mut s = refused(Fault::Refused, 370, &[]);
    assert_eq!(s.taken().await, 1);
    let close = |tx: &Tx| {
        let fact = NewFact {
            at: tx.now(),
            letter: None,
            what: What::Closed,
            by: By::Person("anna".to_owned()),
            mail: None,
            via: None,
        };
        tx.add_fact(tx.tickets(true)?[0].number, &fact)
    };
    s.record.write(close).await.unwrap();
    s.heal(Fault::None);
    assert_eq!(s.sweep().await.unwrap().taken, 1);
    let (_, facts, receipts) = s.ticket().await;
    assert_eq!(facts[2..], ["closed", "noted", "reopened", "received"]);
    assert_eq!(receipts, ["held"]);
}

#[tokio::test]
async fn a_mail_that_breaks_the_connection_is_not_asked_for_again_in_the_next_pass() {
    let mut s = refused(Fault::Refused, 370, &[]);
    assert_eq!(s.taken().await, 1);
    s.heal(Fault::Poisons);
    assert!(matches!(s.sweep().await, Err(Trouble::Lost(_))));
    s.memory = Memory::default();
    s.arrives(report(2, Fault::None));
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.mails().await.len(), 2);
}

#[tokio::test]
async fn an_unread_mail_that_turns_out_to_be_a_copy_is_one_and_its_ticket_says_so() {
    let copy = Message {
        uid: 1,
        ..report(2, Fault::Refused)
    };
    let mut s = refused(Fault::None, 370, &[report(2, Fault::None)]);
    s.server.folders.get_mut("INBOX").unwrap().1[0] = copy;
    assert_eq!(s.taken().await, 2);
    s.heal(Fault::None);
    assert_eq!(s.sweep().await.unwrap().taken, 1);
    let mails = s.mails().await;
    let tickets: Vec<_> = mails.iter().map(|m| m.ticket.unwrap().0).collect();
    assert_eq!(tickets, [1, 1]);
    let facts = s.record.read(|tx| tx.facts_of(TicketNo(2))).await.unwrap();
    let last = facts.last().unwrap();
    assert!(
        matches!(&last.what, What::Noted { why } if why.contains("ticket 0001")),
        "{last:?}"
    );
}

#[tokio::test]
async fn an_adopted_ticket_stays_out_of_junk_when_its_mail_is_given_after_all() {
    for adopted in [true, false] {
        let mut s = scene(&[("INBOX", &[]), ("Junk", &[report(1, Fault::Refused)])]);
        s.refused_there(1);
        assert_eq!(s.taken().await, 1);
        if adopted {
            let adopt = |tx: &Tx| {
                let fact = NewFact {
                    at: tx.now(),
                    letter: None,
                    what: What::Adopted,
                    by: By::Person("anna".to_owned()),
                    mail: None,
                    via: None,
                };
                tx.add_fact(TicketNo(1), &fact)
            };
            s.record.write(adopt).await.unwrap();
        }
        s.heal(Fault::None);
        assert_eq!(s.sweep().await.unwrap().taken, 1);
        assert_eq!(s.subjects().await, ["report 1"]);
        let facts = s.record.read(|tx| tx.facts_of(TicketNo(1))).await.unwrap();
        let stage = Ticket::fold(&facts).stage;
        assert_eq!(stage == Stage::Junk, !adopted, "{facts:?}");
        let junked = facts
            .iter()
            .filter(|f| matches!(f.what, What::Junked { .. }));
        assert_eq!(junked.count(), 1, "the folder is told once");
    }
}

#[tokio::test]
async fn an_old_mail_that_was_refused_counts_for_nothing_when_it_is_given_after_all() {
    let mut s = scene(&[("INBOX", &[])]);
    let mailbox = s.mailbox.name.clone();
    s.mailbox.folders.push("Old".to_owned());
    let mut old = report(1, Fault::Refused);
    old.date = Some(wall::now() - HOUR * 24);
    s.server
        .folders
        .insert("Old".to_owned(), (7, vec![old.clone()]));
    let (config, mail) = (Arc::clone(&s.config), parse(&old.bytes, true));
    let adopt = move |tx: &Tx| {
        let folder = tx.add_folder(&mailbox, "Old", 7, &[BaselineMessage::from(1)])?;
        let head = BaselineHead {
            uid: 1,
            ids: mail.message_id.clone().into_iter().collect(),
            author: mail.author.address().cloned(),
            people: mail.author.address().cloned().into_iter().collect(),
            subject: mail.subject.clone(),
            received_at: old.date,
            ours: false,
        };
        tx.keep_heads(folder, 7, &[head])?;
        adopt_conversation(tx, &config, 1, "anna")
    };
    assert_eq!(s.record.write(adopt).await.unwrap(), TicketNo(1));
    s.refused_there(1);
    assert_eq!(s.taken().await, 1);
    let unread = &s.mails().await[0];
    assert!(is_unreadable(unread) && unread.place.0 == "internal");
    s.heal(Fault::None);
    assert_eq!(s.sweep().await.unwrap().taken, 1);
    let given = &s.mails().await[0];
    assert_eq!(given.subject.raw(), "report 1");
    assert_eq!(
        (given.place.0.as_str(), given.reply.0.as_str()),
        ("internal", "none")
    );
    assert_eq!(given.ticket, Some(TicketNo(1)));
    assert_eq!(s.ticket().await.2, [""; 0], "it is answered by nobody");
}
