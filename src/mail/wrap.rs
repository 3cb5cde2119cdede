//! Breaks a line at spaces: for letters, explanations and digests alike.

/// `line` in lines of at most `width` characters. What goes on from a broken line has its
/// indentation; spaces within a line stay as they are, and none is left at an end. A word
/// longer than a line (an address of a page) stays whole.
pub fn wrapped(line: &str, width: usize) -> Vec<String> {
    wrapped_by(line, width, |_| 1)
}

/// The same, where a character takes as much of the `width` as `measure` says.
pub fn wrapped_by(line: &str, width: usize, measure: impl Fn(char) -> usize) -> Vec<String> {
    let wide = |text: &str| text.chars().map(&measure).sum::<usize>();
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut lines = Vec::new();
    let mut open = indent.clone();
    let mut gap = 0;
    for word in line.trim_start_matches(' ').split(' ') {
        if word.is_empty() {
            gap += 1;
            continue;
        }
        let fresh = open.len() == indent.len();
        if !fresh && wide(&open) + gap + wide(word) > width {
            lines.push(std::mem::replace(&mut open, indent.clone()));
        } else if !fresh {
            open.extend(std::iter::repeat_n(' ', gap));
        }
        open.push_str(word);
        gap = 1;
    }
    lines.push(open.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, wanted: &[&str]) {
        assert_eq!(wrapped(line, 10), wanted, "{line:?}");
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        check("", &[""]);
        check("   ", &[""]);
        check("short", &["short"]);
        check("ten of us!", &["ten of us!"]);
        check("one two three", &["one two", "three"]);
        check("a   b   cccc", &["a   b", "cccc"]);
        check("a   b  ", &["a   b"]);
        check("  in dented line", &["  in", "  dented", "  line"]);
        check(
            "x https://example.org/ y",
            &["x", "https://example.org/", "y"],
        );
        check(
            "ab d\u{e9}j\u{e0} vu \u{e9}t\u{e9}",
            &["ab d\u{e9}j\u{e0} vu", "\u{e9}t\u{e9}"],
        );
    }
}
