//! What stands in armour in the text of a mail.
//!
//! An armour is told from words about one: behind its mark stands base64, and where the mark
//! does not begin its line (a web form or HTML joined the lines), its end stands there too.
//! What is quoted was written by somebody else.

use super::super::decode::{self, Encoding};
use super::super::opaque;
use super::super::walk::{Found, Leaf};
use super::Cipher;
use super::packets::first_packet;
use super::role::{Role, is_named};
use crate::mail::Foreign;
use crate::mail::sealed::{CLEARSIGNED, Encryption, MESSAGE, MESSAGE_END, with_plain_marks};

/// Messages of one text that are taken out of it.
pub(super) const MESSAGES: usize = 20;
/// How each mark begins.
const BEGIN: &str = "-----BEGIN ";
/// Letters of base64 in a word that is no word of a language.
const DATA: usize = 16;
/// So many stand in an armour whose end, or whose beginning of a line, is lost.
const DATA_AT_LEAST: usize = 40;

/// The marks of what is encrypted, or may be: how each begins and ends.
const MARKS: [(&str, &str, Encryption); 4] = [
    (MESSAGE, MESSAGE_END, Encryption::PgpInline),
    (
        "-----BEGIN AGE ENCRYPTED FILE",
        "-----END AGE ENCRYPTED FILE",
        Encryption::Age,
    ),
    ("-----BEGIN PKCS7", "-----END PKCS7", Encryption::Smime),
    ("-----BEGIN CMS", "-----END CMS", Encryption::Smime),
];

/// An armour in a text.
pub(super) struct Armour<'t> {
    pub(super) shape: Encryption,
    /// What stands behind the first words of its mark, up to its end.
    inside: &'t str,
    /// Its end is there.
    is_whole: bool,
    /// Nothing stands before it in its line.
    begins_line: bool,
}

impl Armour<'_> {
    /// It is one, and not a word of a sentence about one.
    fn is_real(&self) -> bool {
        let least = match (self.begins_line, self.is_whole) {
            (true, true) => 1,
            (true, false) => DATA,
            (false, true) => DATA_AT_LEAST,
            (false, false) => return false,
        };
        let length = |line: &str| match is_base64(line) {
            true => line.len(),
            false => {
                let words = line.split_whitespace().filter(|word| is_base64(word));
                words.map(str::len).filter(|len| *len >= DATA).sum()
            }
        };
        let data = self.lines().map(str::trim);
        data.map(length).sum::<usize>() >= least && self.is_secret()
    }

    /// What stands behind the mark, of which dashes are left, or the number of a part.
    fn behind_mark(&self) -> &str {
        let behind = self.inside.split_once("-----");
        behind.map_or(self.inside, |(_, behind)| behind)
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.behind_mark().lines()
    }

    /// The armour of S/MIME is also one of certificates and of what is signed.
    fn is_secret(&self) -> bool {
        let begins = || opaque::kind(&self.bytes());
        let is_open = || matches!(begins(), Some(opaque::Kind::Signed | opaque::Kind::Else));
        self.shape != Encryption::Smime || !is_open()
    }

    /// What a program decrypts.
    pub(super) fn written(&self) -> Option<Vec<u8>> {
        match self.shape {
            Encryption::PgpInline => armour(self.behind_mark()).map(String::into_bytes),
            _ => Some(self.bytes()),
        }
    }

    /// What the base64 stands for.
    fn bytes(&self) -> Vec<u8> {
        let data: String = self
            .lines()
            .map(str::trim)
            .filter(|line| is_base64(line))
            .collect();
        Encoding::Base64.decode(data.as_bytes()).into_owned()
    }
}

