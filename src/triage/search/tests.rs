//! What is found in a text, and what is asked.

use super::fold::tokens;
use super::*;
use proptest::prelude::*;

fn words(text: &str) -> Words {
    let mut words = Words::default();
    words.add(text);
    words
}

/// The rank at which a question is answered by a text, and by one of weight.
fn rank(query: &str, text: &str, heavy: &str) -> Option<usize> {
    let mut words = words(text);
    words.add_heavy(heavy);
    let asks = Query::read(query).all(false);
    asks.iter().position(|ask| ask.holds(&words))
}

#[test]
fn words_are_found_whole_in_any_case_and_part_by_part() {
    let text = "The webhook import at /hooks/import of mia@example.net (CVE-2026-1234, CWE-918), Grüße; 这是漏洞报告。";
    for found in [
        "WEBHOOK",
        "webhook import",
        "/hooks/import",
        "hooks",
        "mia@example.net",
        "example.net",
        "mia",
        "CVE-2026-1234",
        "cve-2026-1234",
        "1234",
        "CWE-918",
        "gruße",
        "gruse",
        "漏洞",
        "漏洞报告",
        "报",
        "告",
        "web*",
        "CVE-2026-12*",
        "\"import at\"",
        "报*",
    ] {
        assert_eq!(
            rank(found, text, ""),
            Some(Query::read(found).all(false).len() - 1),
            "{found}"
        );
    }
    for nowhere in [
        "hook",
        "webhoo",
        "CVE-2026-1235",
        "mia@example.org",
        "漏报",
        "webhook export",
    ] {
        assert_eq!(rank(nowhere, text, ""), None, "{nowhere}");
    }
}

#[test]
fn what_stands_in_a_place_of_weight_comes_first() {
    assert_eq!(rank("CVE-2026-1234", "", "cve-2026-1234"), Some(0));
    assert_eq!(rank("CVE-2026-1234", "cve 2026 1234", ""), Some(1));
    assert_eq!(rank("webhook import", "webhook", "import"), Some(1));
    assert_eq!(rank("webhook import", "webhook import", ""), Some(2));
    assert_eq!(rank("webhook import", "", "webhook import"), Some(0));
    assert_eq!(rank("web*", "", "a webhook"), Some(0));
}

#[test]
fn a_row_of_words_stands_where_they_stand_side_by_side() {
    let check = |query: &str, text: &str, wanted: Option<&str>| {
        let place = Query::read(query).find(text, false);
        let found = place.map(|place| text.get(place.at).unwrap());
        assert_eq!(found, wanted, "{query} in {text}");
    };
    check(
        "\"the webhook\"",
        "webhook, the\n> Webhook",
        Some("the\n> Webhook"),
    );
    check("\"the webhook\"", "the old webhook", None);
    check(
        "app.example.org",
        "hxxps://app[.]example[.]org/",
        Some("app[.]example[.]org"),
    );
    check("漏洞报告", "这是漏洞报告。", Some("漏洞报告"));
    check("漏洞报告", "漏洞。洞报。报告", None);
    check("imp*", "the import", Some("import"));
    let both = Query::read("import webhook").find("the webhook, the import", false);
    assert_eq!(
        both,
        Some(Place {
            terms: 2,
            at: 4..11
        })
    );
}

#[test]
fn of_a_page_that_is_pasted_the_beginning_is_looked_for() {
    let page: String = (0..5_000).map(|i| format!("w{i} ")).collect();
    let query = Query::read(&page);
    assert!(query.is_cut && query.count() == 16);
    let long = Query::read(&"x".repeat(10_000));
    assert!(long.is_cut && long.is_empty());
    // Characters count, and not bytes.
    for (written, one) in [("\u{436}", 2), ("\u{d15}", 3)] {
        let word = written.repeat(64);
        assert_eq!(word.len(), 64 * one);
        assert_eq!(rank(&word, &word, &word), Some(0), "{written}");
        assert!(Query::read(&written.repeat(65)).is_empty());
    }
    for nothing in [
        "",
        " ",
        "\"",
        "\"\"\"",
        "***",
        "^:()-+{}\0",
        "!?",
        "\u{202e}",
    ] {
        let query = Query::read(nothing);
        assert!(
            query.is_empty() && query.all(true).is_empty(),
            "{nothing:?}"
        );
        assert_eq!(query.find("any text", false), None);
    }
    assert_eq!(Query::read("AND OR NOT NEAR(a b)").count(), 5);
}

proptest! {
    /// Whatever stands in a text finds it, alone and behind quotes, and where it stands.
    #[test]
    fn every_word_of_a_text_finds_it(text in "(\\PC{0,12}[ .,@\n-]){0,12}") {
        let all = words(&text);
        let mut each = Vec::new();
        tokens(&text, |token, at| each.push((token.to_owned(), at)));
        for (token, at) in each {
            let written = text.get(at).unwrap();
            for asked in [written.to_owned(), format!("\"{written}\""), token] {
                let query = Query::read(&asked);
                let asks = query.all(false);
                prop_assert!(asks.last().is_some_and(|ask| ask.holds(&all)), "{asked:?} in {text:?}");
                prop_assert!(query.find(&text, false).is_some(), "{asked:?} in {text:?}");
            }
        }
    }

    /// No question is wrong, and what it makes has no quote within a word.
    #[test]
    fn any_text_is_a_question(text in any::<String>()) {
        let query = Query::read(&text);
        for ask in query.all(true).into_iter().chain(query.each(false)) {
            let said = ask.text();
            prop_assert!(said.split('"').skip(1).step_by(2).all(|w| !w.is_empty() && w.chars().all(|c| c == '_' || !c.is_ascii() || c.is_ascii_alphanumeric())), "{said}");
        }
    }
}
