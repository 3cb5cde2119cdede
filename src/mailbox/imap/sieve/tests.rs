//! What passes the sieve, what falls, and what ends the connection.

use super::*;

/// What becomes of each line of `answer`: `+` pass, `-` drop, `r` raw, `!` broken off.
fn fate(lines: &[&str]) -> String {
    let mut sieve = Sieve::default();
    let judge = |line: &&str| match sieve.judge(&mut format!("{line}\r\n").into_bytes()) {
        Ok(Then::Pass) => '+',
        Ok(Then::Drop) => '-',
        Ok(Then::Raw(_)) => 'r',
        Err(_) => '!',
    };
    lines.iter().map(judge).collect()
}

fn check(expected: &str, lines: &[&str]) {
    assert_eq!(fate(lines), expected, "{lines:?}");
}

#[test]
fn what_we_ask_for_passes() {
    check("+", &["* OK [UIDVALIDITY 7] valid"]);
    check("++", &["* 12 EXISTS", "* 12 exists "]);
    check("+", &["* CAPABILITY IMAP4rev1 IDLE"]);
    check("+", &["+ idling"]);
    check("++", &["* SEARCH", "* search 1 22 "]);
    check("+", &["A0001 NO [NONEXISTENT] not here"]);
    check(
        "+",
        &["* 1 FETCH (UID 5 RFC822.SIZE 44 INTERNALDATE \" 1-Jan-2026 00:00:00 +0000\")"],
    );
    check("+", &["* 1 FETCH (FLAGS (\\Seen) UID 5 MODSEQ (9))"]);
    check("r+", &["* 1 FETCH (UID 5 BODY[]<0> {10}", ")"]);
    check("r+", &["* 1 FETCH (FLAGS (\\Seen) BODY[] {10}", " UID 5)"]);
    check("+", &["* 1 FETCH (UID 5 BODY[]<1048576> \"\")"]);
    let fields = "BODY[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]";
    for origin in ["", "<0>"] {
        let line = format!("* 1 FETCH (UID 5 RFC822.SIZE 9 {fields}{origin} {{16384}}");
        check("r+", &[&line, ")"]);
        check(
            "r+",
            &[&format!("* 1 FETCH ({fields}{origin} {{1}}"), " UID 5)"],
        );
    }
    check("r+", &["* LIST () \"/\" {5}", ""]);
    check("+", &["* LIST () \"/\" \"a (b) {5}c\""]);
}

#[test]
fn what_nobody_asked_for_falls() {
    for line in [
        "* 1 RECENT",
        "* 1 EXPUNGE",
        "* FLAGS (\\Seen)",
        "* SEARCH 1 2 (MODSEQ 3)",
        "* SEARCHING",
        "* ID (\"a\" NIL)",
        "* METADATA x (/y)",
        "* STATUS a (UNSEEN 1)",
    ] {
        check("-", &[line]);
    }
}

#[test]
fn literals_stand_where_they_belong_or_end_it() {
    for line in [
        "* OK {5}",
        "A1 NO [BADCHARSET ({5}",
        "* STATUS {5}",
        "* ID (\"a\" {5+}",
        "* 1 FETCH (UID 5 BODY[1] {5}",
        "* 1 FETCH (UID 5 BODY[]<0> {1048577}",
        "* 1 FETCH (UID 5 BODY[]<0> {99999999999999999999999}",
        "* 1 FETCH (UID 5 X (BODY[]<0> {5}",
        "* 1 FETCH (X \")\" (BODY[]<0> {5}",
        "* 1 FETCH (UID 5 XBODY[]<0> {5}",
        "* 1 FETCH (UID 5 BODY[]<0>{5}",
        "* 1 FETCH (UID 5 BODY[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]<0> {16385}",
        "* 1 FETCH (UID 5 BODY[HEADER.FIELDS (FROM DATE SUBJECT)]<0> {5}",
        "* 1 FETCH (UID 5 XBODY[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)] {5}",
        "* 1 FETCH (UID 5 BODY[HEADER.FIELDS (\"FROM\" DATE SUBJECT MESSAGE-ID)] {5}",
        "* 1 FETCH (UID 5 BODY[]<x> {5}",
        "* LIST () \"/\" {5000}",
    ] {
        check("!", &[line]);
    }
}

#[test]
fn one_answer_holds_each_literal_once_and_no_more_bytes_than_were_asked_for() {
    let fields =
        "BODY[HEADER.FIELDS (FROM DATE SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES TO CC)]<0> {5}";
    let first = format!("* 1 FETCH (UID 5 {fields}");
    let again = format!(" {fields}");
    check("rr+", &[&first, " BODY[]<0> {1048576}", ")"]);
    check("r!", &["* 1 FETCH (BODY[]<0> {5}", " BODY[]<0> {5}"]);
    check("rr!", &[&first, " BODY[]<0> {5}", &again]);
    check("r!", &[&first, &again]);
    check("r!", &["* LIST () {1}", " {1}"]);
    check("r+r+", &["* LIST () {1}", "", "* LIST () {1}", ""]);
    let rest = format!(" X {})", "x".repeat(64_000));
    check("r+", &["* 1 FETCH (BODY[]<0> {1048576}", &rest]);
    let most = format!("* 1 FETCH (X {} BODY[]<0> {{1048576}}", "x".repeat(2000));
    check("r!", &[&most, &rest]);
    let much = format!("* 1 FETCH (X {} BODY[]<0> {{1048576}}", "x".repeat(65_530));
    check("!", &[&much]);
}

#[test]
fn an_answer_that_does_not_end_ends_it() {
    check("!", &["* 1 FETCH (UID 5 X a"]);
    check("r!", &["* 1 FETCH (UID 5 BODY[] {5}", " X (a"]);
    assert!(
        Sieve::default()
            .judge(&mut b"* OK bare\n".to_vec())
            .is_err()
    );
}

#[test]
fn depth_is_counted_over_the_whole_answer() {
    let (half, tail) = ("(".repeat(60), ")".repeat(60));
    check("+", &[&format!("* 1 FETCH (X {half}{tail})")]);
    check("!", &[&format!("* 1 FETCH (X {half}{half})")]);
    check(
        "r!",
        &[
            &format!("* 1 FETCH (X {half}{tail} BODY[] {{5}}"),
            &format!(" X {half})"),
        ],
    );
}

#[test]
fn a_date_that_is_none_ends_it() {
    check("!", &["* 1 FETCH (UID 5 internaldate NIL)"]);
}

#[test]
fn a_text_that_is_glued_to_its_code_is_parted() {
    for (before, after) in [
        (
            "* OK [ALERT]\u{e9}t\u{e9}\r\n",
            "* OK [ALERT] \u{e9}t\u{e9}\r\n",
        ),
        ("* OK [ALERT]x\r\n", "* OK [ALERT]x\r\n"),
        ("* OK [A]\u{e9}]\u{e9}\r\n", "* OK [A] \u{e9}] \u{e9}\r\n"),
    ] {
        let mut line = before.as_bytes().to_vec();
        assert_eq!(Sieve::default().judge(&mut line).unwrap(), Then::Pass);
        assert_eq!(String::from_utf8(line).unwrap(), after);
    }
}
