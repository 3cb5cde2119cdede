//! How bad it is: a word, or a CVSS vector, which is kept as it was typed.
//!
//! A vector is checked for its form (FIRST: CVSS v3.0, v3.1 and v4.0): every metric at most
//! once, and every one that a base score needs; then for its values.

use super::score::{BASE_3, BASE_4, Score};

/// The words, from the least; `none` says that somebody looked and found it harmless.
pub(super) const WORDS: [&str; 5] = ["none", "low", "medium", "high", "critical"];

/// Reads a severity; gives it as it is kept.
///
/// # Errors
/// Says what would be right.
pub fn severity(text: &str) -> Result<String, String> {
    let text = text.trim();
    let word = text.to_ascii_lowercase();
    if WORDS.contains(&word.as_str()) {
        return Ok(word);
    }
    let vector = text.to_ascii_uppercase();
    let mut parts = vector.split('/');
    let needed: &[&str] = match parts.next() {
        Some("CVSS:3.0" | "CVSS:3.1") => &BASE_3,
        Some("CVSS:4.0") => &BASE_4,
        Some(_) | None => {
            return Err(format!(
                "{}, or a vector like CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                WORDS.join(", ")
            ));
        }
    };
    let mut seen: Vec<&str> = Vec::new();
    for part in parts {
        let (metric, value) = part.split_once(':').unwrap_or((part, ""));
        let plain =
            |t: &str| (1..=6).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_uppercase());
        if !plain(metric) || !plain(value) || seen.contains(&metric) {
            return Err(format!("a CVSS vector; {part:?} is wrong in this one"));
        }
        seen.push(metric);
    }
    match needed.iter().find(|metric| !seen.contains(metric)) {
        Some(lacks) => Err(format!("a whole CVSS vector; this one lacks {lacks}")),
        None if Score::of(&vector).is_none() => {
            Err("a CVSS vector; a metric or a value of this one is not in its version".to_owned())
        }
        None => Ok(vector),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_or_a_whole_vector() {
        let v3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N";
        let v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P";
        for (text, kept) in [
            ("HIGH", Some("high")),
            ("none", Some("none")),
            (v3, Some(v3)),
            (v4, Some(v4)),
            (
                "cvss:3.0/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h",
                Some("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            ),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N", None),
            ("CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N", None),
            ("CVSS:2.0/AV:N", None),
            ("CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N", None),
            ("8.6", None),
            ("", None),
        ] {
            assert_eq!(severity(text).ok().as_deref(), kept, "{text:?}");
        }
        assert!(severity("CVSS:4.0/AV:N").unwrap_err().contains("lacks AC"));
    }
}
