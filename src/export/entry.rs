//! Reads one line of a list of thanks, as people write them: whom it names.
//!
//! Only to find names: what a line says in bytes is never changed by reading it. Known
//! faults: a link that goes on in the next line is read as text, and so is emphasis.

/// A longer line is no entry.
const LONGEST: usize = 4_096;
/// Links lie at most so deep in each other.
const DEEPEST: usize = 4;

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'t> {
    /// What stands before its content: `* `, `  - `, `12. `.
    pub bullet: &'t str,
    /// Its content, as text without markup.
    pub text: String,
}

impl Entry<'_> {
    /// Everybody whom it thanks: the whole of it, the whole without what stands in brackets
    /// (an organisation, a handle, an account), and the parts of that where it names several.
    pub fn people(&self) -> Vec<String> {
        let mut names = vec![self.text.clone()];
        let mut rest = self.text.as_str();
        let mut alone = String::new();
        while let Some((before, _, behind)) = bracketed(rest) {
            alone.push_str(before);
            alone.push(' ');
            rest = behind;
        }
        alone.push_str(rest);
        let words: Vec<&str> = alone.split_whitespace().collect();
        let alone = words.join(" ");
        names.push(alone.clone());
        let mut parts = vec![alone];
        for between in [
            ", ", ";", " and ", " & ", " + ", " / ", "、", "，", " und ", " et ", " y ",
        ] {
            let of = |part: &String| -> Vec<String> {
                part.split(between).map(|p| p.trim().to_owned()).collect()
            };
            parts = parts.iter().flat_map(of).collect();
        }
        for part in parts {
            // `Mia O. - Acme`, `Mia O., Acme`.
            let alone = part.split([':', '–', '—']).next().unwrap_or_default();
            let alone = alone.split(" - ").next().unwrap_or_default().trim();
            names.push(alone.to_owned());
            names.push(part);
        }
        // `Mia O` may be meant by `Mia O.`, and the other way about.
        let ends = |name: &String| name.trim_end_matches(['.', ',', ';', '!', '?']).to_owned();
        names.extend(names.iter().map(ends).collect::<Vec<_>>());
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        names
    }
}

/// What stands before the first `(` or `[`, in it, and behind it.
fn bracketed(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(['(', '['])?;
    let (inside, behind) = rest.split_once([')', ']'])?;
    Some((before, inside, behind))
}

/// The entry that a line is, if it is one.
pub fn entry(line: &str) -> Option<Entry<'_>> {
    if line.len() > LONGEST {
        return None;
    }
    let inner = line.trim_start_matches([' ', '\t']);
    let marked = inner.strip_prefix(['*', '-', '+']).or_else(|| {
        let digits = inner.trim_start_matches(|c: char| c.is_ascii_digit());
        let some = (1..=9).contains(&(inner.len() - digits.len()));
        digits.strip_prefix(['.', ')']).filter(|_| some)
    })?;
    let content = marked.trim_start_matches([' ', '\t']);
    if content.len() == marked.len() || content.trim().is_empty() {
        return None;
    }
    Some(Entry {
        bullet: line.get(..line.len() - content.len())?,
        text: plain(content),
    })
}

/// Markdown of one line as text: links by what is shown of them, escapes and entities by
/// what they stand for, without emphasis, code marks and tags.
pub fn plain(markdown: &str) -> String {
    let mut out = String::new();
    read(markdown.trim(), &mut out, 0);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(mut rest: &str, out: &mut String, depth: usize) {
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '\\' => escape(behind, out),
            '&' => entity(behind, out),
            '`' => code(rest, out),
            '!' if behind.starts_with('[') => behind,
            '[' => link(behind, out, depth),
            '<' => tag(behind, out),
            '*' => behind,
            '_' => {
                // Within a word it is a letter of a handle.
                let inside = out.ends_with(char::is_alphanumeric)
                    && behind.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                if inside {
                    out.push('_');
                }
                behind
            }
            c => {
                out.push(c);
                behind
            }
        };
    }
}

fn escape<'t>(behind: &'t str, out: &mut String) -> &'t str {
    match behind.chars().next() {
        Some(c) if c.is_ascii_punctuation() => {
            out.push(c);
            behind.get(1..).unwrap_or_default()
        }
        Some(_) | None => {
            out.push('\\');
            behind
        }
    }
}

fn entity<'t>(behind: &'t str, out: &mut String) -> &'t str {
    let known = behind.split_once(';').and_then(|(name, rest)| {
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok();
        let c = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            name => name
                .strip_prefix("#x")
                .or_else(|| name.strip_prefix("#X"))
                .map_or_else(
                    || name.strip_prefix('#').and_then(|n| number(n, 10)),
                    |n| number(n, 16),
                )
                .and_then(char::from_u32),
        };
        c.map(|c| (c, rest))
    });
    match known {
        Some((c, rest)) => {
            out.push(c);
            rest
        }
        None => {
            out.push('&');
            behind
        }
    }
}

/// Code between backticks, which knows no escapes.
fn code<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let inner = rest.trim_start_matches('`');
    let fence = rest.get(..rest.len() - inner.len()).unwrap_or_default();
    match inner.split_once(fence) {
        Some((code, behind)) => {
            out.push_str(code);
            behind
        }
        None => inner,
    }
}

