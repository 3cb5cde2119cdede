//! Words that would act if they could, and how to tell.

/// What must never come out as it went in: whole lines of trouble.
pub(super) const HOSTILE: [&str; 22] = [
    "esc \u{1b}]0;owned\u{7} \u{1b}[2J end",
    "c1 \u{9b}2J \u{85} \u{9d}0;owned\u{9c} end",
    "bidi \u{202e}gpj.exe \u{2066}x\u{2069} end",
    "zero\u{200b}width\u{feff}\u{2060}\u{00ad} end",
    "line\r\nBcc: eve@example.net\r\n\r\nsecond end",
    "feed\nSEC-2026-0001 closed\u{2028}third\u{2029} end",
    "nul \0 bell \u{7} back \u{8}\u{8}\u{8} del \u{7f} end",
    "tags \u{e0041}\u{e007f} \u{fe0f} end",
    "tab\there \u{b}\u{c} end",
    "quote \" back \\ brace {{ x }} percent %s %n $(id) `id` end",
    "combining e\u{301}\u{301}\u{301} \u{1160}\u{3164} end",
    "mark \u{fff9}x\u{fffb} \u{061c}\u{200e}\u{200f} end",
    "'; DROP TABLE tickets; -- % _ * \" OR 1=1 end",
    "=cmd|' /C calc'!A1 +1 -1 @SUM(1) end",
    "<script>alert(1)</script> &lt; &#x1b; ]]> end",
    "\\u001b[2J \\x1b[2J \\033[2J \\e[2J %1b end",
    "emoji \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{2764}\u{fe0f} end",
    "right \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{627}\u{644}\u{633} end",
    "\u{1b}%G\u{1b}(0\u{e}lqqqk\u{f}\u{1b}(B end",
    "joined \u{6cc}\u{200c}\u{67e} \u{6cc}\u{200c}\u{200c}\u{67e} a\u{200c}\u{200d}b \u{915}\u{94d}\u{200d}\u{937} end",
    "chained \u{1f468}\u{200d}\u{200d}\u{fe0f}\u{fe0f} 1\u{fe0f}\u{20e3} 2\u{fe0f} \u{202e}\u{200d}\u{1f468}\u{fe0e} end",
    "../../etc/passwd C:\\con a/b\\c ~/.ssh end",
];

/// Sequences that terminals obey, without the escape in front.
pub(super) const SEQUENCES: [&str; 44] = [
    "c",
    "7",
    "8",
    "D",
    "E",
    "H",
    "M",
    "Z",
    "=",
    ">",
    "#8",
    "[2J",
    "[3J",
    "[H",
    "[1;1H",
    "[31m",
    "[8m",
    "[5n",
    "[6n",
    "[c",
    "[>c",
    "[21t",
    "[?25l",
    "[?47h",
    "[?1049h",
    "[?1000h",
    "[?2004h",
    "[20h",
    "[4i",
    "[5i",
    "[!p",
    "[100A",
    "[1;2r",
    "[999b",
    "]0;owned\u{7}",
    "]2;owned\u{1b}\\",
    "]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}",
    "]52;c;ZXZpbA==\u{7}",
    "]50;x\u{7}",
    "]1337;File=x:AA==\u{7}",
    "P$q\"p\u{1b}\\",
    "_Gx\u{1b}\\",
    "^x\u{1b}\\",
    "Xx\u{1b}\\",
];

/// Characters that act alone, but for C0 and C1.
pub(super) const ACTING: [std::ops::RangeInclusive<u32>; 22] = [
    0xad..=0xad,
    0x34f..=0x34f,
    0x61c..=0x61c,
    0x115f..=0x1160,
    0x17b4..=0x17b5,
    0x180b..=0x180f,
    0x200b..=0x200f,
    0x2028..=0x202e,
    0x2060..=0x206f,
    0x2800..=0x2800,
    0x3164..=0x3164,
    0xfdd0..=0xfdef,
    0xfe00..=0xfe0f,
    0xfeff..=0xfeff,
    0xffa0..=0xffa0,
    0xfff0..=0xfffb,
    0xfffe..=0xffff,
    0x13430..=0x1345f,
    0x1bca0..=0x1bca3,
    0x1d173..=0x1d17a,
    0x1fffe..=0x1ffff,
    0xe0000..=0xe007f,
];

