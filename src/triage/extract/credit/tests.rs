//! Wishes as people write them, and who does not want to be named.

use super::Wish;
use crate::mail::{Foreign, Mail};
use crate::triage::extract::{Credit, EACH, Heard, Reader};

/// Each wish of a text: `anonymous`, `wanted`, or a name.
fn wished(text: &str) -> Vec<String> {
    let mail = Mail {
        text: Foreign::new(text),
        ..Mail::default()
    };
    let one = |c: Credit| match (c.wish, c.name) {
        (Wish::Anonymous, _) => "anonymous".to_owned(),
        (_, Some(name)) => name.raw().to_owned(),
        (_, None) => "wanted".to_owned(),
    };
    let mut reader = Reader::default();
    reader.hear(&Heard {
        n: 1,
        mail: &mail,
        whole: false,
    });
    reader.said().credit.into_iter().map(one).collect()
}

#[test]
fn who_does_not_want_to_be_named_is_not_named() {
    for text in [
        "I do not want you to credit me as Kim Lee.",
        "Please don't list me as Kim Lee",
        "Please don\u{2019}t list me as Kim Lee",
        "In any case I do not want\nto be credited as Kim Lee, for my employer must not know.",
        "I do not\r\nwant you to\r\ncredit me as Kim Lee",
        "I would not like to be credited",
        "Never credit me as Kim Lee",
        "I would hate to be credited as Kim Lee",
        "We are not asking to be credited as Acme",
        "do not acknowledge me as Kim",
        "please do not attribute this to Kim Lee",
        "There is no bounty, and I never want to be credited as Kim",
        "I would like to pass on it instead of being credited as Kim",
        "Credit: no thanks",
        "Credit: No",
        "Credit: not wanted",
        "Credit: do not name me",
        "Please do not add me to your hall of fame",
        "I don't wish to be credited by name",
        "I wouldn't like to be credited",
        "Please do not name me as the finder",
    ] {
        assert_eq!(wished(text), ["anonymous"], "{text:?}");
    }
    for text in [
        "users credited as premium get 5 dollars",
        "The attacker may be credited as Admin",
    ] {
        assert!(wished(text).is_empty(), "{text:?}");
    }
    for text in [
        "As there is no bounty, please credit me as Kim",
        "If you do not mind, we would like to be credited as Kim",
        "It is not fixed. Credit me as Kim",
        "It is not fixed\n\nCredit me as Kim",
        "I have no PoC\nCredit: Kim",
        "Users are credited as admin. To be credited as Kim",
        "I would rather be credited as Kim",
    ] {
        assert_eq!(wished(text), ["Kim"], "{text:?}");
    }
}

#[test]
fn the_last_wish_counts_said_before_or_not() {
    let text = "Please keep me anonymous.\nOr credit me as Kim.\nNo: please keep me anonymous.";
    assert_eq!(wished(text), ["anonymous", "Kim", "anonymous"]);
    let many = format!(
        "{}Please keep me anonymous",
        "Credit me as Kim\n".repeat(EACH + 5)
    );
    let all = wished(&many);
    assert_eq!(
        (all.len(), all.last().unwrap().as_str()),
        (EACH, "anonymous")
    );
}

#[test]
fn who_denies_something_else_is_not_taken_for_anonymous() {
    for (text, wanted) in [
        ("Please do not forget to credit me as Kim Lee.", "Kim Lee."),
        ("- No login needed\n- I would like to be credited", "wanted"),
        (
            "The page has no rate limit\nCredit me as Kim Lee",
            "Kim Lee",
        ),
    ] {
        let found = wished(text);
        let same = |name: &String| name.trim_end_matches('.') == wanted.trim_end_matches('.');
        assert!(
            found.len() == 1 && found.iter().all(same),
            "{text:?}: {found:?}"
        );
    }
    // Who knows.
    for text in [
        "I do not need a bounty, just credit me as Kim Lee.",
        "If there is no bounty, you can credit me as Kim Lee.",
    ] {
        assert_ne!(wished(text), ["anonymous"], "{text:?}");
    }
}
