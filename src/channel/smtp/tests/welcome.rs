//! Tests of greeting, EHLO and AUTH: no welcome, no connection, and never the password.

use super::{AUTH, EHLO, GREETING, over};
use crate::net::scripted::{End, server};

#[tokio::test]
async fn no_welcome_no_connection_and_never_the_password() {
    let no_auth = "250 mail.example.net\r\n";
    for (greeting, steps, expected) in [
        (
            "554 go away\r\n",
            &[][..],
            "did not welcome us: 554 go away",
        ),
        ("421 busy\r\n", &[], "did not welcome us: 421 busy"),
        ("* OK this is IMAP\r\n", &[], "broke the protocol"),
        ("", &[], "closed the connection"),
        (
            GREETING,
            &[(EHLO.0, "502 what\r\n")],
            "did not welcome us: 502 what",
        ),
        (
            GREETING,
            &[(EHLO.0, "250-mail\r\n250-   \r\n250 AUTH\r\n")],
            "neither AUTH PLAIN nor AUTH LOGIN",
        ),
        (
            GREETING,
            &[(EHLO.0, no_auth)],
            "neither AUTH PLAIN nor AUTH LOGIN",
        ),
        (
            GREETING,
            &[
                EHLO,
                (
                    AUTH.0,
                    "535 5.7.8 letter-box? AGFubmEAbGV0dGVyLWJveA== bGV0dGVyLWJveA==\r\n",
                ),
            ],
            "the password: 535 5.7.8 (password)? (password) (password)",
        ),
        (
            GREETING,
            &[EHLO, (AUTH.0, "454 4.7.0 later\r\n")],
            "cannot log anybody in now: 454 4.7.0 later",
        ),
        (
            GREETING,
            &[EHLO, (AUTH.0, "250 hm\r\n")],
            "did not finish the login",
        ),
        (GREETING, &[EHLO, (AUTH.0, "")], "login failed"),
    ] {
        let Err(said) = over(server(greeting, steps, End::Close).0).await else {
            panic!("{greeting:?} {steps:?} was taken");
        };
        assert!(said.contains(expected), "{said:?} for {expected:?}");
        assert!(
            !said.contains("letter-box") && !said.contains("bGV0dGVy"),
            "{said}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_or_endless_server_is_left() {
    assert!(over(server("", &[], End::Hang).0).await.is_err());
    assert!(
        over(server(&"2".repeat(60_000), &[], End::Hang).0)
            .await
            .is_err_and(|why| why.contains("too long"))
    );
    assert!(
        over(server(&"250-x\r\n".repeat(9_000), &[], End::Hang).0)
            .await
            .is_err_and(|why| why.contains("too many lines"))
    );
}
