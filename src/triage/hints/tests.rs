//! Hints on texts of a line, by rules of a word.

use super::*;

fn phrases(all: &[&str]) -> Vec<Phrase> {
    all.iter()
        .map(|text| Phrase::parse(text).unwrap())
        .collect()
}

fn rule(name: &str, words: &[&str]) -> Rule {
    Rule {
        name: name.to_owned(),
        page: None,
        words: phrases(words),
        unless: Vec::new(),
        despite: Vec::new(),
        meant: Vec::new(),
        letter: None,
    }
}

fn rules(all: Vec<Rule>) -> Rules {
    Rules {
        rules: all,
        unless: phrases(&["takeover*", "text"]),
    }
}

/// What matched, of a mail with this subject and this text.
fn matched(rules: &Rules, subject: &str, new: &str, whole: &str) -> Vec<(String, String, bool)> {
    let [subject, new, whole] = [subject, new, whole].map(Foreign::new);
    let said = Said {
        n: 3,
        subject: &subject,
        new: &new,
        whole: &whole,
        attachments: &[],
    };
    let all = hints(rules, &[said]).into_iter();
    all.map(|h| (h.rule, h.matched.raw().to_owned(), h.in_subject))
        .collect()
}

fn finds(phrase: &str, text: &str) -> bool {
    let rules = rules(vec![rule("r", &[phrase])]);
    !matched(&rules, "", text, text).is_empty()
}

#[test]
fn words_are_whole_and_whatever_parts_them_is_one() {
    for (phrase, text) in [
        ("no spf record", "There is no SPF record."),
        ("self xss", "This is self-XSS"),
        ("self-xss", "Self\u{2013}\nXSS"),
        ("v=spf1", "\"v=spf1 -all\""),
        ("spoof*", "it is spoofing"),
        ("spf + missing", "Missing: the SPF"),
        ("x-frame-options", "X\u{ad}-Frame\u{200b}-Options"),
    ] {
        assert!(finds(phrase, text), "{phrase} in {text}");
    }
    for (phrase, text) in [
        ("spf", "spfx"),
        ("spf record", "no SPF. Record it."),
        ("spf record", "no SPF\n\nrecord"),
        ("spf + missing", "There is SPF. Missing is the other"),
        ("spf + spf", "one SPF"),
        (
            "spf + missing",
            "SPF the the the the the the the the the the the missing",
        ),
    ] {
        assert!(!finds(phrase, text), "{phrase} in {text}");
    }
}

#[test]
fn a_form_that_cannot_be_read_is_told() {
    for (text, wanted) in [
        ("+ spf", "write words"),
        ("", "write words"),
        ("*", "at the end of a word"),
        ("a*b", "at the end of a word"),
        ("ab*", "at least 3 letters"),
        ("a b c d e + f g h i", "at most 8 words"),
    ] {
        let error = Phrase::parse(text).unwrap_err();
        assert!(error.contains(wanted), "{text:?}: {error}");
    }
}

#[test]
fn what_matched_is_given_as_it_is_written_with_its_place() {
    let rules = rules(vec![rule("spf", &["spf record"])]);
    let one = |text: &str, in_subject| ("spf".to_owned(), text.to_owned(), in_subject);
    assert_eq!(
        matched(&rules, "No SPF-Record", "the spf record", ""),
        [one("SPF-Record", true)]
    );
    assert_eq!(
        matched(&rules, "Report", "Missing  Spf\nRecord here", ""),
        [one("Spf\nRecord", false)]
    );
    assert!(
        matched(&rules, "Report", "", "> no spf record").is_empty(),
        "quoted"
    );
    let late = format!("{} spf record", "the ".repeat(80));
    assert!(
        matched(&rules, "", &late, &late).is_empty(),
        "not the beginning"
    );
}

#[test]
fn a_grave_word_silences_wherever_it_stands() {
    let mut spf = rule("spf", &["no spf"]);
    let all = |rule: &Rule| rules(vec![rule.clone()]);
    let is_silent = |rules: &Rules, subject: &str, new: &str, whole: &str| {
        matched(rules, subject, new, whole).is_empty()
    };
    assert!(!is_silent(&all(&spf), "", "no SPF", ""));
    assert!(is_silent(&all(&spf), "Takeovers", "no SPF", ""));
    assert!(is_silent(&all(&spf), "", "no SPF", "> takeover"));
    assert!(is_silent(&all(&spf), "", "no SPF", "> text"));
    spf.despite = phrases(&["text"]);
    assert!(!is_silent(&all(&spf), "", "no SPF", "> text"));
    spf.unless = phrases(&["relay"]);
    assert!(is_silent(&all(&spf), "", "no SPF", "> relay"));
    // What a rule looks for is not what silences it, and silences it elsewhere.
    let text = all(&rule("t", &["inject text"]));
    assert!(!is_silent(&text, "", "inject text", ""));
    assert!(is_silent(&text, "", "inject text as text", ""));
}

#[test]
fn what_cannot_be_read_or_is_strange_silences_all() {
    let rules = rules(vec![rule("spf", &["no spf"])]);
    let is_silent = |text: &str| matched(&rules, "No SPF", text, text).is_empty();
    assert!(!is_silent("Hello, there is no SPF. Please fix it."));
    for text in [
        "POST /api HTTP/1.1",
        "ganz ohne alle woerter aus dem lande der angeln und der sachsen",
        "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}",
        "Penguins swallow umbrellas",
        &"the ".repeat(1_100),
    ] {
        assert!(is_silent(text), "{text}");
    }
    // One strange word needs forty others, and none of them counts twice.
    let usual = "Hello team, I found that your domain has no SPF record. Please add the record soon. Thank you for your time and have a good day.";
    assert!(!is_silent(usual));
    for strange in [
        "And your prison is open.",
        "Your oven is open.",
        "It is your ballot too.",
        "And it is how I am your doctor now.",
        "It is also your chairman.",
    ] {
        let text = format!("{usual} {strange}");
        assert!(is_silent(&text), "{strange}");
        // Nor by what it quotes.
        let whole = format!("{text}\n> {usual}\n> {usual}");
        assert!(
            matched(&rules, "No SPF", &text, &whole).is_empty(),
            "{strange}"
        );
        let more = format!("{usual} {usual} {strange}");
        assert!(!is_silent(&more), "{strange}");
    }
    let tail = "No SPF.\n-- \nPenguins swallow umbrellas";
    assert!(matched(&rules, "No SPF", "No SPF.", tail).is_empty());
    let part = |kind: &str| Attachment {
        name: Foreign::new("a"),
        kind: kind.to_owned(),
        bytes: 1,
    };
    for (kind, hinted) in [("image/png", 1), ("image/svg+xml", 0), ("text/html", 0)] {
        let (subject, none) = (Foreign::new("No SPF"), Foreign::default());
        let said = Said {
            n: 1,
            subject: &subject,
            new: &none,
            whole: &none,
            attachments: &[part(kind)],
        };
        assert_eq!(hints(&rules, &[said]).len(), hinted, "{kind}");
    }
}

#[test]
fn at_most_three_are_told_and_no_rule_is_no_hint() {
    let all = ["a", "b", "c", "d"].map(|name| rule(name, &["spf"]));
    assert_eq!(matched(&rules(all.to_vec()), "SPF", "", "").len(), 3);
    assert!(matched(&Rules::default(), "SPF", "", "").is_empty());
}
