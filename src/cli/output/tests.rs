//! What gets through the one place that prints.

#[path = "../../../fuzz/properties/terminal.rs"]
mod property;

use super::*;
use crate::cli::output;
use crate::mail::acts;
use proptest::prelude::*;

#[test]
fn json_keeps_the_text_and_loses_its_power() {
    let text = "a\u{1b}[31m\u{202e}b\u{9b}c\u{e0041}\n";
    let json = harmless_json(&serde_json::to_string(text).unwrap());
    assert!(json.chars().all(|c| !acts(c)), "{json:?}");
    assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
}

#[test]
fn a_long_line_goes_on_under_its_beginning() {
    let words = ["word"; 20].join(" ");
    let (_, text) = captured(|| marked("!! ", &words));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with("!! word") && lines[1].starts_with("   word"),
        "{text}"
    );
    assert!(lines.iter().all(|l| l.chars().count() <= 80), "{text}");
    let (_, short) = captured(|| marked("! ", "one word"));
    assert_eq!(short, "! one word\n");
    let parts = ["a".repeat(40), "b".repeat(38), "c".to_owned()];
    let (_, head) = captured(|| strong_parts(&parts));
    assert_eq!(head, format!("{}  {}\nc\n", parts[0], parts[1]));
}

#[test]
fn what_calls_itself_ours_acts_no_more_than_others() {
    let ((), page) = filled(|| {
        let text = "a\u{1b}[2J\u{9b}2J\u{202e}b";
        line(text);
        block(text);
        table(&["A"], vec![Row::new(vec![text.to_owned()])]);
    });
    let page = page.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert_eq!(
        page.chars().find(|c| acts(*c) && *c != '\n'),
        None,
        "{page:?}"
    );
    assert_eq!(page.matches("a\\u{1b}[2J\\u{9b}2J\\u{202e}b").count(), 3);
}

#[test]
fn a_strangers_words_stand_in_quotes() {
    assert_eq!(quoted(&Foreign::new("a\u{1b}b"), 20), "\"a\\u{1b}b\"");
}

/// Text of what acts, of what is seen, and of what our own colours are made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(|c| c.to_string()),
        proptest::sample::select(vec![
            "\u{1b}[31m",
            "\u{1b}]0;x\u{7}",
            "\u{9b}",
            "\u{202e}",
            "\u{200b}",
            "\u{301}",
            "\r",
            "\n",
            "\t",
            "\0",
            "\"",
            "\\",
            "word ",
            "  ",
            "\u{6f22}",
            "\u{26a0}",
            "\u{1f469}",
            "\u{fe0f}",
            "\u{200d}",
            "\u{200c}",
            "\u{6cc}",
            "1",
            "\u{20e3}",
            "\u{e0041}",
            "~",
            "{",
            "%s",
            "\n  hint:",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn nothing_that_acts_gets_through(text in hostile()) {
        property::holds(&text, |work| filled(work).1);
    }
}
