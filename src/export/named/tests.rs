//! Names that hold other names.

use super::*;
use crate::export::thanks::{Wish, plan};
use proptest::prelude::*;

fn lines(page: &str, name: &str, others: &[&str]) -> Vec<usize> {
    let others: Vec<String> = others.iter().map(|o| (*o).to_owned()).collect();
    Read::new(page.as_bytes(), &others).lines(name)
}

#[test]
fn a_name_that_is_part_of_another_is_somebody_else() {
    for other in [
        "* Alex Smith-Jones",
        "* [Alex Smith-Jones](https://example.net)",
        "* **Alex Smith**-Jones",
        "* Jean-Alex Smith",
        "* Alex Smith\u{2011}Jones",
        "* Alex Smith Jones",
        "* [Alex Smith](https://example.net) Jones",
        "* Mary Alex Smith (Acme)",
        "* Alex Smith O'Brien",
        "* Alex Smith McDonald",
        "* Ada, Alex Smith Jones and Bo",
        "* Alex Smithson",
        "* alex smith_x",
        "* Alex Smith'e",
        "# - Alex Smith Jones",
        "# - Alex Smith-Jones",
        "<li>Alex Smith Jones</li>",
        "The report of Alex Smith-Jones",
        "* Alex\n* Smith",
        "* Mary Alex\n* Smith Bo",
        "Alex\n\nSmith",
        "<li>Alex</li>\n<li>Smith</li>",
        "* Alex\n<!-- x -->\nSmith",
    ] {
        assert_eq!(lines(other, "Alex Smith", &[]), [0; 0], "{other}");
    }
    assert_eq!(
        lines("* Mu\u{308}ller Jose\u{301}", "Mu\u{308}ller Jose", &[]),
        [0; 0]
    );
    assert_eq!(lines("* عمر علی\u{200c}رضا", "عمر علی", &[]), [0; 0]);
}

#[test]
fn what_may_be_theirs_is_theirs() {
    for line in [
        "* Alex Smith",
        "* alex  smith.",
        "# - Alex Smith",
        "* Alex Smith, Jones",
        "* Ada and Alex Smith",
        "* Alex Smith (Jones)",
        "* Jones (Alex Smith)",
        "* Found by Alex Smith in May",
        "* Alex Smith's report",
        "* Alex\n  Smith",
        "Thanks to Alex Smith",
        "Thanks Alex Smith!",
        "Alex Smith Jones",
        "Alex\nSmith",
        "![Alex Smith](x.png)",
        "<img alt=\"Alex Smith\">",
        "| Alex Smith | Jones |",
        "* Alex Smith CVE-2027-1234",
        "* Alex Smith XSS",
        "* Mr Alex Smith",
        "* Prof Dr Alex Smith",
    ] {
        assert_eq!(lines(line, "Alex Smith", &[]), [1], "{line}");
    }
}

#[test]
fn an_entry_that_is_the_whole_name_of_another_is_theirs() {
    let page = "* Alex Smith von Berg\n# - Alex Smith von Berg\n";
    assert_eq!(lines(page, "Alex Smith", &[]), [1, 2], "nobody knows");
    assert_eq!(lines(page, "Alex Smith", &["Alex Smith von Berg"]), [0; 0]);
    assert_eq!(lines(page, "Alex Smith", &["Berg", "alex smith"]), [1, 2]);
    let page = "* Alex Smith and Bo\n";
    assert_eq!(
        lines(page, "Alex Smith", &["Alex Smith and Bo"]),
        [1],
        "named there"
    );
}

#[test]
fn a_name_of_one_word_is_never_owed_for_somebody_elses_line() {
    for line in [
        "* Alex Smith",
        "* Alex-Jo",
        "# - Alex Smith",
        "* Mia (Alex)",
        "Alex wrote",
    ] {
        assert_eq!(lines(line, "Alex", &[]), [0; 0], "{line}");
    }
    for line in ["* Alex", "* @alex", "* Alex.", "* Mia, Alex", "# - alex"] {
        assert_eq!(lines(line, "Alex", &[]), [1], "{line}");
    }
}

