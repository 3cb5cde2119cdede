//! Text in a page. Nothing of it is taken for markup, whoever wrote it.

use crate::mail::{Foreign, harmless};

/// Our own words.
pub fn text(ours: &str) -> String {
    escaped(&harmless(ours, |_| false))
}

/// A stranger's words, at most `width` characters, in quotes; right-to-left text in it does
/// not turn what stands around it.
pub fn quoted(theirs: &Foreign, width: usize) -> String {
    format!("<bdi>\u{201c}{}\u{201d}</bdi>", escaped(&theirs.cut(width)))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        for (theirs, shown) in [
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            (
                "\"><img src=x onerror=x>",
                "&quot;&gt;&lt;img src=x onerror=x&gt;",
            ),
            ("' onfocus='x", "&#39; onfocus=&#39;x"),
            ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
            ("]]>", "]]&gt;"),
            ("--><b>", "--&gt;&lt;b&gt;"),
            ("a\u{202e}b\u{0}", "a\\u{202e}b\\u{0}"),
        ] {
            assert_eq!(text(theirs), shown);
            let foreign = Foreign::new(theirs);
            assert_eq!(
                quoted(&foreign, 99),
                format!("<bdi>\u{201c}{shown}\u{201d}</bdi>")
            );
        }
        assert_eq!(
            quoted(&Foreign::new("<<<<"), 3),
            "<bdi>\u{201c}&lt;&lt;~\u{201d}</bdi>"
        );
    }
}
