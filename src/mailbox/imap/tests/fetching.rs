//! Tests of messages: whole, in slices, gone; and of servers that are out of order or
//! ill-disposed in the middle of an answer.

use super::{GREETING, imap, lost, over};
use crate::mailbox::SLICE;
use crate::mailbox::imap::*;
use crate::net::SILENCE;
use crate::net::scripted::End;

async fn bytes(imap: &mut Imap, uid: u32, limit: u64) -> Result<Option<Vec<u8>>, Trouble> {
    let mut all = Vec::new();
    loop {
        let (offset, wanted) = (all.len() as u64, (limit - all.len() as u64).min(SLICE));
        let mut each = |piece: &[u8]| all.extend_from_slice(piece);
        match imap.slice(uid, offset, wanted, &mut each).await? {
            None => return Ok(None),
            Some(size) if size < wanted || offset + size == limit => return Ok(Some(all)),
            Some(_) => {}
        }
    }
}

#[tokio::test]
async fn a_message_comes_byte_for_byte() {
    let reply = "* 7 FETCH (UID 666 BODY[]<0> {5}\r\nwrong)\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 5 BODY[]<0> {14}\r\na\0\n{9}\r\n* 1 \u{e9})\r\n$ OK\r\n";
    let mut imap = imap(
        &[("UID FETCH 5 (UID BODY.PEEK[]<0.1048576>)", reply)],
        End::Close,
    )
    .await;
    assert_eq!(
        bytes(&mut imap, 5, u64::MAX).await.unwrap().unwrap(),
        "a\0\n{9}\r\n* 1 \u{e9}".as_bytes()
    );
}

#[tokio::test]
async fn a_message_is_asked_for_until_it_ends_or_is_enough() {
    let full = format!(
        "* 1 FETCH (UID 5 BODY[]<0> {{1048576}}\r\n{})\r\n$ OK\r\n",
        "x".repeat(1 << 20)
    );
    for (last, size) in [
        (
            "* 1 FETCH (UID 5 BODY[]<1048576> {3}\r\nend)\r\n$ OK\r\n",
            (1 << 20) + 3,
        ),
        (
            "* 1 FETCH (UID 5 BODY[]<1048576> \"\")\r\n$ OK\r\n",
            1 << 20,
        ),
        ("* 1 FETCH (UID 5 BODY[]<1048576> NIL)\r\n$ OK\r\n", 1 << 20),
    ] {
        let mut imap = imap(
            &[("<0.1048576>", &full), ("<1048576.1048576>", last)],
            End::Close,
        )
        .await;
        assert_eq!(
            bytes(&mut imap, 5, u64::MAX).await.unwrap().unwrap().len(),
            size
        );
    }
    let mut imap = imap(
        &[
            ("<0.1048576>", &full),
            (
                "<1048576.2>",
                "* 1 FETCH (UID 5 BODY[]<1048576> {2}\r\nen)\r\n$ OK\r\n",
            ),
        ],
        End::Close,
    )
    .await;
    assert_eq!(
        bytes(&mut imap, 5, (1 << 20) + 2)
            .await
            .unwrap()
            .unwrap()
            .len(),
        (1 << 20) + 2
    );
}

#[tokio::test]
async fn a_message_may_be_gone_at_any_slice_and_may_be_empty() {
    for (reply, expected) in [
        ("$ OK\r\n", None),
        ("$ NO [EXPUNGEISSUED] gone\r\n", None),
        ("* 1 FETCH (UID 5 FLAGS ())\r\n$ OK\r\n", None),
        (
            "* 1 FETCH (UID 5 BODY[]<0> \"\")\r\n$ OK\r\n",
            Some(&b""[..]),
        ),
        ("* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n$ OK\r\n", Some(b"a")),
    ] {
        let mut imap = imap(&[("UID FETCH 5", reply)], End::Close).await;
        assert_eq!(
            bytes(&mut imap, 5, u64::MAX).await.unwrap().as_deref(),
            expected,
            "{reply}"
        );
    }
    let full = format!(
        "* 1 FETCH (UID 5 BODY[]<0> {{1048576}}\r\n{})\r\n$ OK\r\n",
        "x".repeat(1 << 20)
    );
    let mut imap = imap(&[("<0.", &full), ("<1048576.", "$ OK\r\n")], End::Close).await;
    assert_eq!(bytes(&mut imap, 5, u64::MAX).await.unwrap(), None);
}

