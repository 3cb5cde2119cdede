//! Greeting, EHLO and AUTH, by password, by token, after STARTTLS: no welcome, no connection,
//! and never a secret in words.

use super::{AUTH, DATA, EHLO, GREETING, MAIL, RCPT, check, hand_over, letter, login, over};
use crate::channel::Attempt;
use crate::channel::smtp::Smtp;
use crate::config::{Auth, Tls};
use crate::net::scripted::{End, Script, server, site};

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

/// `user=anna^Aauth=Bearer ya29.canary^A^A`
const TOKEN: &str = "AUTH XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHlhMjkuY2FuYXJ5AQE=\r\n";
const OFFERS: (&str, &str) = (EHLO.0, "250-mail\r\n250 AUTH XOAUTH2 PLAIN\r\n");

async fn with_token(steps: &[(&str, &str)]) -> Result<Smtp, String> {
    let (stream, _) = server(GREETING, steps, End::Close);
    let login = login(Auth::Xoauth2, "ya29.canary");
    Smtp::over(stream, &login, "gate.example.net").await
}

#[tokio::test]
async fn a_token_logs_in_and_a_refused_one_is_a_refused_login_and_in_no_word() {
    assert!(with_token(&[OFFERS, (TOKEN, "235 in\r\n")]).await.is_ok());
    // {"status":"400"}
    let details = "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n";
    let echo = "535 5.7.8 ya29.canary dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHlhMjkuY2FuYXJ5AQE= no\r\n";
    let disabled = "535 5.7.139 Authentication unsuccessful\r\n";
    for (steps, expected) in [
        (
            &[OFFERS, (TOKEN, details), ("\r\n", echo)][..],
            "the token: 535 5.7.8 (token) (token) no",
        ),
        (
            &[OFFERS, (TOKEN, echo)],
            "the token: 535 5.7.8 (token) (token) no",
        ),
        (
            &[OFFERS, (TOKEN, disabled)],
            "hint: with Microsoft 365, switch authenticated SMTP on",
        ),
    ] {
        match with_token(steps).await.err() {
            Some(said) => assert!(said.contains(expected), "{said}"),
            other => panic!("{other:?}"),
        }
    }
    let later = [OFFERS, (TOKEN, "454 4.7.0 later\r\n")];
    let why = with_token(&later).await.err().unwrap();
    assert!(why.contains("cannot log anybody in now: 454"), "{why}");
}

#[tokio::test]
async fn a_server_that_takes_no_token_gets_none() {
    let (stream, heard) = server(GREETING, &[EHLO], End::Close);
    let login = login(Auth::Xoauth2, "ya29.canary");
    let why = Smtp::over(stream, &login, "gate.example.net").await.err();
    assert!(
        matches!(&why, Some(said) if said.contains("does not offer AUTH XOAUTH2")),
        "{why:?}"
    );
    assert_eq!(heard.await.unwrap(), b"");
}

/// Connects to a server that plays `clear` before TLS and `within` in it.
async fn upgraded(clear: &[(&str, &str)], within: Script<'_>) -> Result<Smtp, String> {
    let site = site(Tls::StartTls, Some((GREETING, clear)), within).await;
    let login = login(Auth::Password, "letter-box");
    Smtp::connect(&site.peer, &login, "gate.example.net").await
}

#[tokio::test]
async fn what_was_offered_in_clear_is_asked_anew_within_tls() {
    let clear = [
        (EHLO.0, "250-mail\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"),
        ("STARTTLS", "220 go\r\n"),
    ];
    assert!(upgraded(&clear, ("", &[EHLO, AUTH])).await.is_ok());
    let bare = (EHLO.0, "250 mail\r\n");
    let why = upgraded(&clear, ("", &[bare])).await.err();
    assert!(
        matches!(&why, Some(said) if said.contains("neither AUTH PLAIN")),
        "{why:?}"
    );
}