/// All of them, over three hundred, each a string of its own.
pub(super) fn hostile() -> Vec<String> {
    let mut all: Vec<String> = HOSTILE.iter().map(|s| (*s).to_owned()).collect();
    all.extend(SEQUENCES.iter().map(|s| format!("seq \u{1b}{s} end")));
    let controls = (0..0x20).chain(0x7f..0xa0);
    let step = |from: u32| if from > 0xffff { 2 } else { 1 };
    let alone = ACTING.iter().cloned();
    let alone = alone.flat_map(|range| range.clone().step_by(step(*range.start())));
    let one = |n: u32| format!("one x{}y end", char::from_u32(n).unwrap());
    all.extend(controls.chain(alone).map(one));
    // Piles of marks, which no terminal obeys and every reader suffers from.
    for mark in [
        '\u{301}', '\u{336}', '\u{489}', '\u{20dd}', '\u{e47}', '\u{5b0}',
    ] {
        all.push(format!("pile a{} end", mark.to_string().repeat(200)));
    }
    assert!(all.len() >= 300, "{}", all.len());
    all
}

/// The same, twenty in one field: as much is looked at, in fewer mails.
pub(super) fn packs() -> Vec<String> {
    hostile().chunks(20).map(|pack| pack.join(" | ")).collect()
}

/// True for a character that acts instead of being seen. Written anew here: the test does
/// not ask the code that it tests.
fn acts(c: char) -> bool {
    let n = u32::from(c);
    n < 0x20
        || (0x7f..0xa0).contains(&n)
        || (0xe0000..=0xe0fff).contains(&n)
        || ACTING.iter().any(|range| range.contains(&n))
}

/// The first that acts where it stands. A selector behind a symbol, and a joiner between two
/// symbols or two letters of Arabic or of the scripts of India, only shape these.
pub(super) fn acting(line: &str) -> Option<char> {
    let chars: Vec<char> = line.chars().collect();
    let is_letter = |c: char| (0x620..=0xdff).contains(&u32::from(c));
    let is_odd = |c: char| c.is_ascii() || c.is_alphanumeric() || is_letter(c) || acts(c);
    let is_symbol = |c: char| !is_odd(c);
    let shapes = |i: usize, c: char| {
        let at = |i: Option<usize>| i.and_then(|i| chars.get(i)).copied().unwrap_or('\n');
        let (before, behind) = (at(i.checked_sub(1)), at(Some(i + 1)));
        match c {
            '\u{fe0f}' => is_symbol(before) || (before.is_ascii_digit() && behind == '\u{20e3}'),
            '\u{200d}' if is_symbol(before) || before == '\u{fe0f}' => is_symbol(behind),
            '\u{200c}' | '\u{200d}' => is_letter(before) && is_letter(behind),
            _ => false,
        }
    };
    let mut all = chars.iter().copied().enumerate();
    all.find(|(i, c)| acts(*c) && !shapes(*i, *c))
        .map(|(_, c)| c)
}

/// Nothing acts, no pile of marks stands on a letter, and nothing is called proven that
/// nobody proved.
pub(super) fn assert_harmless(what: &str, text: &str) {
    let mut lines = text.split('\n');
    let found = lines.find_map(|line| Some((acting(line)?, line)));
    let (found, around) = found.unzip();
    assert_eq!(found, None, "{what}: {around:?}");
    for mark in [
        "\u{301}", "\u{336}", "\u{489}", "\u{20dd}", "\u{e47}", "\u{5b0}",
    ] {
        assert!(
            !text.contains(&mark.repeat(20)),
            "{what}: a pile of {mark:?}"
        );
    }
    let lower = text.to_lowercase().replace("\"signed\": null", "");
    for claim in ["signed", "verified"] {
        let claims = lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| w == claim);
        assert!(!claims, "{what} says {claim}");
    }
}
