//! Groups: what is fetched and committed together, and one that stands before no other.

use super::*;
use crate::store::History;

fn sized(uid: u32, size: usize) -> Message {
    let mut message = report(uid, Fault::None);
    message.bytes.resize(size.max(message.bytes.len()), b'x');
    message
}

impl Scene {
    /// What was fetched together.
    fn fetched(&mut self) -> Vec<Vec<u32>> {
        std::mem::take(&mut self.server.fetched)
    }

    async fn histories(&self) -> BTreeMap<u32, History> {
        let all = |tx: &Tx| tx.histories(FolderId(1), 7);
        self.record.read(all).await.unwrap()
    }
}

#[tokio::test]
async fn small_mails_come_many_at_a_time_and_large_ones_in_slices() {
    let mut messages: Vec<Message> = (1..=130).map(|uid| report(uid, Fault::None)).collect();
    messages.push(sized(131, 200 << 10));
    messages.push(sized(132, 2_500_000));
    messages.extend((133..=138).map(|uid| sized(uid, 250 << 10)));
    let mut s = scene(&[("INBOX", &messages)]);
    assert_eq!(s.taken().await, 138);
    let sizes: Vec<usize> = s.fetched().iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 31, 1, 1, 1, 4, 2]);
    let raw = |tx: &Tx| {
        let mut size = 0;
        tx.raw(132, |piece| {
            size += piece.len();
            Ok(())
        })?;
        Ok(size)
    };
    assert_eq!(s.record.read(raw).await.unwrap(), 2_500_000);
}

#[tokio::test]
async fn a_large_mail_is_put_aside_while_it_comes_and_is_whole_in_the_end() {
    let mut large = report(1, Fault::None);
    large
        .bytes
        .extend((0..9_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8));
    let mut s = scene(&[("INBOX", std::slice::from_ref(&large))]);
    // An earlier process left something of it that is not its beginning.
    let leave = |tx: &Tx| tx.stage((FolderId(1), 7, 1), 0, &[vec![1], vec![2], vec![3]]);
    s.taken().await;
    let mut s = scene(&[("INBOX", std::slice::from_ref(&large))]);
    s.record.write(leave).await.unwrap();
    assert_eq!(s.taken().await, 1);
    let raw = |tx: &Tx| Ok((tx.whole(1)?, tx.staged_count()?));
    let (raw, staged) = s.record.read(raw).await.unwrap();
    assert!(raw == large.bytes, "{} bytes", raw.len());
    assert_eq!(staged, 0);
    let mail = &s.mails().await[0];
    assert_eq!((mail.kept, mail.size), (raw.len() as u64, raw.len() as u64));
    assert!(mail.defects.contains("truncated"), "the parser saw 8 MiB");
}

#[tokio::test]
async fn across_folders_mails_are_taken_in_the_order_of_arrival() {
    let odd: Vec<Message> = (1..=9).step_by(2).map(|n| report(n, Fault::None)).collect();
    let even: Vec<Message> = (2..=8).step_by(2).map(|n| report(n, Fault::None)).collect();
    let mut s = scene(&[("INBOX", &odd), ("Junk", &even)]);
    assert_eq!(s.taken().await, 9);
    let expected: Vec<String> = (1..=9).map(|n| format!("report {n}")).collect();
    assert_eq!(s.subjects().await, expected);
    assert_eq!(s.fetched().len(), 2, "each folder was opened once");
}

#[tokio::test]
async fn what_is_left_out_is_asked_for_alone_and_what_nobody_asked_for_is_ignored() {
    let mut s = scene(&[(
        "INBOX",
        &[
            report(1, Fault::None),
            report(2, Fault::Shy),
            report(3, Fault::Vanishes),
            report(4, Fault::None),
        ],
    )]);
    assert_eq!(s.taken().await, 3);
    assert_eq!(s.fetched(), [vec![1, 2, 3, 4], vec![2], vec![3]]);
    let mut s = scene(&[(
        "INBOX",
        &[
            report(1, Fault::None),
            report(2, Fault::None),
            report(3, Fault::Intrudes),
        ],
    )]);
    s.record
        .write(|tx| tx.add_to_baseline(FolderId(1), 7, &[3.into()]))
        .await
        .unwrap();
    assert_eq!(s.taken().await, 2);
    assert_eq!(s.subjects().await, ["report 1", "report 2"]);
}