/// Every mark in a text that is not quoted, and what stands behind it up to the next one: so
/// each byte is looked at once.
fn armours(text: &str) -> Vec<Armour<'_>> {
    let (mut all, mut at) = (Vec::new(), 0);
    // The first letter of the line.
    let mut first_letter = None;
    while let Some(from) = text.get(at..).and_then(|rest| rest.find(BEGIN)) {
        let before = text.get(at..at + from).unwrap_or_default();
        let head = match before.rsplit_once('\n') {
            Some((_, line)) => {
                first_letter = None;
                line
            }
            None => before,
        };
        let letters = head.trim();
        first_letter = first_letter.or_else(|| letters.chars().next());
        let begins_line = first_letter.is_none();
        let is_quote = |c: char| c == '>' || c == '|';
        let is_quoted = first_letter.is_some_and(is_quote) || letters.ends_with(is_quote);
        first_letter = first_letter.or(Some('-'));
        let mark = text.get(at + from..).unwrap_or_default();
        at += from + BEGIN.len();
        let known = MARKS.iter().find(|(first, ..)| mark.starts_with(first));
        let Some((first, last, shape)) = known.filter(|_| !is_quoted) else {
            continue;
        };
        let behind = mark.get(first.len()..).unwrap_or_default();
        let next = behind.find(BEGIN).unwrap_or(behind.len());
        let behind = behind.get(..next).unwrap_or_default();
        let end = behind.find(last);
        all.push(Armour {
            shape: *shape,
            inside: behind.get(..end.unwrap_or(next)).unwrap_or_default(),
            is_whole: end.is_some(),
            begins_line,
        });
    }
    all
}

/// In which shape something in these texts is encrypted.
pub(super) fn encrypted(texts: &[String]) -> Option<Encryption> {
    let mut shapes = texts.iter().flat_map(|text| armours(text));
    shapes.find(Armour::is_real).map(|armour| armour.shape)
}

/// What is encrypted in armour in a file, on lines of its own.
pub(super) fn in_file(text: &str) -> impl Iterator<Item = Armour<'_>> {
    let all = armours(text).into_iter();
    all.filter(|one| one.begins_line && one.is_real())
}

/// What stands in armour in these texts.
pub(super) fn ciphers(texts: &[String]) -> Vec<Cipher> {
    let cipher = |shape, bytes| Cipher {
        shape,
        name: Foreign::default(),
        bytes,
    };
    let mut all = Vec::new();
    for text in texts {
        let messages = messages(text).into_iter();
        all.extend(messages.map(|armour| cipher(Encryption::PgpInline, armour.into_bytes())));
        let others = armours(text).into_iter();
        let others = others.filter(|one| one.shape != Encryption::PgpInline && one.is_real());
        all.extend(
            others
                .take(MESSAGES)
                .map(|one| cipher(one.shape, one.bytes())),
        );
    }
    all
}

/// Letters of base64 in which a marker stands, and the first byte behind it.
const MARKED: usize = 8;

/// Whether the first message in this text begins with what is encrypted.
pub(in crate::mail::parse) fn is_encrypted(text: &str) -> bool {
    let messages = messages(text);
    let data = messages.first().and_then(|armour| armour.lines().nth(2));
    let begins = data.and_then(|line| line.get(..MARKED).or_else(|| line.get(..4)));
    begins.is_some_and(|begins| {
        let bytes = Encoding::Base64.decode(begins.as_bytes());
        matches!(first_packet(&bytes), Role::Encrypted(_))
    })
}

/// The texts in which an armour may stand: those of HTML as they are written, for its lines
/// are lost in words made of it. Those that `text` was taken from, and where there is no
/// armour in them, also all others that are no files.
pub(super) fn texts(found: &Found<'_>, chosen: &[usize], text: &str) -> Vec<String> {
    let leaves = || found.leaves.iter().enumerate();
    let mut texts = Vec::new();
    if text.contains(BEGUN) {
        let html = leaves().filter(|(n, leaf)| chosen.contains(n) && is_html(leaf));
        texts.extend(html.filter_map(|(_, leaf)| written(leaf)));
        if texts.is_empty() {
            texts.push(with_plain_marks(text).into_owned());
        }
    }
    if encrypted(&texts).is_none() {
        let others = leaves().filter(|(n, leaf)| !chosen.contains(n) && may_hold(leaf));
        texts.extend(others.filter_map(|(_, leaf)| written(leaf)));
    }
    texts
}

/// A word of each mark, also where spaces became others.
pub(super) const BEGUN: &str = "BEGIN";

fn is_html(leaf: &Leaf<'_>) -> bool {
    leaf.media.kind == "text/html"
}

/// A text that is no file, and not seen from outside to hold no mark.
fn may_hold(leaf: &Leaf<'_>) -> bool {
    let is_text = leaf.media.kind.starts_with("text/") && !leaf.media.is_attachment;
    let has = |word: &[u8]| leaf.body.windows(word.len()).any(|w| w == word);
    let is_encoded = leaf.media.encoding == Encoding::Base64;
    // The end of a line may be in one of the two.
    is_text && (is_encoded || has(b"BEGIN") || has(b"END")) && !is_named(&leaf.media)
}

