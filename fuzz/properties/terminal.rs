//! The one gate to a terminal: whatever comes in, nothing that acts gets out.
//!
//! The gate is private to the program, so whoever includes this file brings it along: as
//! `super::output`, with `crate::mail` beside it.

use super::output;
use crate::mail::{Foreign, acting, acts};

/// `text` is a stranger's. `printed` does the work and gives all that it printed. Panics where
/// something does not hold.
pub fn holds(text: &str, printed: impl Fn(&dyn Fn()) -> String) {
    let foreign = Foreign::new(text);
    let one_line = |out: String, whose: &str| {
        let out = is_harmless(out, whose);
        assert!(
            out.ends_with('\n') && out.lines().count() == 1,
            "{whose}: {out:?}"
        );
    };
    // What is a stranger's by its type stays one line.
    one_line(
        printed(&|| output::line(output::quoted(&foreign, 60))),
        "quoted",
    );
    one_line(printed(&|| output::line(foreign.line())), "line");
    // What calls itself ours and holds a stranger's words has lines and acts in no other way.
    is_harmless(printed(&|| output::line(text)), "a line of ours");
    is_harmless(printed(&|| output::alarm(text)), "an alarm");
    is_harmless(printed(&|| output::strong(text)), "a heading");
    is_harmless(printed(&|| output::marked("! ", text)), "a marked line");
    is_harmless(
        printed(&|| output::alarm_marked("! ", text)),
        "a marked alarm",
    );
    is_harmless(
        printed(&|| output::strong_parts(&[text.to_owned(), "and".to_owned()])),
        "parts",
    );
    let block = printed(&|| output::block(text));
    is_harmless(block.replace('\t', " "), "a block of ours");
    let indented = is_harmless(
        printed(&|| output::foreign_block(&foreign, "  | ")),
        "a block",
    );
    assert!(
        indented.lines().all(|line| line.starts_with("  | ")),
        "{indented:?}"
    );
    is_a_table(&foreign, text, &printed);
    is_the_same_in_json(text, &printed);
    is_an_excerpt(&foreign, &printed);
    // Made harmless once, it stays as it is; so does what is cut of it.
    let once = foreign.line();
    assert_eq!(Foreign::new(once.as_str()).line(), once);
    for width in [1, 2, 3, 5, 8, 13] {
        let cut = foreign.cut(width);
        assert!(cut.chars().count() <= width, "{cut:?}");
        assert_eq!(Foreign::new(cut.as_str()).line(), cut);
        let cut = output::cut(&foreign, width);
        assert!(output::columns(&cut) <= width, "{cut:?}");
        assert_eq!(Foreign::new(cut.as_str()).line(), cut);
    }
    let once = foreign.block();
    assert_eq!(Foreign::new(once.as_str()).block(), once);
}

fn is_harmless(out: String, whose: &str) -> String {
    let bare = without_our_colours(&out);
    // Whatever shapes letters and emoji, these alone do.
    let shapes = |c: &char| matches!(c, '\n' | '\u{200c}' | '\u{200d}' | '\u{fe0f}');
    let odd = bare.chars().find(|c| acts(*c) && !shapes(c));
    let odd = odd.or(bare.split('\n').find_map(acting));
    assert!(odd.is_none(), "{whose}: {odd:?} in {out:?}");
    bare
}

/// A few rows of a mail, as they are read: each has room, and says what the line says.
fn is_an_excerpt(foreign: &Foreign, printed: &impl Fn(&dyn Fn()) -> String) {
    let read = foreign.legible();
    let out = printed(&|| {
        output::rows(&read, "   | ", 3);
    });
    let out = is_harmless(out, "an excerpt");
    let rows: Vec<&str> = out
        .lines()
        .map(|row| row.strip_prefix("   | ").unwrap_or(row))
        .collect();
    let joined = |text: &str| -> String {
        let seen = text.chars().filter(|c| !c.is_whitespace() && !acts(*c));
        seen.collect()
    };
    let all = joined(&read.line());
    let shown = joined(&rows.concat());
    let begin = shown.strip_suffix('~').unwrap_or(&shown);
    assert!(all.starts_with(begin), "{all:?} {shown:?}");
}

/// The escapes of the gate's own: colours of an alarm, and bold.
fn without_our_colours(out: &str) -> String {
    let ours = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m"];
    ours.iter()
        .fold(out.to_owned(), |out, escape| out.replace(escape, ""))
}

/// One line for the headings, one for each row, one under a row.
fn is_a_table(foreign: &Foreign, text: &str, printed: &impl Fn(&dyn Fn()) -> String) {
    let out = printed(&|| {
        let cells = vec![
            output::quoted(foreign, 30),
            foreign.line(),
            "end".to_owned(),
        ];
        let under = Some(output::quoted(foreign, 50));
        let rows = vec![
            output::Row::new(cells).with_under(under),
            output::Row::new(vec![text.to_owned()]).alarming(true),
        ];
        output::table(&["ONE", "TWO", "THREE"], rows);
    });
    is_harmless(out, "a table");
}

fn is_the_same_in_json(text: &str, printed: &impl Fn(&dyn Fn()) -> String) {
    let document = serde_json::json!({ "a": text, text: [Foreign::new(text)] });
    for lines in [false, true] {
        let out = printed(&|| {
            let done = if lines {
                output::json_line(&document)
            } else {
                output::json(&document)
            };
            done.unwrap_or_else(|why| panic!("no JSON: {why}"));
        });
        let odd = out.chars().find(|c| acts(*c) && *c != '\n');
        assert!(odd.is_none(), "{odd:?} in {out:?}");
        assert!(!lines || out.lines().count() == 1);
        let back: serde_json::Value =
            serde_json::from_str(&out).unwrap_or_else(|why| panic!("{why}: {out:?}"));
        assert_eq!(back, document);
    }
}
