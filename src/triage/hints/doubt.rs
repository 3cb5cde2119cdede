//! What silences every rule, whatever words there are: what is said in it cannot be read
//! here, or is more than a programme leaves out.

use super::Plain;
use super::text::Words;
use crate::mail::Attachment;

/// What is new in all mails together, in bytes. Who writes more has more to say.
const NEW: usize = 4_000;

/// All text of all mails.
const WHOLE: usize = 32_000;

/// Below so many words the language of a text cannot be told by them.
const TELLING: usize = 12;

/// Words that an English text has, and that few others do.
const ENGLISH: [&str; 25] = [
    "the", "and", "your", "you", "this", "that", "with", "from", "are", "have", "not", "it", "be",
    "which", "when", "there", "found", "missing", "website", "site", "can", "to", "for", "any",
    "has",
];

/// Whether nothing should be said of these mails.
pub(super) fn doubtful(said: &[Plain<'_>]) -> bool {
    let long = |most: usize, of: fn(&Plain<'_>) -> usize| said.iter().map(of).sum::<usize>() > most;
    long(NEW, |one| one.new.len())
        || long(WHOLE, |one| one.whole.len())
        || said.iter().any(|one| {
            let text = one.new;
            let all = [one.subject, one.whole, text];
            !reads_as_english(one.subject, 0)
                || !reads_as_english(text, TELLING)
                || text.lines().any(is_request)
                || all
                    .iter()
                    .any(|text| text.split_whitespace().any(is_attack))
                || one.attachments.iter().any(is_unread)
        })
}

/// Written in letters of English, and with its words where there are enough of them;
/// `telling` 0: letters alone.
fn reads_as_english(text: &str, telling: usize) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (ours, others): (Vec<char>, Vec<char>) = letters.partition(char::is_ascii);
    if others.len() > 4 && others.len() * 30 > ours.len() {
        return false;
    }
    let words = Words::of(text);
    let known = words.all().filter(|word| ENGLISH.contains(word)).count();
    telling == 0 || words.count() < telling || known * 12 >= words.count()
}

/// A request that changes something, as it goes over the wire: that is more than a banner.
fn is_request(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches(['>', '`', '$', ' ']);
    let mut words = line.split_whitespace();
    let verb = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let is_verb = ["POST", "PUT", "PATCH", "DELETE"].contains(&verb);
    is_verb && (target.starts_with('/') || target.starts_with("http"))
}

/// What stands in attacks on a server and in none of these reports: a way out of a folder,
/// letters written as `%2e`, markup that acts, a number in a query, a command.
fn is_attack(word: &str) -> bool {
    const PARTS: [&str; 22] = [
        "../", "..%", "..\\", "%2e", "%2f", "%00", "%0a", "%0d", "%27", "%3c", "/etc/", "/proc/",
        "/.", "<script", "<svg", "<form", "onload=", "onerror=", "curl", "{{", "${", "$(",
    ];
    let small = word.to_ascii_lowercase();
    let query = small.split_once('?').map_or("", |(_, query)| query);
    let mut values = query.split(['&', '=']).skip(1);
    let number = values.any(|value| value.starts_with(|c: char| c.is_ascii_digit()));
    number || PARTS.iter().any(|part| small.contains(part))
}

/// An attachment whose words nobody has read; pictures show what the text says.
fn is_unread(part: &Attachment) -> bool {
    let kind = part.kind.as_str();
    let shows = kind.starts_with("image/") && kind != "image/svg+xml" || kind.starts_with("video/");
    let signs = matches!(
        kind,
        "application/pgp-signature"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
    );
    !shows && !signs
}
