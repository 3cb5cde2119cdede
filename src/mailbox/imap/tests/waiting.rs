//! Tests of waiting: IDLE and its ends, news that came early, servers without IDLE.

use super::{imap, logged_in, lost};
use crate::mailbox::imap::*;
use crate::net::scripted::End;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn wait(imap: &mut Imap) -> Result<Woken, Trouble> {
    imap.wait(5 * MINUTE, &CancellationToken::new()).await
}

#[tokio::test(start_paused = true)]
async fn new_mail_wakes() {
    for news in [
        "* 4 EXISTS\r\n",
        "* OK Still here\r\n* 3 FETCH (FLAGS ())\r\n* 4 EXISTS\r\n* 1 RECENT\r\n",
    ] {
        let mut imap = imap(
            &[
                ("IDLE", "+ idling\r\n"),
                ("", news),
                ("DONE", "A0003 OK\r\n"),
                ("UID FETCH", "$ OK\r\n"),
            ],
            End::Close,
        )
        .await;
        assert_eq!(wait(&mut imap).await.unwrap(), Woken::Changed);
        assert_eq!(imap.uids().await.unwrap(), [0; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn news_before_the_idle_began_are_not_missed() {
    // While an earlier command ran.
    let mut early = imap(
        &[
            ("UID FETCH", "* 1 FETCH (UID 1)\r\n* 2 EXISTS\r\n$ OK\r\n"),
            ("IDLE", "+\r\n"),
            ("DONE", "A0004 OK\r\n"),
        ],
        End::Close,
    )
    .await;
    assert_eq!(early.uids().await.unwrap(), [1]);
    assert_eq!(wait(&mut early).await.unwrap(), Woken::Changed);
    assert_eq!(wait(&mut early).await.unwrap(), Woken::TimeUp);
    // Between the command IDLE and the server's consent.
    let mut between = imap(
        &[
            ("IDLE", "* 2 EXISTS\r\n+ idling\r\n"),
            ("DONE", "A0003 OK\r\n"),
        ],
        End::Close,
    )
    .await;
    assert_eq!(wait(&mut between).await.unwrap(), Woken::Changed);
    // While the IDLE ended.
    let mut late = imap(
        &[
            ("IDLE", "+ idling\r\n"),
            ("DONE", "* 2 EXISTS\r\nA0003 OK\r\n"),
        ],
        End::Close,
    )
    .await;
    assert_eq!(wait(&mut late).await.unwrap(), Woken::Changed);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_folder_lets_the_time_pass_without_a_time_out_of_reads() {
    let mut imap = imap(
        &[
            ("IDLE", "+ idling\r\n"),
            ("DONE", "A0003 OK\r\n"),
            ("UID FETCH", ""),
        ],
        End::Hang,
    )
    .await;
    let started = tokio::time::Instant::now();
    assert_eq!(wait(&mut imap).await.unwrap(), Woken::TimeUp);
    assert_eq!(started.elapsed(), 5 * MINUTE);
    // And afterwards reads are timed again.
    let outcome = imap.uids().await;
    lost(&mut imap, outcome, "no answer").await;
    assert_eq!(started.elapsed(), 6 * MINUTE);
}

#[tokio::test(start_paused = true)]
async fn stopping_is_quick_and_leaves_a_connection_to_say_goodbye_on() {
    let stop = CancellationToken::new();
    let (imap, heard) = logged_in(
        &[
            ("IDLE", "+ idling\r\n"),
            ("DONE", "A0003 OK\r\n"),
            ("LOGOUT", "* BYE\r\n"),
        ],
        End::Close,
    )
    .await;
    let mut imap = imap;
    let trigger = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(9)).await;
        trigger.cancel();
    });
    let started = tokio::time::Instant::now();
    assert_eq!(imap.wait(5 * MINUTE, &stop).await.unwrap(), Woken::Stopped);
    assert_eq!(started.elapsed(), Duration::from_secs(9));
    imap.logout().await;
    assert_eq!(heard.await.unwrap(), b"");
}

#[tokio::test(start_paused = true)]
async fn an_idle_that_ends_by_itself_is_a_lost_connection() {
    for (news, word) in [
        ("", "closed"),
        ("* BYE idle too long\r\n", "BYE: idle too long"),
        ("A0003 OK enough\r\n", "did not end"),
        ("* 1 FETCH (BODY[] {9}\r\n", "closed"),
    ] {
        let mut imap = imap(&[("IDLE", "+ idling\r\n"), ("", news)], End::Close).await;
        let outcome = wait(&mut imap).await;
        lost(&mut imap, outcome, word).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_black_hole_is_found_when_the_idle_ends() {
    for (steps, word, seconds) in [
        (&[("IDLE", "")][..], "IDLE took more than 15 s", 15),
        (
            &[("IDLE", "+ idling\r\n"), ("DONE", "")],
            "DONE took more than 15 s",
            315,
        ),
    ] {
        let mut imap = imap(steps, End::Hang).await;
        let started = tokio::time::Instant::now();
        let outcome = wait(&mut imap).await;
        assert_eq!(started.elapsed().as_secs(), seconds);
        lost(&mut imap, outcome, word).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_will_not_idle_is_waited_for_by_the_clock() {
    for refusal in ["$ NO not for you\r\n", "$ BAD\r\n"] {
        let mut imap = imap(&[("IDLE", refusal), ("UID FETCH", "$ OK\r\n")], End::Close).await;
        let started = tokio::time::Instant::now();
        assert_eq!(wait(&mut imap).await.unwrap(), Woken::TimeUp);
        assert_eq!(wait(&mut imap).await.unwrap(), Woken::TimeUp);
        assert_eq!(started.elapsed(), 10 * MINUTE);
        assert_eq!(imap.uids().await.unwrap(), [0; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn without_idle_a_stop_is_heard() {
    let (stop, mut imap) = (
        CancellationToken::new(),
        imap(&[("IDLE", "$ NO\r\n")], End::Close).await,
    );
    stop.cancel();
    assert_eq!(imap.wait(5 * MINUTE, &stop).await.unwrap(), Woken::Stopped);
}
