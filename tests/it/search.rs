//! `list WORDS`: a report is found by what it says, by what was noted, and by who wrote it.

use crate::faults::says;
use crate::kit::PATIENCE;
use crate::kit::{Gatepost, report};
use crate::post_office::{PostOffice, wait_until};
use rusqlite::Connection;

/// How many mails, notes and letters are not indexed yet.
fn waiting(g: &Gatepost) -> i64 {
    let store = Connection::open(g.path("store/gatepost.db")).unwrap();
    let count = store.query_row("SELECT count(*) FROM unindexed", [], |r| r.get(0));
    count.unwrap()
}

fn refs(g: &Gatepost, words: &[&str]) -> Vec<String> {
    let mut args = vec!["list", "--json"];
    args.extend(words);
    let found = g.run(&args).json();
    let refs = found.as_array().unwrap().iter();
    refs.map(|t| {
        t["ref"]
            .as_str()
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap()
            .to_owned()
    })
    .collect()
}

#[test]
fn reports_are_found_by_words_at_once_and_once_they_are_indexed() {
    let mut g = Gatepost::ready(PostOffice::shared(), "words");
    let mia = g.reporter("mia");
    let kim = g.reporter("kim");
    let texts = [
        (
            &mia,
            "Import",
            "The webhook can be made to read a file, see CVE-2026-1234.",
        ),
        (
            &kim,
            "Webhook",
            "At https://app.example.org/hooks/import. \u{1b}[31mred",
        ),
        (&kim, "Login", "Nothing of that kind."),
    ];
    for (i, (from, subject, text)) in texts.iter().enumerate() {
        let id = format!("words{i}@example.net");
        g.arrives(from, &report(from, &g.address, &id, subject, "", text));
        g.once().ok();
    }
    assert_eq!(waiting(&g), 0, "who runs it once has it indexed");
    g.run(&["note", "3", "the proxy strips it"]).ok();
    assert_eq!(waiting(&g), 1);
    let found = |g: &Gatepost| {
        assert_eq!(refs(g, &["webhook"]), ["0002", "0001"]);
        assert_eq!(refs(g, &["CVE-2026-1234"]), ["0001"]);
        assert_eq!(refs(g, &["proxy", "strips"]), ["0003"]);
        assert_eq!(refs(g, &[&kim]), ["0003", "0002"]);
        assert_eq!(refs(g, &["--owner", "anna", "webhook"]), [""; 0]);
        // Addresses of the tests may have a 3 of their own: the ticket of that number is first.
        assert_eq!(refs(g, &["3"]).first().map(String::as_str), Some("0003"));
        let shown = g.run(&["list", "webhook"]).ok();
        says(
            &shown,
            &[
                "in subject of mail 1: \"[Webhook]\"",
                "in mail 1: \"The [webhook] can be made to read",
                "2 tickets found",
            ],
        );
        let shown = g.run(&["list", "31mred"]).ok();
        says(&shown, &["\\u{1b}[[31mred]"]);
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
        says(&g.run(&["list", "strips"]).ok(), &["in note of "]);
        says(
            &g.run(&["list", "webhook proxy"]).ok(),
            &["with some of the words: none has all"],
        );
        says(&g.run(&["list", "marmalade"]).ok(), &["0 tickets found"]);
        let json = g.run(&["list", "--json", "proxy"]).json();
        assert_eq!(json[0]["match"]["rank"], 1);
        assert_eq!(json[0]["match"]["snippet"], "the [proxy] strips it");
    };
    found(&g);
    g.start();
    wait_until("all is indexed", PATIENCE, || {
        (waiting(&g) == 0).then_some(())
    });
    found(&g);
    g.run(&["close", "1", "--without-letter", "--yes"]);
    assert_eq!(g.signal("-TERM"), Some(0));
    says(&g.run(&["audit", "--offline"]).ok(), &[]);
}

