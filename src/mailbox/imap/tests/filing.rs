//! The folder for sent mail, against servers by script.

use super::*;
use crate::mail::MessageId;
use crate::mailbox::sent::SentBox;
use jiff::Timestamp;

async fn folder(list: &str) -> Option<String> {
    let steps = [("LIST \"\" \"*\"", list)];
    let mut imap = imap(&steps, End::Hang).await;
    imap.sent_folder().await.unwrap()
}

#[tokio::test]
async fn the_folder_that_the_server_marks_comes_before_one_that_is_named_so() {
    for (list, expected) in [
        (
            "* LIST () \".\" Sent\r\n* LIST (\\HasNoChildren \\Sent) \".\" \"Gesendet\"\r\n$ OK\r\n",
            Some("Gesendet"),
        ),
        (
            "* LIST (\\NoSelect \\Sent) \".\" Old\r\n* LIST () \".\" INBOX.Sent\r\n$ OK\r\n",
            Some("INBOX.Sent"),
        ),
        ("* LIST () \".\" INBOX\r\n$ OK\r\n", None),
    ] {
        assert_eq!(folder(list).await.as_deref(), expected, "{list}");
    }
}

#[tokio::test]
async fn a_letter_is_looked_for_by_its_message_id() {
    let id = MessageId::parse("<a@example.org>").unwrap();
    let search = "UID SEARCH HEADER Message-ID \"a@example.org\"";
    for (answer, expected) in [
        ("* SEARCH 4 7\r\n$ OK\r\n", true),
        ("* SEARCH\r\n$ OK\r\n", false),
        ("$ OK\r\n", false),
    ] {
        let mut imap = imap(&[(search, answer)], End::Hang).await;
        assert_eq!(imap.holds(&id).await.unwrap(), expected, "{answer}");
    }
    let mut imap = imap(&[(search, "$ NO later\r\n")], End::Hang).await;
    assert!(matches!(
        imap.holds(&id).await,
        Err(Trouble::Refused { .. })
    ));
}

fn noon() -> Timestamp {
    "2026-11-03T12:00:00Z".parse().unwrap()
}

const APPEND: &str = "APPEND \"Sent\" (\\Seen) \" 3-Nov-2026 12:00:00 +0000\" {8}";

#[tokio::test]
async fn a_message_goes_as_a_literal_when_the_server_asks_for_it() {
    let steps = [
        (APPEND, "* 3 EXISTS\r\n+ go on\r\n"),
        ("a: b\r\n", ""),
        ("\r\n", ""),
        // `$` would be the tag of this line; the third command is answered.
        ("\r\n", "* 4 EXISTS\r\nA0003 OK [APPENDUID 1 7] done\r\n"),
        ("LOGOUT", "* BYE\r\n$ OK\r\n"),
    ];
    let (mut imap, heard) = logged_in(&steps, End::Close).await;
    imap.append("Sent", b"a: b\r\n\r\n", noon()).await.unwrap();
    imap.leave().await;
    assert_eq!(heard.await.unwrap(), b"");
}

#[tokio::test]
async fn a_server_that_refuses_a_message_is_told_from_one_that_is_lost() {
    for refusal in ["$ NO [NOPERM] read only\r\n", "$ BAD what\r\n"] {
        let steps = [(APPEND, refusal), ("LIST", "$ OK\r\n")];
        let mut imap = imap(&steps, End::Hang).await;
        match imap.append("Sent", b"a: b\r\n\r\n", noon()).await {
            Err(Trouble::Refused { said, .. }) => assert!(!said.is_empty()),
            other => panic!("{other:?}"),
        }
        assert_eq!(imap.sent_folder().await.unwrap(), None, "it goes on");
    }
    let early = [(APPEND, "$ OK before it was sent\r\n")];
    let mut early = imap(&early, End::Hang).await;
    let outcome = early.append("Sent", b"a: b\r\n\r\n", noon()).await;
    lost(&mut early, outcome, "was not complete").await;
    let mut none = imap(&[], End::Hang).await;
    let outcome = none.append("a\r\nA1 DELETE b", b"", noon()).await;
    assert!(matches!(outcome, Err(Trouble::NoFolder(_))));
}
