//! A server that numbers its folders anew: what is known is known again, and only that.

use super::*;
use crate::desk::act::adopt_conversation;
use crate::mail::fingerprint;
use crate::store::BaselineHead;

fn dated(uid: u32, date: Option<Timestamp>) -> Message {
    Message {
        date,
        ..report(uid, Fault::None)
    }
}

/// The same message under another number.
fn moved(message: &Message, uid: u32) -> Message {
    Message {
        uid,
        ..message.clone()
    }
}

impl Scene {
    /// From now on these are in INBOX, under this UIDVALIDITY.
    fn now_holds(&mut self, uidvalidity: u32, messages: Vec<Message>) {
        let inbox = (uidvalidity, messages);
        self.server.folders.insert("INBOX".to_owned(), inbox);
    }

    /// These messages are its baseline, as `init` takes it, or as an older gatepost did.
    async fn baseline(&self, messages: &[Message], with_fingerprints: bool) {
        let look = |m: &Message| BaselineMessage {
            uid: m.uid,
            fingerprint: fingerprint(&m.bytes, m.bytes.len() as u64).filter(|_| with_fingerprints),
        };
        let all: Vec<BaselineMessage> = messages.iter().map(look).collect();
        let add = move |tx: &Tx| tx.add_to_baseline(FolderId(1), 7, &all);
        self.record.write(add).await.unwrap();
    }

    async fn numbering(&self) -> u32 {
        let folders = self.record.read(|tx| tx.folders()).await.unwrap();
        folders[0].uidvalidity
    }

    async fn facts(&self) -> Vec<String> {
        let all = |tx: &Tx| {
            let mut facts = Vec::new();
            for ticket in tx.tickets(true)? {
                facts.extend(tx.facts_of(ticket.number)?);
            }
            Ok(facts)
        };
        let facts = self.record.read(all).await.unwrap();
        facts.iter().map(|f| f.what.name().to_string()).collect()
    }
}

#[tokio::test]
async fn what_is_old_and_what_was_taken_in_is_known_again_and_what_is_new_is_answered() {
    let old: Vec<Message> = (1..=20).map(|uid| report(uid, Fault::None)).collect();
    let taken: Vec<Message> = (21..=30).map(|uid| report(uid, Fault::None)).collect();
    let mut s = scene(&[("INBOX", &[old.clone(), taken.clone()].concat())]);
    s.baseline(&old, true).await;
    assert_eq!(s.taken().await, 10);
    // Everything has another number, some of it one that was another's, and one is gone.
    let mut now: Vec<Message> = old
        .iter()
        .rev()
        .zip(5..)
        .map(|(m, n)| moved(m, n))
        .collect();
    now.extend(taken.iter().skip(1).zip(40..).map(|(m, n)| moved(m, n)));
    now.extend((61..=63).map(|uid| report(uid, Fault::None)));
    s.now_holds(8, now);
    assert_eq!(s.taken().await, 3);
    assert_eq!(s.numbering().await, 8);
    let mails = s.mails().await;
    assert_eq!(mails.len(), 13, "no row for what has one");
    assert!(
        mails.iter().all(|m| m.reply.0 == "acknowledge"),
        "{mails:?}"
    );
    assert_eq!(s.facts().await, vec!["received"; 13], "and no copy");
    let gone = |tx: &Tx| {
        let there = (5..=63).collect();
        tx.mark_gone(FolderId(1), 8, &there, wall::now() + HOUR)
    };
    assert_eq!(s.record.read(gone).await.unwrap(), 0);
    assert_eq!(s.taken().await, 0);
    // And once more.
    s.now_holds(
        9,
        vec![
            moved(&old[3], 1),
            moved(&taken[3], 2),
            report(70, Fault::None),
        ],
    );
    assert_eq!((s.taken().await, s.taken().await), (1, 0));
    assert_eq!(s.mails().await.len(), 14);
}

