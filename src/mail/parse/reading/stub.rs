//! A form in a few words that stands for another, told by how many words each has and by the
//! hosts that it names.

use super::weigh::beginning;

/// A plain form with fewer words may be a stub.
const STUB: usize = 20;
/// The other form then has so many times its words.
const TIMES: usize = 3;
/// One of fewer words is a stub where the other form says far more.
pub(super) const LONG_STUB: usize = 60;
const TIMES_LONG: usize = 8;
/// Hosts of a text that are looked for in another.
const HOSTS: usize = 50;
/// So much of two texts is compared.
const COMPARED: usize = 64 << 10;

/// Whether a text of so few words stands for another that says more.
pub(super) fn is_stub(few: usize, words: &str, page: &str) -> bool {
    let many = count(page, LONG_STUB * TIMES_LONG);
    (few < STUB && many >= few * TIMES && many > few)
        || (few < LONG_STUB && many >= few * TIMES_LONG && many > few)
        || (few < STUB && names_more(page, words))
}

/// How many words a text has, up to `enough`. A script without spaces has a word in two
/// letters.
pub(super) fn count(text: &str, enough: usize) -> usize {
    let mut count = 0;
    for word in text.split_whitespace() {
        if count >= enough {
            break;
        }
        let letters = word.chars().filter(|c| is_unspaced(*c)).count();
        let spaced = word.chars().any(|c| c.is_alphanumeric() && !is_unspaced(c));
        count += usize::from(spaced) + letters.div_ceil(2);
    }
    count
}

/// Letters of Thai, Lao, Khmer, Burmese, Chinese and Japanese.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff
        | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Whether a text names a host that the other does not have.
pub(super) fn names_more(text: &str, than: &str) -> bool {
    let than = beginning(than, COMPARED).to_lowercase();
    let of_host = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    let names = beginning(text, COMPARED).split(|c| !of_host(c));
    let names = names.map(|name| name.trim_matches(['.', '-']));
    let mut hosts = names.filter(|name| is_host(name)).take(HOSTS);
    hosts.any(|host| !than.contains(&host.to_lowercase()))
}

/// Labels with points between them, the last of letters; or four numbers.
pub(super) fn is_host(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    let is_name = last.chars().all(char::is_alphabetic) && last.chars().count() >= 2;
    let is_number = |label: &&str| label.parse::<u8>().is_ok();
    let is_ip = labels.len() == 4 && labels.iter().all(is_number);
    labels.len() >= 2 && name.len() <= 253 && !labels.contains(&"") && (is_name || is_ip)
}