#[tokio::test]
async fn without_tls_no_login_follows() {
    let offers = (EHLO.0, "250-mail\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");
    for (clear, word) in [
        (
            &[(EHLO.0, "250-mail\r\n250 AUTH PLAIN\r\n")][..],
            "does not offer STARTTLS",
        ),
        (&[offers, ("STARTTLS", "454 no\r\n")], "refuses STARTTLS"),
        (
            &[offers, ("STARTTLS", "220 go\r\n250 AUTH PLAIN\r\n")],
            "went on in clear",
        ),
    ] {
        let site = site(Tls::PlainToLoopback, Some((GREETING, clear)), ("", &[])).await;
        let mut peer = site.peer;
        (peer.tls, peer.roots) = (Tls::StartTls, Some(site.roots.path().to_owned()));
        let login = login(Auth::Password, "letter-box");
        let why = Smtp::connect(&peer, &login, "gate.example.net").await.err();
        assert!(matches!(&why, Some(said) if said.contains(word)), "{why:?}");
        assert_eq!(site.heard.await.unwrap(), b"", "{word}");
    }
}

#[tokio::test]
async fn without_a_login_none_is_made() {
    let steps = [
        (
            "EHLO gate.example.net\r\n",
            "250-relay\r\n250 AUTH PLAIN\r\n",
        ),
        MAIL,
    ];
    let (stream, _) = server(GREETING, &steps, End::Close);
    let smtp = Smtp::over(stream, None, "gate.example.net").await;
    let down = hand_over(&mut smtp.unwrap()).await;
    assert!(
        matches!(&down, Attempt::Down(why) if why.starts_with("RCPT TO: ")),
        "{down:?}"
    );
}

/// At whatever step it does, and in whatever form.
#[tokio::test]
async fn a_secret_that_a_server_repeats_later_is_in_no_word() {
    let base64 = [
        "AGFubmEAbGV0dGVyLWJveA==",
        "AGFubmEAbGV0dGVyLWJveA",
        "bGV0dGVyLWJveA==",
    ];
    for form in base64.into_iter().chain(["letter-box"]) {
        let said = |code: u16| format!("{code} 5.0.0 what is AUTH {form}?\r\n");
        let told = |code: u16| format!("{code} 5.0.0 what is AUTH (password)?");
        let (refused, taken, closed) = (said(550), said(250), said(421));
        let attempt = Attempt::Refused(told(550));
        check(&[MAIL, ("RCPT", &refused)], End::Close, attempt, false).await;
        let steps = [&[MAIL, RCPT, DATA], &letter(&taken)[..4]].concat();
        check(&steps, End::Close, Attempt::Sent(told(250)), true).await;
        let attempt = Attempt::Down(format!("MAIL FROM: {}", told(421)));
        check(&[("MAIL", &closed)], End::Close, attempt, false).await;

        let (stream, _) = server(&closed, &[], End::Close);
        let why = over(stream).await.err().unwrap();
        assert!(why.contains(&told(421)), "{why}");
    }
}

/// What is not ASCII comes to us as question marks; and before TLS it is said too.
#[tokio::test]
async fn a_secret_beyond_ascii_that_a_server_repeats_is_in_no_word() {
    let secret = "Gr\u{fc}\u{df}e-2026";
    let login = login(Auth::Password, secret);
    let said = format!("550 5.0.0 what is AUTH {secret}?\r\n");
    let steps = [EHLO, ("AUTH PLAIN", "235 in\r\n"), MAIL, ("RCPT", &said)];
    let (stream, _) = server(GREETING, &steps, End::Close);
    let smtp = Smtp::over(stream, &login, "gate.example.net").await;
    let attempt = hand_over(&mut smtp.unwrap_or_else(|why| panic!("{why}"))).await;
    let told = "550 5.0.0 what is AUTH (password)?".to_owned();
    assert_eq!(attempt, Attempt::Refused(told));

    let site = site(Tls::PlainToLoopback, Some((&said, &[])), ("", &[])).await;
    let mut peer = site.peer;
    (peer.tls, peer.roots) = (Tls::StartTls, Some(site.roots.path().to_owned()));
    let why = Smtp::connect(&peer, &login, "gate.example.net").await;
    let why = why.err().unwrap_or_default();
    assert!(why.contains("what is AUTH (password)?"), "{why}");
}
