//! Text as the index knows it: a row of tokens.
//!
//! A token is a run of letters and digits, small, without marks: `Grüße`, `GRUSSE` and
//! `gruse` with a mark on the u are one. Characters that nobody sees are left out. Scripts
//! that put no space between words (Chinese, Japanese, Thai) and Korean, whose words grow,
//! come as every two characters in a row.

use std::ops::Range;

/// A longer run of characters is no word: encoded data, mostly.
pub const LONGEST: usize = 64;

/// U+00C0 to U+017F and U+1E00 to U+1EFF without their marks; `?` is kept as it is.
const LATIN: &str = "aaaaaaaceeeeiiiidnooooo?ouuuuytsaaaaaaaceeeeiiiidnooooo?ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
const LATIN_MORE: &str = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas??s?aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????";

/// What a character is in a text.
enum Seen {
    /// A part of a word: what it is folded to.
    Word(char),
    /// A word is every two of these in a row.
    Pair(char),
    /// Nobody sees it: a mark on the letter before, or a character of no width.
    Nothing,
    /// Between words.
    Between,
}

fn seen(c: char) -> Seen {
    let at = u32::from(c);
    if c.is_ascii() {
        return match c.is_ascii_alphanumeric() {
            true => Seen::Word(c.to_ascii_lowercase()),
            false => Seen::Between,
        };
    }
    match at {
        0xAD | 0x300..=0x36F | 0x200B..=0x200D | 0x2060 | 0xFE00..=0xFE0F | 0xFEFF => Seen::Nothing,
        0xC0..=0x17F => from_table(LATIN, at - 0xC0, c),
        0x1E00..=0x1EFF => from_table(LATIN_MORE, at - 0x1E00, c),
        // Indic scripts: their signs belong to the word.
        0x900..=0xDFF => Seen::Word(c),
        0xE00..=0xEFF | 0x1000..=0x109F | 0x1780..=0x17FF => Seen::Pair(c),
        0x3005 | 0x3041..=0x3096 | 0x309D..=0x30FA | 0x30FC..=0x30FF => Seen::Pair(c),
        0x3400..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF => Seen::Pair(c),
        // Wide forms of ASCII.
        0xFF01..=0xFF5E => char::from_u32(at - 0xFEE0).map_or(Seen::Between, seen),
        0x439 | 0x419 => Seen::Word('\u{438}'),
        0x451 | 0x401 => Seen::Word('\u{435}'),
        _ if c.is_alphanumeric() => Seen::Word(c),
        _ => Seen::Between,
    }
}

fn from_table(table: &str, at: u32, c: char) -> Seen {
    match table.as_bytes().get(at as usize) {
        Some(b'?') | None if c.is_alphanumeric() => Seen::Word(c),
        Some(b'?') | None => Seen::Between,
        Some(base) => Seen::Word(char::from(*base)),
    }
}

/// Gives each token of a text, and where it stands there, in bytes.
pub fn tokens(text: &str, mut each: impl FnMut(&str, Range<usize>)) {
    let mut word = String::new();
    let mut place = 0..0;
    let mut pairs: Vec<(char, Range<usize>)> = Vec::new();
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let end = at + c.len_utf8();
        let seen = seen(c);
        if !matches!(seen, Seen::Word(_) | Seen::Nothing) && !word.is_empty() {
            each(&word, place.clone());
            word.clear();
        }
        if !matches!(seen, Seen::Pair(_) | Seen::Nothing) && !pairs.is_empty() {
            in_pairs(&pairs, &mut each);
            pairs.clear();
        }
        match seen {
            Seen::Word(folded) => {
                if word.is_empty() {
                    place = at..end;
                }
                place.end = end;
                // What is small may still bear a mark: the sign of the angstrom is an a with a ring.
                for small in folded.to_lowercase() {
                    if let Seen::Word(plain) = self::seen(small) {
                        word.push(plain);
                    }
                }
            }
            Seen::Pair(folded) => pairs.push((folded, at..end)),
            Seen::Nothing | Seen::Between => {}
        }
    }
}

fn in_pairs(run: &[(char, Range<usize>)], each: &mut impl FnMut(&str, Range<usize>)) {
    let mut buffer = [0; 4];
    if let [(alone, place)] = run {
        return each(alone.encode_utf8(&mut buffer), place.clone());
    }
    for pair in run.windows(2) {
        if let [(first, from), (second, to)] = pair {
            each(&String::from_iter([*first, *second]), from.start..to.end);
        }
    }
}

/// The last of a run of characters whose words are pairs begins no pair; so that it is found
/// alone, the index has it alone.
pub fn ends_of_pairs(text: &str, mut each: impl FnMut(char)) {
    let mut last = None;
    for c in text.chars().chain([' ']) {
        match seen(c) {
            Seen::Pair(folded) => last = Some(folded),
            Seen::Nothing => {}
            Seen::Word(_) | Seen::Between => last.take().into_iter().for_each(&mut each),
        }
    }
}

/// Whether a token is of a script whose words come in pairs.
pub fn is_of_pairs(token: &str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|c| matches!(seen(c), Seen::Pair(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        tokens(text, |token, place| {
            assert!(text.get(place.clone()).is_some(), "{text:?} {place:?}");
            all.push(token.to_owned());
        });
        all
    }

    #[test]
    fn what_reads_the_same_is_one_token() {
        assert_eq!(LATIN.len(), 0x17F - 0xC0 + 1);
        assert_eq!(LATIN_MORE.len(), 0x1EFF - 0x1E00 + 1);
        for text in [
            "Grüße",
            "GRÜSE",
            "gru\u{308}se",
            "gr\u{ad}u\u{200b}se",
            "ｇｒｕｓｅ",
        ] {
            assert_eq!(all(text).concat().replace("ss", "s"), "gruse", "{text:?}");
        }
        assert_eq!(
            all("Việt Łódź Čeština ÅÆØ"),
            ["viet", "lodz", "cestina", "aao"]
        );
        assert_eq!(all("Ещё Йод ΑΒΓ"), ["еще", "иод", "αβγ"]);
        assert_eq!(all("हिन्दी में"), ["हिन्दी", "में"]);
    }

    #[test]
    fn a_token_is_the_token_of_itself() {
        assert_eq!(
            all("\u{212b}ngstr\u{f6}m \u{212a}elvin"),
            ["angstrom", "kelvin"]
        );
        for c in '\0'..=char::MAX {
            for token in all(c.encode_utf8(&mut [0; 4])) {
                assert_eq!(all(&token), [token.as_str()], "{c:?}");
            }
        }
    }

    #[test]
    fn what_stands_between_words_parts_them() {
        assert_eq!(
            all("CVE-2026-1234, mia@example.net"),
            ["cve", "2026", "1234", "mia", "example", "net"]
        );
        assert_eq!(
            all("hxxps://app[.]example/hooks/import?x_y=1"),
            ["hxxps", "app", "example", "hooks", "import", "x", "y", "1"]
        );
        assert_eq!(all("\0\u{1b}[31m \u{202e}!?"), ["31m"]);
        assert_eq!(all(""), [""; 0]);
    }

    #[test]
    fn what_has_no_spaces_comes_in_pairs() {
        assert_eq!(
            all("这是漏洞XSS报告。"),
            ["这是", "是漏", "漏洞", "xss", "报告"]
        );
        assert_eq!(all("洞"), ["洞"]);
        let mut ends = Vec::new();
        ends_of_pairs("漏洞 报告", |c| ends.push(c));
        assert_eq!(ends, ['洞', '告']);
    }
}
