//! A name as text and nothing more: in Markdown, and in a comment.

use crate::mail::name_acts;

/// Characters that begin something in Markdown, in HTML, in the templates of Jekyll, Hugo
/// and MDX, or in what some readers add (mathematics, footnotes, emoji, tables). Every
/// Markdown knows a backslash before these.
const WITH_A_BACKSLASH: &str = "\\`*_{}[]#+!";
/// These are not escaped by a backslash everywhere; as entities they are text everywhere.
const AS_ENTITIES: &str = "<>&~$^|:%";

/// The name as an entry of a list in Markdown.
///
/// # Errors
/// Says why it cannot be written: it holds what cannot be seen, or would become a link by
/// itself (`www.example.org`, `mia@example.net`) and cannot be kept from it.
pub fn markdown(name: &str) -> Result<String, &'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Err("it is empty");
    }
    if name_acts(name) {
        return Err("it holds characters that cannot be seen");
    }
    if !becomes_a_link(name) {
        return Ok(escaped(name));
    }
    // Code is no link, and knows no escapes.
    if name.contains(['`', '{', '}', '<', '>', '&', '\\']) {
        return Err("it looks like a link or an address, with signs of a markup language in it");
    }
    Ok(format!("`{name}`"))
}

fn escaped(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        // At the beginning these would make a list within the list, or a rule.
        let opens = i == 0 && matches!(c, '-' | '=' | '.' | '(');
        let numbers = matches!(c, '.' | ')')
            && name
                .get(..i)
                .is_some_and(|before| before.chars().all(|c| c.is_ascii_digit()));
        if WITH_A_BACKSLASH.contains(c) || ((opens || numbers) && "-.()".contains(c)) {
            out.push('\\');
            out.push(c);
        } else if AS_ENTITIES.contains(c) || opens {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Readers of Markdown make links of these by themselves: what has a scheme, hosts,
/// addresses of mail.
fn becomes_a_link(name: &str) -> bool {
    name.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/' && c != '@');
        let labels = |text: &str| {
            let mut labels = text.split('.');
            let last = labels.next_back().unwrap_or_default();
            let letters = last.chars().take_while(|c| c.is_alphabetic()).count();
            labels
                .next_back()
                .is_some_and(|label| label.ends_with(|c: char| c.is_alphanumeric()) && letters >= 2)
        };
        let mail = word
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        let host = word.split(['/', '?', '#', ':', '@']).any(labels);
        mail || host || word.contains("//") || word.to_lowercase().starts_with("www.")
    })
}

/// The name as one line behind `#`.
///
/// # Errors
/// When it holds what cannot be seen.
pub fn comment(name: &str) -> Result<String, &'static str> {
    let name = name.trim();
    match name.is_empty() || name_acts(name) {
        true => Err("it holds characters that cannot be seen, or is empty"),
        false => Ok(name.to_owned()),
    }
}

/// Whether two names are the same to a reader: spaces, capital letters and the `@` of a
/// handle do not make another.
pub fn same(one: &str, other: &str) -> bool {
    key(one) == key(other)
}

/// What the same names have in common.
pub fn key(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").trim_start_matches('@').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::entry;

    #[test]
    fn plain_names_stay_as_they_are() {
        for name in [
            "fox in the box",
            "J. R. Smith",
            "Zoë Müller-Lüdenscheidt (Acme GmbH)",
            "漢字 かな",
            "عمر",
            "علی\u{200c}رضا",
            "@fox",
            "0xfox",
            "Fox, Owl and Hare",
        ] {
            assert_eq!(markdown(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn hostile_names_are_text() {
        for (name, written) in [
            ("[x](https://e)", Ok("`[x](https://e)`")),
            ("[x](/y)", Ok(r"\[x\](/y)")),
            ("![x](y)", Ok(r"\!\[x\](y)")),
            (
                "<script>alert(1)</script>",
                Ok("&#60;script&#62;alert(1)&#60;/script&#62;"),
            ),
            ("{{ site.secret }}", Err(())),
            ("{{ secret }}", Ok(r"\{\{ secret \}\}")),
            ("{% include x %}", Ok(r"\{&#37; include x &#37;\}")),
            ("&lt;b&gt;", Ok("&#38;lt;b&#38;gt;")),
            ("a `code` *b* _c_", Ok(r"a \`code\` \*b\* \_c\_")),
            ("javascript:alert(1)", Ok("javascript&#58;alert(1)")),
            ("www.example.org", Ok("`www.example.org`")),
            ("https://example.org/x", Ok("`https://example.org/x`")),
            ("mia@example.net", Ok("`mia@example.net`")),
            ("mia@localhost", Ok("`mia@localhost`")),
            ("Mia of example.net", Ok("`Mia of example.net`")),
            ("`x` https://e.example", Err(())),
            ("1. first", Ok(r"1\. first")),
            ("12) x", Ok(r"12\) x")),
            ("- x", Ok(r"\- x")),
            ("# x", Ok(r"\# x")),
            ("> x", Ok("&#62; x")),
            ("---", Ok(r"\---")),
            ("a | b", Ok("a &#124; b")),
            ("~~x~~", Ok("&#126;&#126;x&#126;&#126;")),
            (
                "$x$ ^y^ :smile:",
                Ok("&#36;x&#36; &#94;y&#94; &#58;smile&#58;"),
            ),
            ("back\\slash", Ok(r"back\\slash")),
            ("a\u{202e}b", Err(())),
            ("a\n- b", Err(())),
            ("  ", Err(())),
        ] {
            let got = markdown(name);
            assert_eq!(got.as_deref().map_err(|_| ()), written, "{name}");
            if let Ok(text) = got {
                assert_eq!(entry::plain(&text), name, "read back from {text}");
            }
        }
    }

    #[test]
    fn a_reader_takes_these_for_the_same() {
        assert!(same("Fox  In the Box", "fox in the box"));
        assert!(same("@fox", "Fox"));
        assert!(!same("fox", "foxes"));
    }
}