#[test]
fn a_damaged_index_is_made_anew_and_stops_nothing_else() {
    let mut g = Gatepost::ready(PostOffice::shared(), "harmed-index");
    let mia = g.reporter("mia");
    g.report_from(&mia, "harmed-index@example.net");
    g.once().ok();
    g.run(&["note", "1", "the giraffe"]).ok();
    let all_is_indexed = |g: &Gatepost| {
        wait_until("all is indexed", PATIENCE, || {
            (waiting(g) == 0).then_some(())
        });
    };
    g.start();
    all_is_indexed(&g);
    assert_eq!(g.signal("-TERM"), Some(0));
    let store = Connection::open(g.path("store/gatepost.db")).unwrap();
    let harm = "UPDATE words_data SET block = zeroblob(6) WHERE id > 10";
    assert!(store.execute(harm, []).unwrap() > 0);
    drop(store);
    let audit = g.run(&["audit", "--offline"]);
    assert_eq!(audit.code, 3, "{}", audit.out);
    for said in [audit.out, g.run(&["list", "giraffe"]).err] {
        says(&said, &["the index of words is damaged", "audit --repair"]);
        assert!(!said.contains("backup"), "{said}");
    }
    let copy = g.path("store/copy.db");
    g.run(&["backup", &copy.display().to_string()]).ok();
    let repaired = g.run(&["audit", "--repair"]).ok();
    says(&repaired, &["the index of words was damaged", "ok"]);
    g.start();
    all_is_indexed(&g);
    assert_eq!(refs(&g, &["giraffe"]).len(), 1);
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn any_words_are_a_question() {
    let g = Gatepost::ready(PostOffice::shared(), "any-words");
    let mia = g.reporter("mia");
    g.report_from(&mia, "any-words@example.net");
    g.once().ok();
    let long: String = (0..1_200).map(|i| format!("word{i} ( ")).collect();
    for words in [
        "\"",
        "'",
        "*",
        "^",
        "(",
        "NEAR(a b",
        "a AND",
        "NOT",
        "a:b",
        "{a}: b",
        "-a",
        "a - b",
        "\u{1b}[31m",
        "\u{202e}",
        "%s",
        ";DROP TABLE",
        "\\",
        "\"\"\"",
        "words : x",
        "rank",
        &long,
    ] {
        let answer = g.run(&["list", "--", words]);
        assert_eq!(answer.code, 0, "{words:?}: {}", answer.err);
        g.run(&["list", "--json", "--", words]).json();
    }
    says(&g.run(&["list", "--", "!!"]).ok(), &["Nothing to look for"]);
    says(&g.run(&["list", "--", &long]).ok(), &["its first words"]);
}

#[test]
fn a_ticket_that_is_named_among_other_words_comes_first_and_has_that_word() {
    let g = Gatepost::ready(PostOffice::shared(), "namedword");
    let mia = g.reporter("mia");
    for (i, text) in [
        "Any news of the kestrel?",
        "The heron is fed.",
        "A kestrel and a heron.",
    ]
    .iter()
    .enumerate()
    {
        let id = format!("named{i}@example.net");
        let mail = report(&mia, &g.address, &id, "Birds", "", text);
        g.arrives(&mia, &mail);
        g.once().ok();
    }
    let named = |n: &str| {
        let ticket = g.show(n);
        let of = |key: &str| ticket[key].as_str().unwrap().to_owned();
        (of("ref"), of("name"))
    };
    let (reference, name) = named("2");
    for words in [[&name, "kestrel"], ["kestrel", &reference]] {
        // It comes first, and what has the other word follows.
        assert_eq!(refs(&g, &words), ["0002", "0003", "0001"], "{words:?}");
        let shown = g.run(&[&["list"], &words[..]].concat()).ok();
        says(
            &shown,
            &["is this ticket", "some of the words: none has all"],
        );
    }
    // It has its name, and the other word: none needs to have fewer.
    for words in [[&name, "heron"], ["heron", &reference]] {
        assert_eq!(refs(&g, &words), ["0002"], "{words:?}");
        let shown = g.run(&[&["list"], &words[..]].concat()).ok();
        says(
            &shown,
            &["in mail 1: \"The [heron] is fed", "1 ticket found\n"],
        );
    }
    let (_, other) = named("3");
    assert_eq!(refs(&g, &[&other, &name, "heron"]), ["0003", "0002"]);
    // In quotes it is words; and a number among words is no name.
    let quoted = format!("\"{name}\" kestrel");
    assert_eq!(refs(&g, &[&quoted]), ["0003", "0001"]);
    assert_eq!(refs(&g, &["2", "kestrel"])[..1], ["0003"]);
}