#[tokio::test]
async fn nobody_hides_behind_a_baseline_mail() {
    let old = dated(1, Some(wall::now() - HOUR * 2));
    let mut s = scene(&[("INBOX", std::slice::from_ref(&old))]);
    s.baseline(std::slice::from_ref(&old), true).await;
    assert_eq!(s.taken().await, 0);
    // The same four fields and the same size, and another text.
    let mut forged = moved(&report(1, Fault::None), 2);
    let text = String::from_utf8(forged.bytes).unwrap();
    forged.bytes = text.replace("hole", "gone").into_bytes();
    s.now_holds(8, vec![forged, moved(&old, 3)]);
    assert_eq!(s.taken().await, 1);
    let known = |tx: &Tx| tx.without_row(FolderId(1), 8, &[2, 3]);
    assert!(s.record.read(known).await.unwrap().is_empty());
    let raw = s.record.read(|tx| tx.whole(1)).await.unwrap();
    assert!(raw.ends_with(b"gone 1\r\n"), "the later one is a report");
}

#[tokio::test]
async fn a_baseline_without_fingerprints_is_divided_by_date() {
    let old = Some(wall::now() - HOUR * 2);
    let all = [dated(1, old), report(2, Fault::None), dated(3, None)];
    let mut s = scene(&[("INBOX", &all)]);
    s.baseline(&all[..1], false).await;
    s.now_holds(8, all.iter().map(|m| moved(m, m.uid + 10)).collect());
    assert_eq!(s.taken().await, 2);
    let mut subjects = s.subjects().await;
    subjects.sort();
    assert_eq!(subjects, ["report 2", "report 3"]);
    let mails = s.mails().await;
    assert!(mails.iter().all(|m| m.reply.0 == "held"), "{mails:?}");
    assert_eq!(s.taken().await, 0, "it is on record as baseline");
    // What comes later is no longer held.
    s.server
        .folders
        .get_mut("INBOX")
        .unwrap()
        .1
        .push(report(14, Fault::None));
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.mails().await[2].reply.0, "acknowledge");
    // Under the UIDVALIDITY of the baseline a date is no input.
    let mut s = scene(&[("INBOX", &[dated(1, old)])]);
    assert_eq!(s.taken().await, 1);
}

#[tokio::test]
async fn a_folder_is_renumbered_until_all_of_it_is_known() {
    let taken = report(1, Fault::None);
    let mut s = scene(&[("INBOX", std::slice::from_ref(&taken))]);
    assert_eq!(s.taken().await, 1);
    s.now_holds(8, vec![report(4, Fault::Refused), moved(&taken, 5)]);
    assert!(s.pass().await.is_err());
    assert_eq!((s.numbering().await, s.mails().await.len()), (7, 1));
    s.now_holds(8, vec![report(4, Fault::None), moved(&taken, 5)]);
    assert_eq!(s.taken().await, 1);
    assert_eq!((s.numbering().await, s.mails().await.len()), (8, 2));
}

#[tokio::test]
async fn an_old_mail_that_is_gone_is_not_waited_for_because_another_has_its_number() {
    let old = [report(1, Fault::None), report(2, Fault::None)];
    let mut s = scene(&[("INBOX", &old)]);
    s.baseline(&old, true).await;
    assert_eq!(s.taken().await, 0);
    let head = |uid| BaselineHead {
        uid,
        ids: parse(b"Message-ID: <old@example.net>\n\n", true)
            .message_id
            .into_iter()
            .collect(),
        author: None,
        people: vec![],
        subject: crate::mail::Foreign::default(),
        received_at: None,
        ours: false,
    };
    let config = Arc::clone(&s.config);
    let ask = move |tx: &Tx| {
        tx.keep_heads(FolderId(1), 7, &[head(1), head(2)])?;
        adopt_conversation(tx, &config, 1, "anna")
    };
    s.record.write(ask).await.unwrap();
    let new = moved(&report(3, Fault::None), 1);
    s.now_holds(8, vec![new, moved(&old[1], 5)]);
    // The new one; then the old one, in its new place.
    assert_eq!((s.taken().await, s.taken().await), (1, 1));
    let asks = s.record.read(|tx| tx.asks_for_old(FolderId(1))).await;
    assert!(!asks.unwrap(), "each pass would be a sweep");
}

#[tokio::test]
async fn a_folder_without_a_number_is_trouble_and_is_not_read() {
    let mut s = scene(&[
        ("INBOX", &[report(1, Fault::None)]),
        ("Junk", &[report(2, Fault::None)]),
    ]);
    s.now_holds(0, vec![report(1, Fault::None)]);
    for _ in 0..2 {
        let why = s.pass().await.unwrap_err().to_string();
        assert!(
            why.contains("UIDVALIDITY") && why.contains("\"INBOX\""),
            "{why}"
        );
        assert_eq!(s.subjects().await, ["report 2"]);
        assert!(!s.looked("INBOX").await && s.looked("Junk").await);
    }
}

