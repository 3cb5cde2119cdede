//! Mails as programs and people write them.

use super::*;

fn check(text: &str, new: &str) {
    assert_eq!(newly_written(&Foreign::new(text)).raw(), new, "{text:?}");
}

#[test]
fn what_stands_above_a_quote_is_new() {
    check(
        "yes\r\n\r\nOn 1 Nov 2026, Kim wrote:\r\n> is it?\r\n",
        "yes",
    );
    check(
        "yes\n\nOn 1 Nov 2026 at 10:00, Kim Lee\n<kim@example.net>\nwrote:\n\n> is it?\n",
        "yes",
    );
    check(
        "ja\n\nAm 01.11.26 um 10:00 schrieb Kim Lee <kim@example.net>:\n> ist es?",
        "ja",
    );
    check(
        "да\n\nср, 30 2025 г. в 15:19, Kim <kim@example.net>:\n\nнет",
        "да",
    );
    check("yes\n\n-----Original Message-----\nis it?", "yes");
    check(
        "yes\n\n________________________________\nFrom: Kim\nSent: 1 Nov 2026\nTo: Mia\nSubject: x\n\nis it?",
        "yes",
    );
    check(
        "oui\n\n*De :* Kim\n*Envoyé :* 1 nov. 2026\n*À :* Mia\n\nalors?",
        "oui",
    );
    check(
        "yes\n\nOn Wed, 4 Nov 2026 08:14:43 -0200 Kim <kim@example.net> wrote\n\nis it?",
        "yes",
    );
    check("yes\n-- \nKim\nExample Inc.", "yes");
    check(
        "yes\n\nSent from my telephone\n\nOn 1 Nov 2026, Kim wrote:\n> is it?",
        "yes",
    );
}

#[test]
fn what_stands_between_quotes_is_new() {
    check(
        "On 1 Nov 2026, Kim wrote:\n> one?\nyes\n> two?\nno",
        "yes\nno",
    );
    check("> one?\n\nyes", "yes");
}

#[test]
fn what_stands_above_the_first_quote_ends_there() {
    for (text, above) in [
        ("a\nb\n", "a\nb"),
        ("a\n\n> q\nb", "a\n"),
        ("a\n  > q\nb", "a"),
        ("On 1 Nov 2026, Kim wrote:\n> q\nb", ""),
        (
            "a\n\nAm 01.11.26 um 10:00 schrieb Kim <kim@example.net>:\nq",
            "a\n",
        ),
        ("a\n-- \nAnna", "a"),
        ("a\n-----Original Message-----\nq", "a"),
        ("", ""),
    ] {
        let text = Foreign::new(text);
        assert_eq!(above_first_quote(&text).join("\n"), above, "{text:?}");
    }
}

#[test]
fn what_a_report_shows_is_no_quote() {
    for report in [
        "Send this:\n\nGET / HTTP/1.1\nHost: example.org\nCookie: a=b\nDate: 2026",
        "A mail is accepted:\n\nFrom: a@b\nTo: c@d\nSubject: e\n\nf",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc\n-----END PGP PUBLIC KEY BLOCK-----",
        "--- a/main.c\n+++ b/main.c",
        "The log for admin@example.org reads:\n2026 x",
    ] {
        check(report, report);
    }
}

#[test]
fn a_very_long_text_is_shown_to_its_end() {
    let log = "line\n".repeat(LINES);
    check(
        &format!("{log}> quoted\nend"),
        &format!("{log}> quoted\nend"),
    );
}

#[test]
fn nothing_new_shows_everything() {
    check("> all\n> quoted", "> all\n> quoted");
    check("", "");
    check("-- \nKim", "-- \nKim");
}