/// The text of a part as it is written, where it may hold a mark.
fn written(leaf: &Leaf<'_>) -> Option<String> {
    let bytes = leaf.media.encoding.decode(leaf.body);
    let text = decode::text(&bytes, leaf.media.charset.as_deref());
    let text = text.contains(BEGUN).then_some(text)?;
    let text = match is_html(leaf) {
        true => flattened(&text),
        false => text,
    };
    Some(with_plain_marks(&text).into_owned())
}

/// Whether a text stands in the frame of a cleartext signature.
pub(super) fn is_framed(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| line.starts_with(CLEARSIGNED))
}

/// Every message in armour, written anew: what came through HTML, indentation or a program
/// that joins lines has lost their ends.
pub(super) fn messages(text: &str) -> Vec<String> {
    let all = armours(text).into_iter();
    let all = all.filter(|one| one.shape == Encryption::PgpInline && one.is_real());
    all.filter_map(|one| armour(one.behind_mark()))
        .take(MESSAGES)
        .collect()
}

fn armour(inside: &str) -> Option<String> {
    let is_field = |line: &str| {
        line.split_once(": ")
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_alphabetic()))
    };
    let lines = inside.lines().map(str::trim);
    let data: Vec<&str> = lines
        .filter(|line| !is_field(line))
        .flat_map(str::split_whitespace)
        .filter(|word| is_base64(word))
        .collect();
    // On one line with its fields: they are short, and lines of data are not.
    let short = |word: &&str| word.len() < 40 || !is_base64(word);
    let data = if data.is_empty() {
        let words = inside.split_whitespace().skip_while(short);
        words.filter(|word| is_base64(word)).collect()
    } else {
        data
    };
    let message = || {
        format!(
            "-----BEGIN PGP MESSAGE-----\n\n{}\n-----END PGP MESSAGE-----\n",
            data.join("\n")
        )
    };
    (!data.is_empty()).then(message)
}

fn is_base64(word: &str) -> bool {
    word.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

/// HTML with a line end for each of its elements and `>` before each line that it quotes.
pub(super) fn flattened(html: &str) -> String {
    let (mut out, mut rest, mut quotes) = (String::new(), html, 0_u32);
    while let Some(at) = rest.find(['<', '&', '\n']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let skipped = match from.as_bytes().first() {
            Some(b'<') => match from.find('>') {
                Some(end) => {
                    let tag = from.get(1..end).unwrap_or_default().to_ascii_lowercase();
                    if tag.starts_with("blockquote") {
                        quotes += 1;
                    } else if tag.starts_with("/blockquote") {
                        quotes = quotes.saturating_sub(1);
                    }
                    end + 1
                }
                // No element ends any more.
                None => {
                    rest = from;
                    break;
                }
            },
            Some(b'&') => {
                let (c, len) = entity(from);
                out.push(c);
                rest = from.get(len..).unwrap_or_default();
                continue;
            }
            _ => 1,
        };
        out.push('\n');
        if quotes > 0 {
            out.push('>');
        }
        rest = from.get(skipped..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character that `&…;` stands for and its length; the sign itself where it is none of
/// those that stand in an armour.
fn entity(from: &str) -> (char, usize) {
    let end = from.bytes().take(10).position(|b| b == b';');
    let Some(name) = end.and_then(|end| from.get(1..end)) else {
        return ('&', 1);
    };
    let of = |digits: &str, radix| {
        u32::from_str_radix(digits, radix)
            .ok()
            .and_then(char::from_u32)
    };
    let c = match name {
        "nbsp" | "#160" | "#xa0" | "#xA0" => Some(' '),
        "mdash" => Some('\u{2014}'),
        "ndash" => Some('\u{2013}'),
        "plus" => Some('+'),
        "equals" => Some('='),
        "sol" => Some('/'),
        "hyphen" | "dash" => Some('-'),
        _ => match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(hex) => of(hex, 16),
                None => of(number, 10),
            },
            None => None,
        },
    };
    c.map_or(('&', 1), |c| (c, name.len() + 2))
}

#[cfg(test)]
mod tests;
