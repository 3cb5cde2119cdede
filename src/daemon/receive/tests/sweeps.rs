//! From where on a pass asks, and when it asks for everything.

use super::*;

impl Scene {
    /// From which UIDs on the last passes asked.
    fn asked(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.server.asked_from)
    }

    pub(super) fn arrives(&mut self, message: Message) {
        self.server
            .folders
            .get_mut("INBOX")
            .unwrap()
            .1
            .push(message);
    }
}

#[tokio::test]
async fn between_sweeps_only_what_may_be_new_is_asked_for() {
    let mut s = scene(&[("INBOX", &[report(1, Fault::None), report(5, Fault::None)])]);
    assert_eq!((s.taken().await, s.taken().await), (2, 0));
    assert_eq!(s.asked(), [1, 6]);
    s.arrives(report(9, Fault::None));
    assert_eq!((s.taken().await, s.taken().await), (1, 0));
    assert_eq!(s.asked(), [6, 10]);
    // A new connection knows nothing.
    s.memory = Memory::default();
    assert_eq!((s.taken().await, s.asked()), (0, vec![1]));
}

#[tokio::test]
async fn no_pass_goes_beyond_a_mail_without_a_row() {
    let mut s = scene(&[(
        "INBOX",
        &[
            report(1, Fault::None),
            report(2, Fault::Refused),
            report(3, Fault::Vanishes),
            report(4, Fault::None),
        ],
    )]);
    assert!(s.pass().await.is_err());
    s.arrives(report(5, Fault::None));
    assert!(s.pass().await.is_err());
    assert_eq!(s.asked(), [1, 2]);
    let all = &mut s.server.folders.get_mut("INBOX").unwrap().1;
    all.iter_mut().for_each(|m| m.fault = Fault::None);
    assert_eq!((s.taken().await, s.taken().await), (2, 0));
    assert_eq!(s.asked(), [2, 6]);
    let mut subjects = s.subjects().await;
    subjects.sort();
    assert_eq!(
        subjects,
        ["report 1", "report 2", "report 3", "report 4", "report 5"]
    );
}

#[tokio::test]
async fn whatever_is_wrong_with_the_numbers_makes_a_sweep() {
    for (uidnext, asked) in [(None, 6), (Some(0), 1), (Some(5), 1), (Some(7), 6)] {
        let mut s = scene(&[("INBOX", &[report(1, Fault::None), report(5, Fault::None)])]);
        s.taken().await;
        s.asked();
        s.server.uidnext = uidnext;
        s.taken().await;
        assert_eq!(s.asked(), [asked], "{uidnext:?}");
    }
}

#[tokio::test]
async fn a_sweep_finds_what_was_lost_and_what_is_gone() {
    let reports: Vec<Message> = (1..=4).map(|uid| report(uid, Fault::None)).collect();
    let mut s = scene(&[("INBOX", &reports)]);
    assert_eq!(s.taken().await, 4);
    let lose = |tx: &Tx| tx.lose_row_of(2);
    s.record.write(lose).await.unwrap();
    s.server.folders.get_mut("INBOX").unwrap().1.remove(2);
    assert_eq!(s.taken().await, 0, "nobody asks");
    let later: fn() -> Timestamp = || wall::now() + HOUR * 6;
    s.record = s.record.at(later);
    assert_eq!(s.taken().await, 1);
    let gone = |tx: &Tx| tx.gone(FolderId(1));
    assert_eq!(s.record.read(gone).await.unwrap(), [3]);
    // When somebody wants one, it is made at once, and the wish is fulfilled.
    s.record.write(lose).await.unwrap();
    let want = |tx: &Tx| tx.set_meta(&sweep_wanted("security"), "1");
    s.record.write(want).await.unwrap();
    assert_eq!(s.taken().await, 1);
    let wanted = |tx: &Tx| tx.meta(&sweep_wanted("security"));
    assert_eq!(s.record.read(wanted).await.unwrap(), None);
}

#[tokio::test]
async fn what_a_process_left_aside_is_cleared_by_the_next() {
    let mut s = scene(&[("INBOX", &[])]);
    let leave = |tx: &Tx| tx.stage((FolderId(1), 7, 3), 0, &[vec![1], vec![2]]);
    s.record.write(leave).await.unwrap();
    s.taken().await;
    let left = |tx: &Tx| tx.staged_count();
    assert_eq!(s.record.read(left).await.unwrap(), 0);
}

#[tokio::test]
async fn a_mail_of_which_nothing_but_its_number_is_told_is_taken_in() {
    let mut s = scene(&[("INBOX", &[report(1, Fault::Untold), report(2, Fault::None)])]);
    // It may have gone in that moment; it is asked for when it is named again.
    assert_eq!((s.taken().await, s.taken().await), (1, 1));
    assert_eq!(s.subjects().await, ["report 2", "report 1"]);
    assert_eq!(s.taken().await, 0);
}

#[tokio::test]
async fn what_was_known_of_mails_that_went_is_forgotten() {
    let mut s = scene(&[(
        "INBOX",
        &[report(1, Fault::Refused), report(2, Fault::None)],
    )]);
    s.earlier(20, |tx| {
        tx.suspect((FolderId(1), 6, 1))?;
        tx.count_attempt(FolderId(1), 7, 9)
    });
    assert!(s.pass().await.is_err());
    let known = |tx: &Tx| {
        let all = [6, 7].map(|v| tx.histories(FolderId(1), v));
        let all: Result<Vec<_>> = all.into_iter().collect();
        let uids = |h: BTreeMap<u32, _>| h.into_keys().collect::<Vec<_>>();
        Ok(all?.into_iter().map(uids).collect::<Vec<_>>())
    };
    let nothing = Vec::<u32>::new();
    let found = s.record.read(known).await.unwrap();
    assert_eq!(found, [nothing.clone(), vec![1]], "one is there");
    s.server.folders.get_mut("INBOX").unwrap().1.remove(0);
    s.memory = Memory::default();
    assert_eq!(s.taken().await, 0);
    let found = s.record.read(known).await.unwrap();
    assert_eq!(found, [nothing.clone(), nothing]);
}
