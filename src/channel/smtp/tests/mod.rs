//! The client against servers by script: what each reply at each step makes of a letter.

mod welcome;

use super::*;
use crate::config::Auth;
use crate::net::scripted::{End, server};
use secrecy::SecretString;
use std::cell::Cell;
use tokio::task::JoinHandle;

const GREETING: &str = "220 mail.example.net ESMTP\r\n";
const EHLO: (&str, &str) = (
    "EHLO gate.example.net",
    "250-mail.example.net\r\n250-8BITMIME\r\n250 AUTH LOGIN PLAIN\r\n",
);
const AUTH: (&str, &str) = (
    "AUTH PLAIN AGFubmEAbGV0dGVyLWJveA==",
    "235 2.7.0 welcome\r\n",
);
const MAIL: (&str, &str) = ("MAIL FROM:<security@example.org>", "250 2.1.0 ok\r\n");
const RCPT: (&str, &str) = ("RCPT TO:<mia@example.net>", "250 2.1.5 ok\r\n");
const DATA: (&str, &str) = ("DATA", "354 go\r\n");
const LETTER: &[u8] = b"Subject: hello\r\n\r\n.dot\r\n";

/// The letter on the wire, line by line; the reply comes after the last.
fn letter(reply: &str) -> [(&'static str, &str); 5] {
    [
        ("Subject: hello\r\n", ""),
        ("\r\n", ""),
        ("..dot\r\n", ""),
        (".\r\n", reply),
        ("RSET", "250 ok\r\n"),
    ]
}

fn login(auth: Auth, secret: &str) -> Login {
    Login {
        user: "anna".to_owned(),
        auth,
        secret: SecretString::from(secret),
    }
}

async fn over(stream: Stream) -> Result<Smtp, String> {
    let login = login(Auth::Password, "letter-box");
    Smtp::over(stream, &login, "gate.example.net").await
}

async fn smtp(steps: &[(&str, &str)], end: End) -> (Smtp, JoinHandle<Vec<u8>>) {
    let steps = [&[EHLO, AUTH], steps].concat();
    let (stream, heard) = server(GREETING, &steps, end);
    (
        over(stream).await.unwrap_or_else(|why| panic!("{why}")),
        heard,
    )
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

async fn hand_over(smtp: &mut Smtp) -> Attempt {
    smtp.hand_over(
        Some(&address("security@example.org")),
        &address("mia@example.net"),
        LETTER,
        async || Ok(()),
    )
    .await
}

/// What a letter becomes when the server plays `steps`, and whether the connection stays.
async fn check(steps: &[(&str, &str)], end: End, expected: Attempt, usable: bool) {
    let (mut smtp, _) = smtp(steps, end).await;
    assert_eq!(hand_over(&mut smtp).await, expected, "{steps:?}");
    assert_eq!(smtp.usable(), usable, "{steps:?}");
}

#[tokio::test]
async fn two_letters_go_over_one_connection_byte_for_byte() {
    let one = [
        &[MAIL, RCPT, DATA],
        &letter("250 2.0.0 queued as 7\r\n")[..4],
    ]
    .concat();
    let steps = [&one[..], &one, &[("QUIT", "221 bye\r\n")]].concat();
    let (mut smtp, heard) = smtp(&steps, End::Close).await;
    for _ in 0..2 {
        assert_eq!(
            hand_over(&mut smtp).await,
            Attempt::Sent("250 2.0.0 queued as 7".to_owned())
        );
        assert!(smtp.usable());
    }
    smtp.quit().await;
    assert_eq!(heard.await.unwrap(), b"");
}

#[tokio::test]
async fn each_reply_at_each_step_has_its_meaning() {
    let said = |words: &str| words.to_owned();
    for (reply, expected, usable) in [
        (
            "450 4.1.8 no\r\n",
            Attempt::Down(said("MAIL FROM: 450 4.1.8 no")),
            false,
        ),
        (
            "550 5.7.1 no\r\n",
            Attempt::Down(said("MAIL FROM: 550 5.7.1 no")),
            false,
        ),
        (
            "421 bye\r\n",
            Attempt::Down(said("MAIL FROM: 421 bye")),
            false,
        ),
        (
            "354 go\r\n",
            Attempt::Down(said("MAIL FROM: 354 go")),
            false,
        ),
    ] {
        check(&[(MAIL.0, reply)], End::Close, expected, usable).await;
    }
    let reset = ("RSET", "250 ok\r\n");
    for (reply, expected, usable) in [
        (
            "451 4.7.1 greylisted\r\n",
            Attempt::Again(said("451 4.7.1 greylisted")),
            true,
        ),
        (
            "550-5.1.1 no\r\n550 5.1.1 such user\r\n",
            Attempt::Refused(said("550 5.1.1 no such user")),
            true,
        ),
        (
            "554 5.7.1 blocked\r\n",
            Attempt::Barred(said("554 5.7.1 blocked")),
            true,
        ),
        (
            "550 no 5.7.1\r\n",
            Attempt::Refused(said("550 no 5.7.1")),
            true,
        ),
    ] {
        check(
            &[MAIL, (RCPT.0, reply), reset],
            End::Close,
            expected.clone(),
            usable,
        )
        .await;
        check(
            &[MAIL, RCPT, (DATA.0, reply), reset],
            End::Close,
            expected.clone(),
            usable,
        )
        .await;
        let steps = [&[MAIL, RCPT, DATA], &letter(reply)[..4]].concat();
        check(&steps, End::Close, expected, usable).await;
    }
    // It wants a login, or another one: that is about no letter (RFC 4954 section 6).
    for reply in ["530 log in first\r\n", "535 5.7.8 expired\r\n"] {
        let down = |step: &str| Attempt::Down(format!("{step}{}", reply.trim_end()));
        let rcpt = [MAIL, (RCPT.0, reply)];
        check(&rcpt, End::Close, down("RCPT TO: "), false).await;
        let data = [MAIL, RCPT, (DATA.0, reply)];
        check(&data, End::Close, down("DATA: "), false).await;
        let steps = [&[MAIL, RCPT, DATA], &letter(reply)[..4]].concat();
        check(&steps, End::Close, down(""), false).await;
    }
    check(
        &[MAIL, (RCPT.0, "421 bye\r\n")],
        End::Close,
        Attempt::Down(said("RCPT TO: 421 bye")),
        false,
    )
    .await;
    check(
        &[MAIL, RCPT, (DATA.0, "421 bye\r\n")],
        End::Close,
        Attempt::Down(said("DATA: 421 bye")),
        false,
    )
    .await;
    check(
        &[MAIL, RCPT, (DATA.0, "250 what\r\n")],
        End::Close,
        Attempt::Down(said("DATA: 250 what")),
        false,
    )
    .await;
    let steps = [&[MAIL, RCPT, DATA], &letter("421 bye\r\n")[..4]].concat();
    check(&steps, End::Close, Attempt::Down(said("421 bye")), false).await;
}

#[tokio::test]
async fn after_the_first_byte_a_lost_connection_is_an_unknown_end() {
    let closed = Attempt::Unknown(
        "the mail server closed the connection, or its reply cannot be understood".to_owned(),
    );
    let dropped = [&[MAIL, RCPT, DATA], &letter("")[..4]].concat();
    check(&dropped, End::Close, closed, false).await;
    let odd = [&[MAIL, RCPT, DATA], &letter("354 more\r\n")[..4]].concat();
    check(
        &odd,
        End::Close,
        Attempt::Unknown("354 more".to_owned()),
        false,
    )
    .await;
    let rubbish = [&[MAIL, RCPT, DATA], &letter("what?\r\n")[..4]].concat();
    check(
        &rubbish,
        End::Close,
        Attempt::Unknown("the server broke the protocol: a line that is no reply".to_owned()),
        false,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn silence_is_down_before_the_message_and_unknown_after_it() {
    let slow = "the mail server did not answer in time";
    for (steps, expected, seconds) in [
        (
            &[(MAIL.0, "")][..],
            Attempt::Down(format!("MAIL FROM: {slow}")),
            60,
        ),
        (
            &[MAIL, (RCPT.0, "")],
            Attempt::Down(format!("RCPT TO: {slow}")),
            60,
        ),
        (
            &[MAIL, RCPT, (DATA.0, "")],
            Attempt::Down(format!("DATA: {slow}")),
            60,
        ),
        (&[MAIL, RCPT, DATA], Attempt::Unknown(slow.to_owned()), 600),
    ] {
        let started = tokio::time::Instant::now();
        check(steps, End::Hang, expected, false).await;
        assert_eq!(started.elapsed().as_secs(), seconds);
    }
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_sent() {
    let (mut smtp, heard) = smtp(&[MAIL, RCPT, DATA], End::Hang).await;
    let attempt = smtp
        .hand_over(
            Some(&address("security@example.org")),
            &address("mia@example.net"),
            LETTER,
            async || anyhow::bail!("the disk is full"),
        )
        .await;
    assert!(matches!(attempt, Attempt::Down(why) if why.ends_with("the disk is full")));
    assert!(!smtp.usable());
    assert_eq!(heard.await.unwrap(), b"", "nothing, not even a QUIT");
}

#[tokio::test]
async fn offered_comes_after_the_recipient_and_not_at_all_for_a_refused_one() {
    let reset = ("RSET", "250 ok\r\n");
    for (rcpt, next, expected) in [
        (RCPT.1, DATA, 1),
        ("550 no\r\n", reset, 0),
        ("451 no\r\n", reset, 0),
    ] {
        let steps = [MAIL, (RCPT.0, rcpt), next];
        let (mut smtp, calls) = (smtp(&steps, End::Close).await.0, Cell::new(0));
        smtp.hand_over(
            Some(&address("security@example.org")),
            &address("mia@example.net"),
            LETTER,
            async || {
                calls.set(calls.get() + 1);
                Ok(())
            },
        )
        .await;
        assert_eq!(calls.get(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hand_over_that_was_dropped_half_way_leaves_no_connection() {
    let (mut smtp, _) = smtp(&[MAIL], End::Hang).await;
    assert!(
        timeout(Duration::from_secs(1), hand_over(&mut smtp))
            .await
            .is_err()
    );
    assert!(!smtp.usable());
    assert!(matches!(hand_over(&mut smtp).await, Attempt::Down(_)));
}

#[tokio::test]
async fn a_reset_that_fails_gives_the_connection_up() {
    check(
        &[MAIL, (RCPT.0, "550 5.1.1 no\r\n"), ("RSET", "421 bye\r\n")],
        End::Close,
        Attempt::Refused("550 5.1.1 no".to_owned()),
        false,
    )
    .await;
}

#[tokio::test]
async fn a_name_or_a_letter_that_would_be_a_command_is_not_sent() {
    let (stream, heard) = server(GREETING, &[], End::Hang);
    assert!(
        Smtp::over(stream, &login(Auth::Password, "x"), "a\r\nMAIL")
            .await
            .is_err()
    );
    assert_eq!(heard.await.unwrap(), b"");
    for bytes in [&b"a\n.\nMAIL"[..], b"a\r.\r\n", b"\n", b"a\r"] {
        let (mut smtp, _) = smtp(&[], End::Hang).await;
        let attempt = smtp
            .hand_over(
                Some(&address("a@example.org")),
                &address("b@example.net"),
                bytes,
                async || Ok(()),
            )
            .await;
        assert!(
            matches!(attempt, Attempt::Refused(_)) && smtp.usable(),
            "{bytes:?}"
        );
    }
}

#[tokio::test]
async fn addresses_beyond_ascii_need_a_server_that_takes_them() {
    let (mut plain, _) = smtp(&[], End::Hang).await;
    let (ours, theirs) = (
        address("security@example.org"),
        address("j\u{f6}rg@example.net"),
    );
    assert!(
        matches!(plain.hand_over(Some(&ours), &theirs, LETTER, async || Ok(())).await, Attempt::Refused(why) if why.contains("SMTPUTF8"))
    );
    assert!(
        matches!(plain.hand_over(Some(&theirs), &ours, LETTER, async || Ok(())).await, Attempt::Down(why) if why.contains("SMTPUTF8"))
    );
    let steps = [
        (
            EHLO.0,
            "250-mail\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n",
        ),
        AUTH,
        (
            "MAIL FROM:<security@example.org> SMTPUTF8 BODY=8BITMIME\r\n",
            "250 ok\r\n",
        ),
        ("RCPT TO:<j\u{f6}rg@example.net>\r\n", "550 no\r\n"),
        ("RSET", "250 ok\r\n"),
    ];
    let mut able = over(server(GREETING, &steps, End::Close).0)
        .await
        .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(
        able.hand_over(Some(&ours), &theirs, "\u{fc}\r\n".as_bytes(), async || Ok(
            ()
        ))
        .await,
        Attempt::Refused("550 no".to_owned())
    );
}