#[tokio::test]
async fn whatever_goes_wrong_in_a_fetch_is_never_an_empty_answer() {
    for (reply, word) in [
        ("", "closed"),
        ("* 1 FETCH (UID 5 BODY[]<0> {100}\r\nhalf", "closed"),
        ("* 1 FETCH (UID 5 BODY[]<0> {4}\r\nhalf)\r\n", "closed"),
        (
            "* 1 FETCH (UID 5 BODY[]<0> {4}\r\nhalf)\r\n* BYE going down\r\n",
            "BYE: going down",
        ),
        ("A0001 OK late answer\r\n", "not given"),
        ("hello?\r\n", "cannot be understood"),
        ("* 1 FETCH (UID 5 BODY[]<0> {2000000}\r\n", "not asked for"),
        (
            "* 1 FETCH (BODY[]<0> {1}\r\na)\r\n$ OK\r\n",
            "did not say of which",
        ),
        (
            "* 1 FETCH (UID 5 BODY[]<9> {1}\r\na)\r\n$ OK\r\n",
            "another part",
        ),
    ] {
        let mut imap = imap(&[("UID FETCH 5", reply)], End::Close).await;
        let outcome = bytes(&mut imap, 5, u64::MAX).await;
        lost(&mut imap, outcome, word).await;
    }
    let mut imap = imap(
        &[(
            "<0.10>",
            "* 1 FETCH (UID 5 BODY[]<0> {11}\r\n01234567890)\r\n$ OK\r\n",
        )],
        End::Close,
    )
    .await;
    let outcome = bytes(&mut imap, 5, 10).await;
    lost(&mut imap, outcome, "more of a message").await;
}

#[tokio::test]
async fn a_folder_that_is_not_listed_is_told_with_the_command_and_ends_no_connection() {
    for reply in [
        "$ NO not today\r\n",
        "$ BAD not today\r\n",
        "$ NO [UNAVAILABLE] not today\r\n",
    ] {
        let listed = "* 1 FETCH (UID 7)\r\n$ OK\r\n";
        let mut imap = imap(&[("UID FETCH", reply), ("UID FETCH", listed)], End::Hang).await;
        assert!(
            matches!(imap.uids().await, Err(Trouble::Refused { command, said }) if command == "UID FETCH 1:* (UID)" && said.ends_with("not today"))
        );
        assert_eq!(imap.uids().await.unwrap(), [7]);
    }
    let denied = [("UID FETCH", "$ NO [NOPERM] no\r\n")];
    let why = imap(&denied, End::Hang).await.uids().await.unwrap_err();
    assert!(matches!(why, Trouble::Permission(_)), "{why:?}");
    let storm = "* 1 FETCH (UID 7)\r\n$ NO [EXPUNGEISSUED] some are gone\r\n";
    let listed = imap(&[("UID FETCH", storm)], End::Hang).await.uids().await;
    assert_eq!(listed.unwrap(), [7]);
}

#[tokio::test]
async fn a_message_that_the_server_refuses_is_not_the_end_of_the_others() {
    for (reply, word) in [
        ("* 1 FETCH (UID 5 BODY[]<0> NIL)\r\n$ OK\r\n", "no text"),
        ("$ NO [CANNOT] read it\r\n", "read it"),
        ("$ BAD what\r\n", "what"),
    ] {
        let mut imap = imap(
            &[
                ("UID FETCH 5", reply),
                (
                    "UID FETCH 6",
                    "* 2 FETCH (UID 6 BODY[]<0> {2}\r\nhi)\r\n$ OK\r\n",
                ),
            ],
            End::Close,
        )
        .await;
        let outcome = bytes(&mut imap, 5, 9).await;
        assert!(
            matches!(&outcome, Err(Trouble::Refused { said, .. }) if said.contains(word))
                && !outcome.as_ref().is_err_and(Trouble::is_passing),
            "{reply:?} gave {outcome:?}"
        );
        assert_eq!(bytes(&mut imap, 6, 9).await.unwrap().unwrap(), b"hi");
    }
}

