//! Rows of a table as RFC 4180 has them, for spreadsheets.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@` or a full-width one of
//! them for a formula, and a tab or a line end before it for nothing: such a cell gets an
//! apostrophe in front. What acts on a screen is written as an escape.

use crate::mail::harmless;

/// One record with its end. A field without anything stands for what is absent.
pub fn record<T: AsRef<str>>(fields: impl IntoIterator<Item = T>) -> String {
    let fields: Vec<String> = fields.into_iter().map(|f| field(f.as_ref())).collect();
    fields.join(",") + "\r\n"
}

fn field(text: &str) -> String {
    let text = harmless(text, |_| false);
    let begins = text.trim_start().chars().next();
    let inert = match begins {
        Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        Some(_) | None => text,
    };
    if inert.contains([',', '"', ';', ' ']) {
        format!("\"{}\"", inert.replace('"', "\"\""))
    } else {
        inert
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_text_and_nothing_else() {
        for (text, written) in [
            ("respond", "respond"),
            ("", ""),
            ("a b", "\"a b\""),
            ("a,b", "\"a,b\""),
            ("he said \"no\"", "\"he said \"\"no\"\"\""),
            ("=cmd|'/C calc'!A0", "\"'=cmd|'/C calc'!A0\""),
            ("=1+1", "'=1+1"),
            ("-2", "'-2"),
            ("+2", "'+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("|calc", "'|calc"),
            ("＝1", "'＝1"),
            (" =1", "\"' =1\""),
            ("\t=1", "\\u{9}=1"),
            ("\r\n=1", "\\u{d}\\u{a}=1"),
            ("\u{202e}=1", "\\u{202e}=1"),
            ("a\u{1b}[2J", "a\\u{1b}[2J"),
        ] {
            assert_eq!(field(text), written, "{text:?}");
        }
        assert_eq!(record(["a", "", "b,c"]), "a,,\"b,c\"\r\n");
    }
}
