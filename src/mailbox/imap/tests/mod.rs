//! Greeting, login, folders and listings, against servers by script.

mod batching;
mod fetching;
mod filing;
mod welcome;
mod waiting;

use super::*;
use crate::config::Auth;
use crate::net::scripted::{End, server};
use secrecy::SecretString;

const GREETING: &str = "* OK ready\r\n";
const LOGIN: (&str, &str) = ("LOGIN \"anna\" \"letter-box\"", "$ OK in\r\n");
const CAPABILITY: (&str, &str) = ("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\n$ OK\r\n");

fn login(auth: Auth, secret: &str) -> Login {
    Login {
        user: "anna".to_owned(),
        auth,
        secret: SecretString::from(secret),
    }
}

async fn over(stream: Stream) -> Result<Imap, Trouble> {
    Imap::over(stream, &login(Auth::Password, "letter-box")).await
}

/// Logged in to a server that then plays `steps`, and what it heard after them.
async fn logged_in(steps: &[(&str, &str)], end: End) -> (Imap, tokio::task::JoinHandle<Vec<u8>>) {
    let steps = [&[LOGIN, CAPABILITY], steps].concat();
    let (stream, heard) = server(GREETING, &steps, end);
    (over(stream).await.unwrap(), heard)
}

/// Logged in to a server that then plays `steps`.
async fn imap(steps: &[(&str, &str)], end: End) -> Imap {
    logged_in(steps, end).await.0
}

/// That it ended as `Lost`, in which words, and that the connection is not used again.
async fn lost<T: std::fmt::Debug>(imap: &mut Imap, outcome: Result<T, Trouble>, word: &str) {
    match outcome {
        Err(Trouble::Lost(why)) => {
            assert!(format!("{why:#}").contains(word), "{word:?} not in {why:#}")
        }
        other => panic!("not lost: {other:?}"),
    }
    assert!(
        matches!(imap.uids().await, Err(Trouble::Lost(why)) if why.to_string().contains("failed before"))
    );
}