/// The mails of a ticket's own, taken in; then the server is put back to when it had only the
/// first, and goes on from there.
async fn put_back(baseline: bool, uidnext: Option<u32>) -> (Scene, Vec<Message>) {
    let all: Vec<Message> = (1..=4).map(|uid| report(uid, Fault::None)).collect();
    let mut s = scene(&[("INBOX", &all)]);
    if baseline {
        s.baseline(&all, true).await;
        assert_eq!(s.taken().await, 0);
    } else {
        assert_eq!(s.taken().await, 4);
    }
    s.memory = Memory::default();
    s.server.uidnext = uidnext;
    (s, all)
}

fn later(uid: u32, like: u32) -> Message {
    Message {
        date: Some(wall::now() + SignedDuration::from_secs(1)),
        ..moved(&report(like, Fault::None), uid)
    }
}

#[tokio::test]
async fn a_mail_under_a_number_that_was_given_before_is_a_mail() {
    // Looked at between, or not; as long as the one that it was, or not.
    for (looked, like) in [(true, 3), (false, 3), (true, 70), (false, 70)] {
        let (mut s, all) = put_back(false, None).await;
        s.now_holds(7, vec![all[0].clone()]);
        if looked {
            assert_eq!(s.taken().await, 0);
        }
        let new = (2..=4).map(|uid| later(uid, like + uid));
        s.now_holds(7, [all[0].clone()].into_iter().chain(new).collect());
        assert_eq!(s.taken().await, 3, "{looked} {like}");
        assert_eq!((s.taken().await, s.mails().await.len()), (0, 7));
        assert_eq!(s.facts().await, vec!["received"; 7]);
        // What it had lost comes back under other numbers, and is known.
        let back = all[1..].iter().zip(11..).map(|(m, uid)| moved(m, uid));
        let there = s.server.folders["INBOX"].1.clone();
        s.now_holds(7, there.into_iter().chain(back).collect());
        assert_eq!((s.taken().await, s.mails().await.len()), (0, 7));
        assert_eq!(s.facts().await, vec!["received"; 7]);
        let gone = s.record.read(|tx| tx.gone(FolderId(1))).await.unwrap();
        assert_eq!(gone, Vec::<u32>::new());
    }
}

#[tokio::test]
async fn a_server_that_only_tells_other_numbers_loses_and_doubles_nothing() {
    // UIDNEXT is wrong; all dates are those of a copy; all sizes are other ones.
    for fault in ["uidnext", "dates", "sizes"] {
        let (mut s, all) = put_back(false, (fault == "uidnext").then_some(2)).await;
        let mut now = all.clone();
        for message in &mut now {
            match fault {
                "dates" => message.date = Some(wall::now() + SignedDuration::from_secs(1)),
                "sizes" => {
                    let older = |tx: &Tx| tx.forge_sizes(7);
                    s.record.write(older).await.unwrap();
                }
                _ => {}
            }
        }
        s.now_holds(7, now);
        for _ in 0..3 {
            assert_eq!(s.taken().await, 0, "{fault}");
            s.memory = Memory::default();
        }
        assert_eq!(s.facts().await, vec!["received"; 4], "{fault}");
        assert_eq!(s.mails().await.len(), 4);
        let known = |tx: &Tx| tx.without_row(FolderId(1), 7, &[1, 2, 3, 4]);
        let known = s.record.read(known).await.unwrap();
        assert_eq!(known, Vec::<u32>::new(), "{fault}");
        let gone = s.record.read(|tx| tx.gone(FolderId(1))).await.unwrap();
        assert_eq!(gone, Vec::<u32>::new(), "{fault}");
    }
}

#[tokio::test]
async fn a_number_of_the_baseline_that_is_given_again_hides_nothing() {
    let (mut s, all) = put_back(true, None).await;
    s.now_holds(7, vec![all[0].clone()]);
    assert_eq!(s.taken().await, 0);
    s.now_holds(7, vec![all[0].clone(), later(2, 7), moved(&all[2], 9)]);
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.subjects().await, ["report 7"]);
    assert_eq!(s.mails().await[0].reply.0, "acknowledge");
    assert_eq!(s.taken().await, 0);
}