#[test]
fn a_letter_names_who_stands_in_it_and_nobody_whose_name_it_is_part_of() {
    let names = |text: &str| Flow::new(text).names("Alex Smith");
    assert!(names("It was Alex\nSmith who found it."));
    assert!(names("Alex Smith's find, said Alex Smith-Jones"));
    assert!(!names("It was Alex Smith-Jones."));
    assert!(!names("Malex Smith, Alex Smithee"));
}

/// A word of a name, and no title.
fn word() -> impl Strategy<Value = String> {
    "[A-ZÄÖ][a-zäö]{1,6}".prop_filter("a title", |word| !TITLES.contains(&word.as_str()))
}

/// Words around a name that make another one of it.
fn around() -> impl Strategy<Value = (String, String)> {
    let joint = prop::sample::select(vec![" ", "-"]);
    let behind = (joint.clone(), word()).prop_map(|(j, w)| (String::new(), format!("{j}{w}")));
    let before = (joint, word()).prop_map(|(j, w)| (format!("{w}{j}"), String::new()));
    prop_oneof![behind, before]
}

fn marked(lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let (begin, end) = (crate::export::marked::BEGIN, crate::export::marked::END);
    format!("<!-- {begin} -->\n{lines}<!-- {end} -->\n")
}

fn wish(unwanted: &str) -> Wish {
    Wish {
        unwanted: vec![unwanted.to_owned()],
        ..Wish::default()
    }
}

proptest! {
    #[test]
    fn only_the_entry_of_who_took_the_name_back_leaves(
        name in (word(), word()).prop_map(|(one, two)| format!("{one} {two}")),
        more in prop::collection::vec(around(), 0..4),
        bullet in prop::sample::select(vec!["* ", "- ", "  - ", "1. "]),
        at in 0..5_usize,
    ) {
        let others: Vec<String> = more.iter().map(|(a, b)| format!("{a}{name}{b}")).collect();
        prop_assume!(others.iter().all(|other| !name::same(other, &name)));
        let entry = |name: &String| format!("{bullet}{}", name::markdown(name).unwrap());
        let without: Vec<String> = others.iter().map(entry).collect();
        let mut with = without.clone();
        with.insert(at.min(without.len()), entry(&name));
        let plan = plan(marked(&with).as_bytes(), &wish(&name)).unwrap();
        prop_assert_eq!(String::from_utf8(plan.page.clone()).unwrap(), marked(&without));
        prop_assert_eq!((plan.removed.len(), &plan.left), (1, &vec![]));
        prop_assert_eq!(Read::new(&plan.page, &[]).lines(&name), Vec::<usize>::new());
        // And who is left keeps their rows, whoever else is thanked.
        for other in &others {
            prop_assert!(!Read::new(&plan.page, &[]).lines(other).is_empty(), "{}", other);
        }
    }

    #[test]
    fn no_shape_in_which_a_name_stands_goes_unseen(
        name in (word(), word()).prop_map(|(one, two)| format!("{one} {two}")),
        other in word(),
        shape in prop::sample::select(vec![
            "* N", "- **N**", "* [N](https://example.net)", "* N (O)", "* N, O", "* O and N",
            "* O (N)", "# - N", "* N.", "* found by N in may", "* `N`", "see N, who found it", "N!",
        ]),
        inside in any::<bool>(),
    ) {
        let line = shape.replace('O', &other.to_lowercase()).replace('N', &name);
        let page = match inside {
            true => marked(&[line]),
            false => format!("{line}\n\n{}", marked(&[])),
        };
        let plan = plan(page.as_bytes(), &wish(&name)).unwrap();
        let gone = Read::new(&plan.page, &[]).lines(&name).is_empty();
        prop_assert_eq!(gone, !plan.removed.is_empty(), "{:?}", plan);
        prop_assert_eq!(plan.left.is_empty(), gone);
    }
}
