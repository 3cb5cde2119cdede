//! A server that is ill-disposed may end the connection, and nothing else.
//!
//! Answers are put together from the words of IMAP in any order. A panic fails the test, and
//! a stack that runs over ends the whole test program.

use super::{CAPABILITY, GREETING, LOGIN, over};
use crate::mailbox::imap::*;
use crate::net::scripted::{End, server};
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "* ",
    "+ ",
    "$ ",
    "A0003 ",
    "OK",
    "NO ",
    "BAD ",
    "BYE ",
    "PREAUTH ",
    "[",
    "]",
    "[ALERT]",
    "[BADCHARSET (",
    "[UIDVALIDITY 1]",
    "[CAPABILITY IMAP4rev1]",
    "1 FETCH (",
    "1 EXISTS",
    "1 EXPUNGE",
    "LIST ",
    "LSUB ",
    "STATUS ",
    "FLAGS ",
    "SEARCH ",
    "ID (",
    "METADATA ",
    "QUOTA ",
    "ACL ",
    "VANISHED ",
    "CAPABILITY ",
    "UID 5 ",
    "UID ",
    "RFC822.SIZE 7 ",
    "INTERNALDATE ",
    "\"17-Jul-1996 02:44:25 -0700\" ",
    "FLAGS (\\Seen) ",
    "MODSEQ (1) ",
    "X-NEW ",
    "BODYSTRUCTURE ",
    "ENVELOPE ",
    "BODY ",
    "BODY[]<0> ",
    "BODY[] ",
    "BODY[1] ",
    "BODY[HEADER.FIELDS (A)] ",
    "NIL ",
    "NIL",
    "\"a\" ",
    "\"",
    "(",
    ")",
    " ",
    "{3}\r\nabc",
    "{3}",
    "{3+}\r\n",
    "{99999999999}\r\n",
    "((((((((((((((((((((",
    "))))))))))))))))))))",
    "\u{e9}",
    "\u{fffd}",
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\r\n",
    "\r\n",
    "4294967296",
    "0",
];

/// Some of the words between two ends that make an answer of them.
fn answer() -> impl Strategy<Value = String> {
    let ends = [
        ("* 1 FETCH (", ")\r\n"),
        ("* 1 FETCH (UID 5 ", " UID 5)\r\n"),
        ("* OK ", "\r\n"),
        ("+ ", "\r\n"),
        ("* LIST (", "\r\n"),
        ("* ", "\r\n"),
        ("", "\r\n"),
        ("", ""),
    ];
    let words = prop::collection::vec(prop::sample::select(WORDS), 0..5);
    let one = (prop::sample::select(ends.to_vec()), words)
        .prop_map(|((begin, end), words)| format!("{begin}{}{end}", words.concat()));
    prop::collection::vec(one, 0..8).prop_map(|answers| answers.concat())
}

proptest! {
    #[test]
    fn no_answer_ends_more_than_the_connection(answers in prop::collection::vec(answer(), 4)) {
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
            for (command, answer) in answers.iter().enumerate() {
                let (stream, _) = server(GREETING, &[LOGIN, CAPABILITY, ("", answer)], End::Close);
                // The answer may come before its command: to a parser that is no difference.
                let Ok(mut imap) = over(stream).await else { continue };
                let _ = match command {
                    0 => imap.uids().await.map(|_| ()),
                    1 => imap.list(&[5]).await.map(|_| ()),
                    2 => imap.slice(5, 0, 1 << 20, &mut |_| ()).await.map(|_| ()),
                    _ => imap.folders().await.map(|_| ()),
                };
            }
        });
    }
}
