//! Address lists as they are, as they were, and as nobody should write them.

use super::*;
use proptest::prelude::*;

/// The entries in short: an address with its name, words, or `!`.
fn check(field: &str, wanted: &[&str]) {
    let short = |entry: &Entry| match entry {
        Entry::Mailbox { name, address } => format!("{name}<{address}>"),
        Entry::Words(words) => words.clone(),
        Entry::Broken => "!".to_owned(),
    };
    let found: Vec<String> = entries(field, 10).iter().map(short).collect();
    assert_eq!(found, wanted, "{field:?}");
}

#[test]
fn what_rfc_5322_writes_is_read() {
    check("", &[]);
    check(" ,, ;", &[]);
    check("kim@example.net", &["<kim@example.net>"]);
    check("Kim Lee <kim@example.net>", &["Kim Lee<kim@example.net>"]);
    check("<kim@example.net>", &["<kim@example.net>"]);
    check(
        "Kim Q. Lee <kim@example.net>",
        &["Kim Q. Lee<kim@example.net>"],
    );
    check(
        "\"Lee, \\\"Kim\\\"\" <kim@example.net>",
        &["Lee, \"Kim\"<kim@example.net>"],
    );
    check(
        "kim@example.net (Kim (the) Lee)",
        &["Kim (the) Lee<kim@example.net>"],
    );
    check(
        "(a) Kim (b) <kim@example.net> (c)",
        &["Kim<kim@example.net>"],
    );
    check(
        "u@[127.0.0.1], v@[IPv6:::1]",
        &["<u@[127.0.0.1]>", "<v@[ipv6:::1]>"],
    );
    check(
        "a@b.example, C <c@d.example>",
        &["<a@b.example>", "C<c@d.example>"],
    );
    check(
        "Team: a@b.example, c@d.example;, e@f.example",
        &["<a@b.example>", "<c@d.example>", "<e@f.example>"],
    );
    check("undisclosed-recipients:;", &[]);
    check(
        "Kim [Example] <kim@example.net>",
        &["Kim [Example]<kim@example.net>"],
    );
    check(
        "J\u{f6}rg <j\u{f6}rg@ex\u{e4}mple.de>",
        &["J\u{f6}rg<j\u{f6}rg@xn--exmple-cua.de>"],
    );
    check(
        "a@b.example\t(x)\t,c@d.example",
        &["x<a@b.example>", "<c@d.example>"],
    );
}

#[test]
fn a_name_may_hold_anything_and_the_address_is_in_the_bracket() {
    let evil = "<eve@evil.example>";
    for name in [
        "\"ceo@bank.example\"",
        "ceo@bank.example",
        "\"ceo@bank.example\" (ceo@bank.example)",
        "\"<ceo@bank.example>\"",
        "\"ceo@bank.example, \"",
        "\"ceo@bank.example\\\" \"",
        "=?utf-8?q?ceo=40bank=2Eexample?=",
        "=?utf-8?b?PGNlb0BiYW5rLmV4YW1wbGU+?=",
        "(<ceo@bank.example>)",
        "(\\) <ceo@bank.example>)",
        "[ceo@bank.example]",
        "a\rb\0c",
    ] {
        match entries(&format!("{name} {evil}"), 10).as_slice() {
            [Entry::Mailbox { address, .. }] => {
                assert_eq!(address.to_string(), "eve@evil.example", "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn what_two_readers_would_read_as_two_addresses_is_none() {
    for field in [
        "<a@b.example> <c@d.example>",
        "<a@b.example><c@d.example>",
        "<a@b.example> c@d.example",
        "a@b.example <c@d.example> e@f.example",
        "a@b.example c@d.example",
        "<@relay.example:a@b.example>",
        "@relay.example:a@b.example",
        "<@r.example,@s.example:a@b.example>",
        "<a@b.example",
        "\"Kim <a@b.example>",
        "(Kim <a@b.example>",
        "Kim <a(x)@b.example>",
        "a(x)@b.example",
        "a @b.example",
        "a@ b.example",
        "<a @b.example>",
        "<a@b.example\r>",
        "<a@b.example\0>",
        "a@b.example\0.evil.example",
        "a@b.example\rc@d.example",
        "<a@b.example\u{a0}>",
        "<a@b.example>\\",
        "<a@b.example>.evil.example",
        "<\"a\"@b.example>",
        "\"a b\"@c.example",
        "<\"a>b\"@c.example>",
        "<a@b.example@c.example>",
        "<=?utf-8?q?a=40b.example=3e?=@c.example>",
        "<>",
        "< >",
        "a@b.example>",
        "a@[127.0.0.1",
        "<a@b..example>",
        "mailto:<a@b@c>",
    ] {
        check(field, &["!"]);
    }
    check("a@b.example\\,c@d.example", &["!", "<c@d.example>"]);
    check("Lee, Kim <a@b.example>", &["Lee", "Kim<a@b.example>"]);
}

#[test]
fn a_list_without_end_costs_no_more_than_what_is_wanted() {
    let list = "a@b.example, ".repeat(100_000);
    assert_eq!(entries(&list, 1_000).len(), 1_000);
    for opens in ["(", "<", "\"", "[", ":", ";", ",", "\\", "=?"] {
        let _ = entries(&opens.repeat(300_000), 10);
    }
}

/// What stands in address lists, by the handful.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("a@b.example".to_owned()),
        Just("<".to_owned()),
        Just(">".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(";".to_owned()),
        Just(":".to_owned()),
        Just("@".to_owned()),
        Just(" ".to_owned()),
        Just("=?utf-8?q?x?=".to_owned()),
        any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn every_address_stands_in_the_field_and_reads_back_as_itself(field in pieces()) {
        for entry in entries(&field, 100) {
            if let Entry::Mailbox { address, .. } = entry {
                let shown = address.to_string();
                prop_assert_eq!(Address::parse(&shown), Some(address.clone()));
                prop_assert!(!shown.chars().any(|c| acts(c) || c.is_whitespace()));
                let local = format!("{}@", address.local());
                prop_assert!(field.contains(&local));
                // Written as a bracket, alone or beside a name, it is the same one again.
                let again = entries(&format!("\"x, y\" <{shown}>"), 10);
                let name = "x, y".to_owned();
                prop_assert_eq!(again, vec![Entry::Mailbox { name, address }]);
            }
        }
    }
}