#[tokio::test]
async fn a_mail_over_which_the_connection_breaks_is_asked_for_last_and_in_the_end_not_at_all() {
    for (fault, before) in [(Fault::Poisons, &["report 1"][..]), (Fault::Kills, &[])] {
        let mut messages: Vec<Message> = (1..=5).map(|uid| report(uid, Fault::None)).collect();
        messages[1].fault = fault;
        let mut s = scene(&[("INBOX", &messages)]);
        assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
        assert_eq!(s.subjects().await, before, "what came before is kept");
        let suspects = s.histories().await.into_keys().count();
        assert_eq!(suspects, 5 - before.len());
        // Alone, the one that broke it stands before some of the others once more.
        assert!(s.pass().await.is_err());
        assert!(s.pass().await.is_err());
        assert_eq!(s.mails().await.len(), 4, "all others are taken in");
        assert_eq!(
            s.histories().await[&2].refusals,
            1,
            "within minutes it is one"
        );
        let forged = |tx: &Tx| {
            let at = wall::now() - HOUR;
            let first = at - HOUR * 6;
            tx.set_meta("refused/1/7/2", &format!("5 {at:.3} {first:.3}"))
        };
        s.record.write(forged).await.unwrap();
        assert!(s.pass().await.is_err());
        let mails = s.mails().await;
        assert!(is_unreadable(&mails[4]) && mails[4].ticket.is_some());
        assert_eq!(s.taken().await, 0);
        s.memory = Memory::default();
        assert_eq!(s.taken().await, 0, "a sweep does not ask for it");
    }
}

#[tokio::test]
async fn a_mail_that_has_its_row_and_breaks_the_connection_now_stands_before_no_other() {
    let mut s = scene(&[("INBOX", &[report(1, Fault::None)])]);
    assert_eq!(s.taken().await, 1);
    let inbox = &mut s.server.folders.get_mut("INBOX").unwrap().1;
    inbox[0].fault = Fault::Kills;
    inbox.push(report(2, Fault::None));
    let mut taken = Vec::new();
    for _ in 0..3 {
        s.memory = Memory::default();
        taken.push(s.pass().await.map_or(0, |pass| pass.taken));
    }
    assert_eq!(taken, [0, 1, 0], "its size breaks one sweep a day");
    assert_eq!(s.mails().await.len(), 2);
}

#[tokio::test]
async fn one_mail_that_fails_in_a_group_is_undone_alone_and_tried_alone() {
    let messages: Vec<Message> = (1..=20).map(|uid| report(uid, Fault::None)).collect();
    let mut s = scene(&[("INBOX", &messages)]);
    s.record.write(|tx| tx.refuse_rows_of(7)).await.unwrap();
    let why = s.pass().await.unwrap_err().to_string();
    assert!(why.contains("UID 7 in INBOX"), "{why}");
    let tickets = |tx: &Tx| Ok(tx.tickets(true)?.len());
    assert_eq!(
        s.record.read(tickets).await.unwrap(),
        19,
        "no ticket of it is left"
    );
    assert_eq!(s.mails().await.len(), 19);
    assert_eq!(
        s.histories().await,
        BTreeMap::new(),
        "it counts for nothing"
    );
    let audit = s.record.read(|tx| tx.check_chain()).await.unwrap();
    assert_eq!(audit, (19, None));
}

/// A group of mails may be of several folders, and the next one of the first folder alone:
/// that one was opened again since it was listed.
#[tokio::test]
async fn what_comes_into_the_first_folder_while_mails_of_several_are_fetched_is_seen_at_once() {
    let many: Vec<Message> = (1..=102)
        .filter(|uid| *uid != 50)
        .map(|uid| report(uid, Fault::None))
        .collect();
    let mut s = scene(&[("INBOX", &many), ("Lists", &[report(50, Fault::None)])]);
    s.server.arrives = Some(("INBOX".to_owned(), report(103, Fault::None)));
    let pass = s.pass().await.unwrap();
    assert_eq!((pass.taken, pass.more), (102, true));
    assert_eq!(s.server.current, "INBOX");
    let pass = s.pass().await.unwrap();
    assert_eq!((pass.taken, pass.more), (1, false));
}
