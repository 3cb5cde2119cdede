//! Whose mail comes in, and what is said where that cannot be.

use super::*;

#[test]
fn lists_and_platforms_are_checked() {
    let (list, platform) = (
        "[[list]]\nid = ",
        "[[platform]]\nname = \"bounty\"\nfrom = ",
    );
    for (written, wanted) in [
        (format!("{list}\"a.b\""), "`address` is missing"),
        (
            format!("{list}\"a@b\"\naddress = \"a@b\""),
            "`id` cannot be read",
        ),
        (
            format!("{list}\"a.b\"\naddress = \"a\""),
            "write a mail address alone",
        ),
        (
            format!("{platform}\"a b\"\nid = \"#*\""),
            "`from` cannot be read",
        ),
        (
            format!("{platform}\"a@b\"\nid = \"#\""),
            "one * in its place",
        ),
        (
            format!("{platform}\"a@b\"\nid = \"*\""),
            "one * in its place",
        ),
        (
            format!("{platform}\"a@b\"\nid = \"*\"\nheader = \"X y\""),
            "`header` cannot be read",
        ),
    ] {
        check("[smtp]", &format!("{written}\n[smtp]"), wanted);
    }
}

#[test]
fn further_addresses_and_classes_are_checked() {
    let key = "# poll = \"60 s\"";
    for (to, wanted) in [
        ("aliases = [\"shield\"]", "write a mail address alone"),
        ("aliases = [7]", "`aliases` holds what is no address"),
        (
            "aliases = [{ adress = \"a@b\" }]",
            "`aliases` holds what is no address",
        ),
        (
            "aliases = [\"Security@example.org\"]",
            "Security@example.org is watched already",
        ),
        (
            "aliases = [\"anna@example.org\"]",
            "anna@example.org reaches a mailbox that is watched",
        ),
        (
            "aliases = [{ address = \"shield@example.org\", class = \"attack\" }]",
            "no promise of the policy is of the class \"attack\"",
        ),
        (
            "class = \"attack\"",
            "no promise of the policy is of the class \"attack\"",
        ),
        ("class = \"At tack\"", "a class is one word"),
        ("authserv_id = 7", "`authserv_id` is not one"),
        ("authserv_id = \"\"", "`authserv_id` is not one"),
        (
            "authserv_id = \"mx; dmarc=pass\"",
            "`authserv_id` is not one",
        ),
        ("authserv_id = [\"mx\", 7]", "`authserv_id` is not one"),
    ] {
        check(key, to, wanted);
    }
}
