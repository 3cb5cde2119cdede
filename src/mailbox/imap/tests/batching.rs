//! Tests of many messages by one command: matched by UID, and one that is left out or
//! broken stands before no other.

use super::{imap, lost};
use crate::mailbox::imap::*;
use crate::net::scripted::End;

const TEXTS: &str = "UID FETCH 5:7,9 (UID BODY.PEEK[]<0.10>)";
const FIELDS: &str =
    "BODY[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]<0>";

type Texts = Vec<(u32, Vec<u8>)>;

async fn texts(imap: &mut Imap) -> (Texts, Result<(), Trouble>) {
    let mut got = Vec::new();
    let mut each = |uid, bytes: &[u8]| got.push((uid, bytes.to_vec()));
    let outcome = imap.batch(&[9, 5, 7, 6, 5], 10, &mut each).await;
    (got, outcome)
}

#[tokio::test]
async fn texts_come_in_any_order_and_only_those_that_were_asked_for() {
    let answers = concat!(
        "* 4 FETCH (UID 9 BODY[]<0> {4}\r\nnine)\r\n",
        "* 1 FETCH (UID 666 BODY[]<0> {5}\r\nwrong)\r\n",
        "* 1 FETCH (UID 5 BODY[]<0> {10}\r\n0123\r\n\0\u{e9}\n)\r\n",
        "* 1 FETCH (UID 5 BODY[]<0> {5}\r\nagain)\r\n",
        "* 2 FETCH (UID 6 FLAGS (\\Seen))\r\n",
        "* 3 FETCH (UID 7 BODY[]<0> NIL)\r\n",
    );
    for end in ["$ OK\r\n", "$ NO one cannot be read\r\n", "$ BAD what\r\n"] {
        let reply = format!("{answers}{end}");
        let steps = [(TEXTS, reply.as_str()), ("UID FETCH 1:* (UID)", "$ OK\r\n")];
        let mut imap = imap(&steps, End::Close).await;
        let (got, outcome) = texts(&mut imap).await;
        outcome.unwrap();
        let expected = [(9, b"nine".to_vec()), (5, "0123\r\n\0\u{e9}\n".into())];
        assert_eq!(got, expected);
        assert_eq!(
            imap.uids().await.unwrap(),
            Vec::<u32>::new(),
            "the connection goes on"
        );
    }
}

#[tokio::test]
async fn what_came_before_the_connection_broke_counts() {
    for (answer, word) in [
        ("* 2 FETCH (UID 6 BODY[]<0> {11}\r\n", "closed"),
        (
            "* 2 FETCH (UID 6 BODY[]<0> {11}\r\n01234567890)\r\n",
            "more of a message",
        ),
        ("* 2 FETCH (UID 6 BODY[]<0> {2000000}\r\n", "not asked for"),
        ("* 2 FETCH (BODY[]<0> {1}\r\na)\r\n", "did not say of which"),
        ("* 2 FETCH (UID 6 BODY[]<9> {1}\r\na)\r\n", "another part"),
    ] {
        let reply = format!("* 1 FETCH (UID 5 BODY[]<0> {{4}}\r\nfive)\r\n{answer}");
        let mut imap = imap(&[(TEXTS, &reply)], End::Close).await;
        let (got, outcome) = texts(&mut imap).await;
        assert_eq!(got, [(5, b"five".to_vec())]);
        lost(&mut imap, outcome, word).await;
    }
}

#[tokio::test]
async fn heads_are_whole_or_left_out() {
    let ask = "UID FETCH 5:8 (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]<0.16384>)";
    let reply = format!(
        "* 1 FETCH (UID 5 RFC822.SIZE 44 {FIELDS} {{15}}\r\nSubject: a b\r\n\r)\r\n\
         * 2 FETCH (UID 6 {FIELDS} {{2}}\r\n\r\n)\r\n\
         * 3 FETCH (UID 7 RFC822.SIZE 9)\r\n\
         * 4 FETCH (UID 666 RFC822.SIZE 9 {FIELDS} {{2}}\r\n\r\n)\r\n\
         * 5 FETCH ({FIELDS} {{2}}\r\n\r\n RFC822.SIZE 7 UID 8)\r\n$ OK\r\n"
    );
    let mut imap = imap(&[(ask, &reply)], End::Close).await;
    let mut got = Vec::new();
    let mut each = |uid, size, fields: &[u8]| got.push((uid, size, fields.to_vec()));
    imap.heads(&[8, 7, 6, 5], &mut each).await.unwrap();
    let expected = [
        (5, 44, b"Subject: a b\r\n\r".to_vec()),
        (8, 7, b"\r\n".to_vec()),
    ];
    assert_eq!(got, expected);
}

#[tokio::test]
async fn a_head_that_is_refused_stands_before_no_other() {
    let head = |uid: u32| format!("* 1 FETCH (UID {uid} RFC822.SIZE 9 {FIELDS} {{2}}\r\n\r\n)\r\n");
    for end in ["$ NO one is damaged\r\n", "$ BAD one is damaged\r\n"] {
        let (first, last) = (format!("{}{end}", head(5)), format!("{}$ OK\r\n", head(7)));
        let steps = [
            ("UID FETCH 5:7 (", first.as_str()),
            ("UID FETCH 6 (", end),
            ("UID FETCH 7 (", &last),
        ];
        let mut imap = imap(&steps, End::Close).await;
        let mut got = Vec::new();
        let mut each = |uid, _, _: &[u8]| got.push(uid);
        imap.heads(&[5, 6, 7], &mut each).await.unwrap();
        assert_eq!(got, [5, 7]);
    }
}

#[tokio::test]
async fn uids_are_asked_for_from_one_on_and_lower_ones_are_no_answer() {
    let reply = "* 3 FETCH (UID 7)\r\n$ OK\r\n";
    let steps = [
        ("UID FETCH 8:* (UID)", reply),
        ("UID FETCH 7:* (UID)", reply),
    ];
    let mut imap = imap(&steps, End::Close).await;
    assert_eq!(imap.uids_from(8).await.unwrap(), Vec::<u32>::new());
    assert_eq!(imap.uids_from(7).await.unwrap(), [7]);
}
