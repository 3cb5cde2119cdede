//! A page whose every word is hostile.

use super::*;

const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style><style>*{display:none}</style>",
    "-->]]></title></svg><iframe src=//example.net>",
    "' onmouseover='alert(1)",
    "\u{202e}txt.exe\u{2066}\u{0}\u{1b}[2J",
    "&#60;b&#62; url(//example.net) @import",
    "{{7*7}} ${7*7} <%= 7*7 %>",
];

/// A page on which everything that could be somebody else's is `word`.
fn with(word: &str) -> String {
    let own = || word.to_owned();
    let open = |title| Open {
        reference: own(),
        name: own(),
        due: Some(own()),
        press: Press::Late,
        to_do: own(),
        clash: Some(own()),
        owner: Some(own()),
        severity: Some(own()),
        marks: vec![own(), own()],
        title,
        behind: Some(own()),
    };
    let bar = |kept, late| Bar {
        label: own(),
        year: Some(own()),
        kept,
        late,
        in_span: kept > 0,
    };
    page(&Page {
        organisation: own(),
        span: own(),
        made: own(),
        received: own(),
        under: Some(own()),
        promises: vec![Promise {
            name: own(),
            said: vec![Said {
                under: Some(own()),
                sentence: own(),
            }],
            kind: None,
            figures: vec![("Due", own())],
            late_ones: Some(("Which", own())),
            in_time: Some(InTime {
                percent: 75,
                kept: 3,
                all: 4,
            }),
            bars: vec![bar(3, 1), bar(0, 0)],
        }],
        bars: own(),
        notes: vec![own()],
        tickets: 3,
        open: vec![
            open(Title::Theirs(Foreign::new(word))),
            open(Title::Ours(own())),
        ],
    })
}

/// The tags of a page, each with what stands in it.
fn tags(page: &str) -> Vec<&str> {
    let parts = page.split('<').skip(1);
    parts.filter_map(|part| part.split('>').next()).collect()
}

#[test]
fn no_word_changes_what_the_page_is_made_of() {
    let shape = |word: &str| -> Vec<String> {
        let page = with(word);
        tags(&page).iter().map(|tag| (*tag).to_owned()).collect()
    };
    let plain = shape("plain");
    assert!(plain.len() > 80, "{plain:?}");
    for word in HOSTILE {
        assert_eq!(shape(word), plain, "{word}");
    }
}

#[test]
fn the_page_asks_for_nothing_and_runs_nothing() {
    for word in HOSTILE {
        let page = with(word);
        for tag in tags(&page) {
            let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
            for never in [
                "script", "img", "link", "iframe", "object", "a", "base", "form", "use", "image",
            ] {
                assert_ne!(name, never, "{tag}");
            }
            for attribute in ["href", "src=", "style=", " on"] {
                assert!(!tag.contains(attribute), "{tag}");
            }
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';";
        assert!(page.contains(policy));
        for c in ['\u{202e}', '\u{2066}', '\u{0}', '\u{1b}'] {
            assert!(!page.contains(c));
        }
    }
}

#[test]
fn what_is_empty_is_said() {
    let empty = page(&Page {
        organisation: "Example".to_owned(),
        span: String::new(),
        made: String::new(),
        received: String::new(),
        under: None,
        promises: Vec::new(),
        bars: String::new(),
        notes: Vec::new(),
        tickets: 0,
        open: Vec::new(),
    });
    assert!(empty.contains("Nothing is open.") && empty.contains("Nothing was due."));
    assert!(!empty.contains("Over time"));
}
