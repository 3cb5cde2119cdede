//! Mails that the server lists and does not give, or gives in part: whose fault it is.

use super::*;

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
    async fn refusals(&self, uid: u32) -> u32 {
        let all = |tx: &Tx| tx.histories(FolderId(1), 7);
        let all = self.record.read(all).await.unwrap();
        all.get(&uid).map_or(0, |history| history.refusals)
    }

    async fn raw(&self, mail: i64) -> Vec<u8> {
        let raw = move |tx: &Tx| {
            let mut raw = Vec::new();
            tx.raw(mail, |piece| {
                raw.extend_from_slice(piece);
                Ok(())
            })?;
            Ok(raw)
        };
        self.record.read(raw).await.unwrap()
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
        (Fault::Unavailable, 700, &other[..], false),
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
    let mut s = refused(Fault::Unavailable, 700, &[report(2, Fault::None)]);
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