/// Behind `[`: the text of a link, or a bracket that is none.
fn link<'t>(behind: &'t str, out: &mut String, depth: usize) -> &'t str {
    let Some(end) = closing(behind, '[', ']').filter(|_| depth < DEEPEST) else {
        out.push('[');
        return behind;
    };
    let text = behind.get(..end).unwrap_or_default();
    let rest = behind.get(end + 1..).unwrap_or_default();
    let target = match rest.chars().next() {
        Some('(') => ('(', ')'),
        Some('[') => ('[', ']'),
        Some(_) | None => return no_link(text, rest, out, depth),
    };
    let inside = rest.get(1..).unwrap_or_default();
    let Some(end) = closing(inside, target.0, target.1) else {
        return no_link(text, rest, out, depth);
    };
    read(text, out, depth + 1);
    inside.get(end + 1..).unwrap_or_default()
}

fn no_link<'t>(text: &str, rest: &'t str, out: &mut String, depth: usize) -> &'t str {
    out.push('[');
    read(text, out, depth + 1);
    out.push(']');
    rest
}

/// Where the bracket closes that is open, others and escapes between.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let (mut deep, mut escaped, mut pointed) = (0_usize, false, false);
    for (i, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if open == '(' && deep == 0 && c == '<' && i == 0 {
            // `(<a b)>)`: a target in pointed brackets.
            pointed = true;
        } else if pointed {
            pointed = c != '>';
        } else if c == open {
            deep += 1;
        } else if c == close && deep == 0 {
            return Some(i);
        } else if c == close {
            deep -= 1;
        }
    }
    None
}

/// Behind `<`: an address that stands for itself, a tag that is left out, or a sign.
fn tag<'t>(behind: &'t str, out: &mut String) -> &'t str {
    let Some((inside, rest)) = behind.split_once('>') else {
        out.push('<');
        return behind;
    };
    let is_tag = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    let stands_for_itself = inside.contains("://") || inside.contains('@');
    if stands_for_itself && !inside.contains([' ', '"']) {
        out.push_str(inside);
    } else if !is_tag {
        out.push('<');
        return behind;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn names(line: &str, wanted: &[&str]) {
        let names = entry(line).unwrap_or_else(|| panic!("{line}")).people();
        for name in wanted {
            assert!(
                names.iter().any(|n| n == name),
                "{line}: {names:?} lacks {name}"
            );
        }
    }

    #[test]
    fn all_shapes_of_an_entry_give_their_names() {
        names("* Ada Example", &["Ada Example"]);
        names("- [Ada Example](https://example.net/ada)", &["Ada Example"]);
        names(
            "* [Ada Example](https://example.net/a_(b)_c)",
            &["Ada Example"],
        );
        names(
            "* [Ada Example](<https://example.net/a)b> \"title\")",
            &["Ada Example"],
        );
        names(
            "* [Ada \\[Acme\\]](https://example.net)",
            &["Ada [Acme]", "Ada"],
        );
        names(
            "* [Ada [Acme]](https://example.net)",
            &["Ada [Acme]", "Ada"],
        );
        names("* [Ada][1] (Acme)", &["Ada (Acme)", "Ada"]);
        names("+ Ada Example [Acme Labs]", &["Ada Example"]);
        names("* Ada Example (@ada\\_x)", &["Ada Example"]);
        names("* ada\\_example", &["ada_example"]);
        names("* ada_example", &["ada_example"]);
        names("* **Ada** _Example_", &["Ada Example"]);
        names(
            "1. Ada Example, [Bo](https://example.org) and Cy",
            &["Ada Example", "Bo", "Cy"],
        );
        names("* Ada & Bo (Acme)", &["Ada", "Bo"]);
        names("* Ada &amp; Bo", &["Ada", "Bo"]);
        names("* Ada Example - Acme", &["Ada Example"]);
        names("* Ada Example, Acme Labs", &["Ada Example"]);
        names("   * 漢字 かな", &["漢字 かな"]);
        names("* عمر مثال", &["عمر مثال"]);
        names("* <https://example.net/ada>", &["https://example.net/ada"]);
        names("* <a href=\"https://example.net\">Ada</a>", &["Ada"]);
        names("* `ada@example.net`", &["ada@example.net"]);
        names("* Ada &#60;3", &["Ada <3"]);
        names("* [unclosed](x", &["[unclosed](x"]);
    }

    #[test]
    fn what_stands_in_brackets_is_not_thanked() {
        for line in ["* Mia O. (Fox)", "* Mia O. [Fox], Owl", "* (Fox) Mia O."] {
            let people = entry(line).unwrap().people();
            assert!(!people.iter().any(|n| n == "Fox"), "{line}: {people:?}");
            assert!(people.iter().any(|n| n == "Mia O."), "{line}: {people:?}");
        }
    }

    #[test]
    fn what_is_no_entry_is_none() {
        for line in [
            "",
            "Ada",
            "## Ada",
            "*",
            "* ",
            "*Ada*",
            "-Ada",
            "1.Ada",
            "  goes on",
            "1234567890. x",
        ] {
            assert_eq!(entry(line), None, "{line:?}");
        }
        assert_eq!(entry(&format!("* {}", "x".repeat(LONGEST))), None);
        assert_eq!(
            entry("\t-   Ada").map(|e| e.bullet.to_owned()),
            Some("\t-   ".to_owned())
        );
    }

    #[test]
    fn brackets_without_end_are_read_in_time() {
        for text in [
            "[".repeat(4000),
            "[a](".repeat(1000),
            "<".repeat(4000),
            "`".repeat(3999),
            "\\".repeat(4000),
        ] {
            assert!(entry(&format!("* {text}")).is_some());
        }
    }
}