#[tokio::test]
async fn a_folder_is_examined() {
    let reply =
        "* 3 EXISTS\r\n* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 9] x\r\n$ OK [READ-ONLY] done\r\n";
    let mut imap = imap(
        &[
            ("EXAMINE \"A \\\"b\\\"\"", reply),
            ("EXAMINE \"bare\"", "$ OK\r\n"),
        ],
        End::Close,
    )
    .await;
    assert_eq!(
        imap.open("A \"b\"").await.unwrap(),
        Opened {
            uidvalidity: 77,
            exists: 3,
            uidnext: 9
        }
    );
    assert_eq!(
        imap.open("bare").await.unwrap(),
        Opened {
            uidvalidity: 0,
            exists: 0,
            uidnext: 0
        }
    );
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_from_one_that_is_closed_to_us() {
    for (reply, missing) in [
        ("$ OK\r\n", true),
        ("* LIST (\\NoSelect) \"/\" \"x\"\r\n$ OK\r\n", true),
        ("* LIST () \"/\" \"x\"\r\n$ OK\r\n", false),
    ] {
        let mut imap = imap(
            &[
                ("EXAMINE", "$ NO whatever it says\r\n"),
                ("LIST \"\" \"x\"", reply),
            ],
            End::Close,
        )
        .await;
        match imap.open("x").await.unwrap_err() {
            Trouble::NoFolder(name) => assert!(missing && name == "x"),
            Trouble::Refused { command, said } => {
                assert!(!missing && command == "EXAMINE \"x\"" && said == "whatever it says")
            }
            other => panic!("{other:?}"),
        }
    }
    let mut imap = imap(&[], End::Close).await;
    assert!(matches!(
        imap.open("a\r\nA9 DELETE b").await,
        Err(Trouble::NoFolder(_))
    ));
}

#[tokio::test]
async fn a_folder_that_is_closed_to_us_keeps_the_others_open() {
    for reply in [
        "$ NO [NOPERM] Permission denied\r\n",
        "$ BAD User is authenticated but not connected.\r\n",
    ] {
        let steps = [("EXAMINE \"Junk\"", reply), ("EXAMINE", "$ OK\r\n")];
        let mut imap = imap(&steps, End::Close).await;
        let why = imap.open("Junk").await.unwrap_err();
        assert!(
            matches!(&why, Trouble::Permission(said) if said.contains("Junk") && said.contains("hint")),
            "{why:?}"
        );
        imap.open("INBOX").await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_is_out_of_order_is_lost_and_not_refusing() {
    let reply = "$ NO [UNAVAILABLE] try again\r\n";
    let mut two = imap(&[("LIST", reply)], End::Close).await;
    let outcome = two.folders().await;
    lost(&mut two, outcome, "[UNAVAILABLE] try again").await;
}

#[tokio::test]
async fn a_folder_that_is_out_of_order_keeps_the_others_open() {
    for reply in [
        "$ NO [SERVERBUG] damaged\r\n",
        "$ NO [UNAVAILABLE] damaged\r\n",
        "$ NO damaged\r\n",
        "$ BAD damaged\r\n",
    ] {
        let mut steps = vec![("EXAMINE \"Junk\"", reply)];
        if reply == "$ NO damaged\r\n" {
            steps.push(("LIST", "* LIST () \"/\" Junk\r\n$ OK\r\n"));
        }
        steps.push(("EXAMINE \"INBOX\"", "$ OK\r\n"));
        let mut imap = imap(&steps, End::Close).await;
        let why = imap.open("Junk").await.unwrap_err();
        assert!(
            matches!(&why, Trouble::Refused { command, said } if command.contains("Junk") && said.contains("damaged")),
            "{why:?}"
        );
        imap.open("INBOX").await.unwrap();
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_listed_stands_before_no_other() {
    for end in ["$ NO [SERVERBUG] damaged\r\n", "$ BAD damaged\r\n"] {
        let first = format!("* 1 FETCH (UID 5 RFC822.SIZE 44)\r\n{end}");
        let steps = [
            ("UID FETCH 5:8 (", first.as_str()),
            ("UID FETCH 6 (", end),
            (
                "UID FETCH 7 (",
                "* 3 FETCH (UID 7 RFC822.SIZE 46)\r\n$ OK\r\n",
            ),
            ("UID FETCH 8 (", "$ OK\r\n"),
        ];
        let mut imap = imap(&steps, End::Close).await;
        let listed = imap.list(&[5, 6, 7, 8]).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|l| (l.uid, l.size)).collect();
        assert_eq!(listed, [(5, 44), (6, 0), (7, 46)], "8 is gone");
    }
}

#[tokio::test]
async fn folders_are_those_that_can_be_opened() {
    let reply = "* LIST () \"/\" INBOX\r\n* LIST (\\NoSelect) \"/\" a\r\n* LIST (\\NonExistent) \"/\" b\r\n* LIST () \"/\" {3}\r\nx y\r\n* LIST () \"/\" \"q\\\"\\\\\"\r\n$ OK\r\n";
    let mut imap = imap(&[("LIST \"\" \"*\"", reply)], End::Close).await;
    let there = imap.folders().await.unwrap();
    let names: Vec<&str> = there.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["INBOX", "x y", "q\"\\"]);
}

#[tokio::test]
async fn a_server_that_marks_folders_when_asked_is_asked_after_the_login() {
    // What it can do shows only then.
    let after = "* CAPABILITY IMAP4rev1 SPECIAL-USE\r\n$ OK\r\n";
    let marked =
        "* LIST (\\HasNoChildren \\Junk) \".\" INBOX.x\r\n* LIST (\\sent) NIL y\r\n$ OK\r\n";
    let plain = "* LIST () \".\" INBOX\r\n$ OK\r\n";
    let asked = "LIST \"\" \"*\" RETURN (SPECIAL-USE)";
    let steps = [
        LOGIN,
        ("CAPABILITY", after),
        (asked, marked),
        (asked, "$ BAD what?\r\n"),
        ("LIST \"\" \"*\"", plain),
    ];
    let (stream, _) = server(GREETING, &steps, End::Close);
    let mut imap = over(stream).await.unwrap();
    let mut found = async || {
        let there = imap.folders().await.unwrap();
        let words = |t: &There| format!("{} {:?} {:?}", t.name, t.separator, t.marked);
        there.iter().map(words).collect::<Vec<_>>().join(", ")
    };
    let first = "INBOX.x Some(\".\") Some(Junk), y None Some(Sent)";
    assert_eq!(found().await, first);
    assert_eq!(found().await, "INBOX Some(\".\") None");
}

#[tokio::test]
async fn uids_are_single_and_ascending() {
    let reply = "* 1 FETCH (UID 9)\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 4 FLAGS ())\r\n* 3 FETCH (UID 9)\r\n* 4 FETCH (UID 0)\r\n$ OK\r\n";
    let mut imap = imap(&[("UID FETCH 1:* (UID)", reply)], End::Close).await;
    assert_eq!(imap.uids().await.unwrap(), [4, 9]);
}

#[tokio::test]
async fn a_listing_holds_what_was_asked_for() {
    let reply = concat!(
        "* 1 FETCH (UID 5 RFC822.SIZE 44 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n",
        "* 2 FETCH (UID 6 RFC822.SIZE 45 INTERNALDATE \"yesterday\")\r\n",
        "* 3 FETCH (UID 7 FLAGS (\\Deleted))\r\n",
        "* 4 FETCH (UID 666 RFC822.SIZE 1 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n",
        "* 5 FETCH (RFC822.SIZE 1)\r\n",
        "* 6 FETCH (UID 9 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n* 6 FETCH (RFC822.SIZE 99 UID 9)\r\n",
    );
    for end in ["$ OK\r\n", "$ NO [EXPUNGEISSUED] some are gone\r\n"] {
        let reply = format!("{reply}{end}");
        let mut imap = imap(
            &[("UID FETCH 5:7,9 (RFC822.SIZE INTERNALDATE)", &reply)],
            End::Close,
        )
        .await;
        let date = "1996-07-17T09:44:25Z".parse().ok();
        let expected = [(5, 44, date), (6, 45, None), (9, 99, date)];
        assert_eq!(
            imap.list(&[9, 7, 5, 6, 5]).await.unwrap(),
            expected.map(|(uid, size, internal_date)| Listed {
                uid,
                size,
                internal_date
            })
        );
    }
}

#[tokio::test]
async fn a_long_listing_goes_in_batches_and_an_empty_one_asks_nothing() {
    let steps = [
        (
            "UID FETCH 1:500 (",
            "* 1 FETCH (UID 1 RFC822.SIZE 1)\r\n$ OK\r\n",
        ),
        ("UID FETCH 501 (", "$ OK\r\n"),
    ];
    let mut imap = imap(&steps, End::Close).await;
    assert_eq!(imap.list(&[]).await.unwrap(), []);
    assert_eq!(
        imap.list(&(1..=501).collect::<Vec<_>>())
            .await
            .unwrap()
            .len(),
        1
    );
}
