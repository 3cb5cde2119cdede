//! The two lines of a page between which gatepost may write. All bytes outside of them,
//! whatever they are, stay as they are.

use std::fmt;

/// The word of the line above.
pub const BEGIN: &str = "gatepost:credits:begin";
/// The word of the line below.
pub const END: &str = "gatepost:credits:end";

/// A page, cut at its two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked<'p> {
    /// Everything up to the line above and its line end.
    pub before: &'p [u8],
    /// What stands between: whole lines, or nothing.
    pub inside: &'p str,
    /// The line below, and everything behind it.
    pub after: &'p [u8],
    /// How lines end here.
    pub newline: &'static str,
    /// The number of the first line between, from 1.
    pub first_line: usize,
}

impl<'p> Marked<'p> {
    /// The page with other lines between the two.
    pub fn with(&self, inside: &str) -> Vec<u8> {
        [self.before, inside.as_bytes(), self.after].concat()
    }

    /// Finds the two lines. Each holds its word and a comment's signs alone:
    /// `<!-- ... -->`, `{/* ... */}` or `# ...`. In a block of code they are an example.
    ///
    /// # Errors
    /// When there are not exactly these two, in this order.
    pub fn find(page: &'p [u8]) -> Result<Self, NotMarked> {
        let (mut begin, mut end) = (None, None);
        let (mut at, mut fence, mut in_code) = (0, None, None);
        for (n, line) in page.split_inclusive(|b| *b == b'\n').enumerate() {
            let next = at + line.len();
            // What an entry holds hides no line of ours.
            if begin.is_none() || end.is_some() {
                fence = fenced(line, fence);
            }
            if fence.is_some() {
                let mark = is_mark(line, BEGIN).then_some(n + 1);
                in_code = in_code.or(mark);
            } else if is_mark(line, BEGIN) {
                let first = begin.replace((next, n + 2, line));
                if first.is_some() || end.is_some() {
                    return Err(NotMarked::Twice(n + 1));
                }
            } else if is_mark(line, END) && (begin.is_none() || end.replace(at).is_some()) {
                return Err(NotMarked::Twice(n + 1));
            }
            at = next;
        }
        let ((from, first_line, line), to) = match (begin, end) {
            (Some(begin), Some(end)) => (begin, end),
            (Some(_), None) => return Err(NotMarked::NoEnd),
            (None, _) => return Err(in_code.map_or(NotMarked::None, NotMarked::Code)),
        };
        let newline = if line.ends_with(b"\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let cut = |range: std::ops::Range<usize>| page.get(range).unwrap_or_default();
        let inside = std::str::from_utf8(cut(from..to)).map_err(|_| NotMarked::NotUtf8)?;
        Ok(Self {
            before: cut(0..from),
            inside,
            after: cut(to..page.len()),
            newline,
            first_line,
        })
    }
}

/// The fence of the block of code that is open behind this line: its sign and how many of it
/// (CommonMark 0.31 section 4.5).
fn fenced(line: &[u8], open: Option<(u8, usize)>) -> Option<(u8, usize)> {
    let indent = line.iter().take_while(|b| **b == b' ').count();
    let text = line.get(indent..).unwrap_or_default();
    let sign = text.first().copied().filter(|b| b"`~".contains(b));
    let Some(sign) = sign.filter(|_| indent < 4) else {
        return open;
    };
    let signs = text.iter().take_while(|b| **b == sign).count();
    let rest = text.get(signs..).unwrap_or_default();
    match open {
        None if signs >= 3 && !(sign == b'`' && rest.contains(&b'`')) => Some((sign, signs)),
        Some((of, least)) if of == sign && signs >= least && rest.trim_ascii().is_empty() => None,
        Some(_) | None => open,
    }
}

fn is_mark(line: &[u8], word: &str) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let line = line.trim_start_matches('\u{feff}').trim();
    let inner = [("<!--", "-->"), ("{/*", "*/}"), ("#", "")]
        .into_iter()
        .find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close));
    inner.is_some_and(|inner| inner.trim() == word)
}

/// Why a page cannot be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMarked {
    /// There is no line above.
    None,
    /// There is no line below it.
    NoEnd,
    /// One of them stands a second time, or in the wrong order: on this line.
    Twice(usize),
    /// The line above stands in a block of code, where names would be shown with their markup:
    /// on this line.
    Code(usize),
    /// What stands between is no UTF-8.
    NotUtf8,
}

