//! Pages with a list of thanks, before and after.

use super::*;
use crate::export::marked::{BEGIN, END};
use proptest::prelude::*;

/// A page with front matter and every shape of an entry that is known.
const PAGE: &str = include_str!("../../../tests/pages/thanks.md");

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|n| (*n).to_owned()).collect()
}

fn planned(page: &str, wanted: &[&str], unwanted: &[&str]) -> (Plan, String) {
    let wish = Wish {
        wanted: names(wanted),
        unwanted: names(unwanted),
        respelled: vec![],
    };
    let plan = plan(page.as_bytes(), &wish).unwrap();
    let page = String::from_utf8(plan.page.clone()).unwrap();
    (plan, page)
}

fn list(lines: &str) -> String {
    format!("<!-- {BEGIN} -->\n{lines}<!-- {END} -->\n")
}

#[test]
fn a_list_of_all_shapes_is_given_back_unchanged() {
    let (plan, page) = planned(PAGE, &[], &[]);
    assert_eq!(page, PAGE);
    assert_eq!(
        (plan.added, plan.removed, plan.left),
        (vec![], vec![], vec![])
    );
    let crlf = PAGE.replace('\n', "\r\n");
    assert_eq!(planned(&crlf, &[], &[]).1, crlf);
    let open = PAGE.trim_end();
    assert_eq!(planned(open, &[], &[]).1, open);
    let bom = format!("\u{feff}{PAGE}");
    assert_eq!(planned(&bom, &[], &[]).1, bom);
}

#[test]
fn everybody_of_that_list_is_found_and_not_added_again() {
    let all = [
        "Ada Example",
        "Bo Example",
        "cy_example",
        "Dee Example",
        "Acme Labs",
        "Eve [Blue Team]",
        "Fay Example",
        "Gus Example",
        "Hal Example",
        "李四 示例",
        "عمر مثال",
        "Ivo Beispiel",
        "@jay\\_x",
        "Kim O'Example",
        "Lou Example",
        "Max",
        "Ned",
    ];
    for name in all {
        let name = name.replace('\\', "");
        let (plan, page) = planned(PAGE, &[&name], &[]);
        assert_eq!(page, PAGE, "{name} is there");
        assert_eq!(plan.stands.len(), 1, "{name}");
    }
}

#[test]
fn a_new_name_stands_last_and_nothing_else_changes() {
    let (plan, page) = planned(PAGE, &["fox in the box"], &[]);
    let end = format!("\n\n<!-- {END}");
    assert_eq!(
        page,
        PAGE.replacen(&end, &format!("\n* fox in the box{end}"), 1)
    );
    assert_eq!(plan.added.len(), 1);
    let (line, text) = &plan.added[0];
    assert_eq!(
        (page.lines().nth(line - 1), plan.stands[0].1),
        (Some(text.as_str()), *line)
    );
    let (again, same) = planned(&page, &["fox in the box"], &[]);
    assert_eq!((same, again.added.len()), (page, 0));
}

#[test]
fn a_new_name_has_the_bullet_and_the_line_end_of_the_list() {
    for (before, after) in [
        ("", "* fox\n"),
        ("  - Ada\n", "  - Ada\n  - fox\n"),
        ("1. Ada\n", "1. Ada\n* fox\n"),
        ("\n- Ada\n\n", "\n- Ada\n- fox\n\n"),
        ("Thanks!\n", "Thanks!\n* fox\n"),
    ] {
        assert_eq!(planned(&list(before), &["fox"], &[]).1, list(after));
    }
    let crlf = |text: &str| list(text).replace('\n', "\r\n");
    assert_eq!(
        planned(&crlf("* Ada\n"), &["fox"], &[]).1,
        crlf("* Ada\n* fox\n")
    );
}

#[test]
fn a_name_that_was_taken_back_leaves_and_no_other_does() {
    let before = list("* Ada\n* [fox](https://example.net/fox)\n* foxes\n");
    let (plan, page) = planned(&before, &["Ada"], &["Fox"]);
    assert_eq!(page, list("* Ada\n* foxes\n"));
    assert_eq!(
        plan.removed,
        [(3, "* [fox](https://example.net/fox)".to_owned())]
    );
    assert_eq!(plan.left, []);
    let (kept, page) = planned(&before, &["fox"], &["fox"]);
    assert_eq!(
        (page, kept.removed.len()),
        (before, 0),
        "another person agreed to it"
    );
}

#[test]
fn what_only_a_person_can_take_out_is_named() {
    let page = format!(
        "Thanks to *red fox*!\n{}and to red f\\_ox\n",
        list("* red fox and owl\n* red fox\n")
    );
    let (plan, after) = planned(&page, &[], &["Red Fox"]);
    assert_eq!(after, page.replace("* red fox\n", ""));
    let fox = |line| ("Red Fox".to_owned(), line);
    assert_eq!(plan.left, [fox(1), fox(3)]);
    let (plan, _) = planned(&page, &[], &["red f_ox"]);
    let shown = [("red f_ox".to_owned(), 6)];
    assert_eq!(plan.left, shown, "by what is shown of it");
}

