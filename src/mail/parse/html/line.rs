//! Which elements are set in a line, and which are blocks.

use std::collections::HashMap;

/// Blocks that are written in a way of their own.
#[rustfmt::skip]
const LISTS_AND_TABLES: [&str; 14] = [
    "ul", "ol", "table", "td", "th", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
];

/// A paragraph that is open ends where one of these begins or ends.
pub(super) fn ends_paragraph(name: &str) -> bool {
    is_block(name) || LISTS_AND_TABLES.contains(&name)
}

/// An element with lines of its own.
pub(super) fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 24] = [
        "p",
        "div",
        "tr",
        "li",
        "dl",
        "dt",
        "dd",
        "body",
        "center",
        "section",
        "article",
        "header",
        "footer",
        "address",
        "form",
        "fieldset",
        "figure",
        "figcaption",
        "main",
        "nav",
        "aside",
        "caption",
        "summary",
        "details",
    ];
    BLOCKS.contains(&name)
}

/// Elements whose words run on in those around them, and those that nobody sees; and, by the
/// colon in their names, those of Office. The words of all others stand apart: two that a
/// program sets beside each other are not one, nor a host that is named nowhere.
pub(super) fn is_in_line(name: &str) -> bool {
    #[rustfmt::skip]
    const IN_LINE: [&str; 46] = [
        "a", "abbr", "acronym", "area", "b", "base", "basefont", "bdi", "bdo", "big", "cite",
        "code", "col", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label",
        "link", "map", "mark", "meta", "nobr", "param", "q", "rb", "ruby", "s", "samp", "small",
        "source", "span", "strike", "strong", "sub", "sup", "time", "track", "tt", "u", "var",
    ];
    IN_LINE.contains(&name) || name == "wbr" || name.contains(':')
}

/// Elements of a line that a style sets apart: by name, each that began since one was, and
/// whether it is.
#[derive(Default)]
pub(super) struct SetApart(HashMap<String, Vec<bool>>);

impl SetApart {
    /// Whether the words of an element that begins stand apart.
    pub(super) fn begins(&mut self, name: &str, is_apart: bool) -> bool {
        if let Some(open) = self.0.get_mut(name) {
            open.push(is_apart);
        } else if is_apart {
            self.0.insert(name.to_owned(), vec![true]);
        }
        is_apart
    }

    /// Whether those of the one that ends did.
    pub(super) fn ends(&mut self, name: &str) -> bool {
        let Some(open) = self.0.get_mut(name) else {
            return false;
        };
        let was_apart = open.pop() == Some(true);
        if open.is_empty() {
            self.0.remove(name);
        }
        was_apart
    }
}