#[tokio::test]
async fn a_server_that_is_out_of_order_for_one_message_is_asked_for_the_next() {
    let mut imap = imap(
        &[
            ("UID FETCH 5", "$ NO [UNAVAILABLE] the store is away\r\n"),
            (
                "UID FETCH 6",
                "* 2 FETCH (UID 6 BODY[]<0> {2}\r\nhi)\r\n$ OK\r\n",
            ),
        ],
        End::Close,
    )
    .await;
    let outcome = bytes(&mut imap, 5, 9).await;
    assert!(
        outcome.as_ref().is_err_and(Trouble::is_passing),
        "{outcome:?}"
    );
    assert_eq!(bytes(&mut imap, 6, 9).await.unwrap().unwrap(), b"hi");
}

#[tokio::test]
async fn words_of_a_server_are_harmless_where_they_are_shown() {
    let mut imap = imap(&[("UID FETCH", "$ NO \u{1b}[31mred\r\n")], End::Close).await;
    assert_eq!(
        imap.uids().await.unwrap_err().to_string(),
        "the server refused UID FETCH 1:* (UID): \\u{1b}[31mred"
    );
}

#[tokio::test]
async fn an_answer_built_to_end_the_process_ends_the_connection() {
    let deep = format!("* 1 FETCH (UID 5 BODYSTRUCTURE {}\r\n", "(".repeat(60_000));
    for reply in [
        deep.as_str(),
        "* 1 FETCH (UID 5 INTERNALDATE NIL)\r\n$ OK\r\n",
        &"x".repeat(100_000),
    ] {
        let mut imap = imap(&[("UID FETCH", reply)], End::Hang).await;
        let outcome = imap.uids().await;
        lost(&mut imap, outcome, "broke the protocol").await;
    }
    let mut imap = imap(
        &[(
            "UID FETCH",
            "* OK [ALERT]\u{e9}\r\n* ID (\"name\" NIL)\r\n* 1 FETCH (UID 5)\r\n$ OK\r\n",
        )],
        End::Close,
    )
    .await;
    assert_eq!(imap.uids().await.unwrap(), [5]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_holds_no_command_longer_than_its_limit() {
    let mut imap = imap(&[("UID FETCH", "* 1 FETCH (UID 5)\r\n")], End::Hang).await;
    let started = tokio::time::Instant::now();
    let outcome = imap.uids().await;
    assert_eq!(started.elapsed(), SILENCE);
    lost(&mut imap, outcome, "no answer for 60 s").await;
}

#[tokio::test(start_paused = true)]
async fn a_byte_a_second_holds_no_command_longer_than_its_limit() {
    let (near, mut far) = tokio::io::duplex(4096);
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let slow = format!(
            "{GREETING}A0001 OK in\r\n* CAPABILITY IMAP4rev1\r\nA0002 OK\r\n* OK {}",
            "x".repeat(1000)
        );
        let quick = slow.find("* OK x").unwrap();
        far.write_all(&slow.as_bytes()[..quick]).await.unwrap();
        for byte in &slow.as_bytes()[quick..] {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let _ = far.write_all(&[*byte]).await;
        }
    });
    let mut imap = over(Stream::over(near)).await.unwrap();
    let started = tokio::time::Instant::now();
    let outcome = imap.uids().await;
    assert!(started.elapsed() <= LONG + Duration::from_secs(1));
    lost(&mut imap, outcome, "UID FETCH 1:* took more than 90 s").await;
}

#[tokio::test]
async fn a_command_that_was_dropped_half_way_leaves_no_connection() {
    let mut imap = imap(&[("UID FETCH", "* 1 FETCH (UID 5)\r\n")], End::Hang).await;
    assert!(
        timeout(Duration::from_millis(20), imap.uids())
            .await
            .is_err()
    );
    let outcome = imap.uids().await;
    lost(&mut imap, outcome, "failed before").await;
}