#[test]
fn a_name_is_found_over_the_end_of_a_line() {
    let page = format!(
        "Thanks to *red\n  fox*!\n{}",
        list("* Ada (red\n  \tfox)\n")
    );
    let (plan, _) = planned(&page, &[], &["red fox"]);
    let lines: Vec<usize> = plan.left.iter().map(|(_, line)| *line).collect();
    assert_eq!(lines, [1, 4]);
}

#[test]
fn a_name_of_one_word_is_owed_where_it_stands_for_itself_alone() {
    let page = format!(
        "Alex wrote this page.\n{}",
        list("* Alex Smith\n* Mia O. (Alex)\n* Bo and Alex\n# - alex\n")
    );
    let (plan, after) = planned(&page, &[], &["Alex"]);
    let alex = |line| ("Alex".to_owned(), line);
    assert_eq!((after, plan.left), (page, vec![alex(5), alex(6)]));
    assert_eq!(plan.mentioned, [alex(1), alex(3), alex(4)], "told of");
}

#[test]
fn what_stands_in_brackets_does_not_thank() {
    let (plan, _) = planned(&list("* Mia O. (Fox)\n"), &["Fox", "Mia O."], &[]);
    assert_eq!(plan.added, [(3, "* Fox".to_owned())]);
}

#[test]
fn another_spelling_is_carried_over_where_the_line_is_ours() {
    let before = list("* zoe_x\n* [zoe](https://example.net)\n  - zoe\\_x\n* Ada\n");
    let wish = Wish {
        wanted: names(&["Zoe_X"]),
        respelled: vec![("zoe_x".to_owned(), "Zoe_X".to_owned())],
        ..Wish::default()
    };
    let plan = plan(before.as_bytes(), &wish).unwrap();
    let after = before.replace("- zoe\\_x", "- Zoe\\_X");
    assert_eq!(String::from_utf8(plan.page.clone()).unwrap(), after);
    assert_eq!(plan.added, [(4, "  - Zoe\\_X".to_owned())]);
    assert_eq!(plan.removed, [(4, "  - zoe\\_x".to_owned())]);
}

#[test]
fn a_name_that_cannot_be_written_is_told() {
    let (plan, page) = planned(&list(""), &["{{ a.example }}", "fox"], &[]);
    assert_eq!(page, list("* fox\n"));
    assert_eq!(plan.refused.len(), 1);
    assert_eq!(plan.refused[0].0, "{{ a.example }}");
}

proptest! {
    #[test]
    fn every_byte_outside_of_the_two_lines_stays(
        before in prop::collection::vec(any::<u8>(), 0..200),
        behind in prop::collection::vec(any::<u8>(), 0..200),
        lines in prop::collection::vec("[ *+0-9.a-z\\[\\]()<>&\\\\`_-]{0,30}", 0..6),
        name in "\\PC{1,40}", other in "[a-z]{1,6}",
        newline in prop::sample::select(vec!["\n", "\r\n"]),
        closed in any::<bool>(),
    ) {
        let above = [&before[..], newline.as_bytes(), format!("<!-- {BEGIN} -->{newline}").as_bytes()].concat();
        let below = if closed {
            [format!("<!-- {END} -->{newline}").as_bytes(), &behind].concat()
        } else {
            format!("<!-- {END} -->").into_bytes()
        };
        let inside: String = lines.iter().map(|l| format!("{l}{newline}")).collect();
        let page = [&above[..], inside.as_bytes(), &below].concat();
        // Random bytes may hold a mark of their own.
        prop_assume!(Marked::find(&page).is_ok_and(|m| m.before == above));
        let wish = Wish { wanted: vec![name], unwanted: vec![other], respelled: vec![] };
        let plan = plan(&page, &wish).unwrap();
        prop_assert!(plan.page.starts_with(&above));
        prop_assert!(plan.page.ends_with(&below));
        let new = &plan.page[above.len()..plan.page.len() - below.len()];
        let new = std::str::from_utf8(new).unwrap();
        // All that is there was there, or is the one line that was added.
        for line in new.split_inclusive('\n') {
            let text = line.trim_end_matches(['\r', '\n']);
            prop_assert!(inside.contains(line) || plan.added.iter().any(|(_, l)| l == text));
        }
        prop_assert!(plan.added.len() <= 1);
        let again = super::plan(&plan.page, &Wish { unwanted: vec![], ..wish }).unwrap();
        prop_assert_eq!(again.page, plan.page);
    }

    #[test]
    fn no_name_opens_anything(name in "[<>\\[\\]()!`*_{}%&:/.@#a-z ~$|^\\\\=+-]{1,30}") {
        if let Ok(text) = name::markdown(&name) {
            prop_assert_eq!(super::super::entry::plain(&text), name.split_whitespace().collect::<Vec<_>>().join(" "));
            let code = text.starts_with('`');
            let opens = ["<", ">", "{{", "{%"].iter().any(|sign| text.contains(sign));
            let bare = text.replace("\\\\", "").replace("\\]", "");
            let links = !code && ["](", "://"].iter().any(|sign| bare.contains(sign));
            prop_assert!(!opens && !links, "{}", text);
        }
    }
}
