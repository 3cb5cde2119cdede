//! Letters that look like others, and the scripts that letters are of.
//!
//! A small table of our own: what stands in names of domains that were made to deceive.
//! The tables of Unicode (UTS 39) hold thousands more, most of which IDNA refuses.

/// Each letter with those that are taken for it: with marks, of other alphabets, digits.
const ALIKE: [(char, &str); 26] = [
    ('a', "àáâãäåāăąǎạảấầẩẫậắằẳẵặɑαа4"),
    ('b', "ƀɓḃḅƅьβвъ8"),
    ('c', "çćĉċčƈϲс"),
    ('d', "ďđḋḍɗԁժ"),
    ('e', "èéêëēĕėęěẹẻẽếềểễệеёєҽɛε3"),
    ('f', "ƒḟքғ"),
    ('g', "ĝğġģǧɡց9"),
    ('h', "ĥħḥһհ"),
    ('i', "ìíîïĩīĭįıǐịỉіїιɩ"),
    ('j', "ĵǰјϳ"),
    ('k', "ķǩḳκкқ"),
    ('l', "ĺļľŀłḷḻӏ1"),
    ('m', "ṁṃмɱ"),
    ('n', "ñńņňŉǹṅṇŋпηոռ"),
    ('o', "òóôõöøōŏőơǒọỏốồổỗộớờởỡợοоօσ0"),
    ('p', "ṗρрƿ"),
    ('q', "ԛգզ"),
    ('r', "ŕŗřṙṛгɼ"),
    ('s', "śŝşšșṡṣѕʂ5"),
    ('t', "ţťŧțṫṭτт7"),
    ('u', "ùúûüũūŭůűųưǔụủứừửữựυս"),
    ('v', "ṿʋνѵ"),
    ('w', "ŵẁẃẅẇẉԝա"),
    ('x', "ẋχхҳ"),
    ('y', "ýÿŷẏỳỵỷỹуγүұƴ"),
    ('z', "źżžẓʐ2"),
];

/// What a label looks like at a glance: hyphens left out, every letter as the plain one it
/// is taken for, pairs as the letter that they pass for. Two labels with the same looks
/// are taken for each other; the looks themselves are nothing to show.
pub(super) fn looks(label: &str) -> String {
    let plain = |c: char| {
        let alike = ALIKE.iter().find(|(_, others)| others.contains(c));
        let c = alike.map_or(c, |(letter, _)| *letter);
        if c == 'i' { 'l' } else { c }
    };
    let letters = label.chars().filter(|c| *c != '-');
    let looks: String = letters.flat_map(char::to_lowercase).map(plain).collect();
    looks
        .replace("rn", "m")
        .replace("vv", "w")
        .replace("cl", "d")
}

/// An alphabet, as far as telling them apart needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Han,
    Kana,
    Bopomofo,
    Hangul,
    /// Any other, by its place among the characters.
    Other(u32),
}

/// The script of a letter; digits, marks and signs have none.
pub(super) fn script(c: char) -> Option<Script> {
    if !c.is_alphabetic() {
        return None;
    }
    Some(match u32::from(c) {
        0x00..=0x24F | 0x250..=0x2AF | 0x1D00..=0x1D25 | 0x1E00..=0x1EFF | 0xAB30..=0xAB64 => {
            Script::Latin
        }
        0x2B0..=0x36F => return None,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Script::Cyrillic,
        0x530..=0x58F => Script::Armenian,
        0x3005..=0x3007 | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => Script::Han,
        0x3031..=0x30FF | 0x31F0..=0x31FF => Script::Kana,
        0x3100..=0x312F | 0x31A0..=0x31BF => Script::Bopomofo,
        0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF => Script::Hangul,
        n => Script::Other(n / 0x80),
    })
}
