//! Which messages belong together, and which are asked for.

use super::*;
use crate::store::tests::open_one;
use crate::store::{BaselineMessage, Store};

fn head(uid: u32, ids: &[&str], who: &str, ours: bool) -> BaselineHead {
    let author = Address::parse(who).unwrap();
    BaselineHead {
        uid,
        ids: ids.iter().filter_map(|id| MessageId::parse(id)).collect(),
        people: (!ours).then(|| author.clone()).into_iter().collect(),
        author: Some(author),
        subject: Foreign::new(format!("mail {uid}")),
        received_at: Some(Timestamp::from_second(1_700_000_000 + i64::from(uid)).unwrap()),
        ours,
    }
}

#[test]
fn what_is_asked_for_is_given_up_under_its_own_numbering() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let told = store.write(now, |tx| {
        let folder = tx.add_folder("security", "INBOX", 8, &[])?;
        // 1 and 2 have their places in the new numbering, 5 and 6 not yet.
        for (uidvalidity, uids) in [(8, [1, 2]), (7, [5, 6])] {
            tx.add_to_baseline(folder, uidvalidity, &uids.map(BaselineMessage::from))?;
            tx.keep_heads(
                folder,
                uidvalidity,
                &uids.map(|uid| head(uid, &["<a@x>"], "mia@example.net", false)),
            )?;
        }
        let (ticket, _) = open_one(tx, folder, 100, b"again")?;
        tx.continue_from_before(1, ticket)?;
        let mut left = Vec::new();
        // Others have the numbers 5 and 6 by now.
        for (there, settled) in [([1, 5, 6], false), ([1, 5, 6], true), ([3, 5, 6], true)] {
            tx.give_up_old(folder, 8, &BTreeSet::from(there), settled)?;
            let places = [(8, 1), (8, 2), (7, 5), (7, 6)].into_iter();
            let asked =
                places.filter(|(v, uid)| tx.asked_for((folder, *v, *uid)).unwrap().is_some());
            left.push((asked.collect::<Vec<_>>(), tx.asks_for_old(folder)?));
        }
        Ok(left)
    });
    let expected = [
        (vec![(8, 1), (7, 5), (7, 6)], true),
        (vec![(8, 1)], true),
        (vec![], false),
    ];
    assert_eq!(told.unwrap(), expected);
}

#[test]
fn what_cites_the_same_is_one_conversation_in_any_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
    let told = store.write("2026-11-23T12:00:00Z".parse().unwrap(), |tx| {
        let all = [1, 2, 3, 4, 5].map(BaselineMessage::from);
        let folder = tx.add_folder("security", "INBOX", 7, &all)?;
        // The mail that 2 and 3 answer is not there; 4 shows that they belong together.
        let heads = [
            head(1, &["<a@x>"], "ben@example.com", false),
            head(2, &["<c@x>", "<b@x>"], "mia@example.net", false),
            head(3, &["<e@x>", "<d@x>"], "anna@example.org", true),
            head(4, &["<f@x>", "<d@x>", "<c@x>"], "mia@example.net", false),
            head(5, &[], "eve@example.com", false),
        ];
        tx.keep_heads(folder, 7, &heads)?;
        let all = tx.conversations()?;
        let b = MessageId::parse("<b@x>").unwrap();
        Ok((all, tx.cited_before(&[&b])?.0))
    });
    let (all, before) = told.unwrap();
    let counts: Vec<_> = all.iter().map(|c| (c.number, c.messages)).collect();
    assert_eq!(counts, [(3, 1), (2, 3), (1, 1)]);
    let before = before.unwrap();
    assert_eq!(before.conversation, 2);
    assert_eq!(before.people, [Address::parse("mia@example.net").unwrap()]);
}

#[test]
fn of_two_that_came_in_one_second_the_last_is_the_one_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
    let told = store.write(Timestamp::UNIX_EPOCH, |tx| {
        let folder = tx.add_folder(
            "security",
            "INBOX",
            7,
            &[1, 2, 3].map(BaselineMessage::from),
        )?;
        let mut heads = [
            head(1, &["<a@x>"], "mia@example.net", false),
            head(2, &["<b@x>", "<a@x>"], "anna@example.com", true),
            head(3, &["<c@x>", "<b@x>"], "mia@example.net", false),
        ];
        let second = heads[0].received_at;
        heads.iter_mut().for_each(|head| head.received_at = second);
        tx.keep_heads(folder, 7, &heads)?;
        tx.conversations()
    });
    let last = told.unwrap().pop().unwrap();
    let mia = Address::parse("mia@example.net");
    assert_eq!(
        (last.messages, last.last_by, last.last_is_ours),
        (3, mia, false)
    );
    assert_eq!(last.first_at, last.last_at);
}
