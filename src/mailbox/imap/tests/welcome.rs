//! Greeting and login: by password, by token, after STARTTLS; and never a secret in words.

use super::*;
use crate::config::Tls;
use crate::net::scripted::{Script, site};

#[tokio::test]
async fn a_greeting_is_an_ok_and_nothing_else() {
    for (greeting, word) in [
        ("* PREAUTH welcome\r\n", "PREAUTH"),
        ("* BYE too many\r\n", "BYE: too many"),
        ("220 smtp.example.net ESMTP\r\n", "cannot be understood"),
        ("A1 OK hello\r\n", "not the greeting"),
        ("", "closed"),
    ] {
        match over(server(greeting, &[], End::Close).0).await {
            Err(Trouble::Lost(why)) => assert!(why.to_string().contains(word), "{word}: {why}"),
            other => panic!("{greeting:?} gave {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_refused_login_says_why_and_never_the_password() {
    for (reply, expected) in [
        (
            "$ NO [AUTHENTICATIONFAILED] Authentication failed.\r\n",
            "Login(\"[AUTHENTICATIONFAILED] Authentication failed.\")",
        ),
        (
            "$ NO LOGIN \"anna\" \"letter-box\" is wrong\r\n",
            "Login(\"LOGIN \\\"anna\\\" \\\"(password)\\\" is wrong\")",
        ),
        (
            "$ NO bGV0dGVyLWJveA== AGFubmEAbGV0dGVyLWJveA==\r\n",
            "Login(\"(password) (password)\")",
        ),
        (
            "$ NO [AUTHORIZATIONFAILED] not you\r\n",
            "Permission(\"the server does not let us in: [AUTHORIZATIONFAILED] not you\\n  hint",
        ),
        (
            "$ NO [UNAVAILABLE] later\r\n",
            "Lost(the server cannot log anybody in now: [UNAVAILABLE] later)",
        ),
        (
            "$ BAD unknown letter-box\r\n",
            "Login(\"unknown (password)\")",
        ),
        ("* BYE gone\r\n", "Lost(the server closed the connection)"),
    ] {
        let said = format!(
            "{:?}",
            over(server(GREETING, &[(LOGIN.0, reply)], End::Close).0)
                .await
                .unwrap_err()
        );
        // Debug of an anyhow error may go on with a backtrace.
        assert!(said.starts_with(expected.trim_end_matches(')')), "{said}");
        assert!(!said.contains("letter-box"), "{said}");
    }
}

#[tokio::test]
async fn a_password_beyond_ascii_goes_by_plain() {
    let steps = [
        ("AUTHENTICATE PLAIN", "+ \r\n"),
        ("AGFubmEAZ3LDvG4=", "A0001 OK in\r\n"),
        CAPABILITY,
    ];
    let (stream, _) = server(GREETING, &steps, End::Close);
    Imap::over(stream, &login(Auth::Password, "gr\u{fc}n"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_password_with_a_line_end_is_never_sent() {
    let (stream, heard) = server(GREETING, &[], End::Hang);
    let outcome = Imap::over(stream, &login(Auth::Password, "a\r\nA2 DELETE x")).await;
    assert!(matches!(outcome, Err(Trouble::Login(_))));
    assert_eq!(heard.await.unwrap(), b"");
}

/// `user=anna^Aauth=Bearer ya29.canary^A^A`
const TOKEN: &str = "dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHlhMjkuY2FuYXJ5AQE=";

async fn with_token(steps: &[(&str, &str)]) -> Result<Imap, Trouble> {
    let (stream, _) = server(GREETING, steps, End::Close);
    Imap::over(stream, &login(Auth::Xoauth2, "ya29.canary")).await
}

fn offering(words: &str) -> String {
    format!("* CAPABILITY IMAP4rev1 {words}\r\n$ OK\r\n")
}

#[tokio::test]
async fn a_token_goes_with_the_command_or_after_it() {
    let at_once = offering("SASL-IR AUTH=PLAIN AUTH=xoauth2");
    let command = format!("AUTHENTICATE XOAUTH2 {TOKEN}\r\n");
    let steps = [
        ("CAPABILITY", at_once.as_str()),
        (command.as_str(), "$ OK in\r\n"),
        CAPABILITY,
    ];
    with_token(&steps).await.unwrap();
    let asked = offering("AUTH=XOAUTH2");
    let steps = [
        ("CAPABILITY", asked.as_str()),
        ("AUTHENTICATE XOAUTH2\r\n", "+ \r\n"),
        (TOKEN, "* CAPABILITY IMAP4rev1\r\nA0001 OK in\r\n"),
        CAPABILITY,
    ];
    with_token(&steps).await.unwrap();
}

#[tokio::test]
async fn a_refused_token_is_a_refused_login_and_in_no_word() {
    // {"status":"400"}
    let details = "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n";
    let told = format!("A0001 NO [AUTHENTICATIONFAILED] ya29.canary {TOKEN} is no good\r\n");
    let command = format!("AUTHENTICATE XOAUTH2 {TOKEN}");
    let (at_once, asked) = (offering("SASL-IR AUTH=XOAUTH2"), offering("AUTH=XOAUTH2"));
    for steps in [
        &[
            ("CAPABILITY", at_once.as_str()),
            (&command, details),
            ("\r\n", &told),
        ][..],
        &[("CAPABILITY", &at_once), (&command, &told)],
        &[
            ("CAPABILITY", &asked),
            ("AUTHENTICATE XOAUTH2\r\n", "+ \r\n"),
            (TOKEN, details),
            ("\r\n", &told),
        ],
    ] {
        let why = with_token(steps).await.unwrap_err();
        let expected = "[AUTHENTICATIONFAILED] (token) (token) is no good";
        assert!(
            matches!(&why, Trouble::Login(said) if said == expected),
            "{why:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_takes_no_token_gets_none() {
    let offers = offering("SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER");
    let (stream, heard) = server(GREETING, &[("CAPABILITY", &offers)], End::Close);
    let why = Imap::over(stream, &login(Auth::Xoauth2, "ya29.canary"))
        .await
        .unwrap_err();
    assert!(
        matches!(&why, Trouble::Login(said) if said.contains("AUTH=XOAUTH2")),
        "{why:?}"
    );
    assert_eq!(heard.await.unwrap(), b"", "and heard nothing more");
}

/// Connects to a server that plays `clear` before TLS and `within` in it.
async fn upgraded(clear: &[(&str, &str)], within: Script<'_>) -> Result<Imap, Trouble> {
    let site = site(Tls::StartTls, Some((GREETING, clear)), within).await;
    Imap::connect(&site.peer, &login(Auth::Xoauth2, "ya29.canary")).await
}

#[tokio::test]
async fn what_was_offered_in_clear_is_asked_anew_within_tls() {
    let clear = offering("STARTTLS AUTH=XOAUTH2 SASL-IR");
    let clear = [
        ("T1 CAPABILITY", clear.as_str()),
        ("T2 STARTTLS", "$ OK\r\n"),
    ];
    let command = format!("AUTHENTICATE XOAUTH2 {TOKEN}");
    let offers = offering("AUTH=XOAUTH2 SASL-IR");
    let within = [
        ("C1 CAPABILITY", offers.as_str()),
        (&command, "$ OK\r\n"),
        CAPABILITY,
    ];
    assert!(upgraded(&clear, ("", &within)).await.unwrap().idles);
    let offers = offering("AUTH=PLAIN");
    let why = upgraded(&clear, ("", &[("CAPABILITY", &offers)])).await;
    assert!(matches!(why, Err(Trouble::Login(said)) if said.contains("no login with a token")));
}

#[tokio::test]
async fn without_tls_no_login_follows() {
    let offers = offering("STARTTLS");
    for (clear, word) in [
        (
            &[("T1", "* CAPABILITY AUTH=PLAIN\r\n$ OK\r\n")][..],
            "does not offer STARTTLS",
        ),
        (
            &[("T1", &offers), ("T2", "$ NO no\r\n")],
            "refuses STARTTLS",
        ),
        (
            &[("T1", &offers), ("T2", "$ OK\r\n* OK\r\n")],
            "went on in clear",
        ),
    ] {
        let site = site(Tls::PlainToLoopback, Some((GREETING, clear)), ("", &[])).await;
        let mut peer = site.peer;
        (peer.tls, peer.roots) = (Tls::StartTls, Some(site.roots.path().to_owned()));
        let why = Imap::connect(&peer, &login(Auth::Password, "letter-box"))
            .await
            .unwrap_err();
        assert!(
            matches!(&why, Trouble::Lost(_)) && why.to_string().contains(word),
            "{why}"
        );
        assert_eq!(site.heard.await.unwrap(), b"", "{word}");
    }
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
        let bad = format!("$ BAD unknown command LOGIN anna {form}\r\n");
        let mut imap = imap(&[("EXAMINE", bad.as_str())], End::Close).await;
        let why = imap.open("x").await.unwrap_err().to_string();
        assert!(why.contains("LOGIN anna (password)"), "{why}");

        let bye = format!("* BYE and remember {form}\r\n");
        let mut imap = self::imap(&[("EXAMINE", bye.as_str())], End::Close).await;
        let why = imap.open("x").await.unwrap_err().to_string();
        assert!(why.contains("remember (password)"), "{why}");

        // Where the words are cut, no half of it is left.
        let long = format!("$ NO {}{form}\r\n", "x".repeat(295));
        let mut imap = self::imap(
            &[
                ("EXAMINE", long.as_str()),
                ("LIST", "* LIST () \"/\" \"x\"\r\n$ OK\r\n"),
            ],
            End::Close,
        )
        .await;
        let why = imap.open("x").await.unwrap_err().to_string();
        assert!(why.contains("x(pas") && !why.contains("xl"), "{why}");

        let greeting = format!("* BYE I know {form}\r\n");
        let (stream, _) = server(&greeting, &[], End::Close);
        let why = over(stream).await.unwrap_err().to_string();
        assert!(why.contains("know (password)"), "{why}");
    }
}

/// Our readers hand on what is not ASCII as something else; and before TLS it is said too.
#[tokio::test]
async fn a_secret_beyond_ascii_that_a_server_repeats_is_in_no_word() {
    let secret = "Gru\u{308}\u{df}e[x]\u{e4}-2026";
    let login = login(Auth::Password, secret);
    let no = format!("A0001 NO who is {secret}?\r\n");
    let bye = format!("* BYE who is {secret}?\r\n");
    let asked = ("AUTHENTICATE PLAIN", "+ \r\n");
    for (greeting, steps) in [
        (GREETING, &[asked, ("AGFubmEA", no.as_str())][..]),
        (&bye, &[]),
        (
            GREETING,
            &[asked, ("AGFubmEA", "A0001 OK\r\n"), ("CAPABILITY", &bye)],
        ),
    ] {
        let (stream, _) = server(greeting, steps, End::Close);
        let why = Imap::over(stream, &login).await.unwrap_err().to_string();
        assert!(why.contains("who is (password)?"), "{why}");
    }
    let offers = offering("STARTTLS");
    let no = format!("$ NO who is {secret}?\r\n");
    let clear = [("T1", offers.as_str()), ("T2", &no)];
    let site = site(Tls::PlainToLoopback, Some((GREETING, &clear)), ("", &[])).await;
    let mut peer = site.peer;
    (peer.tls, peer.roots) = (Tls::StartTls, Some(site.roots.path().to_owned()));
    let why = Imap::connect(&peer, &login).await.unwrap_err().to_string();
    assert!(why.contains("who is (password)?"), "{why}");
}