impl fmt::Display for NotMarked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(
                f,
                "no line of it says where names may be written\n  hint: put these two lines around the list (or where it is to be): <!-- {BEGIN} --> and <!-- {END} -->"
            ),
            Self::NoEnd => write!(
                f,
                "the line {BEGIN} has no {END} below it\n  hint: put <!-- {END} --> behind the list"
            ),
            Self::Twice(line) => write!(
                f,
                "line {line}: the two lines {BEGIN} and {END} stand there once, in this order\n  hint: leave one pair"
            ),
            Self::Code(line) => write!(
                f,
                "line {line}: {BEGIN} stands in a block of code, where a name is shown with its escapes\n  hint: take the list out of the block, or close the block (``` or ~~~) above it"
            ),
            Self::NotUtf8 => write!(
                f,
                "what stands between {BEGIN} and {END} is no UTF-8\n  hint: save the file as UTF-8"
            ),
        }
    }
}

impl std::error::Error for NotMarked {}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(page: &str) -> Result<(String, usize, &'static str), NotMarked> {
        let marked = Marked::find(page.as_bytes())?;
        assert_eq!(marked.with(marked.inside), page.as_bytes());
        Ok((marked.inside.to_owned(), marked.first_line, marked.newline))
    }

    #[test]
    fn the_two_lines_are_found_in_all_forms_of_a_comment() {
        let (html, mdx) = (
            format!("<!-- {BEGIN} -->\n* a\n<!--{END}-->"),
            format!("x\n{{/* {BEGIN} */}}\n{{/* {END} */}}\n"),
        );
        assert_eq!(inside(&html), Ok(("* a\n".to_owned(), 2, "\n")));
        assert_eq!(inside(&mdx), Ok((String::new(), 3, "\n")));
        let crlf = format!("\u{feff}# {BEGIN}\r\n# - a\r\n  # {END}\r\nrest");
        assert_eq!(inside(&crlf), Ok(("# - a\r\n".to_owned(), 2, "\r\n")));
    }

    #[test]
    fn a_block_of_code_is_no_list() {
        let pair = format!("<!-- {BEGIN} -->\n* a\n<!-- {END} -->\n");
        for open in [
            "```\n",
            "~~~ md\n",
            "   ````\n```\n",
            "```\n~~~\n",
            "~~~\n~~~ x\n",
        ] {
            let lines = open.lines().count();
            let why = Err(NotMarked::Code(lines + 1));
            assert_eq!(inside(&format!("{open}{pair}")), why, "{open}");
        }
        for closed in [
            "```\nx\n```\n",
            "~~~\n~~~~\n",
            "    ```\n",
            "``\n",
            "``` a`b\n",
            "text ```\n",
            "\u{feff}",
        ] {
            assert!(inside(&format!("{closed}{pair}")).is_ok(), "{closed}");
        }
        let example = format!("```\n{pair}```\n");
        for both in [format!("{example}{pair}"), format!("{pair}{example}")] {
            let (list, line, _) = inside(&both).unwrap();
            let first = if both.starts_with('`') { 7 } else { 2 };
            assert_eq!((list.as_str(), line), ("* a\n", first));
        }
        let within = pair.replace("* a\n", "* a\n```\n* b\n");
        assert_eq!(inside(&within).unwrap().0, "* a\n```\n* b\n");
        let open = format!("{pair}```\nx\n{pair}");
        assert!(inside(&open).is_ok(), "an example that nobody closed");
    }

    #[test]
    fn other_pages_are_refused() {
        let (b, e) = (format!("<!-- {BEGIN} -->\n"), format!("<!-- {END} -->\n"));
        for (page, why) in [
            (String::new(), NotMarked::None),
            (e.clone(), NotMarked::Twice(1)),
            (b.clone(), NotMarked::NoEnd),
            (format!("{b}{b}{e}"), NotMarked::Twice(2)),
            (format!("{b}{e}{e}"), NotMarked::Twice(3)),
            (format!("{b}{e}{b}"), NotMarked::Twice(3)),
            (format!("see {b}{e}"), NotMarked::Twice(2)),
        ] {
            assert_eq!(inside(&page), Err(why), "{page}");
        }
        let odd = [b.as_bytes(), b"* \xff\n", e.as_bytes()].concat();
        assert_eq!(Marked::find(&odd), Err(NotMarked::NotUtf8));
    }
}
